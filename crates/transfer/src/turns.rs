//! Turns among the transfers from us, so that a large one does not hold up the others: who reads next, and who sends next.
//!
//! Promises: what is read ahead, and what is sent and not stored, is bounded over all transfers together; each transfer gets a block in
//! turn. Leaves to [`Outgoing`]: which block that is.

use std::collections::BTreeMap;

use parlor_protocol::{
    id::TransferId,
    limits::{BLOCK_BYTES, WINDOW_BYTES},
};

use crate::{outgoing::Outgoing, output::Outputs};

/// Bytes read or being read before the window has room for them: what a disk needs to keep a network busy. One transfer takes at most
/// half of it, so that a file on a disk that hangs does not stop the others.
const READ_AHEAD_BYTES: u64 = 4 * 1024 * 1024;
/// Blocks and proofs in that state: small files are read many at once. Again half for one transfer.
const READ_AHEAD_SLOTS: usize = 64;
/// Seconds of a limited speed that may be under way.
const LIMITED_S: u64 = 2;

/// The outgoing transfer that was served last, in reading and in sending.
#[derive(Debug, Default)]
pub(crate) struct Turns {
    last_read: Option<TransferId>,
    last_sent: Option<TransferId>,
    /// Bytes a second the driver keeps to, if it does.
    limit: Option<u64>,
}

impl Turns {
    /// The driver keeps to a speed, or no longer.
    pub(crate) fn limit(&mut self, bytes_per_second: Option<u64>) {
        self.limit = bytes_per_second;
    }

    /// Bytes that may be sent and not stored.
    fn window_bytes(&self) -> u64 {
        let held = |limit: u64| limit.saturating_mul(LIMITED_S).clamp(BLOCK_BYTES.into(), WINDOW_BYTES);
        self.limit.map_or(WINDOW_BYTES, held)
    }

    /// Orders reads as far ahead as there is room. True when there was something to order.
    pub(crate) fn read_ahead(&mut self, outgoing: &mut BTreeMap<TransferId, Outgoing>, out: &mut Outputs) -> bool {
        let mut moved = false;
        loop {
            let bytes: u64 = outgoing.values().map(Outgoing::ahead).sum();
            let slots: usize = outgoing.values().map(Outgoing::slots).sum();
            if bytes >= READ_AHEAD_BYTES || slots >= READ_AHEAD_SLOTS {
                return moved;
            }
            let served = in_turn(outgoing, self.last_read, |transfer| {
                let has_room = transfer.ahead() < READ_AHEAD_BYTES / 2 && transfer.slots() < READ_AHEAD_SLOTS / 2;
                has_room && transfer.read_next(out).is_some()
            });
            if served.is_none() {
                return moved;
            }
            self.last_read = served;
            moved = true;
        }
    }

    /// Sends the next thing that is read and fits the window. Gives the transfer it is of; none when there is no such thing.
    pub(crate) fn send_next(
        &mut self,
        outgoing: &mut BTreeMap<TransferId, Outgoing>,
        payload_bytes: usize,
        out: &mut Outputs,
    ) -> Option<TransferId> {
        let unstored: u64 = outgoing.values().map(Outgoing::unstored).sum();
        let window = self.window_bytes();
        let served = in_turn(outgoing, self.last_sent, |transfer| {
            let fits = transfer.next_len().is_some_and(|len| unstored + len <= window);
            if fits {
                transfer.send_next(payload_bytes, out);
            }
            fits
        })?;
        self.last_sent = Some(served);
        Some(served)
    }
}

/// Offers the turn to each transfer, beginning behind the one served last, until one takes it.
fn in_turn(
    transfers: &mut BTreeMap<TransferId, Outgoing>,
    last: Option<TransferId>,
    mut serve: impl FnMut(&mut Outgoing) -> bool,
) -> Option<TransferId> {
    let behind: Vec<TransferId> = transfers.keys().copied().filter(|id| last.is_none_or(|last| *id > last)).collect();
    let before: Vec<TransferId> = transfers.keys().copied().filter(|id| last.is_some_and(|last| *id <= last)).collect();
    behind.into_iter().chain(before).find(|id| transfers.get_mut(id).is_some_and(&mut serve))
}
