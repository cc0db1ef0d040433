//! What the screen wants. No behaviour here.

use serde::{Deserialize, Serialize};

use super::MediaSignal;
use crate::{
    control::Seen,
    id::{PeerId, TextId, TransferId},
    spoken_code::CodeLanguage,
};

/// What the screen wants.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "kebab-case")]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS), ts(export))]
pub enum Command {
    /// Makes a room on `server` (the engine's own if empty) and enters it.
    StartRoom {
        /// Base URL.
        server: String,
        /// Display name.
        name: String,
    },
    /// Enters the room of an invitation link.
    JoinRoom {
        /// Either form of link.
        link: String,
        /// Display name.
        name: String,
    },
    /// Enters the room whose owner waits behind a spoken code on `server` (the engine's own if empty).
    JoinByCode {
        /// Base URL.
        server: String,
        /// As it was typed.
        code: String,
        /// Display name.
        name: String,
    },
    /// Begins or ends to look for spoken codes that wait in the local network; what is found arrives as events.
    LookNearby {
        /// True to begin.
        on: bool,
    },
    /// Leaves, telling the others.
    LeaveRoom {},
    /// Makes a spoken code for this room, in place of the one before.
    OpenCode {
        /// Of its words.
        language: CodeLanguage,
    },
    /// Ends the room's spoken code.
    CloseCode {},
    /// Withdraws the room's invitation for good: nobody new enters, and its code ends.
    WithdrawInvitation {},
    /// Makes the room's invitation one for a single guest, or for all again. It is withdrawn by itself as soon as somebody who is not
    /// here yet has proven that they hold it.
    InviteOne {
        /// For a single guest.
        only: bool,
    },
    /// Writes to everyone in the room.
    SendText {
        /// Chosen by the screen, so that it can show the text at once.
        id: TextId,
        /// At most [`crate::limits::TEXT_BYTES`].
        body: String,
    },
    /// Offers files to a peer, as one transfer.
    OfferFiles {
        /// To whom.
        peer: PeerId,
        /// Which, as picked.
        handles: Vec<u32>,
    },
    /// Consents to an offer.
    AcceptTransfer {
        /// Which.
        transfer: TransferId,
        /// Entries that are not wanted, by their index; at least one is left.
        without: Vec<u32>,
    },
    /// Refuses an offer.
    DeclineTransfer {
        /// Which.
        transfer: TransferId,
    },
    /// Ends a transfer, from either side.
    CancelTransfer {
        /// Which.
        transfer: TransferId,
    },
    /// Holds a transfer up, from either side, or lets it go on.
    PauseTransfer {
        /// Which.
        transfer: TransferId,
        /// True to hold it up.
        paused: bool,
    },
    /// Offers again, as a new transfer, what of an ended one did not reach its receiver. The files are offered as they are now.
    OfferAgain {
        /// One of ours that has ended.
        transfer: TransferId,
    },
    /// Sends no faster than this from now on, over all peers together.
    LimitSpeed {
        /// Of files; none is as fast as it goes.
        #[cfg_attr(feature = "bindings", ts(type = "number | null"))]
        bytes_per_second: Option<u64>,
    },
    /// Changes the display name.
    SetName {
        /// At most [`crate::limits::NAME_CHARS`].
        name: String,
    },
    /// Passes a message of the media plane to a peer, sealed by the engine.
    SendMediaSignal {
        /// To whom.
        peer: PeerId,
        /// What.
        signal: MediaSignal,
    },
    /// Tells the engine the fingerprints of a live media connection; it confirms them with the peer.
    ConfirmMedia {
        /// With whom.
        peer: PeerId,
        /// Number of the connection.
        link: u32,
        /// SHA-256 of the own certificate, lower-case hex.
        local: String,
        /// SHA-256 of the peer's, as seen.
        remote: String,
        /// How it was seen.
        seen: Seen,
    },
    /// Begins a comparison of short strings with a peer, in place of the one before.
    Compare {
        /// With whom.
        peer: PeerId,
    },
    /// What the two people found of the strings shown.
    JudgeComparison {
        /// With whom they were compared.
        peer: PeerId,
        /// They are the same. If not, nothing more is exchanged with this peer.
        same: bool,
    },
    /// Tells the peers what of the own media is on.
    SetMediaState {
        /// Sound.
        microphone: bool,
        /// Picture.
        camera: bool,
    },
}
