//! A room and its seats. Pure.

use std::{
    collections::{BTreeMap, VecDeque},
    sync::Arc,
};

use parlor_protocol::{
    id::PeerId,
    limits::{SEAT_QUEUE_BYTES, SEAT_QUEUE_MESSAGES},
    signaling::SignalDelivered,
};

use crate::{rate::TokenBucket, rooms::Admitted, secret_hash::SecretHash};

/// Names a socket to the machine; never used twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SocketId(pub u64);

/// One room.
#[derive(Debug)]
pub struct Room {
    /// Hash of the join token.
    pub token: SecretHash,
    /// Who sits here, by peer.
    pub seats: BTreeMap<PeerId, Seat>,
    /// How fast signals may pass.
    pub bucket: TokenBucket,
    /// Who alone may sit down, once the invitation is withdrawn.
    pub admitted: Option<Admitted>,
    /// When the room ends, while it is empty.
    pub ends_ms: Option<u64>,
}

/// A peer's place.
#[derive(Debug)]
pub struct Seat {
    /// Hash of the secret that takes it back.
    pub resume: SecretHash,
    /// Who holds it now.
    pub holder: Holder,
}

/// Who holds a seat.
#[derive(Debug)]
pub enum Holder {
    /// A socket.
    Socket(SocketId),
    /// Nobody: the socket dropped, and the seat is kept until then.
    Grace {
        /// When the seat is given up.
        until_ms: u64,
        /// Signals for whoever takes it back.
        waiting: Waiting,
    },
}

/// Signals that wait for a peer in grace.
#[derive(Debug, Default)]
pub struct Waiting {
    queue: VecDeque<Arc<SignalDelivered>>,
    queued_bytes: usize,
}

impl Waiting {
    /// What was accepted for the socket that dropped; it is bounded already and not refused again.
    pub fn inherited(signals: impl Iterator<Item = Arc<SignalDelivered>>) -> Self {
        let queue: VecDeque<_> = signals.collect();
        let queued_bytes = queue.iter().map(|signal| signal.body.len()).sum();
        Self { queue, queued_bytes }
    }

    /// Queues a signal; false beyond the protocol's limits.
    #[must_use]
    pub fn push(&mut self, signal: Arc<SignalDelivered>) -> bool {
        let bytes = self.queued_bytes + signal.body.len();
        if self.queue.len() >= SEAT_QUEUE_MESSAGES || bytes > SEAT_QUEUE_BYTES {
            return false;
        }
        self.queued_bytes = bytes;
        self.queue.push_back(signal);
        true
    }

    /// In order.
    pub fn into_signals(self) -> impl Iterator<Item = Arc<SignalDelivered>> {
        self.queue.into_iter()
    }
}
