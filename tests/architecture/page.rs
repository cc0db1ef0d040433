//! Import rules of `ui/src`: `app → features → call, shared`, hosts at the side, and React only where screens are.

use parlor_tests::{files_below, read, root};

/// One import of one file.
struct Import {
    /// Path from `ui/src`.
    file: String,
    /// A path from `ui/src` for our own, else the package.
    target: String,
}

/// Every import of `ui/src`, static and dynamic, without tests and what only tests use.
fn imports() -> Vec<Import> {
    let mut found = Vec::new();
    for path in files_below("ui/src", &[".ts", ".tsx"]) {
        let file = path.trim_start_matches("ui/src/").to_owned();
        if file.contains(".test.")
            || file.contains("/testing/")
            || file.starts_with("stories")
            || file.starts_with("protocol/")
        {
            continue;
        }
        let text = read(&path);
        for mark in ["from '", "from \"", "import('", "import(\"", "import '", "import \""] {
            for rest in text.split(mark).skip(1) {
                let quote = if mark.ends_with('\'') { '\'' } else { '"' };
                let Some((specifier, _)) = rest.split_once(quote) else { continue };
                if specifier.contains(char::is_whitespace) {
                    continue;
                }
                found.push(Import { target: resolve(&file, specifier), file: file.clone() });
            }
        }
    }
    assert!(found.len() > 50, "only {} imports found: is the page where it was?", found.len());
    found
}

fn resolve(file: &str, specifier: &str) -> String {
    if !specifier.starts_with('.') {
        return specifier.to_owned();
    }
    let mut parts: Vec<&str> = file.split('/').collect();
    parts.pop();
    for part in specifier.split('/') {
        match part {
            "." => {}
            ".." => {
                parts.pop();
            }
            other => parts.push(other),
        }
    }
    parts.join("/")
}

fn is_react(target: &str) -> bool {
    ["react", "react-dom", "react-aria", "react-aria-components", "react-stately"]
        .iter()
        .any(|package| target == *package || target.starts_with(&format!("{package}/")))
}

#[test]
fn only_the_tauri_host_imports_tauri() {
    for import in imports() {
        let allowed = import.file.starts_with("host/tauri/");
        assert!(allowed || !import.target.starts_with("@tauri-apps/"), "{} imports {}", import.file, import.target);
    }
}

#[test]
fn only_the_browser_host_imports_the_socket_io_client() {
    for import in imports() {
        let allowed = import.file.starts_with("host/browser/");
        assert!(allowed || !import.target.starts_with("socket.io"), "{} imports {}", import.file, import.target);
    }
}

#[test]
fn call_transfer_trust_and_host_know_no_react() {
    for import in imports() {
        let pure = ["call/", "transfer/", "trust/", "host/"].iter().any(|folder| import.file.starts_with(folder));
        assert!(!pure || !is_react(&import.target), "{} imports {}", import.file, import.target);
    }
}

#[test]
fn imports_point_down() {
    /// A folder of `ui/src` and the folders it may import from, itself apart. `main.*` may import everything.
    const MAY: &[(&str, &[&str])] = &[
        ("app/", &["features/", "call/", "shared/", "host/port/", "protocol/"]),
        ("features/", &["call/", "shared/", "host/port/", "protocol/"]),
        // The parser of codes is pure, and says what was mistyped before a try is spent; the emoji of a comparison are a list.
        (
            "shared/",
            &["host/port/", "call/", "protocol/", "trust/spokenCode/", "trust/shortString/", "trust/TrustError/"],
        ),
        ("call/", &["shared/rtc/", "protocol/"]),
        ("transfer/", &["protocol/", "trust/"]),
        ("trust/", &["protocol/"]),
        ("host/browser/", &["host/port/", "shared/rtc/", "transfer/", "trust/", "protocol/"]),
        ("host/tauri/", &["host/port/", "shared/rtc/", "protocol/"]),
        ("host/port/", &["protocol/"]),
    ];
    for import in imports() {
        let is_own = root().join("ui/src").join(import.target.split('/').next().unwrap_or_default()).exists();
        if !is_own || import.file.starts_with("main.") || !import.file.contains('/') {
            continue;
        }
        let (folder, may) = MAY
            .iter()
            .find(|(folder, _)| import.file.replace(".ts", "/").starts_with(folder))
            .unwrap_or_else(|| panic!("{} is not on the map", import.file));
        // A folder's own index is imported by the folder's name.
        let target = format!("{}/", import.target);
        let allowed = target.starts_with(folder) || may.iter().any(|allowed| target.starts_with(allowed));
        assert!(allowed, "{} must not import {}", import.file, import.target);
    }
}

#[test]
fn features_do_not_import_each_other() {
    let feature =
        |path: &str| path.strip_prefix("features/").and_then(|rest| rest.split('/').next()).map(str::to_owned);
    for import in imports() {
        if let (Some(own), Some(other)) = (feature(&import.file), feature(&import.target)) {
            assert_eq!(own, other, "{} imports {}", import.file, import.target);
        }
    }
}
