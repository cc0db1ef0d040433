//! Two exchanges, a seeded network between them and a seeded disk under each: virtual time, delays, lost links, answers in any order.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet, VecDeque};

use bytes::Bytes;
use parlor_protocol::{
    code::TransferCode,
    control::{Control, OfferedEntry},
    host::{Transfer, TransferState},
    id::{PeerId, TransferId},
    limits::{BLOCK_BYTES, CONTROL_BYTES},
};
use parlor_transfer::{Event, Exchange, FoundEntry, Input, Output, block::block_proof};

/// A small generator (xorshift64*), so that a printed seed tells everything.
#[derive(Debug, Clone)]
pub struct Random(u64);

impl Random {
    pub fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    pub fn below(&mut self, limit: u64) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 16) % limit.max(1)
    }
}

/// The bytes of an offered file, made from its numbers.
pub fn content(transfer: TransferId, entry: u32, from: u64, len: u64) -> Vec<u8> {
    let salt = u64::from(transfer.0[0]) * 31 + u64::from(entry) * 7;
    (from..from + len).map(|index| (index ^ index >> 8 ^ index >> 16).wrapping_add(salt) as u8).collect()
}

/// A received file, as the disk has it.
#[derive(Debug, Default, Clone)]
pub struct StoredFile {
    pub path: String,
    pub bytes: Vec<u8>,
    /// Blocks that were written.
    pub blocks: BTreeSet<u32>,
    pub is_finished: bool,
    pub modified_ms: Option<u64>,
}

/// One side: the machine, its disk, and what it told.
#[derive(Debug)]
pub struct Side {
    pub exchange: Exchange,
    pub files: BTreeMap<(TransferId, u32), StoredFile>,
    /// What an earlier session left, by entry.
    pub left: BTreeMap<u32, StoredFile>,
    pub sources: HashMap<TransferId, Vec<OfferedEntry>>,
    pub states: HashMap<TransferId, Transfer>,
    pub events: Vec<Event>,
    pub released: Vec<TransferId>,
    /// Entries whose part was given up, and whether it stays for a later session.
    pub discarded: Vec<(u32, bool)>,
    /// Whether what is unfinished of an ended transfer stays.
    pub kept: HashMap<TransferId, bool>,
    /// Answers of the disk on their way: due time, order, input.
    answers: Vec<(u64, u64, Input)>,
    /// The disk's next mischief, by transfer and entry.
    pub read_faults: HashMap<(TransferId, u32), TransferCode>,
    pub write_faults: HashMap<(TransferId, u32), TransferCode>,
    /// Offered files that were written to since.
    pub rewritten: HashSet<TransferId>,
    pub accepts: bool,
    pub has_room: bool,
    /// Its disk answers nothing any more.
    pub is_stuck: bool,
    /// What of an ended transfer did not arrive.
    pub missing: HashMap<TransferId, Vec<u32>>,
    pub frames_sent: u64,
    pub bytes_sent: u64,
}

enum Message {
    Control(Control),
    Frame(Bytes),
}

/// Both sides and what is between them.
pub struct Network {
    pub now_ms: u64,
    pub sides: [Side; 2],
    pub random: Random,
    pub disk_ms: u64,
    pub delay_ms: u64,
    pub max_message_bytes: usize,
    pub is_up: bool,
    order: u64,
    /// Per receiving side: control and bulk, each in order, with the time it arrives.
    control: [VecDeque<(u64, Message)>; 2],
    bulk: [VecDeque<(u64, Message)>; 2],
}

pub fn side(number: u8) -> Side {
    Side {
        exchange: Exchange::new(PeerId([number; 16])),
        files: BTreeMap::new(),
        left: BTreeMap::new(),
        sources: HashMap::new(),
        states: HashMap::new(),
        events: Vec::new(),
        released: Vec::new(),
        discarded: Vec::new(),
        kept: HashMap::new(),
        answers: Vec::new(),
        read_faults: HashMap::new(),
        write_faults: HashMap::new(),
        rewritten: HashSet::new(),
        accepts: true,
        has_room: true,
        is_stuck: false,
        missing: HashMap::new(),
        frames_sent: 0,
        bytes_sent: 0,
    }
}

