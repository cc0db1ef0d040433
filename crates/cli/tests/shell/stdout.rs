//! `receive --into -`.

use std::{fs, path::Path, process::Stdio, time::Duration};

use tokio::io::AsyncReadExt;

use crate::{
    running::{Running, command, finished, server},
    terminal::Terminal,
};

fn is_empty(folder: &Path) -> bool {
    fs::read_dir(folder).unwrap().next().is_none()
}

#[tokio::test(flavor = "multi_thread")]
async fn one_file_reaches_standard_output_byte_by_byte_and_texts_do_not() {
    let (_server, url) = server().await;
    let home = tempfile::tempdir().unwrap();
    let (source, temporary) = (home.path().join("a.bin"), home.path().join("tmp"));
    fs::create_dir(&temporary).unwrap();
    let bytes: Vec<u8> = (0..9_000_000_u32).map(|number| (number % 251) as u8).collect();
    fs::write(&source, &bytes).unwrap();
    let words = ["send", source.to_str().unwrap(), "--text", "look at this", "--server", &url];
    let mut sender = Running::start(&words);
    let link = sender.line().await.unwrap();
    let mut receiving = command(&["receive", &link, "--into", "-", "--yes"]);
    receiving.env("TMPDIR", &temporary);
    let ((sent, ..), received) = tokio::join!(sender.end(), receiving.output());
    let received = received.unwrap();
    let told = String::from_utf8_lossy(&received.stderr).into_owned();
    assert_eq!((sent, received.status.code()), (0, Some(0)), "{told}");
    assert!(received.stdout == bytes, "{} bytes of {}", received.stdout.len(), bytes.len());
    assert!(told.contains("look at this"), "{told}");
    assert!(!told.contains("tmp"), "where it lay meanwhile is nobody's business: {told}");
    assert!(is_empty(&temporary));
}

#[tokio::test(flavor = "multi_thread")]
async fn several_files_are_declined_and_nothing_is_written() {
    let (_server, url) = server().await;
    let home = tempfile::tempdir().unwrap();
    let (one, other) = (home.path().join("a.txt"), home.path().join("b.txt"));
    fs::write(&one, "a").unwrap();
    fs::write(&other, "b").unwrap();
    let mut sender = Running::start(&["send", one.to_str().unwrap(), other.to_str().unwrap(), "--server", &url]);
    let link = sender.line().await.unwrap();
    let receiver = Running::start(&["receive", &link, "--into", "-", "--yes"]);
    let ((sent, ..), (received, lines, told, _)) = tokio::join!(sender.end(), receiver.end());
    assert_eq!((sent, received), (8, 8), "{told}");
    assert_eq!(lines, Vec::<String>::new());
    assert!(told.contains("2 files are offered") && told.contains("--into DIR"), "{told}");
}

#[tokio::test(flavor = "multi_thread")]
async fn consent_is_asked_at_the_terminal_before_a_byte_is_written() {
    let (_server, url) = server().await;
    let home = tempfile::tempdir().unwrap();
    let source = home.path().join("a.txt");
    fs::write(&source, "hello").unwrap();
    let mut sender = Running::start(&["send", source.to_str().unwrap(), "--server", &url]);
    let link = sender.line().await.unwrap();
    let mut terminal = Terminal::new(80);
    let mut receiving = command(&["receive", &link, "--into", "-"]);
    receiving.stdin(terminal.stdio()).stderr(terminal.stdio());
    let mut receiver = receiving.spawn().unwrap();
    drop(receiving);
    terminal.until("Accept? [y/N]").await;
    let mut stdout = receiver.stdout.take().unwrap();
    let mut byte = [0];
    let early = tokio::time::timeout(Duration::from_secs(1), stdout.read(&mut byte)).await;
    assert!(early.is_err(), "{early:?}");
    terminal.type_in("y\n");
    let mut written = String::new();
    stdout.read_to_string(&mut written).await.unwrap();
    assert_eq!(receiver.wait().await.unwrap().code(), Some(0));
    assert_eq!((written.as_str(), sender.end().await.0), ("hello", 0));
    let seen = terminal.end();
    assert!(seen.contains("Written to standard output."), "{seen}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reader_that_went_away_has_an_exit_code_of_its_own() {
    let (_server, url) = server().await;
    let home = tempfile::tempdir().unwrap();
    let source = home.path().join("a.bin");
    fs::write(&source, vec![7; 1 << 20]).unwrap();
    let mut sender = Running::start(&["send", source.to_str().unwrap(), "--server", &url]);
    let link = sender.line().await.unwrap();
    let mut receiver = command(&["receive", &link, "--into", "-", "--yes"]).spawn().unwrap();
    drop(receiver.stdout.take());
    let ((sent, ..), received) = tokio::join!(sender.end(), receiver.wait_with_output());
    let received = received.unwrap();
    let told = String::from_utf8_lossy(&received.stderr).into_owned();
    assert_eq!((sent, received.status.code()), (0, Some(141)), "{told}");
    assert!(told.contains("went away") && !told.contains("panicked"), "{told}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_does_not_go_with_standard_output_is_refused_before_anything_is_joined() {
    let link = "http://127.0.0.1:9/#v1.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
    let both = finished(&["receive", link, "--into", "-", "--yes", "--json"]).await;
    assert_eq!(both.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&both.stderr).contains("--json"));
    let nobody = finished(&["receive", link, "--into", "-"]).await;
    assert_eq!((nobody.status.code(), nobody.stdout.len()), (Some(11), 0));
    let terminal = Terminal::new(80);
    let mut receiving = command(&["receive", link, "--into", "-", "--yes"]);
    receiving.stdout(terminal.stdio()).stderr(Stdio::piped());
    let steered = receiving.spawn().unwrap();
    drop(receiving);
    let steered = steered.wait_with_output().await.unwrap();
    assert_eq!(steered.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&steered.stderr).contains("is a terminal"));
    assert_eq!(terminal.end(), "");
}
