//! What a later session finds of a transfer that was cut short, on a real disk.

use std::{
    fs,
    path::{Path, PathBuf},
};

use parlor_protocol::{host::Unfinished, id::TransferId, limits::BLOCK_BYTES};
use parlor_transfer::{FoundEntry, SafeNames, WantedEntry, block::block_proof};

use super::{IncomingFiles, Part, ReceivingFolder};

const BLOCK: usize = BLOCK_BYTES as usize;
/// Five blocks, the last one short.
const SIZE: u64 = 4 * BLOCK_BYTES as u64 + 7;

fn content() -> Vec<u8> {
    (0..SIZE).map(|index| (index ^ index >> 9) as u8).collect()
}

fn wanted(paths: &[&str]) -> Vec<WantedEntry> {
    let mut names = SafeNames::new();
    let entry = |(entry, path): (u32, &&str)| {
        let path: Vec<String> = path.split('/').map(str::to_owned).collect();
        WantedEntry { entry, path: names.add(&path).unwrap(), size: SIZE, modified_ms: Some(1_000), is_declined: false }
    };
    (0..).zip(paths).map(entry).collect()
}

fn path(wanted: &WantedEntry) -> Vec<String> {
    wanted.path.components().map(str::to_owned).collect()
}

/// A session with the folder, which offers the same each time under another id.
fn session(folder: &Path, session: u8, wanted: &[WantedEntry]) -> (IncomingFiles, Vec<FoundEntry>) {
    let incoming = ReceivingFolder::open(folder).unwrap().incoming(TransferId([session; 16]));
    let found = incoming.find(wanted);
    (incoming, found)
}

fn write(part: &mut Part, blocks: impl IntoIterator<Item = u32>) {
    let content = content();
    for block in blocks {
        let bytes = content[block as usize * BLOCK..].chunks(BLOCK).next().unwrap();
        part.write(block, bytes, &block_proof(bytes)).unwrap();
    }
}

/// A first session that stores three blocks of the first entry, and is killed or ends.
fn cut_short(folder: &Path, wanted: &[WantedEntry], is_killed: bool) {
    let (incoming, found) = session(folder, 1, wanted);
    assert!(found.is_empty());
    let mut part = incoming.create(0, &path(&wanted[0]), SIZE).unwrap();
    write(&mut part, 0..3);
    if is_killed {
        return;
    }
    part.keep();
    incoming.close(true);
}

fn found_blocks(found: &[FoundEntry]) -> Vec<u32> {
    let blocks = found.first().and_then(|found| found.blocks.as_ref()).unwrap();
    blocks.iter().map(|(block, _)| *block).collect()
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut files: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
}

fn the_part(folder: &Path) -> PathBuf {
    files(folder).into_iter().find(|path| path.extension().is_some_and(|part| part == "part")).unwrap()
}

#[test]
fn a_later_session_goes_on_with_the_blocks_that_were_written() {
    for (path_offered, is_killed) in
        [("a.bin", true), ("a.bin", false), ("photos/x/a.bin", true), ("photos/x/a.bin", false)]
    {
        let home = tempfile::tempdir().unwrap();
        let wanted = wanted(&[path_offered]);
        cut_short(home.path(), &wanted, is_killed);
        let (incoming, found) = session(home.path(), 2, &wanted);
        assert_eq!(found_blocks(&found), [0, 1, 2]);
        let mut part = incoming.create(0, &path(&wanted[0]), SIZE).unwrap();
        write(&mut part, 3..5);
        let stands = part.finish(Some(1_000)).unwrap();
        assert_eq!(stands, std::path::absolute(home.path().join(path_offered)).unwrap());
        assert!(fs::read(stands).unwrap() == content());
        incoming.close(false);
        assert_eq!(files(home.path()).len(), 1, "neither part nor journal is left");
    }
}

#[test]
fn a_flipped_byte_costs_its_block_alone() {
    let home = tempfile::tempdir().unwrap();
    let wanted = wanted(&["a.bin"]);
    cut_short(home.path(), &wanted, true);
    let part = the_part(home.path());
    let mut bytes = fs::read(&part).unwrap();
    bytes[BLOCK + 5] ^= 1;
    fs::write(&part, bytes).unwrap();
    let (_, found) = session(home.path(), 2, &wanted);
    assert_eq!(found_blocks(&found), [0, 2]);
}

