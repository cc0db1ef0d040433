//! The engine's media port, on systems whose webview cannot make calls by itself.
//!
//! Promises: open on Linux from the start of the program to its end, and only for our own page; nowhere else.
//! Leaves to others: everything a port does (`parlor_client::media`), and whether the page needs it.

use parlor_protocol::media_port::MediaPortAddress;
use tauri::AppHandle;

/// The port, or none.
pub struct Media {
    #[cfg(target_os = "linux")]
    port: Option<parlor_client::media::MediaPort>,
}

impl Media {
    /// Opens the port where it is needed. Without it there are no calls, and the page says so.
    #[cfg(target_os = "linux")]
    pub async fn open(app: &AppHandle) -> Self {
        let dev_url = if tauri::is_dev() { app.config().build.dev_url.as_ref() } else { None };
        let port = parlor_client::media::MediaPort::open(vec![origin(dev_url)]).await.inspect_err(|error| {
            tracing::error!(%error, "the media port could not be opened; there are no calls");
        });
        Self { port: port.ok() }
    }

    /// Opens nothing.
    #[cfg(not(target_os = "linux"))]
    pub async fn open(_: &AppHandle) -> Self {
        Self {}
    }

    /// Where the port is.
    pub fn address(&self) -> Option<MediaPortAddress> {
        #[cfg(target_os = "linux")]
        return self.port.as_ref().map(|port| port.address().clone());
        #[cfg(not(target_os = "linux"))]
        None
    }
}

/// The origin of our own page, as it stands in its requests.
#[cfg(target_os = "linux")]
fn origin(dev_url: Option<&tauri::Url>) -> String {
    dev_url.map_or_else(|| "tauri://localhost".to_owned(), |url| url.origin().ascii_serialization())
}

#[cfg(all(test, target_os = "linux"))]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn the_port_is_for_the_carried_page_or_the_development_servers() {
        assert_eq!(origin(None), "tauri://localhost");
        assert_eq!(origin(Some(&tauri::Url::parse("http://localhost:1420/").unwrap())), "http://localhost:1420");
    }
}
