//! A private temporary folder.
//!
//! Promises: only its owner can look inside; it is gone, with everything in it, when the value is.
//! Leaves to others: ending the program in a way that drops the value. A process that is killed leaves its folder behind.

use std::{
    fs::{File, OpenOptions},
    io,
    path::{Path, PathBuf},
};

use tempfile::TempDir;

/// What its names begin with.
const PREFIX: &str = "parlor-cli-";

/// The folder.
#[derive(Debug)]
pub struct Scratch {
    dir: TempDir,
}

impl Scratch {
    /// Makes it where `TMPDIR` says, else in the user's cache: what lies there may be large, and `/tmp` is often memory.
    ///
    /// # Errors
    /// [`ScratchError`].
    pub fn make() -> Result<Self, ScratchError> {
        let place = place();
        let mut builder = tempfile::Builder::new();
        builder.prefix(PREFIX);
        #[cfg(unix)]
        {
            use std::{fs::Permissions, os::unix::fs::PermissionsExt as _};
            builder.permissions(Permissions::from_mode(0o700));
        }
        match builder.tempdir_in(&place) {
            Ok(dir) => Ok(Self { dir }),
            Err(source) => Err(ScratchError { place, source }),
        }
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        self.dir.path()
    }

    /// Makes a file that only its owner can read.
    ///
    /// # Errors
    /// Why it cannot be made.
    pub fn create(&self, name: &str) -> io::Result<(File, PathBuf)> {
        let path = self.dir.path().join(name);
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        {
            use std::os::unix::fs::OpenOptionsExt as _;
            options.mode(0o600);
        }
        Ok((options.open(&path)?, path))
    }
}

/// There is no place for a temporary folder.
#[derive(Debug, thiserror::Error)]
#[error("No temporary folder can be made in {}: {source}. Set TMPDIR to another place.", place.display())]
pub struct ScratchError {
    place: PathBuf,
    source: io::Error,
}

fn place() -> PathBuf {
    let usual = std::env::temp_dir();
    if !cfg!(unix) || std::env::var_os("TMPDIR").is_some_and(|place| !place.is_empty()) {
        return usual;
    }
    let set = std::env::var_os("XDG_CACHE_HOME").map(PathBuf::from).filter(|cache| cache.is_absolute());
    let cache = set.or_else(|| std::env::home_dir().filter(|home| home.is_absolute()).map(|home| home.join(".cache")));
    cache.filter(|cache| std::fs::create_dir_all(cache).is_ok()).unwrap_or(usual)
}

#[cfg(all(test, unix))]
mod tests {
    use std::{io::Write, os::unix::fs::PermissionsExt};

    use super::*;

    #[test]
    fn only_the_owner_can_look_inside_and_nothing_stays() {
        let scratch = Scratch::make().unwrap();
        let (mut file, path) = scratch.create("stdin").unwrap();
        file.write_all(b"secret").unwrap();
        let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!((mode(scratch.path()), mode(&path)), (0o700, 0o600));
        assert!(scratch.create("stdin").is_err(), "nothing is replaced");
        let folder = scratch.path().to_owned();
        drop(scratch);
        assert!(!folder.exists());
    }
}
