//! Makes the peer connection of a call with one peer.

use std::sync::Arc;

use parlor_protocol::signaling::IceServer;
use rtc::ice::mdns::MulticastDnsMode;
use tokio::sync::{mpsc, watch};
use webrtc::peer_connection::{
    PeerConnection, PeerConnectionBuilder, RTCBundlePolicy, RTCConfigurationBuilder, RTCIceTransportPolicy,
};

use super::{
    codecs::{Codecs, codecs},
    error::MediaError,
    reporter::{Happened, Reporter},
    rtcp_tap::Feedback,
};
use crate::{ice, link::usable, pace::Pace, refusals::Refusals, runtime::WideSocketRuntime};

/// A connection and congestion control's target for it, bits a second.
pub(super) struct Connected {
    pub(super) peer: Arc<dyn PeerConnection>,
    pub(super) target_bps: watch::Receiver<u32>,
    /// Certificates that either side refused.
    pub(super) refusals: Refusals,
}

/// Makes a connection that reports to `reports` and `feedback`.
///
/// # Errors
/// [`MediaError::Argument`] for an ICE server that is none, [`MediaError::Machine`] if no socket can be opened.
pub(super) async fn connect(
    ice_servers: &[IceServer],
    relay_only: bool,
    reports: mpsc::Sender<Happened>,
    feedback: mpsc::Sender<Feedback>,
) -> Result<Connected, MediaError> {
    let ice_servers = usable(ice_servers).map_err(|error| MediaError::Argument(error.to_string()))?;
    let reporter = Arc::new(Reporter(reports));
    let mut refused = None;
    // A host without a multicast route cannot resolve `.local` candidates, but all others.
    for mdns in [MulticastDnsMode::QueryOnly, MulticastDnsMode::Disabled] {
        let Codecs { engine, registry, target_bps } =
            codecs(feedback.clone()).map_err(|error| MediaError::Machine(error.to_string()))?;
        let pace = Pace::default();
        // The pace is for the handshake of data channels, and a call has none.
        pace.release();
        let refusals = Refusals::default();
        let runtime = WideSocketRuntime::current(pace, refusals.clone())
            .ok_or_else(|| MediaError::Machine("no runtime".to_owned()))?;
        let policy = if relay_only { RTCIceTransportPolicy::Relay } else { RTCIceTransportPolicy::All };
        let configuration = RTCConfigurationBuilder::default()
            .with_ice_servers(ice_servers.clone())
            .with_ice_transport_policy(policy)
            .with_bundle_policy(RTCBundlePolicy::MaxBundle)
            .build();
        let made = PeerConnectionBuilder::new()
            .with_configuration(configuration)
            .with_media_engine(engine)
            .with_interceptor_registry(registry)
            .with_setting_engine(ice::settings(mdns, relay_only).build())
            .with_runtime(runtime)
            .with_handler(Arc::clone(&reporter) as Arc<_>)
            .with_udp_addrs(ice::addresses())
            .build()
            .await;
        match made {
            Ok(peer) => return Ok(Connected { peer: Arc::new(peer), target_bps, refusals }),
            Err(error) => refused = Some(error.to_string()),
        }
    }
    Err(MediaError::Machine(refused.unwrap_or_default()))
}
