//! Files by native dialogs. The page gets handles and transfer ids, never a path it could change.

use std::path::{Path, PathBuf};

use parlor_protocol::{
    code::{Failure, FailureCode},
    host::PickedFile,
    id::TransferId,
};
use serde::Deserialize;
use tauri::{AppHandle, State, WebviewWindow};
use tauri_plugin_dialog::{DialogExt, FilePath};
use tauri_plugin_opener::OpenerExt;
use tokio::sync::oneshot;

use crate::{automation, state::AppState};

/// What to do with something received. Saving elsewhere is not offered: it lies in a folder already.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ReceivedAction {
    Open,
    ShowInFolder,
}

/// Lets the user pick files. Empty when they think better of it.
#[tauri::command]
pub async fn pick_files(
    app: AppHandle,
    window: WebviewWindow,
    state: State<'_, AppState>,
) -> Result<Vec<PickedFile>, Failure> {
    if let Some(paths) = automation::picked_files() {
        return Ok(state.register(paths).await);
    }
    let (picked, waiting) = oneshot::channel();
    // The receiver lives below, so a failed send means that the page is gone.
    dialog(&app, &window).pick_files(move |files| drop(picked.send(files)));
    let files = waiting.await.map_err(dialog_lost)?.unwrap_or_default();
    let paths = files.into_iter().map(path).collect::<Result<Vec<_>, _>>()?;
    Ok(state.register(paths).await)
}

/// Lets the user choose the folder for received files; none when they think better of it. Mobile systems have no such dialog.
#[cfg(desktop)]
#[tauri::command]
pub async fn choose_folder(
    app: AppHandle,
    window: WebviewWindow,
    state: State<'_, AppState>,
) -> Result<Option<String>, Failure> {
    let (picked, waiting) = oneshot::channel();
    dialog(&app, &window).pick_folder(move |folder| drop(picked.send(folder)));
    let Some(folder) = waiting.await.map_err(dialog_lost)? else { return Ok(None) };
    Ok(Some(state.settings.allow_folder(path(folder)?)))
}

/// Opens a received transfer, or shows it in its folder.
#[tauri::command]
pub async fn use_received(
    app: AppHandle,
    state: State<'_, AppState>,
    transfer: TransferId,
    action: ReceivedAction,
) -> Result<(), Failure> {
    let paths = state.received_paths(transfer).await?;
    let Some(first) = paths.first() else {
        return Err(Failure::new(FailureCode::NotNow, "nothing of this transfer was received"));
    };
    let opener = app.opener();
    let done = match (action, paths.len()) {
        (ReceivedAction::Open, 1) if !is_program(first) => opener.open_path(first.to_string_lossy(), None::<&str>),
        _ => opener.reveal_item_in_dir(first),
    };
    done.map_err(|error| Failure::new(FailureCode::NotNow, error.to_string()))
}

fn dialog(app: &AppHandle, window: &WebviewWindow) -> tauri_plugin_dialog::FileDialogBuilder<tauri::Wry> {
    let dialog = app.dialog().file();
    #[cfg(desktop)]
    let dialog = dialog.set_parent(window);
    #[cfg(mobile)]
    let _ = window;
    dialog
}

fn path(picked: FilePath) -> Result<PathBuf, Failure> {
    picked.into_path().map_err(|error| Failure::new(FailureCode::SourceUnreadable, error.to_string()))
}

fn dialog_lost(_: oneshot::error::RecvError) -> Failure {
    Failure::new(FailureCode::Internal, "the dialog ended without an answer")
}

/// Whether a file's ending makes systems run it rather than show it. Such a file came from somebody else, so it is shown in its
/// folder and starting it stays the user's own act.
fn is_program(path: &Path) -> bool {
    const ENDINGS: &[&str] = &[
        "app", "appimage", "apk", "bat", "bin", "chm", "cmd", "com", "command", "cpl", "deb", "desktop", "dmg", "exe",
        "gadget", "hta", "inf", "jar", "js", "jse", "lnk", "msc", "msi", "msp", "pif", "pkg", "ps1", "py", "reg",
        "rpm", "run", "scf", "scr", "sh", "terminal", "tool", "url", "vb", "vbe", "vbs", "workflow", "ws", "wsf",
        "wsh",
    ];
    path.extension().is_some_and(|ending| ENDINGS.contains(&ending.to_string_lossy().to_ascii_lowercase().as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_would_run_is_never_opened() {
        for name in ["setup.EXE", "a.desktop", "b.tar.sh", "c.AppImage", "d.lnk"] {
            assert!(is_program(Path::new(name)), "{name}");
        }
        for name in ["photo.jpg", "letter.pdf", "exe", "archive.tar.gz"] {
            assert!(!is_program(Path::new(name)), "{name}");
        }
    }
}
