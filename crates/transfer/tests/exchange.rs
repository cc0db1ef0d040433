//! Two exchanges over a seeded network with seeded disks: what a user is promised of texts and transfers.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test that cannot go on has failed"
)]

mod later;
mod network;
mod wishes;

use network::{Network, Random, entries, is_ended};
use parlor_protocol::{
    code::TransferCode,
    host::TransferState,
    id::{TextId, TransferId},
};
use parlor_transfer::{Event, Input, TransferError};
use proptest::prelude::*;

const MIB: u64 = 1024 * 1024;

#[test]
fn files_of_every_border_size_arrive_whole() {
    let mut network = Network::up(1);
    let sizes = [0, 1, 65_535, 65_536, 65_537, MIB - 1, MIB, MIB + 1, 0, 9 * MIB + 5];
    let transfer = network.offer(0, 7, entries(&sizes));
    network.run_until_ended();
    assert_eq!(network.state(0, transfer), TransferState::Proven);
    assert_eq!(network.state(1, transfer), TransferState::Proven);
    network.assert_arrived(1, transfer);
    assert_eq!(network.sides[0].released, [transfer]);
    assert_eq!(network.sides[1].released, [transfer]);
    assert!(!network.sides[0].exchange.is_busy() && !network.sides[1].exchange.is_busy());
}

#[test]
fn nothing_is_read_or_sent_before_consent() {
    let mut network = Network::up(2);
    network.sides[1].accepts = false;
    let transfer = network.offer(0, 7, entries(&[MIB]));
    while network.step() {}
    assert_eq!(network.state(1, transfer), TransferState::Waiting);
    assert_eq!(network.sides[0].frames_sent, 0);
    assert!(network.sides[1].files.is_empty());
    network.handle(1, Input::Decline { transfer });
    network.run_until_ended();
    assert_eq!(network.state(0, transfer), TransferState::Declined);
    assert_eq!(network.state(1, transfer), TransferState::Declined);
    assert_eq!(network.try_handle(1, Input::Accept { transfer, without: Vec::new() }), Err(TransferError::NotNow));
}

#[test]
fn a_slow_disk_slows_the_sender_to_the_window() {
    let mut network = Network::up(3);
    network.disk_ms = 400;
    let transfer = network.offer(0, 7, entries(&[40 * MIB]));
    let mut most_ahead = 0;
    while !is_ended(network.sides[1].states.get(&transfer).map_or(TransferState::Waiting, |state| state.state)) {
        assert!(network.step());
        let stored = network.sides[1].states.get(&transfer).map_or(0, |state| state.stored_bytes);
        // Snapshots lag behind by at most what moves in a fifth of a second.
        most_ahead = most_ahead.max(network.sides[0].bytes_sent.saturating_sub(stored));
    }
    network.run_until_ended();
    network.assert_arrived(1, transfer);
    assert!(most_ahead < 16 * MIB, "{most_ahead}");
}

#[test]
fn ten_thousand_small_files_do_not_crawl() {
    let mut network = Network::up(4);
    let sizes: Vec<u64> = (0..10_000).map(|index| index % 700).collect();
    let transfer = network.offer(0, 7, entries(&sizes));
    let began_ms = network.now_ms;
    network.run_until_ended();
    assert_eq!(network.state(0, transfer), TransferState::Proven);
    network.assert_arrived(1, transfer);
    let events = network.sides[0].events.len();
    let took_ms = network.now_ms - began_ms;
    // At 40 ms of round trip, waiting for each would take 400 s.
    assert!(took_ms < 20_000, "{took_ms} ms");
    assert!((events as u64) < 10 + took_ms / 100, "{events} events");
}

