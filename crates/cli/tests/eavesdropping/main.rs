//! What a server gets to know of sessions between real `parlor-cli` processes: everything it is sent, everything it logs at level trace, and everything
//! it exports is kept and searched for what is nobody's business but the two people's.
//!
//! Three sessions, by link and by spoken codes of both languages; with `PARLOR_SOAK=long` a hundred.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

mod logs;
mod recorder;
#[path = "../shell/running.rs"]
#[allow(dead_code, reason = "the shell tests use the rest")]
mod running;
mod search;
mod session;

use std::collections::BTreeSet;

use parlor_server::{Config, Server};
use parlor_trust::{CodeRoom, Invitation};

use crate::{logs::Logs, recorder::Recorder, search::Seen, session::Session};

/// Every part of a session description or candidate that a reader would know it by, in any spelling of ours.
const SDP_WORDS: &[&str] = &[
    "v=0\r\n",
    "m=application",
    "m=audio",
    "m=video",
    "a=fingerprint",
    "a=setup:",
    "a=ice-",
    "a=candidate",
    "a=mid:",
    "a=sctp-",
    "candidate:",
    "\"candidate\":",
    "\"description\"",
    " typ host",
    " typ srflx",
    "webrtc-datachannel",
    "DTLS/SCTP",
    "sdp_mid",
    "sdpMid",
    "username_fragment",
    "usernameFragment",
];

fn sessions() -> usize {
    if std::env::var_os("PARLOR_SOAK").is_some_and(|form| form == "long") { 100 } else { 3 }
}

/// This machine's addresses that others could reach, as candidates name them. Loopback is what the server is spoken to on.
fn own_addresses() -> Vec<String> {
    let listed = std::process::Command::new("hostname").arg("-I").output();
    let text = listed.map(|output| String::from_utf8_lossy(&output.stdout).into_owned()).unwrap_or_default();
    text.split_whitespace().map(str::to_owned).collect()
}

/// Asserts that none of `words` is in `seen`.
fn nothing_of(words: &[String], seen: &Seen, place: &str) {
    for word in words {
        assert!(!seen.holds(word.as_bytes()), "{place} holds {word:?}: {}", seen.around(word.as_bytes()));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_learns_nothing_of_what_is_said() {
    let logs = Logs::of_everything();
    let config = Config { listen: "127.0.0.1:0".parse().unwrap(), ..Config::default() };
    let server = Server::bind(config).await.unwrap().spawn();
    let recorder = Recorder::before(server.local_addr()).await;

    let mut common: Vec<String> = SDP_WORDS.iter().map(|word| (*word).to_owned()).collect();
    common.extend(own_addresses());
    let mut vocabulary = BTreeSet::new();
    let (mut bytes, mut log_bytes, count) = (0, 0, sessions());
    for number in 0..count {
        let session = Session::held(number, &recorder.url()).await;
        tracing::trace!(target: "parlor_server", "control {number}");
        let received = recorder.received();
        let logged = Seen::of_text(&logs.taken());
        let exported = Seen::of_text(&recorder::get(server.local_addr(), "/metrics").await);
        (bytes, log_bytes) = (bytes + received.len(), log_bytes + logged.len());

        // Controls: what the server must know is found, by the same search in the same place.
        let (room, token) = session.known_to_the_server();
        assert!(received.holds(room.as_bytes()), "the room id is in what the server receives");
        assert!(received.holds(token.as_bytes()), "and so is the token");
        assert!(logged.holds(format!("control {number}").as_bytes()), "the log is heard at level trace");
        assert!(exported.holds(b"parlor_joins_total"), "the metrics are those of the server");

        for (place, seen) in [("what the server receives", &received), ("its log", &logged), ("its metrics", &exported)]
        {
            nothing_of(&common, seen, place);
            nothing_of(&session.private_words, seen, place);
            for secret in &session.secrets {
                assert!(!seen.holds(secret), "{place} holds a secret of session {number}");
            }
            // Words of a code are common words: each counts where no session by link had it.
            if session.code_words.is_empty() {
                vocabulary.append(&mut seen.words());
            }
            let spoken: Vec<_> = seen.words().into_iter().filter(|word| session.code_words.contains(word)).collect();
            let new: Vec<_> = spoken.iter().filter(|word| !vocabulary.contains(*word)).collect();
            assert!(new.is_empty(), "{place} holds words of the code: {new:?}");
        }
        assert!(!logged.holds(token.as_bytes()), "who reads the log cannot enter: {}", logged.around(token.as_bytes()));
        for public in [&room, &token] {
            assert!(!exported.holds(public.as_bytes()), "metrics tell no room apart");
        }
    }
    println!("{count} sessions: {bytes} bytes received and {log_bytes} bytes logged hold nothing of theirs");
    assert!(bytes > count * 4_000, "{bytes} bytes are fewer than {count} sessions send");
    server.stop().await.unwrap();
}

#[test]
fn the_search_finds_what_is_there() {
    let sdp = "{\"type\":\"description\",\"sdp\":\"v=0\\r\\na=candidate:1 1 udp 1 192.0.2.1 9 typ host\"}";
    let hidden = search::encoded(sdp.as_bytes());
    let twice = search::encoded(format!("[\"{hidden}\"]").as_bytes());
    for body in [sdp.to_owned(), hidden, twice] {
        let text = format!("42/room,[\"signal\",{{\"rid\":1,\"body\":\"{body}\"}}]");
        let sent = [b"GET /socket.io/ HTTP/1.1\r\nUpgrade: websocket\r\n\r\n".to_vec(), search::masked(&text)].concat();
        let seen = Seen::of_exchange(&sent);
        for word in ["a=candidate", " typ host", "192.0.2.1", "\"description\""] {
            assert!(seen.holds(word.as_bytes()), "{word} in {body}");
            assert!(
                !Seen::of_text(&search::masked(&text)).holds(word.as_bytes()),
                "control: masked, it cannot be seen"
            );
        }
    }
    let words = Seen::of_text(b"one, \"river-stone\" and AAECAwQFBgcICQoLDA0ODxAREhMUFRYX-apple-XX").words();
    assert!(words.contains("river") && words.contains("stone") && !words.contains("apple"), "{words:?}");
}

#[test]
fn what_is_looked_for_is_what_the_protocol_derives() {
    let invitation = Invitation::new("http://127.0.0.1:1", [7; 32]).unwrap();
    let session = Session::known_by_link(&invitation.link());
    assert_eq!(session.known_to_the_server().0, invitation.keys().room().to_string());
    assert!(session.secrets.contains(&vec![7; 32]));
    let session = Session::known_by_code("7-apple-lantern-tulip");
    assert_eq!(session.known_to_the_server().0, CodeRoom::new(7).room().to_string());
    assert_eq!(session.code_words.len(), 3);
}
