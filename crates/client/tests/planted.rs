//! Files are received into a folder in which somebody else keeps planting links and files under the very names that come next.

#![cfg(unix)]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test that cannot go on has failed"
)]

use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    fs, io,
    os::unix::fs::{MetadataExt, symlink},
    path::{Path, PathBuf},
    sync::{
        Mutex,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    thread,
};

use parlor_client::disk::{IncomingFiles, ReceivingFolder};
use parlor_protocol::{id::TransferId, limits::BLOCK_BYTES};
use parlor_transfer::{
    SafeNames, WantedEntry,
    block::{block_count, block_len, block_offset, block_proof},
};

const SESSIONS: u8 = 4;
const FILES: usize = 120;
/// Planted things that stand at once; the oldest goes when there are more.
const STANDING: usize = 24;

#[test]
fn nothing_is_followed_and_nothing_replaced_whatever_is_planted() {
    let home = tempfile::tempdir().unwrap();
    let path = fs::canonicalize(home.path()).unwrap();
    let (inside, outside) = (path.join("in"), path.join("out"));
    for folder in [&inside, &inside.join("top-0"), &outside, &outside.join("folder"), &outside.join("folder/below")] {
        fs::create_dir(folder).unwrap();
    }
    fs::write(outside.join("precious"), "precious").unwrap();
    fs::write(inside.join("mine"), "mine").unwrap();
    // What stands from the beginning to the end under a third of the names: files, and links of every kind.
    for file in (0..FILES).step_by(3) {
        match file % 4 {
            0 => fs::write(inside.join(name(file)), "mine").unwrap(),
            1 => symlink(outside.join("precious"), inside.join(name(file))).unwrap(),
            2 => symlink("../out/new", inside.join(name(file))).unwrap(),
            _ => symlink("mine", inside.join(name(file))).unwrap(),
        }
    }
    let (outside_before, inside_before) = (tree(&outside), tree(&inside));

    let mut arrived = BTreeMap::new();
    let mut planted = 0;
    for session in 0..SESSIONS {
        let wanted = wanted();
        let journal = journal_name(&wanted);
        // The journal's own name, too: as it is, a link out of the folder, a second name of somebody's file, a file of no sense.
        match session {
            1 => symlink(outside.join("precious"), inside.join(&journal)).unwrap(),
            2 => fs::hard_link(inside.join("mine"), inside.join(&journal)).unwrap(),
            3 => fs::write(inside.join(&journal), "{\"what\":\"top\"}\n\0").unwrap(),
            _ => {}
        }
        let incoming = ReceivingFolder::open(&inside).unwrap().incoming(TransferId([session; 16]));
        assert!(incoming.find(&wanted).is_empty());
        let (next, is_over, paths) = (AtomicUsize::new(0), AtomicBool::new(false), Mutex::new(BTreeMap::new()));
        thread::scope(|scope| {
            let planter = scope.spawn(|| {
                let mut planter = Planter { inside: &inside, outside: &outside, standing: VecDeque::new(), planted: 0 };
                while !is_over.load(Ordering::Acquire) {
                    planter.plant(session, next.load(Ordering::Acquire));
                }
                planter.remove_beyond(0);
                planter.planted
            });
            let receive = || {
                loop {
                    let entry = next.fetch_add(1, Ordering::AcqRel);
                    let Some(wanted) = wanted.get(entry) else { break };
                    if let Some(path) = receive(&incoming, wanted) {
                        assert!(paths.lock().unwrap().insert(path, entry).is_none(), "two files under one name");
                    }
                }
            };
            let receivers = [scope.spawn(receive), scope.spawn(receive)];
            let ends = receivers.map(thread::ScopedJoinHandle::join);
            is_over.store(true, Ordering::Release);
            planted += planter.join().expect("what was planted stands until its planter removes it");
            ends.into_iter().for_each(|end| end.expect("every file arrives that nobody's link bars"));
        });
        incoming.close(false);
        // What was planted there stands as it was, and what was written there is gone.
        match (session, fs::symlink_metadata(inside.join(&journal))) {
            (1 | 2, planted) => drop(planted.map(|_| fs::remove_file(inside.join(&journal))).unwrap()),
            (_, found) => assert!(found.is_err(), "a journal stayed"),
        }
        for (path, entry) in paths.into_inner().unwrap() {
            assert!(arrived.insert(path, entry).is_none(), "a file of an earlier session was replaced");
        }
    }
    println!("{} files arrived while {planted} things were planted", arrived.len());

    let roots: BTreeSet<_> = fs::read_dir(home.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(roots, ["in", "out"].map(Into::into).into());
    assert_eq!(tree(&outside), outside_before, "something outside was touched");
    let inside_after = tree(&inside);
    for (path, before) in &inside_before {
        // A folder's own times change with what comes into it, and a file's with a second name of it.
        assert_eq!(inside_after.get(path), Some(before), "{} was touched", path.display());
    }
    assert_eq!(fs::read_dir(inside.join("top-0")).unwrap().count(), 0, "a folder that was there took files");
    for (path, entry) in &arrived {
        assert!(path.starts_with(&inside) && fs::symlink_metadata(path).unwrap().is_file(), "{}", path.display());
        assert!(fs::read(path).unwrap() == content(*entry), "{} is not what was sent", path.display());
    }
    let others: Vec<_> = inside_after
        .iter()
        .filter(|(path, thing)| !matches!(thing, Thing::Folder) && !inside_before.contains_key(*path))
        .filter(|(path, _)| !arrived.contains_key(*path))
        .collect();
    assert!(others.is_empty(), "left behind: {others:?}");
    assert!(arrived.len() > usize::from(SESSIONS) * FILES / 2, "too few arrived for this to say anything");
}

fn name(file: usize) -> String {
    format!("file-{file}.bin")
}

fn size(file: usize) -> u64 {
    // A few of more than a block, which the journal is for.
    if file % 16 == 5 { u64::from(BLOCK_BYTES) + 9 } else { file as u64 % 7 * 1_000 }
}

fn content(file: usize) -> Vec<u8> {
    (0..size(file)).map(|index| (index ^ index >> 8 ^ file as u64) as u8).collect()
}

/// Half of the files lie in folders, some of them in folders of these.
fn wanted() -> Vec<WantedEntry> {
    let mut names = SafeNames::new();
    let entry = |file: usize| {
        let folders: &[String] = match file % 4 {
            2 => &[format!("top-{}", file / 40)],
            3 => &[format!("top-{}", file / 40), "below".to_owned()],
            _ => &[],
        };
        let path = names.add(&[folders, &[name(file)]].concat()).unwrap();
        WantedEntry {
            entry: u32::try_from(file).unwrap(),
            path,
            size: size(file),
            modified_ms: Some(1_000),
            is_declined: false,
        }
    };
    (0..FILES).map(entry).collect()
}

/// What the journal of an offer is called, learned where nothing is planted.
fn journal_name(wanted: &[WantedEntry]) -> String {
    let scratch = tempfile::tempdir().unwrap();
    let incoming = ReceivingFolder::open(scratch.path()).unwrap().incoming(TransferId([9; 16]));
    incoming.find(wanted);
    let name = fs::read_dir(scratch.path()).unwrap().next().unwrap().unwrap().file_name();
    name.into_string().unwrap()
}

/// Receives a file, and gives where it stands. Every ninth is given up instead, and one a link bars does not arrive.
fn receive(incoming: &IncomingFiles, wanted: &WantedEntry) -> Option<PathBuf> {
    let file = wanted.entry as usize;
    let path: Vec<String> = wanted.path.components().map(str::to_owned).collect();
    let mut part = match incoming.create(wanted.entry, &path, wanted.size) {
        Ok(part) => part,
        // Of its own folder only what is below can be barred: the folder itself is stepped aside from.
        Err(error) => {
            assert!(path.len() > 2, "{} was barred: {error}", wanted.path);
            return None;
        }
    };
    let content = content(file);
    for block in 0..block_count(wanted.size) {
        let from = usize::try_from(block_offset(block)).unwrap();
        let bytes = &content[from..from + block_len(wanted.size, block) as usize];
        part.write(block, bytes, &block_proof(bytes)).unwrap();
    }
    if file % 9 == 4 {
        part.discard();
        return None;
    }
    Some(part.finish(wanted.modified_ms).unwrap())
}

/// What stands at a path, so that any change of it is seen.
#[derive(Debug, PartialEq, Eq)]
enum Thing {
    Folder,
    Link(PathBuf),
    File { inode: u64, modified_ns: i64, bytes: Vec<u8> },
}

/// Everything below a folder, links not followed.
fn tree(folder: &Path) -> BTreeMap<PathBuf, Thing> {
    let mut tree = BTreeMap::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let metadata = fs::symlink_metadata(&path).unwrap();
            let thing = if metadata.is_dir() {
                folders.push(path.clone());
                Thing::Folder
            } else if metadata.is_symlink() {
                Thing::Link(fs::read_link(&path).unwrap())
            } else {
                let modified_ns = metadata.mtime() * 1_000_000_000 + metadata.mtime_nsec();
                Thing::File { inode: metadata.ino(), modified_ns, bytes: fs::read(&path).unwrap() }
            };
            tree.insert(path, thing);
        }
    }
    tree
}

