//! Replays `tests/vectors/{comparison,device}.json`, which the page's twin replays as well.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a vector that cannot be read has failed"
)]

use std::collections::HashSet;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use parlor_protocol::{
    id::PeerId,
    negotiation::{HostKind, Plane},
};
use parlor_trust::{
    About, Base64url, ComparedPeer, Comparison, ComparisonMessage, DeviceId, DeviceKey, DeviceProof, EMOJI, Epoch,
    Fingerprint, Handshake, Invitation, Nonce, TrustError, commitment,
};
use serde::Deserialize;
use serde_json::Value;

fn unhex<const N: usize>(text: &str) -> [u8; N] {
    let bytes: Vec<u8> =
        (0..text.len()).step_by(2).map(|index| u8::from_str_radix(&text[index..index + 2], 16).unwrap()).collect();
    bytes.try_into().unwrap()
}

fn unb64<const N: usize>(text: &str) -> [u8; N] {
    URL_SAFE_NO_PAD.decode(text).unwrap().try_into().unwrap()
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Comparisons {
    emoji: Vec<(char, String, String)>,
    compared: Vec<Compared>,
    scripts: Vec<Script>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Side {
    peer: PeerId,
    data: String,
    media: Option<String>,
    device: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Compared {
    low: Side,
    high: Side,
    low_nonce: String,
    high_nonce: String,
    commitment: String,
    emoji: String,
    digits: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Script {
    side: String,
    name: String,
    steps: Vec<Step>,
    end: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Step {
    message: Value,
    answer: Option<ComparisonMessage>,
    code: Option<String>,
}

fn compared(side: &Side) -> ComparedPeer {
    ComparedPeer {
        peer: side.peer,
        data: side.data.parse().unwrap(),
        media: side.media.as_ref().map(|media| media.parse().unwrap()),
        device: side.device.as_ref().map(|device| device.parse().unwrap()),
    }
}

fn comparisons() -> Comparisons {
    serde_json::from_str(include_str!("../../../tests/vectors/comparison.json")).unwrap()
}

#[test]
fn emoji_are_as_the_vectors_say_and_each_is_its_own() {
    let listed = comparisons().emoji;
    assert_eq!(EMOJI.len(), listed.len());
    for (emoji, (symbol, english, korean)) in EMOJI.iter().zip(&listed) {
        assert_eq!((emoji.symbol, emoji.english, emoji.korean), (*symbol, english.as_str(), korean.as_str()));
    }
    assert_eq!(listed.iter().map(|(symbol, ..)| symbol).collect::<HashSet<_>>().len(), 64);
    assert_eq!(listed.iter().map(|(_, english, _)| english).collect::<HashSet<_>>().len(), 64);
    assert_eq!(listed.iter().map(|(.., korean)| korean).collect::<HashSet<_>>().len(), 64);
}

#[test]
fn both_sides_show_what_the_vectors_say() {
    let vectors = comparisons().compared;
    assert!(vectors.len() >= 16);
    for vector in vectors {
        let [low, high] = [&vector.low, &vector.high].map(compared);
        let mut at_low = Comparison::new(low, high, unb64(&vector.low_nonce));
        let mut at_high = Comparison::new(high, low, unb64(&vector.high_nonce));
        let commit = at_low.begin().unwrap();
        assert_eq!(commit, ComparisonMessage::ComparisonCommit { commitment: Base64url(unb64(&vector.commitment)) });
        assert_eq!(commitment(low.peer, &unb64(&vector.low_nonce)), unb64(&vector.commitment));
        let nonce = at_high.message_received(&commit).unwrap().unwrap();
        let nonce = at_low.message_received(&nonce).unwrap().unwrap();
        assert_eq!(at_high.short_string(), None, "not before the committer has revealed");
        assert_eq!(at_high.message_received(&nonce), Ok(None));
        for side in [at_low, at_high] {
            let shown = side.short_string().unwrap();
            assert_eq!(shown.emoji().iter().map(|emoji| emoji.symbol).collect::<String>(), vector.emoji);
            assert_eq!(shown.digits(), vector.digits);
        }
    }
}

#[test]
fn comparisons_go_as_the_vectors_say() {
    let scripts = comparisons().scripts;
    assert!(scripts.len() >= 19);
    let side =
        |byte: u8| ComparedPeer { peer: PeerId([byte; 16]), data: Fingerprint([byte; 32]), media: None, device: None };
    let (low, high) = (side(0x11), side(0xee));
    for Script { side, name, steps, end } in scripts {
        let mut comparison =
            if side == "low" { Comparison::new(low, high, [1; 32]) } else { Comparison::new(high, low, [2; 32]) };
        for (index, step) in steps.into_iter().enumerate() {
            let answer = if step.message == "begin" {
                comparison.begin().map(Some)
            } else {
                comparison.message_received(&serde_json::from_value(step.message).unwrap())
            };
            let awaited = step.code.map_or(Ok(step.answer), Err);
            assert_eq!(answer.map_err(|error| error.code().to_owned()), awaited, "{side} {name}, step {index}");
        }
        let is = match (comparison.short_string(), comparison.has_failed()) {
            (Some(_), false) => "done",
            (None, true) => "failed",
            (None, false) => "open",
            (Some(_), true) => "both",
        };
        assert_eq!(is, end, "{side} {name}");
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Devices {
    keys: Vec<Key>,
    refused: Vec<String>,
    secret: String,
    seed: String,
    low: Party,
    high: Party,
    low_fingerprint: String,
    high_fingerprint: String,
    right: Vec<Right>,
    wrong: Vec<Wrong>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Key {
    seed: String,
    id: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Party {
    peer: PeerId,
    nonce: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Right {
    link: u32,
    low: String,
    high: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Wrong {
    name: String,
    key: String,
    signature: String,
    code: String,
}

/// The epoch of two parties, at both of them.
fn epochs(secret: &str, low: &Party, high: &Party) -> (Epoch, Epoch) {
    let keys = Invitation::new("https://parlor.example", unhex(secret)).unwrap().keys();
    let about = About { name: String::new(), agent: String::new(), host: HostKind::App };
    let mut at_low = Handshake::new(&keys, low.peer, high.peer);
    let mut at_high = Handshake::new(&keys, high.peer, low.peer);
    let hello = at_low.begin(Nonce(unb64(&low.nonce))).hello(&about);
    let hello = at_high.hello_received(&hello, Nonce(unb64(&high.nonce))).unwrap().send.unwrap().hello(&about);
    let step = at_low.hello_received(&hello, Nonce([0; 32])).unwrap();
    let hello = step.send.unwrap().hello(&about);
    let high_epoch = at_high.hello_received(&hello, Nonce([0; 32])).unwrap().established.unwrap();
    (step.established.unwrap(), high_epoch)
}

#[test]
fn devices_are_known_as_the_vectors_say() {
    let vectors: Devices = serde_json::from_str(include_str!("../../../tests/vectors/device.json")).unwrap();
    assert!(vectors.keys.len() >= 3 && vectors.refused.len() >= 9);
    assert!(vectors.right.len() >= 3 && vectors.wrong.len() >= 7);
    for Key { seed, id } in &vectors.keys {
        let key = DeviceKey::new(&unhex(seed));
        assert_eq!(&key.id().to_string(), id);
        assert_eq!(id.parse(), Ok(key.id()));
    }
    for id in &vectors.refused {
        assert_eq!(id.parse::<DeviceId>(), Err(TrustError::NotADeviceKey), "{id}");
    }
    let (at_low, at_high) = epochs(&vectors.secret, &vectors.low, &vectors.high);
    let key = DeviceKey::new(&unhex(&vectors.seed));
    let (low_fp, high_fp): (Fingerprint, Fingerprint) =
        (vectors.low_fingerprint.parse().unwrap(), vectors.high_fingerprint.parse().unwrap());
    let proof = |key: DeviceId, signature: &str| DeviceProof::Device {
        key: Base64url(key.to_bytes()),
        signature: Base64url(unb64(signature)),
    };
    for Right { link, low, high } in &vectors.right {
        let [low_end, high_end] = [&at_low, &at_high].map(|epoch| epoch.key_confirmation(Plane::Data, *link));
        assert_eq!(key.prove(&low_end, &low_fp, &high_fp), proof(key.id(), low));
        assert_eq!(key.prove(&high_end, &high_fp, &low_fp), proof(key.id(), high));
        assert_eq!(proof(key.id(), low).verify(&high_end, &high_fp, &low_fp), Ok(key.id()));
        assert_eq!(proof(key.id(), high).verify(&low_end, &low_fp, &high_fp), Ok(key.id()));
    }
    let high_end = at_high.key_confirmation(Plane::Data, 1);
    for Wrong { name, key, signature, code } in &vectors.wrong {
        let proof = DeviceProof::Device { key: Base64url(unb64(key)), signature: Base64url(unb64(signature)) };
        let error = proof.verify(&high_end, &high_fp, &low_fp).unwrap_err();
        assert_eq!(error.code(), code, "{name}");
    }
}
