//! What an earlier session left of an offer: the question to the driver, and its answer.

use crate::{SafePath, block::Hash};

/// An entry of an offer that was accepted, as the driver has to know it again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WantedEntry {
    /// Index into the offer.
    pub entry: u32,
    /// Where, below the folder for received files.
    pub path: SafePath,
    /// Bytes.
    pub size: u64,
    /// The file's own time, milliseconds since 1970.
    pub modified_ms: Option<u64>,
    /// The user does not want it: nothing of it is looked for. It is named because all entries together are the offer.
    pub is_declined: bool,
}

/// What is there of an entry, proven again by whoever found it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundEntry {
    /// Index into the offer.
    pub entry: u32,
    /// Blocks of its part, each once, with the hash of what lies on the disk. None when the file stands whole under its name.
    pub blocks: Option<Vec<(u32, Hash)>>,
}
