//! What a person sees while files move: a bar on a terminal, lines on a pipe, and how much was there before.

use std::fs;

use crate::running::{Running, server};

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn a_terminal_shows_a_bar_that_fits_and_leaves_nothing_behind() {
    use crate::{
        running::command,
        terminal::{Terminal, drawings, lines},
    };
    let (_server, url) = server().await;
    let home = tempfile::tempdir().unwrap();
    let (source, into) = (home.path().join("sparse.bin"), home.path().join("in"));
    fs::File::create(&source).unwrap().set_len(256 << 20).unwrap();
    let (narrow, wide) = (Terminal::new(40), Terminal::new(100));
    let mut sending = command(&["send", source.to_str().unwrap(), "--server", &url]);
    sending.stderr(narrow.stdio()).env("NO_COLOR", "1").env("TERM", "xterm");
    let mut sender = Running::spawn(sending);
    let link = sender.line().await.unwrap();
    let begun = std::time::Instant::now();
    let mut receiving = command(&["receive", &link, "--into", into.to_str().unwrap(), "--yes"]);
    receiving.stderr(wide.stdio()).env("TERM", "xterm");
    let receiver = Running::spawn(receiving);
    let ((sent, ..), (received, ..)) = tokio::join!(sender.end(), receiver.end());
    let seconds = begun.elapsed().as_secs_f64();
    let (narrow, wide) = (narrow.end(), wide.end());
    assert_eq!((sent, received), (0, 0), "{narrow}{wide}");

    let bars = |written: &str| drawings(written).into_iter().filter(|line| line.contains("[=")).collect::<Vec<_>>();
    let (few, many) = (bars(&narrow), bars(&wide));
    println!("{} and {} drawings in {seconds:.1} s: {few:?} {many:?}", few.len(), many.len());
    assert!(!few.is_empty() && !many.is_empty(), "{narrow:?} {wide:?}");
    assert!(few.iter().all(|bar| bar.chars().count() < 40 && bar.contains('%')), "{few:?}");
    assert!(many.iter().all(|bar| bar.chars().count() < 100 && bar.starts_with("sparse.bin  [")), "{many:?}");
    assert!(many.iter().any(|bar| bar.contains(" of 256.0 MiB") && bar.contains("MiB/s")), "{many:?}");
    assert!((many.len() as f64) < seconds * 5.0 + 2.0, "{} drawings in {seconds} s", many.len());
    assert!(wide.contains("\x1b[32m") && !narrow.contains("\x1b[3"), "colours are for those who want them");

    for written in [&narrow, &wide] {
        assert!(!lines(written).iter().any(|line| line.contains("[=")), "the bar was wiped: {:?}", lines(written));
    }
    assert!(lines(&narrow).last().unwrap().contains("256.0 MiB: every byte is proven"), "{:?}", lines(&narrow));
    let last = lines(&wide).pop().unwrap();
    assert!(last.starts_with("Received ") && last.ends_with("sparse.bin"), "{last}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pipe_gets_whole_lines_only() {
    let (_server, url) = server().await;
    let home = tempfile::tempdir().unwrap();
    let (source, into) = (home.path().join("sparse.bin"), home.path().join("in"));
    fs::File::create(&source).unwrap().set_len(96 << 20).unwrap();
    let mut sender = Running::start(&["send", source.to_str().unwrap(), "--server", &url]);
    let link = sender.line().await.unwrap();
    let receiver = Running::start(&["receive", &link, "--into", into.to_str().unwrap(), "--yes"]);
    let ((sent, _, one, _), (received, _, other, _)) = tokio::join!(sender.end(), receiver.end());
    assert_eq!((sent, received), (0, 0), "{one}{other}");
    for told in [&one, &other] {
        assert!(!told.contains(['\r', '\x1b']), "{told:?}");
        assert!(told.contains(" of 96.0 MiB"), "{told}");
        assert!(!told.contains("Going on"), "nothing was there before: {told}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_receiver_that_was_killed_is_told_how_much_it_has_already() {
    let (_server, url) = server().await;
    let home = tempfile::tempdir().unwrap();
    let (source, into) = (home.path().join("sparse.bin"), home.path().join("in"));
    fs::File::create(&source).unwrap().set_len(512 << 20).unwrap();
    let mut sender = Running::start(&["send", source.to_str().unwrap(), "--server", &url]);
    let link = sender.line().await.unwrap();
    let mut first = Running::start(&["receive", &link, "--into", into.to_str().unwrap(), "--yes", "--json"]);
    while first.until("progress").await["transfer"]["stored_bytes"].as_u64().unwrap() < 64 << 20 {}
    first.kill().await;
    let second = Running::start(&["receive", &link, "--into", into.to_str().unwrap(), "--yes"]);
    let ((sent, _, one, _), (received, _, other, _)) = tokio::join!(sender.end(), second.end());
    assert_eq!((sent, received), (0, 0), "{one}{other}");
    println!("{one}{other}");
    assert!(other.contains(" MiB of 512.0 MiB are already here."), "{other}");
    assert!(one.contains(" MiB of 512.0 MiB are already there."), "{one}");
    assert_eq!(fs::metadata(into.join("sparse.bin")).unwrap().len(), 512 << 20);
}
