//! Where a server is, and by which certificate it is known.
//!
//! Promises: a decision from the address alone. Leaves to others: looking at certificates (`tls`).

use std::{net::IpAddr, str::FromStr};

use parlor_trust::{Fingerprint, Invitation};
use url::{Host, Url};

/// Which certificate an https server has to show.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Certificate {
    /// One that the system trusts, for this name.
    Trusted,
    /// This one, whatever the system says.
    Pinned(Fingerprint),
    /// Any: for a spoken code at a server that no authority can vouch for. The words prove the owner, and he hands over the pin.
    Any,
}

/// The address of a server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServerAddress {
    /// Base URL, http or https. A path in it is where the server's root is.
    pub url: Url,
    /// What it has to show over https.
    pub certificate: Certificate,
}

impl ServerAddress {
    /// The server of an invitation.
    ///
    /// # Errors
    /// Its base URL is none after all.
    pub fn of(invitation: &Invitation) -> Result<Self, url::ParseError> {
        let address: Self = invitation.server().parse()?;
        Ok(match invitation.pin() {
            Some(pin) => Self { certificate: Certificate::Pinned(pin), ..address },
            None => address,
        })
    }

    /// The server where somebody waits behind a spoken code: one in the local network, by its address or because it was found there, may show any
    /// certificate.
    pub fn of_code(url: Url, is_nearby: bool) -> Self {
        let certificate = if is_nearby || is_local(&url) { Certificate::Any } else { Certificate::Trusted };
        Self { url, certificate }
    }
}

impl FromStr for ServerAddress {
    type Err = url::ParseError;

    /// A base URL, to be trusted as the system does.
    fn from_str(text: &str) -> Result<Self, url::ParseError> {
        Ok(Self { url: text.parse()?, certificate: Certificate::Trusted })
    }
}

/// Whether no public authority vouches for such an address.
fn is_local(url: &Url) -> bool {
    let address = match url.host() {
        Some(Host::Ipv4(v4)) => IpAddr::V4(v4),
        Some(Host::Ipv6(v6)) => IpAddr::V6(v6).to_canonical(),
        Some(Host::Domain(name)) => return name == "localhost" || name.ends_with(".local"),
        None => return false,
    };
    match address {
        IpAddr::V4(v4) => v4.is_private() || v4.is_loopback() || v4.is_link_local(),
        IpAddr::V6(v6) => v6.is_unique_local() || v6.is_loopback() || v6.is_unicast_link_local(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_servers_of_the_local_network_may_show_any_certificate_to_a_code() {
        for (url, certificate) in [
            ("https://192.168.1.7:5000", Certificate::Any),
            ("https://10.0.0.1", Certificate::Any),
            ("https://172.20.0.1", Certificate::Any),
            ("https://169.254.3.4", Certificate::Any),
            ("https://127.0.0.1", Certificate::Any),
            ("https://[fd00::7]:5000", Certificate::Any),
            ("https://[fe80::1]", Certificate::Any),
            ("https://[::ffff:192.168.1.7]", Certificate::Any),
            ("https://desk.local", Certificate::Any),
            ("https://parlor.example", Certificate::Trusted),
            ("https://local", Certificate::Trusted),
            ("https://192.168.1.7.example", Certificate::Trusted),
            ("https://203.0.113.7", Certificate::Trusted),
            ("https://[2001:db8::7]", Certificate::Trusted),
            ("https://172.32.0.1", Certificate::Trusted),
        ] {
            assert_eq!(ServerAddress::of_code(url.parse().unwrap(), false).certificate, certificate, "{url}");
            assert_eq!(ServerAddress::of_code(url.parse().unwrap(), true).certificate, Certificate::Any, "{url}");
        }
    }

    #[test]
    fn an_invitation_says_what_is_to_be_shown() {
        let invitation = Invitation::new("https://192.168.1.7:5000", [7; 32]).unwrap();
        assert_eq!(ServerAddress::of(&invitation).unwrap().certificate, Certificate::Trusted);
        let pinned = invitation.with_pin(Fingerprint([9; 32])).unwrap();
        assert_eq!(ServerAddress::of(&pinned).unwrap().certificate, Certificate::Pinned(Fingerprint([9; 32])));
    }
}
