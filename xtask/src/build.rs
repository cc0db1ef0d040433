//! The page and the programs, built once in one profile for tests and for use.

use std::path::PathBuf;

use crate::process::{Outcome, cargo, output, program, root, succeed};

/// The feature with which the app carries the page inside.
pub const CARRIES_PAGE: &str = "parlor/custom-protocol";

/// `ui/dist`.
pub fn page() -> Outcome {
    succeed(&mut program("npm", &["run", "--silent", "-w", "ui", "build"]))
}

/// The app, `parlor-server` and `parlor-cli`, with the page inside: build [`page`] first.
pub fn programs() -> Outcome {
    succeed(&mut cargo(&["build", "--workspace", "--bins", "--features", CARRIES_PAGE]))
}

/// Where cargo puts the programs of `profile` (`debug` or `release`).
pub fn folder(profile: &str) -> Outcome<PathBuf> {
    let text = output(&mut cargo(&["metadata", "--format-version", "1", "--no-deps"]))?;
    let metadata: serde_json::Value =
        serde_json::from_str(&text).map_err(|error| format!("cargo metadata: {error}"))?;
    let target = metadata.get("target_directory").and_then(serde_json::Value::as_str);
    Ok(target.map_or_else(|| root().join("target"), PathBuf::from).join(profile))
}

/// The app alone, with the page inside.
pub fn app() -> Outcome {
    succeed(&mut cargo(&["build", "-p", "parlor", "--features", CARRIES_PAGE]))
}
