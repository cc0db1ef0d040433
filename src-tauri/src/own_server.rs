//! The signaling server inside the program, so that a room needs no other.
//!
//! Promises: to others it speaks over TLS only, by the certificate that this device keeps, on the address of the network it is in when a room
//! is started; in plain text it speaks to programs of this device alone, on port 5000 or, when that is taken, on a free one. The
//! plain dialect is off. With a key for it, it makes rooms for who shows that key alone, and codes for the guests of those rooms. Leaves to others: everything a server does (`parlor-server`); telling guests the certificate's fingerprint (the
//! invitation does).

use std::{
    io,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, UdpSocket},
    path::Path,
};

use if_addrs::get_if_addrs;
use parlor_server::{Config, Identity, Server, ServerError, ServerHandle};
use serde::Serialize;
use tokio::sync::Mutex;

/// Where a server of Parlor listens if nothing else was said.
const PORT: u16 = 5000;
/// Milliseconds the server may take to end; the program's own farewell takes little more.
const SHUTDOWN_MS: u64 = 1_500;

/// The running server.
pub struct OwnServer {
    identity: Identity,
    port: u16,
    create_key: Option<String>,
    running: Mutex<Option<Running>>,
}

struct Running {
    server: ServerHandle,
    /// Where it listens for others. A laptop that changes networks gets another; one that comes back finds the old one.
    doors: Vec<SocketAddr>,
}

/// An interface of this device at which rooms can be served.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Network {
    /// What the system calls it.
    pub name: String,
    /// Our address there.
    pub address: IpAddr,
}

/// Where guests find the server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The base URL to hand on.
    pub url: String,
    /// SHA-256 of the certificate it shows there; none where it speaks plainly, to this device alone.
    pub certificate_sha256: Option<[u8; 32]>,
}

impl OwnServer {
    /// Binds and serves this device. The certificate is kept in `folder`, and made there the first time. Rooms are made for who shows the key
    /// (32 bytes, base64url); with none, for everybody who reaches it.
    ///
    /// # Errors
    /// No port can be listened on, or the certificate cannot be kept.
    pub async fn start(folder: &Path, create_key: Option<String>) -> Result<Self, ServerError> {
        Self::start_at(PORT, folder, create_key).await
    }

    async fn start_at(port: u16, folder: &Path, create_key: Option<String>) -> Result<Self, ServerError> {
        let identity = Identity::keep_in(folder)?;
        let config = |port| Config { create_key: create_key.clone(), ..config(port) };
        let server = match Server::bind(config(port)).await {
            Err(ServerError::AddressTaken { .. }) => Server::bind(config(0)).await?,
            other => other?,
        };
        let port = server.local_addr().port();
        let running = Running { server: server.spawn(), doors: Vec::new() };
        Ok(Self { identity, port, create_key, running: Mutex::new(Some(running)) })
    }

    /// Where others find it from now on: in the network of this interface or, with none, in the one that leads furthest; without any network only
    /// this device finds it. Asked anew for each room, since a laptop changes networks.
    ///
    /// # Errors
    /// The address of the network cannot be listened on, or the interface is not there.
    pub async fn place(&self, interface: Option<&str>) -> Result<Place, ServerError> {
        let address = match interface {
            Some(name) => {
                let found = networks().into_iter().find(|network| network.name == name);
                Some(found.ok_or_else(|| ServerError::Io(io::ErrorKind::AddrNotAvailable.into()))?.address)
            }
            None => lan_address(),
        };
        self.place_at(address).await
    }

    async fn place_at(&self, address: Option<IpAddr>) -> Result<Place, ServerError> {
        let mut running = self.running.lock().await;
        let (Some(address), Some(running)) = (address, running.as_mut()) else {
            return Ok(Place { url: format!("http://localhost:{}", self.port), certificate_sha256: None });
        };
        let door = match running.doors.iter().find(|door| door.ip() == address) {
            Some(door) => *door,
            None => {
                let door = self.open(&running.server, address).await?;
                running.doors.push(door);
                door
            }
        };
        Ok(Place { url: format!("https://{door}"), certificate_sha256: Some(self.identity.sha256()) })
    }

    async fn open(&self, server: &ServerHandle, address: IpAddr) -> Result<SocketAddr, ServerError> {
        match server.listen_as(SocketAddr::new(address, self.port), &self.identity).await {
            Err(ServerError::AddressTaken { .. }) => {
                server.listen_as(SocketAddr::new(address, 0), &self.identity).await
            }
            other => other,
        }
    }

    /// The port it listens on for this device.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// What has to be shown to have a room made here.
    pub fn create_key(&self) -> Option<&str> {
        self.create_key.as_deref()
    }

    /// Closes in order, telling the clients.
    pub async fn shut_down(&self) {
        if let Some(running) = self.running.lock().await.take()
            && let Err(error) = running.server.stop().await
        {
            tracing::error!(%error, "the own server ended badly");
        }
    }
}

fn config(port: u16) -> Config {
    let listen = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    Config { listen, shutdown_ms: SHUTDOWN_MS, ..Config::embedded() }
}

