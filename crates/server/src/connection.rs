//! One connection, watched: it can be cut from outside, ends by itself when nothing moves, and tells how much was written.
//!
//! Why not leave that to the libraries above: Socket.IO has no way to close what lies below a namespace, and a writer whose
//! peer does not read waits for ever.

use std::{
    io,
    net::SocketAddr,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    task::{Context, Poll, ready},
    time::Duration,
};

use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    sync::Notify,
    time::{Instant, Sleep},
};
use tokio_util::sync::{CancellationToken, WaitForCancellationFutureOwned};

use crate::slots::Slot;

/// The outside's hold on a connection.
#[derive(Debug)]
pub struct Link {
    /// Where it comes from.
    pub remote: SocketAddr,
    /// Which of our addresses it came in on.
    pub local: SocketAddr,
    /// Cancelled when the connection is cut or gone.
    pub ended: CancellationToken,
    written_bytes: AtomicU64,
    progress: Notify,
}

impl Link {
    /// A hold on a connection that ends with `ended`.
    pub fn new(remote: SocketAddr, local: SocketAddr, ended: CancellationToken) -> Self {
        Self { remote, local, ended, written_bytes: AtomicU64::new(0), progress: Notify::new() }
    }

    /// Ends the connection at once.
    pub fn cut(&self) {
        self.ended.cancel();
    }

    /// Bytes the system has taken so far.
    pub fn written_bytes(&self) -> u64 {
        self.written_bytes.load(Ordering::Acquire)
    }

    /// Returns when the system has taken this many bytes in all. The connection may end before: watch [`Self::ended`] too.
    pub async fn written_up_to(&self, bytes: u64) {
        loop {
            let mut progress = std::pin::pin!(self.progress.notified());
            progress.as_mut().enable();
            if self.written_bytes() >= bytes {
                return;
            }
            progress.await;
        }
    }

    fn count(&self, bytes: usize) {
        self.written_bytes.fetch_add(bytes as u64, Ordering::AcqRel);
        self.progress.notify_waiters();
    }
}

/// What one direction waits for beside the socket. Each direction has its own, since each may be polled by another task.
struct Watch {
    ended: Pin<Box<WaitForCancellationFutureOwned>>,
    stall: Pin<Box<Sleep>>,
}

impl Watch {
    fn new(link: &Link, stall: Duration) -> Self {
        Self { ended: Box::pin(link.ended.clone().cancelled_owned()), stall: Box::pin(tokio::time::sleep(stall)) }
    }

    fn poll_ended(&mut self, context: &mut Context<'_>) -> io::Result<()> {
        match self.ended.as_mut().poll(context) {
            Poll::Ready(()) => Err(io::ErrorKind::ConnectionAborted.into()),
            Poll::Pending => Ok(()),
        }
    }

    /// Fails when nothing has moved since `moved` for as long as `stall`.
    fn poll_stalled(&mut self, moved: Instant, stall: Duration, context: &mut Context<'_>) -> io::Result<()> {
        while self.stall.as_mut().poll(context).is_ready() {
            let due = moved + stall;
            if due <= Instant::now() {
                return Err(io::ErrorKind::TimedOut.into());
            }
            self.stall.as_mut().reset(due);
        }
        Ok(())
    }
}

/// What bytes come and go by: TCP, or TLS over it.
pub trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}

impl<S: AsyncRead + AsyncWrite + Send + Unpin> Stream for S {}

/// A connection that is handed to the HTTP server.
pub struct Connection {
    stream: Box<dyn Stream>,
    link: Arc<Link>,
    reading: Watch,
    writing: Watch,
    stall: Duration,
    moved: Instant,
    write_blocked: Option<Instant>,
    _slot: Slot,
}

impl Connection {
    /// Watches a stream. It ends when no byte moves for `stall`, or when one that is to be written is not taken for as long.
    pub fn new(stream: Box<dyn Stream>, link: Arc<Link>, stall: Duration, slot: Slot) -> Self {
        let reading = Watch::new(&link, stall);
        let writing = Watch::new(&link, stall);
        Self { stream, link, reading, writing, stall, moved: Instant::now(), write_blocked: None, _slot: slot }
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        self.link.cut();
    }
}

impl AsyncRead for Connection {
    fn poll_read(self: Pin<&mut Self>, context: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        this.reading.poll_ended(context)?;
        match Pin::new(&mut this.stream).poll_read(context, buffer) {
            Poll::Ready(outcome) => {
                this.moved = Instant::now();
                Poll::Ready(outcome)
            }
            Poll::Pending => {
                this.reading.poll_stalled(this.moved, this.stall, context).inspect_err(|_| this.link.cut())?;
                Poll::Pending
            }
        }
    }
}

impl AsyncWrite for Connection {
    fn poll_write(self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        this.writing.poll_ended(context)?;
        match Pin::new(&mut this.stream).poll_write(context, bytes) {
            Poll::Ready(outcome) => {
                this.write_blocked = None;
                this.moved = Instant::now();
                if let Ok(taken) = outcome {
                    this.link.count(taken);
                }
                Poll::Ready(outcome)
            }
            Poll::Pending => {
                let since = *this.write_blocked.get_or_insert_with(Instant::now);
                this.writing.poll_stalled(since, this.stall, context).inspect_err(|_| this.link.cut())?;
                Poll::Pending
            }
        }
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_flush(context)
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        this.writing.poll_ended(context)?;
        ready!(Pin::new(&mut this.stream).poll_shutdown(context))?;
        Poll::Ready(Ok(()))
    }
}
