//! Replays `tests/vectors/{frames,blocks,names}.json`, which the page's twin replays as well.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a vector that cannot be read has failed"
)]

use parlor_protocol::{
    frame::{FrameError, FrameHeader, FrameKind},
    id::TransferId,
};
use parlor_transfer::{
    SafeNames,
    block::{block_count, block_len, block_offset, block_proof, entry_proof},
};
use serde::Deserialize;

fn unhex(text: &str) -> Vec<u8> {
    (0..text.len()).step_by(2).map(|index| u8::from_str_radix(&text[index..index + 2], 16).unwrap()).collect()
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Frames {
    good: Vec<GoodFrame>,
    bad: Vec<BadFrame>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct GoodFrame {
    kind: String,
    transfer: TransferId,
    entry: u32,
    block: u32,
    offset: u32,
    payload: String,
    frame: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct BadFrame {
    name: String,
    frame: String,
    error: String,
}

#[test]
fn frames_are_written_and_read_as_the_vectors_say() {
    let frames: Frames = serde_json::from_str(include_str!("../../../tests/vectors/frames.json")).unwrap();
    assert!(frames.good.len() >= 4 && frames.bad.len() >= 10);
    for good in frames.good {
        let kind = match good.kind.as_str() {
            "data" => FrameKind::Data,
            "block-proof" => FrameKind::BlockProof,
            "entry-proof" => FrameKind::EntryProof,
            other => panic!("{other}"),
        };
        let GoodFrame { transfer, entry, block, offset, .. } = good;
        let header = FrameHeader { kind, transfer, entry, block, offset };
        let (frame, payload) = (unhex(&good.frame), unhex(&good.payload));
        assert_eq!([header.encode().as_slice(), &payload].concat(), frame);
        assert_eq!(FrameHeader::decode(&frame), Ok((header, payload.as_slice())));
    }
    for bad in frames.bad {
        let error = match FrameHeader::decode(&unhex(&bad.frame)).unwrap_err() {
            FrameError::Short => "short",
            FrameError::Version(_) => "version",
            FrameError::Kind(_) => "kind",
            FrameError::Reserved => "reserved",
        };
        assert_eq!(error, bad.error, "{}", bad.name);
    }
}

#[derive(Deserialize)]
struct Blocks {
    files: Vec<File>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    size: u64,
    block_proofs: Vec<String>,
    entry_proof: String,
}

#[test]
fn blocks_and_entries_are_proven_as_the_vectors_say() {
    let blocks: Blocks = serde_json::from_str(include_str!("../../../tests/vectors/blocks.json")).unwrap();
    assert!(blocks.files.len() >= 13);
    for file in blocks.files {
        let content: Vec<u8> = (0..file.size).map(|index| ((index ^ index >> 8 ^ index >> 16) & 255) as u8).collect();
        assert_eq!(file.block_proofs.len(), block_count(file.size) as usize);
        let proofs: Vec<_> = (0..block_count(file.size))
            .map(|block| {
                let from = block_offset(block) as usize;
                block_proof(&content[from..from + block_len(file.size, block) as usize])
            })
            .collect();
        for (proof, expected) in proofs.iter().zip(&file.block_proofs) {
            assert_eq!(proof.as_slice(), unhex(expected), "{} bytes", file.size);
        }
        assert_eq!(entry_proof(&proofs).as_slice(), unhex(&file.entry_proof), "{} bytes", file.size);
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Offer {
    name: String,
    offered: Vec<Vec<String>>,
    safe: Option<Vec<String>>,
}

#[test]
fn offered_names_become_what_the_vectors_say() {
    let offers: Vec<Offer> = serde_json::from_str(include_str!("../../../tests/vectors/names.json")).unwrap();
    assert!(offers.iter().filter(|offer| offer.safe.is_none()).count() >= 15);
    assert!(offers.iter().filter(|offer| offer.safe.is_some()).count() >= 20);
    for offer in offers {
        let mut names = SafeNames::new();
        let safe: Result<Vec<_>, _> =
            offer.offered.iter().map(|path| names.add(path).map(|safe| safe.to_string())).collect();
        assert_eq!(safe.ok(), offer.safe, "{}", offer.name);
    }
}
