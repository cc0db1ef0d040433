//! A jitter buffer: packets come in as the network brings them, and go out as the device plays.
//!
//! What it is: it knows sequence numbers, timestamps and durations of one remote's packets and says, for each 10 ms that the
//! device plays, what is to be decoded or put in their place. The delay follows the jitter measured in the last 10 s, between 20
//! and 400 ms (see [`timing`](super::timing)).
//! Promises: packets go out in order, each once at most; at most [`MOST_PACKETS`] of at most [`MOST_BYTES`] are held; numbers may wrap,
//! repeat, jump or lie. Without loss, a packet that is late only because of jitter is played nevertheless, later.
//! Leaves to others: decoding, and making sound longer or shorter; whoever does that says so by [`JitterBuffer::adjusted`].

mod arrival;
mod given_up;
mod pull;

use super::PIECE_TICKS;
use super::duration::duration_ticks;
use super::timing::{DeviceClock, Travel};
use arrival::{Arrival, Numbers};
use bytes::Bytes;
use given_up::GivenUp;
pub use pull::{JitterStats, Pace, Pull};
use std::collections::BTreeMap;
use std::time::Instant;

/// Packets held at most: 4 s of 20 ms, ten times the longest delay.
pub const MOST_PACKETS: usize = 200;
/// Longest payload taken: no packet of a path with Ethernet's MTU is longer.
pub const MOST_BYTES: usize = 1_500;
/// So many bytes or less only say that nothing is said (DTX).
const DTX_BYTES: usize = 2;
/// The shortest frame of Opus, 2.5 ms: a shorter gap cannot be concealed and is passed over.
const SHORTEST_TICKS: i64 = 120;
/// A remote of whom nothing comes for 200 ms is silent: what was concealed has died away by then.
const CONCEALED_AT_MOST_TICKS: i64 = 9_600;
/// Played that much too late, waiting packets are left out until it is right again.
const MUCH_TOO_LATE_TICKS: i64 = 19_200;
/// How far the delay may be off before it is mended, gently or at once. Too early is worse: then packets come after their turn.
const TOO_LATE_TICKS: i64 = 720;
const FAR_TOO_LATE_TICKS: i64 = 2_880;
const TOO_EARLY_TICKS: i64 = 120;
const FAR_TOO_EARLY_TICKS: i64 = 960;
/// Gentle mending is done every 100 ms at most.
const CALM_TICKS: i64 = 4_800;

#[derive(Debug)]
struct Waiting {
    timestamp: i64,
    ticks: i64,
    payload: Bytes,
    arrived: i64,
}

/// The packet that went out last.
#[derive(Debug, Clone, Copy)]
struct Given {
    sequence: i64,
    timestamp: i64,
    ticks: i64,
    /// Up to here there is sound, of this packet or in place of lost ones.
    until: i64,
}

/// One remote's packets. See the module.
#[derive(Debug, Default)]
pub struct JitterBuffer {
    began: Option<Instant>,
    packets: BTreeMap<i64, Waiting>,
    numbers: Numbers,
    given: Option<Given>,
    given_up: GivenUp,
    travel: Travel,
    device: DeviceClock,
    /// Time of the piece that is asked for, until there is enough for it.
    piece_at: Option<i64>,
    /// Samples handed out and not yet played.
    ahead: i64,
    /// Concealed since the buffer ran empty; time has been stretched by it if the next packet is only late.
    owed: i64,
    silence: Option<Silence>,
    /// Handed out since the sound was last made longer or shorter.
    calm: i64,
    stats: JitterStats,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Silence {
    Said,
    Stopped,
}

impl JitterBuffer {
    /// An empty buffer.
    pub fn new() -> Self {
        Self::default()
    }