impl Network {
    pub fn new(seed: u64) -> Self {
        println!("seed {seed}");
        Self {
            now_ms: 1_000,
            sides: [side(2), side(1)],
            random: Random::new(seed),
            disk_ms: 5,
            delay_ms: 20,
            max_message_bytes: 256 * 1024,
            is_up: false,
            order: 0,
            control: Default::default(),
            bulk: Default::default(),
        }
    }

    pub fn up(seed: u64) -> Self {
        let mut network = Self::new(seed);
        network.link_up();
        network
    }

    pub fn link_up(&mut self) {
        self.is_up = true;
        for index in 0..2 {
            self.handle(index, Input::LinkUp { max_message_bytes: self.max_message_bytes });
        }
    }

    /// Everything on its way is lost.
    pub fn link_lost(&mut self) {
        self.is_up = false;
        self.control = Default::default();
        self.bulk = Default::default();
        for index in 0..2 {
            self.handle(index, Input::LinkLost);
        }
    }

    pub fn handle(&mut self, index: usize, input: Input) {
        self.try_handle(index, input).expect("granted");
    }

    pub fn try_handle(&mut self, index: usize, input: Input) -> Result<(), parlor_transfer::TransferError> {
        let result = self.sides[index].exchange.handle(self.now_ms, input);
        while let Some(output) = self.sides[index].exchange.poll_output() {
            self.carry_out(index, output);
        }
        result
    }

    /// Both have gone and come back: all is new but the disks, and the same files are offered again.
    pub fn later(self, seed: u64) -> (Self, TransferId) {
        let mut network = Self::up(seed);
        let [sender, receiver] = self.sides;
        let (before, entries) = sender.sources.into_iter().next().expect("an offer");
        let files = receiver.files.into_iter().map(|((_, entry), file)| (entry, file));
        network.sides[1].left = files.filter(|(_, file)| file.is_finished || !file.blocks.is_empty()).collect();
        // The first byte of the id salts the content.
        let transfer =
            network.offer_as(0, TransferId([&before.0[..1], &[9; 15]].concat().try_into().unwrap()), entries);
        (network, transfer)
    }

    pub fn offer(&mut self, index: usize, id: u8, entries: Vec<OfferedEntry>) -> TransferId {
        self.offer_as(index, TransferId([id; 16]), entries)
    }

    fn offer_as(&mut self, index: usize, transfer: TransferId, entries: Vec<OfferedEntry>) -> TransferId {
        self.sides[index].sources.insert(transfer, entries.clone());
        self.handle(index, Input::OfferFiles { transfer, entries });
        transfer
    }

    fn answer(&mut self, index: usize, input: Input) {
        if self.sides[index].is_stuck {
            return;
        }
        self.order += 1;
        let due = self.now_ms + if self.disk_ms == 0 { 0 } else { self.random.below(self.disk_ms) };
        let order = self.order;
        self.sides[index].answers.push((due, order, input));
    }

