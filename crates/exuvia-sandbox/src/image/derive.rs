//! Deriving an image: the interpreter frozen again, with packages installed and modules imported.

use std::collections::BTreeMap;
use std::sync::Arc;

use exuvia_core::Limits;

use super::archive::LibraryFile;
use super::boot::Boot;
use super::build::{FIRST_CELL, LIST_OBJECTS, SETTLE, changed_pages, compile_modules, words};
use super::format::{Contents, encode};
use super::merge::{Target, merge};
use super::rewrite::{Booted, freeze, frozen_bytes};
use super::{ImageError, NativeSymbol, archive};
use crate::engine::Engine;
use crate::linker::{Frozen, Packages};

/// Returns what the interpreter may use while an image is made.
fn limits() -> Limits {
    Limits { memory_bytes: 1 << 30, file_bytes: 1 << 30, ..Limits::default() }
}

/// A step of [`derive()`], for those who watch it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DeriveStep {
    /// A sandbox loads the packages' native modules and imports what is asked for.
    Importing,
    /// The native modules are merged into the interpreter's module, and the memory is frozen.
    Freezing,
}

/// What a derived image is to hold ready beside the packages' files.
#[derive(Debug, Clone, Default)]
pub struct Preparation {
    /// The modules to import.
    pub modules: Vec<String>,
    /// A program to run after that, so that what it leads to (modules that are imported when they are first used, caches
    /// that are filled) is there too. It has a namespace of its own, which is thrown away. The pages of memory that it
    /// writes to when it is run once more are made present in every sandbox at once: let it do what programs will do.
    pub program: String,
}

impl Preparation {
    /// The statement that runs the program.
    fn call(&self) -> String {
        let program = python_text(&self.program);
        format!("exec(compile({program}, '<preparation>', 'exec'), {{'__name__': '__prepare__'}})")
    }
}

/// Derives an image from the one of `engine`: with these packages installed, all their native modules loaded, and what
/// `preparation` says. Returns the bytes of its file. The same packages and preparation give the same bytes.
///
/// A sandbox of such an image has the packages without being told, and importing what is imported costs nothing.
///
/// # Errors
///
/// The packages were installed for another image, a native module cannot be loaded, or the preparation raises an
/// exception: the message has the traceback.
pub fn derive(
    engine: &Engine,
    packages: &Packages,
    preparation: &Preparation,
    mut watch: impl FnMut(DeriveStep),
) -> Result<Vec<u8>, ImageError> {
    let base = engine.image();
    if packages.image() != base.identity() {
        return Err(ImageError::Module("the packages were installed for another image".to_owned()));
    }
    watch(DeriveStep::Importing);
    // What is imported gives the same memory each time: the first one is only there to be searched.
    let mut searched = import(engine, packages, preparation)?;
    searched.run(LIST_OBJECTS)?;
    let objects = words(&searched.take_file("/tmp/objects")?);
    let types = words(&searched.take_file("/tmp/types")?).into_iter().collect();
    drop(searched);
    let mut boot = import(engine, packages, preparation)?;
    boot.make_immortal(&objects, &types)?;

    watch(DeriveStep::Freezing);
    let frozen = boot.frozen();
    let initialisers = initialisers(&frozen, boot.table_size())?;
    let table_size = boot.table_size() + initialisers.len() as u64;
    let made = initialisers.iter().map(|each| (each.symbol.address, each.target.clone()));
    let placed: Vec<_> = frozen.placed.iter().cloned().chain(made).collect();
    let merged = merge(base.module(), &frozen.sides(), table_size, &placed)?;
    let mut globals = boot.mutable_globals()?;
    for (side, name, index) in &merged.globals {
        globals.insert(*index, boot.global_of(frozen.libraries[*side].instance, name)?);
    }
    let memory = boot.memory().to_vec();
    let module = freeze(&merged.wasm, &Booted { memory: &memory, globals, table: Vec::new() })?;
    boot.enter_cell(FIRST_CELL)?;
    // What was run to prepare it is what is expected of its sandboxes: they write to the same pages.
    boot.run(&preparation.call())?;

    let manifest = base.manifest();
    let mut files = archive::files(base.library())?;
    files.extend(packages.files().iter().cloned());
    let native = manifest.native.iter().cloned().chain(initialisers.into_iter().map(|each| each.symbol)).collect();
    encode(Contents {
        engine: manifest.engine.clone(),
        version: manifest.version.clone(),
        sources: sources(&manifest.sources, packages),
        modules: manifest.modules.iter().chain(&preparation.modules).cloned().collect(),
        memory_bytes: frozen_bytes(&memory) as u64,
        random_state: manifest.random_state,
        hot_pages: changed_pages(&memory, boot.memory()),
        native,
        module,
        library: archive::encode(files)?,
    })
}

/// Compiles the modules of packages to bytecode: files to lie beside them. All paths are below `/usr`.
pub(crate) fn compile_packages(
    engine: &Engine,
    root: &str,
    files: &[LibraryFile],
) -> Result<Vec<LibraryFile>, ImageError> {
    let library = archive::library_with(engine.image().library().clone(), files.to_vec())
        .map_err(|error| ImageError::Module(error.to_string()))?;
    let mut boot = Boot::resume(engine, Arc::new(library), None, &limits())?;
    compile_modules(&mut boot, root, files)
}

/// Makes a sandbox in which all native modules are loaded, and prepares it.
fn import(engine: &Engine, packages: &Packages, preparation: &Preparation) -> Result<Boot, ImageError> {
    let mut boot = Boot::resume(engine, Arc::clone(packages.library()), Some(packages), &limits())?;
    for name in &preparation.modules {
        boot.run(&format!("__import__({})", python_text(name)))?;
    }
    boot.run(&preparation.call())?;
    for path in packages.extension_modules() {
        boot.open_library(&format!("/usr/{path}"))?;
    }
    boot.run(SETTLE)?;
    Ok(boot)
}

/// Writes a text as Python reads it.
fn python_text(text: &str) -> String {
    // JSON's strings are Python's, but for half surrogate pairs, which no text of Rust's has.
    serde_json::to_string(text).expect("a text can be written as JSON")
}

/// A function that makes a Python module, as it is found and where it stands.
struct Initialiser {
    symbol: NativeSymbol,
    target: Target,
}

/// Gives each function that makes a Python module a place behind the function table's end.
fn initialisers(frozen: &Frozen, table_size: u64) -> Result<Vec<Initialiser>, ImageError> {
    let first = u32::try_from(table_size).map_err(|_| ImageError::Module("the table is too large".to_owned()))?;
    let places = (first..).zip(&frozen.initialisers);
    let initialisers = places.map(|(address, (handle, side, name))| Initialiser {
        symbol: NativeSymbol { handle: *handle, name: name.clone(), address },
        target: Target::Side(*side, name.clone()),
    });
    Ok(initialisers.collect())
}

/// Names and versions of what the image is made of: those of the packages are in the names of their metadata's folders.
fn sources(base: &BTreeMap<String, String>, packages: &Packages) -> BTreeMap<String, String> {
    let mut sources = base.clone();
    for (path, _) in packages.files() {
        let folder = path.split('/').find_map(|name| name.strip_suffix(".dist-info"));
        if let Some((name, version)) = folder.and_then(|folder| folder.split_once('-')) {
            sources.insert(name.to_owned(), version.to_owned());
        }
    }
    sources
}
