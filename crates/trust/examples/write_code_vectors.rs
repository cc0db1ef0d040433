//! Writes `tests/vectors/{words,spoken-code,code-room}.json` and `ui/src/trust/words/*.ts`: `cargo run -p parlor-trust --example write_code_vectors`.
//!
//! Both languages replay them. The exchanges are recorded from this crate; that its CPace is the draft's, `cpace.json` says.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a generator that fails writes nothing"
)]

use std::{fmt::Write, path::Path};

use parlor_protocol::id::PeerId;
use parlor_trust::{
    CODE_LIFE_MS, CodeGuest, CodeGuestOutput, CodeMessage, CodeOwner, CodeRoom, Invitation, Language, SpokenCode,
};
use serde_json::{Value, json};
use sha2::{Digest, Sha512};

const SERVER: &str = "https://parlor.example";

fn main() {
    let rooms = [1, 7, 999_999].map(code_room);
    write_file("tests/vectors/words.json", &pretty(&json!({ "english": words(0), "korean": words(1) })));
    write_file("tests/vectors/spoken-code.json", &pretty(&spoken_code()));
    write_file("tests/vectors/code-room.json", &pretty(&json!({ "rooms": rooms })));
    write_file("ui/src/trust/words/english.ts", &module("English", "en", "ENGLISH_WORDS", words(0)));
    write_file("ui/src/trust/words/korean.ts", &module("Korean", "ko", "KOREAN_WORDS", words(1)));
}

fn words(language: usize) -> &'static [&'static str] {
    Language::ALL[language].words()
}

fn pretty(value: &Value) -> String {
    serde_json::to_string_pretty(value).unwrap() + "\n"
}

fn write_file(name: &str, text: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(name);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, text).unwrap();
}

/// A module of the page that holds a list, sixteen words a line.
fn module(language: &str, file: &str, name: &str, words: &[&str]) -> String {
    let mut text = format!(
        "// The {language} words of spoken codes. Generated from crates/trust/words/{file}.txt; vectors compare the two:\n\
         // `cargo run -p parlor-trust --example write_code_vectors`.\n\n\
         /** 1024 words in the order of code points. */\nexport const {name}: readonly string[] = `\n"
    );
    for line in words.chunks(16) {
        writeln!(text, "{}", line.join(" ")).unwrap();
    }
    text + "`\n  .trim()\n  .split(/\\s+/);\n"
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Bytes that look random and are the same at each run.
fn bytes<const N: usize>(name: &str) -> [u8; N] {
    Sha512::digest(name.as_bytes())[..N].try_into().unwrap()
}

fn code_room(number: u32) -> Value {
    let derived = CodeRoom::new(number);
    json!({ "number": number, "room": derived.room().to_string(), "token": derived.token() })
}

fn spoken_code() -> Value {
    let created = [(1, [0; 4]), (7, bytes("seven")), (42, [0x3f, 0xff, 0xff, 0xff]), (999_999, [0xff; 4])];
    let created: Vec<Value> = Language::ALL
        .into_iter()
        .flat_map(|language| created.map(|(number, random)| (language, number, random)))
        .map(|(language, number, random)| {
            let code = SpokenCode::new(number, language, random).unwrap();
            let (language, text) = (name(language), code.text());
            json!({ "number": number, "language": language, "random": hex(&random), "text": *text })
        })
        .collect();
    json!({ "created": created, "read": read(), "refused": refused(), "exchanges": exchanges(), "scripts": scripts() })
}

fn name(language: Language) -> &'static str {
    match language {
        Language::English => "english",
        Language::Korean => "korean",
    }
}

fn read() -> Value {
    let korean = "12-사과-나무-하늘";
    let decomposed =
        "12-\u{1109}\u{1161}\u{1100}\u{116a}-\u{1102}\u{1161}\u{1106}\u{116e}-\u{1112}\u{1161}\u{1102}\u{1173}\u{11af}";
    let english = "7-apple-lantern-tulip";
    let cases = [
        (english, "7-apple-lantern-tulip"),
        ("7-Apple-LANTERN-tulip", english),
        ("  7 apple lantern tulip\n", english),
        ("7 - apple – lantern — tulip.", english),
        ("7, apple, lantern, tulip", english),
        ("007_apple_lantern_tulip", english),
        ("7apple lantern tulip", english),
        ("７－ａｐｐｌｅ－ｌａｎｔｅｒｎ－ｔｕｌｉｐ", english),
        ("-7\u{3000}apple\u{a0}lantern\u{2009}tulip", english),
        ("999999-apple-apple-apple", "999999-apple-apple-apple"),
        (korean, korean),
        (decomposed, korean),
        ("12 사과 나무 하늘", korean),
        ("12사과나무하늘", korean),
        ("12 사과나무 하늘", korean),
        ("12 사과、나무하늘。", korean),
        ("１２　사과　나무　하늘", korean),
    ];
    cases.map(|(text, code)| json!({ "text": text, "code": code })).to_vec().into()
}

