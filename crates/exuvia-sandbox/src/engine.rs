//! An engine: an image, compiled and ready to make sandboxes from.

use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use wasmtime::{
    Collector, Config, Enabled, InstanceAllocationStrategy, InstancePre, Linker, Module, ModuleExport,
    PoolingAllocationConfig,
};

use crate::abi;
use crate::error::SandboxError;
use crate::guest::Guest;
use crate::image::{Image, ImageError, Initial, NativeSymbol, archive, compiled};
use crate::interrupts::Watchdog;
use crate::sandbox::{PageBuffers, SandboxBuilder, Spares, Warmth};
use crate::vfs::Library;

/// How deep the guest's own calls may nest, in bytes of native stack: enough that recursion through the C code of
/// `json`, `pickle` and `sorted` ends in Python's own `RecursionError`.
const WASM_STACK_BYTES: usize = 32 << 20;
/// What host functions have beyond that.
const HOST_STACK_BYTES: usize = 1 << 20;
/// The largest image memory that is mapped copy-on-write.
const IMAGE_BYTES_MAX: u64 = 1 << 30;

/// The interpreter, and the most native modules that a sandbox may load, on average. Only a count: it reserves nothing.
const INSTANCES_PER_SANDBOX: u32 = 256;
/// The most places in a table: the interpreter has some 17,000 functions there, large native modules 3,000 each.
const TABLE_ELEMENTS_MAX: usize = 131_072;

/// How an engine works. The defaults suit a program that runs some sandboxes at a time.
#[derive(Debug, Clone)]
pub struct EngineOptions {
    /// The most sandboxes alive at a time, 1–10,000. Each reserves 4 GiB of addresses, not of memory. Default: 1,000.
    pub sandboxes_max: u32,
    /// The folder for compiled code, which only its owner may write to; it is made if it is not there. `None`: the
    /// image is compiled each time, which takes many seconds.
    pub cache: Option<PathBuf>,
    /// The most instances of sandboxes that were dropped to keep for new ones, which then begin within microseconds.
    /// Each holds 0.7 MB to 4 MB. They stand in no sandbox's way: a new one takes a spare first. Default: 64.
    pub spares_max: u32,
}

impl Default for EngineOptions {
    fn default() -> Self {
        Self { sandboxes_max: 1_000, cache: None, spares_max: 64 }
    }
}

/// An image, compiled and ready to make sandboxes from. Cloning it is cheap, and gives the same engine.
#[derive(Clone)]
pub struct Engine {
    inner: Arc<Inner>,
}

struct Inner {
    image: Image,
    library: Arc<Library>,
    native: Arc<[NativeSymbol]>,
    pre: InstancePre<Guest>,
    exports: ExportIndices,
    /// What instances begin with; `None` if this image's can change more than can be noticed.
    initial: OnceLock<Option<Initial>>,
    spares: Spares,
    warmth: Warmth,
    page_buffers: Arc<PageBuffers>,
    watchdog: Watchdog,
}

/// Where the exports lie that every sandbox needs.
pub(crate) struct ExportIndices {
    pub(crate) memory: ModuleExport,
    pub(crate) enter: ModuleExport,
    pub(crate) reply_data: ModuleExport,
    pub(crate) reply_size: ModuleExport,
    pub(crate) malloc: ModuleExport,
    pub(crate) free: ModuleExport,
    pub(crate) buffer: ModuleExport,
    pub(crate) flag: ModuleExport,
    pub(crate) checks: ModuleExport,
    pub(crate) trip: ModuleExport,
}

impl Engine {
    /// Makes an engine from an image. Where the image's compiled code is not in the cache yet, it is compiled (which
    /// takes many seconds) and put there: see [`is_compiled`](Self::is_compiled).
    ///
    /// # Errors
    ///
    /// The image is damaged or for another version; its code cannot be compiled; the cache cannot be used; or the
    /// operating system refuses address space or a thread.
    pub fn new(image: &Image, options: &EngineOptions) -> Result<Self, SandboxError> {
        let engine = wasmtime::Engine::new(&configuration(options)?).map_err(ImageError::Compile)?;
        let module = match &options.cache {
            Some(folder) => compiled::load_or_compile(&engine, image, folder)?,
            None => compiled::compile_in_memory(&engine, image)?,
        };
        let exports = ExportIndices::of(&module)?;
        let pre =
            linker(&engine, &module).and_then(|linker| linker.instantiate_pre(&module)).map_err(ImageError::Compile)?;
        let library = archive::lazy_library(image.library().clone())
            .map_err(|error| ImageError::Damaged(format!("its library cannot be used: {error}")))?;
        let watchdog = Watchdog::start().map_err(SandboxError::Thread)?;
        let native = image.manifest().native.clone().into();
        let spares = Spares::new(options.spares_max as usize);
        let inner = Inner {
            image: image.clone(),
            library: Arc::new(library),
            native,
            pre,
            exports,
            initial: OnceLock::new(),
            spares,
            warmth: Warmth::default(),
            page_buffers: Arc::default(),
            watchdog,
        };
        Ok(Self { inner: Arc::new(inner) })
    }

