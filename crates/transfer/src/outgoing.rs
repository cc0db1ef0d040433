//! One transfer from us: which block is read next, which is sent next, and what the receiver has said of them.
//!
//! Promises: blocks leave in order, one after the other, whatever order their reads return in; a block that is sent again is the same
//! block or its entry fails. Leaves to the [`Exchange`](crate::Exchange): the window and the turn among transfers.

use std::collections::VecDeque;

use bytes::Bytes;
use parlor_protocol::{
    code::TransferCode,
    control::{Control, OfferedEntry, ResumePoint},
    frame::{FrameHeader, FrameKind, HEADER_BYTES, PROOF_BYTES},
    host::{Direction, TransferState},
    id::TransferId,
    limits::BLOCK_BYTES,
};

use crate::{
    block::{Hash, block_count, block_len, block_offset, block_proof, entry_proof},
    ended::LastWord,
    meter::Meter,
    offer,
    output::Output,
    snapshot::{EntryView, View},
};

/// A file we offered.
#[derive(Debug)]
struct Entry {
    offered: OfferedEntry,
    /// Of the blocks read so far, in order: for the entry's proof, and to know a block again.
    hashes: Vec<Hash>,
    /// The first block that the receiver lacks.
    first_block: u32,
    state: State,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// Blocks or the proof are still to be sent on this connection.
    Unsent,
    /// The proof was sent.
    Sent,
    /// The receiver has proven it.
    Proven,
    /// Ended without proof.
    Failed(TransferCode),
}

/// Something to send, in its place in the order.
#[derive(Debug)]
enum Slot {
    Block { entry: u32, block: u32, len: u32, bytes: Option<Bytes> },
    Proof { entry: u32 },
}

impl Slot {
    fn entry(&self) -> u32 {
        match self {
            Self::Block { entry, .. } | Self::Proof { entry } => *entry,
        }
    }

    fn len(&self) -> u64 {
        match self {
            Self::Block { len, .. } => u64::from(*len),
            Self::Proof { .. } => 0,
        }
    }
}

/// A transfer from us.
#[derive(Debug)]
pub(crate) struct Outgoing {
    id: TransferId,
    entries: Vec<Entry>,
    total_bytes: u64,
    proven_count: u32,
    ended_count: usize,
    is_accepted: bool,
    /// The receiver has said on this connection where to go on.
    is_flowing: bool,
    /// What is read next: an index into `entries`, and its block.
    cursor: (usize, u32),
    slots: VecDeque<Slot>,
    /// Bytes the receiver had at its last `accept`.
    resumed: u64,
    /// Bytes sent since, and of these stored.
    sent: u64,
    stored: u64,
    pub(crate) meter: Meter,
}

impl Outgoing {
    pub(crate) fn new(id: TransferId, entries: Vec<OfferedEntry>, total_bytes: u64) -> Self {
        let entry = |offered| Entry { offered, hashes: Vec::new(), first_block: 0, state: State::Unsent };
        Self {
            id,
            entries: entries.into_iter().map(entry).collect(),
            total_bytes,
            proven_count: 0,
            ended_count: 0,
            is_accepted: false,
            is_flowing: false,
            cursor: (0, 0),
            slots: VecDeque::new(),
            resumed: 0,
            sent: 0,
            stored: 0,
            meter: Meter::default(),
        }
    }

    pub(crate) fn is_accepted(&self) -> bool {
        self.is_accepted
    }

    /// The offer as messages.
    pub(crate) fn offer(&self) -> Vec<Control> {
        offer::pages(self.id, self.total_bytes, self.entries.iter().map(|entry| &entry.offered))
    }

    pub(crate) fn link_lost(&mut self) {
        self.is_flowing = false;
        self.slots.clear();
        self.meter.set_moving(false);
    }

