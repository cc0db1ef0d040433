//! Everything the shell holds, one value for the whole program.
//!
//! Leaves to others: rooms, links and files (`parlor-client`), signaling (`parlor-server`), words and screens (the page).

use std::{
    path::PathBuf,
    sync::{Arc, Mutex, OnceLock, PoisonError, atomic::AtomicBool},
};

use parlor_client::{Client, DeviceKey, OwnServerAddress};
use parlor_protocol::{
    code::{Failure, FailureCode},
    host::{Command, PickedFile},
    id::TransferId,
};
use serde::Serialize;

#[cfg(desktop)]
use crate::pasted::PastedPictures;
use crate::{
    media::Media,
    own_server::OwnServer,
    page::PageLine,
    settings::Settings,
    settings_store::SettingsStore,
    transfers::MovingTransfers,
    words::{Words, words},
};

/// The state of the program.
pub struct AppState {
    /// The line to the page.
    pub page: PageLine,
    /// What the user chose.
    pub settings: SettingsStore,
    /// Pictures that were pasted.
    #[cfg(desktop)]
    pub pasted: Arc<PastedPictures>,
    /// Which transfers move.
    pub transfers: MovingTransfers,
    /// Where the page's calls go.
    pub media: Media,
    /// The program is on its way out.
    pub leaving: AtomicBool,
    /// The user is being asked whether to leave.
    pub asking: AtomicBool,
    client: Client,
    /// By which peers recognise this device; none when there is none, unset while the keychain is being asked.
    device: OnceLock<Option<Arc<DeviceKey>>>,
    own_server: Option<OwnServer>,
    page_language: Mutex<String>,
}

/// As `DeviceKeyState` in `ui/src/host/port.ts`, which says what each means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum DeviceKeyState {
    Opening,
    There,
    Missing,
}

impl AppState {
    /// Puts the parts together. Without an own server, rooms need the address of another.
    pub fn new(client: Client, media: Media, own_server: Option<OwnServer>, settings: SettingsStore) -> Self {
        Self {
            page: PageLine::default(),
            settings,
            media,
            #[cfg(desktop)]
            pasted: Arc::default(),
            transfers: MovingTransfers::default(),
            leaving: AtomicBool::new(false),
            asking: AtomicBool::new(false),
            client,
            device: OnceLock::new(),
            own_server,
            page_language: Mutex::new(String::new()),
        }
    }

    /// Passes a wish on to the engine.
    ///
    /// # Errors
    /// What the engine refuses at once; what fails later arrives as an event.
    pub async fn command(&self, command: Command) -> Result<(), Failure> {
        if let Command::StartRoom { server, .. } = &command
            && server.is_empty()
        {
            self.offer_own_server().await?;
        }
        self.client.command(command).await
    }

    /// Tells the engine where our own server is now: a room that names none is there.
    async fn offer_own_server(&self) -> Result<(), Failure> {
        let Some(own) = &self.own_server else {
            return Err(Failure::new(FailureCode::AddressTaken, "the own server could not be started"));
        };
        let place = own
            .place(self.settings.current().network.as_deref())
            .await
            .map_err(|error| Failure::new(FailureCode::AddressTaken, error.to_string()))?;
        self.client
            .set_own_server(OwnServerAddress {
                url: place.url,
                certificate_sha256: place.certificate_sha256,
                create_key: own.create_key().map(str::to_owned),
            })
            .await
    }

    /// Turns paths of the user's choice into handles. What cannot be read is left out and logged.
    pub async fn register(&self, paths: Vec<PathBuf>) -> Vec<PickedFile> {
        let mut files = Vec::new();
        for path in paths {
            match self.client.register_file(path).await {
                Ok(file) => files.push(file),
                Err(failure) => tracing::warn!(code = ?failure.code, "a picked file was left out"),
            }
        }
        files
    }

    /// Where the files of a received transfer lie.
    ///
    /// # Errors
    /// The engine has ended.
    pub async fn received_paths(&self, transfer: TransferId) -> Result<Vec<PathBuf>, Failure> {
        self.client.received_paths(transfer).await
    }

    /// Where pictures of a transfer may lie: what was received of it, or the first files of an offer of ours.
    ///
    /// # Errors
    /// The engine has ended.
    pub async fn pictured_paths(&self, transfer: TransferId) -> Result<Vec<PathBuf>, Failure> {
        let mut paths = self.client.offered_paths(transfer).await?;
        paths.extend(self.client.received_paths(transfer).await?);
        Ok(paths)
    }

    /// Stores settings and hands the engine what concerns it.
    ///
    /// # Errors
    /// They cannot be written, or the engine has ended.
    pub async fn save_settings(&self, settings: Settings) -> Result<(), Failure> {
        let settings = self.settings.save(settings)?;
        self.apply(&settings).await
    }

    /// Hands the engine the settings that concern it.
    ///
    /// # Errors
    /// The engine has ended.
    pub async fn apply(&self, settings: &Settings) -> Result<(), Failure> {
        self.client.set_ice_servers(settings.ice_servers.clone(), settings.relay_only).await?;
        self.client.set_device(self.device.get().cloned().flatten().filter(|_| settings.show_device)).await?;
        match settings.folder() {
            Some(folder) => self.client.set_download_folder(&folder).await,
            None => Ok(()),
        }
    }

    /// The key of this device is there, or cannot be had.
    pub async fn found_device(&self, key: Option<Arc<DeviceKey>>) {
        if self.device.set(key).is_err() {
            return;
        }
        if let Err(failure) = self.apply(&self.settings.current()).await {
            tracing::warn!(%failure, "the key of this device was found when nobody needs it any more");
        }
    }

    /// What became of the key of this device.
    pub fn device_key(&self) -> DeviceKeyState {
        match self.device.get() {
            None => DeviceKeyState::Opening,
            Some(None) => DeviceKeyState::Missing,
            Some(Some(_)) => DeviceKeyState::There,
        }
    }

    /// Remembers the page's language.
    pub fn set_language(&self, language: String) {
        *self.page_language.lock().unwrap_or_else(PoisonError::into_inner) = language;
    }

    /// The words of native dialogs.
    pub fn words(&self) -> &'static Words {
        let system = self.page_language.lock().unwrap_or_else(PoisonError::into_inner);
        words(self.settings.current().language, &system)
    }

    /// Leaves the room, if in one; the others are told.
    pub async fn leave_room(&self) {
        match self.client.command(Command::LeaveRoom {}).await {
            Ok(()) => {}
            Err(failure) if failure.code == FailureCode::NotNow => {}
            Err(failure) => tracing::warn!(%failure, "the room could not be left in order"),
        }
    }

    /// Leaves the room, if in one, so that the next page may come back to it.
    pub async fn step_out(&self) {
        if let Err(failure) = self.client.step_out().await {
            tracing::warn!(%failure, "the room could not be left in order");
        }
    }

    /// Leaves the room and closes the own server.
    pub async fn shut_down(&self) {
        self.leave_room().await;
        if let Some(own) = &self.own_server {
            own.shut_down().await;
        }
    }
}
