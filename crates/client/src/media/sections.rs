//! The media sections of one connection: which transceiver each is, and what it sends.

use std::sync::Arc;

use parlor_protocol::media_port::{MediaDirection, MediaKind, Section, SendParameters};
use rtc::{rtp_transceiver::rtp_sender::RTCRtpHeaderExtensionParameters, sdp::extmap::VIDEO_ORIENTATION_URI};
use webrtc::{
    peer_connection::PeerConnection,
    rtp_transceiver::{RTCRtpTransceiverDirection, RtpTransceiver},
};

use super::{error::MediaError, rtp_out::RtpOut};

/// Sections a connection may have. We offer one of each kind; a peer's offer of many is a peer's fault.
const SECTIONS: usize = 8;

/// One section.
pub(super) struct MediaSection {
    pub(super) kind: MediaKind,
    pub(super) transceiver: Arc<dyn RtpTransceiver>,
    /// What it can send; none while it only receives.
    pub(super) out: Option<Arc<RtpOut>>,
    pub(super) is_sending: bool,
    pub(super) bounds: SendParameters,
}

/// All of a connection, in the order in which they came to be.
#[derive(Default)]
pub(super) struct Sections(Vec<MediaSection>);

impl Sections {
    /// The section that the page calls `number`.
    pub(super) fn get(&mut self, number: u32) -> Result<&mut MediaSection, MediaError> {
        usize::try_from(number)
            .ok()
            .and_then(|number| self.0.get_mut(number))
            .ok_or_else(|| MediaError::Argument(format!("section {number}")))
    }

    /// All.
    pub(super) fn iter(&self) -> impl Iterator<Item = &MediaSection> {
        self.0.iter()
    }

    /// Number of the first section of a kind.
    pub(super) fn first(&self, kind: MediaKind) -> Option<u32> {
        self.0.iter().position(|section| section.kind == kind).and_then(|number| u32::try_from(number).ok())
    }

    /// Adds a section that sends and receives.
    pub(super) async fn add(&mut self, peer: &dyn PeerConnection, kind: MediaKind) -> Result<(), MediaError> {
        if self.0.len() >= SECTIONS {
            return Err(MediaError::Argument("too many sections".to_owned()));
        }
        let out = RtpOut::new(kind);
        peer.add_track(out.track()).await.map_err(|error| MediaError::State(error.to_string()))?;
        for transceiver in self.unknown(peer).await {
            self.0.push(MediaSection {
                kind,
                transceiver,
                out: Some(Arc::clone(&out)),
                is_sending: false,
                bounds: SendParameters::default(),
            });
        }
        Ok(())
    }

    /// Takes in the sections that a peer's offer added.
    pub(super) async fn take_offered(&mut self, peer: &dyn PeerConnection, sdp: &str) -> Result<(), MediaError> {
        let offered = kinds_by_mid(sdp);
        for transceiver in self.unknown(peer).await {
            let mid = transceiver.mid().await.ok().flatten().unwrap_or_default();
            let Some(kind) = offered.iter().find(|(known, _)| *known == mid).map(|(_, kind)| *kind) else { continue };
            if self.0.len() >= SECTIONS {
                return Err(MediaError::Remote("too many sections".to_owned()));
            }
            self.0.push(MediaSection {
                kind,
                transceiver,
                out: None,
                is_sending: false,
                bounds: SendParameters::default(),
            });
        }
        Ok(())
    }

    /// Asks for a direction; one that sends gets something to send.
    pub(super) async fn set_direction(
        &mut self,
        peer: &dyn PeerConnection,
        number: u32,
        direction: MediaDirection,
    ) -> Result<(), MediaError> {
        let section = self.get(number)?;
        let state = |error: webrtc::error::Error| MediaError::State(error.to_string());
        let wanted = crate_direction(direction);
        if wanted.has_send() && section.out.is_none() {
            // The library attaches a track to the first transceiver of the kind that has none, which is this one: earlier ones
            // were given theirs, or were left without on purpose and then do not send.
            let out = RtpOut::new(section.kind);
            peer.add_track(out.track()).await.map_err(state)?;
            section.out = Some(out);
        }
        section.transceiver.set_direction(wanted).await.map_err(state)
    }

    /// After an answer: what may be sent in each section now.
    pub(super) async fn settle(&self) {
        for section in &self.0 {
            let Some(out) = &section.out else { continue };
            let sends = section.transceiver.current_direction().await.is_ok_and(|direction| direction.has_send());
            let payload_type = if sends { payload_type(&*section.transceiver).await } else { None };
            out.negotiated(payload_type);
        }
    }

