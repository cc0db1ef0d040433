//! What a client of `/room` asks, read from the raw text of an event.
//!
//! Promises: size and binary parts are judged before anything is decoded; whatever the text is, the answer is a request or a
//! refusal with the `rid` to answer to. Leaves to others: whether the request may be granted (`rooms`).

use parlor_protocol::{
    VERSION,
    code::ReplyCode,
    id::{PeerId, RoomId},
    limits::WITHDRAWAL_PEERS,
    signaling::{Bare, Join, SignalRequest, Withdraw, event},
};
use serde::de::DeserializeOwned;

use crate::secret_hash::SecretHash;

/// What is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ask {
    /// Enter a room.
    Join(Entry),
    /// Pass `body` on.
    Signal {
        /// The addressee.
        to: PeerId,
        /// base64url, unread.
        body: String,
    },
    /// Let nobody new in.
    Withdraw {
        /// But these.
        peers: Vec<PeerId>,
    },
    /// Leave at once.
    Leave,
    /// A sign of life.
    Heartbeat,
}

/// A wish to enter a room, its secrets already hashed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Which room.
    pub room: RoomId,
    /// Of the join token.
    pub token: SecretHash,
    /// Who sits down.
    pub peer: PeerId,
    /// Of the secret that takes the seat back.
    pub resume: SecretHash,
    /// Make the room if it is not there.
    pub create: bool,
    /// Of the key shown for it; what is none counts as not shown.
    pub key: Option<SecretHash>,
}

/// A well-formed request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// To be repeated in the reply.
    pub rid: u32,
    /// What is asked.
    pub ask: Ask,
}

/// Why a text is no request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Malformed {
    /// To be repeated in the reply, if it could be read.
    pub rid: Option<u32>,
    /// What to answer.
    pub code: ReplyCode,
}

/// The raw event, as Socket.IO carries it.
#[derive(Debug, Clone, Copy)]
pub struct RawEvent<'a> {
    /// A JSON array: the name, then the arguments.
    pub text: &'a str,
    /// Whether binary attachments came with it.
    pub has_binary: bool,
}

/// Reads a request.
///
/// # Errors
/// What to answer instead.
pub fn read(raw: RawEvent<'_>, message_bytes: usize) -> Result<Request, Malformed> {
    if raw.text.len() > message_bytes {
        return Err(Malformed { rid: hints(raw.text).rid, code: ReplyCode::TooLarge });
    }
    if raw.has_binary {
        return Err(Malformed { rid: None, code: ReplyCode::BadRequest });
    }
    let (Name(name),) = prefix(raw.text).ok_or(Malformed { rid: None, code: ReplyCode::BadRequest })?;
    match name.as_str() {
        event::SIGNAL => {
            let SignalRequest { rid, to, body } = payload(raw.text)?;
            if body.is_empty() || !body.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
            {
                return Err(Malformed { rid: Some(rid), code: ReplyCode::BadRequest });
            }
            Ok(Request { rid, ask: Ask::Signal { to, body } })
        }
        event::WITHDRAW => {
            let Withdraw { rid, peers } = payload(raw.text)?;
            if peers.len() > WITHDRAWAL_PEERS {
                return Err(Malformed { rid: Some(rid), code: ReplyCode::BadRequest });
            }
            Ok(Request { rid, ask: Ask::Withdraw { peers } })
        }
        event::HEARTBEAT => payload(raw.text).map(|Bare { rid }| Request { rid, ask: Ask::Heartbeat }),
        event::LEAVE => payload(raw.text).map(|Bare { rid }| Request { rid, ask: Ask::Leave }),
        event::JOIN => join(raw.text),
        _ => Err(malformed(raw.text)),
    }
}

fn join(text: &str) -> Result<Request, Malformed> {
    // The version comes first: another one may shape the rest differently.
    let hints = hints(text);
    if hints.version.is_some_and(|version| version != u64::from(VERSION)) {
        return Err(Malformed { rid: hints.rid, code: ReplyCode::Version });
    }
    let Join { rid, room, token, peer, resume, create, key, .. } = payload(text)?;
    let refused = Malformed { rid: Some(rid), code: ReplyCode::BadRequest };
    let token = SecretHash::of_text(&token).ok_or(refused)?;
    let resume = SecretHash::of_text(&resume).ok_or(refused)?;
    let key = key.and_then(|key| SecretHash::of_text(&key));
    Ok(Request { rid, ask: Ask::Join(Entry { room, token, peer, resume, create, key }) })
}

fn payload<T: DeserializeOwned>(text: &str) -> Result<T, Malformed> {
    prefix::<(Name, T)>(text).map(|(_, payload)| payload).ok_or_else(|| malformed(text))
}

/// The first elements of a JSON array; further ones are not the protocol's and are ignored.
fn prefix<T: DeserializeOwned>(text: &str) -> Option<T> {
    serde_json::from_str::<Prefix<T>>(text).ok().map(|Prefix(first)| first)
}

fn malformed(text: &str) -> Malformed {
    Malformed { rid: hints(text).rid, code: ReplyCode::BadRequest }
}

fn hints(text: &str) -> Hints {
    let rest: Option<(Name, serde_json::Value)> = prefix(text);
    let number = |key: &str| rest.as_ref().and_then(|(_, value)| value.get(key)).and_then(serde_json::Value::as_u64);
    Hints { rid: number("rid").and_then(|rid| u32::try_from(rid).ok()), version: number("version") }
}

struct Hints {
    rid: Option<u32>,
    version: Option<u64>,
}

