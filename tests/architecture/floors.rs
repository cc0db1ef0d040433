//! Versions below which a crate has known faults that no advisory database lists: deny.toml refuses them, Cargo.lock keeps above them.

use std::collections::BTreeMap;

use parlor_tests::read;

/// Crates with such faults, and the first version without. Raised here and in deny.toml together.
const FLOORS: &[(&str, [u32; 3])] = &[
    ("socketioxide", [0, 18, 9]),
    ("engineioxide", [0, 17, 9]),
    ("mdns-sd", [0, 21, 6]),
    ("tauri", [2, 11, 1]),
    ("tauri-plugin-updater", [2, 12, 0]),
];

fn numbers(version: &str) -> [u32; 3] {
    // What stands behind a + or - is no part of the order that matters here.
    let plain = version.split(['+', '-']).next().unwrap();
    let parts: Vec<u32> = plain.split('.').map(|part| part.parse().unwrap()).collect();
    parts.try_into().unwrap_or_else(|_| panic!("{version} has not three numbers"))
}

#[test]
fn every_floor_stands_in_deny_toml() {
    let text = read("deny.toml");
    let banned: BTreeMap<&str, [u32; 3]> = text
        .split("crate = \"")
        .skip(1)
        .filter_map(|rest| rest.split('"').next()?.split_once(":<"))
        .map(|(name, version)| (name, numbers(version)))
        .collect();
    assert_eq!(banned, FLOORS.iter().copied().collect(), "deny.toml and the list here");
}

#[test]
fn what_is_locked_lies_above_every_floor() {
    let lock = read("Cargo.lock");
    let mut found = 0;
    for entry in lock.split("[[package]]\n") {
        let field = |key: &str| {
            entry.lines().find_map(|line| line.strip_prefix(key)).map(|rest| rest.trim_matches(['"', ' ', '=']))
        };
        let (Some(name), Some(version)) = (field("name"), field("version")) else { continue };
        if let Some((_, floor)) = FLOORS.iter().find(|(crate_name, _)| *crate_name == name) {
            assert!(numbers(version) >= *floor, "{name} {version} is below {floor:?}");
            found += 1;
        }
    }
    assert!(found >= 3, "only {found} of the crates with floors are in Cargo.lock");
}
