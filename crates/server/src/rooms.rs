//! The heart of the server: who sits in which room, and who may say how much. A pure state machine.
//!
//! What it is: every rule of docs/protocol.md, section 3, that is not a socket's. Time comes in as an argument.
//! Contract: after each call that changes it, drain [`Rooms::poll_output`]; call [`Rooms::advance`] when
//! [`Rooms::next_deadline_ms`] has come; write what [`Rooms::take`] gives and then say [`Rooms::written`].
//! Promises: memory bounded by its limits; a signal that was answered with `ok` reaches the addressee's socket in order, or
//! the seat was given up; others hear of a peer exactly once each time it comes or goes.
//! Leaves to others: sockets, JSON, origins, clocks.

use std::{
    collections::{BTreeSet, HashMap, VecDeque},
    sync::Arc,
};

use parlor_protocol::{
    code::ReplyCode,
    id::{PeerId, RoomId},
    signaling::{IceServer, Joined, Reply, ServerClosing, SignalDelivered},
};

use crate::{
    address::AddressKey,
    figures::Figures,
    outbox::{Outbox, Outgoing},
    rate::{AddressBuckets, Rate, TokenBucket},
    request::{Ask, Malformed, Request},
    room::{Holder, Room, Seat, SocketId, Waiting},
};

mod join;
mod limits;
mod output;
mod signal;
#[cfg(test)]
mod tests;
mod withdrawal;

pub use limits::Limits;
pub use output::{CutReason, Output};
pub use withdrawal::Admitted;

/// After a refusal for speed, signals of that socket are refused at least this long: what was already under way then cannot
/// overtake what was refused.
const HOLD_MS: u64 = 500;
/// Bytes a message may have for each token it costs.
const TOKEN_BYTES: usize = 4_096;

/// Why a socket is not let in at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SocketRefused;

#[derive(Debug)]
struct Socket {
    address: AddressKey,
    bucket: TokenBucket,
    strikes: TokenBucket,
    held_until_ms: u64,
    seat: Option<(RoomId, PeerId)>,
    outbox: Outbox,
    is_cut: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Timer {
    at_ms: u64,
    room: RoomId,
    /// The seat whose grace ends; none when the room itself ends.
    peer: Option<PeerId>,
}

/// A refusal on its way into a reply.
struct Refusal {
    code: ReplyCode,
    retry_ms: Option<u64>,
}

impl From<ReplyCode> for Refusal {
    fn from(code: ReplyCode) -> Self {
        Self { code, retry_ms: None }
    }
}

/// What a granted request is answered with.
#[derive(Default)]
struct Granted {
    joined: Option<Joined>,
    /// Signals that follow the reply.
    behind: Vec<Arc<SignalDelivered>>,
}

/// The machine.
#[derive(Debug)]
pub struct Rooms {
    limits: Limits,
    sockets: HashMap<SocketId, Socket>,
    rooms: HashMap<RoomId, Room>,
    sockets_per_address: HashMap<AddressKey, u32>,
    addresses: AddressBuckets,
    joins: AddressBuckets,
    timers: BTreeSet<Timer>,
    outputs: VecDeque<Output>,
    is_closing: bool,
    figures: Figures,
}

impl Rooms {
    /// No rooms, no sockets.
    pub fn new(limits: Limits) -> Self {
        Self {
            limits,
            sockets: HashMap::new(),
            rooms: HashMap::new(),
            sockets_per_address: HashMap::new(),
            addresses: AddressBuckets::new(limits.address),
            joins: AddressBuckets::new(limits.join),
            timers: BTreeSet::new(),
            outputs: VecDeque::new(),
            is_closing: false,
            figures: Figures::default(),
        }
    }

    /// A socket connected.
    ///
    /// # Errors
    /// There are too many, in all or from its address.
    pub fn open(&mut self, socket: SocketId, address: AddressKey, now_ms: u64) -> Result<(), SocketRefused> {
        let count = self.sockets_per_address.get(&address).copied().unwrap_or(0);
        if self.is_closing
            || self.sockets.len() >= self.limits.max_sockets
            || count >= self.limits.max_sockets_per_address
        {
            self.figures.sockets_refused += 1;
            return Err(SocketRefused);
        }
        self.sockets_per_address.insert(address, count + 1);
        let Rate { per_s, burst } = self.limits.socket;
        let opened = Socket {
            address,
            bucket: TokenBucket::new(self.limits.socket, now_ms),
            // Refusals are forgiven half as fast as messages are allowed.
            strikes: TokenBucket::new(Rate { per_s: per_s.div_ceil(2), burst }, now_ms),
            held_until_ms: 0,
            seat: None,
            outbox: Outbox::default(),
            is_cut: false,
        };
        self.sockets.insert(socket, opened);
        Ok(())
    }

