//! Runs the connection to one peer: does what the page asks in order, and tells it what happens.
//!
//! What travels in it is the matter of `pictures`, `sounds` and the readers; this starts and ends them.

use std::{sync::Arc, time::Instant};

use base64::{Engine, prelude::BASE64_STANDARD};
use parlor_protocol::{
    media_port::{ConnectionState, DisplayReport, MediaKind, PortMessage, PortRequest, SendParameters},
    negotiation::{Candidate, Description, DescriptionType},
};
use tokio::{
    sync::{mpsc, oneshot, watch},
    task::JoinSet,
};
use tokio_tungstenite::tungstenite::Message;
use webrtc::{
    media_stream::track_remote::TrackRemote,
    peer_connection::{
        PeerConnection, RTCIceCandidate, RTCIceCandidateInit, RTCPeerConnectionState, RTCSessionDescription,
        StatsSelector,
    },
};

use super::{
    audio_receiver, audio_sender,
    connection::{Connected, connect},
    error::MediaError,
    figures::Figures,
    outlet::{Outlet, Sent},
    picture_receiver::{self, PictureControl, PictureReceiver},
    picture_sender,
    pictures::PictureOrder,
    reporter::{Happened, REPORTS},
    rtcp_tap::Feedback,
    sections::Sections,
    sounds::SoundOrder,
    stats,
    sync::Sync,
};
use crate::link::over_udp;

/// Orders that may wait for a connection. Beyond them the page's control socket waits.
const ORDERS: usize = 64;
/// RTCP that may wait.
const FEEDBACK: usize = 64;
/// What sound takes of congestion control's target, headers and all, bits a second.
const SOUND_BPS: u32 = 56_000;
/// Share of the rest that is picture and not RTP, SRTP, UDP and IP around it, in percent.
const PICTURE_PERCENT: u32 = 93;

/// What every connection of the page shares.
#[derive(Clone)]
pub(super) struct Around {
    pub(super) control: Arc<Outlet>,
    pub(super) display: Arc<Outlet>,
    pub(super) sounds: mpsc::Sender<SoundOrder>,
    pub(super) pictures: mpsc::Sender<PictureOrder>,
}

impl Around {
    /// Tells the page. One that does not listen any more loses its socket, and with it all its connections.
    pub(super) fn say(&self, message: &PortMessage) {
        match serde_json::to_string(message) {
            Ok(text) => {
                if self.control.send(Message::text(text)) == Sent::Full {
                    tracing::warn!("the page does not read what it is told");
                    self.control.close();
                }
            }
            Err(error) => tracing::error!(%error, "a message could not be written"),
        }
    }

    async fn picture(&self, order: PictureOrder) {
        if self.pictures.send(order).await.is_err() {
            tracing::error!("the task of own pictures has ended");
        }
    }

    async fn sound(&self, order: SoundOrder) {
        if self.sounds.send(order).await.is_err() {
            tracing::error!("the task of sound has ended");
        }
    }
}

/// What a connection is told.
pub(super) enum CallOrder {
    /// By the page.
    Request(PortRequest),
    /// By the page's decoder.
    Shown(DisplayReport),
}

/// One connection's task.
pub(super) struct Call {
    number: u32,
    around: Around,
    peer: Arc<dyn PeerConnection>,
    target_bps: watch::Receiver<u32>,
    sections: Sections,
    sync: Arc<Sync>,
    figures: Figures,
    is_playing: bool,
    has_remote_offer: bool,
    has_local_offer: bool,
    /// SSRCs of the peer.
    remote: Vec<(u32, MediaKind)>,
    readers: Vec<mpsc::Sender<PictureControl>>,
    tasks: JoinSet<()>,
}

impl Call {
    /// Starts a connection as `request` (an [`PortRequest::Open`]) says; its orders go into what is returned.
    pub(super) fn open(number: u32, request: PortRequest, around: Around) -> mpsc::Sender<CallOrder> {
        let (orders, taken) = mpsc::channel(ORDERS);
        tokio::spawn(async move {
            let PortRequest::Open { ice_servers, relay_only, .. } = request else { return };
            let (reports, reported) = mpsc::channel(REPORTS);
            let (feedback, fed_back) = mpsc::channel(FEEDBACK);
            match connect(&ice_servers, relay_only, reports, feedback).await {
                Ok(connected) => Self::new(number, around, connected).run(taken, reported, fed_back).await,
                Err(error) => {
                    tracing::warn!(%error, "a call's connection could not be made");
                    let state = ConnectionState::Failed;
                    around.say(&PortMessage::State { connection: number, state, certificates: Vec::new() });
                }
            }
        });
        orders
    }

