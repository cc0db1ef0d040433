//! Form and suspicion: rustfmt, clippy with warnings as errors, tsc, eslint.

use crate::{
    build::CARRIES_PAGE,
    process::{Outcome, cargo, program, succeed},
    setup,
};

/// All of it, after setting up.
pub fn run() -> Outcome {
    setup::for_app()?;
    form()?;
    suspicion()?;
    typescript()
}

/// rustfmt.
pub fn form() -> Outcome {
    succeed(&mut cargo(&["fmt", "--all", "--check"]))
}

/// clippy. It compiles everything once more in its own way, so it is not part of `cargo xtask test`.
fn suspicion() -> Outcome {
    let arguments = ["clippy", "--quiet", "--workspace", "--all-targets", "--features", CARRIES_PAGE];
    succeed(&mut cargo(&[&arguments[..], &["--", "-D", "warnings"]].concat()))
}

/// tsc and eslint of the page and of the tests.
pub fn typescript() -> Outcome {
    succeed(&mut program("npm", &["run", "--silent", "-w", "ui", "check"]))?;
    succeed(&mut program("npm", &["run", "--silent", "-w", "ui", "lint"]))?;
    succeed(&mut program("npm", &["run", "--silent", "-w", "tests", "check"]))?;
    succeed(&mut program("npm", &["run", "--silent", "-w", "tests", "lint"]))
}
