//! A made-up road and device: times are ticks of 48 kHz since the beginning.

use super::*;
use proptest::prelude::*;
use std::collections::HashMap;
use std::time::Duration;

mod hostile;
mod pace;

const MS: i64 = 48;

fn instant(began: Instant, ticks: i64) -> Instant {
    began + Duration::from_micros((ticks.max(0) * 1_000 / 48) as u64 + 1)
}

/// A packet of 20 ms that carries its own number.
fn payload(n: i64) -> Bytes {
    Bytes::from(vec![0xf8, (n >> 8) as u8, n as u8])
}

struct Road {
    buffer: JitterBuffer,
    began: Instant,
    /// Arrival, sequence number, timestamp, payload.
    packets: Vec<(i64, u16, u32, Bytes)>,
    /// The player does what it is told of the pace.
    obedient: bool,
    answers: Vec<(i64, Pull)>,
    most_held: usize,
}

impl Road {
    fn new(packets: impl IntoIterator<Item = (i64, u16, u32, Bytes)>) -> Self {
        let mut packets: Vec<_> = packets.into_iter().collect();
        packets.sort_by_key(|(arrival, ..)| *arrival);
        Self {
            buffer: JitterBuffer::new(),
            began: Instant::now(),
            packets,
            obedient: false,
            answers: Vec::new(),
            most_held: 0,
        }
    }

    /// `count` packets of 20 ms, the first numbers given, each with its delay, or lost if there is none.
    fn regular(count: i64, sequence: u16, timestamp: u32, delay: impl Fn(i64) -> Option<i64>) -> Self {
        Self::new((0..count).filter_map(|n| {
            let arrival = n * 960 + delay(n)?;
            Some((arrival, sequence.wrapping_add(n as u16), timestamp.wrapping_add(n as u32 * 960), payload(n)))
        }))
    }

    /// Plays up to this time, `burst` pieces at a time.
    fn play(mut self, until: i64, burst: i64) -> Self {
        let mut packets = std::mem::take(&mut self.packets).into_iter().peekable();
        for at in (0..until).step_by((burst * PIECE_TICKS) as usize) {
            while let Some((arrival, sequence, timestamp, payload)) = packets.next_if(|(arrival, ..)| *arrival <= at) {
                self.buffer.insert(sequence, timestamp, payload, instant(self.began, arrival));
                self.most_held = self.most_held.max(self.buffer.len());
            }
            for _ in 0..burst {
                self.piece(at);
            }
        }
        self
    }

    fn piece(&mut self, at: i64) {
        loop {
            let answer = self.buffer.pull(instant(self.began, at));
            match &answer {
                Pull::Enough => break,
                Pull::Packet { pace: Pace::Shrink { .. }, .. } if self.obedient => self.buffer.adjusted(-240),
                Pull::Packet { pace: Pace::Stretch { .. }, .. } if self.obedient => self.buffer.adjusted(240),
                _ => {}
            }
            self.answers.push((at, answer));
        }
    }

    /// Numbers of the packets played, in the order they were.
    fn played(&self) -> Vec<i64> {
        self.answers.iter().filter_map(|(_, answer)| number(answer)).collect()
    }

    fn count(&self, from: i64, is: impl Fn(&Pull) -> bool) -> usize {
        self.answers.iter().filter(|(at, answer)| *at >= from && is(answer)).count()
    }
}

fn number(answer: &Pull) -> Option<i64> {
    let Pull::Packet { payload, .. } = answer else { return None };
    Some(i64::from(*payload.get(1)?) << 8 | i64::from(*payload.get(2)?))
}

fn conceals(answer: &Pull) -> bool {
    matches!(answer, Pull::Conceal { .. } | Pull::Recover { .. })
}

#[test]
fn a_new_buffer_is_silent() {
    let mut buffer = JitterBuffer::new();
    let now = Instant::now();
    assert_eq!(buffer.pull(now), Pull::Silence { ticks: 480, comfort: false });
    assert_eq!(buffer.pull(now), Pull::Enough);
    assert_eq!(buffer.pull(now + Duration::from_millis(10)), Pull::Silence { ticks: 480, comfort: false });
    assert_eq!(buffer.position(), None);
}

#[test]
fn one_lost_packet_is_taken_from_the_next_ones_fec() {
    let road = Road::regular(100, 7, 7, |n| (n != 50).then_some(0)).play(2_030 * MS, 1);
    assert_eq!(road.played(), (0..100).filter(|n| *n != 50).collect::<Vec<_>>());
    let made_up: Vec<_> = road.answers.iter().filter(|(at, answer)| *at < 1_900 * MS && conceals(answer)).collect();
    assert_eq!(made_up.len(), 1);
    assert_eq!(made_up[0].1, Pull::Recover { payload: payload(51), ticks: 960 });
}

