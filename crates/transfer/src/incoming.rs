//! One transfer to us: collects blocks, proves them, has them written, and says so.
//!
//! Promises: nothing is written before consent, nothing unproven ever; what waits to be written is bounded by the window. Whatever
//! frames come, the answer is a step or a code, never a panic. Leaves to the [`Exchange`](crate::Exchange): ending, and the sum over transfers.

use parlor_protocol::{
    code::TransferCode,
    control::{Control, OfferedEntry},
    frame::{FrameHeader, FrameKind, PROOF_BYTES},
    host::Direction,
    id::TransferId,
};

use crate::{
    block::{block_len, block_offset},
    collected_offer::CollectedOffer,
    ended::{LastWord, is_mendable},
    error::TransferError,
    executable::is_executable,
    found::FoundEntry,
    hold::Hold,
    incoming_entries::IncomingEntries,
    incoming_entry::IncomingState,
    meter::Meter,
    output::{Output, Outputs},
    receive_window::ReceiveWindow,
    snapshot::View,
};

/// Entries that have begun and are not whole: an honest sender has one, and those it gave up while their notice is on its way.
const INCOMPLETE_ENTRIES: usize = 16;

#[derive(Debug)]
enum Phase {
    /// Pages of the offer are missing.
    Collecting(CollectedOffer),
    /// The user has not answered.
    Waiting,
    Accepted,
}

/// A transfer to us.
#[derive(Debug)]
pub(crate) struct Incoming {
    id: TransferId,
    entries: IncomingEntries,
    total_bytes: u64,
    phase: Phase,
    names_bytes: usize,
    /// Some entry is of a type that systems run.
    executable: bool,
    hold: Hold,
    /// `accept` was sent on this connection.
    is_flowing: bool,
    /// `accept` is to be sent on this connection, once nothing is under way on the disk.
    is_accept_due: bool,
    /// The search for what an earlier session left has not returned.
    is_searching: bool,
    /// Writes, finishes and the search that have not returned.
    orders: usize,
    incomplete: usize,
    window: ReceiveWindow,
    /// Bytes stored over all connections.
    done_bytes: u64,
    pub(crate) meter: Meter,
}

impl Incoming {
    /// The beginning of an offer. Feed all its entries to [`Incoming::collect`].
    pub(crate) fn new(id: TransferId, entry_count: u32, total_bytes: u64) -> Self {
        Self {
            id,
            entries: IncomingEntries::default(),
            total_bytes,
            phase: Phase::Collecting(CollectedOffer::new(entry_count, total_bytes)),
            names_bytes: 0,
            executable: false,
            hold: Hold::default(),
            is_flowing: false,
            is_accept_due: false,
            is_searching: false,
            orders: 0,
            incomplete: 0,
            window: ReceiveWindow::default(),
            done_bytes: 0,
            meter: Meter::default(),
        }
    }

    pub(crate) fn is_collecting(&self) -> bool {
        matches!(self.phase, Phase::Collecting(_))
    }

    pub(crate) fn is_waiting(&self) -> bool {
        matches!(self.phase, Phase::Waiting)
    }

    pub(crate) fn is_accepted(&self) -> bool {
        matches!(self.phase, Phase::Accepted)
    }

    /// `accept` was sent on this connection.
    pub(crate) fn is_flowing(&self) -> bool {
        self.is_flowing
    }

    /// Memory taken by the names of the offer, about.
    pub(crate) fn names_bytes(&self) -> usize {
        self.names_bytes
    }

    /// Takes a page of the offer, of which names may take `room` more bytes.
    pub(crate) fn collect(&mut self, page: Vec<OfferedEntry>, last: bool, room: usize) -> Result<(), TransferCode> {
        let Phase::Collecting(offer) = &mut self.phase else { return Ok(()) };
        let whole = offer.add(page, last, room)?;
        self.names_bytes = offer.names_bytes();
        if let Some(entries) = whole {
            self.executable = entries.iter().any(|entry| is_executable(&entry.path));
            self.entries = IncomingEntries::new(entries);
            self.phase = Phase::Waiting;
        }
        Ok(())
    }

    /// The user consents, but to what is in `without`. What an earlier session left is looked for before the sender hears of it.
    pub(crate) fn accept(&mut self, without: &[u32], link_is_up: bool, out: &mut Outputs) -> Result<(), TransferError> {
        self.total_bytes -= self.entries.decline(without)?;
        self.phase = Phase::Accepted;
        self.is_accept_due = link_is_up;
        self.is_searching = true;
        self.orders += 1;
        out.push_back(Output::FindEntries { transfer: self.id, entries: self.entries.wanted().collect() });
        Ok(())
    }

    /// The disk has no room for what was consented to: the offer waits for the user again.
    pub(crate) fn no_room(&mut self) {
        if !std::mem::take(&mut self.is_searching) {
            return;
        }
        self.orders -= 1;
        self.is_accept_due = false;
        self.hold.here = false;
        self.total_bytes += self.entries.undecline();
        self.phase = Phase::Waiting;
    }

