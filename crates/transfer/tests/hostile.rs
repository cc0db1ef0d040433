//! A peer that sends anything: never a panic, memory bounded, and what is written was proven.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test that cannot go on has failed"
)]

mod crafted;

use bytes::Bytes;
use crafted::{MIB, entry, frame, id};
use parlor_protocol::{
    code::TransferCode,
    control::{Control, OfferedEntry},
    frame::FrameKind,
    id::{PeerId, TextId, TransferId},
};
use parlor_transfer::{Event, Exchange, Input, Output, block::block_proof};

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
    assert!(outputs.iter().any(|output| matches!(output, Output::DiscardEntry { entry: 0, keep: false, .. })));
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

#[test]
fn a_receiver_that_holds_and_lets_go_over_and_over_orders_no_more_reads() {
    let mut exchange = up();
    let entries = (0..64).map(|number| entry(&number.to_string(), 10)).collect();
    exchange.handle(0, Input::OfferFiles { transfer: id(1), entries }).unwrap();
    exchange.handle(0, Input::ControlReceived(Control::Accept { transfer: id(1), resume: Vec::new() })).unwrap();
    for _ in 0..1_000 {
        for paused in [true, false] {
            exchange.handle(0, Input::ControlReceived(Control::Pause { transfer: id(1), paused })).unwrap();
        }
    }
    let reads: Vec<_> = drain(&mut exchange)
        .into_iter()
        .filter_map(|output| match output {
            Output::ReadBlock { entry, block, .. } => Some((entry, block)),
            _ => None,
        })
        .collect();
    assert!((1..=64).contains(&reads.len()), "{}", reads.len());
    // Once these have returned, it goes on as if nothing had been.
    let mut reads = std::collections::VecDeque::from(reads);
    let mut proofs = 0;
    while let Some((entry, block)) = reads.pop_front() {
        let result = Ok(Bytes::from_static(&[7; 10]));
        exchange.handle(0, Input::BlockRead { transfer: id(1), entry, block, result }).unwrap();
        for output in drain(&mut exchange) {
            match output {
                Output::ReadBlock { entry, block, .. } => reads.push_back((entry, block)),
                Output::SendFrame(frame) => proofs += usize::from(frame[1] == 3),
                _ => {}
            }
        }
    }
    assert_eq!(proofs, 64);
}

#[test]
fn a_receiver_that_declines_every_entry_has_not_received_the_offer() {
    let mut exchange = up();
    let entries = vec![entry("a", 1), entry("b", 0)];
    exchange.handle(0, Input::OfferFiles { transfer: id(1), entries }).unwrap();
    for entry in 0..2 {
        assert_eq!(cancelled_with(&drain(&mut exchange)), None);
        let declined = Control::EntryFailed { transfer: id(1), entry, code: TransferCode::Declined };
        exchange.handle(0, Input::ControlReceived(declined)).unwrap();
    }
    assert_eq!(cancelled_with(&drain(&mut exchange)), Some(TransferCode::Protocol));
}
