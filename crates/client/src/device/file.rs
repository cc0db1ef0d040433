//! The key in a file that only its user can read, where there is no keychain.
//!
//! Promises: a file that is broken or not whole is replaced, for nobody recognises a key that cannot be read; two starts at once agree on
//! one key.

use std::{
    fs::{self, OpenOptions},
    io::{self, Write},
    path::Path,
};

use zeroize::Zeroizing;

use super::DeviceSeed;
use crate::random::random;

/// Bytes of the file: the seed, as it is.
const SEED_BYTES: usize = 32;

/// Keeps a seed, unless there is one already. Gives the one that is kept.
pub(super) fn keep(file: &Path, seed: &DeviceSeed) -> io::Result<DeviceSeed> {
    make(file, seed)?;
    read(file)?.ok_or_else(|| io::Error::other("the key of this device cannot be read back"))
}

/// None when there is no such file, or no key in it.
pub(super) fn read(file: &Path) -> io::Result<Option<DeviceSeed>> {
    match fs::read(file).map(Zeroizing::new) {
        Ok(bytes) => Ok(bytes.as_slice().try_into().ok().map(Zeroizing::new)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// Writes a seed beside `file` and gives it the name: whoever else does so at the same time, one of the two is read by both.
fn make(file: &Path, seed: &DeviceSeed) -> io::Result<()> {
    let new = file.with_extension(format!("{:016x}.new", u64::from_ne_bytes(random())));
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut written = options.open(&new)?;
    let named = written.write_all(seed.as_slice()).and_then(|()| written.sync_all()).and_then(|()| {
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
