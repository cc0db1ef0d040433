//! What the dependencies are allowed to be: `cargo deny` (deny.toml) and `npm audit`. Their advisory databases live on the
//! network; where they cannot be reached the step says so and is skipped, and nothing else is.

use std::process::Stdio;

use crate::process::{Done, Outcome, cargo, program, succeed, works};

/// Licences, banned and duplicate crates, floors, sources. Needs no network.
pub fn crates() -> Outcome<Done> {
    if !works(&mut cargo(&["deny", "--version"])) {
        // Unoptimised: it runs for seconds and would take minutes more to build.
        succeed(&mut cargo(&["install", "cargo-deny", "--locked", "--debug"]))?;
    }
    succeed(&mut cargo(&["deny", "--all-features", "check", "--hide-inclusion-graph", "bans", "licenses", "sources"]))?;
    Ok(Done::Passed)
}

/// RustSec's database.
pub fn crate_advisories() -> Outcome<Done> {
    if !works(&mut cargo(&["deny", "fetch", "db"])) {
        return Ok(Done::Skipped("the advisory database of RustSec cannot be reached from here".into()));
    }
    succeed(&mut cargo(&["deny", "--all-features", "check", "advisories"]))?;
    Ok(Done::Passed)
}

/// The npm registry's advisories, production dependencies only: those are what users get.
pub fn npm_advisories() -> Outcome<Done> {
    let report = program("npm", &["audit", "--omit=dev", "--json"])
        .stderr(Stdio::null())
        .output()
        .map_err(|error| format!("npm audit did not start: {error}"))?;
    let json: serde_json::Value =
        serde_json::from_slice(&report.stdout).map_err(|error| format!("npm audit printed no JSON: {error}"))?;
    if json.get("vulnerabilities").is_none() {
        return Ok(Done::Skipped("the registry's audit service cannot be reached from here".into()));
    }
    if report.status.success() {
        return Ok(Done::Passed);
    }
    println!("{}", String::from_utf8_lossy(&report.stdout));
    Err("npm audit found vulnerable packages".into())
}
