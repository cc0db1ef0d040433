//! The runtime that WebRTC runs on: Tokio's, with UDP sockets whose buffers are large enough for bulk data.
//!
//! The kernel's usual buffer of 200 KiB overflows within a millisecond of bulk data, and SCTP then waits for its retransmission
//! timeout of a second: with it a link makes a sixth of what it can. The crate has no setting for it, so the socket is widened
//! where the runtime wraps it. Everything else is passed on.

use std::{future::Future, io, net::SocketAddr, pin::Pin, sync::Arc, time::Duration};

use socket2::SockRef;
use webrtc::runtime::{
    AsyncInterval, AsyncTcpListener, AsyncTcpStream, AsyncUdpSocket, JoinHandle, Runtime, default_runtime,
};

use crate::{pace::Pace, refusals::Refusals};

/// What each UDP socket asks the kernel for, each way, in bytes. The kernel may grant less.
pub const SOCKET_BUFFER_BYTES: usize = 4 * 1024 * 1024;

/// Tokio with wide UDP sockets, one connection's.
#[derive(Debug)]
pub struct WideSocketRuntime {
    inner: Arc<dyn Runtime>,
    pace: Pace,
    refusals: Refusals,
}

impl WideSocketRuntime {
    /// Wraps the runtime of the surrounding Tokio, for one connection whose sockets are under `pace` and
    /// `refusals`; none outside of one.
    pub fn current(pace: Pace, refusals: Refusals) -> Option<Arc<dyn Runtime>> {
        default_runtime().map(|inner| Arc::new(Self { inner, pace, refusals }) as Arc<dyn Runtime>)
    }
}

type Pending<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

impl Runtime for WideSocketRuntime {
    fn spawn(&self, future: Pending<'static, ()>) -> Box<dyn JoinHandle> {
        self.inner.spawn(future)
    }

    fn spawn_reactor(&self, reactor_pool_size: usize, future: Pending<'static, ()>) -> Box<dyn JoinHandle> {
        self.inner.spawn_reactor(reactor_pool_size, future)
    }

    fn wrap_udp_socket(&self, socket: std::net::UdpSocket) -> io::Result<Arc<dyn AsyncUdpSocket>> {
        let wide = SockRef::from(&socket);
        for result in [wide.set_recv_buffer_size(SOCKET_BUFFER_BYTES), wide.set_send_buffer_size(SOCKET_BUFFER_BYTES)] {
            if let Err(error) = result {
                // Slower, but it works.
                tracing::warn!(%error, "a UDP socket keeps its narrow buffer");
            }
        }
        Ok(self.refusals.over(self.pace.over(self.inner.wrap_udp_socket(socket)?)))
    }

    fn wrap_tcp_listener(&self, listener: std::net::TcpListener) -> io::Result<Arc<dyn AsyncTcpListener>> {
        self.inner.wrap_tcp_listener(listener)
    }

    fn connect_tcp<'a>(&'a self, remote_addr: SocketAddr) -> Pending<'a, io::Result<Arc<dyn AsyncTcpStream>>> {
        self.inner.connect_tcp(remote_addr)
    }

    fn resolve_host<'a>(&'a self, host: &'a str) -> Pending<'a, io::Result<Vec<SocketAddr>>> {
        self.inner.resolve_host(host)
    }

    fn now(&self) -> std::time::Instant {
        self.inner.now()
    }

    fn sleep(&self, duration: Duration) -> Pending<'static, ()> {
        self.inner.sleep(duration)
    }

    fn interval(&self, period: Duration) -> Box<dyn AsyncInterval> {
        self.inner.interval(period)
    }

    fn block_on(&self, future: Pin<Box<dyn Future<Output = ()> + '_>>) {
        self.inner.block_on(future);
    }

    fn yield_now(&self) -> Pending<'static, ()> {
        self.inner.yield_now()
    }

    fn name(&self) -> &'static str {
        "tokio-wide-sockets"
    }
}
