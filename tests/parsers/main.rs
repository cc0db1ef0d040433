//! Every parser of the pure crates that meets the network takes whatever comes: no panic, and memory that stays within its bound.
//!
//! A program of its own, since it looks at what the whole process held. 20 000 inputs a parser; with `PARLOR_SOAK=long` a million.
//! The twins of these are fed from the same corpora: `parsers.test.ts` in `ui`.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test that cannot go on has failed"
)]

mod host;
mod media;
mod signaling;
mod transfer;
mod trust;
