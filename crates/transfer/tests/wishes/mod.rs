//! What users wish of a transfer: some files of it only, a rest, less speed, room that is not there.

use parlor_protocol::{
    code::TransferCode,
    host::TransferState,
    id::TransferId,
    limits::{BLOCK_BYTES, WINDOW_BYTES},
};
use parlor_transfer::{Event, Input, TransferError};
use proptest::prelude::*;

use super::network::{Network, entries, is_ended};

const MIB: u64 = 1024 * 1024;

/// A transfer of which the sender has sent `bytes`.
fn under_way(seed: u64, sizes: &[u64], bytes: u64) -> (Network, TransferId) {
    let mut network = Network::up(seed);
    let transfer = network.offer(0, 7, entries(sizes));
    while network.sides[0].bytes_sent < bytes && network.step() {}
    (network, transfer)
}

fn pause(network: &mut Network, index: usize, transfer: TransferId, paused: bool) {
    network.handle(index, Input::Pause { transfer, paused });
}

/// Until nothing happens any more but the clock.
fn rest(network: &mut Network) {
    let until = network.now_ms + 60_000;
    while network.now_ms < until && network.step() {}
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn a_transfer_rests_while_either_side_holds_it_and_then_goes_on(
        seed in any::<u64>(),
        holders in prop::sample::subsequence(vec![0_usize, 1], 1..=2),
        cut in any::<bool>(),
        cut_again in any::<bool>(),
    ) {
        let (mut network, transfer) = under_way(seed, &[30 * MIB, 5], 3 * MIB);
        for holder in &holders {
            pause(&mut network, *holder, transfer, true);
        }
        if cut {
            network.link_lost();
            network.link_up();
        }
        rest(&mut network);
        for index in 0..2 {
            let state = &network.sides[index].states[&transfer];
            prop_assert_eq!(state.state, TransferState::Paused);
            prop_assert_eq!(state.paused_by_us, holders.contains(&index));
            prop_assert_eq!(state.bytes_per_second, None);
        }
        // What was under way still arrived, and no more.
        let sent = network.sides[0].bytes_sent;
        prop_assert!(sent < 3 * MIB + WINDOW_BYTES + MIB);
        if cut_again {
            network.link_lost();
            network.link_up();
            rest(&mut network);
            prop_assert_eq!(network.state(1, transfer), TransferState::Paused);
            prop_assert_eq!(network.sides[0].bytes_sent, sent);
        }
        for holder in &holders {
            prop_assert!(!is_ended(network.state(1, transfer)));
            pause(&mut network, *holder, transfer, false);
        }
        network.run_until_ended();
        prop_assert_eq!(network.state(0, transfer), TransferState::Proven);
        network.assert_arrived(1, transfer);
    }

    #[test]
    fn only_the_files_that_are_wanted_come(seed in any::<u64>(), unwanted in prop::sample::subsequence((0..6_u32).collect::<Vec<_>>(), 1..6), cut in any::<bool>()) {
        let sizes = [5, 3 * MIB, 0, 2 * MIB + 1, MIB, 9];
        let mut network = Network::up(seed);
        network.sides[1].accepts = false;
        let transfer = network.offer(0, 7, entries(&sizes));
        rest(&mut network);
        network.handle(1, Input::Accept { transfer, without: unwanted.clone() });
        if cut {
            network.link_lost();
            network.link_up();
        }
        network.run_until_ended();
        let wanted_bytes: u64 = (0..).zip(sizes).filter(|(entry, _)| !unwanted.contains(entry)).map(|(_, size)| size).sum();
        for side in &network.sides {
            let state = &side.states[&transfer];
            prop_assert_eq!(state.state, TransferState::Proven);
            prop_assert_eq!((state.total_bytes, state.stored_bytes), (wanted_bytes, wanted_bytes));
            for (number, entry) in (0..).zip(&state.entries) {
                prop_assert_eq!(entry.failed, unwanted.contains(&number).then_some(TransferCode::Declined));
                prop_assert_eq!(entry.proven, !unwanted.contains(&number));
            }
        }
        prop_assert!(unwanted.iter().all(|entry| !network.sides[1].files.contains_key(&(transfer, *entry))));
    }
}

