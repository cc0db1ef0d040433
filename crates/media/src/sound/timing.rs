//! Two clocks of a jitter buffer: when the device really plays, and how long packets travel.
//!
//! All times are ticks of 48 kHz on the own clock since the buffer's first call.

use std::collections::VecDeque;

/// Pieces looked back at to tell when the device plays: 250 ms, in which every device asks. Over longer, one that was starved and plays
/// too slowly would be taken for one that asks late.
const PULLS: usize = 25;
/// Packets looked back at to tell how long they travel.
const PACKETS: usize = 400;
/// How long a packet counts: 10 s, in which clocks that differ by 300 ppm part by 3 ms.
const PACKET_AGE_TICKS: i64 = 480_000;
/// Travelling that differs by more than a second from that of the packet before belongs to another clock.
const OTHER_CLOCK_TICKS: i64 = 48_000;
/// Bounds of the delay that is added to the fastest packet's travelling: 20 and 400 ms.
const LEAST_TICKS: i64 = 960;
const MOST_TICKS: i64 = 19_200;

/// When the device plays, told from when it asks: a device that asks for several pieces at once still plays them one by one.
#[derive(Debug, Default)]
pub(super) struct DeviceClock {
    asked_ticks: i64,
    /// Of each ask, how much later it came than a device would that began at zero and asked regularly.
    late: VecDeque<i64>,
}

impl DeviceClock {
    /// The device asks for the next piece at `now`. Gives the time that counts for this piece: in a steady quarter of a second the
    /// device never asked earlier than this.
    pub(super) fn asked(&mut self, now: i64) -> i64 {
        if self.late.len() == PULLS {
            self.late.pop_front();
        }
        self.late.push_back(now - self.asked_ticks);
        let earliest = self.late.iter().min().copied().unwrap_or_default();
        let at = self.asked_ticks + earliest;
        self.asked_ticks += super::PIECE_TICKS;
        at
    }
}

/// How long packets travel: arrival less timestamp. Only differences mean something, as the sender's clock begins anywhere.
#[derive(Debug, Default)]
pub(super) struct Travel {
    /// Arrival and travelling time.
    packets: VecDeque<(i64, i64)>,
    fastest: i64,
    wanted: i64,
}

impl Travel {
    /// A packet with this timestamp arrived at `now`.
    pub(super) fn arrived(&mut self, timestamp: i64, now: i64) {
        let travelled = now - timestamp;
        if self.packets.back().is_some_and(|(_, before)| before.abs_diff(travelled) > OTHER_CLOCK_TICKS as u64) {
            self.packets.clear();
        }
        while self.packets.len() >= PACKETS || self.packets.front().is_some_and(|(at, _)| now - at > PACKET_AGE_TICKS) {
            self.packets.pop_front();
        }
        self.packets.push_back((now, travelled));
        let mut sorted: Vec<i64> = self.packets.iter().map(|(_, travelled)| *travelled).collect();
        sorted.sort_unstable();
        self.fastest = sorted.first().copied().unwrap_or(travelled);
        // Up with the fifth slow packet at the latest, down when the slow ones are 10 s old.
        let most = sorted.get(((sorted.len() - 1) * 99).div_ceil(100)).copied().unwrap_or(travelled);
        self.wanted = most.clamp(self.fastest + LEAST_TICKS, self.fastest + MOST_TICKS);
    }

    /// How much later than its timestamp a sample is to be played, so that 99 of 100 packets are there by then.
    pub(super) fn wanted(&self) -> i64 {
        self.wanted
    }

    /// The part of it that is added for jitter, in ticks.
    pub(super) fn added(&self) -> i64 {
        self.wanted - self.fastest
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_device_that_asks_in_bursts_plays_steadily() {
        let mut clock = DeviceClock::default();
        let mut last = None;
        for burst in 0..50_i64 {
            for _ in 0..4 {
                let at = clock.asked(1_000 + burst * 4 * 480);
                if let Some(last) = last.replace(at).filter(|_| burst > 0) {
                    assert_eq!(at - last, 480);
                }
                assert!(at <= 1_000 + burst * 4 * 480);
            }
        }
    }

    #[test]
    fn the_delay_follows_jitter_up_fast_and_down_slowly() {
        let mut travel = Travel::default();
        let mut send = |seconds: i64, from: i64, jitter: fn(i64) -> i64| {
            (0..seconds * 50).map(|n| from + n).fold(Vec::new(), |mut added, n| {
                travel.arrived(n * 960, n * 960 + 5_000 + jitter(n));
                added.push(travel.added());
                added
            })
        };
        assert!(send(10, 0, |_| 0).iter().all(|added| *added == LEAST_TICKS));
        let up = send(2, 500, |n| if n % 5 == 0 { 4_800 } else { 0 });
        assert_eq!(*up.get(24).unwrap(), 4_800, "after half a second");
        let down = send(20, 600, |_| 0);
        assert_eq!(*down.get(250).unwrap(), 4_800, "5 s later");
        assert_eq!(*down.last().unwrap(), LEAST_TICKS);
        assert_eq!(*send(10, 1_600, |n| n % 7 * 9_600).last().unwrap(), MOST_TICKS, "never beyond");
    }
}
