use proptest::prelude::*;

use super::*;

const PLAIN: Descriptor = Descriptor {
    non_reference: false,
    partition_start: false,
    partition: 0,
    picture_id: None,
    tl0_picture_index: None,
    temporal_layer: None,
    key_index: None,
    bytes: 1,
};

/// The bytes of a descriptor, written from the figure in RFC 7741, section 4.2.
fn written(descriptor: &Descriptor) -> Vec<u8> {
    let Descriptor { non_reference, partition_start, partition, picture_id, tl0_picture_index, .. } = *descriptor;
    let first = u8::from(non_reference) << 5 | u8::from(partition_start) << 4 | partition;
    let extension = u8::from(picture_id.is_some()) << 7
        | u8::from(tl0_picture_index.is_some()) << 6
        | u8::from(descriptor.temporal_layer.is_some()) << 5
        | u8::from(descriptor.key_index.is_some()) << 4;
    if extension == 0 {
        return vec![first];
    }
    let mut bytes = vec![first | 0x80, extension];
    match picture_id {
        Some(PictureId::Short(id)) => bytes.push(id),
        Some(PictureId::Long(id)) => bytes.extend((id | 0x8000).to_be_bytes()),
        None => {}
    }
    bytes.extend(tl0_picture_index);
    if extension & 0x30 != 0 {
        let (layer, sync) = descriptor.temporal_layer.unwrap_or_default();
        bytes.push(layer << 6 | u8::from(sync) << 5 | descriptor.key_index.unwrap_or_default());
    }
    bytes
}

fn descriptors() -> impl Strategy<Value = Descriptor> {
    let picture_id = prop_oneof![(0u8..0x80).prop_map(PictureId::Short), (0u16..0x8000).prop_map(PictureId::Long),];
    (
        any::<bool>(),
        any::<bool>(),
        0u8..8,
        proptest::option::of(picture_id),
        any::<Option<u8>>(),
        proptest::option::of((0u8..4, any::<bool>())),
        proptest::option::of(0u8..32),
    )
        .prop_map(
            |(non_reference, partition_start, partition, picture_id, tl0_picture_index, temporal_layer, key_index)| {
                let descriptor = Descriptor {
                    non_reference,
                    partition_start,
                    partition,
                    picture_id,
                    tl0_picture_index,
                    temporal_layer,
                    key_index,
                    bytes: 0,
                };
                Descriptor { bytes: written(&descriptor).len(), ..descriptor }
            },
        )
}

#[test]
fn a_chromium_like_descriptor_is_read() {
    // X, S; I, L, T: PictureID 0x1234, TL0PICIDX 7, temporal layer 1 that depends on layer 0 only.
    let read = Descriptor::parse(&[0x90, 0xe0, 0x92, 0x34, 7, 0x60, 0xaa]);
    let expected = Descriptor {
        partition_start: true,
        picture_id: Some(PictureId::Long(0x1234)),
        tl0_picture_index: Some(7),
        temporal_layer: Some((1, true)),
        bytes: 6,
        ..PLAIN
    };
    assert_eq!(read, Some(expected));
}

#[test]
fn reserved_bits_are_ignored() {
    assert_eq!(Descriptor::parse(&[0x48]), Some(PLAIN));
    assert_eq!(Descriptor::parse(&[0x80, 0x0f]), Some(Descriptor { bytes: 2, ..PLAIN }));
}

#[test]
fn only_partition_zero_begins_a_picture() {
    assert!(Descriptor::parse(&[0x10]).unwrap().begins_picture());
    assert!(!Descriptor::parse(&[0x11]).unwrap().begins_picture());
    assert!(!Descriptor::parse(&[0x00]).unwrap().begins_picture());
}

#[test]
fn a_key_frame_tells_its_size() {
    let frame = [0x50, 0x01, 0x00, 0x9d, 0x01, 0x2a, 0x80, 0x42, 0xe0, 0x81];
    assert_eq!(FrameHeader::parse(&frame), Some(FrameHeader::Key { width: 640, height: 480 }));
    for length in 0..frame.len() {
        assert_eq!(FrameHeader::parse(&frame[..length]), None, "{length} bytes");
    }
    for (at, value) in [(3, 0), (4, 0), (5, 0)] {
        let mut broken = frame;
        broken[at] = value;
        assert_eq!(FrameHeader::parse(&broken), None, "byte {at}");
    }
    let mut flat = frame;
    flat[6..8].copy_from_slice(&[0, 0x40]);
    assert_eq!(FrameHeader::parse(&flat), None);
}

#[test]
fn a_delta_frame_needs_its_whole_tag() {
    assert_eq!(FrameHeader::parse(&[0x01, 0, 0]), Some(FrameHeader::Delta));
    assert_eq!(FrameHeader::parse(&[0x01, 0]), None);
}

proptest! {
    #[test]
    fn every_descriptor_is_read_as_written(descriptor in descriptors(), payload in any::<Vec<u8>>()) {
        let mut bytes = written(&descriptor);
        bytes.extend(payload);
        prop_assert_eq!(Descriptor::parse(&bytes), Some(descriptor));
        for length in 0..descriptor.bytes {
            prop_assert_eq!(Descriptor::parse(&bytes[..length]), None);
        }
    }

    #[test]
    fn hostile_bytes_are_read_within_their_bounds(bytes in any::<Vec<u8>>()) {
        if let Some(descriptor) = Descriptor::parse(&bytes) {
            prop_assert!((1..=6.min(bytes.len())).contains(&descriptor.bytes));
            prop_assert_eq!(descriptor.partition & !7, 0);
        }
        if let Some(FrameHeader::Key { width, height }) = FrameHeader::parse(&bytes) {
            prop_assert!((1..0x4000).contains(&width) && (1..0x4000).contains(&height));
        }
    }
}
