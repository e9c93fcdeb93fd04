//! Booting the interpreter from nothing, when an image is built.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use exuvia_core::{ClockId, Host, HostAnswer, HostCall, Limits, Reply, ToolFailure, ToolFailureKind};
use wasmtime::{Instance, Linker, Memory, Module, Ref, Store, Table, Val, WasmParams, WasmResults};

use super::ImageError;
use super::rewrite::{Constant, global_index, global_name};
use crate::abi;
use crate::engine::Engine;
use crate::guest::{Guest, Output, attach_memory};
use crate::linker::{Frozen, Loader, Packages};
use crate::vfs::{Library, Vfs};

/// Exported functions of the glue module that Python calls: their places in the function table are frozen with the
/// image, in this order after what the module has itself.
pub(crate) const GLUE_TABLE: &[&str] = &[
    "exuvia_sleep",
    "exuvia_limit",
    "exuvia_wait",
    "exuvia_call",
    "exuvia_start",
    "exuvia_cancel",
    "exuvia_finished",
    "exuvia_outcome",
    "exuvia_source",
    "exuvia_help",
];

const METH_NOARGS: u32 = 0x4;
const METH_O: u32 = 0x8;
const METH_FASTCALL: u32 = 0x80;

/// How Python calls each function of [`GLUE_TABLE`]; the built-in module has them without their prefix.
const CONVENTIONS: &[u32] =
    &[METH_O, METH_NOARGS, METH_O, METH_FASTCALL, METH_FASTCALL, METH_O, METH_NOARGS, METH_NOARGS, METH_O, METH_O];

const BUFFER_BYTES: u32 = 65_536;
const SCRATCH_BYTES: u32 = 4_096;

/// The moment at which every image is built: 2026-01-01 00:00 UTC.
const BUILD_TIME: i64 = 1_767_225_600_000_000_000;

/// What an interpreter is told before it starts. Numbers first, then texts; see "Python Initialization Configuration"
/// in CPython's documentation.
const NUMBERS: &[(&str, i64)] = &[
    ("isolated", 1),
    ("use_environment", 0),
    ("site_import", 0),
    ("user_site_directory", 0),
    ("safe_path", 0),
    ("write_bytecode", 0),
    ("parse_argv", 0),
    ("configure_c_stdio", 0),
    ("buffered_stdio", 1),
    ("configure_locale", 1),
    ("utf8_mode", 0),
    ("use_hash_seed", 1),
    ("hash_seed", 0),
    ("install_signal_handlers", 1),
];
const TEXTS: &[(&str, &str)] = &[
    ("home", "/usr"),
    ("prefix", "/usr"),
    ("exec_prefix", "/usr"),
    ("base_prefix", "/usr"),
    ("base_exec_prefix", "/usr"),
    ("stdlib_dir", "/usr/lib/python3.14"),
    ("program_name", "/usr/bin/python3"),
    ("executable", "/usr/bin/python3"),
    ("base_executable", "/usr/bin/python3"),
    ("stdio_encoding", "utf-8"),
    ("stdio_errors", "surrogateescape"),
    ("filesystem_encoding", "utf-8"),
    ("filesystem_errors", "surrogateescape"),
];
const SEARCH_PATHS: &[&str] = &["/usr/lib/python3.14"];

/// Answers a boot: the clock stands still but for a microsecond a reading, random bytes follow a fixed pattern, and
/// what is printed is kept for error messages.
struct BootHost {
    ticks: i64,
    random: u64,
}

