//! The delay: as long as jitter asks, and no longer.

use super::*;

/// Mean time a packet waited between two of these times, in milliseconds.
fn waited_ms(road: &Road, sent: impl Fn(i64) -> i64, from: i64, to: i64) -> f64 {
    let waits: Vec<i64> = road
        .answers
        .iter()
        .filter(|(at, _)| (from..to).contains(at))
        .filter_map(|(at, answer)| Some(at - sent(number(answer)?)))
        .collect();
    waits.iter().sum::<i64>() as f64 / (waits.len() as f64 * MS as f64)
}

#[test]
fn clocks_that_differ_by_300_ppm_leave_the_delay_as_it_is_for_ten_minutes() {
    for ppm in [-300_i64, 300] {
        let count = 30_000;
        // A sender's packet takes a little more or less than 20 ms of the own clock.
        let drift = |n: i64| n * 960 * ppm / 1_000_000;
        let jitter = |n: i64| n * 7_919 % 11 * MS;
        let mut road = Road::regular(count, 65_000, u32::MAX - 5_000, |n| Some(10_000 + drift(n) + jitter(n)));
        road.obedient = true;
        let road = road.play((count - 50) * 960, 1);
        for minute in 0..9 {
            let (from, to) = (minute * 60_000 * MS, (minute + 1) * 60_000 * MS);
            let waited = waited_ms(&road, |n| n * 960 + 10_000 + drift(n) + jitter(n), from.max(2_000 * MS), to);
            assert!((5.0..50.0).contains(&waited), "{ppm} ppm, minute {minute}: {waited} ms");
        }
        assert!(road.most_held <= 6, "{}", road.most_held);
        assert_eq!(road.count(2_000 * MS, conceals), 0, "{ppm} ppm");
        assert_eq!(road.buffer.stats().packets_discarded, 0);
    }
}

#[test]
fn the_delay_grows_with_jitter_and_shrinks_after_it() {
    let jitter = |n: i64| if (500..1_000).contains(&n) { n * 7_919 % 101 * MS } else { 0 };
    let mut road = Road::regular(2_500, 7, 7, |n| Some(jitter(n)));
    road.obedient = true;
    let road = road.play(2_450 * 960, 1);
    let second = 1_000 * MS;
    let waited = |from: i64, to: i64| waited_ms(&road, |n| n * 960, from * second, to * second);
    assert!((10.0..40.0).contains(&waited(2, 10)), "{}", waited(2, 10));
    assert!((80.0..140.0).contains(&waited(15, 20)), "{}", waited(15, 20));
    assert!((10.0..45.0).contains(&waited(40, 48)), "{}", waited(40, 48));
    let made_up =
        road.answers.iter().filter(|(at, answer)| (13 * second..20 * second).contains(at) && conceals(answer)).count();
    assert!(made_up <= 7, "{made_up} of 350 packets came too late");
}

#[test]
fn a_device_that_asks_for_several_pieces_at_once_hears_no_gaps_once_that_is_known() {
    for burst in [2, 4, 5] {
        let mut road = Road::regular(1_500, 7, 7, |n| Some(n % 5 * MS));
        road.obedient = true;
        let road = road.play(1_450 * 960, burst);
        assert_eq!(road.count(3_000 * MS, conceals), 0, "{burst} pieces");
        let waited = waited_ms(&road, |n| n * 960, 10_000 * MS, 28_000 * MS);
        assert!((10.0..100.0).contains(&waited), "{burst} pieces: {waited} ms");
    }
}

#[test]
fn after_a_stall_of_a_second_the_delay_is_soon_bearable_and_in_the_end_as_before() {
    let delay = |n: i64| if (500..550).contains(&n) { (550 - n) * 960 } else { 0 };
    let mut road = Road::regular(2_500, 7, 7, |n| Some(delay(n)));
    road.obedient = true;
    let road = road.play(2_450 * 960, 1);
    let second = 1_000 * MS;
    let waited = |from: i64, to: i64| waited_ms(&road, |n| n * 960, from * second, to * second);
    assert!(waited(12, 14) < 460.0, "{}", waited(12, 14));
    assert!(waited(40, 48) < 45.0, "{}", waited(40, 48));
}
