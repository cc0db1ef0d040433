//! A picked path, turned into the entries an offer lists.
//!
//! A file is one entry; a folder is every file below it, in the order of their names, with the folder's own name first in
//! each path. Symbolic links inside a folder are left out: what they point at was not picked. So are devices and pipes.

use std::{
    fs::{self, Metadata},
    io,
    path::{Path, PathBuf},
    time::{SystemTime, UNIX_EPOCH},
};

use parlor_protocol::{
    control::OfferedEntry,
    limits::{COMPONENT_BYTES, OFFER_ENTRIES, PATH_BYTES, PATH_COMPONENTS, SAFE_INTEGER},
};

use super::{DiskError, source::Stamp};

/// A file found under a picked path.
#[derive(Debug, Clone)]
pub struct Found {
    /// Where it lies.
    pub path: PathBuf,
    /// How it is offered.
    pub entry: OfferedEntry,
    /// What it was when it was found.
    pub stamp: Stamp,
}

impl Found {
    /// The same file as it is now. Blocks.
    ///
    /// # Errors
    /// Why it cannot be offered any more.
    pub fn again(self) -> Result<Self, DiskError> {
        let metadata = fs::metadata(&self.path).map_err(|error| DiskError::reading(&self.path, error))?;
        // As in [`walk`], below what was picked no link is followed.
        let mut below = self.path.ancestors().take(self.entry.path.len().saturating_sub(1));
        let is_link = |path: &Path| fs::symlink_metadata(path).is_ok_and(|metadata| metadata.is_symlink());
        if !metadata.is_file() || below.any(is_link) {
            return Err(DiskError::NotAFile { path: self.path });
        }
        let mut found = Vec::new();
        push(&mut found, self.path, self.entry.path, &metadata)?;
        found.pop().ok_or(DiskError::Changed)
    }
}

/// Lists the files of `picked`, adding to `found`. Blocks.
///
/// # Errors
/// [`DiskError::OfferLimit`] when an offer cannot hold them; else why something cannot be read.
pub fn walk(picked: &Path, found: &mut Vec<Found>) -> Result<(), DiskError> {
    // Only here a link is followed: the user named it.
    let metadata = fs::metadata(picked).map_err(|error| DiskError::reading(picked, error))?;
    let name = file_name(picked)?;
    if metadata.is_file() {
        return push(found, picked.to_owned(), vec![name], &metadata);
    }
    if !metadata.is_dir() {
        return Err(DiskError::NotAFile { path: picked.to_owned() });
    }
    let mut folders = vec![(picked.to_owned(), vec![name])];
    while let Some((folder, components)) = folders.pop() {
        if components.len() >= PATH_COMPONENTS {
            return Err(DiskError::OfferLimit("a folder is nested too deeply"));
        }
        let mut children = fs::read_dir(&folder)
            .and_then(Iterator::collect::<io::Result<Vec<_>>>)
            .map_err(|error| DiskError::reading(&folder, error))?;
        // A listing larger than any offer needs no sorting to be refused.
        if children.len() > OFFER_ENTRIES {
            return Err(DiskError::OfferLimit("more files than one offer holds"));
        }
        children.sort_by_key(fs::DirEntry::file_name);
        let mut below = Vec::new();
        for child in children {
            let path = child.path();
            let metadata = fs::symlink_metadata(&path).map_err(|error| DiskError::reading(&path, error))?;
            let mut child_components = components.clone();
            child_components.push(file_name(&path)?);
            if metadata.is_dir() {
                below.push((path, child_components));
            } else if metadata.is_file() {
                push(found, path, child_components, &metadata)?;
            }
        }
        folders.extend(below.into_iter().rev());
        if folders.len() > OFFER_ENTRIES {
            return Err(DiskError::OfferLimit("more folders than one offer holds"));
        }
    }
    Ok(())
}

/// The name of a path as it is offered; what is not UTF-8 becomes the replacement character.
pub(crate) fn file_name(path: &Path) -> Result<String, DiskError> {
    let name = match path.file_name() {
        Some(name) => name.to_owned(),
        // `.`, `..` and the like have a name once they are resolved; the root has none.
        None => path
            .canonicalize()
            .map_err(|error| DiskError::reading(path, error))?
            .file_name()
            .ok_or(DiskError::OfferLimit("the root of a file system cannot be sent"))?
            .to_owned(),
    };
    let name = name.to_string_lossy().into_owned();
    if name.len() > COMPONENT_BYTES {
        return Err(DiskError::OfferLimit("a name is too long"));
    }
    Ok(name)
}

