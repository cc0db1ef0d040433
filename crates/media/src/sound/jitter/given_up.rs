//! Packets that were given up: played over as lost. One that comes after all is late, not repeated.

use std::collections::VecDeque;

/// More than any path reorders.
const REMEMBERED: i64 = 100;

#[derive(Debug, Default)]
pub(super) struct GivenUp(VecDeque<i64>);

impl GivenUp {
    /// All numbers from `from` up to, not including, `to` are given up.
    pub(super) fn add(&mut self, from: i64, to: i64) {
        self.0.extend(from.max(to.saturating_sub(REMEMBERED))..to);
        while self.0.len() > REMEMBERED as usize {
            self.0.pop_front();
        }
    }

    /// This one came. True if it was given up, and not known to have come yet.
    pub(super) fn remove(&mut self, sequence: i64) -> bool {
        let place = self.0.iter().position(|given_up| *given_up == sequence);
        place.is_some_and(|place| self.0.remove(place).is_some())
    }
}