/// The interfaces that rooms can be served at, each with the address that is handed on: IPv4 before IPv6, and no link-local IPv6, whose zone no
/// URL can hold. Empty where the system does not say.
pub fn networks() -> Vec<Network> {
    let mut found: Vec<Network> = Vec::new();
    let mut all = get_if_addrs().unwrap_or_default();
    all.sort_by_key(|interface| interface.ip().is_ipv6());
    for interface in all {
        let is_usable = match interface.ip() {
            IpAddr::V4(address) => !address.is_unspecified(),
            IpAddr::V6(address) => !address.is_unicast_link_local(),
        };
        if is_usable && !found.iter().any(|one| one.name == interface.name) {
            found.push(Network { address: interface.ip(), name: interface.name });
        }
    }
    found
}

/// The address of the interface that other devices reach us on; none where there is no network.
fn lan_address() -> Option<IpAddr> {
    // Connecting a UDP socket sends nothing; it only makes the system choose the interface. Both addresses are reserved for documentation
    // (RFC 5737, RFC 3849), so nobody is meant.
    let v4 = (IpAddr::V4(Ipv4Addr::UNSPECIFIED), IpAddr::V4(Ipv4Addr::new(192, 0, 2, 1)));
    let v6 = (IpAddr::V6(Ipv6Addr::UNSPECIFIED), IpAddr::V6(Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 1)));
    [v4, v6].into_iter().find_map(|(from, to)| {
        let socket = UdpSocket::bind((from, 0)).ok()?;
        socket.connect((to, 9)).ok()?;
        socket.local_addr().map(|address| address.ip()).ok().filter(|address| !address.is_loopback())
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing)]
mod tests {
    use tokio::net::{TcpListener, TcpStream};

    use super::*;

    /// An address of this device that is not the one of the plain server.
    const NETWORK: IpAddr = IpAddr::V4(Ipv4Addr::new(127, 0, 0, 2));

    async fn own(port: u16) -> (OwnServer, tempfile::TempDir) {
        let folder = tempfile::tempdir().unwrap();
        (OwnServer::start_at(port, folder.path(), None).await.unwrap(), folder)
    }

    fn authority(place: &Place) -> &str {
        place.url.strip_prefix("https://").unwrap()
    }

    #[tokio::test]
    async fn a_taken_port_is_no_reason_to_have_no_server() {
        let here = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let taken = here.local_addr().unwrap().port();
        let (own, _folder) = own(taken).await;
        assert_ne!(own.port(), taken);
        TcpStream::connect((Ipv4Addr::LOCALHOST, own.port())).await.unwrap();
        let _there = TcpListener::bind((NETWORK, own.port())).await.unwrap();
        let place = own.place_at(Some(NETWORK)).await.unwrap();
        assert!(!place.url.ends_with(&format!(":{}", own.port())));
        TcpStream::connect(authority(&place)).await.unwrap();
        own.shut_down().await;
    }

    #[tokio::test]
    async fn it_is_found_by_its_certificate_in_the_network_until_it_is_shut_down() {
        let (own, folder) = own(0).await;
        TcpStream::connect((NETWORK, own.port())).await.unwrap_err();
        let place = own.place_at(Some(NETWORK)).await.unwrap();
        assert_eq!(place.certificate_sha256, Some(Identity::keep_in(folder.path()).unwrap().sha256()));
        assert_eq!(place, own.place_at(Some(NETWORK)).await.unwrap(), "asked again it is where it was");
        TcpStream::connect(authority(&place)).await.unwrap();
        own.shut_down().await;
        TcpStream::connect(authority(&place)).await.unwrap_err();
    }

    #[tokio::test]
    async fn without_a_network_it_is_there_for_this_device() {
        let (own, _folder) = own(0).await;
        let place = own.place_at(None).await.unwrap();
        assert_eq!(place, Place { url: format!("http://localhost:{}", own.port()), certificate_sha256: None });
        own.shut_down().await;
    }

    #[tokio::test]
    async fn it_is_served_at_the_interface_that_was_chosen_and_at_no_other() {
        let (own, _folder) = own(0).await;
        let here = networks().into_iter().find(|network| network.address.is_loopback()).unwrap();
        let place = own.place(Some(&here.name)).await.unwrap();
        assert_eq!(authority(&place).parse::<SocketAddr>().unwrap().ip(), here.address);
        own.place(Some("no such interface")).await.unwrap_err();
        own.shut_down().await;
    }

    #[tokio::test]
    async fn who_changes_networks_is_found_in_both() {
        let (own, _folder) = own(0).await;
        let other = IpAddr::V4(Ipv4Addr::new(127, 0, 0, 3));
        let places = [own.place_at(Some(NETWORK)).await.unwrap(), own.place_at(Some(other)).await.unwrap()];
        assert_ne!(places[0].url, places[1].url);
        for place in &places {
            TcpStream::connect(authority(place)).await.unwrap();
        }
        own.shut_down().await;
    }
}
