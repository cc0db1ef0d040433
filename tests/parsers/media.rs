//! RTP payloads of a peer: VP8 (RFC 7741) up to whole pictures, Opus (RFC 7587) up to what is played.
//!
//! An input is a sequence number (2 bytes), a timestamp (4), the marker (1), and the payload.

use std::time::{Duration, Instant};

use bytes::Bytes;
use parlor_media::{
    sound::Player,
    video::{
        assembler::{Assembler, HELD_BYTES, Output, PACKETS, RtpPacket},
        descriptor::{Descriptor, FrameHeader},
    },
};
use parlor_tests::generator::feed;

/// Packets that one stream takes before another begins.
const PACKETS_EACH: u32 = 2_000;

fn packet(input: &[u8]) -> Option<RtpPacket> {
    let ([s0, s1, t0, t1, t2, t3, marker], payload) = input.split_first_chunk::<7>()?;
    Some(RtpPacket {
        sequence: u16::from_be_bytes([*s0, *s1]),
        timestamp: u32::from_be_bytes([*t0, *t1, *t2, *t3]),
        marker: marker & 1 == 1,
        payload: Bytes::copy_from_slice(payload),
    })
}

#[test]
fn packets_of_pictures_are_taken_without_harm() {
    let begun = Instant::now();
    let new = || Assembler::new(Duration::from_millis(300));
    let (mut assembler, mut taken) = (new(), 0_u32);
    feed("vp8-payload", |input| {
        let Some(packet) = packet(input) else { return false };
        if let Some(descriptor) = Descriptor::parse(&packet.payload) {
            assert!((1..=6).contains(&descriptor.bytes) && descriptor.bytes <= packet.payload.len());
        }
        let _ = FrameHeader::parse(&packet.payload);
        taken += 1;
        if taken.is_multiple_of(PACKETS_EACH) {
            assembler = new();
        }
        let now = begun + Duration::from_millis(u64::from(taken));
        assembler.insert(packet, now);
        while let Some(output) = assembler.poll(now) {
            if let Output::Frame(frame) = output {
                assert!(frame.width > 0 && frame.height > 0 && !frame.data.is_empty());
            }
        }
        let (packets, bytes) = assembler.held();
        assert!(packets <= PACKETS && bytes <= HELD_BYTES);
        true
    });
}

#[test]
fn packets_of_sound_are_taken_without_harm() {
    let begun = Instant::now();
    let new = || Player::new().expect("libopus");
    let (mut player, mut taken) = (new(), 0_u32);
    feed("opus-payload", |input| {
        let Some(packet) = packet(input) else { return false };
        taken += 1;
        if taken.is_multiple_of(PACKETS_EACH) {
            player = new();
        }
        let now = begun + Duration::from_millis(10 * u64::from(taken));
        player.insert(packet.sequence, packet.timestamp, packet.payload, now);
        let _ = player.pull(now);
        assert!(player.stats().audio_level.is_finite());
        true
    });
}