    /// Consent, or where to go on.
    pub(crate) fn accept(&mut self, resume: &[ResumePoint], out: &mut VecDeque<Output>) -> Result<(), TransferCode> {
        if self.is_flowing {
            return Err(TransferCode::Protocol);
        }
        for entry in &mut self.entries {
            entry.first_block = 0;
            if entry.state == State::Sent {
                entry.state = State::Unsent;
            }
        }
        for point in resume {
            let entry = entry_mut(&mut self.entries, point.entry).ok_or(TransferCode::Protocol)?;
            if point.next_block > block_count(entry.offered.size) {
                return Err(TransferCode::Protocol);
            }
            entry.first_block = point.next_block;
            if point.proven && entry.state == State::Unsent {
                entry.state = State::Proven;
                self.proven_count += 1;
                self.ended_count += 1;
            }
        }
        let stored = |entry: &Entry| match entry.state {
            State::Proven => entry.offered.size,
            State::Failed(_) => 0,
            State::Unsent | State::Sent => block_offset(entry.first_block).min(entry.offered.size),
        };
        self.resumed = self.entries.iter().map(stored).sum();
        (self.sent, self.stored) = (0, 0);
        self.is_accepted = true;
        self.is_flowing = true;
        self.cursor = (0, self.start_of(0));
        self.meter.set_moving(true);
        let send = |control| out.push_back(Output::SendControl(control));
        LastWord::Outcomes { proven: Vec::new(), failed: self.failed() }.say(self.id, send);
        Ok(())
    }

    /// Orders the next read, or puts a proof into the order. None when there is nothing (more) to read.
    pub(crate) fn read_next(&mut self, out: &mut VecDeque<Output>) -> Option<()> {
        if !self.is_flowing {
            return None;
        }
        loop {
            let (index, block) = self.cursor;
            let entry = self.entries.get(index)?;
            let number = u32::try_from(index).ok()?;
            let count = block_count(entry.offered.size);
            if entry.state != State::Unsent {
                self.cursor = (index + 1, self.start_of(index + 1));
                continue;
            }
            if block >= count {
                self.slots.push_back(Slot::Proof { entry: number });
                self.cursor = (index + 1, self.start_of(index + 1));
                return Some(());
            }
            let len = block_len(entry.offered.size, block);
            self.slots.push_back(Slot::Block { entry: number, block, len, bytes: None });
            self.cursor = (index, block + 1);
            let (offset, last) = (block_offset(block), block + 1 == count);
            out.push_back(Output::ReadBlock { transfer: self.id, entry: number, block, offset, len, last });
            return Some(());
        }
    }

    /// Bytes read or being read, not sent.
    pub(crate) fn ahead(&self) -> u64 {
        self.slots.iter().map(Slot::len).sum()
    }

    /// Things read or being read, not sent.
    pub(crate) fn slots(&self) -> usize {
        self.slots.len()
    }

    /// A read returned.
    pub(crate) fn block_read(
        &mut self,
        entry: u32,
        block: u32,
        result: Result<Bytes, TransferCode>,
        out: &mut VecDeque<Output>,
    ) {
        let wanted = self.slots.iter_mut().find_map(|slot| match slot {
            Slot::Block { entry: e, block: b, len, bytes } if (*e, *b) == (entry, block) && bytes.is_none() => {
                Some((*len, bytes))
            }
            Slot::Block { .. } | Slot::Proof { .. } => None,
        });
        // An answer of an older connection, or of an entry that failed meanwhile, finds no slot.
        let Some((len, bytes)) = wanted else { return };
        match result {
            Ok(read) if u32::try_from(read.len()) == Ok(len) => *bytes = Some(read),
            Ok(_) => self.fail_here(entry, TransferCode::SourceChanged, out),
            Err(code) => self.fail_here(entry, code, out),
        }
    }

    /// Bytes the next frames need in the window; none when the next thing is not read yet or there is none.
    pub(crate) fn next_len(&self) -> Option<u64> {
        match self.slots.front()? {
            Slot::Block { bytes: None, .. } => None,
            Slot::Block { entry, block, len, bytes: Some(_) } => {
                let entry = self.entries.get(usize::try_from(*entry).ok()?)?;
                Some(if *block < entry.first_block { 0 } else { u64::from(*len) })
            }
            Slot::Proof { .. } => Some(0),
        }
    }