    /// A socket is gone. Its seat is kept for a grace.
    pub fn close(&mut self, socket: SocketId, now_ms: u64) {
        let Some(closed) = self.sockets.remove(&socket) else { return };
        if let Some(count) = self.sockets_per_address.get_mut(&closed.address) {
            *count -= 1;
            if *count == 0 {
                self.sockets_per_address.remove(&closed.address);
            }
        }
        let Some((room, peer)) = closed.seat else { return };
        if self.limits.seat_grace_ms == 0 {
            return self.vacate(room, peer, now_ms);
        }
        let until_ms = now_ms + self.limits.seat_grace_ms;
        if let Some(seat) = self.seat_mut(room, peer) {
            seat.holder = Holder::Grace { until_ms, waiting: Waiting::inherited(closed.outbox.into_signals()) };
            self.timers.insert(Timer { at_ms: until_ms, room, peer: Some(peer) });
        }
    }

    /// A request came, or something that is none. `ice_servers` is called for a join that is granted.
    pub fn receive(
        &mut self,
        socket: SocketId,
        asked: Result<Request, Malformed>,
        bytes: usize,
        now_ms: u64,
        ice_servers: impl FnOnce() -> Vec<IceServer>,
    ) {
        if self.sockets.get(&socket).is_none_or(|known| known.is_cut) {
            return;
        }
        let rid = match &asked {
            Ok(request) => Some(request.rid),
            Err(malformed) => malformed.rid,
        };
        let reply = match self.decide(socket, asked, bytes, now_ms, ice_servers) {
            Ok(Granted { joined, behind }) => {
                let reply = Reply { rid, ok: true, joined, code: None, retry_ms: None };
                self.push(socket, Outgoing::Reply(Arc::new(reply)));
                for signal in behind {
                    self.push(socket, Outgoing::Signal(signal));
                }
                return;
            }
            Err(Refusal { code, retry_ms }) => {
                self.figures.count_refusal(code);
                let retry_ms = retry_ms.map(|retry_ms| u32::try_from(retry_ms).unwrap_or(u32::MAX));
                Reply { rid, ok: false, joined: None, code: Some(code), retry_ms }
            }
        };
        self.push(socket, Outgoing::Reply(Arc::new(reply)));
    }

    fn decide(
        &mut self,
        socket: SocketId,
        asked: Result<Request, Malformed>,
        bytes: usize,
        now_ms: u64,
        ice_servers: impl FnOnce() -> Vec<IceServer>,
    ) -> Result<Granted, Refusal> {
        if self.is_closing {
            return Err(ReplyCode::ServerClosing.into());
        }
        let cost = 1 + u32::try_from(bytes / TOKEN_BYTES).unwrap_or(u32::MAX - 1);
        let is_signal = matches!(&asked, Ok(Request { ask: Ask::Signal { .. }, .. }));
        self.admit(socket, is_signal, cost, now_ms)?;
        match asked.map_err(|malformed| malformed.code)?.ask {
            Ask::Heartbeat => Ok(Granted::default()),
            Ask::Leave => {
                let seat = self.sockets.get_mut(&socket).and_then(|known| known.seat.take());
                let (room, peer) = seat.ok_or(ReplyCode::NotInRoom)?;
                self.vacate(room, peer, now_ms);
                Ok(Granted::default())
            }
            Ask::Withdraw { peers } => self.withdraw(socket, &peers).map(|()| Granted::default()),
            Ask::Signal { to, body } => self.signal(socket, to, body, cost, now_ms).map(|()| Granted::default()),
            Ask::Join(entry) => self.join(socket, &entry, now_ms, ice_servers),
        }
    }

    /// Time has passed: graces and rooms end.
    pub fn advance(&mut self, now_ms: u64) {
        while let Some(timer) = self.timers.first().copied().filter(|timer| timer.at_ms <= now_ms) {
            self.timers.remove(&timer);
            match timer.peer {
                Some(peer) => self.vacate(timer.room, peer, timer.at_ms),
                None => {
                    self.rooms.remove(&timer.room);
                }
            }
        }
    }

    /// When [`Self::advance`] is due.
    pub fn next_deadline_ms(&self) -> Option<u64> {
        self.timers.first().map(|timer| timer.at_ms)
    }

    /// The server goes down: everybody is told, and nothing more is granted.
    pub fn shut(&mut self, retry_ms: u32) {
        self.is_closing = true;
        let sockets: Vec<_> = self.sockets.keys().copied().collect();
        for socket in sockets {
            self.push(socket, Outgoing::Closing(ServerClosing { retry_ms }));
        }
    }

