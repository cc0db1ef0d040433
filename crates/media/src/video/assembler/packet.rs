//! Packets as they come, and what each is to a picture.

use std::time::Instant;

use bytes::Bytes;

use crate::video::descriptor::{Descriptor, is_key};

/// What of an RTP packet matters here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RtpPacket {
    /// Sequence number.
    pub sequence: u16,
    /// RTP timestamp, 90 000 a second.
    pub timestamp: u32,
    /// Set on the last packet of a picture.
    pub marker: bool,
    /// Descriptor and piece of a picture. Empty for padding.
    pub payload: Bytes,
}

/// What a packet is to a picture.
#[derive(Debug)]
pub(super) enum Piece {
    /// Carries nothing, but takes a sequence number.
    Padding,
    /// First of a picture.
    Start { key: bool },
    /// Any other of a picture.
    Rest,
}

/// A packet that waits for the rest of its picture.
#[derive(Debug)]
pub(super) struct Held {
    pub(super) timestamp: u32,
    pub(super) marker: bool,
    pub(super) piece: Piece,
    /// Without the descriptor.
    pub(super) data: Bytes,
    pub(super) received: Instant,
}

impl Held {
    /// None without a readable descriptor.
    pub(super) fn read(packet: &RtpPacket, now: Instant) -> Option<Self> {
        let RtpPacket { timestamp, marker, ref payload, .. } = *packet;
        let (piece, data) = if payload.is_empty() {
            (Piece::Padding, Bytes::new())
        } else {
            let descriptor = Descriptor::parse(payload)?;
            let data = payload.slice(descriptor.bytes..);
            let piece = match is_key(&data) {
                None => Piece::Padding,
                Some(key) if descriptor.begins_picture() => Piece::Start { key },
                Some(_) => Piece::Rest,
            };
            (piece, data)
        };
        Some(Self { timestamp, marker, piece, data, received: now })
    }
}
