//! One transfer to us: collects blocks, proves them, has them written, and says so.
//!
//! Promises: nothing is written before consent, nothing unproven ever; what waits to be written is bounded by the window. Whatever
//! frames come, the answer is a step or a code, never a panic. Leaves to the [`Exchange`](crate::Exchange): ending, and the sum over transfers.

use std::collections::VecDeque;

use bytes::Bytes;
use parlor_protocol::{
    code::TransferCode,
    control::{Control, OfferedEntry, ResumePoint},
    frame::{FrameHeader, FrameKind, PROOF_BYTES},
    host::{Direction, TransferState},
    id::TransferId,
    limits::{BLOCK_BYTES, FRAME_PAYLOAD_BYTES, SAFE_INTEGER, WINDOW_BYTES},
};

use crate::{
    block::{block_count, block_len, block_offset, block_proof},
    ended::LastWord,
    meter::Meter,
    offer,
    output::Output,
    safe_names::{SafeNames, SafePath},
    snapshot::{EntryView, View},
};

/// Entries that have begun and are not whole: an honest sender has one, and those it gave up while their notice is on its way.
const INCOMPLETE_ENTRIES: usize = 16;
/// Bytes newly stored that are worth a word: half a block keeps the window open without chatter.
const STORED_STEP_BYTES: u64 = BLOCK_BYTES as u64 / 2;
/// Points of an `accept`: at 60 bytes each they fit a message of `control` twice over.
const RESUME_POINTS: usize = 512;
/// What an entry costs in memory besides its path, generously.
const ENTRY_OVERHEAD_BYTES: usize = 128;

/// A file offered to us.
#[derive(Debug)]
struct Entry {
    path: SafePath,
    size: u64,
    modified_ms: Option<u64>,
    state: State,
}

#[derive(Debug)]
enum State {
    Pending,
    Open(Box<OpenEntry>),
    /// Whole; the driver gives it its name.
    Finishing,
    Proven,
    Failed(TransferCode),
}

/// An entry of which something has arrived.
#[derive(Debug, Default)]
struct OpenEntry {
    /// The block that is collected, or comes next.
    next_block: u32,
    /// What has arrived of it.
    collected: Vec<u8>,
    /// Over the proofs of the blocks before.
    proofs: blake3::Hasher,
    /// Blocks whose writes have not returned.
    writing: Vec<u32>,
    /// The entry's proof came and is right.
    is_whole: bool,
}

#[derive(Debug)]
enum Phase {
    /// Pages of the offer are missing.
    Collecting {
        names: SafeNames,
        entry_count: u32,
    },
    /// The user has not answered.
    Waiting,
    Accepted,
}

/// A transfer to us.
#[derive(Debug)]
pub(crate) struct Incoming {
    id: TransferId,
    entries: Vec<Entry>,
    total_bytes: u64,
    phase: Phase,
    names_bytes: usize,
    proven_count: u32,
    ended_count: usize,
    /// `accept` was sent on this connection.
    is_flowing: bool,
    /// `accept` is to be sent on this connection, once nothing is under way on the disk.
    is_accept_due: bool,
    /// Writes and finishes that have not returned.
    orders: usize,
    incomplete: usize,
    /// Bytes arrived since `accept`, of these stored, and of these told.
    arrived: u64,
    stored: u64,
    told: u64,
    /// Bytes stored over all connections.
    done_bytes: u64,
    pub(crate) meter: Meter,
}

impl Incoming {
    /// The beginning of an offer. Feed all its entries to [`Incoming::collect`].
    pub(crate) fn new(id: TransferId, entry_count: u32, total_bytes: u64) -> Self {
        Self {
            id,
            entries: Vec::new(),
            total_bytes,
            phase: Phase::Collecting { names: SafeNames::new(), entry_count },
            names_bytes: 0,
            proven_count: 0,
            ended_count: 0,
            is_flowing: false,
            is_accept_due: false,
            orders: 0,
            incomplete: 0,
            arrived: 0,
            stored: 0,
            told: 0,
            done_bytes: 0,
            meter: Meter::default(),
        }
    }

    pub(crate) fn is_collecting(&self) -> bool {
        matches!(self.phase, Phase::Collecting { .. })
    }

    pub(crate) fn is_waiting(&self) -> bool {
        matches!(self.phase, Phase::Waiting)
    }

