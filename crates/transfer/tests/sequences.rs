//! Ten thousand random sequences of what a hostile peer sends: no panic, nothing on the disk before consent
//! or unproven, and no more memory than the window and the rest of the machine's limits take.
//!
//! A program of its own, since it looks at what the whole process holds.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test that cannot go on has failed"
)]

mod crafted;

use std::{collections::HashSet, env, fs};

use bytes::Bytes;
use crafted::{MIB, entry, frame, id};
use parlor_protocol::{
    code::TransferCode,
    control::{BlockRange, Control, ResumePoint},
    frame::FrameKind,
    host::TransferState,
    id::{PeerId, TextId},
};
use parlor_transfer::{Event, Exchange, FoundEntry, Input, Output};
use proptest::{
    prelude::*,
    test_runner::{Config, RngSeed, TestRunner},
};

const SEQUENCES: u32 = 10_000;
/// More than before, in bytes.
const MEMORY_BYTES: u64 = 32 * MIB;

/// One thing a hostile peer, a confused driver or a hasty user does.
fn operation() -> impl Strategy<Value = Input> {
    let small = || 0_u8..4;
    let number = || prop_oneof![0_u32..4, Just(u32::MAX)];
    let kinds = prop_oneof![Just(FrameKind::Data), Just(FrameKind::BlockProof), Just(FrameKind::EntryProof)];
    let lengths = prop_oneof![Just(0_usize), Just(1), Just(31), Just(32), Just(65_536), Just(70_000)];
    let frames = (kinds, small(), number(), number(), number(), lengths).prop_map(
        |(kind, transfer, entry, block, offset, len)| frame(kind, id(transfer), entry, block, offset, &vec![0; len]),
    );
    let codes = || {
        prop_oneof![
            Just(TransferCode::NoSpace),
            Just(TransferCode::WriteFailed),
            Just(TransferCode::SourceChanged),
            Just(TransferCode::Declined)
        ]
    };
    let sizes = prop_oneof![Just(0_u64), Just(1), Just(65_537), Just(2 * MIB), Just(1 << 53), Just(u64::MAX)];
    let entries = || {
        prop::collection::vec((0..6_usize, sizes.clone()), 0..4).prop_map(|list| {
            let names = ["a", "A", "..", "a/b", "CON", "\u{202e}"];
            list.into_iter().map(|(name, size)| entry(names[name], size)).collect::<Vec<_>>()
        })
    };
    let ranges = prop::collection::vec((number(), number()).prop_map(|(first, end)| BlockRange { first, end }), 0..3);
    let point = (number(), number(), any::<bool>(), ranges)
        .prop_map(|(entry, next_block, proven, stored)| ResumePoint { entry, next_block, proven, stored });
    let points = prop::collection::vec(point, 0..3);
    let blocks = prop::option::of(prop::collection::vec((number(), any::<[u8; 32]>()), 0..4));
    let found =
        prop::collection::vec((number(), blocks).prop_map(|(entry, blocks)| FoundEntry { entry, blocks }), 0..3);
    let control = prop_oneof![
        (small(), number(), any::<u64>(), entries(), any::<bool>()).prop_map(
            |(t, entry_count, total_bytes, entries, last)| Control::Offer {
                transfer: id(t),
                entry_count,
                total_bytes,
                entries,
                last
            }
        ),
        (small(), entries(), any::<bool>()).prop_map(|(t, entries, last)| Control::OfferEntries {
            transfer: id(t),
            entries,
            last
        }),
        (small(), points).prop_map(|(t, resume)| Control::Accept { transfer: id(t), resume }),
        (small(), any::<bool>()).prop_map(|(t, paused)| Control::Pause { transfer: id(t), paused }),
        small().prop_map(|t| Control::Decline { transfer: id(t) }),
        (small(), codes()).prop_map(|(t, code)| Control::Cancel { transfer: id(t), code }),
        (small(), prop_oneof![0..3 * MIB, any::<u64>()])
            .prop_map(|(t, bytes)| Control::Stored { transfer: id(t), bytes }),
        (small(), number()).prop_map(|(t, entry)| Control::Proven { transfer: id(t), entry }),
        (small(), number(), codes()).prop_map(|(t, entry, code)| Control::EntryFailed { transfer: id(t), entry, code }),
        small().prop_map(|t| Control::Text { id: TextId([t; 16]), body: "text".into(), sent_at_ms: u64::MAX }),
        small().prop_map(|t| Control::TextReceived { id: TextId([t; 16]) }),
    ];
    let ours = (2_u8..5, prop::collection::vec(prop_oneof![Just(0_u64), Just(5), Just(MIB + 1)], 1..3)).prop_map(
        |(t, sizes)| Input::OfferFiles {
            transfer: id(t),
            entries: sizes.into_iter().map(|size| entry("mine", size)).collect(),
        },
    );
    let result = || prop_oneof![3 => Just(Ok(())), 1 => codes().prop_map(Err)];
    prop_oneof![
        4 => frames,
        4 => control.prop_map(Input::ControlReceived),
        2 => (small(), entries()).prop_map(|(t, entries)| {
            let total = entries.iter().try_fold(0_u64, |sum, entry| sum.checked_add(entry.size)).unwrap_or(0);
            let entry_count = entries.len() as u32;
            Input::ControlReceived(Control::Offer { transfer: id(t), entry_count, total_bytes: total, entries, last: true })
        }),
        3 => (0_u8..5).prop_map(|t| Input::Accept { transfer: id(t), without: Vec::new() }),
        3 => (0_u8..5, found).prop_map(|(t, found)| Input::EntriesFound { transfer: id(t), found }),
        1 => (0_u8..5, prop::collection::vec(number(), 0..3)).prop_map(|(t, without)| Input::Accept { transfer: id(t), without }),
        1 => (0_u8..5).prop_map(|t| Input::NoRoom { transfer: id(t) }),
        1 => (0_u8..5, any::<bool>()).prop_map(|(t, paused)| Input::Pause { transfer: id(t), paused }),
        1 => prop::option::of(any::<u64>()).prop_map(|bytes_per_second| Input::LimitSpeed { bytes_per_second }),
        1 => (0_u8..5).prop_map(|t| Input::Decline { transfer: id(t) }),
        1 => (0_u8..5).prop_map(|t| Input::Cancel { transfer: id(t) }),
        2 => ours,
        1 => Just(Input::LinkLost),
        2 => (1_000_usize..100_000).prop_map(|max_message_bytes| Input::LinkUp { max_message_bytes }),
        2 => (0_u8..5, number(), number(), result()).prop_map(|(t, entry, block, result)| Input::BlockWritten { transfer: id(t), entry, block, result }),
        2 => (0_u8..5, number(), result()).prop_map(|(t, entry, result)| Input::EntryFinished { transfer: id(t), entry, result }),
        2 => (0_u8..5, number(), number(), prop_oneof![0_usize..6, Just(MIB as usize)], any::<bool>()).prop_map(|(t, entry, block, len, ok)| {
            let result = if ok { Ok(Bytes::from(vec![0; len])) } else { Err(TransferCode::ReadFailed) };
            Input::BlockRead { transfer: id(t), entry, block, result }
        }),
        1 => Just(Input::Tick),
        1 => small().prop_map(|t| Input::SendText { id: TextId([t; 16]), body: "text".into(), sent_at_ms: 0 }),
    ]
}

