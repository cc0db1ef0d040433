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

/// The transfers of a room. A transfer that brought no file is forgotten at its end; one that did, when the room is left.
#[derive(Debug, Default)]
pub(crate) struct TransferIndex {
    records: Mutex<HashMap<TransferId, Record>>,
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
        // Nothing panics while the lock is held; were it so, the map is whole all the same.
        self.records.lock().unwrap_or_else(PoisonError::into_inner)
    }
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
