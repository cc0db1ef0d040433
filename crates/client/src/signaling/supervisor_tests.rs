//! The supervisor on virtual time: each test plays a server's side by hand.

use parlor_protocol::{
    code::FailureCode,
    id::RoomId,
    signaling::{PeerPresence, ServerClosing, ServerLimits, SignalDelivered},
};

use super::*;

const SELF: PeerId = PeerId([9; 16]);
const ALICE: PeerId = PeerId([1; 16]);
const SECOND: Duration = Duration::from_secs(1);

struct Rig {
    machine: Supervisor,
    now: Duration,
}

fn joined() -> Joined {
    let limits = ServerLimits { message_bytes: 65_536, room_peers: 16 };
    Joined { peers: vec![ALICE], ice_servers: Vec::new(), ttl_s: 900, limits }
}

impl Rig {
    fn new() -> Self {
        let config = SignalingConfig {
            server: "http://127.0.0.1:1".parse().unwrap(),
            room: RoomId([3; 16]),
            token: "token".to_owned(),
            peer: SELF,
            resume: "resume".to_owned(),
            create: false,
            key: None,
        };
        Self { machine: Supervisor::new(config, 7), now: Duration::ZERO }
    }

    /// A rig that was admitted.
    fn inside() -> Self {
        let mut rig = Self::new();
        rig.connect();
        rig.admit();
        rig
    }

    fn input(&mut self, input: Input) -> Vec<Output> {
        self.machine.handle(self.now, input);
        self.outputs()
    }

    fn outputs(&mut self) -> Vec<Output> {
        std::iter::from_fn(|| self.machine.poll_output()).collect()
    }

    fn receive(&mut self, inbound: Inbound) -> Vec<Output> {
        self.input(Input::Received(inbound))
    }

    fn reply(&mut self, rid: u32, code: Option<ReplyCode>, retry_ms: Option<u32>) -> Vec<Output> {
        self.receive(Inbound::Reply(Reply { rid: Some(rid), ok: code.is_none(), joined: None, code, retry_ms }))
    }

    /// Lets time pass up to the next deadline.
    fn wake(&mut self) -> Vec<Output> {
        self.now = self.machine.deadline().unwrap().max(self.now);
        self.input(Input::TimePassed)
    }

    /// Waits until it connects, and connects it: the join it sends.
    fn connect(&mut self) -> Join {
        let mut outputs = self.input(Input::TimePassed);
        while !outputs.contains(&Output::Connect) {
            outputs = self.wake();
        }
        match self.receive(Inbound::Connected).as_slice() {
            [Output::Emit(Request::Join(join))] => join.clone(),
            other => panic!("{other:?}"),
        }
    }

    fn admit(&mut self) -> Vec<Output> {
        let State::Joining { rid, .. } = self.machine.state else { panic!("{:?}", self.machine.state) };
        self.receive(Inbound::Reply(Reply {
            rid: Some(rid),
            ok: true,
            joined: Some(joined()),
            code: None,
            retry_ms: None,
        }))
    }

    fn refuse(&mut self, code: ReplyCode, retry_ms: Option<u32>) -> Vec<Output> {
        let State::Joining { rid, .. } = self.machine.state else { panic!("{:?}", self.machine.state) };
        self.reply(rid, Some(code), retry_ms)
    }

    fn signal(&mut self, body: &str) -> Vec<SignalRequest> {
        self.machine.order_signal(self.now, ALICE, body.to_owned()).unwrap();
        let outputs = self.outputs();
        signals(&outputs)
    }
}

fn signals(outputs: &[Output]) -> Vec<SignalRequest> {
    let signals = outputs.iter().filter_map(|output| match output {
        Output::Emit(Request::Signal(signal)) => Some(signal.clone()),
        _ => None,
    });
    signals.collect()
}

fn heartbeat(outputs: &[Output]) -> Option<u32> {
    outputs.iter().find_map(|output| match output {
        Output::Emit(Request::Heartbeat(beat)) => Some(beat.rid),
        _ => None,
    })
}

