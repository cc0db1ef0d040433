//! Congestion control's estimate, readable from outside: the library owns its estimator, so the number is published.

use std::time::Instant;

use rtc::interceptor::{BandwidthEstimator, EstimatorStats, Gcc, PacketReport};
use tokio::sync::watch;

/// What a call begins with: a picture of 640 pixels at a modest rate. GCC climbs within seconds where there is more.
const INITIAL_BPS: f64 = 700_000.0;
/// Sound and the smallest picture.
const MIN_BPS: f64 = 90_000.0;
/// More than the largest picture is coded with.
const MAX_BPS: f64 = 4_000_000.0;

/// Google Congestion Control (draft-ietf-rmcat-gcc-02) that tells its target.
pub(super) struct PublishingEstimator {
    inner: Gcc,
    target_bps: watch::Sender<u32>,
}

impl PublishingEstimator {
    /// The estimator, and where its target in bits per second shows.
    pub(super) fn new() -> (Self, watch::Receiver<u32>) {
        let inner = Gcc::new(INITIAL_BPS, MIN_BPS, MAX_BPS);
        let (target_bps, shown) = watch::channel(whole(inner.target_bitrate()));
        (Self { inner, target_bps }, shown)
    }

    fn publish(&self) {
        let target = whole(self.inner.target_bitrate());
        self.target_bps.send_if_modified(|shown| std::mem::replace(shown, target) != target);
    }
}

impl BandwidthEstimator for PublishingEstimator {
    fn on_reports(&mut self, now: Instant, reports: &[PacketReport]) {
        self.inner.on_reports(now, reports);
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

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "float casts saturate")]
const fn whole(bits_per_second: f64) -> u32 {
    bits_per_second as u32
}
