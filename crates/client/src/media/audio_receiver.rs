//! Reads one peer's sound: its packets go to the task of all sound, which knows when they are to be heard.

use std::{sync::Arc, time::Instant};

use parlor_protocol::media_port::MediaKind;
use tokio::sync::mpsc;
use webrtc::media_stream::track_remote::{TrackRemote, TrackRemoteEvent};

use super::{sounds::SoundOrder, sync::Sync};

/// Runs until the track ends.
pub(super) async fn read(
    connection: u32,
    track: Arc<dyn TrackRemote>,
    sync: Arc<Sync>,
    sounds: mpsc::Sender<SoundOrder>,
) {
    while let Some(event) = track.poll().await {
        match event {
            TrackRemoteEvent::OnRtpPacket(packet) => {
                let received = Instant::now();
                sync.arrived(MediaKind::Audio, packet.header.timestamp, received);
                let order = SoundOrder::Packet {
                    connection,
                    sequence: packet.header.sequence_number,
                    timestamp: packet.header.timestamp,
                    payload: packet.payload,
                    received,
                };
                // Sound that cannot be taken now is late when it can.
                if let Err(mpsc::error::TrySendError::Closed(_)) = sounds.try_send(order) {
                    return;
                }
            }
            TrackRemoteEvent::OnEnded | TrackRemoteEvent::OnError => return,
            _ => {}
        }
    }
}
