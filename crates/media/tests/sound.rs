//! From one microphone over a made-up road to another's loudspeaker.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, reason = "a test fails by panicking")]

mod voice;

use parlor_media::sound::{Coded, Microphone, Piece, Player};
use proptest::prelude::*;
use std::time::{Duration, Instant};
use voice::{PIECE, Seeded, db, energy, speech, tone, tone_share};

/// Plays what the microphone coded, packet by packet, each 20 ms of the sender's clock; `lost` tells which never come.
struct Call {
    microphone: Microphone,
    player: Player,
    began: Instant,
    sequence: u16,
    captured: u32,
    sent: Vec<Coded>,
    heard: Vec<i16>,
    pieces: Vec<Piece>,
    /// Pieces in whose time nobody played.
    missed: u64,
    plays: bool,
}

impl Call {
    fn new(microphone: Microphone) -> Self {
        let player = Player::new().unwrap();
        let (sent, heard, pieces) = (Vec::new(), Vec::new(), Vec::new());
        Self {
            microphone,
            player,
            began: Instant::now(),
            sequence: 65_530,
            captured: 0,
            sent,
            heard,
            pieces,
            missed: 0,
            plays: true,
        }
    }

    /// The sender's clock runs `ppm` fast.
    fn say(&mut self, sound: &[i16], ppm: i64, mut lost: impl FnMut(u16) -> bool) {
        for piece in sound.chunks_exact(PIECE) {
            self.captured += 1;
            let sent_us = i64::from(self.captured) * 10_000;
            let sent = self.began + Duration::from_micros((sent_us - sent_us * ppm / 1_000_000) as u64);
            if let Some(coded) = self.microphone.captured(piece).unwrap() {
                if !lost(self.sequence) {
                    self.player.insert(self.sequence, coded.timestamp.wrapping_sub(5_000), coded.payload.clone(), sent);
                }
                self.sequence = self.sequence.wrapping_add(1);
                self.sent.push(coded);
            }
            // The device pulls by the own clock, just after.
            while self.own_ms() * 1_000 < (sent - self.began).as_micros() as u64 {
                if !self.plays {
                    self.missed += 1;
                    continue;
                }
                let piece = self.player.pull(self.began + Duration::from_millis(self.own_ms() + 10));
                self.heard.extend_from_slice(&piece.samples);
                self.pieces.push(piece);
            }
        }
    }

    fn own_ms(&self) -> u64 {
        (self.pieces.len() as u64 + self.missed) * 10
    }

    /// How much later than captured the last piece was heard, in samples.
    fn behind(&self) -> u32 {
        let timestamp = self.pieces.last().unwrap().timestamp.expect("a voice is heard");
        (self.captured * 480).wrapping_sub(timestamp.wrapping_add(5_000))
    }
}

fn steepest(samples: &[i16]) -> i32 {
    samples.windows(2).map(|pair| (i32::from(pair[1]) - i32::from(pair[0])).abs()).max().unwrap()
}

#[test]
fn a_tone_arrives_as_the_same_tone() {
    let mut call = Call::new(Microphone::unprocessed().unwrap());
    call.say(&tone(440.0, 3.0), 0, |_| false);
    let heard = &call.heard[48_000..];
    assert!(tone_share(heard, 440.0) > 0.95, "{}", tone_share(heard, 440.0));
    assert!(tone_share(heard, 430.0) < 0.01 && tone_share(heard, 450.0) < 0.01);
    assert!((db(energy(heard)) - db(energy(&tone(440.0, 1.0)))).abs() < 1.0);
    assert!((i32::from(call.player.level_db()) - 15).abs() <= 1, "{}", call.player.level_db());
}

#[test]
fn timestamps_of_what_is_heard_go_on_by_a_piece_a_piece() {
    let mut call = Call::new(Microphone::unprocessed().unwrap());
    call.say(&speech(3, 4.0, 120.0), 0, |_| false);
    let timestamps: Vec<u32> =
        call.pieces[100..].iter().map(|piece| piece.timestamp.expect("a voice is heard")).collect();
    let even = timestamps.windows(2).filter(|pair| pair[1].wrapping_sub(pair[0]) == 480).count();
    assert!(even >= timestamps.len() * 9 / 10, "{even} of {}", timestamps.len());
    // What is heard at last is what was captured 20 to 80 ms ago.
    let behind = call.behind();
    assert!((960..3_840).contains(&behind), "{behind}");
}

