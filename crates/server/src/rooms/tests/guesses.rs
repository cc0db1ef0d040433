//! What somebody learns who guesses rooms and tokens: nothing by the answer, nothing by its time, and not often.

use std::{hint::black_box, net::IpAddr, time::Instant};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::json;
use sha2::{Digest, Sha256};

use super::*;
use crate::{
    request::{RawEvent, read},
    secret_hash::SecretHash,
};

/// Guesses in the short form; ten times as many with `PARLOR_SOAK=long`.
const GUESSES: u32 = 10_000;
const RIGHT: [u8; 32] = [0x5a; 32];
const FULL: RoomId = RoomId([8; 16]);
const NOWHERE: RoomId = RoomId([9; 16]);

fn guesses() -> u32 {
    if std::env::var_os("PARLOR_SOAK").is_some_and(|form| form == "long") { GUESSES * 10 } else { GUESSES }
}

/// Limits under which nobody is slowed down, so that every guess is judged.
fn unhurried() -> Limits {
    let rate = Rate { per_s: 1_000_000, burst: 1_000_000 };
    Limits { socket: rate, address: rate, join: rate, ..LIMITS }
}

/// A room that holds somebody, its token known to the test.
fn occupied(limits: Limits) -> Hall {
    let mut hall = Hall::new(limits);
    let socket = hall.open();
    assert!(hall.join(socket, Entry { token: right(), ..entry(1) }).ok);
    hall
}

/// The same and one that is full, with the same token.
fn with_full_room() -> Hall {
    let mut hall = occupied(unhurried());
    for n in 1..=u8::try_from(LIMITS.room_peers).unwrap() {
        let socket = hall.open();
        assert!(hall.join(socket, Entry { room: FULL, token: right(), ..entry(n) }).ok);
    }
    hall
}

fn right() -> SecretHash {
    SecretHash::of_text(&URL_SAFE_NO_PAD.encode(RIGHT)).unwrap()
}

/// Different in every place for every number.
fn noise(number: u32, of: &str) -> [u8; 32] {
    Sha256::digest(format!("{of} {number}")).into()
}

fn text(room: RoomId, token: [u8; 32]) -> String {
    let (token, resume) = (URL_SAFE_NO_PAD.encode(token), URL_SAFE_NO_PAD.encode([3; 32]));
    json!(["join", {"rid": 7, "version": 1, "room": room, "token": token, "peer": peer(9), "resume": resume}])
        .to_string()
}

/// What a guess is answered with, byte by byte, and how long that took in nanoseconds.
fn answer(hall: &mut Hall, socket: SocketId, text: &str) -> (Vec<u8>, u128) {
    let begun = Instant::now();
    let asked = read(RawEvent { text, has_binary: false }, 65_536);
    hall.rooms.receive(socket, black_box(asked), text.len(), 0, Vec::new);
    let took = begun.elapsed().as_nanos();
    assert_eq!(hall.rooms.poll_output(), Some(Output::Deliver(socket)));
    let batch = hall.rooms.take(socket);
    hall.rooms.written(socket);
    assert_eq!((batch.len(), hall.rooms.poll_output()), (1, None), "one answer, and nobody else hears of it");
    let Some(Outgoing::Reply(reply)) = batch.first() else { panic!("no reply") };
    (serde_json::to_vec(reply.as_ref()).unwrap(), took)
}

/// A guess at the token of the room that is there: one bit off, at each place in turn, or quite different.
fn wrong_token(number: u32) -> [u8; 32] {
    let mut token = RIGHT;
    if number.is_multiple_of(2) {
        token[number as usize / 16 % 32] ^= 1 << (number / 2 % 8);
        token
    } else {
        noise(number, "token")
    }
}

fn median(mut times: Vec<u128>) -> u128 {
    times.sort_unstable();
    times[times.len() / 2]
}

