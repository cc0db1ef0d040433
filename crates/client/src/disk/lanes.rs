//! The disk work of one peer's transfers, off the async threads.
//!
//! What it is: a few lanes, each a queue with its own open files. Work on one entry always takes the same lane, so it keeps
//! its order; different entries go side by side, so that three thousand small files do not wait for one another's fsync.
//! Promises: every [`Job::Read`], [`Job::Write`] and [`Job::Finish`] is answered by one [`Done`] unless its transfer was
//! released; at most [`LANES`] threads carry out jobs at once, beside one for each search and one for each part that is synced; a dropped
//! [`Lanes`] leaves the parts it still holds to a later session.
//! Leaves to others: how much is ordered ahead (the window of `parlor-transfer` bounds it).

use std::{
    collections::{HashMap, hash_map::Entry},
    convert::Infallible,
    path::PathBuf,
    sync::Arc,
};

use bytes::Bytes;
use parlor_protocol::{code::TransferCode, id::TransferId};
use parlor_transfer::{FoundEntry, WantedEntry, block::Hash};
use tokio::sync::mpsc;

use super::{DiskError, Found, IncomingFiles, Part, SourceFile, room::Shortage};

/// Queues, and so jobs that may wait for a disk at once. More than eight does not make the fsync of small files faster.
pub const LANES: usize = 8;
/// Jobs waiting in a lane. Far more than a window of even the smallest files orders ahead.
const LANE_JOBS: usize = 32 * 1024;
/// Source files a lane keeps open. An entry that needs another closes the oldest; reading it again opens it again.
const OPEN_SOURCES: usize = 8;
/// Jobs of one trip to a blocking thread: enough to spare switches, few enough that a write is answered soon.
const BATCH: usize = 16;

/// An order for a lane.
#[derive(Debug)]
pub enum Job {
    /// Read a block of a source.
    Read {
        /// All files of the offer.
        sources: Arc<Vec<Found>>,
        /// Index of the block, for the answer.
        block: u32,
        /// Where.
        offset: u64,
        /// How much.
        bytes: usize,
        /// No more will be read.
        last: bool,
    },
    /// Make a part. Its failure is told in the answers of its writes and of its finish.
    Open {
        /// Where the transfer's files go.
        incoming: Arc<IncomingFiles>,
        /// Safe relative path.
        path: Vec<String>,
        /// Bytes it will have.
        size: u64,
    },
    /// Write a block into a part.
    Write {
        /// Index of the block.
        block: u32,
        /// What.
        bytes: Bytes,
        /// Its hash.
        proof: Hash,
    },
    /// Give a part its name.
    Finish {
        /// Its own time, milliseconds since 1970.
        modified_ms: Option<u64>,
    },
    /// Give up a part, one that was found too.
    Discard {
        /// Where the transfer's files go.
        incoming: Arc<IncomingFiles>,
        /// Leave it for a later session rather than remove it.
        keep: bool,
    },
}

/// What became of a job.
#[derive(Debug)]
pub struct Done {
    /// Of which transfer.
    pub transfer: TransferId,
    /// Of which entry.
    pub entry: u32,
    /// What.
    pub outcome: Outcome,
}

/// What became of a job, by its kind.
#[derive(Debug)]
pub enum Outcome {
    /// Of [`Job::Read`].
    Read {
        /// The block.
        block: u32,
        /// Its bytes.
        result: Result<Bytes, TransferCode>,
    },
    /// Of [`Job::Write`].
    Written {
        /// The block.
        block: u32,
        /// The write returned.
        result: Result<(), TransferCode>,
    },
    /// Of [`Lanes::find`]; of no entry.
    Found {
        /// What an earlier session left.
        found: Vec<FoundEntry>,
    },
    /// Of [`Lanes::find`]; of no entry. Nothing of the transfer was begun.
    NoRoom(Shortage),
    /// Of [`Job::Finish`].
    Finished {
        /// Where the file stands now.
        result: Result<PathBuf, TransferCode>,
    },
}

enum Order {
    Job(TransferId, u32, Job),
    Release(TransferId, Option<Arc<IncomingFiles>>, bool),
    /// Let go of this.
    Pass(mpsc::Sender<Infallible>),
}

/// The lanes of one peer.
#[derive(Debug)]
pub struct Lanes {
    lanes: Vec<mpsc::Sender<Order>>,
    /// Weak, so that the answers end with the lanes.
    done: mpsc::WeakSender<Done>,
}