#[test]
fn several_transfers_move_at_once_both_ways() {
    let mut network = Network::up(5);
    let first = network.offer(0, 7, entries(&[20 * MIB]));
    let second = network.offer(0, 8, entries(&[MIB, 2 * MIB]));
    let back = network.offer(1, 9, entries(&[3 * MIB, 1]));
    network.run_until_ended();
    for (index, transfer) in [(1, first), (1, second), (0, back)] {
        assert_eq!(network.state(index, transfer), TransferState::Proven);
        network.assert_arrived(index, transfer);
    }
    // The small one did not wait for the large one.
    let ended = |transfer: TransferId| network.sides[0].released.iter().position(|released| *released == transfer);
    assert!(ended(second) < ended(first));
}

#[test]
fn a_transfer_goes_on_over_a_new_connection_and_sends_little_twice() {
    let mut network = Network::up(6);
    let sizes = [5 * MIB, 0, 300, 30 * MIB + 3];
    let transfer = network.offer(0, 7, entries(&sizes));
    for _ in 0..4 {
        let target = network.sides[0].bytes_sent + 7 * MIB;
        while network.sides[0].bytes_sent < target && network.step() {}
        network.link_lost();
        for _ in 0..50 {
            network.step();
        }
        assert_eq!(network.state(1, transfer), TransferState::Interrupted);
        network.link_up();
    }
    network.run_until_ended();
    assert_eq!(network.state(0, transfer), TransferState::Proven);
    network.assert_arrived(1, transfer);
    let total: u64 = sizes.iter().sum();
    // At most a window is lost with each of four connections.
    assert!(network.sides[0].bytes_sent < total + 4 * 9 * MIB, "{}", network.sides[0].bytes_sent);
}

#[test]
fn consent_and_the_end_reach_the_other_side_though_the_link_was_down() {
    let mut network = Network::up(7);
    network.sides[1].accepts = false;
    let accepted = network.offer(0, 7, entries(&[MIB]));
    let declined = network.offer(0, 8, entries(&[MIB]));
    let cancelled = network.offer(0, 9, entries(&[MIB]));
    while network.step() {}
    network.link_lost();
    network.handle(1, Input::Accept { transfer: accepted, without: Vec::new() });
    network.handle(1, Input::Decline { transfer: declined });
    network.handle(0, Input::Cancel { transfer: cancelled });
    let offered_offline = network.offer(0, 10, entries(&[5]));
    network.sides[1].accepts = true;
    network.link_up();
    network.run_until_ended();
    for index in 0..2 {
        assert_eq!(network.state(index, accepted), TransferState::Proven);
        assert_eq!(network.state(index, declined), TransferState::Declined);
        assert_eq!(network.state(index, cancelled), TransferState::Cancelled);
        assert_eq!(network.state(index, offered_offline), TransferState::Proven);
    }
}

#[test]
fn a_word_lost_with_the_link_is_said_again() {
    for (seed, lost_after) in (100..).zip([0, 1, 5, 20, 60]) {
        let mut network = Network::up(seed);
        let transfer = network.offer(0, 7, entries(&[10, 0, 20]));
        while !network.sides[1].states.get(&transfer).is_some_and(|state| is_ended(state.state)) {
            assert!(network.step());
        }
        // The receiver has finished; its last words may not have arrived.
        for _ in 0..lost_after {
            network.step();
        }
        network.link_lost();
        network.link_up();
        network.run_until_ended();
        assert_eq!(network.state(0, transfer), TransferState::Proven);
    }
}

#[test]
fn a_receiver_that_forgot_is_offered_again_and_a_sender_that_forgot_says_so() {
    let mut network = Network::up(8);
    let transfer = network.offer(0, 7, entries(&[3 * MIB]));
    while network.sides[0].bytes_sent < 2 * MIB && network.step() {}
    network.link_lost();
    network.sides[1] = network::side(1);
    network.link_up();
    network.run_until_ended();
    assert_eq!(network.state(0, transfer), TransferState::Proven);
    network.assert_arrived(1, transfer);

    let transfer = network.offer(0, 8, entries(&[3 * MIB]));
    while network.sides[0].bytes_sent < 6 * MIB && network.step() {}
    network.link_lost();
    network.sides[0] = network::side(2);
    network.link_up();
    network.run_until_ended();
    assert_eq!(network.state(1, transfer), TransferState::Cancelled);
    assert!(!network.sides[1].files.contains_key(&(transfer, 0)), "the part is gone");
}