#[test]
fn a_pause_while_the_receiver_still_looks_holds_from_the_first_byte() {
    let mut network = Network::up(1);
    network.sides[1].accepts = false;
    let transfer = network.offer(0, 7, entries(&[3 * MIB]));
    rest(&mut network);
    network.handle(1, Input::Accept { transfer, without: Vec::new() });
    pause(&mut network, 1, transfer, true);
    rest(&mut network);
    assert_eq!(network.sides[0].bytes_sent, 0);
    assert_eq!([0, 1].map(|index| network.state(index, transfer)), [TransferState::Paused; 2]);
    pause(&mut network, 1, transfer, false);
    network.run_until_ended();
    network.assert_arrived(1, transfer);
}

#[test]
fn only_what_was_accepted_can_be_held() {
    let mut network = Network::up(1);
    network.sides[1].accepts = false;
    let transfer = network.offer(0, 7, entries(&[5]));
    rest(&mut network);
    for index in 0..2 {
        let refused = network.try_handle(index, Input::Pause { transfer, paused: true });
        assert_eq!(refused, Err(TransferError::NotNow));
    }
}

#[test]
fn an_offer_of_which_nothing_is_wanted_or_that_has_no_such_file_is_not_accepted() {
    let mut network = Network::up(1);
    network.sides[1].accepts = false;
    let transfer = network.offer(0, 7, entries(&[5, 6]));
    rest(&mut network);
    for without in [vec![0, 1], vec![2], vec![1, 1], vec![0, 1, 1]] {
        let refused = network.try_handle(1, Input::Accept { transfer, without });
        assert_eq!(refused, Err(TransferError::NotNow));
        assert_eq!(network.state(1, transfer), TransferState::Waiting);
    }
}

#[test]
fn an_offer_without_room_waits_again_and_the_sender_hears_nothing_of_it() {
    let mut network = Network::up(1);
    network.sides[1].accepts = false;
    let transfer = network.offer(0, 7, entries(&[5, 2 * MIB]));
    rest(&mut network);
    network.sides[1].has_room = false;
    network.handle(1, Input::Accept { transfer, without: vec![0] });
    // Held up before it is known that there is no room: that ends with the consent.
    pause(&mut network, 1, transfer, true);
    rest(&mut network);
    assert_eq!([0, 1].map(|index| network.state(index, transfer)), [TransferState::Waiting; 2]);
    assert_eq!(network.sides[1].states[&transfer].total_bytes, 5 + 2 * MIB);
    network.sides[1].has_room = true;
    // Thought better of: everything is wanted now.
    network.handle(1, Input::Accept { transfer, without: Vec::new() });
    network.run_until_ended();
    assert_eq!(network.state(0, transfer), TransferState::Proven);
    network.assert_arrived(1, transfer);
}

#[test]
fn with_a_limit_no_more_is_under_way_than_two_seconds_of_it() {
    for (limit, most) in [(Some(1), 1), (Some(1_500_000), 2), (Some(u64::MAX), 8), (None, 8)] {
        let mut network = Network::up(1);
        network.handle(0, Input::LimitSpeed { bytes_per_second: limit });
        // Answers of this disk take longer than the rest of the test.
        network.disk_ms = 1_000_000;
        network.sides[1].accepts = false;
        let transfer = network.offer(0, 7, entries(&[30 * MIB]));
        let until = network.now_ms + 1_000;
        while network.now_ms < until && network.step() {}
        network.disk_ms = 0;
        network.handle(1, Input::Accept { transfer, without: Vec::new() });
        let until = network.now_ms + 300;
        while network.now_ms < until && network.sides[1].files.is_empty() && network.step() {}
        network.sides[1].is_stuck = true;
        let until = network.now_ms + 60_000;
        while network.now_ms < until && network.step() {}
        let blocks = network.sides[0].bytes_sent / u64::from(BLOCK_BYTES);
        assert!(blocks <= most + 1 && blocks >= most, "{limit:?}: {blocks}");
    }
}

