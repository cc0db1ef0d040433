//! A TCP stream that acknowledges at once what it has read.
//!
//! Promises: where the system can (Linux), no peer waits for a delayed acknowledgement: one whose socket holds small writes back until
//! the one before is acknowledged (Nagle's algorithm, RFC 896; `rust_socketio` leaves it on) would say its `join` 40 ms late, since
//! the pong before it has no answer that could carry the acknowledgement. Leaves to others: what is written.

use std::{
    io,
    pin::Pin,
    task::{Context, Poll},
};

use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::TcpStream,
};

/// The stream.
pub struct QuickAck(pub TcpStream);

impl AsyncRead for QuickAck {
    fn poll_read(self: Pin<&mut Self>, context: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let stream = &mut self.get_mut().0;
        let outcome = Pin::new(&mut *stream).poll_read(context, buffer);
        // The system forgets it by itself, so it is said each time.
        #[cfg(any(target_os = "linux", target_os = "android"))]
        if matches!(outcome, Poll::Ready(Ok(())))
            && let Err(error) = stream.set_quickack(true)
        {
            tracing::debug!(%error, "no TCP_QUICKACK");
        }
        outcome
    }
}

impl AsyncWrite for QuickAck {
    fn poll_write(self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.get_mut().0).poll_write(context, bytes)
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.get_mut().0).poll_write_vectored(context, slices)
    }

    fn is_write_vectored(&self) -> bool {
        self.0.is_write_vectored()
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().0).poll_flush(context)
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().0).poll_shutdown(context)
    }
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use std::time::{Duration, Instant};

    use tokio::{
        io::{AsyncReadExt, AsyncWriteExt},
        net::TcpListener,
    };

    use super::*;

    const ROUNDS: u32 = 10;

    /// A peer that holds small writes back, and what its second one of two takes to arrive, ten times together. Each time it is asked
    /// first: who talks in turns is acknowledged late.
    async fn late<S: AsyncRead + AsyncWrite + Unpin>(wrap: impl FnOnce(TcpStream) -> S) -> Duration {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let mut peer = TcpStream::connect(listener.local_addr().unwrap()).await.unwrap();
        let (stream, _) = listener.accept().await.unwrap();
        stream.set_nodelay(true).unwrap();
        let mut stream = wrap(stream);
        let mut waited = Duration::ZERO;
        for _ in 0..ROUNDS {
            stream.write_all(b"?").await.unwrap();
            peer.read_u8().await.unwrap();
            peer.write_all(b"a").await.unwrap();
            assert_eq!(stream.read_u8().await.unwrap(), b'a');
            let begun = Instant::now();
            peer.write_all(b"b").await.unwrap();
            assert_eq!(stream.read_u8().await.unwrap(), b'b');
            waited += begun.elapsed();
        }
        waited
    }

    #[tokio::test]
    async fn the_second_of_two_small_writes_does_not_wait_for_a_late_acknowledgement() {
        // Either may be slow on a busy machine; a delayed acknowledgement costs 40 ms each time on any.
        let (quick, plain) = (late(QuickAck).await, late(|stream| stream).await);
        assert!(quick < plain / 2, "{quick:?} with, {plain:?} without");
    }
}
