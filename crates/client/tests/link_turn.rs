//! Links through a real TURN server (Debian's coturn), and through ones that refuse or do not answer.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)]

use std::{
    process::{Child, Command, Stdio},
    time::Duration,
};

use parlor_client::link::{DataLink, EVENTS, LinkConfig, LinkError, LinkEvent};
use parlor_protocol::{host::Path, signaling::IceServer};
use tokio::{net::UdpSocket, sync::mpsc, time::timeout};

/// Opening through a relay takes the crate some seconds even on loopback.
const PATIENCE: Duration = Duration::from_secs(60);

/// A coturn that ends with the test.
struct Turn {
    process: Child,
    port: u16,
}

impl Drop for Turn {
    fn drop(&mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }
}

/// None where coturn is not installed.
async fn turn() -> Option<Turn> {
    let port = UdpSocket::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap().port();
    let process = Command::new("turnserver")
        .args(["-n", "--no-cli", "--no-tls", "--no-dtls", "--no-tcp", "--allow-loopback-peers", "--lt-cred-mech"])
        .args(["--user", "anna:right", "--realm", "parlor", "--listening-ip", "127.0.0.1", "--relay-ip", "127.0.0.1"])
        .args(["--listening-port", &port.to_string(), "--pidfile", "/dev/null", "--log-file", "stdout"])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn();
    let process = match process {
        Ok(process) => process,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            println!("skipped: turnserver is not installed");
            return None;
        }
        Err(error) => panic!("{error}"),
    };
    let turn = Turn { process, port };
    // It is there when it answers a STUN Binding request (RFC 8489, section 5).
    let socket = UdpSocket::bind("127.0.0.1:0").await.unwrap();
    let mut request = vec![0, 1, 0, 0, 0x21, 0x12, 0xa4, 0x42];
    request.extend([7; 12]);
    for _ in 0..100 {
        // Nobody listening is an error on the next call only.
        let _ = socket.send_to(&request, ("127.0.0.1", port)).await;
        if let Ok(Ok(_)) = timeout(Duration::from_millis(200), socket.recv_from(&mut [0; 512])).await {
            return Some(turn);
        }
    }
    panic!("turnserver does not answer");
}

async fn open(initiator: bool, port: u16, credential: &str, relay_only: bool) -> (DataLink, mpsc::Receiver<LinkEvent>) {
    let server = IceServer {
        urls: vec![format!("turn:127.0.0.1:{port}?transport=udp")],
        username: Some("anna".to_owned()),
        credential: Some(credential.to_owned()),
    };
    let config =
        LinkConfig { link: 1, polite: !initiator, initiator, ice_servers: vec![server], relay_only, is_narrow: false };
    let (sender, events) = mpsc::channel(EVENTS);
    (DataLink::open(config, sender).await.unwrap(), events)
}

async fn failure(events: &mut mpsc::Receiver<LinkEvent>) -> LinkError {
    timeout(PATIENCE, async {
        loop {
            match events.recv().await.expect("it ended without a word") {
                LinkEvent::Failed(error) => return error,
                LinkEvent::LocalDescription(_) | LinkEvent::LocalCandidate(None) => {}
                other => panic!("{other:?}"),
            }
        }
    })
    .await
    .expect("it never failed")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_links_that_may_only_use_the_relay_meet_there() {
    let Some(turn) = turn().await else { return };
    let (a, mut a_events) = open(true, turn.port, "right", true).await;
    let (b, mut b_events) = open(false, turn.port, "right", true).await;
    let mut heard = (false, None);
    timeout(PATIENCE, async {
        while !(heard.0 && heard.1.is_some()) {
            let (from_a, event) = tokio::select! {
                event = a_events.recv() => (true, event.unwrap()),
                event = b_events.recv() => (false, event.unwrap()),
            };
            let (from, to) = if from_a { (&a, &b) } else { (&b, &a) };
            match event {
                LinkEvent::LocalDescription(description) => to.description_received(description).await,
                LinkEvent::LocalCandidate(candidate) => {
                    assert!(
                        candidate.iter().all(|candidate| candidate.candidate.contains("typ relay")),
                        "{candidate:?}"
                    );
                    to.candidate_received(candidate).await;
                }
                LinkEvent::Opened { .. } if from_a => from.send_control("through the relay".to_owned()).await.unwrap(),
                LinkEvent::Control(text) => heard.0 = text == "through the relay",
                LinkEvent::Path { path, .. } => heard.1 = Some(path),
                LinkEvent::Opened { .. } => {}
                other => panic!("{other:?}"),
            }
        }
    })
    .await
    .expect("they never met");
    assert_eq!(heard.1, Some(Path::Relayed));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_wrong_credential_ends_in_words_about_turn() {
    let Some(turn) = turn().await else { return };
    let (_link, mut events) = open(true, turn.port, "wrong", true).await;
    assert_eq!(failure(&mut events).await, LinkError::TurnRefused);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_turn_server_that_never_answers_ends_in_words_about_turn() {
    let silent = UdpSocket::bind("127.0.0.1:0").await.unwrap();
    let (_link, mut events) = open(true, silent.local_addr().unwrap().port(), "right", true).await;
    assert_eq!(failure(&mut events).await, LinkError::TurnUnreachable);
}
