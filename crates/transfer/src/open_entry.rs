//! An entry of which something has arrived: collects one block at a time, and proves the blocks and then the whole.
//!
//! Promises: takes bytes only in order and only as many as the block has; gives a block away only when it is proven. Leaves to
//! [`Incoming`](crate::incoming::Incoming): the window, the writes, and what an error ends.

use std::collections::BTreeMap;

use bytes::Bytes;
use parlor_protocol::{code::TransferCode, control::BlockRange};

use crate::block::{Hash, block_count, block_len, block_offset, block_proof};

/// An entry of which something has arrived.
#[derive(Debug, Default)]
pub(crate) struct OpenEntry {
    /// The block that is collected, or comes next.
    pub(crate) next_block: u32,
    /// What has arrived of it.
    collected: Vec<u8>,
    /// Over the proofs of the blocks before.
    proofs: blake3::Hasher,
    /// Proofs of blocks behind `next_block` that were stored in an earlier session.
    later: BTreeMap<u32, Hash>,
    /// Blocks of an earlier session stand in it, which the sender's file may not be of any more.
    is_continued: bool,
    /// Blocks whose writes have not returned.
    pub(crate) writing: Vec<u32>,
    /// The entry's proof came and is right.
    pub(crate) is_whole: bool,
}

impl OpenEntry {
    /// An entry of which these blocks were stored in an earlier session.
    pub(crate) fn continued(blocks: impl IntoIterator<Item = (u32, Hash)>) -> Self {
        let mut entry = Self { later: blocks.into_iter().collect(), is_continued: true, ..Self::default() };
        entry.skip_stored();
        entry
    }

    /// Blocks behind `next_block` that are stored, at most `room` stretches of them.
    pub(crate) fn stored_later(&self, room: usize) -> Vec<BlockRange> {
        let mut ranges: Vec<BlockRange> = Vec::new();
        for block in self.later.keys().copied() {
            if let Some(range) = ranges.last_mut().filter(|range| range.end == block) {
                range.end += 1;
            } else if ranges.len() < room {
                ranges.push(BlockRange { first: block, end: block + 1 });
            } else {
                break;
            }
        }
        ranges
    }

    /// Bytes of the entry of `size` bytes that count as stored: those before `next_block` and those found behind it.
    pub(crate) fn found_bytes(&self, size: u64) -> u64 {
        let later = self.later.keys().map(|block| u64::from(block_len(size, *block))).sum::<u64>();
        block_offset(self.next_block).min(size) + later
    }

    /// Forgets stored blocks the sender was not told of: it sends them again.
    pub(crate) fn forget_behind(&mut self, told: &[BlockRange]) {
        let end = told.last().map_or(self.next_block, |range| range.end);
        self.later.split_off(&end);
    }

    fn skip_stored(&mut self) {
        while let Some(proof) = self.later.remove(&self.next_block) {
            self.proofs.update(&proof);
            self.next_block += 1;
        }
    }

    /// Takes the next bytes of a block of `len` bytes.
    pub(crate) fn take(&mut self, offset: u32, payload: &[u8], len: usize, is_only: bool) -> Result<(), TransferCode> {
        if offset as usize != self.collected.len() || self.collected.len() + payload.len() > len {
            return Err(TransferCode::Protocol);
        }
        if is_only && self.collected.is_empty() {
            // The usual case takes the block's room at once and never copies it again; many beginnings take what has arrived.
            self.collected.reserve_exact(len);
        }
        self.collected.extend_from_slice(payload);
        Ok(())
    }

    /// Takes the proof of the collected block of `len` bytes, and gives the block to be written. `corrupt` is about this entry alone.
    pub(crate) fn prove_block(&mut self, len: usize, claimed: &[u8]) -> Result<(u32, Hash, Bytes), TransferCode> {
        if len == 0 || self.collected.len() != len {
            return Err(TransferCode::Protocol);
        }
        let proof = block_proof(&self.collected);
        if proof != claimed {
            return Err(TransferCode::Corrupt);
        }
        self.proofs.update(&proof);
        let block = self.next_block;
        self.next_block += 1;
        self.skip_stored();
        self.writing.push(block);
        Ok((block, proof, Bytes::from(std::mem::take(&mut self.collected))))
    }

    /// Takes the proof of the entry of `size` bytes. `corrupt` and `source-changed` are about this entry alone.
    pub(crate) fn prove_whole(&mut self, size: u64, claimed: &[u8]) -> Result<(), TransferCode> {
        if self.next_block != block_count(size) {
            return Err(TransferCode::Protocol);
        }
        if self.proofs.finalize().as_bytes() != claimed {
            // Every block was proven when it came, so of one session they can only be wrong together by a fault on the way.
            return Err(if self.is_continued { TransferCode::SourceChanged } else { TransferCode::Corrupt });
        }
        self.is_whole = true;
        Ok(())
    }

    /// A block is written.
    pub(crate) fn end_write(&mut self, block: u32) {
        self.writing.retain(|writing| *writing != block);
    }

    /// Forgets the part of a block that has arrived: a new link sends it from its beginning.
    pub(crate) fn drop_collected(&mut self) {
        self.collected = Vec::new();
    }

    /// Bytes of the entry of `size` bytes that have arrived and are not stored.
    pub(crate) fn unstored(&self, size: u64) -> u64 {
        let writing = self.writing.iter().map(|block| u64::from(block_len(size, *block))).sum::<u64>();
        self.collected.len() as u64 + writing
    }
}
