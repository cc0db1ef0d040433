//! One stay in one room: the seat at the server, and the peers' sessions. What the screen wants of it is in [`wishes`].

mod wishes;

use std::{
    collections::{HashMap, HashSet},
    path::PathBuf,
    sync::Arc,
};

use parlor_protocol::{
    code::{Failure, FailureCode},
    host::{Event, RoomState},
    id::{PeerId, TransferId},
    limits::ROOM_PEERS,
    signaling::{IceServer, Joined},
};
use parlor_trust::{About, DeviceKey, Invitation, envelope};
use tokio::{
    sync::{mpsc, watch},
    task::{JoinError, JoinSet},
};

use super::{
    admission::{Admitting, Withdrawn},
    context::{Own, RoomContext},
    engine::SharedContext,
    order::SessionOrder,
    seat::Seat,
    session::{SESSION_ORDERS, Session, SessionEnd},
    speed_limit::SpeedLimit,
};
use crate::{
    ClientConfig,
    signaling::{ServerAddress, Signaling, SignalingConfig, SignalingEvent, refusal},
    spoken::CodeDesk,
};

/// Events of the way to the server that wait for the engine.
const SIGNALING_EVENTS: usize = 256;
/// Sessions at once: a full room, and as many that are just going.
const SESSIONS: usize = 2 * ROOM_PEERS;

/// What happened around a stay.
pub(super) enum Happened {
    /// On the way to the server; none at its end.
    AtServer(Option<SignalingEvent>),
    /// Who may come in has changed.
    Admission,
    /// A peer's session has ended.
    SessionEnded(Result<SessionEnd, JoinError>),
}

/// Whether the room is to be made if it is not there.
pub(super) enum Create {
    No,
    Yes,
    /// To a server that asks for this key.
    Showing(String),
}

/// A stay in a room.
pub(crate) struct Stay {
    context: SharedContext,
    signals: mpsc::Receiver<SignalingEvent>,
    admission: watch::Receiver<Admitting>,
    seat: Seat,
    sessions: HashMap<PeerId, mpsc::Sender<SessionOrder>>,
    running: JoinSet<SessionEnd>,
    invitation: Invitation,
    /// The spoken code that is open, or was last.
    code: Option<CodeDesk>,
    state: RoomState,
    server_ice: Vec<IceServer>,
    extra_ice: Vec<IceServer>,
}

impl Stay {
    /// Takes the way in. What comes of it arrives as events.
    pub(super) fn begin(
        invitation: Invitation,
        create: Create,
        name: String,
        config: &ClientConfig,
        events: mpsc::Sender<Event>,
    ) -> Result<Self, Failure> {
        let room = invitation.keys().room();
        let key = if let Create::Showing(key) = &create { Some(key.clone()) } else { None };
        Self::sit_down(Seat::new(room, key), invitation, !matches!(create, Create::No), name, config, events)
    }

    /// Takes a seat that was stepped out of again. The server may have forgotten the room meanwhile.
    pub(super) fn resume(
        seat: Seat,
        invitation: Invitation,
        name: String,
        config: &ClientConfig,
        events: mpsc::Sender<Event>,
    ) -> Result<Self, Failure> {
        Self::sit_down(seat, invitation, true, name, config, events)
    }

    fn sit_down(
        seat: Seat,
        invitation: Invitation,
        create: bool,
        name: String,
        config: &ClientConfig,
        events: mpsc::Sender<Event>,
    ) -> Result<Self, Failure> {
        let server = server_of(&invitation)?;
        let keys = invitation.keys();
        let (sender, signals) = mpsc::channel(SIGNALING_EVENTS);
        let at_server = SignalingConfig {
            server,
            room: seat.room,
            token: keys.token().to_owned(),
            peer: seat.peer,
            resume: seat.resume.clone(),
            create,
            key: seat.create_key.clone(),
        };
        let signaling = Signaling::start(at_server, sender);
        let own = Own {
            about: About { name, agent: config.agent.clone(), host: config.host },
            media: None,
            device: config.device.clone(),
            ice_servers: config.ice_servers.clone(),
            relay_only: config.relay_only,
        };
        let speed = SpeedLimit::new(config.bytes_per_second);
        let context = Arc::new(RoomContext::new(&seat, keys, signaling, config.timings, speed, own, events));
        let admission = context.admission.watch();
        Ok(Self {
            context,
            signals,
            admission,
            seat,
            sessions: HashMap::new(),
            running: JoinSet::new(),
            invitation,
            code: None,
            state: RoomState::Entering,
            server_ice: Vec::new(),
            extra_ice: config.ice_servers.clone(),
        })
    }

    /// Whether the server has ended it.
    pub(super) fn is_over(&self) -> bool {
        self.state == RoomState::Closed
    }

