//! Links whose descriptions name another certificate than the one in use, with the library's own check and without it; a man in the
//! middle of two that do not check, a hundred times with `PARLOR_SOAK=long`; and what is under way on a link to a narrow peer.

use std::time::Duration;

use parlor_protocol::negotiation::DescriptionType;
use tokio::sync::mpsc;

use super::*;

const PATIENCE: Duration = Duration::from_secs(60);
/// Of nobody here.
const ANOTHER: &str = "AB:AB:AB:AB:AB:AB:AB:AB:AB:AB:AB:AB:AB:AB:AB:AB:AB:AB:AB:AB:AB:AB:AB:AB:AB:AB:AB:AB:AB:AB:AB:AB";

async fn open(link: u32, initiator: bool) -> (DataLink, mpsc::Receiver<LinkEvent>) {
    open_to(link, initiator, false).await
}

async fn open_to(link: u32, initiator: bool, is_narrow: bool) -> (DataLink, mpsc::Receiver<LinkEvent>) {
    let (sender, events) = mpsc::channel(EVENTS);
    let config =
        LinkConfig { link, polite: initiator, initiator, ice_servers: Vec::new(), relay_only: false, is_narrow };
    (DataLink::open(config, sender).await.unwrap(), events)
}

fn swapped(sdp: &str) -> String {
    sdp.lines()
        .map(|line| match line.starts_with("a=fingerprint:") {
            true => format!("a=fingerprint:sha-256 {ANOTHER}\r\n"),
            false => format!("{line}\r\n"),
        })
        .collect()
}

/// Two links, one of which hears a lie in an offer or an answer; how that one ends.
async fn verdict(link: u32, lie: DescriptionType) -> LinkError {
    let (offerer, mut of_offerer) = open(link, true).await;
    let (answerer, mut of_answerer) = open(link, false).await;
    let talk = async {
        loop {
            let (event, other, is_hearer) = tokio::select! {
                Some(event) = of_offerer.recv() => (event, &answerer, lie == DescriptionType::Answer),
                Some(event) = of_answerer.recv() => (event, &offerer, lie == DescriptionType::Offer),
            };
            match event {
                LinkEvent::LocalDescription(mut description) => {
                    if description.kind == lie {
                        description.sdp = swapped(&description.sdp);
                    }
                    other.description_received(description).await;
                }
                LinkEvent::LocalCandidate(candidate) => other.candidate_received(candidate).await,
                LinkEvent::Opened { .. } => assert!(!is_hearer, "opened, with a certificate that nobody named"),
                LinkEvent::Failed(error) if is_hearer => return error,
                _ => {}
            }
        }
    };
    tokio::time::timeout(PATIENCE, talk).await.expect("a verdict")
}

