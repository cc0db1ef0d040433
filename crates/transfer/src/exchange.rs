//! The machine itself: takes inputs, hands each to the transfer or text it is about, keeps the orders, draws the consequences.

use bytes::Bytes;
use parlor_protocol::{
    code::TransferCode,
    control::{Control, OfferedEntry},
    frame::{FrameHeader, HEADER_BYTES},
    id::{PeerId, TransferId},
    limits::{FRAME_PAYLOAD_BYTES, OFFER_ENTRIES, OFFERS_PENDING, TEXT_BYTES},
};

use crate::{
    ended::{LastWord, is_mendable},
    error::{PeerFault, TransferError},
    incoming::Incoming,
    input::Input,
    offer,
    outgoing::Outgoing,
    output::{Event, Output, Outputs},
    snapshot::Ending,
    texts::Texts,
    transfers::{Removed, Transfers},
    turns::Turns,
};

/// Texts and transfers with one remote peer, over all its connections. The crate's documentation holds the contract.
#[derive(Debug)]
pub struct Exchange {
    peer: PeerId,
    /// Payload of a data frame on the live link; none while none is up.
    payload_bytes: Option<usize>,
    outputs: Outputs,
    texts: Texts,
    transfers: Transfers,
    turns: Turns,
}

impl Exchange {
    /// A machine without a link. `peer` names the other side in snapshots.
    pub fn new(peer: PeerId) -> Self {
        Self {
            peer,
            payload_bytes: None,
            outputs: Outputs::new(),
            texts: Texts::default(),
            transfers: Transfers::default(),
            turns: Turns::default(),
        }
    }

