//! What a jitter buffer answers.

use bytes::Bytes;

/// What is next. Each answer but `Enough` adds `ticks` samples of 48 kHz to what waits to be played.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Pull {
    /// What waits is enough for this piece of 10 ms: play it, and ask again for the next.
    Enough,
    /// Decode this packet.
    Packet {
        /// The packet's payload.
        payload: Bytes,
        /// Of its first sample.
        timestamp: u32,
        /// What it plays.
        ticks: u32,
        /// Whether the delay would be better if it played longer or shorter.
        pace: Pace,
        /// Packets before it were left out although they were there: hide the step.
        jumped: bool,
    },
    /// The packet before this one is lost: decode this one's FEC.
    Recover {
        /// Payload of the packet after the lost one; it will come again as `Packet`.
        payload: Bytes,
        /// What is lost.
        ticks: u32,
    },
    /// Something is lost or late: conceal it.
    Conceal {
        /// How much.
        ticks: u32,
    },
    /// Nothing is said.
    Silence {
        /// How much.
        ticks: u32,
        /// The remote is there and said so (DTX): comfort noise; otherwise it has stopped or not yet begun.
        comfort: bool,
    },
}

/// How the delay is to be changed with the next packet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pace {
    /// It is right.
    Steady,
    /// Leave something out; where nothing is fit, only if `urgent`.
    Shrink {
        /// The delay is far too long.
        urgent: bool,
    },
    /// Put something in; where nothing is fit, only if `urgent`.
    Stretch {
        /// The delay is far too short.
        urgent: bool,
    },
}

/// What a buffer has counted since it began.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct JitterStats {
    /// Packets that came too late, broken, or beyond what can be held (`packetsDiscarded`).
    pub packets_discarded: u64,
    /// Packets that came again; not counted as discarded.
    pub packets_repeated: u64,
    /// Sum over all samples of the time each waited here, in seconds (`jitterBufferDelay`).
    pub delay_s: f64,
    /// Samples that have left (`jitterBufferEmittedCount`).
    pub emitted_count: u64,
    /// Delay that is aimed at for jitter now, in ticks of 48 kHz.
    pub target_ticks: u32,
}
