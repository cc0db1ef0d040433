//! The machine itself: takes inputs, hands each to the transfer or text it is about, keeps the orders, deals out window and turns.

use std::collections::{BTreeMap, VecDeque};

use bytes::Bytes;
use parlor_protocol::{
    code::TransferCode,
    control::{Control, OfferedEntry},
    frame::{FrameHeader, HEADER_BYTES},
    host::TransferState,
    id::{PeerId, TransferId},
    limits::{FRAME_PAYLOAD_BYTES, OFFER_ENTRIES, OFFERS_PENDING, TEXT_BYTES, WINDOW_BYTES},
};

use crate::{
    ended::{EndedTransfers, LastWord},
    error::{PeerFault, TransferError},
    incoming::Incoming,
    input::Input,
    offer,
    outgoing::Outgoing,
    output::{Event, Output},
    snapshot::Ending,
    texts::Texts,
};

/// Bytes read or being read before the window has room for them: what a disk needs to keep a network busy. One transfer takes at most
/// half of it, so that a file on a disk that hangs does not stop the others.
const READ_AHEAD_BYTES: u64 = 4 * 1024 * 1024;
/// Blocks and proofs in that state: small files are read many at once. Again half for one transfer.
const READ_AHEAD_SLOTS: usize = 64;
/// What a receiver takes over all transfers: the sender's word that one has ended can be slower than the frames of the next.
const RECEIVE_BYTES: u64 = 4 * WINDOW_BYTES;
/// Memory for the names of all offers of a peer: more than its largest honest offer takes.
const NAMES_BYTES: usize = 32 * 1024 * 1024;

/// Texts and transfers with one remote peer, over all its connections. The crate's documentation holds the contract.
#[derive(Debug)]
pub struct Exchange {
    peer: PeerId,
    /// Payload of a data frame on the live link; none while none is up.
    payload_bytes: Option<usize>,
    outputs: VecDeque<Output>,
    texts: Texts,
    outgoing: BTreeMap<TransferId, Outgoing>,
    incoming: BTreeMap<TransferId, Incoming>,
    ended: EndedTransfers,
    /// The outgoing transfer that was served last, in reading and in sending.
    last_read: Option<TransferId>,
    last_sent: Option<TransferId>,
}

impl Exchange {
    /// A machine without a link. `peer` names the other side in snapshots.
    pub fn new(peer: PeerId) -> Self {
        Self {
            peer,
            payload_bytes: None,
            outputs: VecDeque::new(),
            texts: Texts::default(),
            outgoing: BTreeMap::new(),
            incoming: BTreeMap::new(),
            ended: EndedTransfers::default(),
            last_read: None,
            last_sent: None,
        }
    }

    /// Takes an input. `now_ms` never falls.
    ///
    /// # Errors
    /// Only for wishes of the user ([`Input::OfferFiles`], [`Input::Accept`], [`Input::Decline`], [`Input::Cancel`],
    /// [`Input::SendText`]); the machine is then unchanged. What a peer does wrong shows in outputs.
    pub fn handle(&mut self, now_ms: u64, input: Input) -> Result<(), TransferError> {
        match input {
            Input::LinkUp { max_message_bytes } => self.link_up(now_ms, max_message_bytes),
            Input::LinkLost => self.link_lost(now_ms),
            Input::ControlReceived(control) if self.payload_bytes.is_some() => self.control_received(now_ms, control),
            Input::FrameReceived(frame) if self.payload_bytes.is_some() => self.frame_received(now_ms, &frame),
            // What the driver still had of a lost link.
            Input::ControlReceived(_) | Input::FrameReceived(_) | Input::Tick => {}
            Input::OfferFiles { transfer, entries } => self.offer_files(now_ms, transfer, entries)?,
            Input::Accept { transfer } => self.accept(now_ms, transfer)?,
            Input::Decline { transfer } => {
                self.incoming.get(&transfer).filter(|known| known.is_waiting()).ok_or(TransferError::NotNow)?;
                let ending = Ending { state: TransferState::Declined, code: None, by_us: true };
                self.end(now_ms, transfer, ending, LastWord::Declined);
            }
            Input::Cancel { transfer } => {
                if !self.is_shown(transfer) {
                    return Err(TransferError::NotNow);
                }
                self.cancel(now_ms, transfer, TransferCode::Cancelled);
            }
            Input::SendText { id, body, sent_at_ms } => {
                let text = self.texts.write(id, body, sent_at_ms)?.clone();
                if self.payload_bytes.is_some() {
                    self.send(text);
                }
            }
            Input::BlockRead { transfer, entry, block, result } => {
                self.block_read(now_ms, transfer, entry, block, result)
            }
            Input::BlockWritten { transfer, entry, block, result } => {
                if let Some(known) = self.incoming.get_mut(&transfer) {
                    let result = known.block_written(entry, block, result, &mut self.outputs);
                    self.settle(now_ms, transfer, result);
                }
            }
            Input::EntryFinished { transfer, entry, result } => {
                if let Some(known) = self.incoming.get_mut(&transfer) {
                    let result = known.entry_finished(entry, result, &mut self.outputs);
                    self.settle(now_ms, transfer, result);
                }
            }
        }
        self.pump(now_ms);
        self.tell_progress(now_ms);
        Ok(())
    }

