//! Links whose descriptions name another certificate than the one in use, with the library's own check and without it; and what is under
//! way on a link to a narrow peer.

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
