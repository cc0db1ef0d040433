//! How fast a transfer moves, how long it will take, and when that is worth telling.

use std::collections::VecDeque;

use parlor_protocol::host::TransferState;

/// Milliseconds between two snapshots for progress alone: five a second look smooth.
const TELL_MS: u64 = 200;
/// Milliseconds after which a transfer that does not move is looked at again, so that its speed falls on the screen as well.
const IDLE_MS: u64 = 1_000;
/// Milliseconds over which speed is averaged: long enough to be calm, short enough to follow.
const AVERAGE_MS: u64 = 4_000;
/// Milliseconds after which there is something to average.
const KNOWN_MS: u64 = 500;

/// Progress of one transfer over time.
#[derive(Debug, Default)]
pub(crate) struct Meter {
    samples: VecDeque<(u64, u64)>,
    told_at_ms: Option<u64>,
    told: Option<(TransferState, u64)>,
    told_speed: Option<u64>,
    has_news: bool,
    is_moving: bool,
}

impl Meter {
    /// Bytes begin to move, or stop.
    pub(crate) fn set_moving(&mut self, is_moving: bool) {
        if self.is_moving != is_moving {
            self.is_moving = is_moving;
            self.samples.clear();
        }
    }

    /// Something small happened that a snapshot should show before long.
    pub(crate) fn note(&mut self) {
        self.has_news = true;
    }

    /// Whether a snapshot may be due.
    pub(crate) fn is_due(&self, now_ms: u64) -> bool {
        self.due_ms().is_some_and(|due| due <= now_ms)
    }

    /// When to look again.
    pub(crate) fn due_ms(&self) -> Option<u64> {
        let told = self.told_at_ms.unwrap_or(0);
        match (self.has_news, self.is_moving) {
            (true, _) => Some(told + TELL_MS),
            (false, true) => Some(told + IDLE_MS),
            (false, false) => None,
        }
    }

    /// Takes a look. False when a snapshot would show nothing new.
    pub(crate) fn tell(&mut self, now_ms: u64, state: TransferState, bytes: u64) -> bool {
        if self.is_moving {
            self.samples.push_back((now_ms, bytes));
            while self.samples.get(1).is_some_and(|(at, _)| at + AVERAGE_MS <= now_ms) {
                self.samples.pop_front();
            }
        }
        let speed = self.bytes_per_second();
        let told = Some((state, bytes));
        let is_news = self.has_news || self.told != told || self.told_speed != speed;
        (self.told_at_ms, self.told, self.told_speed, self.has_news) = (Some(now_ms), told, speed, false);
        is_news
    }

    /// Averaged over the last seconds; none until known.
    pub(crate) fn bytes_per_second(&self) -> Option<u64> {
        let ((from_ms, from), (to_ms, to)) = (self.samples.front()?, self.samples.back()?);
        let elapsed = to_ms.saturating_sub(*from_ms);
        (elapsed >= KNOWN_MS).then(|| to.saturating_sub(*from).saturating_mul(1_000) / elapsed)
    }

    /// Milliseconds until `left` more bytes are stored; none while unknown or nothing moves.
    pub(crate) fn remaining_ms(&self, left: u64) -> Option<u64> {
        let speed = self.bytes_per_second().filter(|speed| *speed > 0)?;
        Some(left.saturating_mul(1_000).div_ceil(speed))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn progress_is_told_five_times_a_second_and_averaged() {
        let mut meter = Meter::default();
        meter.set_moving(true);
        let mut told = 0;
        for now_ms in (0..10_000).step_by(10) {
            meter.note();
            if meter.is_due(now_ms) {
                told += u32::from(meter.tell(now_ms, TransferState::Moving, now_ms * 2_000));
            }
        }
        assert!((45..=51).contains(&told), "{told}");
        assert_eq!(meter.bytes_per_second(), Some(2_000_000));
        assert_eq!(meter.remaining_ms(1_000_000), Some(500));
    }

    #[test]
    fn a_stalled_transfer_shows_its_speed_falling_and_then_rests() {
        let mut meter = Meter::default();
        meter.set_moving(true);
        meter.tell(0, TransferState::Moving, 0);
        meter.tell(1_000, TransferState::Moving, 1_000_000);
        assert_eq!(meter.bytes_per_second(), Some(1_000_000));
        let told = (2..20)
            .filter(|second| {
                meter.is_due(second * 1_000) && meter.tell(second * 1_000, TransferState::Moving, 1_000_000)
            })
            .count();
        assert_eq!(meter.bytes_per_second(), Some(0));
        assert!(told < 8, "{told}");
        assert_eq!(meter.remaining_ms(5), None);
    }
}
