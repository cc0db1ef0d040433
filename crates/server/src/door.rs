//! One address that is listened on: accepts its connections, within bounds, over TLS or plainly.
//!
//! Promises: a connection that does not finish its handshake holds its place no longer than one that stalls; a browser that comes to a TLS
//! door by `http://` is shown the way, by our own address and not by what it says. Leaves to others: HTTP (`listener` hands it over).

use std::{io, net::IpAddr, sync::Arc, time::Duration};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::mpsc,
    time::timeout,
};
use tokio_rustls::TlsAcceptor;
use tokio_util::sync::CancellationToken;

use crate::{
    address::{AddressKey, is_trusted},
    connection::{Connection, Link},
    quick_ack::QuickAck,
    slots::Slots,
};

/// The first byte of a TLS handshake.
const TLS_HANDSHAKE: u8 = 0x16;
/// Longest head of a plain request that is read before it is answered, in bytes.
const PLAIN_HEAD: usize = 8 * 1024;

/// What all doors of a server share.
#[derive(Clone)]
pub struct House {
    /// The places.
    pub slots: Arc<Slots>,
    /// Ends every connection.
    pub all: CancellationToken,
    /// Closes the doors.
    pub closing: CancellationToken,
    /// How long a connection may be still.
    pub stall: Duration,
    /// Proxies, which speak for many addresses.
    pub trusted_proxies: Vec<IpAddr>,
    /// Where connections are handed over.
    pub arrived: mpsc::Sender<(Connection, Arc<Link>)>,
}

/// A socket that listens, and what is spoken there.
pub struct Door {
    /// The socket.
    pub tcp: TcpListener,
    /// With TLS.
    pub tls: Option<TlsAcceptor>,
}

impl Door {
    /// Lets in who comes until the house closes.
    pub async fn keep(self, house: House) {
        loop {
            let accepted = tokio::select! {
                () = house.closing.cancelled() => return,
                accepted = self.tcp.accept() => accepted,
            };
            let (stream, remote) = match accepted {
                Ok(accepted) => accepted,
                Err(error) => {
                    if !is_of_one_connection(&error) {
                        // Out of file descriptors or memory: trying again at once would only burn the processor.
                        tracing::error!(%error, "cannot accept connections");
                        tokio::time::sleep(Duration::from_secs(1)).await;
                    }
                    continue;
                }
            };
            let is_proxy = is_trusted(remote.ip(), &house.trusted_proxies);
            let address = (!is_proxy).then(|| AddressKey::from(remote.ip()));
            // Without a place the stream is dropped, which closes it.
            let Some(slot) = house.slots.take(address) else { continue };
            if let Err(error) = stream.set_nodelay(true) {
                tracing::debug!(%error, "no TCP_NODELAY");
            }
            // A connection that is gone already has no address any more.
            let Ok(local) = stream.local_addr() else { continue };
            let link = Arc::new(Link::new(remote, local, house.all.child_token()));
            let Some(tls) = &self.tls else {
                let connection = Connection::new(Box::new(QuickAck(stream)), Arc::clone(&link), house.stall, slot);
                // Nobody takes it any more when the server ends.
                drop(house.arrived.send((connection, link)).await);
                continue;
            };
            let (tls, house) = (tls.clone(), house.clone());
            tokio::spawn(async move {
                let handshake = timeout(house.stall, over_tls(stream, &tls));
                let stream = tokio::select! {
                    () = link.ended.cancelled() => return,
                    done = handshake => match done {
                        Ok(Ok(Some(stream))) => stream,
                        // Broken off, or shown the way.
                        _ => return,
                    },
                };
                let connection = Connection::new(Box::new(stream), Arc::clone(&link), house.stall, slot);
                drop(house.arrived.send((connection, link)).await);
            });
        }
    }
}

/// Shakes hands. None for who spoke plainly and was told the address.
async fn over_tls(
    mut stream: TcpStream,
    tls: &TlsAcceptor,
) -> io::Result<Option<tokio_rustls::server::TlsStream<QuickAck>>> {
    let mut first = [0];
    if stream.peek(&mut first).await? == 1 && first != [TLS_HANDSHAKE] {
        show_the_way(&mut stream).await?;
        return Ok(None);
    }
    tls.accept(QuickAck(stream)).await.map(Some)
}

async fn show_the_way(stream: &mut TcpStream) -> io::Result<()> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") && head.len() < PLAIN_HEAD && stream.read_buf(&mut head).await? > 0 {}
    let address = stream.local_addr()?;
    let answer = format!(
        "HTTP/1.1 307 Temporary Redirect\r\nLocation: https://{address}/\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
    );
    stream.write_all(answer.as_bytes()).await?;
    stream.shutdown().await
}

fn is_of_one_connection(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::ConnectionRefused | io::ErrorKind::ConnectionAborted | io::ErrorKind::ConnectionReset
    )
}