/// The most this process has ever held in memory, as Linux accounts it; none elsewhere.
fn peak_bytes() -> Option<u64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let kib = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?.trim().trim_end_matches(" kB");
    kib.parse::<u64>().ok().map(|kib| kib * 1024)
}

/// Runs a sequence to its end.
fn run(operations: Vec<Input>) -> Result<(), TestCaseError> {
    let mut exchange = Exchange::new(PeerId([9; 16]));
    let mut link_is_up = false;
    let mut accepted = HashSet::new();
    for (now_ms, operation) in (0..).step_by(70).zip(operations) {
        link_is_up = match operation {
            Input::LinkUp { .. } => true,
            Input::LinkLost => false,
            _ => link_is_up,
        };
        let consent = if let Input::Accept { transfer, .. } = &operation { Some(*transfer) } else { None };
        // A wish that is refused is an answer as well.
        if exchange.handle(now_ms, operation).is_ok() {
            accepted.extend(consent);
        }
        while let Some(output) = exchange.poll_output() {
            match output {
                Output::FindEntries { transfer, .. } => prop_assert!(accepted.contains(&transfer)),
                Output::WriteBlock { transfer, bytes, .. } => {
                    prop_assert!(accepted.contains(&transfer));
                    prop_assert!(bytes.len() as u64 <= MIB);
                }
                Output::OpenEntry { transfer, path, .. } => {
                    prop_assert!(accepted.contains(&transfer));
                    let is_plain = |part: &str| !matches!(part, "" | "." | "..") && !part.contains(['\\', ':', '/']);
                    prop_assert!(path.components().all(is_plain));
                }
                Output::SendControl(_) | Output::SendFrame(_) => prop_assert!(link_is_up),
                Output::Event(Event::TransferChanged(transfer)) => {
                    prop_assert!(transfer.stored_bytes <= transfer.total_bytes);
                    // No offer of these has more entries than a snapshot shows.
                    let is_done = transfer
                        .entries
                        .iter()
                        .all(|entry| entry.proven || entry.failed == Some(TransferCode::Declined));
                    let is_anything = transfer.proven_count > 0;
                    prop_assert!(transfer.state != TransferState::Proven || (is_done && is_anything));
                }
                _ => {}
            }
        }
    }
    Ok(())
}

#[test]
fn no_sequence_panics_writes_without_consent_or_takes_memory() {
    let seed = env::var("PARLOR_SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or_else(rand_seed);
    println!("PARLOR_SEED={seed}");
    let sequences = |cases, seed| {
        let config = Config { cases, rng_seed: RngSeed::Fixed(seed), failure_persistence: None, ..Config::default() };
        TestRunner::new(config).run(&prop::collection::vec(operation(), 1..120), run)
    };
    // What the generator itself takes is there before it is looked.
    sequences(50, seed ^ 1).unwrap();
    let before = peak_bytes();
    sequences(SEQUENCES, seed).unwrap();
    if let (Some(before), Some(after)) = (before, peak_bytes()) {
        println!("{SEQUENCES} sequences: {} KiB more than before", (after - before) / 1024);
        assert!(after - before <= MEMORY_BYTES, "{} MiB", (after - before) / MIB);
    }
}

/// Another one each time.
fn rand_seed() -> u64 {
    let since = std::time::UNIX_EPOCH.elapsed().unwrap();
    since.as_secs() ^ u64::from(since.subsec_nanos())
}
