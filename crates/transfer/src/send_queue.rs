//! What is read or being read of a transfer from us and not sent, in the order of sending.
//!
//! Promises: things leave in the order they were put in, whatever order their reads return in. Leaves to
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
pub(crate) struct SendQueue(VecDeque<Slot>);

impl SendQueue {
    pub(crate) fn push_block(&mut self, entry: u32, block: u32, len: u32) {
        self.0.push_back(Slot::Block { entry, block, len, bytes: None });
    }

    pub(crate) fn push_proof(&mut self, entry: u32) {
        self.0.push_back(Slot::Proof { entry });
    }

    /// The place of a block that is being read: its length, and where its bytes go. None when nothing waits for it.
    pub(crate) fn unread(&mut self, entry: u32, block: u32) -> Option<(u32, &mut Option<Bytes>)> {
        self.0.iter_mut().find_map(|slot| match slot {
            Slot::Block { entry: e, block: b, len, bytes } if (*e, *b) == (entry, block) && bytes.is_none() => {
                Some((*len, bytes))
            }
            Slot::Block { .. } | Slot::Proof { .. } => None,
        })
    }

    /// What is sent next, read or not.
    pub(crate) fn front(&self) -> Option<&Slot> {
        self.0.front()
    }

    pub(crate) fn pop(&mut self) -> Option<Slot> {
        self.0.pop_front()
    }

    /// Forgets everything of an entry.
    pub(crate) fn drop_entry(&mut self, entry: u32) {
        self.0.retain(|slot| slot.entry() != entry);
    }

    pub(crate) fn clear(&mut self) {
        self.0.clear();
    }

    /// Blocks and proofs in it.
    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    /// Bytes of the blocks in it.
    pub(crate) fn bytes(&self) -> u64 {
        self.0.iter().map(Slot::len).sum()
    }
}