    /// The next order or event, oldest first.
    pub fn poll_output(&mut self) -> Option<Output> {
        self.outputs.pop_front()
    }

    /// When the machine wants an [`Input::Tick`], on the clock of `now_ms`. None while it wants none.
    pub fn next_timeout_ms(&self) -> Option<u64> {
        let outgoing = self.outgoing.values().map(|transfer| &transfer.meter);
        let incoming = self.incoming.values().map(|transfer| &transfer.meter);
        outgoing.chain(incoming).filter_map(|meter| meter.due_ms()).min()
    }

    /// Whether anything is under way that leaving would stop: a transfer that waits or moves.
    pub fn is_busy(&self) -> bool {
        !self.outgoing.is_empty() || !self.incoming.is_empty()
    }

    fn link_up(&mut self, now_ms: u64, max_message_bytes: usize) {
        if self.payload_bytes.is_some() {
            self.link_lost(now_ms);
        }
        let payload = max_message_bytes.saturating_sub(HEADER_BYTES);
        self.payload_bytes = Some(payload.clamp(1, FRAME_PAYLOAD_BYTES));
        let outputs = &mut self.outputs;
        self.ended.link_up(now_ms, |control| outputs.push_back(Output::SendControl(control)));
        outputs.extend(self.texts.waiting().cloned().map(Output::SendControl));
        for transfer in self.outgoing.values() {
            outputs.extend(transfer.offer().into_iter().map(Output::SendControl));
        }
        for transfer in self.incoming.values_mut() {
            transfer.link_up(outputs);
        }
        self.tell_accepted(now_ms);
    }

    fn link_lost(&mut self, now_ms: u64) {
        if self.payload_bytes.take().is_none() {
            return;
        }
        self.ended.link_lost(now_ms);
        // A sender sends an offer again from its beginning.
        self.incoming.retain(|_, transfer| !transfer.is_collecting());
        self.incoming.values_mut().for_each(Incoming::link_lost);
        self.outgoing.values_mut().for_each(Outgoing::link_lost);
        self.tell_accepted(now_ms);
    }

    fn tell_accepted(&mut self, now_ms: u64) {
        let incoming = self.incoming.iter().filter(|(_, transfer)| transfer.is_accepted()).map(|(id, _)| *id);
        let outgoing = self.outgoing.iter().filter(|(_, transfer)| transfer.is_accepted()).map(|(id, _)| *id);
        for id in incoming.chain(outgoing).collect::<Vec<_>>() {
            self.tell(now_ms, id);
        }
    }

    fn offer_files(&mut self, now_ms: u64, id: TransferId, entries: Vec<OfferedEntry>) -> Result<(), TransferError> {
        let waiting = self.outgoing.values().filter(|transfer| !transfer.is_accepted()).count();
        if self.is_known(id) || waiting >= OFFERS_PENDING {
            return Err(TransferError::NotNow);
        }
        let (entries, total_bytes) = offer::prepare(entries)?;
        let transfer = Outgoing::new(id, entries, total_bytes);
        if self.payload_bytes.is_some() {
            self.outputs.extend(transfer.offer().into_iter().map(Output::SendControl));
        }
        self.outgoing.insert(id, transfer);
        self.tell(now_ms, id);
        Ok(())
    }

