//! Links whose descriptions name another certificate than the one in use, with the library's own check and without it.

use std::time::Duration;

use parlor_protocol::negotiation::DescriptionType;
use tokio::sync::mpsc;

use super::*;

const PATIENCE: Duration = Duration::from_secs(60);
/// Of nobody here.
const ANOTHER: &str = "AB:AB:AB:AB:AB:AB:AB:AB:AB:AB:AB:AB:AB:AB:AB:AB:AB:AB:AB:AB:AB:AB:AB:AB:AB:AB:AB:AB:AB:AB:AB:AB";

async fn open(link: u32, initiator: bool) -> (DataLink, mpsc::Receiver<LinkEvent>) {
    let (sender, events) = mpsc::channel(EVENTS);
    let config = LinkConfig { link, polite: initiator, initiator, ice_servers: Vec::new(), relay_only: false };
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
