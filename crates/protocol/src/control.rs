//! Messages of the `control` channel (docs/protocol.md, section 5.2). JSON, one a message, at most
//! [`crate::limits::CONTROL_BYTES`].

use serde::{Deserialize, Serialize};

use crate::{
    code::TransferCode,
    id::{TextId, TransferId},
};

/// How a peer saw the fingerprints it confirms.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS), ts(export))]
pub enum Seen {
    /// On the live DTLS connection.
    Certificate,
    /// Only in the session description.
    Description,
}

/// One file of an offer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS), ts(export, optional_fields))]
pub struct OfferedEntry {
    /// Relative path, one component an item; never trusted.
    pub path: Vec<String>,
    /// Bytes.
    #[cfg_attr(feature = "bindings", ts(type = "number"))]
    pub size: u64,
    /// Milliseconds since 1970, for show and for the file's own time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "bindings", ts(type = "number"))]
    pub modified_ms: Option<u64>,
}

/// Blocks of an entry, one behind the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS), ts(export))]
pub struct BlockRange {
    /// The first one.
    pub first: u32,
    /// The one behind the last.
    pub end: u32,
}

/// Where an entry goes on after an interruption.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS), ts(export))]
pub struct ResumePoint {
    /// Index into the offer.
    pub entry: u32,
    /// First block still missing; the number of blocks if only the entry proof is missing.
    pub next_block: u32,
    /// True when the entry is proven and nothing of it is wanted.
    #[serde(default)]
    pub proven: bool,
    /// Blocks behind `next_block` that are stored already, ascending and apart from one another.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub stored: Vec<BlockRange>,
}

/// A message of the `control` channel.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "kebab-case")]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS), ts(export))]
pub enum Control {
    /// Key confirmation: the first message, both ways.
    Confirm {
        /// 32 bytes, base64url.
        mac: String,
        /// How the sender saw the fingerprints.
        seen: Seen,
    },
    /// The sender's name changed.
    Profile {
        /// At most [`crate::limits::NAME_CHARS`].
        name: String,
    },
    /// The room's invitation is withdrawn: nobody new is let in.
    Withdrawn {},
    /// Asks for a `Pong`.
    Ping {
        /// Repeated in the answer.
        n: u32,
    },
    /// Answers a `Ping`.
    Pong {
        /// The ping's.
        n: u32,
    },
    /// Chat.
    Text {
        /// Chosen by the author.
        id: TextId,
        /// At most [`crate::limits::TEXT_BYTES`].
        body: String,
        /// The author's clock, milliseconds since 1970.
        #[cfg_attr(feature = "bindings", ts(type = "number"))]
        sent_at_ms: u64,
    },
    /// The text arrived.
    TextReceived {
        /// Which.
        id: TextId,
    },
    /// Offers files.
    Offer {
        /// Chosen by the sender.
        transfer: TransferId,
        /// Entries of the whole offer.
        entry_count: u32,
        /// Bytes of the whole offer.
        #[cfg_attr(feature = "bindings", ts(type = "number"))]
        total_bytes: u64,
        /// The first entries.
        entries: Vec<OfferedEntry>,
        /// No `OfferEntries` follow.
        last: bool,
    },
    /// More entries of an offer.
    OfferEntries {
        /// Which offer.
        transfer: TransferId,
        /// The next entries.
        entries: Vec<OfferedEntry>,
        /// None follow.
        last: bool,
    },
    /// Consent, and where to go on.
    Accept {
        /// Which offer.
        transfer: TransferId,
        /// Empty at first.
        #[serde(default)]
        resume: Vec<ResumePoint>,
    },
    /// No.
    Decline {
        /// Which offer.
        transfer: TransferId,
    },
    /// Either side ends a transfer.
    Cancel {
        /// Which.
        transfer: TransferId,
        /// Why.
        code: TransferCode,
    },
    /// The sender of this message holds a transfer up, or lets it go on. Said anew on every connection, before `Accept` or behind the
    /// offer; it moves while neither side holds it.
    Pause {
        /// Which.
        transfer: TransferId,
        /// True to hold it up.
        paused: bool,
    },
    /// Bytes whose write returned since the last `Accept`, cumulative.
    Stored {
        /// Of which transfer.
        transfer: TransferId,
        /// Bytes.
        #[cfg_attr(feature = "bindings", ts(type = "number"))]
        bytes: u64,
    },
    /// An entry is whole, proven and under its name.
    Proven {
        /// Of which transfer.
        transfer: TransferId,
        /// Index into the offer.
        entry: u32,
    },
    /// An entry ended without proof; the others go on.
    EntryFailed {
        /// Of which transfer.
        transfer: TransferId,
        /// Index into the offer.
        entry: u32,
        /// Why.
        code: TransferCode,
    },
    /// Key confirmation of the media plane.
    MediaConfirm {
        /// Number of the media connection.
        link: u32,
        /// 32 bytes, base64url.
        mac: String,
        /// How the sender saw the fingerprints.
        seen: Seen,
    },
    /// What of the sender's media is on.
    MediaState {
        /// Sound.
        microphone: bool,
        /// Picture.
        camera: bool,
    },
    /// From the peer with the larger id: please begin a comparison (docs/protocol.md, section 7.4).
    ComparisonWanted {},
    /// From the peer with the smaller id: a nonce is chosen.
    ComparisonCommit {
        /// 32 bytes, base64url.
        commitment: String,
    },
    /// The nonce: from the larger id upon the commitment, then from the smaller.
    ComparisonReveal {
        /// 32 bytes, base64url.
        nonce: String,
    },
    /// Which device this is (docs/protocol.md, section 7.5).
    Device {
        /// Public key, 32 bytes, base64url.
        key: String,
        /// 64 bytes, base64url.
        signature: String,
    },
    /// Leaving on purpose.
    Bye {},
}
