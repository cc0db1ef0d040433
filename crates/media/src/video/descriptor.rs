//! What stands before a coded picture: the payload descriptor of RFC 7741 and the frame header of RFC 6386.
//!
//! Promises: every byte string is either understood or refused, never more is read than is there; reserved bits are ignored, as
//! RFC 7741 section 4.2 demands.
//! Leaves to others: what a descriptor means for the order of packets (`assembler`), and decoding.

/// The payload descriptor of RFC 7741, section 4.2, as far as it is present.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Descriptor {
    /// N: no other picture refers to this one.
    pub non_reference: bool,
    /// S: the payload begins with the beginning of a partition.
    pub partition_start: bool,
    /// PID: the partition's number, 0 to 7. 0 holds the frame header.
    pub partition: u8,
    /// I: a running number of pictures.
    pub picture_id: Option<PictureId>,
    /// L: running number of pictures of the lowest temporal layer.
    pub tl0_picture_index: Option<u8>,
    /// T: the temporal layer, 0 to 3, and Y, whether it depends on the lowest layer only.
    pub temporal_layer: Option<(u8, bool)>,
    /// K: number of the last key frame as the encoder counts them, 0 to 31.
    pub key_index: Option<u8>,
    /// Length of the descriptor, 1 to 6. The coded picture's bytes begin here.
    pub bytes: usize,
}

/// The PictureID, in one of its two lengths.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PictureId {
    /// 7 bits.
    Short(u8),
    /// 15 bits.
    Long(u16),
}

impl Descriptor {
    /// The descriptor a payload begins with; none if the payload ends within it.
    pub fn parse(payload: &[u8]) -> Option<Self> {
        let (&first, mut rest) = payload.split_first()?;
        let mut next = || {
            let (&byte, after) = rest.split_first()?;
            rest = after;
            Some(byte)
        };
        let extension = if first & 0x80 == 0 { 0 } else { next()? };
        let picture_id = if extension & 0x80 == 0 {
            None
        } else {
            let high = next()?;
            let long = high & 0x80 != 0;
            Some(if long {
                PictureId::Long(u16::from_be_bytes([high & 0x7f, next()?]))
            } else {
                PictureId::Short(high)
            })
        };
        let tl0_picture_index = if extension & 0x40 == 0 { None } else { Some(next()?) };
        // T and K share a byte, which is there if either is set.
        let shared = if extension & 0x30 == 0 { 0 } else { next()? };
        Some(Self {
            non_reference: first & 0x20 != 0,
            partition_start: first & 0x10 != 0,
            partition: first & 0x07,
            picture_id,
            tl0_picture_index,
            temporal_layer: (extension & 0x20 != 0).then_some((shared >> 6, shared & 0x20 != 0)),
            key_index: (extension & 0x10 != 0).then_some(shared & 0x1f),
            bytes: payload.len() - rest.len(),
        })
    }

    /// True for the first packet of a picture (RFC 7741, section 4.2, S and PID).
    pub fn begins_picture(&self) -> bool {
        self.partition_start && self.partition == 0
    }
}

/// The uncompressed data a VP8 frame begins with (RFC 6386, section 9.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FrameHeader {
    /// Decodable without any other frame.
    Key {
        /// Pixels, 1 to 16 383.
        width: u16,
        /// Pixels, 1 to 16 383.
        height: u16,
    },
    /// Decodable after the one before.
    Delta,
}

impl FrameHeader {
    /// The header of a whole frame; none if it is too short, lacks the start code or claims a picture without pixels.
    pub fn parse(frame: &[u8]) -> Option<Self> {
        if !is_key(frame)? {
            // The frame tag alone has three bytes.
            return (frame.len() >= 3).then_some(Self::Delta);
        }
        let (_tag, rest) = frame.split_first_chunk::<3>()?;
        let (code, rest) = rest.split_first_chunk::<3>()?;
        let ([w0, w1, h0, h1], _) = rest.split_first_chunk::<4>()?;
        // The two upper bits of each are how far the picture is to be enlarged for display; nobody uses them.
        let width = u16::from_le_bytes([*w0, *w1]) & 0x3fff;
        let height = u16::from_le_bytes([*h0, *h1]) & 0x3fff;
        (*code == [0x9d, 0x01, 0x2a] && width > 0 && height > 0).then_some(Self::Key { width, height })
    }
}

/// Whether the frame that begins with these bytes says that it is a key frame; none without a byte.
pub fn is_key(start: &[u8]) -> Option<bool> {
    // The bit is called "key frame" and is 0 for one.
    start.first().map(|tag| tag & 1 == 0)
}

#[cfg(test)]
mod tests;
