//! Every habit of this repository as one command: `cargo xtask` lists them.
//!
//! Promises: a command sets up what it needs, says what it skips and why, and exits with 0 only if everything it did
//! went well. Leaves to others: the tests and benchmarks themselves, which live beside what they test.

mod audit;
mod bench;
mod bindings;
mod build;
mod dev;
mod lint;
mod process;
mod run;
mod sbom;
mod screenshots;
mod setup;
mod test;

use std::process::ExitCode;

const HELP: &str = "\
cargo xtask COMMAND

  run            set up, build and start the app; without a display, serve the room on a printed address
  test           set up and run every test: Rust, TypeScript, browser, app window
  dev            the app with live reload
  lint           rustfmt, clippy, tsc, eslint
  bindings       write ui/src/protocol/*.ts from crates/protocol
  bench transfer     1 GiB over loopback: parlor-cli, the bare channel, Chromium (add --bytes N for another size)
  bench call         the app's window with Chromium, Chromium with Chromium (add --seconds N to look longer)
  soak call          calls in the app's window again and again, until a leak would show
  soak transfer      transfers that are killed a hundred times, on disks of which every call fails, over ways cut for up to five minutes
  soak trust         lies about certificates, men in the middle and false envelopes, a hundred times each
  bench signaling    join and relay: parlor-server, Flask-SocketIO, Node socket.io
  screenshots    lobby and room in every size, theme and language, into tests/output/screenshots
  sbom           what is in the programs and the page, as CycloneDX, into target/sbom
  setup          only install what is missing (apt packages, npm packages)
";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let outcome = match words.as_slice() {
        [] | ["help" | "-h" | "--help"] => {
            print!("{HELP}");
            Ok(())
        }
        ["run", rest @ ..] => run::run(rest),
        ["test"] => test::run(),
        ["dev"] => dev::run(),
        ["lint"] => lint::run(),
        ["bindings"] => bindings::write(),
        ["bench", "transfer", rest @ ..] => bench::transfer(rest),
        ["bench", "signaling", rest @ ..] => bench::signaling(rest),
        ["bench", "call", rest @ ..] => bench::call(rest),
        ["soak", kind @ ("call" | "transfer" | "trust"), rest @ ..] => bench::soak(kind, rest),
        ["sbom"] => sbom::write(),
        ["screenshots"] => screenshots::run(),
        ["setup"] => setup::everything(),
        _ => Err(format!("no such command: {}\n\n{HELP}", words.join(" "))),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(sentence) => {
            eprintln!("xtask: {sentence}");
            ExitCode::FAILURE
        }
    }
}
