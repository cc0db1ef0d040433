//! What both planes ask of ICE (RFC 8445).
//!
//! Promises: the same addresses, times and patience for a link and for a call. Leaves to others: servers and policies, which are a
//! connection's own.

use std::time::Duration;

use rtc::{ice::mdns::MulticastDnsMode, peer_connection::configuration::setting_engine::SettingEngineBuilder};

/// Without a word from the peer after which ICE calls a connection disconnected.
const DISCONNECTED: Duration = Duration::from_secs(5);
/// Without a word after which it calls a disconnected one failed. In all below the half minute in which SCTP gives up.
const FAILED: Duration = Duration::from_secs(20);
/// Between two keepalives.
const KEEPALIVE: Duration = Duration::from_secs(2);
/// Between two rounds of checks, and with it between a check that succeeded and the nomination: the RFC's Ta (section 14.2). The
/// library's own 200 ms stand in the way of a connection's first word.
const CHECK: Duration = Duration::from_millis(50);
/// Checks of one pair before it is given up: five seconds of them. Each candidate that comes costs every pair one, so the library's
/// seven are gone before a peer behind a slow server has heard of them.
const CHECKS: u16 = 100;
/// Every interface of both families, and loopback, which the wildcards leave out, for peers on one machine.
pub(crate) const ADDRESSES: [&str; 4] = ["0.0.0.0:0", "[::]:0", "127.0.0.1:0", "[::1]:0"];

/// The settings; `mdns` says whether `.local` candidates are resolved.
pub(crate) fn settings(mdns: MulticastDnsMode) -> SettingEngineBuilder {
    SettingEngineBuilder::new()
        .with_ice_timeouts(Some(DISCONNECTED), Some(FAILED), Some(KEEPALIVE))
        .with_ice_connection_attempts(Some(CHECK), Some(CHECKS))
        .with_multicast_dns_mode(mdns)
        .with_include_loopback_candidate(true)
        // After a change of network the old sockets lead nowhere.
        .with_discard_local_candidates_during_ice_restart(true)
}
