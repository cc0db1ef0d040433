//! One data connection to one peer: two ordered, reliable channels, `control` (text) and `bulk` (binary), over WebRTC
//! (docs/protocol.md, sections 4.2 and 5).
//!
//! Promises: negotiates perfectly (W3C), trickles candidates, keeps early ones, reports the fingerprints of the certificates that
//! are live on the DTLS connection, and never drops a message it took in: a reader who is slow slows the sender. At most
//! [`BULK_PENDING_BYTES`] of received bulk are alive at a time. No method waits for the events to be read, except `send_*`, which
//! wait for the peer.
//! Leaves to others: signaling, key confirmation, pings, what messages mean, and when to restart ICE or to build a new link.

mod connection;
mod error;
mod event;
mod facts;
mod happened;
mod in_flight;
mod negotiation;
mod reader;
mod task;
#[cfg(test)]
mod tests;
mod turn_probe;

pub use connection::bare_connection;
#[cfg(feature = "media")]
pub(crate) use connection::usable;
pub use error::LinkError;
pub use event::{LinkConfig, LinkEvent};
#[cfg(feature = "media")]
pub(crate) use negotiation::over_udp;

use std::sync::Arc;

use bytes::{Bytes, BytesMut};
use parlor_protocol::negotiation::{Candidate, Description};
use tokio::{
    sync::{mpsc, watch},
    task::{JoinHandle, JoinSet},
};
use webrtc::data_channel::DataChannel;

use happened::{REPORTS, Reporter};
use in_flight::InFlight;
use reader::{Kind, Outlet};

/// Received bulk bytes that may be alive at a time: in the event queue or held by the reader. Every clone and slice of a
/// [`LinkEvent::Bulk`] counts until it is dropped, so write it to disk and let go. Also what may be unsent on a channel.
pub const BULK_PENDING_BYTES: usize = 4 * 1024 * 1024;
/// Capacity that the event queue should have, so that bulk alone can never fill it and control is never behind a full queue.
pub const EVENTS: usize = 256;
/// Largest message either way, in bytes. The peer's own limit, in [`LinkEvent::Opened`], may be lower.
pub const MESSAGE_BYTES: usize = 256 * 1024;
/// Orders between a handle and its task.
const ORDERS: usize = 64;

/// What a handle asks of its task.
enum Order {
    Description(Description),
    Candidate(Option<Candidate>),
    RestartIce,
    Close,
}

/// A data connection. Dropping it closes it.
pub struct DataLink {
    orders: mpsc::Sender<Order>,
    limit: watch::Receiver<Option<usize>>,
    control: Arc<dyn DataChannel>,
    bulk: Arc<dyn DataChannel>,
    in_flight: Arc<InFlight>,
    task: JoinHandle<()>,
}

impl DataLink {
    /// Makes the connection and begins to gather; an initiator also offers. Everything else comes as events, of which
    /// [`LinkEvent::Closed`] is the last.
    ///
    /// # Errors
    /// [`LinkError::Setup`] if this machine cannot make a connection at all, [`LinkError::IceServer`] for a server that is none.
    pub async fn open(config: LinkConfig, events: mpsc::Sender<LinkEvent>) -> Result<Self, LinkError> {
        let (reports, reported) = mpsc::channel(REPORTS);
        let connection = connection::connect(&config, Arc::new(Reporter(reports.clone()))).await?;
        let (opened, gate) = watch::channel(false);
        let (limit, limited) = watch::channel(None);
        let (orders, ordered) = mpsc::channel(ORDERS);
        let in_flight = Arc::new(InFlight::new(config.is_narrow, Arc::clone(connection.pace.turned())));
        let outlet = Outlet { events: events.clone(), reports, opened: gate, shares: reader::shares() };
        let (control, bulk) = (Arc::clone(&connection.control), Arc::clone(&connection.bulk));
        let mut readers = JoinSet::new();
        readers.spawn(reader::read(Kind::Control, Arc::clone(&control), outlet.clone()));
        readers.spawn(reader::read(Kind::Bulk, Arc::clone(&bulk), outlet));
        let task = task::Task {
            config,
            connection,
            orders: ordered,
            reports: reported,
            events,
            readers,
            opened,
            limit,
            in_flight: Arc::clone(&in_flight),
        };
        Ok(Self { orders, limit: limited, control, bulk, in_flight, task: tokio::spawn(task.run()) })
    }

    /// The peer's offer or answer. One that breaks the rules ends in [`LinkEvent::Failed`].
    pub async fn description_received(&self, description: Description) {
        self.order(Order::Description(description)).await;
    }

    /// A candidate of the peer, or the end of them. Unreadable and surplus ones are dropped.
    pub async fn candidate_received(&self, candidate: Option<Candidate>) {
        self.order(Order::Candidate(candidate)).await;
    }

    /// Sends on `control`. Waits while [`BULK_PENDING_BYTES`] are unsent on that channel.
    ///
    /// # Errors
    /// [`LinkError::Closed`] if the connection is not open or ends meanwhile, [`LinkError::TooLarge`] over the peer's limit.
    pub async fn send_control(&self, message: String) -> Result<(), LinkError> {
        self.check(message.len())?;
        self.control.send_text(&message).await.map_err(|_| LinkError::Closed)
    }

    /// Sends on `bulk`. Waits while [`BULK_PENDING_BYTES`] are unsent on that channel, or for a peer with narrow sockets as much as those and
    /// the path hold: the caller's backpressure. A message whose bytes nobody else holds is not copied.
    ///
    /// # Errors
    /// As [`DataLink::send_control`].
    pub async fn send_bulk(&self, message: Bytes) -> Result<(), LinkError> {
        self.check(message.len())?;
        self.in_flight.room(&*self.bulk).await.map_err(|_| LinkError::Closed)?;
        self.bulk.send(BytesMut::from(message)).await.map_err(|_| LinkError::Closed)
    }

    /// Gathers anew and offers, to mend an interrupted connection over other paths. Channels stay open. While an offer is out it
    /// waits for the answer.
    pub async fn restart_ice(&self) {
        self.order(Order::RestartIce).await;
    }

    /// Ends the connection behind what was sent, and tells the peer, which sees [`LinkEvent::Closed`]. Takes at most two seconds.
    pub async fn close(self) {
        self.order(Order::Close).await;
        if let Err(error) = self.task.await {
            tracing::error!(%error, "a link's task ended badly");
        }
    }

    async fn order(&self, order: Order) {
        // A link that has ended said so as an event.
        drop(self.orders.send(order).await);
    }

    fn check(&self, bytes: usize) -> Result<(), LinkError> {
        let limit = (*self.limit.borrow()).ok_or(LinkError::Closed)?;
        if bytes > limit { Err(LinkError::TooLarge { bytes, limit }) } else { Ok(()) }
    }
}
