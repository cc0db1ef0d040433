//! What waits to be sent on a connection. Sending waits for the peer, a session must not: so two tasks send, one a channel.
//!
//! Promises: order within a channel; nothing of it outlives the connection. Leaves to others: how much is ordered (the window).

use std::{sync::Arc, time::Duration};

use bytes::Bytes;
use tokio::{sync::mpsc, task::JoinHandle, time::timeout};

use super::speed_limit::SpeedLimit;
use crate::link::DataLink;

/// Control messages that wait: an offer of 20 000 entries proven one by one, and the rest.
const CONTROL_MESSAGES: usize = 32 * 1024;
/// Frames that wait: a window of bytes in the smallest files, each with two proofs, is bounded by the entries of an offer.
const BULK_FRAMES: usize = 96 * 1024;

/// The sending side of a connection. Dropping it drops what was not sent.
#[derive(Debug)]
pub(crate) struct Outbox {
    control: mpsc::Sender<String>,
    bulk: mpsc::Sender<Bytes>,
    tasks: [JoinHandle<()>; 2],
}

impl Outbox {
    /// Begins to send what is queued, frames no faster than `limit` lets them.
    pub(crate) fn start(link: &Arc<DataLink>, limit: Arc<SpeedLimit>) -> Self {
        let (control, mut messages) = mpsc::channel(CONTROL_MESSAGES);
        let (bulk, mut frames) = mpsc::channel::<Bytes>(BULK_FRAMES);
        let talker = Arc::clone(link);
        let talking = tokio::spawn(async move {
            while let Some(message) = messages.recv().await {
                if let Err(error) = talker.send_control(message).await {
                    tracing::debug!(%error, "control ends");
                    return;
                }
            }
        });
        let carrier = Arc::clone(link);
        let carrying = tokio::spawn(async move {
            while let Some(frame) = frames.recv().await {
                limit.wait_for(frame.len()).await;
                if let Err(error) = carrier.send_bulk(frame).await {
                    tracing::debug!(%error, "bulk ends");
                    return;
                }
            }
        });
        Self { control, bulk, tasks: [talking, carrying] }
    }

    /// Queues a control message. False when the peer has not read for so long that nothing more fits, or the channel has ended.
    #[must_use]
    pub(crate) fn control(&self, message: String) -> bool {
        self.control.try_send(message).is_ok()
    }

    /// Queues a frame. False as in [`Outbox::control`].
    #[must_use]
    pub(crate) fn bulk(&self, frame: Bytes) -> bool {
        self.bulk.try_send(frame).is_ok()
    }

    /// Sends the control messages that wait, for no longer than `patience`, drops all else and lets go of the link.
    pub(crate) async fn stop(mut self, patience: Duration) {
        // With its queue closed the first task ends by itself.
        let (closed, _) = mpsc::channel(1);
        self.control = closed;
        let [talking, carrying] = &mut self.tasks;
        carrying.abort();
        if timeout(patience, &mut *talking).await.is_ok() {
            let _ = carrying.await;
            return;
        }
        for task in &mut self.tasks {
            task.abort();
            // It ends as aborted, or had ended before.
            let _ = task.await;
        }
    }
}

impl Drop for Outbox {
    fn drop(&mut self) {
        for task in &self.tasks {
            task.abort();
        }
    }
}
