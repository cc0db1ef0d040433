//! What is in the programs and in the page, as CycloneDX 1.5 for whoever checks it against advisories or licences: `target/sbom`.
//!
//! Promises: everything that Cargo.lock and package-lock.json put into what people run, on every system, with version, licence, checksum and edges; what only
//! tests or tools of this repository need is left out; the same lock files give the same files. Needs no network once the crates are there.
//! Leaves to others: judging any of it (`audit`).

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
};

use serde_json::{Value, json};

use crate::process::{Outcome, cargo, output, program, root};

/// Members of the workspace that nobody gets.
const NOT_SHIPPED: [&str; 2] = ["xtask", "parlor-tests"];
/// The page's package, as npm's graph names it.
const PAGE: &str = "ui";

/// Writes both.
///
/// # Errors
/// Cargo or npm cannot tell, or the folder cannot be written.
pub fn write() -> Outcome {
    let folder = root().join("target/sbom");
    fs::create_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let arguments = ["sbom", "--sbom-format", "cyclonedx", "--package-lock-only", "-w", PAGE];
    let boms = [
        ("parlor-rust.cdx.json", of_crates(&parsed(&mut cargo(METADATA))?, &text("Cargo.lock")?)?),
        ("parlor-page.cdx.json", of_page(parsed(&mut program("npm", &arguments))?, &text("ui/package.json")?)?),
    ];
    for (name, bom) in boms {
        let path = folder.join(name);
        let text = serde_json::to_string_pretty(&bom).map_err(|error| error.to_string())?;
        fs::write(&path, text + "\n").map_err(|error| format!("{}: {error}", path.display()))?;
        let count = bom.get("components").and_then(Value::as_array).map_or(0, Vec::len);
        println!("{}: {count} components", path.display());
    }
    Ok(())
}

/// Every feature and every system: a list that is too long misses nothing.
const METADATA: &[&str] = &["metadata", "--format-version", "1", "--locked", "--all-features"];

fn text(path: &str) -> Outcome<String> {
    fs::read_to_string(root().join(path)).map_err(|error| format!("{path}: {error}"))
}

fn parsed(command: &mut std::process::Command) -> Outcome<Value> {
    serde_json::from_str(&output(command)?).map_err(|error| format!("no JSON: {error}"))
}

/// The text behind a key; empty if it is none.
fn get<'a>(value: &'a Value, key: &str) -> &'a str {
    value.get(key).and_then(Value::as_str).unwrap_or_default()
}

fn list<'a>(value: &'a Value, pointer: &str) -> impl Iterator<Item = &'a Value> {
    value.pointer(pointer).and_then(Value::as_array).into_iter().flatten()
}

/// From what `cargo metadata` and Cargo.lock say.
fn of_crates(metadata: &Value, lock: &str) -> Outcome<Value> {
    let packages: BTreeMap<&str, &Value> = list(metadata, "/packages").map(|one| (get(one, "id"), one)).collect();
    let edges: BTreeMap<&str, BTreeSet<&str>> =
        list(metadata, "/resolve/nodes").map(|node| (get(node, "id"), shipped_edges(node))).collect();
    let is_shipped = |id: &&str| packages.get(id).is_some_and(|package| !NOT_SHIPPED.contains(&get(package, "name")));
    let roots = list(metadata, "/workspace_members").filter_map(Value::as_str).filter(is_shipped);
    let reached = reachable(roots, &edges);
    let purl = |id: &str| packages.get(id).map(|package| crate_purl(package)).unwrap_or_default();
    let components = reached.iter().filter_map(|id| packages.get(id)).map(|package| crate_component(package, lock));
    let dependencies = reached.iter().map(|id| {
        let on: BTreeSet<String> = edges.get(id).into_iter().flatten().map(|on| purl(on)).collect();
        json!({ "ref": purl(id), "dependsOn": on })
    });
    let app =
        packages.values().find(|package| get(package, "name") == "parlor").ok_or("the workspace has no parlor")?;
    Ok(json!({
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "version": 1,
        "metadata": { "component": { "type": "application", "bom-ref": "parlor", "name": "parlor", "version": get(app, "version") } },
        "components": components.collect::<Vec<_>>(),
        "dependencies": dependencies.collect::<Vec<_>>(),
    }))
}

