//! The data connections of a session: begun, proven, watched, mended, rebuilt.

use std::{sync::Arc, time::Duration};

use parlor_protocol::{
    code::{Failure, FailureCode},
    control::{Control, Seen},
    host::LinkState,
    limits::CONTROL_BYTES,
    negotiation::{HostKind, Plane, Sealed},
};
use parlor_transfer::Input;

use super::{Ended, Session};
use crate::{
    link::{LinkConfig, LinkError, LinkEvent},
    room::{
        connection::{Confirming, Connection, Phase},
        liveness::Due,
        media_proofs::weaker,
    },
};

impl Session {
    /// Begins connection `number`, whose first offer we make or expect.
    pub(super) async fn begin_link(&mut self, number: u32, initiator: bool) {
        self.drop_connection();
        self.rebuild_due_ms = None;
        self.offer_due_ms = None;
        self.last_link = number;
        let config = {
            let own = self.room.own();
            LinkConfig {
                link: number,
                polite: self.peer.polite,
                initiator,
                ice_servers: own.ice_servers.clone(),
                relay_only: own.relay_only,
                is_narrow: self.peer.host == Some(HostKind::Browser),
            }
        };
        match Connection::begin(config, self.room.timings, Arc::clone(&self.room.speed), self.room.now_ms()).await {
            Ok(connection) => self.connection = Some(connection),
            Err(error) => self.fail(Failure::new(error.code(), error.to_string())),
        }
    }

    /// The peer has begun connection `number`.
    pub(super) async fn follow_link(&mut self, number: u32) {
        if self.peer.link == LinkState::Failed {
            self.peer.link = LinkState::Connecting;
        }
        self.begin_link(number, false).await;
    }

    /// Ends the connection; the machine goes on when the next one is there.
    pub(super) fn drop_connection(&mut self) {
        self.part(Duration::ZERO);
    }

    /// Ends the connection once what was said last is sent, for which `patience` is time; the session does not wait for it.
    pub(super) fn part(&mut self, patience: Duration) {
        if let Some(connection) = self.connection.take() {
            if connection.is_proven() {
                self.machine(Input::LinkLost);
                self.peer.proof = None;
                self.peer.path = None;
                self.peer.rtt_ms = None;
                self.forget_ends();
            }
            // Closing delivers what was sent, which takes its time; nothing waits for it.
            tokio::spawn(connection.close(patience));
        }
    }

    /// What the clock asks of the connection.
    pub(super) async fn tend_link(&mut self, now_ms: u64) {
        while let Some(due) = self.connection.as_mut().and_then(|connection| connection.liveness.due(now_ms)) {
            match due {
                Due::Ping(n) => self.send(&Control::Ping { n }).await,
                Due::Interrupted => {
                    self.peer.link = LinkState::Interrupted;
                    if !self.is_present {
                        self.gone();
                    } else if self.is_doubted() {
                        self.greet_anew().await;
                    }
                }
                Due::RestartIce => {
                    if let Some(connection) = &self.connection {
                        connection.link.restart_ice().await;
                    }
                }
                Due::Rebuild => self.rebuild_at(now_ms).await,
                Due::Expired => self.link_failed(&LinkError::NoPath).await,
            }
        }
        if self.offer_due_ms.is_some_and(|due_ms| due_ms <= now_ms) {
            self.offer_due_ms = None;
            self.fail(Failure::new(FailureCode::ConnectFailed, "the peer began no connection"));
        }
        if self.rebuild_due_ms.is_some_and(|due_ms| due_ms <= now_ms) {
            match self.last_link.checked_add(1) {
                Some(number) => self.begin_link(number, true).await,
                None => self.ended = Some(Ended::Lost),
            }
        }
    }

    /// Gives a proven connection up; the next one is begun at `due_ms` unless the peer does it before.
    async fn rebuild_at(&mut self, due_ms: u64) {
        let is_doubted = self.is_doubted();
        self.drop_connection();
        self.peer.link = LinkState::Interrupted;
        if !self.is_present {
            self.gone();
        } else if is_doubted {
            self.greet_anew().await;
        } else {
            self.rebuild_due_ms = Some(due_ms);
        }
    }

    /// Whether the peer was seen to come back and has not answered on this connection since: it may have forgotten our epoch.
    fn is_doubted(&self) -> bool {
        self.connection.as_ref().is_some_and(|connection| connection.liveness.is_doubted())
    }