/// Plants links out of the folder and files under the names that come next, and removes what it planted.
struct Planter<'a> {
    inside: &'a Path,
    outside: &'a Path,
    standing: VecDeque<(PathBuf, Planted)>,
    planted: usize,
}

enum Planted {
    Link(PathBuf),
    File(String),
}

impl Planter<'_> {
    /// Plants under every name that the files from `next` on could take, in turns.
    fn plant(&mut self, session: u8, next: usize) {
        let tag: String = TransferId([session; 16]).to_string().chars().take(8).collect();
        for file in next.saturating_sub(1)..next + 3 {
            let (name, top) = (name(file), format!("top-{}", file / 40));
            let top = match self.planted % 7 {
                0 => top,
                number => format!("{top} ({number})"),
            };
            for path in [
                format!("{name}.{tag}.part"),
                name.clone(),
                format!("file-{file} (1).bin"),
                format!("{name}.{tag}-1.part"),
                top.clone(),
                format!("{top}/below"),
                format!("{top}/{name}"),
                format!("{top}/{name}.{tag}.part"),
                format!("{top}/below/{name}"),
                format!("{top}/below/{name}.{tag}.part"),
            ] {
                self.put(self.inside.join(path));
                self.remove_beyond(STANDING);
            }
        }
    }

    /// Plants at a path unless something is there, or its folder is not, or is a link planted before.
    fn put(&mut self, path: PathBuf) {
        let folder = path.parent().unwrap();
        if fs::canonicalize(folder).ok().as_deref() != Some(folder) {
            return;
        }
        let planted = match self.planted % 5 {
            0 => Planted::Link(self.outside.join(format!("new-{}", self.planted))),
            1 => Planted::Link(self.outside.join("precious")),
            2 => Planted::Link(self.outside.join("folder")),
            3 => Planted::Link(PathBuf::from("../out/folder")),
            _ => Planted::File(format!("planted {}", self.planted)),
        };
        let result = match &planted {
            Planted::Link(target) => symlink(target, &path),
            Planted::File(text) => {
                fs::File::create_new(&path).and_then(|mut file| io::Write::write_all(&mut file, text.as_bytes()))
            }
        };
        match result {
            Ok(()) => {
                self.planted += 1;
                self.standing.push_back((path, planted));
            }
            Err(error) => {
                use io::ErrorKind::{AlreadyExists, NotADirectory, NotFound};
                assert!(matches!(error.kind(), AlreadyExists | NotADirectory | NotFound), "{error}");
            }
        }
    }

    /// Removes the oldest while there are more than `most`; each is still what was planted.
    fn remove_beyond(&mut self, most: usize) {
        while self.standing.len() > most {
            let Some((path, planted)) = self.standing.pop_front() else { return };
            match planted {
                Planted::Link(target) => assert_eq!(fs::read_link(&path).unwrap(), target, "{}", path.display()),
                Planted::File(text) => assert_eq!(fs::read_to_string(&path).unwrap(), text, "{}", path.display()),
            }
            fs::remove_file(path).unwrap();
        }
    }
}
