//! What a server can do to envelopes without their keys: every bit flipped, repeats, other orders, reflections, and crossings between
//! rooms, epochs, planes and peers. Nothing of it opens, and honest traffic goes on. The seed of what is random is printed.

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
use parlor_trust::{About, Epoch, Handshake, Invitation, Nonce, RoomKeys, TrustError};

const ADA: PeerId = PeerId([1; 16]);
const BOB: PeerId = PeerId([2; 16]);
const CEM: PeerId = PeerId([3; 16]);

fn keys(secret: u8) -> RoomKeys {
    Invitation::new("https://parlor.example", [secret; 32]).unwrap().keys()
}

fn about() -> About {
    About { name: "Ada".into(), agent: "parlor/0.1.0".into(), host: HostKind::App }
}

/// Both ends of an epoch, and the three hellos that made it, with who said them.
fn meeting(keys: &RoomKeys, one: PeerId, other: PeerId, nonces: u8) -> (Epoch, Epoch, Vec<(PeerId, PeerId, String)>) {
    let (mut left, mut right) = (Handshake::new(keys, one, other), Handshake::new(keys, other, one));
    let mut said = Vec::new();
    let mut say = |from, to, greeting: parlor_trust::Greeting| {
        let hello = greeting.hello(&about());
        said.push((from, to, keys.seal_hello(from, to, &hello, [nonces; 24]).unwrap()));
        hello
    };
    let hello = say(one, other, left.begin(Nonce([nonces; 32])));
    let step = right.hello_received(&hello, Nonce([nonces + 1; 32])).unwrap();
    let hello = say(other, one, step.send.unwrap());
    let step = left.hello_received(&hello, Nonce([nonces + 2; 32])).unwrap();
    let hello = say(one, other, step.send.unwrap());
    let done = right.hello_received(&hello, Nonce([nonces + 3; 32])).unwrap();
    (step.established.unwrap(), done.established.unwrap(), said)
}

fn offer(number: usize) -> Sealed {
    let sdp = format!("v=0\r\ns={number}\r\n");
    Sealed::Description { link: 1, description: Description { kind: DescriptionType::Offer, sdp } }
}

fn seal(epoch: &mut Epoch, plane: Plane, number: usize) -> String {
    epoch.seal(plane, &offer(number), [u8::try_from(number % 251).unwrap(); 24]).unwrap()
}

/// Every bit of the bytes, each flipped alone.
fn flipped(body: &str) -> impl Iterator<Item = String> {
    let bytes = URL_SAFE_NO_PAD.decode(body).unwrap();
    (0..bytes.len() * 8).map(move |bit| {
        let mut changed = bytes.clone();
        changed[bit / 8] ^= 1 << (bit % 8);
        URL_SAFE_NO_PAD.encode(changed)
    })
}

#[test]
fn ten_thousand_flipped_bits_open_nothing_and_take_nothing_away() {
    let keys = keys(7);
    let (mut ada, mut bob, said) = meeting(&keys, ADA, BOB, 10);
    let mut flips = 0;
    for (from, to, hello) in &said {
        for changed in flipped(hello) {
            flips += 1;
            assert!(keys.open_hello(*from, *to, &changed).is_err());
        }
        assert!(keys.open_hello(*from, *to, hello).is_ok());
    }
    let mut number = 0;
    while flips < 20_000 {
        let (plane, from, to) = match number % 2 {
            0 => (Plane::Data, &mut ada, &mut bob),
            _ => (Plane::Media, &mut bob, &mut ada),
        };
        let body = seal(from, plane, number);
        for changed in flipped(&body) {
            flips += 1;
            assert!(to.open(&changed).is_err());
        }
        assert_eq!(to.open(&body), Ok((plane, offer(number))), "the honest one still counts");
        number += 1;
    }
    println!("{flips} flipped bits");
}

#[test]
fn letters_cut_added_or_exchanged_open_nothing() {
    let keys = keys(7);
    let (mut ada, mut bob, _) = meeting(&keys, ADA, BOB, 10);
    let body = seal(&mut ada, Plane::Data, 0);
    for end in 0..body.len() {
        assert!(bob.open(&body[..end]).is_err());
        assert!(bob.open(&format!("{}A{}", &body[..end], &body[end..])).is_err());
        assert!(bob.open(&format!("{}={}", &body[..end], &body[end..])).is_err());
    }
    assert_eq!(bob.open(&body), Ok((Plane::Data, offer(0))));
}

