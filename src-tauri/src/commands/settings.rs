//! Settings of the user.

use parlor_protocol::code::Failure;
use tauri::State;

use crate::{
    own_server::{self, Network},
    settings::Settings,
    state::{AppState, DeviceKeyState},
};

/// The stored settings.
#[tauri::command]
pub fn load_settings(state: State<'_, AppState>) -> Settings {
    state.settings.current()
}

/// Stores them and puts them to use.
#[tauri::command]
pub async fn save_settings(state: State<'_, AppState>, settings: Settings) -> Result<(), Failure> {
    state.save_settings(settings).await
}

/// Where rooms can be served.
#[tauri::command]
pub async fn networks() -> Vec<Network> {
    own_server::networks()
}

/// Whether peers can recognise this device.
#[tauri::command]
pub fn device_key(state: State<'_, AppState>) -> DeviceKeyState {
    state.device_key()
}