    /// Something happened on the connection.
    pub(super) async fn link_event(&mut self, event: LinkEvent) {
        let now_ms = self.room.now_ms();
        match event {
            LinkEvent::LocalDescription(description) => {
                let message = Sealed::Description { link: self.last_link, description };
                self.say_sealed(&message).await;
            }
            LinkEvent::LocalCandidate(candidate) => {
                let message = Sealed::Candidate { link: self.last_link, candidate };
                self.say_sealed(&message).await;
            }
            LinkEvent::Opened { local_fingerprint, remote_fingerprint, max_message_bytes } => {
                let confirm = match (&mut self.connection, &self.epoch) {
                    (Some(connection), Some(epoch)) => {
                        connection.confirm(epoch, local_fingerprint, remote_fingerprint, max_message_bytes)
                    }
                    _ => return,
                };
                self.send(&confirm).await;
            }
            LinkEvent::Control(message) => self.control(message, now_ms).await,
            LinkEvent::Bulk(frame) => {
                if self.connection.as_ref().is_some_and(Connection::is_proven) {
                    self.heard(now_ms);
                    self.machine(Input::FrameReceived(frame));
                } else {
                    self.proof_failed("bulk came before the key confirmation").await;
                }
            }
            LinkEvent::Interrupted => {
                if let Some(connection) = self.connection.as_mut().filter(|connection| connection.is_proven()) {
                    connection.liveness.ice_interrupted(now_ms);
                }
            }
            LinkEvent::Mended => {
                if let Some(connection) = &mut self.connection {
                    connection.liveness.ping_now(now_ms);
                }
            }
            LinkEvent::Path { path, rtt_ms } => {
                self.peer.path = Some(path);
                self.peer.rtt_ms = rtt_ms.or(self.peer.rtt_ms);
            }
            LinkEvent::Failed(error) => self.link_failed(&error).await,
            LinkEvent::Closed => self.link_failed(&LinkError::Closed).await,
        }
    }

    /// The connection has ended by itself or by the peer.
    async fn link_failed(&mut self, error: &LinkError) {
        let was_proven = self.connection.as_ref().is_some_and(Connection::is_proven);
        tracing::debug!(%error, was_proven, link = self.last_link, "a connection ended");
        if matches!(error, LinkError::Certificate(_)) {
            // Who is wrong is not called back.
            return self.proof_failed(&error.to_string()).await;
        }
        if was_proven || self.peer.link == LinkState::Interrupted {
            let patience_ms = if self.peer.polite { self.room.timings.stagger_ms } else { 0 };
            // A connection that closed may have been a peer that goes: its goodbye by the server is waited for a moment.
            self.rebuild_at(self.room.now_ms() + self.room.timings.stagger_ms / 3 + patience_ms).await;
        } else {
            self.drop_connection();
            self.fail(Failure::new(error.code(), error.to_string()));
            if !self.is_present {
                self.gone();
            }
        }
    }

    async fn say_sealed(&mut self, message: &Sealed) {
        if let Err(failure) = self.send_sealed(Plane::Data, message).await {
            tracing::error!(%failure, "a message of the negotiation could not be sealed");
        }
    }

    /// Sends on `control`. A peer that takes nothing any more loses its connection.
    pub(super) async fn send(&mut self, control: &Control) {
        if self.connection.as_ref().is_some_and(|connection| !connection.send(control)) {
            self.link_failed(&LinkError::Closed).await;
        }
    }

    /// Something came from the peer.
    pub(super) fn heard(&mut self, now_ms: u64) {
        if let Some(connection) = &mut self.connection
            && connection.liveness.heard(now_ms)
        {
            self.absent_due_ms = None;
            self.peer.link = LinkState::Connected;
        }
    }

    async fn control(&mut self, message: String, now_ms: u64) {
        let proven = self.connection.as_ref().is_some_and(Connection::is_proven);
        if message.len() > CONTROL_BYTES {
            return self.broken("a control message over the limit").await;
        }
        match serde_json::from_str::<Control>(&message) {
            Ok(control) if proven => {
                self.heard(now_ms);
                self.control_received(control, now_ms).await;
            }
            Ok(Control::Confirm { mac, seen }) => self.confirmed(&mac, seen, now_ms).await,
            Ok(_) => self.proof_failed("something came before the key confirmation").await,
            Err(error) if proven => {
                self.heard(now_ms);
                // A kind of a later version, or nonsense: both are left alone.
                tracing::debug!(%error, "a control message was ignored");
            }
            Err(_) => self.proof_failed("something came before the key confirmation").await,
        }
    }

    /// The peer's word about the connection.
    async fn confirmed(&mut self, mac: &str, seen: Seen, now_ms: u64) {
        let Some(connection) = &mut self.connection else { return };
        let Phase::Confirming(Confirming { ends, max_message_bytes }) =
            std::mem::replace(&mut connection.phase, Phase::Opening)
        else {
            return self.proof_failed("a key confirmation before the connection was open").await;
        };
        if ends.confirmation.verify(mac, &ends.local, &ends.remote).is_err() {
            return self.proof_failed("the key confirmation is wrong").await;
        }
        connection.phase = Phase::Proven(ends);
        connection.liveness.proven(now_ms);
        if !self.room.admission.proven(self.peer.id) {
            self.ended = Some(Ended::TooLate);
            return;
        }
        self.peer.link = LinkState::Connected;
        self.peer.proof = Some(weaker(Seen::Certificate, seen));
        self.peer.failure = None;
        self.absent_due_ms = None;
        self.machine(Input::LinkUp { max_message_bytes });
        self.show().await;
        self.say_what_changed().await;
    }

    /// The peer did not prove itself on this connection.
    async fn proof_failed(&mut self, detail: &str) {
        tracing::warn!(detail, "a connection was not proven");
        self.drop_connection();
        self.rebuild_due_ms = None;
        self.fail(Failure::new(FailureCode::ProofFailed, detail));
    }

    /// The peer does what no honest peer does.
    pub(super) async fn broken(&mut self, detail: &str) {
        tracing::warn!(detail, "a peer broke the protocol");
        self.drop_connection();
        self.rebuild_due_ms = None;
        self.fail(Failure::new(FailureCode::ConnectFailed, detail));
    }
}