    pub(crate) fn is_accepted(&self) -> bool {
        matches!(self.phase, Phase::Accepted)
    }

    /// Memory taken by the names of the offer, about.
    pub(crate) fn names_bytes(&self) -> usize {
        self.names_bytes
    }

    /// Takes a page of the offer, of which names may take `room` more bytes.
    pub(crate) fn collect(&mut self, page: Vec<OfferedEntry>, last: bool, room: usize) -> Result<(), TransferCode> {
        let Phase::Collecting { names, entry_count } = &mut self.phase else { return Ok(()) };
        let limit = self.names_bytes + room;
        if page.is_empty() || page.len() + self.entries.len() > *entry_count as usize {
            return Err(TransferCode::BadOffer);
        }
        for OfferedEntry { path: offered, size, modified_ms } in page {
            // Each folder of a path may become a name to remember.
            self.names_bytes += offered.iter().map(|component| component.len() + ENTRY_OVERHEAD_BYTES).sum::<usize>();
            if self.names_bytes > limit {
                return Err(TransferCode::BadOffer);
            }
            let path = names.add(&offered).map_err(|_| TransferCode::BadOffer)?;
            let modified_ms = modified_ms.filter(|time| *time <= SAFE_INTEGER);
            self.entries.push(Entry { path, size, modified_ms, state: State::Pending });
        }
        if last {
            let sum = offer::total_bytes(self.entries.iter().map(|entry| entry.size));
            if self.entries.len() != *entry_count as usize || sum != Some(self.total_bytes) {
                return Err(TransferCode::BadOffer);
            }
            self.phase = Phase::Waiting;
        }
        Ok(())
    }

    /// The user consents.
    pub(crate) fn accept(&mut self, link_is_up: bool, out: &mut VecDeque<Output>) {
        self.phase = Phase::Accepted;
        self.is_accept_due = link_is_up;
        self.send_due_accept(out);
    }

    pub(crate) fn link_lost(&mut self) {
        self.is_flowing = false;
        self.is_accept_due = false;
        for entry in &mut self.entries {
            if let State::Open(open) = &mut entry.state {
                open.collected = Vec::new();
            }
        }
        self.meter.set_moving(false);
    }

    pub(crate) fn link_up(&mut self, out: &mut VecDeque<Output>) {
        self.is_accept_due = self.is_accepted();
        self.send_due_accept(out);
    }

    /// Says where to go on, as soon as that is certain: when nothing is under way on the disk.
    fn send_due_accept(&mut self, out: &mut VecDeque<Output>) {
        if !self.is_accept_due || self.orders > 0 {
            return;
        }
        self.is_accept_due = false;
        self.is_flowing = true;
        (self.arrived, self.stored, self.told) = (0, 0, 0);
        let transfer = self.id;
        let mut resume = Vec::new();
        for (entry, state) in self.numbered() {
            if let State::Open(open) = state
                && open.next_block > 0
            {
                resume.push(ResumePoint { entry, next_block: open.next_block, proven: false });
            }
        }
        let LastWord::Outcomes { mut proven, failed } = self.outcomes() else { return };
        let points = proven.split_off(proven.len() - proven.len().min(RESUME_POINTS.saturating_sub(resume.len())));
        let size_of = |entry: u32| self.entries.get(entry as usize).map_or(0, |entry| entry.size);
        let point = |entry| ResumePoint { entry, next_block: block_count(size_of(entry)), proven: true };
        resume.extend(points.into_iter().map(point));
        let mut send = |control| out.push_back(Output::SendControl(control));
        LastWord::Outcomes { proven, failed }.say(transfer, &mut send);
        send(Control::Accept { transfer, resume });
        self.meter.set_moving(true);
    }

