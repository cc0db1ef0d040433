//! Invitations that reach the program from outside: a `parlor://` link clicked elsewhere.
//!
//! Promises: a link is only ever handed to the page, which fills it in and asks; nothing here joins. Whatever is not an invitation to
//! the letter is dropped, unlogged. Leaves to others: what an invitation is (`parlor-client`).

use parlor_client::app_link::may_be_shown;
use tauri::{AppHandle, Manager};
use tauri_plugin_deep_link::DeepLinkExt;

use crate::state::AppState;

/// Passes on the link the program was started with, and every later one.
pub fn watch(app: &AppHandle) {
    let started_with = app.deep_link().get_current();
    match started_with {
        Ok(links) => arrived(app, links.unwrap_or_default().iter().map(tauri::Url::as_str)),
        Err(error) => tracing::warn!(%error, "the link at start could not be read"),
    }
    let handle = app.clone();
    app.deep_link().on_open_url(move |event| {
        let links = event.urls();
        arrived(&handle, links.iter().map(tauri::Url::as_str));
    });
}

fn arrived<'a>(app: &AppHandle, links: impl Iterator<Item = &'a str>) {
    for link in links {
        if may_be_shown(link) {
            app.state::<AppState>().page.link_arrived(link.to_owned());
        } else {
            tracing::warn!("a link that is not an invitation was dropped");
        }
    }
}
