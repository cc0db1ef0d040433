//! The real binary against itself, over a real server.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

mod codes;
mod departures;
mod endings;
mod handover;
mod progress;
mod running;
#[cfg(unix)]
mod stdin;
#[cfg(unix)]
mod stdout;
#[cfg(unix)]
mod terminal;
