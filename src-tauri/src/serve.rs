//! The room without a window: the same server and page, for browsers.

use std::process::ExitCode;

use crate::{farewell, own_server::OwnServer};

/// Serves until the system asks the process to end. Prints the address on standard output, all else on standard error.
pub fn in_foreground(for_want_of_display: bool) -> ExitCode {
    if for_want_of_display {
        eprintln!("parlor: there is no display to open a window on, so the room is served to browsers instead.");
    }
    let outcome = tauri::async_runtime::block_on(async {
        let server = OwnServer::start().await.map_err(|error| error.to_string())?;
        println!("open {} in a browser", server.base_url());
        eprintln!(
            "parlor: on this device, http://localhost:{} has camera and microphone too. Ctrl-C ends it.",
            server.port()
        );
        let ended = farewell::ended().await.map_err(|error| error.to_string());
        server.shut_down().await;
        ended
    });
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(reason) => {
            eprintln!("parlor: {reason}");
            ExitCode::FAILURE
        }
    }
}