    fn accept(&mut self, now_ms: u64, id: TransferId) -> Result<(), TransferError> {
        let link_is_up = self.payload_bytes.is_some();
        let transfer = self.incoming.get_mut(&id).filter(|known| known.is_waiting()).ok_or(TransferError::NotNow)?;
        transfer.accept(link_is_up, &mut self.outputs);
        self.tell(now_ms, id);
        Ok(())
    }

    fn control_received(&mut self, now_ms: u64, control: Control) {
        match control {
            Control::Text { id, body, sent_at_ms } => {
                if body.len() > TEXT_BYTES {
                    return self.event(Event::ProtocolBroken(PeerFault::TextTooLong));
                }
                self.send(Control::TextReceived { id });
                if self.texts.is_new(id) {
                    self.event(Event::TextReceived { id, body, sent_at_ms });
                }
            }
            Control::TextReceived { id } => {
                if self.texts.confirm(id) {
                    self.event(Event::TextDelivered { id });
                }
            }
            Control::Offer { transfer, entry_count, total_bytes, entries, last } => {
                self.offer_received(now_ms, transfer, entry_count, total_bytes);
                self.entries_received(now_ms, transfer, entries, last);
            }
            Control::OfferEntries { transfer, entries, last } => self.entries_received(now_ms, transfer, entries, last),
            Control::Accept { transfer, resume } => {
                if let Some(known) = self.outgoing.get_mut(&transfer) {
                    let result = known.accept(&resume, &mut self.outputs);
                    self.settle(now_ms, transfer, result);
                    self.tell(now_ms, transfer);
                } else if !self.is_known(transfer) {
                    self.send(Control::Cancel { transfer, code: TransferCode::Cancelled });
                }
            }
            Control::Decline { transfer } => {
                if self.outgoing.get(&transfer).is_some_and(|known| !known.is_accepted()) {
                    let ending = Ending { state: TransferState::Declined, code: None, by_us: false };
                    self.end(now_ms, transfer, ending, LastWord::None);
                }
            }
            Control::Cancel { transfer, code } => {
                let ending = Ending { state: TransferState::Cancelled, code: Some(code), by_us: false };
                self.end(now_ms, transfer, ending, LastWord::None);
            }
            Control::Stored { transfer, bytes } => {
                let result = self.outgoing.get_mut(&transfer).map(|known| known.stored(bytes));
                self.settle(now_ms, transfer, result.unwrap_or(Ok(())));
            }
            Control::Proven { transfer, entry } => {
                let result = self.outgoing.get_mut(&transfer).map(|known| known.proven(entry));
                self.settle(now_ms, transfer, result.unwrap_or(Ok(())));
            }
            Control::EntryFailed { transfer, entry, code } => {
                let result = match (self.outgoing.get_mut(&transfer), self.incoming.get_mut(&transfer)) {
                    (Some(known), _) => known.failed_there(entry, code),
                    (None, Some(known)) => known.failed_there(entry, code, &mut self.outputs),
                    (None, None) => Ok(()),
                };
                self.settle(now_ms, transfer, result);
            }
            Control::Confirm { .. }
            | Control::Profile { .. }
            | Control::Ping { .. }
            | Control::Pong { .. }
            | Control::MediaConfirm { .. }
            | Control::MediaState { .. }
            | Control::Bye {} => {}
        }
    }

    fn offer_received(&mut self, now_ms: u64, id: TransferId, entry_count: u32, total_bytes: u64) {
        if let Some(word) = self.ended.word(id) {
            // The other side has not heard how it ended; outcomes were said when the link came up.
            if matches!(word, LastWord::Declined | LastWord::Cancelled(_)) {
                let outputs = &mut self.outputs;
                word.say(id, |control| outputs.push_back(Output::SendControl(control)));
            }
            return;
        }
        if self.is_known(id) {
            return;
        }
        let unanswered = self.incoming.values().filter(|transfer| !transfer.is_accepted()).count();
        if unanswered >= OFFERS_PENDING {
            self.event(Event::ProtocolBroken(PeerFault::TooManyOffers));
        } else if entry_count == 0 || entry_count as usize > OFFER_ENTRIES {
            self.refuse(now_ms, id, TransferCode::BadOffer);
        } else {
            self.incoming.insert(id, Incoming::new(id, entry_count, total_bytes));
        }
    }