    /// Returns whether [`new`](Self::new) would find compiled code in the cache.
    ///
    /// # Errors
    ///
    /// The runtime cannot generate code for this machine.
    pub fn is_compiled(image: &Image, options: &EngineOptions) -> Result<bool, SandboxError> {
        Ok(Self::compiled_file(image, options)?.is_some())
    }

    /// Returns the file with the image's compiled code in the cache, if there is one.
    ///
    /// # Errors
    ///
    /// The runtime cannot generate code for this machine.
    pub fn compiled_file(image: &Image, options: &EngineOptions) -> Result<Option<PathBuf>, SandboxError> {
        let Some(folder) = &options.cache else { return Ok(None) };
        Ok(Some(folder.join(compiled_name(image)?)).filter(|path| path.is_file()))
    }

    /// Puts code that lay in [another cache](Self::compiled_file) into this one. It is native code and will be run: it must
    /// come from where this program comes from.
    ///
    /// # Errors
    ///
    /// The folder cannot be written to.
    pub fn install_compiled(image: &Image, code: &[u8], folder: &Path) -> Result<(), SandboxError> {
        let path = folder.join(compiled_name(image)?);
        Ok(compiled::install(folder, &path, code)?)
    }

    /// Compares the compiled code in the cache with the hash that was noted when it was installed. Returns its file, or
    /// `None` if there is none yet.
    ///
    /// # Errors
    ///
    /// The code was changed, or cannot be read.
    pub fn verify_compiled(image: &Image, folder: &Path) -> Result<Option<PathBuf>, SandboxError> {
        Ok(compiled::verify(&compiler()?, image, folder)?)
    }

    /// Returns the image.
    #[must_use]
    pub fn image(&self) -> &Image {
        &self.inner.image
    }

    /// Returns how many instances are kept for new sandboxes.
    #[must_use]
    pub fn spares(&self) -> usize {
        self.inner.spares.count()
    }

    /// Begins to make a sandbox.
    #[must_use]
    pub fn sandbox(&self) -> SandboxBuilder {
        SandboxBuilder::new(self.clone())
    }

    pub(crate) fn pre(&self) -> &InstancePre<Guest> {
        &self.inner.pre
    }

    pub(crate) fn exports(&self) -> &ExportIndices {
        &self.inner.exports
    }

    pub(crate) fn library(&self) -> &Arc<Library> {
        &self.inner.library
    }

    /// The functions of native modules that are part of the image.
    pub(crate) fn native(&self) -> Arc<[NativeSymbol]> {
        Arc::clone(&self.inner.native)
    }

    /// What instances begin with; `None` if this image's can change more than can be noticed.
    pub(crate) fn initial(&self) -> Option<&Initial> {
        let read = || {
            let image = self.image();
            image.manifest().restorable.then(|| Initial::read(image.module()).ok()).flatten()
        };
        self.inner.initial.get_or_init(read).as_ref()
    }

    pub(crate) fn page_buffers(&self) -> &Arc<PageBuffers> {
        &self.inner.page_buffers
    }

    pub(crate) fn spare_instances(&self) -> &Spares {
        &self.inner.spares
    }

    pub(crate) fn warmth(&self) -> &Warmth {
        &self.inner.warmth
    }

    pub(crate) fn watchdog(&self) -> &Watchdog {
        &self.inner.watchdog
    }
}

impl std::fmt::Debug for Engine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Engine").field("image", &self.inner.image.identity()).finish_non_exhaustive()
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        self.watchdog.close();
    }
}

impl ExportIndices {
    fn of(module: &Module) -> Result<Self, ImageError> {
        let find = |name: &str| {
            module.get_export_index(name).ok_or_else(|| ImageError::Module(format!("`{name}` is not exported")))
        };
        Ok(Self {
            memory: find("memory")?,
            enter: find("exuvia_enter")?,
            reply_data: find("exuvia_reply_data")?,
            reply_size: find("exuvia_reply_size")?,
            malloc: find("malloc")?,
            free: find("free")?,
            buffer: find("exuvia_buffer")?,
            flag: find("exuvia_flag")?,
            checks: find("exuvia_checks")?,
            trip: find("exuvia_trip")?,
        })
    }
}

