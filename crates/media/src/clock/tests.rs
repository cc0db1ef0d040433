use proptest::prelude::*;

use super::*;

/// A moment in November 2026, as NTP.
const NTP_S: u64 = 4_000_000_000;

fn ntp(seconds: f64) -> u64 {
    (NTP_S << 32) + (seconds * 4_294_967_296.0) as u64
}

fn captured_s(clock: &RtpClock, rtp: u32) -> f64 {
    clock.capture_ntp(rtp).unwrap().as_secs_f64() - NTP_S as f64
}

#[test]
fn nothing_is_known_before_a_report() {
    let mut clock = RtpClock::new(90_000);
    clock.arrived(5, Instant::now());
    assert_eq!(clock.capture_ntp(5), None);
    clock.sender_report(0, 5);
    assert_eq!(clock.capture_ntp(5), None);
}

#[test]
fn one_absurd_report_changes_nothing_and_two_are_believed() {
    let mut clock = RtpClock::new(90_000);
    clock.sender_report(ntp(10.0), 900_000);
    clock.sender_report(ntp(500.0), 990_000);
    assert!((captured_s(&clock, 990_000) - 11.0).abs() < 1e-6);
    clock.sender_report(ntp(12.0), 1_080_000);
    assert!((captured_s(&clock, 1_080_000) - 12.0).abs() < 1e-6);
    // The sender's clock was set: every report says so from now on.
    clock.sender_report(ntp(513.0), 1_170_000);
    clock.sender_report(ntp(514.0), 1_260_000);
    assert!((captured_s(&clock, 1_260_000) - 514.0).abs() < 1e-6);
}

#[test]
fn a_first_report_far_from_the_packets_waits_for_a_second() {
    let mut clock = RtpClock::new(48_000);
    clock.arrived(1000, Instant::now());
    clock.sender_report(ntp(1.0), 48_000_000);
    assert_eq!(clock.capture_ntp(1000), None);
    clock.sender_report(ntp(2.0), 48_048_000);
    assert!((captured_s(&clock, 48_048_000) - 2.0).abs() < 1e-6);
}

#[test]
fn an_overtaken_report_does_not_take_the_clock_back() {
    let mut clock = RtpClock::new(1000);
    clock.sender_report(ntp(10.0), 10_000);
    clock.sender_report(ntp(9.0), 9_050);
    assert!((captured_s(&clock, 10_000) - 10.0).abs() < 1e-6);
}

#[test]
fn after_a_pause_that_the_timestamps_do_not_show_the_next_report_is_believed() {
    let mut clock = RtpClock::new(48_000);
    let start = Instant::now();
    clock.arrived(0, start);
    clock.sender_report(ntp(0.0), 0);
    clock.arrived(960, start + Duration::from_secs(6));
    clock.sender_report(ntp(6.0), 960);
    assert!((captured_s(&clock, 960) - 6.0).abs() < 1e-6);
}

#[test]
fn after_a_jump_nothing_is_known_until_the_next_report() {
    let mut clock = RtpClock::new(90_000);
    let start = Instant::now();
    clock.arrived(0, start);
    clock.sender_report(ntp(0.0), 0);
    clock.arrived(2_000_000_000, start + Duration::from_millis(20));
    assert_eq!(clock.capture_ntp(2_000_000_000), None);
    clock.sender_report(ntp(0.02), 2_000_000_000);
    assert!((captured_s(&clock, 2_000_090_000) - 1.02).abs() < 1e-6);
}

proptest! {
    #[test]
    fn every_timestamp_is_mapped_through_wraps_and_drift(
        first in any::<u32>(),
        rate_hz in prop_oneof![Just(48_000u32), Just(90_000)],
        drift in -200e-6..200e-6,
        seconds in 1u32..2000,
    ) {
        let mut clock = RtpClock::new(rate_hz);
        let start = Instant::now();
        let rtp = |s: f64| first.wrapping_add((s * f64::from(rate_hz) * (1.0 + drift)) as u32);
        for n in 0..seconds {
            let s = f64::from(n) * 5.0;
            clock.arrived(rtp(s), start + Duration::from_secs_f64(s));
            clock.sender_report(ntp(s), rtp(s));
            for ahead in [0.0, 0.5, 4.9] {
                prop_assert!((captured_s(&clock, rtp(s + ahead)) - s - ahead).abs() < 0.002);
            }
        }
    }

    #[test]
    fn hostile_reports_and_timestamps_are_taken_without_harm(
        events in proptest::collection::vec((any::<bool>(), any::<u64>(), any::<u32>(), 0u64..100_000), 0..100),
    ) {
        let mut clock = RtpClock::new(90_000);
        let mut sync = LipSync::new();
        let mut now = Instant::now();
        for (report, ntp, rtp, pause_ms) in events {
            now += Duration::from_millis(pause_ms);
            if report {
                clock.sender_report(ntp, rtp);
            } else {
                clock.arrived(rtp, now);
            }
            let capture = clock.capture_ntp(rtp);
            if let Some(capture) = capture.filter(|_| rtp % 2 == 0) {
                sync.sound_playing(capture, now);
            }
            prop_assert!(sync.hold(capture, now) <= Duration::from_millis(500));
        }
    }
}
