//! Hands the connections of all doors to the HTTP server.

use std::{io, net::SocketAddr, sync::Arc};

use axum::{
    extract::connect_info::Connected,
    serve::{IncomingStream, Listener},
};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use crate::connection::{Connection, Link};

/// What the doors have let in.
pub struct Arrivals {
    /// From the doors.
    pub arrived: mpsc::Receiver<(Connection, Arc<Link>)>,
    /// The address of the first door.
    pub local: SocketAddr,
}

impl Listener for Arrivals {
    type Io = Connection;
    type Addr = Arc<Link>;

    async fn accept(&mut self) -> (Self::Io, Self::Addr) {
        match self.arrived.recv().await {
            Some(arrived) => arrived,
            // All doors are closed.
            None => std::future::pending().await,
        }
    }

    fn local_addr(&self) -> io::Result<Self::Addr> {
        Ok(Arc::new(Link::new(self.local, self.local, CancellationToken::new())))
    }
}

/// The connection a request came on, as an extension of the request.
#[derive(Debug, Clone)]
pub struct CameOn(pub Arc<Link>);

impl Connected<IncomingStream<'_, Arrivals>> for CameOn {
    fn connect_info(stream: IncomingStream<'_, Arrivals>) -> Self {
        Self(Arc::clone(stream.remote_addr()))
    }
}