impl Host for BootHost {
    fn call(&mut self, call: HostCall<'_>) -> Reply {
        Reply::Now(match call {
            HostCall::Clock(clock) => {
                self.ticks += 1_000;
                HostAnswer::Time(if clock == ClockId::Realtime { BUILD_TIME + self.ticks } else { self.ticks })
            }
            HostCall::Random { length } => HostAnswer::Bytes(
                (0..length)
                    .map(|_| {
                        // A linear congruential generator with Knuth's constants (MMIX).
                        self.random =
                            self.random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                        self.random.to_be_bytes()[0]
                    })
                    .collect(),
            ),
            HostCall::Output { .. } | HostCall::Wait { .. } | HostCall::Start { .. } | HostCall::Cancel { .. } => {
                HostAnswer::Done
            }
            HostCall::Tool { .. } | HostCall::Help { .. } => {
                let failure = ToolFailure::new(ToolFailureKind::Failed, "there are no tools yet");
                HostAnswer::Tool(Err(failure))
            }
            HostCall::Input { .. } => HostAnswer::Bytes(Vec::new()),
            HostCall::Mount(_) => HostAnswer::Mount(Err(exuvia_core::MountFault::NotFound)),
            HostCall::Interrupt { due, .. } => HostAnswer::Interrupt(due.cloned()),
        })
    }
}

/// An interpreter that is being booted.
pub(super) struct Boot {
    store: Store<Guest>,
    instance: Instance,
    memory: Memory,
    table: Table,
}

impl Boot {
    /// Instantiates a prepared module and boots the interpreter in it, with these read-only files.
    pub(super) fn start(
        linker: &Linker<Guest>,
        module: &Module,
        library: Arc<Library>,
        limits: &Limits,
    ) -> Result<Self, ImageError> {
        let vfs = Vfs::new(library, crate::sandbox::file_limits(limits));
        let output = Output { limit: limits.output_bytes, capture: true, ..Output::default() };
        let host = Box::new(BootHost { ticks: 0, random: 0 });
        let mut store = Store::new(module.engine(), Guest::new(host, vfs, limits.memory_bytes, output));
        let instance = pollster::block_on(linker.instantiate_async(&mut store, module)).map_err(ImageError::Compile)?;
        let mut boot = Self::of(store, instance)?;
        boot.initialise()?;
        boot.add_glue()?;
        Ok(boot)
    }

    /// Makes a sandbox of a booted interpreter, with these read-only files and native modules.
    pub(super) fn resume(
        engine: &Engine,
        library: Arc<Library>,
        packages: Option<&Packages>,
        limits: &Limits,
    ) -> Result<Self, ImageError> {
        let vfs = Vfs::new(library, crate::sandbox::file_limits(limits));
        let output = Output { limit: limits.output_bytes, capture: true, ..Output::default() };
        let host = Box::new(BootHost { ticks: 0, random: 0 });
        let mut guest = Guest::new(host, vfs, limits.memory_bytes, output);
        guest.loader = Loader::new(packages.cloned(), engine.native());
        let mut store = Store::new(engine.pre().module().engine(), guest);
        let instance = pollster::block_on(engine.pre().instantiate_async(&mut store)).map_err(ImageError::Compile)?;
        let mut boot = Self::of(store, instance)?;
        let flag = boot.global("exuvia_flag")?;
        boot.store.data_mut().set_memory(boot.memory, flag);
        Ok(boot)
    }

    fn of(mut store: Store<Guest>, instance: Instance) -> Result<Self, ImageError> {
        let memory = instance.get_memory(&mut store, "memory").ok_or_else(|| missing("memory"))?;
        let table = instance
            .get_table(&mut store, "__indirect_function_table")
            .ok_or_else(|| missing("__indirect_function_table"))?;
        store.data_mut().set_memory(memory, 0);
        store.data_mut().set_instance(instance);
        Ok(Self { store, instance, memory, table })
    }

