//! Any road and any numbers.

use super::*;

#[derive(Debug, Clone)]
enum Operation {
    Insert {
        sequence: u16,
        timestamp: u32,
        payload: Vec<u8>,
    },
    /// Like the last one, a little on.
    Follow {
        by: u16,
        timestamp_by: u32,
    },
    Pull(u8),
    Pass(u16),
}

fn operation() -> impl Strategy<Value = Operation> {
    prop_oneof![
        2 => (any::<u16>(), any::<u32>(), prop::collection::vec(any::<u8>(), 0..4))
            .prop_map(|(sequence, timestamp, payload)| Operation::Insert { sequence, timestamp, payload }),
        6 => (0..4_u16, prop_oneof![Just(960), Just(0), 0..3_000_u32, any::<u32>()])
            .prop_map(|(by, timestamp_by)| Operation::Follow { by, timestamp_by }),
        4 => (1..60_u8).prop_map(Operation::Pull),
        4 => any::<u16>().prop_map(Operation::Pass),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn no_sequence_of_packets_makes_it_panic_grow_or_answer_without_end(operations in prop::collection::vec(operation(), 0..400)) {
        let mut buffer = JitterBuffer::new();
        let began = Instant::now();
        let (mut now, mut sequence, mut timestamp) = (0_i64, 0_u16, 0_u32);
        for operation in operations {
            match operation {
                Operation::Insert { sequence: s, timestamp: t, payload } => {
                    (sequence, timestamp) = (s, t);
                    buffer.insert(s, t, payload.into(), instant(began, now));
                }
                Operation::Follow { by, timestamp_by } => {
                    (sequence, timestamp) = (sequence.wrapping_add(by), timestamp.wrapping_add(timestamp_by));
                    buffer.insert(sequence, timestamp, payload(1), instant(began, now));
                }
                Operation::Pull(pieces) => for _ in 0..pieces {
                    let answers = std::iter::repeat_with(|| buffer.pull(instant(began, now))).take_while(|answer| *answer != Pull::Enough).take(10).count();
                    prop_assert!(answers <= 4, "a piece took {answers} answers");
                    buffer.position();
                },
                Operation::Pass(ticks) => now += i64::from(ticks),
            }
            prop_assert!(buffer.len() <= MOST_PACKETS);
        }
        let stats = buffer.stats();
        prop_assert!(stats.delay_s.is_finite() && stats.delay_s >= 0.0 && stats.target_ticks <= 19_200);
    }

    #[test]
    fn whatever_is_lost_late_repeated_or_swapped_the_rest_is_played_in_order_and_once(
        fates in prop::collection::vec((0..100_u8, 0..300_i64, any::<bool>()), 50..400),
        loss_percent in 0..60_u8, jitter_ms in 0..200_i64, burst in 1..6_i64, sequence: u16, timestamp: u32,
    ) {
        let count = fates.len() as i64;
        let delay = |n: i64| {
            let (dice, jitter, _) = fates[n as usize];
            (dice >= loss_percent).then_some(jitter * jitter_ms * MS / 300)
        };
        let mut road = Road::regular(count, sequence, timestamp, delay);
        let again: Vec<_> = road.packets.iter().zip(&fates).filter(|(_, fate)| fate.2)
            .map(|((at, s, t, p), fate)| (at + fate.1 * MS, *s, *t, p.clone())).collect();
        let sent = road.packets.len() as u64;
        road.packets.extend(again);
        road.packets.sort_by_key(|(at, ..)| *at);
        let road = road.play(count * 960 + 1_500 * MS, burst);
        let played = road.played();
        prop_assert!(played.windows(2).all(|pair| pair[0] < pair[1]), "{played:?}");
        // Each was played or counted.
        let stats = road.buffer.stats();
        prop_assert!(road.buffer.is_empty());
        prop_assert_eq!(played.len() as u64 + stats.packets_discarded, sent, "{:?}", stats);
    }

    #[test]
    fn without_loss_and_with_jitter_below_the_target_each_packet_is_played_once_and_in_order(
        jitters in prop::collection::vec(0..18 * MS, 50..400), sequence: u16, timestamp: u32,
    ) {
        let count = jitters.len() as i64;
        let road = Road::regular(count, sequence, timestamp, |n| Some(jitters[n as usize])).play(count * 960, 1);
        let played = road.played();
        prop_assert_eq!(&played, &(0..played.len() as i64).collect::<Vec<_>>());
        prop_assert!(played.len() as i64 >= count - 4);
        prop_assert_eq!(road.count(0, conceals), 0);
    }

    #[test]
    fn what_only_queues_is_never_left_out_however_long_it_queues(
        stalls in prop::collection::vec((0..100_u8, 0..300 * MS), 50..400), sequence: u16, timestamp: u32,
    ) {
        let count = stalls.len() as i64;
        let mut free_at = 0;
        let arrivals: HashMap<i64, i64> = (0..count).map(|n| {
            let (dice, stall) = stalls[n as usize];
            free_at = (n * 960 + if dice < 5 { stall } else { 0 }).max(free_at);
            (n, free_at - n * 960)
        }).collect();
        let road = Road::regular(count, sequence, timestamp, |n| arrivals.get(&n).copied()).play(count * 960 + 1_500 * MS, 1);
        prop_assert_eq!(road.played(), (0..count).collect::<Vec<_>>());
        prop_assert_eq!(road.buffer.stats().packets_discarded, 0);
    }
}