#[test]
fn clocks_that_differ_leave_neither_clicks_nor_gaps() {
    for ppm in [-600, 600] {
        let mut call = Call::new(Microphone::unprocessed().unwrap());
        call.say(&tone(440.0, 60.0), ppm, |_| false);
        let heard = &call.heard[48_000..];
        let stats = call.player.stats();
        let adjusted =
            if ppm > 0 { stats.removed_samples_for_acceleration } else { stats.inserted_samples_for_deceleration };
        // Less what the delay may be off.
        assert!((800..2_600).contains(&adjusted), "{ppm} ppm in a minute are 1728 samples: {stats:?}");
        assert_eq!((stats.concealed_samples, stats.packets_discarded), (0, 0), "{stats:?}");
        assert!(steepest(heard) < 560, "a tone of 8000 at 440 Hz is never steeper than 461: {}", steepest(heard));
        assert!(heard.chunks(480).all(|piece| db(energy(piece)) > -17.0), "no gap");
    }
}

#[test]
fn who_did_not_play_for_three_seconds_soon_hears_what_is_said_now_and_without_a_click() {
    let mut call = Call::new(Microphone::unprocessed().unwrap());
    call.say(&tone(440.0, 2.0), 0, |_| false);
    call.plays = false;
    call.say(&tone(440.0, 3.0), 0, |_| false);
    call.plays = true;
    let before = call.heard.len();
    call.say(&tone(440.0, 4.0), 0, |_| false);
    assert!(call.behind() < 4_800, "{} samples", call.behind());
    assert!(call.player.stats().packets_discarded > 100, "{:?}", call.player.stats());
    assert!(steepest(&call.heard[before - 4_800..]) < 900, "{}", steepest(&call.heard[before - 4_800..]));
}

#[test]
fn five_percent_of_loss_are_mended_by_fec() {
    let said = speech(11, 20.0, 130.0);
    let mut whole = Call::new(Microphone::unprocessed().unwrap());
    whole.say(&said, 0, |_| false);
    let mut seeded = Seeded::new(5);
    let mut call = Call::new(Microphone::unprocessed().unwrap());
    call.say(&said, 0, |_| seeded.share() < 0.05);
    let stats = call.player.stats();
    assert!(stats.fec_samples > 25 * 960, "{stats:?}");
    assert!((db(energy(&call.heard)) - db(energy(&whole.heard))).abs() < 0.7);
    // Pieces in which much less is heard than without loss.
    let gaps = whole.heard.chunks(480).zip(call.heard.chunks(480)).map(|(whole, lossy)| {
        let (whole, lossy) = (db(energy(whole)), db(energy(lossy)));
        whole > -45.0 && lossy < whole - 15.0
    });
    let longest = gaps.fold((0, 0), |(run, most), gap| if gap { (run + 1, most.max(run + 1)) } else { (0, most) }).1;
    assert!(longest <= 6, "a gap of {longest}0 ms");
}

#[test]
fn loss_beyond_fec_is_concealed_and_counted() {
    let mut call = Call::new(Microphone::unprocessed().unwrap());
    let first = call.sequence;
    call.say(&speech(4, 3.0, 120.0), 0, |sequence| (100..103).contains(&sequence.wrapping_sub(first)));
    let stats = call.player.stats();
    assert_eq!((stats.concealed_samples, stats.concealment_events, stats.fec_samples), (4 * 480, 1, 960), "{stats:?}");
    assert_eq!(stats.total_samples_received, 299 * 480, "all but the piece before the first packet");
    assert!(stats.jitter_buffer_emitted_count >= 140 * 960 && stats.jitter_buffer_delay_s > 0.0, "{stats:?}");
    assert!((stats.total_samples_duration_s - 2.99).abs() < 1e-6 && stats.total_audio_energy > 0.0, "{stats:?}");
}

