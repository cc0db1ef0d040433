//! Generates the shell's context: configuration, icons, and who may call what.

/// Every command of the shell. Naming them here makes each need a permission of its own (`src-tauri/capabilities`).
const COMMANDS: &[&str] = &[
    "dispatch",
    "listen",
    "pick_files",
    "pick_folder",
    "paste_files",
    "use_received",
    "previews",
    "choose_folder",
    "load_settings",
    "save_settings",
    "networks",
    "device_key",
    "unfinished",
    "discard_unfinished",
    "notify",
    "media_port",
];

fn main() -> Result<(), Box<dyn std::error::Error>> {
    println!("cargo::rerun-if-changed=src-tauri/capabilities");
    tauri_build::try_build(
        tauri_build::Attributes::new()
            .capabilities_path_pattern("src-tauri/capabilities/**/*")
            .app_manifest(tauri_build::AppManifest::new().commands(COMMANDS)),
    )?;
    Ok(())
}
