//! How the messages of a comparison and of device keys stand among those of `control` (docs/protocol.md, sections 5.2, 7.4 and 7.5).
//!
//! Promises: nothing passes whose bytes are not base64url of the right length. Leaves to others: what they mean.

use parlor_protocol::control::Control;

use crate::{
    base64url::Base64url, comparison::ComparisonMessage, decode_b64, device::DeviceProof, encode_b64, error::TrustError,
};

impl From<ComparisonMessage> for Control {
    fn from(message: ComparisonMessage) -> Self {
        match message {
            ComparisonMessage::ComparisonWanted => Self::ComparisonWanted {},
            ComparisonMessage::ComparisonCommit { commitment } => {
                Self::ComparisonCommit { commitment: encode_b64(&commitment.0) }
            }
            ComparisonMessage::ComparisonReveal { nonce } => Self::ComparisonReveal { nonce: encode_b64(&nonce.0) },
        }
    }
}

impl TryFrom<&Control> for ComparisonMessage {
    type Error = TrustError;

    /// [`TrustError::NotAMessage`] for what is none of a comparison, or whose bytes are not 32.
    fn try_from(control: &Control) -> Result<Self, TrustError> {
        match control {
            Control::ComparisonWanted {} => Some(Self::ComparisonWanted),
            Control::ComparisonCommit { commitment } => {
                decode_b64(commitment).map(|commitment| Self::ComparisonCommit { commitment: Base64url(commitment) })
            }
            Control::ComparisonReveal { nonce } => {
                decode_b64(nonce).map(|nonce| Self::ComparisonReveal { nonce: Base64url(nonce) })
            }
            _ => None,
        }
        .ok_or(TrustError::NotAMessage)
    }
}

impl From<DeviceProof> for Control {
    fn from(proof: DeviceProof) -> Self {
        let DeviceProof::Device { key, signature } = proof;
        Self::Device { key: encode_b64(&key.0), signature: encode_b64(&signature.0) }
    }
}

impl TryFrom<&Control> for DeviceProof {
    type Error = TrustError;

    /// [`TrustError::NotAMessage`] for what is no proof of a device, or whose bytes are not 32 and 64.
    fn try_from(control: &Control) -> Result<Self, TrustError> {
        let Control::Device { key, signature } = control else { return Err(TrustError::NotAMessage) };
        match (decode_b64(key), decode_b64(signature)) {
            (Some(key), Some(signature)) => Ok(Self::Device { key: Base64url(key), signature: Base64url(signature) }),
            _ => Err(TrustError::NotAMessage),
        }
    }
}
