//! What the engine says, on its way to the page.

use parlor_protocol::host::Event;
use tauri::{
    AppHandle, Manager,
    window::{ProgressBarState, ProgressBarStatus},
};
use tokio::sync::mpsc;

use crate::{page::Message, state::AppState, transfers::Progress};

/// Passes events on until the engine ends, in order.
pub fn pass_on(app: &AppHandle, mut events: mpsc::Receiver<Event>) {
    let app = app.clone();
    tauri::async_runtime::spawn(async move {
        let mut shown = None;
        while let Some(event) = events.recv().await {
            let state = app.state::<AppState>();
            if state.transfers.heed(&event) {
                let progress = state.transfers.progress();
                if progress != shown {
                    show(&app, progress);
                    shown = progress;
                }
            }
            state.page.tell(Message::Engine { event });
        }
    });
}

/// In the taskbar or dock, where the system has it.
fn show(app: &AppHandle, progress: Option<Progress>) {
    let (status, percent) = match progress {
        None => (ProgressBarStatus::None, None),
        Some(Progress { percent, rests: true }) => (ProgressBarStatus::Paused, Some(percent)),
        Some(Progress { percent, rests: false }) => (ProgressBarStatus::Normal, Some(percent)),
    };
    for window in app.webview_windows().into_values() {
        if let Err(error) = window.set_progress_bar(ProgressBarState { status: Some(status), progress: percent }) {
            tracing::debug!(%error, "the taskbar shows no progress");
        }
    }
}
