//! Building an image.

use std::collections::BTreeMap;
use std::sync::Arc;

use bytes::Bytes;
use exuvia_core::Limits;
use wasmtime::Module;

use super::archive::LibraryFile;
use super::boot::{Boot, GLUE_TABLE};
use super::format::{Contents, PageRun, encode};
use super::rewrite::{Booted, freeze, frozen_bytes, prepare};
use super::{ImageError, archive};
use crate::engine::{EngineOptions, configuration, linker};
use crate::vfs::Library;

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

/// Compiles every module below the folder `ROOT` to bytecode that is never checked against its
/// source ("unchecked hash-based pycs", PEP 552): neither can change. Modules that cannot be compiled stay sources.
const COMPILE_LIBRARY: &str = r"
import importlib.util, os, sys
from importlib import _bootstrap_external as _external
import _imp
for folder, folders, names in os.walk(ROOT):
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

/// Lists the addresses of all objects that are there now, so that their reference counts can be made immortal (PEP 683):
/// a count that never changes is a page that no sandbox has to copy. Objects of this search itself are left out. Code
/// objects are not seen by the garbage collector, so what they hold is named.
pub(super) const LIST_OBJECTS: &str = r"
def list_objects():
    import array, gc, sys, types
    gc.collect()
    todo = gc.get_objects()
    seen = {}
    own = {id(todo), id(seen), id(sys._getframe()), id(list_objects), id(list_objects.__code__)}
    own.add(id(own))
    # Asking an object for its referents makes the dictionary that it has not needed so far: `todo` gets that as well.
    while todo:
        found = todo.pop()
        if id(found) in seen or id(found) in own or type(found) is types.FrameType:
            continue
        seen[id(found)] = found
        todo.extend(gc.get_referents(found))
        if type(found) is types.CodeType:
            todo += (found.co_consts, found.co_names, found.co_filename, found.co_name, found.co_qualname)
            todo += (found.co_linetable, found.co_exceptiontable)
    with open('/tmp/objects', 'wb') as file:
        file.write(array.array('I', seen).tobytes())
    with open('/tmp/types', 'wb') as file:
        file.write(array.array('I', (each for each in seen if isinstance(seen[each], type))).tobytes())
list_objects()
del list_objects
";

/// Tells the state of the generator behind `random.random()`: where it is and what it holds.
const TELL_RANDOM_STATE: &str = r"
import array, random
with open('/tmp/random', 'wb') as file:
    file.write(array.array('I', (id(random._inst), *random.getstate()[1][:624])).tobytes())
del array, random
";

/// The offset of the generator's 624 words within its object: the object's header (a count and a type) and the index.
const RANDOM_STATE_OFFSET: u32 = 12;

/// Where the standard library is, below `/usr`.
const LIBRARY: &str = "lib/python3.14";

/// What tells which pages of memory every sandbox writes to.
pub(super) const FIRST_CELL: &str = "1 + 1";

/// Leaves nothing behind that only the boot needed, and puts all objects out of the garbage collector's sight, so that
/// it does not write to every page of every sandbox.
pub(super) const SETTLE: &str = r"
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
    let engine =
        wasmtime::Engine::new(&configuration(&EngineOptions { sandboxes_max: 2, ..EngineOptions::default() })?)
            .map_err(ImageError::Compile)?;
    let module = Module::new(&engine, &prepared.wasm).map_err(ImageError::Compile)?;
    let linker = linker(&engine, &module).map_err(ImageError::Compile)?;
    let limits = Limits { memory_bytes: 1 << 30, file_bytes: 1 << 30, ..Limits::default() };

    watch(BuildStep::CompilingLibrary);
    let mut files = source.files.clone();
    files.extend(compile_library(&linker, &module, &source.files, &limits)?);

    watch(BuildStep::Booting);
    let library = Arc::new(archive::library(files.iter().cloned()).map_err(library_error)?);
    // Booting gives the same memory each time: the first one is only there to be searched.
    let mut searched = boot_interpreter(&linker, &module, &library, &limits, &source.modules)?;
    searched.run(LIST_OBJECTS)?;
    let objects = words(&searched.take_file("/tmp/objects")?);
    let types = words(&searched.take_file("/tmp/types")?).into_iter().collect();
    let random_state = match source.modules.iter().any(|name| name == "random") {
        true => Some(random_state(&mut searched)?),
        false => None,
    };
    let version = searched.printed().trim().to_owned();
    drop(searched);
    let mut boot = boot_interpreter(&linker, &module, &library, &limits, &source.modules)?;
    boot.make_immortal(&objects, &types)?;

    watch(BuildStep::Freezing);
    let globals = prepared.mutable_globals.iter().map(|&index| Ok((index, boot.mutable_global(index)?)));
    let globals = globals.collect::<Result<BTreeMap<_, _>, ImageError>>()?;
    let memory = boot.memory().to_vec();
    let frozen = freeze(&prepared.wasm, &Booted { memory: &memory, globals, table: GLUE_TABLE.to_vec() })?;
    boot.enter_cell(FIRST_CELL)?;
    encode(Contents {
        engine: "cpython".to_owned(),
        version,
        sources: source.sources.clone(),
        modules: source.modules.clone(),
        memory_bytes: frozen_bytes(&memory) as u64,
        random_state,
        hot_pages: changed_pages(&memory, boot.memory()),
        native: Vec::new(),
        module: frozen,
        library: archive::encode(files)?,
    })
}

