//! The transfers with one peer: those under way in both directions, and the memory of those that have ended.
//!
//! What it is: where the [`Exchange`](crate::Exchange) finds a transfer and asks about all of them. Promises: what a peer makes us hold
//! is bounded over all transfers together. Leaves to the `Exchange`: the consequences of a step, and what is shown.

use std::collections::BTreeMap;

use parlor_protocol::{
    code::TransferCode,
    control::OfferedEntry,
    frame::FrameHeader,
    host::{Transfer, TransferState},
    id::{PeerId, TransferId},
    limits::WINDOW_BYTES,
};

use crate::{
    ended::{EndedTransfers, LastWord},
    error::TransferError,
    hold::Hold,
    incoming::Incoming,
    meter::Meter,
    outgoing::Outgoing,
    output::{Output, Outputs},
    snapshot::Ending,
};

/// What a receiver takes over all transfers: the sender's word that one has ended can be slower than the frames of the next.
const RECEIVE_BYTES: u64 = 4 * WINDOW_BYTES;
/// Memory for the names of all offers of a peer: more than its largest honest offer takes.
const NAMES_BYTES: usize = 32 * 1024 * 1024;

/// Transfers by id. No id stands in more than one of the three.
#[derive(Debug, Default)]
pub(crate) struct Transfers {
    pub(crate) outgoing: BTreeMap<TransferId, Outgoing>,
    pub(crate) incoming: BTreeMap<TransferId, Incoming>,
    pub(crate) ended: EndedTransfers,
}

/// A transfer that was taken out.
pub(crate) struct Removed {
    /// The user knew of it.
    pub(crate) was_shown: bool,
    /// How it ended.
    pub(crate) snapshot: Transfer,
    /// Entries of ours that the receiver has not.
    pub(crate) missing: Vec<u32>,
}

impl Transfers {
    /// None is under way.
    pub(crate) fn is_empty(&self) -> bool {
        self.outgoing.is_empty() && self.incoming.is_empty()
    }

    /// Under way, or remembered.
    pub(crate) fn is_known(&self, id: TransferId) -> bool {
        self.outgoing.contains_key(&id) || self.incoming.contains_key(&id) || self.ended.word(id).is_some()
    }

    /// The user knows of it.
    pub(crate) fn is_shown(&self, id: TransferId) -> bool {
        self.outgoing.contains_key(&id) || self.incoming.get(&id).is_some_and(|transfer| !transfer.is_collecting())
    }

    /// An offer to us that waits for the user.
    pub(crate) fn waiting_offer(&mut self, id: TransferId) -> Result<&mut Incoming, TransferError> {
        self.incoming.get_mut(&id).filter(|known| known.is_waiting()).ok_or(TransferError::NotNow)
    }

    /// The user holds an accepted transfer up, or lets it go on. False when there is none of that id.
    pub(crate) fn hold_here(&mut self, id: TransferId, paused: bool) -> bool {
        let is_accepted = self.outgoing.get(&id).is_some_and(Outgoing::is_accepted)
            || self.incoming.get(&id).is_some_and(Incoming::is_accepted);
        is_accepted && self.hold(id, |hold| hold.here = paused)
    }

    /// The other side does. It may say so before it accepts. False when there is none of that id.
    pub(crate) fn hold_there(&mut self, id: TransferId, paused: bool) -> bool {
        self.hold(id, |hold| hold.there = paused)
    }

    fn hold(&mut self, id: TransferId, change: impl FnOnce(&mut Hold)) -> bool {
        if let Some(transfer) = self.outgoing.get_mut(&id) {
            transfer.hold(change);
        } else if let Some(transfer) = self.incoming.get_mut(&id).filter(|known| !known.is_collecting()) {
            transfer.hold(change);
        } else {
            return false;
        }
        true
    }

    /// Offers of ours that wait for an answer.
    pub(crate) fn unanswered_outgoing(&self) -> usize {
        self.outgoing.values().filter(|transfer| !transfer.is_accepted()).count()
    }

    /// Offers to us that wait for an answer, or for their pages.
    pub(crate) fn unanswered_incoming(&self) -> usize {
        self.incoming.values().filter(|transfer| !transfer.is_accepted()).count()
    }

    /// Says again what the other side of a new link has to hear: offers, and where to go on.
    pub(crate) fn link_up(&mut self, out: &mut Outputs) {
        for transfer in self.outgoing.values_mut() {
            transfer.link_up();
            out.extend(transfer.offer().into_iter().map(Output::SendControl));
            out.extend(transfer.held().map(Output::SendControl));
        }
        for transfer in self.incoming.values_mut() {
            transfer.link_up(out);
        }
    }

