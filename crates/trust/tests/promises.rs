//! What is promised of seals, handshakes and confirmations, whatever a server in between does.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test that cannot go on has failed"
)]

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use parlor_protocol::{
    id::PeerId,
    negotiation::{Description, DescriptionType, HostKind, Plane, Sealed},
};
use parlor_trust::{
    About, Epoch, Fingerprint, Handshake, HandshakeStep, Invitation, Nonce, RoomKeys, TrustError,
    envelope::{self, Kind},
};
use proptest::prelude::*;

const ADA: PeerId = PeerId([1; 16]);
const BOB: PeerId = PeerId([2; 16]);

fn keys() -> RoomKeys {
    Invitation::new("https://parlor.example", [42; 32]).unwrap().keys()
}

fn about() -> About {
    About { name: "Ada".into(), agent: "parlor/0.1.0".into(), host: HostKind::App }
}

fn offer(sdp: &str) -> Sealed {
    Sealed::Description { link: 1, description: Description { kind: DescriptionType::Offer, sdp: sdp.into() } }
}

/// A peer with everything a driver would keep: sealed hellos out, the newest epoch.
struct Peer {
    local: PeerId,
    remote: PeerId,
    handshake: Handshake,
    epoch: Option<Epoch>,
    epochs: u32,
    counter: u8,
}

impl Peer {
    fn new(local: PeerId, remote: PeerId, counter: u8) -> Self {
        Self { local, remote, handshake: Handshake::new(&keys(), local, remote), epoch: None, epochs: 0, counter }
    }

    fn fresh(&mut self) -> Nonce {
        self.counter += 1;
        Nonce([self.counter; 32])
    }

    fn seal(&self, greeting: parlor_trust::Greeting) -> String {
        keys().seal_hello(self.local, self.remote, &greeting.hello(&about()), [7; 24]).unwrap()
    }

    fn begin(&mut self) -> String {
        let nonce = self.fresh();
        let greeting = self.handshake.begin(nonce);
        self.seal(greeting)
    }

    fn receive(&mut self, body: &str) -> Option<String> {
        let hello = keys().open_hello(self.remote, self.local, body).unwrap();
        let fresh = self.fresh();
        let HandshakeStep { send, established } = self.handshake.hello_received(&hello, fresh).unwrap();
        if let Some(epoch) = established {
            self.epochs += 1;
            self.epoch = Some(epoch);
        }
        send.map(|greeting| self.seal(greeting))
    }
}

/// Passes hellos on, in order, until both are quiet; returns everything a server has seen.
fn exchange(
    ada: &mut Peer,
    bob: &mut Peer,
    mut to_bob: Vec<String>,
    mut to_ada: Vec<String>,
) -> (Vec<String>, Vec<String>) {
    let (mut seen_to_bob, mut seen_to_ada) = (to_bob.clone(), to_ada.clone());
    while !to_bob.is_empty() || !to_ada.is_empty() {
        let answers: Vec<String> = to_bob.drain(..).filter_map(|body| bob.receive(&body)).collect();
        let replies: Vec<String> = to_ada.drain(..).filter_map(|body| ada.receive(&body)).collect();
        seen_to_ada.extend(answers.clone());
        seen_to_bob.extend(replies.clone());
        (to_ada, to_bob) = (answers, replies);
    }
    (seen_to_bob, seen_to_ada)
}

fn assert_joined(ada: &mut Peer, bob: &mut Peer) {
    let (a, b) = (ada.epoch.as_mut().expect("Ada has an epoch"), bob.epoch.as_mut().expect("Bob has an epoch"));
    assert_eq!(a.id(), b.id());
    assert!(a.initiator() != b.initiator(), "exactly one begins");
    assert!(!a.polite() && b.polite());
    let body = a.seal(Plane::Data, &offer("v=0"), [9; 24]).unwrap();
    assert_eq!(b.open(&body), Ok((Plane::Data, offer("v=0"))));
    let body = b.seal(Plane::Media, &offer("v=1"), [9; 24]).unwrap();
    assert_eq!(a.open(&body), Ok((Plane::Media, offer("v=1"))));
}

