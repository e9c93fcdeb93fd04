//! Building an image.

use std::collections::BTreeMap;
use std::sync::Arc;

use bytes::Bytes;
use exuvia_core::Limits;
use wasmtime::Module;

use super::boot::{Boot, GLUE_TABLE};
use super::format::{Contents, encode};
use super::rewrite::{Booted, freeze, prepare};
use super::{ImageError, archive};
use crate::engine::{EngineOptions, configuration, linker};

/// What an image is built from.
#[derive(Debug, Clone, Default)]
pub struct Source {
    /// The interpreter's module: exceptions translated, the glue module merged into it.
    pub module: Vec<u8>,
    /// Read-only files by their path below `/usr`: the standard library (`lib/python3.14/…`), time zones.
    pub files: Vec<(String, Bytes)>,
    /// The modules to import before the memory is frozen.
    pub modules: Vec<String>,
    /// What all this was made of: names and versions, for the image's manifest.
    pub sources: BTreeMap<String, String>,
}

/// A step of [`build`], for those who watch it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BuildStep {
    /// The module is compiled as it is, so that it can boot.
    CompilingModule,
    /// The interpreter boots and compiles the standard library to bytecode.
    CompilingLibrary,
    /// The interpreter boots again, with the compiled library, and imports the modules.
    Booting,
    /// The memory is written back into the module.
    Freezing,
}

/// Compiles every module of the standard library below the folder `/usr` to bytecode that is never checked against its
/// source ("unchecked hash-based pycs", PEP 552): neither can change. Modules that cannot be compiled stay sources.
const COMPILE_LIBRARY: &str = r"
import importlib.util, os, sys
from importlib import _bootstrap_external as _external
import _imp
for folder, folders, names in os.walk('/usr/lib/python3.14'):
    folders.sort()
    for name in sorted(names):
        if not name.endswith('.py'):
            continue
        path = os.path.join(folder, name)
        with open(path, 'rb') as file:
            source = file.read()
        try:
            code = compile(source, path, 'exec', dont_inherit=True, optimize=0)
        except SyntaxError:
            continue
        data = _external._code_to_hash_pyc(code, _imp.source_hash(_imp.pyc_magic_number_token, source), False)
        target = '/tmp/compiled' + importlib.util.cache_from_source(path)
        os.makedirs(os.path.dirname(target), exist_ok=True)
        with open(target, 'wb') as file:
            file.write(data)
";

/// Leaves nothing behind that only the boot needed, and puts all objects out of the garbage collector's sight, so that
/// it does not write to every page of every sandbox.
const SETTLE: &str = r"
import gc
gc.collect()
gc.collect()
gc.freeze()
del gc
";

/// Builds an image and returns the bytes of its file. The same source gives the same bytes.
///
/// # Errors
///
/// The module cannot be compiled, or the interpreter does not boot.
pub fn build(source: &Source, mut watch: impl FnMut(BuildStep)) -> Result<Vec<u8>, ImageError> {
    watch(BuildStep::CompilingModule);
    let prepared = prepare(&source.module)?;
    let engine = wasmtime::Engine::new(&configuration(&EngineOptions { sandboxes_max: 2, ..EngineOptions::default() })?)
        .map_err(ImageError::Compile)?;
    let module = Module::new(&engine, &prepared.wasm).map_err(ImageError::Compile)?;
    let linker = linker(&engine, &module).map_err(ImageError::Compile)?;
    let limits = Limits { memory_bytes: 1 << 30, file_bytes: 1 << 30, ..Limits::default() };

    watch(BuildStep::CompilingLibrary);
    let mut files = source.files.clone();
    files.extend(compile_library(&linker, &module, &source.files, &limits)?);

    watch(BuildStep::Booting);
    let library = Arc::new(archive::library(files.iter().cloned()).map_err(library_error)?);
    let mut boot = Boot::start(&linker, &module, library, &limits)?;
    boot.run("import exuvia._boot\nexuvia._boot.boot()\ndel exuvia\n")?;
    for name in &source.modules {
        boot.run(&format!("__import__({name:?})\n"))?;
    }
    boot.set_entry("exuvia._entry", "enter")?;
    boot.run("import sys\nprint(sys.version.split()[0])\ndel sys\n")?;
    boot.run(SETTLE)?;

    watch(BuildStep::Freezing);
    let globals = prepared.mutable_globals.iter().map(|&index| Ok((index, boot.mutable_global(index)?)));
    let globals = globals.collect::<Result<BTreeMap<_, _>, ImageError>>()?;
    let frozen = freeze(&prepared.wasm, &Booted { memory: boot.memory(), globals, table: GLUE_TABLE.to_vec() })?;
    Ok(encode(Contents {
        engine: "cpython".to_owned(),
        version: boot.printed().trim().to_owned(),
        sources: source.sources.clone(),
        modules: source.modules.clone(),
        memory_bytes: boot.memory().len() as u64,
        module: frozen,
        library: archive::encode(files)?,
    }))
}

fn compile_library(
    linker: &wasmtime::Linker<crate::guest::Guest>,
    module: &Module,
    files: &[(String, Bytes)],
    limits: &Limits,
) -> Result<Vec<(String, Bytes)>, ImageError> {
    let library = Arc::new(archive::library(files.iter().cloned()).map_err(library_error)?);
    let mut boot = Boot::start(linker, module, library, limits)?;
    boot.run(COMPILE_LIBRARY)?;
    let mut compiled = Vec::new();
    for (path, _) in files {
        let Some((folder, name)) = path.strip_suffix(".py").and_then(|path| path.rsplit_once('/')) else {
            continue;
        };
        if !folder.starts_with("lib/python3.14") {
            continue;
        }
        let target = format!("{folder}/__pycache__/{name}.cpython-314.pyc");
        if let Ok(content) = boot.vfs().read_file(format!("/tmp/compiled/usr/{target}").as_bytes(), u64::MAX) {
            compiled.push((target, content));
        }
    }
    Ok(compiled)
}

fn library_error(error: crate::vfs::LibraryError) -> ImageError {
    ImageError::Module(format!("the library's files do not fit together: {error}"))
}
