//! Every other way to end, by its exit code.

use std::{fs, path::Path};

use parlor_client::{Client, ClientConfig};
use parlor_protocol::{
    host::{Command, Event, TransferState},
    negotiation::HostKind,
};
use parlor_server::Config;

use crate::running::{Running, command, finished, server, server_with};

/// What a server asks for.
const KEY: &str = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8";
/// 43 characters: the secret of a room that nobody made.
const NO_SECRET: &str = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// Sends a sparse file that takes a minute, so that it is still moving when it is stopped: by its rate, not by its size,
/// for the receiver asks its disk for room.
fn slow_send(source: &Path, url: &str) -> tokio::process::Command {
    fs::File::create(source).unwrap().set_len(256 << 20).unwrap();
    command(&["send", source.to_str().unwrap(), "--server", url, "--json", "--limit", "4M"])
}

/// What is unfinished lies ready for the next call, which the person was told; nothing has its name.
fn assert_kept(into: &Path, told: &str) {
    let mut kept: Vec<_> = fs::read_dir(into).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    kept.sort();
    let ends: Vec<_> = kept.iter().map(|name| Path::new(name).extension().unwrap().to_str().unwrap()).collect();
    assert_eq!(ends, ["journal", "part"], "{kept:?}");
    assert!(told.contains("What is unfinished is kept"), "{told}");
}

#[tokio::test(flavor = "multi_thread")]
async fn where_a_key_is_asked_for_rooms_are_made_for_who_shows_it_and_receivers_need_none() {
    let (_server, url) = server_with(Config { create_key: Some(KEY.to_owned()), ..Config::default() }).await;
    let into = tempfile::tempdir().unwrap();
    let refused = finished(&["send", "--text", "hello", "--server", &url]).await;
    let told = String::from_utf8(refused.stderr).unwrap();
    assert_eq!(refused.status.code(), Some(5), "{told}");
    assert!(told.contains("for its owner only"), "{told}");
    let mut sender = Running::start(&["send", "--text", "hello", "--server", &url, "--create-key", KEY, "--json"]);
    let link = sender.until("link").await["link"].as_str().unwrap().to_owned();
    let received = finished(&["receive", &link, "--into", into.path().to_str().unwrap(), "--yes"]).await;
    assert_eq!((sender.end().await.0, received.status.code()), (0, Some(0)));
    assert!(String::from_utf8(received.stdout).unwrap().contains("hello"));
}

#[tokio::test(flavor = "multi_thread")]
async fn ctrl_c_of_the_sender_is_told_to_the_receiver() {
    let (_server, url) = server().await;
    let home = tempfile::tempdir().unwrap();
    let (source, into) = (home.path().join("sparse.bin"), home.path().join("in"));
    let mut sender = Running::spawn(slow_send(&source, &url));
    let link = sender.until("link").await["link"].as_str().unwrap().to_owned();
    let mut receiver = Running::start(&["receive", &link, "--into", into.to_str().unwrap(), "--yes", "--json"]);
    while receiver.until("progress").await["transfer"]["stored_bytes"] == 0 {}
    sender.interrupt();
    let ((sent, ..), (received, _, told, _)) = tokio::join!(sender.end(), receiver.end());
    assert_eq!((sent, received), (130, 9), "{told}");
    assert!(told.contains("The other side left before it was done"), "{told}");
    assert_kept(&into, &told);
}

#[tokio::test(flavor = "multi_thread")]
async fn ctrl_c_of_the_receiver_is_told_to_the_sender() {
    let (_server, url) = server().await;
    let home = tempfile::tempdir().unwrap();
    let (source, into) = (home.path().join("sparse.bin"), home.path().join("in"));
    let mut sender = Running::spawn(slow_send(&source, &url));
    let link = sender.until("link").await["link"].as_str().unwrap().to_owned();
    let mut receiver = Running::start(&["receive", &link, "--into", into.to_str().unwrap(), "--yes", "--json"]);
    while receiver.until("progress").await["transfer"]["stored_bytes"] == 0 {}
    receiver.interrupt();
    let ((sent, ..), (received, _, told, _)) = tokio::join!(sender.end(), receiver.end());
    assert_eq!((sent, received), (9, 130));
    assert_kept(&into, &told);
}

