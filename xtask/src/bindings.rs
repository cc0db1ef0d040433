//! `ui/src/protocol/*.ts` from `crates/protocol`: written, or compared with what is committed.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use crate::process::{Outcome, cargo, root, succeed};

fn committed() -> PathBuf {
    root().join("ui/src/protocol")
}

/// Writes the types anew; files of types that are gone go too.
pub fn write() -> Outcome {
    let folder = committed();
    if folder.exists() {
        fs::remove_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    }
    export(&folder)
}

/// Fails if what is committed is not what [`write`] would write.
pub fn compare() -> Outcome {
    let fresh = crate::build::folder("debug")?.join("bindings-fresh");
    if fresh.exists() {
        fs::remove_dir_all(&fresh).map_err(|error| format!("{}: {error}", fresh.display()))?;
    }
    export(&fresh)?;
    let (old, new) = (contents(&committed())?, contents(&fresh)?);
    let stale: Vec<&str> =
        old.keys().chain(new.keys()).filter(|name| old.get(*name) != new.get(*name)).map(String::as_str).collect();
    if stale.is_empty() {
        Ok(())
    } else {
        Err(format!("stale in ui/src/protocol: {}; run `cargo xtask bindings`", stale.join(", ")))
    }
}

fn export(folder: &Path) -> Outcome {
    let arguments = ["test", "--quiet", "-p", "parlor-protocol", "--features", "bindings", "export_bindings"];
    succeed(cargo(&arguments).env("TS_RS_EXPORT_DIR", folder))
}

fn contents(folder: &Path) -> Outcome<BTreeMap<String, String>> {
    let say = |error: std::io::Error| format!("{}: {error}", folder.display());
    let mut files = BTreeMap::new();
    for entry in fs::read_dir(folder).map_err(say)? {
        let path = entry.map_err(say)?.path();
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        files.insert(name, fs::read_to_string(&path).map_err(say)?);
    }
    Ok(files)
}
