//! Where settings are kept: one file of the store plugin in the program's data folder.

use std::{
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
};

use parlor_protocol::code::{Failure, FailureCode};
use tauri::{AppHandle, Manager, Wry};
use tauri_plugin_store::{Store, StoreExt};

use crate::settings::Settings;

/// File name within the data folder.
const FILE: &str = "settings.json";
/// Folders that were picked and not yet stored. A person picks a few.
const PICKED_FOLDERS: usize = 16;

/// The stored settings and what is allowed to change in them.
pub struct SettingsStore {
    store: Arc<Store<Wry>>,
    kept: Mutex<Kept>,
}

struct Kept {
    current: Settings,
    picked_folders: Vec<PathBuf>,
}

impl SettingsStore {
    /// Opens the store. A file that cannot be read counts as none.
    ///
    /// # Errors
    /// The store plugin has no place for the file.
    pub fn open(app: &AppHandle) -> tauri_plugin_store::Result<Self> {
        let store = app.store_builder(FILE).disable_auto_save().build()?;
        let defaults = Settings::defaults(&default_folder(app));
        let current = Settings::read(&defaults, |key| store.get(key));
        if let Err(error) =
            app.path().app_data_dir().map_err(std::io::Error::other).and_then(|folder| keep_private(&folder))
        {
            tracing::warn!(%error, "the settings' folder could not be closed to other users");
        }
        Ok(Self { store, kept: Mutex::new(Kept { current, picked_folders: Vec::new() }) })
    }

    /// The settings as they hold now.
    pub fn current(&self) -> Settings {
        self.lock().current.clone()
    }

    /// Lets a folder that was picked in a native dialog be stored later; returns it as the page shows it.
    pub fn allow_folder(&self, folder: PathBuf) -> String {
        let shown = folder.to_string_lossy().into_owned();
        self.lock().allow(folder);
        shown
    }

    /// Repairs and stores; returns what holds now.
    ///
    /// # Errors
    /// The file cannot be written. The settings hold until the program ends all the same.
    pub fn save(&self, wanted: Settings) -> Result<Settings, Failure> {
        let settings = self.lock().take(wanted);
        for (key, value) in settings.to_object() {
            self.store.set(key, value);
        }
        self.store.save().map_err(|error| Failure::new(FailureCode::Internal, error.to_string()))?;
        Ok(settings)
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Kept> {
        // Nothing done under it can panic half-way, so a poisoned lock still holds whole settings.
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Kept {
    fn allow(&mut self, folder: PathBuf) {
        if self.picked_folders.len() == PICKED_FOLDERS {
            self.picked_folders.remove(0);
        }
        self.picked_folders.push(folder);
    }

    /// Makes the settings hold, but for a folder that nobody picked.
    fn take(&mut self, wanted: Settings) -> Settings {
        let mut settings = wanted.repaired(&self.current);
        let folder = settings.folder();
        if folder != self.current.folder() && !self.picked_folders.iter().any(|picked| Some(picked) == folder.as_ref())
        {
            tracing::warn!("a folder that nobody picked was not taken");
            settings.download_folder.clone_from(&self.current.download_folder);
        }
        self.current = settings.clone();
        settings
    }
}

/// `Parlor` within the user's downloads.
fn default_folder(app: &AppHandle) -> PathBuf {
    let path = app.path();
    path.download_dir()
        .or_else(|_| path.home_dir().map(|home| home.join("Downloads")))
        .or_else(|_| path.app_data_dir())
        .unwrap_or_else(|_| std::env::temp_dir())
        .join("Parlor")
}

/// Settings may hold a credential of a TURN server.
#[cfg(unix)]
fn keep_private(folder: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
    std::fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
    std::fs::set_permissions(folder, std::fs::Permissions::from_mode(0o700))
}

/// Elsewhere a user's data folder is private by the system's own rules.
#[cfg(not(unix))]
fn keep_private(_: &Path) -> std::io::Result<()> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kept() -> Kept {
        Kept { current: Settings::defaults(Path::new("/home/someone/Downloads/Parlor")), picked_folders: Vec::new() }
    }

    fn with_folder(kept: &Kept, folder: &str) -> Settings {
        Settings { name: "Ida".into(), download_folder: Some(folder.into()), ..kept.current.clone() }
    }

    #[test]
    fn a_page_cannot_send_files_into_a_folder_that_nobody_picked() {
        let mut kept = kept();
        let wanted = with_folder(&kept, "/home/someone/.config/autostart");
        let taken = kept.take(wanted);
        assert_eq!(taken.folder(), Some("/home/someone/Downloads/Parlor".into()));
        assert_eq!(taken.name, "Ida", "the rest is taken");
    }

    #[test]
    fn a_picked_folder_is_taken_and_stays() {
        let mut kept = kept();
        kept.allow("/media/disk".into());
        let wanted = with_folder(&kept, "/media/disk");
        assert_eq!(kept.take(wanted).folder(), Some("/media/disk".into()));
        let again = with_folder(&kept, "/media/disk");
        kept.picked_folders.clear();
        assert_eq!(kept.take(again).folder(), Some("/media/disk".into()));
    }

    #[test]
    fn folders_that_wait_to_be_stored_are_bounded() {
        let mut kept = kept();
        for number in 0..100 {
            kept.allow(format!("/media/{number}").into());
        }
        assert_eq!(kept.picked_folders.len(), PICKED_FOLDERS);
        assert_eq!(kept.picked_folders.last(), Some(&PathBuf::from("/media/99")));
    }
}