#[test]
fn silence_costs_less_than_ten_packets_a_second_and_is_no_loss() {
    for loudest in [0.0, 3.0] {
        let mut seeded = Seeded::new(2);
        let silence: Vec<i16> = (0..480_000).map(|_| (seeded.noise() * loudest) as i16).collect();
        let mut call = Call::new(Microphone::unprocessed().unwrap());
        call.say(&speech(8, 2.0, 120.0), 0, |_| false);
        call.say(&silence, 0, |_| false);
        let packets = call.sent.iter().filter(|coded| coded.timestamp >= 4 * 48_000).count();
        assert!((8..80).contains(&packets), "{packets} packets in 8 s");
        assert!(call.sent.iter().all(|coded| coded.timestamp < 4 * 48_000 || !coded.voice), "silence is no voice");
        assert_eq!(call.player.stats().concealed_samples, 0, "{:?}", call.player.stats());
        let before = call.sent.len();
        call.say(&speech(9, 2.0, 120.0), 0, |_| false);
        let marked: Vec<_> =
            call.sent[before..].iter().filter(|coded| coded.voice).map(|coded| coded.timestamp).collect();
        assert!(
            marked.first().is_some_and(|timestamp| *timestamp >= 12 * 48_000),
            "the voice after it is marked: {marked:?}"
        );
    }
}

#[test]
fn a_mute_sends_nothing_of_before_it() {
    for processed in [false, true] {
        let mut microphone = if processed { Microphone::new() } else { Microphone::unprocessed() }.unwrap();
        let said = speech(6, 2.015, 120.0);
        let before: Vec<Coded> =
            said.chunks_exact(PIECE).filter_map(|piece| microphone.captured(piece).unwrap()).collect();
        assert!(before.iter().any(|coded| coded.level_db < 40));
        microphone.silenced();
        assert_eq!(microphone.level_db(), 127);
        microphone.skip(99);
        let silence = [0; PIECE];
        let after: Vec<Coded> = (0..20).filter_map(|_| microphone.captured(&silence).unwrap()).collect();
        let first = after.first().unwrap();
        assert_eq!(first.timestamp, (201 + 99) * 480, "half a packet is thrown away, and time went on");
        assert!(after.iter().all(|coded| coded.level_db > 75), "{processed} {after:?}");
        if !processed {
            // Byte for byte what one sends who never heard anything else: no sound of before is in it, in FEC neither.
            let mut fresh = Microphone::unprocessed().unwrap();
            let fresh: Vec<Coded> = (0..20).filter_map(|_| fresh.captured(&silence).unwrap()).collect();
            assert!(fresh.iter().map(|coded| &coded.payload).eq(after.iter().map(|coded| &coded.payload)));
        }
    }
}

#[test]
fn a_piece_of_another_length_is_refused() {
    let mut microphone = Microphone::new().unwrap();
    assert!(microphone.captured(&[0; 479]).is_err());
    assert!(microphone.captured(&[0; PIECE]).is_ok());
    microphone.played(&[0; 481]);
    assert!(microphone.captured(&[0; PIECE]).is_err(), "told later");
    assert!(microphone.captured(&[0; PIECE]).is_ok());
}

#[test]
fn microphone_and_player_can_live_in_any_thread() {
    fn moves<T: Send>() {}
    moves::<Microphone>();
    moves::<Player>();
}

proptest! {
    #[test]
    fn no_payload_keeps_a_player_from_giving_sound(
        packets in prop::collection::vec((0..3_u16, prop_oneof![Just(960), any::<u32>()], prop::collection::vec(any::<u8>(), 0..200), 0..4_u8), 0..80),
    ) {
        let mut player = Player::new().unwrap();
        let (mut now, mut sequence, mut timestamp) = (Instant::now(), 0_u16, 0_u32);
        for (by, timestamp_by, payload, pieces) in packets {
            sequence = sequence.wrapping_add(by);
            timestamp = timestamp.wrapping_add(timestamp_by);
            player.insert(sequence, timestamp, payload.into(), now);
            for _ in 0..pieces {
                now += Duration::from_millis(10);
                player.pull(now);
            }
        }
        let stats = player.stats();
        prop_assert!(stats.audio_level.is_finite() && stats.total_audio_energy.is_finite());
        prop_assert!(stats.silent_concealed_samples <= stats.concealed_samples);
    }
}
