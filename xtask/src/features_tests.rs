//! What this program and `exuvia` are built of is built once: both ask for the same features of it.

use std::collections::{BTreeMap, BTreeSet};

use crate::{tools, workspace};

/// Returns the features of every package that this one is built of, by name and version. One that programs of the build need
/// as well may have others there.
fn features(package: &str) -> BTreeMap<String, BTreeSet<String>> {
    let arguments =
        ["tree", "--offline", "--locked", "--edges", "normal,build", "--prefix", "none", "--format", "{p}|{f}"];
    let output = tools::cargo().args(arguments).args(["--package", package]).current_dir(workspace()).output();
    let output = output.expect("cargo is there");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).expect("cargo writes UTF-8");
    let mut found = BTreeMap::<_, BTreeSet<_>>::new();
    for (package, features) in text.lines().filter_map(|line| line.trim_end_matches(" (*)").split_once('|')) {
        found.entry(package.to_owned()).or_default().insert(features.to_owned());
    }
    found
}

#[test]
fn this_program_and_the_command_line_share_what_they_are_built_of() {
    let (ours, theirs) = (features("xtask"), features("exuvia"));
    assert!(theirs.keys().any(|package| package.starts_with("wasmtime v")), "{theirs:?}");
    let differ: Vec<_> = theirs
        .iter()
        .filter_map(|(package, theirs)| Some((package, theirs, ours.get(package)?)))
        .filter(|(_, theirs, ours)| theirs != ours)
        .collect();
    assert!(differ.is_empty(), "xtask/Cargo.toml has a list of what makes these the same: {differ:#?}");
}
