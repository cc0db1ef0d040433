//! Writes `tests/vectors/{frames,blocks,names}.json`: `cargo run -p parlor-transfer --example write_transfer_vectors`. Both languages replay them.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a generator that fails writes nothing")]

use std::path::Path;

use parlor_protocol::{
    frame::{FrameError, FrameHeader, FrameKind},
    id::TransferId,
};
use parlor_transfer::{
    SafeNames,
    block::{block_count, block_len, block_offset, block_proof, entry_proof},
};
use serde_json::{Value, json};

fn main() {
    write("frames", &frames());
    write("blocks", &blocks());
    write("names", &names());
}

fn write(name: &str, value: &Value) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/vectors").join(format!("{name}.json"));
    std::fs::write(path, serde_json::to_string_pretty(value).unwrap() + "\n").unwrap();
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn frames() -> Value {
    let transfer = TransferId(std::array::from_fn(|index| 0xf0 ^ u8::try_from(index).unwrap()));
    let header = |kind, entry, block, offset| FrameHeader { kind, transfer, entry, block, offset };
    let good = [
        (header(FrameKind::Data, 0, 0, 0), "00"),
        (header(FrameKind::Data, 19_999, 4_294_967_294, 1_048_575), "ff00ff"),
        (header(FrameKind::BlockProof, 1, 2, 0), "ab"),
        (header(FrameKind::EntryProof, 4_294_967_295, 4_294_967_295, 0), ""),
    ];
    let good = good.map(|(header, payload)| {
        let kind = match header.kind {
            FrameKind::Data => "data",
            FrameKind::BlockProof => "block-proof",
            FrameKind::EntryProof => "entry-proof",
        };
        json!({
            "kind": kind, "transfer": transfer, "entry": header.entry, "block": header.block, "offset": header.offset,
            "payload": payload, "frame": hex(&header.encode()) + payload,
        })
    });
    let base = header(FrameKind::Data, 1, 2, 3).encode();
    let with = |index: usize, value: u8| {
        let mut bytes = base.to_vec();
        if let Some(byte) = bytes.get_mut(index) {
            *byte = value;
        }
        bytes
    };
    let bad = [
        ("empty", Vec::new()),
        ("a byte short", base.iter().copied().take(31).collect()),
        ("version 0", with(0, 0)),
        ("version 2", with(0, 2)),
        ("kind 0", with(1, 0)),
        ("kind 4", with(1, 4)),
        ("a reserved byte", with(2, 1)),
        ("the other reserved byte", with(3, 0x80)),
        ("a proof with an offset", with(1, 2)),
        ("an entry proof with an offset", with(1, 3)),
    ];
    let bad = bad.map(|(name, bytes)| {
        let error = match FrameHeader::decode(&bytes).unwrap_err() {
            FrameError::Short => "short",
            FrameError::Version(_) => "version",
            FrameError::Kind(_) => "kind",
            FrameError::Reserved => "reserved",
        };
        json!({ "name": name, "frame": hex(&bytes), "error": error })
    });
    json!({ "good": good, "bad": bad })
}

fn blocks() -> Value {
    const MIB: u64 = 1024 * 1024;
    let sizes = [0, 1, 1023, 1024, 1025, 65_535, 65_536, 65_537, MIB - 1, MIB, MIB + 1, 2 * MIB, 3 * MIB + 12_345];
    let files = sizes.map(|size| {
        let content: Vec<u8> =
            (0..size).map(|index| u8::try_from((index ^ index >> 8 ^ index >> 16) & 255).unwrap()).collect();
        let block = |block| {
            let from = usize::try_from(block_offset(block)).unwrap();
            content.get(from..from + block_len(size, block) as usize).unwrap()
        };
        let proofs: Vec<_> = (0..block_count(size)).map(|number| block_proof(block(number))).collect();
        let hexes: Vec<_> = proofs.iter().map(|proof| hex(proof)).collect();
        json!({ "size": size, "block_proofs": hexes, "entry_proof": hex(&entry_proof(&proofs)) })
    });
    json!({ "content": "byte i of every file is (i ^ i >> 8 ^ i >> 16) & 255", "files": files })
}

fn offer(name: &str, offered: &[Vec<String>]) -> Value {
    let mut names = SafeNames::new();
    let safe: Result<Vec<String>, _> =
        offered.iter().map(|path| names.add(path).map(|safe| safe.to_string())).collect();
    match safe {
        Ok(safe) => json!({ "name": name, "offered": offered, "safe": safe }),
        Err(_) => json!({ "name": name, "offered": offered, "safe": null }),
    }
}

