//! Transfers that have ended: remembered so that late messages pass in silence, and so that the last word is said again when the link
//! was lost before the other side can have heard it.

use std::collections::VecDeque;

use parlor_protocol::{code::TransferCode, control::Control, id::TransferId};

/// Ended transfers that are remembered: late frames of one come within seconds of its end.
const REMEMBERED: usize = 256;
/// Outcomes of entries that are remembered over all transfers: two of the largest offers.
const OUTCOMES: usize = 40_000;
/// Milliseconds on a live link after which the other side has heard a word for sure: a dead link shows earlier.
const HEARD_MS: u64 = 60_000;

/// Whether what ended with this code may go on another day: a disk failed or the sender was restarted, and nobody wished it ended.
pub(crate) fn is_mendable(code: TransferCode) -> bool {
    use TransferCode::{Forgotten, NoSpace, ReadFailed, WriteFailed};
    matches!(code, NoSpace | WriteFailed | ReadFailed | Forgotten)
}

/// What the other side has to hear of an ended transfer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum LastWord {
    /// Nothing: it said the last word, or has heard ours.
    None,
    /// We refused.
    Declined,
    /// We ended it.
    Cancelled(TransferCode),
    /// It ended by itself: entries we have proven, and entries that failed here.
    Outcomes { proven: Vec<u32>, failed: Vec<(u32, TransferCode)> },
}

impl LastWord {
    fn outcomes(&self) -> usize {
        match self {
            Self::Outcomes { proven, failed } => proven.len() + failed.len(),
            Self::None | Self::Declined | Self::Cancelled(_) => 0,
        }
    }

    /// The messages that say it.
    pub(crate) fn say(&self, transfer: TransferId, mut send: impl FnMut(Control)) {
        match self {
            Self::None => {}
            Self::Declined => send(Control::Decline { transfer }),
            Self::Cancelled(code) => send(Control::Cancel { transfer, code: *code }),
            Self::Outcomes { proven, failed } => {
                proven.iter().for_each(|entry| send(Control::Proven { transfer, entry: *entry }));
                failed
                    .iter()
                    .for_each(|(entry, code)| send(Control::EntryFailed { transfer, entry: *entry, code: *code }));
            }
        }
    }
}

/// One ended transfer.
#[derive(Debug)]
struct Ended {
    transfer: TransferId,
    word: LastWord,
    /// When it was last said on a link that is still up; none while it could not be said.
    said_at_ms: Option<u64>,
}

/// The transfers that ended last.
#[derive(Debug, Default)]
pub(crate) struct EndedTransfers(VecDeque<Ended>);

impl EndedTransfers {
    /// Remembers a transfer; `said_at_ms` is none when no link is up.
    pub(crate) fn push(&mut self, transfer: TransferId, word: LastWord, said_at_ms: Option<u64>) {
        if let Some(now_ms) = said_at_ms {
            self.forget_heard(now_ms);
        }
        self.0.push_back(Ended { transfer, word, said_at_ms });
        if self.0.len() > REMEMBERED {
            self.0.pop_front();
        }
        let mut outcomes = 0;
        for ended in self.0.iter_mut().rev() {
            outcomes += ended.word.outcomes();
            if outcomes > OUTCOMES {
                ended.word = LastWord::None;
            }
        }
    }

    /// The last word about a transfer, if it is remembered.
    pub(crate) fn word(&self, transfer: TransferId) -> Option<&LastWord> {
        self.0.iter().rev().find(|ended| ended.transfer == transfer).map(|ended| &ended.word)
    }

    /// The link is gone: words said shortly before may not have been heard.
    pub(crate) fn link_lost(&mut self, now_ms: u64) {
        self.forget_heard(now_ms);
        self.0.iter_mut().for_each(|ended| ended.said_at_ms = None);
    }

    /// A new link: says again what may not have been heard.
    pub(crate) fn link_up(&mut self, now_ms: u64, mut send: impl FnMut(Control)) {
        for ended in &mut self.0 {
            ended.word.say(ended.transfer, &mut send);
            ended.said_at_ms = Some(now_ms);
        }
    }

    fn forget_heard(&mut self, now_ms: u64) {
        for ended in &mut self.0 {
            if ended.said_at_ms.is_some_and(|said| said + HEARD_MS <= now_ms) {
                ended.word = LastWord::None;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(ended: &mut EndedTransfers, now_ms: u64) -> Vec<Control> {
        let mut said = Vec::new();
        ended.link_up(now_ms, |control| said.push(control));
        said
    }

    #[test]
    fn a_word_is_repeated_until_a_link_lived_long_enough_for_it() {
        let transfer = TransferId([1; 16]);
        let mut ended = EndedTransfers::default();
        ended.push(transfer, LastWord::Cancelled(TransferCode::NoSpace), Some(1_000));
        ended.link_lost(2_000);
        assert_eq!(said(&mut ended, 3_000), [Control::Cancel { transfer, code: TransferCode::NoSpace }]);
        ended.link_lost(3_000 + HEARD_MS);
        assert_eq!(said(&mut ended, 100_000), []);
        assert_eq!(ended.word(transfer), Some(&LastWord::None));
    }

    #[test]
    fn memory_of_the_past_is_bounded() {
        let mut ended = EndedTransfers::default();
        for index in 0..1_000_u16 {
            let mut id = [0; 16];
            id[..2].copy_from_slice(&index.to_be_bytes());
            let word = LastWord::Outcomes { proven: (0..20_000).collect(), failed: Vec::new() };
            ended.push(TransferId(id), word, None);
        }
        assert_eq!(ended.0.len(), REMEMBERED);
        assert_eq!(said(&mut ended, 0).len(), OUTCOMES);
    }
}