fn compiled_name(image: &Image) -> Result<String, SandboxError> {
    Ok(compiled::file_name(&compiler()?, image))
}

/// Returns a linker with all that the module imports.
pub(crate) fn linker(engine: &wasmtime::Engine, module: &Module) -> wasmtime::Result<Linker<Guest>> {
    let mut linker = Linker::new(engine);
    abi::register(&mut linker)?;
    abi::register_rest(&mut linker, module)?;
    Ok(linker)
}

/// Returns the configuration of a runtime that runs sandboxes.
pub(crate) fn configuration(options: &EngineOptions) -> Result<Config, ImageError> {
    let count = options.sandboxes_max.clamp(1, 10_000);
    let mut pool = PoolingAllocationConfig::new();
    pool.total_core_instances(count.saturating_mul(INSTANCES_PER_SANDBOX))
        // A sandbox that has caught an exception of WebAssembly has a heap for it beside its linear memory.
        .total_memories(count * 2)
        .total_tables(count * 4)
        .total_stacks(count)
        .total_gc_heaps(count)
        .max_tables_per_module(4)
        .table_elements(TABLE_ELEMENTS_MAX)
        .max_core_instance_size(2 << 20)
        .max_memory_size(4 << 30)
        // The runtime gives up the pages of an instance that is dropped: those to be used again are kept as they are, see
        // `sandbox::spares`.
        .max_unused_warm_slots(64)
        .linear_memory_keep_resident(0)
        .pagemap_scan(Enabled::No);
    let mut config = settings()?;
    config.allocation_strategy(InstanceAllocationStrategy::Pooling(pool));
    Ok(config)
}

/// Returns a runtime that runs nothing: it compiles what others run, and knows what its name is.
fn compiler() -> Result<wasmtime::Engine, ImageError> {
    wasmtime::Engine::new(&settings()?).map_err(ImageError::Compile)
}

/// Returns what compiled code depends on.
fn settings() -> Result<Config, ImageError> {
    let mut config = Config::new();
    config
        .wasm_exceptions(true)
        .wasm_gc(true)
        .wasm_function_references(true)
        .wasm_tail_call(true)
        .collector(Collector::DeferredReferenceCounting)
        .cranelift_nan_canonicalization(true)
        .max_wasm_stack(WASM_STACK_BYTES)
        .async_stack_size(WASM_STACK_BYTES + HOST_STACK_BYTES)
        .memory_guaranteed_dense_image_size(IMAGE_BYTES_MAX)
        .memory_init_cow(true)
        .wasm_backtrace_max_frames(None)
        .generate_address_map(false)
        .native_unwind_info(false);
    target(&mut config)?;
    Ok(config)
}

/// Sets what the code is compiled for: a fixed level of the architecture where this machine has it, so that compiled
/// code can be handed on, and this very machine otherwise.
#[cfg(target_arch = "x86_64")]
fn target(config: &mut Config) -> Result<(), ImageError> {
    /// The names of the features of x86-64-v3 that code generation makes use of.
    const FEATURES: &[&str] =
        &["sse3", "ssse3", "sse4.1", "sse4.2", "popcnt", "avx", "avx2", "fma", "bmi1", "bmi2", "lzcnt"];
    macro_rules! all_present {
        ($($feature:tt),*) => { $(std::arch::is_x86_feature_detected!($feature))&&* };
    }
    if !all_present!("sse3", "ssse3", "sse4.1", "sse4.2", "popcnt", "avx", "avx2", "fma", "bmi1", "bmi2", "lzcnt") {
        return Ok(());
    }
    let system = match std::env::consts::OS {
        "linux" => "unknown-linux-gnu",
        "macos" => "apple-darwin",
        _ => return Ok(()),
    };
    config.target(&format!("x86_64-{system}")).map_err(ImageError::Compile)?;
    for feature in FEATURES {
        let flag = format!("has_{}", feature.replace('.', ""));
        #[expect(unsafe_code, reason = "the compiler must be told what the processor can do")]
        // SAFETY: the processor has the feature; it was just looked at. Code that is loaded on another one is checked
        // against what that has.
        unsafe {
            config.cranelift_flag_enable(&flag);
        }
    }
    Ok(())
}

#[cfg(not(target_arch = "x86_64"))]
fn target(_config: &mut Config) -> Result<(), ImageError> {
    Ok(())
}
