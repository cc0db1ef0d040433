//! The disk side of a session: carries out the orders of the transfer machine and brings back what became of them.

use std::{collections::HashMap, sync::Arc};

use parlor_protocol::id::TransferId;
use parlor_transfer::{Input, Output};
use tokio::sync::mpsc;

use super::transfer_index::TransferIndex;
use crate::disk::{Done, Found, IncomingFiles, Job, Lanes, Outcome, room::Shortage};

/// Answers of the disk that wait for the session. Lanes wait when it is behind.
const ANSWERS: usize = 64;

/// Files of the transfers with one peer.
pub(crate) struct SessionFiles {
    lanes: Lanes,
    answers: mpsc::Receiver<Done>,
    sources: HashMap<TransferId, Arc<Vec<Found>>>,
    incoming: HashMap<TransferId, Arc<IncomingFiles>>,
    index: Arc<TransferIndex>,
}

impl SessionFiles {
    pub(crate) fn start(index: Arc<TransferIndex>) -> Self {
        let (done, answers) = mpsc::channel(ANSWERS);
        let lanes = Lanes::start(&done);
        Self { lanes, answers, sources: HashMap::new(), incoming: HashMap::new(), index }
    }

    /// These files are offered as `transfer`.
    pub(crate) fn offer(&mut self, transfer: TransferId, files: Vec<Found>) {
        self.sources.insert(transfer, Arc::new(files));
    }

    /// They are not offered after all.
    pub(crate) fn forget(&mut self, transfer: TransferId) {
        self.sources.remove(&transfer);
    }

    /// The files offered as `transfer`.
    pub(crate) fn sources(&self, transfer: TransferId) -> Option<Arc<Vec<Found>>> {
        self.sources.get(&transfer).cloned()
    }

    /// The files of `transfer` go there.
    pub(crate) fn accept(&mut self, transfer: TransferId, incoming: IncomingFiles) {
        self.incoming.insert(transfer, Arc::new(incoming));
    }

    /// What happened on the disk, for [`SessionFiles::input`]. Pends while nothing did; dropped while it does, nothing is lost.
    pub(crate) async fn next(&mut self) -> Done {
        match self.answers.recv().await {
            Some(done) => done,
            // The lanes hold the other end as long as this struct holds the lanes; without them nothing comes any more.
            None => std::future::pending().await,
        }
    }

    /// Carries out an order about files. Gives back the transfer that must be cancelled when the disk takes no more orders.
    pub(crate) async fn carry_out(&mut self, order: Output) -> Result<(), TransferId> {
        let (transfer, entry, job) = match order {
            Output::FindEntries { transfer, entries } => {
                let Some(incoming) = self.incoming.get(&transfer).cloned() else { return Err(transfer) };
                self.lanes.find(transfer, incoming, entries).await;
                return Ok(());
            }
            Output::ReadBlock { transfer, entry, block, offset, len, last } => {
                let sources = self.sources.get(&transfer).cloned().unwrap_or_default();
                let bytes = usize::try_from(len).unwrap_or_default();
                (transfer, entry, Job::Read { sources, block, offset, bytes, last })
            }
            Output::OpenEntry { transfer, entry, path, size } => {
                let Some(incoming) = self.incoming.get(&transfer).cloned() else { return Err(transfer) };
                let path = path.components().map(str::to_owned).collect();
                (transfer, entry, Job::Open { incoming, path, size })
            }
            Output::WriteBlock { transfer, entry, block, bytes, proof, .. } => {
                (transfer, entry, Job::Write { block, bytes, proof })
            }
            Output::FinishEntry { transfer, entry, modified_ms, .. } => (transfer, entry, Job::Finish { modified_ms }),
            Output::DiscardEntry { transfer, entry, keep } => {
                let Some(incoming) = self.incoming.get(&transfer).cloned() else { return Ok(()) };
                (transfer, entry, Job::Discard { incoming, keep })
            }
            Output::ReleaseTransfer { transfer, keep, .. } => {
                self.sources.remove(&transfer);
                let incoming = self.incoming.remove(&transfer);
                self.lanes.release(transfer, incoming, keep).await;
                return Ok(());
            }
            Output::SendControl(_) | Output::SendFrame(_) | Output::Event(_) => return Ok(()),
        };
        if self.lanes.order(transfer, entry, job) { Ok(()) } else { Err(transfer) }
    }

    /// Ends all work, and returns when what is unfinished lies ready for a later session and no empty folder is left.
    pub(crate) async fn end(mut self) {
        for (transfer, incoming) in self.incoming.drain() {
            self.lanes.release(transfer, Some(incoming), true).await;
        }
        drop(self.lanes);
        while self.answers.recv().await.is_some() {}
    }

    /// The same for the machine, and with a shortage of room the user's side of it, unless the transfer has ended meanwhile.
    pub(crate) async fn input(&mut self, Done { transfer, entry, outcome }: Done) -> (Input, Option<Shortage>) {
        let input = match outcome {
            Outcome::NoRoom(shortage) => {
                let incoming = self.incoming.remove(&transfer);
                let shortage = incoming.is_some().then_some(shortage);
                self.lanes.release(transfer, incoming, true).await;
                return (Input::NoRoom { transfer }, shortage);
            }
            Outcome::Found { found } => {
                if !found.is_empty() {
                    self.index.found(transfer);
                }
                Input::EntriesFound { transfer, found }
            }
            Outcome::Read { block, result } => Input::BlockRead { transfer, entry, block, result },
            Outcome::Written { block, result } => Input::BlockWritten { transfer, entry, block, result },
            Outcome::Finished { result } => {
                let result = result.map(|path| self.index.received(transfer, path));
                Input::EntryFinished { transfer, entry, result }
            }
        };
        (input, None)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::disk::ReceivingFolder;

    #[tokio::test]
    async fn a_shortage_is_told_once_and_not_of_a_transfer_that_has_ended() {
        let home = tempfile::tempdir().unwrap();
        let transfer = TransferId([1; 16]);
        let mut files = SessionFiles::start(Arc::default());
        files.accept(transfer, ReceivingFolder::open(home.path()).unwrap().incoming(transfer));
        let no_room = || Done { transfer, entry: 0, outcome: Outcome::NoRoom(Shortage { needed: 2, free: 1 }) };
        assert!(matches!(files.input(no_room()).await, (Input::NoRoom { .. }, Some(Shortage { needed: 2, free: 1 }))));
        assert!(matches!(files.input(no_room()).await, (Input::NoRoom { .. }, None)));
    }
}