    fn initialise(&mut self) -> Result<(), ImageError> {
        if self.instance.get_func(&mut self.store, "__wasm_apply_data_relocs").is_some() {
            self.call::<(), ()>("__wasm_apply_data_relocs", ())?;
        }
        self.call::<(), ()>("__wasm_call_ctors", ())?;
        let config = self.call::<(), u32>("PyInitConfig_Create", ())?;
        for &(name, value) in NUMBERS {
            let name = self.text(name)?;
            let status = self.call::<_, i32>("PyInitConfig_SetInt", (config, name, value))?;
            self.check_config(config, status)?;
        }
        for &(name, value) in TEXTS {
            let (name, value) = (self.text(name)?, self.text(value)?);
            let status = self.call::<_, i32>("PyInitConfig_SetStr", (config, name, value))?;
            self.check_config(config, status)?;
        }
        let paths = self.allocate(4 * SEARCH_PATHS.len())?;
        for (index, path) in SEARCH_PATHS.iter().enumerate() {
            let path = self.text(path)?;
            self.write(paths as usize + 4 * index, &path.to_le_bytes())?;
        }
        let name = self.text("module_search_paths")?;
        let status =
            self.call::<_, i32>("PyInitConfig_SetStrList", (config, name, SEARCH_PATHS.len() as u32, paths))?;
        self.check_config(config, status)?;
        let status = self.call::<_, i32>("Py_InitializeFromInitConfig", config)?;
        self.check_config(config, status)?;
        self.call::<_, ()>("PyInitConfig_Free", config)
    }

    fn check_config(&mut self, config: u32, status: i32) -> Result<(), ImageError> {
        if status == 0 {
            return Ok(());
        }
        let place = self.allocate(4)?;
        self.call::<_, i32>("PyInitConfig_GetError", (config, place))?;
        let memory = self.memory.data(&self.store);
        let message = abi::pointer::read_u32(memory, place)
            .map_or_else(|_| "no message".to_owned(), |address| abi::pointer::text(memory, address, 1_000));
        Err(ImageError::Boot(message))
    }

    /// Makes the built-in module `_exuvia`, gives the glue module its places in memory, and switches the interpreter's
    /// signal checks on.
    fn add_glue(&mut self) -> Result<(), ImageError> {
        let first = self.table.size(&self.store);
        for name in GLUE_TABLE {
            let function = self.instance.get_func(&mut self.store, name).ok_or_else(|| missing(name))?;
            self.table.grow(&mut self.store, 1, Ref::Func(Some(function))).map_err(ImageError::Compile)?;
        }
        let name = self.text("_exuvia")?;
        let builtins = self.call::<_, u32>("PyImport_AddModule", name)?;
        for (index, (name, &convention)) in (first..).zip(GLUE_TABLE.iter().zip(CONVENTIONS)) {
            let name = self.text(name.strip_prefix("exuvia_").unwrap_or(name))?;
            let definition = self.allocate(16)? as usize;
            let index = u32::try_from(index).map_err(|_| missing("__indirect_function_table"))?;
            for (offset, field) in [name, index, convention, 0].into_iter().enumerate() {
                self.write(definition + 4 * offset, &field.to_le_bytes())?;
            }
            let function = self.call::<_, u32>("PyCMethod_New", (definition as u32, 0_u32, 0_u32, 0_u32))?;
            let status = self.call::<_, i32>("PyObject_SetAttrString", (builtins, name, function))?;
            if status != 0 {
                return Err(ImageError::Boot("the module `_exuvia` cannot be filled".to_owned()));
            }
        }
        for (global, bytes) in [("exuvia_buffer", BUFFER_BYTES), ("exuvia_scratch", SCRATCH_BYTES)] {
            let place = self.allocate(bytes as usize)?;
            self.set_global(global, place)?;
        }
        let flag = self.allocate(8)?;
        self.set_global("exuvia_flag", flag)?;
        let switch = self.global("Py_EMSCRIPTEN_SIGNAL_HANDLING")?;
        self.write(switch as usize, &1_u32.to_le_bytes())
    }

    /// Takes `module.attribute` as the callable for the host's requests.
    pub(super) fn set_entry(&mut self, module: &str, attribute: &str) -> Result<(), ImageError> {
        let (module, attribute) = (self.text(module)?, self.text(attribute)?);
        let module = self.call::<_, u32>("PyImport_ImportModule", module)?;
        let entry = match module {
            0 => 0,
            _ => self.call::<_, u32>("PyObject_GetAttrString", (module, attribute))?,
        };
        if entry == 0 {
            return Err(ImageError::Boot("the guest's entry point is missing".to_owned()));
        }
        self.set_global("exuvia_entry", entry)
    }

