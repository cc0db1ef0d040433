//! Sends one viewer the own picture: cuts coded pictures into packets (RFC 7741).

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use bytes::Bytes;
use parlor_media::video::packetizer::Packetizer;
use parlor_protocol::media_port::PictureHeader;
use tokio::{
    sync::{mpsc, watch},
    time::sleep,
};

use super::{codecs::VIDEO_RATE_HZ, figures::Figures, pacing_factor::paced, rtp_out::RtpOut};
use crate::random::random;

/// Pictures that may wait for the network. More than two at 30 a second is a third of a tenth too late already.
pub(super) const WAITING: usize = 3;
/// Payload bytes of a packet: what fits IPv6's least MTU of 1280 with IP, UDP, TURN, SRTP and RTP's header and extensions.
const PAYLOAD_BYTES: usize = 1_120;

/// A coded picture, shared by all who send it.
#[derive(Debug)]
pub(super) struct CodedPicture {
    pub(super) header: PictureHeader,
    pub(super) data: Bytes,
}

/// What may wait at the pacer. While more does, nothing is taken from the queue: it fills, and pictures are lost rather than late.
const AT_PACER: Duration = Duration::from_millis(400);

/// When the pacer will have let go of all it was given.
struct Paced {
    until: Instant,
}

impl Paced {
    /// More was given to it, at so many bits a second.
    fn add(&mut self, bytes: usize, rate_bps: f64, now: Instant) {
        #[expect(clippy::cast_precision_loss, reason = "a picture has far fewer than 2^52 bytes")]
        let seconds = bytes as f64 * 8.0 / rate_bps;
        self.until = self.until.max(now) + Duration::from_secs_f64(seconds);
    }

    /// How long to give it nothing.
    fn rest(&self, now: Instant) -> Duration {
        self.until.saturating_duration_since(now).saturating_sub(AT_PACER)
    }
}

/// Sends what comes until the queue or the connection ends. `target_bps` is congestion control's.
pub(super) async fn send(
    mut pictures: mpsc::Receiver<Arc<CodedPicture>>,
    out: Arc<RtpOut>,
    figures: Figures,
    target_bps: watch::Receiver<u32>,
) {
    let mut at_pacer = Paced { until: Instant::now() };
    let mut packetizer = Packetizer::new(u16::from_be_bytes(random()) & 0x7fff);
    while let Some(picture) = pictures.recv().await {
        let header = &picture.header;
        let payloads = packetizer.packetize(&picture.data, PAYLOAD_BYTES);
        let last = payloads.len().saturating_sub(1);
        let timestamp = rtp_timestamp(header.timestamp_us);
        for (number, payload) in payloads.into_iter().enumerate() {
            // The orientation stands on the last packet of each key frame and whenever it is not upright (TS 26.114, 7.4.5).
            let turns = (number == last && (header.key || header.quarter_turns != 0)).then_some(header.quarter_turns);
            if let Err(error) = out.write(timestamp, number == last, payload, turns).await {
                tracing::debug!(%error, "a picture's connection has ended");
                return;
            }
        }
        count(&figures, header);
        let rate_bps = paced(f64::from(*target_bps.borrow()));
        let now = Instant::now();
        at_pacer.add(picture.data.len(), rate_bps, now);
        let rest = at_pacer.rest(now);
        if !rest.is_zero() {
            sleep(rest).await;
        }
    }
}

fn count(figures: &Figures, header: &PictureHeader) {
    let mut counts = figures.lock();
    counts.frames_sent = counts.frames_sent.wrapping_add(1);
    counts.key_frames_sent = counts.key_frames_sent.wrapping_add(u32::from(header.key));
    (counts.sent_width, counts.sent_height) = (header.width, header.height);
    counts.encode_us = counts.encode_us.saturating_add(u64::from(header.cost_us));
}

/// Microseconds as ticks of RTP's clock, modulo 2^32.
#[expect(clippy::cast_possible_truncation, reason = "RTP timestamps are modulo 2^32")]
const fn rtp_timestamp(timestamp_us: u64) -> u32 {
    (timestamp_us as u128 * VIDEO_RATE_HZ as u128 / 1_000_000) as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sender_rests_while_too_much_waits_at_the_pacer() {
        let now = Instant::now();
        let mut at_pacer = Paced { until: now };
        at_pacer.add(12_500, 250_000.0, now);
        assert_eq!(at_pacer.rest(now), Duration::ZERO, "0.4 s wait");
        at_pacer.add(3_125, 250_000.0, now);
        assert_eq!(at_pacer.rest(now), Duration::from_millis(100));
        assert_eq!(at_pacer.rest(now + Duration::from_secs(1)), Duration::ZERO);
        at_pacer.add(12_500, 250_000.0, now + Duration::from_secs(9));
        assert_eq!(at_pacer.rest(now + Duration::from_secs(9)), Duration::ZERO, "idle time is not saved up");
    }

    #[test]
    fn timestamps_are_ninety_a_millisecond_and_wrap() {
        assert_eq!(rtp_timestamp(1_000_000), 90_000);
        assert_eq!(rtp_timestamp(u64::MAX), (u128::from(u64::MAX) * 9 / 100 % (1 << 32)) as u32);
    }
}
