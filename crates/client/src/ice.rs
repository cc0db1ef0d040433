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
/// Between two rounds of checks, and with it between a check that succeeded and the nomination. The library checks every pair in each
/// round, so that with the few pairs of [`addresses`] a check leaves every few milliseconds, the least that RFC 8445 allows (section
/// 14.2). With its own 200 ms, and with 50, the peer's first DTLS flights come before there is a pair to take them, and are lost.
const CHECK: Duration = Duration::from_millis(20);
/// Checks of one pair before it is given up: five seconds of them. Each candidate that comes costs every pair one, so the library's
/// seven are gone before a peer behind a slow server has heard of them.
const CHECKS: u16 = 250;
/// How long a pair that works waits for a better one before it is nominated. A peer's own address, though seen before it was told
/// (`prflx`), is as good as any; one that a NAT shows may be outdone by one within the network; a relay by anything.
const REFLEXIVE_WAITS: Duration = Duration::from_millis(200);
const RELAY_WAITS: Duration = Duration::from_secs(1);

/// Where to listen: every interface of both families, and loopback, which the wildcards leave out, where there is nothing else: programs
/// of a device in no network still reach each other. Everywhere else it would only double the pairs to check.
pub(crate) fn addresses() -> Vec<&'static str> {
    let interfaces = if_addrs::get_if_addrs().unwrap_or_default();
    let is_in_a_network = interfaces.iter().any(|interface| !interface.is_loopback() && !interface.is_link_local());
    addresses_of(is_in_a_network)
}

fn addresses_of(is_in_a_network: bool) -> Vec<&'static str> {
    let loopback: &[&str] = if is_in_a_network { &[] } else { &["127.0.0.1:0", "[::1]:0"] };
    [&["0.0.0.0:0", "[::]:0"], loopback].concat()
}

/// The settings; `mdns` says whether `.local` candidates are resolved, `relay_only` that there is nothing better to wait for.
pub(crate) fn settings(mdns: MulticastDnsMode, relay_only: bool) -> SettingEngineBuilder {
    let relay_waits = if relay_only { Duration::ZERO } else { RELAY_WAITS };
    SettingEngineBuilder::new()
        .with_ice_timeouts(Some(DISCONNECTED), Some(FAILED), Some(KEEPALIVE))
        .with_ice_connection_attempts(Some(CHECK), Some(CHECKS))
        .with_prflx_acceptance_min_wait(Some(Duration::ZERO))
        .with_srflx_acceptance_min_wait(Some(REFLEXIVE_WAITS))
        .with_relay_acceptance_min_wait(Some(relay_waits))
        .with_multicast_dns_mode(mdns)
        .with_include_loopback_candidate(true)
        // After a change of network the old sockets lead nowhere.
        .with_discard_local_candidates_during_ice_restart(true)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn loopback_is_for_a_device_in_no_network() {
        assert_eq!(addresses_of(true), ["0.0.0.0:0", "[::]:0"]);
        assert_eq!(addresses_of(false), ["0.0.0.0:0", "[::]:0", "127.0.0.1:0", "[::1]:0"]);
    }
}
