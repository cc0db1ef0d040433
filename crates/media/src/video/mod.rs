//! Pictures: VP8 in RTP (RFC 7741), reordering, when to show them, and how they are to be coded.

pub mod assembler;
pub mod descriptor;
pub mod ladder;
pub mod packetizer;
