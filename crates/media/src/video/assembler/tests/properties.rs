use std::ops::Range;

use proptest::prelude::*;

use super::*;

/// What happens to a packet on its way: none if it is lost, otherwise how many places it falls back, and whether it comes twice.
type Fate = Option<(usize, bool)>;

fn fates(window: Range<usize>) -> impl Strategy<Value = Vec<Fate>> {
    let fate = proptest::option::weighted(0.9, (prop_oneof![3 => Just(0), 1 => window], proptest::bool::weighted(0.1)));
    proptest::collection::vec(fate, 1..400)
}

fn pictures() -> impl Strategy<Value = Vec<(bool, usize, bool)>> {
    proptest::collection::vec((proptest::bool::weighted(0.15), 0usize..400, proptest::bool::weighted(0.1)), 1..60)
}

fn on_the_wire(packets: &[RtpPacket], fates: &[Fate], lossy: bool) -> Vec<RtpPacket> {
    let mut arrivals = Vec::new();
    for (n, (packet, fate)) in packets.iter().zip(fates.iter().cycle()).enumerate() {
        let (back, twice) = match fate {
            Some(fate) => *fate,
            None if lossy => continue,
            None => (0, false),
        };
        arrivals.push((n + back, packet.clone()));
        if twice {
            arrivals.push((n + 2 * back + 1, packet.clone()));
        }
    }
    arrivals.sort_by_key(|(place, _)| *place);
    arrivals.into_iter().map(|(_, packet)| packet).collect()
}

proptest! {
    #[test]
    fn whatever_is_lost_or_overtaken_frames_are_true_and_return_with_a_key_frame(
        sequence in any::<u16>(),
        timestamp in any::<u32>(),
        pictures in pictures(),
        fates in fates(1..40),
        pace_us in 0u64..30_000,
    ) {
        let mut sender = Sender::new(sequence, timestamp);
        let mut packets = Vec::new();
        for (key, bytes, padded) in pictures {
            packets.extend(sender.picture(key, bytes));
            if padded {
                packets.push(sender.padding());
            }
        }
        let mut receiver = Receiver::new();
        for packet in on_the_wire(&packets, &fates, true) {
            receiver.take([packet]);
            receiver.wait(Duration::from_micros(pace_us));
        }
        // What follows comes whole, in whatever order: from its key frame on nothing is missing.
        let whole = [sender.picture(true, 200), sender.picture(false, 100), sender.picture(false, 0)].concat();
        receiver.take(on_the_wire(&whole, &fates, false));
        receiver.wait(Duration::from_secs(3));
        receiver.assert_faithful(&sender);
        let expected: Vec<_> = sender.sent[sender.sent.len() - 3..].iter().map(|(timestamp, ..)| *timestamp).collect();
        let shown = receiver.timestamps();
        prop_assert_eq!(&shown[shown.len() - 3..], expected);
        prop_assert_eq!(receiver.assembler.deadline(), None);
        for pair in receiver.requests.windows(2) {
            prop_assert!(pair[1] - pair[0] >= Duration::from_millis(300));
        }
    }

    #[test]
    fn without_loss_no_order_costs_a_picture(
        sequence in any::<u16>(),
        sizes in proptest::collection::vec(0usize..400, 1..60),
        fates in fates(1..200),
    ) {
        let mut sender = Sender::new(sequence, 0);
        let packets: Vec<_> = sizes.iter().enumerate().flat_map(|(n, bytes)| sender.picture(n == 0, *bytes)).collect();
        let mut receiver = Receiver::new();
        receiver.take(on_the_wire(&packets, &fates, false));
        receiver.assert_faithful(&sender);
        prop_assert_eq!(receiver.frames.len(), sizes.len());
    }

    #[test]
    fn hostile_packets_are_taken_without_harm(
        packets in proptest::collection::vec(
            (
                prop_oneof![0u16..40, any::<u16>()],
                0u32..4,
                any::<bool>(),
                prop_oneof![
                    proptest::collection::vec(any::<u8>(), 0..20),
                    (any::<bool>(), any::<bool>()).prop_map(|(start, key)| vec![u8::from(start) << 4, u8::from(!key), 0, 0, 0x9d, 1, 0x2a, 1, 0, 1, 0]),
                ],
                0u64..200,
                proptest::bool::weighted(0.02),
            ),
            0..400,
        ),
    ) {
        let mut receiver = Receiver::new();
        for (sequence, timestamp, marker, payload, pause_ms, lost) in packets {
            receiver.take([RtpPacket { sequence, timestamp, marker, payload: payload.into() }]);
            if lost {
                receiver.assembler.lost_picture();
            }
            receiver.wait(Duration::from_millis(pause_ms));
        }
        prop_assert!(receiver.frames.iter().all(|frame| frame.width > 0 && frame.height > 0));
    }
}
