//! What can be wrong with something that claims to be trusted, split by who can act. Codes are those of `ui/src/trust/TrustError.ts`.

/// A refusal. Never holds a secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TrustError {
    /// The text is no invitation, or the server's address is none. User: ask for the link again.
    #[error("not an invitation")]
    NotAnInvitation,
    /// The invitation is of another version of Parlor. User: update.
    #[error("an invitation of another version")]
    InvitationVersion,
    /// The peer runs another version of Parlor. Both users: update.
    #[error("an envelope of version {0}")]
    PeerVersion(u8),
    /// No envelope: not base64url, too short or long, or fields that do not fit each other. Server or peer at fault: drop and count.
    #[error("not an envelope")]
    NotAnEnvelope,
    /// Of another epoch than this. A late message of an old epoch, or a fault: drop and count.
    #[error("an envelope of another epoch")]
    NotForUs,
    /// At or below a sequence that counted already, or the message of a comparison that came before. A repeat: drop in silence.
    #[error("a message that counted already")]
    Replay,
    /// Sealed with another key or for someone else, or changed on its way. Server or peer at fault: drop and count.
    #[error("an envelope that does not open")]
    Broken,
    /// It opened, but what it holds breaks the protocol. Peer at fault: drop and count.
    #[error("an envelope that holds no message of its kind")]
    NotAMessage,
    /// A message of ours too long for an envelope. Nobody: a session description of 48 KB does not occur.
    #[error("a message too long for an envelope")]
    TooLong,
    /// The peer did not prove to hold the invitation on this connection. User: somebody may be in between.
    #[error("the peer did not prove itself on this connection")]
    ProofFailed,
    /// The text is no spoken code. User: read it again.
    #[error("not a spoken code")]
    NotACode,
    /// The word at this place, from 0, stands in no list. User: spell it again; no try is spent.
    #[error("no word of a spoken code at place {0}")]
    UnknownWord(u8),
    /// The other side does not know the words: a slip, or somebody who guesses. The code is burnt. Users: make another.
    #[error("the other side does not know the code")]
    WrongCode,
    /// A try at a code that was burnt before. Owner: make another code.
    #[error("a code that was burnt")]
    CodeBurnt,
    /// A try at a code whose time is over. Owner: make another code.
    #[error("a code that has expired")]
    CodeExpired,
    /// No point of the group, or the identity. Server or peer at fault: the exchange is over.
    #[error("a share that is no point")]
    BadShare,
    /// A message that was not awaited. Server or peer at fault: drop and count.
    #[error("a message out of order")]
    OutOfOrder,
    /// A nonce other than the one committed to. Users: somebody may be in between.
    #[error("a nonce that was not committed to")]
    WrongCommitment,
    /// No Ed25519 public key, or one for which anyone can sign. Peer at fault: it is not recognised.
    #[error("not a device key")]
    NotADeviceKey,
}

impl TrustError {
    /// The stable name of this error, shared with the page and `tests/vectors`.
    pub const fn code(self) -> &'static str {
        match self {
            Self::NotAnInvitation => "not-an-invitation",
            Self::InvitationVersion | Self::PeerVersion(_) => "another-version",
            Self::NotAnEnvelope | Self::NotForUs => "not-an-envelope",
            Self::Replay => "repeat",
            Self::Broken => "does-not-open",
            Self::NotAMessage | Self::TooLong => "not-a-message",
            Self::ProofFailed => "proof-failed",
            Self::NotACode => "not-a-code",
            Self::UnknownWord(_) => "unknown-word",
            Self::WrongCode => "wrong-code",
            Self::CodeBurnt => "code-burnt",
            Self::CodeExpired => "code-expired",
            Self::BadShare => "bad-share",
            Self::OutOfOrder => "out-of-order",
            Self::WrongCommitment => "wrong-commitment",
            Self::NotADeviceKey => "not-a-device-key",
        }
    }
}