    /// A packet came from the network.
    pub fn insert(&mut self, sequence: u16, timestamp: u32, payload: Bytes, now: Instant) {
        let now = self.ticks(now);
        let Some(ticks) = duration_ticks(&payload).filter(|_| payload.len() <= MOST_BYTES) else {
            self.stats.packets_discarded += 1;
            return;
        };
        let given = self.given.map(|given| (given.sequence, given.timestamp));
        let (sequence, timestamp) = match self.numbers.arrival(sequence, timestamp, given, &self.packets) {
            Arrival::InTurn { sequence, timestamp } => (sequence, timestamp),
            Arrival::Restart { sequence, timestamp } => {
                self.stats.packets_discarded += self.packets.len() as u64;
                self.packets.clear();
                self.given_up = GivenUp::default();
                self.given = None;
                self.owed = 0;
                self.silence = None;
                (sequence, timestamp)
            }
            Arrival::Again => {
                self.stats.packets_repeated += 1;
                return;
            }
            Arrival::Late { sequence, timestamp } => {
                // One that was waited for says something of the jitter; one that came again does not.
                if self.given_up.remove(sequence) {
                    self.stats.packets_discarded += 1;
                    self.travel.arrived(timestamp, now);
                } else {
                    self.stats.packets_repeated += 1;
                }
                return;
            }
            Arrival::Implausible => {
                self.stats.packets_discarded += 1;
                return;
            }
        };
        self.travel.arrived(timestamp, now);
        self.packets.insert(sequence, Waiting { timestamp, ticks: i64::from(ticks), payload, arrived: now });
        if self.packets.len() > MOST_PACKETS {
            self.packets.pop_first();
            self.stats.packets_discarded += 1;
        }
    }

    /// What is next. The device plays a piece of 10 ms: ask until the answer is [`Pull::Enough`], then play it.
    pub fn pull(&mut self, now: Instant) -> Pull {
        let now = self.ticks(now);
        let at = match self.piece_at {
            Some(at) => at,
            None => *self.piece_at.insert(self.device.asked(now)),
        };
        if self.ahead >= PIECE_TICKS {
            self.ahead -= PIECE_TICKS;
            self.piece_at = None;
            return Pull::Enough;
        }
        let next = self.next(at + self.ahead, now);
        let (Pull::Packet { ticks, .. }
        | Pull::Recover { ticks, .. }
        | Pull::Conceal { ticks }
        | Pull::Silence { ticks, .. }) = next
        else {
            return next;
        };
        self.ahead += i64::from(ticks);
        next
    }

    /// What was handed out plays so many samples longer (or, below zero, shorter) than was said.
    pub fn adjusted(&mut self, samples: i64) {
        self.ahead = (self.ahead + samples).max(0);
        self.calm = 0;
    }

    /// RTP timestamp of the sound in the piece that was answered with [`Pull::Enough`] last; none in silence and while a packet is
    /// waited for.
    pub fn position(&self) -> Option<u32> {
        let given = self.given.filter(|_| self.silence.is_none() && self.owed == 0)?;
        Some((given.until - self.ahead - PIECE_TICKS) as u32)
    }

    /// What was counted so far.
    pub fn stats(&self) -> JitterStats {
        JitterStats { target_ticks: self.travel.added() as u32, ..self.stats }
    }

    /// Packets held now.
    pub fn len(&self) -> usize {
        self.packets.len()
    }

    /// No packet is held.
    pub fn is_empty(&self) -> bool {
        self.packets.is_empty()
    }

    fn ticks(&mut self, now: Instant) -> i64 {
        let began = *self.began.get_or_insert(now);
        (now.saturating_duration_since(began).as_micros() as i64).saturating_mul(48) / 1_000
    }