#[test]
fn one_bad_file_does_not_stop_the_others() {
    let mut network = Network::up(9);
    let transfer = TransferId([7; 16]);
    network.sides[0].read_faults.insert((transfer, 1), TransferCode::SourceChanged);
    network.sides[1].write_faults.insert((transfer, 3), TransferCode::WriteFailed);
    network.offer(0, 7, entries(&[3 * MIB, 2 * MIB, 4 * MIB, 20 * MIB, 5 * MIB]));
    network.run_until_ended();
    for index in 0..2 {
        let state = &network.sides[index].states[&transfer];
        assert_eq!(state.state, TransferState::Partial);
        assert_eq!(state.proven_count, 3);
        let failed: Vec<_> = state.entries.iter().map(|entry| entry.failed).collect();
        assert_eq!(failed, [None, Some(TransferCode::SourceChanged), None, Some(TransferCode::WriteFailed), None]);
    }
    assert_eq!(network.sides[1].files.len(), 3, "no part is left");
}

#[test]
fn a_full_disk_ends_the_transfer_for_both() {
    let mut network = Network::up(10);
    let transfer = TransferId([7; 16]);
    network.sides[1].write_faults.insert((transfer, 0), TransferCode::NoSpace);
    network.offer(0, 7, entries(&[30 * MIB, 1]));
    network.run_until_ended();
    for (index, by_us) in [(0, false), (1, true)] {
        let state = &network.sides[index].states[&transfer];
        assert_eq!(
            (state.state, state.code, state.ended_by_us),
            (TransferState::Cancelled, Some(TransferCode::NoSpace), by_us)
        );
    }
    assert!(network.sides[1].files.is_empty());
}

#[test]
fn a_source_that_changed_between_two_connections_is_never_mixed() {
    let mut network = Network::up(11);
    let transfer = network.offer(0, 7, entries(&[12 * MIB]));
    while network.sides[0].bytes_sent < 4 * MIB && network.step() {}
    network.link_lost();
    network.sides[0].rewritten.insert(transfer);
    network.link_up();
    network.run_until_ended();
    for side in &network.sides {
        assert_eq!(side.states[&transfer].entries[0].failed, Some(TransferCode::SourceChanged));
    }
    assert!(network.sides[1].files.is_empty());
}

#[test]
fn cancelling_in_the_middle_leaves_room_for_the_next() {
    let mut network = Network::up(12);
    network.disk_ms = 100;
    for id in 1..6 {
        let transfer = network.offer(0, id, entries(&[30 * MIB]));
        let target = network.sides[0].bytes_sent + 9 * MIB;
        while network.sides[0].bytes_sent < target && network.step() {}
        let canceller = usize::from(id % 2 == 0);
        network.handle(canceller, Input::Cancel { transfer });
    }
    let transfer = network.offer(0, 9, entries(&[12 * MIB]));
    network.run_until_ended();
    assert_eq!(network.state(1, transfer), TransferState::Proven);
    network.assert_arrived(1, transfer);
    for side in &network.sides {
        let cancelled = side.states.values().filter(|state| state.state == TransferState::Cancelled);
        assert!(
            cancelled.clone().count() == 5
                && cancelled.into_iter().all(|state| state.code == Some(TransferCode::Cancelled))
        );
    }
}