fn refused() -> Value {
    let long = format!("7-apple-lantern-tulip{}", " ".repeat(300));
    let cases = [
        ("", "not-a-code", None),
        ("7", "not-a-code", None),
        ("apple-lantern-tulip", "not-a-code", None),
        ("apple-7-lantern-tulip", "not-a-code", None),
        ("7-apple-lantern", "not-a-code", None),
        ("7-apple-lantern-tulip-tulip", "not-a-code", None),
        ("0-apple-lantern-tulip", "not-a-code", None),
        ("1000000-apple-lantern-tulip", "not-a-code", None),
        ("1000000-zzzz-lantern-tulip", "not-a-code", None),
        ("-7.5-apple-lantern-tulip", "not-a-code", None),
        ("7-사과나무하늘바다", "not-a-code", None),
        (long.as_str(), "not-a-code", None),
        ("7-aple-lantern-tulip", "unknown-word", Some(0)),
        ("7-apple-lantrn-tulip", "unknown-word", Some(1)),
        ("7-apple-lantern-tulipp", "unknown-word", Some(2)),
        ("7-apple-나무-tulip", "unknown-word", Some(1)),
        ("7-사과-나무-tulip", "unknown-word", Some(2)),
        ("7-apple-lantern-tul\u{130}p", "unknown-word", Some(2)),
        ("7-constructor-apple-apple", "unknown-word", Some(0)),
        ("7-사과나-무하늘-하늘", "unknown-word", Some(0)),
    ];
    cases.map(|(text, code, place)| json!({ "text": text, "code": code, "place": place })).to_vec().into()
}

fn exchanges() -> Value {
    let exchange = |index: u32| {
        let label = |what: &str| format!("{what} {index}");
        let code = SpokenCode::new(index * 7 + 1, Language::ALL[index as usize % 2], bytes(&label("words"))).unwrap();
        let (guest_id, owner_id) = (PeerId(bytes(&label("guest"))), PeerId(bytes(&label("owner"))));
        let invitation = Invitation::new(SERVER, bytes(&label("secret"))).unwrap();
        let [guest_random, owner_random, seal_random] = ["a", "b", "c"].map(|what| bytes::<64>(&label(what)));
        let session: [u8; 16] = bytes(&label("session"));
        let (mut guest, first) = CodeGuest::begin(&code, guest_id, &guest_random, session);
        let mut owner = CodeOwner::new(code.clone(), owner_id, 0);
        let answer = owner.message_received(guest_id, &first, &invitation, &owner_random, 1).unwrap();
        let CodeGuestOutput::Send(confirm) = guest.message_received(owner_id, &answer, SERVER).unwrap() else {
            panic!("the guest confirms")
        };
        let sealed = owner.message_received(guest_id, &confirm, &invitation, &seal_random, 2).unwrap();
        let invited = guest.message_received(owner_id, &sealed, SERVER).unwrap();
        assert_eq!(invited, CodeGuestOutput::Invited(invitation));
        json!({
            "code": *code.text(), "guest": guest_id, "owner": owner_id, "session": hex(&session),
            "guest_random": hex(&guest_random), "owner_random": hex(&owner_random), "seal_random": hex(&seal_random[..24]),
            "secret": hex(&bytes::<32>(&label("secret"))), "messages": [first, answer, confirm, sealed],
        })
    };
    (0..8).map(exchange).collect()
}

