//! Makes pictures of RTP packets that come in any order, twice or never.
//!
//! Promises: pictures come out whole, in decode order and decodable: a delta frame only right after its predecessor, otherwise
//! nothing until a key frame. A gap is given `patience` to be filled by retransmission; then a key frame is asked for, again and
//! again at a bounded rate until one is there. At most [`PACKETS`] packets and [`HELD_BYTES`] bytes are held, whatever comes.
//! Leaves to others: asking for lost packets (NACK), sending PLI, and when a picture is shown.
//!
//! After each call that changes something, call [`Assembler::poll`] until it gives nothing, then wait for a packet or for
//! [`Assembler::deadline`].

use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

use bytes::{Bytes, BytesMut};
use parlor_protocol::media_port::PICTURE_BYTES;

use super::descriptor::FrameHeader;

mod order;
mod packet;
mod request;

use order::{Order, Place};
pub use packet::RtpPacket;
use packet::{Held, Piece};
use request::KeyFrameRequest;

/// Packets held at once: about four seconds of the highest bitrate.
pub const PACKETS: usize = 1024;
/// Payload bytes held at once.
pub const HELD_BYTES: usize = 4 * 1024 * 1024;
/// Longer than this no gap is waited for.
const LONGEST_PATIENCE: Duration = Duration::from_secs(10);

/// A whole coded picture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Frame {
    /// RTP timestamp, 90 000 a second.
    pub timestamp: u32,
    /// Decodable without any other.
    pub key: bool,
    /// Pixels, of the last key frame.
    pub width: u16,
    /// Pixels, of the last key frame.
    pub height: u16,
    /// VP8.
    pub data: Bytes,
    /// When the packet came that made it whole.
    pub received: Instant,
}

/// What is to be done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Output {
    /// Decode and show this.
    Frame(Frame),
    /// Ask the sender for a key frame (PLI).
    KeyFrameNeeded,
}

/// What the packets from some place on make up.
enum Run {
    /// A whole picture, up to and with this packet.
    Whole(u64),
    /// This packet is missing.
    Missing(u64),
    /// No picture, in whatever order packets come.
    Broken,
}

/// The packets of one video stream that are not pictures yet.
#[derive(Debug)]
pub struct Assembler {
    patience: Duration,
    order: Order,
    held: BTreeMap<u64, Held>,
    held_bytes: usize,
    /// The first packet that is neither delivered nor given up.
    next: u64,
    size: (u16, u16),
    /// Since when the first missing packet is known to be missing: others behind it came. Only while no key frame is needed.
    gap: Option<Instant>,
    /// Present while nothing but a key frame will do.
    request: Option<KeyFrameRequest>,
    last_request: Option<Instant>,
    /// Something came since the last look for a whole picture.
    changed: bool,
    /// The latest time that was told.
    now: Option<Instant>,
}

impl Assembler {
    /// Begins with nothing: the first picture must be a key frame. `patience` is how long a gap is waited for, 10 s at most.
    pub fn new(patience: Duration) -> Self {
        Self {
            patience: patience.min(LONGEST_PATIENCE),
            order: Order::default(),
            held: BTreeMap::new(),
            held_bytes: 0,
            next: 0,
            size: (0, 0),
            gap: None,
            request: Some(KeyFrameRequest::once_packets_come()),
            last_request: None,
            changed: false,
            now: None,
        }
    }

    /// Changes how long a gap is waited for, about two round trips and a retransmission's time in the sender's queue.
    pub fn set_patience(&mut self, patience: Duration) {
        self.patience = patience.min(LONGEST_PATIENCE);
    }

    /// Takes a packet. Late ones, duplicates and those without a readable descriptor are ignored.
    pub fn insert(&mut self, packet: RtpPacket, now: Instant) {
        self.now = Some(now);
        let Some(held) = Held::read(&packet, now) else { return };
        let at = match self.order.place(packet.sequence) {
            Place::At(at) => at,
            Place::Late => return,
            Place::Anew(at) => {
                // Nothing from before belongs to what follows.
                self.held.clear();
                self.held_bytes = 0;
                self.next = at;
                self.need_key_frame(now);
                at
            }
        };
        if at < self.next || self.held.contains_key(&at) {
            return;
        }
        if self.held.len() >= PACKETS || self.held_bytes + held.data.len() > HELD_BYTES {
            self.make_room(held.data.len(), now);
        }
        if let Some(request) = &mut self.request {
            match held.piece {
                Piece::Padding => {}
                Piece::Start { key: false } => request.begin(now),
                Piece::Start { key: true } | Piece::Rest => request.begin(now + self.patience),
            }
        }
        self.held_bytes += held.data.len();
        self.held.insert(at, held);
        self.changed = true;
    }

    /// The page dropped a picture or could not decode it: nothing is delivered until the next key frame, which is asked for.
    pub fn lost_picture(&mut self) {
        // Without a packet there was no picture either.
        if let Some(now) = self.now {
            self.need_key_frame(now);
        }
    }

    /// The next thing to be done, if any.
    pub fn poll(&mut self, now: Instant) -> Option<Output> {
        self.now = Some(now);
        if self.changed {
            if self.request.is_none()
                && let Some(frame) = self.successor(now)
            {
                return Some(Output::Frame(frame));
            }
            // Behind a gap the newest picture that needs no other wins.
            if let Some(frame) = self.newest_key_frame() {
                return Some(Output::Frame(frame));
            }
            if self.request.is_some() {
                self.forget_useless(now);
            }
            self.changed = false;
        }
        if self.request.is_none() && self.gap.is_some_and(|since| since + self.patience <= now) {
            self.need_key_frame(now);
            self.forget_useless(now);
        }
        self.request.as_ref()?;
        let underway = self.key_frame_underway();
        let request = self.request.as_mut()?;
        request.due(underway).is_some_and(|due| due <= now).then(|| {
            request.asked(now);
            self.last_request = Some(now);
            Output::KeyFrameNeeded
        })
    }

