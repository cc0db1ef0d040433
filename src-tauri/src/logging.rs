//! The log file, in the folder the system has for logs.
//!
//! Promises: our own words from level info on, those of libraries from warnings on, since libraries below that name addresses and SDP.
//! Bounded: one file and its predecessor.

use log::LevelFilter;
use tauri::{Wry, plugin::TauriPlugin};
use tauri_plugin_log::{Builder, RotationStrategy, Target, TargetKind};

/// Longest log file in bytes.
const FILE_BYTES: u128 = 4 * 1024 * 1024;

/// The plugin that writes. What the crates say with `tracing` reaches it as records of `log`.
pub fn plugin() -> TauriPlugin<Wry> {
    let mut builder = Builder::new()
        .level(LevelFilter::Warn)
        .max_file_size(FILE_BYTES)
        .rotation_strategy(RotationStrategy::KeepSome(1))
        .targets([
            Target::new(TargetKind::LogDir { file_name: Some("parlor".into()) }),
            Target::new(TargetKind::Stderr),
        ]);
    for own in ["parlor_lib", "parlor_client", "parlor_server", "parlor_transfer", "parlor_trust"] {
        builder = builder.level_for(own, LevelFilter::Info);
    }
    builder.build()
}
