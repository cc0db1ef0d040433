//! What we negotiate: VP8 and Opus, nothing else, with the feedback that is acted on.

use std::time::Duration;

use parlor_protocol::media_port::{MediaKind, SOUND_RATE_HZ};
use rtc::{
    interceptor::{
        CongestionControlBuilder, NackGeneratorBuilder, NackResponderBuilder, PacerBuilder, ReceiverReportBuilder,
        SenderReportBuilder, Slot, TwccReceiverBuilder, TwccSenderBuilder,
    },
    peer_connection::configuration::{
        interceptor_registry::Registry,
        media_engine::{MIME_TYPE_OPUS, MIME_TYPE_VP8, MediaEngine},
    },
    rtp_transceiver::rtp_sender::{
        RTCPFeedback, RTCRtpCodec, RTCRtpCodecParameters, RTCRtpHeaderExtensionCapability, RtpCodecKind,
    },
    sdp::extmap,
};
use tokio::sync::{mpsc, watch};
use webrtc::error::Result;

use super::{
    estimator::PublishingEstimator,
    pacing_factor, repairs,
    rtcp_tap::{self, Feedback},
};

/// Ticks a second of RTP timestamps of VP8 (RFC 7741, section 4.1).
pub(super) const VIDEO_RATE_HZ: u32 = 90_000;
/// As browsers number them, which makes SDP easier to read; a peer's offer may say otherwise.
const VP8_PAYLOAD_TYPE: u8 = 96;
const OPUS_PAYLOAD_TYPE: u8 = 111;
/// How often missing packets are asked for. The library's 100 ms would add a visible stop to each loss.
const NACK_PERIOD: Duration = Duration::from_millis(30);
/// How often one packet is asked for before a key frame is the better question.
const NACKS: u16 = 8;
/// Packets the pacer holds: a large key frame. The library would hold thousands, and everything would be seconds late.
const PACER_PACKETS: usize = 128;
/// Sound is sent on time or not at all: it is concealed, not asked for again.
const PICTURE_FEEDBACK: [(&str, &str); 3] = [("nack", ""), ("nack", "pli"), ("ccm", "fir")];

/// Everything of a connection that is decided before its SDP.
pub(super) struct Codecs {
    pub(super) engine: MediaEngine,
    pub(super) registry: Registry,
    /// Congestion control's target, bits a second.
    pub(super) target_bps: watch::Receiver<u32>,
}

/// Codecs and interceptors; RTCP that is ours to act on goes to `feedback`.
pub(super) fn codecs(feedback: mpsc::Sender<Feedback>) -> Result<Codecs> {
    let mut engine = MediaEngine::default();
    for kind in [MediaKind::Audio, MediaKind::Video] {
        let payload_type = if kind == MediaKind::Audio { OPUS_PAYLOAD_TYPE } else { VP8_PAYLOAD_TYPE };
        engine.register_codec(RTCRtpCodecParameters { rtp_codec: codec(kind), payload_type }, codec_kind(kind))?;
    }
    for (kind, uri) in [
        (RtpCodecKind::Audio, extmap::SDES_MID_URI),
        (RtpCodecKind::Video, extmap::SDES_MID_URI),
        (RtpCodecKind::Video, extmap::VIDEO_ORIENTATION_URI),
    ] {
        engine.register_header_extension(RTCRtpHeaderExtensionCapability { uri: uri.to_owned() }, kind, None)?;
    }
    let (estimator, target_bps) = PublishingEstimator::new();
    for kind in [RtpCodecKind::Audio, RtpCodecKind::Video] {
        let feedback = RTCPFeedback { typ: "transport-cc".to_owned(), parameter: String::new() };
        engine.register_feedback(feedback, kind);
        let extension = RTCRtpHeaderExtensionCapability { uri: extmap::TRANSPORT_CC_URI.to_owned() };
        engine.register_header_extension(extension, kind, None)?;
    }
    // As the library's own `configure_congestion_control`, but for the length of the pacer's queue.
    let registry = Registry::new()
        .with(Slot::CongestionControl, CongestionControlBuilder::new(estimator).build())
        .with(Slot::TwccSender, TwccSenderBuilder::new().build())
        .with(Slot::TwccReceiver, TwccReceiverBuilder::new().build())
        .with(Slot::Pacer, PacerBuilder::new().with_queue_limit(PACER_PACKETS).build())
        .with(
            Slot::NackGenerator,
            NackGeneratorBuilder::new().with_interval(NACK_PERIOD).with_max_nacks_per_packet(NACKS).build(),
        )
        .with(Slot::NackResponder, NackResponderBuilder::new().build())
        .with(Slot::ReceiverReport, ReceiverReportBuilder::new().build())
        .with(Slot::SenderReport, SenderReportBuilder::new().build())
        .with(Slot::from(pacing_factor::SLOT), pacing_factor::pacing_factor())
        .with(Slot::from(repairs::SLOT), repairs::repairs(target_bps.clone()))
        .with(Slot::from(rtcp_tap::SLOT), rtcp_tap::rtcp_tap(feedback));
    Ok(Codecs { engine, registry, target_bps })
}

/// The only codec of a kind.
pub(super) fn codec(kind: MediaKind) -> RTCRtpCodec {
    match kind {
        MediaKind::Audio => RTCRtpCodec {
            mime_type: MIME_TYPE_OPUS.to_owned(),
            clock_rate: SOUND_RATE_HZ,
            channels: 2,
            // RFC 7587, section 6.1.
            sdp_fmtp_line: "minptime=10;useinbandfec=1;usedtx=1".to_owned(),
            rtcp_feedback: Vec::new(),
        },
        MediaKind::Video => RTCRtpCodec {
            mime_type: MIME_TYPE_VP8.to_owned(),
            clock_rate: VIDEO_RATE_HZ,
            channels: 0,
            sdp_fmtp_line: String::new(),
            rtcp_feedback: PICTURE_FEEDBACK
                .iter()
                .map(|(typ, parameter)| RTCPFeedback { typ: (*typ).to_owned(), parameter: (*parameter).to_owned() })
                .collect(),
        },
    }
}

/// The library's word for a kind.
pub(super) const fn codec_kind(kind: MediaKind) -> RtpCodecKind {
    match kind {
        MediaKind::Audio => RtpCodecKind::Audio,
        MediaKind::Video => RtpCodecKind::Video,
    }
}