    /// Where the first files of an offer of ours are.
    pub(super) fn offered(&self, transfer: TransferId) -> Vec<PathBuf> {
        self.context.transfers.offered_paths(transfer)
    }

    /// Where the files of a transfer are.
    pub(super) fn received(&self, transfer: TransferId) -> Vec<PathBuf> {
        self.context.transfers.paths(transfer)
    }

    /// Files leave no faster than this from now on.
    pub(super) fn limit_speed(&self, bytes_per_second: Option<u64>) {
        self.context.speed.set(bytes_per_second);
        self.to_all(|| SessionOrder::SpeedLimit);
    }

    /// Peers recognise this device from now on; none for not at all.
    pub(super) fn show_device(&self, device: Option<Arc<DeviceKey>>) {
        self.context.own().device = device;
        self.to_all(|| SessionOrder::Device);
    }

    /// Whether it goes on where an earlier session was cut short.
    pub(super) fn is_continued(&self, transfer: TransferId) -> bool {
        self.context.transfers.is_continued(transfer)
    }

    /// The user's own ICE servers changed.
    pub(super) fn set_ice_servers(&mut self, config: &ClientConfig) {
        self.extra_ice = config.ice_servers.clone();
        self.context.own().relay_only = config.relay_only;
        self.put_ice_servers();
    }

    /// Waits for the next thing to happen. Losing the wait loses nothing.
    pub(super) async fn next(&mut self) -> Happened {
        tokio::select! {
            event = self.signals.recv() => Happened::AtServer(event),
            // The sender is in the context, which this stay holds.
            Ok(()) = self.admission.changed() => Happened::Admission,
            Some(ended) = self.running.join_next() => Happened::SessionEnded(ended),
        }
    }

    /// Does what follows.
    pub(super) async fn happened(&mut self, happened: Happened) {
        match happened {
            Happened::AtServer(Some(event)) => self.signaling_event(event).await,
            Happened::AtServer(None) => self.closed(None).await,
            Happened::Admission => self.admission_changed().await,
            Happened::SessionEnded(ended) => {
                // A new session of the same peer may have begun after this one had closed its queue: that one stays.
                self.sessions.retain(|_, orders| !orders.is_closed());
                match ended {
                    Ok(end) if end.has_returned && !self.sessions.contains_key(&end.peer) => {
                        self.begin_session(end.peer, true);
                    }
                    Ok(_) => {}
                    Err(error) => tracing::error!(%error, "a session ended badly"),
                }
            }
        }
    }

    async fn signaling_event(&mut self, event: SignalingEvent) {
        match event {
            SignalingEvent::Entered(joined) => self.entered(joined).await,
            SignalingEvent::Reentered(joined) => self.reentered(joined).await,
            SignalingEvent::PeerJoined(peer) => {
                if !self.pass(peer, SessionOrder::Present) {
                    self.begin_session(peer, false);
                }
            }
            SignalingEvent::PeerLeft(peer) => {
                self.pass(peer, SessionOrder::Absent);
            }
            SignalingEvent::Signal { from, body } => {
                // Only a hello can be the first word of a peer that the server has not announced.
                let is_known = self.sessions.get(&from).is_some_and(|orders| !orders.is_closed());
                if !is_known && envelope::kind_of(&body).is_ok_and(|kind| kind == envelope::Kind::Hello) {
                    self.begin_session(from, false);
                }
                self.pass(from, SessionOrder::Envelope(body));
            }
            SignalingEvent::Lost => self.changed(RoomState::Reconnecting, None).await,
            SignalingEvent::Unreachable { attempt, code, detail } => {
                let detail = format!("attempt {attempt}: {detail}");
                self.changed(self.state, Some(Failure::new(code, detail))).await;
            }
            SignalingEvent::ServerBroken { detail } => {
                self.changed(self.state, Some(Failure::new(FailureCode::ServerProtocol, detail))).await;
            }
            SignalingEvent::Refused(code) => self.closed(Some(refusal(code))).await,
            SignalingEvent::Closed => self.closed(None).await,
        }
    }

    async fn entered(&mut self, joined: Joined) {
        self.server_ice = joined.ice_servers;
        self.put_ice_servers();
        let ice_servers = self.context.own().ice_servers.clone();
        let (room, link, self_peer) = (self.context.keys.room(), self.invitation.link(), self.context.self_peer);
        self.context.emit(Event::RoomEntered { room, link, self_peer, ice_servers }).await;
        self.changed(RoomState::Open, None).await;
        if self.seat.is_closing() {
            self.tell_admission().await;
        }
        for peer in joined.peers {
            self.begin_session(peer, true);
        }
    }

