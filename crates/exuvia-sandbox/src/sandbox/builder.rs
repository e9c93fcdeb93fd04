//! Making a sandbox.

mod restore;

use std::collections::BTreeSet;
use std::mem::ManuallyDrop;
use std::path::Path;
use std::sync::Arc;

use bytes::Bytes;
use exuvia_core::tool::python::{STUB_HEADER, stub};
use exuvia_core::{Host, Limits, MountMode, ToolDeclaration, is_tool_name};
use wasmtime::{CallHook, Instance, ModuleExport, Store, TypedFunc, Val, WasmParams, WasmResults};

use super::checkpoint::Checkpoint;
use super::pages::prefault;
use super::reply::{Configuration, Request};
use super::{End, Handles, Sandbox};
use crate::engine::Engine;
use crate::error::SandboxError;
use crate::guest::{Guest, GuestEnd, Output};
use crate::image::ImageError;
use crate::linker::{Loader, Packages};
use crate::live::LiveHost;
use crate::tools::Tools;
use crate::vfs::{Errno, FileLimits, HostError, Stream as FileStream, Vfs};

/// The standard streams, and one more.
const OPEN_FILES_MIN: u32 = 4;
/// Where the interpreter's own files are.
const LIBRARY: &str = "/usr";

/// A program to run as `python` would.
#[derive(Debug, Clone)]
pub struct Script {
    /// Where its source is.
    pub source: ScriptSource,
    /// `sys.argv[1:]`.
    pub arguments: Vec<String>,
}

/// Where a program's source is.
#[derive(Debug, Clone)]
pub enum ScriptSource {
    /// A file in the sandbox: `python FILE`.
    File(String),
    /// The text itself: `python -c`.
    Code(String),
    /// A module or package in the sandbox: `python -m`.
    Module(String),
    /// A text that came from stdin: `python -`.
    Stdin(String),
}

/// Makes a sandbox; see [`Engine::sandbox`].
pub struct SandboxBuilder {
    engine: Engine,
    limits: Limits,
    host: Option<Box<dyn Host>>,
    arguments: Vec<String>,
    environment: Vec<(String, String)>,
    files: Vec<(String, Bytes)>,
    mounts: Vec<(String, MountMode)>,
    tools: Arc<[ToolDeclaration]>,
    packages: Option<Packages>,
    working_directory: Option<String>,
    capture: bool,
    terminals: [bool; 3],
    checkpoint: Option<Checkpoint>,
    reseed: bool,
    warm: bool,
}

impl SandboxBuilder {
    pub(crate) fn new(engine: Engine) -> Self {
        Self {
            engine,
            limits: Limits::default(),
            host: None,
            arguments: Vec::new(),
            environment: Vec::new(),
            files: Vec::new(),
            mounts: Vec::new(),
            tools: Arc::default(),
            packages: None,
            working_directory: None,
            capture: true,
            terminals: [false; 3],
            checkpoint: None,
            reseed: false,
            warm: false,
        }
    }

    /// Sets what it may use. Default: [`Limits::default`].
    #[must_use]
    pub fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// Sets who answers its calls. Default: a [`LiveHost`] with real time and a random seed, no input and no output but
    /// the outcome's.
    #[must_use]
    pub fn host(mut self, host: impl Host + 'static) -> Self {
        self.host = Some(Box::new(host));
        self
    }

    /// Sets `sys.argv`, the program's name first. Default: one empty name.
    #[must_use]
    pub fn arguments(mut self, arguments: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.arguments = arguments.into_iter().map(Into::into).collect();
        self
    }

    /// Adds an environment variable. Nothing of the host's own environment is there.
    #[must_use]
    pub fn environment(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.environment.push((name.into(), value.into()));
        self
    }

    /// Adds a file, with the folders on its way. The path is absolute.
    #[must_use]
    pub fn file(mut self, path: impl Into<String>, content: impl Into<Bytes>) -> Self {
        self.files.push((path.into(), content.into()));
        self
    }

    /// Shows a mount at this absolute path. The host answers for it under its position in the order of these calls.
    #[must_use]
    pub fn mount(mut self, path: impl Into<String>, mode: MountMode) -> Self {
        self.mounts.push((path.into(), mode));
        self
    }

    /// Sets which tools the program may call: by their names in cells, and from `exuvia.tools`. The host runs them, see
    /// [`LiveHostBuilder::tools`](crate::LiveHostBuilder::tools). Their stubs are files in `/tools`.
    #[must_use]
    pub fn tools(mut self, declarations: impl Into<Arc<[ToolDeclaration]>>) -> Self {
        self.tools = declarations.into();
        self
    }

    /// Makes these packages importable. They were installed for this engine's image.
    #[must_use]
    pub fn packages(mut self, packages: &Packages) -> Self {
        self.packages = Some(packages.clone());
        self
    }

