//! The driver over a transport in memory, on virtual time.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use async_trait::async_trait;
use parlor_protocol::{
    id::{PeerId, RoomId},
    signaling::{Joined, Reply, ServerLimits, SignalDelivered},
};
use tokio::{sync::mpsc, time::timeout};

use super::{
    OUTBOX_MESSAGES, ServerAddress, Signaling, SignalingConfig, SignalingError, SignalingEvent,
    transport::{Connection, Inbound, Request, Transport, TransportError},
};

const ALICE: PeerId = PeerId([1; 16]);

/// A server in memory: hands the test each connection as it is made.
struct Fake(mpsc::Sender<FakeConnection>);

struct FakeConnection {
    inbox: mpsc::Sender<Inbound>,
    requests: mpsc::Receiver<Request>,
    /// Emitting fails from now on.
    cut: Arc<Mutex<bool>>,
}

struct FakeEnd {
    requests: mpsc::Sender<Request>,
    cut: Arc<Mutex<bool>>,
}

#[async_trait]
impl Transport for Fake {
    async fn connect(
        &self,
        _: &ServerAddress,
        inbox: mpsc::Sender<Inbound>,
    ) -> Result<Box<dyn Connection>, TransportError> {
        let (sender, requests) = mpsc::channel(1_024);
        let cut = Arc::new(Mutex::new(false));
        let connection = FakeConnection { inbox, requests, cut: Arc::clone(&cut) };
        self.0.send(connection).await.map_err(|_| TransportError::Failed("no server".to_owned()))?;
        Ok(Box::new(FakeEnd { requests: sender, cut }))
    }
}

#[async_trait]
impl Connection for FakeEnd {
    async fn emit(&self, request: Request) -> Result<(), TransportError> {
        if *self.cut.lock().unwrap() {
            return Err(TransportError::Failed("cut".to_owned()));
        }
        self.requests.send(request).await.map_err(|_| TransportError::Failed("closed".to_owned()))
    }

    async fn close(&self) {}
}

impl FakeConnection {
    async fn say(&self, inbound: Inbound) {
        self.inbox.send(inbound).await.unwrap();
    }

    async fn reply(&self, rid: u32, joined: Option<Joined>) {
        self.say(Inbound::Reply(Reply { rid: Some(rid), ok: true, joined, code: None, retry_ms: None })).await;
    }

    async fn admit(&mut self) {
        self.say(Inbound::Connected).await;
        let Some(Request::Join(join)) = self.requests.recv().await else { panic!("no join") };
        let limits = ServerLimits { message_bytes: 65_536, room_peers: 16 };
        self.reply(join.rid, Some(Joined { peers: vec![ALICE], ice_servers: Vec::new(), ttl_s: 900, limits })).await;
    }

    /// The next signal; answers heartbeats meanwhile.
    async fn signal(&mut self) -> (u32, String) {
        loop {
            match self.requests.recv().await.expect("the client has gone") {
                Request::Signal(signal) => return (signal.rid, signal.body),
                Request::Heartbeat(beat) => self.reply(beat.rid, None).await,
                other => panic!("{other:?}"),
            }
        }
    }
}

fn config() -> SignalingConfig {
    SignalingConfig {
        server: "http://127.0.0.1:1".parse().unwrap(),
        room: RoomId([3; 16]),
        token: "token".to_owned(),
        peer: PeerId([9; 16]),
        resume: "resume".to_owned(),
        create: true,
        key: None,
    }
}

fn start(events: usize) -> (Signaling, mpsc::Receiver<SignalingEvent>, mpsc::Receiver<FakeConnection>) {
    let (fake, connections) = mpsc::channel(1);
    let (sender, events) = mpsc::channel(events);
    (Signaling::start_over(config(), Arc::new(Fake(fake)), 5, sender), events, connections)
}

