//! What the engine says, on its way to the page.

use parlor_protocol::host::Event;
use tauri::{AppHandle, Manager};
use tokio::sync::mpsc;

use crate::{page::Message, state::AppState};

/// Passes events on until the engine ends, in order.
pub fn pass_on(app: &AppHandle, mut events: mpsc::Receiver<Event>) {
    let app = app.clone();
    tauri::async_runtime::spawn(async move {
        while let Some(event) = events.recv().await {
            let state = app.state::<AppState>();
            state.transfers.heed(&event);
            state.page.tell(Message::Engine { event });
        }
    });
}