    /// One side holds it up or lets it go on. What was sent before still arrives, and counts.
    pub(crate) fn hold(&mut self, change: impl FnOnce(&mut Hold)) {
        let before = self.hold;
        change(&mut self.hold);
        if before.here != self.hold.here {
            self.meter.note();
        }
        self.meter.set_moving(self.is_flowing && self.hold.is_free());
    }

    /// What an earlier session left.
    pub(crate) fn found(&mut self, found: Vec<FoundEntry>, out: &mut Outputs) {
        if !std::mem::take(&mut self.is_searching) {
            return;
        }
        self.orders -= 1;
        for entry in found {
            self.done_bytes += self.entries.find(entry).unwrap_or_default();
        }
        self.send_due_accept(out);
    }

    pub(crate) fn link_lost(&mut self) {
        self.is_flowing = false;
        self.is_accept_due = false;
        self.hold.there = false;
        self.entries.drop_collected();
        self.meter.set_moving(false);
    }

    pub(crate) fn link_up(&mut self, out: &mut Outputs) {
        self.is_accept_due = self.is_accepted();
        self.send_due_accept(out);
    }

    /// Says where to go on, as soon as that is certain: when nothing is under way on the disk.
    fn send_due_accept(&mut self, out: &mut Outputs) {
        if !self.is_accept_due || self.orders > 0 {
            return;
        }
        self.is_accept_due = false;
        self.is_flowing = true;
        self.window = ReceiveWindow::default();
        let (resume, word, forgotten_bytes) = self.entries.resume();
        self.done_bytes = self.done_bytes.saturating_sub(forgotten_bytes);
        let mut send = |control| out.push_back(Output::SendControl(control));
        word.say(self.id, &mut send);
        if self.hold.here {
            send(Control::Pause { transfer: self.id, paused: true });
        }
        send(Control::Accept { transfer: self.id, resume });
        self.meter.set_moving(self.hold.is_free());
    }

    /// Takes a frame. An error ends the transfer with that code.
    pub(crate) fn frame(&mut self, header: FrameHeader, payload: &[u8], out: &mut Outputs) -> Result<(), TransferCode> {
        let number = header.entry;
        let entry = self.entries.get_mut(number).filter(|_| self.is_flowing).ok_or(TransferCode::Protocol)?;
        if header.kind == FrameKind::Data {
            self.window.arrive(payload.len())?;
        } else if payload.len() != PROOF_BYTES {
            return Err(TransferCode::Protocol);
        }
        match entry.state {
            IncomingState::Failed(_) => {
                // It was on its way when the entry failed: nothing is kept, so it takes no room in the window.
                if header.kind == FrameKind::Data {
                    self.window.store(payload.len() as u64);
                    self.tell_stored(out);
                }
                return Ok(());
            }
            IncomingState::Pending => {
                if self.incomplete >= INCOMPLETE_ENTRIES {
                    return Err(TransferCode::Protocol);
                }
                self.incomplete += 1;
                let (path, size) = (entry.path.clone(), entry.size);
                out.push_back(Output::OpenEntry { transfer: self.id, entry: number, path, size });
                entry.state = IncomingState::Open(entry.found.take().unwrap_or_default());
            }
            IncomingState::Open(_) | IncomingState::Finishing | IncomingState::Proven => {}
        }
        let size = entry.size;
        let IncomingState::Open(open) = &mut entry.state else { return Err(TransferCode::Protocol) };
        if open.is_whole || header.block != open.next_block {
            return Err(TransferCode::Protocol);
        }
        let len = block_len(size, open.next_block) as usize;
        let result = match header.kind {
            FrameKind::Data => open.take(header.offset, payload, len, self.incomplete == 1),
            FrameKind::BlockProof => open.prove_block(len, payload).map(|(block, proof, bytes)| {
                self.orders += 1;
                let offset = block_offset(block);
                out.push_back(Output::WriteBlock { transfer: self.id, entry: number, block, offset, bytes, proof });
            }),
            FrameKind::EntryProof => open.prove_whole(size, payload).map(|()| self.incomplete -= 1),
        };
        match result {
            Ok(()) => self.finish_if_written(number, out),
            Err(code @ (TransferCode::Corrupt | TransferCode::SourceChanged)) => self.fail_here(number, code, out),
            Err(code) => return Err(code),
        }
        Ok(())
    }

