//! One file we offered, and what the receiver has of it.

use parlor_protocol::{
    code::TransferCode,
    control::{BlockRange, OfferedEntry, ResumePoint},
};

use crate::{
    block::{Hash, block_count, block_len, block_offset},
    snapshot::EntryView,
};

/// A file we offered.
#[derive(Debug)]
pub(crate) struct OutgoingEntry {
    pub(crate) offered: OfferedEntry,
    /// Of the blocks read so far, in order: for the entry's proof, and to know a block again.
    pub(crate) hashes: Vec<Hash>,
    /// The first block that the receiver lacks, and those behind it that it has.
    first_block: u32,
    stored: Vec<BlockRange>,
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
        Self { offered, hashes: Vec::new(), first_block: 0, stored: Vec::new(), state: OutgoingState::Unsent }
    }

    /// A new connection: what was sent on the last one may not have arrived.
    pub(crate) fn start_again(&mut self) {
        self.first_block = 0;
        self.stored = Vec::new();
        if self.state == OutgoingState::Sent {
            self.state = OutgoingState::Unsent;
        }
    }

    /// The receiver says what it has. `protocol` for blocks that do not exist or are not in order.
    pub(crate) fn resume(&mut self, point: &ResumePoint) -> Result<(), TransferCode> {
        let mut behind = u64::from(point.next_block);
        for BlockRange { first, end } in &point.stored {
            if u64::from(*first) <= behind || end <= first {
                return Err(TransferCode::Protocol);
            }
            behind = u64::from(*end);
        }
        if behind > u64::from(block_count(self.offered.size)) {
            return Err(TransferCode::Protocol);
        }
        self.first_block = point.next_block;
        self.stored.clone_from(&point.stored);
        Ok(())
    }

    /// Whether the receiver has a block.
    pub(crate) fn is_stored(&self, block: u32) -> bool {
        let behind = self.stored.partition_point(|range| range.end <= block);
        block < self.first_block || self.stored.get(behind).is_some_and(|range| range.first <= block)
    }

    /// Whether nothing of a block is wanted: the receiver has it, and its hash is known here.
    pub(crate) fn is_done_with(&self, block: u32) -> bool {
        self.is_stored(block) && usize::try_from(block).is_ok_and(|block| block < self.hashes.len())
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
            OutgoingState::Unsent | OutgoingState::Sent => {
                let size = self.offered.size;
                let bytes = |range: &BlockRange| {
                    (block_offset(range.end - 1) + u64::from(block_len(size, range.end - 1)))
                        - block_offset(range.first)
                };
                block_offset(self.first_block).min(size) + self.stored.iter().map(bytes).sum::<u64>()
            }
        }
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
