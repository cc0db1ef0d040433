//! Congestion control's estimate, readable from outside: the library owns its estimator, so the number is published.

use std::{
    collections::{HashSet, VecDeque},
    time::Instant,
};

use rtc::interceptor::{BandwidthEstimator, EstimatorStats, Gcc, PacketReport};
use tokio::sync::watch;

/// What a call begins with: a picture of 640 pixels at a modest rate. GCC climbs within seconds where there is more.
const INITIAL_BPS: f64 = 700_000.0;
/// Sound and the smallest picture.
const MIN_BPS: f64 = 90_000.0;
/// More than the largest picture is coded with.
const MAX_BPS: f64 = 4_000_000.0;

/// Packets whose fate is remembered: more than the library can still send again.
const REMEMBERED: usize = 2_048;

/// Google Congestion Control (draft-ietf-rmcat-gcc-02) that tells its target.
pub(super) struct PublishingEstimator {
    inner: Gcc,
    target_bps: watch::Sender<u32>,
    told: Told,
}

impl PublishingEstimator {
    /// The estimator, and where its target in bits per second shows.
    pub(super) fn new() -> (Self, watch::Receiver<u32>) {
        let inner = Gcc::new(INITIAL_BPS, MIN_BPS, MAX_BPS);
        let (target_bps, shown) = watch::channel(whole(inner.target_bitrate()));
        (Self { inner, target_bps, told: Told::default() }, shown)
    }

    fn publish(&self) {
        let target = whole(self.inner.target_bitrate());
        self.target_bps.send_if_modified(|shown| std::mem::replace(shown, target) != target);
    }
}

impl BandwidthEstimator for PublishingEstimator {
    fn on_reports(&mut self, now: Instant, reports: &[PacketReport]) {
        let fates: Vec<PacketReport> = reports.iter().filter(|report| self.told.is_news(report)).cloned().collect();
        self.inner.on_reports(now, &fates);
        self.publish();
    }

    fn target_bitrate(&self) -> f64 {
        self.inner.target_bitrate()
    }

    fn handle_timeout(&mut self, now: Instant) {
        self.inner.handle_timeout(now);
        self.publish();
    }

    fn poll_timeout(&self) -> Option<Instant> {
        self.inner.poll_timeout()
    }

    fn stats(&self) -> EstimatorStats {
        self.inner.stats()
    }
}

/// Packets of which feedback has told. A second copy of one that came is refused as a replay (RFC 3711, section 3.3.2) before it is
/// counted, so it is reported lost, which says nothing about the road.
#[derive(Default)]
struct Told {
    order: VecDeque<(u32, u16)>,
    known: HashSet<(u32, u16)>,
}

impl Told {
    /// Whether the report says something about the road.
    fn is_news(&mut self, report: &PacketReport) -> bool {
        let packet = (report.ssrc, report.rtp_sequence_number);
        if !self.known.insert(packet) {
            return report.arrived;
        }
        self.order.push_back(packet);
        if self.order.len() > REMEMBERED
            && let Some(oldest) = self.order.pop_front()
        {
            self.known.remove(&oldest);
        }
        true
    }
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "float casts saturate")]
const fn whole(bits_per_second: f64) -> u32 {
    bits_per_second as u32
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use rtc::rtcp::transport_feedbacks::cc_feedback_report::Ecn;

    use super::*;

    fn report(number: u16, arrived: bool, at: Instant) -> PacketReport {
        PacketReport {
            ssrc: 1,
            id: u64::from(number),
            rtp_sequence_number: number,
            is_twcc: true,
            twcc_sequence_number: number,
            size: 1_000,
            arrived,
            departure: at,
            arrival: arrived.then(|| Duration::from_millis(u64::from(number) * 10)),
            ecn: Ecn::default(),
        }
    }

    /// The target after three seconds of such feedback.
    fn target_after(reports: impl Fn(u16, Instant) -> Vec<PacketReport>) -> u32 {
        let begin = Instant::now();
        let (mut estimator, target_bps) = PublishingEstimator::new();
        for number in 0..300 {
            let now = begin + Duration::from_millis(u64::from(number) * 10);
            estimator.on_reports(now, &reports(number, now));
        }
        *target_bps.borrow()
    }

    #[test]
    fn copies_of_packets_that_came_are_no_loss() {
        let target_bps = target_after(|number, now| vec![report(number, true, now), report(number, false, now)]);
        assert!(target_bps > 700_000, "{target_bps}");
    }

    #[test]
    fn no_more_is_remembered_than_can_be_sent_again() {
        let now = Instant::now();
        let mut told = Told::default();
        for number in 0..=u16::MAX {
            assert!(told.is_news(&report(number, false, now)));
        }
        assert_eq!((told.known.len(), told.order.len()), (REMEMBERED, REMEMBERED));
        assert!(!told.is_news(&report(u16::MAX, false, now)));
    }

    #[test]
    fn real_losses_are() {
        let target_bps = target_after(|number, now| vec![report(number, number % 2 == 0, now)]);
        assert!(target_bps < 200_000, "{target_bps}");
    }
}
