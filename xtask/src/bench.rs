//! `cargo xtask bench`: side by side in one run, ratios rather than absolute times. The programs measured are built for
//! release; the measuring itself is in `tests/bench`.

use crate::{
    build,
    process::{Outcome, cargo, program, succeed},
    setup,
};

/// Files: `parlor-cli`, the bare channel, Chromium.
pub fn transfer(arguments: &[&str]) -> Outcome {
    prepare()?;
    succeed(&mut cargo(&["build", "--release", "-p", "parlor-client", "--example", "bare_channel"]))?;
    node("transfer", arguments)
}

/// Joins and relays: `parlor-server`, Flask-SocketIO, Node.
pub fn signaling(arguments: &[&str]) -> Outcome {
    prepare()?;
    node("signaling", arguments)
}

fn prepare() -> Outcome {
    setup::everything()?;
    build::page()?;
    succeed(&mut cargo(&["build", "--release", "-p", "parlor-cli", "-p", "parlor-server"]))
}

fn node(name: &str, arguments: &[&str]) -> Outcome {
    let programs = build::folder("release")?;
    let script = format!("bench:{name}");
    let words = [&["run", "--silent", "-w", "tests", &script, "--"], arguments].concat();
    succeed(program("npm", &words).env("PARLOR_BIN", programs))
}
