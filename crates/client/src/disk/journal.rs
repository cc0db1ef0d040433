//! What is stored of an unfinished transfer, kept beside its parts so that a later session can go on.
//!
//! What it is: a file of JSON lines in the receiving folder, named after the offer (its paths, sizes and times). Each block that was
//! written and each file that got its name adds a line.
//! Promises: little in it is trusted: a torn or damaged line ends the reading, blocks are hashed again before they count, a whole file
//! counts by its size and time, paths are opened below the folder's handle only. No peer can write one (see `not_a_journals`). A
//! journal that cannot be written costs the resuming, never the transfer.
//! Leaves to others: the parts themselves ([`super::part`]), and what is made of what was read ([`super::folder`]).

use std::{
    collections::{BTreeMap, HashMap},
    fs::File,
    io::{self, BufRead, BufReader, Seek, SeekFrom, Write},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
};

use cap_std::fs::{Dir, OpenOptions, OpenOptionsExt as _};
use parlor_transfer::WantedEntry;
use serde::{Deserialize, Serialize};

/// Journals of one offer that may be in use at once: the same files offered by several people.
const SAME_OFFER: u32 = 16;
/// Longest line that is read: a path of 1 024 bytes, each escaped.
const LINE_BYTES: u64 = 16 * 1024;
/// Lines that are read: a transfer of two TiB.
const LINES: usize = 1 << 21;

/// One line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "what", rename_all = "kebab-case")]
pub(super) enum Line {
    /// The first one.
    Offer { version: u32, id: String },
    /// The folder that was made for an offered one.
    Top { offered: String, made: String },
    /// An entry's part, below the receiving folder.
    Part { entry: u32, path: Vec<String> },
    /// A block of a part was written.
    Block { entry: u32, block: u32, hash: String },
    /// An entry stands under its name, below the receiving folder.
    File { entry: u32, path: Vec<String>, modified_ms: u64 },
    /// Nothing is there of an entry any more.
    Gone { entry: u32 },
}

/// What a journal knows.
#[derive(Debug, Default)]
pub(super) struct Known {
    pub(super) tops: HashMap<String, String>,
    pub(super) entries: HashMap<u32, KnownEntry>,
}

/// What a journal knows of an entry.
#[derive(Debug, Default)]
pub(super) struct KnownEntry {
    pub(super) part: Option<Vec<String>>,
    pub(super) blocks: BTreeMap<u32, blake3::Hash>,
    pub(super) file: Option<(Vec<String>, u64)>,
}

/// The journal of a transfer, locked as long as it is open.
#[derive(Debug)]
pub(super) struct Journal {
    dir: Arc<Dir>,
    name: String,
    file: Mutex<File>,
    /// A block or a file is in it.
    is_useful: AtomicBool,
    /// Parts that were closed and left for a later session.
    left: Mutex<Vec<(Arc<Dir>, String)>>,
}

const VERSION: u32 = 1;
/// How the names of journals begin.
const PREFIX: &str = ".parlor-";

impl Journal {
    /// Opens the journal of an offer, or begins one, and reads it. One that another transfer has open is left to it.
    pub(super) fn open(dir: &Arc<Dir>, offer: &str) -> io::Result<(Self, Known)> {
        for n in 0..SAME_OFFER {
            let name = if n == 0 { format!("{PREFIX}{offer}.journal") } else { format!("{PREFIX}{offer}-{n}.journal") };
            let Some((file, known, end)) = locked(dir, &name, offer, true)? else { continue };
            file.set_len(end)?;
            let journal = Self::of(dir, name, file, &known);
            if end == 0 {
                journal.add(&Line::Offer { version: VERSION, id: offer.to_owned() });
            }
            return Ok((journal, known));
        }
        Err(io::ErrorKind::AlreadyExists.into())
    }

    /// Opens the journal of this name and reads it. None for another file, and one that a transfer has open.
    pub(super) fn resume(dir: &Arc<Dir>, name: &str) -> io::Result<Option<(Self, Known)>> {
        let Some(offer) = name.strip_prefix(PREFIX).and_then(|rest| rest.strip_suffix(".journal")) else {
            return Ok(None);
        };
        let offer = offer.split_once('-').map_or(offer, |(offer, _)| offer);
        let opened = locked(dir, name, offer, false)?;
        Ok(opened.map(|(file, known, _)| (Self::of(dir, name.to_owned(), file, &known), known)))
    }

    fn of(dir: &Arc<Dir>, name: String, file: File, known: &Known) -> Self {
        let is_useful = known.entries.values().any(|entry| entry.file.is_some() || !entry.blocks.is_empty());
        Self {
            dir: Arc::clone(dir),
            name,
            file: Mutex::new(file),
            is_useful: AtomicBool::new(is_useful),
            left: Mutex::default(),
        }
    }

