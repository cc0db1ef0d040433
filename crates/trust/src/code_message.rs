//! What the two sides of a spoken code say to each other (docs/protocol.md, section 7.2).
//!
//! Promises: every field has a fixed length, so that a message is as bounded as its type says. Leaves to others: who may say what when
//! ([`crate::CodeOwner`], [`crate::CodeGuest`]), and how it travels.

use serde::{Deserialize, Serialize};

use crate::{base64url::Base64url, error::TrustError};

/// Longest message in bytes that is looked at; ours take at most 260.
pub const CODE_MESSAGE_BYTES: usize = 512;
/// Bytes of a session's name.
pub const CODE_SESSION_BYTES: usize = 16;
/// Bytes of a sealed invitation: nonce, secret, tag.
pub const SEALED_INVITATION_BYTES: usize = 24 + 32 + 16;

/// A message of the exchange behind a spoken code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "kebab-case")]
pub enum CodeMessage {
    /// Guest → owner: the one try.
    CodeTry {
        /// The exchange's name, random, the guest's choice.
        session: Base64url<CODE_SESSION_BYTES>,
        /// `Ya`.
        share: Base64url<32>,
    },
    /// Owner → guest: the owner's share, and the proof of knowing the words.
    CodeAnswer {
        /// `Yb`.
        share: Base64url<32>,
        /// The owner's MAC.
        confirm: Base64url<32>,
    },
    /// Guest → owner: the guest's proof.
    CodeConfirm {
        /// The guest's MAC.
        confirm: Base64url<32>,
    },
    /// Owner → guest: the invitation's secret, sealed.
    CodeInvitation {
        /// Nonce and ciphertext.
        sealed: Base64url<SEALED_INVITATION_BYTES>,
        /// The fingerprint of the server's certificate, sealed as well, if the invitation names one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pin: Option<Base64url<SEALED_INVITATION_BYTES>>,
    },
}

impl CodeMessage {
    /// Reads the JSON of one.
    ///
    /// # Errors
    /// [`TrustError::NotAMessage`].
    pub fn parse(text: &str) -> Result<Self, TrustError> {
        if text.len() > CODE_MESSAGE_BYTES {
            return Err(TrustError::NotAMessage);
        }
        serde_json::from_str(text).map_err(|_| TrustError::NotAMessage)
    }
}