#[test]
fn what_did_not_arrive_is_named_at_the_end() {
    let mut network = Network::up(1);
    let transfer = network.offer(0, 7, entries(&[5, MIB, 6]));
    network.sides[0].read_faults.insert((transfer, 1), TransferCode::ReadFailed);
    network.run_until_ended();
    assert_eq!(network.sides[0].missing[&transfer], [1]);
    assert!(network.sides[1].missing[&transfer].is_empty());
    let (mut network, transfer) = under_way(2, &[5, 40 * MIB, 6], 12 * MIB);
    network.handle(1, Input::Cancel { transfer });
    network.run_until_ended();
    assert_eq!(network.sides[0].missing[&transfer], [1, 2]);
}

#[test]
fn what_a_disk_refused_stays_for_later_unless_the_transfer_is_cancelled() {
    for is_cancelled in [false, true] {
        let mut network = Network::up(1);
        let transfer = network.offer(0, 7, entries(&[3 * MIB, 40 * MIB]));
        network.sides[1].write_faults.insert((transfer, 0), TransferCode::WriteFailed);
        while network.sides[1].discarded.is_empty() {
            assert!(network.step());
        }
        assert_eq!(network.sides[1].discarded, [(0, true)]);
        if is_cancelled {
            network.handle(1, Input::Cancel { transfer });
        }
        network.run_until_ended();
        assert_eq!(network.sides[1].kept[&transfer], !is_cancelled);
    }
}

#[test]
fn a_file_that_systems_run_is_pointed_out_however_many_lie_before_it() {
    let mut network = Network::up(1);
    network.sides[1].accepts = false;
    let mut many = entries(&[1; 900]);
    many[899].path = vec!["folder".into(), "Setup.EXE".into()];
    let (plain, risky) = (network.offer(0, 7, entries(&[1; 900])), network.offer(0, 8, many));
    rest(&mut network);
    let executable = |transfer| network.sides[1].states[&transfer].executable;
    assert_eq!((executable(plain), executable(risky)), (false, true));
    assert!(network.sides[1].events.iter().all(|event| matches!(event, Event::TransferChanged(_))));
}

#[test]
fn what_rests_takes_no_room_from_what_moves() {
    let mut network = Network::up(1);
    let resting = [1, 2].map(|id| network.offer(0, id, entries(&[30 * MIB])));
    while resting.iter().any(|transfer| network.state(0, *transfer) != TransferState::Moving) {
        assert!(network.step());
    }
    for transfer in resting {
        pause(&mut network, 0, transfer, true);
    }
    rest(&mut network);
    let moving = network.offer(0, 3, entries(&[9 * MIB]));
    rest(&mut network);
    assert_eq!(network.state(1, moving), TransferState::Proven);
    for transfer in resting {
        pause(&mut network, 0, transfer, false);
    }
    network.run_until_ended();
    for transfer in resting {
        network.assert_arrived(1, transfer);
    }
}

#[test]
fn who_holds_what_the_other_holds_already_is_told_so() {
    let (mut network, transfer) = under_way(1, &[30 * MIB], MIB);
    pause(&mut network, 1, transfer, true);
    rest(&mut network);
    pause(&mut network, 0, transfer, true);
    rest(&mut network);
    assert!(network.sides.iter().all(|side| side.states[&transfer].paused_by_us));
}

#[test]
fn a_receiver_that_forgot_what_it_declined_is_asked_again() {
    let mut network = Network::up(1);
    network.sides[1].accepts = false;
    let transfer = network.offer(0, 7, entries(&[5, 20 * MIB, 6]));
    rest(&mut network);
    network.handle(1, Input::Accept { transfer, without: vec![0] });
    while network.sides[0].bytes_sent < MIB && network.step() {}
    network.link_lost();
    let fresh = super::network::side(1);
    network.sides[1].exchange = fresh.exchange;
    network.sides[1].states.clear();
    network.sides[1].files.clear();
    network.link_up();
    rest(&mut network);
    assert_eq!(network.state(1, transfer), TransferState::Waiting);
    network.handle(1, Input::Accept { transfer, without: Vec::new() });
    network.run_until_ended();
    assert_eq!(network.state(0, transfer), TransferState::Proven);
    network.assert_arrived(1, transfer);
}