#[tokio::test(flavor = "multi_thread")]
async fn files_that_the_receiver_does_not_want_are_said_and_no_full_success() {
    let (_server, url) = server().await;
    let home = tempfile::tempdir().unwrap();
    let sources = ["a.txt", "b.txt"].map(|name| home.path().join(name));
    for source in &sources {
        fs::write(source, "hello").unwrap();
    }
    let [first, second] = sources.each_ref().map(|source| source.to_str().unwrap());
    let mut sender = Running::start(&["send", first, second, "--server", &url, "--json"]);
    let link = sender.until("link").await["link"].as_str().unwrap().to_owned();
    let (client, mut events) = Client::start(ClientConfig::new(HostKind::Shell, "test/0", home.path().join("in")));
    client.command(Command::JoinRoom { link, name: "Bob".to_owned() }).await.unwrap();
    let transfer = loop {
        match events.recv().await.unwrap() {
            Event::TransferChanged { transfer } if transfer.state == TransferState::Waiting => break transfer.id,
            _ => {}
        }
    };
    client.command(Command::AcceptTransfer { transfer, without: vec![0] }).await.unwrap();
    let heard = tokio::spawn(async move { while events.recv().await.is_some() {} });
    let (exit, _, told, _) = sender.end().await;
    heard.abort();
    assert_eq!(exit, 12, "{told}");
    assert!(told.contains("1 file, 5 B: every byte is proven. 1 not wanted."), "{told}");
}

#[tokio::test(flavor = "multi_thread")]
async fn ctrl_c_while_waiting_ends_at_once() {
    let (_server, url) = server().await;
    let mut sender = Running::start(&["send", "--text", "hi", "--server", &url]);
    sender.line().await.unwrap();
    sender.interrupt();
    assert_eq!(sender.end().await.0, 130);
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_terminal_and_without_yes_nobody_can_consent() {
    let (_server, url) = server().await;
    let ended = finished(&["receive", &format!("{url}/#v1.{NO_SECRET}")]).await;
    assert_eq!(ended.status.code(), Some(11));
    assert!(String::from_utf8_lossy(&ended.stderr).contains("--yes"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_link_says_which_way_it_is_wrong() {
    let (_server, url) = server().await;
    for (link, code, word) in [
        ("hello".to_owned(), 3, "not an invitation"),
        (format!("{url}/#v2.{NO_SECRET}"), 3, "another version"),
        (format!("{url}/#v1.{NO_SECRET}"), 5, "does not exist any more"),
    ] {
        let ended = finished(&["receive", &link, "--yes"]).await;
        let told = String::from_utf8_lossy(&ended.stderr).into_owned();
        assert_eq!(ended.status.code(), Some(code), "{link}: {told}");
        assert!(told.contains(word), "{link}: {told}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_is_not_there_is_said_in_a_sentence() {
    // Port 9 (discard) is closed on every machine that runs tests.
    let ended = finished(&["send", "--text", "hi", "--server", "http://127.0.0.1:9"]).await;
    let told = String::from_utf8_lossy(&ended.stderr).into_owned();
    assert_eq!(ended.status.code(), Some(4), "{told}");
    assert!(told.contains("The server cannot be reached."), "{told}");
    assert!(!told.contains("panicked"), "{told}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_is_not_there_ends_before_anyone_is_invited() {
    let (_server, url) = server().await;
    let ended = finished(&["send", "/nonexistent/file", "--server", &url]).await;
    let told = String::from_utf8_lossy(&ended.stderr).into_owned();
    assert_eq!(ended.status.code(), Some(10), "{told}");
    assert!(told.contains("/nonexistent/file"), "{told}");
    assert!(ended.stdout.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_folder_that_cannot_be_made_declines_the_offer() {
    let (_server, url) = server().await;
    let home = tempfile::tempdir().unwrap();
    let source = home.path().join("a.txt");
    fs::write(&source, "hello").unwrap();
    let mut sender = Running::start(&["send", source.to_str().unwrap(), "--server", &url]);
    let link = sender.line().await.unwrap();
    let below_a_file = source.join("in");
    let receiver = Running::start(&["receive", &link, "--into", below_a_file.to_str().unwrap(), "--yes"]);
    let ((sent, ..), (received, _, told, _)) = tokio::join!(sender.end(), receiver.end());
    assert_eq!((sent, received), (8, 10), "{told}");
    assert!(told.contains("The folder cannot be written"), "{told}");
}

#[tokio::test(flavor = "multi_thread")]
async fn help_documents_the_exit_codes_and_version_is_told() {
    let help = finished(&["--help"]).await;
    let text = String::from_utf8_lossy(&help.stdout).into_owned();
    assert!(help.status.success() && text.contains("Exit codes:") && text.contains("130"), "{text}");
    let version = finished(&["--version"]).await;
    assert_eq!(String::from_utf8_lossy(&version.stdout).trim(), concat!("parlor-cli ", env!("CARGO_PKG_VERSION")));
    assert_eq!(finished(&["send"]).await.status.code(), Some(2));
}
