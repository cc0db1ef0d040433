//! Edges between the crates of the workspace.

use std::{collections::BTreeMap, process::Command};

use parlor_tests::{files_below, read, root};

/// Who may know whom. `parlor` is the shell.
const ALLOWED: &[(&str, &[&str])] = &[
    ("parlor-protocol", &[]),
    ("parlor-trust", &["parlor-protocol"]),
    ("parlor-transfer", &["parlor-protocol", "parlor-trust"]),
    ("parlor-media", &["parlor-protocol"]),
    ("parlor-client", &["parlor-protocol", "parlor-trust", "parlor-transfer", "parlor-media"]),
    ("parlor-cli", &["parlor-protocol", "parlor-client"]),
    ("parlor-server", &["parlor-protocol"]),
    ("parlor", &["parlor-protocol", "parlor-client", "parlor-server"]),
    ("parlor-tests", &["parlor-protocol", "parlor-trust", "parlor-transfer", "parlor-client", "parlor-server"]),
    ("xtask", &[]),
];

/// Crates with which the pure ones would see a runtime, a file system, a clock or a socket.
const IMPURE: &[&str] = &["tokio", "cap-std", "socket2", "getrandom", "rand", "webrtc", "rtc", "rust_socketio", "axum"];

/// Normal dependencies by package; tests of a crate may know more than the crate.
fn dependencies() -> BTreeMap<String, Vec<String>> {
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".into());
    let output = Command::new(cargo)
        .args(["metadata", "--format-version", "1", "--no-deps", "--offline"])
        .current_dir(root())
        .output()
        .expect("cargo runs");
    let metadata: serde_json::Value = serde_json::from_slice(&output.stdout).expect("cargo metadata is JSON");
    let packages = metadata.get("packages").and_then(serde_json::Value::as_array).expect("packages");
    let text = |value: &serde_json::Value, key: &str| value.get(key).and_then(|v| v.as_str()).map(str::to_owned);
    let of = |package: &serde_json::Value| {
        let list = package.get("dependencies").and_then(serde_json::Value::as_array).expect("dependencies");
        list.iter().filter(|d| text(d, "kind").is_none()).filter_map(|d| text(d, "name")).collect()
    };
    packages.iter().map(|package| (text(package, "name").expect("name"), of(package))).collect()
}

#[test]
fn crates_know_only_whom_the_map_allows() {
    let dependencies = dependencies();
    for (name, edges) in &dependencies {
        let allowed = ALLOWED.iter().find(|(package, _)| package == name).map(|(_, allowed)| *allowed);
        let allowed = allowed.unwrap_or_else(|| panic!("{name} is not on the map"));
        for edge in edges.iter().filter(|edge| dependencies.contains_key(*edge)) {
            assert!(allowed.contains(&edge.as_str()), "{name} must not know {edge}");
        }
    }
    assert_eq!(dependencies.len(), ALLOWED.len(), "a package of the map is missing");
}

#[test]
fn only_the_shell_knows_tauri() {
    for (name, edges) in dependencies() {
        let knows = edges.iter().any(|edge| edge.starts_with("tauri"));
        assert_eq!(knows, name == "parlor", "{name}: {edges:?}");
    }
    for file in files_below("crates", &[".rs", "Cargo.toml"]) {
        let text = read(&file);
        let names = ["tauri::", "tauri ="].iter().any(|word| text.contains(word));
        assert!(!names, "{file} names tauri");
    }
}

#[test]
fn pure_crates_see_no_runtime_file_system_clock_or_socket() {
    for (name, edges) in dependencies() {
        if !["parlor-protocol", "parlor-trust", "parlor-transfer", "parlor-media"].contains(&name.as_str()) {
            continue;
        }
        let impure: Vec<_> = edges.iter().filter(|edge| IMPURE.contains(&edge.as_str())).collect();
        assert!(impure.is_empty(), "{name} depends on {impure:?}");
        let folder = format!("crates/{}/src", name.trim_start_matches("parlor-"));
        // What only tests see stands behind `#[cfg(test)]`, or in files of its own.
        let is_test = |file: &String| file.ends_with("/tests.rs") || file.contains("/tests/");
        for file in files_below(&folder, &[".rs"]).into_iter().filter(|file| !is_test(file)) {
            let text = read(&file);
            let code = text.split("#[cfg(test)]").next().unwrap_or_default();
            let code = code.split("#[cfg(all(test").next().unwrap_or_default();
            for word in ["std::fs", "std::net", "std::thread", "Instant::now", "SystemTime::now"] {
                assert!(!code.contains(word), "{file} uses {word}");
            }
        }
    }
}

#[test]
fn one_file_names_the_socket_io_client() {
    let named: Vec<String> = files_below("crates/client/src", &[".rs"])
        .into_iter()
        .filter(|file| {
            read(file).lines().any(|line| !line.trim_start().starts_with("//") && line.contains("rust_socketio"))
        })
        .collect();
    assert_eq!(named.len(), 1, "{named:?}");
}