    /// Sets the working directory. Default: `/workspace`.
    #[must_use]
    pub fn working_directory(mut self, path: impl Into<String>) -> Self {
        self.working_directory = Some(path.into());
        self
    }

    /// Sets whether outcomes hold what was printed. Default: yes. The host is told in any case.
    #[must_use]
    pub fn capture_output(mut self, capture: bool) -> Self {
        self.capture = capture;
        self
    }

    /// Sets which of stdin, stdout and stderr the program takes for a terminal (`isatty`). Default: none.
    #[must_use]
    pub fn terminals(mut self, terminals: [bool; 3]) -> Self {
        self.terminals = terminals;
        self
    }

    /// Has the sandbox begin as the one was of which the checkpoint was taken. It is given a host, limits, and as many
    /// mounts, the same tools and the same packages as that one; all else (arguments, environment, files, working
    /// directory, terminals) it has already. If a cell waits in it, [`Sandbox::resume`] goes on with that.
    ///
    /// What the other host knew, the new one has to know: a call of a tool that was under way ends when this one says so.
    /// The recursion limit is the other sandbox's.
    #[must_use]
    pub fn checkpoint(mut self, checkpoint: &Checkpoint) -> Self {
        self.checkpoint = Some(checkpoint.clone());
        self
    }

    /// Sets whether a sandbox that begins with a [checkpoint](Self::checkpoint) gets a random state of its own, as a fork
    /// should. Default: no, it goes on with the other's.
    #[must_use]
    pub fn reseed(mut self, reseed: bool) -> Self {
        self.reseed = reseed;
        self
    }

    /// Sets whether the pages of memory that cells commonly write to are there from the beginning, once the engine has made
    /// enough sandboxes to find out which those are: some 1.1 MB beside those that every sandbox has. It takes less time
    /// than they take one by one, and much less where other sandboxes run meanwhile. Default: no.
    #[must_use]
    pub fn warm(mut self, warm: bool) -> Self {
        self.warm = warm;
        self
    }

    /// Makes the sandbox.
    ///
    /// # Errors
    ///
    /// [`SandboxError::Full`] when the engine has as many as it may; [`SandboxError::Config`] for a limit or a file that
    /// cannot be; [`SandboxError::Checkpoint`] for a checkpoint of another image's sandbox, or with other packages.
    pub fn build(self) -> Result<Sandbox, SandboxError> {
        pollster::block_on(self.build_async())
    }

    /// Makes the sandbox, like [`build`](Self::build).
    ///
    /// # Errors
    ///
    /// Those of [`build`](Self::build).
    pub async fn build_async(mut self) -> Result<Sandbox, SandboxError> {
        self.check()?;
        let checkpoint = self.checkpoint.take();
        let vfs = match &checkpoint {
            Some(checkpoint) => self.saved_files(checkpoint)?,
            None => self.file_system()?,
        };
        let host = match self.host.take() {
            Some(host) => host,
            None => Box::new(LiveHost::builder().build(&self.engine)?),
        };
        let output = Output { limit: self.limits.output_bytes, capture: self.capture, ..Output::default() };
        let mut guest = Guest::new(host, vfs, self.limits.memory_bytes.min((4 << 30) - 65_536), output);
        guest.tools = Tools::new(Arc::clone(&self.tools));
        guest.loader = Loader::new(self.packages.take(), self.engine.native());
        let sandbox = self.place(guest).await?;
        match checkpoint {
            Some(checkpoint) => self.restored(sandbox, &checkpoint).await,
            None => self.configured(sandbox).await,
        }
    }

    /// Gives a guest an instance that nobody has used yet.
    ///
    /// This and what follows has the builder to itself: a host cannot be shared between threads, and the future must be
    /// able to go to another one.
    async fn place(&mut self, guest: Guest) -> Result<Sandbox, SandboxError> {
        if self.warm {
            // Its instance is given up before this one's is made: there may be room for no more.
            self.engine.warmth().learn(|| self.engine.sandbox().tools(Arc::clone(&self.tools)));
        }
        let (mut store, handles) = match self.engine.spare_instances().take() {
            Some((mut store, handles)) => {
                *store.data_mut() = guest;
                (store, handles)
            }
            None => instantiate(&self.engine, guest, self.warm).await?,
        };
        store.data_mut().set_memory(handles.memory, handles.flag);
        store.data_mut().set_instance(handles.instance);
        let (engine, limits) = (self.engine.clone(), self.limits.clone());
        let store = ManuallyDrop::new(store);
        Ok(Sandbox { engine, store, handles, limits, ended: None, pending: None, due: None, observer: None })
    }

