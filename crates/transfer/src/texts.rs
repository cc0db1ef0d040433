//! Texts: kept until the peer says it has them, sent again on a new link, counted once by their id.

use std::collections::{HashSet, VecDeque};

use parlor_protocol::{
    control::Control,
    id::TextId,
    limits::{CONTROL_BYTES, TEXT_BYTES},
};

use crate::error::TransferError;

/// Texts that wait for the peer's word: a long talk to someone on a train, and at most 8 MiB.
const WAITING: usize = 256;
/// Ids of received texts that are remembered: more than a peer keeps waiting, so no text sent again passes for new.
const REMEMBERED: usize = 4 * WAITING;

/// Texts of both directions.
#[derive(Debug, Default)]
pub(crate) struct Texts {
    waiting: VecDeque<(TextId, Control)>,
    seen: HashSet<TextId>,
    seen_order: VecDeque<TextId>,
}

impl Texts {
    /// Keeps a text of ours; what comes back goes out now if a link is up.
    pub(crate) fn write(&mut self, id: TextId, body: String, sent_at_ms: u64) -> Result<&Control, TransferError> {
        if body.len() > TEXT_BYTES {
            return Err(TransferError::TextTooLong);
        }
        let text = Control::Text { id, body, sent_at_ms };
        // Escaping can make a text of allowed length longer than a message of `control` may be.
        if json_bytes(&text) > CONTROL_BYTES {
            return Err(TransferError::TextTooLong);
        }
        if self.waiting.len() >= WAITING {
            return Err(TransferError::TextsWaiting);
        }
        self.waiting.push_back((id, text));
        self.waiting.back().map(|(_, text)| text).ok_or(TransferError::TextsWaiting)
    }

    /// The peer has it. True when it was waiting.
    pub(crate) fn confirm(&mut self, id: TextId) -> bool {
        let index = self.waiting.iter().position(|(waiting, _)| *waiting == id);
        index.and_then(|index| self.waiting.remove(index)).is_some()
    }

    /// Everything not confirmed, in order.
    pub(crate) fn waiting(&self) -> impl Iterator<Item = &Control> {
        self.waiting.iter().map(|(_, text)| text)
    }

    /// Remembers a received text. False when it is known already.
    pub(crate) fn is_new(&mut self, id: TextId) -> bool {
        if !self.seen.insert(id) {
            return false;
        }
        self.seen_order.push_back(id);
        if self.seen_order.len() > REMEMBERED
            && let Some(oldest) = self.seen_order.pop_front()
        {
            self.seen.remove(&oldest);
        }
        true
    }
}

/// Bytes of a value as JSON.
pub(crate) fn json_bytes(value: &impl serde::Serialize) -> usize {
    // Types of the wire have string keys and no fallible serializers; were it to fail, the message counts as over every limit.
    serde_json::to_vec(value).map_or(usize::MAX, |json| json.len())
}
