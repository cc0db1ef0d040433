//! Two machines, a network that overtakes itself, disks that fail, people with wishes, and now and then a message nobody should send.

use std::collections::VecDeque;

use bytes::Bytes;
use parlor_protocol::{
    code::TransferCode,
    control::{BlockRange, Control, OfferedEntry, ResumePoint},
    frame::{FrameHeader, FrameKind},
    id::{PeerId, TextId, TransferId},
};
use parlor_transfer::{Exchange, Input, Output};
use serde_json::{Value, json};

use crate::scribe::{self, content};

/// Sizes of offered files. One of an offer may have more than a block.
const SIZES: [u64; 5] = [0, 1, 40, 65_536, 70_000];
const LARGE: u64 = 1024 * 1024 + 5;

/// One machine, what it has said and not yet delivered, and its transcript.
struct Side {
    exchange: Exchange,
    control: VecDeque<Control>,
    bulk: VecDeque<Bytes>,
    answers: Vec<Input>,
    transcript: Vec<Value>,
}

/// Both, on virtual time.
pub struct World {
    random: u64,
    now_ms: u64,
    is_up: bool,
    sides: [Side; 2],
    transfers: Vec<TransferId>,
    texts: u8,
}

impl World {
    /// A world of a seed.
    pub fn new(seed: u64) -> Self {
        let side = |name| Side {
            exchange: Exchange::new(PeerId([name; 16])),
            control: VecDeque::new(),
            bulk: VecDeque::new(),
            answers: Vec::new(),
            transcript: Vec::new(),
        };
        Self { random: seed, now_ms: 0, is_up: false, sides: [side(1), side(2)], transfers: Vec::new(), texts: 0 }
    }

    /// What each side took, and what came of it.
    pub fn transcripts(self) -> Vec<Value> {
        self.sides.into_iter().map(|side| Value::Array(side.transcript)).collect()
    }

    /// Lets one thing happen.
    pub fn step(&mut self) {
        self.now_ms += self.below(120);
        let side = usize::from(self.below(2) == 1);
        match self.below(100) {
            _ if !self.is_up && self.below(3) > 0 => self.link_up(),
            0..75 => self.move_on(side),
            75..78 => self.offer(side),
            78..84 => {
                let (transfer, without) = (self.transfer(), self.numbers());
                self.give(side, Input::Accept { transfer, without });
            }
            84 => self.wish(side, |transfer, _| Input::Decline { transfer }),
            85 => self.wish(side, |transfer, _| Input::Cancel { transfer }),
            86..90 => self.wish(side, |transfer, paused| Input::Pause { transfer, paused }),
            90 => {
                let bytes_per_second = [None, Some(1_000), Some(700_000)][self.below(3) as usize];
                self.give(side, Input::LimitSpeed { bytes_per_second });
            }
            91..94 => {
                // A text's id is fresh: the same one twice is the caller's fault, not a state to agree on.
                self.texts = (self.texts + 1) % 100;
                let id = TextId([0x80 + self.texts; 16]);
                self.give(side, Input::SendText { id, body: "hello".into(), sent_at_ms: 7 });
            }
            94 => self.link_lost(),
            95..97 => self.give(side, Input::Tick),
            97..99 => self.intrude(side),
            _ if self.below(3) == 0 => self.intrude_on_bulk(side),
            _ => self.move_on(side),
        }
    }

    /// SplitMix64.
    fn below(&mut self, end: u64) -> u64 {
        self.random = self.random.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.random;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % end
    }

    fn transfer(&mut self) -> TransferId {
        let place = self.below(self.transfers.len().max(1) as u64) as usize;
        self.transfers.get(place).copied().unwrap_or(TransferId([9; 16]))
    }

    fn numbers(&mut self) -> Vec<u32> {
        (0..self.below(8).saturating_sub(5)).map(|_| self.below(4) as u32).collect()
    }

