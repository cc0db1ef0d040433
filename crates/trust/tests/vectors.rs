//! Replays `tests/vectors/{invitation,envelope,confirmation,handshake}.json`, which the page's twin replays as well.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a vector that cannot be read has failed"
)]

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use hkdf::Hkdf;
use parlor_protocol::{
    id::{PeerId, RoomId},
    negotiation::{Hello, HostKind, Plane, Sealed},
};
use parlor_trust::{About, Epoch, Fingerprint, Handshake, Invitation, Nonce, RoomKeys, TrustError};
use serde::Deserialize;
use sha2::Sha256;

fn unhex<const N: usize>(text: &str) -> [u8; N] {
    let bytes: Vec<u8> =
        (0..text.len()).step_by(2).map(|index| u8::from_str_radix(&text[index..index + 2], 16).unwrap()).collect();
    bytes.try_into().unwrap()
}

fn nonce(text: &str) -> Nonce {
    Nonce(URL_SAFE_NO_PAD.decode(text).unwrap().try_into().unwrap())
}

fn keys(secret: &str) -> RoomKeys {
    Invitation::new("https://parlor.example", unhex(secret)).unwrap().keys()
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Invitations {
    derived: Vec<Derived>,
    links: Vec<Links>,
    read: Vec<Read>,
    refused: Vec<RefusedLink>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Derived {
    secret: String,
    room: RoomId,
    token: String,
    hello_key: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Links {
    server: String,
    secret: String,
    pin: Option<String>,
    link: String,
    app_link: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Read {
    link: String,
    server: String,
    secret: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RefusedLink {
    link: String,
    code: String,
}

#[test]
fn invitations_are_as_the_vectors_say() {
    let vectors: Invitations = serde_json::from_str(include_str!("../../../tests/vectors/invitation.json")).unwrap();
    assert!(vectors.derived.len() >= 3 && vectors.links.len() >= 4 && vectors.read.len() >= 5);
    assert!(vectors.refused.len() >= 40 && vectors.links.iter().filter(|links| links.pin.is_some()).count() >= 2);
    for derived in vectors.derived {
        let keys = keys(&derived.secret);
        assert_eq!(keys.room(), derived.room);
        assert_eq!(keys.token(), derived.token);
        // The hello key is not shown; that it is this one shows in the hellos of envelope.json.
        let mut hello_key = [0; 32];
        let hkdf = Hkdf::<Sha256>::new(Some(b"parlor v1"), &unhex::<32>(&derived.secret));
        hkdf.expand(b"parlor v1 hello", &mut hello_key).unwrap();
        assert_eq!(hello_key, unhex::<32>(&derived.hello_key));
    }
    for links in vectors.links {
        let plain = Invitation::new(&links.server, unhex(&links.secret)).unwrap();
        let invitation = match &links.pin {
            Some(pin) => plain.with_pin(Fingerprint(unhex(pin))).unwrap(),
            None => plain,
        };
        assert_eq!(invitation.link(), links.link);
        assert_eq!(invitation.app_link(), links.app_link);
        assert_eq!(links.link.parse::<Invitation>().unwrap(), invitation);
        assert_eq!(links.app_link.parse::<Invitation>().unwrap(), invitation);
    }
    for read in vectors.read {
        let invitation: Invitation = read.link.parse().unwrap_or_else(|error| panic!("{}: {error}", read.link));
        assert_eq!(invitation, Invitation::new(&read.server, unhex(&read.secret)).unwrap(), "{}", read.link);
    }
    for refused in vectors.refused {
        let code = refused.link.parse::<Invitation>().map(|_| ()).map_err(TrustError::code);
        assert_eq!(code, Err(refused.code.as_str()), "{}", refused.link);
    }
}

#[derive(Deserialize, Clone)]
#[serde(deny_unknown_fields)]
struct Party {
    peer: PeerId,
    nonce: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Envelopes {
    secret: String,
    low: Party,
    high: Party,
    epoch: String,
    sealed: Vec<SealedBody>,
    hellos: Vec<HelloBody>,
    refused: Vec<RefusedBody>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SealedBody {
    from: String,
    sequence: u64,
    plane: Plane,
    nonce: String,
    body: String,
    message: Sealed,
    text: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct HelloBody {
    from: String,
    nonce: String,
    body: String,
    message: Sealed,
    text: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RefusedBody {
    name: String,
    opened_by: String,
    before: Vec<String>,
    body: String,
    code: String,
}

/// The epoch of two parties, at both of them.
fn epochs(secret: &str, low: &Party, high: &Party) -> (Epoch, Epoch) {
    let keys = keys(secret);
    let about = About { name: String::new(), agent: String::new(), host: HostKind::App };
    let mut at_low = Handshake::new(&keys, low.peer, high.peer);
    let mut at_high = Handshake::new(&keys, high.peer, low.peer);
    let hello = at_low.begin(nonce(&low.nonce)).hello(&about);
    let hello = at_high.hello_received(&hello, nonce(&high.nonce)).unwrap().send.unwrap().hello(&about);
    let step = at_low.hello_received(&hello, Nonce([0; 32])).unwrap();
    let hello = step.send.unwrap().hello(&about);
    let high_epoch = at_high.hello_received(&hello, Nonce([0; 32])).unwrap().established.unwrap();
    (step.established.unwrap(), high_epoch)
}

#[test]
fn envelopes_seal_and_open_as_the_vectors_say() {
    let vectors: Envelopes = serde_json::from_str(include_str!("../../../tests/vectors/envelope.json")).unwrap();
    assert!(vectors.sealed.len() >= 4 && vectors.hellos.len() >= 2 && vectors.refused.len() >= 40);
    let Envelopes { secret, low, high, .. } = &vectors;
    let (mut at_low, mut at_high) = epochs(secret, low, high);
    assert_eq!(at_low.id().to_string(), vectors.epoch);
    assert_eq!(at_high.id().to_string(), vectors.epoch);
    let mut sequences = (0, 0);
    for sealed in &vectors.sealed {
        let (sender, receiver, sequence) = match sealed.from.as_str() {
            "low" => (&mut at_low, &mut at_high, &mut sequences.0),
            _ => (&mut at_high, &mut at_low, &mut sequences.1),
        };
        *sequence += 1;
        assert_eq!(*sequence, sealed.sequence);
        assert_eq!(serde_json::to_string(&sealed.message).unwrap(), sealed.text);
        assert_eq!(sender.seal(sealed.plane, &sealed.message, unhex(&sealed.nonce)).unwrap(), sealed.body);
        assert_eq!(receiver.open(&sealed.body), Ok((sealed.plane, sealed.message.clone())));
    }
    let keys = keys(secret);
    for hello in &vectors.hellos {
        assert_eq!(hello.from, "low");
        let Sealed::Hello(message) = &hello.message else { panic!("a hello holds a hello") };
        assert_eq!(serde_json::to_string(&hello.message).unwrap(), hello.text);
        assert_eq!(keys.seal_hello(low.peer, high.peer, message, unhex(&hello.nonce)).unwrap(), hello.body);
        assert_eq!(keys.open_hello(low.peer, high.peer, &hello.body).as_ref(), Ok(message));
    }
    for refused in &vectors.refused {
        let (_, mut at_high) = epochs(secret, low, high);
        for (index, before) in refused.before.iter().enumerate() {
            assert!(at_high.open(before).is_ok(), "{}: before {index}", refused.name);
        }
        let code = match refused.opened_by.as_str() {
            "epoch" => at_high.open(&refused.body).map(|_| ()).map_err(TrustError::code),
            "hello" => keys.open_hello(low.peer, high.peer, &refused.body).map(|_| ()).map_err(TrustError::code),
            other => panic!("{other}"),
        };
        assert_eq!(code, Err(refused.code.as_str()), "{}", refused.name);
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Confirmations {
    secret: String,
    low: Party,
    high: Party,
    epoch: String,
    right: Vec<Right>,
    wrong: Vec<Wrong>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Right {
    plane: Plane,
    link: u32,
    low_fingerprint: String,
    high_fingerprint: String,
    low_mac: String,
    high_mac: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Wrong {
    name: String,
    plane: Plane,
    link: u32,
    low_fingerprint: String,
    high_fingerprint: String,
    mac: String,
}

#[test]
fn keys_are_confirmed_as_the_vectors_say() {
    let vectors: Confirmations =
        serde_json::from_str(include_str!("../../../tests/vectors/confirmation.json")).unwrap();
    assert!(vectors.right.len() >= 4 && vectors.wrong.len() >= 9);
    let (at_low, at_high) = epochs(&vectors.secret, &vectors.low, &vectors.high);
    assert_eq!(at_low.id().to_string(), vectors.epoch);
    for right in vectors.right {
        let low: Fingerprint = right.low_fingerprint.parse().unwrap();
        let high: Fingerprint = right.high_fingerprint.parse().unwrap();
        let of_low = at_low.key_confirmation(right.plane, right.link);
        let of_high = at_high.key_confirmation(right.plane, right.link);
        assert_eq!(of_low.mac(&low, &high), right.low_mac);
        assert_eq!(of_high.mac(&high, &low), right.high_mac);
        assert_eq!(of_low.verify(&right.high_mac, &low, &high), Ok(()));
        assert_eq!(of_high.verify(&right.low_mac, &high, &low), Ok(()));
    }
    for wrong in vectors.wrong {
        let low: Fingerprint = wrong.low_fingerprint.parse().unwrap();
        let high: Fingerprint = wrong.high_fingerprint.parse().unwrap();
        let checked = at_high.key_confirmation(wrong.plane, wrong.link).verify(&wrong.mac, &high, &low);
        assert_eq!(checked, Err(TrustError::ProofFailed), "{}", wrong.name);
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Handshakes {
    secret: String,
    scripts: Vec<Script>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Script {
    name: String,
    #[serde(rename = "self")]
    local: PeerId,
    other: PeerId,
    steps: Vec<Step>,
}

#[derive(Deserialize)]
#[serde(tag = "do", rename_all = "kebab-case")]
enum Step {
    Begin { fresh: String, expect: Expect },
    Receive { nonce: String, echo: Option<String>, fresh: String, expect: Expect },
}

#[derive(Deserialize, Debug, PartialEq)]
struct Expect {
    send: Option<Nonces>,
    established: Option<Established>,
}

#[derive(Deserialize, Debug, PartialEq)]
struct Nonces {
    nonce: String,
    echo: Option<String>,
}

#[derive(Deserialize, Debug, PartialEq)]
struct Established {
    epoch: String,
    initiator: bool,
    polite: bool,
}

#[test]
fn handshakes_go_as_the_vectors_say() {
    let vectors: Handshakes = serde_json::from_str(include_str!("../../../tests/vectors/handshake.json")).unwrap();
    assert!(vectors.scripts.len() >= 13);
    let about = About { name: "Ada".into(), agent: "parlor/0.1.0".into(), host: HostKind::Shell };
    let nonces = |hello: Hello| Nonces { nonce: hello.nonce, echo: hello.echo };
    for script in vectors.scripts {
        let mut machine = Handshake::new(&keys(&vectors.secret), script.local, script.other);
        for (index, step) in script.steps.into_iter().enumerate() {
            let (got, expect) = match step {
                Step::Begin { fresh, expect } => {
                    let send = Some(nonces(machine.begin(nonce(&fresh)).hello(&about)));
                    (Expect { send, established: None }, expect)
                }
                Step::Receive { nonce: theirs, echo, fresh, expect } => {
                    let hello =
                        Hello { nonce: theirs, echo, name: String::new(), agent: String::new(), host: HostKind::App };
                    let step = machine.hello_received(&hello, nonce(&fresh)).unwrap();
                    let established = step.established.map(|epoch| Established {
                        epoch: epoch.id().to_string(),
                        initiator: epoch.initiator(),
                        polite: epoch.polite(),
                    });
                    (Expect { send: step.send.map(|send| nonces(send.hello(&about))), established }, expect)
                }
            };
            assert_eq!(got, expect, "{}, step {index}", script.name);
        }
    }
}
