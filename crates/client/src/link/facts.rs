//! Reads off a live connection what others must know: the certificates in use, the way it takes, how long a round trip is.

use std::{net::IpAddr, time::Instant};

use parlor_protocol::host::Path;
use sha2::{Digest, Sha256};
use webrtc::peer_connection::{
    PeerConnection, RTCIceCandidate, RTCIceCandidateType, RTCStatsReport, RTCStatsReportEntry, StatsSelector,
};

use super::{LinkError, MESSAGE_BYTES};

/// What `Opened` says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Opening {
    pub(super) local_fingerprint: [u8; 32],
    pub(super) remote_fingerprint: [u8; 32],
    pub(super) max_message_bytes: usize,
}

/// Reads the live DTLS connection.
pub(super) async fn opening(peer: &dyn PeerConnection) -> Result<Opening, LinkError> {
    let setup = |what: &str| LinkError::Setup(format!("an open connection has no {what}"));
    let sctp = peer.sctp().await.ok_or_else(|| setup("SCTP transport"))?;
    let max_message_bytes = sctp.max_message_size().await.map_err(|_| setup("message size"))?;
    let certificates = sctp.transport().get_remote_certificates().await.map_err(|_| setup("DTLS transport"))?;
    let remote = certificates.first().ok_or_else(|| setup("remote certificate"))?;
    let report = peer.get_stats(Instant::now(), StatsSelector::None).await;
    Ok(Opening {
        local_fingerprint: local_fingerprint(&report).ok_or_else(|| setup("local certificate"))?,
        remote_fingerprint: Sha256::digest(remote).into(),
        max_message_bytes: usize::try_from(max_message_bytes).map_or(MESSAGE_BYTES, |bytes| bytes.min(MESSAGE_BYTES)),
    })
}

/// The transport names the certificate it uses; the report carries one for each side.
fn local_fingerprint(report: &RTCStatsReport) -> Option<[u8; 32]> {
    let id = report.iter().find_map(|entry| match entry {
        RTCStatsReportEntry::Transport(transport) => Some(&transport.local_certificate_id),
        _ => None,
    })?;
    report.iter().find_map(|entry| match entry {
        RTCStatsReportEntry::Certificate(certificate)
            if certificate.stats.id == *id && certificate.fingerprint_algorithm.eq_ignore_ascii_case("sha-256") =>
        {
            parse_fingerprint(&certificate.fingerprint)
        }
        _ => None,
    })
}

/// RFC 8122's form: hex pairs between colons.
fn parse_fingerprint(text: &str) -> Option<[u8; 32]> {
    let bytes: Option<Vec<u8>> = text.split(':').map(|pair| u8::from_str_radix(pair, 16).ok()).collect();
    bytes?.try_into().ok()
}

/// The way the connection takes now, and its round trip; none before a pair was selected.
pub(super) async fn path(peer: &dyn PeerConnection) -> Option<(Path, Option<u32>)> {
    let ice = peer.sctp().await?.transport().ice_transport();
    let pair = ice.get_selected_candidate_pair().await.ok().flatten()?;
    let report = peer.get_stats(Instant::now(), StatsSelector::None).await;
    // Of several pairs the selected one carries the traffic.
    let busiest = report
        .iter()
        .filter_map(|entry| match entry {
            RTCStatsReportEntry::IceCandidatePair(pair) if pair.responses_received > 0 => Some(pair),
            _ => None,
        })
        .max_by_key(|pair| pair.bytes_sent.saturating_add(pair.bytes_received));
    let rtt_ms = busiest.filter(|pair| pair.current_round_trip_time > 0.0).map(|pair| {
        // Saturates; a round trip is far below u32::MAX ms. Under a millisecond it is still one.
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "float casts saturate")]
        let milliseconds = (pair.current_round_trip_time * 1_000.0).ceil() as u32;
        milliseconds
    });
    let mut candidates = ice.get_local_candidates().await.unwrap_or_default();
    candidates.append(&mut ice.get_remote_candidates().await.unwrap_or_default());
    Some((classify(pair.local(), pair.remote(), &candidates), rtt_ms))
}

/// The way of a selected pair, where `candidates` are all that are known of either side.
fn classify(local: &RTCIceCandidate, remote: &RTCIceCandidate, candidates: &[RTCIceCandidate]) -> Path {
    let is_host = |candidate: &RTCIceCandidate| match candidate.typ {
        RTCIceCandidateType::Host => true,
        // A check that was faster than signaling shows a host candidate as a reflexive one.
        RTCIceCandidateType::Prflx => {
            let is_same =
                |known: &RTCIceCandidate| known.typ == RTCIceCandidateType::Host && known.address == candidate.address;
            is_local(&candidate.address) || candidates.iter().any(is_same)
        }
        _ => false,
    };
    if [local, remote].iter().any(|candidate| candidate.typ == RTCIceCandidateType::Relay) {
        Path::Relayed
    } else if is_host(local) && is_host(remote) {
        Path::Local
    } else {
        Path::Direct
    }
}

/// An address that only exists on a local network.
fn is_local(address: &str) -> bool {
    match address.parse() {
        Ok(IpAddr::V4(address)) => address.is_private() || address.is_loopback() || address.is_link_local(),
        Ok(IpAddr::V6(address)) => {
            address.is_unique_local() || address.is_loopback() || address.is_unicast_link_local()
        }
        Err(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_path_is_told_from_the_selected_pair() {
        use RTCIceCandidateType::{Host, Prflx, Relay, Srflx};
        let candidate = |typ, address: &str| RTCIceCandidate { typ, address: address.to_owned(), ..Default::default() };
        let known = [candidate(Host, "203.0.113.9"), candidate(Srflx, "203.0.113.4")];
        for (local, remote, address, path) in [
            (Host, Host, "192.0.2.1", Path::Local),
            (Host, Prflx, "192.168.1.4", Path::Local),
            (Host, Prflx, "203.0.113.4", Path::Direct),
            (Host, Prflx, "203.0.113.9", Path::Local),
            (Srflx, Host, "192.168.1.4", Path::Direct),
            (Host, Relay, "203.0.113.4", Path::Relayed),
            (Relay, Prflx, "192.168.1.4", Path::Relayed),
        ] {
            let (local, remote) = (candidate(local, "192.168.1.3"), candidate(remote, address));
            assert_eq!(classify(&local, &remote, &known), path, "{local} {remote}");
        }
    }

    #[test]
    fn a_fingerprint_is_32_pairs_of_hex() {
        let text = ["0a"; 32].join(":");
        assert_eq!(parse_fingerprint(&text), Some([10; 32]));
        for broken in ["", "0a", &["0a"; 33].join(":"), &["zz"; 32].join(":")] {
            assert_eq!(parse_fingerprint(broken), None, "{broken}");
        }
    }
}