    fn carry_out(&mut self, index: usize, output: Output) {
        let other = 1 - index;
        match output {
            Output::SendControl(control) => {
                assert!(self.is_up, "sent without a link: {control:?}");
                let json = serde_json::to_vec(&control).unwrap();
                assert!(json.len() <= CONTROL_BYTES);
                let arrives = self.now_ms + self.delay_ms + self.random.below(self.delay_ms);
                self.control[other].push_back((arrives, Message::Control(serde_json::from_slice(&json).unwrap())));
            }
            Output::SendFrame(frame) => {
                assert!(self.is_up && frame.len() <= self.max_message_bytes);
                self.sides[index].frames_sent += 1;
                self.sides[index].bytes_sent += frame.len() as u64;
                let arrives = self.now_ms + self.delay_ms + self.random.below(self.delay_ms);
                self.bulk[other].push_back((arrives, Message::Frame(frame)));
            }
            Output::ReadBlock { transfer, entry, block, offset, len, last } => {
                let size = self.sides[index].sources[&transfer][entry as usize].size;
                assert_eq!(last, offset + u64::from(len) == size);
                let result = match self.sides[index].read_faults.get(&(transfer, entry)) {
                    Some(code) => Err(*code),
                    None => {
                        let mut bytes = content(transfer, entry, offset, u64::from(len));
                        bytes[0] ^= u8::from(self.sides[index].rewritten.contains(&transfer));
                        Ok(Bytes::from(bytes))
                    }
                };
                self.answer(index, Input::BlockRead { transfer, entry, block, result });
            }
            Output::FindEntries { transfer, entries } => {
                let side = &mut self.sides[index];
                if !side.has_room {
                    return self.answer(index, Input::NoRoom { transfer });
                }
                let mut found = Vec::new();
                for wanted in entries.into_iter().filter(|wanted| !wanted.is_declined) {
                    let entry = wanted.entry;
                    let Some(left) = side.left.get(&entry) else { continue };
                    assert_eq!(left.path, wanted.path.to_string());
                    if left.is_finished {
                        side.files.insert((transfer, entry), side.left[&entry].clone());
                        found.push(FoundEntry { entry, blocks: None });
                        continue;
                    }
                    let hash = |block: &u32| {
                        let (from, size) = (*block as usize * BLOCK_BYTES as usize, wanted.size as usize);
                        (*block, block_proof(&left.bytes[from..size.min(from + BLOCK_BYTES as usize)]))
                    };
                    found.push(FoundEntry { entry, blocks: Some(left.blocks.iter().map(hash).collect()) });
                }
                self.answer(index, Input::EntriesFound { transfer, found });
            }
            Output::OpenEntry { transfer, entry, path, .. } => {
                let file = StoredFile { path: path.to_string(), ..StoredFile::default() };
                let file = self.sides[index].left.remove(&entry).unwrap_or(file);
                let known = self.sides[index].files.insert((transfer, entry), file);
                assert!(known.is_none(), "opened twice");
            }
            Output::WriteBlock { transfer, entry, block, offset, bytes, proof } => {
                assert_eq!(block_proof(&bytes), proof);
                let side = &mut self.sides[index];
                let file = side.files.get_mut(&(transfer, entry)).expect("opened before");
                assert!(!file.is_finished && file.blocks.insert(block), "block {block} came twice");
                let end = offset as usize + bytes.len();
                file.bytes.resize(file.bytes.len().max(end), 0);
                file.bytes[offset as usize..end].copy_from_slice(&bytes);
                let result = side.write_faults.get(&(transfer, entry)).map_or(Ok(()), |code| Err(*code));
                self.answer(index, Input::BlockWritten { transfer, entry, block, result });
            }
            Output::FinishEntry { transfer, entry, size, modified_ms } => {
                let file = self.sides[index].files.get_mut(&(transfer, entry)).expect("opened before");
                assert_eq!(file.bytes.len() as u64, size);
                file.is_finished = true;
                file.modified_ms = modified_ms;
                self.answer(index, Input::EntryFinished { transfer, entry, result: Ok(()) });
            }
            Output::DiscardEntry { transfer, entry, keep } => {
                let side = &mut self.sides[index];
                side.discarded.push((entry, keep));
                let file =
                    side.files.remove(&(transfer, entry)).or_else(|| side.left.remove(&entry)).expect("opened before");
                assert!(!file.is_finished || self.sides[index].write_faults.contains_key(&(transfer, entry)));
            }
            Output::ReleaseTransfer { transfer, keep, missing } => {
                let side = &mut self.sides[index];
                side.kept.insert(transfer, keep);
                side.missing.insert(transfer, missing);
                assert!(!side.released.contains(&transfer), "released twice");
                side.released.push(transfer);
                side.files.retain(|(of, _), file| *of != transfer || file.is_finished);
            }
            Output::Event(event) => {
                if let Event::TransferChanged(transfer) = &event {
                    assert!(transfer.stored_bytes <= transfer.total_bytes);
                    let known = self.sides[index].states.insert(transfer.id, transfer.clone());
                    let ended = known.is_some_and(|known| is_ended(known.state));
                    assert!(!ended, "an event after the end: {transfer:?}");
                    if transfer.state == TransferState::Waiting
                        && self.sides[index].accepts
                        && !self.sides[index].sources.contains_key(&transfer.id)
                    {
                        let transfer = transfer.id;
                        self.answer(index, Input::Accept { transfer, without: Vec::new() });
                    }
                }
                self.sides[index].events.push(event);
            }
        }
    }

