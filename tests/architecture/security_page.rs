//! SECURITY.md points at what holds its promises; what it points at is there.

use parlor_tests::{read, root};

/// What a reader looks for.
const HEADINGS: &[&str] = &[
    "## Reporting a fault",
    "## Who is meant",
    "## What is kept from whom",
    "## What is not kept",
    "## How it is held",
];
/// What is never promised by leaving it out.
const NOT_KEPT: &[&str] =
    &["Availability", "Metadata", "The page of a guest", "Members of one room", "Malware on the device"];

#[test]
fn it_says_what_is_kept_what_is_not_and_how_to_report() {
    let page = read("SECURITY.md");
    let places: Vec<_> =
        HEADINGS.iter().map(|heading| page.find(heading).unwrap_or_else(|| panic!("no {heading}"))).collect();
    assert!(places.is_sorted(), "in this order");
    let not_kept = page.split("## What is not kept").nth(1).and_then(|rest| rest.split("\n## ").next()).unwrap();
    for one in NOT_KEPT {
        assert!(not_kept.contains(&format!("**{one}")), "does not say that {one} is not kept");
    }
}

#[test]
fn what_it_points_at_is_there() {
    let page = read("SECURITY.md");
    let (mut found, known) = (
        0,
        ["crates/", "ui/", "tests/", "src-tauri", "tauri.conf.json", "deny.toml", "Cargo.lock", "package-lock.json"],
    );
    for path in page.split('`').skip(1).step_by(2).filter(|text| known.iter().any(|begin| text.starts_with(begin))) {
        let is_there = [path.to_owned(), format!("{path}.rs")].iter().any(|path| root().join(path).exists());
        assert!(is_there, "SECURITY.md names {path}, which is not there");
        found += 1;
    }
    assert!(found >= 10, "only {found} paths found");
}
