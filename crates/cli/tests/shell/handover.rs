//! Files and texts from shell to shell.

use std::{fs, io::Write, path::Path};

use crate::running::{Running, hash, server};

/// Above the bar this program has to hold: memory of each side, whatever the size of the file.
const MOST_BYTES: u64 = 200 << 20;

/// A file in which no two MiB are the same.
fn large_file(path: &Path, mebibytes: u64) {
    let mut file = fs::File::create(path).unwrap();
    let mut reader = blake3::Hasher::new_derive_key("parlor test file").finalize_xof();
    let mut piece = vec![0; 1 << 20];
    for _ in 0..mebibytes {
        reader.fill(&mut piece);
        file.write_all(&piece).unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_large_file_arrives_whole_in_bounded_memory() {
    let (_server, url) = server().await;
    let home = tempfile::tempdir().unwrap();
    let (source, into) = (home.path().join("large.bin"), home.path().join("in"));
    large_file(&source, 256);
    let mut sender = Running::start(&["send", source.to_str().unwrap(), "--server", &url, "--json"]);
    let first = sender.json().await.unwrap();
    assert_eq!(first["type"], "link");
    let link = first["link"].as_str().unwrap().to_owned();
    let receiver = Running::start(&["receive", &link, "--into", into.to_str().unwrap(), "--yes", "--json"]);
    let ((sent, _, errors, sender_peak), (received, lines, _, receiver_peak)) =
        tokio::join!(sender.end(), receiver.end());
    assert_eq!((sent, received), (0, 0), "{errors}");
    assert!(lines.last().unwrap().contains("\"end\""));
    let target = into.join("large.bin");
    assert!(lines.iter().any(|line| line.contains("\"received\"") && line.contains("large.bin")));
    assert_eq!(hash(&target), hash(&source));
    println!("peak memory: sender {} MiB, receiver {} MiB", sender_peak >> 20, receiver_peak >> 20);
    #[cfg(target_os = "linux")]
    assert!(sender_peak > 0 && receiver_peak > 0);
    assert!(sender_peak < MOST_BYTES, "sender {sender_peak}");
    assert!(receiver_peak < MOST_BYTES, "receiver {receiver_peak}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_link_stands_alone_on_the_first_line_and_a_folder_arrives() {
    let (_server, url) = server().await;
    let home = tempfile::tempdir().unwrap();
    fs::create_dir_all(home.path().join("photos/old")).unwrap();
    fs::write(home.path().join("photos/old/a.jpg"), "a").unwrap();
    fs::write(home.path().join("photos/b.jpg"), "").unwrap();
    let (folder, into) = (home.path().join("photos"), home.path().join("in"));
    let mut sender = Running::start(&["send", folder.to_str().unwrap(), "--server", &url, "--name", "Ada"]);
    let link = sender.line().await.unwrap();
    assert!(link.starts_with(&format!("{url}/#v1.")), "{link}");
    let receiver = Running::start(&["receive", &link, "--into", into.to_str().unwrap(), "--yes"]);
    let ((sent, rest, errors, _), (received, lines, told, _)) = tokio::join!(sender.end(), receiver.end());
    assert_eq!((sent, received), (0, 0), "{errors}{told}");
    assert_eq!((rest, lines), (vec![], vec![]), "nothing else on standard output");
    assert!(told.contains("Ada offers 2 files"), "{told}");
    assert_eq!(fs::read_to_string(into.join("photos/old/a.jpg")).unwrap(), "a");
    assert_eq!(fs::read_to_string(into.join("photos/b.jpg")).unwrap(), "");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_text_arrives_on_standard_output_without_what_steers_a_terminal() {
    let (_server, url) = server().await;
    let mut sender = Running::start(&["send", "--text", "사랑방\nline two\u{1b}[2J", "--server", &url]);
    let link = sender.line().await.unwrap();
    let receiver = Running::start(&["receive", &link, "--yes"]);
    let ((sent, ..), (received, lines, ..)) = tokio::join!(sender.end(), receiver.end());
    assert_eq!((sent, received), (0, 0));
    assert_eq!(lines, ["사랑방", "line two\u{fffd}[2J"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_link_can_come_by_standard_input() {
    let (_server, url) = server().await;
    let home = tempfile::tempdir().unwrap();
    let (source, into) = (home.path().join("a.txt"), home.path().join("in"));
    fs::write(&source, "hello").unwrap();
    let mut sender = Running::start(&["send", source.to_str().unwrap(), "--server", &url]);
    let link = sender.line().await.unwrap();
    let mut receiver = Running::start(&["receive", "-", "--into", into.to_str().unwrap(), "--yes"]);
    receiver.write(&format!("{link}\n")).await;
    let ((sent, ..), (received, _, told, _)) = tokio::join!(sender.end(), receiver.end());
    assert_eq!((sent, received), (0, 0), "{told}");
    assert_eq!(fs::read_to_string(into.join("a.txt")).unwrap(), "hello");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_limit_is_kept() {
    let (_server, url) = server().await;
    let home = tempfile::tempdir().unwrap();
    let (source, into) = (home.path().join("sparse.bin"), home.path().join("in"));
    fs::File::create(&source).unwrap().set_len(12_000_000).unwrap();
    let words = ["send", source.to_str().unwrap(), "--limit", "2M", "--server", &url];
    let mut sender = Running::start(&words);
    let link = sender.line().await.unwrap();
    let mut receiver = Running::start(&["receive", &link, "--into", into.to_str().unwrap(), "--yes", "--json"]);
    receiver.until("connected").await;
    let begun = std::time::Instant::now();
    let ((sent, _, told, _), (received, ..)) = tokio::join!(sender.end(), receiver.end());
    assert_eq!((sent, received), (0, 0), "{told}");
    // What may burst at the beginning is left out of account.
    assert!(begun.elapsed().as_secs_f64() > 4.0, "{:?}", begun.elapsed());
}
