//! What a connection to the server can do: the seam between supervision, which is ours, and the library that speaks Socket.IO.
//!
//! An implementation promises: whatever the server sends arrives as an [`Inbound`], in order, through a bounded queue; nothing it
//! sends passes for a state of the connection; dropping a connection ends it. It does not reconnect.

use async_trait::async_trait;
use parlor_protocol::{
    code::FailureCode,
    signaling::{Bare, Join, PeerPresence, Reply, ServerClosing, SignalDelivered, SignalRequest, Withdraw},
};
use tokio::sync::mpsc;

use super::ServerAddress;

/// What the server sent, or what became of the connection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Inbound {
    /// The namespace is open: events may be emitted from now on.
    Connected,
    /// `reply`
    Reply(Reply),
    /// `peer-joined`
    PeerJoined(PeerPresence),
    /// `peer-left`
    PeerLeft(PeerPresence),
    /// `signal`
    Signal(SignalDelivered),
    /// `server-closing`
    ServerClosing(ServerClosing),
    /// An event of the allow-list whose payload is not what the protocol says.
    Malformed {
        /// Its name.
        event: &'static str,
    },
    /// Something looks wrong with the connection. Not proven: a server event could look the same.
    Suspect {
        /// For the log.
        detail: String,
    },
    /// The connection does not take events any more.
    Broken {
        /// For the log.
        detail: String,
    },
}

/// What is sent to the server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Request {
    /// `join`
    Join(Join),
    /// `signal`
    Signal(SignalRequest),
    /// `leave`
    Leave(Bare),
    /// `withdraw`
    Withdraw(Withdraw),
    /// `heartbeat`
    Heartbeat(Bare),
}

/// Why a connection could not be made, or does not take a request. For the log.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum TransportError {
    /// The network or the server.
    #[error("{0}")]
    Failed(String),
    /// Somebody answers, and is not whom the invitation names.
    #[error("the server shows another certificate than the invitation names")]
    Certificate,
}

impl TransportError {
    /// What the screen has words for.
    pub(super) fn code(&self) -> FailureCode {
        match self {
            Self::Failed(_) => FailureCode::ServerUnreachable,
            Self::Certificate => FailureCode::ServerCertificate,
        }
    }
}

/// Makes connections.
#[async_trait]
pub(super) trait Transport: Send + Sync + 'static {
    /// Makes a fresh connection to `server`. May return before [`Inbound::Connected`].
    async fn connect(
        &self,
        server: &ServerAddress,
        inbox: mpsc::Sender<Inbound>,
    ) -> Result<Box<dyn Connection>, TransportError>;
}

/// One connection.
#[async_trait]
pub(super) trait Connection: Send + Sync + 'static {
    /// Sends a request; waits while the network does not take it.
    async fn emit(&self, request: Request) -> Result<(), TransportError>;
    /// Ends the connection in order; may wait for the network, so the caller bounds it.
    async fn close(&self);
}
