//! Writes `tests/vectors/{invitation,envelope,confirmation,handshake}.json`: `cargo run -p parlor-trust --example write_trust_vectors`.
//!
//! Both languages replay them. What must fail is built by hand here, from the primitives and the prose of docs/protocol.md, so that
//! a fault of the crate does not hide in its own output.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a generator that fails writes nothing"
)]

use std::path::Path;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use chacha20poly1305::{
    KeyInit, XChaCha20Poly1305,
    aead::{Aead, Payload},
};
use hkdf::Hkdf;
use parlor_protocol::{
    id::PeerId,
    negotiation::{Candidate, Description, DescriptionType, Hello, HostKind, Plane, Sealed},
};
use parlor_trust::{Epoch, Fingerprint, Handshake, HandshakeStep, Invitation, Nonce};
use serde_json::{Value, json};
use sha2::Sha256;

const SECRET: [u8; 32] = [0x5e; 32];
const PIN: [u8; 32] = [0xc7; 32];
const LOW: PeerId = PeerId([0x11; 16]);
const HIGH: PeerId = PeerId([0xee; 16]);
const LOW_NONCE: [u8; 32] = [0x21; 32];
const HIGH_NONCE: [u8; 32] = [0xde; 32];

fn main() {
    write("invitation", &invitation());
    write("envelope", &envelope());
    write("confirmation", &confirmation());
    write("handshake", &handshake());
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

fn expand<const N: usize>(secret: &[u8], info: &[&[u8]]) -> [u8; N] {
    let mut value = [0; N];
    Hkdf::<Sha256>::new(Some(b"parlor v1"), secret).expand_multi_info(info, &mut value).unwrap();
    value
}

fn invitation() -> Value {
    let secrets = [[0; 32], SECRET, std::array::from_fn(|index| index as u8)];
    let servers =
        ["https://parlor.example", "http://192.168.1.7:5000", "http://[fd00::7]:5000", "https://a.example/rooms~1"];
    let derived = secrets.map(|secret| {
        let keys = Invitation::new(servers[0], secret).unwrap().keys();
        let hello: [u8; 32] = expand(&secret, &[b"parlor v1 hello"]);
        json!({ "secret": hex(&secret), "room": keys.room(), "token": keys.token(), "hello_key": hex(&hello) })
    });
    let links = servers.map(|server| {
        let invitation = Invitation::new(server, SECRET).unwrap();
        json!({ "server": server, "secret": hex(&SECRET), "pin": null, "link": invitation.link(), "app_link": invitation.app_link() })
    });
    let pinned = ["https://192.168.1.7:5000", "https://a.example/rooms~1"].map(|server| {
        let (link, encoded) = (format!("#v1.{}.{}", b64(&SECRET), b64(&PIN)), server.replace(':', "%3A").replace('/', "%2F"));
        json!({ "server": server, "secret": hex(&SECRET), "pin": hex(&PIN), "link": format!("{server}/{link}"), "app_link": format!("parlor://join?server={encoded}{link}") })
    });
    let links: Vec<Value> = links.into_iter().chain(pinned).collect();
    let secret = b64(&SECRET);
    // 1024 bytes.
    let longest = format!("https://a/{}", ":".repeat(1014));
    let read = [
        (format!("  https://parlor.example/#v1.{secret}\n"), "https://parlor.example"),
        (format!("https://parlor.example#v1.{secret}"), "https://parlor.example"),
        (format!("HTTPS://parlor.example//#v1.{secret}"), "https://parlor.example"),
        (format!("parlor://join?server=https://parlor.example/#v1.{secret}"), "https://parlor.example"),
        (format!("parlor://join?server=http%3a%2f%2f[%3a%3a1]%3a80#v1.{secret}"), "http://[::1]:80"),
        (format!("{longest}#v1.{secret}"), longest.as_str()),
    ];
    let read = read.map(|(link, server)| json!({ "link": link, "server": server, "secret": hex(&SECRET) }));
    let bad = |link: String, code: &str| json!({ "link": link, "code": code });
    let refused = [
        bad(String::new(), "not-an-invitation"),
        bad("https://parlor.example/".into(), "not-an-invitation"),
        bad("https://parlor.example/#".into(), "not-an-invitation"),
        bad(format!("https://parlor.example/#{secret}"), "not-an-invitation"),
        bad(format!("https://parlor.example/#v1{secret}"), "not-an-invitation"),
        bad(format!("https://parlor.example/#v.{secret}"), "not-an-invitation"),
        bad(format!("https://parlor.example/#v1.{}", &secret[1..]), "not-an-invitation"),
        bad(format!("https://parlor.example/#v1.{secret}A"), "not-an-invitation"),
        bad(format!("https://parlor.example/#v1.{secret}="), "not-an-invitation"),
        bad(format!("https://parlor.example/#v1.{secret}."), "not-an-invitation"),
        bad(format!("https://parlor.example/#v1.{secret}.{}", &b64(&PIN)[1..]), "not-an-invitation"),
        bad(format!("https://parlor.example/#v1.{secret}.{}.", b64(&PIN)), "not-an-invitation"),
        bad(format!("https://parlor.example/#v1.{secret}.{}.{0}", b64(&PIN)), "not-an-invitation"),
        bad(format!("https://parlor.example/#v1..{}", b64(&PIN)), "not-an-invitation"),
        bad(format!("https://parlor.example/#v1.{secret}:{}", b64(&PIN)), "not-an-invitation"),
        bad(format!("http://192.168.1.7:5000/#v1.{secret}.{}", b64(&PIN)), "not-an-invitation"),
        bad(format!("parlor://join?server=http%3A%2F%2Fa#v1.{secret}.{}", b64(&PIN)), "not-an-invitation"),
        bad(format!("https://parlor.example/#v2.{secret}.{}", b64(&PIN)), "another-version"),
        bad(format!("https://parlor.example/#v1.{}_", &secret[..42]), "not-an-invitation"),
        bad(format!("https://parlor.example/#v1.+{}", &secret[1..]), "not-an-invitation"),
        bad(format!("https://parlor.example/#v1.{secret}#"), "not-an-invitation"),
        bad(format!("ftp://parlor.example/#v1.{secret}"), "not-an-invitation"),
        bad(format!("https:parlor.example/#v1.{secret}"), "not-an-invitation"),
        bad(format!("https:///#v1.{secret}"), "not-an-invitation"),
        bad(format!("{longest}:#v1.{secret}"), "not-an-invitation"),
        bad(format!("https://user@parlor.example/#v1.{secret}"), "not-an-invitation"),
        bad(format!("https://user:word@parlor.example/#v1.{secret}"), "not-an-invitation"),
        bad(format!("https://parlor.example:/#v1.{secret}"), "not-an-invitation"),
        bad(format!("https://parlor.example:port/#v1.{secret}"), "not-an-invitation"),
        bad(format!("https://parlor.example/?x=1#v1.{secret}"), "not-an-invitation"),
        bad(format!("https://parlor.example\\x/#v1.{secret}"), "not-an-invitation"),
        bad(format!("https://parl or.example/#v1.{secret}"), "not-an-invitation"),
        bad(format!("https://사랑방.example/#v1.{secret}"), "not-an-invitation"),
        bad(format!("javascript:alert(1)//#v1.{secret}"), "not-an-invitation"),
        bad(format!("parlor://join#v1.{secret}"), "not-an-invitation"),
        bad(format!("parlor://leave?server=https%3A%2F%2Fa#v1.{secret}"), "not-an-invitation"),
        bad(format!("parlor://join?server=https%3A%2F%2Fa%#v1.{secret}"), "not-an-invitation"),
        bad(format!("parlor://join?server=https%3A%2F%2Fa%FF#v1.{secret}"), "not-an-invitation"),
        bad(format!("parlor://join?server=file%3A%2F%2Fa#v1.{secret}"), "not-an-invitation"),
        bad(format!("https://parlor.example/#v2.{secret}"), "another-version"),
        bad("https://parlor.example/#v10.abc".into(), "another-version"),
        bad("parlor://join?server=https%3A%2F%2Fparlor.example#v2.".into(), "another-version"),
    ];
    json!({ "derived": derived, "links": links, "read": read, "refused": refused.to_vec() })
}

/// The epoch of `LOW` and `HIGH` at both.
fn epochs() -> (Epoch, Epoch) {
    let keys = Invitation::new("https://parlor.example", SECRET).unwrap().keys();
    let (mut low, mut high) = (Handshake::new(&keys, LOW, HIGH), Handshake::new(&keys, HIGH, LOW));
    let about = parlor_trust::About { name: String::new(), agent: String::new(), host: HostKind::App };
    let hello = low.begin(Nonce(LOW_NONCE)).hello(&about);
    let hello = high.hello_received(&hello, Nonce(HIGH_NONCE)).unwrap().send.unwrap().hello(&about);
    let step = low.hello_received(&hello, Nonce([0; 32])).unwrap();
    let hello = step.send.unwrap().hello(&about);
    let at_high = high.hello_received(&hello, Nonce([0; 32])).unwrap().established.unwrap();
    (step.established.unwrap(), at_high)
}

fn parties() -> (Value, Value) {
    (json!({ "peer": LOW, "nonce": b64(&LOW_NONCE) }), json!({ "peer": HIGH, "nonce": b64(&HIGH_NONCE) }))
}

/// An envelope by hand.
struct Draft {
    head: [u8; 20],
    from: PeerId,
    to: PeerId,
    key: [u8; 32],
    text: Vec<u8>,
}

impl Draft {
    /// From low to high, as the protocol says.
    fn new(kind: u8, plane: u8, sequence: u64, text: &str) -> Self {
        let mut head = [0; 20];
        head[..3].copy_from_slice(&[1, kind, plane]);
        let pair: [&[u8]; 4] = [LOW.as_bytes(), HIGH.as_bytes(), &LOW_NONCE, &HIGH_NONCE];
        let epoch: [u8; 8] = expand(&SECRET, &[&[b"parlor v1 epoch".as_slice()], pair.as_slice()].concat());
        head[4..12].copy_from_slice(&epoch);
        head[12..].copy_from_slice(&sequence.to_be_bytes());
        let key = expand(&SECRET, &[&[b"parlor v1 seal".as_slice()], pair.as_slice()].concat());
        Self { head, from: LOW, to: HIGH, key, text: text.into() }
    }

    fn hello(text: &str) -> Self {
        let mut draft = Self::new(0, 0, 0, text);
        draft.head[4..12].fill(0);
        draft.key = expand(&SECRET, &[b"parlor v1 hello"]);
        draft
    }

    fn bytes(&self) -> Vec<u8> {
        let room: [u8; 16] = expand(&SECRET, &[b"parlor v1 room"]);
        let aad =
            [b"parlor v1 envelope".as_slice(), &room, self.from.as_bytes(), self.to.as_bytes(), &self.head].concat();
        let nonce = [0x4e; 24];
        let cipher = XChaCha20Poly1305::new(&self.key.into());
        let sealed = cipher.encrypt(&nonce.into(), Payload { msg: &self.text, aad: &aad }).unwrap();
        [self.head.as_slice(), &nonce, &sealed].concat()
    }

    fn body(&self) -> String {
        b64(&self.bytes())
    }
}

fn with(mut bytes: Vec<u8>, index: usize, value: u8) -> String {
    bytes[index] = value;
    b64(&bytes)
}

fn envelope() -> Value {
    let description = Sealed::Description {
        link: 1,
        description: Description { kind: DescriptionType::Offer, sdp: "v=0\r\no=- 사랑방\r\n".into() },
    };
    let candidate = Sealed::Candidate {
        link: 4_294_967_295,
        candidate: Some(Candidate {
            candidate: "candidate:1 1 udp 2130706431 192.0.2.7 50000 typ host".into(),
            sdp_mid: Some("0".into()),
            sdp_m_line_index: Some(0),
            username_fragment: None,
        }),
    };
    let end = Sealed::Candidate { link: 2, candidate: None };
    let (mut low, mut high) = epochs();
    let mut sealed = Vec::new();
    let mut seal = |from: &str, epoch: &mut Epoch, sequence: u64, plane: Plane, message: &Sealed| {
        let nonce = [sequence as u8; 24];
        let body = epoch.seal(plane, message, nonce).unwrap();
        sealed.push(json!({
            "from": from, "sequence": sequence, "plane": plane, "nonce": hex(&nonce), "body": body, "message": message,
            "text": serde_json::to_string(message).unwrap(),
        }));
    };
    seal("low", &mut low, 1, Plane::Data, &description);
    seal("low", &mut low, 2, Plane::Media, &candidate);
    seal("high", &mut high, 1, Plane::Data, &end);
    seal("low", &mut low, 3, Plane::Data, &end);

    let keys = Invitation::new("https://parlor.example", SECRET).unwrap().keys();
    let hellos = [(None, "Ada"), (Some(b64(&HIGH_NONCE)), "손님 🏠")].map(|(echo, name)| {
        let hello = Hello {
            nonce: b64(&LOW_NONCE),
            echo,
            name: name.into(),
            agent: "parlor/0.1.0".into(),
            host: HostKind::Browser,
        };
        let body = keys.seal_hello(LOW, HIGH, &hello, [9; 24]).unwrap();
        let message = Sealed::Hello(hello);
        let text = serde_json::to_string(&message).unwrap();
        json!({ "from": "low", "nonce": hex(&[9; 24]), "body": body, "message": message, "text": text })
    });

    let right = r#"{"type":"candidate","link":1,"candidate":null}"#;
    let good = Draft::new(2, 1, 7, right);
    let bytes = good.bytes();
    let last = bytes.len() - 1;
    let epoch = |name: &str, code: &str, body: String| json!({ "name": name, "opened_by": "epoch", "before": [], "body": body, "code": code });
    let mut refused = vec![
        epoch("empty", "not-an-envelope", String::new()),
        epoch("one byte of this version", "not-an-envelope", b64(&[1])),
        epoch("one byte of another version", "another-version", b64(&[2])),
        epoch("another version", "another-version", with(bytes.clone(), 0, 2)),
        epoch("no room for a tag", "not-an-envelope", b64(&bytes[..59])),
        epoch("a kind that does not exist", "not-an-envelope", with(bytes.clone(), 1, 3)),
        epoch("a plane that does not exist", "not-an-envelope", with(bytes.clone(), 2, 3)),
        epoch("no plane", "not-an-envelope", with(bytes.clone(), 2, 0)),
        epoch("a reserved byte", "not-an-envelope", with(bytes.clone(), 3, 1)),
        epoch("another epoch", "not-an-envelope", with(bytes.clone(), 4, bytes[4] ^ 1)),
        epoch("sequence 0", "not-an-envelope", Draft::new(2, 1, 0, right).body()),
        epoch("a sequence over 2^53", "not-an-envelope", Draft::new(2, 1, 1 << 53, right).body()),
        epoch("another plane than sealed", "does-not-open", with(bytes.clone(), 2, 2)),
        epoch("another kind than sealed", "does-not-open", with(bytes.clone(), 1, 1)),
        epoch("another sequence than sealed", "does-not-open", with(bytes.clone(), 19, 8)),
        epoch("another nonce", "does-not-open", with(bytes.clone(), 20, 0)),
        epoch("changed text", "does-not-open", with(bytes.clone(), 44, bytes[44] ^ 0x80)),
        epoch("changed tag", "does-not-open", with(bytes.clone(), last, bytes[last] ^ 1)),
        epoch("cut by a byte", "does-not-open", b64(&bytes[..last])),
        epoch("padding", "not-an-envelope", format!("{}=", good.body())),
        epoch("the other alphabet", "not-an-envelope", format!("{}+", good.body())),
        epoch("to someone else", "does-not-open", Draft { to: PeerId([3; 16]), ..Draft::new(2, 1, 7, right) }.body()),
        epoch(
            "from someone else",
            "does-not-open",
            Draft { from: PeerId([3; 16]), ..Draft::new(2, 1, 7, right) }.body(),
        ),
        epoch("sent back to its sender", "does-not-open", sealed[2]["body"].as_str().unwrap().into()),
        epoch(
            "the hello key",
            "does-not-open",
            Draft { key: Draft::hello("").key, ..Draft::new(2, 1, 7, right) }.body(),
        ),
        epoch("a hello", "not-an-envelope", hellos[0]["body"].as_str().unwrap().into()),
        epoch("no JSON", "not-a-message", Draft::new(2, 1, 7, "{").body()),
        epoch("no object", "not-a-message", Draft::new(2, 1, 7, "null").body()),
        epoch("a type that does not exist", "not-a-message", Draft::new(2, 1, 7, r#"{"type":"surprise"}"#).body()),
        epoch("a type of another kind", "not-a-message", Draft::new(1, 1, 7, right).body()),
        epoch(
            "a field of another type",
            "not-a-message",
            Draft::new(2, 1, 7, r#"{"type":"candidate","link":"1","candidate":null}"#).body(),
        ),
        epoch(
            "a link over 32 bits",
            "not-a-message",
            Draft::new(2, 1, 7, r#"{"type":"candidate","link":4294967296,"candidate":null}"#).body(),
        ),
        epoch(
            "an SDP type that never travels",
            "not-a-message",
            Draft::new(1, 1, 7, r#"{"type":"description","link":1,"description":{"type":"rollback","sdp":""}}"#).body(),
        ),
    ];
    let later = Draft::new(2, 2, 6, right).body();
    for (name, sequence) in [("the same sequence again", 7), ("an earlier sequence", 5)] {
        refused.push(json!({
            "name": name, "opened_by": "epoch", "code": "repeat", "before": [later, good.body()],
            "body": Draft::new(2, 1, sequence, right).body(),
        }));
    }
    let text = hellos[0]["text"].as_str().unwrap();
    let hello = |name: &str, code: &str, body: String| json!({ "name": name, "opened_by": "hello", "before": [], "body": body, "code": code });
    let with_head = |index: usize| {
        let mut draft = Draft::hello(text);
        draft.head[index] = 1;
        draft.body()
    };
    refused.extend([
        hello("a hello with a plane", "not-an-envelope", with_head(2)),
        hello("a hello with an epoch", "not-an-envelope", with_head(11)),
        hello("a hello with a sequence", "not-an-envelope", with_head(19)),
        hello(
            "a hello sealed with a direction's key",
            "does-not-open",
            Draft { key: good.key, ..Draft::hello(text) }.body(),
        ),
        hello(
            "a hello sent back to its sender",
            "does-not-open",
            Draft { from: HIGH, to: LOW, ..Draft::hello(text) }.body(),
        ),
        hello("a candidate in a hello", "not-a-message", Draft::hello(right).body()),
        hello("a hello without a name", "not-a-message", Draft::hello(&text.replace("name", "nome")).body()),
        hello("a hello of no known host", "not-a-message", Draft::hello(&text.replace("browser", "toaster")).body()),
    ]);
    let (low_party, high_party) = parties();
    json!({
        "secret": hex(&SECRET), "low": low_party, "high": high_party, "epoch": low.id().to_string(),
        "sealed": sealed, "hellos": hellos, "refused": refused,
    })
}

fn confirmation() -> Value {
    let (low, high) = epochs();
    let (low_fp, high_fp) = (Fingerprint::of_certificate(b"low"), Fingerprint::of_certificate(b"high"));
    let planes = [(Plane::Data, 1_u32), (Plane::Data, 2), (Plane::Media, 1), (Plane::Media, u32::MAX)];
    let right = planes.map(|(plane, link)| {
        json!({
            "plane": plane, "link": link, "low_fingerprint": low_fp.to_string(), "high_fingerprint": high_fp.to_string(),
            "low_mac": low.key_confirmation(plane, link).mac(&low_fp, &high_fp),
            "high_mac": high.key_confirmation(plane, link).mac(&high_fp, &low_fp),
        })
    });
    let other = Fingerprint::of_certificate(b"someone in between");
    let mac = low.key_confirmation(Plane::Data, 1).mac(&low_fp, &high_fp);
    let own = high.key_confirmation(Plane::Data, 1).mac(&high_fp, &low_fp);
    let wrong = |name: &str, plane: Plane, link: u32, low_fp: Fingerprint, high_fp: Fingerprint, mac: &str| {
        json!({
            "name": name, "plane": plane, "link": link, "low_fingerprint": low_fp.to_string(),
            "high_fingerprint": high_fp.to_string(), "mac": mac,
        })
    };
    // Each is `mac` of low, checked by high.
    let wrong = [
        wrong("sent back to its sender", Plane::Data, 1, low_fp, high_fp, &own),
        wrong("another plane", Plane::Media, 1, low_fp, high_fp, &mac),
        wrong("another link", Plane::Data, 2, low_fp, high_fp, &mac),
        wrong("another certificate of the sender", Plane::Data, 1, other, high_fp, &mac),
        wrong("another certificate of the receiver", Plane::Data, 1, low_fp, other, &mac),
        wrong("certificates the wrong way round", Plane::Data, 1, high_fp, low_fp, &mac),
        wrong("empty", Plane::Data, 1, low_fp, high_fp, ""),
        wrong("cut", Plane::Data, 1, low_fp, high_fp, &mac[..42]),
        wrong("padding", Plane::Data, 1, low_fp, high_fp, &format!("{mac}=")),
    ];
    let (low_party, high_party) = parties();
    json!({ "secret": hex(&SECRET), "low": low_party, "high": high_party, "epoch": low.id().to_string(), "right": right, "wrong": wrong })
}

/// A script for one machine; what it must answer is computed by the crate and looked over by hand in the names.
struct Script {
    machine: Handshake,
    steps: Vec<Value>,
}

fn nonce(byte: u8) -> String {
    b64(&[byte; 32])
}

impl Script {
    fn expect(step: &HandshakeStep) -> Value {
        let send = step
            .send
            .map(|greeting| json!({ "nonce": b64(&greeting.nonce.0), "echo": greeting.echo.map(|echo| b64(&echo.0)) }));
        let established = step.established.as_ref().map(|epoch| json!({ "epoch": epoch.id().to_string(), "initiator": epoch.initiator(), "polite": epoch.polite() }));
        json!({ "send": send, "established": established })
    }

    fn begin(mut self, fresh: u8) -> Self {
        let step = HandshakeStep { send: Some(self.machine.begin(Nonce([fresh; 32]))), established: None };
        self.steps.push(json!({ "do": "begin", "fresh": nonce(fresh), "expect": Self::expect(&step) }));
        self
    }

    fn receive(mut self, theirs: u8, echo: Option<u8>, fresh: u8) -> Self {
        let (theirs, echo) = (nonce(theirs), echo.map(nonce));
        let hello = Hello {
            nonce: theirs.clone(),
            echo: echo.clone(),
            name: String::new(),
            agent: String::new(),
            host: HostKind::App,
        };
        let step = self.machine.hello_received(&hello, Nonce([fresh; 32])).unwrap();
        let expect = Self::expect(&step);
        self.steps
            .push(json!({ "do": "receive", "nonce": theirs, "echo": echo, "fresh": nonce(fresh), "expect": expect }));
        self
    }
}

fn handshake() -> Value {
    let keys = Invitation::new("https://parlor.example", SECRET).unwrap().keys();
    let script = |name: &str, local: PeerId, remote: PeerId, play: fn(Script) -> Script| {
        let script = play(Script { machine: Handshake::new(&keys, local, remote), steps: Vec::new() });
        json!({ "name": name, "self": local, "other": remote, "steps": script.steps })
    };
    let scripts = [
        script("who enters begins and is the initiator", LOW, HIGH, |s| s.begin(1).receive(0x81, Some(1), 0xff)),
        script("who sits answers and is not", HIGH, LOW, |s| s.receive(1, None, 0x81).receive(1, Some(0x81), 0xff)),
        script("both began: the impolite one is the initiator", LOW, HIGH, |s| {
            s.begin(1).receive(0x81, None, 0xff).receive(0x81, Some(1), 0xff)
        }),
        script("both began: the polite one is not", HIGH, LOW, |s| {
            s.begin(0x81).receive(1, None, 0xff).receive(1, Some(0x81), 0xff)
        }),
        script("a repeated beginning is answered with the same nonce", HIGH, LOW, |s| {
            s.receive(1, None, 0x81).receive(1, None, 0x82).receive(1, Some(0x81), 0xff)
        }),
        script("an echo of a nonce never made here is ignored", HIGH, LOW, |s| {
            s.receive(1, Some(0x81), 0x82).receive(1, None, 0x83).receive(1, Some(0x81), 0xff)
        }),
        script("a replayed beginning gets an answer, but ends nothing", HIGH, LOW, |s| {
            s.receive(1, None, 0x81).receive(1, Some(0x81), 0xff).receive(7, None, 0x82).receive(1, Some(0x81), 0xff)
        }),
        script("the beginning of the live epoch is ignored", HIGH, LOW, |s| {
            s.receive(1, None, 0x81).receive(1, Some(0x81), 0xff).receive(1, None, 0x82)
        }),
        script("a reloaded peer gets a new epoch", HIGH, LOW, |s| {
            s.receive(1, None, 0x81).receive(1, Some(0x81), 0xff).receive(2, None, 0x82).receive(2, Some(0x82), 0xff)
        }),
        script("a later beginning takes the place of one that was not finished", HIGH, LOW, |s| {
            s.receive(1, None, 0x81).receive(2, None, 0x82).receive(1, Some(0x81), 0xff).receive(2, Some(0x82), 0xff)
        }),
        script("an echo outweighs a beginning that was replayed before it", LOW, HIGH, |s| {
            s.begin(1).receive(0x77, None, 0xff).receive(0x81, Some(1), 0xff)
        }),
        script("a beginning that gives way makes no one the initiator by itself", HIGH, LOW, |s| {
            s.begin(0x81).receive(0x77, None, 0xff).receive(1, Some(0x81), 0xff)
        }),
        script("a hello after the end of a handshake is ignored", LOW, HIGH, |s| {
            s.begin(1).receive(0x81, Some(1), 0xff).receive(0x81, Some(1), 0xff).receive(0x81, None, 0xff)
        }),
    ];
    json!({ "secret": hex(&SECRET), "scripts": scripts })
}
