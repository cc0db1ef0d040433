#![allow(clippy::unwrap_used)]

use std::{collections::HashMap, fs, path::Path, sync::Mutex, thread};

use super::*;

/// A keychain in memory, and whether it opens.
#[derive(Default)]
struct Chain {
    kept: Mutex<HashMap<String, DeviceSeed>>,
    is_shut: bool,
    forgets: bool,
}

impl Chain {
    fn shut() -> Self {
        Self { is_shut: true, ..Self::default() }
    }

    fn opens(&self) -> Result<(), KeychainError> {
        if self.is_shut { Err(KeychainError("shut".into())) } else { Ok(()) }
    }
}

impl Keychain for Chain {
    fn read(&self, name: &str) -> Result<Option<DeviceSeed>, KeychainError> {
        self.opens()?;
        Ok(self.kept.lock().unwrap().get(name).cloned())
    }

    fn write(&self, name: &str, seed: &DeviceSeed) -> Result<(), KeychainError> {
        self.opens()?;
        if !self.forgets {
            self.kept.lock().unwrap().insert(name.to_owned(), seed.clone());
        }
        Ok(())
    }
}

fn id(folder: &Path, chain: &Chain) -> DeviceId {
    device_key(folder, chain).unwrap().id()
}

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<_> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[test]
fn a_keychain_keeps_the_key_and_no_file_has_it() {
    let home = tempfile::tempdir().unwrap();
    let folder = home.path().join("data");
    let chain = Chain::default();
    let first = id(&folder, &chain);
    assert_eq!(id(&folder, &chain), first);
    assert_eq!(names(&folder), ["device.id"]);
    assert_ne!(id(&home.path().join("another"), &chain), first, "two folders are two devices, in one keychain too");
}

#[test]
fn without_a_keychain_the_key_is_the_same_at_every_start_and_only_its_user_can_read_it() {
    let home = tempfile::tempdir().unwrap();
    let folder = home.path().join("data");
    let first = id(&folder, &Chain::shut());
    assert_eq!(id(&folder, &Chain::shut()), first);
    assert_eq!(names(&folder), ["device.key"]);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(fs::metadata(folder.join("device.key")).unwrap().permissions().mode() & 0o777, 0o600);
    }
}

#[test]
fn a_key_in_a_file_moves_into_the_keychain() {
    let home = tempfile::tempdir().unwrap();
    let first = id(home.path(), &Chain::shut());
    let chain = Chain::default();
    assert_eq!(id(home.path(), &chain), first);
    assert_eq!(names(home.path()), ["device.id"]);
    assert_eq!(id(home.path(), &chain), first);
}

#[test]
fn a_keychain_that_does_not_open_makes_no_new_device() {
    let home = tempfile::tempdir().unwrap();
    let mut chain = Chain::default();
    let first = id(home.path(), &chain);
    chain.is_shut = true;
    let error = device_key(home.path(), &chain).unwrap_err();
    assert!(matches!(error, DeviceKeyError::Keychain(_)), "{error}");
    assert_eq!(names(home.path()), ["device.id"]);
    chain.is_shut = false;
    assert_eq!(id(home.path(), &chain), first);
}

#[test]
fn a_keychain_that_gives_nothing_back_is_none() {
    let home = tempfile::tempdir().unwrap();
    let chain = Chain { forgets: true, ..Chain::default() };
    let first = id(home.path(), &chain);
    assert_eq!(names(home.path()), ["device.key"]);
    assert_eq!(id(home.path(), &chain), first);
}

#[test]
fn a_keychain_that_lost_the_key_gets_a_new_one() {
    let home = tempfile::tempdir().unwrap();
    let chain = Chain::default();
    let first = id(home.path(), &chain);
    chain.kept.lock().unwrap().clear();
    let second = id(home.path(), &chain);
    assert_ne!(second, first);
    assert_eq!(id(home.path(), &chain), second);
    let other = Zeroizing::new([7; 32]);
    chain.kept.lock().unwrap().insert(second.to_string(), other);
    assert_ne!(id(home.path(), &chain), second, "another's key under its name is not taken for it");
}

#[test]
fn a_file_left_behind_on_the_way_into_the_keychain_goes() {
    let home = tempfile::tempdir().unwrap();
    let first = id(home.path(), &Chain::shut());
    let secret = fs::read(home.path().join("device.key")).unwrap();
    let chain = Chain::default();
    assert_eq!(id(home.path(), &chain), first);
    fs::write(home.path().join("device.key"), secret).unwrap();
    assert_eq!(id(home.path(), &chain), first);
    assert_eq!(names(home.path()), ["device.id"]);
}

#[test]
fn a_broken_file_or_note_is_replaced() {
    for name in ["device.key", "device.id"] {
        let home = tempfile::tempdir().unwrap();
        fs::write(home.path().join(name), "half of a ke").unwrap();
        let chain = Chain::shut();
        assert_eq!(id(home.path(), &chain), id(home.path(), &chain));
    }
}

#[test]
fn starts_at_once_agree() {
    let home = tempfile::tempdir().unwrap();
    let ids = thread::scope(|scope| {
        let starts: Vec<_> = (0..8).map(|_| scope.spawn(|| id(home.path(), &Chain::shut()))).collect();
        starts.into_iter().map(|start| start.join().unwrap()).collect::<Vec<_>>()
    });
    assert!(ids.iter().all(|id| *id == ids[0]), "{ids:?}");
}

#[cfg(unix)]
#[test]
fn a_folder_that_takes_nothing_is_told() {
    assert!(matches!(device_key(Path::new("/proc/parlor"), &Chain::shut()), Err(DeviceKeyError::Folder(_))));
}
