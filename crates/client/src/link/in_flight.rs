//! How much bulk is under way at once to a peer whose sockets are narrow.
//!
//! A browser gives its socket room for some fifty datagrams. On a short path all that is under way waits there, so whatever is over its room
//! is lost, at once and in long rows; SCTP then repeats one datagram a timeout, and a transfer of seconds takes minutes. Peers of our own have
//! wide sockets (`crate::runtime`).
//! Promises: no more is handed to the channel than its socket holds and the path carries; a sender that waits looks again
//! when the driver has taken datagrams in, confirmations among them, and not by the clock. (The channel's own events tell of what SCTP was
//! given, which is less than the channel was.) Leaves to others: the order of messages, and the peer's own window.

use std::sync::{
    Arc,
    atomic::{AtomicU32, AtomicUsize, Ordering},
};

use parlor_protocol::host::Path;
use tokio::sync::Notify;
use webrtc::{data_channel::DataChannel, error::Result};

/// What a narrow socket holds, in bytes, with what the kernel counts on top: measured, none of 64 MiB was lost, of twice as much 200 datagrams.
const SOCKET_BYTES: usize = 64 * 1024;
/// What a path carries meanwhile, in bytes a millisecond of its round trip: half a gigabit a second.
const PATH_BYTES_PER_MS: usize = 64 * 1024;

/// The bound of one channel.
#[derive(Debug)]
pub(super) struct InFlight {
    /// A message goes as soon as no more than this is under way.
    most: AtomicUsize,
    /// The shortest that was measured, in milliseconds: what is over it was spent waiting in queues.
    round_trip_ms: AtomicU32,
    /// What was confirmed may have become more.
    eased: Arc<Notify>,
}

impl InFlight {
    /// For a peer with narrow sockets, or one that needs no bound.
    pub(super) fn new(is_narrow: bool, eased: Arc<Notify>) -> Self {
        let most = if is_narrow { SOCKET_BYTES } else { usize::MAX };
        Self { most: AtomicUsize::new(most), round_trip_ms: AtomicU32::new(u32::MAX), eased }
    }

    /// The path was measured: the longer it is, the more is on it rather than in the socket at its end. Within a network it is short, and a
    /// round trip over it is spent in queues.
    pub(super) fn path(&self, path: Path, round_trip_ms: u32) {
        if self.most.load(Ordering::Relaxed) == usize::MAX {
            return;
        }
        let shortest_ms = round_trip_ms.min(self.round_trip_ms.fetch_min(round_trip_ms, Ordering::Relaxed));
        let on_path = match path {
            Path::Local => 0,
            Path::Direct | Path::Relayed => usize::try_from(shortest_ms).unwrap_or(usize::MAX),
        };
        let most =
            SOCKET_BYTES.saturating_add(on_path.saturating_mul(PATH_BYTES_PER_MS)).min(super::BULK_PENDING_BYTES);
        self.most.store(most, Ordering::Relaxed);
        self.eased.notify_waiters();
    }

    /// Waits until a message may go.
    ///
    /// # Errors
    /// The channel has closed.
    pub(super) async fn room(&self, channel: &dyn DataChannel) -> Result<()> {
        loop {
            // Begins to listen before it looks, so that what happens in between is heard.
            let eased = self.eased.notified();
            let most = self.most.load(Ordering::Relaxed);
            if most == usize::MAX || channel.outstanding_bytes().await? <= most {
                return Ok(());
            }
            eased.await;
        }
    }
}
