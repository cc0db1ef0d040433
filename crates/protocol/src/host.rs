//! What a screen and its engine say to each other. In the app the engine is Rust (`parlor-client` behind the shell), in a
//! browser it is `ui/src/host/browser`; both take a [`Command`] and give [`Event`]s, so that one screen serves both.
//!
//! Commands are wishes, events are past facts. Snapshots ([`Peer`], [`Transfer`]) always carry the whole state of the thing.

use serde::{Deserialize, Serialize};

use crate::{
    code::{Failure, TransferCode},
    control::Seen,
    id::{PeerId, RoomId, TextId, TransferId},
    negotiation::{Candidate, Description, HostKind},
    signaling::IceServer,
};

/// A file the user picked, named by a number that only the engine can turn into a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS), ts(export))]
pub struct PickedFile {
    /// Valid until the room is left.
    pub handle: u32,
    /// Last component of its name.
    pub name: String,
    /// Bytes.
    #[cfg_attr(feature = "bindings", ts(type = "number"))]
    pub size: u64,
}

/// What earlier sessions left unfinished in the folder for received files.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS), ts(export))]
pub struct Unfinished {
    /// Transfers that go on when the same is offered again.
    pub transfers: u32,
    /// Bytes kept of them, in whole blocks.
    #[cfg_attr(feature = "bindings", ts(type = "number"))]
    pub bytes: u64,
}

/// What the screen wants.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "kebab-case")]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS), ts(export))]
pub enum Command {
    /// Makes a room on `server` (the engine's own if empty) and enters it.
    StartRoom {
        /// Base URL.
        server: String,
        /// Display name.
        name: String,
    },
    /// Enters the room of an invitation link.
    JoinRoom {
        /// Either form of link.
        link: String,
        /// Display name.
        name: String,
    },
    /// Leaves, telling the others.
    LeaveRoom {},
    /// Writes to everyone in the room.
    SendText {
        /// Chosen by the screen, so that it can show the text at once.
        id: TextId,
        /// At most [`crate::limits::TEXT_BYTES`].
        body: String,
    },
    /// Offers files to a peer, as one transfer.
    OfferFiles {
        /// To whom.
        peer: PeerId,
        /// Which, as picked.
        handles: Vec<u32>,
    },
    /// Consents to an offer.
    AcceptTransfer {
        /// Which.
        transfer: TransferId,
        /// Entries that are not wanted, by their index; at least one is left.
        without: Vec<u32>,
    },
    /// Refuses an offer.
    DeclineTransfer {
        /// Which.
        transfer: TransferId,
    },
    /// Ends a transfer, from either side.
    CancelTransfer {
        /// Which.
        transfer: TransferId,
    },
    /// Holds a transfer up, from either side, or lets it go on.
    PauseTransfer {
        /// Which.
        transfer: TransferId,
        /// True to hold it up.
        paused: bool,
    },
    /// Offers again, as a new transfer, what of an ended one did not reach its receiver. The files are offered as they are now.
    OfferAgain {
        /// One of ours that has ended.
        transfer: TransferId,
    },
    /// Sends no faster than this from now on, over all peers together.
    LimitSpeed {
        /// Of files; none is as fast as it goes.
        #[cfg_attr(feature = "bindings", ts(type = "number | null"))]
        bytes_per_second: Option<u64>,
    },
    /// Changes the display name.
    SetName {
        /// At most [`crate::limits::NAME_CHARS`].
        name: String,
    },
    /// Passes a message of the media plane to a peer, sealed by the engine.
    SendMediaSignal {
        /// To whom.
        peer: PeerId,
        /// What.
        signal: MediaSignal,
    },
    /// Tells the engine the fingerprints of a live media connection; it confirms them with the peer.
    ConfirmMedia {
        /// With whom.
        peer: PeerId,
        /// Number of the connection.
        link: u32,
        /// SHA-256 of the own certificate, lower-case hex.
        local: String,
        /// SHA-256 of the peer's, as seen.
        remote: String,
        /// How it was seen.
        seen: Seen,
    },
    /// Tells the peers what of the own media is on.
    SetMediaState {
        /// Sound.
        microphone: bool,
        /// Picture.
        camera: bool,
    },
}

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
    /// A wish was not granted.
    CommandFailed {
        /// Why.
        failure: Failure,
        /// The peer it was about, if any.
        peer: Option<PeerId>,
    },
}

/// Where we stand with the room.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS), ts(export))]
pub enum RoomState {
    /// On the way in for the first time.
    Entering,
    /// In, and the server answers.
    Open,
    /// In, but the server does not answer; live connections go on.
    Reconnecting,
    /// Out.
    Closed,
}

