//! Runs the connection to one peer: does what the page asks in order, and tells it what happens.
//!
//! What travels in it is the matter of `pictures`, `sounds` and the readers; this starts and ends them.

mod flow;
mod negotiation;

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use base64::{Engine, prelude::BASE64_STANDARD};
use parlor_protocol::media_port::{ConnectionState, DisplayReport, MediaKind, PortMessage, PortRequest};
use tokio::{
    sync::{mpsc, oneshot, watch},
    task::JoinSet,
};
use tokio_tungstenite::tungstenite::Message;
use webrtc::peer_connection::{PeerConnection, RTCPeerConnectionState, StatsSelector};

use super::{
    connection::{Connected, connect},
    error::MediaError,
    figures::Figures,
    outlet::{Outlet, Sent},
    picture_receiver::{self, PictureControl},
    pictures::PictureOrder,
    reporter::{Happened, REPORTS},
    rtcp_tap::Feedback,
    sections::Sections,
    sounds::SoundOrder,
    stats,
    sync::Sync,
};
use crate::{dtls_role::DtlsRole, refusals::Refusals};

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
    refusals: Refusals,
    /// What readers were told last of how long a repair takes.
    patience: Duration,
    sections: Sections,
    sync: Arc<Sync>,
    figures: Figures,
    is_playing: bool,
    /// It was connected: records are encrypted, and what looks like an alert in the clear is none.
    is_up: bool,
    has_remote_offer: bool,
    has_local_offer: bool,
    role: DtlsRole,
    has_remote_description: bool,
    /// The next offer begins a new generation of ICE.
    is_restart_due: bool,
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
                    around.say(&PortMessage::State {
                        connection: number,
                        state: ConnectionState::Failed,
                        certificates: Vec::new(),
                        dtls_failed: false,
                    });
                }
            }
        });
        orders
    }

    fn new(number: u32, around: Around, Connected { peer, target_bps, refusals }: Connected) -> Self {
        Self {
            number,
            around,
            peer,
            target_bps,
            refusals,
            patience: picture_receiver::PATIENCE,
            sections: Sections::default(),
            sync: Arc::new(Sync::new()),
            figures: Figures::default(),
            is_playing: false,
            is_up: false,
            has_remote_offer: false,
            has_local_offer: false,
            role: DtlsRole::default(),
            has_remote_description: false,
            is_restart_due: false,
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
        let refusals = self.refusals.clone();
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
                    let target_bps = *self.target_bps.borrow_and_update();
                    let bitrate_bps = target_bps.saturating_sub(SOUND_BPS) / 100 * PICTURE_PERCENT;
                    self.around.picture(PictureOrder::Target { connection, bitrate_bps }).await;
                }
                // The library goes on waiting; the standard calls a connection whose DTLS failed failed.
                () = refusals.seen(), if !self.is_up => {
                    let (state, certificates) = (ConnectionState::Failed, Vec::new());
                    self.around.say(&PortMessage::State { connection, state, certificates, dtls_failed: true });
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
            PortRequest::AddTransceiver { kind, .. } => {
                self.sections.add(&*self.peer, kind).await?;
                Ok(None)
            }
            PortRequest::SetDirection { section, direction, .. } => {
                self.sections.set_direction(&*self.peer, section, direction).await?;
                Ok(None)
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
                // The library's own `restart_ice` would gather at once, candidates of a generation that no description names yet.
                self.is_restart_due = true;
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

    async fn reported(&mut self, happened: Happened) {
        let connection = self.number;
        match happened {
            Happened::Gathered(candidate) => match negotiation::local_candidate(&candidate) {
                Ok(candidate) => {
                    self.around.say(&PortMessage::Candidate { connection, candidate: Some(candidate) });
                }
                Err(error) => tracing::warn!(%error, "a candidate of ours cannot be written down"),
            },
            Happened::GatheringCompleted => self.around.say(&PortMessage::Candidate { connection, candidate: None }),
            Happened::State(state) => {
                let state = page_state(state);
                self.is_up |= state == ConnectionState::Connected;
                let certificates = self.sections.certificates().await;
                let certificates = certificates.iter().map(|der| BASE64_STANDARD.encode(der)).collect();
                self.around.say(&PortMessage::State { connection, state, certificates, dtls_failed: false });
            }
            Happened::Track(track) => self.read(track).await,
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
