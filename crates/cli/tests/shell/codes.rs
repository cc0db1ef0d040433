//! Handing over by a code that is read out.

use std::fs;

use crate::running::{Running, server};

#[tokio::test(flavor = "multi_thread")]
async fn a_file_goes_to_who_types_the_code_and_a_wrong_try_makes_a_new_one() {
    let (_server, url) = server().await;
    let home = tempfile::tempdir().unwrap();
    let (source, into) = (home.path().join("a.txt"), home.path().join("in"));
    fs::write(&source, "for one who was told").unwrap();
    let mut sender = Running::start(&["send", source.to_str().unwrap(), "--server", &url, "--code"]);
    let first = sender.line().await.unwrap();
    let (number, words) = first.split_once('-').unwrap();
    assert_eq!(words.split('-').count(), 3, "{first}");
    let wrong = ["apple-lantern-tulip", "tulip-lantern-apple"].into_iter().find(|wrong| *wrong != words).unwrap();
    let guess = format!("{number}-{wrong}");
    let (code, _, told, _) = Running::start(&["receive", &guess, "--server", &url, "--yes"]).end().await;
    assert_eq!(code, 5, "{told}");
    assert!(told.contains("used up"), "{told}");
    let second = sender.line().await.unwrap();
    assert_ne!(first, second);
    let target = into.to_str().unwrap();
    let receiver = Running::start(&["receive", &second, "--server", &url, "--into", target, "--yes"]);
    let ((sent, _, errors, _), (received, _, told, _)) = tokio::join!(sender.end(), receiver.end());
    assert_eq!((sent, received), (0, 0), "{errors}{told}");
    assert!(errors.contains("tried other words"), "{errors}");
    assert_eq!(fs::read_to_string(into.join("a.txt")).unwrap(), "for one who was told");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_korean_code_is_read_too_and_one_that_nobody_announces_needs_its_server() {
    let (_server, url) = server().await;
    let mut sender = Running::start(&["send", "--text", "annyeong", "--server", &url, "--code", "ko", "--json"]);
    let code = sender.json().await.unwrap()["code"].as_str().unwrap().to_owned();
    let (exit, _, told, _) = Running::start(&["receive", &code, "--yes"]).end().await;
    assert_eq!(exit, 5, "{told}");
    assert!(told.contains("--server"), "{told}");
    let typed = code.replace('-', " ");
    let (exit, lines, told, _) = Running::start(&["receive", &typed, "--server", &url, "--yes"]).end().await;
    assert_eq!((exit, lines.as_slice()), (0, ["annyeong".to_owned()].as_slice()), "{told}");
    assert_eq!(sender.end().await.0, 0);
}