    /// The next thing happens. False when nothing is left that ever would.
    pub fn step(&mut self) -> bool {
        let mut next: Option<(u64, u64, usize, u8)> = None;
        let mut consider = |due: u64, order: u64, index: usize, what: u8| {
            if next.is_none_or(|best| (due, order) < (best.0, best.1)) {
                next = Some((due, order, index, what));
            }
        };
        for index in 0..2 {
            for (due, order, _) in &self.sides[index].answers {
                consider(*due, *order, index, 0);
            }
            if let Some((due, _)) = self.control[index].front() {
                consider(*due, u64::MAX / 2, index, 1);
            }
            if let Some((due, _)) = self.bulk[index].front() {
                consider(*due, u64::MAX / 2 + 1, index, 2);
            }
            if let Some(due) = self.sides[index].exchange.next_timeout_ms() {
                consider(due, u64::MAX, index, 3);
            }
        }
        let Some((due, order, index, what)) = next else { return false };
        self.now_ms = self.now_ms.max(due);
        let message = match what {
            0 => {
                let at = self.sides[index].answers.iter().position(|(_, o, _)| *o == order).unwrap();
                let (_, _, input) = self.sides[index].answers.swap_remove(at);
                // Consent may come too late; everything else is always taken.
                let is_wish = matches!(input, Input::Accept { .. });
                let result = self.try_handle(index, input);
                assert!(is_wish || result.is_ok());
                return true;
            }
            1 => self.control[index].pop_front(),
            2 => self.bulk[index].pop_front(),
            _ => {
                self.handle(index, Input::Tick);
                return true;
            }
        };
        match message {
            Some((_, Message::Control(control))) => self.handle(index, Input::ControlReceived(control)),
            Some((_, Message::Frame(frame))) => self.handle(index, Input::FrameReceived(frame)),
            None => {}
        }
        true
    }

    /// Until every transfer of both sides has ended.
    pub fn run_until_ended(&mut self) {
        let limit = self.now_ms + 3_600_000;
        while self.sides.iter().any(|side| side.states.values().any(|state| !is_ended(state.state))) {
            assert!(self.step(), "stuck: {:?}", self.sides.each_ref().map(|side| &side.states));
            assert!(self.now_ms < limit, "an hour has passed: {:?}", self.sides.each_ref().map(|side| &side.states));
        }
        // Late answers and messages must do no harm.
        for _ in 0..10_000 {
            if !self.step() {
                break;
            }
        }
    }

    pub fn state(&self, index: usize, transfer: TransferId) -> TransferState {
        self.sides[index].states[&transfer].state
    }

    /// Every file of a proven transfer is there, whole.
    pub fn assert_arrived(&self, index: usize, transfer: TransferId) {
        let source = &self.sides[1 - index].sources[&transfer];
        for (number, entry) in (0_u32..).zip(source) {
            let file = &self.sides[index].files[&(transfer, number)];
            assert!(file.is_finished);
            assert_eq!(file.path, entry.path.join("/"));
            assert!(file.bytes == content(transfer, number, 0, entry.size), "entry {number} differs");
            assert_eq!(file.modified_ms, entry.modified_ms);
        }
    }
}

pub fn is_ended(state: TransferState) -> bool {
    use TransferState::{Cancelled, Declined, Partial, Proven};
    matches!(state, Proven | Partial | Declined | Cancelled)
}

pub fn entries(sizes: &[u64]) -> Vec<OfferedEntry> {
    let entry = |(index, size): (usize, &u64)| OfferedEntry {
        path: vec!["folder".into(), format!("file {index}")],
        size: *size,
        modified_ms: Some(1_700_000_000_000 + index as u64),
    };
    sizes.iter().enumerate().map(entry).collect()
}
