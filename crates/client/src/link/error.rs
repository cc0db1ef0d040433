//! Why a link failed, split by who can act.

use parlor_protocol::code::FailureCode;

/// Why a link does not work.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LinkError {
    /// User: check user name and credential of the TURN server.
    #[error("the TURN server refused user name or credential")]
    TurnRefused,
    /// User: check the address of the TURN server, and the network.
    #[error("no TURN server could be reached")]
    TurnUnreachable,
    /// User: an ICE server's URL cannot be used.
    #[error("not a usable ICE server: {0}")]
    IceServer(String),
    /// Nobody, or a TURN server: no path between the two devices was found, or it was lost for good.
    #[error("no path to the peer")]
    NoPath,
    /// Nobody yet: the certificate is not the one that was named, so another than the peer may be there.
    #[error("another certificate than the one named: {0}")]
    Certificate(&'static str),
    /// The peer sent a description that cannot be used, or broke the rules of a channel.
    #[error("the peer broke the protocol: {0}")]
    Peer(String),
    /// This machine cannot make a connection.
    #[error("a connection could not be made: {0}")]
    Setup(String),
    /// The link is not open, or has ended.
    #[error("the link is not open")]
    Closed,
    /// A message over the limit of the peer.
    #[error("a message of {bytes} bytes is over the limit of {limit}")]
    TooLarge {
        /// Its size.
        bytes: usize,
        /// The most the peer takes.
        limit: usize,
    },
}

impl LinkError {
    /// What the UI has words for.
    pub const fn code(&self) -> FailureCode {
        match self {
            Self::TurnRefused => FailureCode::TurnRefused,
            Self::TurnUnreachable | Self::IceServer(_) => FailureCode::TurnUnreachable,
            Self::Certificate(_) => FailureCode::ProofFailed,
            Self::NoPath | Self::Peer(_) | Self::Closed => FailureCode::ConnectFailed,
            Self::Setup(_) | Self::TooLarge { .. } => FailureCode::Internal,
        }
    }
}
