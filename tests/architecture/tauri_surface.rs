//! The app's surface, written down: every command and every capability with its windows and permissions. The golden file is
//! `tests/architecture/tauri-surface.txt`; whoever widens the surface shows it there.

use std::{collections::BTreeSet, fmt::Write as _, fs};

use parlor_tests::{files_below, read, root};
use serde_json::Value;

const GOLDEN: &str = "tests/architecture/tauri-surface.txt";
const UPDATE: &str = "PARLOR_UPDATE_GOLDEN";

fn json(path: &str) -> Value {
    serde_json::from_str(&read(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

fn texts(value: &Value) -> Vec<String> {
    let list = value.as_array().map(Vec::as_slice).unwrap_or_default();
    // What is no text (a permission with a scope, a capability written in place) is shown as it stands.
    list.iter().map(|one| one.as_str().map_or_else(|| one.to_string(), str::to_owned)).collect()
}

/// The names between two marks of a file, one a line.
fn between<'a>(text: &'a str, begin: &str, end: &str) -> Vec<&'a str> {
    let list = text.split_once(begin).and_then(|(_, rest)| rest.split_once(end)).expect("the list is where it was").0;
    list.lines().map(|line| line.trim().trim_matches(['"', ',', ' '])).filter(|line| !line.is_empty()).collect()
}

/// The commands that `build.rs` makes a permission for.
fn declared() -> Vec<String> {
    let text = read("src-tauri/build.rs");
    between(&text, "const COMMANDS: &[&str] = &[", "];").into_iter().map(str::to_owned).collect()
}

/// The commands that the page reaches, each with the condition in front of it.
fn handled() -> Vec<(String, String)> {
    let text = read("src-tauri/src/lib.rs");
    let mut found = Vec::new();
    let mut condition = "";
    for line in between(&text, "generate_handler![", "])") {
        if line.starts_with("#[cfg(") {
            condition = line;
        } else {
            found.push((line.rsplit("::").next().unwrap_or(line).to_owned(), condition.to_owned()));
            condition = "";
        }
    }
    found
}

/// The functions that are written as commands.
fn written() -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for file in files_below("src-tauri/src", &[".rs"]) {
        let text = read(&file);
        for rest in text.split("#[tauri::command").skip(1) {
            let name =
                rest.split_once("fn ").and_then(|(_, rest)| rest.split(['(', '<']).next()).expect("a function follows");
            assert!(found.insert(name.to_owned()), "{name} is written twice");
        }
        assert!(!text.contains("#[command"), "{file}: commands are written #[tauri::command], to be found here");
    }
    found
}

fn capabilities() -> Vec<(String, Value)> {
    let files = files_below("src-tauri/capabilities", &["json", "json5", "toml"]);
    files.into_iter().map(|file| (file.clone(), json(&file))).collect()
}

/// One line for each leaf below a value, sorted, whatever order the file or the JSON crate keeps.
fn leaves(path: &str, value: &Value, lines: &mut BTreeSet<String>) {
    match value {
        Value::Object(fields) => fields.iter().for_each(|(key, value)| leaves(&format!("{path} {key}"), value, lines)),
        Value::Array(list) if !list.is_empty() => list.iter().for_each(|one| leaves(path, one, lines)),
        leaf => {
            lines.insert(format!("{path}: {}", leaf.as_str().map_or_else(|| leaf.to_string(), str::to_owned)));
        }
    }
}

fn surface() -> String {
    let mut text = String::from("commands that the page reaches\n");
    for (name, condition) in handled() {
        writeln!(text, "{}", format!("  {name}  {condition}").trim_end()).unwrap();
    }
    for (file, mut capability) in capabilities() {
        let name = capability["identifier"].as_str().expect("a capability has a name").to_owned();
        writeln!(text, "\ncapability {name}  {file}").unwrap();
        let fields = capability.as_object_mut().expect("a capability is an object");
        fields.retain(|key, _| !["$schema", "identifier", "description"].contains(&key.as_str()));
        let mut lines = BTreeSet::new();
        leaves(&format!("  {name}"), &capability, &mut lines);
        lines.iter().for_each(|line| writeln!(text, "{line}").unwrap());
    }
    writeln!(text, "\ntauri.conf.json").unwrap();
    let mut app = json("tauri.conf.json");
    // What holds while developing only is not in what people get.
    app["app"]["security"].as_object_mut().expect("the security of the app").retain(|key, _| key != "devCsp");
    let mut lines = BTreeSet::new();
    leaves("  app", &app["app"], &mut lines);
    leaves("  plugins", &app["plugins"], &mut lines);
    lines.iter().for_each(|line| writeln!(text, "{line}").unwrap());
    writeln!(text, "\nplugins in use").unwrap();
    for plugin in plugins() {
        writeln!(text, "  {plugin}").unwrap();
    }
    text
}

