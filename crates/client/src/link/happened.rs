//! What the crate and the channels report to a link's task. The crate's callbacks run on the task that moves its packets, so they
//! only push into a queue.

use async_trait::async_trait;
use tokio::sync::mpsc;
use webrtc::peer_connection::{
    PeerConnectionEventHandler, RTCIceCandidate, RTCIceConnectionState, RTCIceGatheringState,
    RTCPeerConnectionIceEvent, RTCPeerConnectionState,
};

/// Reports that may wait. Candidates are the most of them: some per interface and server.
pub(super) const REPORTS: usize = 512;

/// One report.
#[derive(Debug)]
pub(super) enum Happened {
    /// A local candidate.
    Gathered(RTCIceCandidate),
    /// No more local candidates.
    GatheringCompleted,
    /// State of the ICE transport.
    Ice(RTCIceConnectionState),
    /// The DTLS or ICE transport failed.
    ConnectionFailed,
    /// A channel opened.
    ChannelOpened,
    /// A channel closed; everything it received was handed over.
    ChannelClosed,
    /// The peer broke the rules of a channel.
    PeerBroke(&'static str),
}

/// Pushes reports.
pub(super) struct Reporter(pub(super) mpsc::Sender<Happened>);

impl Reporter {
    fn report(&self, happened: Happened) {
        if let Err(mpsc::error::TrySendError::Full(lost)) = self.0.try_send(happened) {
            tracing::error!(?lost, "a link's task does not keep up");
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

    async fn on_ice_connection_state_change(&self, state: RTCIceConnectionState) {
        self.report(Happened::Ice(state));
    }

    async fn on_connection_state_change(&self, state: RTCPeerConnectionState) {
        if state == RTCPeerConnectionState::Failed {
            self.report(Happened::ConnectionFailed);
        }
    }
}
