//! Which pages may talk to the server (docs/protocol.md, section 3, "Origins").
//!
//! Promises: a decision from two headers and a list, nothing else; the answer never is a wildcard.

/// The origins of the app's own window, by platform.
const APP: [&str; 2] = ["tauri://localhost", "http://tauri.localhost"];
/// Hosts that are this machine, on any port.
const LOCAL: [&str; 3] = ["localhost", "127.0.0.1", "[::1]"];

/// Whether a request with this `Origin` and `Host` may be served. `local_pages` lets in pages of this machine.
///
/// The same origin is told by the host alone: behind a proxy that ends TLS the scheme is not known here.
pub fn is_allowed(origin: &str, host: Option<&str>, configured: &[String], local_pages: bool) -> bool {
    if APP.contains(&origin) || configured.iter().any(|allowed| allowed.eq_ignore_ascii_case(origin)) {
        return true;
    }
    let Some(authority) = web_authority(origin) else { return false };
    let name = match authority.rsplit_once(':') {
        Some((name, port)) if !port.is_empty() && port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => authority,
    };
    local_pages && LOCAL.iter().any(|local| local.eq_ignore_ascii_case(name))
        || host.is_some_and(|host| host.eq_ignore_ascii_case(authority))
}

/// Whether a request without `Origin` comes from a native client or a page of our own, by what its `Sec-Fetch-Site` says. Browsers leave the
/// origin out of some requests of foreign pages (`no-cors`), and say there whose they are, to servers on https or on their own machine.
pub fn is_allowed_without(fetch_site: Option<&str>) -> bool {
    matches!(fetch_site, None | Some("same-origin" | "none"))
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
    fn own_pages_the_app_and_those_of_the_list_are_let_in() {
        for origin in [
            "http://parlor.example:5000",
            "https://parlor.example:5000",
            "tauri://localhost",
            "http://tauri.localhost",
            "https://friend.example",
        ] {
            for local_pages in [true, false] {
                assert!(is_allowed(origin, HOST, &["https://friend.example".to_owned()], local_pages), "{origin}");
            }
        }
    }

    #[test]
    fn pages_of_this_machine_are_let_in_where_that_is_configured() {
        for origin in
            ["http://localhost", "http://localhost:8080", "https://127.0.0.1:1", "http://[::1]:3000", "http://[::1]"]
        {
            assert!(is_allowed(origin, HOST, &[], true), "{origin}");
            assert!(!is_allowed(origin, HOST, &[], false), "{origin}");
        }
        assert!(is_allowed("http://localhost:5000", Some("localhost:5000"), &[], false), "our own all the same");
    }

    #[test]
    fn without_an_origin_native_clients_and_own_pages_are_let_in() {
        assert!([None, Some("same-origin"), Some("none")].into_iter().all(is_allowed_without));
        assert!(![Some("cross-site"), Some("same-site"), Some("")].into_iter().any(is_allowed_without));
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
            "https://tauri.localhost",
            "http://localhost:80x",
        ] {
            assert!(!is_allowed(origin, HOST, &[], true), "{origin}");
        }
        assert!(!is_allowed("http://a", None, &[], true));
    }
}