    fn code(&mut self) -> TransferCode {
        use TransferCode::{Cancelled, Corrupt, Declined, Forgotten, NoSpace, ReadFailed, SourceChanged, WriteFailed};
        let codes = [Cancelled, Declined, Forgotten, NoSpace, WriteFailed, ReadFailed, SourceChanged, Corrupt];
        codes[self.below(8) as usize]
    }

    fn entries(&mut self) -> Vec<OfferedEntry> {
        let large = if self.below(3) == 0 { self.below(4) } else { 9 };
        let names = ["a.txt", "A.TXT", "run.exe", "CON", "folder", "b"];
        (0..=self.below(4))
            .map(|place| OfferedEntry {
                path: vec![names[self.below(6) as usize].into(), format!("{place}")],
                size: if place == large { LARGE } else { SIZES[self.below(5) as usize] },
                modified_ms: (self.below(2) == 0).then_some(5),
            })
            .collect()
    }

    fn offer(&mut self, side: usize) {
        if self.transfers.len() >= 6 {
            return self.move_on(side);
        }
        let transfer = TransferId([0x10 + self.transfers.len() as u8; 16]);
        self.transfers.push(transfer);
        let entries = self.entries();
        self.give(side, Input::OfferFiles { transfer, entries });
    }

    fn wish(&mut self, side: usize, make: impl FnOnce(TransferId, bool) -> Input) {
        let (transfer, on) = (self.transfer(), self.below(2) == 0);
        self.give(side, make(transfer, on));
    }

    fn link_up(&mut self) {
        self.is_up = true;
        let max_message_bytes = [65_536, 262_144, 16_384][self.below(3) as usize];
        for side in 0..2 {
            self.give(side, Input::LinkUp { max_message_bytes });
        }
    }

    fn link_lost(&mut self) {
        self.is_up = false;
        for side in 0..2 {
            self.sides[side].control.clear();
            self.sides[side].bulk.clear();
            self.give(side, Input::LinkLost);
        }
        self.sides.iter_mut().for_each(|side| (side.control.clear(), side.bulk.clear()).0);
    }

    /// Delivers one message, some frames, or an answer of a disk.
    fn move_on(&mut self, side: usize) {
        let other = 1 - side;
        match self.below(3) {
            0 if self.is_up => {
                if let Some(message) = self.sides[other].control.pop_front() {
                    self.give(side, Input::ControlReceived(message));
                }
            }
            1 if self.is_up => {
                for _ in 0..=self.below(20) {
                    let Some(frame) = self.sides[other].bulk.pop_front() else { break };
                    self.give(side, Input::FrameReceived(frame));
                }
            }
            _ => {
                for _ in 0..=self.below(3) {
                    let waiting = self.sides[side].answers.len() as u64;
                    if waiting == 0 {
                        break;
                    }
                    let place = self.below(waiting) as usize;
                    let answer = self.sides[side].answers.remove(place);
                    let answer = if self.below(25) == 0 { self.failed(answer) } else { answer };
                    self.give(side, answer);
                }
            }
        }
    }

    fn failed(&mut self, answer: Input) -> Input {
        let disk = if self.below(2) == 0 { TransferCode::NoSpace } else { TransferCode::WriteFailed };
        let source = if self.below(2) == 0 { TransferCode::SourceChanged } else { TransferCode::ReadFailed };
        match answer {
            Input::BlockRead { transfer, entry, block, .. } => {
                Input::BlockRead { transfer, entry, block, result: Err(source) }
            }
            Input::BlockWritten { transfer, entry, block, .. } => {
                Input::BlockWritten { transfer, entry, block, result: Err(disk) }
            }
            Input::EntryFinished { transfer, entry, .. } => Input::EntryFinished { transfer, entry, result: Err(disk) },
            other => other,
        }
    }

