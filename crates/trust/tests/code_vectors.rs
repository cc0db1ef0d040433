//! Replays `tests/vectors/{words,cpace,spoken-code,code-room}.json`, which the page's twin replays as well.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a vector that cannot be read has failed"
)]

use std::collections::{BTreeMap, HashSet};

use parlor_protocol::id::PeerId;
use parlor_trust::{
    CodeGuest, CodeGuestOutput, CodeMessage, CodeOwner, CodeRoom, CodeStatus, Invitation, Language, SpokenCode,
    TrustError, WORD_COUNT,
    cpace::{Generator, Message, Order, Secret, session_key, session_output, transcript},
};
use serde::Deserialize;
use serde_json::Value;
use unicode_normalization::is_nfc;

const SERVER: &str = "https://parlor.example";

fn unhex<const N: usize>(text: &str) -> [u8; N] {
    unhex_any(text).try_into().unwrap()
}

fn unhex_any(text: &str) -> Vec<u8> {
    (0..text.len()).step_by(2).map(|index| u8::from_str_radix(&text[index..index + 2], 16).unwrap()).collect()
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Words {
    english: Vec<String>,
    korean: Vec<String>,
}

#[test]
fn words_are_as_the_vectors_say() {
    let vectors: Words = serde_json::from_str(include_str!("../../../tests/vectors/words.json")).unwrap();
    for (language, words) in [(Language::English, vectors.english), (Language::Korean, vectors.korean)] {
        assert_eq!(words.len(), WORD_COUNT);
        assert_eq!(language.words(), words);
        assert!(words.is_sorted_by(|one, next| one < next), "in order, none twice");
        assert!(words.iter().all(|word| is_nfc(word)));
    }
}

#[test]
fn english_words_are_told_apart_by_ear_and_by_their_beginning() {
    let words = Language::English.words();
    assert!(
        words.iter().all(|word| (4..=8).contains(&word.len()) && word.bytes().all(|byte| byte.is_ascii_lowercase()))
    );
    assert_eq!(words.iter().map(|word| &word[..4]).collect::<HashSet<_>>().len(), WORD_COUNT);
    assert_eq!(words.iter().map(|word| consonants(word)).collect::<HashSet<_>>().len(), WORD_COUNT);
    for (place, word) in words.iter().enumerate() {
        for other in &words[place + 1..] {
            assert!(!is_within_one_edit(word.as_bytes(), other.as_bytes()), "{word} and {other}");
        }
    }
}

/// What is left of a word on a bad line: how it begins, and its consonants.
fn consonants(word: &str) -> String {
    let mut left = String::new();
    for (place, letter) in word.chars().enumerate() {
        let is_vowel = "aeiouy".contains(letter);
        let heard = if place == 0 && is_vowel { 'a' } else { letter };
        if (place == 0 || !(is_vowel || "hw".contains(letter))) && !left.ends_with(heard) {
            left.push(heard);
        }
    }
    left
}

/// Whether one letter changed, added or left out makes one into the other.
fn is_within_one_edit(one: &[u8], other: &[u8]) -> bool {
    let shared = one.iter().zip(other).take_while(|(a, b)| a == b).count();
    let (one, other) = (&one[shared..], &other[shared..]);
    let behind = |rest: &[u8]| rest.get(1..).map(<[u8]>::to_vec);
    behind(one) == behind(other) || behind(one).as_deref() == Some(other) || behind(other).as_deref() == Some(one)
}

#[test]
fn korean_words_have_two_syllables_and_no_two_sound_alike() {
    let words = Language::Korean.words();
    let sound = |word: &str| {
        word.chars()
            .map(|character| {
                let syllable = u32::from(character).checked_sub(0xac00).filter(|syllable| *syllable < 11_172).unwrap();
                // Today's speech has one vowel for ae and e, yae and ye, wae, oe and we; and seven closing consonants.
                let vowel = match syllable / 28 % 21 {
                    5 => 1,
                    7 => 3,
                    11 | 15 => 10,
                    vowel => vowel,
                };
                let closing = match syllable % 28 {
                    1..=3 | 9 | 24 => 'k',
                    4..=6 => 'n',
                    7 | 19 | 20 | 22 | 23 | 25..=27 if syllable % 28 != 26 => 't',
                    8 | 11..=13 | 15 => 'l',
                    10 | 16 => 'm',
                    14 | 17 | 18 | 26 => 'p',
                    21 => 'g',
                    _ => ' ',
                };
                (syllable / 588, vowel, closing)
            })
            .collect::<Vec<_>>()
    };
    assert!(words.iter().all(|word| word.chars().count() == 2));
    assert_eq!(words.iter().map(|word| sound(word)).collect::<HashSet<_>>().len(), WORD_COUNT);
}

#[test]
fn cpace_is_as_the_draft_says() {
    let vectors: BTreeMap<String, Value> =
        serde_json::from_str(include_str!("../../../tests/vectors/cpace.json")).unwrap();
    let run = &vectors["G_Coffee25519"];
    let get = |name: &str| unhex_any(run[name].as_str().unwrap());
    // A scalar below the group's order is its own remainder.
    let secret = |name: &str| Secret::new(&[get(name), vec![0; 32]].concat().try_into().unwrap());
    let (session, ya, yb) = (get("sid"), secret("ya"), secret("yb"));
    let generator = Generator::new(&get("PRS"), &get("CI"), &session);
    assert_eq!(generator.to_bytes().to_vec(), get("g"));
    let [a, b] = [&ya, &yb].map(|secret| secret.share(&generator));
    assert_eq!([a.to_vec(), b.to_vec()], [get("Ya"), get("Yb")]);
    let agreed = ya.agree(&b).unwrap();
    assert_eq!(agreed, yb.agree(&a).unwrap());
    assert_eq!(agreed.to_vec(), get("K"));
    let (a_data, b_data) = (get("ADa"), get("ADb"));
    for (order, key, output) in
        [(Order::InitiatorResponder, "ISK_IR", "sid_output_ir"), (Order::Symmetric, "ISK_SY", "sid_output_oc")]
    {
        let text = transcript(order, Message { share: &a, data: &a_data }, Message { share: &b, data: &b_data });
        assert_eq!(session_key(&session, &agreed, &text).to_vec(), get(key));
        assert_eq!(session_output(&text).to_vec(), get(output));
        let turned = transcript(order, Message { share: &b, data: &b_data }, Message { share: &a, data: &a_data });
        assert_eq!(turned == text, order == Order::Symmetric);
    }

    let points = &vectors["G_Coffee25519_points"];
    let valid = &points["Valid"];
    let get = |name: &str| unhex::<32>(valid[name].as_str().unwrap());
    let secret = Secret::new(&[get("s"), [0; 32]].concat().try_into().unwrap());
    let agreed = secret.agree(&get("X")).unwrap();
    assert_eq!(*agreed, get("G.scalar_mult(s,decode(X))"));
    assert_eq!(*agreed, get("G.scalar_mult_vfy(s,X)"));
    for name in ["Invalid Y1", "Invalid Y2"] {
        assert_eq!(secret.agree(&unhex(points[name].as_str().unwrap())).unwrap_err(), TrustError::BadShare, "{name}");
    }
    assert_eq!(Secret::new(&[0; 64]).agree(&get("X")).unwrap_err(), TrustError::BadShare);
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Codes {
    created: Vec<Created>,
    read: Vec<Read>,
    refused: Vec<Refused>,
    exchanges: Vec<Exchange>,
    scripts: Scripts,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Created {
    number: u32,
    language: String,
    random: String,
    text: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Read {
    text: String,
    code: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Refused {
    text: String,
    code: String,
    place: Option<u8>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Exchange {
    code: String,
    guest: PeerId,
    owner: PeerId,
    session: String,
    guest_random: String,
    owner_random: String,
    seal_random: String,
    secret: String,
    messages: [CodeMessage; 4],
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Scripts {
    code: String,
    owner: PeerId,
    owner_random: String,
    steps_of: Vec<Script>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Script {
    name: String,
    steps: Vec<Step>,
    status: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Step {
    from: PeerId,
    message: CodeMessage,
    now_ms: u64,
    ok: Option<String>,
    code: Option<String>,
}

fn codes() -> Codes {
    serde_json::from_str(include_str!("../../../tests/vectors/spoken-code.json")).unwrap()
}

#[test]
fn codes_are_made_and_read_as_the_vectors_say() {
    let Codes { created, read, refused, .. } = codes();
    assert!(created.len() >= 8 && read.len() >= 17 && refused.len() >= 20);
    for Created { number, language, random, text } in created {
        let language = if language == "korean" { Language::Korean } else { Language::English };
        let code = SpokenCode::new(number, language, unhex(&random)).unwrap();
        assert_eq!(*code.text(), text);
        assert_eq!(text.parse::<SpokenCode>().unwrap(), code);
        assert_eq!((code.number(), code.language()), (number, language));
    }
    for Read { text, code } in read {
        let parsed: SpokenCode = text.parse().unwrap_or_else(|error| panic!("{text}: {error}"));
        assert_eq!(*parsed.text(), code, "{text}");
    }
    for Refused { text, code, place } in refused {
        let error = text.parse::<SpokenCode>().unwrap_err();
        assert_eq!(error.code(), code, "{text}");
        assert_eq!(if let TrustError::UnknownWord(place) = error { Some(place) } else { None }, place, "{text}");
    }
}

#[test]
fn exchanges_go_as_the_vectors_say() {
    let Codes { exchanges, .. } = codes();
    assert!(exchanges.len() >= 8);
    for vector in exchanges {
        let code: SpokenCode = vector.code.parse().unwrap();
        let invitation = Invitation::new(SERVER, unhex(&vector.secret)).unwrap();
        let [tried, answer, confirm, sealed] = vector.messages;
        let (mut guest, first) =
            CodeGuest::begin(&code, vector.guest, &unhex(&vector.guest_random), unhex(&vector.session));
        let mut owner = CodeOwner::new(code, vector.owner, 0);
        assert_eq!(first, tried);
        let said = owner.message_received(vector.guest, &tried, &invitation, &unhex(&vector.owner_random), 1);
        assert_eq!(said, Ok(answer));
        assert_eq!(guest.message_received(vector.owner, &answer, SERVER), Ok(CodeGuestOutput::Send(confirm)));
        let fresh = [unhex_any(&vector.seal_random), vec![0; 40]].concat().try_into().unwrap();
        assert_eq!(owner.message_received(vector.guest, &confirm, &invitation, &fresh, 2), Ok(sealed));
        let invited = guest.message_received(vector.owner, &sealed, SERVER);
        assert_eq!(invited, Ok(CodeGuestOutput::Invited(invitation)));
    }
}

#[test]
fn owners_answer_as_the_vectors_say() {
    let Codes { scripts, .. } = codes();
    assert!(scripts.steps_of.len() >= 13);
    let invitation = Invitation::new(SERVER, [9; 32]).unwrap();
    for Script { name, steps, status } in scripts.steps_of {
        let mut owner = CodeOwner::new(scripts.code.parse().unwrap(), scripts.owner, 0);
        let mut last_ms = 0;
        for (index, step) in steps.iter().enumerate() {
            last_ms = step.now_ms;
            let said = owner.message_received(
                step.from,
                &step.message,
                &invitation,
                &unhex(&scripts.owner_random),
                step.now_ms,
            );
            let said = said.map(|message| serde_json::to_value(message).unwrap()["type"].as_str().unwrap().to_owned());
            let awaited = step.ok.clone().ok_or_else(|| step.code.clone().unwrap());
            assert_eq!(said.map_err(|error| error.code().to_owned()), awaited, "{name}, step {index}");
        }
        let is = match owner.status(last_ms) {
            CodeStatus::Waiting => "waiting",
            CodeStatus::Tried => "tried",
            CodeStatus::Used => "used",
            CodeStatus::Burnt => "burnt",
            CodeStatus::Expired => "expired",
        };
        assert_eq!(is, status, "{name}");
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Rooms {
    rooms: Vec<Room>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Room {
    number: u32,
    room: String,
    token: String,
}

#[test]
fn code_rooms_are_derived_as_the_vectors_say() {
    let vectors: Rooms = serde_json::from_str(include_str!("../../../tests/vectors/code-room.json")).unwrap();
    assert!(vectors.rooms.len() >= 3);
    for Room { number, room, token } in vectors.rooms {
        let derived = CodeRoom::new(number);
        assert_eq!((derived.room().to_string(), derived.token()), (room, token.as_str()), "{number}");
    }
}
