//! Signaling against the real server, over real sockets.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)]

use std::{net::SocketAddr, time::Duration};

use parlor_client::signaling::{Signaling, SignalingConfig, SignalingEvent};
use parlor_protocol::{
    code::ReplyCode,
    id::{PeerId, RoomId},
};
use parlor_server::{Config, Server, ServerHandle};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::mpsc,
    time::timeout,
};

/// Generous: the machine may be busy.
const PATIENCE: Duration = Duration::from_secs(30);
/// 32 bytes in base64url.
const TOKEN: &str = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8";

async fn serve(listen: SocketAddr) -> ServerHandle {
    // One test comes over a relay, whose address is not the server's.
    let config = Config { listen, closing_retry_ms: 250, hosts: Vec::new(), ..Config::embedded() };
    Server::bind(config).await.unwrap().spawn()
}

async fn server() -> ServerHandle {
    serve(SocketAddr::from(([127, 0, 0, 1], 0))).await
}

fn config(server: SocketAddr, peer: u8, create: bool) -> SignalingConfig {
    SignalingConfig {
        server: format!("http://{server}").parse().unwrap(),
        room: RoomId([7; 16]),
        token: TOKEN.to_owned(),
        peer: PeerId([peer; 16]),
        resume: TOKEN.replace("AAE", "BBE"),
        create,
        key: None,
    }
}

struct Seat {
    signaling: Signaling,
    events: mpsc::Receiver<SignalingEvent>,
}

impl Seat {
    fn take(config: SignalingConfig) -> Self {
        let (sender, events) = mpsc::channel(64);
        Self { signaling: Signaling::start(config, sender), events }
    }

    async fn next(&mut self) -> SignalingEvent {
        timeout(PATIENCE, self.events.recv()).await.expect("nothing came").expect("signaling ended")
    }

    /// The next event that is no failed attempt.
    async fn next_but_attempts(&mut self) -> SignalingEvent {
        loop {
            match self.next().await {
                SignalingEvent::Unreachable { .. } => {}
                other => return other,
            }
        }
    }
}

async fn two(server: SocketAddr) -> (Seat, Seat) {
    let mut one = Seat::take(config(server, 1, true));
    match one.next().await {
        SignalingEvent::Entered(joined) => assert_eq!(joined.peers, []),
        other => panic!("{other:?}"),
    }
    let mut two = Seat::take(config(server, 2, false));
    match two.next().await {
        SignalingEvent::Entered(joined) => assert_eq!(joined.peers, [PeerId([1; 16])]),
        other => panic!("{other:?}"),
    }
    assert_eq!(one.next().await, SignalingEvent::PeerJoined(PeerId([2; 16])));
    (one, two)
}

fn signal(from: u8, body: &str) -> SignalingEvent {
    SignalingEvent::Signal { from: PeerId([from; 16]), body: body.to_owned() }
}

#[tokio::test]
async fn two_peers_meet_exchange_signals_in_order_and_part() {
    let server = server().await;
    let (mut one, mut two) = two(server.local_addr()).await;
    for number in 0..200 {
        one.signaling.signal(PeerId([2; 16]), format!("forth{number}")).await.unwrap();
    }
    let large = "L".repeat(40_000);
    two.signaling.signal(PeerId([1; 16]), large.clone()).await.unwrap();
    for number in 0..200 {
        assert_eq!(two.next().await, signal(1, &format!("forth{number}")));
    }
    assert_eq!(one.next().await, signal(2, &large));
    one.signaling.leave().await;
    assert_eq!(two.next().await, SignalingEvent::PeerLeft(PeerId([1; 16])));
    assert_eq!(one.events.recv().await, Some(SignalingEvent::Closed));
    server.stop().await.unwrap();
}

#[tokio::test]
async fn a_room_that_is_not_there_and_a_wrong_token_are_refused_for_good() {
    let server = server().await;
    let mut stranger = Seat::take(config(server.local_addr(), 1, false));
    assert_eq!(stranger.next().await, SignalingEvent::Refused(ReplyCode::RoomRefused));
    assert_eq!(stranger.next().await, SignalingEvent::Closed);
    let mut starter = Seat::take(config(server.local_addr(), 1, true));
    assert!(matches!(starter.next().await, SignalingEvent::Entered(_)));
    let wrong = SignalingConfig { token: TOKEN.replace("AAE", "BBE"), ..config(server.local_addr(), 2, false) };
    assert_eq!(Seat::take(wrong).next().await, SignalingEvent::Refused(ReplyCode::RoomRefused));
}