    /// Whether everything was written that is to be written.
    pub fn is_drained(&self) -> bool {
        self.sockets.values().all(|socket| socket.is_cut || socket.outbox.is_empty())
    }

    /// The next batch for a socket; empty if there is none or the last one is still being written.
    pub fn take(&mut self, socket: SocketId) -> Vec<Outgoing> {
        self.sockets.get_mut(&socket).map(|known| known.outbox.take()).unwrap_or_default()
    }

    /// The batch last taken is written.
    pub fn written(&mut self, socket: SocketId) {
        if let Some(known) = self.sockets.get_mut(&socket) {
            known.outbox.written();
        }
    }

    /// What the driver must do next.
    pub fn poll_output(&mut self) -> Option<Output> {
        self.outputs.pop_front()
    }

    /// Counts for the metrics.
    pub fn figures(&self) -> Figures {
        let peers = self.rooms.values().map(|room| room.seats.len()).sum();
        Figures { rooms: self.rooms.len(), peers, sockets: self.sockets.len(), ..self.figures.clone() }
    }

    /// Whether speed allows a message; takes what it costs.
    fn admit(&mut self, socket: SocketId, is_signal: bool, cost: u32, now_ms: u64) -> Result<(), Refusal> {
        let Some(known) = self.sockets.get_mut(&socket) else { return Err(ReplyCode::NotInRoom.into()) };
        let held_ms = if is_signal { known.held_until_ms.saturating_sub(now_ms) } else { 0 };
        let wait_ms = match self.addresses.get(known.address, now_ms) {
            Some(of_address) => {
                let wait_ms = known.bucket.wait_ms(cost, now_ms).max(of_address.wait_ms(cost, now_ms));
                if wait_ms == 0 && held_ms == 0 {
                    known.bucket.take(cost);
                    of_address.take(cost);
                    return Ok(());
                }
                wait_ms
            }
            None => HOLD_MS,
        };
        Err(self.slow_down(socket, wait_ms.max(held_ms), now_ms))
    }

    /// A refusal for speed. Signals of this socket are held off until it may try again, so that order is kept.
    fn slow_down(&mut self, socket: SocketId, wait_ms: u64, now_ms: u64) -> Refusal {
        let mut retry_ms = wait_ms.max(HOLD_MS);
        if let Some(known) = self.sockets.get_mut(&socket) {
            if known.held_until_ms > now_ms {
                retry_ms = known.held_until_ms - now_ms;
            } else {
                known.held_until_ms = now_ms + retry_ms;
            }
            if known.strikes.try_take(1, now_ms).is_err() {
                self.cut(socket, CutReason::TooFast);
            }
        }
        Refusal { code: ReplyCode::RateLimited, retry_ms: Some(retry_ms) }
    }

    /// A seat is given up; the others are told, and an empty room begins to end.
    fn vacate(&mut self, room: RoomId, peer: PeerId, now_ms: u64) {
        let ttl_ms = u64::from(self.limits.room_ttl_s) * 1_000;
        let Some(found) = self.rooms.get_mut(&room) else { return };
        if found.seats.remove(&peer).is_none() {
            return;
        }
        if found.seats.is_empty() {
            let at_ms = now_ms + ttl_ms;
            found.ends_ms = Some(at_ms);
            self.timers.insert(Timer { at_ms, room, peer: None });
        }
        self.tell_others(room, peer, &Outgoing::PeerLeft(peer));
    }

    fn tell_others(&mut self, room: RoomId, about: PeerId, message: &Outgoing) {
        let Some(found) = self.rooms.get(&room) else { return };
        let others: Vec<_> = found
            .seats
            .iter()
            .filter(|(peer, _)| **peer != about)
            .filter_map(|(_, seat)| match seat.holder {
                Holder::Socket(socket) => Some(socket),
                Holder::Grace { .. } => None,
            })
            .collect();
        for socket in others {
            self.push(socket, message.clone());
        }
    }

    fn push(&mut self, socket: SocketId, message: Outgoing) {
        let Some(known) = self.sockets.get_mut(&socket).filter(|known| !known.is_cut) else { return };
        if known.outbox.push(message) {
            self.outputs.push_back(Output::Deliver(socket));
        } else {
            self.cut(socket, CutReason::NotReading);
        }
    }

    fn cut(&mut self, socket: SocketId, reason: CutReason) {
        if let Some(known) = self.sockets.get_mut(&socket).filter(|known| !known.is_cut) {
            known.is_cut = true;
            self.figures.sockets_cut += 1;
            self.outputs.push_back(Output::Cut(socket, reason));
        }
    }

    fn seat_mut(&mut self, room: RoomId, peer: PeerId) -> Option<&mut Seat> {
        self.rooms.get_mut(&room)?.seats.get_mut(&peer)
    }
}
