//! `cargo xtask dev`: the app with live reload, by the Tauri command line.

use crate::{
    process::{Outcome, program, succeed},
    setup,
};

/// Runs until the window is closed.
pub fn run() -> Outcome {
    setup::for_app()?;
    succeed(&mut program("npx", &["tauri", "dev"]))
}