    pub(crate) fn link_lost(&mut self, now_ms: u64) {
        self.ended.link_lost(now_ms);
        // A sender sends an offer again from its beginning.
        self.incoming.retain(|_, transfer| !transfer.is_collecting());
        self.incoming.values_mut().for_each(Incoming::link_lost);
        self.outgoing.values_mut().for_each(Outgoing::link_lost);
    }

    /// Takes a page of an offer to us. True when that is whole now; an error has taken it out.
    pub(crate) fn collect(
        &mut self,
        id: TransferId,
        page: Vec<OfferedEntry>,
        last: bool,
    ) -> Result<bool, TransferCode> {
        let taken: usize = self.incoming.values().map(Incoming::names_bytes).sum();
        // Pages of an offer that is whole belong to one that was sent again.
        let Some(transfer) = self.incoming.get_mut(&id).filter(|transfer| transfer.is_collecting()) else {
            return Ok(false);
        };
        let result = transfer.collect(page, last, NAMES_BYTES.saturating_sub(taken));
        if result.is_err() {
            self.incoming.remove(&id);
        }
        result.map(|()| last)
    }

    /// Takes a frame. None when its transfer is not under way; an error ends it with that code.
    pub(crate) fn frame(
        &mut self,
        header: FrameHeader,
        payload: &[u8],
        out: &mut Outputs,
    ) -> Option<Result<(), TransferCode>> {
        let result = self.incoming.get_mut(&header.transfer)?.frame(header, payload, out);
        let unstored: u64 = self.incoming.values().map(Incoming::unstored).sum();
        Some(if unstored > RECEIVE_BYTES { Err(TransferCode::Protocol) } else { result })
    }

    /// When the first of them may have progress to tell.
    pub(crate) fn due_ms(&self) -> Option<u64> {
        let outgoing = self.outgoing.values().map(|transfer| &transfer.meter);
        let incoming = self.incoming.values().map(|transfer| &transfer.meter);
        outgoing.chain(incoming).filter_map(Meter::due_ms).min()
    }

    /// Those that may have progress to tell.
    pub(crate) fn due(&self, now_ms: u64) -> Vec<TransferId> {
        let outgoing = self.outgoing.iter().filter(|(_, transfer)| transfer.meter.is_due(now_ms)).map(|(id, _)| *id);
        let incoming = self.incoming.iter().filter(|(_, transfer)| transfer.meter.is_due(now_ms)).map(|(id, _)| *id);
        outgoing.chain(incoming).collect()
    }

    /// Those to which the receiving side has consented.
    pub(crate) fn accepted(&self) -> Vec<TransferId> {
        let incoming = self.incoming.iter().filter(|(_, transfer)| transfer.is_accepted()).map(|(id, _)| *id);
        let outgoing = self.outgoing.iter().filter(|(_, transfer)| transfer.is_accepted()).map(|(id, _)| *id);
        incoming.chain(outgoing).collect()
    }

    /// The state of a transfer as the meter takes a look; none when nothing about it is new.
    pub(crate) fn news(&mut self, now_ms: u64, id: TransferId, peer: PeerId) -> Option<Transfer> {
        if let Some(transfer) = self.outgoing.get_mut(&id) {
            let (state, stored) = transfer.view().progress();
            transfer.meter.tell(now_ms, state, stored).then(|| transfer.view().snapshot(peer, None))
        } else if let Some(transfer) = self.incoming.get_mut(&id) {
            let (state, stored) = transfer.view().progress();
            transfer.meter.tell(now_ms, state, stored).then(|| transfer.view().snapshot(peer, None))
        } else {
            None
        }
    }

    /// How a transfer of which every entry has ended stands, and what the other side has to hear. None of any other.
    pub(crate) fn completion(&self, id: TransferId) -> Option<(TransferState, LastWord)> {
        match (self.outgoing.get(&id), self.incoming.get(&id)) {
            (Some(transfer), _) if transfer.is_complete() => Some((transfer.view().state(), transfer.last_word())),
            (None, Some(transfer)) if transfer.is_complete() => Some((transfer.view().state(), transfer.outcomes())),
            _ => None,
        }
    }

    /// Takes a transfer out. None when it is not under way.
    pub(crate) fn remove(&mut self, id: TransferId, peer: PeerId, ending: Ending) -> Option<Removed> {
        if let Some(transfer) = self.outgoing.remove(&id) {
            let snapshot = transfer.view().snapshot(peer, Some(ending));
            return Some(Removed { was_shown: true, snapshot, missing: transfer.missing() });
        }
        let transfer = self.incoming.remove(&id)?;
        let snapshot = transfer.view().snapshot(peer, Some(ending));
        Some(Removed { was_shown: !transfer.is_collecting(), snapshot, missing: Vec::new() })
    }
}
