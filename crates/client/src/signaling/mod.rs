//! The way to the server: one lasting seat in a room, over whatever connections it takes (docs/protocol.md, section 3).
//!
//! Promises: connects, joins, and after any loss comes back by itself with the same `peer` and `resume`, then sends again, in
//! order and byte-identical, every signal the server has not confirmed. Memory is bounded: at most [`OUTBOX_MESSAGES`] and
//! [`OUTBOX_BYTES`] of signals wait. Taking an order never depends on whether the events are being read.
//! Leaves to others: what a signal's body means (`parlor-trust`), and who calls whom (sessions).

mod address;
mod backoff;
mod event;
mod outbox;
mod refusal;
mod socketio;
mod supervisor;
mod task;
mod tls;
mod transport;
mod withdrawal;

pub use address::{Certificate, ServerAddress};
pub use event::{SignalingConfig, SignalingError, SignalingEvent};
pub(crate) use refusal::refusal;

use std::sync::Arc;

use parlor_protocol::id::PeerId;
use tokio::sync::{mpsc, oneshot};

/// Signals that wait for the server's confirmation at a time. A handshake with a full room of 16 needs some 15 × 20.
pub const OUTBOX_MESSAGES: usize = 512;
/// Bytes of bodies that wait for the server's confirmation at a time.
pub const OUTBOX_BYTES: usize = 2 * 1024 * 1024;
/// Orders between a handle and its task.
const ORDERS: usize = 64;

/// What a handle asks of its task.
enum Order {
    Signal { to: PeerId, body: String, taken: oneshot::Sender<Result<(), SignalingError>> },
    Withdraw { peers: Vec<PeerId> },
    Leave,
}

/// A seat in a room. Dropping it ends the connection without a `leave`, so that the seat stays for its grace.
pub struct Signaling {
    orders: mpsc::Sender<Order>,
    task: tokio::task::JoinHandle<()>,
}

impl Signaling {
    /// Begins to connect; must be called within a Tokio runtime. `events` gets what happens, [`SignalingEvent::Closed`] last.
    pub fn start(config: SignalingConfig, events: mpsc::Sender<SignalingEvent>) -> Self {
        Self::start_over(config, Arc::new(socketio::SocketIo), seed(), events)
    }

    fn start_over(
        config: SignalingConfig,
        transport: Arc<dyn transport::Transport>,
        seed: u64,
        events: mpsc::Sender<SignalingEvent>,
    ) -> Self {
        let (orders, taken) = mpsc::channel(ORDERS);
        let task = tokio::spawn(task::run(config, transport, seed, taken, events));
        Self { orders, task }
    }

    /// Passes `body` (base64url) to another peer of the room, now or once the server is back. Returns as soon as it is queued.
    ///
    /// # Errors
    /// [`SignalingError::OutboxFull`] if too much waits already, [`SignalingError::TooLarge`] if the server would not take it,
    /// [`SignalingError::Closed`] after `leave`, a refusal or a closed event queue.
    pub async fn signal(&self, to: PeerId, body: String) -> Result<(), SignalingError> {
        let (taken, answer) = oneshot::channel();
        self.orders.send(Order::Signal { to, body, taken }).await.map_err(|_| SignalingError::Closed)?;
        answer.await.map_err(|_| SignalingError::Closed)?
    }

    /// Has the server let nobody new into the room but `peers`, now and whenever it has forgotten it. Does nothing after the end.
    pub async fn withdraw(&self, peers: Vec<PeerId>) {
        let _ = self.orders.send(Order::Withdraw { peers }).await;
    }

    /// Leaves the room at once, so that the others are told without a grace, and ends. Takes at most two seconds.
    pub async fn leave(self) {
        // A task that has ended already has left.
        if self.orders.send(Order::Leave).await.is_ok()
            && let Err(error) = self.task.await
        {
            tracing::error!(%error, "the signaling task ended badly");
        }
    }
}

/// For scattering waits only.
fn seed() -> u64 {
    let mut bytes = [0; 8];
    if let Err(error) = getrandom::fill(&mut bytes) {
        // Unscattered waits work too.
        tracing::warn!(%error, "no randomness for waits");
    }
    u64::from_le_bytes(bytes)
}

#[cfg(test)]
mod tests;
