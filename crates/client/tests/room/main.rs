//! Two engines and a real server in one process: what people do in a room, and what hostile peers try.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

mod certificates;
mod changed;
mod comparing;
mod files;
mod frozen;
mod guest;
mod hostile;
mod meeting;
mod outage;
mod spoken;
mod stranger;
mod tree;
mod wishes;
mod withdrawal;