    /// Adds a line.
    pub(super) fn add(&self, line: &Line) {
        if matches!(line, Line::Block { .. } | Line::File { .. }) {
            self.is_useful.store(true, Ordering::Relaxed);
        }
        let written = serde_json::to_vec(line).map_err(io::Error::from).and_then(|mut line| {
            line.push(b'\n');
            let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
            file.seek(SeekFrom::End(0))?;
            file.write_all(&line)
        });
        if let Err(error) = written {
            tracing::debug!(kind = ?error.kind(), "a journal could not be written");
        }
    }

    /// Whether a later session can go on with anything in it.
    pub(super) fn is_useful(&self) -> bool {
        self.is_useful.load(Ordering::Relaxed)
    }

    /// Makes durable what was added.
    pub(super) fn sync(&self) {
        // Lines are added meanwhile.
        let file = self.file.lock().unwrap_or_else(PoisonError::into_inner).try_clone();
        if let Err(error) = file.and_then(|file| file.sync_data()) {
            tracing::debug!(kind = ?error.kind(), "a journal could not be synced");
        }
    }

    /// A part stays for a later session, as long as this does.
    pub(super) fn leave(&self, dir: Arc<Dir>, part: String) {
        self.left.lock().unwrap_or_else(PoisonError::into_inner).push((dir, part));
    }

    /// Removes the parts that were left: nobody is to go on with them after all.
    pub(super) fn remove_left(&self) {
        for (dir, part) in std::mem::take(&mut *self.left.lock().unwrap_or_else(PoisonError::into_inner)) {
            if let Err(error) = dir.remove_file(&part) {
                tracing::debug!(kind = ?error.kind(), "a part stayed behind");
            }
        }
    }

    /// Ends it: it stays when it is wanted and holds anything, else it is removed.
    pub(super) fn close(self, keep: bool) {
        if keep && self.is_useful() {
            self.sync();
        } else if let Err(error) = self.dir.remove_file(&self.name) {
            tracing::debug!(kind = ?error.kind(), "a journal stayed behind");
        }
    }
}

/// Opens, locks and reads a journal; gives where what is whole of it ends. None for one that is not ours alone or open elsewhere.
fn locked(dir: &Dir, name: &str, offer: &str, create: bool) -> io::Result<Option<(File, Known, u64)>> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(create);
    #[cfg(unix)]
    options.custom_flags((rustix::fs::OFlags::NOFOLLOW | rustix::fs::OFlags::NONBLOCK).bits().cast_signed());
    let file = dir.open_with(name, &options)?.into_std();
    if !is_ours_alone(&file)? {
        return Ok(None);
    }
    match file.try_lock() {
        Ok(()) => {}
        Err(std::fs::TryLockError::WouldBlock) => return Ok(None),
        Err(std::fs::TryLockError::Error(error)) => return Err(error),
    }
    let (known, end) = read(&file, offer)?;
    Ok(Some((file, known, end)))
}

/// Whether writing into a file that was found changes nothing else: it is an ordinary one, with one name.
pub(super) fn is_ours_alone(file: &File) -> io::Result<bool> {
    let metadata = file.metadata()?;
    #[cfg(unix)]
    let names = std::os::unix::fs::MetadataExt::nlink(&metadata);
    #[cfg(not(unix))]
    let names = 1;
    Ok(metadata.is_file() && names == 1)
}

/// Reads what is whole, and where that ends. Nothing of a journal that is of another offer or version.
fn read(file: &File, offer: &str) -> io::Result<(Known, u64)> {
    let mut known = Known::default();
    let mut end = 0;
    let mut lines = BufReader::new(file);
    for n in 0..LINES {
        let mut line = Vec::new();
        let bytes = io::Read::take(&mut lines, LINE_BYTES).read_until(b'\n', &mut line)?;
        let parsed = line.strip_suffix(b"\n").and_then(|line| serde_json::from_slice(line).ok());
        match (n, parsed) {
            (0, Some(Line::Offer { version: VERSION, id })) if id == offer => {}
            (0, _) | (_, None) => break,
            (_, Some(line)) => known.take(line),
        }
        end += bytes as u64;
    }
    Ok((known, end))
}

impl Known {
    fn take(&mut self, line: Line) {
        match line {
            Line::Offer { .. } => {}
            Line::Top { offered, made } => drop(self.tops.insert(offered, made)),
            Line::Part { entry, path } => {
                self.entries.insert(entry, KnownEntry { part: Some(path), ..KnownEntry::default() });
            }
            Line::Block { entry, block, hash } => {
                if let (Some(known), Ok(hash)) = (self.entries.get_mut(&entry), hash.parse()) {
                    known.blocks.insert(block, hash);
                }
            }
            Line::File { entry, path, modified_ms } => {
                self.entries.insert(entry, KnownEntry { file: Some((path, modified_ms)), ..KnownEntry::default() });
            }
            Line::Gone { entry } => drop(self.entries.remove(&entry)),
        }
    }
}

