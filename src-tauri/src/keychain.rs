//! The system's keychain: Keychain Services on macOS, the Credential Manager on Windows, the Secret Service elsewhere.
//!
//! Promises: nothing is logged of what it holds; reading may ask the user, so it happens beside the start, on a thread of its own. Leaves
//! to others: what is kept there, and what happens without it (`parlor_client::device_key`).

#[cfg(desktop)]
use base64::{Engine as _, engine::general_purpose::STANDARD};
#[cfg(desktop)]
use keyring::v1::{Entry, Error};
use parlor_client::{DeviceSeed, Keychain, KeychainError};
use tauri::{AppHandle, Manager};
#[cfg(desktop)]
use zeroize::Zeroizing;

use crate::state::AppState;

/// What users of the keychain see the entry under.
#[cfg(desktop)]
const SERVICE: &str = "Parlor";

/// Reads the key of this device, and hands it to the engine when it is there.
pub fn open(app: &AppHandle) {
    let app = app.clone();
    let opened = std::thread::Builder::new().name("keychain".into()).spawn(move || {
        let state = app.state::<AppState>();
        let folder = app.path().app_data_dir().map_err(std::io::Error::other);
        let key = folder.map_err(Into::into).and_then(|folder| parlor_client::device_key(&folder, &SystemKeychain));
        // One that changes with every start would be worse than none.
        let key =
            key.inspect_err(|error| tracing::error!(%error, "this device has no key now; nobody recognises it")).ok();
        tauri::async_runtime::block_on(state.found_device(key.map(Into::into)));
    });
    if let Err(error) = opened {
        tracing::error!(%error, "the keychain cannot be asked; nobody recognises this device");
    }
}

/// What the system has.
struct SystemKeychain;

/// A key's entry. `name` is its own, so that two users of one keychain, or two folders of one user, never take each other's.
#[cfg(desktop)]
fn entry(name: &str) -> Result<Entry, KeychainError> {
    Entry::new(SERVICE, name).map_err(refused)
}

#[cfg(desktop)]
fn refused(error: Error) -> KeychainError {
    match (error, Entry::store_status()) {
        (Error::NoDefaultStore, Err(cause)) => KeychainError(cause.to_string()),
        (error, _) => KeychainError(error.to_string()),
    }
}

#[cfg(desktop)]
impl Keychain for SystemKeychain {
    fn read(&self, name: &str) -> Result<Option<DeviceSeed>, KeychainError> {
        match entry(name)?.get_password().map(Zeroizing::new) {
            Ok(text) => {
                let bytes = STANDARD.decode(text.as_bytes()).map(Zeroizing::new).ok();
                Ok(bytes.and_then(|bytes| bytes.as_slice().try_into().ok()).map(Zeroizing::new))
            }
            Err(Error::NoEntry) => Ok(None),
            Err(error) => Err(refused(error)),
        }
    }

    fn write(&self, name: &str, seed: &DeviceSeed) -> Result<(), KeychainError> {
        // KDE's wallet takes text only.
        entry(name)?.set_password(&Zeroizing::new(STANDARD.encode(seed.as_slice()))).map_err(refused)
    }
}

/// On a tablet the program's own folder is out of reach for others.
#[cfg(mobile)]
impl Keychain for SystemKeychain {
    fn read(&self, _: &str) -> Result<Option<DeviceSeed>, KeychainError> {
        Err(KeychainError("not used on this system".into()))
    }

    fn write(&self, _: &str, _: &DeviceSeed) -> Result<(), KeychainError> {
        Err(KeychainError("not used on this system".into()))
    }
}
