//! Lets the pacer smooth bursts without holding anything up.
//!
//! The library's pacer releases at exactly the estimate, sound and retransmissions behind pictures, and keeps thousands of packets:
//! after one key frame too many everything is seconds late. Here it hears of more than the estimate, as browsers' pacers do: the
//! encoders keep to the estimate on the average, and the pacer only takes the edge off key frames.

use rtc::interceptor::{Attribute, Interceptor};

use super::inward::Inward;

/// Between congestion control, which says its estimate on the way in, and the pacer, which hears it there.
pub(super) const SLOT: usize = 1_500;
/// How much faster than the estimate packets may leave.
const FACTOR: f64 = 2.5;
/// What a packet of sound needs to leave within some tens of milliseconds, and no more: on a narrow road the pacer is all that keeps
/// answers to NACKs from crowding out the rest.
const LEAST_BPS: f64 = 250_000.0;

/// What the pacer is to hear of an estimate, bits a second.
pub(super) const fn paced(estimate_bps: f64) -> f64 {
    (estimate_bps * FACTOR).max(LEAST_BPS)
}

/// Raises the estimate that passes.
pub(super) fn pacing_factor() -> impl Interceptor {
    Inward::new(|message| {
        for attribute in &mut message.message.attributes {
            if let Attribute::TargetBitrateChanged { bits_per_second } = attribute {
                *bits_per_second = paced(*bits_per_second);
            }
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packets_leave_faster_than_the_estimate_and_never_slower_than_sound_can_bear() {
        for (estimate, wanted) in [(0.0, 250_000.0), (90_000.0, 250_000.0), (1_000_000.0, 2_500_000.0)] {
            assert!((paced(estimate) - wanted).abs() < 1.0, "{estimate}");
        }
    }
}
