//! Messages and offers made by hand, right and wrong ones.

use bytes::Bytes;
use parlor_protocol::{
    control::OfferedEntry,
    frame::{FrameHeader, FrameKind},
    id::TransferId,
};
use parlor_transfer::Input;

pub const MIB: u64 = 1024 * 1024;

pub fn id(number: u8) -> TransferId {
    TransferId([number; 16])
}

pub fn entry(name: &str, size: u64) -> OfferedEntry {
    OfferedEntry { path: vec![name.into()], size, modified_ms: None }
}

pub fn frame(kind: FrameKind, transfer: TransferId, entry: u32, block: u32, offset: u32, payload: &[u8]) -> Input {
    let header = FrameHeader { kind, transfer, entry, block, offset };
    Input::FrameReceived(Bytes::from([header.encode().as_slice(), payload].concat()))
}