#[test]
fn nothing_is_emitted_before_the_namespace_is_open() {
    let mut rig = Rig::new();
    assert_eq!(rig.input(Input::TimePassed), [Output::Connect]);
    assert_eq!(rig.signal("early"), []);
    let join = match rig.receive(Inbound::Connected).as_slice() {
        [Output::Emit(Request::Join(join))] => join.clone(),
        other => panic!("{other:?}"),
    };
    assert!(!join.create);
    let outputs = rig.admit();
    assert_eq!(outputs[0], Output::Tell(SignalingEvent::Entered(joined())));
    assert_eq!(signals(&outputs)[0].body, "early");
    // A server event that passes for the opening changes nothing.
    assert_eq!(rig.receive(Inbound::Connected), []);
}

#[test]
fn a_server_that_cannot_be_reached_is_told_each_time_and_tried_ever_more_slowly() {
    let mut rig = Rig::new();
    let mut last = Duration::ZERO;
    for attempt in 1..=20 {
        let mut outputs = rig.input(Input::TimePassed);
        if !outputs.contains(&Output::Connect) {
            outputs = rig.wake();
        }
        assert_eq!(outputs, [Output::Connect]);
        let waited = rig.now - last;
        assert!(waited <= Duration::from_secs(15), "{waited:?}");
        last = rig.now;
        let outputs =
            rig.input(Input::ConnectFailed { code: FailureCode::ServerUnreachable, detail: "refused".to_owned() });
        let code = FailureCode::ServerUnreachable;
        let told = SignalingEvent::Unreachable { attempt, code, detail: "refused".to_owned() };
        assert_eq!(outputs, [Output::Disconnect, Output::Tell(told)]);
    }
    assert!(rig.machine.deadline().unwrap() - rig.now >= Duration::from_secs(7));
}

#[test]
fn a_connection_that_never_opens_or_never_answers_is_given_up() {
    let mut rig = Rig::new();
    assert_eq!(rig.input(Input::TimePassed), [Output::Connect]);
    assert!(matches!(
        rig.wake().as_slice(),
        [Output::Disconnect, Output::Tell(SignalingEvent::Unreachable { attempt: 1, .. })]
    ));
    rig.connect();
    assert!(matches!(
        rig.wake().as_slice(),
        [Output::Disconnect, Output::Tell(SignalingEvent::Unreachable { attempt: 2, .. })]
    ));
    // Refused by the server in the form of an error of the connection.
    while !rig.wake().contains(&Output::Connect) {}
    let outputs = rig.receive(Inbound::Suspect { detail: "error".to_owned() });
    assert!(matches!(
        outputs.as_slice(),
        [Output::Disconnect, Output::Tell(SignalingEvent::Unreachable { attempt: 3, .. })]
    ));
}

#[test]
fn a_live_server_is_asked_every_five_seconds_and_a_silent_one_is_lost_after_ten() {
    let mut rig = Rig::inside();
    for beat in 1..=10 {
        let rid = heartbeat(&rig.wake()).expect("no heartbeat");
        assert_eq!(rig.now, 5 * SECOND * beat);
        assert_eq!(rig.reply(rid, None, None), []);
    }
    let heard = rig.now;
    assert!(heartbeat(&rig.wake()).is_some());
    let outputs = rig.wake();
    assert_eq!(rig.now - heard, 10 * SECOND);
    assert_eq!(outputs, [Output::Tell(SignalingEvent::Lost), Output::Disconnect]);
}

#[test]
fn a_suspicion_alone_ends_nothing_but_is_proven_by_a_heartbeat() {
    let mut rig = Rig::inside();
    let rid = heartbeat(&rig.receive(Inbound::Suspect { detail: "a server event named error".to_owned() })).unwrap();
    rig.now += SECOND;
    assert_eq!(rig.reply(rid, None, None), []);
    rig.now += 3 * SECOND;
    assert_eq!(rig.input(Input::TimePassed), []);
    assert!(heartbeat(&rig.receive(Inbound::Suspect { detail: "close".to_owned() })).is_some());
    let suspected = rig.now;
    assert_eq!(rig.wake(), [Output::Tell(SignalingEvent::Lost), Output::Disconnect]);
    assert_eq!(rig.now - suspected, 2 * SECOND);
}

