//! The key of this device, kept in a file that only its user can read.
//!
//! Promises: the same key at every start; a file that is broken or not whole is replaced, for nobody recognises a key that cannot be read;
//! two starts at once agree on one key. Leaves to others: where the file lies, and whether peers are shown the key.

use std::{
    fs::{self, OpenOptions},
    io::{self, Write},
    path::Path,
    sync::Arc,
};

use parlor_trust::DeviceKey;

use crate::random::random;

/// Bytes of the file: the seed, as it is.
const SEED_BYTES: usize = 32;

/// The key in `file`, which is made at the first call, with its folder. Blocks.
///
/// # Errors
/// The file can be neither read nor made.
pub fn device_key(file: &Path) -> io::Result<Arc<DeviceKey>> {
    let seed = match read(file)? {
        Some(seed) => seed,
        None => {
            fs::create_dir_all(file.parent().unwrap_or(Path::new(".")))?;
            make(file)?;
            read(file)?.ok_or_else(|| io::Error::other("the key of this device cannot be read back"))?
        }
    };
    Ok(Arc::new(DeviceKey::new(&seed)))
}

/// None when there is no such file, or no key in it.
fn read(file: &Path) -> io::Result<Option<[u8; SEED_BYTES]>> {
    match fs::read(file) {
        Ok(bytes) => Ok(bytes.try_into().ok()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// Writes a new seed beside `file` and gives it the name: whoever else does so at the same time, one of the two is read by both.
fn make(file: &Path) -> io::Result<()> {
    let seed: [u8; SEED_BYTES] = random();
    let new = file.with_extension(format!("{:016x}.new", u64::from_ne_bytes(random())));
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut written = options.open(&new)?;
    let named = written.write_all(&seed).and_then(|()| written.sync_all()).and_then(|()| {
        // A link does not replace, so that of two new keys the first stays; a broken one has to go before.
        if fs::read(file).is_ok_and(|bytes| bytes.len() != SEED_BYTES) {
            fs::remove_file(file)?;
        }
        match fs::hard_link(&new, file) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
            // No links here: the last one stays.
            Err(_) => fs::copy(&new, file).map(|_| ()),
            Ok(()) => Ok(()),
        }
    });
    fs::remove_file(&new)?;
    named
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::thread;

    use super::*;

    #[test]
    fn the_key_is_the_same_at_every_start_and_only_its_user_can_read_it() {
        let home = tempfile::tempdir().unwrap();
        let file = home.path().join("data/device.key");
        let first = device_key(&file).unwrap().id();
        assert_eq!(device_key(&file).unwrap().id(), first);
        assert_eq!(fs::read_dir(file.parent().unwrap()).unwrap().count(), 1, "nothing else is left");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
        }
        assert_ne!(device_key(&home.path().join("another.key")).unwrap().id(), first);
    }

    #[test]
    fn a_broken_file_is_replaced() {
        let home = tempfile::tempdir().unwrap();
        let file = home.path().join("device.key");
        fs::write(&file, "half of a ke").unwrap();
        let key = device_key(&file).unwrap().id();
        assert_eq!(device_key(&file).unwrap().id(), key);
    }

    #[test]
    fn starts_at_once_agree() {
        let home = tempfile::tempdir().unwrap();
        let file = home.path().join("device.key");
        let ids = thread::scope(|scope| {
            let starts: Vec<_> = (0..8).map(|_| scope.spawn(|| device_key(&file).unwrap().id())).collect();
            starts.into_iter().map(|start| start.join().unwrap()).collect::<Vec<_>>()
        });
        assert!(ids.iter().all(|id| *id == ids[0]), "{ids:?}");
    }

    #[cfg(unix)]
    #[test]
    fn a_folder_that_takes_nothing_is_told() {
        assert!(device_key(Path::new("/proc/parlor/device.key")).is_err());
    }
}
