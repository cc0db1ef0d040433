//! Accepts connections, within bounds, and gives each its watch.

use std::{io, net::IpAddr, sync::Arc, time::Duration};

use axum::{
    extract::connect_info::Connected,
    serve::{IncomingStream, Listener},
};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use crate::{
    address::{AddressKey, is_trusted},
    connection::{Connection, Link},
    slots::Slots,
};

/// A TCP listener that refuses more connections than there are places for.
pub struct BoundedListener {
    /// What it listens on.
    pub tcp: TcpListener,
    /// The places.
    pub slots: Arc<Slots>,
    /// Ends every connection.
    pub all: CancellationToken,
    /// How long a connection may be still.
    pub stall: Duration,
    /// Proxies, which speak for many addresses.
    pub trusted_proxies: Vec<IpAddr>,
}

impl Listener for BoundedListener {
    type Io = Connection;
    type Addr = Arc<Link>;

    async fn accept(&mut self) -> (Self::Io, Self::Addr) {
        loop {
            let (stream, remote) = match self.tcp.accept().await {
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
            let is_proxy = is_trusted(remote.ip(), &self.trusted_proxies);
            let address = (!is_proxy).then(|| AddressKey::from(remote.ip()));
            // Without a place the stream is dropped, which closes it.
            let Some(slot) = self.slots.take(address) else { continue };
            if let Err(error) = stream.set_nodelay(true) {
                tracing::debug!(%error, "no TCP_NODELAY");
            }
            // A connection that is gone already has no address any more.
            let Ok(local) = stream.local_addr() else { continue };
            let link = Arc::new(Link::new(remote, local, self.all.child_token()));
            return (Connection::new(stream, Arc::clone(&link), self.stall, slot), link);
        }
    }

    fn local_addr(&self) -> io::Result<Self::Addr> {
        let local = self.tcp.local_addr()?;
        Ok(Arc::new(Link::new(local, local, self.all.child_token())))
    }
}

fn is_of_one_connection(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::ConnectionRefused | io::ErrorKind::ConnectionAborted | io::ErrorKind::ConnectionReset
    )
}

/// The connection a request came on, as an extension of the request.
#[derive(Debug, Clone)]
pub struct CameOn(pub Arc<Link>);

impl Connected<IncomingStream<'_, BoundedListener>> for CameOn {
    fn connect_info(stream: IncomingStream<'_, BoundedListener>) -> Self {
        Self(Arc::clone(stream.remote_addr()))
    }
}