    /// A message that the other side did not send.
    fn intrude(&mut self, side: usize) {
        let (transfer, entry, code) = (self.transfer(), self.below(5) as u32, self.code());
        let message = match self.below(10) {
            0 => Control::Accept { transfer, resume: self.resume() },
            1 => Control::Decline { transfer },
            2 => Control::Cancel { transfer, code },
            3 => Control::Pause { transfer, paused: entry > 2 },
            4 => Control::Stored { transfer, bytes: self.below(200_000) },
            5 => Control::Proven { transfer, entry },
            6 => Control::EntryFailed { transfer, entry, code },
            7 => Control::Text { id: TextId([self.below(4) as u8; 16]), body: "again".into(), sent_at_ms: 8 },
            8 => Control::OfferEntries { transfer, entries: self.entries(), last: entry > 1 },
            _ => {
                let entries = self.entries();
                let total_bytes = entries.iter().map(|entry| entry.size).sum::<u64>() + self.below(8) / 7;
                let entry_count = entries.len() as u32;
                Control::Offer {
                    transfer: TransferId([0x30 + entry as u8; 16]),
                    entry_count,
                    total_bytes,
                    entries,
                    last: entry != 1,
                }
            }
        };
        self.give(side, Input::ControlReceived(message));
    }

    fn resume(&mut self) -> Vec<ResumePoint> {
        (0..self.below(3))
            .map(|_| {
                let next_block = self.below(3) as u32;
                let stored = if self.below(3) == 0 {
                    vec![BlockRange { first: next_block + 1, end: next_block + 2 }]
                } else {
                    Vec::new()
                };
                ResumePoint { entry: self.below(4) as u32, next_block, proven: self.below(4) == 0, stored }
            })
            .collect()
    }

    /// A frame that the other side did not send so.
    fn intrude_on_bulk(&mut self, side: usize) {
        let kind = [FrameKind::Data, FrameKind::BlockProof, FrameKind::EntryProof][self.below(3) as usize];
        let offset = if kind == FrameKind::Data { self.below(2) as u32 * 40 } else { 0 };
        let header = FrameHeader {
            kind,
            transfer: self.transfer(),
            entry: self.below(4) as u32,
            block: self.below(2) as u32,
            offset,
        };
        let length = [0, 1, 32, 40][self.below(4) as usize];
        let frame = Bytes::from([header.encode().as_slice(), &vec![7; length]].concat());
        self.give(side, Input::FrameReceived(frame));
    }

    /// Hands an input over, writes down what comes of it, and keeps what is to be delivered or answered.
    fn give(&mut self, side: usize, input: Input) {
        let now_ms = self.now_ms;
        let Side { exchange, control, bulk, answers, transcript } = &mut self.sides[side];
        let written = scribe::input(&input);
        let refused = exchange.handle(now_ms, input).err();
        let mut outputs = Vec::new();
        while let Some(output) = exchange.poll_output() {
            // A page looks for nothing, so here nothing is found.
            if let Output::FindEntries { transfer, .. } = output {
                exchange.handle(now_ms, Input::EntriesFound { transfer, found: Vec::new() }).unwrap();
                continue;
            }
            match &output {
                Output::SendControl(message) => control.push_back(message.clone()),
                Output::SendFrame(frame) => bulk.push_back(frame.clone()),
                Output::ReadBlock { transfer, entry, block, offset, len, .. } => {
                    let result = Ok(content(*transfer, *entry, *offset, *len as usize).into());
                    answers.push(Input::BlockRead { transfer: *transfer, entry: *entry, block: *block, result });
                }
                Output::WriteBlock { transfer, entry, block, .. } => {
                    answers.push(Input::BlockWritten {
                        transfer: *transfer,
                        entry: *entry,
                        block: *block,
                        result: Ok(()),
                    });
                }
                Output::FinishEntry { transfer, entry, .. } => {
                    answers.push(Input::EntryFinished { transfer: *transfer, entry: *entry, result: Ok(()) });
                }
                _ => {}
            }
            outputs.push(output);
        }
        let refused = refused.map(scribe::error);
        let next = exchange.next_timeout_ms();
        transcript.push(json!({ "now": now_ms, "input": written, "refused": refused, "outputs": scribe::outputs(&outputs), "next": next }));
    }
}
