//! The entries of a transfer to us, by number: what became of them, and where each goes on.

use parlor_protocol::{code::TransferCode, control::ResumePoint};

use crate::{
    block::block_count,
    ended::LastWord,
    incoming_entry::{IncomingEntry, IncomingState},
    snapshot::EntryView,
};

/// Points of an `accept`: at 60 bytes each they fit a message of `control` twice over.
const RESUME_POINTS: usize = 512;

/// The entries in the order of the offer. None while it is not whole.
#[derive(Debug, Default)]
pub(crate) struct IncomingEntries {
    entries: Vec<IncomingEntry>,
    proven_count: u32,
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

    /// Every entry is proven or has failed.
    pub(crate) fn is_ended(&self) -> bool {
        self.ended_count == self.entries.len()
    }

    /// An entry has its name.
    pub(crate) fn prove(&mut self, number: u32) {
        let Some(entry) = self.get_mut(number) else { return };
        entry.state = IncomingState::Proven;
        self.proven_count += 1;
        self.ended_count += 1;
    }

    /// Ends an entry without proof. Gives its size and how far it was; none when it had ended already.
    pub(crate) fn fail(&mut self, number: u32, code: TransferCode) -> Option<(u64, IncomingState)> {
        let entry = self.get_mut(number)?;
        if matches!(entry.state, IncomingState::Proven | IncomingState::Failed(_)) {
            return None;
        }
        let before = std::mem::replace(&mut entry.state, IncomingState::Failed(code));
        let size = entry.size;
        self.ended_count += 1;
        Some((size, before))
    }

    /// Forgets what has arrived of blocks that are not whole.
    pub(crate) fn drop_collected(&mut self) {
        for entry in &mut self.entries {
            if let IncomingState::Open(open) = &mut entry.state {
                open.drop_collected();
            }
        }
    }

    /// Where to go on, and the outcomes that are to be said before because the points have no room for them.
    pub(crate) fn resume(&self) -> (Vec<ResumePoint>, LastWord) {
        let mut resume = Vec::new();
        for (entry, state) in self.numbered() {
            if let IncomingState::Open(open) = state
                && open.next_block > 0
            {
                resume.push(ResumePoint { entry, next_block: open.next_block, proven: false });
            }
        }
        let (mut proven, failed) = self.ended();
        let points = proven.split_off(proven.len() - proven.len().min(RESUME_POINTS.saturating_sub(resume.len())));
        let size_of = |entry: u32| self.entries.get(entry as usize).map_or(0, |entry| entry.size);
        let point = |entry| ResumePoint { entry, next_block: block_count(size_of(entry)), proven: true };
        resume.extend(points.into_iter().map(point));
        (resume, LastWord::Outcomes { proven, failed })
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
