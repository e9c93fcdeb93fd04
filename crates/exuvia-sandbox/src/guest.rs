//! What the host keeps beside each running guest.

use std::sync::Arc;

use exuvia_core::{Host, HostAnswer, HostCall, Interrupt, Reply, Stream};
use serde::{Deserialize, Serialize};
use wasmtime::{Caller, Instance, Memory};

use crate::interrupts::{Gate, GuestMemory};
use crate::linker::Loader;
use crate::tools::{SavedTools, Tools};
use crate::vfs::{FileLimits, Library, Vfs};

/// The most bytes of one [`HostCall::Output`], [`HostCall::Random`] or [`HostCall::Input`].
pub(crate) const CHUNK_BYTES_MAX: usize = 65_536;

const SIGXFSZ: u8 = 25;
/// What may be written to stderr beyond the limit of the output: the traceback that says where it was met.
const TRACEBACK_BYTES_MAX: u64 = 65_536;

/// The state of one sandbox that its host functions share.
pub(crate) struct Guest {
    pub(crate) host: Box<dyn Host>,
    pub(crate) vfs: Vfs,
    pub(crate) tools: Tools,
    pub(crate) gate: Arc<Gate>,
    pub(crate) output: Output,
    /// The most linear memory, in bytes.
    pub(crate) memory_limit: u64,
    /// Whether growing the memory was refused since the cell began.
    pub(crate) memory_refused: bool,
    /// The text of the limit that was met last.
    pub(crate) limit_message: String,
    /// The signal that was delivered last since the cell began.
    pub(crate) struck: Option<u8>,
    pub(crate) host_calls: u64,
    /// The native modules.
    pub(crate) loader: Loader,
    memory: Option<Memory>,
    flag: u32,
}

/// What the program has written to its standard streams since the cell began.
#[derive(Debug, Default)]
pub(crate) struct Output {
    pub(crate) limit: u64,
    pub(crate) written: u64,
    pub(crate) capture: bool,
    pub(crate) stdout: Vec<u8>,
    pub(crate) stderr: Vec<u8>,
}

/// What the host keeps beside a guest, apart from it and from its files: a part of a checkpoint.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct SavedGuest {
    pub(crate) tools: SavedTools,
    /// An interrupt that the sandbox has found to be due, and that was not delivered yet.
    pub(crate) due: Option<Interrupt>,
    written: u64,
    stdout: Vec<u8>,
    stderr: Vec<u8>,
    memory_refused: bool,
    limit_message: String,
    struck: Option<u8>,
    host_calls: u64,
}

impl SavedGuest {
    /// Returns whether a sandbox could have come to this, with a cell that began after so many host calls.
    pub(crate) fn is_possible(&self, calls_before: u64) -> bool {
        (calls_before..u64::MAX / 2).contains(&self.host_calls) && self.tools.is_possible()
    }
}

impl Guest {
    /// Returns what is kept beside the guest.
    pub(crate) fn save(&self) -> SavedGuest {
        SavedGuest {
            tools: self.tools.save(),
            // Those from outside (time, a cancellation) are about this sandbox, not about one that goes on from here.
            due: self.gate.due().filter(|interrupt| interrupt.signal == SIGXFSZ),
            written: self.output.written,
            stdout: self.output.stdout.clone(),
            stderr: self.output.stderr.clone(),
            memory_refused: self.memory_refused,
            limit_message: self.limit_message.clone(),
            struck: self.struck,
            host_calls: self.host_calls,
        }
    }

    /// Goes on from what was saved, with tools of the same names.
    pub(crate) fn restore(&mut self, saved: SavedGuest) {
        self.tools = Tools::restored(self.tools.declarations(), saved.tools);
        self.output.written = saved.written;
        self.output.stdout = saved.stdout;
        self.output.stderr = saved.stderr;
        self.memory_refused = saved.memory_refused;
        self.limit_message = saved.limit_message;
        self.struck = saved.struck;
        self.host_calls = saved.host_calls;
    }

    /// Who is beside an instance that is no sandbox's.
    pub(crate) fn nobody(library: &Arc<Library>) -> Self {
        let vfs = Vfs::new(Arc::clone(library), FileLimits::default());
        Self::new(Box::new(Nobody), vfs, 0, Output::default())
    }

    pub(crate) fn new(host: Box<dyn Host>, vfs: Vfs, memory_limit: u64, output: Output) -> Self {
        Self {
            host,
            vfs,
            tools: Tools::default(),
            gate: Arc::new(Gate::new()),
            output,
            memory_limit,
            memory_refused: false,
            limit_message: String::new(),
            struck: None,
            host_calls: 0,
            loader: Loader::default(),
            memory: None,
            flag: 0,
        }
    }

    /// Tells which memory is the guest's and where the flag word of its interrupts lies.
    pub(crate) fn set_memory(&mut self, memory: Memory, flag: u32) {
        self.memory = Some(memory);
        self.flag = flag;
    }

    /// Tells which instance is the interpreter's: native modules are linked with what that exports.
    pub(crate) fn set_instance(&mut self, instance: Instance) {
        self.loader.set_interpreter(instance);
    }