#[test]
fn a_file_that_got_its_name_is_found_whole_unless_it_was_touched() {
    let home = tempfile::tempdir().unwrap();
    let wanted = wanted(&["photos/a.bin", "photos/b.bin"]);
    let (incoming, _) = session(home.path(), 1, &wanted);
    for entry in &wanted {
        let mut part = incoming.create(entry.entry, &path(entry), SIZE).unwrap();
        write(&mut part, 0..5);
        part.finish(entry.modified_ms).unwrap();
    }
    drop(incoming);
    fs::OpenOptions::new().append(true).open(home.path().join("photos/b.bin")).unwrap().set_len(SIZE + 1).unwrap();
    let (incoming, found) = session(home.path(), 2, &wanted);
    assert_eq!(found, [FoundEntry { entry: 0, blocks: None }]);
    // What is received again stands beside it, in the same folder.
    let mut part = incoming.create(1, &path(&wanted[1]), SIZE).unwrap();
    write(&mut part, 0..5);
    assert_eq!(part.finish(None).unwrap(), std::path::absolute(home.path().join("photos/b (1).bin")).unwrap());
}

#[test]
fn a_file_that_got_its_name_without_a_word_in_the_journal_is_found_whole_all_the_same() {
    let home = tempfile::tempdir().unwrap();
    fs::create_dir(home.path().join("in")).unwrap();
    let folder = home.path().join("in");
    // Somebody else's of that name and size.
    fs::write(folder.join("a.bin"), vec![0; usize::try_from(SIZE).unwrap()]).unwrap();
    let wanted = wanted(&["a.bin", "b.bin"]);
    let (incoming, _) = session(&folder, 1, &wanted);
    for entry in &wanted {
        let mut part = incoming.create(entry.entry, &path(entry), SIZE).unwrap();
        write(&mut part, 0..5);
        part.finish(entry.modified_ms).unwrap();
    }
    drop(incoming);
    let journal = files(&folder).into_iter().find(|path| path.extension().is_some_and(|kind| kind == "journal"));
    let journal = journal.unwrap();
    let lines = fs::read_to_string(&journal).unwrap();
    let without: String =
        lines.lines().filter(|line| !line.contains("\"file\"")).map(|line| format!("{line}\n")).collect();
    assert_ne!(lines, without);
    fs::write(&journal, without).unwrap();
    fs::remove_file(folder.join("b.bin")).unwrap();
    let (_, found) = session(&folder, 2, &wanted);
    assert_eq!(found, [FoundEntry { entry: 0, blocks: None }]);
}

#[test]
fn another_file_of_the_name_size_and_time_of_a_part_that_is_gone_is_not_taken_for_it() {
    let home = tempfile::tempdir().unwrap();
    // One of a single block, of which the journal knows no hash, and a larger one.
    for size in [5, SIZE] {
        let mut wanted = wanted(&["a.bin"]);
        wanted[0].size = size;
        let (incoming, _) = session(home.path(), 1, &wanted);
        let mut part = incoming.create(0, &path(&wanted[0]), size).unwrap();
        let first = vec![7; BLOCK.min(usize::try_from(size).unwrap())];
        part.write(0, &first, &block_proof(&first)).unwrap();
        drop((part, incoming));
        fs::remove_file(the_part(home.path())).unwrap();
        let another = fs::File::create(home.path().join("a.bin")).unwrap();
        another.set_len(size).unwrap();
        another.set_modified(std::time::UNIX_EPOCH + std::time::Duration::from_millis(1_000)).unwrap();
        let (_, found) = session(home.path(), 2, &wanted);
        assert_eq!(found, []);
    }
}

#[test]
fn another_offer_finds_nothing_of_it() {
    let home = tempfile::tempdir().unwrap();
    let mut wanted = wanted(&["a.bin"]);
    cut_short(home.path(), &wanted, true);
    wanted[0].modified_ms = Some(1_001);
    let (incoming, found) = session(home.path(), 2, &wanted);
    assert!(found.is_empty());
    let mut part = incoming.create(0, &path(&wanted[0]), SIZE).unwrap();
    write(&mut part, 0..5);
    part.finish(None).unwrap();
    incoming.close(false);
    the_part(home.path());
}

