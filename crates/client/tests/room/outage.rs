//! Peers that are cut off for a while, and come back.

use std::fs;

use parlor_client::room::Timings;
use parlor_protocol::{
    code::TransferCode,
    host::{Command, Direction, Event, TransferState},
    id::TransferId,
};
use parlor_server::{Config, ServerHandle};

use crate::{
    frozen::Freezer,
    guest::{Guest, server_with},
    tree::{content, files_below, write},
};

/// Enough to be still moving when its sender is stopped.
const LARGE_BYTES: usize = 96 << 20;

/// A server that soon notices who is gone.
async fn quick_server() -> (ServerHandle, String) {
    let config = Config { ping_interval_ms: 300, ping_timeout_ms: 700, seat_grace_ms: 200, ..Config::default() };
    server_with(config).await
}

/// Soon interrupted and soon given up. Nobody says a hello twice: what is not mended by the first stays broken.
fn impatient() -> Timings {
    let defaults = Timings::default();
    Timings { ping_ms: 100, interrupted_ms: 600, rebuild_ms: 1_500, stagger_ms: 100, hello_ms: 600_000, ..defaults }
}

/// Ada, and Bob who can be frozen, connected.
async fn pair(url: &str, freezer: &Freezer, timings: Timings) -> (Guest, Guest) {
    let (mut ada, mut bob) = (Guest::with_timings(timings), freezer.guest(timings));
    let link = ada.start_room(url).await;
    bob.join(&link).await;
    ada.connected().await;
    bob.connected().await;
    (ada, bob)
}

#[tokio::test(flavor = "multi_thread")]
async fn who_was_given_up_and_comes_back_is_met_anew() {
    let (_server, url) = quick_server().await;
    let freezer = Freezer::new();
    let (mut ada, mut bob) = pair(&url, &freezer, impatient()).await;
    let frozen = freezer.freeze().await;
    assert!(!ada.left().await, "without a goodbye");
    drop(frozen);
    // Ada has forgotten the epoch that Bob still has.
    ada.connected().await;
    ada.write(1, "there you are").await;
    assert_eq!(bob.reads().await, "there you are");
    bob.write(2, "here I am").await;
    assert_eq!(ada.reads().await, "here I am");
}

/// Bob, who can be frozen, sends Ada a large file of which a part has come.
async fn sending(ada: &mut Guest, bob: &Guest) -> TransferId {
    let source = write(bob.home.path(), "large.bin", &content(7, LARGE_BYTES));
    bob.offer(ada.id.unwrap(), &[source]).await;
    let transfer = ada.offered().await;
    ada.wish(Command::AcceptTransfer { transfer, without: Vec::new() }).await;
    ada.until("bytes come", |event| match event {
        Event::TransferChanged { transfer } => (transfer.stored_bytes > 0).then_some(()),
        _ => None,
    })
    .await;
    transfer
}

