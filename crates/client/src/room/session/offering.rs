//! Files on their way into the transfer machine: offers, offers of what did not arrive, and how fast they leave.

use parlor_protocol::{
    code::{Failure, FailureCode},
    host::Event,
    id::TransferId,
};
use parlor_transfer::Input;

use super::{Session, not_now};
use crate::disk::{Done, Found, room::Shortage};

impl Session {
    /// Offers files as one transfer.
    pub(super) fn offer(&mut self, files: Vec<Found>) -> Result<(), Failure> {
        let transfer = TransferId(crate::random::random());
        let entries = files.iter().map(|file| file.entry.clone()).collect();
        self.files.offer(transfer, files);
        let offered = self.wish(Input::OfferFiles { transfer, entries });
        if offered.is_err() {
            self.files.forget(transfer);
        }
        offered.map_err(Failure::from)
    }

    /// Offers what of an ended transfer did not arrive, as it lies on the disk now. What lies there no more is left out.
    pub(super) async fn offer_again(&mut self, transfer: TransferId) -> Result<(), Failure> {
        let missing = self.again.take(transfer).ok_or_else(|| not_now("nothing of that transfer is missing"))?;
        let found = tokio::task::spawn_blocking({
            let missing = missing.clone();
            move || missing.into_iter().map(Found::again).collect::<Vec<_>>()
        });
        let found = found.await.map_err(|error| Failure::new(FailureCode::Internal, error.to_string()))?;
        let mut gone = None;
        let files: Vec<Found> =
            found.into_iter().filter_map(|file| file.map_err(|error| gone = Some(error)).ok()).collect();
        let offered = match (files.is_empty(), gone) {
            (true, Some(error)) => Err(error.into()),
            _ => self.offer(files),
        };
        match offered {
            Ok(()) => self.room.transfers.ended(transfer, self.peer.id),
            Err(_) => self.again.put_back(transfer, missing),
        }
        offered
    }

    /// A transfer has ended; what of ours the peer has not may be offered again.
    pub(super) fn remember(&mut self, transfer: TransferId, missing: &[u32]) {
        let forgotten = match self.files.sources(transfer) {
            Some(files) => self.again.remember(transfer, &files, missing),
            None => vec![transfer],
        };
        for transfer in forgotten {
            self.room.transfers.ended(transfer, self.peer.id);
        }
    }

    /// Work on the disk has returned. Where there is no room for what the user consented to, the offer waits again.
    pub(super) async fn disk_answered(&mut self, done: Done) {
        let (input, shortage) = self.files.input(done).await;
        self.machine(input);
        if let Some(Shortage { needed, free }) = shortage {
            let failure = Failure::new(FailureCode::FolderFull, format!("{needed} bytes are to come, {free} are free"));
            self.room.emit(Event::CommandFailed { failure, peer: Some(self.peer.id) }).await;
        }
    }

    /// The machine learns how much may be under way.
    pub(super) fn keep_to_the_limit(&mut self) {
        let bytes_per_second = self.room.speed.current();
        self.machine(Input::LimitSpeed { bytes_per_second });
    }
}