/// What a crate is built with or from; not what only its tests need.
fn shipped_edges(node: &Value) -> BTreeSet<&str> {
    let is_shipped = |edge: &&Value| list(edge, "/dep_kinds").any(|kind| get(kind, "kind") != "dev");
    list(node, "/deps").filter(is_shipped).map(|edge| get(edge, "pkg")).collect()
}

fn reachable<'a>(
    roots: impl Iterator<Item = &'a str>,
    edges: &BTreeMap<&'a str, BTreeSet<&'a str>>,
) -> BTreeSet<&'a str> {
    let mut open: Vec<&str> = roots.collect();
    let mut reached = BTreeSet::new();
    while let Some(id) = open.pop() {
        if reached.insert(id) {
            open.extend(edges.get(id).into_iter().flatten());
        }
    }
    reached
}

fn crate_purl(package: &Value) -> String {
    format!("pkg:cargo/{}@{}", get(package, "name"), get(package, "version"))
}

fn crate_component(package: &Value, lock: &str) -> Value {
    let mut component = json!({
        "type": "library",
        "bom-ref": crate_purl(package),
        "name": get(package, "name"),
        "version": get(package, "version"),
        "purl": crate_purl(package),
    });
    // Old manifests write a slash for OR.
    let licence = get(package, "license").replace(" / ", "/").replace('/', " OR ");
    if let Some(fields) = component.as_object_mut() {
        if !licence.is_empty() {
            fields.insert("licenses".into(), json!([{ "expression": licence }]));
        }
        if let Some(checksum) = checksum(package, lock) {
            fields.insert("hashes".into(), json!([{ "alg": "SHA-256", "content": checksum }]));
        }
    }
    component
}

/// The registry's, from Cargo.lock; a member of the workspace has none.
fn checksum<'a>(package: &Value, lock: &'a str) -> Option<&'a str> {
    let head = format!("name = \"{}\"\nversion = \"{}\"\n", get(package, "name"), get(package, "version"));
    let entry = lock.split("[[package]]\n").find(|entry| entry.starts_with(&head))?;
    entry.split_once("checksum = \"").and_then(|(_, rest)| rest.split('"').next())
}

/// From what npm says of the page's whole package: what its `dependencies` reach. npm's own `--omit dev` loses packages that another workspace has as
/// a development dependency.
fn of_page(mut bom: Value, package: &str) -> Outcome<Value> {
    let package: Value = serde_json::from_str(package).map_err(|error| format!("ui/package.json: {error}"))?;
    let wanted = package.get("dependencies").and_then(Value::as_object).ok_or("ui/package.json has no dependencies")?;
    let known = bom.clone();
    let edges: BTreeMap<&str, BTreeSet<&str>> = list(&known, "/dependencies")
        .map(|node| (get(node, "ref"), list(node, "/dependsOn").filter_map(Value::as_str).collect()))
        .collect();
    let (page, version) = (get(&package, "name"), get(&package, "version"));
    let direct = edges.get(format!("{page}@{version}").as_str()).ok_or("npm does not know the page's package")?;
    // A reference is the name, an @ and the version; a name may begin with an @ of its own.
    let name = |id: &str| id.rsplit_once('@').map(|(name, _)| name.to_owned()).unwrap_or_default();
    let direct: Vec<&str> = direct.iter().copied().filter(|id| wanted.contains_key(&name(id))).collect();
    if direct.len() != wanted.len() {
        return Err(format!("npm knows {} of the page's {} dependencies", direct.len(), wanted.len()));
    }
    let reached = reachable(direct.into_iter(), &edges);
    for (place, key) in [("components", "bom-ref"), ("dependencies", "ref")] {
        if let Some(list) = bom.get_mut(place).and_then(Value::as_array_mut) {
            list.retain(|one| reached.contains(get(one, key)));
        }
    }
    if let Some(fields) = bom.as_object_mut() {
        // npm puts a number, a time and the folder's name here, which would make each file another one.
        fields.remove("serialNumber");
        let about = json!({ "type": "application", "bom-ref": page, "name": page, "version": version });
        fields.insert("metadata".into(), json!({ "component": about }));
    }
    Ok(bom)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing)]
mod tests {
    use super::*;

    fn package(name: &str, license: &str) -> Value {
        json!({ "id": format!("id-{name}"), "name": name, "version": "1.2.3", "license": license })
    }

