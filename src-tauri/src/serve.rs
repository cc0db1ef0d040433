//! The room without a window: the same server and page, for browsers.

use std::{fmt::Write, path::Path, process::ExitCode};

use crate::{
    farewell,
    own_server::{OwnServer, Place},
};

/// Serves until the system asks the process to end; what is kept of the server lies in `folder`, if there is one. Prints the address on standard
/// output, all else on standard error.
pub fn in_foreground(for_want_of_display: bool, folder: Option<&Path>) -> ExitCode {
    if for_want_of_display {
        eprintln!("parlor: there is no display to open a window on, so the room is served to browsers instead.");
    }
    let outcome = tauri::async_runtime::block_on(async {
        let folder = folder.ok_or("there is no folder for the program's data: set HOME or XDG_DATA_HOME")?;
        let server = OwnServer::start(folder, None).await.map_err(|error| error.to_string())?;
        let Place { url, certificate_sha256 } = server.place(None).await.map_err(|error| error.to_string())?;
        println!("open {url} in a browser");
        if let Some(fingerprint) = certificate_sha256 {
            eprintln!(
                "parlor: nobody vouches for this device's own certificate, so a browser warns once. Its SHA-256 is {}",
                colons(&fingerprint)
            );
        }
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

/// As browsers show a fingerprint.
fn colons(fingerprint: &[u8]) -> String {
    let mut text = String::new();
    for byte in fingerprint {
        let colon = if text.is_empty() { "" } else { ":" };
        // Writing to a string does not fail.
        let _ = write!(text, "{colon}{byte:02X}");
    }
    text
}