#[test]
fn after_a_loss_it_joins_with_the_same_seat_and_sends_again_what_was_not_confirmed() {
    let mut rig = Rig::inside();
    let sent: Vec<_> = ["one", "two", "three"].into_iter().flat_map(|body| rig.signal(body)).collect();
    assert_eq!(rig.reply(sent[1].rid, None, None), []);
    let outputs = rig.receive(Inbound::Broken { detail: "reset".to_owned() });
    assert_eq!(outputs, [Output::Tell(SignalingEvent::Lost), Output::Disconnect]);
    assert_eq!(rig.signal("four"), []);
    let join = rig.connect();
    assert_eq!((join.peer, join.resume.as_str(), join.create), (SELF, "resume", true));
    let outputs = rig.admit();
    assert_eq!(outputs[0], Output::Tell(SignalingEvent::Reentered(joined())));
    let again = signals(&outputs);
    assert_eq!(again[..2], [sent[0].clone(), sent[2].clone()]);
    assert_eq!(again[2].body, "four");
}

#[test]
fn a_server_that_closes_is_left_alone_for_as_long_as_it_says() {
    let mut rig = Rig::inside();
    let outputs = rig.receive(Inbound::ServerClosing(ServerClosing { retry_ms: 4_000 }));
    assert_eq!(outputs, [Output::Tell(SignalingEvent::Lost), Output::Disconnect]);
    assert_eq!(rig.wake(), [Output::Connect]);
    assert!((4 * SECOND..=5 * SECOND).contains(&rig.now), "{:?}", rig.now);
    // One that says too long is not believed.
    let mut rig = Rig::inside();
    rig.receive(Inbound::ServerClosing(ServerClosing { retry_ms: u32::MAX }));
    rig.wake();
    assert!(rig.now <= 75 * SECOND, "{:?}", rig.now);
}

#[test]
fn refusals_end_it_and_busy_servers_are_tried_again() {
    use ReplyCode::{BadRequest, CreateRefused, RateLimited, RoomFull, RoomRefused, TooLarge, Unauthorized, Version};
    for code in [BadRequest, TooLarge, Unauthorized, Version, RoomRefused, RoomFull, CreateRefused] {
        let mut rig = Rig::new();
        rig.connect();
        let outputs = rig.refuse(code, None);
        let end = [Output::Disconnect, Output::Tell(SignalingEvent::Closed), Output::Finish];
        assert_eq!(outputs[0], Output::Tell(SignalingEvent::Refused(code)));
        assert_eq!(outputs[1..], end);
        assert_eq!(rig.machine.deadline(), None);
        assert_eq!(rig.machine.order_signal(rig.now, ALICE, String::new()), Err(SignalingError::Closed));
    }
    let mut rig = Rig::new();
    rig.connect();
    assert!(matches!(rig.refuse(RateLimited, Some(3_000)).as_slice(), [Output::Disconnect, Output::Tell(_)]));
    assert_eq!(rig.wake(), [Output::Connect]);
    assert!(rig.now >= 3 * SECOND);
}

#[test]
fn who_was_admitted_waits_for_a_seat_in_a_full_room_or_for_who_may_make_it_again() {
    for code in [ReplyCode::RoomFull, ReplyCode::CreateRefused] {
        let mut rig = Rig::inside();
        rig.receive(Inbound::Broken { detail: "cut".to_owned() });
        rig.connect();
        let outputs = rig.refuse(code, None);
        assert!(
            matches!(outputs.as_slice(), [Output::Disconnect, Output::Tell(SignalingEvent::Unreachable { .. })]),
            "{outputs:?}"
        );
        rig.connect();
        assert!(rig.admit().contains(&Output::Tell(SignalingEvent::Reentered(joined()))));
    }
}

#[test]
fn a_signal_for_an_absent_peer_waits_until_it_is_seen() {
    let mut rig = Rig::inside();
    let sent = rig.signal("hello");
    assert_eq!(rig.reply(sent[0].rid, Some(ReplyCode::NoSuchPeer), None), []);
    let outputs = rig.receive(Inbound::PeerJoined(PeerPresence { peer: ALICE }));
    assert_eq!(outputs[0], Output::Tell(SignalingEvent::PeerJoined(ALICE)));
    assert_eq!(signals(&outputs), sent);
    rig.reply(sent[0].rid, Some(ReplyCode::NoSuchPeer), None);
    rig.receive(Inbound::PeerLeft(PeerPresence { peer: ALICE }));
    let outputs = rig.receive(Inbound::Signal(SignalDelivered { from: ALICE, body: "b".to_owned() }));
    assert_eq!(outputs, [Output::Tell(SignalingEvent::Signal { from: ALICE, body: "b".to_owned() })]);
}

