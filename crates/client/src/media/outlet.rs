//! Where messages to one of the page's sockets go, whether or not a socket is there.
//!
//! Promises: never waits; at most `capacity` messages wait; a newer socket takes the place of an older one, which is closed.

use std::sync::{Mutex, PoisonError};

use tokio::sync::mpsc;
use tokio_tungstenite::tungstenite::Message;

/// What became of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sent {
    /// It is on its way.
    Taken,
    /// The page does not keep up.
    Full,
    /// No page is there.
    Absent,
}

/// One socket's outgoing side.
#[derive(Debug)]
pub(super) struct Outlet {
    capacity: usize,
    slot: Mutex<Slot>,
}

#[derive(Debug, Default)]
struct Slot {
    generation: u64,
    sender: Option<mpsc::Sender<Message>>,
}

impl Outlet {
    /// Without a socket yet.
    pub(super) fn new(capacity: usize) -> Self {
        Self { capacity, slot: Mutex::default() }
    }

    /// A socket came: what it has to send, until the end of the stream, which closes it. The number names it for [`Self::leave`].
    pub(super) fn enter(&self) -> (u64, mpsc::Receiver<Message>) {
        let (sender, receiver) = mpsc::channel(self.capacity);
        let mut slot = self.lock();
        slot.generation += 1;
        slot.sender = Some(sender);
        (slot.generation, receiver)
    }

    /// A socket went. True if it was the current one.
    pub(super) fn leave(&self, generation: u64) -> bool {
        let mut slot = self.lock();
        let is_current = slot.generation == generation;
        if is_current {
            slot.sender = None;
        }
        is_current
    }

    /// Closes the current socket, if there is one.
    pub(super) fn close(&self) {
        self.lock().sender = None;
    }

    /// Sends without waiting.
    pub(super) fn send(&self, message: Message) -> Sent {
        match &self.lock().sender {
            None => Sent::Absent,
            Some(sender) => match sender.try_send(message) {
                Ok(()) => Sent::Taken,
                Err(mpsc::error::TrySendError::Full(_)) => Sent::Full,
                Err(mpsc::error::TrySendError::Closed(_)) => Sent::Absent,
            },
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Slot> {
        // Nothing in here can panic half-way, so a poisoned lock still holds a whole value.
        self.slot.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_go_to_the_newest_socket_and_never_wait() {
        let outlet = Outlet::new(1);
        assert_eq!(outlet.send(Message::text("a")), Sent::Absent);
        let (first, mut old) = outlet.enter();
        let (_, mut new) = outlet.enter();
        assert!(
            old.try_recv().is_err_and(|error| error == mpsc::error::TryRecvError::Disconnected),
            "the old one ends"
        );
        assert_eq!(outlet.send(Message::text("b")), Sent::Taken);
        assert_eq!(outlet.send(Message::text("c")), Sent::Full);
        assert!(!outlet.leave(first), "the old one's end changes nothing");
        assert_eq!(new.try_recv().unwrap(), Message::text("b"));
        outlet.close();
        assert_eq!(outlet.send(Message::text("d")), Sent::Absent);
    }
}
