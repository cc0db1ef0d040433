//! Peers that hold the invitation and break the rules.

use bytes::Bytes;
use parlor_client::room::Timings;
use parlor_protocol::{
    code::{Failure, FailureCode, TransferCode},
    control::{Control, OfferedEntry, Seen},
    host::{Command, Direction, Event, LinkState, TransferState},
    id::{TextId, TransferId},
};

use crate::{
    guest::{Guest, server},
    stranger::{OpenLink, Stranger},
    tree::files_below,
};

const TRANSFER: TransferId = TransferId([5; 16]);

/// A guest in a room, and a stranger whose connection to it is open and not confirmed.
async fn meet(url: &str, timings: Timings) -> (Guest, OpenLink) {
    let mut ada = Guest::with_timings(timings);
    let link = ada.start_room(url).await;
    let stranger = Stranger::enter(&link, ada.id.unwrap()).await;
    (ada, stranger.open().await)
}

/// The same, confirmed on both sides.
async fn confirmed(url: &str, timings: Timings) -> (Guest, OpenLink) {
    let (mut ada, mut stranger) = meet(url, timings).await;
    let confirm = stranger.confirm();
    stranger.send(&confirm).await;
    assert!(matches!(stranger.control().await, Some(Control::Confirm { .. })), "the first message");
    ada.connected().await;
    (ada, stranger)
}