    /// When [`Self::poll`] is to be called though no packet came.
    pub fn deadline(&self) -> Option<Instant> {
        match &self.request {
            Some(request) => request.due(self.key_frame_underway()),
            None => self.gap.map(|since| since + self.patience),
        }
    }

    /// Packets and payload bytes held.
    pub fn held(&self) -> (usize, usize) {
        (self.held.len(), self.held_bytes)
    }

    /// The picture that follows the last one, if it is whole. Finds the gap, if there is one.
    fn successor(&mut self, now: Instant) -> Option<Frame> {
        self.gap = None;
        while self.held.get(&self.next).is_some_and(|held| matches!(held.piece, Piece::Padding)) {
            self.held.remove(&self.next);
            self.next += 1;
        }
        match self.run(self.next) {
            Run::Whole(last) => {
                let frame = self.take(self.next, last);
                if frame.is_none() {
                    self.need_key_frame(now);
                }
                frame
            }
            Run::Missing(missing) => {
                self.gap = self.held.range(missing..).map(|(_, held)| held.received).min();
                None
            }
            Run::Broken => {
                self.need_key_frame(now);
                None
            }
        }
    }

    fn newest_key_frame(&mut self) -> Option<Frame> {
        loop {
            let starts = self.held.iter().rev().filter(|(_, held)| matches!(held.piece, Piece::Start { key: true }));
            let whole = starts.map(|(at, _)| (*at, self.run(*at)));
            let (first, last) = whole.into_iter().find_map(|(at, run)| match run {
                Run::Whole(last) => Some((at, last)),
                Run::Missing(_) | Run::Broken => None,
            })?;
            // One without a proper header is gone now; an older one may still do.
            if let Some(frame) = self.take(first, last) {
                return Some(frame);
            }
        }
    }

    /// Follows the packets of one picture, the first of which is expected at `first`.
    fn run(&self, first: u64) -> Run {
        let mut expected = first;
        let mut timestamp = None;
        for (at, held) in self.held.range(first..) {
            if *at != expected {
                break;
            }
            expected += 1;
            match (&held.piece, timestamp) {
                (Piece::Padding, _) => continue,
                (Piece::Start { .. }, None) => timestamp = Some(held.timestamp),
                (Piece::Rest, Some(same)) if same == held.timestamp => {}
                (Piece::Start { .. }, Some(_)) | (Piece::Rest, _) => return Run::Broken,
            }
            if held.marker {
                return Run::Whole(*at);
            }
        }
        Run::Missing(expected)
    }

    /// Takes out a whole picture and everything before it if it is one; takes out only itself if it is no picture after all.
    fn take(&mut self, first: u64, last: u64) -> Option<Frame> {
        let mut behind = self.held.split_off(&(last + 1));
        let mut own = self.held.split_off(&first);
        let timestamp = own.get(&first)?.timestamp;
        let received = own.values().map(|held| held.received).max()?;
        let bytes: usize = own.values().map(|held| held.data.len()).sum();
        let data = if own.len() == 1 {
            own.pop_first()?.1.data
        } else {
            let mut joined = BytesMut::with_capacity(bytes);
            own.values().for_each(|held| joined.extend_from_slice(&held.data));
            joined.freeze()
        };
        let header = if bytes > PICTURE_BYTES { None } else { FrameHeader::parse(&data) };
        if header.is_some() {
            self.held.clear();
            self.next = last + 1;
        }
        self.held.append(&mut behind);
        self.held_bytes = self.held.values().map(|held| held.data.len()).sum();
        let key = match header? {
            FrameHeader::Key { width, height } => {
                self.size = (width, height);
                self.request = None;
                self.gap = None;
                true
            }
            FrameHeader::Delta => false,
        };
        let (width, height) = self.size;
        Some(Frame { timestamp, key, width, height, data, received })
    }

    fn need_key_frame(&mut self, now: Instant) {
        self.gap = None;
        self.changed = true;
        self.request.get_or_insert_with(|| KeyFrameRequest::needed(now, self.last_request));
    }

    /// Until when the newest key frame may still become whole.
    fn key_frame_underway(&self) -> Option<Instant> {
        let (at, start) = self.held.iter().rev().find(|(_, held)| matches!(held.piece, Piece::Start { key: true }))?;
        let own = self.held.range(at..).map(|(_, held)| held).filter(|held| held.timestamp == start.timestamp);
        own.map(|held| held.received).max().map(|last| last + self.patience)
    }

    /// Without a delivered predecessor, what stands before every key frame is of no use, unless a key frame's beginning is late.
    fn forget_useless(&mut self, now: Instant) {
        let mut of_use = false;
        let mut bytes = 0;
        self.held.retain(|_, held| {
            of_use |= matches!(held.piece, Piece::Start { key: true });
            let stays = of_use || held.received + self.patience > now;
            bytes += if stays { held.data.len() } else { 0 };
            stays
        });
        self.held_bytes = bytes;
    }

    /// More is held than a gap may cost: gives it up.
    fn make_room(&mut self, bytes: usize, now: Instant) {
        self.need_key_frame(now);
        self.forget_useless(now);
        while self.held.len() >= PACKETS || self.held_bytes + bytes > HELD_BYTES {
            let Some((_, oldest)) = self.held.pop_first() else { break };
            self.held_bytes -= oldest.data.len();
        }
    }
}

#[cfg(test)]
mod tests;
