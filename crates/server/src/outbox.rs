//! What waits to be written to one socket. Pure and bounded.
//!
//! Promises: in order; a message stays until it is written, so that signals for a socket that dies under way can be handed to
//! the seat's next socket. Leaves to others: the writing (`room_namespace`).

use std::{collections::VecDeque, sync::Arc};

use parlor_protocol::{
    id::PeerId,
    signaling::{Reply, ServerClosing, SignalDelivered},
};

/// Signals stop being taken for a socket that has this many messages waiting.
const SIGNAL_MESSAGES: usize = 1_024;
/// Signals stop being taken for a socket that has this many bytes waiting.
const SIGNAL_BYTES: usize = 512 * 1024;
/// A socket that lets this many messages wait does not read and is cut off.
const MOST_MESSAGES: usize = 4_096;
/// One batch: small enough that Engine.IO's own buffer never fills, even with pings in between.
const BATCH_MESSAGES: usize = 32;
/// Bytes after which a batch ends.
const BATCH_BYTES: usize = 128 * 1024;

/// An event to a client.
#[derive(Debug, Clone, PartialEq)]
pub enum Outgoing {
    /// Answers a request.
    Reply(Arc<Reply>),
    /// A peer came.
    PeerJoined(PeerId),
    /// A peer went.
    PeerLeft(PeerId),
    /// A sealed message.
    Signal(Arc<SignalDelivered>),
    /// The server goes down.
    Closing(ServerClosing),
}

impl Outgoing {
    /// Bytes it surely takes on the wire; what JSON adds is not counted.
    pub fn least_bytes(&self) -> usize {
        match self {
            Self::Signal(signal) => signal.body.len(),
            Self::Reply(_) | Self::PeerJoined(_) | Self::PeerLeft(_) | Self::Closing(_) => 16,
        }
    }
}

/// The queue of one socket.
#[derive(Debug, Default)]
pub struct Outbox {
    queue: VecDeque<Outgoing>,
    queued_bytes: usize,
    taken: usize,
}

impl Outbox {
    /// Whether a signal of this many bytes may still be queued.
    pub fn has_room_for(&self, bytes: usize) -> bool {
        self.queue.len() < SIGNAL_MESSAGES && self.queued_bytes + bytes <= SIGNAL_BYTES
    }

    /// Queues a message; false when the socket evidently does not read.
    #[must_use]
    pub fn push(&mut self, message: Outgoing) -> bool {
        if self.queue.len() >= MOST_MESSAGES {
            return false;
        }
        self.queued_bytes += message.least_bytes();
        self.queue.push_back(message);
        true
    }

    /// The next batch. Empty when there is none, or when the last one is not written yet.
    pub fn take(&mut self) -> Vec<Outgoing> {
        if self.taken > 0 {
            return Vec::new();
        }
        let mut bytes = 0;
        let batch: Vec<_> = self
            .queue
            .iter()
            .take(BATCH_MESSAGES)
            .take_while(|message| {
                let fits = bytes < BATCH_BYTES;
                bytes += message.least_bytes();
                fits
            })
            .cloned()
            .collect();
        self.taken = batch.len();
        batch
    }

    /// The batch last taken is written.
    pub fn written(&mut self) {
        for message in self.queue.drain(..self.taken.min(self.queue.len())) {
            self.queued_bytes = self.queued_bytes.saturating_sub(message.least_bytes());
        }
        self.taken = 0;
    }

    /// Nothing waits and nothing is under way.
    pub fn is_empty(&self) -> bool {
        self.queue.is_empty()
    }

    /// The signals that were not surely written, for the seat's next socket.
    pub fn into_signals(self) -> impl Iterator<Item = Arc<SignalDelivered>> {
        self.queue.into_iter().filter_map(|message| match message {
            Outgoing::Signal(signal) => Some(signal),
            Outgoing::Reply(_) | Outgoing::PeerJoined(_) | Outgoing::PeerLeft(_) | Outgoing::Closing(_) => None,
        })
    }
}
