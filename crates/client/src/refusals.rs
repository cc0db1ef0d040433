//! Learns that a DTLS handshake ended because one side refused the other's certificate (RFC 6347).
//!
//! The crate checks the certificate against the description and sends the alert, but tells nobody: its connection stays "connecting"
//! until a timeout half a minute later says "no path". The alert is not encrypted, so it is seen where the sockets are wrapped.
//!
//! Promises: sees such an alert both ways, also inside TURN (RFC 8656), and nothing once records are encrypted. Leaves to others: the
//! check itself, and whether it still matters. One that was received is nobody's proof, since anyone on the path can make it; who can do
//! that can also drop everything.

use std::{
    io::{self, IoSliceMut},
    net::SocketAddr,
    sync::Arc,
    task::{Context, Poll, ready},
};

use tokio::sync::Notify;
use webrtc::runtime::{AsyncUdpSocket, RecvMeta, Transmit};

/// Refusals on all sockets of one connection.
#[derive(Debug, Clone, Default)]
pub struct Refusals(Arc<Notify>);

impl Refusals {
    /// Waits for one.
    pub(crate) async fn seen(&self) {
        self.0.notified().await;
    }

    /// Looks at what passes a socket.
    pub(crate) fn over(&self, socket: Arc<dyn AsyncUdpSocket>) -> Arc<dyn AsyncUdpSocket> {
        Arc::new(WatchedSocket { socket, refusals: self.clone() })
    }

    fn look(&self, datagram: &[u8]) {
        if is_refusal(datagram) {
            self.0.notify_one();
        }
    }
}

#[derive(Debug)]
struct WatchedSocket {
    socket: Arc<dyn AsyncUdpSocket>,
    refusals: Refusals,
}

impl AsyncUdpSocket for WatchedSocket {
    fn local_addr(&self) -> io::Result<SocketAddr> {
        self.socket.local_addr()
    }

    fn poll_send(&self, cx: &mut Context<'_>, transmit: &Transmit<'_>) -> Poll<io::Result<usize>> {
        let sent = ready!(self.socket.poll_send(cx, transmit));
        self.refusals.look(transmit.contents);
        Poll::Ready(sent)
    }

    fn poll_recv(
        &self,
        cx: &mut Context<'_>,
        bufs: &mut [IoSliceMut<'_>],
        meta: &mut [RecvMeta],
    ) -> Poll<io::Result<usize>> {
        let received = ready!(self.socket.poll_recv(cx, bufs, meta));
        if let Ok(count) = received {
            for (buffer, meta) in bufs.iter().zip(meta.iter()).take(count) {
                self.refusals.look(buffer.get(..meta.len).unwrap_or_default());
            }
        }
        Poll::Ready(received)
    }

    fn max_gso_segments(&self) -> usize {
        self.socket.max_gso_segments()
    }

    fn max_gro_segments(&self) -> usize {
        self.socket.max_gro_segments()
    }
}

/// Whether a datagram is, or carries, an unencrypted fatal alert about a certificate.
fn is_refusal(datagram: &[u8]) -> bool {
    match datagram {
        // The record: alert, DTLS, epoch 0, any sequence, two bytes; in it: fatal, from `bad_certificate` to `unknown_ca`, or `decrypt_error`.
        [21, 0xfe, _, 0, 0, _, _, _, _, _, _, 0, 2, 2, why, ..] => matches!(why, 41..=46 | 48 | 51),
        // TURN's channel data.
        [0x40..=0x4f, _, _, _, inner @ ..] => matches!(inner, [21, ..]) && is_refusal(inner),
        // TURN's indications: send and data.
        [0, 0x16 | 0x17, _, _, rest @ ..] => {
            rest.get(16..).is_some_and(|attributes| data(attributes).is_some_and(is_refusal))
        }
        _ => false,
    }
}

/// The DATA attribute among those of an indication, if it is an alert.
fn data(mut attributes: &[u8]) -> Option<&[u8]> {
    while let [high, low, length_high, length_low, rest @ ..] = attributes {
        let length = usize::from(u16::from_be_bytes([*length_high, *length_low]));
        if [*high, *low] == [0, 0x13] {
            return rest.get(..length).filter(|inner| inner.first() == Some(&21));
        }
        attributes = rest.get(length.next_multiple_of(4)..)?;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `bad_certificate`, fatal, in the clear.
    const ALERT: [u8; 15] = [21, 0xfe, 0xfd, 0, 0, 0, 0, 0, 0, 0, 1, 0, 2, 2, 42];

    fn changed(at: usize, value: u8) -> Vec<u8> {
        let mut bytes = ALERT.to_vec();
        bytes[at] = value;
        bytes
    }

    #[test]
    fn only_a_fatal_alert_about_a_certificate_in_the_clear_counts() {
        assert!(is_refusal(&ALERT));
        // Application data, an encrypted epoch, a warning, another reason, close_notify.
        for (at, value) in [(0, 23), (4, 1), (13, 1), (14, 10), (14, 0)] {
            assert!(!is_refusal(&changed(at, value)), "{at} {value}");
        }
        for end in 0..ALERT.len() {
            assert!(!is_refusal(&ALERT[..end]));
        }
    }

    #[test]
    fn it_is_seen_inside_turn() {
        assert!(is_refusal(&[&[0x40, 1, 0, 15][..], &ALERT].concat()));
        let mut indication = vec![0, 0x17, 0, 32];
        indication.extend([9; 16]);
        // An address first, of an odd length, with its padding.
        indication.extend([0, 0x12, 0, 5, 1, 2, 3, 4, 5, 0, 0, 0]);
        assert!(!is_refusal(&indication));
        indication.extend([0, 0x13, 0, 15]);
        assert!(!is_refusal(&indication));
        indication.extend(ALERT);
        assert!(is_refusal(&indication));
    }

    #[test]
    fn boxes_in_boxes_do_not_lead_deep() {
        let nested = [0x40, 1, 0, 15].repeat(10_000);
        assert!(!is_refusal(&nested));
    }
}
