//! The engine's side of the page: wishes in, everything that happens out.

use parlor_protocol::{code::Failure, host::Command};
use tauri::{State, ipc::Channel};

use crate::{page::Message, state::AppState};

/// Begins to tell the page what happens. `language` is the page's own (BCP 47), for the words of native dialogs.
///
/// A page that begins anew knows nothing of the room that the old one was in, so that room is stepped out of.
#[tauri::command]
pub async fn listen(state: State<'_, AppState>, channel: Channel<Message>, language: String) -> Result<(), Failure> {
    state.set_language(language);
    if state.page.connect(channel) {
        state.step_out().await;
    }
    Ok(())
}

/// Passes a wish on.
#[tauri::command]
pub async fn dispatch(state: State<'_, AppState>, command: Command) -> Result<(), Failure> {
    state.command(command).await
}
