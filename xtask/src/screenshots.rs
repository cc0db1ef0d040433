//! `cargo xtask screenshots`: pictures of lobby and room, to be looked at.

use crate::{
    build,
    process::{Outcome, program, succeed},
    setup,
};

/// Writes them to `tests/output/screenshots`.
pub fn run() -> Outcome {
    setup::everything()?;
    build::page()?;
    build::programs()?;
    let programs = build::folder("debug")?;
    succeed(program("npm", &["run", "--silent", "-w", "tests", "screenshots"]).env("PARLOR_BIN", programs))
}
