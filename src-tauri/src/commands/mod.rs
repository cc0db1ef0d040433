//! What the page may ask. Each command converts and passes on; `build.rs` and the capabilities name them all.

pub mod files;
pub mod media;
pub mod notices;
pub mod room;
pub mod settings;
pub mod unfinished;
