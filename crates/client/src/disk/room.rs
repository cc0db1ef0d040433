//! Whether there is room for a transfer on the disk of the folder it goes to.
//!
//! Promises: what is there already of the transfer is not asked for again. Leaves to others: a disk that fills up meanwhile, which shows in
//! the writes.

use cap_std::fs::Dir;
use parlor_transfer::{FoundEntry, WantedEntry, block::block_len};

/// More is to come than there is room for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shortage {
    /// Bytes to come.
    pub needed: u64,
    /// Bytes there is room for.
    pub free: u64,
}

impl Shortage {
    /// None when everything fits, or when the system does not tell.
    pub(super) fn of(dir: &Dir, entries: &[WantedEntry], found: &[FoundEntry]) -> Option<Self> {
        let (needed, free) = (still_to_come(entries, found), free_bytes(dir)?);
        (needed > free).then_some(Self { needed, free })
    }
}

fn still_to_come(entries: &[WantedEntry], found: &[FoundEntry]) -> u64 {
    let size_of = |number: u32| entries.iter().find(|entry| entry.entry == number).map_or(0, |entry| entry.size);
    let here = |found: &FoundEntry| {
        let size = size_of(found.entry);
        let blocks = found.blocks.as_ref();
        blocks.map_or(size, |blocks| blocks.iter().map(|(block, _)| u64::from(block_len(size, *block))).sum())
    };
    let wanted = entries.iter().filter(|entry| !entry.is_declined).map(|entry| entry.size).fold(0, u64::saturating_add);
    wanted.saturating_sub(found.iter().map(here).fold(0, u64::saturating_add))
}

/// For a user without special rights.
#[cfg(unix)]
fn free_bytes(dir: &Dir) -> Option<u64> {
    let disk = rustix::fs::fstatvfs(dir).ok()?;
    Some(disk.f_bavail.saturating_mul(disk.f_frsize))
}

#[cfg(not(unix))]
fn free_bytes(_: &Dir) -> Option<u64> {
    None
}

#[cfg(test)]
mod tests {
    use parlor_transfer::SafeNames;

    use super::*;

    #[test]
    fn what_is_there_or_declined_is_not_asked_for() {
        const MIB: u64 = 1024 * 1024;
        let mut names = SafeNames::new();
        let mut entry = |entry: u32, size: u64, is_declined: bool| WantedEntry {
            entry,
            path: names.add(&[entry.to_string()]).unwrap(),
            size,
            modified_ms: None,
            is_declined,
        };
        let entries = [entry(0, 3 * MIB + 5, false), entry(1, 7, false), entry(2, u64::MAX, true), entry(3, 9, false)];
        let found = [
            FoundEntry { entry: 0, blocks: Some(vec![(1, [0; 32]), (3, [0; 32])]) },
            FoundEntry { entry: 1, blocks: None },
        ];
        assert_eq!(still_to_come(&entries, &found), 2 * MIB + 9);
    }

    #[cfg(unix)]
    #[test]
    fn a_disk_says_how_much_is_free() {
        let home = tempfile::tempdir().unwrap();
        let dir = Dir::open_ambient_dir(home.path(), cap_std::ambient_authority()).unwrap();
        assert!(free_bytes(&dir).unwrap() > 0);
        let mut names = SafeNames::new();
        let path = names.add(&["a".into()]).unwrap();
        let all = WantedEntry { entry: 0, path, size: u64::MAX, modified_ms: None, is_declined: false };
        let shortage = Shortage::of(&dir, &[all], &[]).unwrap();
        assert_eq!(shortage.needed, u64::MAX);
    }
}
