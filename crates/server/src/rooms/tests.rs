//! The machine on virtual time. `Hall` plays the drivers: it writes every socket's outbox at once, except where a test holds it back.

use std::collections::{BTreeMap, BTreeSet};

use super::*;
use crate::{request::Entry, secret_hash::SecretHash};

mod creating;
mod guesses;
mod lives;
mod withdrawal;

const LIMITS: Limits = Limits {
    message_bytes: 65_536,
    room_peers: 3,
    room_ttl_s: 900,
    seat_grace_ms: 2_500,
    create_key: None,
    max_rooms: 4,
    max_sockets: 64,
    max_sockets_per_address: 32,
    socket: Rate { per_s: 100, burst: 1_000 },
    address: Rate { per_s: 10_000, burst: 100_000 },
    room: Rate { per_s: 10_000, burst: 100_000 },
    join: Rate { per_s: 1_000, burst: 1_000 },
};
const ADDRESS: AddressKey = AddressKey::V4([192, 0, 2, 1]);
const ROOM: RoomId = RoomId([7; 16]);
const TOKEN: SecretHash = SecretHash::chosen([1; 32]);

fn peer(n: u8) -> PeerId {
    PeerId([n; 16])
}

fn entry(n: u8) -> Entry {
    Entry { room: ROOM, token: TOKEN, peer: peer(n), resume: SecretHash::chosen([n; 32]), create: true, key: None }
}

struct Hall {
    rooms: Rooms,
    now_ms: u64,
    received: BTreeMap<SocketId, Vec<Outgoing>>,
    cut: BTreeMap<SocketId, CutReason>,
    not_reading: BTreeSet<SocketId>,
    next: u64,
}

impl Hall {
    fn new(limits: Limits) -> Self {
        let rooms = Rooms::new(limits);
        Self {
            rooms,
            now_ms: 0,
            received: BTreeMap::new(),
            cut: BTreeMap::new(),
            not_reading: BTreeSet::new(),
            next: 0,
        }
    }

    fn open(&mut self) -> SocketId {
        self.open_from(ADDRESS)
    }

    fn open_from(&mut self, address: AddressKey) -> SocketId {
        self.next += 1;
        let socket = SocketId(self.next);
        self.rooms.open(socket, address, self.now_ms).unwrap();
        socket
    }

    fn settle(&mut self) {
        while let Some(output) = self.rooms.poll_output() {
            match output {
                Output::Deliver(socket) if self.not_reading.contains(&socket) => {}
                Output::Deliver(socket) => loop {
                    let batch = self.rooms.take(socket);
                    if batch.is_empty() {
                        break;
                    }
                    self.received.entry(socket).or_default().extend(batch);
                    self.rooms.written(socket);
                },
                Output::Cut(socket, reason) => {
                    assert_eq!(self.cut.insert(socket, reason), None, "cut once");
                }
            }
        }
    }

    fn send(&mut self, socket: SocketId, asked: Result<Request, Malformed>, bytes: usize) {
        self.rooms.receive(socket, asked, bytes, self.now_ms, Vec::new);
        self.settle();
    }

    fn ask(&mut self, socket: SocketId, rid: u32, ask: Ask) -> Reply {
        self.send(socket, Ok(Request { rid, ask }), 100);
        self.reply(socket, rid)
    }

    fn reply(&self, socket: SocketId, rid: u32) -> Reply {
        let of = |message: &Outgoing| match message {
            Outgoing::Reply(reply) if reply.rid == Some(rid) => Some(Reply::clone(reply)),
            _ => None,
        };
        self.received.get(&socket).into_iter().flatten().rev().find_map(of).expect("a reply")
    }

    fn join(&mut self, socket: SocketId, entry: Entry) -> Reply {
        self.ask(socket, 0, Ask::Join(entry))
    }

    fn seated(&mut self, n: u8) -> SocketId {
        let socket = self.open();
        let reply = self.join(socket, entry(n));
        assert!(reply.ok, "{reply:?}");
        socket
    }

    fn signal(&mut self, socket: SocketId, rid: u32, to: u8, body: &str) -> Reply {
        self.ask(socket, rid, Ask::Signal { to: peer(to), body: body.to_owned() })
    }

    fn close(&mut self, socket: SocketId) {
        self.rooms.close(socket, self.now_ms);
        self.settle();
    }

    fn pass(&mut self, ms: u64) {
        self.now_ms += ms;
        self.rooms.advance(self.now_ms);
        self.settle();
    }

