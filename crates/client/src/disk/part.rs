//! A file on its way in: it lies beside its target as `….part` and gets its name only when it is whole.

use std::{
    fs::{File, FileTimes},
    io,
    path::PathBuf,
    sync::Arc,
    time::{Duration, UNIX_EPOCH},
};

use cap_std::fs::{Dir, OpenOptions};
use parlor_protocol::{id::TransferId, limits::COMPONENT_BYTES};

use super::{
    DiskError,
    numbered::{ATTEMPTS, cut, numbered},
};

/// An unfinished file. Dropped without [`Part::finish`] it stays for [`Part::discard`] to remove.
#[derive(Debug)]
pub struct Part {
    dir: Arc<Dir>,
    folder: PathBuf,
    part_name: String,
    name: String,
    file: File,
}

impl Part {
    pub(super) fn create(
        dir: Arc<Dir>,
        folder: PathBuf,
        name: &str,
        transfer: TransferId,
        size: u64,
    ) -> Result<Self, DiskError> {
        let mut options = OpenOptions::new();
        options.write(true).read(true).create_new(true);
        let tag = transfer.to_string();
        let tag = cut(&tag, 8);
        for n in 0..ATTEMPTS {
            let suffix = if n == 0 { format!(".{tag}.part") } else { format!(".{tag}-{n}.part") };
            let part_name = format!("{}{suffix}", cut(name, COMPONENT_BYTES.saturating_sub(suffix.len())));
            match dir.open_with(&part_name, &options) {
                Ok(file) => {
                    let part = Self { dir, folder, part_name, name: name.to_owned(), file: file.into_std() };
                    // A disk that cannot hold the file says so now where the file system can reserve, not at the end.
                    if let Err(error) = reserve(&part.file, size) {
                        part.discard();
                        return Err(error);
                    }
                    return Ok(part);
                }
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                Err(error) => return Err(DiskError::writing(error)),
            }
        }
        Err(DiskError::writing(io::ErrorKind::AlreadyExists.into()))
    }

    /// Writes `bytes` at `offset`. Blocks.
    ///
    /// # Errors
    /// [`DiskError::NoSpace`] or [`DiskError::Unwritable`].
    pub fn write(&self, offset: u64, bytes: &[u8]) -> Result<(), DiskError> {
        write_all_at(&self.file, bytes, offset).map_err(DiskError::writing)
    }

    /// Makes the part durable, gives it its name or the next free numbered one, and makes that durable too where the folder allows it. Blocks.
    ///
    /// # Errors
    /// The part is removed, and why it could not be finished is told.
    pub fn finish(self, modified_ms: Option<u64>) -> Result<PathBuf, DiskError> {
        match self.settle(modified_ms) {
            Ok(path) => Ok(path),
            Err(error) => {
                self.discard();
                Err(error)
            }
        }
    }

    /// Removes the part. Blocks. A part that cannot be removed stays behind as what its name says.
    pub fn discard(self) {
        drop(self.file);
        if let Err(error) = self.dir.remove_file(&self.part_name) {
            tracing::debug!(kind = ?error.kind(), "a part stayed behind");
        }
    }

    fn settle(&self, modified_ms: Option<u64>) -> Result<PathBuf, DiskError> {
        if let Some(modified) = modified_ms.and_then(|ms| UNIX_EPOCH.checked_add(Duration::from_millis(ms))) {
            // The time is for show: a file system that refuses it (a date beyond its range) does not lose the file.
            if let Err(error) = self.file.set_times(FileTimes::new().set_modified(modified)) {
                tracing::debug!(kind = ?error.kind(), "the file's time could not be set");
            }
        }
        self.file.sync_all().map_err(DiskError::writing)?;
        for n in 0..ATTEMPTS {
            let name = numbered(&self.name, n);
            match rename_without_replacing(&self.dir, &self.part_name, &name) {
                Ok(()) => {
                    // The file stands whole under its name: what a crash could still take of it does not make it fail.
                    if let Err(error) = sync_folder(&self.dir) {
                        tracing::warn!(kind = ?error.kind(), "a folder could not be synced");
                    }
                    return Ok(self.folder.join(name));
                }
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                Err(error) => return Err(DiskError::writing(error)),
            }
        }
        Err(DiskError::writing(io::ErrorKind::AlreadyExists.into()))
    }
}