    /// Takes a frame. An error ends the transfer with that code.
    pub(crate) fn frame(
        &mut self,
        header: FrameHeader,
        payload: &[u8],
        out: &mut VecDeque<Output>,
    ) -> Result<(), TransferCode> {
        let number = header.entry;
        let entry = self.entries.get_mut(number as usize).filter(|_| self.is_flowing).ok_or(TransferCode::Protocol)?;
        if header.kind == FrameKind::Data {
            self.arrived += payload.len() as u64;
            if payload.is_empty() || payload.len() > FRAME_PAYLOAD_BYTES || self.arrived - self.stored > WINDOW_BYTES {
                return Err(TransferCode::Protocol);
            }
        } else if payload.len() != PROOF_BYTES {
            return Err(TransferCode::Protocol);
        }
        match entry.state {
            State::Failed(_) => {
                // It was on its way when the entry failed: nothing is kept, so it takes no room in the window.
                if header.kind == FrameKind::Data {
                    self.stored += payload.len() as u64;
                    self.tell_stored(out);
                }
                return Ok(());
            }
            State::Pending => {
                if self.incomplete >= INCOMPLETE_ENTRIES {
                    return Err(TransferCode::Protocol);
                }
                self.incomplete += 1;
                let (path, size) = (entry.path.clone(), entry.size);
                out.push_back(Output::OpenEntry { transfer: self.id, entry: number, path, size });
                entry.state = State::Open(Box::default());
            }
            State::Open(_) | State::Finishing | State::Proven => {}
        }
        let size = entry.size;
        let State::Open(open) = &mut entry.state else { return Err(TransferCode::Protocol) };
        if open.is_whole || header.block != open.next_block {
            return Err(TransferCode::Protocol);
        }
        let len = block_len(size, open.next_block) as usize;
        match header.kind {
            FrameKind::Data => open.take(header.offset, payload, len, self.incomplete == 1),
            FrameKind::BlockProof if len == 0 || open.collected.len() != len => Err(TransferCode::Protocol),
            FrameKind::BlockProof => {
                let proof = block_proof(&open.collected);
                if proof != payload {
                    self.fail_here(number, TransferCode::Corrupt, out);
                    return Ok(());
                }
                open.proofs.update(&proof);
                let bytes = Bytes::from(std::mem::take(&mut open.collected));
                let block = open.next_block;
                open.next_block += 1;
                open.writing.push(block);
                self.orders += 1;
                let offset = block_offset(block);
                out.push_back(Output::WriteBlock { transfer: self.id, entry: number, block, offset, bytes });
                Ok(())
            }
            FrameKind::EntryProof if open.next_block != block_count(size) => Err(TransferCode::Protocol),
            FrameKind::EntryProof => {
                if open.proofs.finalize().as_bytes() != payload {
                    self.fail_here(number, TransferCode::Corrupt, out);
                    return Ok(());
                }
                open.is_whole = true;
                self.incomplete -= 1;
                self.finish_if_written(number, out);
                Ok(())
            }
        }
    }

