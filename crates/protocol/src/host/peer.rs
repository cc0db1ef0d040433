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
    /// The comparison of short strings on this data connection; none while nobody began one.
    pub comparison: Option<ComparisonState>,
    /// The device key it has proven on this data connection, 43 characters of base64url; none if it has shown none.
    pub device: Option<String>,
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

/// How far a comparison of short strings is (docs/protocol.md, section 7.4).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "kebab-case")]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS), ts(export))]
pub enum ComparisonState {
    /// Begun; nonces are under way.
    Begun {
        /// Our user asked for it.
        by_us: bool,
    },
    /// Both ends can read it to each other.
    Shown {
        /// Our user asked for it.
        by_us: bool,
        /// Seven places in the list of emoji, 0 … 63.
        emoji: Vec<u8>,
        /// Twelve digits in three groups.
        digits: String,
    },
    /// Our user found both the same.
    Same {},
    /// It ended with nothing to show: a wrong commitment, or messages out of order.
    Failed {},
    /// Our user found them different: the connection was ended, and none with this peer is made any more.
    Different {},
}