#[test]
fn what_was_cancelled_leaves_nothing() {
    let home = tempfile::tempdir().unwrap();
    let wanted = wanted(&["photos/a.bin", "b.bin"]);
    cut_short(home.path(), &wanted, true);
    let (incoming, found) = session(home.path(), 2, &wanted);
    assert_eq!(found.len(), 1);
    let mut part = incoming.create(1, &path(&wanted[1]), SIZE).unwrap();
    write(&mut part, 0..1);
    part.discard();
    incoming.close(false);
    assert_eq!(files(home.path()), [] as [PathBuf; 0]);
}

#[test]
fn a_vanished_part_or_folder_is_received_anew() {
    let home = tempfile::tempdir().unwrap();
    let wanted = wanted(&["photos/a.bin"]);
    cut_short(home.path(), &wanted, true);
    fs::remove_dir_all(home.path().join("photos")).unwrap();
    let (incoming, found) = session(home.path(), 2, &wanted);
    assert!(found.is_empty());
    let mut part = incoming.create(0, &path(&wanted[0]), SIZE).unwrap();
    write(&mut part, 0..5);
    assert!(fs::read(part.finish(None).unwrap()).unwrap() == content());
}

#[test]
fn a_small_part_that_a_kill_left_is_cleared_away() {
    let home = tempfile::tempdir().unwrap();
    let mut wanted = wanted(&["photos/a.bin"]);
    wanted[0].size = 5;
    let (incoming, _) = session(home.path(), 1, &wanted);
    let mut part = incoming.create(0, &path(&wanted[0]), 5).unwrap();
    part.write(0, b"12345", &block_proof(b"12345")).unwrap();
    drop((part, incoming));
    the_part(&home.path().join("photos"));
    let (incoming, found) = session(home.path(), 2, &wanted);
    assert!(found.is_empty());
    incoming.close(true);
    assert_eq!(files(home.path()), [] as [PathBuf; 0]);
}

#[test]
fn what_is_unfinished_is_counted_and_thrown_away_on_wish() {
    let home = tempfile::tempdir().unwrap();
    let folder = ReceivingFolder::open(home.path()).unwrap();
    assert_eq!(folder.unfinished(), Unfinished::default());
    let (first, second) = (wanted(&["photos/a.bin", "photos/b.bin"]), wanted(&["c.bin"]));
    cut_short(home.path(), &first, true);
    let (incoming, _) = session(home.path(), 1, &first);
    let mut whole = incoming.create(1, &path(&first[1]), SIZE).unwrap();
    write(&mut whole, 0..5);
    whole.finish(None).unwrap();
    drop(incoming);
    cut_short(home.path(), &second, false);
    fs::write(home.path().join("d.bin.12345678.part"), "of somebody else").unwrap();
    assert_eq!(folder.unfinished(), Unfinished { transfers: 2, bytes: 6 << 20 });
    // Killed before anything was stored: nothing that could go on.
    drop(session(home.path(), 1, &wanted(&["e.bin"])));
    assert_eq!(folder.unfinished().transfers, 2);
    let (open, _) = session(home.path(), 2, &second);
    assert_eq!(folder.unfinished().transfers, 1, "what is open is not unfinished");
    folder.discard_unfinished();
    drop(open);
    assert_eq!(folder.unfinished(), Unfinished { transfers: 1, bytes: 3 << 20 });
    folder.discard_unfinished();
    let left: Vec<_> = files(home.path()).iter().map(|path| path.file_name().unwrap().to_owned()).collect();
    assert_eq!(left, ["d.bin.12345678.part", "photos"]);
    assert_eq!(files(&home.path().join("photos")), [home.path().join("photos/b.bin")]);
}

#[cfg(unix)]
#[test]
fn links_planted_in_the_place_of_a_part_are_neither_followed_nor_written() {
    for is_hard in [true, false] {
        let home = tempfile::tempdir().unwrap();
        let wanted = wanted(&["a.bin"]);
        cut_short(home.path(), &wanted, true);
        let (part, mine) = (the_part(home.path()), home.path().join("mine"));
        fs::rename(&part, &mine).unwrap();
        let before = fs::read(&mine).unwrap();
        if is_hard {
            fs::hard_link(&mine, &part).unwrap();
        } else {
            std::os::unix::fs::symlink("mine", &part).unwrap();
        }
        let (incoming, found) = session(home.path(), 2, &wanted);
        assert!(found.is_empty());
        let mut fresh = incoming.create(0, &path(&wanted[0]), SIZE).unwrap();
        write(&mut fresh, 0..5);
        fresh.finish(None).unwrap();
        assert!(fs::read(&mine).unwrap() == before);
    }
}