/// Waits until the guest has given the peer up; nothing may have come through before.
pub async fn failure(guest: &mut Guest) -> Failure {
    guest
        .until("failed", |event| match event {
            Event::PeerChanged { peer } if peer.link == LinkState::Failed => peer.failure.clone(),
            Event::PeerChanged { peer } => {
                assert_ne!(peer.link, LinkState::Connected);
                None
            }
            Event::TextReceived { .. } | Event::TransferChanged { .. } => panic!("{event:?} before a confirmation"),
            _ => None,
        })
        .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_confirmation_ends_the_connection() {
    let (_server, url) = server().await;
    let (mut ada, mut stranger) = meet(&url, Timings::default()).await;
    stranger.send(&Control::Confirm { mac: "A".repeat(43), seen: Seen::Certificate }).await;
    assert_eq!(failure(&mut ada).await.code, FailureCode::ProofFailed);
    stranger.closed().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_confirmation_sent_back_is_wrong() {
    let (_server, url) = server().await;
    let (mut ada, mut stranger) = meet(&url, Timings::default()).await;
    let theirs = stranger.control().await.unwrap();
    assert!(matches!(theirs, Control::Confirm { .. }));
    stranger.send(&theirs).await;
    assert_eq!(failure(&mut ada).await.code, FailureCode::ProofFailed);
    stranger.closed().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_processed_before_the_confirmation() {
    let (_server, url) = server().await;
    let (mut ada, mut stranger) = meet(&url, Timings::default()).await;
    stranger.send(&Control::Text { id: TextId([1; 16]), body: "trust me".into(), sent_at_ms: 0 }).await;
    assert_eq!(failure(&mut ada).await.code, FailureCode::ProofFailed);
    stranger.closed().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn bulk_before_the_confirmation_ends_the_connection() {
    let (_server, url) = server().await;
    let (mut ada, mut stranger) = meet(&url, Timings::default()).await;
    stranger.link.send_bulk(Bytes::from(vec![1; 64])).await.unwrap();
    assert_eq!(failure(&mut ada).await.code, FailureCode::ProofFailed);
    stranger.closed().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_offer_with_a_path_that_leads_out_is_refused() {
    let (_server, url) = server().await;
    let (_ada, mut stranger) = confirmed(&url, Timings::default()).await;
    for path in [vec!["..", "x"], vec!["/etc/passwd"], vec!["a\\b"], vec![""], vec![]] {
        let path = path.into_iter().map(str::to_owned).collect();
        let entries = vec![OfferedEntry { path, size: 1, modified_ms: None }];
        stranger
            .send(&Control::Offer { transfer: TRANSFER, entry_count: 1, total_bytes: 1, entries, last: true })
            .await;
        assert_eq!(
            stranger.control().await,
            Some(Control::Cancel { transfer: TRANSFER, code: TransferCode::BadOffer })
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn frames_without_sense_end_a_transfer_and_leave_nothing_behind() {
    let (_server, url) = server().await;
    let (mut ada, mut stranger) = confirmed(&url, Timings::default()).await;
    let entries = vec![OfferedEntry { path: vec!["a".into()], size: 10, modified_ms: None }];
    stranger.send(&Control::Offer { transfer: TRANSFER, entry_count: 1, total_bytes: 10, entries, last: true }).await;
    let transfer = ada.offered().await;
    ada.wish(Command::AcceptTransfer { transfer, without: Vec::new() }).await;
    assert!(matches!(stranger.control().await, Some(Control::Accept { .. })));
    // A frame beyond the entry's size.
    let header = parlor_protocol::frame::FrameHeader {
        kind: parlor_protocol::frame::FrameKind::Data,
        transfer: TRANSFER,
        entry: 0,
        block: 0,
        offset: 0,
    };
    let frame = [header.encode().as_slice(), &[7; 11]].concat();
    stranger.link.send_bulk(Bytes::from(frame)).await.unwrap();
    let ended = ada.transfer(Direction::Receiving, TransferState::Cancelled).await;
    assert_eq!(ended.code, Some(TransferCode::Protocol));
    ada.wish(Command::LeaveRoom {}).await;
    assert_eq!(files_below(&ada.inbox()), [] as [&str; 0]);
}

#[tokio::test(flavor = "multi_thread")]
async fn another_version_is_told_as_such() {
    let (_server, url) = server().await;
    let mut ada = Guest::new();
    let link = ada.start_room(&url).await;
    let stranger = Stranger::enter(&link, ada.id.unwrap()).await;
    use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
    let body = URL_SAFE_NO_PAD.encode([&[2_u8, 0, 0, 0][..], &[0; 96]].concat());
    stranger.signaling.signal(stranger.host, body).await.unwrap();
    assert_eq!(failure(&mut ada).await.code, FailureCode::PeerVersion);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_peer_that_falls_silent_is_interrupted_and_lost_when_the_server_says_so_too() {
    let timings = Timings { ping_ms: 200, interrupted_ms: 1_000, ..Timings::default() };
    let (_server, url) = server().await;
    let (mut ada, stranger) = confirmed(&url, timings).await;
    // It answers no ping from here on: its program hangs, while its connection stays.
    ada.until("interrupted", |event| match event {
        Event::PeerChanged { peer } => (peer.link == LinkState::Interrupted).then_some(()),
        _ => None,
    })
    .await;
    drop(stranger);
    assert!(!ada.left().await, "without a goodbye");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_peer_whose_connection_never_opens_is_given_up() {
    let timings = Timings { connect_ms: 500, ..Timings::default() };
    let (_server, url) = server().await;
    let mut ada = Guest::with_timings(timings);
    let link = ada.start_room(&url).await;
    let mut stranger = Stranger::enter(&link, ada.id.unwrap()).await;
    // The handshake is done, an offer never comes; then one that leads nowhere.
    let mut epoch = stranger.shake_hands().await;
    let description = parlor_protocol::negotiation::Description {
        kind: parlor_protocol::negotiation::DescriptionType::Offer,
        sdp: format!("v=0\r\na=fingerprint:sha-256 {}\r\n", ["AB"; 32].join(":")),
    };
    let message = parlor_protocol::negotiation::Sealed::Description { link: 1, description };
    let body = epoch.seal(parlor_protocol::negotiation::Plane::Data, &message, [1; 24]).unwrap();
    stranger.signaling.signal(stranger.host, body).await.unwrap();
    assert_eq!(failure(&mut ada).await.code, FailureCode::ConnectFailed);
}
