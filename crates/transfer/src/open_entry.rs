//! An entry of which something has arrived: collects one block at a time, and proves the blocks and then the whole.
//!
//! Promises: takes bytes only in order and only as many as the block has; gives a block away only when it is proven. Leaves to
//! [`Incoming`](crate::incoming::Incoming): the window, the writes, and what an error ends.

use bytes::Bytes;
use parlor_protocol::code::TransferCode;

use crate::block::{block_count, block_len, block_proof};

/// An entry of which something has arrived.
#[derive(Debug, Default)]
pub(crate) struct OpenEntry {
    /// The block that is collected, or comes next.
    pub(crate) next_block: u32,
    /// What has arrived of it.
    collected: Vec<u8>,
    /// Over the proofs of the blocks before.
    proofs: blake3::Hasher,
    /// Blocks whose writes have not returned.
    pub(crate) writing: Vec<u32>,
    /// The entry's proof came and is right.
    pub(crate) is_whole: bool,
}

impl OpenEntry {
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
    pub(crate) fn prove_block(&mut self, len: usize, claimed: &[u8]) -> Result<(u32, Bytes), TransferCode> {
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
        self.writing.push(block);
        Ok((block, Bytes::from(std::mem::take(&mut self.collected))))
    }

    /// Takes the proof of the entry of `size` bytes. `corrupt` is about this entry alone.
    pub(crate) fn prove_whole(&mut self, size: u64, claimed: &[u8]) -> Result<(), TransferCode> {
        if self.next_block != block_count(size) {
            return Err(TransferCode::Protocol);
        }
        if self.proofs.finalize().as_bytes() != claimed {
            return Err(TransferCode::Corrupt);
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