#[tokio::test(flavor = "multi_thread")]
async fn a_transfer_outlives_an_outage_of_its_peer_and_goes_on_where_it_was() {
    let (_server, url) = quick_server().await;
    let freezer = Freezer::new();
    let (mut ada, mut eve, mut bob) =
        (Guest::with_timings(impatient()), Guest::with_timings(impatient()), freezer.guest(impatient()));
    let link = ada.start_room(&url).await;
    eve.join(&link).await;
    eve.connected().await;
    bob.join(&link).await;
    let mut met = [bob.connected().await, bob.connected().await];
    while met[0] == met[1] {
        met[1] = bob.connected().await;
    }
    let transfer = sending(&mut ada, &bob).await;
    let frozen = freezer.freeze().await;
    let before = ada.transfer(Direction::Receiving, TransferState::Interrupted).await;
    assert!(before.stored_bytes > 0 && before.stored_bytes < before.total_bytes, "{} bytes", before.stored_bytes);
    // With Eve nothing was under way: when she has given Bob up, the server has told everybody that he is gone.
    assert!(!eve.left().await);
    drop(frozen);
    ada.until("proven", |event| match event {
        Event::PeerLeft { .. } => panic!("Bob was not waited for"),
        Event::TransferChanged { transfer: now } => {
            assert_eq!(now.id, transfer, "no second offer");
            assert!(now.stored_bytes >= before.stored_bytes, "begun anew at {} bytes", now.stored_bytes);
            assert_ne!(now.state, TransferState::Cancelled);
            (now.state == TransferState::Proven).then_some(())
        }
        _ => None,
    })
    .await;
    bob.transfer(Direction::Sending, TransferState::Proven).await;
    assert!(fs::read(ada.inbox().join("large.bin")).unwrap() == content(7, LARGE_BYTES));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_did_not_reach_a_peer_that_was_given_up_can_be_offered_again_when_it_is_back() {
    let (_server, url) = quick_server().await;
    let freezer = Freezer::new();
    let (mut ada, mut bob) = pair(&url, &freezer, Timings { absent_ms: 500, ..impatient() }).await;
    let bytes = content(7, 300_000);
    let source = write(ada.home.path(), "a.bin", &bytes);
    ada.offer(bob.id.unwrap(), &[source]).await;
    let transfer = bob.offered().await;
    let frozen = freezer.freeze().await;
    ada.transfer(Direction::Sending, TransferState::Cancelled).await;
    assert!(!ada.left().await, "without a goodbye");
    drop(frozen);
    ada.connected().await;
    ada.wish(Command::OfferAgain { transfer }).await;
    let again = bob
        .until("another offer", |event| match event {
            Event::TransferChanged { transfer: now } if now.state == TransferState::Waiting => {
                (now.id != transfer).then_some(now.id)
            }
            _ => None,
        })
        .await;
    bob.wish(Command::AcceptTransfer { transfer: again, without: Vec::new() }).await;
    ada.transfer(Direction::Sending, TransferState::Proven).await;
    assert!(fs::read(bob.inbox().join("a.bin")).unwrap() == bytes);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_folder_that_is_offered_again_goes_on_where_it_was() {
    let (_server, url) = quick_server().await;
    let freezer = Freezer::new();
    let (mut ada, mut bob) = pair(&url, &freezer, Timings { absent_ms: 500, ..impatient() }).await;
    write(ada.home.path(), "trip/a.txt", b"small");
    let bytes = content(7, LARGE_BYTES);
    write(ada.home.path(), "trip/b.bin", &bytes);
    ada.wish(Command::LimitSpeed { bytes_per_second: Some(16 << 20) }).await;
    ada.offer(bob.id.unwrap(), &[ada.home.path().join("trip")]).await;
    let transfer = bob.offered().await;
    bob.wish(Command::AcceptTransfer { transfer, without: Vec::new() }).await;
    let stored = |least: u64| {
        move |event: &Event| match event {
            Event::TransferChanged { transfer } => {
                (transfer.proven_count == 1 && transfer.stored_bytes > least).then_some(transfer.stored_bytes)
            }
            _ => None,
        }
    };
    let before = bob.until("a file and a part of the other", stored(4 << 20)).await;
    let frozen = freezer.freeze().await;
    ada.transfer(Direction::Sending, TransferState::Cancelled).await;
    assert!(!ada.left().await, "without a goodbye");
    drop(frozen);
    ada.connected().await;
    let ended = bob.transfer(Direction::Receiving, TransferState::Cancelled).await;
    assert_eq!(ended.code, Some(TransferCode::Forgotten));
    ada.wish(Command::LimitSpeed { bytes_per_second: None }).await;
    ada.wish(Command::OfferAgain { transfer }).await;
    let again = bob.offered().await;
    bob.wish(Command::AcceptTransfer { transfer: again, without: Vec::new() }).await;
    let at_first = bob.until("what was there", stored(0)).await;
    assert!(at_first >= before, "begun anew: {at_first} bytes after {before}");
    ada.transfer(Direction::Sending, TransferState::Proven).await;
    bob.wish(Command::LeaveRoom {}).await;
    assert_eq!(files_below(&bob.inbox()), ["trip/a.txt", "trip/b.bin"]);
    assert!(fs::read(bob.inbox().join("trip/b.bin")).unwrap() == bytes);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_peer_with_a_transfer_is_not_waited_for_for_ever() {
    let (_server, url) = quick_server().await;
    let freezer = Freezer::new();
    let (mut ada, bob) = pair(&url, &freezer, Timings { absent_ms: 500, ..impatient() }).await;
    sending(&mut ada, &bob).await;
    let _frozen = freezer.freeze().await;
    let ended = ada.transfer(Direction::Receiving, TransferState::Cancelled).await;
    assert!(!ended.ended_by_us);
    assert!(!ada.left().await, "without a goodbye");
    ada.wish(Command::LeaveRoom {}).await;
    let left = files_below(&ada.inbox());
    assert!(left.iter().all(|name| name.ends_with(".part") || name.ends_with(".journal")), "{left:?}");
}
