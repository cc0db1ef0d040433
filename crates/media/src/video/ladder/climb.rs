//! Where one layer stands on the ladder: down at once, up one step at a time.

use std::time::{Duration, Instant};

use super::rung::{Rung, Size};

/// A step up needs this much more than the bits it asks for, or the next dip would take it back.
const ROOM_PERCENT: u64 = 120;
/// For how long there must be room before a step up; at least ten reports of congestion control.
const SHORTEST_WAIT: Duration = Duration::from_millis(500);
/// For how long at most.
const LONGEST_WAIT: Duration = Duration::from_secs(30);
/// A step up that is taken back within this time came too early: the next one waits twice as long.
const TOO_EARLY: Duration = Duration::from_secs(10);
/// After so long without a step the wait is forgotten.
const SETTLED: Duration = Duration::from_secs(30);

/// One layer's place.
#[derive(Debug)]
pub(super) struct Climb {
    rung: Rung,
    changed: Instant,
    climbed: Option<Instant>,
    /// Since when there is room above.
    room: Option<Instant>,
    wait: Duration,
}

impl Climb {
    pub(super) const fn new(rung: Rung, now: Instant) -> Self {
        Self { rung, changed: now, climbed: None, room: None, wait: SHORTEST_WAIT }
    }

    pub(super) const fn rung(&self) -> Rung {
        self.rung
    }

    /// Steps to what `available_bps` carries, within `largest`, and up only where the processor allows it.
    pub(super) fn step(&mut self, available_bps: u32, largest: Size, fits: impl Fn(Rung) -> bool, now: Instant) {
        if self.rung.size > largest {
            self.stand(Rung { size: largest, ..self.rung }, now);
        }
        let mut rung = self.rung;
        while available_bps < rung.least_bps()
            && let Some(lower) = rung.lower()
        {
            rung = lower;
        }
        if rung != self.rung {
            self.fall(rung, now);
        }
        if now.saturating_duration_since(self.changed) >= SETTLED {
            self.wait = SHORTEST_WAIT;
        }
        let higher = self.rung.higher().filter(|higher| {
            let wanted = u64::from(higher.least_bps()) * ROOM_PERCENT / 100;
            higher.size <= largest && u64::from(available_bps) >= wanted && fits(*higher)
        });
        let Some(higher) = higher else {
            self.room = None;
            return;
        };
        if now.saturating_duration_since(*self.room.get_or_insert(now)) >= self.wait {
            self.stand(higher, now);
            self.climbed = Some(now);
        }
    }

    /// Goes down for lack of anything.
    pub(super) fn fall(&mut self, rung: Rung, now: Instant) {
        if self.climbed.take().is_some_and(|climbed| now.saturating_duration_since(climbed) < TOO_EARLY) {
            self.wait = (2 * self.wait).min(LONGEST_WAIT);
        }
        self.stand(rung, now);
    }

    fn stand(&mut self, rung: Rung, now: Instant) {
        self.rung = rung;
        self.changed = now;
        self.room = None;
    }
}
