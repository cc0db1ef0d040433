//! `parlor-cli`: send and receive files and text from a shell, on the same engine as the app.
//!
//! What it is: arguments in, sentences or JSON lines out, an exit code at the end ([`exit`]).
//! Promises: the link is the first line of standard output and alone on it; Ctrl-C tells the other side; nothing that a peer says or
//! sends steers the terminal; temporary files are gone at the end.
//! Leaves to others: everything about rooms and transfers (`parlor-client`).

#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing))]

mod args;
mod bar;
mod company;
mod consent;
mod exit;
mod ice_server;
mod line;
mod nearby;
mod outlet;
mod plain;
mod progress;
mod rate;
mod receive;
mod report;
mod scratch;
mod send;
mod session;
mod spool;
mod status_line;
mod words;

use std::process::ExitCode;

use clap::Parser;
use tracing_subscriber::EnvFilter;

use crate::{
    args::{Arguments, Task},
    exit::Exit,
    receive::Receiving,
    send::Sending,
};

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    if let Err(contradiction) = arguments.check() {
        contradiction.exit();
    }
    // Silent unless PARLOR_LOG asks: this program's words are for its user.
    let filter = EnvFilter::try_from_env("PARLOR_LOG").unwrap_or_else(|_| EnvFilter::new("off"));
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            eprintln!("The program could not start: {error}.");
            return ExitCode::from(Exit::Internal.code());
        }
    };
    let exit = runtime.block_on(async {
        match arguments.task {
            Task::Send(send) => Sending::run(send).await,
            Task::Receive(receive) => Receiving::run(receive).await,
        }
    });
    // A question that nobody answered must not hold the program.
    runtime.shutdown_background();
    ExitCode::from(exit.code())
}
