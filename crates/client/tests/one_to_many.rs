//! The same files to several, read from the disk once while they keep together: what the system counts as read by this process. Alone in a
//! process of its own, since it counts for all of it.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

#[allow(dead_code, reason = "what others need of it")]
#[path = "room/guest.rs"]
mod guest;
#[allow(dead_code, reason = "what others need of it")]
#[path = "room/tree.rs"]
mod tree;

use std::fs::{self, File};

use guest::{Guest, server};
use parlor_protocol::host::{Command, Direction, TransferState};

const BYTES: usize = 64 << 20;

/// Bytes that this process had the disk read.
fn read_from_disk() -> u64 {
    let figures = fs::read_to_string("/proc/self/io").unwrap();
    let line = figures.lines().find_map(|line| line.strip_prefix("read_bytes: ")).unwrap();
    line.parse().unwrap()
}

/// Writes the file, and has the system forget what it holds of it.
fn write_cold(path: &std::path::Path) {
    fs::write(path, tree::content(1, BYTES)).unwrap();
    let file = File::open(path).unwrap();
    file.sync_all().unwrap();
    rustix::fs::fadvise(&file, 0, None, rustix::fs::Advice::DontNeed).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_to_two_is_read_from_the_disk_once() {
    let (_server, url) = server().await;
    let (mut ada, mut guests) = (Guest::new(), [Guest::new(), Guest::new()]);
    let link = ada.start_room(&url).await;
    for guest in &mut guests {
        guest.join(&link).await;
        ada.connected().await;
        guest.connected().await;
    }
    let path = ada.home.path().join("a.bin");
    write_cold(&path);
    let before = read_from_disk();
    for guest in &guests {
        ada.offer(guest.id.unwrap(), std::slice::from_ref(&path)).await;
    }
    for guest in &mut guests {
        let transfer = guest.offered().await;
        guest.wish(Command::AcceptTransfer { transfer, without: Vec::new() }).await;
    }
    for guest in &mut guests {
        guest.transfer(Direction::Receiving, TransferState::Proven).await;
    }
    let read = read_from_disk() - before;
    println!("{read} bytes were read from the disk to send {BYTES} to each of two");
    // Of a file system in memory nothing is.
    assert!(read < BYTES as u64 * 5 / 4, "{read} bytes");
}