#[tokio::test]
async fn a_server_that_stops_and_returns_on_its_port_finds_both_back_and_loses_no_signal() {
    let first = server().await;
    let address = first.local_addr();
    let (mut one, mut two) = two(address).await;
    first.stop().await.unwrap();
    assert_eq!(one.next().await, SignalingEvent::Lost);
    assert_eq!(two.next().await, SignalingEvent::Lost);
    for number in 0..5 {
        one.signaling.signal(PeerId([2; 16]), format!("kept{number}")).await.unwrap();
    }
    let second = serve(address).await;
    assert!(matches!(one.next_but_attempts().await, SignalingEvent::Reentered(_)));
    assert!(matches!(two.next_but_attempts().await, SignalingEvent::Reentered(_)));
    let mut number = 0;
    while number < 5 {
        match two.next().await {
            // Who came back first hears of the other.
            SignalingEvent::PeerJoined(peer) => assert_eq!(peer, PeerId([1; 16])),
            event => {
                assert_eq!(event, signal(1, &format!("kept{number}")));
                number += 1;
            }
        }
    }
    second.stop().await.unwrap();
}

#[tokio::test]
async fn a_server_that_is_not_there_is_told_and_found_when_it_comes() {
    // Bound and let go: nobody listens there.
    let address = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let mut one = Seat::take(config(address, 1, true));
    for wanted in 1..=2 {
        match one.next().await {
            SignalingEvent::Unreachable { attempt, .. } => assert_eq!(attempt, wanted),
            other => panic!("{other:?}"),
        }
    }
    let server = serve(address).await;
    assert!(matches!(one.next_but_attempts().await, SignalingEvent::Entered(_)));
    server.stop().await.unwrap();
}

#[tokio::test]
async fn a_dropped_network_gives_the_seat_back_without_the_others_noticing() {
    let server = server().await;
    // The network: a relay whose connections can be cut.
    let relay = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let relay_address = relay.local_addr().unwrap();
    let upstream = server.local_addr();
    let (cut, _) = tokio::sync::broadcast::channel::<()>(1);
    let cutter = cut.clone();
    let network = tokio::spawn(async move {
        loop {
            let (mut near, _) = relay.accept().await.unwrap();
            let mut far = TcpStream::connect(upstream).await.unwrap();
            let mut cut = cutter.subscribe();
            tokio::spawn(async move {
                tokio::select! {
                    _ = tokio::io::copy_bidirectional(&mut near, &mut far) => {}
                    _ = cut.recv() => {}
                }
            });
        }
    });
    let mut one = Seat::take(config(server.local_addr(), 1, true));
    assert!(matches!(one.next().await, SignalingEvent::Entered(_)));
    let mut two = Seat::take(config(relay_address, 2, false));
    assert!(matches!(two.next().await, SignalingEvent::Entered(_)));
    assert_eq!(one.next().await, SignalingEvent::PeerJoined(PeerId([2; 16])));
    cut.send(()).unwrap();
    assert_eq!(two.next().await, SignalingEvent::Lost);
    assert!(matches!(two.next_but_attempts().await, SignalingEvent::Reentered(_)));
    two.signaling.signal(PeerId([1; 16]), "back".to_owned()).await.unwrap();
    // Nobody left and nobody joined meanwhile.
    assert_eq!(one.next().await, signal(2, "back"));
    network.abort();
}

