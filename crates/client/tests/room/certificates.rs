//! What a peer says under seal about its certificate, and is not so: tried by one who holds the link, since nobody else gets so far.
//!
//! The lie is told in an offer, which makes the engine the client of DTLS, and in an answer, which makes it the server.

use std::{
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use parlor_client::{link::LinkError, room::Timings};
use parlor_protocol::{
    code::FailureCode,
    host::{Command, Event},
};
use parlor_trust::Invitation;

use crate::{
    guest::{Guest, server},
    hostile::failure,
    stranger::{Opening, Stranger},
};

/// From the lie to the verdict of who hears it.
const VERDICT: Duration = Duration::from_secs(2);
const ANOTHER: &str = "0F:1E:2D:3C:4B:5A:69:78:87:96:A5:B4:C3:D2:E1:F0:0F:1E:2D:3C:4B:5A:69:78:87:96:A5:B4:C3:D2:E1:F0";

/// A lie, and whether its teller learns of the verdict at once, by an alert, or by waiting in vain.
type Lie = (&'static str, fn(&str) -> String, bool);

const LIES: [Lie; 9] = [
    ("swapped", |sdp| each(sdp, |_| format!("a=fingerprint:sha-256 {ANOTHER}\r\n")), true),
    ("duplicated in front", |sdp| each(sdp, |line| format!("a=fingerprint:sha-256 {ANOTHER}\r\n{line}")), false),
    ("duplicated behind", |sdp| each(sdp, |line| format!("{line}a=fingerprint:sha-256 {ANOTHER}\r\n")), false),
    (
        "duplicated at the session",
        |sdp| sdp.replacen("t=0 0\r\n", &format!("t=0 0\r\na=fingerprint:sha-256 {ANOTHER}\r\n"), 1),
        false,
    ),
    ("in small letters", |sdp| each(sdp, str::to_lowercase), false),
    ("of a hash in capitals", |sdp| each(sdp, |line| line.replace("sha-256", "SHA-256")), false),
    ("downgraded", |sdp| each(sdp, |_| format!("a=fingerprint:sha-1 {}\r\n", &ANOTHER[..59])), false),
    (
        "downgraded beside the right one",
        |sdp| each(sdp, |line| format!("{line}a=fingerprint:sha-1 {}\r\n", &ANOTHER[..59])),
        false,
    ),
    ("left out", |sdp| each(sdp, |_| String::new()), false),
];

/// Changes the lines that name a certificate.
fn each(sdp: &str, edit: impl Fn(&str) -> String) -> String {
    sdp.split_inclusive('\n')
        .map(|line| if line.starts_with("a=fingerprint:") { edit(line) } else { line.to_owned() })
        .collect()
}

fn rounds() -> usize {
    if std::env::var("PARLOR_SOAK").is_ok_and(|value| value == "long") { 12 } else { 1 }
}

/// Tells a lie to Ada and hears what she makes of it.
async fn tell(ada: &mut Guest, stranger: Stranger, (name, edit, by_alert): Lie) -> Duration {
    let told: Arc<Mutex<Option<Instant>>> = Arc::default();
    let when = Arc::clone(&told);
    let teller = tokio::spawn(stranger.lie(edit).try_to_open(move || *when.lock().unwrap() = Some(Instant::now())));
    let failure = failure(ada).await;
    let took = told.lock().unwrap().expect("a description was sent").elapsed();
    assert_eq!(failure.code, FailureCode::ProofFailed, "{name}: {}", failure.detail);
    assert!(took < VERDICT, "{name}: after {took:?}");
    if by_alert {
        match teller.await.unwrap() {
            Opening::Failed(error) => assert!(matches!(error, LinkError::Certificate(_)), "{name}: {error}"),
            Opening::Open(_) => panic!("{name}: opened"),
        }
    } else {
        assert!(!teller.is_finished(), "{name}: it has heard nothing");
        teller.abort();
    }
    took
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lie_about_a_certificate_in_an_offer_is_refused_as_a_wrong_peer() {
    let (_server, url) = server().await;
    let mut slowest = Duration::ZERO;
    for lie in LIES.iter().cycle().take(LIES.len() * rounds()) {
        let mut ada = Guest::new();
        let link = ada.start_room(&url).await;
        let stranger = Stranger::enter(&link, ada.id.unwrap()).await;
        slowest = slowest.max(tell(&mut ada, stranger, *lie).await);
    }
    println!("refused {} lies in offers, the slowest after {slowest:?}", LIES.len() * rounds());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lie_about_a_certificate_in_an_answer_is_refused_as_a_wrong_peer() {
    let (_server, url) = server().await;
    let mut slowest = Duration::ZERO;
    for (number, lie) in LIES.iter().cycle().take(LIES.len() * rounds()).enumerate() {
        let link = Invitation::new(&url, [u8::try_from(number).unwrap(); 32]).unwrap().link();
        let mut stranger = Stranger::start(&link).await;
        let mut ada = Guest::new();
        ada.join(&link).await;
        stranger.meet().await;
        slowest = slowest.max(tell(&mut ada, stranger, *lie).await);
    }
    println!("refused {} lies in answers, the slowest after {slowest:?}", LIES.len() * rounds());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_other_gives_up_within_its_timeout_and_the_next_peer_is_welcome() {
    let (_server, url) = server().await;
    // Long enough that Bob, who comes next, is connected within it on a busy machine.
    let timings = Timings { connect_ms: 10_000, ..Timings::default() };
    let mut ada = Guest::with_timings(timings);
    let link = ada.start_room(&url).await;
    let mut stranger = Stranger::enter(&link, ada.id.unwrap()).await;
    // It shakes hands and is never heard of again.
    let _epoch = stranger.shake_hands().await;
    assert_eq!(failure(&mut ada).await.code, FailureCode::ConnectFailed);
    let mut bob = Guest::new();
    bob.join(&link).await;
    let (id, mut proven) = (bob.id.unwrap(), false);
    ada.until("Bob", |event| match event {
        Event::PeerChanged { peer } if peer.id == id => {
            proven |= peer.proof.is_some();
            proven.then_some(())
        }
        _ => None,
    })
    .await;
    bob.wish(Command::LeaveRoom {}).await;
}
