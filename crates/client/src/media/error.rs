//! Why something of a call could not be done.

use thiserror::Error;

/// Split by who can act: the page (a request that makes no sense), this machine, or the peer.
#[derive(Debug, Error)]
pub enum MediaError {
    /// The page asked for something that the connection's state does not allow.
    #[error("not now: {0}")]
    State(String),
    /// The page named something that is not there, or that cannot be.
    #[error("no such thing: {0}")]
    Argument(String),
    /// The peer's description or candidate is none.
    #[error("the peer's word was not understood: {0}")]
    Remote(String),
    /// This machine cannot do it.
    #[error("this machine refuses: {0}")]
    Machine(String),
}

impl MediaError {
    /// The standard's name of such a `DOMException`.
    pub(super) const fn name(&self) -> &'static str {
        match self {
            Self::State(_) => "InvalidStateError",
            Self::Argument(_) => "InvalidAccessError",
            Self::Remote(_) => "OperationError",
            Self::Machine(_) => "UnknownError",
        }
    }
}