    /// Asks the host for something that it answers at once.
    pub(crate) fn call(&mut self, call: HostCall<'_>) -> wasmtime::Result<HostAnswer> {
        self.host_calls += 1;
        let name = call.name();
        match self.host.call(call) {
            Reply::Now(answer) => Ok(answer),
            Reply::Later(_) => Err(HostFault::late(name).into()),
        }
    }

    /// Asks the host for something that may take a while.
    pub(crate) fn call_later(&mut self, call: HostCall<'_>) -> Reply {
        self.host_calls += 1;
        self.host.call(call)
    }

    /// Writes to a standard stream, within the limit; what is beyond it is dropped, and an exception is due.
    pub(crate) fn write_output(&mut self, stream: Stream, bytes: &[u8]) -> wasmtime::Result<()> {
        let slack = if stream == Stream::Stderr { TRACEBACK_BYTES_MAX } else { 0 };
        let room = self.output.limit.saturating_add(slack).saturating_sub(self.output.written);
        let kept = &bytes[..bytes.len().min(usize::try_from(room).unwrap_or(usize::MAX))];
        for chunk in kept.chunks(CHUNK_BYTES_MAX) {
            match self.call(HostCall::Output { stream, bytes: chunk })? {
                HostAnswer::Done => {}
                other => return Err(HostFault::wrong("output", &other).into()),
            }
        }
        self.output.written += kept.len() as u64;
        if self.output.capture {
            match stream {
                Stream::Stdout => self.output.stdout.extend_from_slice(kept),
                Stream::Stderr => self.output.stderr.extend_from_slice(kept),
            }
        }
        if kept.len() < bytes.len() {
            let limit = self.output.limit;
            let unit = if limit == 1 { "byte" } else { "bytes" };
            let message = format!("wrote more output than its limit of {limit} {unit}");
            self.gate.raise(Interrupt { signal: SIGXFSZ, message });
        }
        Ok(())
    }
}

/// The host of an instance that is no sandbox's. Nobody asks it for anything.
struct Nobody;

impl Host for Nobody {
    fn call(&mut self, _call: HostCall<'_>) -> Reply {
        Reply::Now(HostAnswer::Done)
    }
}

/// The host did not keep to the rules of the [`Host`] trait.
#[derive(Debug, thiserror::Error)]
#[error("the host's answer to `{call}` {fault}")]
pub(crate) struct HostFault {
    call: &'static str,
    fault: String,
}

impl HostFault {
    pub(crate) fn wrong(call: &'static str, answer: &HostAnswer) -> Self {
        Self { call, fault: format!("has the wrong kind: {answer:?}") }
    }

    fn late(call: &'static str) -> Self {
        Self { call, fault: "must come at once".to_owned() }
    }
}

/// Why a guest was ended by one of its own host calls: carried through the runtime as an error.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum GuestEnd {
    /// It ended its process with this status (`os._exit`).
    #[error("the program ended its process with status {0}")]
    Exit(i32),
    /// It aborted (`os.abort`, a fatal error of the interpreter).
    #[error("the program aborted: {0}")]
    Abort(String),
    /// It called something that has no meaning outside of a JavaScript engine.
    #[error("the program reached `{0}`, which this sandbox does not have")]
    Unreachable(&'static str),
    /// An interrupt struck before the guest's own part was ready for it: nothing is lost but the cell.
    #[error("the interrupt was not caught")]
    Struck,
    /// It was stopped through its gate.
    #[error("the program was stopped")]
    Stopped,
}

/// The guest's memory and the state beside it, both at a time.
pub(crate) fn parts<'a>(caller: &'a mut Caller<'_, Guest>) -> (&'a mut [u8], &'a mut Guest) {
    let memory = caller.data().memory.expect("the memory is set before the guest runs");
    memory.data_and_store_mut(caller)
}

/// Grows the guest's memory to at least this many bytes. Returns whether it could.
pub(crate) fn grow_memory(caller: &mut Caller<'_, Guest>, wanted: u64) -> bool {
    const PAGE: u64 = 65_536;
    /// Growing a little further at a time saves calls: a page that is never touched costs nothing.
    const STEP: u64 = 1 << 20;
    let memory = caller.data().memory.expect("the memory is set before the guest runs");
    let limit = caller.data().memory_limit / PAGE * PAGE;
    let current = memory.data_size(&*caller) as u64;
    if wanted <= current {
        return true;
    }
    if wanted > limit {
        caller.data_mut().memory_refused = true;
        return false;
    }
    let target = wanted.next_multiple_of(STEP).min(limit);
    if memory.grow(&mut *caller, (target - current) / PAGE).is_err() {
        caller.data_mut().memory_refused = true;
        return false;
    }
    attach_memory(caller, memory);
    true
}

/// Tells the gate where the memory is.
pub(crate) fn attach_memory(mut context: impl wasmtime::AsContextMut<Data = Guest>, memory: Memory) {
    let (base, length) = (memory.data_ptr(&context) as usize, memory.data_size(&context));
    let guest = context.as_context_mut();
    let flag = guest.data().flag as usize;
    guest.data().gate.attach(GuestMemory { base, length, flag });
}
