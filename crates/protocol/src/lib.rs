//! The wire and host types of Parlor.
//!
//! What it is: every id, message, limit and error code that two programs (peer and peer, peer and server, page and
//! host) must agree on, with its JSON or binary form. `docs/protocol.md` is the prose to it.
//! Promises: no IO, no clock, no randomness; decoding never panics and never allocates more than its input asks for.
//! Leaves to others: keys and seals (`parlor-trust`), state machines (`parlor-transfer`), sockets (`parlor-client`).
//!
//! With the feature `bindings` each type that crosses into TypeScript exports itself (`cargo xtask bindings`).

#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing))]

pub mod code;
pub mod control;
pub mod frame;
pub mod host;
pub mod id;
pub mod limits;
pub mod media_port;
pub mod negotiation;
pub mod signaling;
pub mod spoken_code;

/// The version of the wire that this crate describes, spoken in `join`, the envelope and the frame header.
pub const VERSION: u8 = 1;
