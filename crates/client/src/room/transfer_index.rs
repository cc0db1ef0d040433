//! Which peer a transfer belongs to, and where its files went: what the room knows beyond its sessions.
//!
//! Transfer ids come from peers, so two of them may choose the same one, by malice only. Who came first keeps it.

use std::{
    collections::HashMap,
    path::PathBuf,
    sync::{Mutex, MutexGuard, PoisonError},
};

use parlor_protocol::id::{PeerId, TransferId};

#[derive(Debug)]
struct Record {
    peer: PeerId,
    received: Vec<PathBuf>,
    /// Something of it was there before it began.
    is_continued: bool,
}

/// Files of an offer of ours that are remembered, to show what they are.
const OFFERED: usize = 16;

/// The transfers of a room. A transfer that brought no file is forgotten at its end; one that did, and where our own files lie, when the
/// room is left.
#[derive(Debug, Default)]
pub(crate) struct TransferIndex {
    records: Mutex<HashMap<TransferId, Record>>,
    /// The first files of each offer of ours.
    offered: Mutex<HashMap<TransferId, Vec<PathBuf>>>,
}

impl TransferIndex {
    /// Notes a transfer. False when another peer has one of that id.
    pub(crate) fn claim(&self, transfer: TransferId, peer: PeerId) -> bool {
        let new = || Record { peer, received: Vec::new(), is_continued: false };
        self.lock().entry(transfer).or_insert_with(new).peer == peer
    }

    /// Whose it is.
    pub(crate) fn peer(&self, transfer: TransferId) -> Option<PeerId> {
        self.lock().get(&transfer).map(|record| record.peer)
    }

    /// A file stands under its name.
    pub(crate) fn received(&self, transfer: TransferId, path: PathBuf) {
        if let Some(record) = self.lock().get_mut(&transfer) {
            record.received.push(path);
        }
    }

    /// Files of ours are offered.
    pub(crate) fn offered<'a>(&self, transfer: TransferId, paths: impl Iterator<Item = &'a PathBuf>) {
        held(&self.offered).insert(transfer, paths.take(OFFERED).cloned().collect());
    }

    /// Where the first files of an offer of ours are.
    pub(crate) fn offered_paths(&self, transfer: TransferId) -> Vec<PathBuf> {
        held(&self.offered).get(&transfer).cloned().unwrap_or_default()
    }

    /// Where the files of a transfer are.
    pub(crate) fn paths(&self, transfer: TransferId) -> Vec<PathBuf> {
        self.lock().get(&transfer).map(|record| record.received.clone()).unwrap_or_default()
    }

    /// Something of a transfer was found that an earlier session had received.
    pub(crate) fn found(&self, transfer: TransferId) {
        if let Some(record) = self.lock().get_mut(&transfer) {
            record.is_continued = true;
        }
    }

    /// Whether something of a transfer was there before it began.
    pub(crate) fn is_continued(&self, transfer: TransferId) -> bool {
        self.lock().get(&transfer).is_some_and(|record| record.is_continued)
    }

    /// The transfer has ended.
    pub(crate) fn ended(&self, transfer: TransferId, peer: PeerId) {
        let mut records = self.lock();
        if records.get(&transfer).is_some_and(|record| record.peer == peer && record.received.is_empty()) {
            records.remove(&transfer);
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<TransferId, Record>> {
        held(&self.records)
    }
}

fn held<T>(map: &Mutex<T>) -> MutexGuard<'_, T> {
    // Nothing panics while the lock is held; were it so, the map is whole all the same.
    map.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_peer_keeps_an_id() {
        let index = TransferIndex::default();
        let (transfer, ada, bob) = (TransferId([1; 16]), PeerId([1; 16]), PeerId([2; 16]));
        assert!(index.claim(transfer, ada) && index.claim(transfer, ada));
        assert!(!index.claim(transfer, bob));
        index.ended(transfer, bob);
        assert_eq!(index.peer(transfer), Some(ada));
        index.ended(transfer, ada);
        assert_eq!(index.peer(transfer), None);
    }

    #[test]
    fn what_was_offered_is_known_when_it_has_arrived_too_but_not_more_than_can_be_shown() {
        let index = TransferIndex::default();
        let (transfer, ada) = (TransferId([1; 16]), PeerId([1; 16]));
        let paths: Vec<PathBuf> = (0..OFFERED + 1).map(|n| format!("/{n}").into()).collect();
        assert!(index.claim(transfer, ada));
        index.offered(transfer, paths.iter());
        index.ended(transfer, ada);
        assert_eq!(index.offered_paths(transfer), paths[..OFFERED]);
        assert!(index.paths(transfer).is_empty());
    }

    #[test]
    fn a_transfer_is_continued_once_something_of_it_was_found() {
        let index = TransferIndex::default();
        let (transfer, other, ada) = (TransferId([1; 16]), TransferId([2; 16]), PeerId([1; 16]));
        assert!(index.claim(transfer, ada) && index.claim(other, ada));
        index.found(transfer);
        assert!(index.is_continued(transfer) && !index.is_continued(other));
        index.ended(transfer, ada);
        assert!(!index.is_continued(transfer));
    }
}