fn pair() -> (Peer, Peer) {
    (Peer::new(ADA, BOB, 0), Peer::new(BOB, ADA, 100))
}

#[test]
fn who_enters_and_who_sits_meet() {
    let (mut ada, mut bob) = pair();
    let hello = ada.begin();
    exchange(&mut ada, &mut bob, vec![hello], vec![]);
    assert_joined(&mut ada, &mut bob);
    assert!(ada.epoch.unwrap().initiator());
}

#[test]
fn both_beginning_at_once_meet_and_the_impolite_one_is_the_initiator() {
    let (mut ada, mut bob) = pair();
    let (from_ada, from_bob) = (ada.begin(), bob.begin());
    exchange(&mut ada, &mut bob, vec![from_ada], vec![from_bob]);
    assert_joined(&mut ada, &mut bob);
    assert!(ada.epoch.unwrap().initiator());
}

#[test]
fn a_reload_of_one_side_gets_a_new_epoch_on_both() {
    let (mut ada, mut bob) = pair();
    let hello = ada.begin();
    exchange(&mut ada, &mut bob, vec![hello], vec![]);
    let old = bob.epoch.as_ref().unwrap().id();
    let mut late = ada.epoch.take().unwrap();
    let mut ada = Peer::new(ADA, BOB, 50);
    let hello = ada.begin();
    exchange(&mut ada, &mut bob, vec![hello], vec![]);
    assert_joined(&mut ada, &mut bob);
    let bob_epoch = bob.epoch.as_mut().unwrap();
    assert!(bob_epoch.id() != old);
    let body = late.seal(Plane::Data, &offer("late"), [1; 24]).unwrap();
    assert_eq!(bob_epoch.open(&body), Err(TrustError::NotForUs));
}

#[test]
fn replayed_hellos_neither_end_a_live_epoch_nor_stop_a_new_one() {
    let (mut ada, mut bob) = pair();
    let hello = ada.begin();
    let (to_bob, to_ada) = exchange(&mut ada, &mut bob, vec![hello], vec![]);
    let old = bob.epoch.as_ref().unwrap().id();
    for _ in 0..3 {
        exchange(&mut ada, &mut bob, to_bob.clone(), to_ada.clone());
    }
    assert_eq!((ada.epochs, bob.epochs), (1, 1));
    assert_eq!(bob.epoch.as_ref().unwrap().id(), old);
    assert_joined(&mut ada, &mut bob);

    // Ada reloads; the server throws all it has seen in between.
    let mut ada = Peer::new(ADA, BOB, 50);
    let hello = ada.begin();
    let stale: Vec<String> = to_ada.into_iter().filter_map(|body| ada.receive(&body)).collect();
    let answer = bob.receive(&hello).unwrap();
    exchange(&mut ada, &mut bob, stale, vec![answer]);
    assert_joined(&mut ada, &mut bob);
    assert_eq!(bob.epochs, 2);
}

#[test]
fn beginning_again_heals_whatever_was_lost() {
    for lost in 0..3 {
        let (mut ada, mut bob) = pair();
        let hello = ada.begin();
        let answer = if lost == 0 { None } else { bob.receive(&hello) };
        let _reply = if lost <= 1 { None } else { answer.and_then(|answer| ada.receive(&answer)) };
        let hello = ada.begin();
        exchange(&mut ada, &mut bob, vec![hello], vec![]);
        assert_joined(&mut ada, &mut bob);
        assert!(!ada.handshake.is_pending() && !bob.handshake.is_pending());
    }
}

#[test]
fn another_invitation_opens_nothing() {
    let other = Invitation::new("https://parlor.example", [43; 32]).unwrap().keys();
    let (mut ada, _) = pair();
    let hello = ada.begin();
    assert_eq!(other.open_hello(ADA, BOB, &hello).unwrap_err(), TrustError::Broken);
}

#[test]
fn secrets_are_not_shown() {
    let invitation = Invitation::new("https://parlor.example", [42; 32]).unwrap();
    let (mut ada, mut bob) = pair();
    let hello = ada.begin();
    exchange(&mut ada, &mut bob, vec![hello], vec![]);
    let epoch = ada.epoch.unwrap();
    let shown =
        format!("{invitation:?} {:?} {epoch:?} {:?}", invitation.keys(), epoch.key_confirmation(Plane::Data, 1));
    let secret = URL_SAFE_NO_PAD.encode([42; 32]);
    assert!(!shown.contains(&secret) && !shown.contains("42, 42") && !shown.contains(invitation.keys().token()));
}

