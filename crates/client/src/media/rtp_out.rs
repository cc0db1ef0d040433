//! One RTP stream of ours (RFC 3550): numbers packets and hands them to the connection.

use std::sync::{
    Arc,
    atomic::{AtomicU8, AtomicU16, Ordering},
};

use bytes::Bytes;
use parlor_protocol::media_port::MediaKind;
use rtc::{
    media_stream::MediaStreamTrack,
    rtp::{
        self,
        extension::{
            HeaderExtension,
            video_orientation_extension::{VideoOrientationExtension, VideoRotation},
        },
    },
    rtp_transceiver::rtp_sender::{RTCRtpCodingParameters, RTCRtpEncodingParameters},
};
use webrtc::media_stream::track_local::{TrackLocal, static_rtp::TrackLocalStaticRTP};

use super::{
    codecs::{codec, codec_kind},
    error::MediaError,
};
use crate::random::random;

/// No payload type was negotiated. Real ones are below 128 (RFC 3551, section 6).
const NOT_NEGOTIATED: u8 = u8::MAX;

/// One stream.
pub(super) struct RtpOut {
    track: Arc<TrackLocalStaticRTP>,
    ssrc: u32,
    payload_type: AtomicU8,
    sequence: AtomicU16,
    /// Where its timestamps begin (RFC 3550, section 5.1: at random).
    first_timestamp: u32,
}

impl RtpOut {
    /// A stream that may not be written to yet.
    pub(super) fn new(kind: MediaKind) -> Arc<Self> {
        let ssrc = u32::from_be_bytes(random());
        let name = |what: &str| format!("{what}{:032x}", u128::from_be_bytes(random()));
        let coding = RTCRtpEncodingParameters {
            rtp_coding_parameters: RTCRtpCodingParameters { ssrc: Some(ssrc), ..Default::default() },
            active: true,
            codec: codec(kind),
            ..Default::default()
        };
        let track =
            MediaStreamTrack::new("parlor".to_owned(), name("track-"), name(""), codec_kind(kind), vec![coding]);
        Arc::new(Self {
            track: Arc::new(TrackLocalStaticRTP::new(track)),
            ssrc,
            payload_type: AtomicU8::new(NOT_NEGOTIATED),
            // RFC 3711, section 3.3.1: low enough not to wrap in the first packets, which could be lost.
            sequence: AtomicU16::new(u16::from_be_bytes(random()) >> 1),
            first_timestamp: u32::from_be_bytes(random()),
        })
    }

    /// For the connection.
    pub(super) fn track(&self) -> Arc<dyn TrackLocal> {
        Arc::clone(&self.track) as Arc<dyn TrackLocal>
    }

    /// Its synchronization source.
    pub(super) const fn ssrc(&self) -> u32 {
        self.ssrc
    }

    /// What negotiation said: none while nothing may be sent.
    pub(super) fn negotiated(&self, payload_type: Option<u8>) {
        self.payload_type.store(payload_type.unwrap_or(NOT_NEGOTIATED), Ordering::Relaxed);
    }

    /// Sends one packet, or nothing while nothing may be sent. `timestamp` is on the stream's clock, from any zero.
    ///
    /// # Errors
    /// [`MediaError::State`] when the connection has ended.
    pub(super) async fn write(
        &self,
        timestamp: u32,
        marker: bool,
        payload: Bytes,
        quarter_turns: Option<u8>,
    ) -> Result<(), MediaError> {
        let payload_type = self.payload_type.load(Ordering::Relaxed);
        if payload_type == NOT_NEGOTIATED {
            return Ok(());
        }
        let header = rtp::Header {
            version: 2,
            marker,
            payload_type,
            sequence_number: self.sequence.fetch_add(1, Ordering::Relaxed),
            timestamp: self.first_timestamp.wrapping_add(timestamp),
            ssrc: self.ssrc,
            ..Default::default()
        };
        let packet = rtp::Packet { header, payload };
        let sent = match quarter_turns {
            None => self.track.write_rtp(packet).await,
            Some(turns) => {
                let rotation = match turns {
                    1 => VideoRotation::Degree90,
                    2 => VideoRotation::Degree180,
                    3 => VideoRotation::Degree270,
                    _ => VideoRotation::Degree0,
                };
                let extension = VideoOrientationExtension { rotation, ..Default::default() };
                self.track.write_rtp_with_extensions(packet, &[HeaderExtension::VideoOrientation(extension)]).await
            }
        };
        sent.map_err(|error| MediaError::State(error.to_string()))
    }
}
