//! What the crate reports of a connection. Its callbacks run on the task that moves its packets, so they only push into a queue.

use std::sync::Arc;

use async_trait::async_trait;
use tokio::sync::mpsc;
use webrtc::{
    media_stream::track_remote::TrackRemote,
    peer_connection::{
        PeerConnectionEventHandler, RTCIceCandidate, RTCIceGatheringState, RTCPeerConnectionIceEvent,
        RTCPeerConnectionState,
    },
};

/// Reports that may wait. Candidates are the most of them.
pub(super) const REPORTS: usize = 512;

/// One report.
pub(super) enum Happened {
    /// A local candidate.
    Gathered(RTCIceCandidate),
    /// No more local candidates.
    GatheringCompleted,
    /// The W3C's connection state.
    State(RTCPeerConnectionState),
    /// Packets of the peer's track come.
    Track(Arc<dyn TrackRemote>),
}

/// Pushes reports.
pub(super) struct Reporter(pub(super) mpsc::Sender<Happened>);

impl Reporter {
    fn report(&self, happened: Happened) {
        if let Err(mpsc::error::TrySendError::Full(_)) = self.0.try_send(happened) {
            tracing::error!("a media connection's task does not keep up");
        }
    }
}

#[async_trait]
impl PeerConnectionEventHandler for Reporter {
    async fn on_ice_candidate(&self, event: RTCPeerConnectionIceEvent) {
        self.report(Happened::Gathered(event.candidate));
    }

    async fn on_ice_gathering_state_change(&self, state: RTCIceGatheringState) {
        if state == RTCIceGatheringState::Complete {
            self.report(Happened::GatheringCompleted);
        }
    }

    async fn on_connection_state_change(&self, state: RTCPeerConnectionState) {
        self.report(Happened::State(state));
    }

    async fn on_track(&self, track: Arc<dyn TrackRemote>) {
        self.report(Happened::Track(track));
    }
}
