//! The window of one transfer to us: what has arrived on this connection, what of it is stored, and what of that was told.

use parlor_protocol::{
    code::TransferCode,
    limits::{BLOCK_BYTES, FRAME_PAYLOAD_BYTES, WINDOW_BYTES},
};

/// Bytes newly stored that are worth a word: half a block keeps the window open without chatter.
const STORED_STEP_BYTES: u64 = BLOCK_BYTES as u64 / 2;

/// Bytes since `accept`.
#[derive(Debug, Default)]
pub(crate) struct ReceiveWindow {
    arrived: u64,
    /// Of these stored, or thrown away.
    stored: u64,
    /// Of these told.
    told: u64,
}

impl ReceiveWindow {
    /// A frame of data has arrived, of so many bytes. An error when the sender may not send as many.
    pub(crate) fn arrive(&mut self, bytes: usize) -> Result<(), TransferCode> {
        self.arrived += bytes as u64;
        if bytes == 0 || bytes > FRAME_PAYLOAD_BYTES || self.unstored() > WINDOW_BYTES {
            return Err(TransferCode::Protocol);
        }
        Ok(())
    }

    /// Arrived bytes are stored, or nothing will be kept of them.
    pub(crate) fn store(&mut self, bytes: u64) {
        self.stored += bytes;
    }

    /// Bytes arrived and not stored.
    pub(crate) fn unstored(&self) -> u64 {
        self.arrived - self.stored
    }

    /// Bytes stored in all, when that is worth telling; they count as told then.
    pub(crate) fn take_news(&mut self) -> Option<u64> {
        let news = self.stored - self.told;
        let is_worth_it = news >= STORED_STEP_BYTES || (news > 0 && self.stored == self.arrived);
        is_worth_it.then(|| {
            self.told = self.stored;
            self.stored
        })
    }
}