    /// Runs a piece of Python in `__main__`.
    pub(super) fn run(&mut self, source: &str) -> Result<(), ImageError> {
        let text = self.text(source)?;
        let status = self.call::<_, i32>("PyRun_SimpleString", text)?;
        self.call::<_, ()>("free", text)?;
        if status == 0 {
            return Ok(());
        }
        let printed = String::from_utf8_lossy(&self.store.data().output.stderr).into_owned();
        Err(ImageError::Boot(printed))
    }

    /// Runs a cell as a sandbox would.
    pub(super) fn enter_cell(&mut self, source: &str) -> Result<(), ImageError> {
        let data = self.global("exuvia_buffer")?;
        self.write(data as usize, source.as_bytes())?;
        let length = u32::try_from(source.len()).map_err(|_| missing("exuvia_buffer"))?;
        let status = self.call::<_, u32>("exuvia_enter", (0_u32, data, length))?;
        if status > 1 {
            return Err(ImageError::Boot(format!("the first cell ended with status {status}")));
        }
        Ok(())
    }

    /// Returns what was printed.
    pub(super) fn printed(&self) -> String {
        String::from_utf8_lossy(&self.store.data().output.stdout).into_owned()
    }

    /// Makes the reference counts of these objects immortal, as far as they are still there: in the place of one that is
    /// gone since it was listed lies no small count with the address of a type behind it.
    pub(super) fn make_immortal(&mut self, objects: &[u32], types: &HashSet<u32>) -> Result<(), ImageError> {
        /// `_Py_IMMORTAL_INITIAL_REFCNT` of CPython 3.14 on 32-bit platforms (refcount.h).
        const IMMORTAL: u32 = 5 << 28;
        /// Nothing is referred to as often, and the allocators' own links are addresses above it.
        const COUNT_MAX: u32 = 1 << 20;
        for &object in objects {
            let memory = self.memory.data(&self.store);
            let count = abi::pointer::read_u32(memory, object).unwrap_or(0);
            let ty = abi::pointer::read_u32(memory, object.saturating_add(4)).unwrap_or(0);
            if (1..COUNT_MAX).contains(&count) && types.contains(&ty) {
                self.write(object as usize, &IMMORTAL.to_le_bytes())?;
            }
        }
        Ok(())
    }

    /// Returns the content of a file in the sandbox and removes the file.
    pub(super) fn take_file(&mut self, path: &str) -> Result<bytes::Bytes, ImageError> {
        let vfs = self.vfs();
        let content = vfs
            .read_file(path.as_bytes(), u64::MAX)
            .map_err(|error| ImageError::Boot(format!("the interpreter did not write its answer: {error}")))?;
        vfs.unlink(crate::vfs::Place::cwd(path.as_bytes()))
            .map_err(|_| ImageError::Boot("a file cannot be removed".to_owned()))?;
        Ok(content)
    }

    /// The files of the interpreter.
    pub(super) fn vfs(&mut self) -> &mut Vfs {
        &mut self.store.data_mut().vfs
    }

    pub(super) fn memory(&self) -> &[u8] {
        self.memory.data(&self.store)
    }

    /// Opens a native module as Python does, so that it is there when it is imported.
    pub(super) fn open_library(&mut self, path: &str) -> Result<(), ImageError> {
        const RTLD_NOW: u32 = 2;
        let path = self.text(path)?;
        let handle = self.call::<_, u32>("dlopen", (path, RTLD_NOW))?;
        self.call::<_, ()>("free", path)?;
        if handle == 0 {
            let message = self.call::<_, u32>("dlerror", ())?;
            return Err(ImageError::Boot(abi::pointer::text(self.memory(), message, 4_096)));
        }
        Ok(())
    }