/// A peer as the screen shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS), ts(export))]
pub struct Peer {
    /// Who.
    pub id: PeerId,
    /// Display name; empty until its hello came.
    pub name: String,
    /// What kind of program; none until its hello came.
    pub host: Option<HostKind>,
    /// Lower-case hex of the epoch; none until the handshake is done. A new one ends all media connections of the old.
    pub epoch: Option<String>,
    /// We begin: the one that makes the first offer of each plane.
    pub initiator: bool,
    /// Our role in perfect negotiation.
    pub polite: bool,
    /// The data connection.
    pub link: LinkState,
    /// How the data connection was proven; none until it was.
    pub proof: Option<Seen>,
    /// The way it takes.
    pub path: Option<Path>,
    /// Round trip in milliseconds.
    pub rtt_ms: Option<u32>,
    /// Its microphone is on.
    pub microphone: bool,
    /// Its camera is on.
    pub camera: bool,
    /// Why the link failed.
    pub failure: Option<Failure>,
}

/// State of a data connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS), ts(export))]
pub enum LinkState {
    /// Not there yet, or being rebuilt.
    Connecting,
    /// Proven and alive.
    Connected,
    /// Silent for a while; being mended.
    Interrupted,
    /// Given up; see `failure`.
    Failed,
}

/// The way a connection takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS), ts(export))]
pub enum Path {
    /// Host candidates on both sides.
    Local,
    /// Through NATs, without a relay.
    Direct,
    /// Through a TURN server.
    Relayed,
}

/// Which way files go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS), ts(export))]
pub enum Direction {
    /// From us.
    Sending,
    /// To us.
    Receiving,
}

/// State of a transfer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS), ts(export))]
pub enum TransferState {
    /// Offered, not answered.
    Waiting,
    /// Bytes move.
    Moving,
    /// One side or both hold it up.
    Paused,
    /// The connection is being mended; it goes on by itself.
    Interrupted,
    /// Every entry that was wanted is proven.
    Proven,
    /// Ended with some entries failed; see the entries.
    Partial,
    /// Refused by the receiver.
    Declined,
    /// Ended by one side; see `code`.
    Cancelled,
}

/// A transfer as the screen shows it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS), ts(export))]
pub struct Transfer {
    /// Which.
    pub id: TransferId,
    /// From or to whom.
    pub peer: PeerId,
    /// Which way.
    pub direction: Direction,
    /// Now.
    pub state: TransferState,
    /// Why it was cancelled.
    pub code: Option<TransferCode>,
    /// True when our side ended it.
    pub ended_by_us: bool,
    /// True while our side holds it up.
    pub paused_by_us: bool,
    /// Some entry offered to us is of a type that systems run when it is opened.
    pub executable: bool,
    /// The entries, at most the first 200.
    pub entries: Vec<TransferEntry>,
    /// All entries.
    pub entry_count: u32,
    /// Entries proven.
    pub proven_count: u32,
    /// Bytes of all entries that are wanted.
    #[cfg_attr(feature = "bindings", ts(type = "number"))]
    pub total_bytes: u64,
    /// Bytes whose write returned on the receiver's disk.
    #[cfg_attr(feature = "bindings", ts(type = "number"))]
    pub stored_bytes: u64,
    /// Averaged over the last seconds; none until known.
    #[cfg_attr(feature = "bindings", ts(type = "number | null"))]
    pub bytes_per_second: Option<u64>,
    /// Time left in milliseconds; none until known.
    #[cfg_attr(feature = "bindings", ts(type = "number | null"))]
    pub remaining_ms: Option<u64>,
}

/// One file of a transfer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS), ts(export))]
pub struct TransferEntry {
    /// Safe relative path, joined by `/`.
    pub path: String,
    /// Bytes.
    #[cfg_attr(feature = "bindings", ts(type = "number"))]
    pub size: u64,
    /// Proven and under its name.
    pub proven: bool,
    /// Ended without proof.
    pub failed: Option<TransferCode>,
}

/// A message of the media plane, as it crosses between engine and screen in the clear.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "kebab-case")]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS), ts(export))]
pub enum MediaSignal {
    /// SDP.
    Description {
        /// Number of the connection.
        link: u32,
        /// Offer or answer.
        description: Description,
    },
    /// A candidate.
    Candidate {
        /// Number of the connection.
        link: u32,
        /// None is the end of candidates.
        candidate: Option<Candidate>,
    },
}