    /// A write returned.
    pub(crate) fn block_written(
        &mut self,
        number: u32,
        block: u32,
        result: Result<(), TransferCode>,
        out: &mut Outputs,
    ) -> Result<(), TransferCode> {
        let Some(entry) = self.entries.get_mut(number) else { return Ok(()) };
        // An answer of an entry that failed meanwhile finds it closed.
        let IncomingState::Open(open) = &mut entry.state else { return Ok(()) };
        if !open.writing.contains(&block) {
            return Ok(());
        }
        match result {
            Ok(()) => {
                let len = u64::from(block_len(entry.size, block));
                open.end_write(block);
                self.orders -= 1;
                self.done_bytes += len;
                if self.is_flowing {
                    self.window.store(len);
                }
                self.meter.note();
                self.finish_if_written(number, out);
                self.tell_stored(out);
            }
            Err(TransferCode::NoSpace) => return Err(TransferCode::NoSpace),
            Err(code) => self.fail_here(number, code, out),
        }
        self.send_due_accept(out);
        Ok(())
    }

    /// A file stands under its name, or not.
    pub(crate) fn entry_finished(
        &mut self,
        number: u32,
        result: Result<(), TransferCode>,
        out: &mut Outputs,
    ) -> Result<(), TransferCode> {
        if !self.entries.get_mut(number).is_some_and(|entry| matches!(entry.state, IncomingState::Finishing)) {
            return Ok(());
        }
        match result {
            Ok(()) => {
                self.entries.prove(number);
                self.orders -= 1;
                self.meter.note();
                if self.is_flowing {
                    out.push_back(Output::SendControl(Control::Proven { transfer: self.id, entry: number }));
                }
            }
            Err(TransferCode::NoSpace) => return Err(TransferCode::NoSpace),
            Err(code) => self.fail_here(number, code, out),
        }
        self.send_due_accept(out);
        Ok(())
    }

    /// The sender says that an entry has failed.
    pub(crate) fn failed_there(
        &mut self,
        number: u32,
        code: TransferCode,
        out: &mut Outputs,
    ) -> Result<(), TransferCode> {
        // What is declined is declined here.
        if number as usize >= self.entries.len() || !self.is_accepted() || code == TransferCode::Declined {
            return Err(TransferCode::Protocol);
        }
        self.fail(number, code, out);
        self.send_due_accept(out);
        Ok(())
    }

    fn fail_here(&mut self, number: u32, code: TransferCode, out: &mut Outputs) {
        self.fail(number, code, out);
        // Without a connection it is said before the next `accept`.
        if self.is_flowing {
            out.push_back(Output::SendControl(Control::EntryFailed { transfer: self.id, entry: number, code }));
        }
    }

    fn fail(&mut self, number: u32, code: TransferCode, out: &mut Outputs) {
        let Some((size, before, has_part)) = self.entries.fail(number, code) else { return };
        match &before {
            IncomingState::Finishing => self.orders -= 1,
            IncomingState::Open(open) => {
                self.orders -= open.writing.len();
                self.incomplete -= usize::from(!open.is_whole);
                if self.is_flowing {
                    self.window.store(open.unstored(size));
                }
            }
            IncomingState::Pending | IncomingState::Proven | IncomingState::Failed(_) => {}
        }
        if has_part {
            let keep = is_mendable(code);
            out.push_back(Output::DiscardEntry { transfer: self.id, entry: number, keep });
        }
        self.meter.note();
        self.tell_stored(out);
    }

    fn finish_if_written(&mut self, number: u32, out: &mut Outputs) {
        let Some(entry) = self.entries.get_mut(number) else { return };
        if entry.is_written() {
            entry.state = IncomingState::Finishing;
            self.orders += 1;
            let (size, modified_ms) = (entry.size, entry.modified_ms);
            out.push_back(Output::FinishEntry { transfer: self.id, entry: number, size, modified_ms });
        }
    }

    fn tell_stored(&mut self, out: &mut Outputs) {
        if !self.is_flowing {
            return;
        }
        if let Some(bytes) = self.window.take_news() {
            out.push_back(Output::SendControl(Control::Stored { transfer: self.id, bytes }));
        }
    }

    /// Bytes arrived and not stored.
    pub(crate) fn unstored(&self) -> u64 {
        self.window.unstored()
    }

    /// Every entry is proven or has failed.
    pub(crate) fn is_complete(&self) -> bool {
        self.is_accepted() && self.entries.is_ended()
    }

    /// What became of the entries, for the sender.
    pub(crate) fn outcomes(&self) -> LastWord {
        self.entries.outcomes()
    }

    pub(crate) fn view(&self) -> View<'_> {
        View {
            id: self.id,
            direction: Direction::Receiving,
            is_accepted: self.is_accepted(),
            // A search that may take as long as hashing everything is no interruption.
            is_flowing: self.is_flowing || self.is_searching,
            hold: self.hold,
            is_complete: self.is_complete(),
            entries: Box::new(self.entries.views()),
            entry_count: u32::try_from(self.entries.len()).unwrap_or(u32::MAX),
            proven_count: self.entries.proven_count(),
            declined_count: self.entries.declined_count(),
            executable: self.executable,
            total_bytes: self.total_bytes,
            stored_bytes: self.done_bytes.min(self.total_bytes),
            meter: &self.meter,
        }
    }
}
