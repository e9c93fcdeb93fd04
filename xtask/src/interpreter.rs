//! The interpreter's module: from the npm package to what can boot under the runtime.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result};
use exuvia_sandbox::translate::{Options, translate};
use sha2::{Digest as _, Sha256};

use crate::tools;

/// What the tools are told about the module's features.
const FEATURES: &[&str] = &[
    "--enable-exception-handling",
    "--enable-reference-types",
    "--enable-bulk-memory",
    "--enable-bulk-memory-opt",
    "--enable-multivalue",
    "--enable-mutable-globals",
    "--enable-sign-ext",
    "--enable-nontrapping-float-to-int",
    "--enable-simd",
    "--enable-gc",
    "--enable-tail-call",
    "--enable-extended-const",
];

/// Makes the module: exceptions translated, bulk memory instructions replaced, the glue module merged into it,
/// optimised. What was made of the same input before is taken from `folder`.
pub(crate) fn build(guest: &Path, folder: &Path) -> Result<Vec<u8>> {
    let source = fs::read(guest.join("node_modules/pyodide/pyodide.asm.wasm")).context("the package `pyodide`")?;
    let glue_path = guest.join("glue.wat");
    let glue = fs::read(&glue_path).context("guest/glue.wat")?;

    tools::say("translating the module's exceptions");
    let translated = translate(&source, &Options::default())?;
    let name = cache_name(&[&translated, &glue, FEATURES.join(" ").as_bytes()]);
    let optimised = folder.join(format!("{name}.wasm"));
    if let Ok(module) = fs::read(&optimised) {
        return Ok(module);
    }
    fs::create_dir_all(folder)?;
    let binaryen = guest.join("node_modules/binaryen/bin");
    let translated_path = folder.join("translated.wasm");
    fs::write(&translated_path, translated)?;

    tools::say("merging the glue module");
    let merged = folder.join("merged.wasm");
    let mut merge = node(&binaryen, "wasm-merge");
    merge.args(FEATURES).arg(&translated_path).arg("main").arg(&glue_path).arg("env").arg("-o").arg(&merged);
    tools::run(&mut merge)?;

    tools::say("optimising the module (about a minute)");
    let unfinished = folder.join("optimised.wasm");
    let mut optimise = node(&binaryen, "wasm-opt");
    optimise.args(FEATURES).arg("-O3").arg(&merged).arg("-o").arg(&unfinished);
    tools::run(&mut optimise)?;
    fs::rename(&unfinished, &optimised)?;
    Ok(fs::read(&optimised)?)
}

/// Binaryen's tools are programs for Node.js.
fn node(binaryen: &Path, tool: &str) -> Command {
    let mut command = Command::new("node");
    command.arg(binaryen.join(tool));
    command
}

fn cache_name(parts: &[&[u8]]) -> String {
    let mut hasher = Sha256::new();
    for part in parts {
        hasher.update((part.len() as u64).to_le_bytes());
        hasher.update(part);
    }
    tools::hex(&hasher.finalize()[..8])
}

/// The path of the package's standard library.
pub(crate) fn standard_library(guest: &Path) -> PathBuf {
    guest.join("node_modules/pyodide/python_stdlib.zip")
}