    async fn configured(&mut self, mut sandbox: Sandbox) -> Result<Sandbox, SandboxError> {
        sandbox.seed_random()?;
        self.configure(&mut sandbox).await?;
        Ok(sandbox)
    }

    /// Refuses what cannot be.
    fn check(&self) -> Result<(), SandboxError> {
        let floor = self.engine.image().manifest().memory_bytes;
        if self.limits.memory_bytes < floor {
            return Err(SandboxError::Config(format!(
                "the memory limit is {}, the interpreter alone needs {} MiB",
                size(self.limits.memory_bytes),
                floor.div_ceil(1 << 20)
            )));
        }
        let recursion = self.limits.recursion;
        if !(50..=100_000).contains(&recursion) {
            return Err(SandboxError::Config(format!("the recursion limit is {recursion}, it must be 50 to 100000")));
        }
        let open_files = self.limits.open_files;
        if open_files < OPEN_FILES_MIN {
            return Err(SandboxError::Config(format!(
                "the limit of open files is {open_files}, it must be at least {OPEN_FILES_MIN}: the three standard \
                 streams, and one to read a program with"
            )));
        }
        if let Some(packages) = &self.packages
            && packages.image() != self.engine.image().identity()
        {
            return Err(SandboxError::Config("the packages were installed for another image".to_owned()));
        }
        let mut names = BTreeSet::new();
        for ToolDeclaration { name, .. } in self.tools.iter() {
            if !is_tool_name(name) {
                return Err(SandboxError::Config(format!("a tool cannot have the name `{name}`")));
            }
            if !names.insert(name) {
                return Err(SandboxError::Config(format!("two tools have the name `{name}`")));
            }
        }
        Ok(())
    }

    /// Tells the guest what it cannot have from the image. Where that is nothing, it is not even entered.
    async fn configure(&mut self, sandbox: &mut Sandbox) -> Result<(), SandboxError> {
        let recursion = (self.limits.recursion != Limits::RECURSION).then_some(self.limits.recursion);
        if self.arguments.is_empty()
            && self.environment.is_empty()
            && self.working_directory.is_none()
            && recursion.is_none()
            && self.tools.is_empty()
        {
            return Ok(());
        }
        let configuration = Configuration {
            argv: (!self.arguments.is_empty()).then_some(&self.arguments),
            env: self.environment.iter().cloned().collect(),
            cwd: self.working_directory.as_deref(),
            recursion,
            tools: self.tools.iter().map(|tool| tool.name.as_str()).collect(),
        };
        match sandbox.exchange(Request::Configure(&configuration)).await?.0 {
            End::Answer(answer) => match answer.error {
                None => Ok(()),
                Some(error) => Err(SandboxError::Config(error.message)),
            },
            End::Exit(_) => Err(SandboxError::Config("the sandbox ended while it was made".to_owned())),
            End::Stopped(reason, _) => {
                Err(SandboxError::Config(format!("the sandbox was stopped while it was made: {reason:?}")))
            }
        }
    }

    fn file_system(&mut self) -> Result<Vfs, SandboxError> {
        let library = self.packages.as_ref().map_or_else(|| self.engine.library(), Packages::library);
        let mut vfs = Vfs::new(Arc::clone(library), file_limits(&self.limits));
        for (path, mode) in &self.mounts {
            vfs.mount(path.as_bytes(), *mode).map_err(|fault| unmountable(path, &fault))?;
        }
        for (path, content) in self.files.drain(..) {
            vfs.add_file(path.as_bytes(), &content, 0o644).map_err(|fault| unusable(&path, &fault))?;
        }
        for tool in self.tools.iter() {
            let path = format!("/tools/{}.pyi", tool.name);
            let stub = Bytes::from(format!("{STUB_HEADER}\n{}", stub(tool)));
            vfs.add_file(path.as_bytes(), &stub, 0o444).map_err(|fault| unusable(&path, &fault))?;
        }
        for (stream, terminal) in
            [FileStream::Stdin, FileStream::Stdout, FileStream::Stderr].into_iter().zip(self.terminals)
        {
            vfs.set_terminal(stream, terminal);
        }
        Ok(vfs)
    }
}

/// Makes a new instance with this guest beside it.
async fn instantiate(engine: &Engine, guest: Guest, warm: bool) -> Result<(Store<Guest>, Handles), SandboxError> {
    let mut store = guarded_store(engine, guest);
    let instance = engine.pre().instantiate_async(&mut store).await.map_err(SandboxError::Full)?;
    let handles = handles(engine, &mut store, instance)?;
    let warm = if warm { engine.warmth().pages() } else { None };
    prefault(&store, &handles.memory, warm.unwrap_or(&engine.image().manifest().hot_pages));
    Ok((store, handles))
}