    fn new(number: u32, around: Around, Connected { peer, target_bps }: Connected) -> Self {
        Self {
            number,
            around,
            peer,
            target_bps,
            sections: Sections::default(),
            sync: Arc::new(Sync::new()),
            figures: Figures::default(),
            is_playing: false,
            has_remote_offer: false,
            has_local_offer: false,
            remote: Vec::new(),
            readers: Vec::new(),
            tasks: JoinSet::new(),
        }
    }

    async fn run(
        mut self,
        mut orders: mpsc::Receiver<CallOrder>,
        mut reports: mpsc::Receiver<Happened>,
        mut feedback: mpsc::Receiver<Feedback>,
    ) {
        let (connection, sync) = (self.number, Arc::clone(&self.sync));
        self.around.sound(SoundOrder::Join { connection, sync }).await;
        loop {
            tokio::select! {
                order = orders.recv() => match order {
                    None | Some(CallOrder::Request(PortRequest::Close { .. })) => break,
                    Some(CallOrder::Request(request)) => self.requested(request).await,
                    Some(CallOrder::Shown(report)) => self.shown(report).await,
                },
                Some(happened) = reports.recv() => self.reported(happened).await,
                Some(feedback) = feedback.recv() => self.fed_back(feedback).await,
                Ok(()) = self.target_bps.changed() => {
                    let target = *self.target_bps.borrow_and_update();
                    let bitrate_bps = target.saturating_sub(SOUND_BPS) / 100 * PICTURE_PERCENT;
                    self.around.picture(PictureOrder::Target { connection, bitrate_bps }).await;
                }
                // Readers and senders end with their track; nothing is left to do for them.
                Some(_) = self.tasks.join_next() => {}
            }
        }
        self.around.sound(SoundOrder::Leave { connection }).await;
        self.around.picture(PictureOrder::Unwatch { connection }).await;
        self.tasks.shutdown().await;
        if let Err(error) = self.peer.close().await {
            tracing::debug!(%error, "a call's connection had ended before");
        }
    }

    async fn requested(&mut self, request: PortRequest) {
        let rid = match &request {
            PortRequest::SetLocalDescription { rid, .. }
            | PortRequest::SetRemoteDescription { rid, .. }
            | PortRequest::AddIceCandidate { rid, .. }
            | PortRequest::SetSending { rid, .. }
            | PortRequest::SetParameters { rid, .. }
            | PortRequest::GetStats { rid, .. } => Some(*rid),
            _ => None,
        };
        match self.answer(request).await {
            Ok(Some(message)) => self.around.say(&message),
            Ok(None) => {}
            Err(error) => {
                tracing::debug!(%error, "a request of the page was refused");
                let (name, detail) = (error.name().to_owned(), error.to_string());
                self.around.say(&PortMessage::Refused { rid, name, detail });
            }
        }
    }

    async fn answer(&mut self, request: PortRequest) -> Result<Option<PortMessage>, MediaError> {
        match request {
            PortRequest::AddTransceiver { kind, .. } => self.sections.add(&*self.peer, kind).await.map(|()| None),
            PortRequest::SetDirection { section, direction, .. } => {
                self.sections.set_direction(&*self.peer, section, direction).await.map(|()| None)
            }
            PortRequest::SetLocalDescription { rid, .. } => {
                let description = Some(self.describe_locally().await?);
                Ok(Some(PortMessage::Described { rid, description, sections: self.sections.described().await }))
            }
            PortRequest::SetRemoteDescription { rid, description, .. } => {
                self.describe_remotely(description).await?;
                let sections = self.sections.described().await;
                Ok(Some(PortMessage::Described { rid, description: None, sections }))
            }
            PortRequest::AddIceCandidate { rid, candidate, .. } => {
                self.add_candidate(candidate).await?;
                Ok(Some(PortMessage::Done { rid }))
            }
            PortRequest::RestartIce { .. } => {
                self.peer.restart_ice().await.map_err(|error| MediaError::State(error.to_string()))?;
                Ok(None)
            }
            PortRequest::SetSending { rid, section, on, .. } => {
                self.set_sending(section, on).await?;
                Ok(Some(PortMessage::Done { rid }))
            }
            PortRequest::SetParameters { rid, section, parameters, .. } => {
                self.set_parameters(section, parameters).await?;
                Ok(Some(PortMessage::Done { rid }))
            }
            PortRequest::SetPlaying { on, .. } => {
                self.set_playing(on).await;
                Ok(None)
            }
            PortRequest::GetStats { rid, .. } => Ok(Some(PortMessage::Stats { rid, entries: self.statistics().await })),
            PortRequest::Open { .. } | PortRequest::Close { .. } => Ok(None),
        }
    }

