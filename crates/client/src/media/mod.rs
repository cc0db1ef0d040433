//! Calls for a page whose webview has no `RTCPeerConnection`: the engine's end of the media port (docs/adr/0008-media-port.md).
//!
//! What it is: [`MediaPort`] listens on loopback; behind it each connection is a `webrtc` peer connection of its own, sound is one
//! task for all (`sounds`), own pictures another (`pictures`), and each of others' pictures a reader (`picture_receiver`).
//! Promises: only a page that knows this launch's secret and has an allowed origin is heard; queues are bounded, and of pictures
//! the newest win; nothing is played on a connection before the page says that it is proven.
//! Leaves to others: pure state machines and the sound codec (`parlor-media`), cameras, coding and drawing (the page), keys.

mod audio_receiver;
mod audio_sender;
mod call;
mod calls;
mod codecs;
mod connection;
mod error;
mod estimator;
mod figures;
mod handshake;

mod inward;
mod outlet;
mod pacing_factor;
mod picture_receiver;
mod picture_sender;
mod pictures;
mod port;
mod repairs;
mod reporter;
mod rtcp_tap;
mod rtp_out;
mod sections;
mod sounds;
mod stats;
mod sync;

#[cfg(test)]
mod tests;

pub use error::MediaError;
pub use port::MediaPort;
