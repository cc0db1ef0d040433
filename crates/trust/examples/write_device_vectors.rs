//! Writes `tests/vectors/{comparison,device}.json`: `cargo run -p parlor-trust --example write_device_vectors`.
//!
//! Both languages replay them. Short strings and signed bytes are built by hand here, from the primitives and the prose of
//! docs/protocol.md, so that a fault of the crate does not hide in its own output.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a generator that fails writes nothing"
)]

use std::path::Path;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use ed25519_dalek::{Signer, SigningKey};
use hkdf::Hkdf;
use parlor_protocol::{id::PeerId, negotiation::HostKind};
use parlor_trust::{About, DeviceKey, EMOJI, Epoch, Handshake, Invitation, Nonce};
use serde_json::{Value, json};
use sha2::{Digest, Sha256, Sha512};

const SECRET: [u8; 32] = [0x5e; 32];
const LOW: PeerId = PeerId([0x11; 16]);
const HIGH: PeerId = PeerId([0xee; 16]);
const LOW_NONCE: [u8; 32] = [0x21; 32];
const HIGH_NONCE: [u8; 32] = [0xde; 32];

fn main() {
    write("comparison", &comparison());
    write("device", &device());
}

fn write(name: &str, value: &Value) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/vectors").join(format!("{name}.json"));
    std::fs::write(path, serde_json::to_string_pretty(value).unwrap() + "\n").unwrap();
}

