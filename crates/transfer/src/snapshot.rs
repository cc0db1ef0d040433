//! A transfer as a screen shows it, made from either direction.

use parlor_protocol::{
    code::TransferCode,
    host::{Direction, Transfer, TransferEntry, TransferState},
    id::{PeerId, TransferId},
};

use crate::{hold::Hold, meter::Meter};

/// Entries a snapshot shows: a list on a screen is not longer.
const ENTRIES: usize = 200;

/// One entry, seen from outside.
pub(crate) struct EntryView {
    pub(crate) path: String,
    pub(crate) size: u64,
    pub(crate) proven: bool,
    pub(crate) failed: Option<TransferCode>,
}

/// A transfer, seen from outside.
pub(crate) struct View<'a> {
    pub(crate) id: TransferId,
    pub(crate) direction: Direction,
    /// The receiver's user has consented.
    pub(crate) is_accepted: bool,
    /// The receiver has said on this connection where to go on.
    pub(crate) is_flowing: bool,
    pub(crate) hold: Hold,
    /// Every entry is proven or has failed.
    pub(crate) is_complete: bool,
    /// Lazy: only the first ones are looked at.
    pub(crate) entries: Box<dyn Iterator<Item = EntryView> + 'a>,
    pub(crate) entry_count: u32,
    pub(crate) proven_count: u32,
    /// Entries that the receiver did not want.
    pub(crate) declined_count: u32,
    /// Some entry is of a type that systems run.
    pub(crate) executable: bool,
    pub(crate) total_bytes: u64,
    pub(crate) stored_bytes: u64,
    pub(crate) meter: &'a Meter,
}

/// How a transfer ended before its time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Ending {
    pub(crate) state: TransferState,
    pub(crate) code: Option<TransferCode>,
    pub(crate) by_us: bool,
}

impl Ending {
    /// The receiver refused.
    pub(crate) fn declined(by_us: bool) -> Self {
        Self { state: TransferState::Declined, code: None, by_us }
    }

    /// One side ended it.
    pub(crate) fn cancelled(code: TransferCode, by_us: bool) -> Self {
        Self { state: TransferState::Cancelled, code: Some(code), by_us }
    }
}

impl View<'_> {
    /// What the meter compares.
    pub(crate) fn progress(&self) -> (TransferState, u64) {
        (self.state(), self.stored_bytes)
    }

    /// How it stands as long as no one ends it before its time.
    pub(crate) fn state(&self) -> TransferState {
        match (self.is_complete, self.is_accepted, self.is_flowing) {
            (true, ..) if self.proven_count + self.declined_count == self.entry_count => TransferState::Proven,
            (true, ..) => TransferState::Partial,
            (false, false, _) => TransferState::Waiting,
            (false, true, _) if self.hold.here => TransferState::Paused,
            (false, true, true) if self.hold.there => TransferState::Paused,
            (false, true, true) => TransferState::Moving,
            (false, true, false) => TransferState::Interrupted,
        }
    }

    pub(crate) fn snapshot(self, peer: PeerId, ending: Option<Ending>) -> Transfer {
        let entry = |EntryView { path, size, proven, failed }| TransferEntry { path, size, proven, failed };
        let state = ending.map_or_else(|| self.state(), |ending| ending.state);
        let is_moving = state == TransferState::Moving;
        Transfer {
            id: self.id,
            peer,
            direction: self.direction,
            state,
            code: ending.and_then(|ending| ending.code),
            ended_by_us: ending.is_some_and(|ending| ending.by_us),
            paused_by_us: ending.is_none() && self.hold.here,
            executable: self.executable,
            entries: self.entries.take(ENTRIES).map(entry).collect(),
            entry_count: self.entry_count,
            proven_count: self.proven_count,
            total_bytes: self.total_bytes,
            stored_bytes: self.stored_bytes,
            bytes_per_second: self.meter.bytes_per_second().filter(|_| is_moving),
            remaining_ms: self.meter.remaining_ms(self.total_bytes - self.stored_bytes).filter(|_| is_moving),
        }
    }
}
