//! Two links in one process, over real sockets, introduced by a signaling in memory that delays as it likes.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)]

use std::{collections::HashMap, time::Duration};

use bytes::{BufMut, Bytes, BytesMut};
use parlor_client::link::{DataLink, EVENTS, LinkConfig, LinkError, LinkEvent, MESSAGE_BYTES};
use parlor_protocol::{host::Path, negotiation::Description};
use tokio::{
    sync::mpsc,
    time::{Instant, timeout, timeout_at},
};

/// Generous: the machine may be busy.
const PATIENCE: Duration = Duration::from_secs(60);

struct Side {
    link: DataLink,
    events: mpsc::Receiver<LinkEvent>,
    /// Events that were not asked for yet.
    kept: Vec<LinkEvent>,
}

/// What the way between two sides does to a description.
type Tamper = fn(Description) -> Description;

async fn side(initiator: bool, polite: bool) -> Side {
    let config =
        LinkConfig { link: 1, polite, initiator, ice_servers: Vec::new(), relay_only: false, is_narrow: false };
    let (sender, events) = mpsc::channel(EVENTS);
    Side { link: DataLink::open(config, sender).await.unwrap(), events, kept: Vec::new() }
}

/// Carries one event of `from` to `to` if it is signaling; keeps it otherwise. False for none.
async fn carry(event: LinkEvent, from: &mut Side, to: &Side, tamper: Tamper) {
    match event {
        LinkEvent::LocalDescription(description) => to.link.description_received(tamper(description)).await,
        LinkEvent::LocalCandidate(candidate) => to.link.candidate_received(candidate).await,
        other => from.kept.push(other),
    }
}

fn is_opened(event: &LinkEvent) -> bool {
    matches!(event, LinkEvent::Opened { .. })
}

/// Introduces two sides to each other until both have seen what `until` looks for.
async fn introduce(a: &mut Side, b: &mut Side, tamper: Tamper, until: fn(&LinkEvent) -> bool) {
    let deadline = Instant::now() + PATIENCE;
    while !(a.kept.iter().any(until) && b.kept.iter().any(until)) {
        let happened = timeout_at(deadline, async {
            tokio::select! {
                Some(event) = a.events.recv() => (true, event),
                Some(event) = b.events.recv() => (false, event),
                else => panic!("both ended: a: {:?}, b: {:?}", a.kept, b.kept),
            }
        });
        let (from_a, event) = happened.await.unwrap_or_else(|_| panic!("a: {:?}, b: {:?}", a.kept, b.kept));
        if from_a { carry(event, a, b, tamper).await } else { carry(event, b, a, tamper).await }
    }
}

async fn connected() -> (Side, Side) {
    let (mut a, mut b) = (side(true, false).await, side(false, true).await);
    introduce(&mut a, &mut b, |description| description, is_opened).await;
    (a, b)
}

fn fingerprints(side: &Side) -> ([u8; 32], [u8; 32]) {
    let opened = side.kept.iter().find_map(|event| match event {
        LinkEvent::Opened { local_fingerprint, remote_fingerprint, max_message_bytes } => {
            assert_eq!(*max_message_bytes, MESSAGE_BYTES);
            Some((*local_fingerprint, *remote_fingerprint))
        }
        _ => None,
    });
    opened.expect("no Opened")
}

/// The first event that `wanted` turns into something, of those kept or to come. What it is not stays kept.
async fn next<T>(side: &mut Side, wanted: impl Fn(&LinkEvent) -> Option<T>) -> T {
    if let Some(index) = side.kept.iter().position(|event| wanted(event).is_some()) {
        return wanted(&side.kept.remove(index)).unwrap();
    }
    timeout(PATIENCE, async {
        loop {
            let event = side.events.recv().await.expect("the link ended");
            match wanted(&event) {
                Some(found) => return found,
                None => side.kept.push(event),
            }
        }
    })
    .await
    .expect("nothing came")
}