/// What an owner answers, step by step: `ok` is the type of its message, `code` that of its refusal.
fn scripts() -> Value {
    let code = "7-apple-lantern-tulip";
    let [guest, other, owner] = [1, 2, 3].map(|byte| PeerId([byte; 16]));
    let random: [u8; 64] = bytes("script");
    let begin = |text: &str, peer| CodeGuest::begin(&text.parse().unwrap(), peer, &bytes("guest"), bytes("session"));
    let (mut right, right_try) = begin(code, guest);
    let (_, wrong_try) = begin("7-apple-lantern-tuxedo", guest);
    let answer = CodeOwner::new(code.parse().unwrap(), owner, 0)
        .message_received(guest, &right_try, &Invitation::new(SERVER, [9; 32]).unwrap(), &random, 0)
        .unwrap();
    let Ok(CodeGuestOutput::Send(right_confirm)) = right.message_received(owner, &answer, SERVER) else {
        panic!("the guest confirms")
    };
    let wrong_confirm = CodeMessage::CodeConfirm { confirm: parlor_trust::Base64url([0; 32]) };
    let CodeMessage::CodeTry { session, .. } = right_try else { panic!("a try") };
    let share = |bytes| CodeMessage::CodeTry { session, share: parlor_trust::Base64url(bytes) };
    let late = CODE_LIFE_MS;
    let ok = |from: PeerId, message: &CodeMessage, now_ms: u64, kind: &str| json!({ "from": from, "message": message, "now_ms": now_ms, "ok": kind, "code": null });
    let no = |from: PeerId, message: &CodeMessage, now_ms: u64, code: &str| json!({ "from": from, "message": message, "now_ms": now_ms, "ok": null, "code": code });
    let tried = ok(guest, &right_try, 1, "code-answer");
    let used = ok(guest, &right_confirm, 2, "code-invitation");
    let script =
        |name: &str, steps: Vec<Value>, status: &str| json!({ "name": name, "steps": steps, "status": status });
    let scripts = [
        script("right", vec![tried.clone(), used.clone()], "used"),
        script(
            "right, at the last moment",
            vec![
                ok(guest, &right_try, late - 1, "code-answer"),
                ok(guest, &right_confirm, late - 1, "code-invitation"),
            ],
            "used",
        ),
        script(
            "nothing after it was used",
            vec![
                tried.clone(),
                used,
                no(guest, &right_confirm, 3, "out-of-order"),
                no(guest, &right_try, 3, "out-of-order"),
                no(other, &wrong_try, 3, "out-of-order"),
            ],
            "used",
        ),
        script(
            "a second try is refused, the first goes on",
            vec![
                tried.clone(),
                no(other, &wrong_try, 2, "out-of-order"),
                no(guest, &right_try, 2, "out-of-order"),
                ok(guest, &right_confirm, 3, "code-invitation"),
            ],
            "used",
        ),
        script(
            "a wrong try is answered, and its confirmation burns",
            vec![
                ok(guest, &wrong_try, 1, "code-answer"),
                no(guest, &right_confirm, 2, "wrong-code"),
                no(guest, &right_try, 3, "code-burnt"),
            ],
            "burnt",
        ),
        script(
            "a wrong confirmation burns",
            vec![tried.clone(), no(guest, &wrong_confirm, 2, "wrong-code"), no(guest, &right_confirm, 3, "code-burnt")],
            "burnt",
        ),
        script(
            "another peer's confirmation does not",
            vec![
                tried.clone(),
                no(other, &right_confirm, 2, "out-of-order"),
                ok(guest, &right_confirm, 3, "code-invitation"),
            ],
            "used",
        ),
        script(
            "a confirmation before a try does not",
            vec![no(guest, &right_confirm, 1, "out-of-order"), tried.clone()],
            "tried",
        ),
        script(
            "messages of an owner are not awaited",
            vec![no(guest, &answer, 1, "out-of-order"), tried.clone(), no(guest, &answer, 2, "out-of-order")],
            "tried",
        ),
        script(
            "the identity burns",
            vec![no(guest, &share([0; 32]), 1, "bad-share"), no(guest, &right_try, 2, "code-burnt")],
            "burnt",
        ),
        script(
            "no point burns",
            vec![no(guest, &share([0xff; 32]), 1, "bad-share"), no(guest, &right_try, 2, "code-burnt")],
            "burnt",
        ),
        script(
            "too late for a try",
            vec![no(guest, &right_try, late, "code-expired"), no(guest, &right_try, 1, "code-expired")],
            "expired",
        ),
        script("too late for a confirmation", vec![tried, no(guest, &right_confirm, late, "code-expired")], "expired"),
    ];
    json!({ "code": code, "owner": owner, "owner_random": hex(&random), "steps_of": scripts })
}
