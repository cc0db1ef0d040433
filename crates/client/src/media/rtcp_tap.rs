//! What arrives as RTCP and is ours to act on: requests for key frames, sender reports, how much the other side lost.
//!
//! The library's interceptors act on RTCP and then drop it. This one stands behind them all, changes nothing, and reports.

use std::time::{Duration, SystemTime};

use rtc::{
    interceptor::{Interceptor, Packet},
    rtcp::{
        self,
        payload_feedbacks::{full_intra_request::FullIntraRequest, picture_loss_indication::PictureLossIndication},
        receiver_report::ReceiverReport,
        sender_report::SenderReport,
    },
};
use tokio::sync::mpsc;

use super::inward::Inward;

/// Farther from the wire than every interceptor of the library.
pub(super) const SLOT: usize = 14_000;

/// One thing that RTCP said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Feedback {
    /// PLI (RFC 4585, section 6.3.1) or FIR (RFC 5104, section 4.3.1) for a stream of ours.
    KeyFrameWanted {
        /// Of the stream.
        ssrc: u32,
    },
    /// What the peer's clock said when its RTP clock said so (RFC 3550, section 6.4.1).
    SenderReport {
        /// Of the peer's stream.
        ssrc: u32,
        /// NTP, 32.32 bits.
        ntp: u64,
        /// On the stream's clock.
        rtp: u32,
    },
    /// How a stream of ours arrives.
    Reception {
        /// Of the stream.
        ssrc: u32,
        /// Packets lost on the way, of 256.
        lost: u8,
        /// There and back; none before a sender report of ours came back.
        round_trip: Option<Duration>,
    },
}

/// Reports to `feedback`; what does not fit is lost, as RTCP may be.
pub(super) fn rtcp_tap(feedback: mpsc::Sender<Feedback>) -> impl Interceptor {
    let tap = RtcpTap(feedback);
    Inward::new(move |message| {
        if let Packet::Rtcp(packets) = &message.message.packet {
            for packet in packets {
                tap.read(packet.as_ref());
            }
        }
    })
}

struct RtcpTap(mpsc::Sender<Feedback>);

impl RtcpTap {
    fn say(&self, feedback: Feedback) {
        if self.0.try_send(feedback).is_err() {
            tracing::debug!(?feedback, "RTCP comes faster than it is acted on");
        }
    }

    fn read(&self, packet: &dyn rtcp::Packet) {
        let packet = packet.as_any();
        if let Some(pli) = packet.downcast_ref::<PictureLossIndication>() {
            self.say(Feedback::KeyFrameWanted { ssrc: pli.media_ssrc });
        } else if let Some(fir) = packet.downcast_ref::<FullIntraRequest>() {
            for entry in &fir.fir {
                self.say(Feedback::KeyFrameWanted { ssrc: entry.ssrc });
            }
        } else if let Some(report) = packet.downcast_ref::<SenderReport>() {
            self.say(Feedback::SenderReport { ssrc: report.ssrc, ntp: report.ntp_time, rtp: report.rtp_time });
            self.read_losses(&report.reports);
        } else if let Some(report) = packet.downcast_ref::<ReceiverReport>() {
            self.read_losses(&report.reports);
        }
    }

    fn read_losses(&self, reports: &[rtcp::reception_report::ReceptionReport]) {
        for report in reports {
            let round_trip = round_trip(ntp_middle(SystemTime::now()), report.last_sender_report, report.delay);
            self.say(Feedback::Reception { ssrc: report.ssrc, lost: report.fraction_lost, round_trip });
        }
    }
}

/// The middle 32 bits of the NTP time: seconds and 65536ths, modulo 65536 seconds (RFC 3550, section 4).
#[expect(clippy::cast_possible_truncation, reason = "modulo 65536 seconds")]
fn ntp_middle(now: SystemTime) -> u32 {
    const UNIX_EPOCH_IN_NTP_S: u128 = 2_208_988_800;
    // A clock before 1970 is wrong, and its round trips with it: they are far out of range below.
    let unix_us = now.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default().as_micros();
    ((unix_us + UNIX_EPOCH_IN_NTP_S * 1_000_000) * 65_536 / 1_000_000) as u32
}

/// RFC 3550, section 6.4.1; none for what no road of the world takes.
fn round_trip(now: u32, last_sender_report: u32, delay: u32) -> Option<Duration> {
    const LONGEST: Duration = Duration::from_secs(10);
    if last_sender_report == 0 {
        return None;
    }
    let units = now.wrapping_sub(last_sender_report).wrapping_sub(delay);
    let round_trip = Duration::from_secs(1).mul_f64(f64::from(units) / 65_536.0);
    (round_trip <= LONGEST).then_some(round_trip)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_round_trip_is_what_passed_less_what_the_other_side_waited() {
        // The example of RFC 3550, figure 2: 6.125 s round trip.
        assert_eq!(round_trip(0xb710_8000, 0xb705_2000, 0x0005_4000), Some(Duration::from_millis(6_125)));
        assert_eq!(round_trip(0x0000_4000, 0xffff_c000, 0), Some(Duration::from_millis(500)), "over the wrap-around");
        assert_eq!(round_trip(5, 0, 0), None, "no report of ours came back");
        assert_eq!(round_trip(0, 5, 0), None, "from the future");
    }

    #[test]
    fn ntp_counts_from_1900() {
        assert_eq!(ntp_middle(SystemTime::UNIX_EPOCH), (2_208_988_800_u64 << 16) as u32);
    }
}
