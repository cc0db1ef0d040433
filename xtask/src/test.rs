//! Every test, in the order in which a failure is cheapest to find. All steps run even if one fails; the end says which.

use std::time::Instant;

use crate::{
    audit, bindings, build, lint,
    process::{Done, Outcome, cargo, program, succeed},
    setup,
};

type Step = (&'static str, fn() -> Outcome<Done>);

const STEPS: &[Step] = &[
    ("generated types are fresh", || bindings::compare().map(passed)),
    ("the page builds", || build::page().map(passed)),
    ("the programs build", || build::programs().map(passed)),
    ("Rust tests", || {
        succeed(&mut cargo(&["test", "--workspace", "--no-fail-fast", "--quiet", "--features", build::CARRIES_PAGE]))
            .map(passed)
    }),
    ("TypeScript tests", || succeed(&mut program("npm", &["run", "--silent", "-w", "ui", "test"])).map(passed)),
    ("browser and app window tests", || {
        let programs = build::folder("debug")?;
        succeed(program("npm", &["run", "--silent", "-w", "tests", "test"]).env("PARLOR_BIN", programs)).map(passed)
    }),
    ("lint of TypeScript", || lint::typescript().map(passed)),
    ("form of Rust", || lint::form().map(passed)),
    ("licences, bans and sources of crates", audit::crates),
    ("advisories of crates", audit::crate_advisories),
    ("advisories of npm packages", audit::npm_advisories),
];

/// Sets up and runs everything.
pub fn run() -> Outcome {
    setup::everything()?;
    let (mut failed, mut skipped) = (Vec::new(), 0);
    for (name, step) in STEPS {
        println!("\n=== {name}");
        let begun = Instant::now();
        let outcome = step();
        let seconds = begun.elapsed().as_secs();
        match outcome {
            Ok(Done::Passed) => println!("=== {name}: passed in {seconds} s"),
            Ok(Done::Skipped(why)) => {
                skipped += 1;
                println!("=== {name}: skipped: {why}");
            }
            Err(sentence) => {
                println!("=== {name}: FAILED after {seconds} s: {sentence}");
                failed.push(*name);
            }
        }
    }
    let passed = STEPS.len() - failed.len() - skipped;
    println!("\nsteps: {passed} passed, {} failed, {skipped} skipped", failed.len());
    if failed.is_empty() { Ok(()) } else { Err(format!("failed: {}", failed.join("; "))) }
}

fn passed((): ()) -> Done {
    Done::Passed
}
