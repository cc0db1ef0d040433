//! What a connection counts of its pictures, for statistics.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Counted so far.
#[derive(Debug, Default, Clone, Copy)]
pub(super) struct Counts {
    pub(super) frames_sent: u32,
    pub(super) key_frames_sent: u32,
    pub(super) sent_width: u16,
    pub(super) sent_height: u16,
    pub(super) encode_us: u64,
    pub(super) key_frames_asked_of_us: u32,
    pub(super) frames_received: u32,
    pub(super) key_frames_received: u32,
    pub(super) received_width: u16,
    pub(super) received_height: u16,
    pub(super) frames_decoded: u32,
    pub(super) frames_drawn: u32,
    pub(super) frames_dropped: u32,
    pub(super) decode_us: u64,
    pub(super) key_frames_asked_by_us: u32,
}

/// One connection's counts, shared by those who count.
#[derive(Debug, Default, Clone)]
pub(super) struct Figures(Arc<Mutex<Counts>>);

impl Figures {
    /// To count, briefly.
    pub(super) fn lock(&self) -> MutexGuard<'_, Counts> {
        // Numbers only: a poisoned lock still holds whole ones.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
