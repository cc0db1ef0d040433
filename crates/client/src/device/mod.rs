//! The key of this device: in the system's keychain where there is one, else in a file that only its user can read.
//!
//! Promises: the same key at every start; one that the keychain keeps is not replaced because the keychain does not open; one that was in
//! a file moves into the keychain as soon as there is one, and the file goes when the keychain was seen to give the key back. Leaves to
//! others: the keychain, where the folder is, whether peers are shown the key.

mod file;
mod note;

use std::{
    fs,
    io::{self, ErrorKind},
    path::Path,
};

use parlor_trust::{DeviceId, DeviceKey};
use zeroize::Zeroizing;

use crate::random::random;

/// What a key is made of: 32 random bytes, wiped when dropped.
pub type DeviceSeed = Zeroizing<[u8; 32]>;

/// A place of the system for secrets of its user. Its calls block, for as long as the user is asked.
pub trait Keychain {
    /// The seed under this name; none when nothing is kept there, or nothing that is one.
    ///
    /// # Errors
    /// There is no keychain, or it does not open.
    fn read(&self, name: &str) -> Result<Option<DeviceSeed>, KeychainError>;

    /// Keeps a seed under this name.
    ///
    /// # Errors
    /// As [`Keychain::read`].
    fn write(&self, name: &str, seed: &DeviceSeed) -> Result<(), KeychainError>;
}

/// There is no keychain, or it does not open: what the system said.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the keychain: {0}")]
pub struct KeychainError(pub String);

/// Why there is no key.
#[derive(Debug, thiserror::Error)]
pub enum DeviceKeyError {
    /// The folder can be neither read nor written.
    #[error("the folder of the device's key: {0}")]
    Folder(#[from] io::Error),
    /// The key is in the keychain, which does not open.
    #[error(transparent)]
    Keychain(#[from] KeychainError),
}

/// The key of this device, made at the first call. `folder` is made with it, and holds the key or the note that the keychain has it. Blocks.
///
/// # Errors
/// There is a key, which cannot be read now, or a new one cannot be kept.
pub fn device_key(folder: &Path, keychain: &impl Keychain) -> Result<DeviceKey, DeviceKeyError> {
    fs::create_dir_all(folder)?;
    let (file, note) = (folder.join("device.key"), folder.join("device.id"));
    if let Some(id) = note::read(&note)? {
        match keychain.read(&id.to_string())?.map(|seed| DeviceKey::new(&seed)) {
            Some(key) if key.id() == id => {
                // Left behind when the program ended between the note and this.
                remove(&file)?;
                return Ok(key);
            }
            _ => tracing::warn!("the keychain has lost the key of this device; nobody recognises it any more"),
        }
    }
    let stored = file::read(&file)?;
    let seed = stored.clone().unwrap_or_else(|| Zeroizing::new(random()));
    match hand_over(keychain, &note, &seed) {
        Ok(()) => {
            remove(&file)?;
            return Ok(DeviceKey::new(&seed));
        }
        Err(error) => tracing::info!(%error, "the key of this device is kept in a file"),
    }
    match stored {
        Some(seed) => Ok(DeviceKey::new(&seed)),
        None => Ok(DeviceKey::new(&*file::keep(&file, &seed)?)),
    }
}

/// Puts a key into the keychain and notes it there, when it was given back.
fn hand_over(keychain: &impl Keychain, note: &Path, seed: &DeviceSeed) -> Result<(), DeviceKeyError> {
    let id: DeviceId = DeviceKey::new(seed).id();
    let name = id.to_string();
    keychain.write(&name, seed)?;
    if keychain.read(&name)?.as_ref() != Some(seed) {
        return Err(KeychainError("it does not give back what was put into it".into()).into());
    }
    Ok(note::write(note, id)?)
}

fn remove(file: &Path) -> io::Result<()> {
    match fs::remove_file(file) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests;
