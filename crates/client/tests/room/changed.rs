//! Sources that change on the disk while their transfer is held up: refused as changed, whatever was done to them, and never a mixed file.
//! `PARLOR_SOAK=long` does so a hundred times.

use std::{
    fs::{self, OpenOptions},
    io::{Seek, SeekFrom, Write},
    path::Path,
};

use parlor_protocol::{
    code::TransferCode,
    host::{Command, Direction, Event, TransferState},
};

use crate::{
    guest::{pair, server},
    tree::{content, files_below, write},
};

/// Far more than a sender reads ahead, so that most of it is still to be read when it is held up.
const BYTES: usize = 32 << 20;

/// What happens to a source, and what does it.
type Change = (&'static str, fn(&Path));

const CHANGES: [Change; 4] = [
    ("appended to", |path| OpenOptions::new().append(true).open(path).unwrap().write_all(b"more").unwrap()),
    ("cut short", |path| OpenOptions::new().write(true).open(path).unwrap().set_len(BYTES as u64 - 1).unwrap()),
    ("edited in place", |path| {
        let mut file = OpenOptions::new().write(true).open(path).unwrap();
        file.seek(SeekFrom::Start(BYTES as u64 - 100)).unwrap();
        file.write_all(b"edited").unwrap();
    }),
    ("replaced", |path| {
        let other = path.with_extension("other");
        fs::write(&other, content(9, BYTES)).unwrap();
        fs::rename(other, path).unwrap();
    }),
];

#[tokio::test(flavor = "multi_thread")]
async fn a_source_that_changes_while_it_is_held_up_is_refused_as_changed() {
    let times = if std::env::var("PARLOR_SOAK").is_ok_and(|form| form == "long") { 25 } else { 1 };
    let (_server, url) = server().await;
    let (mut ada, mut bob) = pair(&url).await;
    let same = write(ada.home.path(), "same.bin", &content(2, 1000));
    for (what, change) in CHANGES.iter().cycle().take(times * CHANGES.len()) {
        ada.wish(Command::LimitSpeed { bytes_per_second: Some(8 << 20) }).await;
        let source = write(ada.home.path(), "changed.bin", &content(1, BYTES));
        ada.offer(bob.id.unwrap(), &[source.clone(), same.clone()]).await;
        let transfer = bob.offered().await;
        bob.wish(Command::AcceptTransfer { transfer, without: Vec::new() }).await;
        ada.until("bytes are stored", |event| match event {
            Event::TransferChanged { transfer } => (transfer.stored_bytes > 0).then_some(()),
            _ => None,
        })
        .await;
        ada.wish(Command::PauseTransfer { transfer, paused: true }).await;
        let held = ada.transfer(Direction::Sending, TransferState::Paused).await;
        assert!(held.stored_bytes < BYTES as u64, "in the middle");
        change(&source);
        ada.wish(Command::LimitSpeed { bytes_per_second: None }).await;
        ada.wish(Command::PauseTransfer { transfer, paused: false }).await;
        for (guest, direction) in [(&mut ada, Direction::Sending), (&mut bob, Direction::Receiving)] {
            let ended = guest.transfer(direction, TransferState::Partial).await;
            let failed: Vec<_> = ended.entries.iter().map(|entry| (entry.proven, entry.failed)).collect();
            assert_eq!(failed, [(false, Some(TransferCode::SourceChanged)), (true, None)], "{what}");
        }
    }
    bob.wish(Command::LeaveRoom {}).await;
    let kept = files_below(&bob.inbox());
    assert_eq!(kept.len(), times * CHANGES.len());
    assert!(kept.iter().all(|name| name.starts_with("same")), "{kept:?}");
}
