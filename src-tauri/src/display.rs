//! Whether there is a display to open a window on.
//!
//! Promises: never touches a toolkit (GTK aborts the process where there is none) and answers within a second. A variable that
//! names a display nobody answers on counts as none. Leaves to others: whether that display lets us in.

#[cfg(not(target_os = "linux"))]
pub fn is_reachable() -> bool {
    true
}

/// True when the Wayland or X11 display of the environment takes a connection.
#[cfg(target_os = "linux")]
pub fn is_reachable() -> bool {
    let wayland = std::env::var("WAYLAND_DISPLAY").ok().filter(|name| !name.is_empty());
    let x11 = std::env::var("DISPLAY").ok().filter(|name| !name.is_empty());
    wayland.is_some_and(|name| linux::wayland_answers(&name)) || x11.is_some_and(|name| linux::x11_answers(&name))
}

#[cfg(target_os = "linux")]
mod linux {
    use std::{
        net::{TcpStream, ToSocketAddrs},
        os::{
            linux::net::SocketAddrExt,
            unix::net::{SocketAddr, UnixStream},
        },
        path::Path,
        time::Duration,
    };

    /// X servers listen on TCP port 6000 + display.
    const X11_TCP_BASE: u16 = 6000;

    pub fn wayland_answers(name: &str) -> bool {
        let folder = std::env::var_os("XDG_RUNTIME_DIR").unwrap_or_default();
        UnixStream::connect(Path::new(&folder).join(name)).is_ok()
    }

    pub fn x11_answers(name: &str) -> bool {
        let Some((host, number)) = parse_x11(name) else { return false };
        if host.is_empty() || host == "unix" {
            let path = format!("/tmp/.X11-unix/X{number}");
            return UnixStream::connect(&path).is_ok()
                || SocketAddr::from_abstract_name(&path).is_ok_and(|name| UnixStream::connect_addr(&name).is_ok());
        }
        let Some(port) = X11_TCP_BASE.checked_add(number) else { return false };
        (host, port)
            .to_socket_addrs()
            .is_ok_and(|mut found| found.any(|one| TcpStream::connect_timeout(&one, Duration::from_secs(1)).is_ok()))
    }

    /// `host:display.screen`, the host and the screen left out at will.
    pub fn parse_x11(name: &str) -> Option<(&str, u16)> {
        let (host, rest) = name.rsplit_once(':')?;
        let number = rest.split('.').next()?.parse().ok()?;
        Some((host, number))
    }

    #[cfg(test)]
    mod tests {
        use super::*;

        #[test]
        fn a_display_name_is_read_with_or_without_host_and_screen() {
            assert_eq!(parse_x11(":99"), Some(("", 99)));
            assert_eq!(parse_x11(":0.1"), Some(("", 0)));
            assert_eq!(parse_x11("localhost:10.0"), Some(("localhost", 10)));
            assert_eq!(parse_x11("nonsense"), None);
            assert_eq!(parse_x11(":x"), None);
        }

        #[test]
        fn a_display_nobody_serves_counts_as_none() {
            assert!(!x11_answers(":54321"));
            assert!(!wayland_answers("no-such-display"));
        }
    }
}
