//! The dependencies between the crates, as `cargo metadata` reports them.

use std::collections::BTreeSet;
use std::process::Command;

use serde_json::Value;

/// The crates of this workspace on which another depends, directly or not. Dependencies of tests do
/// not count.
fn dependencies(metadata: &Value, name: &str) -> BTreeSet<String> {
    let packages = metadata["packages"].as_array().expect("packages");
    let mut found = BTreeSet::new();
    let mut pending = vec![name.to_owned()];
    while let Some(name) = pending.pop() {
        let package = packages.iter().find(|package| package["name"] == *name);
        let package = package.unwrap_or_else(|| panic!("there is no crate {name}"));
        for dependency in package["dependencies"].as_array().expect("dependencies") {
            let other = dependency["name"].as_str().expect("a name");
            let is_own = packages.iter().any(|package| package["name"] == *other);
            if dependency["kind"].is_null() && is_own && found.insert(other.to_owned()) {
                pending.push(other.to_owned());
            }
        }
    }
    found
}

#[test]
fn protocols_depend_on_the_mechanism_alone() {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--no-deps", "--format-version=1", "--offline"])
        .current_dir(crate::harness::project())
        .output()
        .expect("cargo");
    let metadata: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    for name in [
        "trivium-front",
        "trivium-rest-json",
        "trivium-rest-xml",
        "trivium-xml-rpc",
        "trivium-test-catalog",
        "trivium-describe",
        "trivium-conform",
        "guestbook",
    ] {
        let found = dependencies(&metadata, name);
        for other in ["trivium-core", "trivium-storage"] {
            assert!(!found.contains(other), "{name} depends on {other}");
        }
    }
    assert!(dependencies(&metadata, "trivium-rpc").is_empty());
    assert!(dependencies(&metadata, "trivium-storage").is_empty());
    // The search finds an indirect dependency.
    assert!(dependencies(&metadata, "trivium-server").contains("trivium-storage"));
}
