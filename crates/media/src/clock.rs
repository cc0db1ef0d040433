//! What time it was at the sender: RTP timestamps on the clock that its sound and its pictures share.
//!
//! Promises: the time of capture of any RTP timestamp once a sender report came, through wrapping timestamps, pauses and jumps; a
//! single absurd report changes nothing. [`LipSync`] holds pictures until their sound is heard.
//! Leaves to others: reading RTCP, and knowing which sound is audible now.

use std::time::{Duration, Instant};

mod lip_sync;

pub use lip_sync::LipSync;

/// Two reports that differ by more than this, beside the drift, are not of one timeline. Senders stamp reports within a few
/// milliseconds.
const REPORT_TOLERANCE_S: f64 = 0.1;
/// Sound cards and system clocks differ by far less.
const DRIFT_TOLERANCE: f64 = 0.01;
/// Timestamps that are this far off the time that passed: packets were held up, or the sender paused and goes on from where it
/// stopped. The next report tells which.
const DOUBT_S: f64 = 0.5;
/// No packet is held up so long: the sender began a new timeline.
const JUMP_S: f64 = 10.0;

#[derive(Debug, Clone, Copy)]
struct Report {
    /// 32.32 bits, seconds since 1900.
    ntp: u64,
    rtp: u32,
}

/// Maps the RTP timestamps of one stream to its sender's NTP time (RFC 3550, section 6.4.1).
#[derive(Debug)]
pub struct RtpClock {
    rate_hz: f64,
    report: Option<Report>,
    /// Does not fit to what is known; a second one like it is believed.
    odd_report: Option<Report>,
    newest: Option<(u32, Instant)>,
    /// Whatever the next report says is believed.
    in_doubt: bool,
}

impl RtpClock {
    /// For timestamps that count `rate_hz` a second: 90 000 for pictures, 48 000 for Opus.
    pub fn new(rate_hz: u32) -> Self {
        Self { rate_hz: f64::from(rate_hz.max(1)), report: None, odd_report: None, newest: None, in_doubt: false }
    }

    /// A sender report came: at `ntp` (RFC 3550, section 4: 32.32 bits) the sender's media clock showed `rtp`.
    pub fn sender_report(&mut self, ntp: u64, rtp: u32) {
        if ntp == 0 {
            // The sender has no clock, says RFC 3550.
            return;
        }
        let new = Report { ntp, rtp };
        let believed = self.in_doubt
            || self.odd_report.is_some_and(|odd| self.of_one_timeline(odd, new))
            || match (self.report, self.newest) {
                (Some(known), _) => self.of_one_timeline(known, new),
                (None, Some((newest, _))) => self.seconds_between(newest, rtp).abs() < JUMP_S,
                (None, None) => true,
            };
        if !believed {
            self.odd_report = Some(new);
            return;
        }
        let overtaken = self
            .report
            .is_some_and(|known| self.of_one_timeline(known, new) && ntp.wrapping_sub(known.ntp).cast_signed() <= 0);
        if !overtaken {
            self.report = Some(new);
            self.odd_report = None;
            self.in_doubt = false;
        }
    }

    /// A packet with this timestamp came.
    pub fn arrived(&mut self, rtp: u32, now: Instant) {
        let Some((newest, at)) = self.newest else {
            self.newest = Some((rtp, now));
            return;
        };
        let counted_s = self.seconds_between(newest, rtp);
        let off_s = (counted_s - now.saturating_duration_since(at).as_secs_f64()).abs();
        if off_s > JUMP_S {
            self.report = None;
            self.odd_report = None;
            self.in_doubt = false;
        } else if off_s > DOUBT_S {
            self.in_doubt = true;
        }
        if counted_s >= 0.0 || off_s > DOUBT_S {
            self.newest = Some((rtp, now));
        }
    }

    /// The sender's NTP time of a timestamp, since 1900, counted from the latest report; none before there is one.
    pub fn capture_ntp(&self, rtp: u32) -> Option<Duration> {
        let report = self.report?;
        let base = Duration::from_secs(report.ntp >> 32)
            + Duration::from_nanos(((report.ntp & 0xffff_ffff) * 1_000_000_000) >> 32);
        let since_s = self.seconds_between(report.rtp, rtp);
        let since = Duration::from_secs_f64(since_s.abs());
        if since_s < 0.0 { base.checked_sub(since) } else { base.checked_add(since) }
    }

    /// From one timestamp to another, the short way round.
    fn seconds_between(&self, from: u32, to: u32) -> f64 {
        f64::from(to.wrapping_sub(from).cast_signed()) / self.rate_hz
    }

    fn of_one_timeline(&self, earlier: Report, later: Report) -> bool {
        let ntp_s = later.ntp.wrapping_sub(earlier.ntp).cast_signed() as f64 / 4_294_967_296.0;
        let rtp_s = self.seconds_between(earlier.rtp, later.rtp);
        (ntp_s - rtp_s).abs() <= REPORT_TOLERANCE_S + DRIFT_TOLERANCE * ntp_s.abs()
    }
}

#[cfg(test)]
mod tests;