    /// As the page is told.
    pub(super) async fn described(&self) -> Vec<Section> {
        let mut sections = Vec::with_capacity(self.0.len());
        for section in &self.0 {
            let direction = section.transceiver.direction().await.ok().and_then(page_direction);
            let current_direction = section.transceiver.current_direction().await.ok().and_then(page_direction);
            let direction = direction.unwrap_or(MediaDirection::Inactive);
            sections.push(Section { kind: section.kind, direction, current_direction });
        }
        sections
    }

    /// DER certificates of the other side.
    pub(super) async fn certificates(&self) -> Vec<Vec<u8>> {
        for section in &self.0 {
            let Ok(Some(sender)) = section.transceiver.sender().await else { continue };
            if let Ok(Some(transport)) = sender.transport().await
                && let Ok(certificates) = transport.get_remote_certificates().await
            {
                return certificates;
            }
        }
        Vec::new()
    }

    /// Number of the header extension with the orientation of the peer's picture.
    pub(super) async fn orientation(&self) -> Option<u8> {
        for section in self.0.iter().filter(|section| section.kind == MediaKind::Video) {
            let Ok(Some(receiver)) = section.transceiver.receiver().await else { continue };
            let Ok(parameters) = receiver.get_parameters().await else { continue };
            let is_ours = |extension: &&RTCRtpHeaderExtensionParameters| extension.uri == VIDEO_ORIENTATION_URI;
            if let Some(extension) = parameters.rtp_parameters.header_extensions.iter().find(is_ours) {
                return u8::try_from(extension.id).ok();
            }
        }
        None
    }

    /// Transceivers that are no section yet, in the order in which they were made.
    async fn unknown(&self, peer: &dyn PeerConnection) -> Vec<Arc<dyn RtpTransceiver>> {
        let mut unknown = peer.get_transceivers().await;
        unknown.retain(|one| self.0.iter().all(|section| section.transceiver.id() != one.id()));
        unknown.sort_by_key(|one| one.id());
        unknown
    }
}

async fn payload_type(transceiver: &dyn RtpTransceiver) -> Option<u8> {
    let sender = transceiver.sender().await.ok().flatten()?;
    sender.get_parameters().await.ok()?.rtp_parameters.codecs.first().map(|codec| codec.payload_type)
}

/// The kinds of an SDP's media sections by their `mid` (RFC 8866, RFC 5888).
fn kinds_by_mid(sdp: &str) -> Vec<(String, MediaKind)> {
    let mut kinds = Vec::new();
    let mut kind = None;
    for line in sdp.lines().map(str::trim_end) {
        if let Some(media) = line.strip_prefix("m=") {
            kind = match media.split(' ').next() {
                Some("audio") => Some(MediaKind::Audio),
                Some("video") => Some(MediaKind::Video),
                _ => None,
            };
        } else if let (Some(mid), Some(kind)) = (line.strip_prefix("a=mid:"), kind) {
            kinds.push((mid.to_owned(), kind));
        }
    }
    kinds
}

const fn crate_direction(direction: MediaDirection) -> RTCRtpTransceiverDirection {
    match direction {
        MediaDirection::Sendrecv => RTCRtpTransceiverDirection::Sendrecv,
        MediaDirection::Sendonly => RTCRtpTransceiverDirection::Sendonly,
        MediaDirection::Recvonly => RTCRtpTransceiverDirection::Recvonly,
        MediaDirection::Inactive => RTCRtpTransceiverDirection::Inactive,
    }
}

const fn page_direction(direction: RTCRtpTransceiverDirection) -> Option<MediaDirection> {
    match direction {
        RTCRtpTransceiverDirection::Sendrecv => Some(MediaDirection::Sendrecv),
        RTCRtpTransceiverDirection::Sendonly => Some(MediaDirection::Sendonly),
        RTCRtpTransceiverDirection::Recvonly => Some(MediaDirection::Recvonly),
        RTCRtpTransceiverDirection::Inactive => Some(MediaDirection::Inactive),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sections_of_an_offer_are_known_by_their_mid() {
        let sdp = "v=0\r\nm=audio 9 UDP/TLS/RTP/SAVPF 111\r\na=mid:0\r\nm=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\na=mid:1\r\nm=video 9 UDP/TLS/RTP/SAVPF 96\r\na=mid:v\r\n";
        assert_eq!(kinds_by_mid(sdp), [("0".to_owned(), MediaKind::Audio), ("v".to_owned(), MediaKind::Video)]);
        assert!(kinds_by_mid("a=mid:0\r\nm=\r\na=mid:1").is_empty());
    }
}
