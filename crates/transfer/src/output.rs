//! What an [`Exchange`](crate::Exchange) orders, and what it tells.

use std::collections::VecDeque;

use bytes::Bytes;
use parlor_protocol::{
    control::Control,
    host::Transfer,
    id::{TextId, TransferId},
};

use crate::{SafePath, block::Hash, error::PeerFault, found::WantedEntry};

/// Orders and news, oldest first. Bounded by what the machine orders ahead: the window, and one page of words a transfer.
pub(crate) type Outputs = VecDeque<Output>;

/// An order to the driver. Orders of one kind are given in the order they must be carried out.
#[derive(Debug, Clone)]
pub enum Output {
    /// Send on `control`, in order; at most [`parlor_protocol::limits::CONTROL_BYTES`] as JSON.
    SendControl(Control),
    /// Send on `bulk`, in order: header and payload in one buffer. What is ordered but not yet sent is at most the window
    /// ([`parlor_protocol::limits::WINDOW_BYTES`]) and some proofs, so the driver may queue it.
    SendFrame(Bytes),
    /// Read a block of an offered file and answer with [`Input::BlockRead`](crate::Input::BlockRead). Orders of one entry ascend.
    /// Several may be under way at once, 4 MiB together at most. A file that is not what was offered (size, modified
    /// time) is `SourceChanged`.
    ReadBlock {
        /// Which transfer.
        transfer: TransferId,
        /// Index into the offer.
        entry: u32,
        /// Index of the block.
        block: u32,
        /// Where in the file, in bytes.
        offset: u64,
        /// How many bytes, 1 … 1 MiB.
        len: u32,
        /// This is the entry's last block, so the file may be closed afterwards (it may still be asked for again after `LinkLost`).
        last: bool,
    },
    /// Look for what an earlier session left of an accepted transfer, prove it again, and answer with
    /// [`Input::EntriesFound`](crate::Input::EntriesFound) or [`Input::NoRoom`](crate::Input::NoRoom). Comes before every other order about
    /// its files, and once for each consent: after `NoRoom` the user may give it anew.
    FindEntries {
        /// Which transfer.
        transfer: TransferId,
        /// All its entries, in their order.
        entries: Vec<WantedEntry>,
    },
    /// Open a part beside the target of an entry, or the one that was found; comes once, before its first [`Output::WriteBlock`] or its
    /// [`Output::FinishEntry`]. There is no answer: a failure shows in the answers of those.
    OpenEntry {
        /// Which transfer.
        transfer: TransferId,
        /// Index into the offer.
        entry: u32,
        /// Where, below the folder for received files.
        path: SafePath,
        /// Bytes it will have.
        size: u64,
    },
    /// Write a proven block into the part and answer with [`Input::BlockWritten`](crate::Input::BlockWritten).
    WriteBlock {
        /// Which transfer.
        transfer: TransferId,
        /// Index into the offer.
        entry: u32,
        /// Index of the block.
        block: u32,
        /// Where in the file, in bytes.
        offset: u64,
        /// The block.
        bytes: Bytes,
        /// Its hash.
        proof: Hash,
    },
    /// Every block is written and the whole is proven: sync, set the time, rename without replacing, and answer with
    /// [`Input::EntryFinished`](crate::Input::EntryFinished).
    FinishEntry {
        /// Which transfer.
        transfer: TransferId,
        /// Index into the offer.
        entry: u32,
        /// Bytes.
        size: u64,
        /// The file's own time, milliseconds since 1970.
        modified_ms: Option<u64>,
    },
    /// Give up the part of an entry that failed, one that was found too. Answers still due for it need not come.
    DiscardEntry {
        /// Which transfer.
        transfer: TransferId,
        /// Index into the offer.
        entry: u32,
        /// A disk failed on either side: what is proven of it stays for a later session. Else it is removed.
        keep: bool,
    },
    /// The transfer has ended, either direction: close its files and remove parts that did not get their name. Finished files stay.
    /// Comes exactly once a transfer, after its last event. Answers still due need not come.
    ReleaseTransfer {
        /// Which transfer.
        transfer: TransferId,
        /// A disk failed or the sender was restarted, and nobody wished it ended: parts and what is known of them stay for a later session.
        keep: bool,
        /// Entries of ours that the receiver has not proven: what would be offered again. Empty for a transfer to us.
        missing: Vec<u32>,
    },
    /// Something to tell.
    Event(Event),
}

/// What happened, for the one who drives.
#[derive(Debug, Clone, PartialEq)]
pub enum Event {
    /// A transfer began, moved or ended: its whole state. At once when its state changes, at most five times a second for progress.
    TransferChanged(Transfer),
    /// A text came; never twice.
    TextReceived {
        /// Its id.
        id: TextId,
        /// What.
        body: String,
        /// The author's clock, milliseconds since 1970.
        sent_at_ms: u64,
    },
    /// The peer has a text of ours.
    TextDelivered {
        /// Which.
        id: TextId,
    },
    /// The peer sent what no honest peer sends and what belongs to no transfer that could be cancelled for it. Close the connection.
    ProtocolBroken(PeerFault),
}