    /// What is to be played at `at`, which is in the future by what is still ahead.
    fn next(&mut self, at: i64, now: i64) -> Pull {
        let Some((sequence, first)) = self.packets.first_key_value() else { return self.nothing_waits() };
        let (sequence, timestamp, ticks) = (*sequence, first.timestamp, first.ticks);
        let late = at - timestamp - self.travel.wanted();
        let Some(given) = &mut self.given else {
            return if late >= 0 { self.hand_out(at, now) } else { self.silence() };
        };
        let missing = sequence - given.sequence - 1;
        let gap = timestamp - given.until;
        // More time has passed than lost packets can fill: nothing was said between.
        let paused = self.silence.is_some() || gap > missing * given.ticks + PIECE_TICKS;
        if paused {
            if missing > 0 && late + ticks >= 0 && late < 0 {
                return self.recover(timestamp, ticks);
            }
            if late < 0 {
                self.silence.get_or_insert(Silence::Said);
                return self.silence();
            }
        } else if missing > 0 {
            given.until += std::mem::take(&mut self.owed);
            let gap = (timestamp - given.until) / SHORTEST_TICKS * SHORTEST_TICKS;
            if gap >= SHORTEST_TICKS && late < CONCEALED_AT_MOST_TICKS {
                if gap <= ticks {
                    return self.recover(timestamp, gap);
                }
                given.until += PIECE_TICKS;
                return Pull::Conceal { ticks: PIECE_TICKS as u32 };
            }
        }
        self.hand_out(at, now)
    }

    fn silence(&self) -> Pull {
        Pull::Silence { ticks: PIECE_TICKS as u32, comfort: self.silence == Some(Silence::Said) }
    }

    fn nothing_waits(&mut self) -> Pull {
        if self.given.is_none() || self.silence.is_some() {
            return self.silence();
        }
        self.owed += PIECE_TICKS;
        if self.owed > CONCEALED_AT_MOST_TICKS {
            self.silence = Some(Silence::Stopped);
            return self.silence();
        }
        Pull::Conceal { ticks: PIECE_TICKS as u32 }
    }

    /// The last packet lost before the one that waits, which begins at `timestamp`, out of that one's FEC.
    fn recover(&mut self, timestamp: i64, ticks: i64) -> Pull {
        let (Some((sequence, first)), Some(given)) = (self.packets.first_key_value(), &mut self.given) else {
            return self.silence();
        };
        self.given_up.add(given.sequence + 1, *sequence);
        given.sequence = sequence - 1;
        given.until = timestamp;
        self.silence = None;
        self.owed = 0;
        Pull::Recover { payload: first.payload.clone(), ticks: ticks as u32 }
    }

    fn hand_out(&mut self, at: i64, now: i64) -> Pull {
        let wanted = self.travel.wanted();
        let mut jumped = false;
        // Packets before the first one that is played can only come late.
        let mut before = self.given.map_or(i64::MIN, |given| given.sequence + 1);
        if self.packets.first_key_value().is_some_and(|(_, first)| at - first.timestamp - wanted > MUCH_TOO_LATE_TICKS)
        {
            while self.packets.len() > 1
                && self.packets.values().nth(1).is_some_and(|next| at - next.timestamp >= wanted)
            {
                if let Some((sequence, _)) = self.packets.pop_first() {
                    self.given_up.add(before, sequence);
                    before = sequence + 1;
                }
                self.stats.packets_discarded += 1;
                jumped = true;
            }
        }
        let Some((sequence, packet)) = self.packets.pop_first() else { return self.nothing_waits() };
        self.given_up.add(before, sequence);
        let Waiting { timestamp, ticks, payload, arrived } = packet;
        self.given = Some(Given { sequence, timestamp, ticks, until: timestamp + ticks });
        self.owed = 0;
        self.silence = (payload.len() <= DTX_BYTES).then_some(Silence::Said);
        self.calm += ticks;
        self.stats.delay_s += (now - arrived).max(0) as f64 / 48_000.0 * ticks as f64;
        self.stats.emitted_count += ticks as u64;
        let pace = self.pace(at - timestamp - wanted);
        Pull::Packet { payload, timestamp: timestamp as u32, ticks: ticks as u32, pace, jumped }
    }

    fn pace(&self, late: i64) -> Pace {
        match late {
            FAR_TOO_LATE_TICKS.. => Pace::Shrink { urgent: true },
            late if late <= -FAR_TOO_EARLY_TICKS => Pace::Stretch { urgent: true },
            _ if self.calm < CALM_TICKS => Pace::Steady,
            TOO_LATE_TICKS.. => Pace::Shrink { urgent: false },
            late if late <= -TOO_EARLY_TICKS => Pace::Stretch { urgent: false },
            _ => Pace::Steady,
        }
    }
}

#[cfg(test)]
mod tests;
