//! The descriptions and candidates of a call's connection: the standard's `setLocalDescription` and `setRemoteDescription`.

use parlor_protocol::negotiation::{Candidate, Description, DescriptionType};
use rtc::peer_connection::configuration::RTCOfferOptions;
use webrtc::peer_connection::{RTCIceCandidate, RTCIceCandidateInit, RTCSessionDescription};

use super::Call;
use crate::{link::over_udp, media::error::MediaError};

impl Call {
    pub(super) async fn describe_locally(&mut self) -> Result<Description, MediaError> {
        let machine = |error: webrtc::error::Error| MediaError::State(error.to_string());
        let is_answer = self.has_remote_offer;
        if self.has_local_offer {
            return Err(MediaError::State("an offer is out already".to_owned()));
        }
        let made = if is_answer {
            self.peer.create_answer(None).await
        } else {
            let ice_restart = self.is_restart_due;
            self.peer.create_offer(ice_restart.then_some(RTCOfferOptions { ice_restart })).await
        };
        let made = made.map_err(machine)?;
        self.peer.set_local_description(made.clone()).await.map_err(machine)?;
        self.has_remote_offer = false;
        self.has_local_offer = !is_answer;
        // An answer begins no generation of its own; what could not be offered is still due.
        self.is_restart_due &= is_answer;
        if is_answer {
            self.sections.settle().await;
        }
        if is_answer {
            Ok(Description { kind: DescriptionType::Answer, sdp: self.role.answer(made.sdp) })
        } else {
            Ok(Description { kind: DescriptionType::Offer, sdp: made.sdp })
        }
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
                }
                self.peer.set_remote_description(offer).await.map_err(theirs)?;
                self.has_remote_offer = true;
                self.has_remote_description = true;
                self.sections.take_offered(&*self.peer, &description.sdp).await
            }
            DescriptionType::Answer if self.has_local_offer => {
                self.role.answered_by_peer(&description.sdp);
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
