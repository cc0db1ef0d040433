//! Which addresses are the page that this program carries.
//!
//! Promises: a decision from the parsed address and the kind of system alone; whatever only looks like our page is foreign: another port, a name that begins or
//! ends like ours, user info, another scheme. Names no Tauri, so that its test needs no webview (`tests/architecture/own_page.rs`).
//! Leaves to others: what is refused to a foreign page (`window`).

use url::Url;

/// Where the webview of a system finds the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Carrier {
    /// `tauri://localhost`: Linux, macOS, iOS.
    Scheme,
    /// `http://tauri.localhost`: Windows, Android, which serve custom schemes under this host. Https is not served so unless the window
    /// asks for it (`useHttpsScheme`, which ours does not): there it would be whatever program of this machine listens.
    Host,
}

impl Carrier {
    /// Of the system this program was built for.
    pub const HERE: Self = if cfg!(any(windows, target_os = "android")) { Self::Host } else { Self::Scheme };
}

/// Whether an address is of the page that this program carries; with a development server, of that server alone.
pub fn is_own_page(url: &Url, carrier: Carrier, dev_url: Option<&Url>) -> bool {
    // Our page is never opened with either; who writes them wants to be taken for somebody.
    if !url.username().is_empty() || url.password().is_some() {
        return false;
    }
    if let Some(dev_url) = dev_url {
        return url.origin() == dev_url.origin();
    }
    let (scheme, host) = match carrier {
        Carrier::Scheme => ("tauri", "localhost"),
        Carrier::Host => ("http", "tauri.localhost"),
    };
    // The parser has taken out a port that is the scheme's own.
    url.scheme() == scheme && url.host_str() == Some(host) && url.port().is_none()
}
