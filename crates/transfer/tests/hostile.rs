//! A peer that sends anything: never a panic, memory bounded, and what is written was proven.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test that cannot go on has failed"
)]

use bytes::Bytes;
use parlor_protocol::{
    code::TransferCode,
    control::{BlockRange, Control, OfferedEntry, ResumePoint},
    frame::{FrameHeader, FrameKind},
    host::TransferState,
    id::{PeerId, TextId, TransferId},
};
use parlor_transfer::{Event, Exchange, FoundEntry, Input, Output, block::block_proof};
use proptest::prelude::*;

const MIB: u64 = 1024 * 1024;

fn id(number: u8) -> TransferId {
    TransferId([number; 16])
}

fn entry(name: &str, size: u64) -> OfferedEntry {
    OfferedEntry { path: vec![name.into()], size, modified_ms: None }
}

fn up() -> Exchange {
    let mut exchange = Exchange::new(PeerId([9; 16]));
    exchange.handle(0, Input::LinkUp { max_message_bytes: usize::MAX }).unwrap();
    exchange
}

fn drain(exchange: &mut Exchange) -> Vec<Output> {
    std::iter::from_fn(|| exchange.poll_output()).collect()
}

fn offer(transfer: TransferId, entries: Vec<OfferedEntry>) -> Input {
    let entry_count = entries.len() as u32;
    let total_bytes = entries.iter().map(|entry| entry.size).sum();
    Input::ControlReceived(Control::Offer { transfer, entry_count, total_bytes, entries, last: true })
}

fn frame(kind: FrameKind, transfer: TransferId, entry: u32, block: u32, offset: u32, payload: &[u8]) -> Input {
    let header = FrameHeader { kind, transfer, entry, block, offset };
    Input::FrameReceived(Bytes::from([header.encode().as_slice(), payload].concat()))
}

/// The machine after an accepted offer of one file of `size`.
fn accepted(size: u64) -> Exchange {
    let mut exchange = up();
    exchange.handle(0, offer(id(1), vec![entry("a", size), entry("b", 0)])).unwrap();
    exchange.handle(0, Input::Accept { transfer: id(1), without: Vec::new() }).unwrap();
    exchange.handle(0, Input::EntriesFound { transfer: id(1), found: Vec::new() }).unwrap();
    drain(&mut exchange);
    exchange
}

fn cancelled_with(outputs: &[Output]) -> Option<TransferCode> {
    outputs.iter().find_map(|output| match output {
        Output::SendControl(Control::Cancel { code, .. }) => Some(*code),
        _ => None,
    })
}

#[test]
fn every_wrong_frame_ends_its_transfer_with_protocol() {
    use FrameKind::{BlockProof, Data, EntryProof};
    let big = vec![0; 65_537];
    let cases = [
        ("an entry that was not offered", frame(Data, id(1), 2, 0, 0, b"x")),
        ("an empty payload", frame(Data, id(1), 0, 0, 0, b"")),
        ("a payload over the limit", frame(Data, id(1), 0, 0, 0, &big)),
        ("not the next block", frame(Data, id(1), 0, 1, 0, b"x")),
        ("not the next offset", frame(Data, id(1), 0, 0, 1, b"x")),
        ("a block proof of nothing", frame(BlockProof, id(1), 0, 0, 0, &[0; 32])),
        ("an entry proof before the blocks", frame(EntryProof, id(1), 0, 0, 0, &[0; 32])),
        ("a short proof", frame(BlockProof, id(1), 0, 0, 0, &[0; 31])),
        ("data for an empty entry", frame(Data, id(1), 1, 0, 0, b"x")),
        ("a block proof for an empty entry", frame(BlockProof, id(1), 1, 0, 0, &[0; 32])),
    ];
    for (name, input) in cases {
        let mut exchange = accepted(2 * MIB);
        exchange.handle(1, input).unwrap();
        let outputs = drain(&mut exchange);
        assert_eq!(cancelled_with(&outputs), Some(TransferCode::Protocol), "{name}");
        assert!(outputs.iter().any(|output| matches!(output, Output::ReleaseTransfer { .. })), "{name}");
        assert!(!outputs.iter().any(|output| matches!(output, Output::WriteBlock { .. })), "{name}");
        // What is still on its way passes in silence.
        exchange.handle(2, frame(Data, id(1), 0, 0, 0, b"x")).unwrap();
        assert!(drain(&mut exchange).is_empty(), "{name}");
    }
}

#[test]
fn frames_beyond_the_window_end_the_transfer() {
    let mut exchange = accepted(64 * MIB);
    let payload = vec![7; 65_536];
    let block = vec![7; MIB as usize];
    for sent in 0..9 * 16_u32 {
        let (number, offset) = (sent / 16, sent % 16 * 65_536);
        exchange.handle(1, frame(FrameKind::Data, id(1), 0, number, offset, &payload)).unwrap();
        if sent == 8 * 16 {
            assert_eq!(cancelled_with(&drain(&mut exchange)), Some(TransferCode::Protocol));
            return;
        }
        if sent % 16 == 15 {
            exchange.handle(1, frame(FrameKind::BlockProof, id(1), 0, number, 0, &block_proof(&block))).unwrap();
        }
        assert_eq!(cancelled_with(&drain(&mut exchange)), None, "{sent}");
    }
    panic!("the window did not end");
}