impl Lanes {
    /// Starts the lanes; must be called within a Tokio runtime. Answers go to `done`.
    pub fn start(done: &mpsc::Sender<Done>) -> Self {
        let lanes = (0..LANES)
            .map(|_| {
                let (orders, taken) = mpsc::channel(LANE_JOBS);
                tokio::spawn(work(taken, done.clone()));
                orders
            })
            .collect();
        Self { lanes, done: done.downgrade() }
    }

    /// Queues a job. False when the lane is full or gone: the order was beyond what any window allows.
    #[must_use]
    pub fn order(&self, transfer: TransferId, entry: u32, job: Job) -> bool {
        let count = self.lanes.len().max(1);
        let index = usize::try_from(entry).unwrap_or_default() % count;
        self.lanes.get(index).is_some_and(|lane| lane.try_send(Order::Job(transfer, entry, job)).is_ok())
    }

    /// Looks for what an earlier session left of a transfer, beside the lanes: it may take as long as hashing all of it. Transfers released
    /// before are closed by then: the same files, offered again, are found as they were left.
    pub async fn find(&self, transfer: TransferId, incoming: Arc<IncomingFiles>, entries: Vec<WantedEntry>) {
        let Some(done) = self.done.upgrade() else { return };
        let (pass, mut passed) = mpsc::channel(1);
        for lane in &self.lanes {
            // A lane that is gone has passed everything.
            let _ = lane.send(Order::Pass(pass.clone())).await;
        }
        drop(pass);
        let search = move || {
            let found = incoming.find(&entries);
            let outcome = match incoming.shortage(&entries, &found) {
                Some(shortage) => Outcome::NoRoom(shortage),
                None => Outcome::Found { found },
            };
            // The transfer may have ended meanwhile, by a release that knew whether to keep it; then the last to let go is this one.
            if let Some(incoming) = Arc::into_inner(incoming) {
                incoming.close(true);
            }
            // Whoever no longer listens needs no answer.
            let _ = done.blocking_send(Done { transfer, entry: 0, outcome });
        };
        tokio::spawn(async move {
            passed.recv().await;
            if let Err(error) = tokio::task::spawn_blocking(search).await {
                tracing::error!(%error, "a search ended badly");
            }
        });
    }

    /// Ends a transfer: closes its sources, removes its parts or keeps them for a later session, and removes folders made for it
    /// that are empty.
    pub async fn release(&self, transfer: TransferId, incoming: Option<Arc<IncomingFiles>>, keep: bool) {
        if let Some(incoming) = incoming.as_ref().filter(|_| !keep) {
            incoming.give_up();
        }
        // One each and none kept here, so that the last lane to let go knows that it is the last.
        let copies = vec![incoming; self.lanes.len()];
        for (lane, incoming) in self.lanes.iter().zip(copies) {
            // A lane that is gone holds nothing any more.
            let _ = lane.send(Order::Release(transfer, incoming, keep)).await;
        }
    }
}

/// What a lane has open.
#[derive(Default)]
struct Open {
    sources: Vec<((TransferId, u32), Arc<SourceFile>)>,
    parts: HashMap<(TransferId, u32), Result<Part, TransferCode>>,
}

async fn work(mut orders: mpsc::Receiver<Order>, done: mpsc::Sender<Done>) {
    let mut open = Open::default();
    let mut batch = Vec::new();
    while orders.recv_many(&mut batch, BATCH).await > 0 {
        let orders = std::mem::take(&mut batch);
        let answers = done.clone();
        let trip = tokio::task::spawn_blocking(move || {
            for order in orders {
                // Each answer goes out as soon as its job is done. Whoever no longer listens needs none.
                if let Some(answer) = open.take(order) {
                    let _ = answers.blocking_send(answer);
                }
            }
            open
        });
        match trip.await {
            Ok(back) => open = back,
            Err(error) => {
                tracing::error!(%error, "disk work ended badly");
                return;
            }
        }
    }
    // Only then the answers end, so that who waits for their end finds every part as it will stay.
    if let Err(error) = tokio::task::spawn_blocking(move || open.keep_all()).await {
        tracing::error!(%error, "parts were not synced");
    }
    drop(done);
}

