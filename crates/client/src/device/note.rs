//! The note that the keychain has the key: the key's public half, by which it is found there.
//!
//! Promises: a note is whole or not there, also after a crash.

use std::{
    fs::{self, File},
    io::{self, ErrorKind, Write},
    path::Path,
};

use parlor_trust::DeviceId;

/// Bytes that are looked at: more than any note has.
const NOTE_BYTES: usize = 128;

/// The key that the keychain has. None when there is no note, or none that can be read.
pub(super) fn read(note: &Path) -> io::Result<Option<DeviceId>> {
    match fs::read(note) {
        Ok(bytes) if bytes.len() <= NOTE_BYTES => Ok(str::from_utf8(&bytes).ok().and_then(|text| text.parse().ok())),
        Ok(_) => Ok(None),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// Notes that the keychain has this key.
pub(super) fn write(note: &Path, id: DeviceId) -> io::Result<()> {
    let new = note.with_extension("id.new");
    let mut file = File::create(&new)?;
    file.write_all(id.to_string().as_bytes())?;
    file.sync_all()?;
    fs::rename(&new, note)
}
