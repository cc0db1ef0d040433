//! Looks into what was recorded as somebody would who wants to read along: frames are unmasked, and what is base64 is opened, twice over.

use std::collections::BTreeSet;

use base64::{
    Engine,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig, general_purpose::URL_SAFE_NO_PAD},
};

/// Shortest run of letters that is taken for base64, and no longer for a word.
const LEAST_RUN: usize = 22;

/// Something recorded, opened.
#[derive(Default)]
pub struct Seen {
    text: Vec<u8>,
    opened: Vec<u8>,
}

impl Seen {
    /// Of bytes that stand as they are.
    pub fn of_text(text: &[u8]) -> Self {
        let once = opened(text);
        let twice = opened(&once);
        Self { text: text.to_vec(), opened: [once, twice].concat() }
    }

    /// Of one direction of a connection: the head, then frames if it became a WebSocket.
    pub fn of_exchange(bytes: &[u8]) -> Self {
        let end = bytes.windows(4).position(|four| four == b"\r\n\r\n").map_or(bytes.len(), |at| at + 4);
        let (head, rest) = bytes.split_at(end);
        let is_websocket = String::from_utf8_lossy(head).to_ascii_lowercase().contains("upgrade: websocket");
        let rest = if is_websocket { unmasked(rest) } else { rest.to_vec() };
        Self::of_text(&[head, &rest].concat())
    }

    /// Adds another's.
    pub fn add(&mut self, other: Self) {
        self.text.extend(other.text);
        self.opened.extend(other.opened);
    }

    /// Bytes as they came.
    pub fn len(&self) -> usize {
        self.text.len()
    }

    /// Whether `wanted` is anywhere in it, as it came or opened.
    pub fn holds(&self, wanted: &[u8]) -> bool {
        [&self.text, &self.opened].iter().any(|place| place.windows(wanted.len()).any(|at| at == wanted))
    }

    /// What stands around the first place of `wanted`, for who reads a failure.
    pub fn around(&self, wanted: &[u8]) -> String {
        let find = |place: &[u8]| {
            let at = place.windows(wanted.len()).position(|at| at == wanted)?;
            let part = &place[at.saturating_sub(120)..place.len().min(at + wanted.len() + 120)];
            Some(String::from_utf8_lossy(part).into_owned())
        };
        find(&self.text).or_else(|| find(&self.opened)).unwrap_or_default()
    }

    /// Every word in lower case. Runs that are too long for words are not taken apart: in enough random letters every short word turns up.
    pub fn words(&self) -> BTreeSet<String> {
        let (text, opened) = (String::from_utf8_lossy(&self.text), String::from_utf8_lossy(&self.opened));
        let runs = |text: &str| -> Vec<String> {
            text.split(|letter: char| !letter.is_alphanumeric() && letter != '-' && letter != '_')
                .filter(|run| run.len() < LEAST_RUN || !run.is_ascii())
                .flat_map(|run| run.split(['-', '_']))
                .map(str::to_lowercase)
                .collect()
        };
        // Of what was opened only what is text: the seals are as random as the runs.
        let plain = opened.lines().filter(|line| !line.contains('\u{fffd}')).flat_map(runs);
        runs(&text).into_iter().chain(plain).filter(|word| word.chars().count() > 1).collect()
    }
}

/// Whatever is base64 in a text, decoded, one a line.
fn opened(text: &[u8]) -> Vec<u8> {
    let lenient = GeneralPurposeConfig::new()
        .with_decode_allow_trailing_bits(true)
        .with_decode_padding_mode(DecodePaddingMode::Indifferent);
    let engines = [base64::alphabet::URL_SAFE, base64::alphabet::STANDARD].map(|of| GeneralPurpose::new(&of, lenient));
    let mut found = Vec::new();
    let is_letter = |byte: &u8| byte.is_ascii_alphanumeric() || b"-_+/".contains(byte);
    for run in text.split(|byte| !is_letter(byte)).filter(|run| run.len() >= LEAST_RUN) {
        for engine in &engines {
            if let Ok(decoded) = engine.decode(run) {
                found.extend(decoded);
                found.push(b'\n');
            }
        }
    }
    found
}

/// The payloads of WebSocket frames (RFC 6455, section 5.2), one a line. What is no whole frame stays as it is.
fn unmasked(mut bytes: &[u8]) -> Vec<u8> {
    let mut found = Vec::new();
    while let Some((payload, rest)) = frame(bytes) {
        found.extend(payload);
        found.push(b'\n');
        bytes = rest;
    }
    found.extend_from_slice(bytes);
    found
}

fn frame(bytes: &[u8]) -> Option<(Vec<u8>, &[u8])> {
    let (second, mut rest) = (*bytes.get(1)?, bytes.get(2..)?);
    let mut take = |count: usize| {
        let (taken, left) = rest.split_at_checked(count)?;
        rest = left;
        Some(taken)
    };
    let length = match second & 0x7f {
        126 => usize::from(u16::from_be_bytes(take(2)?.try_into().ok()?)),
        127 => usize::try_from(u64::from_be_bytes(take(8)?.try_into().ok()?)).ok()?,
        short => usize::from(short),
    };
    let mask: [u8; 4] = if second & 0x80 == 0 { [0; 4] } else { take(4)?.try_into().ok()? };
    let payload = take(length)?.iter().zip(mask.iter().cycle()).map(|(byte, mask)| byte ^ mask).collect();
    Some((payload, rest))
}

/// Base64url, as bodies are.
pub fn encoded(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// One masked text frame, as a client sends it.
pub fn masked(text: &str) -> Vec<u8> {
    const MASK: [u8; 4] = [0x9c, 0x81, 0xfe, 0x47];
    let length = u16::try_from(text.len()).expect("a short text").to_be_bytes();
    let payload = text.bytes().zip(MASK.iter().cycle()).map(|(byte, mask)| byte ^ mask);
    [0x81, 0x80 | 126].into_iter().chain(length).chain(MASK).chain(payload).collect()
}
