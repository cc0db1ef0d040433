//! Who may come into the room: whoever holds the invitation, one more guest, or nobody new (docs/protocol.md, section 5.2).
//!
//! Promises: an invitation is withdrawn once and for good; one for a single guest is withdrawn by the first who proves itself and was
//! not here before. Leaves to others: whom we meet then (`Stay`), telling peers, server and screen.

use std::collections::HashSet;

use parlor_protocol::id::PeerId;
use tokio::sync::watch;

/// The invitation is withdrawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Withdrawn {
    /// By which peer; none for ourselves.
    pub(crate) by: Option<PeerId>,
    /// Who was the one guest that it was for; none when it was withdrawn by hand.
    pub(crate) guest: Option<PeerId>,
}

/// How it is now.
#[derive(Debug, Clone, Default)]
pub(crate) struct Admitting {
    /// Who was here when the invitation became one for a single guest.
    before_guest: Option<HashSet<PeerId>>,
    withdrawn: Option<Withdrawn>,
}

impl Admitting {
    /// None while the invitation stands.
    pub(crate) const fn withdrawn(&self) -> Option<Withdrawn> {
        self.withdrawn
    }

    /// Whether this peer did not come after the one guest.
    fn meets(&self, peer: PeerId) -> bool {
        match (self.withdrawn, &self.before_guest) {
            (Some(Withdrawn { guest: Some(guest), .. }), Some(before)) => guest == peer || before.contains(&peer),
            _ => true,
        }
    }

    /// Who was here before the one guest; none while the invitation is for all.
    pub(crate) const fn before_guest(&self) -> Option<&HashSet<PeerId>> {
        self.before_guest.as_ref()
    }
}

/// Shared by all sessions of a room.
#[derive(Debug)]
pub(crate) struct Admission {
    now: watch::Sender<Admitting>,
}

impl Admission {
    /// As it was when the room was stepped out of.
    pub(crate) fn new(before: Admitting) -> Self {
        Self { now: watch::Sender::new(before) }
    }

    /// The invitation is withdrawn by a peer or (none) by us, which counts once.
    pub(crate) fn withdraw(&self, by: Option<PeerId>) {
        self.end(|_| Some(Withdrawn { by, guest: None }));
    }

    /// The invitation is for one more than those who are `here`; none: for all again.
    pub(crate) fn limit(&self, here: Option<HashSet<PeerId>>) {
        self.now.send_modify(|now| now.before_guest = here);
    }

    /// A peer proved that it holds the invitation. False when it was for one guest, and another one came first.
    pub(crate) fn proven(&self, peer: PeerId) -> bool {
        self.end(|now| {
            let is_guest = now.before_guest.as_ref().is_some_and(|before| !before.contains(&peer));
            is_guest.then_some(Withdrawn { by: None, guest: Some(peer) })
        });
        self.now.borrow().meets(peer)
    }

    /// Whether it is withdrawn.
    pub(crate) fn is_withdrawn(&self) -> bool {
        self.now.borrow().withdrawn.is_some()
    }

    /// Tells of every change.
    pub(crate) fn watch(&self) -> watch::Receiver<Admitting> {
        self.now.subscribe()
    }

    fn end(&self, why: impl FnOnce(&Admitting) -> Option<Withdrawn>) {
        self.now.send_if_modified(|now| {
            if now.withdrawn.is_some() {
                return false;
            }
            now.withdrawn = why(now);
            now.withdrawn.is_some()
        });
    }
}
