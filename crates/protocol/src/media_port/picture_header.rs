//! What stands before each coded picture on the capture and the display socket.

use super::{LAYERS, PICTURE_BYTES};

/// Stands before each coded picture, either way. All numbers little-endian.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PictureHeader {
    /// Decodable without any other.
    pub key: bool,
    /// Which layer of the own picture; 0 in others'.
    pub layer: u8,
    /// Clockwise quarter turns by which the picture is to be turned before it is shown, 0 to 3.
    pub quarter_turns: u8,
    /// Whose picture; 0 for the own.
    pub connection: u32,
    /// When it was captured, microseconds on the sender's media clock; only differences mean something.
    pub timestamp_us: u64,
    /// Pixels, as coded.
    pub width: u16,
    /// Pixels, as coded.
    pub height: u16,
    /// Time its coding took, microseconds; 0 in others' pictures.
    pub cost_us: u32,
}

impl PictureHeader {
    /// Bytes before the picture: flags (bit 0 is `key`), layer, quarter turns, 0, connection (u32), timestamp (u64), width (u16),
    /// height (u16), cost (u32).
    pub const BYTES: usize = 24;

    /// The header's bytes.
    pub fn encode(&self) -> [u8; Self::BYTES] {
        let mut bytes = [0; Self::BYTES];
        bytes[0] = u8::from(self.key);
        bytes[1] = self.layer;
        bytes[2] = self.quarter_turns;
        bytes[4..8].copy_from_slice(&self.connection.to_le_bytes());
        bytes[8..16].copy_from_slice(&self.timestamp_us.to_le_bytes());
        bytes[16..18].copy_from_slice(&self.width.to_le_bytes());
        bytes[18..20].copy_from_slice(&self.height.to_le_bytes());
        bytes[20..24].copy_from_slice(&self.cost_us.to_le_bytes());
        bytes
    }

    /// Header and picture of a message; none if it is no picture at all: too short, too long, empty, or with values out of range.
    pub fn decode(message: &[u8]) -> Option<(Self, &[u8])> {
        let (head, picture) = message.split_first_chunk::<{ Self::BYTES }>()?;
        if picture.is_empty() || picture.len() > PICTURE_BYTES {
            return None;
        }
        let [flags, layer, quarter_turns, zero, c0, c1, c2, c3, rest @ ..] = *head;
        let [t0, t1, t2, t3, t4, t5, t6, t7, w0, w1, h0, h1, u0, u1, u2, u3] = rest;
        let header = Self {
            key: flags & 1 == 1,
            layer,
            quarter_turns,
            connection: u32::from_le_bytes([c0, c1, c2, c3]),
            timestamp_us: u64::from_le_bytes([t0, t1, t2, t3, t4, t5, t6, t7]),
            width: u16::from_le_bytes([w0, w1]),
            height: u16::from_le_bytes([h0, h1]),
            cost_us: u32::from_le_bytes([u0, u1, u2, u3]),
        };
        let in_range = flags <= 1 && zero == 0 && usize::from(layer) < LAYERS && quarter_turns < 4;
        (in_range && header.width > 0 && header.height > 0).then_some((header, picture))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEADER: PictureHeader = PictureHeader {
        key: true,
        layer: 1,
        quarter_turns: 3,
        connection: 7,
        timestamp_us: 0x0102_0304_0506_0708,
        width: 1280,
        height: 720,
        cost_us: 8_123,
    };

    #[test]
    fn a_picture_comes_back_as_it_was_sent() {
        let message = [&HEADER.encode()[..], b"vp8"].concat();
        assert_eq!(PictureHeader::decode(&message), Some((HEADER, &b"vp8"[..])));
    }

    #[test]
    fn what_is_no_picture_is_refused() {
        let whole = [&HEADER.encode()[..], b"vp8"].concat();
        for length in 0..=PictureHeader::BYTES {
            assert_eq!(PictureHeader::decode(&whole[..length]), None, "{length} bytes");
        }
        for (at, value) in [(0, 2), (1, 2), (2, 4), (3, 1)] {
            let mut broken = whole.clone();
            broken[at] = value;
            assert_eq!(PictureHeader::decode(&broken), None, "byte {at}");
        }
        let long = [&HEADER.encode()[..], &vec![0; PICTURE_BYTES + 1]].concat();
        assert_eq!(PictureHeader::decode(&long), None);
    }
}
