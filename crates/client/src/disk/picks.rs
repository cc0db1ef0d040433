//! Files the user picked, behind numbers: a screen never holds a path, and so cannot name one that was not picked.

use std::{
    collections::HashMap,
    path::{Path, PathBuf},
};

use parlor_protocol::host::PickedFile;

use super::{DiskError, Found, walk, walk::file_name};

/// Picks kept at once. A page that asks for more is not a person at work.
pub const PICKS: usize = 4_096;

/// The picked files of one stay in a room.
#[derive(Debug, Default)]
pub struct Picks {
    paths: HashMap<u32, PathBuf>,
    last: u32,
}

impl Picks {
    /// Keeps `path` under a new handle. `size` is what [`measure`] found.
    ///
    /// # Errors
    /// [`DiskError::TooManyPicks`] beyond [`PICKS`].
    pub fn keep(&mut self, path: PathBuf, size: u64) -> Result<PickedFile, DiskError> {
        if self.paths.len() >= PICKS {
            return Err(DiskError::TooManyPicks);
        }
        let name = file_name(&path)?;
        self.last = self.last.wrapping_add(1);
        self.paths.insert(self.last, path);
        Ok(PickedFile { handle: self.last, name, size })
    }

    /// The paths behind `handles`, in their order.
    ///
    /// # Errors
    /// [`DiskError::NoSuchPick`] for a handle never given out.
    pub fn paths(&self, handles: &[u32]) -> Result<Vec<PathBuf>, DiskError> {
        handles.iter().map(|handle| self.paths.get(handle).cloned().ok_or(DiskError::NoSuchPick(*handle))).collect()
    }
}

/// Bytes of everything below `path`. Blocks.
///
/// # Errors
/// As [`walk`].
pub fn measure(path: &Path) -> Result<u64, DiskError> {
    let mut found = Vec::new();
    walk(path, &mut found)?;
    Ok(total_bytes(&found))
}

/// Every file of `paths`, as one offer lists them. Blocks.
///
/// # Errors
/// As [`walk`]; [`DiskError::OfferLimit`] when there is nothing to offer.
pub fn list(paths: &[PathBuf]) -> Result<Vec<Found>, DiskError> {
    let mut found = Vec::new();
    for path in paths {
        walk(path, &mut found)?;
    }
    if found.is_empty() {
        return Err(DiskError::OfferLimit("there is no file to send"));
    }
    Ok(found)
}

fn total_bytes(found: &[Found]) -> u64 {
    found.iter().map(|file| file.entry.size).fold(0, u64::saturating_add)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_handle_names_only_what_was_picked() {
        let mut picks = Picks::default();
        let picked = picks.keep("/home/a/notes.txt".into(), 3).unwrap();
        assert_eq!((picked.name.as_str(), picked.size), ("notes.txt", 3));
        assert_eq!(picks.paths(&[picked.handle]).unwrap(), [PathBuf::from("/home/a/notes.txt")]);
        assert!(matches!(picks.paths(&[picked.handle + 1]), Err(DiskError::NoSuchPick(_))));
    }

    #[test]
    fn picks_are_bounded() {
        let mut picks = Picks::default();
        for _ in 0..PICKS {
            picks.keep("a".into(), 0).unwrap();
        }
        assert!(matches!(picks.keep("a".into(), 0), Err(DiskError::TooManyPicks)));
    }
}
