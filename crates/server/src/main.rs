//! `parlor-server`, the program: flags, logs, signals, exit codes.
//!
//! Exit codes: 0 ended in order, 1 failed while serving, 2 wrong configuration, 3 the address cannot be listened on.

use std::{
    io::{IsTerminal, Write},
    path::PathBuf,
    process::ExitCode,
};

use clap::Parser;
use parlor_server::{Config, Overrides, Server, ServerError, log_subscriber};
use tracing_subscriber::util::SubscriberInitExt;

/// Introduces peers to each other, so that they can see, hear and hand files to each other directly.
///
/// Every option can also stand in a TOML file (`socket_rate = 50`) or in the environment (`PARLOR_SOCKET_RATE=50`). Options
/// win over the environment, the environment over the file.
///
/// Exit codes: 0 ended in order, 1 failed while serving, 2 wrong configuration, 3 the address cannot be listened on.
#[derive(Debug, Parser)]
#[command(name = "parlor-server", version)]
struct Arguments {
    /// TOML file to read settings from
    #[arg(long, env = "PARLOR_CONFIG", value_name = "FILE")]
    config: Option<PathBuf>,
    #[command(flatten)]
    given: Overrides,
}

#[tokio::main]
async fn main() -> ExitCode {
    let arguments = Arguments::parse();
    match serve(arguments).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("parlor-server: {error}");
            ExitCode::from(exit_code(&error))
        }
    }
}

async fn serve(arguments: Arguments) -> Result<(), ServerError> {
    let config = Config::load(arguments.given, arguments.config.as_deref())?;
    log_to_stderr(&config);
    // Before the address is announced, so that whoever reads it may already ask the server to stop.
    let asked_to_stop = asked_to_stop()?;
    let server = Server::bind(config).await?;
    let mut stdout = std::io::stdout();
    writeln!(stdout, "listening on http://{}", server.local_addr())?;
    stdout.flush()?;
    server.run(asked_to_stop).await
}

fn log_to_stderr(config: &Config) {
    log_subscriber(config, std::io::stderr().is_terminal(), std::io::stderr).init();
}

#[cfg(unix)]
fn asked_to_stop() -> Result<impl Future<Output = ()>, ServerError> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    })
}

#[cfg(not(unix))]
fn asked_to_stop() -> Result<impl Future<Output = ()>, ServerError> {
    Ok(async {
        if let Err(error) = tokio::signal::ctrl_c().await {
            tracing::error!(%error, "Ctrl-C cannot be heard");
            std::future::pending::<()>().await;
        }
    })
}

fn exit_code(error: &ServerError) -> u8 {
    match error {
        ServerError::Setting { .. } | ServerError::FileUnreadable { .. } | ServerError::FileInvalid { .. } => 2,
        ServerError::AddressTaken { .. } | ServerError::AddressUnusable { .. } => 3,
        ServerError::Identity(_) | ServerError::Io(_) => 1,
    }
}