#[tokio::test(flavor = "multi_thread")]
async fn another_certificate_is_refused_by_the_library_and_that_is_told() {
    for lie in [DescriptionType::Offer, DescriptionType::Answer] {
        assert_eq!(verdict(1, lie).await, LinkError::Certificate("a certificate was refused"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn another_certificate_is_refused_also_where_the_library_does_not_look() {
    for lie in [DescriptionType::Offer, DescriptionType::Answer] {
        assert_eq!(verdict(u32::MAX, lie).await, LinkError::Certificate("the live one is another"));
    }
}

/// The lines of an SDP that name certificates are those of `other`.
fn with_fingerprint_of(sdp: &str, other: &str) -> String {
    let named = other.lines().find(|line| line.starts_with("a=fingerprint:")).unwrap();
    sdp.lines().map(|line| format!("{}\r\n", if line.starts_with("a=fingerprint:") { named } else { line })).collect()
}

/// What somebody hears of a link until it ends: its description first, and its error.
struct Heard {
    described: watch::Sender<Option<Description>>,
    failed: watch::Sender<Option<LinkError>>,
}

/// Passes candidates on, and keeps the rest. `is_victim`: a link that must not open.
fn hear(mut events: mpsc::Receiver<LinkEvent>, other: Arc<DataLink>, is_victim: bool) -> Arc<Heard> {
    let heard = Arc::new(Heard { described: watch::Sender::default(), failed: watch::Sender::default() });
    let ear = Arc::clone(&heard);
    tokio::spawn(async move {
        while let Some(event) = events.recv().await {
            match event {
                LinkEvent::LocalDescription(description) => drop(ear.described.send_replace(Some(description))),
                LinkEvent::LocalCandidate(candidate) => other.candidate_received(candidate).await,
                LinkEvent::Opened { .. } => assert!(!is_victim, "opened to the man in the middle"),
                LinkEvent::Failed(error) => drop(ear.failed.send_replace(Some(error))),
                _ => {}
            }
        }
    });
    heard
}

async fn first<T: Clone>(of: &watch::Sender<Option<T>>) -> T {
    let mut of = of.subscribe();
    let known = tokio::time::timeout(PATIENCE, of.wait_for(Option::is_some)).await.expect("in time").unwrap();
    known.clone().unwrap()
}

/// Two who do not check, each connected to a man who names the other's certificate and shows his own; how both end.
async fn in_the_middle() -> [LinkError; 2] {
    const UNCHECKED: u32 = u32::MAX;
    let (ada, of_ada) = open(UNCHECKED, true).await;
    let (ben, of_ben) = open(UNCHECKED, false).await;
    let (to_ada, of_to_ada) = open(UNCHECKED, false).await;
    let (to_ben, of_to_ben) = open(UNCHECKED, true).await;
    let [ada, ben, to_ada, to_ben] = [ada, ben, to_ada, to_ben].map(Arc::new);
    let from_ada = hear(of_ada, Arc::clone(&to_ada), true);
    let from_ben = hear(of_ben, Arc::clone(&to_ben), true);
    let man_to_ada = hear(of_to_ada, Arc::clone(&ada), false);
    let man_to_ben = hear(of_to_ben, Arc::clone(&ben), false);

    let offer = first(&from_ada.described).await;
    let mut mans_offer = first(&man_to_ben.described).await;
    mans_offer.sdp = with_fingerprint_of(&mans_offer.sdp, &offer.sdp);
    to_ada.description_received(offer).await;
    ben.description_received(mans_offer).await;
    let answer = first(&from_ben.described).await;
    let mut mans_answer = first(&man_to_ada.described).await;
    mans_answer.sdp = with_fingerprint_of(&mans_answer.sdp, &answer.sdp);
    to_ben.description_received(answer).await;
    ada.description_received(mans_answer).await;
    [first(&from_ada.failed).await, first(&from_ben.failed).await]
}

#[tokio::test(flavor = "multi_thread")]
async fn a_man_in_the_middle_of_two_whose_library_does_not_look_is_refused_by_both() {
    let times = if std::env::var("PARLOR_SOAK").is_ok_and(|form| form == "long") { 100 } else { 3 };
    for time in 0..times {
        let refused = LinkError::Certificate("the live one is another");
        assert_eq!(in_the_middle().await, [refused.clone(), refused], "time {time}");
    }
}

/// Sends 16 MiB on `bulk`; the most that was under way.
async fn most_under_way(is_narrow: bool) -> usize {
    const MESSAGE: usize = 60 * 1024;
    const MESSAGES: usize = 16 * 1024 * 1024 / MESSAGE;
    let (sender, mut of_sender) = open_to(1, true, is_narrow).await;
    let (receiver, mut of_receiver) = open(1, false).await;
    let (sender, receiver) = (Arc::new(sender), Arc::new(receiver));
    let (opened, mut open) = watch::channel(false);
    let to_receiver = Arc::clone(&receiver);
    tokio::spawn(async move {
        while let Some(event) = of_sender.recv().await {
            match event {
                LinkEvent::LocalDescription(description) => to_receiver.description_received(description).await,
                LinkEvent::LocalCandidate(candidate) => to_receiver.candidate_received(candidate).await,
                LinkEvent::Opened { .. } => drop(opened.send(true)),
                _ => {}
            }
        }
    });
    let to_sender = Arc::clone(&sender);
    let arrived = tokio::spawn(async move {
        let mut bytes = 0;
        while bytes < MESSAGES * MESSAGE {
            match of_receiver.recv().await.unwrap() {
                LinkEvent::LocalDescription(description) => to_sender.description_received(description).await,
                LinkEvent::LocalCandidate(candidate) => to_sender.candidate_received(candidate).await,
                LinkEvent::Bulk(message) => bytes += message.len(),
                _ => {}
            }
        }
    });
    open.wait_for(|open| *open).await.unwrap();
    let mut most = 0;
    for _ in 0..MESSAGES {
        sender.send_bulk(vec![7; MESSAGE].into()).await.unwrap();
        most = most.max(sender.bulk.outstanding_bytes().await.unwrap());
    }
    arrived.await.unwrap();
    most
}

#[tokio::test(flavor = "multi_thread")]
async fn no_more_is_under_way_to_a_narrow_peer_than_its_socket_holds_and_all_of_it_arrives() {
    let most = |is_narrow| tokio::time::timeout(PATIENCE, most_under_way(is_narrow));
    assert!(most(true).await.expect("all arrives") <= 64 * 1024 + 60 * 1024);
    assert!(most(false).await.expect("all arrives") > 64 * 1024 + 60 * 1024, "as control");
}
