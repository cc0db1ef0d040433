//! How an entry is cut into blocks, and how blocks and entries are proven (docs/protocol.md, section 5.3).

use parlor_protocol::limits::BLOCK_BYTES;

/// Largest entry in bytes: blocks are counted in 32 bits.
pub const ENTRY_BYTES: u64 = u32::MAX as u64 * BLOCK_BYTES as u64;

/// A BLAKE3 hash.
pub type Hash = [u8; 32];

/// Blocks of an entry of `size` bytes, which is at most [`ENTRY_BYTES`].
pub fn block_count(size: u64) -> u32 {
    u32::try_from(size.div_ceil(u64::from(BLOCK_BYTES))).unwrap_or(u32::MAX)
}

/// Where a block begins, in bytes.
pub fn block_offset(block: u32) -> u64 {
    u64::from(block) * u64::from(BLOCK_BYTES)
}

/// Bytes of a block of an entry of `size` bytes; 0 behind its end.
pub fn block_len(size: u64, block: u32) -> u32 {
    let rest = size.saturating_sub(block_offset(block));
    u32::try_from(rest.min(u64::from(BLOCK_BYTES))).unwrap_or(BLOCK_BYTES)
}

/// The proof of a block.
pub fn block_proof(block: &[u8]) -> Hash {
    *blake3::hash(block).as_bytes()
}

/// The proof of an entry: over the proofs of its blocks in order, of nothing for an empty one.
pub fn entry_proof<'a>(blocks: impl IntoIterator<Item = &'a Hash>) -> Hash {
    let mut hasher = blake3::Hasher::new();
    for block in blocks {
        hasher.update(block);
    }
    *hasher.finalize().as_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_cover_every_size_without_gap() {
        let mib = u64::from(BLOCK_BYTES);
        for size in [0, 1, mib - 1, mib, mib + 1, 3 * mib, 3 * mib + 7] {
            let count = block_count(size);
            let sum: u64 = (0..count).map(|block| u64::from(block_len(size, block))).sum();
            assert_eq!(sum, size);
            assert!((0..count).all(|block| block_len(size, block) > 0));
            assert_eq!(block_len(size, count), 0);
        }
        assert_eq!(block_count(ENTRY_BYTES), u32::MAX);
    }
}
