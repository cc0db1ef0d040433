//! What happens to an [`Exchange`](crate::Exchange): the peer's messages, the user's wishes, and what became of orders.

use bytes::Bytes;
use parlor_protocol::{
    code::TransferCode,
    control::{Control, OfferedEntry},
    id::{TextId, TransferId},
};

use crate::found::FoundEntry;

/// Something that happened. Inputs for transfers the machine no longer knows (late results) are ignored.
#[derive(Debug, Clone)]
pub enum Input {
    /// A data connection is up *and its key confirmation is right*. Implies [`Input::LinkLost`] for an older one.
    LinkUp {
        /// The peer's `max-message-size` (RFC 8841), header included; give `usize::MAX` for "no limit".
        max_message_bytes: usize,
    },
    /// The data connection is gone. The driver drops every frame and control message it has not sent yet.
    LinkLost,
    /// A message of `control`. Kinds that are not about texts and transfers are ignored.
    ControlReceived(Control),
    /// A whole message of `bulk`, header included.
    FrameReceived(Bytes),
    /// The user offers files. `/`, `\` and NUL inside a component (legal in a name on some systems) become `_`.
    OfferFiles {
        /// Fresh, random.
        transfer: TransferId,
        /// At least one, at most [`parlor_protocol::limits::OFFER_ENTRIES`].
        entries: Vec<OfferedEntry>,
    },
    /// The user consents to an offer. Works while the link is down as well.
    Accept {
        /// A waiting incoming one.
        transfer: TransferId,
        /// Entries that are not wanted; at least one is left.
        without: Vec<u32>,
    },
    /// The user refuses an offer.
    Decline {
        /// A waiting incoming one.
        transfer: TransferId,
    },
    /// The user holds a transfer of either direction up, or lets it go on. Works while the link is down as well.
    Pause {
        /// One that was accepted and has not ended.
        transfer: TransferId,
        /// True to hold it up.
        paused: bool,
    },
    /// From now on no more is sent ahead than two seconds of this speed hold, one block at least, so that what was sent can be held up and
    /// cancelled soon. Keeping to the speed is the driver's, who knows what other peers take of it.
    LimitSpeed {
        /// None for no limit.
        bytes_per_second: Option<u64>,
    },
    /// The user ends a transfer of either direction.
    Cancel {
        /// Any that has not ended.
        transfer: TransferId,
    },
    /// The user writes. Kept and sent again until the peer says it has it.
    SendText {
        /// Fresh, random.
        id: TextId,
        /// At most [`parlor_protocol::limits::TEXT_BYTES`].
        body: String,
        /// The author's clock, milliseconds since 1970.
        sent_at_ms: u64,
    },
    /// What became of [`Output::FindEntries`](crate::Output::FindEntries): what is left, in any order. Nothing is found of what is not named.
    EntriesFound {
        /// As ordered.
        transfer: TransferId,
        /// What was found.
        found: Vec<FoundEntry>,
    },
    /// Instead of [`Input::EntriesFound`]: the disk has no room for what is left to come. The offer waits for the user's answer again, and
    /// the sender hears nothing of it.
    NoRoom {
        /// As ordered.
        transfer: TransferId,
    },
    /// What became of [`Output::ReadBlock`](crate::Output::ReadBlock); results may come in any order.
    BlockRead {
        /// As ordered.
        transfer: TransferId,
        /// As ordered.
        entry: u32,
        /// As ordered.
        block: u32,
        /// The bytes, or `SourceChanged` or `ReadFailed`. A length other than ordered counts as changed.
        result: Result<Bytes, TransferCode>,
    },
    /// What became of [`Output::WriteBlock`](crate::Output::WriteBlock); results may come in any order.
    BlockWritten {
        /// As ordered.
        transfer: TransferId,
        /// As ordered.
        entry: u32,
        /// As ordered.
        block: u32,
        /// The write returned, or `NoSpace` (ends the transfer) or `WriteFailed` (ends the entry).
        result: Result<(), TransferCode>,
    },
    /// What became of [`Output::FinishEntry`](crate::Output::FinishEntry).
    EntryFinished {
        /// As ordered.
        transfer: TransferId,
        /// As ordered.
        entry: u32,
        /// The file stands under its name, or `NoSpace` or `WriteFailed`.
        result: Result<(), TransferCode>,
    },
    /// The time of [`Exchange::next_timeout_ms`](crate::Exchange::next_timeout_ms) has come. Harmless at any other time.
    Tick,
}
