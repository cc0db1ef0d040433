//! What the engine asks of a session.

use parlor_protocol::{
    code::Failure,
    host::MediaSignal,
    id::{TextId, TransferId},
};
use tokio::sync::oneshot;

use super::media_proofs::View;
use crate::disk::{Found, IncomingFiles};

/// Where the outcome of a wish goes. Whoever asked may have gone.
pub(crate) type Answer = oneshot::Sender<Result<(), Failure>>;

/// An order to a session.
pub(crate) enum SessionOrder {
    /// The server sees the peer in the room (again).
    Present,
    /// The server does not see it any more.
    Absent,
    /// A sealed message came.
    Envelope(String),
    /// Write.
    Text { id: TextId, body: String, sent_at_ms: u64 },
    /// Offer files.
    Offer { files: Vec<Found>, answer: Answer },
    /// Take an offer, but for some of its entries.
    Accept { transfer: TransferId, without: Vec<u32>, incoming: IncomingFiles, answer: Answer },
    /// Refuse an offer.
    Decline { transfer: TransferId, answer: Answer },
    /// Hold a transfer up, or let it go on.
    Pause { transfer: TransferId, paused: bool, answer: Answer },
    /// End a transfer.
    Cancel { transfer: TransferId, answer: Answer },
    /// Pass a message of the media plane on.
    Media { signal: MediaSignal, answer: Answer },
    /// Confirm a media connection.
    ConfirmMedia { view: View, answer: Answer },
    /// Begin a comparison.
    Compare { answer: Answer },
    /// What the user found of the strings compared.
    JudgeComparison { same: bool, answer: Answer },
    /// Whether our device is shown changed.
    Device,
    /// The room's invitation was withdrawn.
    Withdrawn,
    /// Our name changed.
    Profile,
    /// What of our media is on changed.
    MediaState,
    /// How fast files leave changed.
    SpeedLimit,
    /// Say goodbye and end.
    Leave,
    /// The same, for the invitation was for one guest who came before.
    TooLate,
}
