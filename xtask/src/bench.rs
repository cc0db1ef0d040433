//! `cargo xtask bench`: side by side in one run, ratios rather than absolute times. The programs measured are built for
//! release; the measuring itself is in `tests/bench`.

use crate::{
    build,
    process::{Outcome, cargo, program, succeed},
    setup,
};

/// Files: `parlor-cli`, the bare channel, Chromium, rsync, magic-wormhole, croc, and what the machine leaves room for.
pub fn transfer(arguments: &[&str]) -> Outcome {
    prepare()?;
    let examples = ["--example", "bare_channel", "--example", "hash_rate"];
    succeed(&mut cargo(&[&["build", "--release", "-p", "parlor-client"], &examples[..]].concat()))?;
    node("transfer", arguments)
}

/// Joins and relays: `parlor-server`, Flask-SocketIO, Node.
pub fn signaling(arguments: &[&str]) -> Outcome {
    prepare()?;
    node("signaling", arguments)
}

/// Calls: the app's window with Chromium, Chromium with Chromium.
pub fn call(arguments: &[&str]) -> Outcome {
    prepare()?;
    succeed(&mut cargo(&["build", "--release", "-p", "parlor", "--features", build::CARRIES_PAGE]))?;
    node("call", arguments)
}

/// Not a measurement but its long sister: calls left and returned to, and negotiated from both sides, until a leak would show; or
/// transfers killed, starved of disk and cut off until something would be lost; or servers that lie, again and again.
pub fn soak(kind: &str, arguments: &[&str]) -> Outcome {
    setup::everything()?;
    if kind == "trust" {
        for tests in [
            &["test", "-p", "parlor-client", "--test", "room", "certificates", "--", "--nocapture"][..],
            &["test", "-p", "parlor-client", "--lib", "man_in_the_middle"],
            &["test", "-p", "parlor-tests", "--test", "parsers", "--", "--nocapture"],
            &["test", "-p", "parlor-trust", "--test", "two_sided_search"],
        ] {
            succeed(cargo(tests).env("PARLOR_SOAK", "long"))?;
        }
        let parsers = ["run", "--silent", "-w", "ui", "test", "--", "parsers.test"];
        succeed(program("npm", &parsers).env("PARLOR_SOAK", "long"))?;
    }
    build::page()?;
    build::programs()?;
    let programs = build::folder("debug")?;
    let script = format!("soak:{kind}");
    let words = [&["run", "--silent", "-w", "tests", &script, "--"], arguments].concat();
    succeed(program("npm", &words).env("PARLOR_BIN", programs))
}

fn prepare() -> Outcome {
    setup::for_benchmarks()?;
    build::page()?;
    succeed(&mut cargo(&["build", "--release", "-p", "parlor-cli", "-p", "parlor-server"]))
}

fn node(name: &str, arguments: &[&str]) -> Outcome {
    let programs = build::folder("release")?;
    let script = format!("bench:{name}");
    let words = [&["run", "--silent", "-w", "tests", &script, "--"], arguments].concat();
    succeed(program("npm", &words).env("PARLOR_BIN", programs))
}
