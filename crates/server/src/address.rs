//! Who an address counts as, for limits: one IPv4 address, or one IPv6 /64, since a household gets a whole /64 or more.

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

/// The client's address: the connection's own, or, when that is a trusted proxy, the last `X-Forwarded-For` entry that is not.
pub fn client_address<'a>(
    connected: IpAddr,
    forwarded_for: impl DoubleEndedIterator<Item = &'a str>,
    trusted: &[IpAddr],
) -> IpAddr {
    let is_trusted = |address: &IpAddr| trusted.contains(&address.to_canonical());
    let mut client = connected;
    for entry in forwarded_for.rev().flat_map(|line| line.rsplit(',')) {
        if !is_trusted(&client) {
            break;
        }
        let Ok(address) = entry.trim().parse() else { break };
        client = address;
    }
    client
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

    #[test]
    fn only_a_trusted_proxy_can_say_for_whom_it_speaks() {
        let trusted = [ip("10.0.0.1"), ip("10.0.0.2")];
        let from = |connected, line: &'static str| client_address(ip(connected), std::iter::once(line), &trusted);
        assert_eq!(from("192.0.2.9", "198.51.100.1"), ip("192.0.2.9"));
        assert_eq!(from("10.0.0.1", "198.51.100.1"), ip("198.51.100.1"));
        assert_eq!(from("10.0.0.1", "203.0.113.5, 198.51.100.1"), ip("198.51.100.1"));
        assert_eq!(from("10.0.0.1", "198.51.100.1, 10.0.0.2"), ip("198.51.100.1"));
        assert_eq!(from("10.0.0.1", "nonsense"), ip("10.0.0.1"));
    }
}
