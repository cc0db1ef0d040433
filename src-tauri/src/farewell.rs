//! Leaving in order: the others are told, the room's server closes, then the program ends.
//!
//! Promises: however the end begins (window closed, SIGTERM, Ctrl-C), it is over within [`LIMIT`], and it happens once. Closing
//! the window asks first when a transfer would stop; a signal does not ask.

use std::{sync::atomic::Ordering, time::Duration};

use tauri::{AppHandle, Manager};
use tauri_plugin_dialog::{DialogExt, MessageDialogButtons, MessageDialogKind};

use crate::{state::AppState, words::Words};

/// Longest time the farewell may take: a `bye` needs a round trip, not more.
const LIMIT: Duration = Duration::from_secs(3);

/// The window was asked to close.
pub async fn close_asked(app: AppHandle) {
    let state = app.state::<AppState>();
    if state.transfers.is_any_moving() {
        // Asked to close again while the question stands: it stands already.
        if state.asking.swap(true, Ordering::AcqRel) {
            return;
        }
        let consented = consented(&app, state.words()).await;
        state.asking.store(false, Ordering::Release);
        if !consented {
            return;
        }
    }
    leave(&app).await;
}

/// Leaves the room and ends the program.
pub async fn leave(app: &AppHandle) {
    let state = app.state::<AppState>();
    if state.leaving.swap(true, Ordering::AcqRel) {
        return;
    }
    if tokio::time::timeout(LIMIT, state.shut_down()).await.is_err() {
        tracing::warn!("leaving took too long and was cut short");
    }
    app.exit(0);
}

/// Leaves when the system asks the process to end.
pub fn watch_signals(app: &AppHandle) {
    let handle = app.clone();
    tauri::async_runtime::spawn(async move {
        match ended().await {
            Ok(()) => leave(&handle).await,
            Err(error) => tracing::warn!(%error, "signals of the system cannot be heard"),
        }
    });
}

/// Returns when the system asks the process to end.
///
/// # Errors
/// When the system does not let us listen.
#[cfg(unix)]
pub async fn ended() -> std::io::Result<()> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
    Ok(())
}

/// Returns when the system asks the process to end.
///
/// # Errors
/// When the system does not let us listen.
#[cfg(not(unix))]
pub async fn ended() -> std::io::Result<()> {
    tokio::signal::ctrl_c().await
}

async fn consented(app: &AppHandle, words: &Words) -> bool {
    let (answer, answered) = tokio::sync::oneshot::channel();
    let dialog = app
        .dialog()
        .message(words.transfer_would_stop)
        .title("Parlor")
        .kind(MessageDialogKind::Warning)
        .buttons(MessageDialogButtons::OkCancelCustom(words.leave.into(), words.stay.into()));
    #[cfg(desktop)]
    let dialog = match app.get_webview_window(crate::window::LABEL) {
        Some(window) => dialog.parent(&window),
        None => dialog,
    };
    // The receiver lives in this function, so a failed send means that nobody waits any more.
    dialog.show(move |yes| {
        let _ = answer.send(yes);
    });
    answered.await.unwrap_or(false)
}
