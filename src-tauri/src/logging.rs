//! The log file, in the folder the system has for logs.
//!
//! Promises: our own words from level info on, those of libraries from warnings on, and nothing of the WebRTC stack below us, whose
//! warnings name addresses and candidates. Bounded: one file and its predecessor. A terminal that is gone is no reason to fail.

use std::io::Write as _;

use log::{Level, LevelFilter};
use tauri::{Wry, plugin::TauriPlugin};
use tauri_plugin_log::{Builder, RotationStrategy, Target, TargetKind, fern};

/// Longest log file in bytes.
const FILE_BYTES: u128 = 4 * 1024 * 1024;

/// The plugin that writes. What the crates say with `tracing` reaches it as records of `log`.
pub fn plugin() -> TauriPlugin<Wry> {
    Builder::new()
        .level(LevelFilter::Info)
        .filter(|record| is_kept(record.target(), record.level()))
        .max_file_size(FILE_BYTES)
        .rotation_strategy(RotationStrategy::KeepSome(1))
        .targets([
            Target::new(TargetKind::LogDir { file_name: Some("parlor".into()) }),
            Target::new(TargetKind::Dispatch(fern::Dispatch::new().chain(fern::Output::call(tell)))),
        ])
        .build()
}

/// Writes to standard error. The plugin's own way there panics, in whoever logs, once nobody reads it any more.
fn tell(record: &log::Record<'_>) {
    let _ = writeln!(std::io::stderr(), "{}", record.args());
}

fn is_kept(target: &str, level: Level) -> bool {
    let library = target.split("::").next().unwrap_or(target);
    match library {
        own if own.starts_with("parlor") => level <= Level::Info,
        "webrtc" | "rtc" => false,
        part if part.starts_with("rtc_") => false,
        _ => level <= Level::Warn,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn our_own_words_are_kept_and_what_names_addresses_is_not() {
        assert!(is_kept("parlor_client::room", Level::Info));
        assert!(!is_kept("parlor_client::room", Level::Debug));
        for names_addresses in ["rtc_mdns::proto", "rtc::peer_connection::handler", "webrtc"] {
            assert!(!is_kept(names_addresses, Level::Error), "{names_addresses}");
        }
        assert!(is_kept("tauri_plugin_store", Level::Warn));
        assert!(!is_kept("tauri_plugin_store", Level::Info));
    }
}
