//! Sessions that end in the middle, and later ones: only what is missing is sent, and never a mixed file.

use super::network::{Network, entries};
use parlor_protocol::{
    code::TransferCode,
    host::TransferState,
    limits::{BLOCK_BYTES, WINDOW_BYTES},
};
use proptest::prelude::*;

const MIB: u64 = 1024 * 1024;

/// Frames' headers and the proofs of so many blocks and entries, about.
const AROUND_BYTES: u64 = 64 * 1024;

/// A session in which the sender sends `bytes` and then both are gone.
fn cut_short(seed: u64, sizes: &[u64], bytes: u64) -> Network {
    let mut network = Network::up(seed);
    network.offer(0, 7, entries(sizes));
    while network.sides[0].bytes_sent < bytes && network.step() {}
    network
}

fn stored(network: &Network) -> u64 {
    let files = network.sides[1].files.values();
    files.map(|file| file.blocks.len() as u64 * MIB).sum()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(16))]

    #[test]
    fn a_receiver_that_comes_back_is_sent_only_what_it_lacks(
        seed in any::<u64>(),
        sizes in prop::collection::vec(prop_oneof![Just(0), 1..=3 * MIB, Just(12 * MIB), Just(5 * MIB + 7)], 1..6),
        share in 0.0..1.0_f64,
    ) {
        let total: u64 = sizes.iter().sum();
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss, reason = "a point somewhere")]
        let first = cut_short(seed, &sizes, (total as f64 * share) as u64);
        let had = stored(&first);
        let (mut later, transfer) = first.later(seed ^ 1);
        later.run_until_ended();
        prop_assert_eq!(later.state(1, transfer), TransferState::Proven);
        prop_assert_eq!(later.state(0, transfer), TransferState::Proven);
        later.assert_arrived(1, transfer);
        // The last block of a file is shorter than a block.
        let slack = sizes.len() as u64 * u64::from(BLOCK_BYTES) + AROUND_BYTES;
        prop_assert!(later.sides[0].bytes_sent <= total.saturating_sub(had) + slack);
    }

    #[test]
    fn a_receiver_that_is_cut_off_again_and_again_arrives(seed in any::<u64>()) {
        let sizes = [20 * MIB + 3, 0, MIB, 9 * MIB];
        let mut network = cut_short(seed, &sizes, MIB);
        for round in 0..12 {
            let before = stored(&network);
            let (later, _) = network.later(seed ^ round);
            network = later;
            while network.sides[0].bytes_sent < WINDOW_BYTES && network.step() {}
            prop_assert!(stored(&network) >= before);
        }
        let (mut last, transfer) = network.later(seed);
        last.run_until_ended();
        last.assert_arrived(1, transfer);
    }
}

#[test]
fn a_damaged_block_alone_is_sent_again() {
    let mut first = cut_short(1, &[20 * MIB], 12 * MIB);
    let file = first.sides[1].files.values_mut().next().unwrap();
    let blocks = file.blocks.len() as u64;
    assert!(blocks > 5 && file.blocks.remove(&2));
    file.bytes[2 * BLOCK_BYTES as usize] ^= 1;
    let (mut later, transfer) = first.later(2);
    later.run_until_ended();
    later.assert_arrived(1, transfer);
    let sent = later.sides[0].bytes_sent;
    assert!(sent > (21 - blocks) * MIB && sent < (21 - blocks) * MIB + AROUND_BYTES, "{sent}");
}

#[test]
fn a_file_that_changed_meanwhile_is_refused_as_changed_and_never_mixed() {
    for seed in 0..100 {
        let mut first = cut_short(seed, &[6 * MIB, MIB], 4 * MIB);
        while stored(&first) == 0 {
            assert!(first.step());
        }
        let (mut later, transfer) = first.later(seed);
        later.sides[0].rewritten.insert(transfer);
        later.run_until_ended();
        for side in 0..2 {
            assert_eq!(later.state(side, transfer), TransferState::Partial);
            let entries = &later.sides[side].states[&transfer].entries;
            assert_eq!(entries[0].failed, Some(TransferCode::SourceChanged));
        }
        assert!(later.sides[1].files.values().all(|file| !file.path.ends_with("file 0")));
        assert!(later.sides[1].left.is_empty(), "the old part is gone");
    }
}

#[test]
fn what_is_whole_already_is_not_sent_at_all() {
    let mut first = Network::up(5);
    let transfer = first.offer(0, 7, entries(&[MIB, 3 * MIB, 0]));
    first.run_until_ended();
    first.assert_arrived(1, transfer);
    let (mut later, transfer) = first.later(6);
    later.run_until_ended();
    assert_eq!(later.state(0, transfer), TransferState::Proven);
    assert_eq!(later.state(1, transfer), TransferState::Proven);
    assert_eq!(later.sides[0].frames_sent, 0);
}
