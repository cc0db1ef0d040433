//! What a screen and its engine say to each other. In the app the engine is Rust (`parlor-client` behind the shell), in a
//! browser it is `ui/src/host/browser`; both take a [`Command`] and give [`Event`]s, so that one screen serves both.
//!
//! Commands are wishes, events are past facts. Snapshots ([`Peer`], [`Transfer`]) always carry the whole state of the thing.

mod command;
mod event;
mod peer;
mod transfer;

pub use command::Command;
pub use event::Event;
pub use peer::{ComparisonState, LinkState, Path, Peer};
use serde::{Deserialize, Serialize};
pub use transfer::{Direction, PickedFile, Transfer, TransferEntry, TransferState, Unfinished};

use crate::negotiation::{Candidate, Description};

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

/// Somebody who waits behind a spoken code in the local network, as the network says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS), ts(export))]
pub struct NearbyRoom {
    /// What they call themselves.
    pub name: String,
    /// Base URL of the server they wait at.
    pub server: String,
    /// Of the code.
    pub number: u32,
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