/// A server that speaks just enough to be heard: what it says as events must not pass for states of the connection.
#[tokio::test]
async fn server_events_named_like_states_of_the_connection_are_only_data() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let server = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            head.push(stream.read_u8().await.unwrap());
        }
        let head = String::from_utf8(head).unwrap();
        assert!(head.starts_with("GET /socket.io/"), "{head}");
        let key = head.lines().find_map(|line| {
            line.to_lowercase().starts_with("sec-websocket-key").then(|| line[18..].trim().to_owned())
        });
        let accept = accept_key(&key.unwrap());
        let answer = format!(
            "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: {accept}\r\n\r\n"
        );
        stream.write_all(answer.as_bytes()).await.unwrap();
        say(&mut stream, r#"0{"sid":"s","upgrades":[],"pingInterval":25000,"pingTimeout":20000,"maxPayload":100000}"#)
            .await;
        say(&mut stream, r#"40/room,{"sid":"t"}"#).await;
        let mut lines = Vec::new();
        loop {
            let message = hear(&mut stream).await;
            if let Some(rid) = rid_of(&message, "join") {
                say(&mut stream, &format!(
                    r#"42/room,["reply",{{"rid":{rid},"ok":true,"peers":[],"ice_servers":[],"ttl_s":900,"limits":{{"message_bytes":65536,"room_peers":16}}}}]"#
                )).await;
                for name in ["open", "close", "error", "message", "connect", "OPEN", "Close"] {
                    say(&mut stream, &format!(r#"42/room,["{name}",""]"#)).await;
                }
            } else if let Some(rid) = rid_of(&message, "heartbeat") {
                say(&mut stream, &format!(r#"42/room,["reply",{{"rid":{rid},"ok":true}}]"#)).await;
            } else if rid_of(&message, "signal").is_some() {
                return lines;
            }
            lines.push(message);
        }
    });
    let mut one = Seat::take(config(address, 1, true));
    assert!(matches!(one.next().await, SignalingEvent::Entered(_)));
    // A suspicion would end it within two seconds if it were believed.
    assert!(timeout(Duration::from_secs(4), one.events.recv()).await.is_err());
    one.signaling.signal(PeerId([2; 16]), "end".to_owned()).await.unwrap();
    let heard = timeout(PATIENCE, server).await.unwrap().unwrap();
    assert_eq!(heard.iter().filter(|message| message.contains("\"join\"")).count(), 1, "{heard:?}");
    assert!(heard.iter().any(|message| message.contains("\"heartbeat\"")), "{heard:?}");
}

fn rid_of(message: &str, event: &str) -> Option<u64> {
    let json = message.strip_prefix("42/room,")?;
    let value: serde_json::Value = serde_json::from_str(json).unwrap();
    (value[0] == event).then(|| value[1]["rid"].as_u64().unwrap())
}

/// RFC 6455, section 4.2.2.
fn accept_key(key: &str) -> String {
    let digest = sha1(format!("{key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11").as_bytes());
    base64::Engine::encode(&base64::engine::general_purpose::STANDARD, digest)
}

/// RFC 3174, for the handshake only.
fn sha1(message: &[u8]) -> [u8; 20] {
    let mut padded = message.to_vec();
    padded.push(0x80);
    padded.resize(padded.len().next_multiple_of(64), 0);
    if padded.len() - message.len() < 9 {
        padded.resize(padded.len() + 64, 0);
    }
    let bits = (message.len() as u64 * 8).to_be_bytes();
    let end = padded.len();
    padded[end - 8..].copy_from_slice(&bits);
    let mut hash = [0x6745_2301_u32, 0xefcd_ab89, 0x98ba_dcfe, 0x1032_5476, 0xc3d2_e1f0];
    for block in padded.chunks_exact(64) {
        let mut words: Vec<u32> =
            block.chunks_exact(4).map(|word| u32::from_be_bytes(word.try_into().unwrap())).collect();
        for index in 16..80 {
            words.push((words[index - 3] ^ words[index - 8] ^ words[index - 14] ^ words[index - 16]).rotate_left(1));
        }
        let [mut a, mut b, mut c, mut d, mut e] = hash;
        for (index, word) in words.iter().enumerate() {
            let (mix, constant) = match index / 20 {
                0 => ((b & c) | (!b & d), 0x5a82_7999_u32),
                1 => (b ^ c ^ d, 0x6ed9_eba1),
                2 => ((b & c) | (b & d) | (c & d), 0x8f1b_bcdc),
                _ => (b ^ c ^ d, 0xca62_c1d6),
            };
            let next = a.rotate_left(5).wrapping_add(mix).wrapping_add(e).wrapping_add(constant).wrapping_add(*word);
            (e, d, c, b, a) = (d, c, b.rotate_left(30), a, next);
        }
        for (sum, part) in hash.iter_mut().zip([a, b, c, d, e]) {
            *sum = sum.wrapping_add(part);
        }
    }
    let mut digest = [0; 20];
    for (target, source) in digest.iter_mut().zip(hash.into_iter().flat_map(u32::to_be_bytes)) {
        *target = source;
    }
    digest
}

/// Sends a text frame of RFC 6455, unmasked as a server's are.
async fn say(stream: &mut TcpStream, text: &str) {
    let mut frame = vec![0x81];
    if text.len() < 126 {
        frame.push(u8::try_from(text.len()).unwrap());
    } else {
        frame.push(126);
        frame.extend(u16::try_from(text.len()).unwrap().to_be_bytes());
    }
    frame.extend(text.as_bytes());
    stream.write_all(&frame).await.unwrap();
}

/// Reads a masked text frame.
async fn hear(stream: &mut TcpStream) -> String {
    stream.read_u8().await.unwrap();
    let length = match stream.read_u8().await.unwrap() & 0x7f {
        126 => usize::from(stream.read_u16().await.unwrap()),
        short => usize::from(short),
    };
    let mut mask = [0; 4];
    stream.read_exact(&mut mask).await.unwrap();
    let mut payload = vec![0; length];
    stream.read_exact(&mut payload).await.unwrap();
    payload.iter_mut().zip(mask.iter().cycle()).for_each(|(byte, key)| *byte ^= key);
    String::from_utf8(payload).unwrap()
}
