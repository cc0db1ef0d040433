//! Files and folders between two engines.

use std::{fs, io::Write};

use parlor_protocol::{
    code::{FailureCode, TransferCode},
    host::{Command, Direction, Event, TransferState},
};

use crate::{
    guest::{Guest, pair, server},
    tree::{content, files_below, write},
};

#[tokio::test(flavor = "multi_thread")]
async fn a_file_goes_each_way_with_its_time() {
    let (_server, url) = server().await;
    let (mut ada, mut bob) = pair(&url).await;
    let bytes = content(1, 5 * 1024 * 1024 + 17);
    let source = write(ada.home.path(), "a.bin", &bytes);
    let (transfer, paths) = ada.hand_over(&mut bob, std::slice::from_ref(&source)).await;
    assert_eq!((transfer.total_bytes, transfer.stored_bytes), (bytes.len() as u64, bytes.len() as u64));
    assert_eq!(paths, [bob.inbox().join("a.bin")]);
    assert!(fs::read(&paths[0]).unwrap() == bytes);
    let time = |path| fs::metadata(path).unwrap().modified().unwrap();
    let late = time(&source).duration_since(time(&paths[0])).unwrap();
    assert!(late.as_millis() < 1, "the wire carries milliseconds");

    let back = content(2, 1024 * 1024);
    let source = write(bob.home.path(), "b.bin", &back);
    let (_, paths) = bob.hand_over(&mut ada, &[source]).await;
    assert!(fs::read(&paths[0]).unwrap() == back);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_folder_an_empty_file_and_a_file_go_as_one_offer() {
    let (_server, url) = server().await;
    let (mut ada, mut bob) = pair(&url).await;
    let home = ada.home.path();
    write(home, "photos/one.jpg", &content(1, 100_000));
    write(home, "photos/deep/er/two.jpg", &content(2, 3_000_000));
    let (folder, empty) = (home.join("photos"), write(home, "empty", b""));
    let (transfer, _) = ada.hand_over(&mut bob, &[folder, empty]).await;
    assert_eq!(transfer.proven_count, 3);
    bob.wish(Command::LeaveRoom {}).await;
    assert_eq!(files_below(&bob.inbox()), ["empty", "photos/deep/er/two.jpg", "photos/one.jpg"]);
    assert!(fs::read(bob.inbox().join("photos/deep/er/two.jpg")).unwrap() == content(2, 3_000_000));
    assert_eq!(fs::read(bob.inbox().join("empty")).unwrap(), b"");
}

#[tokio::test(flavor = "multi_thread")]
async fn three_thousand_small_files_arrive() {
    let (_server, url) = server().await;
    let (mut ada, mut bob) = pair(&url).await;
    for n in 0..3_000_u64 {
        write(ada.home.path(), &format!("many/{}/{n}.txt", n % 10), &content(n, usize::try_from(n % 200).unwrap()));
    }
    let (transfer, paths) = ada.hand_over(&mut bob, &[ada.home.path().join("many")]).await;
    assert_eq!((transfer.entry_count, transfer.proven_count, paths.len()), (3_000, 3_000, 3_000));
    for n in [0, 1, 999, 2_999] {
        let path = bob.inbox().join(format!("many/{}/{n}.txt", n % 10));
        assert_eq!(fs::read(path).unwrap(), content(n, usize::try_from(n % 200).unwrap()));
    }
    bob.wish(Command::LeaveRoom {}).await;
    assert_eq!(files_below(&bob.inbox()).len(), 3_000, "and nothing else");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_there_already_stays_untouched() {
    let (_server, url) = server().await;
    let (mut ada, mut bob) = pair(&url).await;
    let old = write(&bob.inbox(), "a.txt", b"old");
    write(&bob.inbox(), "photos/a.txt", b"old");
    let file = write(ada.home.path(), "a.txt", b"new");
    let folder = write(ada.home.path(), "photos/a.txt", b"new").parent().unwrap().to_owned();
    ada.hand_over(&mut bob, &[file, folder]).await;
    bob.wish(Command::LeaveRoom {}).await;
    assert_eq!(files_below(&bob.inbox()), ["a (1).txt", "a.txt", "photos (1)/a.txt", "photos/a.txt"]);
    assert_eq!(fs::read(old).unwrap(), b"old");
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_written_before_consent_or_after_a_no() {
    let (_server, url) = server().await;
    let (mut ada, mut bob) = pair(&url).await;
    let source = write(ada.home.path(), "a.bin", &content(1, 100));
    ada.offer(bob.id.unwrap(), &[source]).await;
    let transfer = bob.offered().await;
    assert!(!bob.inbox().exists());
    bob.wish(Command::DeclineTransfer { transfer }).await;
    ada.transfer(Direction::Sending, TransferState::Declined).await;
    bob.transfer(Direction::Receiving, TransferState::Declined).await;
    assert!(!bob.inbox().exists());
}

/// Two guests in the middle of a large transfer.
async fn moving(url: &str) -> (Guest, Guest, parlor_protocol::id::TransferId) {
    let (mut ada, mut bob) = pair(url).await;
    let source = fs::File::create(ada.home.path().join("large.bin")).unwrap();
    // A minute's worth, so that it is still moving when it is stopped; little enough for any disk.
    source.set_len(256 << 20).unwrap();
    ada.wish(Command::LimitSpeed { bytes_per_second: Some(4 << 20) }).await;
    ada.offer(bob.id.unwrap(), &[ada.home.path().join("large.bin")]).await;
    let transfer = bob.offered().await;
    bob.wish(Command::AcceptTransfer { transfer, without: Vec::new() }).await;
    for (guest, direction) in [(&mut ada, Direction::Sending), (&mut bob, Direction::Receiving)] {
        guest
            .until("bytes move", |event| match event {
                parlor_protocol::host::Event::TransferChanged { transfer } => {
                    assert_eq!(transfer.direction, direction);
                    (transfer.stored_bytes > 0).then_some(())
                }
                _ => None,
            })
            .await;
    }
    (ada, bob, transfer)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cancel_of_the_sender_leaves_nothing_behind() {
    let (_server, url) = server().await;
    let (mut ada, mut bob, transfer) = moving(&url).await;
    ada.wish(Command::CancelTransfer { transfer }).await;
    let sent = ada.transfer(Direction::Sending, TransferState::Cancelled).await;
    let received = bob.transfer(Direction::Receiving, TransferState::Cancelled).await;
    assert_eq!((sent.ended_by_us, received.ended_by_us), (true, false));
    assert_eq!(received.code, Some(TransferCode::Cancelled));
    // The connection goes on, and by the time another file is through, the part is gone.
    let next = write(ada.home.path(), "next", b"next");
    ada.hand_over(&mut bob, &[next]).await;
    bob.wish(Command::LeaveRoom {}).await;
    assert_eq!(files_below(&bob.inbox()), ["next"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cancel_of_the_receiver_leaves_nothing_behind() {
    let (_server, url) = server().await;
    let (mut ada, mut bob, transfer) = moving(&url).await;
    bob.wish(Command::CancelTransfer { transfer }).await;
    let received = bob.transfer(Direction::Receiving, TransferState::Cancelled).await;
    let sent = ada.transfer(Direction::Sending, TransferState::Cancelled).await;
    assert_eq!((sent.ended_by_us, received.ended_by_us), (false, true));
    let next = write(ada.home.path(), "next", b"next");
    ada.hand_over(&mut bob, &[next]).await;
    bob.wish(Command::LeaveRoom {}).await;
    assert_eq!(files_below(&bob.inbox()), ["next"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn leaving_in_the_middle_ends_the_transfer_on_both_sides() {
    let (_server, url) = server().await;
    let (mut ada, mut bob, _) = moving(&url).await;
    bob.wish(Command::LeaveRoom {}).await;
    let sent = ada.transfer(Direction::Sending, TransferState::Cancelled).await;
    assert!(!sent.ended_by_us);
    assert!(ada.left().await);
    bob.transfer(Direction::Receiving, TransferState::Cancelled).await;
    let left = files_below(&bob.inbox());
    assert!(left.iter().all(|name| name.ends_with(".part") || name.ends_with(".journal")), "{left:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_one_room_began_another_ends() {
    let (_server, url) = server().await;
    let (mut ada, mut bob) = pair(&url).await;
    let bytes = content(1, 120 * 1024 * 1024 + 5);
    write(ada.home.path(), "trip/first.jpg", &content(2, 70_000));
    let source = write(ada.home.path(), "trip/large.bin", &bytes);
    let folder = source.parent().unwrap().to_owned();
    ada.offer(bob.id.unwrap(), std::slice::from_ref(&folder)).await;
    let transfer = bob.offered().await;
    bob.wish(Command::AcceptTransfer { transfer, without: Vec::new() }).await;
    let moved = |event: &Event| match event {
        Event::TransferChanged { transfer } if transfer.state == TransferState::Moving => {
            (transfer.stored_bytes > 8 << 20).then_some(transfer.stored_bytes)
        }
        _ => None,
    };
    let before = bob.until("megabytes move", moved).await;
    bob.wish(Command::LeaveRoom {}).await;
    ada.wish(Command::LeaveRoom {}).await;

    let link = ada.start_room(&url).await;
    bob.join(&link).await;
    ada.connected().await;
    bob.connected().await;
    ada.offer(bob.id.unwrap(), &[folder]).await;
    let transfer = bob.offered().await;
    bob.wish(Command::AcceptTransfer { transfer, without: Vec::new() }).await;
    let at_once = bob.until("it goes on", |event| match event {
        // Nothing is told while what is there is proven again.
        Event::TransferChanged { transfer } if transfer.state == TransferState::Moving => {
            (transfer.stored_bytes > 0).then_some(transfer.stored_bytes)
        }
        _ => None,
    });
    assert!(at_once.await >= before, "what was stored is not sent again");
    bob.transfer(Direction::Receiving, TransferState::Proven).await;
    assert!(fs::read(bob.inbox().join("trip/large.bin")).unwrap() == bytes);
    bob.wish(Command::LeaveRoom {}).await;
    assert_eq!(files_below(&bob.inbox()), ["trip/first.jpg", "trip/large.bin"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_yes_changes_nothing_about_what_an_earlier_room_began() {
    let (_server, url) = server().await;
    let (mut ada, mut bob) = pair(&url).await;
    let bytes = content(1, 120 * 1024 * 1024 + 5);
    let source = write(ada.home.path(), "large.bin", &bytes);
    ada.offer(bob.id.unwrap(), std::slice::from_ref(&source)).await;
    let transfer = bob.offered().await;
    bob.wish(Command::AcceptTransfer { transfer, without: Vec::new() }).await;
    let moved = |event: &Event| match event {
        Event::TransferChanged { transfer } => (transfer.stored_bytes > 8 << 20).then_some(()),
        _ => None,
    };
    bob.until("megabytes move", moved).await;
    bob.wish(Command::LeaveRoom {}).await;
    ada.wish(Command::LeaveRoom {}).await;

    let link = ada.start_room(&url).await;
    bob.join(&link).await;
    ada.connected().await;
    bob.connected().await;
    ada.offer(bob.id.unwrap(), &[source]).await;
    let transfer = bob.offered().await;
    bob.wish(Command::AcceptTransfer { transfer, without: Vec::new() }).await;
    let second = bob.client.command(Command::AcceptTransfer { transfer, without: Vec::new() }).await;
    assert_eq!(second.unwrap_err().code, FailureCode::NotNow);
    bob.transfer(Direction::Receiving, TransferState::Proven).await;
    assert!(fs::read(bob.inbox().join("large.bin")).unwrap() == bytes);
    bob.wish(Command::LeaveRoom {}).await;
    assert_eq!(files_below(&bob.inbox()), ["large.bin"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_source_that_changed_is_refused_and_the_others_go_on() {
    let (_server, url) = server().await;
    let (mut ada, mut bob) = pair(&url).await;
    let changed = write(ada.home.path(), "changed.bin", &content(1, 3_000_000));
    let same = write(ada.home.path(), "same.bin", &content(2, 3_000_000));
    ada.offer(bob.id.unwrap(), &[changed.clone(), same]).await;
    let transfer = bob.offered().await;
    fs::OpenOptions::new().append(true).open(changed).unwrap().write_all(b"more").unwrap();
    bob.wish(Command::AcceptTransfer { transfer, without: Vec::new() }).await;
    for (guest, direction) in [(&mut ada, Direction::Sending), (&mut bob, Direction::Receiving)] {
        let ended = guest.transfer(direction, TransferState::Partial).await;
        let failed: Vec<_> = ended.entries.iter().map(|entry| (entry.proven, entry.failed)).collect();
        assert_eq!(failed, [(false, Some(TransferCode::SourceChanged)), (true, None)]);
    }
    bob.wish(Command::LeaveRoom {}).await;
    assert_eq!(files_below(&bob.inbox()), ["same.bin"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_folder_that_cannot_be_written_is_told_at_once() {
    let (_server, url) = server().await;
    let (ada, mut bob) = pair(&url).await;
    let file_in_the_way = write(bob.home.path(), "file", b"");
    bob.client.set_download_folder(&file_in_the_way).await.unwrap();
    let source = write(ada.home.path(), "a.bin", &content(1, 100));
    ada.offer(bob.id.unwrap(), &[source]).await;
    let transfer = bob.offered().await;
    let refused = bob.client.command(Command::AcceptTransfer { transfer, without: Vec::new() }).await;
    assert_eq!(refused.unwrap_err().code, FailureCode::FolderUnwritable);
    // Another folder, and it goes on.
    bob.client.set_download_folder(&bob.inbox()).await.unwrap();
    bob.wish(Command::AcceptTransfer { transfer, without: Vec::new() }).await;
    bob.transfer(Direction::Receiving, TransferState::Proven).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn several_transfers_go_at_once_both_ways() {
    let (_server, url) = server().await;
    let (mut ada, mut bob) = pair(&url).await;
    for n in 0..3 {
        let source = write(ada.home.path(), &format!("a{n}.bin"), &content(n, 8_000_000));
        ada.offer(bob.id.unwrap(), &[source]).await;
        let source = write(bob.home.path(), &format!("b{n}.bin"), &content(n + 10, 8_000_000));
        bob.offer(ada.id.unwrap(), &[source]).await;
    }
    for guest in [&mut ada, &mut bob] {
        let mut accepted = 0;
        while accepted < 3 {
            let transfer = guest.offered().await;
            guest.wish(Command::AcceptTransfer { transfer, without: Vec::new() }).await;
            accepted += 1;
        }
    }
    for guest in [&mut ada, &mut bob] {
        let mut proven = 0;
        guest
            .until("six proven", |event| {
                if let parlor_protocol::host::Event::TransferChanged { transfer } = event {
                    proven += u32::from(transfer.state == TransferState::Proven);
                }
                (proven == 6).then_some(())
            })
            .await;
    }
    for n in 0..3 {
        assert!(fs::read(bob.inbox().join(format!("a{n}.bin"))).unwrap() == content(n, 8_000_000));
        assert!(fs::read(ada.inbox().join(format!("b{n}.bin"))).unwrap() == content(n + 10, 8_000_000));
    }
}
