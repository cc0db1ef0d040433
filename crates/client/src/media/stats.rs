//! A connection's statistics with the standard's names (https://www.w3.org/TR/webrtc-stats/): the library's, completed by what only
//! the page and the sound task know.

use parlor_media::sound::PlayerStats;
use serde_json::{Map, Value, json};
use webrtc::peer_connection::{RTCStatsReport, RTCStatsReportEntry};

use super::figures::Counts;

/// The entries of a report.
pub(super) fn entries(
    report: &RTCStatsReport,
    counts: &Counts,
    sound: Option<&PlayerStats>,
    target_bps: u32,
) -> Vec<Value> {
    report
        .iter()
        .filter_map(|entry| {
            let Value::Object(mut object) = value(entry)? else { return None };
            // The library writes seconds, the standard has milliseconds.
            for name in ["timestamp", "remoteTimestamp"] {
                if let Some(seconds) = object.get(name).and_then(Value::as_f64) {
                    object.insert(name.to_owned(), json!(seconds * 1000.0));
                }
            }
            let is_video = object.get("kind").and_then(Value::as_str) == Some("video");
            match object.get("type").and_then(Value::as_str) {
                Some("inbound-rtp") if is_video => object.extend(inbound_picture(counts)),
                Some("inbound-rtp") => object.extend(sound.map(inbound_sound).unwrap_or_default()),
                Some("candidate-pair") => tell_available(&mut object, target_bps),
                Some("outbound-rtp") if is_video => object.extend(outbound_picture(counts, target_bps)),
                _ => {}
            }
            Some(Value::Object(object))
        })
        .collect()
}

fn value(entry: &RTCStatsReportEntry) -> Option<Value> {
    let value = match entry {
        RTCStatsReportEntry::PeerConnection(stats) => serde_json::to_value(stats),
        RTCStatsReportEntry::Transport(stats) => serde_json::to_value(stats),
        RTCStatsReportEntry::IceCandidatePair(stats) => serde_json::to_value(stats),
        RTCStatsReportEntry::LocalCandidate(stats) | RTCStatsReportEntry::RemoteCandidate(stats) => {
            serde_json::to_value(stats)
        }
        RTCStatsReportEntry::Certificate(stats) => serde_json::to_value(stats),
        RTCStatsReportEntry::Codec(stats) => serde_json::to_value(stats),
        RTCStatsReportEntry::InboundRtp(stats) => serde_json::to_value(stats),
        RTCStatsReportEntry::OutboundRtp(stats) => serde_json::to_value(stats),
        RTCStatsReportEntry::RemoteInboundRtp(stats) => serde_json::to_value(stats),
        RTCStatsReportEntry::RemoteOutboundRtp(stats) => serde_json::to_value(stats),
        _ => return None,
    };
    value.inspect_err(|error| tracing::warn!(%error, "a statistic cannot be written down")).ok()
}

/// Congestion control speaks of the pair in use; of the others, and of the way in, nothing is known, which the library writes as 0.
fn tell_available(pair: &mut Map<String, Value>, target_bps: u32) {
    let is_used = pair.get("nominated").and_then(Value::as_bool) == Some(true);
    pair.remove("availableIncomingBitrate");
    if is_used {
        pair.insert("availableOutgoingBitrate".to_owned(), json!(target_bps));
    } else {
        pair.remove("availableOutgoingBitrate");
    }
}

fn object(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(object) => object,
        _ => Map::new(),
    }
}

#[expect(clippy::cast_precision_loss, reason = "microseconds of a call are far below 2^52")]
fn inbound_picture(counts: &Counts) -> Map<String, Value> {
    object(json!({
        "framesReceived": counts.frames_received,
        "framesDecoded": counts.frames_decoded,
        "framesRendered": counts.frames_drawn,
        "framesDropped": counts.frames_dropped,
        "keyFramesDecoded": counts.key_frames_received,
        "frameWidth": counts.received_width,
        "frameHeight": counts.received_height,
        "totalDecodeTime": counts.decode_us as f64 / 1e6,
        "pliCount": counts.key_frames_asked_by_us,
    }))
}

fn inbound_sound(stats: &PlayerStats) -> Map<String, Value> {
    object(json!({
        "totalSamplesReceived": stats.total_samples_received,
        "concealedSamples": stats.concealed_samples,
        "silentConcealedSamples": stats.silent_concealed_samples,
        "insertedSamplesForDeceleration": stats.inserted_samples_for_deceleration,
        "removedSamplesForAcceleration": stats.removed_samples_for_acceleration,
        "jitterBufferDelay": stats.jitter_buffer_delay_s,
        "jitterBufferEmittedCount": stats.jitter_buffer_emitted_count,
        "packetsDiscarded": stats.packets_discarded,
        "totalAudioEnergy": stats.total_audio_energy,
        "audioLevel": stats.audio_level,
    }))
}

#[expect(clippy::cast_precision_loss, reason = "microseconds of a call are far below 2^52")]
fn outbound_picture(counts: &Counts, target_bps: u32) -> Map<String, Value> {
    object(json!({
        "framesEncoded": counts.frames_sent,
        "framesSent": counts.frames_sent,
        "keyFramesEncoded": counts.key_frames_sent,
        "frameWidth": counts.sent_width,
        "frameHeight": counts.sent_height,
        "totalEncodeTime": counts.encode_us as f64 / 1e6,
        "pliCount": counts.key_frames_asked_of_us,
        "targetBitrate": target_bps,
    }))
}