async fn control(side: &mut Side) -> String {
    next(side, |event| if let LinkEvent::Control(text) = event { Some(text.clone()) } else { None }).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_links_open_and_each_sees_the_others_certificate() {
    let (mut a, mut b) = connected().await;
    let ((a_local, a_remote), (b_local, b_remote)) = (fingerprints(&a), fingerprints(&b));
    assert_eq!((a_local, a_remote), (b_remote, b_local));
    assert_ne!(a_local, b_local);
    a.link.send_control("hello".to_owned()).await.unwrap();
    b.link.send_control("사랑방".to_owned()).await.unwrap();
    assert_eq!((control(&mut b).await, control(&mut a).await), ("hello".to_owned(), "사랑방".to_owned()));
    let path = next(&mut a, |event| if let LinkEvent::Path { path, .. } = event { Some(*path) } else { None }).await;
    assert_eq!(path, Path::Local);
    let large = "x".repeat(MESSAGE_BYTES + 1);
    assert_eq!(
        a.link.send_control(large).await,
        Err(LinkError::TooLarge { bytes: MESSAGE_BYTES + 1, limit: MESSAGE_BYTES })
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn candidates_may_come_before_the_description_and_in_any_order() {
    for seed in [1_u64, 2, 3] {
        let (mut a, mut b) = (side(true, false).await, side(false, true).await);
        // The offer is held back until all of a's candidates were delivered, in a scattered order.
        let mut offer = None;
        let mut candidates = Vec::new();
        loop {
            match timeout(PATIENCE, a.events.recv()).await.unwrap().unwrap() {
                LinkEvent::LocalDescription(description) => offer = Some(description),
                LinkEvent::LocalCandidate(Some(candidate)) => candidates.push(candidate),
                LinkEvent::LocalCandidate(None) => break,
                other => a.kept.push(other),
            }
        }
        assert!(!candidates.is_empty());
        candidates.sort_by_key(|candidate| {
            candidate.candidate.bytes().fold(seed, |state, byte| state.wrapping_mul(31).wrapping_add(u64::from(byte)))
        });
        for candidate in candidates {
            b.link.candidate_received(Some(candidate)).await;
        }
        b.link.description_received(offer.unwrap()).await;
        introduce(&mut a, &mut b, |description| description, is_opened).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn when_both_offer_at_once_one_connection_comes_of_it() {
    let (mut a, mut b) = (side(true, false).await, side(true, true).await);
    introduce(&mut a, &mut b, |description| description, is_opened).await;
    a.link.send_control("over".to_owned()).await.unwrap();
    assert_eq!(control(&mut b).await, "over");
    b.link.send_control("and out".to_owned()).await.unwrap();
    assert_eq!(control(&mut a).await, "and out");
}

/// Sends `messages` of 64 KiB, each beginning with its number, and returns the side.
async fn send_bulk(side: &DataLink, messages: u64) {
    for number in 0..messages {
        let mut message = BytesMut::zeroed(64 * 1024);
        (&mut message[..8]).put_u64(number);
        side.send_bulk(message.freeze()).await.unwrap();
    }
}

async fn receive_bulk(events: &mut mpsc::Receiver<LinkEvent>, messages: u64) {
    let mut expected = 0;
    while expected < messages {
        match timeout(PATIENCE, events.recv()).await.expect("nothing came").expect("the link ended") {
            LinkEvent::Bulk(message) => {
                assert_eq!(message.len(), 64 * 1024);
                assert_eq!(message[..8], expected.to_be_bytes());
                expected += 1;
            }
            other => assert!(!matches!(other, LinkEvent::Failed(_) | LinkEvent::Closed), "{other:?}"),
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn bulk_arrives_whole_and_in_order_both_ways_at_once() {
    const MESSAGES: u64 = 1_024;
    let (mut a, mut b) = connected().await;
    tokio::join!(
        send_bulk(&a.link, MESSAGES),
        send_bulk(&b.link, MESSAGES),
        receive_bulk(&mut a.events, MESSAGES),
        receive_bulk(&mut b.events, MESSAGES),
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_reader_that_holds_its_bulk_slows_the_sender_loses_nothing_and_still_hears_control() {
    let (a, mut b) = connected().await;
    // What two queues, two windows and a budget can hold is far less.
    const MESSAGES: u64 = 1_024;
    let sender = tokio::spawn(async move {
        send_bulk(&a.link, 96).await;
        a.link.send_control("while bulk waits".to_owned()).await.unwrap();
        send_bulk(&a.link, MESSAGES).await;
        a
    });
    // Nothing of the bulk is let go until control was heard.
    let mut held: Vec<Bytes> = Vec::new();
    loop {
        match timeout(PATIENCE, b.events.recv()).await.unwrap().unwrap() {
            LinkEvent::Bulk(message) => held.push(message),
            LinkEvent::Control(text) => break assert_eq!(text, "while bulk waits"),
            _ => {}
        }
    }
    assert!(held.len() <= 64, "{} messages are alive", held.len());
    assert!(!sender.is_finished());
    let before = 96 - u64::try_from(held.len()).unwrap();
    drop(held);
    let mut left = before + MESSAGES;
    while left > 0 {
        match timeout(PATIENCE, b.events.recv()).await.unwrap().unwrap() {
            LinkEvent::Bulk(_) => left -= 1,
            other => assert!(matches!(other, LinkEvent::Path { .. }), "{other:?}"),
        }
    }
    sender.await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn closing_delivers_what_was_sent_and_the_other_side_sees_the_end() {
    let (a, mut b) = connected().await;
    send_bulk(&a.link, 8).await;
    a.link.send_control("bye".to_owned()).await.unwrap();
    let Side { link, mut events, .. } = a;
    link.close().await;
    let mut seen = HashMap::new();
    while let Some(event) = timeout(PATIENCE, b.events.recv()).await.expect("the end did not come") {
        let name = match event {
            LinkEvent::Bulk(_) => "bulk",
            LinkEvent::Control(text) => {
                assert_eq!(text, "bye");
                "bye"
            }
            LinkEvent::Closed => "closed",
            LinkEvent::Path { .. } | LinkEvent::LocalCandidate(_) => continue,
            other => panic!("{other:?}"),
        };
        *seen.entry(name).or_insert(0) += 1;
    }
    assert_eq!(seen, HashMap::from([("bulk", 8), ("bye", 1), ("closed", 1)]));
    let mut last = None;
    while let Some(event) = events.recv().await {
        last = Some(event);
    }
    assert_eq!(last, Some(LinkEvent::Closed));
    assert_eq!(b.link.send_control("late".to_owned()).await, Err(LinkError::Closed));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_restart_of_ice_keeps_the_channels_open() {
    let (mut a, mut b) = connected().await;
    a.link.restart_ice().await;
    // Offer and answer of the restart, then its candidates.
    let deadline = Instant::now() + PATIENCE;
    let (mut a_done, mut b_done) = (false, false);
    while !(a_done && b_done) {
        let (from_a, event) = timeout_at(deadline, async {
            tokio::select! {
                event = a.events.recv() => (true, event.unwrap()),
                event = b.events.recv() => (false, event.unwrap()),
            }
        })
        .await
        .expect("the restart did not end");
        assert!(!matches!(event, LinkEvent::Failed(_) | LinkEvent::Closed), "{event:?}");
        let ended = event == LinkEvent::LocalCandidate(None);
        if from_a {
            a_done |= ended;
            carry(event, &mut a, &b, |description| description).await;
        } else {
            b_done |= ended;
            carry(event, &mut b, &a, |description| description).await;
        }
    }
    send_bulk(&a.link, 32).await;
    receive_bulk(&mut b.events, 32).await;
    b.link.send_control("still here".to_owned()).await.unwrap();
    assert_eq!(control(&mut a).await, "still here");
}

fn with_another_fingerprint(mut description: Description) -> Description {
    let line = description.sdp.lines().find(|line| line.starts_with("a=fingerprint:")).unwrap().to_owned();
    let last = if line.ends_with('0') { '1' } else { '0' };
    let tampered = format!("{}{last}", &line[..line.len() - 1]);
    description.sdp = description.sdp.replace(&line, &tampered);
    description
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_tampered_fingerprint_never_opens() {
    let (mut a, mut b) = (side(true, false).await, side(false, true).await);
    introduce(&mut a, &mut b, with_another_fingerprint, |event| {
        matches!(event, LinkEvent::Opened { .. } | LinkEvent::Failed(_) | LinkEvent::Interrupted)
    })
    .await;
    // Both are told, and neither had to wait for a timeout.
    for side in [&a, &b] {
        assert!(side.kept.iter().any(|event| matches!(event, LinkEvent::Failed(LinkError::Certificate(_)))));
        assert!(!side.kept.iter().any(is_opened));
    }
    assert_eq!(a.link.send_bulk(Bytes::from_static(b"x")).await, Err(LinkError::Closed));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_description_that_is_none_fails_the_link_and_nothing_else() {
    use parlor_protocol::negotiation::DescriptionType::{Answer, Offer};
    for (kind, initiator) in [(Offer, false), (Answer, true)] {
        for sdp in ["", "nonsense", "v=0\r\n", &"a=x\r\n".repeat(10_000)] {
            let mut broken = side(initiator, false).await;
            broken.link.description_received(Description { kind, sdp: sdp.to_owned() }).await;
            let error =
                next(
                    &mut broken,
                    |event| if let LinkEvent::Failed(error) = event { Some(error.clone()) } else { None },
                )
                .await;
            assert!(matches!(error, LinkError::Peer(_) | LinkError::Certificate(_)), "{error:?}");
            assert_eq!(timeout(PATIENCE, broken.events.recv()).await.unwrap(), Some(LinkEvent::Closed));
        }
    }
}
