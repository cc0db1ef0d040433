//! The drivers of Parlor: signaling, WebRTC links, disk, sessions.
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing))]

pub mod disk;
pub mod link;
pub mod runtime;
pub mod signaling;
