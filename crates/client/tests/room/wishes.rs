//! What users wish of a transfer between two engines: a rest, some files only, another try, less speed, and room that is not there.

use std::{
    fs,
    time::{Duration, Instant},
};

use parlor_protocol::{
    code::{FailureCode, TransferCode},
    host::{Command, Direction, Event, Transfer, TransferState},
    id::TransferId,
};

use crate::{
    guest::{Guest, pair, server},
    tree::{content, files_below, write},
};

fn transfer_of(event: &Event) -> Option<&Transfer> {
    if let Event::TransferChanged { transfer } = event { Some(transfer) } else { None }
}

/// Without the journal that is put away a moment after the end.
fn received(guest: &Guest) -> Vec<String> {
    let mut files = files_below(&guest.inbox());
    files.retain(|name| !name.ends_with(".journal"));
    files
}

async fn moved(guest: &mut Guest, bytes: u64) {
    let is_there =
        |event: &Event| transfer_of(event).and_then(|transfer| (transfer.stored_bytes >= bytes).then_some(()));
    guest.until("bytes move", is_there).await;
}

async fn begun(ada: &Guest, bob: &mut Guest, sources: &[std::path::PathBuf]) -> TransferId {
    ada.offer(bob.id.unwrap(), sources).await;
    let transfer = bob.offered().await;
    bob.wish(Command::AcceptTransfer { transfer, without: Vec::new() }).await;
    transfer
}

#[tokio::test(flavor = "multi_thread")]
async fn either_side_holds_a_transfer_up_and_lets_it_go_on() {
    let (_server, url) = server().await;
    let (mut ada, mut bob) = pair(&url).await;
    let bytes = content(1, 96 * 1024 * 1024 + 3);
    let source = write(ada.home.path(), "a.bin", &bytes);
    let transfer = begun(&ada, &mut bob, &[source]).await;
    moved(&mut bob, 1).await;
    ada.wish(Command::PauseTransfer { transfer, paused: true }).await;
    let rests = bob.transfer(Direction::Receiving, TransferState::Paused).await;
    assert!(!rests.paused_by_us);
    assert!(ada.transfer(Direction::Sending, TransferState::Paused).await.paused_by_us);
    bob.wish(Command::PauseTransfer { transfer, paused: true }).await;
    ada.wish(Command::PauseTransfer { transfer, paused: false }).await;
    bob.wish(Command::PauseTransfer { transfer, paused: false }).await;
    bob.transfer(Direction::Receiving, TransferState::Proven).await;
    ada.transfer(Direction::Sending, TransferState::Proven).await;
    assert!(fs::read(bob.inbox().join("a.bin")).unwrap() == bytes);
}

