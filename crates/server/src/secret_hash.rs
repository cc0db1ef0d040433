//! What the server keeps of a secret: its SHA-256.
//!
//! Promises: two of them are compared in a time that does not depend on where they differ, and there is no other way to compare
//! them; `Debug` shows nothing of them. Leaves to others: what a secret opens (`rooms`).

use std::fmt;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

/// Bytes of a secret on the wire.
const SECRET_BYTES: usize = 32;
/// The same as base64url without padding.
const SECRET_CHARS: usize = 43;

/// SHA-256 of a join token or of a secret that takes a seat back.
#[derive(Clone, Copy)]
pub struct SecretHash([u8; 32]);

impl SecretHash {
    /// What stands in for the token of a room that is not there. No known text has this hash, and a comparison with it decides
    /// nothing.
    pub const OF_NOTHING: Self = Self([0; 32]);

    /// Of a secret as it comes: 32 bytes in base64url. None for anything else.
    pub fn of_text(secret: &str) -> Option<Self> {
        let bytes = (secret.len() == SECRET_CHARS).then(|| URL_SAFE_NO_PAD.decode(secret).ok())??;
        (bytes.len() == SECRET_BYTES).then(|| Self(Sha256::digest(bytes).into()))
    }

    /// A hash that a test chose.
    #[cfg(test)]
    pub const fn chosen(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }
}

impl PartialEq for SecretHash {
    /// In constant time.
    fn eq(&self, other: &Self) -> bool {
        self.0.ct_eq(&other.0).into()
    }
}

impl Eq for SecretHash {}

impl fmt::Debug for SecretHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretHash")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &str = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8";

    #[test]
    fn it_is_the_hash_and_not_the_secret() {
        let hash = SecretHash::of_text(SECRET).unwrap();
        assert_eq!(hash.0[..4], [0x63, 0x0d, 0xcd, 0x29]);
        assert_eq!(format!("{hash:?}"), "SecretHash");
    }

    #[test]
    fn only_32_bytes_in_base64url_are_a_secret() {
        let long = format!("{SECRET}A");
        let padded = format!("{SECRET}=");
        let other_alphabet = format!("{}+", &SECRET[..42]);
        for text in ["", "AA", &SECRET[..42], &long, &padded, &other_alphabet] {
            assert_eq!(SecretHash::of_text(text), None, "{text}");
        }
    }

    #[test]
    fn one_bit_more_is_another_hash() {
        for bit in 0..256 {
            let mut bytes = [7; 32];
            bytes[bit / 8] ^= 1 << (bit % 8);
            assert_ne!(SecretHash::chosen(bytes), SecretHash::chosen([7; 32]), "bit {bit}");
        }
        assert_eq!(SecretHash::chosen([7; 32]), SecretHash::chosen([7; 32]));
    }
}
