//! The page's connections: which there are, and what is for which.

use std::{collections::HashMap, sync::Arc};

use parlor_protocol::media_port::{CONNECTIONS, DisplayReport, PortMessage, PortRequest};
use tokio::sync::{Mutex, mpsc};

use super::call::{Around, Call, CallOrder};

/// All connections of the page that is there now.
pub(super) struct Calls {
    around: Around,
    open: Mutex<HashMap<u32, mpsc::Sender<CallOrder>>>,
}

impl Calls {
    /// None yet.
    pub(super) fn new(around: Around) -> Arc<Self> {
        Arc::new(Self { around, open: Mutex::default() })
    }

    /// Does what the page asks. Waits while the connection in question has much to do.
    pub(super) async fn request(&self, request: PortRequest) {
        let connection = connection_of(&request);
        let mut open = self.open.lock().await;
        match request {
            PortRequest::Open { .. } => {
                open.retain(|_, orders| !orders.is_closed());
                if open.contains_key(&connection) || open.len() >= CONNECTIONS {
                    self.refuse("InvalidStateError", "no more connections, or not this number again");
                    return;
                }
                open.insert(connection, Call::open(connection, request, self.around.clone()));
            }
            PortRequest::Close { .. } => {
                // Without its sender a connection ends when it has done what was asked before.
                open.remove(&connection);
            }
            request => {
                let Some(orders) = open.get(&connection).cloned() else {
                    tracing::debug!(connection, "the page asked for a connection that has ended");
                    return;
                };
                drop(open);
                // A connection that has just ended by itself has said so.
                drop(orders.send(CallOrder::Request(request)).await);
            }
        }
    }

    /// Passes on what the page's decoder says.
    pub(super) async fn shown(&self, report: DisplayReport) {
        let connection = match &report {
            DisplayReport::Shown { connection, .. } | DisplayReport::KeyFrameNeeded { connection } => *connection,
        };
        let orders = self.open.lock().await.get(&connection).cloned();
        if let Some(orders) = orders {
            // As above.
            drop(orders.send(CallOrder::Shown(report)).await);
        }
    }

    /// The page went: so do its connections.
    pub(super) async fn close_all(&self) {
        self.open.lock().await.clear();
    }

    /// Tells the page that what it said was no request.
    pub(super) fn refuse(&self, name: &str, detail: &str) {
        let (name, detail) = (name.to_owned(), detail.to_owned());
        self.around.say(&PortMessage::Refused { rid: None, name, detail });
    }
}

const fn connection_of(request: &PortRequest) -> u32 {
    match request {
        PortRequest::Open { connection, .. }
        | PortRequest::AddTransceiver { connection, .. }
        | PortRequest::SetDirection { connection, .. }
        | PortRequest::SetLocalDescription { connection, .. }
        | PortRequest::SetRemoteDescription { connection, .. }
        | PortRequest::AddIceCandidate { connection, .. }
        | PortRequest::RestartIce { connection }
        | PortRequest::SetSending { connection, .. }
        | PortRequest::SetParameters { connection, .. }
        | PortRequest::SetPlaying { connection, .. }
        | PortRequest::GetStats { connection, .. }
        | PortRequest::Close { connection } => *connection,
    }
}
