//! What can be wrong, split by who can act: the user or caller ([`TransferError`]), the peer ([`PeerFault`]).

use parlor_protocol::{
    code::{Failure, FailureCode},
    frame::FrameError,
};

/// A wish that was not granted. The machine is unchanged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TransferError {
    /// User: shorten the text.
    #[error("the text is too long")]
    TextTooLong,
    /// User: wait until the peer is back; this many texts wait already.
    #[error("too many texts wait for the peer")]
    TextsWaiting,
    /// User: nothing was offered, or more than an offer holds, or a name no offer carries.
    #[error("the offer is empty or over a limit")]
    OfferInvalid,
    /// Caller: no such transfer, or not in a state for this. A race with the peer that ends well.
    #[error("no such transfer, or not in a state for this")]
    NotNow,
}

impl From<TransferError> for Failure {
    fn from(error: TransferError) -> Self {
        let code = match error {
            TransferError::TextTooLong => FailureCode::TextTooLong,
            TransferError::OfferInvalid => FailureCode::OfferInvalid,
            TransferError::TextsWaiting | TransferError::NotNow => FailureCode::NotNow,
        };
        Self::new(code, error.to_string())
    }
}

/// How a peer broke the protocol outside of any transfer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PeerFault {
    /// A message of `bulk` that is no frame.
    #[error("no frame: {0}")]
    Frame(#[from] FrameError),
    /// A frame for a transfer that was never accepted here.
    #[error("a frame for a transfer that was not accepted")]
    Unasked,
    /// A text over the limit.
    #[error("a text over the limit")]
    TextTooLong,
    /// More offers unanswered than a peer keeps.
    #[error("too many offers")]
    TooManyOffers,
}
