//! Makes the `RTCPeerConnection` of a link with the settings that were measured, and its two negotiated channels.

use std::sync::Arc;

use parlor_protocol::signaling::IceServer;
use rtc::{
    ice::mdns::MulticastDnsMode,
    peer_connection::configuration::setting_engine::{SctpMaxMessageSize, SettingEngine},
};
use webrtc::{
    data_channel::{DataChannel, RTCDataChannelInit},
    peer_connection::{
        PeerConnection, PeerConnectionBuilder, PeerConnectionEventHandler, RTCConfigurationBuilder, RTCIceServer,
        RTCIceTransportPolicy,
    },
};

use super::{BULK_PENDING_BYTES, LinkConfig, LinkError, MESSAGE_BYTES};
use crate::{ice, pace::Pace, refusals::Refusals, runtime::WideSocketRuntime};

/// SCTP receive window: on loopback the difference between 100 and 180 MB/s.
const RECEIVE_WINDOW_BYTES: u32 = 4 * 1024 * 1024;
/// A connection and its channels.
pub(super) struct Connection {
    pub(super) peer: Arc<dyn PeerConnection>,
    pub(super) control: Arc<dyn DataChannel>,
    pub(super) bulk: Arc<dyn DataChannel>,
    /// Released when the channels are open.
    pub(super) pace: Pace,
    /// Certificates that either side refused.
    pub(super) refusals: Refusals,
}

/// Makes a connection whose events go to `handler`.
pub(super) async fn connect(
    config: &LinkConfig,
    handler: Arc<dyn PeerConnectionEventHandler>,
) -> Result<Connection, LinkError> {
    let ice_servers = usable(&config.ice_servers)?;
    let (pace, refusals) = (Pace::default(), Refusals::default());
    let watched = || (pace.clone(), refusals.clone());
    let first = build(config, ice_servers.clone(), Arc::clone(&handler), MulticastDnsMode::QueryOnly, watched());
    let peer = match first.await {
        Ok(peer) => peer,
        Err(error) => {
            // A host without a multicast route cannot resolve `.local` candidates, but all others.
            tracing::debug!(%error, "no multicast DNS");
            build(config, ice_servers, handler, MulticastDnsMode::Disabled, watched()).await?
        }
    };
    let control = channel(&*peer, "control", 0).await?;
    let bulk = channel(&*peer, "bulk", 1).await?;
    Ok(Connection { peer, control, bulk, pace, refusals })
}

/// A connection with a link's settings and nothing else of a link: what a benchmark compares a link with.
///
/// # Errors
/// [`LinkError::Setup`] if this machine cannot make a connection.
pub async fn bare_connection(
    handler: Arc<dyn PeerConnectionEventHandler>,
) -> Result<Arc<dyn PeerConnection>, LinkError> {
    let config = LinkConfig {
        link: 0,
        polite: false,
        initiator: false,
        ice_servers: Vec::new(),
        relay_only: false,
        is_narrow: false,
    };
    let pace = Pace::default();
    pace.release();
    build(&config, Vec::new(), handler, MulticastDnsMode::Disabled, (pace, Refusals::default())).await
}

async fn build(
    config: &LinkConfig,
    ice_servers: Vec<RTCIceServer>,
    handler: Arc<dyn PeerConnectionEventHandler>,
    mdns: MulticastDnsMode,
    (pace, refusals): (Pace, Refusals),
) -> Result<Arc<dyn PeerConnection>, LinkError> {
    let runtime =
        WideSocketRuntime::current(pace, refusals).ok_or_else(|| LinkError::Setup("no runtime".to_owned()))?;
    let policy = if config.relay_only { RTCIceTransportPolicy::Relay } else { RTCIceTransportPolicy::All };
    let configuration =
        RTCConfigurationBuilder::default().with_ice_servers(ice_servers).with_ice_transport_policy(policy).build();
    let peer = PeerConnectionBuilder::new()
        .with_configuration(configuration)
        .with_setting_engine(settings(mdns, config.relay_only, is_unchecked(config)))
        .with_runtime(runtime)
        .with_handler(handler)
        .with_data_channel_send_buffer_limit(BULK_PENDING_BYTES)
        .with_udp_addrs(ice::addresses())
        .build()
        .await
        .map_err(|error| LinkError::Setup(error.to_string()))?;
    Ok(Arc::new(peer))
}

/// Whether the library leaves the peer's certificate alone: never, but for one number of test builds, where it is shown that what stands
/// behind the library's check holds by itself.
const fn is_unchecked(config: &LinkConfig) -> bool {
    cfg!(test) && config.link == u32::MAX
}

fn settings(mdns: MulticastDnsMode, relay_only: bool, is_unchecked: bool) -> SettingEngine {
    // The check of fingerprints ties a connection to what the peer said under seal.
    let message_bytes = u32::try_from(MESSAGE_BYTES).unwrap_or(SctpMaxMessageSize::DEFAULT_MESSAGE_SIZE);
    ice::settings(mdns, relay_only)
        .with_sctp_max_message_size(SctpMaxMessageSize::Bounded(message_bytes))
        .with_sctp_max_receive_buffer_size(RECEIVE_WINDOW_BYTES)
        .with_disable_certificate_fingerprint_verification(is_unchecked)
        .build()
}

async fn channel(peer: &dyn PeerConnection, label: &str, id: u16) -> Result<Arc<dyn DataChannel>, LinkError> {
    let init = RTCDataChannelInit { negotiated: Some(id), ..Default::default() };
    peer.create_data_channel(label, Some(init)).await.map_err(|error| LinkError::Setup(error.to_string()))
}

/// The servers in the crate's shape.
///
/// # Errors
/// [`LinkError::IceServer`] for a URL that is none, or a TURN server without user name and credential.
pub(crate) fn usable(servers: &[IceServer]) -> Result<Vec<RTCIceServer>, LinkError> {
    servers
        .iter()
        .map(|server| {
            let server = RTCIceServer {
                urls: server.urls.clone(),
                username: server.username.clone().unwrap_or_default(),
                credential: server.credential.clone().unwrap_or_default(),
            };
            server.urls().map_err(|error| LinkError::IceServer(error.to_string()))?;
            Ok(server)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_ice_server_that_is_none_is_told_before_anything_is_opened() {
        let server = |url: &str, user: Option<&str>| IceServer {
            urls: vec![url.to_owned()],
            username: user.map(str::to_owned),
            credential: user.map(str::to_owned),
        };
        assert!(
            usable(&[server("stun:example.org", None), server("turn:example.org:3478?transport=udp", Some("a"))])
                .is_ok()
        );
        for broken in [server("http://example.org", None), server("turn:example.org", None), server("", None)] {
            assert!(matches!(usable(std::slice::from_ref(&broken)), Err(LinkError::IceServer(_))), "{broken:?}");
        }
    }
}
