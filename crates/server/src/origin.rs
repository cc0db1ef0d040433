//! Which pages may talk to the server (docs/protocol.md, section 3, "Origins").
//!
//! Promises: a decision from two headers and a list, nothing else; the answer never is a wildcard.

/// The origins of the app's own window, by platform.
const APP: [&str; 3] = ["tauri://localhost", "http://tauri.localhost", "https://tauri.localhost"];
/// Hosts that are this machine, on any port.
const LOCAL: [&str; 3] = ["localhost", "127.0.0.1", "[::1]"];

/// Whether a request with this `Origin` and `Host` may be served. Without an origin it comes from a native client.
///
/// The same origin is told by the host alone: behind a proxy that ends TLS the scheme is not known here.
pub fn is_allowed(origin: Option<&str>, host: Option<&str>, configured: &[String]) -> bool {
    let Some(origin) = origin else { return true };
    if APP.contains(&origin) || configured.iter().any(|allowed| allowed.eq_ignore_ascii_case(origin)) {
        return true;
    }
    let Some(authority) = web_authority(origin) else { return false };
    let name = match authority.rsplit_once(':') {
        Some((name, port)) if !port.is_empty() && port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => authority,
    };
    LOCAL.iter().any(|local| local.eq_ignore_ascii_case(name))
        || host.is_some_and(|host| host.eq_ignore_ascii_case(authority))
}

/// Whether a text is an origin that can be put on the list.
pub fn is_origin(text: &str) -> bool {
    text.split_once("://").is_some_and(|(scheme, authority)| {
        !scheme.is_empty()
            && scheme.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte))
            && !authority.is_empty()
            && authority.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".-_:[]".contains(&byte))
    })
}

fn web_authority(origin: &str) -> Option<&str> {
    let authority = origin.strip_prefix("http://").or_else(|| origin.strip_prefix("https://"))?;
    is_origin(origin).then_some(authority)
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOST: Option<&str> = Some("parlor.example:5000");

    #[test]
    fn native_clients_own_pages_and_localhost_are_let_in() {
        for origin in [
            None,
            Some("http://parlor.example:5000"),
            Some("https://parlor.example:5000"),
            Some("http://localhost"),
            Some("http://localhost:8080"),
            Some("https://127.0.0.1:1"),
            Some("http://[::1]:3000"),
            Some("http://[::1]"),
            Some("tauri://localhost"),
            Some("http://tauri.localhost"),
            Some("https://friend.example"),
        ] {
            assert!(is_allowed(origin, HOST, &["https://friend.example".to_owned()]), "{origin:?}");
        }
    }

    #[test]
    fn other_pages_are_kept_out() {
        for origin in [
            "null",
            "",
            "*",
            "http://evil.example",
            "http://parlor.example",
            "http://parlor.example:5001",
            "http://parlor.example:5000.evil.example",
            "http://localhost.evil.example",
            "http://localhost@evil.example",
            "http://127.0.0.1.evil.example",
            "http://evil.example/localhost",
            "ftp://localhost",
            "file://",
            "tauri://evil",
            "http://localhost:80x",
        ] {
            assert!(!is_allowed(Some(origin), HOST, &[]), "{origin}");
        }
        assert!(!is_allowed(Some("http://a"), None, &[]));
    }
}
