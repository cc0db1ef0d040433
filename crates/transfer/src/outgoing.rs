//! One transfer from us: which block is read next, which is sent next, and what the receiver has said of them.
//!
//! Promises: blocks leave in order, one after the other, whatever order their reads return in; a block that is sent again is the same
//! block or its entry fails. Leaves to the [`Exchange`](crate::Exchange): the window and the turn among transfers.

use bytes::Bytes;
use parlor_protocol::{
    code::TransferCode,
    control::{Control, OfferedEntry, ResumePoint},
    frame::{FrameHeader, FrameKind, HEADER_BYTES, PROOF_BYTES},
    host::Direction,
    id::TransferId,
    limits::{BLOCK_BYTES, RESUME_RANGES},
};

use crate::{
    block::{Hash, block_count, block_len, block_offset, block_proof, entry_proof},
    ended::LastWord,
    hold::Hold,
    meter::Meter,
    offer,
    outgoing_entry::{OutgoingEntry, OutgoingState},
    output::{Output, Outputs},
    send_queue::{SendQueue, Slot},
    snapshot::View,
};

/// A transfer from us.
#[derive(Debug)]
pub(crate) struct Outgoing {
    id: TransferId,
    entries: Vec<OutgoingEntry>,
    total_bytes: u64,
    proven_count: u32,
    declined_count: u32,
    ended_count: usize,
    is_accepted: bool,
    /// The receiver has said on this connection where to go on.
    is_flowing: bool,
    hold: Hold,
    /// What is read next: an index into `entries`, and its block.
    cursor: (usize, u32),
    queue: SendQueue,
    /// Bytes the receiver had at its last `accept`.
    resumed: u64,
    /// Bytes sent since, and of these stored.
    sent: u64,
    stored: u64,
    pub(crate) meter: Meter,
}