    /// Sends the next thing, which [`Outgoing::next_len`] has shown to be there.
    pub(crate) fn send_next(&mut self, payload_bytes: usize, out: &mut VecDeque<Output>) {
        match self.slots.pop_front() {
            Some(Slot::Block { entry, block, bytes: Some(bytes), .. }) => {
                self.send_block(entry, block, &bytes, payload_bytes, out);
            }
            Some(Slot::Proof { entry: index }) => {
                let Some(entry) = entry_mut(&mut self.entries, index) else { return };
                entry.state = State::Sent;
                let block = block_count(entry.offered.size);
                let proof = entry_proof(&entry.hashes);
                let header =
                    FrameHeader { kind: FrameKind::EntryProof, transfer: self.id, entry: index, block, offset: 0 };
                out.push_back(Output::SendFrame([header.encode().as_slice(), &proof].concat().into()));
            }
            Some(Slot::Block { bytes: None, .. }) | None => {}
        }
    }

    fn send_block(&mut self, index: u32, block: u32, bytes: &Bytes, payload_bytes: usize, out: &mut VecDeque<Output>) {
        let Some(entry) = entry_mut(&mut self.entries, index) else { return };
        let proof = block_proof(bytes);
        match entry.hashes.get(usize::try_from(block).unwrap_or(usize::MAX)) {
            Some(known) if *known != proof => return self.fail_here(index, TransferCode::SourceChanged, out),
            Some(_) => {}
            None => entry.hashes.push(proof),
        }
        if block < entry.first_block {
            return; // Only its hash was missing here; the receiver has the block.
        }
        self.sent += bytes.len() as u64;
        frames(
            FrameHeader { kind: FrameKind::Data, transfer: self.id, entry: index, block, offset: 0 },
            bytes,
            &proof,
            payload_bytes,
            out,
        );
    }

    /// Bytes sent and not stored.
    pub(crate) fn unstored(&self) -> u64 {
        self.sent - self.stored
    }

    /// The receiver has stored this much since its `accept`.
    pub(crate) fn stored(&mut self, bytes: u64) -> Result<(), TransferCode> {
        if !self.is_flowing || bytes < self.stored || bytes > self.sent {
            return Err(TransferCode::Protocol);
        }
        self.stored = bytes;
        self.meter.note();
        Ok(())
    }

    /// The receiver has proven an entry.
    pub(crate) fn proven(&mut self, index: u32) -> Result<(), TransferCode> {
        let entry = entry_mut(&mut self.entries, index).filter(|_| self.is_accepted).ok_or(TransferCode::Protocol)?;
        match entry.state {
            State::Proven | State::Failed(_) => return Ok(()),
            State::Sent => {}
            // Sent on an earlier connection, as its blocks' hashes tell.
            State::Unsent if !self.is_flowing && entry.hashes.len() == block_count(entry.offered.size) as usize => {}
            State::Unsent => return Err(TransferCode::Protocol),
        }
        entry.state = State::Proven;
        entry.hashes = Vec::new();
        self.proven_count += 1;
        self.ended_count += 1;
        self.meter.note();
        Ok(())
    }

    /// The receiver says that an entry has failed.
    pub(crate) fn failed_there(&mut self, index: u32, code: TransferCode) -> Result<(), TransferCode> {
        if entry_mut(&mut self.entries, index).is_none() || !self.is_accepted {
            return Err(TransferCode::Protocol);
        }
        self.fail(index, code);
        Ok(())
    }

    fn fail_here(&mut self, index: u32, code: TransferCode, out: &mut VecDeque<Output>) {
        self.fail(index, code);
        out.push_back(Output::SendControl(Control::EntryFailed { transfer: self.id, entry: index, code }));
    }

