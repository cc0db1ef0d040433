//! Which transfers move right now, so that closing the window can ask first.

use std::{
    collections::HashSet,
    sync::{Mutex, PoisonError},
};

use parlor_protocol::{
    host::{Event, RoomState, TransferState},
    id::TransferId,
};

/// The moving ones, as the engine's events tell. As many as the engine holds at once.
#[derive(Default)]
pub struct MovingTransfers(Mutex<HashSet<TransferId>>);

impl MovingTransfers {
    /// Takes note of an event.
    pub fn heed(&self, event: &Event) {
        let mut moving = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match event {
            Event::TransferChanged { transfer } => match transfer.state {
                TransferState::Moving | TransferState::Interrupted => {
                    moving.insert(transfer.id);
                }
                _ => {
                    moving.remove(&transfer.id);
                }
            },
            Event::RoomChanged { state: RoomState::Closed, .. } => moving.clear(),
            _ => {}
        }
    }

    /// Whether closing would stop something.
    pub fn is_any_moving(&self) -> bool {
        !self.0.lock().unwrap_or_else(PoisonError::into_inner).is_empty()
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
}
