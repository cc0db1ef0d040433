//! What a packet's numbers say: where it stands among the others, although 16 and 32 bits wrap.

use super::Waiting;
use std::collections::BTreeMap;

/// A sequence number may jump so far ahead or fall so far behind (RFC 3550 appendix A.1).
const PLAUSIBLE: std::ops::RangeInclusive<i64> = -100..=3_000;

/// Where a packet belongs. Numbers no longer wrap.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Arrival {
    /// Between those before and after it.
    InTurn { sequence: i64, timestamp: i64 },
    /// Its turn is over.
    Late { sequence: i64, timestamp: i64 },
    /// It is there already.
    Again,
    /// The numbers fit to nothing. They may be a lie or a sender that began anew: the next packet tells.
    Implausible,
    /// The second of two that fit to each other and to nothing before: the sender began anew.
    Restart { sequence: i64, timestamp: i64 },
}

#[derive(Debug, Default)]
pub(super) struct Numbers {
    newest: Option<(i64, i64)>,
    /// What would follow the last implausible packet.
    expected: Option<u16>,
}

impl Numbers {
    /// Places a packet. `given` is what went out last; numbers are given as sequence number and timestamp.
    pub(super) fn arrival(
        &mut self,
        sequence: u16,
        timestamp: u32,
        given: Option<(i64, i64)>,
        waiting: &BTreeMap<i64, Waiting>,
    ) -> Arrival {
        let Some((newest, newest_timestamp)) = self.newest else {
            return self.first(sequence, timestamp);
        };
        // The low bits of a wide number are the number as it was sent; the differences are the shortest way round.
        let long = newest + i64::from(sequence.wrapping_sub(newest as u16) as i16);
        let long_timestamp = newest_timestamp + i64::from(timestamp.wrapping_sub(newest_timestamp as u32) as i32);
        let late = given.is_some_and(|(given, _)| long <= given);
        let before = waiting.range(..long).next_back().map(|(_, packet)| packet.timestamp);
        let after = waiting.range(long + 1..).next().map(|(_, packet)| packet.timestamp);
        let before = before.or(given.map(|(_, timestamp)| timestamp));
        let in_order =
            before.is_none_or(|before| before < long_timestamp) && after.is_none_or(|after| long_timestamp < after);
        if !PLAUSIBLE.contains(&(long - newest)) || !(late || in_order) {
            let follows = self.expected.replace(sequence.wrapping_add(1)) == Some(sequence);
            return if follows {
                let Arrival::InTurn { sequence, timestamp } = self.first(sequence, timestamp) else {
                    return Arrival::Implausible;
                };
                Arrival::Restart { sequence, timestamp }
            } else {
                Arrival::Implausible
            };
        }
        self.expected = None;
        if waiting.contains_key(&long) {
            return Arrival::Again;
        }
        if late {
            return Arrival::Late { sequence: long, timestamp: long_timestamp };
        }
        if long > newest {
            self.newest = Some((long, long_timestamp));
        }
        Arrival::InTurn { sequence: long, timestamp: long_timestamp }
    }

    fn first(&mut self, sequence: u16, timestamp: u32) -> Arrival {
        let (sequence, timestamp) = (i64::from(sequence), i64::from(timestamp));
        self.newest = Some((sequence, timestamp));
        self.expected = None;
        Arrival::InTurn { sequence, timestamp }
    }
}
