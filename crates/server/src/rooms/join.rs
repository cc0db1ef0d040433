//! How a peer comes to a seat: making rooms, proving the token, taking a seat back.

use std::sync::Arc;

use parlor_protocol::{
    code::ReplyCode,
    id::PeerId,
    signaling::{IceServer, Joined, ServerLimits, SignalDelivered},
};

use super::{CutReason, Granted, Refusal, Rooms, Timer};
use crate::{
    address::AddressKey,
    outbox::Outgoing,
    rate::TokenBucket,
    request::Entry,
    room::{Holder, Room, Seat, SocketId},
    secret_hash::SecretHash,
};

/// When to try again to make a room while there are too many.
const ROOMS_FULL_RETRY_MS: u64 = 5_000;

impl Rooms {
    pub(super) fn join(
        &mut self,
        socket: SocketId,
        entry: &Entry,
        now_ms: u64,
        ice_servers: impl FnOnce() -> Vec<IceServer>,
    ) -> Result<Granted, Refusal> {
        let Some(known) = self.sockets.get(&socket) else { return Err(ReplyCode::NotInRoom.into()) };
        // One room a socket; the same join again is answered again.
        if known.seat.is_some_and(|seat| seat != (entry.room, entry.peer)) {
            return Err(ReplyCode::BadRequest.into());
        }
        let address = known.address;
        if let Err(wait_ms) = self.joins.try_take(address, 1, now_ms) {
            return Err(self.slow_down(socket, wait_ms, now_ms));
        }
        let may_create = self.may_create(entry, address);
        self.find_or_make_room(entry, may_create, now_ms)?;
        let behind = self.sit_down(socket, entry)?;
        self.figures.joins += 1;
        let peers = self.others(entry);
        let joined = Joined {
            peers,
            ice_servers: ice_servers(),
            ttl_s: self.limits.room_ttl_s,
            limits: ServerLimits { message_bytes: self.limits.message_bytes, room_peers: self.limits.room_peers },
        };
        Ok(Granted { joined: Some(joined), behind })
    }

    /// Guests may open codes, which are rooms too: whoever sits in a room was let in by somebody.
    fn may_create(&self, entry: &Entry, address: AddressKey) -> bool {
        self.limits.create_key.is_none()
            || entry.key == self.limits.create_key
            || self.sockets.values().any(|socket| socket.address == address && socket.seat.is_some())
    }

    fn find_or_make_room(&mut self, entry: &Entry, may_create: bool, now_ms: u64) -> Result<(), Refusal> {
        // One comparison whether the room is there or not, so that neither the answer nor its time tells.
        let room = self.rooms.get_mut(&entry.room);
        let token = room.as_ref().map(|room| room.token);
        let is_right = entry.token == token.unwrap_or(SecretHash::OF_NOTHING);
        // In a room whose invitation is withdrawn, whoever is new is to learn no more than by a wrong token.
        let is_right = is_right && room.is_none_or(|room| room.lets_in(entry));
        match token {
            Some(_) if is_right => return Ok(()),
            // The same whether the room is there or not.
            _ if entry.create && !may_create => return Err(ReplyCode::CreateRefused.into()),
            None if entry.create => {}
            _ => return Err(ReplyCode::RoomRefused.into()),
        }
        if self.rooms.len() >= self.limits.max_rooms {
            self.end_emptiest_room()?;
        }
        let bucket = TokenBucket::new(self.limits.room, now_ms);
        let room = Room {
            token: entry.token,
            seats: std::collections::BTreeMap::new(),
            bucket,
            admitted: None,
            ends_ms: None,
        };
        self.rooms.insert(entry.room, room);
        Ok(())
    }

    /// Makes place for a new room: the room that has been empty longest ends, since whoever was in it sends `create` anyway.
    fn end_emptiest_room(&mut self) -> Result<(), Refusal> {
        let Some(timer) = self.timers.iter().find(|timer| timer.peer.is_none()).copied() else {
            return Err(Refusal { code: ReplyCode::RateLimited, retry_ms: Some(ROOMS_FULL_RETRY_MS) });
        };
        self.timers.remove(&timer);
        self.rooms.remove(&timer.room);
        Ok(())
    }

    /// The signals that waited for this peer.
    fn sit_down(&mut self, socket: SocketId, entry: &Entry) -> Result<Vec<Arc<SignalDelivered>>, Refusal> {
        let Some(room) = self.rooms.get_mut(&entry.room) else { return Err(ReplyCode::RoomRefused.into()) };
        let mut behind = Vec::new();
        let holder = Holder::Socket(socket);
        let is_full = room.seats.len() >= self.limits.room_peers as usize;
        match room.seats.get_mut(&entry.peer) {
            Some(seat) if seat.resume != entry.resume => return Err(ReplyCode::Unauthorized.into()),
            Some(seat) => match std::mem::replace(&mut seat.holder, holder) {
                Holder::Socket(held) if held == socket => {}
                Holder::Socket(ghost) => behind = self.evict(ghost),
                Holder::Grace { until_ms, waiting } => {
                    self.timers.remove(&Timer { at_ms: until_ms, room: entry.room, peer: Some(entry.peer) });
                    behind = waiting.into_signals().collect();
                }
            },
            None if is_full => return Err(ReplyCode::RoomFull.into()),
            None => {
                room.seats.insert(entry.peer, Seat { resume: entry.resume, holder });
                if let Some(at_ms) = room.ends_ms.take() {
                    self.timers.remove(&Timer { at_ms, room: entry.room, peer: None });
                }
                self.tell_others(entry.room, entry.peer, &Outgoing::PeerJoined(entry.peer));
            }
        }
        if let Some(known) = self.sockets.get_mut(&socket) {
            known.seat = Some((entry.room, entry.peer));
        }
        Ok(behind)
    }

    fn evict(&mut self, ghost: SocketId) -> Vec<Arc<SignalDelivered>> {
        self.cut(ghost, CutReason::Replaced);
        self.sockets.get_mut(&ghost).map_or_else(Vec::new, |known| {
            known.seat = None;
            std::mem::take(&mut known.outbox).into_signals().collect()
        })
    }

    fn others(&self, entry: &Entry) -> Vec<PeerId> {
        let seats = self.rooms.get(&entry.room).into_iter().flat_map(|room| room.seats.keys());
        seats.filter(|peer| **peer != entry.peer).copied().collect()
    }
}