#[test]
fn long_names_are_cut_and_long_messages_refused() {
    let long = About { name: "가".repeat(100), ..about() };
    let mut ada = Handshake::new(&keys(), ADA, BOB);
    let mut hello = ada.begin(Nonce([1; 32])).hello(&long);
    assert_eq!(hello.name.chars().count(), 64);
    hello.name = long.name;
    let body = keys().seal_hello(ADA, BOB, &hello, [7; 24]).unwrap();
    assert_eq!(keys().open_hello(ADA, BOB, &body).unwrap().name.chars().count(), 64);
    let (mut ada, mut bob) = pair();
    let hello = ada.begin();
    exchange(&mut ada, &mut bob, vec![hello], vec![]);
    let sealed = ada.epoch.as_mut().unwrap().seal(Plane::Data, &offer(&"x".repeat(60_000)), [1; 24]);
    assert_eq!(sealed, Err(TrustError::TooLong));
    assert_joined(&mut ada, &mut bob);
    assert_eq!(envelope::kind_of(&"A".repeat(70_000)), Err(TrustError::NotAnEnvelope));
}

#[test]
fn fingerprints_are_read_in_every_usual_form() {
    let fingerprint = Fingerprint::of_certificate(b"certificate");
    let hex = fingerprint.to_string();
    let colons =
        hex.as_bytes().chunks(2).map(|pair| String::from_utf8_lossy(pair).to_uppercase()).collect::<Vec<_>>().join(":");
    assert_eq!(hex.parse(), Ok(fingerprint));
    assert_eq!(colons.parse(), Ok(fingerprint));
    for bad in [
        "",
        &hex[1..],
        &format!("{hex}0"),
        &colons.replace(':', "-"),
        &hex.replace('a', "g").replace(char::is_numeric, "x"),
    ] {
        assert!(bad.parse::<Fingerprint>().is_err(), "{bad}");
    }
}

#[test]
fn a_description_names_one_certificate_in_one_way_or_none() {
    let pairs = |fingerprint: Fingerprint| {
        let hex = fingerprint.to_string().to_uppercase();
        hex.as_bytes().chunks(2).map(|pair| String::from_utf8_lossy(pair).into_owned()).collect::<Vec<_>>().join(":")
    };
    let fingerprint = Fingerprint::of_certificate(b"certificate");
    let (value, other) = (pairs(fingerprint), pairs(Fingerprint::of_certificate(b"other")));
    let line = format!("a=fingerprint:sha-256 {value}\r\n");
    let sdp = format!("v=0\r\n{line}m=x\r\n{line}");
    assert_eq!(Fingerprint::from_sdp(&sdp), Some(fingerprint));
    assert_eq!(Fingerprint::from_sdp("v=0\r\n"), None);
    for wrong in [
        format!("a=fingerprint:sha-256 {other}"),
        format!("a=fingerprint:sha-1 {}", &value[..59]),
        format!("a=fingerprint:sha-256 {}", value.to_lowercase()),
        format!("a=fingerprint:SHA-256 {value}"),
        format!("A=Fingerprint:sha-256 {value}"),
        format!(" a=fingerprint:sha-1 {}", &value[..59]),
        format!("a=fingerprint:sha-256  {value}"),
        format!("a=fingerprint:sha-256 {value} "),
        format!("a=fingerprint:sha-256 {}", value.replace(':', "")),
        format!("a=x\ra=fingerprint:sha-256 {other}"),
        "a=fingerprint:".to_owned(),
        "a=fingerprint".to_owned(),
    ] {
        assert_eq!(Fingerprint::from_sdp(&format!("{sdp}{wrong}\r\n")), None, "{wrong}");
        assert_eq!(Fingerprint::from_sdp(&format!("{wrong}\n{sdp}")), None, "{wrong}");
    }
}

