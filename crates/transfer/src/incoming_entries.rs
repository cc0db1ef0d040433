//! The entries of a transfer to us, by number: what became of them, and where each goes on.

use std::collections::BTreeSet;

use parlor_protocol::{
    code::TransferCode,
    control::ResumePoint,
    limits::{RESUME_POINTS, RESUME_RANGES},
};

use crate::{
    block::block_count,
    ended::LastWord,
    error::TransferError,
    found::{FoundEntry, WantedEntry},
    incoming_entry::{IncomingEntry, IncomingState},
    open_entry::OpenEntry,
    snapshot::EntryView,
};

/// The entries in the order of the offer. None while it is not whole.
#[derive(Debug, Default)]
pub(crate) struct IncomingEntries {
    entries: Vec<IncomingEntry>,
    proven_count: u32,
    declined_count: u32,
    ended_count: usize,
}

impl IncomingEntries {
    pub(crate) fn new(entries: Vec<IncomingEntry>) -> Self {
        Self { entries, ..Self::default() }
    }

    pub(crate) fn len(&self) -> usize {
        self.entries.len()
    }

    pub(crate) fn get_mut(&mut self, number: u32) -> Option<&mut IncomingEntry> {
        self.entries.get_mut(number as usize)
    }

    pub(crate) fn proven_count(&self) -> u32 {
        self.proven_count
    }

    pub(crate) fn declined_count(&self) -> u32 {
        self.declined_count
    }

    /// The user does not want these. Gives their bytes.
    ///
    /// # Errors
    /// [`TransferError::NotNow`] if nothing is left, or one does not exist or stands there twice; nothing was changed then.
    pub(crate) fn decline(&mut self, without: &[u32]) -> Result<u64, TransferError> {
        let distinct: BTreeSet<u32> = without.iter().copied().collect();
        let exists = |number: &u32| (*number as usize) < self.entries.len();
        if distinct.len() != without.len() || distinct.len() >= self.entries.len() || !distinct.iter().all(exists) {
            return Err(TransferError::NotNow);
        }
        let mut bytes = 0;
        for number in distinct {
            bytes += self.fail(number, TransferCode::Declined).map_or(0, |(size, ..)| size);
            self.declined_count += 1;
        }
        Ok(bytes)
    }

    /// Every entry is proven or has failed.
    pub(crate) fn is_ended(&self) -> bool {
        self.ended_count == self.entries.len()
    }

    /// What an earlier session left of an entry; none for an entry or a block that does not exist.
    pub(crate) fn find(&mut self, found: FoundEntry) -> Option<u64> {
        let FoundEntry { entry: number, blocks } = found;
        let entry = self.get_mut(number)?;
        if !matches!(entry.state, IncomingState::Pending) || entry.found.is_some() {
            return None;
        }
        let size = entry.size;
        let Some(blocks) = blocks else {
            self.prove(number);
            return Some(size);
        };
        let count = block_count(size);
        if blocks.is_empty() || blocks.iter().any(|(block, _)| *block >= count) {
            return None;
        }
        let found = entry.found.insert(Box::new(OpenEntry::continued(blocks)));
        Some(found.found_bytes(size))
    }

    /// The user takes the consent back, and so every refusal with it. Gives the bytes that were refused.
    pub(crate) fn undecline(&mut self) -> u64 {
        let declined = self
            .entries
            .iter_mut()
            .filter(|entry| matches!(entry.state, IncomingState::Failed(TransferCode::Declined)));
        let mut bytes = 0;
        for entry in declined {
            entry.state = IncomingState::Pending;
            bytes += entry.size;
            self.declined_count -= 1;
            self.ended_count -= 1;
        }
        bytes
    }

    /// The entries as they were offered, for whoever looks for what is left of them.
    pub(crate) fn wanted(&self) -> impl Iterator<Item = WantedEntry> {
        (0_u32..).zip(&self.entries).map(|(number, entry)| WantedEntry {
            entry: number,
            path: entry.path.clone(),
            size: entry.size,
            modified_ms: entry.modified_ms,
            is_declined: matches!(entry.state, IncomingState::Failed(TransferCode::Declined)),
        })
    }

    /// An entry has its name.
    pub(crate) fn prove(&mut self, number: u32) {
        let Some(entry) = self.get_mut(number) else { return };
        entry.state = IncomingState::Proven;
        self.proven_count += 1;
        self.ended_count += 1;
    }

    /// Ends an entry without proof. Gives its size, how far it was, and whether there is a part of it; none when it had ended already.
    pub(crate) fn fail(&mut self, number: u32, code: TransferCode) -> Option<(u64, IncomingState, bool)> {
        let entry = self.get_mut(number)?;
        if matches!(entry.state, IncomingState::Proven | IncomingState::Failed(_)) {
            return None;
        }
        let before = std::mem::replace(&mut entry.state, IncomingState::Failed(code));
        let has_part = entry.found.take().is_some() || !matches!(before, IncomingState::Pending);
        let size = entry.size;
        self.ended_count += 1;
        Some((size, before, has_part))
    }

    /// Forgets what has arrived of blocks that are not whole.
    pub(crate) fn drop_collected(&mut self) {
        for entry in &mut self.entries {
            if let IncomingState::Open(open) = &mut entry.state {
                open.drop_collected();
            }
        }
    }

