//! Transfers and the files of them, as the screen shows them. No behaviour here.

use serde::{Deserialize, Serialize};

use crate::{
    code::TransferCode,
    id::{PeerId, TransferId},
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
    /// Why it was cancelled; none when it ended because one of the two left the room.
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
