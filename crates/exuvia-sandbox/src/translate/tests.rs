//! Tests of the translation. What a program means is said by Node: V8 runs the
//! legacy instructions. What its translation does is said by the sandbox's
//! runtime.

mod forms;
mod hostile;
mod node;
mod programs;
mod runtime;
mod sections;
mod semantics;

use wasmparser::{Validator, WasmFeatures};

use super::{Options, translate};

/// Assembles a module from the text format.
fn assemble(text: &str) -> Vec<u8> {
    match wat::parse_str(text) {
        Ok(wasm) => wasm,
        Err(error) => panic!("the test's module is wrong: {error}\n{text}"),
    }
}

/// Translates a module, and requires that the result needs no legacy feature.
fn translate_to_standard(wasm: &[u8], options: &Options) -> Vec<u8> {
    let translated = translate(wasm, options).expect("the module has a translation");
    assert_standard(&translated);
    translated
}

/// Requires that a module is valid without the legacy instructions, and without
/// features that the sandbox's runtime does not have switched on.
fn assert_standard(wasm: &[u8]) {
    let features = WasmFeatures::WASM3 - WasmFeatures::THREADS - WasmFeatures::MEMORY64;
    if let Err(error) = Validator::new_with_features(features).validate_all(wasm) {
        panic!("the translation is invalid: {error}");
    }
}
