//! The folder received files go to, and the one place that opens anything in it.
//!
//! Everything happens below a `cap-std` handle of the folder, so that neither a peer's file name nor a link lying in the
//! folder leads out of it. A transfer that brings a folder gets a folder of its own: when the name is taken, `photos (1)`.

use std::{
    collections::HashMap,
    io,
    path::{Path, PathBuf},
    sync::{
        Arc, Mutex, OnceLock, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
};

use cap_std::{ambient_authority, fs::Dir};
use parlor_protocol::id::TransferId;
use parlor_transfer::{FoundEntry, WantedEntry};

use super::{
    DiskError, Part,
    journal::{Journal, KnownEntry, Line, not_a_journals, offer_id},
    numbered::{ATTEMPTS, numbered},
    part::{Note, Place, known_blocks, milliseconds, open_ours},
    room::Shortage,
};

/// Numbered names among which a file is looked for that the journal does not name.
const RENAMED_ATTEMPTS: u32 = 16;

/// A folder that takes received files.
#[derive(Debug, Clone)]
pub struct ReceivingFolder {
    dir: Arc<Dir>,
    path: PathBuf,
}

impl ReceivingFolder {
    /// Opens the folder, making it if it is not there. Blocks.
    ///
    /// # Errors
    /// [`DiskError::Unwritable`] when it is no folder or cannot be made.
    pub fn open(path: &Path) -> Result<Self, DiskError> {
        Dir::create_ambient_dir_all(path, ambient_authority()).map_err(DiskError::writing)?;
        let dir = Dir::open_ambient_dir(path, ambient_authority()).map_err(DiskError::writing)?;
        let path = std::path::absolute(path).map_err(DiskError::writing)?;
        Ok(Self { dir: Arc::new(dir), path })
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    pub(super) fn dir(&self) -> &Arc<Dir> {
        &self.dir
    }

    /// Makes ready for the files of one transfer. Touches nothing yet.
    pub fn incoming(&self, transfer: TransferId) -> IncomingFiles {
        IncomingFiles {
            folder: self.clone(),
            transfer,
            tops: Mutex::default(),
            journal: OnceLock::new(),
            found: Mutex::default(),
            is_unwanted: AtomicBool::new(false),
        }
    }
}

/// The files of one transfer on their way in.
#[derive(Debug)]
pub struct IncomingFiles {
    folder: ReceivingFolder,
    transfer: TransferId,
    /// Offered top folder → the one made for it.
    tops: Mutex<HashMap<String, Top>>,
    /// Set once it was looked for what an earlier session left; none where it cannot be written.
    journal: OnceLock<Arc<Journal>>,
    /// Parts an earlier session left, until they are asked for.
    found: Mutex<HashMap<u32, Part>>,
    /// Whoever closes it keeps nothing.
    is_unwanted: AtomicBool,
}

#[derive(Debug, Clone)]
struct Top {
    name: String,
    dir: Arc<Dir>,
}

impl IncomingFiles {
    /// Looks for what an earlier session left of these entries, and proves it again. Once, before anything else. Blocks, for as long
    /// as what is found takes to be hashed.
    pub fn find(&self, entries: &[WantedEntry]) -> Vec<FoundEntry> {
        let (journal, known) = match Journal::open(&self.folder.dir, &offer_id(entries)) {
            Ok((journal, known)) => (Arc::new(journal), known),
            Err(error) => {
                tracing::warn!(kind = ?error.kind(), "what arrives cannot be found again by a later session");
                return Vec::new();
            }
        };
        // Nobody else sets it: this is called once.
        let journal = self.journal.get_or_init(|| journal);
        let mut tops = self.tops.lock().unwrap_or_else(PoisonError::into_inner);
        for (offered, name) in known.tops {
            if is_plain(&name)
                && let Ok(dir) = self.folder.dir.open_dir(&name)
            {
                tops.insert(offered, Top { name, dir: Arc::new(dir) });
            }
        }
        let is_there = |path: &[String]| path.len() < 2 || path.first().is_some_and(|top| tops.contains_key(top));
        let known = known.entries;
        let wanted: Vec<_> = entries
            .iter()
            .filter(|wanted| !wanted.is_declined)
            .filter_map(|wanted| {
                let path: Vec<String> = wanted.path.components().map(str::to_owned).collect();
                let known = known.get(&wanted.entry).filter(|_| is_there(&path))?;
                Some((wanted, path, known))
            })
            .collect();
        drop(tops);
        let mut found = Vec::new();
        for (WantedEntry { entry, size, modified_ms, .. }, path, known) in wanted {
            if let Some((file, modified_ms)) = &known.file {
                if self.is_whole(file, *size, *modified_ms) {
                    found.push(FoundEntry { entry: *entry, blocks: None });
                }
                continue;
            }
            let (Ok(place), Some(name)) = (self.place(&path), path.last()) else { continue };
            if let Some(modified_ms) = *modified_ms
                && let Some(path) = self.renamed(known, name, *size, modified_ms)
            {
                journal.add(&Line::File { entry: *entry, path, modified_ms });
                found.push(FoundEntry { entry: *entry, blocks: None });
                continue;
            }
            let note = Note { journal: Arc::clone(journal), entry: *entry };
            if let Some((part, blocks)) = Part::find(place, &not_a_journals(name), *size, known, note) {
                self.found.lock().unwrap_or_else(PoisonError::into_inner).insert(*entry, part);
                found.push(FoundEntry { entry: *entry, blocks: Some(blocks) });
            }
        }
        found
    }

    /// Whether what is still to come of these entries is more than the disk has room for. Blocks.
    pub fn shortage(&self, entries: &[WantedEntry], found: &[FoundEntry]) -> Option<Shortage> {
        Shortage::of(&self.folder.dir, entries, found)
    }

    /// The file that a part became without a word about it: killed, or on a full disk, between the name and the note. Only its blocks
    /// tell it from another one of that name, so the file of a part without any is not found. Blocks, while these are hashed.
    fn renamed(&self, known: &KnownEntry, name: &str, size: u64, modified: u64) -> Option<Vec<String>> {
        let part = known.part.as_ref().filter(|_| !known.blocks.is_empty())?;
        let is_gone = |error: io::Error| error.kind() == io::ErrorKind::NotFound;
        let is_plain_path = part.iter().all(|component| is_plain(component));
        if !is_plain_path || !self.folder.dir.symlink_metadata(part.iter().collect::<PathBuf>()).is_err_and(is_gone) {
            return None;
        }
        let (_, folders) = part.split_last()?;
        let named = |n| [folders, &[numbered(&not_a_journals(name), n)]].concat();
        let is_it = |file: &Vec<String>| {
            let path: PathBuf = file.iter().collect();
            let opened = open_ours(&self.folder.dir, &path, false);
            opened.is_some_and(|opened| known_blocks(&opened, size, known).len() == known.blocks.len())
        };
        (0..RENAMED_ATTEMPTS).map(named).find(|file| self.is_whole(file, size, modified) && is_it(file))
    }

    /// Whether the file that a journal names still stands as it was left.
    fn is_whole(&self, path: &[String], size: u64, modified: u64) -> bool {
        if path.is_empty() || path.iter().any(|component| !is_plain(component)) {
            return false;
        }
        let path: PathBuf = path.iter().collect();
        let Ok(metadata) = self.folder.dir.symlink_metadata(&path) else { return false };
        let now = metadata.modified().ok().and_then(|time| milliseconds(time.into_std()));
        metadata.is_file() && metadata.len() == size && now == Some(modified)
    }

    /// Makes the part of an entry with this safe path, and the folders it lies in, or gives the part that was found. Blocks.
    ///
    /// # Errors
    /// [`DiskError::UnsafePath`] for what is no plain relative path; else why it cannot be written.
    pub fn create(&self, entry: u32, path: &[String], size: u64) -> Result<Part, DiskError> {
        if let Some(part) = self.take_found(entry) {
            return Ok(part);
        }
        let place = self.place(path)?;
        let name = not_a_journals(path.last().ok_or(DiskError::UnsafePath)?);
        let note = self.journal.get().map(|journal| Note { journal: Arc::clone(journal), entry });
        Part::create(place, &name, self.transfer, size, note)
    }

    /// Takes the part that was found of an entry.
    pub fn take_found(&self, entry: u32) -> Option<Part> {
        self.found.lock().unwrap_or_else(PoisonError::into_inner).remove(&entry)
    }

    /// Nothing unfinished is to stay, whatever [`IncomingFiles::close`] is told.
    pub fn give_up(&self) {
        self.is_unwanted.store(true, Ordering::Relaxed);
    }

    /// Ends the transfer: with `keep`, what is unfinished stays for a later session; without, nothing of it does. Blocks.
    pub fn close(self, keep: bool) {
        let keep = keep && !self.is_unwanted.into_inner();
        for part in self.found.into_inner().unwrap_or_else(PoisonError::into_inner).into_values() {
            if keep { part.keep() } else { part.discard() }
        }
        // Before the folders they lie in.
        if !keep && let Some(journal) = self.journal.get() {
            journal.remove_left();
        }
        remove_empty_folders(&self.folder.dir, self.tops.into_inner().unwrap_or_else(PoisonError::into_inner));
        // Parts that still hold it are gone by now; a stray one costs a journal that stays.
        if let Some(journal) = self.journal.into_inner().and_then(Arc::into_inner) {
            journal.close(keep);
        }
    }

    /// The folder an entry lies in, made where it is not there.
    fn place(&self, path: &[String]) -> Result<Place, DiskError> {
        if path.iter().any(|component| !is_plain(component)) {
            return Err(DiskError::UnsafePath);
        }
        let (_, folders) = path.split_last().ok_or(DiskError::UnsafePath)?;
        let Some((top, below)) = folders.split_first() else {
            let (dir, shown) = (Arc::clone(&self.folder.dir), self.folder.path.clone());
            return Ok(Place { dir, shown, below: Vec::new() });
        };
        let top = self.top(top)?;
        let shown = self.folder.path.join(&top.name);
        let names = [std::slice::from_ref(&top.name), below].concat();
        if below.is_empty() {
            return Ok(Place { dir: top.dir, shown, below: names });
        }
        let relative: PathBuf = below.iter().collect();
        top.dir.create_dir_all(&relative).map_err(DiskError::writing)?;
        let dir = Arc::new(top.dir.open_dir(&relative).map_err(DiskError::writing)?);
        Ok(Place { dir, shown: shown.join(relative), below: names })
    }

    fn top(&self, offered: &str) -> Result<Top, DiskError> {
        let mut tops = self.tops.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(top) = tops.get(offered) {
            return Ok(top.clone());
        }
        for n in 0..ATTEMPTS {
            let name = numbered(&not_a_journals(offered), n);
            match self.folder.dir.create_dir(&name) {
                Ok(()) => {
                    let dir = Arc::new(self.folder.dir.open_dir(&name).map_err(DiskError::writing)?);
                    let top = Top { name, dir };
                    if let Some(journal) = self.journal.get() {
                        journal.add(&Line::Top { offered: offered.to_owned(), made: top.name.clone() });
                    }
                    tops.insert(offered.to_owned(), top.clone());
                    return Ok(top);
                }
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                Err(error) => return Err(DiskError::writing(error)),
            }
        }
        Err(DiskError::writing(io::ErrorKind::AlreadyExists.into()))
    }
}

/// Removes the folders made for a transfer as far as nothing is in them.
fn remove_empty_folders(dir: &Dir, tops: HashMap<String, Top>) {
    for top in tops.into_values() {
        drop(top.dir);
        remove_if_empty(dir, &top.name);
    }
}

/// Removes a folder in which there are no files.
pub(super) fn remove_if_empty(dir: &Dir, name: &str) {
    if dir.open_dir(name).is_ok_and(|below| prune(&below, 0)) {
        // Not empty after all, or gone: both are fine, nothing of value is lost either way.
        let _ = dir.remove_dir(name);
    }
}

/// Removes empty folders below `dir`; true when nothing is left in it.
fn prune(dir: &Dir, depth: usize) -> bool {
    if depth > parlor_protocol::limits::PATH_COMPONENTS {
        return false;
    }
    let Ok(entries) = dir.entries() else { return false };
    let mut empty = true;
    for entry in entries {
        let removed = entry.is_ok_and(|entry| {
            entry.file_type().is_ok_and(|kind| kind.is_dir())
                && entry.open_dir().is_ok_and(|below| prune(&below, depth + 1))
                && dir.remove_dir(entry.file_name()).is_ok()
        });
        empty &= removed;
    }
    empty
}

/// A single, ordinary component on every system this builds for.
pub(super) fn is_plain(component: &str) -> bool {
    !component.is_empty() && component != "." && component != ".." && !component.contains(['/', '\\', '\0', ':'])
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn components(path: &str) -> Vec<String> {
        path.split('/').map(str::to_owned).collect()
    }

    #[test]
    fn an_existing_file_is_stepped_aside_from() {
        let home = tempfile::tempdir().unwrap();
        fs::write(home.path().join("a.txt"), "old").unwrap();
        let incoming = ReceivingFolder::open(home.path()).unwrap().incoming(TransferId([1; 16]));
        let mut part = incoming.create(0, &components("a.txt"), 3).unwrap();
        part.write(0, b"new", &[0; 32]).unwrap();
        let path = part.finish(Some(1_000)).unwrap();
        assert_eq!(path, std::path::absolute(home.path().join("a (1).txt")).unwrap());
        assert_eq!(fs::read_to_string(home.path().join("a.txt")).unwrap(), "old");
        assert_eq!(fs::read_to_string(&path).unwrap(), "new");
        let modified = fs::metadata(&path).unwrap().modified().unwrap();
        assert_eq!(modified.duration_since(std::time::UNIX_EPOCH).unwrap().as_millis(), 1_000);
        assert_eq!(fs::read_dir(home.path()).unwrap().count(), 2, "no part is left");
    }

    #[test]
    fn an_existing_folder_is_stepped_aside_from_once_for_all_its_files() {
        let home = tempfile::tempdir().unwrap();
        fs::create_dir(home.path().join("photos")).unwrap();
        let incoming = ReceivingFolder::open(home.path()).unwrap().incoming(TransferId([1; 16]));
        for path in ["photos/a", "photos/x/y/b"] {
            incoming.create(0, &components(path), 0).unwrap().finish(None).unwrap();
        }
        assert!(home.path().join("photos (1)/a").is_file());
        assert!(home.path().join("photos (1)/x/y/b").is_file());
        assert_eq!(fs::read_dir(home.path().join("photos")).unwrap().count(), 0);
    }

    #[test]
    fn a_discarded_part_leaves_nothing_behind() {
        let home = tempfile::tempdir().unwrap();
        let incoming = ReceivingFolder::open(home.path()).unwrap().incoming(TransferId([1; 16]));
        let mut part = incoming.create(0, &components("photos/x/a"), 5).unwrap();
        part.write(0, b"12345", &[0; 32]).unwrap();
        part.discard();
        incoming.close(true);
        assert_eq!(fs::read_dir(home.path()).unwrap().count(), 0);
    }

    #[test]
    fn removing_empty_folders_keeps_what_holds_a_file() {
        let home = tempfile::tempdir().unwrap();
        let incoming = ReceivingFolder::open(home.path()).unwrap().incoming(TransferId([1; 16]));
        incoming.create(0, &components("photos/x/a"), 0).unwrap().finish(None).unwrap();
        incoming.create(0, &components("photos/y/b"), 0).unwrap().discard();
        incoming.close(true);
        assert!(home.path().join("photos/x/a").is_file());
        assert!(!home.path().join("photos/y").exists());
    }

    #[test]
    fn a_path_that_leads_out_is_refused() {
        let home = tempfile::tempdir().unwrap();
        let incoming = ReceivingFolder::open(&home.path().join("in")).unwrap().incoming(TransferId([1; 16]));
        for path in [vec![], components("../a"), components("/a"), components("x/../../a"), vec!["a/b".to_owned()]] {
            assert!(matches!(incoming.create(0, &path, 0), Err(DiskError::UnsafePath)), "{path:?}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn a_link_lying_in_the_folder_leads_nowhere() {
        let home = tempfile::tempdir().unwrap();
        let (inside, outside) = (home.path().join("in"), home.path().join("out"));
        fs::create_dir(&outside).unwrap();
        let incoming = ReceivingFolder::open(&inside).unwrap().incoming(TransferId([1; 16]));
        incoming.create(0, &components("photos/a"), 0).unwrap().finish(None).unwrap();
        std::os::unix::fs::symlink(&outside, inside.join("photos/x")).unwrap();
        assert!(incoming.create(0, &components("photos/x/b"), 0).is_err());
        assert_eq!(fs::read_dir(&outside).unwrap().count(), 0);
    }
}
