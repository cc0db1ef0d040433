//! `send -`.

use std::{fs, os::unix::fs::PermissionsExt, path::Path, time::Duration};

use crate::running::{Running, command, finished, server};

fn names(folder: &Path) -> Vec<String> {
    fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
}

/// A sender whose temporary folders are made below `temporary`.
fn sender(temporary: &Path, words: &[&str]) -> Running {
    let mut sending = command(words);
    sending.env("TMPDIR", temporary);
    Running::spawn(sending)
}

#[tokio::test(flavor = "multi_thread")]
async fn standard_input_arrives_as_a_file_and_leaves_nothing_behind() {
    let (_server, url) = server().await;
    let home = tempfile::tempdir().unwrap();
    let (temporary, into, other) = (home.path().join("tmp"), home.path().join("in"), home.path().join("a.txt"));
    fs::create_dir(&temporary).unwrap();
    fs::write(&other, "beside it").unwrap();
    let mut sender = sender(&temporary, &["send", other.to_str().unwrap(), "-", "--as", "사진.txt", "--server", &url]);
    let text = "line\n".repeat(100_000);
    sender.write(&text).await;
    let link = sender.line().await.unwrap();
    let kept = names(&temporary);
    assert_eq!(kept.len(), 1, "{kept:?}");
    let folder = temporary.join(&kept[0]);
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!((mode(&folder), mode(&folder.join("사진.txt"))), (0o700, 0o600));
    let receiver = Running::start(&["receive", &link, "--into", into.to_str().unwrap(), "--yes"]);
    let ((sent, _, told, _), (received, _, errors, _)) = tokio::join!(sender.end(), receiver.end());
    assert_eq!((sent, received), (0, 0), "{told}{errors}");
    assert!(told.contains("Standard input is read: 488.3 KiB, offered as 사진.txt."), "{told}");
    assert_eq!(fs::read_to_string(into.join("사진.txt")).unwrap(), text);
    assert_eq!(fs::read_to_string(into.join("a.txt")).unwrap(), "beside it");
    assert_eq!(names(&temporary), Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn ctrl_c_takes_the_temporary_file_along() {
    let (_server, url) = server().await;
    let home = tempfile::tempdir().unwrap();
    // While it is read.
    let mut reading = sender(home.path(), &["send", "-", "--server", &url]);
    reading.write_more("the beginning").await;
    while names(home.path()).is_empty() {
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    reading.interrupt();
    let (code, lines, told, _) = reading.end().await;
    assert_eq!((code, lines), (130, vec![]), "{told}");
    assert_eq!(names(home.path()), Vec::<String>::new());
    // While it is offered.
    let mut waiting = sender(home.path(), &["send", "-", "--server", &url]);
    waiting.write("all").await;
    waiting.line().await.unwrap();
    assert_eq!(names(home.path()).len(), 1);
    waiting.interrupt();
    assert_eq!(waiting.end().await.0, 130);
    assert_eq!(names(home.path()), Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_contradicts_standard_input_is_said_before_it_is_read() {
    for (words, said) in [
        (&["send", "-", "--text", "hi"][..], "--text"),
        (&["send", "-", "-"], "once"),
        (&["send", "file", "--as", "name"], "--as"),
        (&["send", "-", "--as", "../name"], "without folders"),
        (&["send", "-", "--limit", "fast"], "not a rate"),
    ] {
        let ended = finished(&[words, &["--server", "http://127.0.0.1:9"]].concat()).await;
        let told = String::from_utf8_lossy(&ended.stderr).into_owned();
        assert_eq!(ended.status.code(), Some(2), "{told}");
        assert!(told.contains(said), "{told}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn standard_input_that_has_no_place_is_said_in_a_sentence() {
    let home = tempfile::tempdir().unwrap();
    let nowhere = home.path().join("nowhere");
    let sending = sender(&nowhere, &["send", "-", "--server", "http://127.0.0.1:9"]);
    let (code, _, told, _) = sending.end().await;
    assert_eq!(code, 10, "{told}");
    assert!(told.contains("Set TMPDIR"), "{told}");
}
