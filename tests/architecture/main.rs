//! The map of ARCHITECTURE.md, held: who may know whom, in Rust and in the page, and what must be equal on both sides.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod crates;
mod page;
mod twins;