#[test]
fn guesses_are_answered_with_the_same_bytes_in_the_same_time() {
    let mut hall = with_full_room();
    let socket = hall.open();
    let before = hall.rooms.figures();
    let kinds = ["wrong room", "wrong token", "wrong token of a full room"];
    let mut times: [Vec<u128>; 3] = Default::default();
    let expected = br#"{"rid":7,"ok":false,"code":"room-refused"}"#;
    let each = guesses() / 3;
    for number in 0..each {
        let mut room = [0; 16];
        room.copy_from_slice(&noise(number, "room")[..16]);
        // In turn, so that whatever else the machine does meets all alike.
        for (room, times) in [RoomId(room), ROOM, FULL].into_iter().zip(&mut times) {
            let (bytes, took) = answer(&mut hall, socket, &text(room, wrong_token(number)));
            assert_eq!(bytes, expected, "{}", String::from_utf8_lossy(&bytes));
            times.push(took);
        }
    }
    let after = hall.rooms.figures();
    assert_eq!((after.rooms, after.peers, after.joins), (before.rooms, before.peers, before.joins), "nothing changed");
    assert_eq!(after.refusals.get(&ReplyCode::RoomRefused), Some(&u64::from(each * 3)));
    let medians = times.map(median);
    println!("median time of an answer to {kinds:?}: {medians:?} ns");
    // All do the same. That a single comparison does not leak is held by the type of the hashes; the bound only has to catch
    // work that one kind costs and another does not, and is wide enough for any machine.
    let (least, most) = (medians.iter().min().unwrap(), medians.iter().max().unwrap());
    assert!(*most <= *least * 2 + 1_000, "{kinds:?}: {medians:?} ns");
    assert!(hall.join(socket, Entry { token: right(), create: false, ..entry(9) }).ok);
}

#[test]
fn a_full_room_refuses_a_wrong_token_like_any_room() {
    let mut hall = with_full_room();
    let socket = hall.open();
    let (full, _) = answer(&mut hall, socket, &text(FULL, wrong_token(1)));
    let (missing, _) = answer(&mut hall, socket, &text(NOWHERE, RIGHT));
    assert_eq!(full, missing);
    let seated = Entry { room: FULL, token: SecretHash::chosen([9; 32]), ..entry(1) };
    assert_eq!(code(&hall.join(socket, seated)), ReplyCode::RoomRefused, "not even a peer that sits there is told");
    let (right, _) = answer(&mut hall, socket, &text(FULL, RIGHT));
    assert!(String::from_utf8(right).unwrap().contains("room-full"), "control: only a right token learns it");
}

/// How many of `guesses` from these addresses, one socket each, were judged before the others were told to slow down.
fn judged(addresses: &[IpAddr], guesses: u32) -> u32 {
    let mut hall =
        occupied(Limits { join: Rate { per_s: 1, burst: 20 }, max_sockets_per_address: 10_000, ..unhurried() });
    let sockets: Vec<_> = addresses
        .iter()
        .map(|address| {
            hall.next += 1;
            hall.rooms.open(SocketId(hall.next), AddressKey::from(*address), 0).unwrap();
            SocketId(hall.next)
        })
        .collect();
    let mut judged = 0;
    for number in 0..guesses {
        let socket = sockets[number as usize % sockets.len()];
        let (bytes, _) = answer(&mut hall, socket, &text(ROOM, wrong_token(number)));
        let reply: Reply = serde_json::from_slice(&bytes).unwrap();
        match code(&reply) {
            ReplyCode::RoomRefused => judged += 1,
            other => assert_eq!((other, reply.retry_ms.is_some()), (ReplyCode::RateLimited, true)),
        }
    }
    judged
}

#[test]
fn guesses_are_limited_by_address_and_an_address_is_a_household() {
    let v4 = |last: u8| IpAddr::from([192, 0, 2, last]);
    let ip = |text: &str| text.parse::<IpAddr>().unwrap();
    assert_eq!(judged(&[v4(11)], 60), 20);
    assert_eq!(judged(&[v4(11), v4(11), v4(11)], 60), 20, "other sockets of the same address share its guesses");
    assert_eq!(judged(&[v4(11), v4(12), v4(13)], 60), 60, "other addresses have their own");
    let household: Vec<_> = (0..30).map(|last| ip(&format!("2001:db8:1:2:{last:x}:ffff::{last:x}"))).collect();
    assert_eq!(judged(&household, 60), 20, "one /64");
    assert_eq!(judged(&[ip("2001:db8:1:2::1"), ip("2001:db8:1:3::1")], 60), 40, "two /64");
    assert_eq!(judged(&[v4(7), ip("::ffff:192.0.2.7")], 60), 20, "IPv4 written as IPv6");
}

#[test]
fn who_guesses_too_much_learns_nothing_from_being_slowed_down() {
    let mut hall = occupied(Limits { join: Rate { per_s: 1, burst: 1 }, ..unhurried() });
    let socket = hall.open();
    hall.now_ms = 0;
    // The room's own peer came from this address too and has used up the one join.
    let (right, _) = answer(&mut hall, socket, &text(ROOM, RIGHT));
    let (wrong, _) = answer(&mut hall, socket, &text(ROOM, wrong_token(0)));
    let (missing, _) = answer(&mut hall, socket, &text(NOWHERE, RIGHT));
    assert_eq!((&right, &wrong), (&wrong, &missing));
    assert!(String::from_utf8(right).unwrap().contains("rate-limited"));
}