#[tokio::test(flavor = "multi_thread")]
async fn only_the_wanted_files_of_a_folder_come_and_the_others_can_be_offered_again() {
    let (_server, url) = server().await;
    let (mut ada, mut bob) = pair(&url).await;
    for name in ["trip/1.jpg", "trip/2.jpg", "trip/3.jpg"] {
        write(ada.home.path(), name, name.as_bytes());
    }
    ada.offer(bob.id.unwrap(), &[ada.home.path().join("trip")]).await;
    let transfer = bob.offered().await;
    bob.wish(Command::AcceptTransfer { transfer, without: vec![0, 2] }).await;
    bob.transfer(Direction::Receiving, TransferState::Proven).await;
    let sent = ada.transfer(Direction::Sending, TransferState::Proven).await;
    assert_eq!((sent.proven_count, sent.total_bytes), (1, 10));
    assert_eq!(received(&bob), ["trip/2.jpg"]);

    write(ada.home.path(), "trip/3.jpg", b"another one by now");
    ada.wish(Command::OfferAgain { transfer }).await;
    let again = bob.offered().await;
    assert_ne!(again, transfer);
    bob.wish(Command::AcceptTransfer { transfer: again, without: Vec::new() }).await;
    bob.transfer(Direction::Receiving, TransferState::Proven).await;
    ada.transfer(Direction::Sending, TransferState::Proven).await;
    bob.wish(Command::LeaveRoom {}).await;
    assert_eq!(files_below(&bob.inbox()), ["trip (1)/1.jpg", "trip (1)/3.jpg", "trip/2.jpg"]);
    assert_eq!(fs::read(bob.inbox().join("trip (1)/3.jpg")).unwrap(), b"another one by now");
    let nothing = ada.client.command(Command::OfferAgain { transfer }).await;
    assert_eq!(nothing.unwrap_err().code, FailureCode::NotNow);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_changed_while_it_was_sent_can_be_offered_again_as_it_is_now() {
    let (_server, url) = server().await;
    let (mut ada, mut bob) = pair(&url).await;
    let changed = write(ada.home.path(), "changed.bin", &content(1, 3_000_000));
    ada.offer(bob.id.unwrap(), std::slice::from_ref(&changed)).await;
    let transfer = bob.offered().await;
    write(ada.home.path(), "changed.bin", b"new");
    bob.wish(Command::AcceptTransfer { transfer, without: Vec::new() }).await;
    let failed = ada.transfer(Direction::Sending, TransferState::Partial).await;
    assert_eq!(failed.entries[0].failed, Some(TransferCode::SourceChanged));
    ada.wish(Command::OfferAgain { transfer }).await;
    let again = bob.offered().await;
    bob.wish(Command::AcceptTransfer { transfer: again, without: Vec::new() }).await;
    bob.transfer(Direction::Receiving, TransferState::Proven).await;
    assert_eq!(fs::read(bob.inbox().join("changed.bin")).unwrap(), b"new");

    // What is gone cannot, and says so.
    ada.offer(bob.id.unwrap(), std::slice::from_ref(&changed)).await;
    let transfer = bob.offered().await;
    bob.wish(Command::DeclineTransfer { transfer }).await;
    ada.transfer(Direction::Sending, TransferState::Declined).await;
    fs::remove_file(changed).unwrap();
    let gone = ada.client.command(Command::OfferAgain { transfer }).await;
    assert_eq!(gone.unwrap_err().code, FailureCode::SourceUnreadable);
}

#[tokio::test(flavor = "multi_thread")]
async fn files_leave_no_faster_than_the_limit_until_it_is_lifted() {
    const LIMIT: u64 = 2_000_000;
    let (_server, url) = server().await;
    let (ada, mut bob) = pair(&url).await;
    let bytes = content(1, 40_000_000);
    let source = write(ada.home.path(), "a.bin", &bytes);
    ada.wish(Command::LimitSpeed { bytes_per_second: Some(LIMIT) }).await;
    begun(&ada, &mut bob, &[source]).await;
    let began = Instant::now();
    moved(&mut bob, 2 * LIMIT).await;
    // Whatever the machine does, it cannot be faster than that; one frame at once comes on top.
    assert!(began.elapsed() > Duration::from_millis(1_900), "{:?}", began.elapsed());
    ada.wish(Command::LimitSpeed { bytes_per_second: None }).await;
    bob.transfer(Direction::Receiving, TransferState::Proven).await;
    assert!(fs::read(bob.inbox().join("a.bin")).unwrap() == bytes);
}

#[tokio::test(flavor = "multi_thread")]
async fn with_a_limit_little_is_under_way_when_a_transfer_is_held_up() {
    let (_server, url) = server().await;
    // Set before there is a room, and within it.
    tokio::join!(held_up_with_a_limit(&url, true), held_up_with_a_limit(&url, false));
}

async fn held_up_with_a_limit(url: &str, is_early: bool) {
    const LIMIT: u64 = 1_000_000;
    let limit = Command::LimitSpeed { bytes_per_second: Some(LIMIT) };
    let (mut ada, mut bob) = (Guest::new(), Guest::new());
    if is_early {
        ada.wish(limit.clone()).await;
    }
    let link = ada.start_room(url).await;
    bob.join(&link).await;
    ada.connected().await;
    bob.connected().await;
    if !is_early {
        ada.wish(limit).await;
    }
    let source = write(ada.home.path(), "a.bin", &content(1, 40_000_000));
    let transfer = begun(&ada, &mut bob, &[source]).await;
    moved(&mut bob, 1).await;
    ada.wish(Command::PauseTransfer { transfer, paused: true }).await;
    let mut stored = Vec::new();
    // At this speed a whole window would go on arriving for eight seconds.
    let watched = bob.until("the end of five seconds", |event| {
        stored.extend(transfer_of(event).map(|transfer| transfer.stored_bytes));
        None::<()>
    });
    assert!(tokio::time::timeout(Duration::from_secs(5), watched).await.is_err());
    let last = stored.last().copied().unwrap_or_default();
    assert!(last <= 4 << 20, "{last} bytes");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_offer_that_does_not_fit_on_the_disk_is_told_and_waits() {
    let (_server, url) = server().await;
    let (mut ada, mut bob) = pair(&url).await;
    let huge = fs::File::create(ada.home.path().join("huge.bin")).unwrap();
    // Sparse, and larger than any disk: 15 TiB.
    if huge.set_len(15 << 40).is_err() {
        eprintln!("skipped: this file system has no files of 15 TiB");
        return;
    }
    let small = write(ada.home.path(), "small.bin", b"small");
    ada.offer(bob.id.unwrap(), &[ada.home.path().join("huge.bin"), small]).await;
    let transfer = bob.offered().await;
    bob.wish(Command::AcceptTransfer { transfer, without: Vec::new() }).await;
    let failed = |event: &Event| match event {
        Event::CommandFailed { failure, .. } => Some(failure.code),
        _ => None,
    };
    assert_eq!(bob.until("it does not fit", failed).await, FailureCode::FolderFull);
    assert!(received(&bob).is_empty());
    bob.wish(Command::AcceptTransfer { transfer, without: vec![0] }).await;
    bob.transfer(Direction::Receiving, TransferState::Proven).await;
    ada.transfer(Direction::Sending, TransferState::Proven).await;
    bob.wish(Command::LeaveRoom {}).await;
    assert_eq!(files_below(&bob.inbox()), ["small.bin"]);
}
