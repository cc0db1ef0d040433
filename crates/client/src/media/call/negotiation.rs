//! The descriptions and candidates of a call's connection: the standard's `setLocalDescription` and `setRemoteDescription`.

use parlor_protocol::{
    media_port::PortMessage,
    negotiation::{Candidate, Description, DescriptionType},
};
use webrtc::peer_connection::{RTCIceCandidate, RTCIceCandidateInit, RTCSessionDescription};

use super::Call;
use crate::{link::over_udp, media::error::MediaError};

impl Call {
    /// Something was changed, which an offer has to say if `needs_offer`.
    pub(super) const fn change(&mut self, needs_offer: bool) {
        self.needs_negotiation |= needs_offer;
        self.told_negotiation &= !needs_offer;
    }

    /// Says once that an offer is due, as soon as none is under way (W3C WebRTC, section 4.7.3). The library says it too late for a
    /// connection that has not begun, and not at all for an ICE restart.
    pub(super) fn ask_for_negotiation(&mut self) {
        let is_stable = !self.has_local_offer && !self.has_remote_offer;
        if self.needs_negotiation && is_stable && !self.told_negotiation {
            self.told_negotiation = true;
            self.around.say(&PortMessage::NegotiationNeeded { connection: self.number });
        }
    }

    pub(super) async fn describe_locally(&mut self) -> Result<Description, MediaError> {
        let machine = |error: webrtc::error::Error| MediaError::State(error.to_string());
        let is_answer = self.has_remote_offer;
        if self.has_local_offer {
            return Err(MediaError::State("an offer is out already".to_owned()));
        }
        let made = if is_answer { self.peer.create_answer(None).await } else { self.peer.create_offer(None).await };
        let made = made.map_err(machine)?;
        self.peer.set_local_description(made.clone()).await.map_err(machine)?;
        self.has_remote_offer = false;
        self.has_local_offer = !is_answer;
        if !is_answer {
            self.needs_negotiation = false;
        }
        if is_answer {
            self.sections.settle().await;
            if std::mem::take(&mut self.rolled_back) && (self.wants_restart || self.sections.have_changes().await) {
                self.change(true);
            }
        }
        let kind = if is_answer { DescriptionType::Answer } else { DescriptionType::Offer };
        Ok(Description { kind, sdp: made.sdp })
    }

    pub(super) async fn describe_remotely(&mut self, description: Description) -> Result<(), MediaError> {
        let theirs = |error: webrtc::error::Error| MediaError::Remote(error.to_string());
        match description.kind {
            DescriptionType::Offer => {
                let offer = RTCSessionDescription::offer(description.sdp.clone()).map_err(theirs)?;
                if self.has_local_offer {
                    // The standard's implicit rollback.
                    let ours = |error: webrtc::error::Error| MediaError::State(error.to_string());
                    let rollback = RTCSessionDescription::rollback(None).map_err(ours)?;
                    self.peer.set_local_description(rollback).await.map_err(ours)?;
                    self.has_local_offer = false;
                    self.rolled_back = true;
                }
                self.peer.set_remote_description(offer).await.map_err(theirs)?;
                self.has_remote_offer = true;
                self.has_remote_description = true;
                self.note_ufrag(&description.sdp);
                self.sections.take_offered(&*self.peer, &description.sdp).await
            }
            DescriptionType::Answer if self.has_local_offer => {
                self.note_ufrag(&description.sdp);
                // It answers an offer made after the restart was asked for.
                self.wants_restart = false;
                let answer = RTCSessionDescription::answer(description.sdp).map_err(theirs)?;
                self.peer.set_remote_description(answer).await.map_err(theirs)?;
                self.has_local_offer = false;
                self.has_remote_description = true;
                self.sections.settle().await;
                Ok(())
            }
            DescriptionType::Answer => Err(MediaError::State("nothing was offered".to_owned())),
        }
    }

    /// A new user name fragment of the peer begins a new ICE generation (RFC 8839, section 4.4.1.1.1), for both sides.
    fn note_ufrag(&mut self, sdp: &str) {
        let ufrag = sdp.lines().find_map(|line| line.trim_end().strip_prefix("a=ice-ufrag:")).map(str::to_owned);
        if self.remote_ufrag.is_some() && ufrag != self.remote_ufrag {
            self.wants_restart = false;
        }
        self.remote_ufrag = ufrag;
    }

    pub(super) async fn add_candidate(&self, candidate: Candidate) -> Result<(), MediaError> {
        if !self.has_remote_description {
            return Err(MediaError::State("there is no remote description yet".to_owned()));
        }
        if !over_udp(&candidate) {
            return Ok(());
        }
        let init = RTCIceCandidateInit {
            candidate: candidate.candidate,
            sdp_mid: candidate.sdp_mid,
            sdp_mline_index: candidate.sdp_m_line_index,
            username_fragment: candidate.username_fragment,
            ..Default::default()
        };
        self.peer.add_ice_candidate(init).await.map_err(|error| MediaError::Remote(error.to_string()))
    }
}

/// A candidate of ours, as it is sent.
pub(super) fn local_candidate(candidate: &RTCIceCandidate) -> Result<Candidate, webrtc::error::Error> {
    let init = candidate.to_json()?;
    // Everything is bundled into the first section; a browser wants it named, and its number is the same for every kind of peer.
    Ok(Candidate {
        candidate: init.candidate,
        sdp_mid: None,
        sdp_m_line_index: Some(0),
        username_fragment: init.username_fragment,
    })
}
