//! What arrives as RTCP and is ours to act on: requests for key frames, sender reports, how much the other side lost.
//!
//! The library's interceptors act on RTCP and then drop it. This one stands behind them all, changes nothing, and reports.

use std::{collections::VecDeque, time::Instant};

use rtc::{
    interceptor::{Interceptor, Packet, StreamInfo, TaggedPacket},
    rtcp::{
        self,
        payload_feedbacks::{full_intra_request::FullIntraRequest, picture_loss_indication::PictureLossIndication},
        receiver_report::ReceiverReport,
        sender_report::SenderReport,
    },
    sansio::Protocol,
    shared::error::Error,
};
use tokio::sync::mpsc;

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
    /// Share of a stream of ours that was lost on the way, of 256.
    Lost {
        /// Of the stream.
        ssrc: u32,
        /// Of 256 packets.
        fraction: u8,
    },
}

/// Reports what passes.
pub(super) struct RtcpTap {
    inward: VecDeque<TaggedPacket>,
    outward: VecDeque<TaggedPacket>,
    feedback: mpsc::Sender<Feedback>,
}

impl RtcpTap {
    /// Reports to `feedback`; what does not fit is lost, as RTCP may be.
    pub(super) fn new(feedback: mpsc::Sender<Feedback>) -> Self {
        Self { inward: VecDeque::new(), outward: VecDeque::new(), feedback }
    }

    fn say(&self, feedback: Feedback) {
        if self.feedback.try_send(feedback).is_err() {
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
            self.say(Feedback::Lost { ssrc: report.ssrc, fraction: report.fraction_lost });
        }
    }
}

impl Protocol<TaggedPacket, TaggedPacket, ()> for RtcpTap {
    type Rout = TaggedPacket;
    type Wout = TaggedPacket;
    type Eout = ();
    type Error = Error;
    type Time = Instant;

    fn handle_read(&mut self, message: TaggedPacket) -> Result<(), Error> {
        if let Packet::Rtcp(packets) = &message.message.packet {
            for packet in packets {
                self.read(packet.as_ref());
            }
        }
        self.inward.push_back(message);
        Ok(())
    }

    fn poll_read(&mut self) -> Option<TaggedPacket> {
        self.inward.pop_front()
    }

    fn handle_write(&mut self, message: TaggedPacket) -> Result<(), Error> {
        self.outward.push_back(message);
        Ok(())
    }

    fn poll_write(&mut self) -> Option<TaggedPacket> {
        self.outward.pop_front()
    }
}

impl Interceptor for RtcpTap {
    fn bind_local_stream(&mut self, _: &StreamInfo) {}
    fn unbind_local_stream(&mut self, _: &StreamInfo) {}
    fn bind_remote_stream(&mut self, _: &StreamInfo) {}
    fn unbind_remote_stream(&mut self, _: &StreamInfo) {}
}
