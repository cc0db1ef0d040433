//! The map of ARCHITECTURE.md, held: who may know whom, in Rust and in the page, and what must be equal on both sides.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)]

mod crates;
mod floors;
mod own_page;
mod page;
mod security_page;
mod tauri_surface;
mod twins;