    fn bodies(&self, socket: SocketId) -> Vec<(PeerId, String)> {
        let of = |message: &Outgoing| match message {
            Outgoing::Signal(signal) => Some((signal.from, signal.body.clone())),
            _ => None,
        };
        self.received.get(&socket).into_iter().flatten().filter_map(of).collect()
    }

    fn has_seen(&self, socket: SocketId, message: &Outgoing) -> usize {
        self.received.get(&socket).into_iter().flatten().filter(|seen| *seen == message).count()
    }
}

fn code(reply: &Reply) -> ReplyCode {
    assert!(!reply.ok);
    reply.code.expect("a code")
}

#[test]
fn a_newcomer_learns_who_is_here_and_the_others_learn_of_it() {
    let mut hall = Hall::new(LIMITS);
    let first = hall.seated(1);
    let second = hall.open();
    let joined = hall.join(second, entry(2)).joined.unwrap();
    assert_eq!(joined.peers, [peer(1)]);
    assert_eq!((joined.ttl_s, joined.limits.room_peers, joined.limits.message_bytes), (900, 3, 65_536));
    assert_eq!(hall.has_seen(first, &Outgoing::PeerJoined(peer(2))), 1);
    assert!(hall.join(second, entry(2)).ok, "the same join again is answered again");
    assert_eq!(hall.has_seen(first, &Outgoing::PeerJoined(peer(2))), 1);
    let elsewhere = Entry { room: RoomId([8; 16]), ..entry(2) };
    assert_eq!(code(&hall.join(second, elsewhere)), ReplyCode::BadRequest);
}

#[test]
fn a_missing_room_and_a_wrong_token_look_the_same() {
    let mut hall = Hall::new(LIMITS);
    let socket = hall.open();
    let missing = hall.join(socket, Entry { create: false, ..entry(1) });
    hall.seated(2);
    let wrong = hall.join(socket, Entry { token: SecretHash::chosen([9; 32]), ..entry(1) });
    assert_eq!(missing, wrong);
    assert_eq!(code(&wrong), ReplyCode::RoomRefused);
}

#[test]
fn only_a_right_token_learns_that_the_room_is_full() {
    let mut hall = Hall::new(LIMITS);
    for n in 1..=3 {
        hall.seated(n);
    }
    let socket = hall.open();
    assert_eq!(code(&hall.join(socket, entry(4))), ReplyCode::RoomFull);
    assert_eq!(
        code(&hall.join(socket, Entry { token: SecretHash::chosen([9; 32]), ..entry(4) })),
        ReplyCode::RoomRefused
    );
}

#[test]
fn signals_carry_their_true_sender_and_go_nowhere_else() {
    let mut hall = Hall::new(LIMITS);
    let (first, second, third) = (hall.seated(1), hall.seated(2), hall.seated(3));
    let stranger = hall.open();
    assert!(hall.signal(first, 1, 2, "abc").ok);
    assert_eq!(hall.bodies(second), [(peer(1), "abc".to_owned())]);
    assert!(hall.bodies(third).is_empty());
    assert_eq!(code(&hall.signal(first, 2, 9, "abc")), ReplyCode::NoSuchPeer);
    assert_eq!(code(&hall.signal(first, 3, 1, "abc")), ReplyCode::NoSuchPeer);
    assert_eq!(code(&hall.signal(stranger, 4, 1, "abc")), ReplyCode::NotInRoom);
    assert_eq!(code(&hall.ask(stranger, 5, Ask::Leave)), ReplyCode::NotInRoom);
    assert!(hall.ask(stranger, 6, Ask::Heartbeat).ok);
}

#[test]
fn a_dropped_peer_takes_its_seat_back_in_silence_with_what_was_sent_meanwhile() {
    let mut hall = Hall::new(LIMITS);
    let (first, second) = (hall.seated(1), hall.seated(2));
    hall.not_reading.insert(second);
    assert!(hall.signal(first, 1, 2, "unwritten").ok);
    hall.close(second);
    hall.pass(2_499);
    assert!(hall.signal(first, 2, 2, "waiting").ok);
    let stolen = hall.open();
    assert_eq!(
        code(&hall.join(stolen, Entry { resume: SecretHash::chosen([9; 32]), ..entry(2) })),
        ReplyCode::Unauthorized
    );
    let back = hall.seated(2);
    let bodies: Vec<_> = hall.bodies(back).into_iter().map(|(_, body)| body).collect();
    assert_eq!(bodies, ["unwritten", "waiting"]);
    assert!(matches!(hall.received[&back][0], Outgoing::Reply(_)), "the reply comes first");
    hall.pass(10_000);
    assert_eq!(hall.has_seen(first, &Outgoing::PeerLeft(peer(2))), 0);
    assert_eq!(hall.has_seen(first, &Outgoing::PeerJoined(peer(2))), 1);
}

