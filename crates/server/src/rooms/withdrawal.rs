//! Rooms whose invitation is withdrawn: who may still sit down.

use std::collections::BTreeMap;

use parlor_protocol::{code::ReplyCode, id::PeerId};

use super::{Refusal, Rooms};
use crate::{
    request::Entry,
    room::{Room, SocketId},
    secret_hash::SecretHash,
};

/// Who may sit in a room whose invitation is withdrawn.
#[derive(Debug)]
pub struct Admitted(BTreeMap<PeerId, Option<SecretHash>>);

impl Admitted {
    /// One that was only named is bound to the secret that it comes with first.
    fn lets_in(&mut self, entry: &Entry) -> bool {
        self.0.get_mut(&entry.peer).is_some_and(|resume| *resume.get_or_insert(entry.resume) == entry.resume)
    }
}

impl Room {
    /// Whether somebody who knows the token may sit down, as far as a withdrawal goes. Whose a seat is that is taken is another question.
    pub(super) fn lets_in(&mut self, entry: &Entry) -> bool {
        self.seats.contains_key(&entry.peer) || self.admitted.as_mut().is_none_or(|admitted| admitted.lets_in(entry))
    }
}

impl Rooms {
    /// Nobody new sits down in the room of `socket`, but for `named`. A second time changes nothing, lest it let somebody in.
    pub(super) fn withdraw(&mut self, socket: SocketId, named: &[PeerId]) -> Result<(), Refusal> {
        let seat = self.sockets.get(&socket).and_then(|known| known.seat);
        let room = seat.and_then(|(room, _)| self.rooms.get_mut(&room)).ok_or(ReplyCode::NotInRoom)?;
        if room.admitted.is_none() {
            let seated = room.seats.iter().map(|(peer, seat)| (*peer, Some(seat.resume)));
            room.admitted = Some(Admitted(named.iter().map(|peer| (*peer, None)).chain(seated).collect()));
        }
        Ok(())
    }
}
