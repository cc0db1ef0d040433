//! What exists once in Rust and once in TypeScript or npm, and must not drift apart.

use parlor_tests::{files_below, read};

#[test]
fn every_vector_is_read_by_both_languages() {
    let texts = |folders: &[&str], endings: &[&str]| -> String {
        folders.iter().flat_map(|folder| files_below(folder, endings)).map(|file| read(&file)).collect()
    };
    let rust = texts(&["crates"], &[".rs"]);
    let typescript = texts(&["ui/src"], &[".test.ts"]);
    let vectors = files_below("tests/vectors", &[".json"]);
    assert!(vectors.len() >= 5, "vectors are missing: {vectors:?}");
    for vector in vectors {
        let stem = vector.rsplit('/').next().unwrap_or_default().trim_end_matches(".json");
        let is_read =
            |text: &str| text.contains(&format!("{stem}.json")) || text.contains(&format!("vectors(\"{stem}\")"));
        assert!(is_read(&rust), "{vector} is not read by Rust");
        assert!(is_read(&typescript), "{vector} is not read by TypeScript");
    }
}

#[test]
fn every_corpus_is_fed_to_a_parser() {
    let tests = files_below("tests/parsers", &[".rs"]).into_iter().chain(files_below("ui/src", &["parsers.test.ts"]));
    let texts: String = tests.map(|file| read(&file)).collect();
    for corpus in files_below("tests/corpus", &[".txt"]) {
        let stem = corpus.rsplit('/').next().unwrap_or_default().trim_end_matches(".txt");
        let is_fed = texts.contains(&format!("(\"{stem}\"")) || texts.contains(&format!("('{stem}'"));
        assert!(is_fed, "{corpus} is fed to nothing");
    }
}

#[test]
fn cargo_and_npm_say_the_same_version() {
    let cargo = read("Cargo.toml");
    let version = cargo
        .split("[workspace.package]")
        .nth(1)
        .and_then(|section| section.split("version = \"").nth(1))
        .and_then(|rest| rest.split('"').next())
        .expect("the workspace has a version");
    for file in ["package.json", "ui/package.json", "tests/package.json", "tauri.conf.json"] {
        let json: serde_json::Value = serde_json::from_str(&read(file)).expect("JSON");
        if let Some(said) = json.get("version") {
            assert_eq!(said.as_str(), Some(version), "{file}");
        } else {
            assert_eq!(file, "tauri.conf.json", "{file} names no version");
        }
    }
}

#[test]
fn a_page_says_the_same_version_to_its_peers() {
    let json: serde_json::Value = serde_json::from_str(&read("ui/package.json")).expect("JSON");
    let version = json.get("version").and_then(serde_json::Value::as_str).expect("a version");
    assert!(read("ui/src/host/browser/room/RoomEngine.ts").contains(&format!("'parlor/{version}'")));
}

#[test]
fn the_tauri_of_cargo_and_npm_have_one_minor_version() {
    let minor = |version: &str| version.split('.').take(2).collect::<Vec<_>>().join(".");
    let lock = read("Cargo.lock");
    let cargo = lock
        .split("name = \"tauri\"\nversion = \"")
        .nth(1)
        .and_then(|rest| rest.split('"').next())
        .expect("Cargo.lock names tauri");
    let lock: serde_json::Value = serde_json::from_str(&read("package-lock.json")).expect("JSON");
    for package in ["@tauri-apps/api", "@tauri-apps/cli"] {
        let npm = lock.pointer(&format!("/packages/node_modules~1{}/version", package.replace('/', "~1")));
        let npm = npm.and_then(serde_json::Value::as_str).expect("package-lock.json names it");
        assert_eq!(minor(npm), minor(cargo), "{package}");
    }
}
