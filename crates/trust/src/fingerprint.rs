//! Fingerprints of certificates: SHA-256 over the DER form (RFC 8122, `sha-256`).

use std::{fmt, str::FromStr};

use sha2::{Digest, Sha256};

use crate::error::TrustError;

/// The fingerprint of a certificate.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Fingerprint(pub [u8; 32]);

impl Fingerprint {
    /// Of a certificate in DER.
    pub fn of_certificate(der: &[u8]) -> Self {
        Self(Sha256::digest(der).into())
    }

    /// The one an SDP names: `a=fingerprint:sha-256`, in the letters of RFC 8122. None when a line about a fingerprint is anything else
    /// (another hash, other letters, another value) or there is none. Parsers take the first of several, or the last, and read letters
    /// as they like; what leaves open which certificate is meant is no honest platform's.
    pub fn from_sdp(sdp: &str) -> Option<Self> {
        const ATTRIBUTE: &str = "a=fingerprint";
        let mut found = None;
        // Some parsers end a line at either character.
        for line in sdp.split(['\r', '\n']) {
            let line = line.trim_start();
            if !line.get(..ATTRIBUTE.len()).is_some_and(|start| start.eq_ignore_ascii_case(ATTRIBUTE)) {
                continue;
            }
            let value = line.strip_prefix("a=fingerprint:sha-256 ")?;
            if !value.contains(':') || value.contains(|character: char| character.is_ascii_lowercase()) {
                return None;
            }
            let fingerprint = value.parse().ok()?;
            if found.is_some_and(|other| other != fingerprint) {
                return None;
            }
            found = Some(fingerprint);
        }
        found
    }
}

impl FromStr for Fingerprint {
    type Err = TrustError;

    /// From 64 hex digits in either case, or 32 pairs of them joined by colons.
    fn from_str(text: &str) -> Result<Self, TrustError> {
        let (step, length) = if text.contains(':') { (3, 95) } else { (2, 64) };
        if text.len() != length || !text.is_ascii() {
            return Err(TrustError::ProofFailed);
        }
        let mut bytes = [0; 32];
        for (byte, group) in bytes.iter_mut().zip(text.as_bytes().chunks(step)) {
            let [high, low, rest @ ..] = group else { return Err(TrustError::ProofFailed) };
            if !matches!(rest, [] | [b':']) {
                return Err(TrustError::ProofFailed);
            }
            *byte = digit(*high)? << 4 | digit(*low)?;
        }
        Ok(Self(bytes))
    }
}

fn digit(character: u8) -> Result<u8, TrustError> {
    let digit = char::from(character).to_digit(16).ok_or(TrustError::ProofFailed)?;
    u8::try_from(digit).map_err(|_| TrustError::ProofFailed)
}

impl fmt::Display for Fingerprint {
    /// Lower-case hex without colons.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Fingerprint({self})")
    }
}