/// A name for something received that no journal has: a peer that could choose one would write what is believed here.
pub(super) fn not_a_journals(name: &str) -> String {
    match name.get(..PREFIX.len()) {
        Some(start) if start.eq_ignore_ascii_case(PREFIX) => name.replacen('.', "_", 1),
        _ => name.to_owned(),
    }
}

/// The name of an offer among journals: the same paths, sizes and times give the same one.
pub(super) fn offer_id(entries: &[WantedEntry]) -> String {
    let mut hasher = blake3::Hasher::new();
    let mut add = |bytes: &[u8]| {
        hasher.update(&(bytes.len() as u64).to_le_bytes());
        hasher.update(bytes);
    };
    for WantedEntry { path, size, modified_ms, .. } in entries {
        add(path.to_string().as_bytes());
        add(&size.to_le_bytes());
        add(&modified_ms.unwrap_or(u64::MAX).to_le_bytes());
    }
    hasher.finalize().to_hex().chars().take(32).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder() -> (tempfile::TempDir, Arc<Dir>) {
        let folder = tempfile::tempdir().unwrap();
        let dir = Dir::open_ambient_dir(folder.path(), cap_std::ambient_authority()).unwrap();
        (folder, Arc::new(dir))
    }

    fn block(entry: u32, block: u32) -> Line {
        Line::Block { entry, block, hash: blake3::hash(&[1]).to_string() }
    }

    #[test]
    fn what_was_written_is_read_again_up_to_a_torn_line() {
        let (folder, dir) = folder();
        let (journal, known) = Journal::open(&dir, "a").unwrap();
        assert!(known.entries.is_empty());
        journal.add(&Line::Part { entry: 3, path: vec!["x.part".into()] });
        journal.add(&block(3, 0));
        journal.add(&block(3, 1));
        journal.close(true);
        let path = folder.path().join(".parlor-a.journal");
        let mut text = std::fs::read(&path).unwrap();
        text.truncate(text.len() - 5);
        std::fs::write(&path, &text).unwrap();
        for _ in 0..2 {
            let (journal, known) = Journal::open(&dir, "a").unwrap();
            let entry = &known.entries[&3];
            assert_eq!(entry.part.as_deref(), Some(["x.part".to_owned()].as_slice()));
            assert_eq!(entry.blocks.keys().copied().collect::<Vec<_>>(), [0]);
            journal.close(true);
        }
    }

    #[test]
    fn one_that_holds_nothing_or_is_not_wanted_does_not_stay() {
        let (folder, dir) = folder();
        let (journal, _) = Journal::open(&dir, "a").unwrap();
        journal.close(true);
        let (journal, _) = Journal::open(&dir, "a").unwrap();
        journal.add(&Line::Part { entry: 0, path: vec!["x.part".into()] });
        journal.add(&block(0, 0));
        journal.close(false);
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
    }

    #[test]
    fn the_same_offer_at_once_has_a_journal_each_time() {
        let (_folder, dir) = folder();
        let (first, _) = Journal::open(&dir, "a").unwrap();
        first.add(&Line::Part { entry: 0, path: vec!["x.part".into()] });
        first.add(&block(0, 0));
        let (second, known) = Journal::open(&dir, "a").unwrap();
        assert!(known.entries.is_empty() && second.name != first.name);
    }

    #[test]
    fn one_of_another_offer_or_version_or_of_no_sense_counts_for_nothing() {
        let (folder, dir) = folder();
        for text in [
            "",
            "{\"what\":\"offer\",\"version\":2,\"id\":\"a\"}\n",
            "{\"what\":\"offer\",\"version\":1,\"id\":\"b\"}\n",
            "\0\0",
        ] {
            let part = "{\"what\":\"part\",\"entry\":0,\"path\":[\"x.part\"]}\n";
            std::fs::write(folder.path().join(".parlor-a.journal"), format!("{text}{part}")).unwrap();
            let (journal, known) = Journal::open(&dir, "a").unwrap();
            assert!(known.entries.is_empty());
            journal.close(false);
        }
    }

    #[cfg(unix)]
    #[test]
    fn a_link_planted_in_its_place_is_not_followed() {
        let (folder, dir) = folder();
        std::fs::write(folder.path().join("mine"), "precious").unwrap();
        std::os::unix::fs::symlink("mine", folder.path().join(".parlor-a.journal")).unwrap();
        assert!(Journal::open(&dir, "a").is_err());
        assert_eq!(std::fs::read(folder.path().join("mine")).unwrap(), b"precious");
    }
}
