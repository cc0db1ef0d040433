//! Which requests for lost packets (NACK, RFC 4585, section 6.2.1) are answered.
//!
//! The library answers each. A peer asks again after a round trip, and on a narrow road the first answer may still wait behind others:
//! every further copy makes that worse, and arrives only to be refused as a replay (RFC 3711, section 3.3.2), which the peer counts as
//! one more loss. Here a packet is sent again once in [`AGAIN`], and all answers together take a share of what may leave.

use std::{
    collections::{HashSet, VecDeque},
    time::{Duration, Instant},
};

use rtc::{
    interceptor::{Interceptor, Packet},
    rtcp::{
        self,
        transport_feedbacks::transport_layer_nack::{TransportLayerNack, nack_pairs_from_sequence_numbers},
    },
};
use tokio::sync::watch;

use super::{inward::Inward, pacing_factor::paced};

/// Between the pacer, behind which everything is on the wire, and the library's answers.
pub(super) const SLOT: usize = 3_500;
/// Within this time a packet is sent again once: most round trips are shorter, and who asks again does so once in one.
const AGAIN: Duration = Duration::from_millis(100);
/// Answers' part of what the pacer lets go.
const SHARE: f64 = 0.5;
/// A full packet, with all that is around it, bits.
const PACKET_BITS: f64 = 1_200.0 * 8.0;
/// Answers that may leave at once: a key frame in a burst.
const BURST: f64 = 24.0;

/// Lets requests pass that are to be answered. `target_bps` is congestion control's.
pub(super) fn repairs(target_bps: watch::Receiver<u32>) -> impl Interceptor {
    let mut repairs = Repairs::new(Instant::now());
    Inward::new(move |message| {
        let now = message.now;
        let Packet::Rtcp(packets) = &mut message.message.packet else { return };
        for packet in packets {
            if let Some(nack) = packet.as_any().downcast_ref::<TransportLayerNack>() {
                let wanted = repairs.answered(nack, paced(f64::from(*target_bps.borrow())), now);
                *packet = Box::new(wanted) as Box<dyn rtcp::Packet>;
            }
        }
    })
}

struct Repairs {
    /// What was sent again lately, the oldest first.
    order: VecDeque<(Instant, (u32, u16))>,
    lately: HashSet<(u32, u16)>,
    /// Answers that may leave.
    budget: f64,
    filled: Instant,
}

impl Repairs {
    fn new(now: Instant) -> Self {
        Self { order: VecDeque::new(), lately: HashSet::new(), budget: BURST, filled: now }
    }

    /// As much of the request as is to be answered.
    fn answered(&mut self, nack: &TransportLayerNack, paced_bps: f64, now: Instant) -> TransportLayerNack {
        let passed = now.saturating_duration_since(self.filled);
        self.filled = now;
        self.budget = (self.budget + passed.as_secs_f64() * paced_bps * SHARE / PACKET_BITS).min(BURST);
        while let Some((at, packet)) = self.order.front().copied()
            && now.saturating_duration_since(at) >= AGAIN
        {
            self.order.pop_front();
            self.lately.remove(&packet);
        }
        let mut sequence_numbers = Vec::new();
        for number in nack.nacks.iter().flat_map(|pair| pair.packet_list()) {
            let packet = (nack.media_ssrc, number);
            if self.budget < 1.0 || !self.lately.insert(packet) {
                continue;
            }
            self.budget -= 1.0;
            self.order.push_back((now, packet));
            sequence_numbers.push(number);
        }
        let nacks = nack_pairs_from_sequence_numbers(&sequence_numbers);
        TransportLayerNack { nacks, ..nack.clone() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLENTY_BPS: f64 = 10_000_000.0;

    fn asked(numbers: &[u16]) -> TransportLayerNack {
        TransportLayerNack { sender_ssrc: 1, media_ssrc: 2, nacks: nack_pairs_from_sequence_numbers(numbers) }
    }

    fn numbers(nack: &TransportLayerNack) -> Vec<u16> {
        nack.nacks.iter().flat_map(|pair| pair.packet_list()).collect()
    }

    #[test]
    fn a_packet_is_sent_again_once_in_a_while_however_often_it_is_asked_for() {
        let now = Instant::now();
        let mut repairs = Repairs::new(now);
        let later = |ms| now + Duration::from_millis(ms);
        assert_eq!(numbers(&repairs.answered(&asked(&[7, 9]), PLENTY_BPS, now)), [7, 9]);
        assert_eq!(numbers(&repairs.answered(&asked(&[7, 8, 9]), PLENTY_BPS, later(20))), [8]);
        assert_eq!(numbers(&repairs.answered(&asked(&[7, 8, 9]), PLENTY_BPS, later(100))), [7, 9]);
        assert_eq!(repairs.lately.len(), 3, "nothing is remembered for longer");
        let other = TransportLayerNack { media_ssrc: 3, ..asked(&[7]) };
        assert_eq!(
            numbers(&repairs.answered(&other, PLENTY_BPS, later(101))),
            [7],
            "another stream's numbers are others"
        );
    }

    #[test]
    fn answers_take_half_of_what_may_leave() {
        let now = Instant::now();
        let mut repairs = Repairs::new(now);
        let many: Vec<u16> = (0..60).collect();
        assert_eq!(numbers(&repairs.answered(&asked(&many), 192_000.0, now)).len(), 24);
        let more: Vec<u16> = (100..160).collect();
        assert_eq!(numbers(&repairs.answered(&asked(&more), 192_000.0, now + Duration::from_secs(1))).len(), 10);
    }
}
