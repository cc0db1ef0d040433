//! The RTP side of a call, for hosts whose webview has no `RTCPeerConnection`.
//!
//! What it is: state machines between coded pictures and PCM on one side and RTP payloads on the other: packetizing (RFC 7741,
//! RFC 7587), reordering, jitter, clocks, bitrate steps; and, in `sound`, thin drivers of the codec and of the processing of
//! what the microphone hears.
//! Promises: no socket, no clock, no task: time is an argument; memory is bounded whatever comes; nothing panics on what peers send.
//! Leaves to others: connections, RTCP and the line to the page (`parlor-client`), cameras, coding of pictures and loudspeakers (the page).

#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing))]

pub mod clock;
pub mod sound;
pub mod video;
