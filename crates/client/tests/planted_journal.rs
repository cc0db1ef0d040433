//! A peer sends a file that is called like the journal of its next offer: nothing of it is believed.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test that cannot go on has failed"
)]

use std::{fs, path::Path};

use parlor_client::disk::ReceivingFolder;
use parlor_protocol::id::TransferId;
use parlor_transfer::{FoundEntry, SafeNames, WantedEntry, block::block_proof};

fn wanted(path: &[&str], size: u64) -> Vec<WantedEntry> {
    let path = SafeNames::new().add(&path.iter().map(ToString::to_string).collect::<Vec<_>>()).unwrap();
    vec![WantedEntry { entry: 0, path, size, modified_ms: Some(1_000), is_declined: false }]
}

fn receive(folder: &Path, session: u8, wanted: &[WantedEntry], bytes: &[u8]) -> Vec<FoundEntry> {
    let incoming = ReceivingFolder::open(folder).unwrap().incoming(TransferId([session; 16]));
    let found = incoming.find(wanted);
    let path: Vec<String> = wanted[0].path.components().map(str::to_owned).collect();
    if found.is_empty() {
        let mut part = incoming.create(0, &path, wanted[0].size).unwrap();
        part.write(0, bytes, &block_proof(bytes)).unwrap();
        part.finish(wanted[0].modified_ms).unwrap();
    }
    incoming.close(false);
    found
}

/// First a file called like the journal of the next offer, holding `lines`; then that offer.
fn receive_two(folder: &Path, next: &[WantedEntry], bytes: &[u8], lines: &str) -> Vec<FoundEntry> {
    // The name is a plain hash of paths, sizes and times: anyone can work it out.
    let scratch = tempfile::tempdir().unwrap();
    ReceivingFolder::open(scratch.path()).unwrap().incoming(TransferId([9; 16])).find(next);
    let name = fs::read_dir(scratch.path()).unwrap().next().unwrap().unwrap().file_name().into_string().unwrap();
    let id = name.trim_start_matches(".parlor-").trim_end_matches(".journal");
    let journal = format!("{{\"what\":\"offer\",\"version\":1,\"id\":\"{id}\"}}\n{lines}\n");
    receive(folder, 1, &wanted(&[&name], journal.len() as u64), journal.as_bytes());
    receive(folder, 2, next, bytes)
}

#[test]
fn it_removes_no_part_of_another_program() {
    let home = tempfile::tempdir().unwrap();
    fs::write(home.path().join("movie.mkv.part"), "half a download of a browser").unwrap();
    let part = r#"{"what":"part","entry":0,"path":["movie.mkv.part"]}"#;
    receive_two(home.path(), &wanted(&["movie.mkv"], 5), b"movie", part);
    assert!(home.path().join("movie.mkv.part").exists());
}

#[test]
fn it_puts_nothing_into_a_folder_that_was_there() {
    let home = tempfile::tempdir().unwrap();
    fs::create_dir(home.path().join(".config")).unwrap();
    let top = r#"{"what":"top","offered":"photos","made":".config"}"#;
    receive_two(home.path(), &wanted(&["photos", "autostart", "a.desktop"], 5), b"hello", top);
    assert_eq!(fs::read_dir(home.path().join(".config")).unwrap().count(), 0);
}

#[test]
fn it_does_not_make_a_file_that_was_there_count_as_arrived() {
    let home = tempfile::tempdir().unwrap();
    fs::write(home.path().join("mine"), "12345").unwrap();
    let modified = fs::metadata(home.path().join("mine")).unwrap().modified().unwrap();
    let modified_ms = modified.duration_since(std::time::UNIX_EPOCH).unwrap().as_millis();
    let file = format!(r#"{{"what":"file","entry":0,"path":["mine"],"modified_ms":{modified_ms}}}"#);
    assert!(receive_two(home.path(), &wanted(&["a.txt"], 5), b"hello", &file).is_empty());
}

#[test]
fn throwing_away_what_is_unfinished_removes_nothing_it_names() {
    let home = tempfile::tempdir().unwrap();
    fs::create_dir(home.path().join("work")).unwrap();
    fs::write(home.path().join("work/thesis.part"), "of somebody else").unwrap();
    let id = "0".repeat(32);
    let journal = format!(
        "{{\"what\":\"offer\",\"version\":1,\"id\":\"{id}\"}}\n{{\"what\":\"part\",\"entry\":0,\"path\":[\"work\",\"thesis.part\"]}}\n"
    );
    let name = format!(".parlor-{id}.journal");
    receive(home.path(), 1, &wanted(&[&name], journal.len() as u64), journal.as_bytes());
    ReceivingFolder::open(home.path()).unwrap().discard_unfinished();
    assert!(home.path().join("work/thesis.part").exists());
}
