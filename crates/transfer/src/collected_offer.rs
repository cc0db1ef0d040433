//! An offer to us of which pages are missing.
//!
//! Promises: every path is safe and unlike the others of its offer; names take no more memory than there is room; the whole is what
//! the first page said. Leaves to the [`Exchange`](crate::Exchange): how much room there is, and refusing.

use parlor_protocol::{code::TransferCode, control::OfferedEntry, limits::SAFE_INTEGER};

use crate::{
    incoming_entry::{IncomingEntry, IncomingState},
    offer,
    safe_names::SafeNames,
};

/// What an entry costs in memory besides its path, generously.
const ENTRY_OVERHEAD_BYTES: usize = 128;

/// The pages that have come.
#[derive(Debug)]
pub(crate) struct CollectedOffer {
    entry_count: u32,
    total_bytes: u64,
    names: SafeNames,
    names_bytes: usize,
    entries: Vec<IncomingEntry>,
}

impl CollectedOffer {
    /// No page yet.
    pub(crate) fn new(entry_count: u32, total_bytes: u64) -> Self {
        Self { entry_count, total_bytes, names: SafeNames::new(), names_bytes: 0, entries: Vec::new() }
    }

    /// Memory taken by the names, about.
    pub(crate) fn names_bytes(&self) -> usize {
        self.names_bytes
    }

    /// Takes a page, of which names may take `room` more bytes. Gives the entries when it was the last.
    pub(crate) fn add(
        &mut self,
        page: Vec<OfferedEntry>,
        last: bool,
        room: usize,
    ) -> Result<Option<Vec<IncomingEntry>>, TransferCode> {
        let limit = self.names_bytes + room;
        if page.is_empty() || page.len() + self.entries.len() > self.entry_count as usize {
            return Err(TransferCode::BadOffer);
        }
        for OfferedEntry { path: offered, size, modified_ms } in page {
            // Each folder of a path may become a name to remember.
            self.names_bytes += offered.iter().map(|component| component.len() + ENTRY_OVERHEAD_BYTES).sum::<usize>();
            if self.names_bytes > limit {
                return Err(TransferCode::BadOffer);
            }
            let path = self.names.add(&offered).map_err(|_| TransferCode::BadOffer)?;
            let modified_ms = modified_ms.filter(|time| *time <= SAFE_INTEGER);
            self.entries.push(IncomingEntry { path, size, modified_ms, found: None, state: IncomingState::Pending });
        }
        if !last {
            return Ok(None);
        }
        let sum = offer::total_bytes(self.entries.iter().map(|entry| entry.size));
        if self.entries.len() != self.entry_count as usize || sum != Some(self.total_bytes) {
            return Err(TransferCode::BadOffer);
        }
        Ok(Some(std::mem::take(&mut self.entries)))
    }
}
