//! What goes into and comes out of [`super::Signaling`]. No behaviour here.

use std::fmt;

use parlor_protocol::{
    code::{FailureCode, ReplyCode},
    id::{PeerId, RoomId},
    signaling::Joined,
};

use super::ServerAddress;

/// Where to sit down, and as whom.
#[derive(Clone)]
pub struct SignalingConfig {
    /// The server.
    pub server: ServerAddress,
    /// The room.
    pub room: RoomId,
    /// Proof of holding the invitation: 32 bytes, base64url.
    pub token: String,
    /// Our own id.
    pub peer: PeerId,
    /// The secret that takes our seat back: 32 bytes, base64url.
    pub resume: String,
    /// Make the room if it is not there. Set by itself once we were admitted.
    pub create: bool,
    /// What the server asks for before it makes a room: 32 bytes, base64url. Only with `create`, and only to the server it is for.
    pub key: Option<String>,
}

impl fmt::Debug for SignalingConfig {
    /// Without the secrets, so that no log holds them.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SignalingConfig")
            .field("peer", &self.peer)
            .field("create", &self.create)
            .finish_non_exhaustive()
    }
}

/// What happened on the way to the server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SignalingEvent {
    /// Admitted for the first time. Whoever is in `peers` was there before.
    Entered(Joined),
    /// Admitted again after [`SignalingEvent::Lost`]. `peers` is the room as it is now: a peer that is not in it has left meanwhile,
    /// one that is may be new.
    Reentered(Joined),
    /// A peer came.
    PeerJoined(PeerId),
    /// A peer is gone; signals waiting for it were dropped.
    PeerLeft(PeerId),
    /// A peer sent something.
    Signal {
        /// Stamped by the server, which is not trusted.
        from: PeerId,
        /// As it came.
        body: String,
    },
    /// We were in, and the server does not answer any more. It is being tried again.
    Lost,
    /// An attempt to connect or to join came to nothing; the next follows by itself.
    Unreachable {
        /// Counts from 1 and begins anew when the server answers.
        attempt: u32,
        /// Nobody answers, or somebody whom the invitation does not name.
        code: FailureCode,
        /// For the log; holds no address.
        detail: String,
    },
    /// The server answered what it must not; the connection was given up and is tried again.
    ServerBroken {
        /// For the log.
        detail: String,
    },
    /// The server does not let us in. Nothing follows but [`SignalingEvent::Closed`].
    Refused(ReplyCode),
    /// The end, after `leave`, a refusal, or when the handle was dropped.
    Closed,
}

/// Why a signal was not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SignalingError {
    /// The server has not confirmed what was sent before for long.
    #[error("too many signals wait for the server")]
    OutboxFull,
    /// More than a server takes in one message.
    #[error("the signal is larger than a server takes")]
    TooLarge,
    /// There is no seat any more.
    #[error("signaling has ended")]
    Closed,
}