/// Reserves space. A file system that cannot is not an error: the writes will tell.
fn reserve(file: &File, size: u64) -> Result<(), DiskError> {
    #[cfg(target_os = "linux")]
    if size > 0 {
        let outcome = rustix::fs::fallocate(file, rustix::fs::FallocateFlags::KEEP_SIZE, 0, size);
        if let Err(rustix::io::Errno::NOSPC | rustix::io::Errno::DQUOT) = outcome {
            return Err(DiskError::NoSpace);
        }
    }
    #[cfg(not(target_os = "linux"))]
    let _ = (file, size);
    Ok(())
}

#[cfg(unix)]
fn write_all_at(file: &File, bytes: &[u8], offset: u64) -> io::Result<()> {
    std::os::unix::fs::FileExt::write_all_at(file, bytes, offset)
}

#[cfg(windows)]
fn write_all_at(file: &File, mut bytes: &[u8], mut offset: u64) -> io::Result<()> {
    while !bytes.is_empty() {
        let written = std::os::windows::fs::FileExt::seek_write(file, bytes, offset)?;
        if written == 0 {
            return Err(io::ErrorKind::WriteZero.into());
        }
        bytes = bytes.get(written..).unwrap_or_default();
        offset += written as u64;
    }
    Ok(())
}

fn rename_without_replacing(dir: &Dir, from: &str, to: &str) -> io::Result<()> {
    #[cfg(any(target_os = "linux", target_os = "android", target_vendor = "apple"))]
    {
        use rustix::io::Errno;
        match rustix::fs::renameat_with(dir, from, dir, to, rustix::fs::RenameFlags::NOREPLACE) {
            // The file system does not know the flag: go the longer way.
            Err(Errno::INVAL | Errno::NOSYS | Errno::NOTSUP) => {}
            outcome => return outcome.map_err(io::Error::from),
        }
    }
    match dir.hard_link(from, dir, to) {
        Ok(()) => {
            // The file has its name; a second one that stays is litter, not a failure.
            if let Err(error) = dir.remove_file(from) {
                tracing::warn!(kind = ?error.kind(), "a part stayed behind");
            }
            Ok(())
        }
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Err(error),
        // No hard links either (FAT).
        Err(_) => rename_over_placeholder(dir, from, to),
    }
}

/// Takes the name with an empty file of our own, then puts the part over it.
fn rename_over_placeholder(dir: &Dir, from: &str, to: &str) -> io::Result<()> {
    dir.open_with(to, OpenOptions::new().write(true).create_new(true)).map(drop)?;
    dir.rename(from, dir, to).inspect_err(|_| {
        if let Err(error) = dir.remove_file(to) {
            tracing::warn!(kind = ?error.kind(), "a placeholder stayed behind");
        }
    })
}

/// Makes the names in a folder durable, where folders can be synced.
fn sync_folder(dir: &Dir) -> io::Result<()> {
    #[cfg(unix)]
    {
        use rustix::fs::{Mode, OFlags, fsync, openat};
        // The handle itself may be one for paths only, which cannot be synced.
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
        fsync(openat(dir, ".", flags, Mode::empty())?)?;
    }
    #[cfg(not(unix))]
    let _ = dir;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder() -> (tempfile::TempDir, Dir) {
        let folder = tempfile::tempdir().unwrap();
        let dir = Dir::open_ambient_dir(folder.path(), cap_std::ambient_authority()).unwrap();
        (folder, dir)
    }

    #[test]
    fn a_part_gets_its_name_over_a_placeholder() {
        let (_folder, dir) = folder();
        dir.write("a.part", b"whole").unwrap();
        rename_over_placeholder(&dir, "a.part", "a").unwrap();
        assert_eq!(dir.read("a").unwrap(), b"whole");
        assert!(!dir.exists("a.part"));
    }

    #[test]
    fn a_failed_rename_leaves_no_placeholder() {
        let (_folder, dir) = folder();
        let error = rename_over_placeholder(&dir, "missing.part", "a").unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::NotFound);
        assert!(!dir.exists("a"));
    }

    #[test]
    fn a_placeholder_is_never_put_over_a_file() {
        let (_folder, dir) = folder();
        dir.write("a.part", b"new").unwrap();
        dir.write("a", b"old").unwrap();
        let error = rename_over_placeholder(&dir, "a.part", "a").unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::AlreadyExists);
        assert_eq!(dir.read("a").unwrap(), b"old");
    }
}
