//! Peers and their connections, as the screen shows them. No behaviour here.

use serde::{Deserialize, Serialize};

use crate::{code::Failure, control::Seen, id::PeerId, negotiation::HostKind};

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