fn epochs() -> (Epoch, Epoch) {
    let (mut ada, mut bob) = pair();
    let hello = ada.begin();
    exchange(&mut ada, &mut bob, vec![hello], vec![]);
    (ada.epoch.unwrap(), bob.epoch.unwrap())
}

proptest! {
    #[test]
    fn a_changed_bit_anywhere_never_opens(sdp in ".{0,300}", at in any::<prop::sample::Index>(), bit in 0..8_u32) {
        let (mut ada, mut bob) = epochs();
        let body = ada.seal(Plane::Data, &offer(&sdp), [9; 24]).unwrap();
        let mut bytes = URL_SAFE_NO_PAD.decode(&body).unwrap();
        let index = at.index(bytes.len());
        bytes[index] ^= 1_u8 << bit;
        prop_assert!(bob.open(&URL_SAFE_NO_PAD.encode(&bytes)).is_err());
        prop_assert_eq!(bob.open(&body), Ok((Plane::Data, offer(&sdp))), "the changed one took nothing away");
    }

    #[test]
    fn an_envelope_counts_once_and_never_behind_a_later_one(order in prop::collection::vec(0_usize..12, 1..40)) {
        let (mut ada, mut bob) = epochs();
        let bodies: Vec<String> =
            (0..12).map(|number| ada.seal(Plane::Media, &offer(&number.to_string()), [number; 24]).unwrap()).collect();
        let mut last = None;
        for index in order {
            let opened = bob.open(&bodies[index]);
            if last.is_some_and(|last| index <= last) {
                prop_assert_eq!(opened, Err(TrustError::Replay));
            } else {
                prop_assert_eq!(opened, Ok((Plane::Media, offer(&index.to_string()))));
                last = Some(index);
            }
        }
    }

    #[test]
    fn any_text_is_refused_without_a_panic(text in ".{0,200}", bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let (mut ada, _) = epochs();
        for body in [text.clone(), URL_SAFE_NO_PAD.encode(&bytes)] {
            prop_assert!(ada.open(&body).is_err());
            prop_assert!(keys().open_hello(BOB, ADA, &body).is_err());
        }
        let _: Result<Kind, _> = envelope::kind_of(&text);
        prop_assert!(text.parse::<Invitation>().is_err());
        prop_assert!(text.parse::<Fingerprint>().is_err());
    }

    #[test]
    fn an_invitation_reads_back_in_both_forms(secret in any::<[u8; 32]>(), host in "[a-z0-9.-]{1,40}", port in 1_u16.., path in "(/[a-z0-9~_.-]{1,9}){0,3}") {
        let invitation = Invitation::new(&format!("http://{host}:{port}{path}/"), secret).unwrap();
        prop_assert_eq!(&invitation.link().parse::<Invitation>().unwrap(), &invitation);
        prop_assert_eq!(&invitation.app_link().parse::<Invitation>().unwrap(), &invitation);
    }

    #[test]
    fn only_the_right_confirmation_is_taken(link in any::<u32>(), other_link in any::<u32>(), at in 0_usize..43) {
        let (ada, bob) = epochs();
        let (ada_fp, bob_fp) = (Fingerprint([3; 32]), Fingerprint([4; 32]));
        let mac = ada.key_confirmation(Plane::Data, link).mac(&ada_fp, &bob_fp);
        let at_bob = bob.key_confirmation(Plane::Data, link);
        prop_assert_eq!(at_bob.verify(&mac, &bob_fp, &ada_fp), Ok(()));
        prop_assert!(ada.key_confirmation(Plane::Data, link).verify(&mac, &ada_fp, &bob_fp).is_err(), "reflected");
        prop_assert!(bob.key_confirmation(Plane::Media, link).verify(&mac, &bob_fp, &ada_fp).is_err());
        prop_assert_eq!(bob.key_confirmation(Plane::Data, other_link).verify(&mac, &bob_fp, &ada_fp).is_ok(), link == other_link);
        let mut changed = mac.into_bytes();
        changed[at] = if changed[at] == b'A' { b'B' } else { b'A' };
        prop_assert!(at_bob.verify(&String::from_utf8(changed).unwrap(), &bob_fp, &ada_fp).is_err());
    }
}
