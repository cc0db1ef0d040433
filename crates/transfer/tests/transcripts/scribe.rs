//! Inputs and outputs as both languages write them down: JSON, bytes by their rule or their sum.
//!
//! Orders of one kind are kept in their order; between kinds there is none that anybody could rely on. Of the states told of a transfer in
//! one step the last one counts.

use parlor_protocol::{
    frame::{FrameHeader, FrameKind, HEADER_BYTES},
    host::Transfer,
    id::TransferId,
    limits::BLOCK_BYTES,
};
use parlor_transfer::{Event, Input, Output, PeerFault, TransferError};
use serde_json::{Value, json};

/// Bytes of a file: they depend on the transfer, the entry and the place.
pub fn content(transfer: TransferId, entry: u32, offset: u64, length: usize) -> Vec<u8> {
    let base = u64::from(transfer.0[0]) * 31 + u64::from(entry) * 7;
    (offset..).take(length).map(|at| (base + at * 13 + (at >> 8)) as u8).collect()
}

/// FNV-1a, to tell bytes apart.
fn sum(bytes: &[u8]) -> u32 {
    bytes.iter().fold(0x811c_9dc5, |sum, byte| (sum ^ u32::from(*byte)).wrapping_mul(0x0100_0193))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// An input. The payload of a data frame that is what the file holds is written as its length.
pub fn input(input: &Input) -> Value {
    match input {
        Input::LinkUp { max_message_bytes } => json!({ "type": "link-up", "max": max_message_bytes }),
        Input::LinkLost => json!({ "type": "link-lost" }),
        Input::ControlReceived(message) => json!({ "type": "control", "message": message }),
        Input::FrameReceived(frame) => {
            let (header, payload) = FrameHeader::decode(frame).unwrap();
            let offset = u64::from(header.block) * u64::from(BLOCK_BYTES) + u64::from(header.offset);
            let is_file = header.kind == FrameKind::Data
                && payload == content(header.transfer, header.entry, offset, payload.len());
            let bytes = hex(&frame[..HEADER_BYTES]);
            if is_file {
                json!({ "type": "frame", "header": bytes, "length": payload.len() })
            } else {
                json!({ "type": "frame", "header": bytes, "payload": hex(payload) })
            }
        }
        Input::OfferFiles { transfer, entries } => json!({ "type": "offer", "transfer": transfer, "entries": entries }),
        Input::Accept { transfer, without } => json!({ "type": "accept", "transfer": transfer, "without": without }),
        Input::Decline { transfer } => json!({ "type": "decline", "transfer": transfer }),
        Input::Cancel { transfer } => json!({ "type": "cancel", "transfer": transfer }),
        Input::Pause { transfer, paused } => json!({ "type": "pause", "transfer": transfer, "paused": paused }),
        Input::LimitSpeed { bytes_per_second } => json!({ "type": "limit", "speed": bytes_per_second }),
        Input::SendText { id, body, sent_at_ms } => json!({ "type": "text", "id": id, "body": body, "at": sent_at_ms }),
        Input::BlockRead { transfer, entry, block, result } => {
            let (length, code) = (result.as_ref().map(bytes::Bytes::len).ok(), result.as_ref().err());
            json!({ "type": "read", "transfer": transfer, "entry": entry, "block": block, "length": length, "code": code })
        }
        Input::BlockWritten { transfer, entry, block, result } => {
            json!({ "type": "written", "transfer": transfer, "entry": entry, "block": block, "code": result.err() })
        }
        Input::EntryFinished { transfer, entry, result } => {
            json!({ "type": "finished", "transfer": transfer, "entry": entry, "code": result.err() })
        }
        Input::Tick => json!({ "type": "tick" }),
        Input::EntriesFound { .. } | Input::NoRoom { .. } => unreachable!("answered by the world itself"),
    }
}

/// Why a wish was not granted.
pub fn error(error: TransferError) -> &'static str {
    match error {
        TransferError::TextTooLong => "text-too-long",
        TransferError::TextsWaiting => "texts-waiting",
        TransferError::OfferInvalid => "offer-invalid",
        TransferError::NotNow => "not-now",
    }
}

/// Outputs of one step, by kind.
pub fn outputs(outputs: &[Output]) -> Value {
    let (mut control, mut frames, mut disk, mut told) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    let mut states: Vec<&Transfer> = Vec::new();
    for output in outputs {
        match output {
            Output::SendControl(message) => control.push(json!(message)),
            Output::SendFrame(frame) => {
                let (header, payload) = frame.split_at(HEADER_BYTES);
                frames.push(json!([hex(header), payload.len(), sum(payload)]));
            }
            Output::ReadBlock { transfer, entry, block, offset, len, last } => {
                disk.push(json!(["read", transfer, entry, block, offset, len, last]));
            }
            Output::OpenEntry { transfer, entry, path, size } => {
                disk.push(json!(["open", transfer, entry, path.as_str(), size]));
            }
            Output::WriteBlock { transfer, entry, block, offset, bytes, proof } => {
                disk.push(json!(["write", transfer, entry, block, offset, bytes.len(), sum(bytes), hex(proof)]));
            }
            Output::FinishEntry { transfer, entry, size, modified_ms } => {
                disk.push(json!(["finish", transfer, entry, size, modified_ms]));
            }
            Output::DiscardEntry { transfer, entry, keep } => disk.push(json!(["discard", transfer, entry, keep])),
            Output::ReleaseTransfer { transfer, keep, missing } => {
                disk.push(json!(["release", transfer, keep, missing]));
            }
            Output::FindEntries { .. } => unreachable!("answered by the world itself"),
            Output::Event(Event::TransferChanged(transfer)) => {
                states.retain(|told| told.id != transfer.id);
                states.push(transfer);
            }
            Output::Event(Event::TextReceived { id, body, .. }) => told.push(json!(["text", id, body])),
            Output::Event(Event::TextDelivered { id }) => told.push(json!(["delivered", id])),
            Output::Event(Event::ProtocolBroken(fault)) => told.push(json!(["broken", fault_name(fault)])),
        }
    }
    states.sort_by_key(|transfer| transfer.id);
    let states: Vec<Value> = states.into_iter().map(state).collect();
    json!({ "control": control, "frames": frames, "disk": disk, "told": told, "states": states })
}

fn state(transfer: &Transfer) -> Value {
    let entries: Vec<Value> = transfer.entries.iter().map(|entry| json!([entry.proven, entry.failed])).collect();
    json!([
        transfer.id,
        transfer.state,
        transfer.code,
        transfer.ended_by_us,
        transfer.paused_by_us,
        transfer.executable,
        entries,
        transfer.total_bytes,
        transfer.stored_bytes
    ])
}

fn fault_name(fault: &PeerFault) -> &'static str {
    match fault {
        PeerFault::Frame(_) => "frame",
        PeerFault::Unasked => "unasked",
        PeerFault::TextTooLong => "text-too-long",
        PeerFault::TooManyOffers => "too-many-offers",
    }
}
