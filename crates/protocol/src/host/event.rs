//! What happened. No behaviour here.

use serde::{Deserialize, Serialize};

use super::{MediaSignal, NearbyRoom, Peer, RoomState, Transfer};
use crate::{
    code::Failure,
    control::Seen,
    id::{PeerId, RoomId, TextId},
    signaling::IceServer,
    spoken_code::OpenedCode,
};

/// What happened.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "kebab-case")]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS), ts(export))]
pub enum Event {
    /// The room was entered for the first time.
    RoomEntered {
        /// The room.
        room: RoomId,
        /// The link to hand on.
        link: String,
        /// Our own id.
        self_peer: PeerId,
        /// For the media plane.
        ice_servers: Vec<IceServer>,
    },
    /// The state of the room or of the way to its server changed.
    RoomChanged {
        /// Now.
        state: RoomState,
        /// Why, when something failed.
        failure: Option<Failure>,
    },
    /// A peer came, or something about it changed.
    PeerChanged {
        /// Its whole state.
        peer: Peer,
    },
    /// A peer is gone.
    PeerLeft {
        /// Who.
        peer: PeerId,
        /// On purpose, or lost.
        said_bye: bool,
    },
    /// A text came.
    TextReceived {
        /// From whom.
        peer: PeerId,
        /// Its id.
        id: TextId,
        /// What.
        body: String,
        /// The author's clock, milliseconds since 1970.
        #[cfg_attr(feature = "bindings", ts(type = "number"))]
        sent_at_ms: u64,
    },
    /// A text arrived at a peer.
    TextDelivered {
        /// Where.
        peer: PeerId,
        /// Which.
        id: TextId,
    },
    /// A transfer began, moved or ended.
    TransferChanged {
        /// Its whole state.
        transfer: Transfer,
    },
    /// The media plane's part of an opened envelope.
    MediaSignalReceived {
        /// From whom.
        peer: PeerId,
        /// What.
        signal: MediaSignal,
    },
    /// A media connection was proven by both sides; its media may be shown.
    MediaConfirmed {
        /// With whom.
        peer: PeerId,
        /// Number of the connection.
        link: u32,
        /// The weaker of both ways to have seen the fingerprints.
        seen: Seen,
    },
    /// A media connection is not what the peer says it is. It must be closed.
    MediaRefused {
        /// With whom.
        peer: PeerId,
        /// Number of the connection.
        link: u32,
    },
    /// The room's spoken code was made, tried, or is over.
    CodeChanged {
        /// Its whole state.
        code: OpenedCode,
    },
    /// The room's invitation was withdrawn: nobody new enters.
    InvitationWithdrawn {
        /// By whom; none for ourselves.
        by: Option<PeerId>,
        /// The one guest that it was for, who is here; none when it was withdrawn by hand.
        guest: Option<PeerId>,
    },
    /// Whether the room's invitation is for a single guest now. Told on entering if it is.
    InvitationForOne {
        /// For one more than were here then.
        only: bool,
    },
    /// Who waits behind a spoken code in the local network, by what is said there: hints, proven by nothing.
    NearbyChanged {
        /// All of them.
        rooms: Vec<NearbyRoom>,
    },
    /// A wish was not granted.
    CommandFailed {
        /// Why.
        failure: Failure,
        /// The peer it was about, if any.
        peer: Option<PeerId>,
    },
}