    /// A write returned.
    pub(crate) fn block_written(
        &mut self,
        number: u32,
        block: u32,
        result: Result<(), TransferCode>,
        out: &mut VecDeque<Output>,
    ) -> Result<(), TransferCode> {
        let Some(entry) = self.entries.get_mut(number as usize) else { return Ok(()) };
        // An answer of an entry that failed meanwhile finds it closed.
        let State::Open(open) = &mut entry.state else { return Ok(()) };
        let Some(place) = open.writing.iter().position(|writing| *writing == block) else { return Ok(()) };
        match result {
            Ok(()) => {
                let len = u64::from(block_len(entry.size, block));
                open.writing.swap_remove(place);
                self.orders -= 1;
                self.done_bytes += len;
                if self.is_flowing {
                    self.stored += len;
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
        out: &mut VecDeque<Output>,
    ) -> Result<(), TransferCode> {
        let Some(entry) = self.entries.get_mut(number as usize) else { return Ok(()) };
        if !matches!(entry.state, State::Finishing) {
            return Ok(());
        }
        match result {
            Ok(()) => {
                entry.state = State::Proven;
                self.orders -= 1;
                self.proven_count += 1;
                self.ended_count += 1;
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
        out: &mut VecDeque<Output>,
    ) -> Result<(), TransferCode> {
        if number as usize >= self.entries.len() || !self.is_accepted() {
            return Err(TransferCode::Protocol);
        }
        self.fail(number, code, out);
        self.send_due_accept(out);
        Ok(())
    }

    fn fail_here(&mut self, number: u32, code: TransferCode, out: &mut VecDeque<Output>) {
        self.fail(number, code, out);
        // Without a connection it is said before the next `accept`.
        if self.is_flowing {
            out.push_back(Output::SendControl(Control::EntryFailed { transfer: self.id, entry: number, code }));
        }
    }

    fn fail(&mut self, number: u32, code: TransferCode, out: &mut VecDeque<Output>) {
        let Some(entry) = self.entries.get_mut(number as usize) else { return };
        match &entry.state {
            State::Proven | State::Failed(_) => return,
            State::Pending => {}
            State::Finishing => self.orders -= 1,
            State::Open(open) => {
                self.orders -= open.writing.len();
                self.incomplete -= usize::from(!open.is_whole);
                if self.is_flowing {
                    let writing =
                        open.writing.iter().map(|block| u64::from(block_len(entry.size, *block))).sum::<u64>();
                    self.stored += open.collected.len() as u64 + writing;
                }
            }
        }
        if !matches!(entry.state, State::Pending) {
            out.push_back(Output::DiscardEntry { transfer: self.id, entry: number });
        }
        entry.state = State::Failed(code);
        self.ended_count += 1;
        self.meter.note();
        self.tell_stored(out);
    }

    fn finish_if_written(&mut self, number: u32, out: &mut VecDeque<Output>) {
        let Some(entry) = self.entries.get_mut(number as usize) else { return };
        if matches!(&entry.state, State::Open(open) if open.is_whole && open.writing.is_empty()) {
            entry.state = State::Finishing;
            self.orders += 1;
            let (size, modified_ms) = (entry.size, entry.modified_ms);
            out.push_back(Output::FinishEntry { transfer: self.id, entry: number, size, modified_ms });
        }
    }

    fn tell_stored(&mut self, out: &mut VecDeque<Output>) {
        let news = self.stored - self.told;
        if self.is_flowing && (news >= STORED_STEP_BYTES || (news > 0 && self.stored == self.arrived)) {
            self.told = self.stored;
            out.push_back(Output::SendControl(Control::Stored { transfer: self.id, bytes: self.stored }));
        }
    }

    /// Bytes arrived and not stored.
    pub(crate) fn unstored(&self) -> u64 {
        self.arrived - self.stored
    }

    /// Every entry is proven or has failed.
    pub(crate) fn is_complete(&self) -> bool {
        self.is_accepted() && self.ended_count == self.entries.len()
    }

    /// What became of the entries, for the sender.
    pub(crate) fn outcomes(&self) -> LastWord {
        let (mut proven, mut failed) = (Vec::new(), Vec::new());
        for (number, state) in self.numbered() {
            match state {
                State::Proven => proven.push(number),
                State::Failed(code) => failed.push((number, *code)),
                State::Pending | State::Open(_) | State::Finishing => {}
            }
        }
        LastWord::Outcomes { proven, failed }
    }

    fn numbered(&self) -> impl Iterator<Item = (u32, &State)> {
        (0_u32..).zip(&self.entries).map(|(number, entry)| (number, &entry.state))
    }

    pub(crate) fn view(&self) -> View<'_> {
        let state = match (self.is_complete(), self.is_accepted(), self.is_flowing) {
            (true, ..) if self.proven_count as usize == self.entries.len() => TransferState::Proven,
            (true, ..) => TransferState::Partial,
            (false, false, _) => TransferState::Waiting,
            (false, true, true) => TransferState::Moving,
            (false, true, false) => TransferState::Interrupted,
        };
        let entries = self.entries.iter().map(|entry| EntryView {
            path: entry.path.to_string(),
            size: entry.size,
            proven: matches!(entry.state, State::Proven),
            failed: match &entry.state {
                State::Failed(code) => Some(*code),
                State::Pending | State::Open(_) | State::Finishing | State::Proven => None,
            },
        });
        View {
            id: self.id,
            direction: Direction::Receiving,
            state,
            entries: Box::new(entries),
            entry_count: u32::try_from(self.entries.len()).unwrap_or(u32::MAX),
            proven_count: self.proven_count,
            total_bytes: self.total_bytes,
            stored_bytes: self.done_bytes.min(self.total_bytes),
            meter: &self.meter,
        }
    }
}

impl OpenEntry {
    /// Takes the next bytes of a block of `len` bytes.
    fn take(&mut self, offset: u32, payload: &[u8], len: usize, is_only: bool) -> Result<(), TransferCode> {
        if offset as usize != self.collected.len() || self.collected.len() + payload.len() > len {
            return Err(TransferCode::Protocol);
        }
        if is_only && self.collected.is_empty() {
            // The usual case takes the block's room at once and never copies it again; many beginnings take what has arrived.
            self.collected.reserve_exact(len);
        }
        self.collected.extend_from_slice(payload);
        Ok(())
    }
}
