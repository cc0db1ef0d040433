//! The window and what its page may do.
//!
//! Promises: the page never leaves our own origin, opens no other window and downloads nothing by itself; camera, microphone and
//! screen are granted to our own page only (the desktop still asks which screen), everything else is denied. Files dropped on the window become handles.

use tauri::{
    AppHandle, DragDropEvent, Manager, Url, Webview, WebviewUrl, WebviewWindow, WebviewWindowBuilder, WindowEvent, Wry,
    webview::{NewWindowResponse, PermissionKind, PermissionResponse},
};
use tauri_plugin_opener::OpenerExt;

use crate::{
    farewell,
    own_page::{Carrier, is_own_page},
    page::Message,
    state::AppState,
};

/// The only window. Capabilities name it.
pub const LABEL: &str = "main";

/// Opens the window with its page.
///
/// # Errors
/// When the webview of the system cannot be made.
pub fn open(app: &AppHandle) -> tauri::Result<WebviewWindow> {
    let dev_url = if tauri::is_dev() { app.config().build.dev_url.clone() } else { None };
    let on_permission = {
        let dev_url = dev_url.clone();
        move |webview: Webview<Wry>, kind: PermissionKind| answer(&webview, kind, dev_url.as_ref())
    };
    let window = WebviewWindowBuilder::new(app, LABEL, WebviewUrl::App("app.html".into()))
        .title("Parlor")
        .inner_size(1194.0, 834.0)
        .min_inner_size(320.0, 480.0)
        .on_navigation(move |url| {
            let allowed = is_own_page(url, Carrier::HERE, dev_url.as_ref());
            if !allowed {
                tracing::warn!(scheme = url.scheme(), "the page was kept from going to a foreign address");
            }
            allowed
        })
        .on_new_window({
            let app = app.clone();
            move |url, _| {
                open_outside(&app, &url);
                NewWindowResponse::Deny
            }
        })
        .on_download(|_, _| false)
        .on_permission_request(on_permission)
        .build()?;
    #[cfg(target_os = "linux")]
    crate::webkit::set_up(&window)?;

    let handle = app.clone();
    window.on_window_event(move |event| match event {
        WindowEvent::CloseRequested { api, .. } => {
            api.prevent_close();
            tauri::async_runtime::spawn(farewell::close_asked(handle.clone()));
        }
        WindowEvent::DragDrop(event) => dragged(&handle, event),
        _ => {}
    });
    Ok(window)
}

/// Brings the window to the front, for a second start of the program.
#[cfg(desktop)]
pub fn show(app: &AppHandle) {
    let Some(window) = app.get_webview_window(LABEL) else { return };
    for step in [window.unminimize(), window.show(), window.set_focus()] {
        if let Err(error) = step {
            tracing::warn!(%error, "the window could not be brought to the front");
        }
    }
}

/// A link that somebody wrote, and the user followed: it belongs to the system's browser or mail program, never to a window of ours.
fn open_outside(app: &AppHandle, url: &Url) {
    if !is_for_outside(url) {
        tracing::warn!(scheme = url.scheme(), "a link was not opened");
        return;
    }
    if let Err(error) = app.opener().open_url(url.as_str(), None::<&str>) {
        tracing::warn!(%error, "a link could not be opened");
    }
}

/// What texts may link to (`ui/src/shared/view/textShape.ts`).
fn is_for_outside(url: &Url) -> bool {
    matches!(url.scheme(), "http" | "https" | "mailto")
}

fn dragged(app: &AppHandle, event: &DragDropEvent) {
    let page = &app.state::<AppState>().page;
    match event {
        DragDropEvent::Enter { .. } => page.tell(Message::Drop { hovering: true, files: vec![] }),
        DragDropEvent::Leave => page.tell(Message::Drop { hovering: false, files: vec![] }),
        DragDropEvent::Drop { paths, .. } => {
            let (handle, paths) = (app.clone(), paths.clone());
            tauri::async_runtime::spawn(async move {
                let state = handle.state::<AppState>();
                let files = state.register(paths).await;
                state.page.tell(Message::Drop { hovering: false, files });
            });
        }
        _ => {}
    }
}

fn answer(webview: &Webview<Wry>, kind: PermissionKind, dev_url: Option<&Url>) -> PermissionResponse {
    let wanted = matches!(kind, PermissionKind::Camera | PermissionKind::Microphone | PermissionKind::DisplayCapture);
    let ours = webview.url().is_ok_and(|url| is_own_page(&url, Carrier::HERE, dev_url));
    if wanted && ours { PermissionResponse::Allow } else { PermissionResponse::Deny }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn url(text: &str) -> Url {
        Url::parse(text).unwrap()
    }

    #[test]
    fn only_links_to_the_web_and_to_mail_leave_the_program() {
        for link in ["https://example.org/a?b#c", "http://example.org", "mailto:ada@example.org"] {
            assert!(is_for_outside(&url(link)), "{link}");
        }
        for other in [
            "file:///etc/passwd",
            "tauri://localhost/app.html",
            "javascript:1",
            "parlor:x",
            "data:text/html,x",
            "ssh://a",
        ] {
            assert!(!is_for_outside(&url(other)), "{other}");
        }
    }
}