fn names() -> Value {
    let paths = |offered: &[&[&str]]| -> Vec<Vec<String>> {
        offered.iter().map(|path| path.iter().map(ToString::to_string).collect()).collect()
    };
    let x = |count: usize| "x".repeat(count);
    let mut offers = vec![
        offer(
            "as they are",
            &paths(&[&["a.txt"], &["사진", "여름 휴가.jpg"], &[".profile"], &["a b", "c.tar.gz"], &["👨‍👩‍👧.png"]]),
        ),
        offer("control characters", &paths(&[&["a\u{1}b"], &["c\nd"], &["e\u{7f}"], &["f\u{85}g"]])),
        offer(
            "what Windows forbids",
            &paths(&[&["a<b>c"], &["d:e"], &["f\"g"], &["h|i?j*k"], &["C:"], &["file.txt:stream"]]),
        ),
        offer(
            "bidi and other invisible controls",
            &paths(&[
                &["photo\u{202e}gpj.exe"],
                &["\u{2066}a\u{2069}"],
                &["\u{200e}b\u{61c}"],
                &["\u{feff}c\u{2028}d"],
            ]),
        ),
        offer("joiners stay", &paths(&[&["می\u{200c}خواهم.txt"]])),
        offer(
            "dots and spaces at the end",
            &paths(&[&["a."], &["b. . "], &["c "], &["..."], &[" "], &[". "], &[" d"], &["e ."]]),
        ),
        offer(
            "device names",
            &paths(&[
                &["CON"],
                &["con.txt"],
                &["Nul.tar.gz"],
                &["COM1"],
                &["lpt9.x"],
                &["COM¹"],
                &["aux .txt"],
                &["CONIN$"],
                &["COM0"],
            ]),
        ),
        offer("no device names", &paths(&[&["CONSOLE"], &["COM10"], &["COM"], &["LPT"], &["my con"], &["xcom1"]])),
        offer("folders with device names", &paths(&[&["aux", "prn", "file"]])),
        offer("the same name", &paths(&[&["a.txt"], &["a.txt"], &["a.txt"], &["b"], &["b"], &[".c"], &[".c"]])),
        offer(
            "the same name but for case",
            &paths(&[&["Read.me"], &["READ.ME"], &["straße"], &["STRASSE"], &["Σίσυφος"], &["ΣΊΣΥΦΟΣ"]]),
        ),
        offer(
            "the same name but for composition",
            &paths(&[&["e\u{301}"], &["\u{e9}"], &["\u{1112}\u{1161}\u{11ab}"], &["한"], &["\u{212a}"], &["k"]]),
        ),
        offer("a number that is taken", &paths(&[&["a (1)"], &["a"], &["a"], &["a"]])),
        offer("made the same by being made safe", &paths(&[&["a:b"], &["a?b"], &["a_b"]])),
        offer(
            "one folder in two cases",
            &paths(&[
                &["Pictures", "a"],
                &["pictures", "b"],
                &["PICTURES", "A"],
                &["Pictures", "Sub", "c"],
                &["pictures", "sub", "C"],
            ]),
        ),
        offer("a file, then a folder of its name", &paths(&[&["a"], &["a", "b"], &["A", "c"], &["a"], &["a", "d"]])),
        offer("a folder, then a file of its name", &paths(&[&["a", "b"], &["a"], &["A"]])),
        offer(
            "the longest component",
            &paths(&[&[&x(255)], &[&x(255)], &[&format!("{}.txt", x(251))], &[&format!("{}.txt", x(251))]]),
        ),
        offer("longer by being made safe", &paths(&[&[&format!("CON.{}", x(251))], &[&"\u{1d15e}".repeat(63)]])),
        offer(
            "cut to a device name or to nothing",
            &paths(&[
                &[&format!("CON{}\u{fa6c}", " ".repeat(249))],
                &[&format!("CON{}\u{fa6c}.txt", " ".repeat(245)), "a"],
                &[&format!("{}\u{fa6c}", " ".repeat(252))],
            ]),
        ),
        offer(
            "one beginning, cut",
            &paths(&[
                &[&format!("{}a", x(252))],
                &[&format!("{}b", x(252))],
                &[&format!("{}b", x(252))],
                &[&format!("{}a", x(252))],
            ]),
        ),
        offer("cut at a character", &paths(&[&[&"가".repeat(85)], &[&"가".repeat(85)]])),
        offer(
            "a long extension is none",
            &paths(&[
                &[&format!("a.{}", x(40))],
                &[&format!("a.{}", x(40))],
                &[&format!("a.{}", x(31))],
                &[&format!("a.{}", x(31))],
            ]),
        ),
        offer("the deepest path", &[vec!["d".into(); 32]]),
        offer("the longest path", &[vec![x(204); 5]]),
    ];
    let refused: [(&str, Vec<String>); 15] = [
        ("no component", vec![]),
        ("an empty component", vec![String::new()]),
        ("an absolute path", vec![String::new(), "etc".into(), "passwd".into()]),
        ("an empty last component", vec!["a".into(), String::new()]),
        ("a dot", vec![".".into()]),
        ("two dots", vec!["..".into(), "a".into()]),
        ("two dots inside", vec!["a".into(), "..".into(), "b".into()]),
        ("a slash", vec!["a/b".into()]),
        ("a traversal in one component", vec!["../a".into()]),
        ("a backslash", vec!["a\\b".into()]),
        ("a UNC path", vec!["\\\\server\\share".into()]),
        ("NUL", vec!["a\0b".into()]),
        ("a component over 255 bytes", vec!["가".repeat(86)]),
        ("over 32 components", vec!["d".into(); 33]),
        ("over 1024 bytes", vec![x(204), x(204), x(204), x(204), x(205)]),
    ];
    offers.extend(refused.map(|(name, path)| offer(name, &[vec!["harmless".into()], path])));
    Value::Array(offers)
}
