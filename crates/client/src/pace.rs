//! One datagram a turn, until a connection is open.
//!
//! The crate's driver takes a burst of up to 64 datagrams before it looks at what they led to. When the one that ends the SCTP
//! handshake and the first message behind it come in one burst, the message finds no channel yet, is acknowledged and lost: the
//! key confirmation, of all messages. So a socket answers the probes of a burst with "nothing more" until the channels are open;
//! afterwards it takes bursts as they come.
//!
//! A probe is whatever asks next after a datagram was given: the driver probes before it waits again. A waiter that is put off all the
//! same is woken at once, so nothing is ever late by more than a turn. (Its waker would not tell a probe: wakers that wake nobody
//! need not be equal.)

use std::{
    io::{self, IoSliceMut},
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll},
};

use tokio::sync::Notify;
use webrtc::runtime::{AsyncUdpSocket, RecvMeta, Transmit};

/// Whether bursts are taken, for all sockets of one connection; and when the driver has looked at what came.
#[derive(Debug, Clone, Default)]
pub struct Pace {
    takes_bursts: Arc<AtomicBool>,
    turned: Arc<Notify>,
}

impl Pace {
    /// From now on bursts are taken.
    pub fn release(&self) {
        self.takes_bursts.store(true, Ordering::Release);
    }

    /// Told whenever the driver asks a socket for more: what it was given before, it has looked at by then, or will before it asks again.
    pub(crate) fn turned(&self) -> &Arc<Notify> {
        &self.turned
    }

    /// Puts a socket under this pace.
    pub(crate) fn over(&self, socket: Arc<dyn AsyncUdpSocket>) -> Arc<dyn AsyncUdpSocket> {
        Arc::new(PacedSocket { socket, pace: self.clone(), gave: AtomicBool::new(false) })
    }
}

#[derive(Debug)]
struct PacedSocket {
    socket: Arc<dyn AsyncUdpSocket>,
    pace: Pace,
    /// A datagram was given and nobody was put off since.
    gave: AtomicBool,
}

impl AsyncUdpSocket for PacedSocket {
    fn local_addr(&self) -> io::Result<SocketAddr> {
        self.socket.local_addr()
    }

    fn poll_send(&self, cx: &mut Context<'_>, transmit: &Transmit<'_>) -> Poll<io::Result<usize>> {
        self.socket.poll_send(cx, transmit)
    }

    fn poll_recv(
        &self,
        cx: &mut Context<'_>,
        bufs: &mut [IoSliceMut<'_>],
        meta: &mut [RecvMeta],
    ) -> Poll<io::Result<usize>> {
        self.pace.turned.notify_waiters();
        if self.pace.takes_bursts.load(Ordering::Acquire) {
            return self.socket.poll_recv(cx, bufs, meta);
        }
        if self.gave.swap(false, Ordering::AcqRel) {
            cx.waker().wake_by_ref();
            return Poll::Pending;
        }
        let received = self.socket.poll_recv(cx, bufs, meta);
        self.gave.store(received.is_ready(), Ordering::Release);
        received
    }

    fn max_gso_segments(&self) -> usize {
        self.socket.max_gso_segments()
    }

    fn max_gro_segments(&self) -> usize {
        self.socket.max_gro_segments()
    }
}

#[cfg(test)]
mod tests {
    use std::{future::poll_fn, task::Waker};

    use webrtc::runtime::default_runtime;

    use super::*;

    /// What the driver asks at the end of a turn.
    fn probe(socket: &Arc<dyn AsyncUdpSocket>) -> bool {
        let (mut bytes, mut meta) = ([0; 8], [RecvMeta::default()]);
        let mut bufs = [IoSliceMut::new(&mut bytes)];
        socket.poll_recv(&mut Context::from_waker(Waker::noop()), &mut bufs, &mut meta).is_ready()
    }

    #[tokio::test]
    async fn a_burst_is_taken_only_after_the_release() {
        let bind = || std::net::UdpSocket::bind("127.0.0.1:0").unwrap();
        let (receiver, sender, pace) = (bind(), bind(), Pace::default());
        let target = receiver.local_addr().unwrap();
        let socket = pace.over(default_runtime().unwrap().wrap_udp_socket(receiver).unwrap());
        for _ in 0..3 {
            sender.send_to(b"datagram", target).unwrap();
        }
        let receive = || async {
            let (mut bytes, mut meta) = ([0; 8], [RecvMeta::default()]);
            poll_fn(|cx| socket.poll_recv(cx, &mut [IoSliceMut::new(&mut bytes)], &mut meta)).await.unwrap();
        };
        receive().await;
        assert!(!probe(&socket), "one a turn");
        receive().await;
        pace.release();
        assert!(probe(&socket), "and then as they come");
    }
}
