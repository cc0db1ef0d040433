//! Sends one listener the own sound: each coded packet is one of RTP (RFC 7587, section 4.2).

use std::sync::Arc;

use parlor_media::sound::Coded;
use tokio::sync::mpsc;

use super::rtp_out::RtpOut;

/// Packets of 20 ms that may wait for the network.
pub(super) const WAITING: usize = 10;

/// Sends what comes until the queue or the connection ends.
pub(super) async fn send(mut sound: mpsc::Receiver<Coded>, out: Arc<RtpOut>) {
    while let Some(coded) = sound.recv().await {
        if let Err(error) = out.write(coded.timestamp, coded.voice, coded.payload, None).await {
            tracing::debug!(%error, "a sound's connection has ended");
            return;
        }
    }
}
