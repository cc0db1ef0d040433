//! Files of ended transfers that did not reach their receiver, so that they can be offered again while the room lasts, also to a peer that
//! was given up and came back.
//!
//! Promises: bounded over all peers; what is offered again is what lies on the disk then: what is missing, or everything where the receiver
//! has kept a part and nothing has changed, since it knows an earlier offer by its paths, sizes and times, and goes on. Leaves to others:
//! asking for it, and the offer.

use std::{collections::VecDeque, sync::Arc};

use parlor_protocol::{
    code::Failure,
    id::{PeerId, TransferId},
    limits::OFFER_ENTRIES,
};

use crate::disk::Found;

/// Ended transfers that are remembered.
const TRANSFERS: usize = 256;
/// Their files: four of the largest offers.
const FILES: usize = 4 * OFFER_ENTRIES;

/// What of an ended transfer did not arrive.
#[derive(Debug, Clone)]
pub(crate) struct Unsent {
    /// All that was offered.
    pub(crate) files: Arc<Vec<Found>>,
    /// Indices of what is missing.
    pub(crate) missing: Vec<u32>,
    /// The receiver keeps what it has.
    pub(crate) is_kept: bool,
}

impl Unsent {
    /// What is to be offered again, as it is now, and why the last of those that are gone is. Blocks.
    ///
    /// # Errors
    /// Why there is nothing.
    pub(crate) fn found_again(&self) -> Result<(Vec<Found>, Option<Failure>), Failure> {
        if self.is_kept
            && let Some(files) = self.unchanged()
        {
            return Ok((files, None));
        }
        let mut gone = None;
        let missing = self.missing.iter().filter_map(|entry| self.files.get(usize::try_from(*entry).ok()?).cloned());
        let again = missing.filter_map(|file| file.again().map_err(|error| gone = Some(Failure::from(error))).ok());
        let files: Vec<Found> = again.collect();
        match gone {
            Some(failure) if files.is_empty() => Err(failure),
            gone => Ok((files, gone)),
        }
    }

    /// All files, if every one of them is what was offered.
    fn unchanged(&self) -> Option<Vec<Found>> {
        let again =
            |file: &Found| file.clone().again().ok().filter(|now| now.entry == file.entry && now.stamp == file.stamp);
        self.files.iter().map(again).collect()
    }
}

/// Oldest first.
#[derive(Debug, Default)]
pub(crate) struct Again(VecDeque<(TransferId, PeerId, Unsent)>);

impl Again {
    /// Remembers what did not reach `peer`. Gives the transfers that are forgotten for it and whose they were, and `transfer` itself if
    /// nothing is missing.
    pub(crate) fn remember(&mut self, transfer: TransferId, peer: PeerId, unsent: Unsent) -> Vec<(TransferId, PeerId)> {
        if unsent.missing.is_empty() {
            return vec![(transfer, peer)];
        }
        self.0.push_back((transfer, peer, unsent));
        let mut forgotten = Vec::new();
        while self.0.len() > 1 && (self.0.len() > TRANSFERS || self.files() > FILES) {
            forgotten.extend(self.0.pop_front().map(|(transfer, peer, _)| (transfer, peer)));
        }
        forgotten
    }

    /// What did not arrive of a transfer; none if it is not known.
    pub(crate) fn take(&mut self, transfer: TransferId) -> Option<Unsent> {
        let index = self.0.iter().position(|(known, ..)| *known == transfer)?;
        self.0.remove(index).map(|(.., unsent)| unsent)
    }

    /// What was taken could not be offered.
    pub(crate) fn put_back(&mut self, transfer: TransferId, peer: PeerId, unsent: Unsent) {
        self.0.push_back((transfer, peer, unsent));
    }

    fn files(&self) -> usize {
        self.0.iter().map(|(.., unsent)| unsent.files.len()).sum()
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::{fs, path::Path};

    use super::*;
    use crate::disk::{picks, source::Stamp};

    const PEER: PeerId = PeerId([1; 16]);

    fn id(number: usize) -> TransferId {
        format!("{number:032x}").parse().unwrap()
    }

    fn unsent(count: usize, missing: &[u32]) -> Unsent {
        let stamp = Stamp::of(&fs::metadata(".").unwrap());
        let file = |number: usize| Found {
            path: format!("/{number}").into(),
            entry: parlor_protocol::control::OfferedEntry {
                path: vec![number.to_string()],
                size: 1,
                modified_ms: None,
            },
            stamp: stamp.clone(),
        };
        Unsent { files: Arc::new((0..count).map(file).collect()), missing: missing.to_vec(), is_kept: false }
    }

    /// A folder with three files, of which the receiver has all but the second and keeps it.
    fn kept(folder: &Path) -> Unsent {
        for name in ["a", "b", "c"] {
            fs::write(folder.join(name), name).unwrap();
        }
        Unsent { files: Arc::new(picks::list(&[folder.to_owned()]).unwrap()), missing: vec![1], is_kept: true }
    }

    fn names(unsent: &Unsent) -> Vec<String> {
        let (files, gone) = unsent.found_again().unwrap();
        assert_eq!(gone, None);
        files.into_iter().filter_map(|found| found.entry.path.last().cloned()).collect()
    }

    #[test]
    fn what_did_not_arrive_is_had_again_only_once() {
        let mut again = Again::default();
        assert_eq!(again.remember(id(1), PEER, unsent(3, &[2])), []);
        assert_eq!(again.take(id(1)).unwrap().missing, [2]);
        assert!(again.take(id(1)).is_none());
    }

    #[test]
    fn everything_is_offered_again_where_the_receiver_goes_on_and_else_what_is_missing() {
        let folder = tempfile::tempdir().unwrap();
        let unsent = kept(folder.path());
        assert_eq!(names(&unsent), ["a", "b", "c"]);
        assert_eq!(names(&Unsent { is_kept: false, ..unsent }), ["b"]);
    }

    #[test]
    fn what_arrived_and_is_another_file_by_now_is_not_offered_again() {
        let folder = tempfile::tempdir().unwrap();
        let unsent = kept(folder.path());
        fs::write(folder.path().join("c"), "changed").unwrap();
        assert_eq!(names(&unsent), ["b"]);
        fs::remove_file(folder.path().join("c")).unwrap();
        assert_eq!(names(&unsent), ["b"]);
        fs::remove_file(folder.path().join("b")).unwrap();
        assert!(unsent.found_again().is_err());
    }

    #[test]
    fn a_transfer_that_misses_nothing_is_forgotten_at_once() {
        let mut again = Again::default();
        assert_eq!(again.remember(id(1), PEER, unsent(3, &[])), [(id(1), PEER)]);
        assert!(again.take(id(1)).is_none());
    }

    #[test]
    fn the_oldest_make_room_by_number_and_by_files() {
        let mut again = Again::default();
        for number in 0..TRANSFERS {
            assert_eq!(again.remember(id(number), PEER, unsent(1, &[0])), []);
        }
        assert_eq!(again.remember(id(TRANSFERS), PeerId([2; 16]), unsent(1, &[0])), [(id(0), PEER)]);
        assert_eq!(again.remember(id(TRANSFERS + 1), PEER, unsent(FILES, &[0])).len(), TRANSFERS);
        assert_eq!(again.take(id(TRANSFERS + 1)).map(|unsent| unsent.files.len()), Some(FILES));
    }
}