    /// Returns what native modules are loaded, and where.
    pub(super) fn frozen(&self) -> Frozen {
        self.store.data().loader.frozen()
    }

    /// Returns how many places the function table has.
    pub(super) fn table_size(&self) -> u64 {
        self.table.size(&self.store)
    }

    /// Returns the values of all mutable globals that [`super::rewrite::prepare`] has named, by index.
    pub(super) fn mutable_globals(&mut self) -> Result<BTreeMap<u32, Constant>, ImageError> {
        let exports = self.instance.module(&self.store).exports();
        let indices: Vec<u32> = exports.filter_map(|export| global_index(export.name())).collect();
        indices.into_iter().map(|index| Ok((index, self.mutable_global(index)?))).collect()
    }

    /// Returns the value of a mutable global that [`super::rewrite::prepare`] has named.
    pub(super) fn mutable_global(&mut self, index: u32) -> Result<Constant, ImageError> {
        self.global_of(self.instance, &global_name(index))
    }

    /// Returns the value of a global that a module exports.
    pub(super) fn global_of(&mut self, instance: Instance, name: &str) -> Result<Constant, ImageError> {
        let global = instance.get_global(&mut self.store, name).ok_or_else(|| missing(name))?;
        match global.get(&mut self.store) {
            Val::I32(value) => Ok(Constant::I32(value)),
            Val::I64(value) => Ok(Constant::I64(value)),
            other => Err(ImageError::Module(format!("a global is no integer: {other:?}"))),
        }
    }

    fn global(&mut self, name: &str) -> Result<u32, ImageError> {
        let global = self.instance.get_global(&mut self.store, name).ok_or_else(|| missing(name))?;
        global.get(&mut self.store).i32().map(i32::cast_unsigned).ok_or_else(|| missing(name))
    }

    fn set_global(&mut self, name: &str, value: u32) -> Result<(), ImageError> {
        let global = self.instance.get_global(&mut self.store, name).ok_or_else(|| missing(name))?;
        global.set(&mut self.store, Val::I32(value.cast_signed())).map_err(ImageError::Compile)
    }

    fn allocate(&mut self, bytes: usize) -> Result<u32, ImageError> {
        let bytes = u32::try_from(bytes).map_err(|_| ImageError::Boot("out of memory".to_owned()))?;
        match self.call::<_, u32>("calloc", (1_u32, bytes))? {
            0 => Err(ImageError::Boot("out of memory".to_owned())),
            address => Ok(address),
        }
    }

    /// Puts a text into the guest's memory, with a NUL behind it.
    fn text(&mut self, text: &str) -> Result<u32, ImageError> {
        let address = self.allocate(text.len() + 1)?;
        self.write(address as usize, text.as_bytes())?;
        Ok(address)
    }

    fn write(&mut self, address: usize, bytes: &[u8]) -> Result<(), ImageError> {
        self.memory
            .write(&mut self.store, address, bytes)
            .map_err(|_| ImageError::Boot("the interpreter's allocator gave a wrong address".to_owned()))
    }

    fn call<Params, Results>(&mut self, name: &str, params: Params) -> Result<Results, ImageError>
    where
        Params: WasmParams + Sync,
        Results: WasmResults + Sync,
    {
        let function = self
            .instance
            .get_typed_func::<Params, Results>(&mut self.store, name)
            .map_err(|error| ImageError::Module(format!("`{name}`: {error:#}")))?;
        attach_memory(&mut self.store, self.memory);
        pollster::block_on(function.call_async(&mut self.store, params)).map_err(|error| {
            let printed = String::from_utf8_lossy(&self.store.data().output.stderr).into_owned();
            ImageError::Boot(format!("`{name}` ended in {error:#}\n{printed}"))
        })
    }
}

impl Drop for Boot {
    fn drop(&mut self) {
        self.store.data().gate.detach();
    }
}

fn missing(name: &str) -> ImageError {
    ImageError::Module(format!("`{name}` is not exported"))
}