#[test]
fn a_thousand_replays_count_once_in_whatever_order_they_come() {
    let keys = keys(7);
    let (mut ada, mut bob, said) = meeting(&keys, ADA, BOB, 10);
    let bodies: Vec<String> = (0..100).map(|number| seal(&mut ada, Plane::Data, number)).collect();
    // A linear congruential generator: the order is random and yet the same each time.
    let (mut seed, mut last, mut opened) = (20_261_123_u64, None, 0);
    println!("seed {seed}");
    for _ in 0..3_000 {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let index = usize::try_from(seed >> 33).unwrap() % bodies.len();
        let outcome = bob.open(&bodies[index]);
        if last.is_some_and(|last| index <= last) {
            assert_eq!(outcome, Err(TrustError::Replay));
        } else {
            assert_eq!(outcome, Ok((Plane::Data, offer(index))));
            (last, opened) = (Some(index), opened + 1);
        }
    }
    assert!(opened < 100 && last == Some(99));
    let body = seal(&mut ada, Plane::Media, 100);
    assert_eq!(bob.open(&body), Ok((Plane::Media, offer(100))));

    // Hellos replayed into a live epoch and into a new handshake: none ends or makes an epoch.
    let mut handshake = Handshake::new(&keys, BOB, ADA);
    handshake.begin(Nonce([99; 32]));
    for round in 0..1_000 {
        let (from, to, hello) = &said[round % said.len()];
        if *to == BOB {
            let hello = keys.open_hello(*from, *to, hello).unwrap();
            assert!(handshake.hello_received(&hello, Nonce([98; 32])).unwrap().established.is_none());
        }
    }
}

#[test]
fn nothing_crosses_between_directions_rooms_epochs_planes_kinds_and_peers() {
    let (here, there) = (keys(7), keys(8));
    let (mut ada, mut bob, said) = meeting(&here, ADA, BOB, 10);
    let (mut ada_later, mut bob_later, _) = meeting(&here, ADA, BOB, 50);
    let (mut ada_with_cem, mut cem, _) = meeting(&here, ADA, CEM, 10);
    let (mut ada_elsewhere, mut bob_elsewhere, _) = meeting(&there, ADA, BOB, 10);
    for number in 0..250 {
        let body = seal(&mut ada, Plane::Data, number);
        // Reflected, into another session, to another peer, into another room.
        for (name, stranger) in [
            ("reflected", &mut ada),
            ("later session, there", &mut bob_later),
            ("later session, back", &mut ada_later),
            ("another pair, there", &mut cem),
            ("another pair, back", &mut ada_with_cem),
            ("another room, there", &mut bob_elsewhere),
            ("another room, back", &mut ada_elsewhere),
        ] {
            assert!(stranger.open(&body).is_err(), "{name}");
        }
        // With the header of another plane, another kind, another place in the order, another session, which were never sealed.
        let later = URL_SAFE_NO_PAD.decode(seal(&mut bob_later, Plane::Data, number)).unwrap();
        for (at, bytes) in [(2, vec![2]), (1, vec![2]), (1, vec![0]), (19, vec![255]), (4, later[4..12].to_vec())] {
            let mut changed = URL_SAFE_NO_PAD.decode(&body).unwrap();
            changed[at..at + bytes.len()].copy_from_slice(&bytes);
            let changed = URL_SAFE_NO_PAD.encode(changed);
            assert!(
                bob.open(&changed).is_err() && bob_later.open(&changed).is_err() && ada_later.open(&changed).is_err()
            );
        }
        assert_eq!(bob.open(&body), Ok((Plane::Data, offer(number))));
    }
    for (from, to, hello) in &said {
        assert!(here.open_hello(*to, *from, hello).is_err(), "reflected");
        assert!(
            here.open_hello(*from, CEM, hello).is_err() && here.open_hello(CEM, *to, hello).is_err(),
            "another peer"
        );
        assert!(there.open_hello(*from, *to, hello).is_err(), "another room");
        assert!(ada.open(hello).is_err() && bob.open(hello).is_err(), "a hello is no message of an epoch");
    }
    let body = seal(&mut ada, Plane::Data, 0);
    assert!(here.open_hello(ADA, BOB, &body).is_err(), "a message of an epoch is no hello");
}
