//! Notices of the system, for a user who looks elsewhere.

use tauri::AppHandle;
use tauri_plugin_notification::NotificationExt;

/// Longest text of a notice in characters. Names and texts in it come from peers.
const NOTICE_CHARS: usize = 300;

/// Shows a notice. Where the system does not take it, nothing happens: the same fact stands in the window.
#[tauri::command]
pub fn notify(app: AppHandle, title: String, body: String) {
    let shown = app.notification().builder().title(shorten(&title)).body(shorten(&body)).show();
    if let Err(error) = shown {
        tracing::debug!(%error, "the system did not take a notice");
    }
}

fn shorten(text: &str) -> String {
    text.chars().filter(|character| !character.is_control()).take(NOTICE_CHARS).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_notice_is_short_and_plain() {
        assert_eq!(shorten("a\u{7}b\u{1b}[1m"), "ab[1m");
        assert_eq!(shorten(&"x".repeat(1000)).len(), NOTICE_CHARS);
    }
}
