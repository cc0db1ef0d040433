//! Random lives of a few sockets, peers and rooms.

use proptest::prelude::*;

use super::*;

/// One step of a random life.
#[derive(Debug, Clone)]
enum Step {
    Open,
    Close(usize),
    Join { socket: usize, room: u8, peer: u8, is_right_token: bool, is_right_resume: bool, create: bool },
    Signal { socket: usize, to: u8 },
    Leave(usize),
    Pass(u64),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        2 => Just(Step::Open),
        1 => (0_usize..8).prop_map(Step::Close),
        4 => (0_usize..8, 1_u8..3, 1_u8..6, prop::bool::weighted(0.9), prop::bool::weighted(0.9), prop::bool::weighted(0.8))
            .prop_map(|(socket, room, peer, is_right_token, is_right_resume, create)| {
                Step::Join { socket, room, peer, is_right_token, is_right_resume, create }
            }),
        6 => (0_usize..8, 1_u8..6).prop_map(|(socket, to)| Step::Signal { socket, to }),
        1 => (0_usize..8).prop_map(Step::Leave),
        2 => (0_u64..3_000).prop_map(Step::Pass),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    /// Whatever happens: what a socket was told of its room is what the room is; accepted signals arrive once, in order and
    /// with their true sender; the bounds hold; and when all are gone and time has passed nothing is left.
    #[test]
    fn what_clients_were_told_is_what_is(steps in proptest::collection::vec(step(), 1..120)) {
        let mut hall = Hall::new(Limits { max_rooms: 2, ..LIMITS });
        let mut open: Vec<SocketId> = Vec::new();
        let mut rid = 0_u32;
        let mut sent: BTreeMap<(PeerId, PeerId), Vec<String>> = BTreeMap::new();
        for step in steps {
            rid += 1;
            match step {
                Step::Open => if open.len() < 8 { open.push(hall.open()) },
                Step::Close(at) => if at < open.len() {
                    let socket = open.remove(at);
                    hall.close(socket);
                },
                Step::Join { socket, room, peer: n, is_right_token, is_right_resume, create } => {
                    if let Some(socket) = open.get(socket) {
                        // Peers of the two rooms differ, so that a delivery tells the room by its sender.
                        let mut wish = entry(n + 10 * room);
                        wish.room = RoomId([room; 16]);
                        wish.create = create;
                        if !is_right_token { wish.token = SecretHash::chosen([99; 32]); }
                        if !is_right_resume { wish.resume = SecretHash::chosen([99; 32]); }
                        hall.send(*socket, Ok(Request { rid, ask: Ask::Join(wish) }), 100);
                    }
                }
                Step::Signal { socket, to } => if let Some(socket) = open.get(socket).copied() {
                    let seat = hall.rooms.sockets.get(&socket).and_then(|known| known.seat);
                    let to = seat.map_or(peer(to), |(room, _)| peer(to + 10 * room.0[0]));
                    hall.send(socket, Ok(Request { rid, ask: Ask::Signal { to, body: rid.to_string() } }), 100);
                    let is_accepted = hall.received.get(&socket).into_iter().flatten().any(|message| {
                        matches!(message, Outgoing::Reply(reply) if reply.rid == Some(rid) && reply.ok)
                    });
                    if is_accepted {
                        let (_, from) = seat.expect("only seated peers signal");
                        sent.entry((from, to)).or_default().push(rid.to_string());
                        let (room, _) = seat.expect("only seated peers signal");
                        if let Holder::Socket(addressee) = hall.rooms.rooms[&room].seats[&to].holder {
                            prop_assert!(hall.bodies(addressee).contains(&(from, rid.to_string())), "accepted and lost");
                        }
                    }
                },
                Step::Leave(at) => if let Some(socket) = open.get(at) {
                    hall.send(*socket, Ok(Request { rid, ask: Ask::Leave }), 100);
                },
                Step::Pass(ms) => hall.pass(ms),
            }
            // The driver closes what was cut.
            let cut: Vec<_> = open.iter().copied().filter(|socket| hall.cut.contains_key(socket)).collect();
            for socket in cut {
                open.retain(|one| *one != socket);
                hall.close(socket);
            }
            check_presence(&hall, &open)?;
            prop_assert!(hall.rooms.rooms.len() <= 2);
            prop_assert!(hall.rooms.rooms.values().all(|room| room.seats.len() <= 3));
            prop_assert_eq!(hall.rooms.sockets.len(), open.len());
        }
        check_deliveries(&hall, &sent)?;
        for socket in open {
            hall.close(socket);
        }
        hall.pass(2_500);
        hall.pass(900_000);
        prop_assert!(hall.rooms.rooms.is_empty() && hall.rooms.timers.is_empty());
        prop_assert!(hall.rooms.sockets_per_address.is_empty());
    }
}

fn check_presence(hall: &Hall, open: &[SocketId]) -> Result<(), TestCaseError> {
    for socket in open {
        let mut told: Option<BTreeSet<PeerId>> = None;
        for message in hall.received.get(socket).into_iter().flatten() {
            match message {
                Outgoing::Reply(reply) => {
                    if let Some(joined) = &reply.joined {
                        told = Some(joined.peers.iter().copied().collect());
                    }
                }
                Outgoing::PeerJoined(peer) => {
                    let is_news = told.as_mut().is_some_and(|told| told.insert(*peer));
                    prop_assert!(is_news, "{peer} joined twice");
                }
                Outgoing::PeerLeft(peer) => {
                    let was_there = told.as_mut().is_some_and(|told| told.remove(peer));
                    prop_assert!(was_there, "{peer} left twice");
                }
                Outgoing::Signal(_) | Outgoing::Closing(_) => {}
            }
        }
        if let Some((room, own)) = hall.rooms.sockets.get(socket).and_then(|known| known.seat) {
            let is: BTreeSet<_> = hall.rooms.rooms[&room].seats.keys().copied().filter(|peer| *peer != own).collect();
            prop_assert_eq!(told.unwrap_or_default(), is);
        }
    }
    Ok(())
}

fn check_deliveries(hall: &Hall, sent: &BTreeMap<(PeerId, PeerId), Vec<String>>) -> Result<(), TestCaseError> {
    let mut got: BTreeMap<PeerId, Vec<String>> = BTreeMap::new();
    for messages in hall.received.values() {
        let mut last: BTreeMap<PeerId, u32> = BTreeMap::new();
        for message in messages {
            if let Outgoing::Signal(signal) = message {
                let number: u32 = signal.body.parse().map_err(|_| TestCaseError::fail("a foreign body"))?;
                let before = last.insert(signal.from, number);
                prop_assert!(before.is_none_or(|before| before < number), "out of order");
                got.entry(signal.from).or_default().push(signal.body.clone());
            }
        }
    }
    for (from, mut bodies) in got {
        let mut accepted: Vec<_> =
            sent.iter().filter(|((by, _), _)| *by == from).flat_map(|(_, bodies)| bodies.clone()).collect();
        accepted.sort();
        bodies.sort();
        let count = bodies.len();
        bodies.dedup();
        prop_assert_eq!(count, bodies.len(), "a signal came twice");
        prop_assert!(bodies.iter().all(|body| accepted.binary_search(body).is_ok()), "a signal nobody sent");
    }
    Ok(())
}
