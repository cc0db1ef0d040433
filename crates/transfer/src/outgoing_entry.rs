//! One file we offered, and what the receiver has of it.

use parlor_protocol::{code::TransferCode, control::OfferedEntry};

use crate::{
    block::{Hash, block_count, block_offset},
    snapshot::EntryView,
};

/// A file we offered.
#[derive(Debug)]
pub(crate) struct OutgoingEntry {
    pub(crate) offered: OfferedEntry,
    /// Of the blocks read so far, in order: for the entry's proof, and to know a block again.
    pub(crate) hashes: Vec<Hash>,
    /// The first block that the receiver lacks.
    pub(crate) first_block: u32,
    pub(crate) state: OutgoingState,
}

/// How an entry stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum OutgoingState {
    /// Blocks or the proof are still to be sent on this connection.
    Unsent,
    /// The proof was sent.
    Sent,
    /// The receiver has proven it.
    Proven,
    /// Ended without proof.
    Failed(TransferCode),
}

impl OutgoingEntry {
    /// Nothing of it was read.
    pub(crate) fn new(offered: OfferedEntry) -> Self {
        Self { offered, hashes: Vec::new(), first_block: 0, state: OutgoingState::Unsent }
    }

    /// A new connection: what was sent on the last one may not have arrived.
    pub(crate) fn start_again(&mut self) {
        self.first_block = 0;
        if self.state == OutgoingState::Sent {
            self.state = OutgoingState::Unsent;
        }
    }

    /// The first block to read: what the receiver lacks, or what was never hashed here.
    pub(crate) fn start(&self) -> u32 {
        self.first_block.min(u32::try_from(self.hashes.len()).unwrap_or(u32::MAX))
    }

    /// Bytes that the receiver has, as far as it has said.
    pub(crate) fn stored(&self) -> u64 {
        match self.state {
            OutgoingState::Proven => self.offered.size,
            OutgoingState::Failed(_) => 0,
            OutgoingState::Unsent | OutgoingState::Sent => block_offset(self.first_block).min(self.offered.size),
        }
    }

    /// Every block was read once.
    pub(crate) fn is_hashed(&self) -> bool {
        self.hashes.len() == block_count(self.offered.size) as usize
    }

    /// Why it ended without proof, if it did.
    pub(crate) fn failed(&self) -> Option<TransferCode> {
        match self.state {
            OutgoingState::Failed(code) => Some(code),
            OutgoingState::Unsent | OutgoingState::Sent | OutgoingState::Proven => None,
        }
    }

    pub(crate) fn view(&self) -> EntryView {
        EntryView {
            path: self.offered.path.join("/"),
            size: self.offered.size,
            proven: self.state == OutgoingState::Proven,
            failed: self.failed(),
        }
    }
}