#[test]
fn after_the_grace_the_others_are_told() {
    let mut hall = Hall::new(LIMITS);
    let (first, second) = (hall.seated(1), hall.seated(2));
    hall.close(second);
    hall.pass(2_499);
    assert_eq!(hall.has_seen(first, &Outgoing::PeerLeft(peer(2))), 0);
    hall.pass(1);
    assert_eq!(hall.has_seen(first, &Outgoing::PeerLeft(peer(2))), 1);
    assert_eq!(code(&hall.signal(first, 1, 2, "late")), ReplyCode::NoSuchPeer);
}

#[test]
fn who_leaves_on_purpose_has_no_grace() {
    let mut hall = Hall::new(LIMITS);
    let (first, second) = (hall.seated(1), hall.seated(2));
    assert!(hall.ask(second, 1, Ask::Leave).ok);
    assert_eq!(hall.has_seen(first, &Outgoing::PeerLeft(peer(2))), 1);
    assert!(hall.join(second, entry(2)).ok, "and may come again on the same socket");
}

#[test]
fn a_ghost_is_evicted_and_the_others_are_not_told() {
    let mut hall = Hall::new(LIMITS);
    let (first, ghost) = (hall.seated(1), hall.seated(2));
    let back = hall.seated(2);
    assert_eq!(hall.cut.get(&ghost), Some(&CutReason::Replaced));
    hall.close(ghost);
    hall.pass(10_000);
    assert_eq!(hall.has_seen(first, &Outgoing::PeerLeft(peer(2))), 0);
    assert!(hall.signal(first, 1, 2, "to the new one").ok);
    assert_eq!(hall.bodies(back).len(), 1);
}

#[test]
fn a_seat_that_lost_a_signal_is_given_up_at_once() {
    let mut hall = Hall::new(LIMITS);
    let (first, second) = (hall.seated(1), hall.seated(2));
    hall.close(second);
    for rid in 0..64 {
        assert!(hall.signal(first, rid, 2, "a").ok);
    }
    assert_eq!(code(&hall.signal(first, 64, 2, "a")), ReplyCode::NoSuchPeer);
    assert_eq!(hall.has_seen(first, &Outgoing::PeerLeft(peer(2))), 1);
    hall.seated(2);
    assert_eq!(hall.has_seen(first, &Outgoing::PeerJoined(peer(2))), 2, "whoever comes back is announced anew");
}

#[test]
fn a_room_outlives_its_last_peer_by_its_time_to_live() {
    let mut hall = Hall::new(LIMITS);
    let only = hall.seated(1);
    hall.ask(only, 1, Ask::Leave);
    hall.pass(899_999);
    assert!(hall.join(only, Entry { create: false, ..entry(1) }).ok);
    hall.pass(3_600_000);
    hall.ask(only, 2, Ask::Leave);
    hall.pass(900_000);
    assert_eq!(code(&hall.join(only, Entry { create: false, ..entry(1) })), ReplyCode::RoomRefused);
    assert_eq!(hall.rooms.figures().rooms, 0);
    assert_eq!(hall.rooms.next_deadline_ms(), None);
}

#[test]
fn rooms_are_bounded_and_the_longest_empty_one_makes_place() {
    let mut hall = Hall::new(LIMITS);
    let room = |n: u8| Entry { room: RoomId([n; 16]), ..entry(n) };
    for n in 1..=4 {
        let socket = hall.open();
        assert!(hall.join(socket, room(n)).ok);
    }
    let socket = hall.open();
    let refused = hall.join(socket, room(5));
    assert_eq!((code(&refused), refused.retry_ms), (ReplyCode::RateLimited, Some(5_000)));
    hall.close(SocketId(2));
    hall.pass(2_500);
    assert!(hall.join(socket, room(5)).ok);
    assert_eq!(hall.rooms.figures().rooms, 4);
}