    fn fail(&mut self, index: u32, code: TransferCode) {
        let Some(entry) = entry_mut(&mut self.entries, index) else { return };
        if matches!(entry.state, State::Proven | State::Failed(_)) {
            return;
        }
        entry.state = State::Failed(code);
        entry.hashes = Vec::new();
        self.ended_count += 1;
        self.slots.retain(|slot| slot.entry() != index);
        self.meter.note();
    }

    /// Every entry is proven or has failed.
    pub(crate) fn is_complete(&self) -> bool {
        self.ended_count == self.entries.len()
    }

    /// What the receiver has to hear when it is complete.
    pub(crate) fn last_word(&self) -> LastWord {
        match self.failed() {
            failed if failed.is_empty() => LastWord::None,
            failed => LastWord::Outcomes { proven: Vec::new(), failed },
        }
    }

    fn failed(&self) -> Vec<(u32, TransferCode)> {
        let failed = (0_u32..).zip(&self.entries).filter_map(|(index, entry)| match entry.state {
            State::Failed(code) => Some((index, code)),
            State::Unsent | State::Sent | State::Proven => None,
        });
        failed.collect()
    }

    /// The first block to read of an entry: what the receiver lacks, or what was never hashed here.
    fn start_of(&self, index: usize) -> u32 {
        self.entries
            .get(index)
            .map_or(0, |entry| entry.first_block.min(u32::try_from(entry.hashes.len()).unwrap_or(u32::MAX)))
    }

    pub(crate) fn view(&self) -> View<'_> {
        let state = match (self.is_complete(), self.is_accepted, self.is_flowing) {
            (true, ..) if self.proven_count as usize == self.entries.len() => TransferState::Proven,
            (true, ..) => TransferState::Partial,
            (false, false, _) => TransferState::Waiting,
            (false, true, true) => TransferState::Moving,
            (false, true, false) => TransferState::Interrupted,
        };
        let entries = self.entries.iter().map(|entry| EntryView {
            path: entry.offered.path.join("/"),
            size: entry.offered.size,
            proven: entry.state == State::Proven,
            failed: match entry.state {
                State::Failed(code) => Some(code),
                State::Unsent | State::Sent | State::Proven => None,
            },
        });
        View {
            id: self.id,
            direction: Direction::Sending,
            state,
            entries: Box::new(entries),
            entry_count: u32::try_from(self.entries.len()).unwrap_or(u32::MAX),
            proven_count: self.proven_count,
            total_bytes: self.total_bytes,
            stored_bytes: if state == TransferState::Proven {
                self.total_bytes
            } else {
                (self.resumed + self.stored).min(self.total_bytes)
            },
            meter: &self.meter,
        }
    }
}

fn entry_mut(entries: &mut [Entry], index: u32) -> Option<&mut Entry> {
    entries.get_mut(usize::try_from(index).ok()?)
}

/// A block as frames, all cut from one buffer, and its proof behind them.
fn frames(first: FrameHeader, bytes: &[u8], proof: &Hash, payload_bytes: usize, out: &mut VecDeque<Output>) {
    let count = bytes.len().div_ceil(payload_bytes);
    let mut buffer = Vec::with_capacity(bytes.len() + count * HEADER_BYTES + HEADER_BYTES + PROOF_BYTES);
    let mut offset = 0;
    for payload in bytes.chunks(payload_bytes) {
        buffer.extend_from_slice(&FrameHeader { offset, ..first }.encode());
        buffer.extend_from_slice(payload);
        offset += u32::try_from(payload.len()).unwrap_or(BLOCK_BYTES);
    }
    buffer.extend_from_slice(&FrameHeader { kind: FrameKind::BlockProof, ..first }.encode());
    buffer.extend_from_slice(proof);
    let mut buffer = Bytes::from(buffer);
    for payload in bytes.chunks(payload_bytes) {
        out.push_back(Output::SendFrame(buffer.split_to(HEADER_BYTES + payload.len())));
    }
    out.push_back(Output::SendFrame(buffer));
}
