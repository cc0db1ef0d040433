//! A file being sent: read at any offset, and refused as changed as soon as it is not what was offered.

use std::{
    fs::{File, Metadata, OpenOptions},
    io,
    path::{Path, PathBuf},
    time::SystemTime,
};

use bytes::{Bytes, BytesMut};

use super::DiskError;

/// What tells one content of a file from another without reading it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stamp {
    size: u64,
    modified: Option<SystemTime>,
    /// Device and inode: a file replaced by another of the same size and time is another.
    identity: Option<(u64, u64)>,
}

impl Stamp {
    /// Of a file as it is now.
    pub fn of(metadata: &Metadata) -> Self {
        #[cfg(unix)]
        let identity = {
            use std::os::unix::fs::MetadataExt;
            Some((metadata.dev(), metadata.ino()))
        };
        #[cfg(not(unix))]
        let identity = None;
        Self { size: metadata.len(), modified: metadata.modified().ok(), identity }
    }
}

/// An open file of an offer.
#[derive(Debug)]
pub struct SourceFile {
    file: File,
    path: PathBuf,
    stamp: Stamp,
}

impl SourceFile {
    /// Opens what was found as `stamp`. Blocks.
    ///
    /// # Errors
    /// [`DiskError::Changed`] when it is not the same any more.
    pub fn open(path: &Path, stamp: &Stamp) -> Result<Self, DiskError> {
        let mut options = OpenOptions::new();
        options.read(true);
        // A pipe put in the file's place must not hold the thread.
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::custom_flags(
            &mut options,
            rustix::fs::OFlags::NONBLOCK.bits().cast_signed(),
        );
        let file = options.open(path).map_err(|error| match error.kind() {
            io::ErrorKind::NotFound => DiskError::Changed,
            _ => DiskError::reading(path, error),
        })?;
        let source = Self { file, path: path.to_owned(), stamp: stamp.clone() };
        source.check()?;
        Ok(source)
    }

    /// Reads exactly `bytes` bytes at `offset`. Blocks.
    ///
    /// # Errors
    /// [`DiskError::Changed`] when size or time are not those of the offer, before or after the reading.
    pub fn read(&self, offset: u64, bytes: usize) -> Result<Bytes, DiskError> {
        let mut buffer = BytesMut::zeroed(bytes);
        read_exact_at(&self.file, &mut buffer, offset).map_err(|error| match error.kind() {
            io::ErrorKind::UnexpectedEof => DiskError::Changed,
            _ => DiskError::reading(&self.path, error),
        })?;
        // Checked after the read, so that whatever was read before a change is not passed on as the offered content.
        self.check()?;
        Ok(buffer.freeze())
    }

    fn check(&self) -> Result<(), DiskError> {
        let metadata = self.file.metadata().map_err(|error| DiskError::reading(&self.path, error))?;
        // A file without a name was replaced or removed: what is open is not what stands there.
        #[cfg(unix)]
        if std::os::unix::fs::MetadataExt::nlink(&metadata) == 0 {
            return Err(DiskError::Changed);
        }
        if metadata.is_file() && Stamp::of(&metadata) == self.stamp { Ok(()) } else { Err(DiskError::Changed) }
    }
}

#[cfg(unix)]
pub(super) fn read_exact_at(file: &File, buffer: &mut [u8], offset: u64) -> io::Result<()> {
    std::os::unix::fs::FileExt::read_exact_at(file, buffer, offset)
}

#[cfg(windows)]
pub(super) fn read_exact_at(file: &File, mut buffer: &mut [u8], mut offset: u64) -> io::Result<()> {
    while !buffer.is_empty() {
        let read = std::os::windows::fs::FileExt::seek_read(file, buffer, offset)?;
        if read == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        buffer = buffer.get_mut(read..).unwrap_or_default();
        offset += read as u64;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::{fs, io::Write};

    use super::*;

    fn open(path: &Path) -> SourceFile {
        SourceFile::open(path, &Stamp::of(&fs::metadata(path).unwrap())).unwrap()
    }

    #[test]
    fn a_file_is_read_at_any_offset() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("file");
        fs::write(&path, b"0123456789").unwrap();
        let source = open(&path);
        assert_eq!(source.read(4, 3).unwrap().as_ref(), b"456");
        assert_eq!(source.read(0, 10).unwrap().as_ref(), b"0123456789");
    }

    #[test]
    fn a_file_that_grew_shrank_or_was_replaced_is_refused_as_changed() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("file");
        fs::write(&path, b"0123456789").unwrap();
        let source = open(&path);
        fs::OpenOptions::new().append(true).open(&path).unwrap().write_all(b"more").unwrap();
        assert!(matches!(source.read(0, 4), Err(DiskError::Changed)));

        fs::write(&path, b"0123456789").unwrap();
        let source = open(&path);
        fs::OpenOptions::new().write(true).open(&path).unwrap().set_len(2).unwrap();
        assert!(matches!(source.read(0, 4), Err(DiskError::Changed)));

        #[cfg(unix)]
        {
            fs::write(&path, b"0123456789").unwrap();
            let source = open(&path);
            fs::write(home.path().join("other"), b"9876543210").unwrap();
            fs::rename(home.path().join("other"), &path).unwrap();
            assert!(matches!(source.read(0, 4), Err(DiskError::Changed)));
        }

        fs::write(&path, b"0123456789").unwrap();
        let stamp = Stamp::of(&fs::metadata(&path).unwrap());
        fs::remove_file(&path).unwrap();
        assert!(matches!(SourceFile::open(&path, &stamp), Err(DiskError::Changed)));
    }
}
