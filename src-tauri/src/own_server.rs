//! The signaling server inside the program, so that a room needs no other.
//!
//! Promises: it listens on every interface, on port 5000 or, when that is taken, on a free one; its base URL names an address
//! that guests on the same network can open. The plain dialect is off. Leaves to others: everything a server does (`parlor-server`).

use std::net::{IpAddr, Ipv4Addr, SocketAddr, UdpSocket};

use parlor_server::{Config, Server, ServerError, ServerHandle};
use tokio::sync::Mutex;

/// Where a server of Parlor listens if nothing else was said.
const PORT: u16 = 5000;
/// Milliseconds the server may take to end; the program's own farewell takes little more.
const SHUTDOWN_MS: u64 = 1_500;

/// The running server.
pub struct OwnServer {
    port: u16,
    running: Mutex<Option<ServerHandle>>,
}

impl OwnServer {
    /// Binds and serves.
    ///
    /// # Errors
    /// No port can be listened on.
    pub async fn start() -> Result<Self, ServerError> {
        Self::start_at(PORT).await
    }

    async fn start_at(port: u16) -> Result<Self, ServerError> {
        let server = match Server::bind(config(port)).await {
            Err(ServerError::AddressTaken { .. }) => Server::bind(config(0)).await?,
            other => other?,
        };
        let port = server.local_addr().port();
        Ok(Self { port, running: Mutex::new(Some(server.spawn())) })
    }

    /// The address to hand on. Asked anew each time, since a laptop changes networks.
    pub fn base_url(&self) -> String {
        format!("http://{}", SocketAddr::new(lan_address(), self.port))
    }

    /// The port it listens on.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Closes in order, telling the clients.
    pub async fn shut_down(&self) {
        if let Some(running) = self.running.lock().await.take()
            && let Err(error) = running.stop().await
        {
            tracing::error!(%error, "the own server ended badly");
        }
    }
}

fn config(port: u16) -> Config {
    let listen = SocketAddr::from((Ipv4Addr::UNSPECIFIED, port));
    Config { listen, shutdown_ms: SHUTDOWN_MS, ..Config::embedded() }
}

/// The address of the interface that other devices reach us on, or loopback where there is no network.
fn lan_address() -> IpAddr {
    // Connecting a UDP socket sends nothing; it only makes the system choose the interface. 192.0.2.1 is reserved for
    // documentation (RFC 5737), so nobody is meant.
    UdpSocket::bind((Ipv4Addr::UNSPECIFIED, 0))
        .and_then(|socket| {
            socket.connect((Ipv4Addr::new(192, 0, 2, 1), 9))?;
            socket.local_addr()
        })
        .map_or(IpAddr::V4(Ipv4Addr::LOCALHOST), |address| address.ip())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use tokio::net::{TcpListener, TcpStream};

    use super::*;

    #[tokio::test]
    async fn a_taken_port_is_no_reason_to_have_no_server() {
        let other = TcpListener::bind((Ipv4Addr::UNSPECIFIED, 0)).await.unwrap();
        let taken = other.local_addr().unwrap().port();
        let own = OwnServer::start_at(taken).await.unwrap();
        assert_ne!(own.port(), taken);
        TcpStream::connect((Ipv4Addr::LOCALHOST, own.port())).await.unwrap();
        own.shut_down().await;
    }

    #[tokio::test]
    async fn its_address_is_one_that_answers_until_it_is_shut_down() {
        let own = OwnServer::start_at(0).await.unwrap();
        let authority = own.base_url().strip_prefix("http://").unwrap().to_owned();
        TcpStream::connect(&authority).await.unwrap();
        own.shut_down().await;
        TcpStream::connect(&authority).await.unwrap_err();
    }
}
