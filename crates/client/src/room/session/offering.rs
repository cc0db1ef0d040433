//! Files on their way into the transfer machine: offers, what is remembered of them, and how fast they leave.

use parlor_protocol::{
    code::{Failure, FailureCode},
    host::Event,
    id::TransferId,
};
use parlor_transfer::Input;

use super::Session;
use crate::{
    disk::{Done, Found, room::Shortage},
    room::again::Unsent,
};

impl Session {
    /// Offers files as one transfer.
    pub(super) fn offer(&mut self, files: Vec<Found>) -> Result<(), Failure> {
        let transfer = TransferId(crate::random::random());
        let entries = files.iter().map(|file| file.entry.clone()).collect();
        self.room.transfers.offered(transfer, files.iter().map(|file| &file.path));
        self.files.offer(transfer, files);
        let offered = self.wish(Input::OfferFiles { transfer, entries });
        if offered.is_err() {
            self.files.forget(transfer);
        }
        offered.map_err(Failure::from)
    }

    /// A transfer has ended; what of ours the peer has not may be offered again. With `is_kept` the peer keeps what it has.
    pub(super) fn remember(&mut self, transfer: TransferId, missing: Vec<u32>, is_kept: bool) {
        let peer = self.peer.id;
        let forgotten = match self.files.sources(transfer) {
            Some(files) => self.room.again().remember(transfer, peer, Unsent { files, missing, is_kept }),
            None => vec![(transfer, peer)],
        };
        for (transfer, peer) in forgotten {
            self.room.transfers.ended(transfer, peer);
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