#[test]
fn texts_arrive_once_and_in_order_whatever_the_link_does() {
    let mut network = Network::up(13);
    let mut random = Random::new(13);
    for number in 0..100_u8 {
        let text =
            Input::SendText { id: TextId([number; 16]), body: format!("text {number}"), sent_at_ms: u64::from(number) };
        network.handle(0, text);
        for _ in 0..random.below(4) {
            network.step();
        }
        match random.below(6) {
            0 if network.is_up => network.link_lost(),
            1 if !network.is_up => network.link_up(),
            _ => {}
        }
    }
    if !network.is_up {
        network.link_up();
    }
    while network.step() {}
    let received: Vec<_> = network.sides[1]
        .events
        .iter()
        .map(|event| match event {
            Event::TextReceived { id, body, sent_at_ms } => (*id, body.clone(), *sent_at_ms),
            other => panic!("{other:?}"),
        })
        .collect();
    let sent: Vec<_> = (0..100_u8).map(|n| (TextId([n; 16]), format!("text {n}"), u64::from(n))).collect();
    assert_eq!(received, sent);
    let delivered = network.sides[0].events.iter().filter(|event| matches!(event, Event::TextDelivered { .. })).count();
    assert_eq!(delivered, 100);
}

#[test]
fn texts_that_are_too_long_or_too_many_are_refused_at_once() {
    let mut network = Network::new(14);
    let text = |number: u16, body: String| {
        let mut id = [0; 16];
        id[..2].copy_from_slice(&number.to_be_bytes());
        Input::SendText { id: TextId(id), body, sent_at_ms: 0 }
    };
    assert_eq!(network.try_handle(0, text(0, "x".repeat(32 * 1024 + 1))), Err(TransferError::TextTooLong));
    assert_eq!(network.try_handle(0, text(0, "\u{1}".repeat(32 * 1024))), Err(TransferError::TextTooLong));
    for number in 0..256 {
        network.handle(0, text(number, "x".repeat(32 * 1024)));
    }
    assert_eq!(network.try_handle(0, text(256, String::new())), Err(TransferError::TextsWaiting));
}

#[test]
fn small_messages_carry_small_frames() {
    let mut network = Network::new(15);
    network.max_message_bytes = 1_200;
    network.link_up();
    let transfer = network.offer(0, 7, entries(&[2 * MIB + 1, 0, 1_168, 1_169]));
    network.run_until_ended();
    network.assert_arrived(1, transfer);
}

#[test]
fn speed_and_time_left_are_told_while_it_moves() {
    let mut network = Network::up(16);
    network.disk_ms = 300;
    let transfer = network.offer(0, 7, entries(&[60 * MIB]));
    network.run_until_ended();
    for side in &network.sides {
        let known = side.events.iter().any(|event| match event {
            Event::TransferChanged(state) => {
                state.bytes_per_second.is_some_and(|speed| speed > MIB) && state.remaining_ms.is_some()
            }
            _ => false,
        });
        assert!(known);
        let last = &side.states[&transfer];
        assert_eq!((last.bytes_per_second, last.remaining_ms, last.stored_bytes), (None, None, 60 * MIB));
    }
}

/// Sizes around the borders of frames and blocks.
fn sizes() -> impl Strategy<Value = Vec<u64>> {
    let border = prop_oneof![Just(0), Just(65_536), Just(MIB), Just(2 * MIB), Just(3 * MIB)];
    let size = (border, -2_i64..3).prop_map(|(border, off)| border.saturating_add_signed(off));
    prop::collection::vec(size, 1..6)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn what_arrives_is_what_was_offered(
        seed in any::<u64>(), there in sizes(), back in sizes(), cuts in prop::collection::vec(1_usize..150, 0..4),
        disk_ms in 0_u64..200, delay_ms in 1_u64..100,
    ) {
        let mut network = Network::up(seed);
        (network.disk_ms, network.delay_ms) = (disk_ms, delay_ms);
        let there = network.offer(0, 7, entries(&there));
        let back = network.offer(1, 8, entries(&back));
        for steps in cuts {
            for _ in 0..steps {
                network.step();
            }
            network.link_lost();
            for _ in 0..steps % 7 {
                network.step();
            }
            network.link_up();
        }
        network.run_until_ended();
        for (index, transfer) in [(1, there), (0, back)] {
            prop_assert_eq!(network.state(index, transfer), TransferState::Proven);
            prop_assert_eq!(network.state(1 - index, transfer), TransferState::Proven);
            network.assert_arrived(index, transfer);
        }
    }
}