    /// Where to go on, and the outcomes that are to be said before because the points have no room for them. What an earlier session
    /// stored and has no room either is forgotten, and its bytes are told.
    pub(crate) fn resume(&mut self) -> (Vec<ResumePoint>, LastWord, u64) {
        let (mut resume, mut room, mut forgotten_bytes) = (Vec::new(), RESUME_RANGES, 0);
        // Those that have begun come first: they are few, and the sender cannot go on with them otherwise.
        for is_open in [true, false] {
            for (entry, known) in (0_u32..).zip(&mut self.entries) {
                let size = known.size;
                let Some(open) =
                    (matches!(known.state, IncomingState::Open(_)) == is_open).then(|| known.begun()).flatten()
                else {
                    continue;
                };
                let before = open.found_bytes(size);
                let stored = open.stored_later(if resume.len() < RESUME_POINTS { room } else { 0 });
                open.forget_behind(&stored);
                room -= stored.len();
                if resume.len() == RESUME_POINTS {
                    *open = OpenEntry::default();
                } else if open.next_block > 0 || !stored.is_empty() {
                    resume.push(ResumePoint { entry, next_block: open.next_block, proven: false, stored });
                }
                forgotten_bytes += before - open.found_bytes(size);
            }
        }
        let (mut proven, failed) = self.ended();
        let points = proven.split_off(proven.len() - proven.len().min(RESUME_POINTS.saturating_sub(resume.len())));
        let size_of = |entry: u32| self.entries.get(entry as usize).map_or(0, |entry| entry.size);
        let point =
            |entry| ResumePoint { entry, next_block: block_count(size_of(entry)), proven: true, stored: Vec::new() };
        resume.extend(points.into_iter().map(point));
        (resume, LastWord::Outcomes { proven, failed }, forgotten_bytes)
    }

    /// What became of the entries, for the sender.
    pub(crate) fn outcomes(&self) -> LastWord {
        let (proven, failed) = self.ended();
        LastWord::Outcomes { proven, failed }
    }

    pub(crate) fn views(&self) -> impl Iterator<Item = EntryView> {
        self.entries.iter().map(IncomingEntry::view)
    }

    /// Entries that are proven, and that have failed.
    fn ended(&self) -> (Vec<u32>, Vec<(u32, TransferCode)>) {
        let (mut proven, mut failed) = (Vec::new(), Vec::new());
        for (number, state) in self.numbered() {
            match state {
                IncomingState::Proven => proven.push(number),
                IncomingState::Failed(code) => failed.push((number, *code)),
                IncomingState::Pending | IncomingState::Open(_) | IncomingState::Finishing => {}
            }
        }
        (proven, failed)
    }

    fn numbered(&self) -> impl Iterator<Item = (u32, &IncomingState)> {
        (0_u32..).zip(&self.entries).map(|(number, entry)| (number, &entry.state))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::safe_names::SafeNames;

    fn entries(count: usize, size: u64) -> IncomingEntries {
        let mut names = SafeNames::new();
        let mut entry = |index: usize| IncomingEntry {
            path: names.add(&[index.to_string()]).unwrap(),
            size,
            modified_ms: None,
            found: None,
            state: IncomingState::Pending,
        };
        IncomingEntries::new((0..count).map(&mut entry).collect())
    }

    fn blocks(blocks: impl IntoIterator<Item = u32>) -> Option<Vec<(u32, [u8; 32])>> {
        Some(blocks.into_iter().map(|block| (block, [0; 32])).collect())
    }

    const MIB: u64 = 1024 * 1024;

    #[test]
    fn stretches_beyond_the_room_are_forgotten_and_their_bytes_are_told() {
        let mut entries = entries(1, 1_000 * MIB);
        let every_other = (0..1_000).filter(|block| block % 2 == 1);
        assert_eq!(entries.find(FoundEntry { entry: 0, blocks: blocks(every_other) }), Some(500 * MIB));
        let (resume, _, forgotten_bytes) = entries.resume();
        assert_eq!(resume[0].stored.len(), RESUME_RANGES);
        assert_eq!(forgotten_bytes, (500 - RESUME_RANGES as u64) * MIB);
        // What is told stays as it is.
        assert_eq!(entries.resume().2, 0);
    }

    #[test]
    fn entries_beyond_the_points_are_forgotten_but_never_one_that_has_begun() {
        let mut entries = entries(600, 2 * MIB);
        for entry in 0..600 {
            entries.find(FoundEntry { entry, blocks: blocks([0]) });
        }
        let begun = entries.get_mut(599).unwrap();
        begun.state = IncomingState::Open(begun.found.take().unwrap());
        let (resume, _, forgotten_bytes) = entries.resume();
        assert_eq!((resume.len(), resume[0].entry), (RESUME_POINTS, 599));
        assert_eq!(forgotten_bytes, (600 - RESUME_POINTS as u64) * MIB);
        // Its part is still there to be thrown away.
        assert!(entries.fail(598, TransferCode::SourceChanged).unwrap().2);
    }

    #[test]
    fn nothing_is_found_twice_or_of_what_does_not_exist() {
        let mut entries = entries(2, 2 * MIB);
        for wrong in [(2, blocks([0])), (0, blocks([2])), (0, blocks([]))] {
            assert_eq!(entries.find(FoundEntry { entry: wrong.0, blocks: wrong.1 }), None);
        }
        assert_eq!(entries.find(FoundEntry { entry: 0, blocks: blocks([1, 1]) }), Some(MIB));
        assert_eq!(entries.find(FoundEntry { entry: 0, blocks: None }), None);
        assert_eq!(entries.find(FoundEntry { entry: 1, blocks: None }), Some(2 * MIB));
        assert_eq!(entries.find(FoundEntry { entry: 1, blocks: None }), None);
    }
}
