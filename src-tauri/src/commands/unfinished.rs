//! What earlier sessions left unfinished in the folder for received files.

use parlor_client::disk::ReceivingFolder;
use parlor_protocol::{
    code::{Failure, FailureCode},
    host::Unfinished,
};
use tauri::State;

use crate::state::AppState;

/// How much there is.
#[tauri::command]
pub async fn unfinished(state: State<'_, AppState>) -> Result<Unfinished, Failure> {
    in_folder(&state, |folder| folder.unfinished()).await
}

/// Throws it away, but for what is open now.
#[tauri::command]
pub async fn discard_unfinished(state: State<'_, AppState>) -> Result<(), Failure> {
    in_folder(&state, |folder| folder.discard_unfinished()).await
}

/// Nothing is done, and the folder is not made, where there is none yet.
async fn in_folder<T: Default + Send + 'static>(
    state: &AppState,
    work: impl FnOnce(&ReceivingFolder) -> T + Send + 'static,
) -> Result<T, Failure> {
    let Some(path) = state.settings.current().folder() else { return Ok(T::default()) };
    let done = tauri::async_runtime::spawn_blocking(move || {
        if !path.is_dir() {
            return Ok(T::default());
        }
        ReceivingFolder::open(&path).map(|folder| work(&folder))
    });
    match done.await {
        Ok(outcome) => outcome.map_err(Failure::from),
        Err(error) => Err(Failure::new(FailureCode::Internal, error.to_string())),
    }
}
