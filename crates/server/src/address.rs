//! Who an address counts as, for limits: one IPv4 address, or one IPv6 /64, since a household gets a whole /64 or more.
//!
//! Promises: an IPv4 address is the same one when it comes written as IPv6; nobody but a proxy of the configuration speaks for another address.
//! Leaves to others: what is counted and how much is too much (`rate`, `slots`).

use std::net::IpAddr;

/// What limits per address are counted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum AddressKey {
    /// A whole IPv4 address.
    V4([u8; 4]),
    /// The first 64 bits of an IPv6 address.
    V6([u8; 8]),
}

impl From<IpAddr> for AddressKey {
    fn from(address: IpAddr) -> Self {
        match address.to_canonical() {
            IpAddr::V4(v4) => Self::V4(v4.octets()),
            IpAddr::V6(v6) => {
                let [a, b, c, d, e, f, g, h, ..] = v6.octets();
                Self::V6([a, b, c, d, e, f, g, h])
            }
        }
    }
}

/// The address that speaks, for a connection from `connected`: its own, or, when that is a trusted proxy's, the right-most of `X-Forwarded-For`
/// that is not a trusted proxy's.
///
/// `forwarded_for` holds the values of all headers of this name in the order they came; each is a list with commas. A proxy writes behind what it was
/// sent, so everything left of the address found may be the client's invention and is not looked at. What is no address on the way there makes all of it
/// worthless: the connection's own address counts.
pub fn client_address<'a>(
    connected: IpAddr,
    forwarded_for: impl DoubleEndedIterator<Item = &'a [u8]>,
    trusted: &[IpAddr],
) -> IpAddr {
    let mut client = connected;
    for entry in forwarded_for.rev().flat_map(|line| line.rsplit(|byte| *byte == b',')) {
        if !is_trusted(client, trusted) {
            break;
        }
        let Some(address) = std::str::from_utf8(entry).ok().and_then(|entry| entry.trim().parse().ok()) else {
            return connected;
        };
        client = address;
    }
    client
}

/// Whether an address is on the list of proxies, either of them perhaps written as IPv6.
pub fn is_trusted(address: IpAddr, trusted: &[IpAddr]) -> bool {
    trusted.iter().any(|proxy| proxy.to_canonical() == address.to_canonical())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ip(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn one_household_is_one_address() {
        assert_eq!(AddressKey::from(ip("2001:db8:1:2::1")), AddressKey::from(ip("2001:db8:1:2:ffff::9")));
        assert_ne!(AddressKey::from(ip("2001:db8:1:2::1")), AddressKey::from(ip("2001:db8:1:3::1")));
        assert_eq!(AddressKey::from(ip("::ffff:192.0.2.1")), AddressKey::from(ip("192.0.2.1")));
    }

    const PROXIES: [&str; 3] = ["10.0.0.1", "10.0.0.2", "2001:db8::a"];

    fn from(connected: &str, headers: &[&[u8]]) -> IpAddr {
        client_address(ip(connected), headers.iter().copied(), &PROXIES.map(ip))
    }

    #[test]
    fn only_a_trusted_proxy_can_say_for_whom_it_speaks() {
        assert_eq!(from("192.0.2.9", &[b"198.51.100.1"]), ip("192.0.2.9"));
        assert_eq!(from("192.0.2.9", &[b"10.0.0.1"]), ip("192.0.2.9"), "nor does it become one by saying so");
        assert_eq!(from("10.0.0.1", &[]), ip("10.0.0.1"));
        assert_eq!(from("10.0.0.1", &[b"198.51.100.1"]), ip("198.51.100.1"));
        assert_eq!(from("::ffff:10.0.0.1", &[b"198.51.100.1"]), ip("198.51.100.1"));
        assert_eq!(from("2001:db8::a", &[b" 2001:db8:1::7\t"]), ip("2001:db8:1::7"));
        assert_eq!(client_address(ip("10.0.0.1"), [&b"198.51.100.1"[..]].into_iter(), &[]), ip("10.0.0.1"));
        let mapped = [ip("::ffff:10.0.0.1")];
        assert_eq!(client_address(ip("10.0.0.1"), [&b"198.51.100.1"[..]].into_iter(), &mapped), ip("198.51.100.1"));
    }

    #[test]
    fn the_right_most_address_that_is_no_proxy_counts_whatever_stands_left_of_it() {
        for left in ["203.0.113.5", "10.0.0.2", "nonsense", "", "\u{e4}", "::1", "203.0.113.5, 203.0.113.6"] {
            let one = format!("{left}, 198.51.100.1, 10.0.0.2");
            assert_eq!(from("10.0.0.1", &[one.as_bytes()]), ip("198.51.100.1"), "{one}");
            let several: [&[u8]; 3] = [left.as_bytes(), b"198.51.100.1", b"10.0.0.2"];
            assert_eq!(from("10.0.0.1", &several), ip("198.51.100.1"), "{left} in a header of its own");
        }
        assert_eq!(from("10.0.0.1", &[b"10.0.0.2"]), ip("10.0.0.2"), "a proxy that asks for itself");
    }

    #[test]
    fn a_malformed_header_leaves_the_address_of_the_connection() {
        for bad in [
            &b""[..],
            b" ",
            b",",
            b"nonsense",
            b"198.51.100.1,",
            b"198.51.100.1, unknown",
            b"198.51.100.1:5000",
            b"[2001:db8::1]",
            b"198.51.100.256",
            b"198.51.100.1 198.51.100.2",
            b"198.51.100.1\xff",
            b"198.51.100.1, \xff",
            b"nonsense, 10.0.0.2",
        ] {
            assert_eq!(from("10.0.0.1", &[bad]), ip("10.0.0.1"), "{}", bad.escape_ascii());
            assert_eq!(from("10.0.0.1", &[b"198.51.100.1", bad]), ip("10.0.0.1"), "{} behind", bad.escape_ascii());
        }
    }

    proptest::proptest! {
        #[test]
        fn no_header_makes_it_panic_or_speak_for_who_is_no_proxy(headers in proptest::collection::vec(proptest::collection::vec(proptest::prelude::any::<u8>(), 0..40), 0..4)) {
            let headers: Vec<&[u8]> = headers.iter().map(Vec::as_slice).collect();
            let _ = from("10.0.0.1", &headers);
            proptest::prop_assert_eq!(from("192.0.2.9", &headers), ip("192.0.2.9"));
        }
    }
}
