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
use tokio::{sync::mpsc, time::Instant};

use super::{
    Timings, admission::Admission, again::Again, seat::Seat, speed_limit::SpeedLimit, transfer_index::TransferIndex,
};
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
    /// Who may come in.
    pub(crate) admission: Admission,
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
    events: mpsc::Sender<Event>,
}

impl RoomContext {
    pub(crate) fn new(
        seat: &Seat,
        keys: RoomKeys,
        signaling: Signaling,
        timings: Timings,
        speed: SpeedLimit,
        own: Own,
        events: mpsc::Sender<Event>,
    ) -> Self {
        let (transfers, speed, started) = (Arc::default(), Arc::new(speed), Instant::now());
        let (self_peer, admission) = (seat.peer, Admission::new(seat.admitting.clone()));
        let (own, again, refused) = (Mutex::new(own), Mutex::default(), Mutex::default());
        Self { self_peer, keys, signaling, transfers, admission, speed, timings, started, own, again, refused, events }
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