#[tokio::test(start_paused = true)]
async fn a_cut_connection_is_replaced_and_every_signal_arrives_in_order() {
    let (signaling, mut events, mut connections) = start(64);
    let mut connection = connections.recv().await.unwrap();
    connection.admit().await;
    assert!(matches!(events.recv().await, Some(SignalingEvent::Entered(_))));
    for number in 0..5 {
        signaling.signal(ALICE, format!("body {number}")).await.unwrap();
    }
    let (rid, body) = connection.signal().await;
    assert_eq!(body, "body 0");
    connection.reply(rid, None).await;
    *connection.cut.lock().unwrap() = true;
    signaling.signal(ALICE, "body 5".to_owned()).await.unwrap();
    assert_eq!(events.recv().await, Some(SignalingEvent::Lost));
    let mut connection = connections.recv().await.unwrap();
    connection.admit().await;
    assert!(matches!(events.recv().await, Some(SignalingEvent::Reentered(_))));
    for number in 1..=5 {
        let (rid, body) = connection.signal().await;
        assert_eq!(body, format!("body {number}"));
        connection.reply(rid, None).await;
    }
}

#[tokio::test(start_paused = true)]
async fn silence_is_noticed_and_a_server_that_answers_is_kept() {
    let (_signaling, mut events, mut connections) = start(64);
    let mut connection = connections.recv().await.unwrap();
    connection.admit().await;
    assert!(matches!(events.recv().await, Some(SignalingEvent::Entered(_))));
    for _ in 0..20 {
        let Some(Request::Heartbeat(beat)) = connection.requests.recv().await else { panic!("no heartbeat") };
        connection.reply(beat.rid, None).await;
    }
    assert!(events.try_recv().is_err());
    assert_eq!(timeout(Duration::from_secs(11), events.recv()).await.unwrap(), Some(SignalingEvent::Lost));
}

#[tokio::test(start_paused = true)]
async fn an_owner_that_does_not_read_slows_the_server_but_is_still_served() {
    let (signaling, mut events, mut connections) = start(1);
    let mut connection = connections.recv().await.unwrap();
    connection.admit().await;
    let inbox = connection.inbox.clone();
    let flood = tokio::spawn(async move {
        for number in 0..1_000 {
            let signal = SignalDelivered { from: ALICE, body: number.to_string() };
            inbox.send(Inbound::Signal(signal)).await.unwrap();
        }
    });
    // The owner orders without having read a single event.
    signaling.signal(ALICE, "mine".to_owned()).await.unwrap();
    assert!(!flood.is_finished());
    assert!(matches!(events.recv().await, Some(SignalingEvent::Entered(_))));
    for number in 0..1_000 {
        let wanted = SignalingEvent::Signal { from: ALICE, body: number.to_string() };
        assert_eq!(events.recv().await, Some(wanted));
    }
    flood.await.unwrap();
    assert_eq!(connection.signal().await.1, "mine");
}

#[tokio::test(start_paused = true)]
async fn what_waits_for_the_server_is_bounded() {
    let (signaling, _events, _connections) = start(64);
    for _ in 0..OUTBOX_MESSAGES {
        signaling.signal(ALICE, "x".to_owned()).await.unwrap();
    }
    assert_eq!(signaling.signal(ALICE, "x".to_owned()).await, Err(SignalingError::OutboxFull));
}

#[tokio::test(start_paused = true)]
async fn leaving_tells_the_server_and_ends_even_if_nobody_reads() {
    let (signaling, mut events, mut connections) = start(1);
    let mut connection = connections.recv().await.unwrap();
    connection.admit().await;
    assert!(matches!(events.recv().await, Some(SignalingEvent::Entered(_))));
    for number in 0..10 {
        connection.say(Inbound::Signal(SignalDelivered { from: ALICE, body: number.to_string() })).await;
    }
    let leaving = tokio::spawn(signaling.leave());
    let Some(Request::Leave(leave)) = connection.requests.recv().await else { panic!("no leave") };
    connection.reply(leave.rid, None).await;
    timeout(Duration::from_secs(2), leaving).await.expect("it hangs").unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_dropped_handle_ends_it_without_leaving_the_seat() {
    let (signaling, mut events, mut connections) = start(64);
    let mut connection = connections.recv().await.unwrap();
    connection.admit().await;
    assert!(matches!(events.recv().await, Some(SignalingEvent::Entered(_))));
    drop(signaling);
    assert_eq!(events.recv().await, Some(SignalingEvent::Closed));
    assert_eq!(events.recv().await, None);
    assert_eq!(connection.requests.recv().await, None);
}
