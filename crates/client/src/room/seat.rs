//! Who we are in a room, and whom we meet there: what outlasts a stay that was stepped out of.
//!
//! Promises: the same peer to everybody when it is taken again; since the invitation was withdrawn only those are met who were known
//! then, and of those who came to one for a single guest only the first. Leaves to others: the way to the server.

use std::collections::HashSet;

use parlor_protocol::id::{PeerId, RoomId};

use super::admission::{Admitting, Withdrawn};
use crate::random::{random, random_b64};

/// A seat.
#[derive(Clone)]
pub(crate) struct Seat {
    /// In which room.
    pub(super) room: RoomId,
    /// Our own id.
    pub(super) peer: PeerId,
    /// The secret that takes the seat back: 32 bytes, base64url.
    pub(super) resume: String,
    /// What the server asks for before it makes the room.
    pub(super) create_key: Option<String>,
    /// Who may come in.
    pub(super) admitting: Admitting,
    /// Who is met since the invitation is withdrawn.
    known: Option<HashSet<PeerId>>,
}

impl Seat {
    /// Of somebody new.
    pub(super) fn new(room: RoomId, create_key: Option<String>) -> Self {
        let (peer, resume) = (PeerId(random()), random_b64());
        Self { room, peer, resume, create_key, admitting: Admitting::default(), known: None }
    }

    /// Whether it is in this room.
    pub(super) fn is_in(&self, room: RoomId) -> bool {
        self.room == room
    }

    /// The invitation may be withdrawn now, while these are `here`. True when that is new.
    pub(super) fn withdraw(&mut self, here: impl Iterator<Item = PeerId>) -> bool {
        let Some(Withdrawn { guest, .. }) = self.admitting.withdrawn() else { return false };
        if self.known.is_some() {
            return false;
        }
        self.known = Some(match (guest, self.admitting.before_guest()) {
            (Some(guest), Some(before)) => before.iter().copied().chain([guest]).collect(),
            _ => here.collect(),
        });
        true
    }

    /// Whether the invitation is withdrawn, or for a single guest.
    pub(super) fn is_closing(&self) -> bool {
        self.admitting.withdrawn().is_some() || self.admitting.before_guest().is_some()
    }

    /// Who may come back since then.
    pub(super) fn known(&self) -> impl Iterator<Item = PeerId> {
        self.known.iter().flatten().copied()
    }

    /// Whether this peer is met.
    pub(super) fn lets(&self, peer: PeerId) -> bool {
        self.known.as_ref().is_none_or(|known| known.contains(&peer))
    }
}