#[test]
fn of_three_lost_packets_two_are_concealed_and_time_goes_on_as_it_was() {
    let road = Road::regular(100, 7, 7, |n| (!(50..53).contains(&n)).then_some(0)).play(1_900 * MS, 1);
    assert_eq!(road.count(0, |answer| *answer == Pull::Conceal { ticks: 480 }), 4);
    assert_eq!(road.count(0, |answer| matches!(answer, Pull::Recover { ticks: 960, .. })), 1);
    let when = |n| road.answers.iter().find(|(_, answer)| number(answer) == Some(n)).unwrap().0;
    assert_eq!(when(53) - when(49), 4 * 960);
}

#[test]
fn a_packet_that_comes_after_its_turn_is_counted_and_not_played() {
    let road = Road::regular(100, 7, 7, |n| Some(if n == 50 { 100 * MS } else { 0 })).play(2_100 * MS, 1);
    assert!(!road.played().contains(&50));
    assert_eq!((road.buffer.stats().packets_discarded, road.buffer.stats().packets_repeated), (1, 0));
}

#[test]
fn a_packet_that_comes_twice_is_played_once() {
    let mut road = Road::regular(100, 65_500, u32::MAX - 9_000, |_| Some(0));
    let again: Vec<_> = road
        .packets
        .iter()
        .flat_map(|(at, s, t, p)| [(at + 1, *s, *t, p.clone()), (at + 4_000, *s, *t, p.clone())])
        .collect();
    road.packets.extend(again);
    road.packets.sort_by_key(|(at, ..)| *at);
    let road = road.play(2_200 * MS, 1);
    assert_eq!(road.played(), (0..100).collect::<Vec<_>>());
    assert_eq!((road.buffer.stats().packets_discarded, road.buffer.stats().packets_repeated), (0, 200));
}

#[test]
fn a_pause_that_the_sender_told_is_silence_and_no_loss() {
    // Packet 50 says that nothing is said; a second later the voice goes on with the next number.
    let sent = |n: i64| n * 960 + if n > 50 { 48_000 } else { 0 };
    let road = Road::new((0..100).map(|n| {
        let said = if n == 50 { Bytes::from_static(&[0xf8]) } else { payload(n) };
        (sent(n), n as u16, sent(n) as u32, said)
    }));
    let road = road.play(3_010 * MS, 1);
    assert_eq!(road.count(0, conceals), 0);
    assert!((97..=101).contains(&road.count(0, |answer| matches!(answer, Pull::Silence { comfort: true, .. }))));
    assert_eq!(road.played().len(), 99);
    // The pause is as long as it was.
    let delay = |n: i64| road.answers.iter().find(|(_, answer)| number(answer) == Some(n)).unwrap().0 - sent(n);
    assert!((delay(51) - delay(49)).abs() <= 480, "{} {}", delay(49), delay(51));
}

#[test]
fn a_sender_that_stops_is_silence_after_a_while() {
    let road = Road::regular(50, 7, 7, |_| Some(0)).play(3_000 * MS, 1);
    assert_eq!(road.count(0, conceals), 20);
    assert_eq!(road.count(1_500 * MS, |answer| *answer == Pull::Silence { ticks: 480, comfort: false }), 150);
}

#[test]
fn a_sender_that_begins_anew_is_heard_from_its_second_packet_on() {
    let mut road = Road::regular(50, 7, 7, |_| Some(0));
    road.packets
        .extend((0..50).map(|n| (49_000 + n * 960, 40_000 + n as u16, 9_000_000 + n as u32 * 960, payload(1_000 + n))));
    let road = road.play(2_100 * MS, 1);
    let played = road.played();
    assert_eq!(played.iter().filter(|n| **n >= 1_001).count(), 49);
    assert_eq!(road.buffer.stats().packets_discarded, 1);
}

#[test]
fn memory_is_bounded_while_nobody_plays() {
    let mut road = Road::regular(1_000, 7, 7, |_| Some(0));
    for (at, sequence, timestamp, payload) in std::mem::take(&mut road.packets) {
        road.buffer.insert(sequence, timestamp, payload, instant(road.began, at));
    }
    assert_eq!(road.buffer.len(), MOST_PACKETS);
    road.buffer.insert(1_008, 7 + 960 * 1_001, Bytes::from(vec![0xf8; MOST_BYTES + 1]), instant(road.began, 960_000));
    assert_eq!((road.buffer.len(), road.buffer.stats().packets_discarded), (MOST_PACKETS, 801));
    // Who plays again hears what is new, not what is four seconds old.
    for at in (960_000..1_100_000).step_by(480) {
        road.piece(at);
    }
    assert!(road.answers.iter().any(|(_, answer)| matches!(answer, Pull::Packet { jumped: true, .. })));
}