fn boot_interpreter(
    linker: &wasmtime::Linker<crate::guest::Guest>,
    module: &Module,
    library: &Arc<Library>,
    limits: &Limits,
    modules: &[String],
) -> Result<Boot, ImageError> {
    let mut boot = Boot::start(linker, module, Arc::clone(library), limits)?;
    let names: Vec<String> = modules.iter().map(|name| format!("{name:?}")).collect();
    boot.run(&format!("import exuvia._boot\nexuvia._boot.boot([{}])\ndel exuvia\n", names.join(", ")))?;
    boot.set_entry("exuvia._entry", "enter")?;
    boot.run("import sys\nprint(sys.version.split()[0])\ndel sys\n")?;
    boot.run(SETTLE)?;
    Ok(boot)
}

/// Returns the runs of pages in which two memories differ; gaps of a page are taken along.
pub(super) fn changed_pages(before: &[u8], after: &[u8]) -> Vec<PageRun> {
    const PAGE: usize = 4_096;
    let mut runs: Vec<PageRun> = Vec::new();
    for (index, (before, after)) in before.chunks(PAGE).zip(after.chunks(PAGE)).enumerate() {
        if before == after {
            continue;
        }
        let page = u32::try_from(index).expect("a memory has fewer pages");
        match runs.last_mut() {
            Some(run) if page <= run.first + run.count + 1 => run.count = page + 1 - run.first,
            _ => runs.push(PageRun { first: page, count: 1 }),
        }
    }
    runs
}

/// Returns where the words of Python's random state lie, after finding them there.
fn random_state(boot: &mut Boot) -> Result<u32, ImageError> {
    boot.run(TELL_RANDOM_STATE)?;
    let told = words(&boot.take_file("/tmp/random")?);
    let (&object, state) = told.split_first().ok_or_else(|| ImageError::Boot("no random state".to_owned()))?;
    let address = object + RANDOM_STATE_OFFSET;
    let found = words(boot.memory().get(address as usize..).unwrap_or_default());
    if found.get(..state.len()) != Some(state) {
        return Err(ImageError::Boot("the state of `random` is not laid out as expected".to_owned()));
    }
    Ok(address)
}

pub(super) fn words(bytes: &[u8]) -> Vec<u32> {
    bytes.chunks_exact(4).map(|word| u32::from_le_bytes([word[0], word[1], word[2], word[3]])).collect()
}

fn compile_library(
    linker: &wasmtime::Linker<crate::guest::Guest>,
    module: &Module,
    files: &[LibraryFile],
    limits: &Limits,
) -> Result<Vec<LibraryFile>, ImageError> {
    let library = Arc::new(archive::library(files.iter().cloned()).map_err(library_error)?);
    let mut boot = Boot::start(linker, module, library, limits)?;
    compile_modules(&mut boot, LIBRARY, files)
}

/// Compiles the modules below a folder of the interpreter's to bytecode: files to lie beside them.
pub(super) fn compile_modules(
    boot: &mut Boot,
    root: &str,
    files: &[LibraryFile],
) -> Result<Vec<LibraryFile>, ImageError> {
    boot.run(&format!("ROOT = '/usr/{root}'{COMPILE_LIBRARY}"))?;
    let mut compiled = Vec::new();
    for (path, _) in files {
        let Some((folder, name)) = path.strip_suffix(".py").and_then(|path| path.rsplit_once('/')) else {
            continue;
        };
        if !folder.starts_with(root) {
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
