//! Which names a request may call the server by (docs/protocol.md, section 3, "Hosts").
//!
//! A page whose own name was made to point at this machine (DNS rebinding) is the server's own page to its browser, and to `Origin`; that
//! it calls the server by a foreign name is all that gives it away.
//! Promises: a decision from what the request and the connection say; once there is a list, a request without a name is refused, and so is
//! one with two of which one is foreign. Leaves to others: which pages may talk (`origin`).

use std::net::{IpAddr, SocketAddr};

use axum::{extract::Request, http::header};

/// Whether every name in a request is one of the server's: of the list, or the address the connection came in on, `local`. With an empty
/// list any name is right.
pub fn is_allowed(request: &Request, local: SocketAddr, configured: &[String]) -> bool {
    if configured.is_empty() {
        return true;
    }
    // The request line may hold a name too, and wins over the header where it does: both have to be right.
    let in_line = request.uri().authority().map(|authority| Some(authority.as_str()));
    let in_headers = request.headers().get_all(header::HOST).iter().map(|host| host.to_str().ok());
    let mut names = in_line.into_iter().chain(in_headers).peekable();
    names.peek().is_some() && names.all(|name| name.is_some_and(|name| is_ours(name, local, configured)))
}

/// Whether a text can be put on the list: a name or an address, with a port or without.
pub fn is_host(text: &str) -> bool {
    let (name, port) = split(text);
    let is_name = |name: &str| {
        !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_'))
    };
    let is_address = |name: &str| name.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).is_some_and(is_v6);
    (is_name(name) || is_address(name)) && port.is_none_or(|port| port.parse::<u16>().is_ok())
}

fn is_ours(named: &str, local: SocketAddr, configured: &[String]) -> bool {
    if configured.iter().any(|one| one.eq_ignore_ascii_case(named)) {
        return true;
    }
    let (name, port) = split(named);
    // Left out it is the scheme's own, which one is not known here.
    if port.map_or(!matches!(local.port(), 80 | 443), |port| port.parse() != Ok(local.port())) {
        return false;
    }
    let is_listed = configured.iter().any(|one| one.eq_ignore_ascii_case(name));
    let here = local.ip().to_canonical();
    let is_loopback = here.is_loopback() && name.eq_ignore_ascii_case("localhost");
    let bare = name.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(name);
    is_listed || is_loopback || bare.parse::<IpAddr>().is_ok_and(|address| address.to_canonical() == here)
}

/// Name and port of `name`, `name:port`, `[v6]` or `[v6]:port`.
fn split(authority: &str) -> (&str, Option<&str>) {
    match authority.rsplit_once(':') {
        Some((name, port)) if !port.is_empty() && port.bytes().all(|byte| byte.is_ascii_digit()) => (name, Some(port)),
        _ => (authority, None),
    }
}

fn is_v6(text: &str) -> bool {
    text.parse::<std::net::Ipv6Addr>().is_ok()
}

#[cfg(test)]
mod tests {
    use axum::body::Body;

    use super::*;

    fn allowed(uri: &str, hosts: &[&[u8]], local: &str, configured: &[&str]) -> bool {
        let mut request = Request::builder().uri(uri);
        for host in hosts {
            request = request.header(header::HOST, *host);
        }
        let configured: Vec<String> = configured.iter().map(|one| (*one).to_owned()).collect();
        is_allowed(&request.body(Body::empty()).unwrap(), local.parse().unwrap(), &configured)
    }

    #[test]
    fn without_a_list_any_name_is_right() {
        assert!(allowed("/", &[b"evil.example"], "192.168.1.7:5000", &[]));
        assert!(allowed("/", &[], "192.168.1.7:5000", &[]));
    }

    #[test]
    fn the_address_a_connection_came_in_on_is_always_right() {
        for (host, local) in [
            ("192.168.1.7:5000", "192.168.1.7:5000"),
            ("192.168.1.7:5000", "[::ffff:192.168.1.7]:5000"),
            ("[fd00::7]:5000", "[fd00::7]:5000"),
            ("[FD00:0::7]:5000", "[fd00::7]:5000"),
            ("127.0.0.1:5000", "127.0.0.1:5000"),
            ("localhost:5000", "127.0.0.1:5000"),
            ("LocalHost:5000", "[::1]:5000"),
            ("192.168.1.7", "192.168.1.7:443"),
            ("localhost", "127.0.0.1:80"),
        ] {
            assert!(allowed("/", &[host.as_bytes()], local, &["parlor.example"]), "{host} on {local}");
        }
    }

    #[test]
    fn names_of_the_list_are_right_on_their_port() {
        let list = ["parlor.example", "other.example:8443", "[fd00::9]"];
        for host in ["parlor.example", "PARLOR.example:5000", "other.example:8443", "[fd00::9]:5000"] {
            assert!(allowed("/", &[host.as_bytes()], "192.168.1.7:5000", &list), "{host}");
        }
        for host in ["parlor.example:5001", "other.example", "other.example:5000", "[fd00::9]:1"] {
            assert!(!allowed("/", &[host.as_bytes()], "192.168.1.7:5000", &list), "{host}");
        }
    }

    #[test]
    fn foreign_names_and_none_are_refused() {
        for host in [
            &b""[..],
            b"evil.example",
            b"evil.example:5000",
            b"localhost:5000",
            b"127.0.0.1:5000",
            b"192.168.1.7",
            b"192.168.1.7:5001",
            b"192.168.1.7:5000.evil.example",
            b"192.168.1.7.evil.example:5000",
            b"192.168.1.8:5000",
            b"192.168.1.7:05000x",
            b"192.168.1.7.:5000",
            b"user@192.168.1.7:5000",
            b"192.168.1.7:5000\xff",
            b"parlor.example.",
            b"xparlor.example:5000",
            b"0.0.0.0:5000",
        ] {
            assert!(!allowed("/", &[host], "192.168.1.7:5000", &["parlor.example"]), "{}", host.escape_ascii());
        }
        assert!(!allowed("/", &[], "192.168.1.7:5000", &["parlor.example"]));
    }

    #[test]
    fn one_foreign_name_among_right_ones_is_foreign() {
        let good: &[u8] = b"192.168.1.7:5000";
        let local = "192.168.1.7:5000";
        assert!(allowed("http://192.168.1.7:5000/", &[good], local, &["a"]));
        assert!(!allowed("http://evil.example/", &[good], local, &["a"]));
        assert!(!allowed("http://192.168.1.7:5000/", &[b"evil.example"], local, &["a"]));
        assert!(!allowed("/", &[good, b"evil.example"], local, &["a"]));
    }

    #[test]
    fn what_can_stand_on_the_list() {
        for good in ["a", "parlor.example", "parlor.example:8443", "192.168.1.7", "[fd00::7]", "[fd00::7]:1"] {
            assert!(is_host(good), "{good}");
        }
        for bad in ["", "*", "https://a", "a/b", "a b", "a:99999", ":5000", "[]", "[x]", "fd00::7"] {
            assert!(!is_host(bad), "{bad}");
        }
    }
}
