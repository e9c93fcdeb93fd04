//! What this program, `exuvia` and the tests are built of is built once: all ask for the same features of it.

use std::collections::{BTreeMap, BTreeSet};

use crate::{tools, workspace};

/// Returns the features of every package that these are built of, by name and version. One that programs of the build need
/// as well may have others there.
fn features(packages: &[&str], edges: &str) -> BTreeMap<String, BTreeSet<String>> {
    let arguments = ["tree", "--offline", "--locked", "--prefix", "none", "--format", "{p}|{f}", "--edges", edges];
    let output = tools::cargo().args(arguments).args(packages).current_dir(workspace()).output();
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
fn tools_program_and_tests_share_what_they_are_built_of() {
    let program = features(&["--package", "exuvia"], "normal,build");
    assert!(program.keys().any(|package| package.starts_with("wasmtime v")), "{program:?}");
    for others in [features(&["--package", "xtask"], "normal,build"), features(&["--workspace"], "normal,build,dev")] {
        let differ: Vec<_> = program
            .iter()
            .filter_map(|(package, features)| Some((package, features, others.get(package)?)))
            .filter(|(_, features, others)| features != others)
            .collect();
        assert!(differ.is_empty(), "xtask/Cargo.toml has a list of what makes these the same: {differ:#?}");
    }
}
