//! The one hook for tests that drive the real window: a WebDriver cannot operate the system's file dialog.
//!
//! Where `TAURI_WEBVIEW_AUTOMATION=true` (which makes the webview remote-controlled anyway), the file dialog is answered with the
//! paths in `PARLOR_PICK`, separated as in `PATH`. Anywhere else the variable means nothing.

use std::{ffi::OsString, path::PathBuf};

/// What the file dialog is to answer; none when the user is to be asked.
pub fn picked_files() -> Option<Vec<PathBuf>> {
    answer(std::env::var_os("TAURI_WEBVIEW_AUTOMATION"), std::env::var_os("PARLOR_PICK"))
}

fn answer(automation: Option<OsString>, pick: Option<OsString>) -> Option<Vec<PathBuf>> {
    if automation? != "true" {
        return None;
    }
    Some(std::env::split_paths(&pick?).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_automation_the_variable_means_nothing() {
        assert_eq!(answer(None, Some("/etc/passwd".into())), None);
        assert_eq!(answer(Some("false".into()), Some("/etc/passwd".into())), None);
        assert_eq!(answer(Some("true".into()), None), None);
    }

    #[cfg(unix)]
    #[test]
    fn under_automation_the_dialog_is_answered() {
        let paths = answer(Some("true".into()), Some("/a:/b".into()));
        assert_eq!(paths, Some(vec![PathBuf::from("/a"), PathBuf::from("/b")]));
    }
}
