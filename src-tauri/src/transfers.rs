//! Which transfers move right now, and how far they are together: closing the window asks first, and the taskbar shows it.

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use parlor_protocol::{
    host::{Event, RoomState, TransferState},
    id::TransferId,
};

/// How far all of them are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// 0 … 100.
    pub percent: u64,
    /// None of them moves: each is held up or waits for its connection.
    pub rests: bool,
}

/// One that has been accepted and has not ended.
struct Moving {
    stored_bytes: u64,
    total_bytes: u64,
    rests: bool,
}

/// The moving ones, as the engine's events tell. As many as the engine holds at once.
#[derive(Default)]
pub struct MovingTransfers(Mutex<HashMap<TransferId, Moving>>);

impl MovingTransfers {
    /// Takes note of an event. True when it was about what is noted here.
    pub fn heed(&self, event: &Event) -> bool {
        let mut moving = self.lock();
        match event {
            Event::TransferChanged { transfer } => match transfer.state {
                TransferState::Moving | TransferState::Paused | TransferState::Interrupted => {
                    let now = Moving {
                        stored_bytes: transfer.stored_bytes,
                        total_bytes: transfer.total_bytes,
                        rests: transfer.state != TransferState::Moving,
                    };
                    moving.insert(transfer.id, now);
                    true
                }
                _ => moving.remove(&transfer.id).is_some(),
            },
            Event::RoomChanged { state: RoomState::Closed, .. } => {
                moving.clear();
                true
            }
            _ => false,
        }
    }

    /// Whether closing would stop something.
    pub fn is_any_moving(&self) -> bool {
        !self.lock().is_empty()
    }

    /// None while there are none.
    pub fn progress(&self) -> Option<Progress> {
        let moving = self.lock();
        if moving.is_empty() {
            return None;
        }
        let sum = |bytes: fn(&Moving) -> u64| moving.values().map(bytes).fold(0, u64::saturating_add);
        let (stored, total) = (sum(|one| one.stored_bytes), sum(|one| one.total_bytes));
        let percent = (u128::from(stored) * 100).checked_div(u128::from(total)).unwrap_or(100).min(100);
        Some(Progress { percent: u64::try_from(percent).unwrap_or(100), rests: moving.values().all(|one| one.rests) })
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<TransferId, Moving>> {
        // Nothing panics while the lock is held.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use parlor_protocol::{
        host::{Direction, Transfer},
        id::PeerId,
    };

    use super::*;

    fn changed(state: TransferState) -> Event {
        Event::TransferChanged {
            transfer: Transfer {
                id: TransferId([1; 16]),
                peer: PeerId([2; 16]),
                direction: Direction::Sending,
                state,
                code: None,
                ended_by_us: false,
                paused_by_us: false,
                executable: false,
                entries: vec![],
                entry_count: 1,
                proven_count: 0,
                total_bytes: 1,
                stored_bytes: 0,
                bytes_per_second: None,
                remaining_ms: None,
            },
        }
    }

    #[test]
    fn only_what_moves_or_is_interrupted_counts() {
        let transfers = MovingTransfers::default();
        for (state, moving) in [
            (TransferState::Waiting, false),
            (TransferState::Moving, true),
            (TransferState::Interrupted, true),
            (TransferState::Paused, true),
            (TransferState::Proven, false),
            (TransferState::Moving, true),
            (TransferState::Cancelled, false),
        ] {
            transfers.heed(&changed(state));
            assert_eq!(transfers.is_any_moving(), moving, "{state:?}");
        }
    }

    #[test]
    fn a_closed_room_has_no_transfers() {
        let transfers = MovingTransfers::default();
        transfers.heed(&changed(TransferState::Moving));
        transfers.heed(&Event::RoomChanged { state: RoomState::Closed, failure: None });
        assert!(!transfers.is_any_moving());
    }

    #[test]
    fn the_taskbar_shows_how_far_all_of_them_are() {
        let transfers = MovingTransfers::default();
        assert_eq!(transfers.progress(), None);
        let moved = |id: u8, state: TransferState, stored_bytes: u64, total_bytes: u64| {
            let Event::TransferChanged { transfer } = changed(state) else { return };
            let transfer = Transfer { id: TransferId([id; 16]), stored_bytes, total_bytes, ..transfer };
            transfers.heed(&Event::TransferChanged { transfer });
        };
        moved(1, TransferState::Moving, 10, 100);
        moved(2, TransferState::Paused, 0, 300);
        assert_eq!(transfers.progress(), Some(Progress { percent: 2, rests: false }));
        moved(1, TransferState::Interrupted, 100, 100);
        assert_eq!(transfers.progress(), Some(Progress { percent: 25, rests: true }));
        moved(1, TransferState::Proven, 100, 100);
        moved(2, TransferState::Moving, u64::MAX, u64::MAX);
        assert_eq!(transfers.progress(), Some(Progress { percent: 100, rests: false }));
        moved(2, TransferState::Cancelled, 0, 0);
        assert_eq!(transfers.progress(), None);
    }
}
