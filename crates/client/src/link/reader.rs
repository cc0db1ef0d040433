//! Reads a channel into the link's events, one task each, so that bulk waiting for its reader holds up nothing else.

use std::sync::Arc;

use bytes::{Bytes, BytesMut};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc, watch};
use webrtc::data_channel::{DataChannel, DataChannelEvent};

use super::{BULK_PENDING_BYTES, LinkEvent, happened::Happened};

/// What the smallest bulk message counts for, so that no flood of small ones fills the event queue.
const SMALLEST_SHARE_BYTES: usize = 32 * 1024;

/// Which channel a reader reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Control,
    Bulk,
}

/// Where a reader's findings go.
#[derive(Clone)]
pub(super) struct Outlet {
    pub(super) events: mpsc::Sender<LinkEvent>,
    pub(super) reports: mpsc::Sender<Happened>,
    /// True once `Opened` was handed over: no message may come before it.
    pub(super) opened: watch::Receiver<bool>,
    pub(super) shares: Arc<Semaphore>,
}

/// The budget of received bulk of one link.
pub(super) fn shares() -> Arc<Semaphore> {
    Arc::new(Semaphore::new(BULK_PENDING_BYTES))
}

/// Reads until the channel closes, then reports it.
pub(super) async fn read(kind: Kind, channel: Arc<dyn DataChannel>, mut outlet: Outlet) {
    while let Some(event) = channel.poll().await {
        let report = match event {
            DataChannelEvent::OnOpen => Happened::ChannelOpened,
            DataChannelEvent::OnMessage(message) => {
                match deliver(kind, message.is_string, message.data, &mut outlet).await {
                    Delivery::Done => continue,
                    Delivery::Broken(why) => Happened::PeerBroke(why),
                    Delivery::Unwanted => return,
                }
            }
            DataChannelEvent::OnClose => break,
            _ => continue,
        };
        if outlet.reports.send(report).await.is_err() {
            return;
        }
    }
    // A task that has ended knows.
    drop(outlet.reports.send(Happened::ChannelClosed).await);
}

enum Delivery {
    Done,
    Broken(&'static str),
    /// Nobody listens.
    Unwanted,
}

async fn deliver(kind: Kind, is_string: bool, data: BytesMut, outlet: &mut Outlet) -> Delivery {
    if outlet.opened.wait_for(|opened| *opened).await.is_err() {
        return Delivery::Unwanted;
    }
    let event = match (kind, is_string) {
        (Kind::Control, true) => match String::from_utf8(data.into()) {
            Ok(text) => LinkEvent::Control(text),
            Err(_) => return Delivery::Broken("control is not UTF-8"),
        },
        (Kind::Bulk, false) => match held(data, &outlet.shares).await {
            Some(bytes) => LinkEvent::Bulk(bytes),
            None => return Delivery::Unwanted,
        },
        (Kind::Control, false) => return Delivery::Broken("binary on control"),
        (Kind::Bulk, true) => return Delivery::Broken("text on bulk"),
    };
    if outlet.events.send(event).await.is_err() { Delivery::Unwanted } else { Delivery::Done }
}

/// Bytes that give their share back when the last of their clones and slices is dropped.
struct Held {
    data: Bytes,
    _share: OwnedSemaphorePermit,
}

impl AsRef<[u8]> for Held {
    fn as_ref(&self) -> &[u8] {
        &self.data
    }
}

async fn held(data: BytesMut, shares: &Arc<Semaphore>) -> Option<Bytes> {
    let share = u32::try_from(data.len().clamp(SMALLEST_SHARE_BYTES, BULK_PENDING_BYTES)).ok()?;
    let share = Arc::clone(shares).acquire_many_owned(share).await.ok()?;
    Some(Bytes::from_owner(Held { data: data.freeze(), _share: share }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::link::EVENTS;

    #[tokio::test]
    async fn received_bulk_is_bounded_until_the_last_slice_is_dropped() {
        let shares = shares();
        let mut alive = Vec::new();
        while shares.available_permits() > 0 {
            alive.push(held(BytesMut::zeroed(64 * 1024), &shares).await.unwrap());
        }
        assert_eq!(alive.len() * 64 * 1024, BULK_PENDING_BYTES);
        let slice = alive.pop().unwrap().slice(10..20);
        assert_eq!(shares.available_permits(), 0);
        drop(slice);
        assert_eq!(shares.available_permits(), 64 * 1024);
    }

    #[test]
    fn bulk_alone_never_fills_the_event_queue() {
        const { assert!(BULK_PENDING_BYTES / SMALLEST_SHARE_BYTES <= EVENTS / 2) };
    }
}
