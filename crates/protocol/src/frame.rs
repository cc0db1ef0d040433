//! The fixed header of a frame on the `bulk` channel (docs/protocol.md, section 5.3).

use crate::{VERSION, id::TransferId};

/// Bytes of the header.
pub const HEADER_BYTES: usize = 32;
/// Bytes of a proof's payload: a BLAKE3 hash.
pub const PROOF_BYTES: usize = 32;

/// What a frame's payload is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FrameKind {
    /// Bytes of a block.
    Data,
    /// The block's hash.
    BlockProof,
    /// The hash over the block hashes.
    EntryProof,
}

/// The header; the payload follows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct FrameHeader {
    /// What follows.
    pub kind: FrameKind,
    /// Which transfer.
    pub transfer: TransferId,
    /// Index into the offer.
    pub entry: u32,
    /// Which block; in an entry proof the number of blocks.
    pub block: u32,
    /// Where in the block the payload begins; 0 in proofs.
    pub offset: u32,
}

/// Why bytes are no frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum FrameError {
    /// Shorter than a header.
    #[error("a frame is at least {HEADER_BYTES} bytes")]
    Short,
    /// Another version.
    #[error("frame version {0} is not {VERSION}")]
    Version(u8),
    /// A kind that does not exist.
    #[error("no frame kind {0}")]
    Kind(u8),
    /// Bytes that must be zero are not, or a proof has an offset.
    #[error("reserved bytes are not zero")]
    Reserved,
}

impl FrameHeader {
    /// The header's bytes.
    pub fn encode(&self) -> [u8; HEADER_BYTES] {
        let kind = match self.kind {
            FrameKind::Data => 1,
            FrameKind::BlockProof => 2,
            FrameKind::EntryProof => 3,
        };
        let mut bytes = [0; HEADER_BYTES];
        let fields: [&[u8]; 5] = [
            &[VERSION, kind, 0, 0],
            self.transfer.as_bytes(),
            &self.entry.to_be_bytes(),
            &self.block.to_be_bytes(),
            &self.offset.to_be_bytes(),
        ];
        for (target, source) in bytes.iter_mut().zip(fields.into_iter().flatten()) {
            *target = *source;
        }
        bytes
    }

    /// Splits a frame into header and payload.
    ///
    /// # Errors
    /// Says which rule of the header the bytes break; payload lengths are the state machine's to judge.
    pub fn decode(frame: &[u8]) -> Result<(Self, &[u8]), FrameError> {
        let (header, payload) = frame.split_first_chunk::<HEADER_BYTES>().ok_or(FrameError::Short)?;
        let ([version, kind, reserved @ ..], rest) = header.split_first_chunk::<4>().ok_or(FrameError::Short)?;
        if *version != VERSION {
            return Err(FrameError::Version(*version));
        }
        let kind = match kind {
            1 => FrameKind::Data,
            2 => FrameKind::BlockProof,
            3 => FrameKind::EntryProof,
            other => return Err(FrameError::Kind(*other)),
        };
        let (transfer, rest) = rest.split_first_chunk::<16>().ok_or(FrameError::Short)?;
        let (entry, rest) = rest.split_first_chunk::<4>().ok_or(FrameError::Short)?;
        let (block, rest) = rest.split_first_chunk::<4>().ok_or(FrameError::Short)?;
        let (offset, _) = rest.split_first_chunk::<4>().ok_or(FrameError::Short)?;
        let offset = u32::from_be_bytes(*offset);
        if *reserved != [0, 0] || (kind != FrameKind::Data && offset != 0) {
            return Err(FrameError::Reserved);
        }
        let header = Self {
            kind,
            transfer: TransferId(*transfer),
            entry: u32::from_be_bytes(*entry),
            block: u32::from_be_bytes(*block),
            offset,
        };
        Ok((header, payload))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEADER: FrameHeader =
        FrameHeader { kind: FrameKind::Data, transfer: TransferId([7; 16]), entry: 1, block: 2, offset: 3 };

    #[test]
    fn a_header_reads_back_what_it_wrote() {
        let mut frame = HEADER.encode().to_vec();
        frame.extend_from_slice(b"payload");
        assert_eq!(FrameHeader::decode(&frame), Ok((HEADER, b"payload".as_slice())));
    }

    #[test]
    fn a_broken_header_is_named() {
        let whole = HEADER.encode();
        assert_eq!(FrameHeader::decode(&whole[..31]), Err(FrameError::Short));
        let with = |index: usize, value: u8| {
            let mut bytes = whole;
            bytes[index] = value;
            bytes
        };
        assert_eq!(FrameHeader::decode(&with(0, 9)), Err(FrameError::Version(9)));
        assert_eq!(FrameHeader::decode(&with(1, 4)), Err(FrameError::Kind(4)));
        assert_eq!(FrameHeader::decode(&with(2, 1)), Err(FrameError::Reserved));
        assert_eq!(FrameHeader::decode(&with(1, 2)), Err(FrameError::Reserved));
    }
}
