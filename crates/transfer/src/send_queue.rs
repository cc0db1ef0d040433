//! What is read or being read of a transfer from us and not sent, in the order of sending.
//!
//! Promises: things leave in the order they were put in, whatever order their reads return in; a read counts until it returns, also one
//! that nothing waits for any more. Leaves to
//! [`Outgoing`](crate::outgoing::Outgoing): what comes next, and the frames.

use std::collections::VecDeque;

use bytes::Bytes;

/// Something to send, in its place in the order.
#[derive(Debug)]
pub(crate) enum Slot {
    Block { entry: u32, block: u32, len: u32, bytes: Option<Bytes> },
    Proof { entry: u32 },
}

impl Slot {
    pub(crate) fn entry(&self) -> u32 {
        match self {
            Self::Block { entry, .. } | Self::Proof { entry } => *entry,
        }
    }

    /// None for a proof.
    pub(crate) fn block(&self) -> Option<u32> {
        match self {
            Self::Block { block, .. } => Some(*block),
            Self::Proof { .. } => None,
        }
    }

    fn len(&self) -> u64 {
        match self {
            Self::Block { len, .. } => u64::from(*len),
            Self::Proof { .. } => 0,
        }
    }
}

/// First in, first out.
#[derive(Debug, Default)]
pub(crate) struct SendQueue {
    slots: VecDeque<Slot>,
    /// Reads that have not returned and that nothing waits for: entry, block and length.
    idle: Vec<(u32, u32, u32)>,
}

impl SendQueue {
    pub(crate) fn push_block(&mut self, entry: u32, block: u32, len: u32) {
        self.slots.push_back(Slot::Block { entry, block, len, bytes: None });
    }

    pub(crate) fn push_proof(&mut self, entry: u32) {
        self.slots.push_back(Slot::Proof { entry });
    }

    /// A read has returned: the length of its block, and where its bytes go. None when nothing waits for it.
    pub(crate) fn returned(&mut self, entry: u32, block: u32) -> Option<(u32, &mut Option<Bytes>)> {
        let place = self.slots.iter_mut().find_map(|slot| match slot {
            Slot::Block { entry: e, block: b, len, bytes } if (*e, *b) == (entry, block) && bytes.is_none() => {
                Some((*len, bytes))
            }
            Slot::Block { .. } | Slot::Proof { .. } => None,
        });
        if place.is_none()
            && let Some(index) = self.idle.iter().position(|(e, b, _)| (*e, *b) == (entry, block))
        {
            self.idle.swap_remove(index);
        }
        place
    }

    /// What is sent next, read or not.
    pub(crate) fn front(&self) -> Option<&Slot> {
        self.slots.front()
    }

    pub(crate) fn pop(&mut self) -> Option<Slot> {
        self.slots.pop_front()
    }

    /// Forgets everything of an entry.
    pub(crate) fn drop_entry(&mut self, entry: u32) {
        self.forget(|slot| slot.entry() == entry);
    }

    pub(crate) fn clear(&mut self) {
        self.forget(|_| true);
    }

    fn forget(&mut self, is_dropped: impl Fn(&Slot) -> bool) {
        let idle = self.slots.iter().filter(|slot| is_dropped(slot)).filter_map(|slot| match slot {
            Slot::Block { entry, block, len, bytes: None } => Some((*entry, *block, *len)),
            Slot::Block { .. } | Slot::Proof { .. } => None,
        });
        self.idle.extend(idle);
        self.slots.retain(|slot| !is_dropped(slot));
    }

    /// Blocks and proofs in it, and reads under way for nothing.
    pub(crate) fn len(&self) -> usize {
        self.slots.len() + self.idle.len()
    }

    /// Bytes of these.
    pub(crate) fn bytes(&self) -> u64 {
        let idle: u64 = self.idle.iter().map(|(.., len)| u64::from(*len)).sum();
        self.slots.iter().map(Slot::len).sum::<u64>() + idle
    }
}
