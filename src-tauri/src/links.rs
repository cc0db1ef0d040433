//! Invitations that reach the program from outside: a `parlor://` link clicked elsewhere.
//!
//! Promises: a link is only ever handed to the page, which fills it in and asks; nothing here joins. Whatever is not one of our
//! links, or is longer than any of ours, is dropped. Leaves to others: what the link says (`parlor-trust`).

use tauri::{AppHandle, Manager};
use tauri_plugin_deep_link::DeepLinkExt;

use crate::state::AppState;

/// Longest link that is passed on, in bytes: a server's address and 43 characters of secret fit many times over.
const LINK_BYTES: usize = 2048;

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
        if is_ours(link) {
            app.state::<AppState>().page.link_arrived(link.to_owned());
        } else {
            tracing::warn!("a link that is not an invitation was dropped");
        }
    }
}

/// Whether a link may be shown to the page at all.
fn is_ours(link: &str) -> bool {
    link.len() <= LINK_BYTES
        && tauri::Url::parse(link).is_ok_and(|url| url.scheme() == "parlor" && url.host_str() == Some("join"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_our_own_scheme_and_place_are_passed_on() {
        assert!(is_ours("parlor://join?server=http%3A%2F%2Flocalhost%3A5000#v1.abc"));
        for link in ["https://example.org/#v1.abc", "parlor://run?command=x", "parlor:join", "", "javascript:alert(1)"]
        {
            assert!(!is_ours(link), "{link}");
        }
    }

    #[test]
    fn a_link_longer_than_any_of_ours_is_dropped() {
        assert!(!is_ours(&format!("parlor://join?server={}", "x".repeat(LINK_BYTES))));
    }
}
