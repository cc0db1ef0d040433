//! Files by native dialogs. The page gets handles and transfer ids, never a path it could change.

use std::path::{Path, PathBuf};
#[cfg(desktop)]
use std::sync::Arc;

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

use crate::{automation, previews, state::AppState};

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

/// Lets the user pick a folder with everything in it. Empty when they think better of it. Mobile systems have no such dialog.
#[cfg(desktop)]
#[tauri::command]
pub async fn pick_folder(
    app: AppHandle,
    window: WebviewWindow,
    state: State<'_, AppState>,
) -> Result<Vec<PickedFile>, Failure> {
    if let Some(paths) = automation::picked_files() {
        return Ok(state.register(paths).await);
    }
    let (picked, waiting) = oneshot::channel();
    dialog(&app, &window).pick_folder(move |folder| drop(picked.send(folder)));
    let Some(folder) = waiting.await.map_err(dialog_lost)? else { return Ok(Vec::new()) };
    Ok(state.register(vec![path(folder)?]).await)
}

/// The files in the clipboard, or a picture in it as one. Empty where there are none, and behind the user's back: only the window that has
/// the focus may paste. Mobile systems have no such clipboard.
#[cfg(desktop)]
#[tauri::command]
pub async fn paste_files(window: WebviewWindow, state: State<'_, AppState>) -> Result<Vec<PickedFile>, Failure> {
    if !window.is_focused().unwrap_or_default() {
        return Ok(Vec::new());
    }
    let pasted = Arc::clone(&state.pasted);
    let paths = tauri::async_runtime::spawn_blocking(move || pasted.paste());
    let paths = paths.await.map_err(|error| Failure::new(FailureCode::Internal, error.to_string()))?;
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
        (ReceivedAction::Open, 1) if is_shown(first) => opener.open_path(first.to_string_lossy(), None::<&str>),
        _ => opener.reveal_item_in_dir(first),
    };
    done.map_err(|error| Failure::new(FailureCode::NotNow, error.to_string()))
}

/// Small pictures of what was received of a transfer or is offered, as `data:` URLs; only of the first few files, and only of pictures.
#[tauri::command]
pub async fn previews(state: State<'_, AppState>, transfer: TransferId) -> Result<Vec<String>, Failure> {
    let paths = state.pictured_paths(transfer).await?;
    let made = tauri::async_runtime::spawn_blocking(move || {
        paths
            .iter()
            .take(previews::LOOKED_AT)
            .filter_map(|path| previews::preview(path))
            .take(previews::AT_MOST)
            .collect()
    });
    made.await.map_err(|error| Failure::new(FailureCode::Internal, error.to_string()))
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

/// Whether a file's ending is of a kind that systems show and never run. The file came from somebody else, so everything not on
/// this list is shown in its folder, and starting it stays the user's own act. (A list of what runs would never be whole.)
fn is_shown(path: &Path) -> bool {
    const ENDINGS: &[&str] = &[
        "aac", "avi", "avif", "bmp", "csv", "flac", "gif", "heic", "jpeg", "jpg", "json", "log", "m4a", "m4v", "md",
        "mkv", "mov", "mp3", "mp4", "mpeg", "mpg", "odp", "ods", "odt", "oga", "ogg", "ogv", "opus", "pdf", "png",
        "srt", "tif", "tiff", "tsv", "txt", "vtt", "wav", "webm", "webp",
    ];
    path.extension().is_some_and(|ending| ENDINGS.contains(&ending.to_string_lossy().to_ascii_lowercase().as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_shown_and_never_run_is_opened() {
        for name in
            ["setup.EXE", "a.desktop", "b.tar.sh", "photo.jpg.pyw", "d.fileloc", "e.docm", "exe", "archive.tar.gz"]
        {
            assert!(!is_shown(Path::new(name)), "{name}");
        }
        for name in ["photo.JPG", "letter.pdf", "notes.txt", "사진.webp"] {
            assert!(is_shown(Path::new(name)), "{name}");
        }
    }
}