    /// Takes an input. `now_ms` never falls.
    ///
    /// # Errors
    /// Only for wishes of the user ([`Input::OfferFiles`], [`Input::Accept`], [`Input::Decline`], [`Input::Pause`],
    /// [`Input::Cancel`], [`Input::SendText`]); the machine is then unchanged. What a peer does wrong shows in outputs.
    pub fn handle(&mut self, now_ms: u64, input: Input) -> Result<(), TransferError> {
        match input {
            Input::LinkUp { max_message_bytes } => self.link_up(now_ms, max_message_bytes),
            Input::LinkLost => self.link_lost(now_ms),
            Input::ControlReceived(control) if self.payload_bytes.is_some() => self.control_received(now_ms, control),
            Input::FrameReceived(frame) if self.payload_bytes.is_some() => self.frame_received(now_ms, &frame),
            // What the driver still had of a lost link.
            Input::ControlReceived(_) | Input::FrameReceived(_) | Input::Tick => {}
            Input::OfferFiles { transfer, entries } => self.offer_files(now_ms, transfer, entries)?,
            Input::Accept { transfer, without } => self.accept(now_ms, transfer, &without)?,
            Input::Decline { transfer } => {
                self.transfers.waiting_offer(transfer)?;
                self.end(now_ms, transfer, Ending::declined(true), LastWord::Declined);
            }
            Input::Pause { transfer, paused } => self.pause(now_ms, transfer, paused)?,
            Input::LimitSpeed { bytes_per_second } => self.turns.limit(bytes_per_second),
            Input::Cancel { transfer } => {
                if !self.transfers.is_shown(transfer) {
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
            Input::EntriesFound { transfer, found } => {
                if let Some(known) = self.transfers.incoming.get_mut(&transfer) {
                    known.found(found, &mut self.outputs);
                    self.settle(now_ms, transfer, Ok(()));
                    self.tell(now_ms, transfer);
                }
            }
            Input::NoRoom { transfer } => {
                if let Some(known) = self.transfers.incoming.get_mut(&transfer) {
                    known.no_room();
                    self.tell(now_ms, transfer);
                }
            }
            Input::BlockRead { transfer, entry, block, result } => {
                if let Some(known) = self.transfers.outgoing.get_mut(&transfer) {
                    known.block_read(entry, block, result, &mut self.outputs);
                    self.settle(now_ms, transfer, Ok(()));
                }
            }
            Input::BlockWritten { transfer, entry, block, result } => {
                if let Some(known) = self.transfers.incoming.get_mut(&transfer) {
                    let result = known.block_written(entry, block, result, &mut self.outputs);
                    self.settle(now_ms, transfer, result);
                }
            }
            Input::EntryFinished { transfer, entry, result } => {
                if let Some(known) = self.transfers.incoming.get_mut(&transfer) {
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

    /// Entries of a transfer of ours under way that the receiver has not, for who gives the machine up. None of any other transfer.
    pub fn missing(&self, transfer: TransferId) -> Vec<u32> {
        self.transfers.outgoing.get(&transfer).map(Outgoing::missing).unwrap_or_default()
    }

    /// When the machine wants an [`Input::Tick`], on the clock of `now_ms`. None while it wants none.
    pub fn next_timeout_ms(&self) -> Option<u64> {
        self.transfers.due_ms()
    }

    /// Whether anything is under way that leaving would stop: a transfer that waits or moves.
    pub fn is_busy(&self) -> bool {
        !self.transfers.is_empty()
    }

    fn link_up(&mut self, now_ms: u64, max_message_bytes: usize) {
        if self.payload_bytes.is_some() {
            self.link_lost(now_ms);
        }
        let payload = max_message_bytes.saturating_sub(HEADER_BYTES);
        self.payload_bytes = Some(payload.clamp(1, FRAME_PAYLOAD_BYTES));
        self.transfers.ended.link_up(now_ms, |control| self.outputs.push_back(Output::SendControl(control)));
        self.outputs.extend(self.texts.waiting().cloned().map(Output::SendControl));
        self.transfers.link_up(&mut self.outputs);
        self.tell_accepted(now_ms);
    }

    fn link_lost(&mut self, now_ms: u64) {
        if self.payload_bytes.take().is_none() {
            return;
        }
        self.transfers.link_lost(now_ms);
        self.tell_accepted(now_ms);
    }

    fn tell_accepted(&mut self, now_ms: u64) {
        for id in self.transfers.accepted() {
            self.tell(now_ms, id);
        }
    }

    fn offer_files(&mut self, now_ms: u64, id: TransferId, entries: Vec<OfferedEntry>) -> Result<(), TransferError> {
        if self.transfers.is_known(id) || self.transfers.unanswered_outgoing() >= OFFERS_PENDING {
            return Err(TransferError::NotNow);
        }
        let (entries, total_bytes) = offer::prepare(entries)?;
        let transfer = Outgoing::new(id, entries, total_bytes);
        if self.payload_bytes.is_some() {
            self.outputs.extend(transfer.offer().into_iter().map(Output::SendControl));
        }
        self.transfers.outgoing.insert(id, transfer);
        self.tell(now_ms, id);
        Ok(())
    }

    fn accept(&mut self, now_ms: u64, id: TransferId, without: &[u32]) -> Result<(), TransferError> {
        let link_is_up = self.payload_bytes.is_some();
        self.transfers.waiting_offer(id)?.accept(without, link_is_up, &mut self.outputs)?;
        self.tell(now_ms, id);
        Ok(())
    }

    fn pause(&mut self, now_ms: u64, id: TransferId, paused: bool) -> Result<(), TransferError> {
        if !self.transfers.hold_here(id, paused) {
            return Err(TransferError::NotNow);
        }
        // A receiver that has not accepted on this connection says its hold when it does.
        let is_due = self.transfers.incoming.get(&id).is_some_and(|known| !known.is_flowing());
        if self.payload_bytes.is_some() && !is_due {
            self.send(Control::Pause { transfer: id, paused });
        }
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
                if let Some(known) = self.transfers.outgoing.get_mut(&transfer) {
                    let result = known.accept(&resume, &mut self.outputs);
                    self.settle(now_ms, transfer, result);
                    self.tell(now_ms, transfer);
                } else if !self.transfers.is_known(transfer) {
                    self.send(Control::Cancel { transfer, code: TransferCode::Forgotten });
                }
            }
            Control::Pause { transfer, paused } => {
                // It may have ended here already.
                if self.transfers.hold_there(transfer, paused) {
                    self.tell(now_ms, transfer);
                }
            }
            Control::Decline { transfer } => {
                if self.transfers.outgoing.get(&transfer).is_some_and(|known| !known.is_accepted()) {
                    self.end(now_ms, transfer, Ending::declined(false), LastWord::None);
                }
            }
            Control::Cancel { transfer, code } => {
                self.end(now_ms, transfer, Ending::cancelled(code, false), LastWord::None);
            }
            Control::Stored { transfer, bytes } => {
                let result = self.transfers.outgoing.get_mut(&transfer).map(|known| known.stored(bytes));
                self.settle(now_ms, transfer, result.unwrap_or(Ok(())));
            }
            Control::Proven { transfer, entry } => {
                let result = self.transfers.outgoing.get_mut(&transfer).map(|known| known.proven(entry));
                self.settle(now_ms, transfer, result.unwrap_or(Ok(())));
            }
            Control::EntryFailed { transfer, entry, code } => {
                let result =
                    match (self.transfers.outgoing.get_mut(&transfer), self.transfers.incoming.get_mut(&transfer)) {
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
            | Control::ComparisonWanted {}
            | Control::ComparisonCommit { .. }
            | Control::ComparisonReveal { .. }
            | Control::Device { .. }
            | Control::Withdrawn {}
            | Control::Bye {} => {}
        }
    }

    fn offer_received(&mut self, now_ms: u64, id: TransferId, entry_count: u32, total_bytes: u64) {
        if let Some(word) = self.transfers.ended.word(id) {
            // The other side has not heard how it ended; outcomes were said when the link came up.
            if matches!(word, LastWord::Declined | LastWord::Cancelled(_)) {
                let outputs = &mut self.outputs;
                word.say(id, |control| outputs.push_back(Output::SendControl(control)));
            }
            return;
        }
        if self.transfers.is_known(id) {
            return;
        }
        if self.transfers.unanswered_incoming() >= OFFERS_PENDING {
            self.event(Event::ProtocolBroken(PeerFault::TooManyOffers));
        } else if entry_count == 0 || entry_count as usize > OFFER_ENTRIES {
            self.refuse(now_ms, id, TransferCode::BadOffer);
        } else {
            self.transfers.incoming.insert(id, Incoming::new(id, entry_count, total_bytes));
        }
    }

    fn entries_received(&mut self, now_ms: u64, id: TransferId, page: Vec<OfferedEntry>, last: bool) {
        match self.transfers.collect(id, page, last) {
            Ok(true) => self.tell(now_ms, id),
            Ok(false) => {}
            Err(code) => self.refuse(now_ms, id, code),
        }
    }

    /// Ends an offer that no one has seen.
    fn refuse(&mut self, now_ms: u64, transfer: TransferId, code: TransferCode) {
        self.send(Control::Cancel { transfer, code });
        self.transfers.ended.push(transfer, LastWord::Cancelled(code), Some(now_ms));
    }

    fn frame_received(&mut self, now_ms: u64, frame: &Bytes) {
        let (header, payload) = match FrameHeader::decode(frame) {
            Ok(decoded) => decoded,
            Err(error) => return self.event(Event::ProtocolBroken(PeerFault::Frame(error))),
        };
        let id = header.transfer;
        match self.transfers.frame(header, payload, &mut self.outputs) {
            Some(result) => self.settle(now_ms, id, result),
            None if self.transfers.ended.word(id).is_some() => {}
            None => self.event(Event::ProtocolBroken(PeerFault::Unasked)),
        }
    }

    /// Draws the consequence of a step: cancels the transfer for an error, or ends it when it is complete.
    fn settle(&mut self, now_ms: u64, id: TransferId, result: Result<(), TransferCode>) {
        if let Err(code) = result {
            return self.cancel(now_ms, id, code);
        }
        let Some((state, word)) = self.transfers.completion(id) else { return };
        self.end(now_ms, id, Ending { state, code: None, by_us: false }, word);
    }

    /// We end a transfer.
    fn cancel(&mut self, now_ms: u64, transfer: TransferId, code: TransferCode) {
        self.end(now_ms, transfer, Ending::cancelled(code, true), LastWord::Cancelled(code));
    }

    /// The end of a transfer of either direction, whoever ends it.
    fn end(&mut self, now_ms: u64, id: TransferId, ending: Ending, word: LastWord) {
        let Some(Removed { was_shown, snapshot, missing }) = self.transfers.remove(id, self.peer, ending) else {
            return;
        };
        let link_is_up = self.payload_bytes.is_some();
        if link_is_up && matches!(word, LastWord::Declined | LastWord::Cancelled(_)) {
            let outputs = &mut self.outputs;
            word.say(id, |control| outputs.push_back(Output::SendControl(control)));
        }
        let keep = is_worth_keeping(ending, &word);
        self.transfers.ended.push(id, word, link_is_up.then_some(now_ms));
        if was_shown {
            self.event(Event::TransferChanged(snapshot));
            self.outputs.push_back(Output::ReleaseTransfer { transfer: id, keep, missing });
        }
    }

    /// Reads ahead and sends what the window has room for, a block of each transfer in turn.
    fn pump(&mut self, now_ms: u64) {
        let Some(payload_bytes) = self.payload_bytes else { return };
        loop {
            let mut moved = self.turns.read_ahead(&mut self.transfers.outgoing, &mut self.outputs);
            while let Some(id) = self.turns.send_next(&mut self.transfers.outgoing, payload_bytes, &mut self.outputs) {
                moved = true;
                self.settle(now_ms, id, Ok(()));
            }
            if !moved {
                return;
            }
        }
    }

    fn tell_progress(&mut self, now_ms: u64) {
        for id in self.transfers.due(now_ms) {
            self.tell(now_ms, id);
        }
    }

    /// Tells the state of a transfer, unless nothing about it is new.
    fn tell(&mut self, now_ms: u64, id: TransferId) {
        if let Some(snapshot) = self.transfers.news(now_ms, id, self.peer) {
            self.event(Event::TransferChanged(snapshot));
        }
    }

    fn send(&mut self, control: Control) {
        self.outputs.push_back(Output::SendControl(control));
    }

    fn event(&mut self, event: Event) {
        self.outputs.push_back(Output::Event(event));
    }
}

/// Whether a later session may go on where a transfer ended: a disk failed or the sender was restarted, and nobody wished it ended.
fn is_worth_keeping(ending: Ending, word: &LastWord) -> bool {
    match word {
        LastWord::Outcomes { failed, .. } => failed.iter().any(|(_, code)| is_mendable(*code)),
        LastWord::None | LastWord::Declined | LastWord::Cancelled(_) => ending.code.is_some_and(is_mendable),
    }
}