    fn entries_received(&mut self, now_ms: u64, id: TransferId, page: Vec<OfferedEntry>, last: bool) {
        let taken: usize = self.incoming.values().map(Incoming::names_bytes).sum();
        // Pages of an offer that is whole belong to one that was sent again.
        let Some(transfer) = self.incoming.get_mut(&id).filter(|transfer| transfer.is_collecting()) else { return };
        match transfer.collect(page, last, NAMES_BYTES.saturating_sub(taken)) {
            Ok(()) if last => self.tell(now_ms, id),
            Ok(()) => {}
            Err(code) => {
                self.incoming.remove(&id);
                self.refuse(now_ms, id, code);
            }
        }
    }

    /// Ends an offer that no one has seen.
    fn refuse(&mut self, now_ms: u64, transfer: TransferId, code: TransferCode) {
        self.send(Control::Cancel { transfer, code });
        self.ended.push(transfer, LastWord::Cancelled(code), Some(now_ms));
    }

    fn frame_received(&mut self, now_ms: u64, frame: &Bytes) {
        let (header, payload) = match FrameHeader::decode(frame) {
            Ok(decoded) => decoded,
            Err(error) => return self.event(Event::ProtocolBroken(PeerFault::Frame(error))),
        };
        let id = header.transfer;
        let Some(transfer) = self.incoming.get_mut(&id) else {
            if self.ended.word(id).is_none() {
                self.event(Event::ProtocolBroken(PeerFault::Unasked));
            }
            return;
        };
        let mut result = transfer.frame(header, payload, &mut self.outputs);
        if self.incoming.values().map(Incoming::unstored).sum::<u64>() > RECEIVE_BYTES {
            result = Err(TransferCode::Protocol);
        }
        self.settle(now_ms, id, result);
    }

    fn block_read(&mut self, now_ms: u64, id: TransferId, entry: u32, block: u32, result: Result<Bytes, TransferCode>) {
        if let Some(transfer) = self.outgoing.get_mut(&id) {
            transfer.block_read(entry, block, result, &mut self.outputs);
            self.settle(now_ms, id, Ok(()));
        }
    }

    /// Draws the consequence of a step: cancels the transfer for an error, or ends it when it is complete.
    fn settle(&mut self, now_ms: u64, id: TransferId, result: Result<(), TransferCode>) {
        if let Err(code) = result {
            return self.cancel(now_ms, id, code);
        }
        let complete = match (self.outgoing.get(&id), self.incoming.get(&id)) {
            (Some(transfer), _) if transfer.is_complete() => (transfer.view().state, transfer.last_word()),
            (None, Some(transfer)) if transfer.is_complete() => (transfer.view().state, transfer.outcomes()),
            _ => return,
        };
        let (state, word) = complete;
        self.end(now_ms, id, Ending { state, code: None, by_us: false }, word);
    }

    /// We end a transfer.
    fn cancel(&mut self, now_ms: u64, transfer: TransferId, code: TransferCode) {
        let ending = Ending { state: TransferState::Cancelled, code: Some(code), by_us: true };
        self.end(now_ms, transfer, ending, LastWord::Cancelled(code));
    }

    /// The end of a transfer of either direction, whoever ends it.
    fn end(&mut self, now_ms: u64, id: TransferId, ending: Ending, word: LastWord) {
        let (was_shown, snapshot) = if let Some(transfer) = self.outgoing.remove(&id) {
            (true, transfer.view().snapshot(self.peer, Some(ending)))
        } else if let Some(transfer) = self.incoming.remove(&id) {
            (!transfer.is_collecting(), transfer.view().snapshot(self.peer, Some(ending)))
        } else {
            return;
        };
        let link_is_up = self.payload_bytes.is_some();
        if link_is_up && matches!(word, LastWord::Declined | LastWord::Cancelled(_)) {
            let outputs = &mut self.outputs;
            word.say(id, |control| outputs.push_back(Output::SendControl(control)));
        }
        self.ended.push(id, word, link_is_up.then_some(now_ms));
        if was_shown {
            self.event(Event::TransferChanged(snapshot));
            self.outputs.push_back(Output::ReleaseTransfer { transfer: id });
        }
    }