#[test]
fn too_fast_is_refused_in_order_and_then_cut_off() {
    let mut hall = Hall::new(Limits { socket: Rate { per_s: 10, burst: 20 }, ..LIMITS });
    let (first, second) = (hall.seated(1), hall.seated(2));
    let mut accepted = Vec::new();
    for rid in 1..=25 {
        if hall.signal(first, rid, 2, &rid.to_string()).ok {
            accepted.push(rid);
        }
    }
    assert_eq!(accepted, (1..=19).collect::<Vec<_>>(), "the join cost one");
    let refused = hall.reply(first, 20);
    assert_eq!((code(&refused), refused.retry_ms), (ReplyCode::RateLimited, Some(500)));
    hall.pass(499);
    assert_eq!(hall.signal(first, 26, 2, "overtakes").retry_ms, Some(1), "held, though tokens are there");
    hall.pass(1);
    assert!(hall.signal(first, 20, 2, "20").ok);
    for rid in 100..200 {
        hall.send(first, Ok(Request { rid, ask: Ask::Signal { to: peer(2), body: "x".into() } }), 100);
    }
    assert_eq!(hall.cut.get(&first), Some(&CutReason::TooFast));
    assert!(!hall.cut.contains_key(&second));
}

#[test]
fn long_messages_cost_more() {
    let mut hall = Hall::new(Limits { socket: Rate { per_s: 10, burst: 20 }, ..LIMITS });
    let socket = hall.open();
    hall.send(socket, Ok(Request { rid: 1, ask: Ask::Heartbeat }), 60_000);
    assert!(hall.reply(socket, 1).ok);
    hall.send(socket, Ok(Request { rid: 2, ask: Ask::Heartbeat }), 60_000);
    assert_eq!(code(&hall.reply(socket, 2)), ReplyCode::RateLimited);
}

#[test]
fn for_a_slow_reader_the_writer_waits_and_one_that_never_reads_is_cut_off() {
    let rate = Rate { per_s: 1_000_000, burst: 1_000_000 };
    let mut hall = Hall::new(Limits { socket: rate, ..LIMITS });
    let (first, second) = (hall.seated(1), hall.seated(2));
    hall.not_reading.insert(second);
    let body = "b".repeat(10_000);
    let mut accepted = 0;
    while hall.signal(first, accepted, 2, &body).ok {
        accepted += 1;
    }
    assert!((40..=60).contains(&accepted), "{accepted} of 10 000 bytes");
    assert_eq!(code(&hall.reply(first, accepted)), ReplyCode::RateLimited);
    hall.not_reading.remove(&second);
    hall.rooms.push(second, Outgoing::PeerJoined(peer(9)));
    hall.settle();
    hall.pass(500);
    assert!(hall.signal(first, accepted, 2, &body).ok);
    assert_eq!(hall.bodies(second).len(), accepted as usize + 1, "nothing was lost");

    hall.not_reading.insert(first);
    for rid in 0..5_000 {
        hall.rooms.receive(first, Ok(Request { rid, ask: Ask::Heartbeat }), 20, hall.now_ms, Vec::new);
    }
    hall.settle();
    assert_eq!(hall.cut.get(&first), Some(&CutReason::NotReading));
}

#[test]
fn sockets_are_bounded_in_all_and_by_address() {
    let mut rooms = Rooms::new(Limits { max_sockets: 3, max_sockets_per_address: 2, ..LIMITS });
    let other = AddressKey::V4([198, 51, 100, 1]);
    assert_eq!(rooms.open(SocketId(1), ADDRESS, 0), Ok(()));
    assert_eq!(rooms.open(SocketId(2), ADDRESS, 0), Ok(()));
    assert_eq!(rooms.open(SocketId(3), ADDRESS, 0), Err(SocketRefused));
    assert_eq!(rooms.open(SocketId(4), other, 0), Ok(()));
    assert_eq!(rooms.open(SocketId(5), other, 0), Err(SocketRefused));
    rooms.close(SocketId(1), 0);
    assert_eq!(rooms.open(SocketId(6), other, 0), Ok(()));
    assert_eq!(rooms.figures().sockets_refused, 2);
}

#[test]
fn at_the_end_everybody_is_told_and_nothing_more_is_granted() {
    let mut hall = Hall::new(LIMITS);
    let first = hall.seated(1);
    hall.rooms.shut(1_000);
    assert!(!hall.rooms.is_drained());
    hall.settle();
    assert!(hall.rooms.is_drained());
    assert_eq!(hall.has_seen(first, &Outgoing::Closing(ServerClosing { retry_ms: 1_000 })), 1);
    assert_eq!(code(&hall.ask(first, 1, Ask::Heartbeat)), ReplyCode::ServerClosing);
    assert!(hall.rooms.open(SocketId(99), ADDRESS, 0).is_err());
}
