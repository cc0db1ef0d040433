//! A stay in a room: who is in it, one session a peer, and the wishes of the screen.
//!
//! What it is: the engine ([`engine`]) owns the room; a session a peer ([`session`]) owns everything between us and that peer; small
//! pure parts decide ([`liveness`], [`media_proofs`]).
//! Promises: one command in, one answer; events in the order they happened for each peer; nothing here blocks a thread.
//! Leaves to others: sockets (`signaling`, `link`), files (`disk`), keys (`parlor-trust`), transfers (`parlor-transfer`).

mod admission;
mod again;
mod connection;
mod context;
pub(crate) mod engine;
mod files;
mod liveness;
mod media_proofs;
mod order;
mod outbox;
mod seat;
mod session;
mod speed_limit;
mod stay;
mod timings;
mod transfer_index;

pub use timings::Timings;