    async fn reentered(&mut self, joined: Joined) {
        self.server_ice = joined.ice_servers;
        self.put_ice_servers();
        self.changed(RoomState::Open, None).await;
        let present: HashSet<PeerId> = joined.peers.into_iter().collect();
        let known: Vec<PeerId> = self.sessions.keys().copied().collect();
        for peer in known {
            let order = if present.contains(&peer) { SessionOrder::Present } else { SessionOrder::Absent };
            self.pass(peer, order);
        }
        for peer in present {
            if self.sessions.get(&peer).is_none_or(mpsc::Sender::is_closed) {
                self.begin_session(peer, true);
            }
        }
    }

    async fn admission_changed(&mut self) {
        self.seat.admitting = self.admission.borrow_and_update().clone();
        if self.seat.withdraw(self.sessions.keys().copied()) {
            self.code = None;
            self.part_with_strangers();
            self.to_all(|| SessionOrder::Withdrawn);
        }
        self.tell_admission().await;
    }

    /// Tells the server and the screen how it is.
    async fn tell_admission(&self) {
        let admitting = &self.seat.admitting;
        if let Some(Withdrawn { by, guest }) = admitting.withdrawn() {
            self.context.signaling.withdraw(self.seat.known().collect()).await;
            self.context.emit(Event::InvitationWithdrawn { by, guest }).await;
        } else {
            self.context.emit(Event::InvitationForOne { only: admitting.before_guest().is_some() }).await;
        }
    }

    /// Ends what had begun with those who came too late.
    fn part_with_strangers(&mut self) {
        let seat = &self.seat;
        for (_, orders) in self.sessions.extract_if(|peer, _| !seat.lets(*peer)) {
            // A session that cannot take the order learns by the end of its queue.
            let _ = orders.try_send(SessionOrder::TooLate);
        }
    }

    fn put_ice_servers(&mut self) {
        self.context.own().ice_servers = [self.server_ice.as_slice(), &self.extra_ice].concat();
    }

    async fn changed(&mut self, state: RoomState, failure: Option<Failure>) {
        self.state = state;
        self.context.emit(Event::RoomChanged { state, failure }).await;
    }

    async fn closed(&mut self, failure: Option<Failure>) {
        if !self.is_over() {
            self.end_sessions().await;
            self.changed(RoomState::Closed, failure).await;
        }
    }

    fn begin_session(&mut self, peer: PeerId, greets: bool) {
        if !self.seat.lets(peer) {
            tracing::info!("somebody came by an invitation that is withdrawn");
            return;
        }
        if peer == self.context.self_peer || self.running.len() >= SESSIONS {
            tracing::warn!("the server announced more peers than a room holds, or ourselves");
            return;
        }
        let (orders, taken) = mpsc::channel(SESSION_ORDERS);
        self.sessions.insert(peer, orders);
        self.running.spawn(Session::new(Arc::clone(&self.context), peer).run(taken, greets));
    }

    /// Gives a session an order. False when there is none, or it has too much to do already.
    fn pass(&self, peer: PeerId, order: SessionOrder) -> bool {
        let Some(orders) = self.sessions.get(&peer) else { return false };
        match orders.try_send(order) {
            Ok(()) => true,
            Err(mpsc::error::TrySendError::Full(_)) => {
                tracing::warn!("a session is flooded; an order was dropped");
                true
            }
            Err(mpsc::error::TrySendError::Closed(_)) => false,
        }
    }

    /// Leaves for a while: the seat is for coming back as the same peer.
    pub(super) async fn step_out(mut self) -> Seat {
        if self.admission.has_changed().unwrap_or_default() {
            self.admission_changed().await;
        }
        let seat = self.seat.clone();
        self.leave().await;
        seat
    }

    /// Leaves: says goodbye to every peer, then to the server.
    pub(super) async fn leave(mut self) {
        self.end_sessions().await;
        let Self { context, signals, running, sessions, .. } = self;
        drop((signals, running, sessions));
        context.emit(Event::RoomChanged { state: RoomState::Closed, failure: None }).await;
        if let Some(context) = Arc::into_inner(context) {
            context.signaling.leave().await;
        }
    }

    async fn end_sessions(&mut self) {
        for (_, orders) in self.sessions.drain() {
            // A session that cannot take the order learns by the end of its queue.
            let _ = orders.try_send(SessionOrder::Leave);
        }
        while self.running.join_next().await.is_some() {}
    }

    fn to_all(&self, order: impl Fn() -> SessionOrder) {
        for peer in self.sessions.keys() {
            self.pass(*peer, order());
        }
    }
}

fn server_of(invitation: &Invitation) -> Result<ServerAddress, Failure> {
    ServerAddress::of(invitation)
        .map_err(|_| Failure::new(FailureCode::InvitationInvalid, "the server's address is not a URL"))
}