/// Makes a store in which the gate of the guest is passed wherever it is entered and left.
fn guarded_store(engine: &Engine, guest: Guest) -> Store<Guest> {
    let mut store = Store::new(engine.pre().module().engine(), guest);
    store.call_hook(|context, hook| {
        let gate = &context.data().gate;
        let goes_on = match hook {
            CallHook::CallingWasm | CallHook::ReturningFromHost => gate.enter_guest(),
            CallHook::CallingHost => gate.leave_guest(),
            // The guest has ended by itself: that it was also to be stopped is found when its run is concluded.
            CallHook::ReturningFromWasm => {
                let _ = gate.leave_guest();
                true
            }
        };
        if goes_on { Ok(()) } else { Err(GuestEnd::Stopped.into()) }
    });
    store
}

impl std::fmt::Debug for SandboxBuilder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SandboxBuilder").field("limits", &self.limits).finish_non_exhaustive()
    }
}

fn unusable(path: &str, fault: &HostError) -> SandboxError {
    SandboxError::Config(useless(path, fault))
}

/// Says why a path cannot be used, in a sentence.
fn useless(path: &str, fault: &HostError) -> String {
    let why = match fault {
        HostError::Path(_) => "write an absolute path, without `.`, `..` and names over 255 bytes".to_owned(),
        HostError::Errno { errno, .. } => errno.to_string(),
    };
    format!("`{path}` cannot be put into the sandbox: {why}")
}

fn unmountable(path: &str, fault: &HostError) -> SandboxError {
    let why = match fault {
        HostError::Errno { .. } if Path::new(path).starts_with(LIBRARY) => {
            Some("the interpreter's own files are there")
        }
        HostError::Errno { errno: Errno::Busy, .. } => Some("something else is mounted there"),
        HostError::Errno { errno: Errno::Notempty, .. } => Some("something is there already"),
        HostError::Errno { errno: Errno::Rofs, .. } => Some("it lies within another mount"),
        _ => None,
    };
    let problem = match why {
        Some(why) => format!("nothing can be mounted at `{path}`: {why}"),
        None => useless(path, fault),
    };
    SandboxError::Mount { path: path.to_owned(), problem }
}

/// Writes a number of bytes as people read them, where that says all.
fn size(bytes: u64) -> String {
    match bytes {
        1 => "1 byte".to_owned(),
        bytes if bytes > 0 && bytes.is_multiple_of(1 << 20) => format!("{} MiB", bytes >> 20),
        bytes => format!("{bytes} bytes"),
    }
}

/// Returns the part of the limits that the file system sees to.
pub(crate) fn file_limits(limits: &Limits) -> FileLimits {
    FileLimits {
        bytes: limits.file_bytes,
        files: u64::from(limits.files),
        open_files: limits.open_files,
        file_bytes: limits.file_bytes,
        ..FileLimits::default()
    }
}

fn handles(engine: &Engine, store: &mut Store<Guest>, instance: Instance) -> Result<Handles, SandboxError> {
    let exports = engine.exports();
    let missing = || ImageError::Module("an export has the wrong type".to_owned());
    let memory = instance
        .get_module_export(&mut *store, &exports.memory)
        .and_then(wasmtime::Extern::into_memory)
        .ok_or_else(missing)?;
    let mut global = |export: &ModuleExport| {
        instance.get_module_export(&mut *store, export).and_then(wasmtime::Extern::into_global).ok_or_else(missing)
    };
    let [checks, trip] = [global(&exports.checks)?, global(&exports.trip)?];
    let [buffer, flag] =
        [global(&exports.buffer)?, global(&exports.flag)?].map(|global| match global.get(&mut *store) {
            Val::I32(address) => address.cast_unsigned(),
            _ => 0,
        });
    let flag_end = flag as usize + 4;
    if flag == 0 || !flag.is_multiple_of(4) || flag_end > memory.data_size(&*store) || buffer == 0 {
        return Err(ImageError::Module("the glue module was not set up".to_owned()).into());
    }
    Ok(Handles {
        instance,
        memory,
        enter: function(store, instance, &exports.enter)?,
        reply_data: function(store, instance, &exports.reply_data)?,
        reply_size: function(store, instance, &exports.reply_size)?,
        malloc: function(store, instance, &exports.malloc)?,
        free: function(store, instance, &exports.free)?,
        checks,
        trip,
        buffer,
        flag,
    })
}

fn function<P: WasmParams, R: WasmResults>(
    store: &mut Store<Guest>,
    instance: Instance,
    export: &ModuleExport,
) -> Result<TypedFunc<P, R>, ImageError> {
    instance
        .get_module_export(&mut *store, export)
        .and_then(wasmtime::Extern::into_func)
        .and_then(|function| function.typed(&*store).ok())
        .ok_or_else(|| ImageError::Module("an export has the wrong type".to_owned()))
}
