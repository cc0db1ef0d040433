//! `cargo xtask run`: from a clone to something a person can use.

use crate::{
    build,
    process::{Outcome, program, succeed},
    setup,
};

/// Sets up, builds and starts the app; `arguments` are the app's. Without a display the app itself says so and serves
/// the room on an address it prints.
pub fn run(arguments: &[&str]) -> Outcome {
    setup::for_app()?;
    build::page()?;
    build::app()?;
    let app = build::folder("debug")?.join("parlor");
    succeed(&mut program(&app.to_string_lossy(), arguments))
}
