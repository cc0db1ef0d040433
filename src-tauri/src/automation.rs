//! The hooks for tests that drive the real window: a WebDriver cannot operate the system's file dialog, nor bring a camera.
//!
//! Where `TAURI_WEBVIEW_AUTOMATION=true` (which makes the webview remote-controlled anyway), the file dialog is answered with the
//! paths in `PARLOR_PICK`, separated as in `PATH`, and `PARLOR_MOCK_CAPTURE=true` puts WebKit's mock cameras and microphones in the
//! place of real ones. `PARLOR_NEARBY=device` keeps announcements of codes to this device. Anywhere else the variables mean nothing.

use std::{ffi::OsString, path::PathBuf};

use parlor_client::Neighbourhood;

/// What the file dialog is to answer; none when the user is to be asked.
pub fn picked_files() -> Option<Vec<PathBuf>> {
    answer(std::env::var_os("TAURI_WEBVIEW_AUTOMATION"), std::env::var_os("PARLOR_PICK"))
}

/// Whether WebKit is to bring mock cameras and microphones.
#[cfg(target_os = "linux")]
pub fn mocks_devices() -> bool {
    mocks(std::env::var_os("TAURI_WEBVIEW_AUTOMATION"), std::env::var_os("PARLOR_MOCK_CAPTURE"))
}

/// Where codes are announced and looked for.
pub fn neighbourhood() -> Neighbourhood {
    nearby(std::env::var_os("TAURI_WEBVIEW_AUTOMATION"), std::env::var_os("PARLOR_NEARBY"))
}

fn nearby(automation: Option<OsString>, nearby: Option<OsString>) -> Neighbourhood {
    match (automation, nearby) {
        (Some(automation), Some(nearby)) if automation == "true" && nearby == "device" => Neighbourhood::Device,
        _ => Neighbourhood::Networks,
    }
}

#[cfg(target_os = "linux")]
fn mocks(automation: Option<OsString>, mock: Option<OsString>) -> bool {
    [automation, mock].iter().all(|value| value.as_deref().is_some_and(|value| value == "true"))
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

    #[cfg(target_os = "linux")]
    #[test]
    fn devices_are_real_unless_both_are_said() {
        assert!(!mocks(None, Some("true".into())));
        assert!(!mocks(Some("true".into()), None));
        assert!(!mocks(Some("true".into()), Some("1".into())));
        assert!(mocks(Some("true".into()), Some("true".into())));
    }

    #[test]
    fn codes_are_announced_to_the_network_unless_both_are_said() {
        let device = || Some("device".into());
        assert_eq!(nearby(None, device()), Neighbourhood::Networks);
        assert_eq!(nearby(Some("true".into()), None), Neighbourhood::Networks);
        assert_eq!(nearby(Some("true".into()), device()), Neighbourhood::Device);
    }

    #[cfg(unix)]
    #[test]
    fn under_automation_the_dialog_is_answered() {
        let paths = answer(Some("true".into()), Some("/a:/b".into()));
        assert_eq!(paths, Some(vec![PathBuf::from("/a"), PathBuf::from("/b")]));
    }
}
