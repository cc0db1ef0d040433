//! Hellos and envelopes: what a session says through the server.

use parlor_protocol::{
    code::{Failure, FailureCode},
    host::{Event, LinkState, MediaSignal},
    negotiation::{DescriptionType, Plane, Sealed},
};
use parlor_trust::{Epoch, Greeting, Nonce, TrustError, envelope};

use super::{Ended, Session, not_now};
use crate::random::random;

impl Session {
    /// Begins a handshake, now and again until it is done.
    pub(super) async fn greet(&mut self) {
        if self.is_refused() {
            return self.refuse();
        }
        let greeting = self.handshake.begin(Nonce(random()));
        self.hello_due_ms = Some(self.room.now_ms() + self.room.timings.hello_ms);
        self.send_hello(greeting).await;
    }

    /// The server sees the peer (again).
    pub(super) async fn present(&mut self) {
        self.is_present = true;
        self.absent_due_ms = None;
        let now_ms = self.room.now_ms();
        match &mut self.connection {
            Some(connection) if connection.is_live() => connection.liveness.doubted(now_ms),
            _ => self.greet_anew().await,
        }
    }

    /// Begins a handshake in place of the next connection: nothing proves that the other side still has our epoch.
    pub(super) async fn greet_anew(&mut self) {
        self.rebuild_due_ms = None;
        self.offer_due_ms = None;
        self.greet().await;
    }

    /// The server does not see the peer any more. A live connection does not care; a silent one is not waited for.
    pub(super) fn absent(&mut self) {
        self.is_present = false;
        let now_ms = self.room.now_ms();
        match &mut self.connection {
            Some(connection) if connection.is_live() => connection.liveness.ping_now(now_ms),
            _ => self.gone(),
        }
    }

    /// Neither the server nor a connection has the peer any more. What was cut off for longer than its connection lives may come back,
    /// and a transfer then goes on where it was: it is waited for.
    pub(super) fn gone(&mut self) {
        if self.exchange.is_busy() {
            let due_ms = self.room.now_ms() + self.room.timings.absent_ms;
            self.absent_due_ms.get_or_insert(due_ms);
            // Nobody is there to be told anything; who comes back is greeted.
            self.hello_due_ms = None;
            self.rebuild_due_ms = None;
            self.offer_due_ms = None;
        } else {
            self.ended = Some(Ended::Lost);
        }
    }

    /// A sealed message came, by a server that is not trusted.
    pub(super) async fn envelope(&mut self, body: &str) {
        if self.is_refused() {
            return;
        }
        match self.open(body).await {
            Ok(()) => {}
            Err(TrustError::PeerVersion(version)) if self.epoch.is_none() => {
                self.hello_due_ms = None;
                self.fail(Failure::new(FailureCode::PeerVersion, format!("an envelope of version {version}")));
            }
            Err(TrustError::Replay) => {}
            Err(error) => tracing::debug!(code = error.code(), "an envelope was dropped"),
        }
    }

    async fn open(&mut self, body: &str) -> Result<(), TrustError> {
        if envelope::kind_of(body)? == envelope::Kind::Hello {
            return self.hello(body).await;
        }
        let epoch = self.epoch.as_mut().ok_or(TrustError::NotForUs)?;
        match epoch.open(body)? {
            (_, Sealed::Hello(_)) => Err(TrustError::NotAMessage),
            (Plane::Data, Sealed::Description { link, description }) => {
                if link > self.last_link && description.kind == DescriptionType::Offer {
                    self.follow_link(link).await;
                }
                if let Some(connection) = self.connection.as_ref().filter(|connection| connection.number == link) {
                    connection.link.description_received(description).await;
                }
                Ok(())
            }
            (Plane::Data, Sealed::Candidate { link, candidate }) => {
                if let Some(connection) = self.connection.as_ref().filter(|connection| connection.number == link) {
                    connection.link.candidate_received(candidate).await;
                }
                Ok(())
            }
            (Plane::Media, Sealed::Description { link, description }) => {
                self.media_signal_received(MediaSignal::Description { link, description }).await;
                Ok(())
            }
            (Plane::Media, Sealed::Candidate { link, candidate }) => {
                self.media_signal_received(MediaSignal::Candidate { link, candidate }).await;
                Ok(())
            }
        }
    }

    async fn hello(&mut self, body: &str) -> Result<(), TrustError> {
        let hello = self.room.keys.open_hello(self.peer.id, self.room.self_peer, body)?;
        let step = self.handshake.hello_received(&hello, Nonce(random()))?;
        if let Some(greeting) = step.send {
            self.send_hello(greeting).await;
        }
        // A replayed hello is good for a name only while nothing better is known.
        if self.peer.host.is_none() || step.established.is_some() {
            self.peer.name = hello.name;
            self.peer.host = Some(hello.host);
        }
        if let Some(epoch) = step.established {
            self.begin_epoch(epoch).await;
        }
        Ok(())
    }

    async fn begin_epoch(&mut self, epoch: Epoch) {
        self.hello_due_ms = None;
        self.rebuild_due_ms = None;
        self.drop_connection();
        self.media = super::MediaProofs::default();
        self.last_link = 0;
        self.peer.epoch = Some(epoch.id().to_string());
        self.peer.initiator = epoch.initiator();
        self.peer.polite = epoch.polite();
        self.peer.link = LinkState::Connecting;
        self.peer.failure = None;
        let initiator = epoch.initiator();
        self.epoch = Some(epoch);
        // The screen must know of the epoch before anything of it happens.
        self.show().await;
        if initiator {
            self.begin_link(1, true).await;
        } else {
            self.offer_due_ms = Some(self.room.now_ms() + self.room.timings.connect_ms);
        }
    }

    async fn send_hello(&mut self, greeting: Greeting) {
        let about = self.room.own().about.clone();
        let hello = greeting.hello(&about);
        match self.room.keys.seal_hello(self.room.self_peer, self.peer.id, &hello, random()) {
            Ok(body) => {
                self.told_name = about.name;
                self.room.signal(self.peer.id, body).await;
            }
            Err(error) => tracing::error!(%error, "a hello could not be sealed"),
        }
    }

    /// Seals and sends a description or a candidate.
    pub(super) async fn send_sealed(&mut self, plane: Plane, message: &Sealed) -> Result<(), Failure> {
        let epoch = self.epoch.as_mut().ok_or_else(|| not_now("no handshake with this peer yet"))?;
        let body = epoch
            .seal(plane, message, random())
            .map_err(|error| Failure::new(FailureCode::Internal, error.to_string()))?;
        self.room.signal(self.peer.id, body).await;
        Ok(())
    }

    pub(super) async fn send_media_signal(&mut self, signal: MediaSignal) -> Result<(), Failure> {
        let message = match signal {
            MediaSignal::Description { link, description } => Sealed::Description { link, description },
            MediaSignal::Candidate { link, candidate } => Sealed::Candidate { link, candidate },
        };
        self.send_sealed(Plane::Media, &message).await
    }

    async fn media_signal_received(&mut self, signal: MediaSignal) {
        self.room.emit(Event::MediaSignalReceived { peer: self.peer.id, signal }).await;
    }
}
