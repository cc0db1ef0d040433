//! Files of ended transfers that did not reach their receiver, so that they can be offered again while the room lasts, also to a peer that
//! was given up and came back.
//!
//! Promises: bounded over all peers; what is offered again is what lies on the disk then. Leaves to others: asking for it, and the offer.

use std::{collections::VecDeque, sync::Arc};

use parlor_protocol::{
    id::{PeerId, TransferId},
    limits::OFFER_ENTRIES,
};

use crate::disk::Found;

/// Ended transfers that are remembered.
const TRANSFERS: usize = 256;
/// Their files: four of the largest offers.
const FILES: usize = 4 * OFFER_ENTRIES;

/// Oldest first.
#[derive(Debug, Default)]
pub(crate) struct Again(VecDeque<(TransferId, PeerId, Vec<Found>)>);

impl Again {
    /// Remembers what is `missing` of the `files` for `peer`. Gives the transfers that are forgotten for it and whose they were, and
    /// `transfer` itself if nothing is missing.
    pub(crate) fn remember(
        &mut self,
        transfer: TransferId,
        peer: PeerId,
        files: &Arc<Vec<Found>>,
        missing: &[u32],
    ) -> Vec<(TransferId, PeerId)> {
        let missing: Vec<Found> =
            missing.iter().filter_map(|entry| files.get(usize::try_from(*entry).ok()?).cloned()).collect();
        if missing.is_empty() {
            return vec![(transfer, peer)];
        }
        self.0.push_back((transfer, peer, missing));
        let mut forgotten = Vec::new();
        while self.0.len() > 1 && (self.0.len() > TRANSFERS || self.files() > FILES) {
            forgotten.extend(self.0.pop_front().map(|(transfer, peer, _)| (transfer, peer)));
        }
        forgotten
    }

    /// What is missing of a transfer; none if it is not known.
    pub(crate) fn take(&mut self, transfer: TransferId) -> Option<Vec<Found>> {
        let index = self.0.iter().position(|(known, ..)| *known == transfer)?;
        self.0.remove(index).map(|(.., files)| files)
    }

    /// What was taken could not be offered.
    pub(crate) fn put_back(&mut self, transfer: TransferId, peer: PeerId, files: Vec<Found>) {
        self.0.push_back((transfer, peer, files));
    }

    fn files(&self) -> usize {
        self.0.iter().map(|(.., files)| files.len()).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::disk::source::Stamp;

    const PEER: PeerId = PeerId([1; 16]);

    fn id(number: usize) -> TransferId {
        format!("{number:032x}").parse().unwrap()
    }

    fn files(count: usize) -> Arc<Vec<Found>> {
        let stamp = Stamp::of(&std::fs::metadata(".").unwrap());
        let file = |number: usize| Found {
            path: format!("/{number}").into(),
            entry: parlor_protocol::control::OfferedEntry {
                path: vec![number.to_string()],
                size: 1,
                modified_ms: None,
            },
            stamp: stamp.clone(),
        };
        Arc::new((0..count).map(file).collect())
    }

    #[test]
    fn only_what_is_missing_is_had_again_and_only_once() {
        let mut again = Again::default();
        assert_eq!(again.remember(id(1), PEER, &files(3), &[2, 0, 7]), []);
        let names: Vec<_> = again.take(id(1)).unwrap().into_iter().map(|found| found.path).collect();
        assert_eq!(names, [std::path::PathBuf::from("/2"), "/0".into()]);
        assert!(again.take(id(1)).is_none());
    }

    #[test]
    fn a_transfer_that_misses_nothing_is_forgotten_at_once() {
        let mut again = Again::default();
        assert_eq!(again.remember(id(1), PEER, &files(3), &[]), [(id(1), PEER)]);
        assert!(again.take(id(1)).is_none());
    }

    #[test]
    fn the_oldest_make_room_by_number_and_by_files() {
        let mut again = Again::default();
        for number in 0..TRANSFERS {
            assert_eq!(again.remember(id(number), PEER, &files(1), &[0]), []);
        }
        assert_eq!(again.remember(id(TRANSFERS), PeerId([2; 16]), &files(1), &[0]), [(id(0), PEER)]);
        let many = files(FILES);
        let all: Vec<u32> = (0..u32::try_from(FILES).unwrap()).collect();
        assert_eq!(again.remember(id(TRANSFERS + 1), PEER, &many, &all).len(), TRANSFERS);
        assert_eq!(again.take(id(TRANSFERS + 1)).map(|files| files.len()), Some(FILES));
    }
}