impl Outgoing {
    pub(crate) fn new(id: TransferId, entries: Vec<OfferedEntry>, total_bytes: u64) -> Self {
        Self {
            id,
            entries: entries.into_iter().map(OutgoingEntry::new).collect(),
            total_bytes,
            proven_count: 0,
            declined_count: 0,
            ended_count: 0,
            is_accepted: false,
            is_flowing: false,
            hold: Hold::default(),
            cursor: (0, 0),
            queue: SendQueue::default(),
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

    /// What the other side of a new link has to hear of our hold.
    pub(crate) fn held(&self) -> Option<Control> {
        self.hold.here.then_some(Control::Pause { transfer: self.id, paused: true })
    }

    /// One side holds it up or lets it go on. What was sent before still arrives.
    pub(crate) fn hold(&mut self, change: impl FnOnce(&mut Hold)) {
        let before = self.hold;
        change(&mut self.hold);
        if !self.hold.is_free() {
            self.forget_ahead();
        }
        if before.here != self.hold.here {
            self.meter.note();
        }
        self.meter.set_moving(self.is_moving());
    }

    /// What is read ahead is read again when it goes on: meanwhile the others need the room.
    fn forget_ahead(&mut self) {
        let Some(next) = self.queue.front() else { return };
        let (Some(entry), Ok(index)) = (self.entries.get(next.entry() as usize), usize::try_from(next.entry())) else {
            return;
        };
        self.cursor = (index, next.block().unwrap_or_else(|| block_count(entry.offered.size)));
        self.queue.clear();
    }

    fn is_moving(&self) -> bool {
        self.is_flowing && self.hold.is_free()
    }

    /// Before the offer is said again: a receiver that knows it says anew what it does not want, one that has forgotten it asks its user.
    pub(crate) fn link_up(&mut self) {
        let declined =
            self.entries.iter_mut().filter(|entry| entry.state == OutgoingState::Failed(TransferCode::Declined));
        for entry in declined {
            entry.state = OutgoingState::Unsent;
            self.total_bytes += entry.offered.size;
            self.declined_count -= 1;
            self.ended_count -= 1;
        }
    }

    pub(crate) fn link_lost(&mut self) {
        self.is_flowing = false;
        self.hold.there = false;
        self.queue.clear();
        self.meter.set_moving(false);
    }

    /// Consent, or where to go on.
    pub(crate) fn accept(&mut self, resume: &[ResumePoint], out: &mut Outputs) -> Result<(), TransferCode> {
        if self.is_flowing {
            return Err(TransferCode::Protocol);
        }
        if resume.iter().map(|point| point.stored.len()).sum::<usize>() > RESUME_RANGES {
            return Err(TransferCode::Protocol);
        }
        self.entries.iter_mut().for_each(OutgoingEntry::start_again);
        for point in resume {
            let entry = entry_mut(&mut self.entries, point.entry).ok_or(TransferCode::Protocol)?;
            entry.resume(point)?;
            if point.proven && entry.state == OutgoingState::Unsent {
                entry.state = OutgoingState::Proven;
                self.proven_count += 1;
                self.ended_count += 1;
                // An empty file changes neither state nor bytes.
                self.meter.note();
            }
        }
        self.resumed = self.entries.iter().map(OutgoingEntry::stored).sum();
        (self.sent, self.stored) = (0, 0);
        self.is_accepted = true;
        self.is_flowing = true;
        self.cursor = (0, self.start_of(0));
        self.meter.set_moving(self.is_moving());
        let send = |control| out.push_back(Output::SendControl(control));
        LastWord::Outcomes { proven: Vec::new(), failed: self.failed() }.say(self.id, send);
        Ok(())
    }

    /// Orders the next read, or puts a proof into the order. None when there is nothing (more) to read.
    pub(crate) fn read_next(&mut self, out: &mut Outputs) -> Option<()> {
        if !self.is_moving() {
            return None;
        }
        loop {
            let (index, block) = self.cursor;
            let entry = self.entries.get(index)?;
            let number = u32::try_from(index).ok()?;
            let count = block_count(entry.offered.size);
            if entry.state != OutgoingState::Unsent {
                self.cursor = (index + 1, self.start_of(index + 1));
                continue;
            }
            if block >= count {
                self.queue.push_proof(number);
                self.cursor = (index + 1, self.start_of(index + 1));
                return Some(());
            }
            if entry.is_done_with(block) {
                self.cursor = (index, block + 1);
                continue;
            }
            let len = block_len(entry.offered.size, block);
            self.queue.push_block(number, block, len);
            self.cursor = (index, block + 1);
            let (offset, last) = (block_offset(block), block + 1 == count);
            out.push_back(Output::ReadBlock { transfer: self.id, entry: number, block, offset, len, last });
            return Some(());
        }
    }

    /// Bytes read or being read, not sent. What is read for nothing any more counts until its read returns.
    pub(crate) fn ahead(&self) -> u64 {
        self.queue.bytes()
    }

    /// Things read or being read, not sent; counted likewise.
    pub(crate) fn slots(&self) -> usize {
        self.queue.len()
    }

    /// A read returned.
    pub(crate) fn block_read(
        &mut self,
        entry: u32,
        block: u32,
        result: Result<Bytes, TransferCode>,
        out: &mut Outputs,
    ) {
        // An answer of an older connection, or of an entry that failed meanwhile, finds no slot.
        let Some((len, bytes)) = self.queue.returned(entry, block) else { return };
        match result {
            Ok(read) if u32::try_from(read.len()) == Ok(len) => *bytes = Some(read),
            Ok(_) => self.fail_here(entry, TransferCode::SourceChanged, out),
            Err(code) => self.fail_here(entry, code, out),
        }
    }

    /// Bytes the next frames need in the window; none when the next thing is not read yet, there is none, or someone holds it up.
    pub(crate) fn next_len(&self) -> Option<u64> {
        if !self.is_moving() {
            return None;
        }
        match self.queue.front()? {
            Slot::Block { bytes: None, .. } => None,
            Slot::Block { entry, block, len, bytes: Some(_) } => {
                let entry = self.entries.get(usize::try_from(*entry).ok()?)?;
                Some(if entry.is_stored(*block) { 0 } else { u64::from(*len) })
            }
            Slot::Proof { .. } => Some(0),
        }
    }

    /// Sends the next thing, which [`Outgoing::next_len`] has shown to be there.
    pub(crate) fn send_next(&mut self, payload_bytes: usize, out: &mut Outputs) {
        match self.queue.pop() {
            Some(Slot::Block { entry, block, bytes: Some(bytes), .. }) => {
                self.send_block(entry, block, &bytes, payload_bytes, out);
            }
            Some(Slot::Proof { entry: index }) => {
                let Some(entry) = entry_mut(&mut self.entries, index) else { return };
                entry.state = OutgoingState::Sent;
                let block = block_count(entry.offered.size);
                let proof = entry_proof(&entry.hashes);
                let header =
                    FrameHeader { kind: FrameKind::EntryProof, transfer: self.id, entry: index, block, offset: 0 };
                out.push_back(Output::SendFrame([header.encode().as_slice(), &proof].concat().into()));
            }
            Some(Slot::Block { bytes: None, .. }) | None => {}
        }
    }

    fn send_block(&mut self, index: u32, block: u32, bytes: &Bytes, payload_bytes: usize, out: &mut Outputs) {
        let Some(entry) = entry_mut(&mut self.entries, index) else { return };
        let proof = block_proof(bytes);
        match entry.hashes.get(usize::try_from(block).unwrap_or(usize::MAX)) {
            Some(known) if *known != proof => return self.fail_here(index, TransferCode::SourceChanged, out),
            Some(_) => {}
            None => entry.hashes.push(proof),
        }
        if entry.is_stored(block) {
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
        let entry = entry_mut(&mut self.entries, index).ok_or(TransferCode::Protocol)?;
        match entry.state {
            OutgoingState::Proven | OutgoingState::Failed(_) => return Ok(()),
            OutgoingState::Sent => {}
            // Before the `accept` of a connection: it has it from an earlier connection or session.
            OutgoingState::Unsent if !self.is_flowing => {}
            OutgoingState::Unsent => return Err(TransferCode::Protocol),
        }
        entry.state = OutgoingState::Proven;
        entry.hashes = Vec::new();
        self.proven_count += 1;
        self.ended_count += 1;
        self.meter.note();
        Ok(())
    }

    /// The receiver says that an entry has failed, or, before it accepts, that it does not want it.
    pub(crate) fn failed_there(&mut self, index: u32, code: TransferCode) -> Result<(), TransferCode> {
        let is_declined = code == TransferCode::Declined;
        if entry_mut(&mut self.entries, index).is_none() || !(self.is_accepted || is_declined) {
            return Err(TransferCode::Protocol);
        }
        self.fail(index, code);
        // Who wants nothing at all declines the offer.
        if self.declined_count as usize == self.entries.len() { Err(TransferCode::Protocol) } else { Ok(()) }
    }

    fn fail_here(&mut self, index: u32, code: TransferCode, out: &mut Outputs) {
        self.fail(index, code);
        out.push_back(Output::SendControl(Control::EntryFailed { transfer: self.id, entry: index, code }));
    }

    fn fail(&mut self, index: u32, code: TransferCode) {
        let Some(entry) = entry_mut(&mut self.entries, index) else { return };
        if matches!(entry.state, OutgoingState::Proven | OutgoingState::Failed(_)) {
            return;
        }
        entry.state = OutgoingState::Failed(code);
        entry.hashes = Vec::new();
        if code == TransferCode::Declined {
            self.total_bytes -= entry.offered.size;
            self.declined_count += 1;
        }
        self.ended_count += 1;
        self.queue.drop_entry(index);
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

    /// Entries that the receiver has not.
    pub(crate) fn missing(&self) -> Vec<u32> {
        let entries = (0_u32..).zip(&self.entries);
        entries.filter(|(_, entry)| entry.state != OutgoingState::Proven).map(|(index, _)| index).collect()
    }

    /// What the receiver does not know better.
    fn failed(&self) -> Vec<(u32, TransferCode)> {
        let failed = (0_u32..).zip(&self.entries).filter_map(|(index, entry)| Some((index, entry.failed()?)));
        failed.filter(|(_, code)| *code != TransferCode::Declined).collect()
    }

    /// The first block to read of an entry: what the receiver lacks, or what was never hashed here.
    fn start_of(&self, index: usize) -> u32 {
        self.entries.get(index).map_or(0, OutgoingEntry::start)
    }

    pub(crate) fn view(&self) -> View<'_> {
        let is_proven = (self.proven_count + self.declined_count) as usize == self.entries.len();
        View {
            id: self.id,
            direction: Direction::Sending,
            is_accepted: self.is_accepted,
            is_flowing: self.is_flowing,
            hold: self.hold,
            is_complete: self.is_complete(),
            entries: Box::new(self.entries.iter().map(OutgoingEntry::view)),
            entry_count: u32::try_from(self.entries.len()).unwrap_or(u32::MAX),
            proven_count: self.proven_count,
            declined_count: self.declined_count,
            executable: false,
            total_bytes: self.total_bytes,
            stored_bytes: if is_proven { self.total_bytes } else { (self.resumed + self.stored).min(self.total_bytes) },
            meter: &self.meter,
        }
    }
}

fn entry_mut(entries: &mut [OutgoingEntry], index: u32) -> Option<&mut OutgoingEntry> {
    entries.get_mut(usize::try_from(index).ok()?)
}

/// A block as frames, all cut from one buffer, and its proof behind them.
fn frames(first: FrameHeader, bytes: &[u8], proof: &Hash, payload_bytes: usize, out: &mut Outputs) {
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