#[test]
fn a_wrong_proof_makes_the_entry_corrupt_and_nothing_is_written() {
    let mut exchange = accepted(3);
    exchange.handle(1, frame(FrameKind::Data, id(1), 0, 0, 0, b"abc")).unwrap();
    exchange.handle(1, frame(FrameKind::BlockProof, id(1), 0, 0, 0, &[1; 32])).unwrap();
    let outputs = drain(&mut exchange);
    let failed = |output: &Output| {
        matches!(output, Output::SendControl(Control::EntryFailed { code: TransferCode::Corrupt, entry: 0, .. }))
    };
    assert!(outputs.iter().any(failed));
    assert!(outputs.iter().any(|output| matches!(output, Output::DiscardEntry { entry: 0, .. })));
    assert!(!outputs.iter().any(|output| matches!(output, Output::WriteBlock { .. } | Output::FinishEntry { .. })));
}

#[test]
fn what_belongs_to_no_transfer_breaks_the_connection() {
    let cases = [
        Input::FrameReceived(Bytes::from_static(b"short")),
        Input::FrameReceived(Bytes::from(vec![9; 40])),
        frame(FrameKind::Data, id(99), 0, 0, 0, b"x"),
        Input::ControlReceived(Control::Text { id: TextId([1; 16]), body: "x".repeat(32 * 1024 + 1), sent_at_ms: 0 }),
    ];
    for input in cases {
        let mut exchange = up();
        exchange.handle(1, input).unwrap();
        let outputs = drain(&mut exchange);
        assert!(matches!(outputs.as_slice(), [Output::Event(Event::ProtocolBroken(_))]), "{outputs:?}");
    }
}

#[test]
fn bad_offers_are_refused_unseen() {
    let page = |entry_count, total_bytes, entries, last| {
        Input::ControlReceived(Control::Offer { transfer: id(1), entry_count, total_bytes, entries, last })
    };
    let cases = [
        page(0, 0, vec![], true),
        page(20_001, 1, vec![entry("a", 1)], false),
        page(2, 1, vec![entry("a", 1)], true),
        page(1, 2, vec![entry("a", 1)], true),
        page(1, 2, vec![entry("a", 1), entry("b", 1)], false),
        page(1, 0, vec![], false),
        page(1, u64::MAX, vec![entry("a", u64::MAX)], true),
        page(1, 1, vec![entry("..", 1)], true),
        page(1, 1, vec![entry("a/b", 1)], true),
    ];
    for input in cases {
        let mut exchange = up();
        exchange.handle(0, input).unwrap();
        let outputs = drain(&mut exchange);
        let refused = [Output::SendControl(Control::Cancel { transfer: id(1), code: TransferCode::BadOffer })];
        assert_eq!(format!("{outputs:?}"), format!("{refused:?}"));
        assert!(!exchange.is_busy());
    }
}

#[test]
fn a_flood_of_offers_and_names_is_bounded() {
    let mut exchange = up();
    let mut shown = 0;
    let mut refused = 0;
    // 64 offers of 20 000 long names would take over a gigabyte.
    for number in 0..100_u8 {
        let long = |index: usize| OfferedEntry {
            path: vec![format!("{index}{}", "x".repeat(240)); 4],
            size: 0,
            modified_ms: None,
        };
        let entries: Vec<_> = (0..20_000).map(long).collect();
        let mut pages = entries.chunks(50).peekable();
        let first = pages.next().unwrap().to_vec();
        let control =
            Control::Offer { transfer: id(number), entry_count: 20_000, total_bytes: 0, entries: first, last: false };
        exchange.handle(0, Input::ControlReceived(control)).unwrap();
        while let Some(page) = pages.next() {
            let last = pages.peek().is_none();
            let control = Control::OfferEntries { transfer: id(number), entries: page.to_vec(), last };
            exchange.handle(0, Input::ControlReceived(control)).unwrap();
        }
        for output in drain(&mut exchange) {
            match output {
                Output::Event(Event::TransferChanged(_)) => shown += 1,
                Output::SendControl(Control::Cancel { code: TransferCode::BadOffer, .. }) => refused += 1,
                other => panic!("{other:?}"),
            }
        }
        if number == 2 {
            break;
        }
    }
    assert_eq!((shown, refused), (1, 2));

    let mut exchange = up();
    let mut broken = 0;
    for number in 0..100 {
        exchange.handle(0, offer(id(number), vec![entry("a", 1)])).unwrap();
        broken += drain(&mut exchange)
            .iter()
            .filter(|output| matches!(output, Output::Event(Event::ProtocolBroken(_))))
            .count();
    }
    assert_eq!(broken, 100 - 64);
}

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

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    #[test]
    fn no_order_of_operations_panics_or_writes_what_is_not_proven(operations in prop::collection::vec(operation(), 1..120)) {
        let mut exchange = Exchange::new(PeerId([9; 16]));
        let mut link_is_up = false;
        for (now_ms, operation) in (0..).step_by(70).zip(operations) {
            link_is_up = match operation {
                Input::LinkUp { .. } => true,
                Input::LinkLost => false,
                _ => link_is_up,
            };
            // A wish that is refused is an answer as well.
            let _refused = exchange.handle(now_ms, operation);
            for output in drain(&mut exchange) {
                match output {
                    Output::WriteBlock { bytes, .. } => {
                        prop_assert!(bytes.len() as u64 <= MIB);
                    }
                    Output::OpenEntry { path, .. } => {
                        prop_assert!(path.components().all(|part| !matches!(part, "" | "." | "..") && !part.contains(['\\', ':'])));
                    }
                    Output::SendControl(_) | Output::SendFrame(_) => prop_assert!(link_is_up),
                    Output::Event(Event::TransferChanged(transfer)) => {
                        prop_assert!(transfer.stored_bytes <= transfer.total_bytes);
                        prop_assert!(transfer.state != TransferState::Proven || transfer.proven_count == transfer.entry_count);
                    }
                    _ => {}
                }
            }
        }
    }
}