    fn node(name: &str, deps: &[(&str, &str)]) -> Value {
        let deps = deps.iter().map(|(on, kind)| {
            let kind = if kind.is_empty() { Value::Null } else { json!(kind) };
            json!({ "pkg": format!("id-{on}"), "dep_kinds": [{ "kind": kind }] })
        });
        json!({ "id": format!("id-{name}"), "deps": deps.collect::<Vec<_>>() })
    }

    fn names(bom: &Value) -> Vec<&str> {
        list(bom, "/components").map(|component| get(component, "name")).collect()
    }

    #[test]
    fn crates_that_people_get_are_listed_with_licence_checksum_and_edges() {
        let metadata = json!({
            "workspace_members": ["id-parlor", "id-xtask"],
            "packages": [
                package("parlor", "MIT OR Apache-2.0"), package("xtask", "MIT"), package("used", "MIT/Apache-2.0"),
                package("builder", "Unlicense / MIT"), package("below", ""), package("tested", "MIT"), package("tool", "MIT"),
            ],
            "resolve": { "nodes": [
                node("parlor", &[("used", ""), ("builder", "build"), ("tested", "dev")]), node("used", &[("below", "")]),
                node("builder", &[]), node("below", &[]), node("tested", &[]), node("tool", &[]), node("xtask", &[("tool", "")]),
            ] },
        });
        let lock = "[[package]]\nname = \"below\"\nversion = \"1.2.3\"\n\n[[package]]\nname = \"used\"\nversion = \"1.2.3\"\nchecksum = \"abc\"\n";
        let bom = of_crates(&metadata, lock).unwrap();
        assert_eq!((get(&bom, "bomFormat"), get(&bom, "specVersion")), ("CycloneDX", "1.5"));
        assert_eq!(bom["metadata"]["component"]["name"], "parlor");
        assert_eq!(names(&bom), ["below", "builder", "parlor", "used"], "not what tests and tools need");
        let used = &bom["components"][3];
        assert_eq!(get(used, "purl"), "pkg:cargo/used@1.2.3");
        assert_eq!(used["licenses"][0]["expression"], "MIT OR Apache-2.0");
        assert_eq!(used["hashes"], json!([{ "alg": "SHA-256", "content": "abc" }]));
        assert_eq!(bom["components"][1]["licenses"][0]["expression"], "Unlicense OR MIT");
        assert!(bom["components"][0].get("licenses").is_none() && bom["components"][0].get("hashes").is_none());
        let refs: BTreeSet<&str> = list(&bom, "/components").map(|one| get(one, "bom-ref")).collect();
        for edge in list(&bom, "/dependencies") {
            assert!(refs.contains(get(edge, "ref")));
            assert!(list(edge, "/dependsOn").filter_map(Value::as_str).all(|on| refs.contains(on)), "{edge}");
        }
        assert_eq!(
            bom["dependencies"][3],
            json!({ "ref": "pkg:cargo/used@1.2.3", "dependsOn": ["pkg:cargo/below@1.2.3"] })
        );
    }

    #[test]
    fn of_the_page_only_what_it_is_made_of_is_listed() {
        let component = |name: &str| json!({ "bom-ref": format!("{name}@1"), "name": name });
        let edge = |name: &str, on: &[&str]| json!({ "ref": format!("{name}@1"), "dependsOn": on });
        let components = ["page", "@a/b", "below", "tool"].map(component).to_vec();
        let bom = json!({
            "bomFormat": "CycloneDX", "specVersion": "1.5", "serialNumber": "urn:uuid:0", "metadata": { "timestamp": "now" },
            "components": components,
            "dependencies": [edge("page", &["@a/b@1", "tool@1"]), edge("@a/b", &["below@1"]), edge("below", &[]), edge("tool", &[])],
        });
        let page = r#"{ "name": "page", "version": "1", "dependencies": { "@a/b": "^1" }, "devDependencies": { "tool": "^1" } }"#;
        let of = of_page(bom.clone(), page).unwrap();
        assert_eq!(names(&of), ["@a/b", "below"]);
        assert!(of.get("serialNumber").is_none() && of.pointer("/metadata/timestamp").is_none());
        assert_eq!(of["dependencies"].as_array().unwrap().len(), 2);
        let more = page.replace("\"@a/b\": \"^1\"", "\"@a/b\": \"^1\", \"lost\": \"^1\"");
        assert!(
            of_page(bom, &more).unwrap_err().contains("1 of the page's 2"),
            "what npm loses is not lost in silence"
        );
    }
}
