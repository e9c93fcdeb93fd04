//! Translated programs do what the originals do.

use super::{
    super::Options,
    assemble, node,
    programs::{PROGRAMS, program},
    runtime, translate_to_standard,
};

/// Runs the originals in Node and their translations in the sandbox's runtime,
/// and compares the transcripts.
fn check(names: &[String], texts: &[String]) {
    let originals: Vec<Vec<u8>> = texts.iter().map(|text| assemble(text)).collect();
    let before = node::transcripts(&originals);
    for lower_bulk_memory in [false, true] {
        let options = Options { lower_bulk_memory, ..Options::default() };
        let translated: Vec<Vec<u8>> = originals.iter().map(|wasm| translate_to_standard(wasm, &options)).collect();
        let after = runtime::transcripts(&translated);
        assert_eq!(before.len(), after.len());
        for (((name, text), before), after) in names.iter().zip(texts).zip(&before).zip(&after) {
            assert_eq!(before, after, "{name} changed with {options:?}:\n{text}");
        }
    }
}

/// Checks one hand-written module.
fn check_fixture(name: &str, text: &str) {
    check(&[name.to_owned()], &[text.to_owned()]);
}

#[test]
fn catch_clauses() {
    check_fixture("catch", include_str!("../fixtures/catch.wat"));
}

#[test]
fn block_types() {
    check_fixture("block_types", include_str!("../fixtures/block_types.wat"));
}

#[test]
fn branches() {
    check_fixture("branches", include_str!("../fixtures/branches.wat"));
}

#[test]
fn rethrow() {
    check_fixture("rethrow", include_str!("../fixtures/rethrow.wat"));
}

#[test]
fn delegate() {
    check_fixture("delegate", include_str!("../fixtures/delegate.wat"));
}

#[test]
fn dead_code() {
    check_fixture("dead_code", include_str!("../fixtures/dead_code.wat"));
}

#[test]
fn function_indices() {
    check_fixture("indices", include_str!("../fixtures/indices.wat"));
}

#[test]
fn generated_programs() {
    let names: Vec<String> = (0..PROGRAMS).map(|seed| format!("program {seed}")).collect();
    let texts: Vec<String> = (0..PROGRAMS).map(program).collect();
    check(&names, &texts);
}