fn b64(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Bytes that look random and are the same at each run.
fn bytes<const N: usize>(name: &str) -> [u8; N] {
    Sha512::digest(name.as_bytes())[..N].try_into().unwrap()
}

/// A side of a comparison: as JSON, and as the bytes of the transcript.
fn side(peer: PeerId, name: &str, has_media: bool, has_device: bool) -> (Value, Vec<u8>) {
    let data: [u8; 32] = bytes(&format!("{name} data"));
    let media = has_media.then(|| bytes::<32>(&format!("{name} media")));
    let device = has_device.then(|| DeviceKey::new(&bytes(&format!("{name} device"))).id());
    let mut text = [peer.as_bytes().as_slice(), &data].concat();
    for optional in [media, device.map(|device| device.to_bytes())] {
        text.extend(optional.map_or(vec![0], |bytes| [[1].as_slice(), &bytes].concat()));
    }
    let device = device.map(|device| device.to_string());
    (json!({ "peer": peer, "data": hex(&data), "media": media.map(|media| hex(&media)), "device": device }), text)
}

fn comparison() -> Value {
    let compared = |index: u32| {
        let name = format!("comparison {index}");
        let mut peers = [PeerId(bytes(&format!("{name} one"))), PeerId(bytes(&format!("{name} other")))];
        peers.sort();
        let low = side(peers[0], &format!("{name} low"), index & 1 != 0, index & 2 != 0);
        let high = side(peers[1], &format!("{name} high"), index & 1 != 0, index & 4 != 0);
        let [low_nonce, high_nonce] = ["low", "high"].map(|who| bytes::<32>(&format!("{name} nonce {who}")));
        let commitment =
            Sha256::digest([b"parlor v1 comparison commitment".as_slice(), peers[0].as_bytes(), &low_nonce].concat());
        let hkdf = Hkdf::<Sha256>::new(Some(b"parlor v1 comparison"), &[low_nonce, high_nonce].concat());
        let (mut emoji, mut digits) = ([0; 6], [0; 16]);
        hkdf.expand_multi_info(&[b"parlor v1 comparison emoji", &low.1, &high.1], &mut emoji).unwrap();
        hkdf.expand_multi_info(&[b"parlor v1 comparison digits", &low.1, &high.1], &mut digits).unwrap();
        let bits: String = emoji.iter().map(|byte| format!("{byte:08b}")).collect();
        let shown: String =
            (0..7).map(|at| EMOJI[usize::from_str_radix(&bits[at * 6..at * 6 + 6], 2).unwrap()].symbol).collect();
        let digits = format!("{:012}", u128::from_be_bytes(digits) % 1_000_000_000_000);
        json!({
            "low": low.0, "high": high.0, "low_nonce": b64(&low_nonce), "high_nonce": b64(&high_nonce),
            "commitment": b64(&commitment), "emoji": shown,
            "digits": format!("{} {} {}", &digits[..4], &digits[4..8], &digits[8..]),
        })
    };
    let emoji: Vec<Value> = EMOJI.iter().map(|emoji| json!([emoji.symbol, emoji.english, emoji.korean])).collect();
    json!({ "emoji": emoji, "compared": (0..16).map(compared).collect::<Vec<_>>(), "scripts": scripts() })
}

/// What a side answers, step by step: the message it sends or null, or the code of its refusal. `begin` instead of a message begins.
fn scripts() -> Value {
    let reveal = |nonce: u8| json!({ "type": "comparison-reveal", "nonce": b64(&[nonce; 32]) });
    let commit = |nonce: u8| {
        let hash =
            Sha256::digest([b"parlor v1 comparison commitment".as_slice(), LOW.as_bytes(), &[nonce; 32]].concat());
        json!({ "type": "comparison-commit", "commitment": b64(&hash) })
    };
    let wanted = || json!({ "type": "comparison-wanted" });
    let step = |message: Value, answer: Value| json!({ "message": message, "answer": answer, "code": null });
    let bad = |message: Value, code: &str| json!({ "message": message, "answer": null, "code": code });
    let begin = || json!("begin");
    // The low side's nonce is 32 bytes of 1, the high side's 32 of 2.
    let (committed, revealed) = (step(begin(), commit(1)), step(commit(1), reveal(2)));
    let script = |side: &str, name: &str, steps: Vec<Value>, end: &str| json!({ "side": side, "name": name, "steps": steps, "end": end });
    json!([
        script("low", "begins", vec![committed.clone(), step(reveal(2), reveal(1))], "done"),
        script("low", "is asked", vec![step(wanted(), commit(1)), step(reveal(2), reveal(1))], "done"),
        script(
            "low",
            "is asked while it begins",
            vec![committed.clone(), step(wanted(), Value::Null), step(reveal(2), reveal(1))],
            "done"
        ),
        script("low", "begins twice", vec![committed.clone(), bad(begin(), "out-of-order")], "open"),
        script(
            "low",
            "gets a nonce before it has committed",
            vec![bad(reveal(2), "out-of-order"), bad(wanted(), "out-of-order")],
            "failed"
        ),
        script(
            "low",
            "gets a commitment",
            vec![committed.clone(), bad(commit(2), "out-of-order"), bad(reveal(2), "out-of-order")],
            "failed"
        ),
        script(
            "low",
            "gets the nonce twice",
            vec![committed.clone(), step(reveal(2), reveal(1)), bad(reveal(2), "repeat")],
            "done"
        ),
        script(
            "low",
            "gets two nonces",
            vec![committed.clone(), step(reveal(2), reveal(1)), bad(reveal(3), "out-of-order")],
            "failed"
        ),
        script(
            "low",
            "is asked after the end",
            vec![committed, step(reveal(2), reveal(1)), bad(wanted(), "out-of-order")],
            "failed"
        ),
        script("high", "asks", vec![step(begin(), wanted()), revealed.clone(), step(reveal(1), Value::Null)], "done"),
        script("high", "is begun with", vec![revealed.clone(), step(reveal(1), Value::Null)], "done"),
        script(
            "high",
            "begins too late",
            vec![revealed.clone(), bad(begin(), "out-of-order"), step(reveal(1), Value::Null)],
            "done"
        ),
        script(
            "high",
            "gets a nonce that was not committed to",
            vec![revealed.clone(), bad(reveal(3), "wrong-commitment"), bad(reveal(1), "out-of-order")],
            "failed"
        ),
        script("high", "gets its own nonce back", vec![revealed.clone(), bad(reveal(2), "wrong-commitment")], "failed"),
        script(
            "high",
            "gets the commitment twice",
            vec![revealed.clone(), bad(commit(1), "repeat"), step(reveal(1), Value::Null)],
            "done"
        ),
        script(
            "high",
            "gets two commitments",
            vec![revealed.clone(), bad(commit(3), "out-of-order"), bad(reveal(1), "out-of-order")],
            "failed"
        ),
        script(
            "high",
            "gets a nonce without a commitment",
            vec![bad(reveal(1), "out-of-order"), bad(commit(1), "out-of-order")],
            "failed"
        ),
        script("high", "is asked", vec![bad(wanted(), "out-of-order")], "failed"),
        script(
            "high",
            "gets the nonce twice",
            vec![revealed, step(reveal(1), Value::Null), bad(reveal(1), "repeat")],
            "done"
        ),
    ])
}

fn device() -> Value {
    let seeds = [[0; 32], [7; 32], bytes("device seed")];
    let keys = seeds
        .map(|seed| json!({ "seed": hex(&seed), "id": b64(SigningKey::from_bytes(&seed).verifying_key().as_bytes()) }));
    let id = b64(SigningKey::from_bytes(&[7; 32]).verifying_key().as_bytes());
    let mut second_encoding = [0xff; 32];
    (second_encoding[0], second_encoding[31]) = (0xf0, 0x7f);
    let mut one = [0; 32];
    one[0] = 1;
    let mut no_point = [0; 32];
    no_point[0] = 2;
    let refused = [
        String::new(),
        id[1..].to_owned(),
        format!("{id}A"),
        format!("{id}="),
        format!("{}_", &id[..42]),
        b64(&[0; 32]),
        b64(&one),
        b64(&no_point),
        b64(&second_encoding),
    ];
    let (low_fp, high_fp) = (bytes::<32>("low fingerprint"), bytes::<32>("high fingerprint"));
    let (epoch, _) = epochs();
    let seed = [7; 32];
    let signed = |link: u32, role: u8, plane: u8, fps: [[u8; 32]; 2]| {
        let key = SigningKey::from_bytes(&seed);
        let public = key.verifying_key();
        let (peers, nonces) =
            if role == 0 { ([LOW, HIGH], [LOW_NONCE, HIGH_NONCE]) } else { ([HIGH, LOW], [HIGH_NONCE, LOW_NONCE]) };
        let head: [&[u8]; 8] = [
            b"parlor v1 device",
            public.as_bytes(),
            peers[0].as_bytes(),
            peers[1].as_bytes(),
            b"parlor v1 key confirmation",
            &[plane, role],
            &epoch.id().0,
            &link.to_be_bytes(),
        ];
        b64(&key.sign(&[head.concat(), fps.concat(), nonces.concat()].concat()).to_bytes())
    };
    let right: Vec<Value> = [1, 2, u32::MAX]
        .map(|link| json!({ "link": link, "low": signed(link, 0, 1, [low_fp, high_fp]), "high": signed(link, 1, 1, [high_fp, low_fp]) }))
        .to_vec();
    let wrong = |name: &str, key: &str, signature: String, code: &str| json!({ "name": name, "key": key, "signature": signature, "code": code });
    let good = signed(1, 0, 1, [low_fp, high_fp]);
    let other = b64(SigningKey::from_bytes(&[8; 32]).verifying_key().as_bytes());
    // At the high side, on connection 1.
    let wrong = [
        wrong("another key", &other, good.clone(), "proof-failed"),
        wrong("reflected", &id, signed(1, 1, 1, [high_fp, low_fp]), "proof-failed"),
        wrong("of another connection", &id, signed(2, 0, 1, [low_fp, high_fp]), "proof-failed"),
        wrong("of the other plane", &id, signed(1, 0, 2, [low_fp, high_fp]), "proof-failed"),
        wrong("over another certificate", &id, signed(1, 0, 1, [high_fp, high_fp]), "proof-failed"),
        wrong("nothing", &id, b64(&[0; 64]), "proof-failed"),
        wrong("by a weak key", &b64(&one), good, "not-a-device-key"),
    ];
    json!({
        "keys": keys, "refused": refused, "secret": hex(&SECRET), "seed": hex(&seed),
        "low": { "peer": LOW, "nonce": b64(&LOW_NONCE) }, "high": { "peer": HIGH, "nonce": b64(&HIGH_NONCE) },
        "low_fingerprint": hex(&low_fp), "high_fingerprint": hex(&high_fp), "right": right, "wrong": wrong,
    })
}

/// The epoch of `LOW` and `HIGH` at both.
fn epochs() -> (Epoch, Epoch) {
    let keys = Invitation::new("https://parlor.example", SECRET).unwrap().keys();
    let (mut low, mut high) = (Handshake::new(&keys, LOW, HIGH), Handshake::new(&keys, HIGH, LOW));
    let about = About { name: String::new(), agent: String::new(), host: HostKind::App };
    let hello = low.begin(Nonce(LOW_NONCE)).hello(&about);
    let hello = high.hello_received(&hello, Nonce(HIGH_NONCE)).unwrap().send.unwrap().hello(&about);
    let step = low.hello_received(&hello, Nonce([0; 32])).unwrap();
    let hello = step.send.unwrap().hello(&about);
    let at_high = high.hello_received(&hello, Nonce([0; 32])).unwrap().established.unwrap();
    (step.established.unwrap(), at_high)
}