impl Open {
    fn take(&mut self, order: Order) -> Option<Done> {
        let (transfer, entry, job) = match order {
            Order::Job(transfer, entry, job) => (transfer, entry, job),
            Order::Release(transfer, incoming, keep) => {
                self.release(transfer, keep);
                // The last lane to let go finds the transfer's folders as they will stay.
                if let Some(incoming) = incoming.and_then(Arc::into_inner) {
                    incoming.close(keep);
                }
                return None;
            }
            Order::Pass(pass) => {
                drop(pass);
                return None;
            }
        };
        let key = (transfer, entry);
        let outcome = match job {
            Job::Read { sources, block, offset, bytes, last } => {
                let result = self.read(key, &sources, offset, bytes, last).map_err(|error| logged(&error));
                Outcome::Read { block, result }
            }
            Job::Open { incoming, path, size } => {
                self.parts.insert(key, incoming.create(entry, &path, size).map_err(|error| logged(&error)));
                return None;
            }
            Job::Write { block, bytes, proof } => {
                let result = match self.parts.get_mut(&key) {
                    Some(Ok(part)) => part.write(block, &bytes, &proof).map_err(|error| logged(&error)),
                    Some(Err(code)) => Err(*code),
                    None => Err(TransferCode::WriteFailed),
                };
                Outcome::Written { block, result }
            }
            Job::Finish { modified_ms } => {
                let result = match self.parts.remove(&key) {
                    Some(Ok(part)) => part.finish(modified_ms).map_err(|error| logged(&error)),
                    Some(Err(code)) => Err(code),
                    None => Err(TransferCode::WriteFailed),
                };
                Outcome::Finished { result }
            }
            Job::Discard { incoming, keep } => {
                let part = self.parts.remove(&key).and_then(Result::ok).or_else(|| incoming.take_found(entry));
                if let Some(part) = part {
                    if keep { part.keep() } else { part.discard() }
                }
                return None;
            }
        };
        Some(Done { transfer, entry, outcome })
    }

    fn read(
        &mut self,
        key: (TransferId, u32),
        sources: &[Found],
        offset: u64,
        bytes: usize,
        last: bool,
    ) -> Result<Bytes, DiskError> {
        let source = self.source(key, sources)?;
        let block = source.read(offset, bytes);
        if last || block.is_err() {
            self.sources.retain(|(open, _)| *open != key);
        }
        block
    }

    fn source(&mut self, key: (TransferId, u32), sources: &[Found]) -> Result<Arc<SourceFile>, DiskError> {
        if let Some((_, source)) = self.sources.iter().find(|(open, _)| *open == key) {
            return Ok(Arc::clone(source));
        }
        let found = usize::try_from(key.1).ok().and_then(|index| sources.get(index)).ok_or(DiskError::Changed)?;
        let source = Arc::new(SourceFile::open(&found.path, &found.stamp)?);
        if self.sources.len() >= OPEN_SOURCES {
            self.sources.remove(0);
        }
        self.sources.push((key, Arc::clone(&source)));
        Ok(source)
    }

    fn release(&mut self, transfer: TransferId, keep: bool) {
        self.sources.retain(|((open, _), _)| *open != transfer);
        let ended: Vec<_> = self.parts.keys().filter(|(open, _)| *open == transfer).copied().collect();
        for key in ended {
            if let Entry::Occupied(part) = self.parts.entry(key)
                && let Ok(part) = part.remove()
            {
                if keep { part.keep() } else { part.discard() }
            }
        }
    }

    fn keep_all(self) {
        self.parts.into_values().flatten().for_each(Part::keep);
    }
}

/// The code for the other side; the reason goes to the log, where no path appears at info level.
fn logged(error: &DiskError) -> TransferCode {
    tracing::debug!(%error, "a disk job failed");
    error.transfer_code()
}

#[cfg(test)]
mod tests {
    use std::{fs, path::Path};

    use super::*;
    use crate::disk::{ReceivingFolder, picks};

    const TRANSFER: TransferId = TransferId([3; 16]);

    fn start() -> (Lanes, mpsc::Receiver<Done>) {
        let (done, answers) = mpsc::channel(16);
        (Lanes::start(&done), answers)
    }

    #[tokio::test]
    async fn a_file_goes_from_one_folder_to_another() {
        let home = tempfile::tempdir().unwrap();
        let source = home.path().join("a.bin");
        fs::write(&source, b"0123456789").unwrap();
        let sources = Arc::new(picks::list(&[source]).unwrap());
        let incoming = Arc::new(ReceivingFolder::open(&home.path().join("in")).unwrap().incoming(TRANSFER));
        let (lanes, mut answers) = start();
        let read = Job::Read { sources, block: 0, offset: 0, bytes: 10, last: true };
        assert!(lanes.order(TRANSFER, 0, read));
        let Outcome::Read { result: Ok(bytes), .. } = answers.recv().await.unwrap().outcome else { panic!("not read") };
        let open = Job::Open { incoming: Arc::clone(&incoming), path: vec!["a.bin".into()], size: 10 };
        assert!(lanes.order(TRANSFER, 0, open));
        assert!(lanes.order(TRANSFER, 0, Job::Write { block: 0, bytes, proof: [0; 32] }));
        assert!(matches!(answers.recv().await.unwrap().outcome, Outcome::Written { block: 0, result: Ok(()) }));
        assert!(lanes.order(TRANSFER, 0, Job::Finish { modified_ms: None }));
        let Outcome::Finished { result: Ok(path) } = answers.recv().await.unwrap().outcome else {
            panic!("unfinished")
        };
        assert_eq!(fs::read(path).unwrap(), b"0123456789");
    }