    /// Reads ahead and sends what the window has room for, a block of each transfer in turn.
    fn pump(&mut self, now_ms: u64) {
        let Some(payload_bytes) = self.payload_bytes else { return };
        loop {
            let moved = self.read_ahead() | self.send_ready(now_ms, payload_bytes);
            if !moved {
                return;
            }
        }
    }

    fn read_ahead(&mut self) -> bool {
        let mut moved = false;
        loop {
            let bytes: u64 = self.outgoing.values().map(Outgoing::ahead).sum();
            let slots: usize = self.outgoing.values().map(Outgoing::slots).sum();
            if bytes >= READ_AHEAD_BYTES || slots >= READ_AHEAD_SLOTS {
                return moved;
            }
            let outputs = &mut self.outputs;
            let served = in_turn(&mut self.outgoing, self.last_read, |transfer| {
                let has_room = transfer.ahead() < READ_AHEAD_BYTES / 2 && transfer.slots() < READ_AHEAD_SLOTS / 2;
                has_room && transfer.read_next(outputs).is_some()
            });
            if served.is_none() {
                return moved;
            }
            self.last_read = served;
            moved = true;
        }
    }

    fn send_ready(&mut self, now_ms: u64, payload_bytes: usize) -> bool {
        let mut moved = false;
        loop {
            let unstored: u64 = self.outgoing.values().map(Outgoing::unstored).sum();
            let outputs = &mut self.outputs;
            let served = in_turn(&mut self.outgoing, self.last_sent, |transfer| {
                let fits = transfer.next_len().is_some_and(|len| unstored + len <= WINDOW_BYTES);
                if fits {
                    transfer.send_next(payload_bytes, outputs);
                }
                fits
            });
            let Some(id) = served else { return moved };
            self.last_sent = served;
            moved = true;
            self.settle(now_ms, id, Ok(()));
        }
    }

    fn tell_progress(&mut self, now_ms: u64) {
        let outgoing = self.outgoing.iter().filter(|(_, transfer)| transfer.meter.is_due(now_ms)).map(|(id, _)| *id);
        let incoming = self.incoming.iter().filter(|(_, transfer)| transfer.meter.is_due(now_ms)).map(|(id, _)| *id);
        for id in outgoing.chain(incoming).collect::<Vec<_>>() {
            self.tell(now_ms, id);
        }
    }

    /// Tells the state of a transfer, unless nothing about it is new.
    fn tell(&mut self, now_ms: u64, id: TransferId) {
        let snapshot = if let Some(transfer) = self.outgoing.get_mut(&id) {
            let (state, stored) = transfer.view().progress();
            transfer.meter.tell(now_ms, state, stored).then(|| transfer.view().snapshot(self.peer, None))
        } else if let Some(transfer) = self.incoming.get_mut(&id) {
            let (state, stored) = transfer.view().progress();
            transfer.meter.tell(now_ms, state, stored).then(|| transfer.view().snapshot(self.peer, None))
        } else {
            None
        };
        if let Some(snapshot) = snapshot {
            self.event(Event::TransferChanged(snapshot));
        }
    }

    fn is_shown(&self, id: TransferId) -> bool {
        self.outgoing.contains_key(&id) || self.incoming.get(&id).is_some_and(|transfer| !transfer.is_collecting())
    }

    fn is_known(&self, id: TransferId) -> bool {
        self.outgoing.contains_key(&id) || self.incoming.contains_key(&id) || self.ended.word(id).is_some()
    }

    fn send(&mut self, control: Control) {
        self.outputs.push_back(Output::SendControl(control));
    }

    fn event(&mut self, event: Event) {
        self.outputs.push_back(Output::Event(event));
    }
}

/// Offers the turn to each transfer, beginning behind the one served last, until one takes it.
fn in_turn(
    transfers: &mut BTreeMap<TransferId, Outgoing>,
    last: Option<TransferId>,
    mut serve: impl FnMut(&mut Outgoing) -> bool,
) -> Option<TransferId> {
    let behind: Vec<TransferId> = transfers.keys().copied().filter(|id| last.is_none_or(|last| *id > last)).collect();
    let before: Vec<TransferId> = transfers.keys().copied().filter(|id| last.is_some_and(|last| *id <= last)).collect();
    behind.into_iter().chain(before).find(|id| transfers.get_mut(id).is_some_and(&mut serve))
}