    async fn describe_locally(&mut self) -> Result<Description, MediaError> {
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
        if is_answer {
            self.sections.settle().await;
        }
        let kind = if is_answer { DescriptionType::Answer } else { DescriptionType::Offer };
        Ok(Description { kind, sdp: made.sdp })
    }

    async fn describe_remotely(&mut self, description: Description) -> Result<(), MediaError> {
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
                self.sections.take_offered(&*self.peer, &description.sdp).await
            }
            DescriptionType::Answer if self.has_local_offer => {
                let answer = RTCSessionDescription::answer(description.sdp).map_err(theirs)?;
                self.peer.set_remote_description(answer).await.map_err(theirs)?;
                self.has_local_offer = false;
                self.sections.settle().await;
                Ok(())
            }
            DescriptionType::Answer => Err(MediaError::State("nothing was offered".to_owned())),
        }
    }

    async fn add_candidate(&self, candidate: Candidate) -> Result<(), MediaError> {
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

    async fn set_sending(&mut self, number: u32, on: bool) -> Result<(), MediaError> {
        let connection = self.number;
        let section = self.sections.get(number)?;
        if section.is_sending == on {
            return Ok(());
        }
        let (kind, bounds) = (section.kind, section.bounds);
        let out = section.out.clone().ok_or_else(|| MediaError::State("the section does not send".to_owned()))?;
        section.is_sending = on;
        match (kind, on) {
            (MediaKind::Audio, true) => {
                let (queue, sound) = mpsc::channel(audio_sender::WAITING);
                self.tasks.spawn(audio_sender::send(sound, out));
                self.around.sound(SoundOrder::SendTo { connection, queue }).await;
            }
            (MediaKind::Audio, false) => self.around.sound(SoundOrder::StopSending { connection }).await,
            (MediaKind::Video, true) => {
                let (queue, pictures) = mpsc::channel(picture_sender::WAITING);
                self.tasks.spawn(picture_sender::send(pictures, out, self.figures.clone()));
                self.around.picture(PictureOrder::Watch { connection, queue: Some(queue), bounds }).await;
                self.target_bps.mark_changed();
            }
            (MediaKind::Video, false) => self.around.picture(PictureOrder::Unwatch { connection }).await,
        }
        Ok(())
    }

    async fn set_parameters(&mut self, number: u32, parameters: SendParameters) -> Result<(), MediaError> {
        if parameters.scale_down_percent.is_some_and(|percent| percent < 100) {
            return Err(MediaError::Argument("pictures are never enlarged".to_owned()));
        }
        let connection = self.number;
        let section = self.sections.get(number)?;
        section.bounds = parameters;
        if section.kind == MediaKind::Video && section.is_sending {
            let bounds = parameters;
            self.around.picture(PictureOrder::Watch { connection, queue: None, bounds }).await;
        }
        Ok(())
    }

    async fn set_playing(&mut self, on: bool) {
        self.is_playing = on;
        self.around.sound(SoundOrder::Play { connection: self.number, on }).await;
        self.tell_readers(PictureControl::Play(on)).await;
    }

    async fn tell_readers(&mut self, control: PictureControl) {
        let mut living = Vec::with_capacity(self.readers.len());
        for reader in self.readers.drain(..) {
            if reader.send(control).await.is_ok() {
                living.push(reader);
            }
        }
        self.readers = living;
    }

    async fn shown(&mut self, report: DisplayReport) {
        match report {
            DisplayReport::Shown { decoded, drawn, dropped, cost_us, .. } => {
                {
                    let mut counts = self.figures.lock();
                    counts.frames_decoded = counts.frames_decoded.wrapping_add(decoded);
                    counts.frames_drawn = counts.frames_drawn.wrapping_add(drawn);
                    counts.frames_dropped = counts.frames_dropped.wrapping_add(dropped);
                    counts.decode_us = counts.decode_us.saturating_add(u64::from(cost_us));
                }
                if let Some(cost_us) = cost_us.checked_div(decoded) {
                    let connection = self.number;
                    self.around.picture(PictureOrder::Shown { connection, cost_us }).await;
                }
            }
            DisplayReport::KeyFrameNeeded { .. } => self.tell_readers(PictureControl::KeyFrameNeeded).await,
        }
    }

    async fn reported(&mut self, happened: Happened) {
        let connection = self.number;
        match happened {
            Happened::Gathered(candidate) => match local_candidate(&candidate) {
                Ok(candidate) => {
                    self.around.say(&PortMessage::Candidate { connection, candidate: Some(candidate) });
                }
                Err(error) => tracing::warn!(%error, "a candidate of ours cannot be written down"),
            },
            Happened::GatheringCompleted => self.around.say(&PortMessage::Candidate { connection, candidate: None }),
            Happened::NegotiationNeeded => self.around.say(&PortMessage::NegotiationNeeded { connection }),
            Happened::State(state) => {
                let state = page_state(state);
                let certificates = self.sections.certificates().await;
                let certificates = certificates.iter().map(|der| BASE64_STANDARD.encode(der)).collect();
                self.around.say(&PortMessage::State { connection, state, certificates });
            }
            Happened::Track(track) => self.read(track).await,
        }
    }

    /// Starts to read a track of the peer.
    async fn read(&mut self, track: Arc<dyn TrackRemote>) {
        let connection = self.number;
        let is_video = track.kind().await == super::codecs::codec_kind(MediaKind::Video);
        let kind = if is_video { MediaKind::Video } else { MediaKind::Audio };
        let Some(ssrc) = track.ssrcs().await.first().copied() else { return };
        self.remote.push((ssrc, kind));
        if is_video {
            let (controls, taken) = mpsc::channel(picture_receiver::CONTROLS);
            self.readers.push(controls);
            let receiver = PictureReceiver {
                connection,
                ssrc,
                track,
                orientation: self.sections.orientation().await,
                display: Arc::clone(&self.around.display),
                sync: Arc::clone(&self.sync),
                figures: self.figures.clone(),
                is_playing: self.is_playing,
            };
            self.tasks.spawn(receiver.run(taken));
        } else {
            self.tasks.spawn(audio_receiver::read(
                connection,
                track,
                Arc::clone(&self.sync),
                self.around.sounds.clone(),
            ));
        }
        if let Some(section) = self.sections.first(kind) {
            self.around.say(&PortMessage::Muted { connection, section, muted: false });
        }
    }

    async fn fed_back(&self, feedback: Feedback) {
        let connection = self.number;
        let sent = |ssrc: u32| {
            let section =
                self.sections.iter().find(|section| section.out.as_ref().is_some_and(|out| out.ssrc() == ssrc));
            section.map(|section| section.kind)
        };
        match feedback {
            Feedback::KeyFrameWanted { ssrc } if sent(ssrc) == Some(MediaKind::Video) => {
                {
                    let mut counts = self.figures.lock();
                    counts.key_frames_asked_of_us = counts.key_frames_asked_of_us.wrapping_add(1);
                }
                self.around.picture(PictureOrder::KeyFrameWanted { connection }).await;
            }
            Feedback::Lost { ssrc, fraction } if sent(ssrc) == Some(MediaKind::Audio) => {
                self.around.sound(SoundOrder::Lost { connection, fraction }).await;
            }
            Feedback::SenderReport { ssrc, ntp, rtp } => {
                if let Some((_, kind)) = self.remote.iter().find(|(known, _)| *known == ssrc) {
                    self.sync.reported(*kind, ntp, rtp);
                }
            }
            Feedback::KeyFrameWanted { .. } | Feedback::Lost { .. } => {}
        }
    }

    async fn statistics(&self) -> Vec<serde_json::Value> {
        let report = self.peer.get_stats(Instant::now(), StatsSelector::None).await;
        let (answer, sound) = oneshot::channel();
        self.around.sound(SoundOrder::Stats { connection: self.number, answer }).await;
        // A connection that the sound task does not know has no sound to count.
        let sound = sound.await.ok();
        let counts = *self.figures.lock();
        let target_bps = *self.target_bps.borrow();
        stats::entries(&report, &counts, sound.as_ref(), target_bps)
    }
}

fn local_candidate(candidate: &RTCIceCandidate) -> Result<Candidate, webrtc::error::Error> {
    let init = candidate.to_json()?;
    // Everything is bundled into the first section; a browser wants it named, and its number is the same for every kind of peer.
    Ok(Candidate {
        candidate: init.candidate,
        sdp_mid: None,
        sdp_m_line_index: Some(0),
        username_fragment: init.username_fragment,
    })
}

const fn page_state(state: RTCPeerConnectionState) -> ConnectionState {
    match state {
        RTCPeerConnectionState::Connecting => ConnectionState::Connecting,
        RTCPeerConnectionState::Connected => ConnectionState::Connected,
        RTCPeerConnectionState::Disconnected => ConnectionState::Disconnected,
        RTCPeerConnectionState::Failed => ConnectionState::Failed,
        RTCPeerConnectionState::Closed => ConnectionState::Closed,
        _ => ConnectionState::New,
    }
}