#[derive(serde::Deserialize)]
struct Name(String);

struct Prefix<T>(T);

impl<'de, T: DeserializeOwned> serde::Deserialize<'de> for Prefix<T> {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct First<T>(std::marker::PhantomData<T>);
        impl<'de, T: DeserializeOwned> serde::de::Visitor<'de> for First<T> {
            type Value = Prefix<T>;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("an event")
            }

            fn visit_seq<A: serde::de::SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
                let first = T::deserialize(serde::de::value::SeqAccessDeserializer::new(&mut seq))?;
                while seq.next_element::<serde::de::IgnoredAny>()?.is_some() {}
                Ok(Prefix(first))
            }
        }
        deserializer.deserialize_seq(First(std::marker::PhantomData))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    const ID: &str = "000102030405060708090a0b0c0d0e0f";
    const SECRET: &str = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8";

    fn text(event: &str, payload: serde_json::Value) -> String {
        json!([event, payload]).to_string()
    }

    fn refusal(text: &str) -> (Option<u32>, ReplyCode) {
        let Malformed { rid, code } = read(RawEvent { text, has_binary: false }, 65_536).unwrap_err();
        (rid, code)
    }

    #[test]
    fn well_formed_requests_are_read_and_unknown_fields_ignored() {
        let read = |text: String| read(RawEvent { text: &text, has_binary: false }, 65_536).unwrap();
        let join =
            json!({"rid": 1, "version": 1, "room": ID, "token": SECRET, "peer": ID, "resume": SECRET, "later": {}});
        let Ask::Join(entry) = read(text("join", join)).ask else { panic!("not a join") };
        assert!(!entry.create);
        assert_eq!(Some(entry.token), SecretHash::of_text(SECRET));
        let signal = read(text("signal", json!({"rid": 2, "to": ID, "body": "ab-_", "from": "x"})));
        assert_eq!(signal, Request { rid: 2, ask: Ask::Signal { to: ID.parse().unwrap(), body: "ab-_".into() } });
        assert_eq!(read(text("leave", json!({"rid": 3}))).ask, Ask::Leave);
        assert_eq!(read(text("heartbeat", json!({"rid": 4_294_967_295_u32}))).ask, Ask::Heartbeat);
        let withdraw = read(text("withdraw", json!({"rid": 4, "peers": [ID]})));
        assert_eq!(withdraw, Request { rid: 4, ask: Ask::Withdraw { peers: vec![ID.parse().unwrap()] } });
        assert_eq!(read("[\"heartbeat\",{\"rid\":1},2,[3]]".to_owned()).ask, Ask::Heartbeat);
    }

    #[test]
    fn whatever_is_malformed_is_answered_with_its_rid() {
        let bad = ReplyCode::BadRequest;
        assert_eq!(refusal("[]"), (None, bad));
        assert_eq!(refusal("[1]"), (None, bad));
        assert_eq!(refusal("[\"join\"]"), (None, bad));
        assert_eq!(refusal(&text("leave", json!({"rid": -1}))), (None, bad));
        assert_eq!(refusal(&text("leave", json!({"rid": "1"}))), (None, bad));
        assert_eq!(refusal(&text("signal", json!({"rid": 7}))), (Some(7), bad));
        assert_eq!(refusal(&text("signal", json!({"rid": 7, "to": ID, "body": "a b"}))), (Some(7), bad));
        assert_eq!(refusal(&text("signal", json!({"rid": 7, "to": ID, "body": ""}))), (Some(7), bad));
        assert_eq!(refusal(&text("signal", json!({"rid": 7, "to": "AB", "body": "a"}))), (Some(7), bad));
        assert_eq!(refusal(&text("reply", json!({"rid": 7}))), (Some(7), bad));
        assert_eq!(refusal(&text("withdraw", json!({"rid": 7}))), (Some(7), bad));
        assert_eq!(refusal(&text("withdraw", json!({"rid": 7, "peers": vec![ID; 65]}))), (Some(7), bad));
        let short = json!({"rid": 8, "version": 1, "room": ID, "token": "AA", "peer": ID, "resume": SECRET});
        assert_eq!(refusal(&text("join", short)), (Some(8), bad));
    }

    #[test]
    fn another_version_is_told_whatever_else_it_says() {
        assert_eq!(refusal(&text("join", json!({"rid": 9, "version": 2, "seat": 1}))), (Some(9), ReplyCode::Version));
        assert_eq!(refusal(&text("join", json!({"rid": 9, "version": 300}))), (Some(9), ReplyCode::Version));
    }

    #[test]
    fn size_and_binary_are_judged_first() {
        let long = text("signal", json!({"rid": 1, "to": ID, "body": "a".repeat(2_000)}));
        let judged = read(RawEvent { text: &long, has_binary: false }, 2_000).unwrap_err();
        assert_eq!(judged, Malformed { rid: Some(1), code: ReplyCode::TooLarge });
        assert!(read(RawEvent { text: &long, has_binary: false }, long.len()).is_ok());
        let binary = read(RawEvent { text: "[\"leave\",{\"rid\":1}]", has_binary: true }, 2_000).unwrap_err();
        assert_eq!(binary.code, ReplyCode::BadRequest);
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text in "\\PC*", name in "join|signal|leave|withdraw|heartbeat", rest in "\\PC{0,80}") {
            let _ = read(RawEvent { text: &text, has_binary: false }, 65_536);
            let _ = read(RawEvent { text: &format!("[\"{name}\",{rest}]"), has_binary: false }, 65_536);
        }
    }
}
