//! Embeds the built web UI (`ui/dist`), if it is there, as a table of paths and bytes.

use std::{
    env,
    fmt::Write as _,
    fs, io,
    path::{Path, PathBuf},
};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let ui = PathBuf::from(env::var("CARGO_MANIFEST_DIR")?).join("../../ui");
    let dist = ui.join("dist");
    let mut files = Vec::new();
    if dist.join("index.html").is_file() {
        println!("cargo:rerun-if-changed={}", dist.display());
        collect(&dist, &dist, &mut files)?;
        files.sort();
    } else {
        // A path that does not exist would make every build run this again; the folder above it tells when it appears.
        println!("cargo:rerun-if-changed={}", ui.display());
    }
    let mut table = String::from("&[\n");
    for (name, path) in files {
        writeln!(table, "    ({name:?}, include_bytes!({path:?})),")?;
    }
    table.push(']');
    fs::write(PathBuf::from(env::var("OUT_DIR")?).join("ui_files.rs"), table)?;
    Ok(())
}

fn collect(root: &Path, folder: &Path, files: &mut Vec<(String, String)>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            collect(root, &path, files)?;
        } else if let (Ok(name), Some(absolute)) = (path.strip_prefix(root), path.to_str()) {
            files.push((format!("/{}", name.to_string_lossy().replace('\\', "/")), absolute.to_owned()));
        }
    }
    Ok(())
}