    #[tokio::test]
    async fn a_released_transfer_leaves_no_part_and_no_empty_folder() {
        let home = tempfile::tempdir().unwrap();
        let incoming = Arc::new(ReceivingFolder::open(home.path()).unwrap().incoming(TRANSFER));
        let (lanes, mut answers) = start();
        for entry in 0..20 {
            let path = vec!["photos".to_owned(), format!("{entry}")];
            assert!(lanes.order(TRANSFER, entry, Job::Open { incoming: Arc::clone(&incoming), path, size: 1 }));
            assert!(lanes.order(
                TRANSFER,
                entry,
                Job::Write { block: 0, bytes: Bytes::from_static(b"x"), proof: [0; 32] }
            ));
            assert!(matches!(answers.recv().await.unwrap().outcome, Outcome::Written { result: Ok(()), .. }));
        }
        lanes.release(TRANSFER, Some(incoming), false).await;
        // The lanes end, and with them the senders of answers, once all is done.
        drop(lanes);
        assert!(answers.recv().await.is_none());
        assert_eq!(fs::read_dir(home.path()).unwrap().count(), 0);
    }

    #[tokio::test]
    async fn a_part_that_was_kept_goes_with_the_transfer_that_is_not() {
        const BYTES: u64 = 2 * 1024 * 1024;
        for keep in [true, false] {
            let home = tempfile::tempdir().unwrap();
            let incoming = Arc::new(ReceivingFolder::open(home.path()).unwrap().incoming(TRANSFER));
            incoming.find(&[]);
            let (lanes, mut answers) = start();
            let path = vec!["photos".to_owned(), "a".to_owned()];
            assert!(lanes.order(TRANSFER, 0, Job::Open { incoming: Arc::clone(&incoming), path, size: BYTES }));
            let bytes = Bytes::from(vec![7; 1024 * 1024]);
            assert!(lanes.order(TRANSFER, 0, Job::Write { block: 0, bytes, proof: [0; 32] }));
            assert!(matches!(answers.recv().await.unwrap().outcome, Outcome::Written { result: Ok(()), .. }));
            assert!(lanes.order(TRANSFER, 0, Job::Discard { incoming: Arc::clone(&incoming), keep: true }));
            lanes.release(TRANSFER, Some(incoming), keep).await;
            drop(lanes);
            assert!(answers.recv().await.is_none());
            // A folder with the part in it, and a journal.
            assert_eq!(fs::read_dir(home.path()).unwrap().count(), if keep { 2 } else { 0 });
        }
    }

    #[tokio::test]
    async fn a_search_that_outlasts_its_transfer_keeps_only_what_that_keeps() {
        for keep in [true, false] {
            let home = tempfile::tempdir().unwrap();
            let incoming = ReceivingFolder::open(home.path()).unwrap().incoming(TRANSFER);
            incoming.find(&[]);
            let mut part = incoming.create(0, &["a".to_owned()], 2 * 1024 * 1024).unwrap();
            part.write(0, &[7; 1024 * 1024], &[0; 32]).unwrap();
            part.keep();
            let incoming = Arc::new(incoming);
            let (lanes, mut answers) = start();
            lanes.release(TRANSFER, Some(Arc::clone(&incoming)), keep).await;
            drop(lanes);
            assert!(answers.recv().await.is_none());
            // As the search does when it is the last.
            Arc::into_inner(incoming).unwrap().close(true);
            assert_eq!(fs::read_dir(home.path()).unwrap().count(), if keep { 2 } else { 0 });
        }
    }

    #[tokio::test]
    async fn a_part_that_cannot_be_made_is_told_when_it_is_written() {
        let home = tempfile::tempdir().unwrap();
        let incoming = Arc::new(ReceivingFolder::open(home.path()).unwrap().incoming(TRANSFER));
        let (lanes, mut answers) = start();
        assert!(lanes.order(TRANSFER, 0, Job::Open { incoming, path: vec!["..".into()], size: 1 }));
        assert!(lanes.order(TRANSFER, 0, Job::Finish { modified_ms: None }));
        assert!(matches!(answers.recv().await.unwrap().outcome, Outcome::Finished { result: Err(_) }));
        assert!(!Path::new(home.path()).join("..part").exists());
    }
}
