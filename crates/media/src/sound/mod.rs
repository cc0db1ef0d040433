//! Sound: Opus in RTP (RFC 7587), the jitter buffer, and the processing of what the microphone hears.
//!
//! What it is: [`Microphone`] turns what is captured into packets, [`Player`] turns one remote's packets into what is played, and
//! [`mix`] adds up several players. Everything between them and a device is 48 kHz, one channel, signed 16 bit, in pieces of 10 ms
//! ([`SOUND_PIECE_SAMPLES`](parlor_protocol::media_port::SOUND_PIECE_SAMPLES) samples).
//! Promises: the device is the only clock of playing; memory is bounded; no packet of a peer makes it panic.
//! Leaves to others: RTP headers and RTCP, and which players are mixed for whom.

mod duration;
mod error;
mod jitter;
mod level;
mod microphone;
mod mixer;
mod player;
mod stretch;
mod timing;

pub use error::SoundError;
pub use jitter::{JitterBuffer, JitterStats, Pace, Pull};
pub use level::level_db;
pub use microphone::{Coded, Microphone};
pub use mixer::mix;
pub use player::{Piece, Player, PlayerStats};

/// Samples of one piece, as a length.
pub(crate) const PIECE: usize = parlor_protocol::media_port::SOUND_PIECE_SAMPLES;
/// Samples of one piece on the RTP clock, which for Opus always runs at 48 kHz (RFC 7587 section 4.1).
pub(crate) const PIECE_TICKS: i64 = 480;
