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

    /// The one an SDP names (`a=fingerprint:sha-256 …`). None when it names none, or several that differ: then it is not sure which
    /// certificate would be used.
    pub fn from_sdp(sdp: &str) -> Option<Self> {
        let mut found = None;
        for line in sdp.lines() {
            let Some((attribute, value)) = line.trim_end().split_once([' ', '\t']) else { continue };
            if !attribute.eq_ignore_ascii_case("a=fingerprint:sha-256") {
                continue;
            }
            let fingerprint = value.trim().parse().ok()?;
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
