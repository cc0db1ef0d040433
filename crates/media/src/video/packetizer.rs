//! Cuts coded pictures into RTP payloads (RFC 7741).
//!
//! Promises: joined, the payloads behind their descriptors are the picture; no payload is larger than asked for, and those of one
//! picture are of even size, so that none is a tiny tail.
//! Leaves to others: RTP headers; the last payload of a picture is sent with the marker bit.

use bytes::{BufMut as _, Bytes, BytesMut};

/// Bytes of the descriptor before each payload: flags, extension flags, 15 bits of PictureID.
const DESCRIPTOR_BYTES: usize = 4;
const EXTENDED: u8 = 0x80;
const PARTITION_START: u8 = 0x10;
const HAS_PICTURE_ID: u8 = 0x80;
const LONG_PICTURE_ID: u16 = 0x8000;

/// Makes the RTP payloads of one stream of VP8 pictures.
#[derive(Debug)]
pub struct Packetizer {
    picture_id: u16,
}

impl Packetizer {
    /// Numbers pictures from here on; 15 bits count. Random, says RFC 7741, so that nothing is known of the stream beforehand.
    pub fn new(first_picture_id: u16) -> Self {
        Self { picture_id: first_picture_id & !LONG_PICTURE_ID }
    }

    /// The payloads of a picture, in order, each of at most `payload_bytes` with its descriptor (5 at least). None for an empty
    /// picture, which takes no number either.
    ///
    /// The picture is treated as one partition with the number 0 (RFC 7741, section 4.4): a receiver needs whole pictures anyhow.
    pub fn packetize(&mut self, frame: &Bytes, payload_bytes: usize) -> Vec<Bytes> {
        if frame.is_empty() {
            return Vec::new();
        }
        let most = payload_bytes.saturating_sub(DESCRIPTOR_BYTES).max(1);
        let packets = frame.len().div_ceil(most);
        let (even, longer) = (frame.len() / packets, frame.len() % packets);
        let picture_id = self.picture_id;
        self.picture_id = (picture_id + 1) & !LONG_PICTURE_ID;

        let mut rest = frame.clone();
        (0..packets)
            .map(|index| {
                let piece = rest.split_to(even + usize::from(index < longer));
                let mut payload = BytesMut::with_capacity(DESCRIPTOR_BYTES + piece.len());
                payload.put_u8(if index == 0 { EXTENDED | PARTITION_START } else { EXTENDED });
                payload.put_u8(HAS_PICTURE_ID);
                payload.put_u16(picture_id | LONG_PICTURE_ID);
                payload.put(piece);
                payload.freeze()
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::video::descriptor::{Descriptor, PictureId};

    #[test]
    fn an_empty_picture_makes_no_packet_and_takes_no_number() {
        let mut packetizer = Packetizer::new(9);
        assert!(packetizer.packetize(&Bytes::new(), 1200).is_empty());
        let [payload] = &packetizer.packetize(&Bytes::from_static(b"x"), 1200)[..] else { panic!("one packet") };
        assert_eq!(payload[..], [0x90, 0x80, 0x80, 9, b'x']);
    }

    #[test]
    fn numbers_wrap_after_fifteen_bits() {
        let mut packetizer = Packetizer::new(0xffff);
        let ids: Vec<_> = (0..2)
            .map(|_| Descriptor::parse(&packetizer.packetize(&Bytes::from_static(b"x"), 1200)[0]).unwrap().picture_id)
            .collect();
        assert_eq!(ids, [Some(PictureId::Long(0x7fff)), Some(PictureId::Long(0))]);
    }

    proptest! {
        #[test]
        fn payloads_are_even_within_their_bound_and_make_up_the_picture(
            frame in proptest::collection::vec(any::<u8>(), 1..5000),
            payload_bytes in 0usize..1500,
            id in any::<u16>(),
        ) {
            let payloads = Packetizer::new(id).packetize(&Bytes::from(frame.clone()), payload_bytes);
            let mut joined = Vec::new();
            for (index, payload) in payloads.iter().enumerate() {
                prop_assert!(payload.len() <= payload_bytes.max(DESCRIPTOR_BYTES + 1));
                let descriptor = Descriptor::parse(payload).unwrap();
                prop_assert_eq!(descriptor.picture_id, Some(PictureId::Long(id & 0x7fff)));
                prop_assert_eq!(descriptor.begins_picture(), index == 0);
                joined.extend_from_slice(&payload[descriptor.bytes..]);
            }
            let lengths = payloads.iter().map(Bytes::len);
            prop_assert!(lengths.clone().max().unwrap() - lengths.min().unwrap() <= 1);
            prop_assert_eq!(joined, frame);
        }
    }
}