#[test]
fn a_busy_server_gets_the_same_signals_later() {
    let mut rig = Rig::inside();
    let sent = [rig.signal("one"), rig.signal("two")].concat();
    sent.iter().for_each(|signal| drop(rig.reply(signal.rid, Some(ReplyCode::RateLimited), Some(800))));
    let outputs = rig.wake();
    assert_eq!(rig.now, Duration::from_millis(800));
    assert_eq!(signals(&outputs), sent[..1]);
    assert_eq!(signals(&rig.reply(sent[0].rid, None, None)), sent[1..]);
}

#[test]
fn a_server_that_breaks_the_protocol_is_told_and_left() {
    let mut rig = Rig::inside();
    let outputs = rig.receive(Inbound::Malformed { event: "signal" });
    assert!(matches!(
        outputs.as_slice(),
        [Output::Tell(SignalingEvent::ServerBroken { .. }), Output::Tell(SignalingEvent::Lost), Output::Disconnect]
    ));
    rig.connect();
    let State::Joining { rid, .. } = rig.machine.state else { panic!() };
    assert!(matches!(rig.reply(rid, None, None).as_slice(), [Output::Tell(SignalingEvent::ServerBroken { .. }), ..]));
}

#[test]
fn what_comes_before_admission_is_not_believed() {
    let mut rig = Rig::new();
    rig.connect();
    assert_eq!(rig.receive(Inbound::PeerJoined(PeerPresence { peer: ALICE })), []);
    assert_eq!(rig.receive(Inbound::Signal(SignalDelivered { from: ALICE, body: String::new() })), []);
}

#[test]
fn leaving_waits_for_the_reply_but_not_for_long() {
    for answered in [true, false] {
        let mut rig = Rig::inside();
        let outputs = rig.input(Input::LeaveOrdered);
        let [Output::Emit(Request::Leave(Bare { rid }))] = outputs.as_slice() else { panic!("{outputs:?}") };
        let left = rig.now;
        let outputs = if answered { rig.reply(*rid, None, None) } else { rig.wake() };
        assert_eq!(outputs, [Output::Disconnect, Output::Tell(SignalingEvent::Closed), Output::Finish]);
        assert!(rig.now - left < 2 * SECOND);
    }
    let mut rig = Rig::new();
    assert_eq!(
        rig.input(Input::LeaveOrdered),
        [Output::Disconnect, Output::Tell(SignalingEvent::Closed), Output::Finish]
    );
}

#[test]
fn a_signal_larger_than_the_server_takes_is_refused_at_once() {
    let mut rig = Rig::inside();
    let body = "x".repeat(65_536);
    assert_eq!(rig.machine.order_signal(rig.now, ALICE, body), Err(SignalingError::TooLarge));
}

fn withdrawal(outputs: &[Output]) -> Option<u32> {
    outputs.iter().find_map(|output| match output {
        Output::Emit(Request::Withdraw(withdraw)) => {
            assert_eq!(withdraw.peers, [ALICE]);
            Some(withdraw.rid)
        }
        _ => None,
    })
}

#[test]
fn a_withdrawal_is_said_until_it_is_answered_and_after_each_join() {
    let mut rig = Rig::inside();
    rig.machine.order_withdrawal(vec![ALICE]);
    let first = withdrawal(&rig.outputs()).unwrap();
    let limited = rig.reply(first, Some(ReplyCode::RateLimited), Some(500));
    assert_eq!(withdrawal(&limited), None, "not at once");
    let again = rig.wake();
    let (beat, second) = (heartbeat(&again).unwrap(), withdrawal(&again).unwrap());
    rig.reply(beat, None, None);
    rig.reply(second, None, None);
    let quiet = rig.wake();
    assert_eq!(withdrawal(&quiet), None, "the server knows");

    rig.receive(Inbound::Broken { detail: String::new() });
    rig.connect();
    assert!(withdrawal(&rig.admit()).is_some(), "a server that was restarted has forgotten");
}

#[test]
fn a_withdrawal_waits_for_the_way_in() {
    let mut rig = Rig::new();
    rig.machine.order_withdrawal(vec![ALICE]);
    rig.connect();
    let said = withdrawal(&rig.admit()).unwrap();
    // A server that does not know the word is not asked for ever.
    rig.reply(said, Some(ReplyCode::BadRequest), None);
    assert_eq!(withdrawal(&rig.wake()), None);
}
