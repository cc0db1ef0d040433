//! Stable error codes. A code exists only where a client or the UI does something different for it.

use serde::{Deserialize, Serialize};

/// Why the server refuses a request (`reply` with `ok: false`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS), ts(export))]
pub enum ReplyCode {
    /// The request is malformed.
    BadRequest,
    /// The request is over a limit of size.
    TooLarge,
    /// The seat belongs to another `resume` secret.
    Unauthorized,
    /// The server speaks another version.
    Version,
    /// No such room, or the wrong token: one code, so that nobody learns which rooms exist.
    RoomRefused,
    /// The room has no free seat. Only a right token learns it.
    RoomFull,
    /// Rooms are made here only for who shows a key. It does not tell whether the room is there.
    CreateRefused,
    /// This socket has not joined.
    NotInRoom,
    /// The addressee is not in the room, or more waits for its return than a seat holds.
    NoSuchPeer,
    /// Too fast, or the addressee does not read fast enough; `retry_ms` says when to try again.
    RateLimited,
    /// The server is going down.
    ServerClosing,
}

/// Why a transfer or one of its entries ended without being proven. Crosses the wire in `cancel` and `entry-failed`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS), ts(export))]
pub enum TransferCode {
    /// Someone changed their mind.
    Cancelled,
    /// The receiver did not want this entry of an offer it accepted.
    Declined,
    /// The sender does not know the offer any more: it was restarted. What is stored stays.
    Forgotten,
    /// The receiver's disk is full.
    NoSpace,
    /// The receiver could not write.
    WriteFailed,
    /// The sender could not read.
    ReadFailed,
    /// The file changed while it was being sent.
    SourceChanged,
    /// A hash did not match.
    Corrupt,
    /// The offer holds an unsafe name or is over a limit.
    BadOffer,
    /// The other side broke the protocol.
    Protocol,
}

/// What went wrong, for the UI, which owns the words. Split by who can act: the comment of each says who.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS), ts(export))]
pub enum FailureCode {
    /// The link is no invitation. User: ask for the link again.
    InvitationInvalid,
    /// The link is of another version of Parlor. User: update.
    InvitationVersion,
    /// What was typed is no spoken code, or has a word of no list. User: type it again.
    CodeInvalid,
    /// Nobody waits behind this number. User: ask for a new code.
    CodeUnknown,
    /// The words do not fit, or somebody else has answered; the code is burnt. User: ask for a new one.
    CodeWrong,
    /// The server cannot be reached. User: check the network or the address.
    ServerUnreachable,
    /// Another certificate than the invitation names is shown there. User: ask for a new link; somebody may be in between.
    ServerCertificate,
    /// The server speaks another version. User or operator: update.
    ServerVersion,
    /// The server answered what it must not. Operator.
    ServerProtocol,
    /// The room does not exist any more, or the link is wrong. User: ask for a new link.
    RoomRefused,
    /// The room has no free seat. User: wait.
    RoomFull,
    /// The server makes rooms for its owner only. User: choose another server.
    CreateRefused,
    /// The same seat is in use by another window. User: close one.
    SeatTaken,
    /// The server limits us. Nobody: it is retried.
    RateLimited,
    /// The other side runs another version. Both users: update.
    PeerVersion,
    /// The other side did not prove to hold the invitation on this connection. User: somebody may be in between.
    ProofFailed,
    /// No path between the two devices. User: see the hint about TURN.
    ConnectFailed,
    /// The TURN server refused user name or credential. User: check the settings.
    TurnRefused,
    /// The TURN server could not be reached. User: check the settings.
    TurnUnreachable,
    /// The peer is not here. User: wait for it.
    NoSuchPeer,
    /// The text is too long. User.
    TextTooLong,
    /// Nothing was offered, or more than an offer holds. User.
    OfferInvalid,
    /// The chosen file cannot be read. User.
    SourceUnreadable,
    /// The download folder cannot be written. User: choose another.
    FolderUnwritable,
    /// What is offered does not fit on the disk of the download folder. User: make room, or choose another.
    FolderFull,
    /// The address is taken. User: choose another port.
    AddressTaken,
    /// The action does not fit the state. A bug, or a race that ends well.
    NotNow,
    /// Something inside failed. A bug.
    Internal,
}

/// An error as it crosses from an engine to a UI: a stable code, and a detail for the log that the UI does not show as words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS), ts(export))]
#[error("{code:?}: {detail}")]
pub struct Failure {
    /// What the UI has words for.
    pub code: FailureCode,
    /// For the log and for the curious; never holds secrets or addresses.
    pub detail: String,
}

impl Failure {
    /// A failure of `code` with a `detail` for the log.
    pub fn new(code: FailureCode, detail: impl Into<String>) -> Self {
        Self { code, detail: detail.into() }
    }
}