fn push(found: &mut Vec<Found>, path: PathBuf, components: Vec<String>, metadata: &Metadata) -> Result<(), DiskError> {
    if found.len() >= OFFER_ENTRIES {
        return Err(DiskError::OfferLimit("more files than one offer holds"));
    }
    let path_bytes = components.iter().map(|component| component.len() + 1).sum::<usize>() - 1;
    if components.len() > PATH_COMPONENTS || path_bytes > PATH_BYTES {
        return Err(DiskError::OfferLimit("a path is too long"));
    }
    if metadata.len() > SAFE_INTEGER {
        return Err(DiskError::OfferLimit("a file is too large"));
    }
    let stamp = Stamp::of(metadata);
    let modified_ms = metadata.modified().ok().and_then(milliseconds);
    found.push(Found { path, entry: OfferedEntry { path: components, size: metadata.len(), modified_ms }, stamp });
    Ok(())
}

/// Milliseconds since 1970; none before that, and none beyond what JSON carries.
fn milliseconds(time: SystemTime) -> Option<u64> {
    let since = time.duration_since(UNIX_EPOCH).ok()?;
    u64::try_from(since.as_millis()).ok().filter(|ms| *ms <= SAFE_INTEGER)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_lists_its_files_in_order_and_follows_no_link() {
        let home = tempfile::tempdir().unwrap();
        let photos = home.path().join("photos");
        fs::create_dir_all(photos.join("b")).unwrap();
        fs::write(home.path().join("secret"), "secret").unwrap();
        fs::write(photos.join("c.txt"), "c").unwrap();
        fs::write(photos.join("b/2.txt"), "").unwrap();
        fs::write(photos.join("a.txt"), "aa").unwrap();
        #[cfg(unix)]
        {
            std::os::unix::fs::symlink(home.path().join("secret"), photos.join("link")).unwrap();
            std::os::unix::fs::symlink(home.path(), photos.join("loop")).unwrap();
        }
        let mut found = Vec::new();
        walk(&photos, &mut found).unwrap();
        let paths: Vec<_> = found.iter().map(|file| (file.entry.path.join("/"), file.entry.size)).collect();
        let expected = [("photos/a.txt", 2), ("photos/c.txt", 1), ("photos/b/2.txt", 0)];
        assert_eq!(paths, expected.map(|(path, size)| (path.to_owned(), size)));
    }

    #[cfg(unix)]
    #[test]
    fn a_link_that_took_the_place_of_a_file_or_folder_is_not_found_again_below_what_was_picked() {
        let home = tempfile::tempdir().unwrap();
        let photos = home.path().join("photos");
        fs::create_dir_all(photos.join("b")).unwrap();
        fs::write(photos.join("a.txt"), "a").unwrap();
        fs::write(photos.join("b/c.txt"), "c").unwrap();
        let link = home.path().join("link");
        std::os::unix::fs::symlink(&photos, &link).unwrap();
        let mut found = Vec::new();
        walk(&link, &mut found).unwrap();
        for file in found.clone() {
            file.again().unwrap();
        }
        fs::rename(photos.join("a.txt"), home.path().join("secret")).unwrap();
        std::os::unix::fs::symlink(home.path().join("secret"), photos.join("a.txt")).unwrap();
        fs::rename(photos.join("b"), home.path().join("secrets")).unwrap();
        std::os::unix::fs::symlink(home.path().join("secrets"), photos.join("b")).unwrap();
        assert_eq!(found.len(), 2);
        for file in found {
            assert!(matches!(file.again(), Err(DiskError::NotAFile { .. })));
        }
    }

    #[test]
    fn a_missing_path_is_named() {
        let error = walk(Path::new("/nonexistent/parlor"), &mut Vec::new()).unwrap_err();
        assert!(error.to_string().contains("/nonexistent/parlor"), "{error}");
    }
}
