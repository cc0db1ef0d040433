//! What a window on Linux needs of its WebKit beside what Tauri sets.
//!
//! Promises: the page may read cameras in a worker, and its threads share memory; a machine without a GPU draws without the accelerated compositor; a page whose
//! process is gone is loaded again, a few times in a row at most. Mock devices exist only under automation.
//! Leaves to others: permissions (`window`), coming back to the room (the page remembers it).

use std::{
    cell::RefCell,
    path::Path,
    time::{Duration, Instant},
};

use tauri::WebviewWindow;
use webkit2gtk::{HardwareAccelerationPolicy, SettingsExt, WebView, WebViewExt, glib};

use crate::{automation, webkit_features};

/// Gives workers `MediaStreamTrackProcessor`, without which pictures pass the page's main thread.
const TRACK_PROCESSING: &std::ffi::CStr = c"MediaStreamTrackProcessing";
/// Gives pages `SharedArrayBuffer`, which WebKit otherwise leaves to pages of HTTP servers that isolate themselves by headers. In it sound
/// passes between the page's threads; messages between them would wait while the page's main thread draws.
const SHARED_MEMORY: (&str, &str) = ("JSC_useSharedArrayBuffer", "true");
/// Where the kernel shows what can render.
const RENDER_NODES: &str = "/dev/dri";
/// A page that ends this often within [`LOADS_WITHIN`] is not loaded again: it would end once more.
const LOADS: usize = 3;
const LOADS_WITHIN: Duration = Duration::from_secs(60);

/// Sets what the processes of WebKit read when they start. To be called before anything starts a thread.
///
/// Whoever has set it already is left his will.
pub fn before_start() {
    let (name, value) = SHARED_MEMORY;
    if let Err(error) = glib::setenv(name, value, false) {
        // No log is open yet. The page finds out, and says that it cannot call.
        eprintln!("parlor: {name}: {error}");
    }
}

/// Sets up the window's webview. To be called right after the window was built, so that it counts for the first page.
///
/// # Errors
/// The window is gone already.
pub fn set_up(window: &WebviewWindow) -> tauri::Result<()> {
    window.with_webview(|platform| {
        let webview = platform.inner();
        if let Some(settings) = WebViewExt::settings(&webview) {
            if !webkit_features::enable(&settings, TRACK_PROCESSING) {
                tracing::warn!("this WebKit cannot read cameras in a worker; own pictures cannot be sent");
            }
            if !has_gpu(Path::new(RENDER_NODES), std::env::var("LIBGL_ALWAYS_SOFTWARE").ok().as_deref()) {
                tracing::info!("no GPU: the window draws without the accelerated compositor");
                settings.set_hardware_acceleration_policy(HardwareAccelerationPolicy::Never);
            }
            if automation::mocks_devices() {
                settings.set_enable_mock_capture_devices(true);
            }
        }
        come_back(&webview);
    })
}

/// Whether something here renders faster than the processor: a render node, unless Mesa was told to do without.
///
/// Without one the compositor's drawing costs the processor about three times what plain drawing does.
fn has_gpu(nodes: &Path, software: Option<&str>) -> bool {
    if software.is_some_and(|value| matches!(value, "1" | "true" | "yes" | "y")) {
        return false;
    }
    std::fs::read_dir(nodes).is_ok_and(|entries| {
        entries.flatten().any(|entry| entry.file_name().as_encoded_bytes().starts_with(b"renderD"))
    })
}

/// Loads the page again when its process has ended.
fn come_back(webview: &WebView) {
    let ends = RefCell::new(Vec::new());
    webview.connect_web_process_terminated(move |webview, reason| {
        let again = is_worth_loading(&mut ends.borrow_mut(), Instant::now());
        tracing::error!(?reason, again, "the page's process has ended");
        if again {
            webview.reload();
        }
    });
}

/// Takes down one more end; false when there were too many lately.
fn is_worth_loading(ends: &mut Vec<Instant>, now: Instant) -> bool {
    ends.retain(|end| now.duration_since(*end) < LOADS_WITHIN);
    ends.push(now);
    ends.len() <= LOADS
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn a_gpu_is_a_render_node_that_mesa_may_use() {
        let folder = tempfile::tempdir().unwrap();
        assert!(!has_gpu(&folder.path().join("none"), None));
        std::fs::write(folder.path().join("card0"), "").unwrap();
        assert!(!has_gpu(folder.path(), None), "a screen is no renderer");
        std::fs::write(folder.path().join("renderD128"), "").unwrap();
        assert!(has_gpu(folder.path(), None));
        assert!(has_gpu(folder.path(), Some("0")));
        assert!(!has_gpu(folder.path(), Some("1")));
    }

    #[test]
    fn a_page_that_keeps_ending_is_left_alone_for_a_while() {
        let begin = Instant::now();
        let mut ends = Vec::new();
        let at = |second: u64| begin + Duration::from_secs(second);
        let loaded: Vec<bool> = [0, 1, 2, 3, 90].map(|second| is_worth_loading(&mut ends, at(second))).into();
        assert_eq!(loaded, [true, true, true, false, true]);
    }
}
