//! One data connection of a session, from its first offer to its end.

use std::{sync::Arc, time::Duration};

use parlor_protocol::{control::Control, negotiation::Plane};
use parlor_trust::{Epoch, Fingerprint, KeyConfirmation};
use tokio::sync::mpsc;

use super::{Timings, liveness::Liveness, outbox::Outbox, speed_limit::SpeedLimit};
use crate::link::{DataLink, EVENTS, LinkConfig, LinkError, LinkEvent};

/// How far a connection is.
#[derive(Debug)]
pub(crate) enum Phase {
    /// Finding a way.
    Opening,
    /// Open; our word is said, the peer's has not come.
    Confirming(Confirming),
    /// Both words were right.
    Proven(Box<Ends>),
}

/// What the peer's word is checked against.
#[derive(Debug)]
pub(crate) struct Confirming {
    pub(crate) ends: Box<Ends>,
    pub(crate) max_message_bytes: usize,
}

/// The two ends of a connection, as seen on it.
#[derive(Debug)]
pub(crate) struct Ends {
    pub(crate) confirmation: KeyConfirmation,
    pub(crate) local: Fingerprint,
    pub(crate) remote: Fingerprint,
}

/// A connection and what belongs to it. Dropping it closes it.
pub(crate) struct Connection {
    pub(crate) number: u32,
    pub(crate) link: Arc<DataLink>,
    pub(crate) events: mpsc::Receiver<LinkEvent>,
    pub(crate) liveness: Liveness,
    pub(crate) phase: Phase,
    outbox: Outbox,
}

impl Connection {
    /// Begins a connection.
    ///
    /// # Errors
    /// What [`DataLink::open`] refuses.
    pub(crate) async fn begin(
        config: LinkConfig,
        timings: Timings,
        limit: Arc<SpeedLimit>,
        now_ms: u64,
    ) -> Result<Self, LinkError> {
        let (number, polite) = (config.link, config.polite);
        let (sender, events) = mpsc::channel(EVENTS);
        let link = Arc::new(DataLink::open(config, sender).await?);
        let outbox = Outbox::start(&link, limit);
        let liveness = Liveness::new(timings, polite, now_ms);
        Ok(Self { number, link, events, liveness, phase: Phase::Opening, outbox })
    }

    /// Says our word on it, the first message of the connection.
    pub(crate) fn confirm(
        &mut self,
        epoch: &Epoch,
        local: [u8; 32],
        remote: [u8; 32],
        max_message_bytes: usize,
    ) -> Control {
        let (local, remote) = (Fingerprint(local), Fingerprint(remote));
        let confirmation = epoch.key_confirmation(Plane::Data, self.number);
        let mac = confirmation.mac(&local, &remote);
        let ends = Box::new(Ends { confirmation, local, remote });
        self.phase = Phase::Confirming(Confirming { ends, max_message_bytes });
        Control::Confirm { mac, seen: parlor_protocol::control::Seen::Certificate }
    }

    /// Whether it was proven.
    pub(crate) fn is_proven(&self) -> bool {
        self.ends().is_some()
    }

    /// Its ends, once they are proven.
    pub(crate) fn ends(&self) -> Option<&Ends> {
        match &self.phase {
            Phase::Proven(ends) => Some(ends),
            Phase::Opening | Phase::Confirming(_) => None,
        }
    }

    /// Whether it was proven and the peer is heard.
    pub(crate) fn is_live(&self) -> bool {
        self.is_proven() && !self.liveness.is_interrupted()
    }

    /// Queues a control message. False when the connection takes nothing more.
    #[must_use]
    pub(crate) fn send(&self, control: &Control) -> bool {
        match serde_json::to_string(control) {
            Ok(message) => self.outbox.control(message),
            Err(error) => {
                tracing::error!(%error, "a control message has no JSON");
                true
            }
        }
    }

    /// Queues a frame. False when the connection takes nothing more.
    #[must_use]
    pub(crate) fn send_frame(&self, frame: bytes::Bytes) -> bool {
        self.outbox.bulk(frame)
    }

    /// Ends it. The control messages that wait are sent before, for which `patience` is time; what was not sent is dropped.
    pub(crate) async fn close(self, patience: Duration) {
        self.outbox.stop(patience).await;
        // Reading goes on being possible to nobody: the link must not wait for a reader in order to close.
        drop(self.events);
        if let Some(link) = Arc::into_inner(self.link) {
            link.close().await;
        }
    }
}
