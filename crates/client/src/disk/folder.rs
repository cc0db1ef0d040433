//! The folder received files go to, and the one place that opens anything in it.
//!
//! Everything happens below a `cap-std` handle of the folder, so that neither a peer's file name nor a link lying in the
//! folder leads out of it. A transfer that brings a folder gets a folder of its own: when the name is taken, `photos (1)`.

use std::{
    collections::HashMap,
    io,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
};

use cap_std::{ambient_authority, fs::Dir};
use parlor_protocol::id::TransferId;

use super::{
    DiskError, Part,
    numbered::{ATTEMPTS, numbered},
};

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

    /// Makes ready for the files of one transfer. Touches nothing yet.
    pub fn incoming(&self, transfer: TransferId) -> IncomingFiles {
        IncomingFiles { folder: self.clone(), transfer, tops: Mutex::default() }
    }
}

/// The files of one transfer on their way in.
#[derive(Debug)]
pub struct IncomingFiles {
    folder: ReceivingFolder,
    transfer: TransferId,
    /// Offered top folder → the one made for it.
    tops: Mutex<HashMap<String, Top>>,
}

#[derive(Debug, Clone)]
struct Top {
    name: String,
    dir: Arc<Dir>,
}

impl IncomingFiles {
    /// Makes the part of the entry with this safe path, and the folders it lies in. Blocks.
    ///
    /// # Errors
    /// [`DiskError::UnsafePath`] for what is no plain relative path; else why it cannot be written.
    pub fn create(&self, path: &[String], size: u64) -> Result<Part, DiskError> {
        if path.iter().any(|component| !is_plain(component)) {
            return Err(DiskError::UnsafePath);
        }
        let (name, folders) = path.split_last().ok_or(DiskError::UnsafePath)?;
        let Some((top, below)) = folders.split_first() else {
            return Part::create(Arc::clone(&self.folder.dir), self.folder.path.clone(), name, self.transfer, size);
        };
        let top = self.top(top)?;
        let mut shown = self.folder.path.join(&top.name);
        if below.is_empty() {
            return Part::create(top.dir, shown, name, self.transfer, size);
        }
        let relative: PathBuf = below.iter().collect();
        top.dir.create_dir_all(&relative).map_err(DiskError::writing)?;
        let dir = top.dir.open_dir(&relative).map_err(DiskError::writing)?;
        shown.push(relative);
        Part::create(Arc::new(dir), shown, name, self.transfer, size)
    }

    /// Removes the folders made for the transfer as far as nothing is in them. Blocks.
    pub fn remove_empty_folders(&self) {
        let tops = std::mem::take(&mut *self.tops.lock().unwrap_or_else(PoisonError::into_inner));
        for top in tops.into_values() {
            if prune(&top.dir, 0) {
                drop(top.dir);
                // Not empty after all, or gone: both are fine, nothing of value is lost either way.
                let _ = self.folder.dir.remove_dir(&top.name);
            }
        }
    }

    fn top(&self, offered: &str) -> Result<Top, DiskError> {
        let mut tops = self.tops.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(top) = tops.get(offered) {
            return Ok(top.clone());
        }
        for n in 0..ATTEMPTS {
            let name = numbered(offered, n);
            match self.folder.dir.create_dir(&name) {
                Ok(()) => {
                    let dir = Arc::new(self.folder.dir.open_dir(&name).map_err(DiskError::writing)?);
                    let top = Top { name, dir };
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
fn is_plain(component: &str) -> bool {
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
        let part = incoming.create(&components("a.txt"), 3).unwrap();
        part.write(0, b"new").unwrap();
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
            incoming.create(&components(path), 0).unwrap().finish(None).unwrap();
        }
        assert!(home.path().join("photos (1)/a").is_file());
        assert!(home.path().join("photos (1)/x/y/b").is_file());
        assert_eq!(fs::read_dir(home.path().join("photos")).unwrap().count(), 0);
    }

    #[test]
    fn a_discarded_part_leaves_nothing_behind() {
        let home = tempfile::tempdir().unwrap();
        let incoming = ReceivingFolder::open(home.path()).unwrap().incoming(TransferId([1; 16]));
        let part = incoming.create(&components("photos/x/a"), 5).unwrap();
        part.write(0, b"12345").unwrap();
        part.discard();
        incoming.remove_empty_folders();
        assert_eq!(fs::read_dir(home.path()).unwrap().count(), 0);
    }

    #[test]
    fn removing_empty_folders_keeps_what_holds_a_file() {
        let home = tempfile::tempdir().unwrap();
        let incoming = ReceivingFolder::open(home.path()).unwrap().incoming(TransferId([1; 16]));
        incoming.create(&components("photos/x/a"), 0).unwrap().finish(None).unwrap();
        incoming.create(&components("photos/y/b"), 0).unwrap().discard();
        incoming.remove_empty_folders();
        assert!(home.path().join("photos/x/a").is_file());
        assert!(!home.path().join("photos/y").exists());
    }

    #[test]
    fn a_path_that_leads_out_is_refused() {
        let home = tempfile::tempdir().unwrap();
        let incoming = ReceivingFolder::open(&home.path().join("in")).unwrap().incoming(TransferId([1; 16]));
        for path in [vec![], components("../a"), components("/a"), components("x/../../a"), vec!["a/b".to_owned()]] {
            assert!(matches!(incoming.create(&path, 0), Err(DiskError::UnsafePath)), "{path:?}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn a_link_lying_in_the_folder_leads_nowhere() {
        let home = tempfile::tempdir().unwrap();
        let (inside, outside) = (home.path().join("in"), home.path().join("out"));
        fs::create_dir(&outside).unwrap();
        let incoming = ReceivingFolder::open(&inside).unwrap().incoming(TransferId([1; 16]));
        incoming.create(&components("photos/a"), 0).unwrap().finish(None).unwrap();
        std::os::unix::fs::symlink(&outside, inside.join("photos/x")).unwrap();
        assert!(incoming.create(&components("photos/x/b"), 0).is_err());
        assert_eq!(fs::read_dir(&outside).unwrap().count(), 0);
    }
}
