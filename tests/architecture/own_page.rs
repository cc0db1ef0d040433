//! Which addresses the app's window takes for its own page. The code is the shell's, read in here, so that no webview is built.

#[path = "../../src-tauri/src/own_page.rs"]
mod shell;

use shell::{Carrier, is_own_page};
use url::Url;

/// Foreign on every system, whatever they look like.
const FOREIGN: &[&str] = &[
    "about:blank",
    "about:srcdoc",
    "data:text/html,<script>1</script>",
    "javascript:alert(1)",
    "file:///etc/passwd",
    "blob:tauri://localhost/0",
    "blob:http://tauri.localhost/0",
    "view-source:tauri://localhost/",
    "ftp://tauri.localhost/",
    "ipc://localhost/",
    "asset://localhost/etc/passwd",
    "parlor://join",
    "ws://tauri.localhost/",
    "https://example.org/",
    "http://localhost/",
    "https://localhost/app.html",
    "http://localhost:1420/",
    "http://127.0.0.1/",
    // Ends or begins like ours.
    "http://tauri.localhost.evil.example/",
    "https://tauri.localhost.evil.example/app.html",
    "http://evil.example/tauri.localhost",
    "http://evil.example/?http://tauri.localhost/",
    "http://evil.example/#tauri://localhost/",
    "http://eviltauri.localhost/",
    "http://evil.tauri.localhost/",
    "http://tauri-localhost/",
    "http://tauri.localhost./",
    "http://tauri.localhost%2eevil.example/",
    "tauri://localhost.evil.example/",
    "tauri://evil.localhost/",
    "tauri://tauri.localhost/",
    "tauri://LOCALHOST/",
    "tauri://localhost./",
    "tauri://localhost%2f/",
    "tauri:///localhost",
    "tauri:localhost",
    "tauri:/localhost/app.html",
    "xtauri://localhost/",
    "tauri+x://localhost/",
    // Not what the webview answers, but a program of this machine.
    "https://tauri.localhost/app.html",
    "https://tauri.localhost:443/",
    // Another port.
    "http://tauri.localhost:1234/",
    "https://tauri.localhost:1234/",
    "http://tauri.localhost:443/",
    "https://tauri.localhost:80/",
    "tauri://localhost:1234/",
    "tauri://localhost:80/",
    // User info, before ours or as ours.
    "http://tauri.localhost@evil.example/",
    "http://tauri.localhost:80@evil.example/",
    "http://tauri.localhost%2f@evil.example/",
    "https://ada@tauri.localhost/",
    "https://ada:secret@tauri.localhost/",
    "https://:secret@tauri.localhost/",
    "tauri://localhost@evil.example/",
    "tauri://localhost\\@evil.example/",
    "tauri://ada@localhost/",
    "tauri://:secret@localhost/",
    // Letters that look like ours, and their punycode.
    "http://t\u{430}uri.localhost/",
    "http://xn--turi-63d.localhost/",
    "http://tauri.l\u{43e}calhost/",
    "http://tauri\u{2024}localhost.evil.example/",
    "http://tauri.localhost\u{2044}evil.example/",
    "tauri://loc\u{430}lhost/",
    "tauri://xn--loclhost-2fh/",
];

fn is_own(text: &str, carrier: Carrier, dev_url: Option<&str>) -> bool {
    // What is no address at all is not navigated to either.
    let dev_url = dev_url.map(|dev_url| Url::parse(dev_url).expect("the development server has an address"));
    Url::parse(text).is_ok_and(|url| is_own_page(&url, carrier, dev_url.as_ref()))
}

#[test]
fn the_carried_page_is_ours_on_its_own_kind_of_system_only() {
    for page in ["tauri://localhost", "tauri://localhost/app.html#v1.x", "TAURI://localhost/app.html?a"] {
        assert!(is_own(page, Carrier::Scheme, None), "{page}");
        assert!(!is_own(page, Carrier::Host, None), "{page}");
    }
    for page in [
        "http://tauri.localhost/",
        "http://tauri.localhost/app.html#v1.x",
        "http://tauri.localhost:80/app.html",
        "http://TAURI.localhost/",
    ] {
        assert!(is_own(page, Carrier::Host, None), "{page}");
        assert!(!is_own(page, Carrier::Scheme, None), "{page}");
    }
    assert_eq!(Carrier::HERE == Carrier::Host, cfg!(any(windows, target_os = "android")));
}

#[test]
fn whatever_only_looks_like_the_page_is_foreign() {
    for foreign in FOREIGN {
        for carrier in [Carrier::Scheme, Carrier::Host] {
            assert!(!is_own(foreign, carrier, None), "{foreign} on {carrier:?}");
        }
    }
}

#[test]
fn while_developing_only_the_development_server_is_ours() {
    let dev = Some("http://localhost:1420");
    assert!(is_own("http://localhost:1420/app.html", Carrier::HERE, dev));
    for foreign in [
        "http://localhost:1421/app.html",
        "https://localhost:1420/",
        "http://localhost/",
        "http://localhost:1420@evil.example/",
        "http://ada@localhost:1420/",
        "http://localhost.evil.example:1420/",
        "tauri://localhost/",
        "http://tauri.localhost/",
    ] {
        assert!(!is_own(foreign, Carrier::HERE, dev), "{foreign}");
    }
}

#[test]
fn the_window_asks_nobody_else() {
    let window = parlor_tests::read("src-tauri/src/window.rs");
    let uses = window.matches("is_own_page(").count();
    assert!(uses >= 2, "navigation and permissions both ask is_own_page, of which {uses} uses are left");
    assert!(
        !window.contains("https_scheme"),
        "the window's page would be at https://tauri.localhost, which is foreign"
    );
    for bypass in ["host_str", ".port()", "starts_with", "domain()"] {
        assert!(!window.contains(bypass), "window.rs judges addresses by itself: {bypass}");
    }
}