/// Every plugin that the shell's code names.
fn plugins() -> BTreeSet<String> {
    let all: String = files_below("src-tauri/src", &[".rs"]).iter().map(|file| read(file)).collect();
    let named = all.split("tauri_plugin_").skip(1);
    named
        .filter_map(|rest| rest.split(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_').next())
        .map(str::to_owned)
        .collect()
}

#[test]
fn the_surface_is_the_one_written_down() {
    let now = surface();
    if std::env::var_os(UPDATE).is_some() {
        fs::write(root().join(GOLDEN), &now).unwrap();
    }
    let golden = fs::read_to_string(root().join(GOLDEN)).unwrap_or_default();
    let (old, new): (BTreeSet<&str>, BTreeSet<&str>) = (golden.lines().collect(), now.lines().collect());
    let gone: Vec<_> = old.difference(&new).map(|line| format!("- {line}")).collect();
    let added: Vec<_> = new.difference(&old).map(|line| format!("+ {line}")).collect();
    assert!(
        golden == now,
        "what the app's page may ask of the shell has changed:\n{}\n{}\nIf this is meant, say in the commit what it is for, and write the file again:\n  \
         {UPDATE}=1 cargo test -p parlor-tests --test architecture tauri_surface",
        gone.join("\n"),
        added.join("\n"),
    );
}

#[test]
fn every_command_is_written_declared_handled_and_allowed_somewhere() {
    let declared: BTreeSet<String> = declared().into_iter().collect();
    let handled: BTreeSet<String> = handled().into_iter().map(|(name, _)| name).collect();
    let mut allowed = BTreeSet::new();
    for (file, capability) in capabilities() {
        for permission in texts(&capability["permissions"]) {
            let command = permission.strip_prefix("allow-").map(|name| name.replace('-', "_"));
            let command = command.unwrap_or_else(|| panic!("{file}: {permission} is not one of our own commands"));
            assert!(declared.contains(&command), "{file} allows {command}, which does not exist");
            allowed.insert(command);
        }
    }
    assert_eq!(written(), declared, "written as commands, and named in build.rs");
    assert_eq!(handled, declared, "in generate_handler!, and named in build.rs");
    assert_eq!(allowed, declared, "allowed by a capability, and named in build.rs");
}

#[test]
fn capabilities_are_for_the_one_window_and_never_for_an_address() {
    let mut names = BTreeSet::new();
    for (file, capability) in capabilities() {
        assert_eq!(texts(&capability["windows"]), ["main"], "{file}");
        for key in ["remote", "webviews", "local"] {
            assert!(capability.get(key).is_none(), "{file} has {key}");
        }
        assert!(!texts(&capability["platforms"]).is_empty(), "{file} names its systems");
        names.insert(capability["identifier"].as_str().expect("a name").to_owned());
    }
    let app = json("tauri.conf.json");
    let security = &app["app"]["security"];
    assert_eq!(
        texts(&security["capabilities"]).into_iter().collect::<BTreeSet<_>>(),
        names,
        "each by its name, none in place"
    );
    assert_eq!(app["app"]["withGlobalTauri"], false);
    assert_eq!(security["assetProtocol"]["enable"], false);
    assert!(security.get("dangerousDisableAssetCspModification").is_none());
    let scripts = security["csp"]["script-src"].as_str().expect("a rule for scripts");
    for hole in ["unsafe", "data:", "blob:", "http", "*"] {
        assert!(!scripts.contains(hole), "scripts from {hole}");
    }
    let own = read("src-tauri/src/window.rs");
    assert!(own.contains("pub const LABEL: &str = \"main\";"), "the window is named as the capabilities name it");
    let builders = files_below("src-tauri/src", &[".rs"])
        .iter()
        .map(|file| read(file).matches("WebviewWindowBuilder::new").count())
        .sum::<usize>();
    assert_eq!(builders, 1, "there is one window");
}

#[test]
fn permissions_come_from_the_list_of_commands_alone() {
    for folder in ["permissions", "src-tauri/permissions"] {
        if !root().join(folder).is_dir() {
            continue;
        }
        let by_hand: Vec<_> = files_below(folder, &[".toml", ".json"])
            .into_iter()
            .filter(|file| !file.contains("/autogenerated/"))
            .collect();
        assert!(by_hand.is_empty(), "permissions written by hand are not in the golden file: {by_hand:?}");
    }
}
