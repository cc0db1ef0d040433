//! Byte strings of a fixed length as base64url without padding (RFC 4648 section 5), the text form of everything binary on the wire.
//!
//! Promises: exactly one text for each value, and nothing longer is ever kept: a message made of these is bounded in size by its type.

use std::{borrow::Cow, fmt};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::{decode_b64, encode_b64};

/// `N` bytes, in JSON as base64url. Secret only where a comment says so.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Base64url<const N: usize>(pub [u8; N]);

impl<const N: usize> fmt::Display for Base64url<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&encode_b64(&self.0))
    }
}

impl<const N: usize> fmt::Debug for Base64url<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Base64url({self})")
    }
}

impl<const N: usize> Serialize for Base64url<N> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de, const N: usize> Deserialize<'de> for Base64url<N> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <Cow<'de, str>>::deserialize(deserializer)?;
        let bytes = decode_b64(&text).ok_or_else(|| de::Error::custom(format_args!("not base64url of {N} bytes")))?;
        Ok(Self(bytes))
    }
}
