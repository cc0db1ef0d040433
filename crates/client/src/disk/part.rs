//! A file on its way in: it lies beside its target as `….part` and gets its name only when it is whole.
//!
//! Promises: what was written begins to be made durable every [`SYNC_BYTES`], together with what the journal says of it, and is so before
//! the next such stretch begins to be.

use std::{
    fs::{File, FileTimes},
    io,
    path::{Path, PathBuf},
    sync::Arc,
    thread::{self, JoinHandle},
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use cap_std::fs::{Dir, OpenOptions, OpenOptionsExt as _};
use parlor_protocol::{
    id::TransferId,
    limits::{BLOCK_BYTES, COMPONENT_BYTES},
};
use parlor_transfer::block::{Hash, block_len, block_offset, block_proof};

use super::{
    DiskError,
    journal::{Journal, KnownEntry, Line, is_ours_alone},
    numbered::{ATTEMPTS, cut, numbered},
    source::read_exact_at,
};

/// Bytes written between two syncs. A power cut may cost two such stretches: one is synced while the next is written.
const SYNC_BYTES: u64 = 32 * 1024 * 1024;

/// Characters of the transfer's id in a part's name.
const TAG_CHARS: usize = 8;

/// Where a part lies: the folder's handle, its path for people, and its path below the receiving folder.
#[derive(Debug, Clone)]
pub(super) struct Place {
    pub(super) dir: Arc<Dir>,
    pub(super) shown: PathBuf,
    pub(super) below: Vec<String>,
}

/// Who writes down what becomes of a part.
#[derive(Debug, Clone)]
pub(super) struct Note {
    pub(super) journal: Arc<Journal>,
    pub(super) entry: u32,
}

/// An unfinished file. Dropped without [`Part::finish`] it stays for [`Part::discard`] or a later session.
#[derive(Debug)]
pub struct Part {
    place: Place,
    part_name: String,
    name: String,
    file: File,
    note: Option<Note>,
    /// Blocks of it can be found again by a later session.
    is_continuable: bool,
    has_blocks: bool,
    unsynced: u64,
    /// A sync under way, so that the writes need not wait for the disk; one at a time.
    syncing: Option<JoinHandle<io::Result<()>>>,
}

impl Part {
    pub(super) fn create(
        place: Place,
        name: &str,
        transfer: TransferId,
        size: u64,
        note: Option<Note>,
    ) -> Result<Self, DiskError> {
        let mut options = OpenOptions::new();
        options.write(true).read(true).create_new(true);
        let tag = transfer.to_string();
        let tag = cut(&tag, TAG_CHARS);
        for n in 0..ATTEMPTS {
            let suffix = if n == 0 { format!(".{tag}.part") } else { format!(".{tag}-{n}.part") };
            let part_name = format!("{}{suffix}", cut(name, COMPONENT_BYTES.saturating_sub(suffix.len())));
            // Before it is there, so that a later session knows of every part.
            if let Some(Note { journal, entry }) = &note {
                let path = place.below.iter().chain([&part_name]).cloned().collect();
                journal.add(&Line::Part { entry: *entry, path });
            }
            match place.dir.open_with(&part_name, &options) {
                Ok(file) => {
                    // A single block is sent again sooner than it is found.
                    let is_continuable = size > u64::from(BLOCK_BYTES);
                    let (name, file) = (name.to_owned(), file.into_std());
                    let part = Self {
                        place,
                        part_name,
                        name,
                        file,
                        note,
                        is_continuable,
                        has_blocks: false,
                        unsynced: 0,
                        syncing: None,
                    };
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

    /// Opens the part an earlier session left of an entry of `size` bytes, and gives the blocks of it that are what the journal says.
    /// None when there is none. Blocks, for as long as the part takes to be hashed.
    pub(super) fn find(
        place: Place,
        name: &str,
        size: u64,
        known: &KnownEntry,
        note: Note,
    ) -> Option<(Self, Vec<(u32, Hash)>)> {
        let part_name = known
            .part
            .as_ref()?
            .last()
            .filter(|part| part_stem(part).is_some_and(|stem| name.starts_with(stem)))?
            .clone();
        let file = open_ours(&place.dir, Path::new(&part_name), true)?;
        give_back(&file);
        let blocks = known_blocks(&file, size, known);
        let (name, note, has_blocks) = (name.to_owned(), Some(note), !blocks.is_empty());
        let part =
            Self { place, part_name, name, file, note, is_continuable: true, has_blocks, unsynced: 0, syncing: None };
        if blocks.is_empty() {
            part.discard();
            return None;
        }
        Some((part, blocks))
    }

    /// Writes a block whose hash is `proof`. Blocks.
    ///
    /// # Errors
    /// [`DiskError::NoSpace`] or [`DiskError::Unwritable`].
    pub fn write(&mut self, block: u32, bytes: &[u8], proof: &Hash) -> Result<(), DiskError> {
        write_all_at(&self.file, bytes, block_offset(block)).map_err(DiskError::writing)?;
        let Some(Note { journal, entry }) = self.note.as_ref().filter(|_| self.is_continuable) else { return Ok(()) };
        let hash = blake3::Hash::from_bytes(*proof).to_string();
        journal.add(&Line::Block { entry: *entry, block, hash });
        self.has_blocks = true;
        self.unsynced += bytes.len() as u64;
        if self.unsynced >= SYNC_BYTES {
            self.unsynced = 0;
            let (journal, file) = (Arc::clone(journal), self.file.try_clone().map_err(DiskError::writing)?);
            self.synced()?;
            let work = {
                let journal = Arc::clone(&journal);
                move || make_durable(&file, &journal)
            };
            match thread::Builder::new().name("parlor-sync".to_owned()).spawn(work) {
                Ok(syncing) => self.syncing = Some(syncing),
                // The system has no thread to give: the writes wait for the disk.
                Err(_) => make_durable(&self.file, &journal).map_err(DiskError::writing)?,
            }
        }
        Ok(())
    }

    /// Waits for the sync under way: the next waits for the last, so that a slow disk slows the peer.
    fn synced(&mut self) -> Result<(), DiskError> {
        let Some(syncing) = self.syncing.take() else { return Ok(()) };
        let synced = syncing.join().unwrap_or_else(|_| Err(io::Error::other("a sync panicked")));
        synced.map_err(DiskError::writing)
    }

    /// Leaves the part for a later session, if there is anything in it that one can use. Blocks.
    pub fn keep(mut self) {
        if !self.has_blocks {
            return self.discard();
        }
        if let Err(error) = self.synced() {
            tracing::debug!(%error, "a part could not be synced");
        }
        give_back(&self.file);
        if let Err(error) = self.file.sync_data() {
            tracing::debug!(kind = ?error.kind(), "a part could not be synced");
        }
        if let Some(Note { journal, .. }) = self.note {
            journal.leave(self.place.dir, self.part_name);
        }
    }

    /// Makes the part durable, gives it its name or the next free numbered one, and makes that durable too where the folder allows it. Blocks.
    ///
    /// # Errors
    /// Why it could not be finished. What is proven of it stays for a later session.
    pub fn finish(mut self, modified_ms: Option<u64>) -> Result<PathBuf, DiskError> {
        match self.synced().and_then(|()| self.settle(modified_ms)) {
            Ok(path) => Ok(path),
            Err(error) => {
                self.keep();
                Err(error)
            }
        }
    }

    /// Removes the part. Blocks. A part that cannot be removed stays behind as what its name says.
    pub fn discard(mut self) {
        if let Err(error) = self.synced() {
            tracing::debug!(%error, "a part could not be synced");
        }
        drop(self.file);
        if let Err(error) = self.place.dir.remove_file(&self.part_name) {
            tracing::debug!(kind = ?error.kind(), "a part stayed behind");
        }
        if let Some(Note { journal, entry }) = self.note {
            journal.add(&Line::Gone { entry });
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
            match rename_without_replacing(&self.place.dir, &self.part_name, &name) {
                Ok(()) => {
                    // The file stands whole under its name: what a crash could still take of it does not make it fail.
                    if let Err(error) = sync_folder(&self.place.dir) {
                        tracing::warn!(kind = ?error.kind(), "a folder could not be synced");
                    }
                    self.note_file(&name);
                    return Ok(self.place.shown.join(name));
                }
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                Err(error) => return Err(DiskError::writing(error)),
            }
        }
        Err(DiskError::writing(io::ErrorKind::AlreadyExists.into()))
    }

    fn note_file(&self, name: &str) {
        let Some(Note { journal, entry }) = &self.note else { return };
        let modified = self.file.metadata().and_then(|metadata| metadata.modified());
        let Some(modified_ms) = modified.ok().and_then(milliseconds) else { return };
        let path = self.place.below.iter().map(String::as_str).chain([name]).map(str::to_owned).collect();
        journal.add(&Line::File { entry: *entry, path, modified_ms });
    }
}

/// Opens a file that is not a link and has no other name; none where there is no such file.
pub(super) fn open_ours(dir: &Dir, path: &Path, to_write: bool) -> Option<File> {
    let mut options = OpenOptions::new();
    options.read(true).write(to_write);
    #[cfg(unix)]
    options.custom_flags((rustix::fs::OFlags::NOFOLLOW | rustix::fs::OFlags::NONBLOCK).bits().cast_signed());
    let file = dir.open_with(path, &options).ok()?.into_std();
    is_ours_alone(&file).unwrap_or(false).then_some(file)
}

/// The blocks of a file of `size` bytes that are what a journal says of them. Blocks, for as long as they take to be hashed.
pub(super) fn known_blocks(file: &File, size: u64, known: &KnownEntry) -> Vec<(u32, Hash)> {
    let mut buffer = vec![0; BLOCK_BYTES as usize];
    let mut blocks = Vec::new();
    for (block, hash) in &known.blocks {
        let len = block_len(size, *block) as usize;
        let Some(bytes) = buffer.get_mut(..len).filter(|bytes| !bytes.is_empty()) else { continue };
        let is_there =
            read_exact_at(file, bytes, block_offset(*block)).is_ok() && block_proof(bytes) == *hash.as_bytes();
        if is_there {
            blocks.push((*block, *hash.as_bytes()));
        }
    }
    blocks
}

fn make_durable(file: &File, journal: &Journal) -> io::Result<()> {
    file.sync_data()?;
    journal.sync();
    make_room_in_memory(file);
    Ok(())
}

/// What is on the disk need not stay in the system's cache: a file larger than memory would push out everything else, and each new page
/// costs more than one that is used again.
fn make_room_in_memory(file: &File) {
    #[cfg(target_os = "linux")]
    if let Err(error) = rustix::fs::fadvise(file, 0, None, rustix::fs::Advice::DontNeed) {
        tracing::debug!(%error, "what was written stays cached");
    }
    #[cfg(not(target_os = "linux"))]
    let _ = file;
}

/// A file's time as a journal has it, milliseconds since 1970; none for one of before.
pub(super) fn milliseconds(time: SystemTime) -> Option<u64> {
    u64::try_from(time.duration_since(UNIX_EPOCH).ok()?.as_millis()).ok()
}

/// What stands before the mark of a transfer in a name that [`Part::create`] gives; none for any other name.
pub(super) fn part_stem(part: &str) -> Option<&str> {
    let (stem, mark) = part.strip_suffix(".part")?.rsplit_once('.')?;
    let (tag, n) = mark.split_once('-').unwrap_or((mark, "0"));
    let is_mark = tag.len() == TAG_CHARS
        && tag.bytes().all(|byte| byte.is_ascii_hexdigit())
        && !n.is_empty()
        && n.bytes().all(|byte| byte.is_ascii_digit());
    (is_mark && !stem.is_empty()).then_some(stem)
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

/// Gives back what was reserved behind the last byte that came, so that it counts as free until it is written.
fn give_back(file: &File) {
    if let Err(error) = file.metadata().and_then(|metadata| file.set_len(metadata.len())) {
        tracing::debug!(kind = ?error.kind(), "what a part had reserved stays reserved");
    }
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
