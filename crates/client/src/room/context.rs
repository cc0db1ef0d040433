//! What all sessions of a room share.

use std::{
    collections::HashSet,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use parlor_protocol::{
    code::{Failure, FailureCode},
    host::Event,
    id::PeerId,
    signaling::IceServer,
};
use parlor_trust::{About, DeviceKey, RoomKeys};
use tokio::{
    sync::{mpsc, watch},
    time::Instant,
};

use super::{Timings, again::Again, speed_limit::SpeedLimit, transfer_index::TransferIndex};
use crate::signaling::{Signaling, SignalingError};

/// What changes while the room lasts.
#[derive(Debug, Clone)]
pub(crate) struct Own {
    /// What a hello says of us.
    pub(crate) about: About,
    /// Microphone and camera, once the screen has said.
    pub(crate) media: Option<(bool, bool)>,
    /// By which peers recognise us; none while the user does not want it.
    pub(crate) device: Option<Arc<DeviceKey>>,
    /// The server's and the user's, together.
    pub(crate) ice_servers: Vec<IceServer>,
    /// Use relays only.
    pub(crate) relay_only: bool,
}

/// The room's invitation is withdrawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Withdrawn {
    /// By which peer; none for ourselves.
    pub(crate) by: Option<PeerId>,
}

/// The room, as a session sees it.
pub(crate) struct RoomContext {
    /// Our own id.
    pub(crate) self_peer: PeerId,
    /// What the invitation opens.
    pub(crate) keys: RoomKeys,
    /// The way to the server.
    pub(crate) signaling: Signaling,
    /// Whose transfers are whose.
    pub(crate) transfers: Arc<TransferIndex>,
    /// How fast files leave, over all sessions.
    pub(crate) speed: Arc<SpeedLimit>,
    /// Durations.
    pub(crate) timings: Timings,
    /// The steady clock's zero.
    pub(crate) started: Instant,
    own: Mutex<Own>,
    again: Mutex<Again>,
    /// In whose place the user found somebody else.
    refused: Mutex<HashSet<PeerId>>,
    /// The invitation is withdrawn, and by which peer, if not by us.
    withdrawn: watch::Sender<Option<Withdrawn>>,
    events: mpsc::Sender<Event>,
}

impl RoomContext {
    pub(crate) fn new(
        self_peer: PeerId,
        keys: RoomKeys,
        signaling: Signaling,
        timings: Timings,
        speed: SpeedLimit,
        own: Own,
        events: mpsc::Sender<Event>,
    ) -> Self {
        let (transfers, speed, started) = (Arc::default(), Arc::new(speed), Instant::now());
        let (own, again, refused) = (Mutex::new(own), Mutex::default(), Mutex::default());
        let withdrawn = watch::Sender::default();
        Self { self_peer, keys, signaling, transfers, speed, timings, started, own, again, refused, withdrawn, events }
    }

    /// Milliseconds on the room's steady clock.
    pub(crate) fn now_ms(&self) -> u64 {
        u64::try_from(self.started.elapsed().as_millis()).unwrap_or(u64::MAX)
    }

    /// What is ours.
    pub(crate) fn own(&self) -> MutexGuard<'_, Own> {
        // Nothing panics while the lock is held.
        self.own.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What of ended transfers can be offered again.
    pub(crate) fn again(&self) -> MutexGuard<'_, Again> {
        // Nothing panics while the lock is held.
        self.again.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// In whose place the user found somebody else: nothing more goes to it, nor comes from it, while the room lasts.
    pub(crate) fn refused(&self) -> MutexGuard<'_, HashSet<PeerId>> {
        // Nothing panics while the lock is held.
        self.refused.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The invitation is withdrawn, which counts once.
    pub(crate) fn withdraw(&self, by: Option<PeerId>) {
        self.withdrawn.send_if_modified(|known| {
            let is_news = known.is_none();
            known.get_or_insert(Withdrawn { by });
            is_news
        });
    }

    /// Whether it is.
    pub(crate) fn is_withdrawn(&self) -> bool {
        self.withdrawn.borrow().is_some()
    }

    /// Tells when it is.
    pub(crate) fn watch_withdrawal(&self) -> watch::Receiver<Option<Withdrawn>> {
        self.withdrawn.subscribe()
    }

    /// Tells the screen. Waits while it does not read: the backpressure of everything behind it.
    pub(crate) async fn emit(&self, event: Event) {
        // A screen that is gone needs no telling; the engine notices it by itself.
        let _ = self.events.send(event).await;
    }

    /// Where the screen hears from, for what tells it by itself.
    pub(crate) fn events(&self) -> mpsc::Sender<Event> {
        self.events.clone()
    }

    /// Passes a sealed message to a peer.
    pub(crate) async fn signal(&self, to: PeerId, body: String) {
        match self.signaling.signal(to, body).await {
            Ok(()) => {}
            Err(SignalingError::Closed) => tracing::debug!("a signal was left unsent: the room is closed"),
            Err(error) => {
                let failure = Failure::new(FailureCode::ServerUnreachable, error.to_string());
                self.emit(Event::CommandFailed { failure, peer: Some(to) }).await;
            }
        }
    }
}
