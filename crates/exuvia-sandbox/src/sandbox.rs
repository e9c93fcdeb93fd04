//! A live interpreter with its files and limits.
//!
//! ```no_run
//! use exuvia_sandbox::{Engine, EngineOptions, Image};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let image = Image::open("cpython.exuvia".as_ref())?;
//! let engine = Engine::new(&image, &EngineOptions::default())?;
//! let mut sandbox = engine.sandbox().build()?;
//! sandbox.run("x = 20")?;
//! let outcome = sandbox.run("x + 1")?;
//! assert_eq!(outcome.value.map(|value| value.repr).as_deref(), Some("21"));
//! # Ok(())
//! # }
//! ```

mod builder;
mod changes;
mod checkpoint;
mod files;
mod instance;
mod metered;
mod pages;
mod reader;
mod reply;
mod spares;
mod waiting;
mod warmth;

use std::mem::ManuallyDrop;
use std::sync::Arc;
use std::time::{Duration, Instant};

use exuvia_core::{ClockId, Interrupt, LimitKind, Limits, Outcome, Status, StopReason, Usage};
use wasmtime::{Global, Instance, Memory, Store, Trap, TypedFunc, Val};

use crate::abi::{read_clock, tools};
use crate::engine::Engine;
use crate::error::SandboxError;
use crate::guest::{Guest, GuestEnd, attach_memory};
use crate::image::ImageError;
use crate::interrupts::{CPU_EXCEEDED, Deadlines, Gate};
use checkpoint::Pending;
use metered::Metered;
use reply::{Answer, Request};
use waiting::Observer;

pub(crate) use builder::file_limits;
pub use builder::{SandboxBuilder, Script, ScriptSource};
pub(crate) use checkpoint::PageBuffers;
pub use checkpoint::{Checkpoint, CheckpointError};
pub use files::FileEntry;
pub use reader::FileReader;
pub use reply::{Completeness, Completion};
pub(crate) use spares::Spares;
pub use waiting::Waiting;
pub(crate) use warmth::Warmth;

/// The longest request that fits into the buffer that the image has for it.
const BUFFER_BYTES: usize = 65_536;
/// The longest request at all: a program of this size is no program.
const REQUEST_BYTES_MAX: usize = 64 << 20;
/// The longest answer that is read.
const ANSWER_BYTES_MAX: usize = 32 << 20;
/// Why a sandbox cannot go on that was left while its cell ran.
const ABANDONED: &str = "a cell was abandoned while it ran";

/// A live interpreter with its files and limits. Cells that run in it share their variables.
///
/// A sandbox runs one cell at a time. It is `Send`: a cell may be started on one thread and awaited on another.
pub struct Sandbox {
    engine: Engine,
    /// Taken when the sandbox is dropped.
    store: ManuallyDrop<Store<Guest>>,
    handles: Handles,
    limits: Limits,
    /// Why it cannot run any more.
    ended: Option<String>,
    /// The cell that waits to be resumed, in a sandbox that was made from a checkpoint.
    pending: Option<Pending>,
    /// What is due in that cell.
    due: Option<Interrupt>,
    observer: Option<Observer>,
}

/// What is called and read in each cell.
#[derive(Clone)]
struct Handles {
    instance: Instance,
    memory: Memory,
    enter: TypedFunc<(u32, u32, u32), u32>,
    reply_data: TypedFunc<(), u32>,
    reply_size: TypedFunc<(), u32>,
    malloc: TypedFunc<u32, u32>,
    free: TypedFunc<u32, ()>,
    checks: Global,
    trip: Global,
    buffer: u32,
    flag: u32,
}

/// Interrupts what a sandbox is running; from any thread, at any time.
#[derive(Debug, Clone)]
pub struct Interrupter {
    engine: Engine,
    gate: Arc<Gate>,
}

impl Interrupter {
    /// Raises `KeyboardInterrupt` in the cell that is running, as Ctrl-C does. Does nothing when none is.
    pub fn interrupt(&self) {
        self.gate.interrupt();
    }

    /// Raises `KeyboardInterrupt` in the cell that is running, and stops the sandbox if the cell has not ended after
    /// the grace period of its limits. Does nothing when none is running.
    #[expect(clippy::disallowed_methods, reason = "the grace period is real time")]
    pub fn cancel(&self) {
        if let Some(due) = self.gate.cancel(Instant::now()) {
            self.engine.watchdog().watch(&self.gate, due);
        }
    }
}

/// What the guest is entered with.
enum Step<'a> {
    /// A request: the operation and its data.
    Request(u32, &'a [u8]),
    /// The end of a wait of this length.
    Wait(Option<Duration>),
}

/// How a run ended, before it is told as an outcome.
#[expect(clippy::large_enum_variant, reason = "there is one at a time, and it is nearly always an answer")]
enum End {
    Answer(Answer),
    Exit(i32),
    Stopped(StopReason, Option<String>),
}

impl Sandbox {
    /// Runs a cell: Python source, whose last statement gives the value if it is an expression, and in which `await`
    /// may stand at the top level. It sees what earlier cells have defined.
    ///
    /// # Errors
    ///
    /// [`SandboxError::Stopped`] if an earlier cell has ended the sandbox. What the cell itself does is no error.
    pub fn run(&mut self, source: &str) -> Result<Outcome, SandboxError> {
        pollster::block_on(self.run_async(source))
    }

    /// Runs a cell like [`run`](Self::run), holding no thread while the cell waits. A future that is dropped before its
    /// end leaves the sandbox stopped.
    ///
    /// # Errors
    ///
    /// Those of [`run`](Self::run).
    pub async fn run_async(&mut self, source: &str) -> Result<Outcome, SandboxError> {
        self.outcome(Request::Cell(source.trim_start_matches('\u{feff}'))).await
    }

    /// Runs a program as `python` would: as `__main__`, with its arguments, printing the traceback of an exception that
    /// is not caught to stderr.
    ///
    /// # Errors
    ///
    /// Those of [`run`](Self::run).
    pub fn script(&mut self, script: &Script) -> Result<Outcome, SandboxError> {
        pollster::block_on(self.script_async(script))
    }

    /// Runs a program like [`script`](Self::script), holding no thread while it waits.
    ///
    /// # Errors
    ///
    /// Those of [`run`](Self::run).
    pub async fn script_async(&mut self, script: &Script) -> Result<Outcome, SandboxError> {
        self.outcome(Request::Script(script)).await
    }

    /// Does what `python` does when a program has ended, as far as the program can see it: waits for threads, calls what
    /// `atexit` has, flushes, and lets go of what the program has made, whose `__del__` methods run. The sandbox runs
    /// nothing after that.
    ///
    /// # Errors
    ///
    /// Those of [`run`](Self::run).
    pub fn finish(&mut self) -> Result<Outcome, SandboxError> {
        pollster::block_on(self.finish_async())
    }

    /// Does what [`finish`](Self::finish) does, holding no thread while it waits.
    ///
    /// # Errors
    ///
    /// Those of [`run`](Self::run).
    pub async fn finish_async(&mut self) -> Result<Outcome, SandboxError> {
        let outcome = self.outcome(Request::Finish).await?;
        self.end("its program has finished");
        Ok(outcome)
    }

    /// Returns what could stand at the cursor (a byte offset within `text`), for an interactive prompt.
    ///
    /// # Errors
    ///
    /// Those of [`run`](Self::run).
    pub fn complete(&mut self, text: &str, cursor: usize) -> Result<Completion, SandboxError> {
        match pollster::block_on(self.exchange(Request::Complete { text, cursor }))?.0 {
            End::Answer(answer) => Ok(answer.completion()),
            End::Exit(_) | End::Stopped(..) => Ok(Completion::default()),
        }
    }

    /// Tells whether this source is a whole statement, for an interactive prompt.
    ///
    /// # Errors
    ///
    /// Those of [`run`](Self::run).
    pub fn completeness(&mut self, source: &str) -> Result<Completeness, SandboxError> {
        match pollster::block_on(self.exchange(Request::Completeness(source)))?.0 {
            End::Answer(answer) => Ok(answer.completeness()),
            End::Exit(_) | End::Stopped(..) => Ok(Completeness::Complete),
        }
    }

    /// Returns a handle that interrupts what this sandbox is running.
    #[must_use]
    pub fn interrupter(&self) -> Interrupter {
        Interrupter { engine: self.engine.clone(), gate: Arc::clone(&self.store.data().gate) }
    }

    /// Returns whether the sandbox can still run cells.
    #[must_use]
    pub fn is_alive(&self) -> bool {
        self.ended.is_none()
    }

    /// Returns its limits.
    #[must_use]
    pub fn limits(&self) -> &Limits {
        &self.limits
    }

    /// Returns the content of a file in the sandbox, or `None` if there is none at this path.
    #[must_use]
    pub fn read_file(&self, path: &str) -> Option<bytes::Bytes> {
        self.store.data().vfs.read_file(path.as_bytes(), self.limits.file_bytes).ok()
    }

    /// Returns the SHA-256 of the sandbox's linear memory, in hexadecimal: the same after the same cells with the same
    /// answers of the host, on any machine.
    #[must_use]
    pub fn memory_hash(&self) -> String {
        crate::image::sha256(self.handles.memory.data(&*self.store))
    }

    /// Gives Python's `random` a new state, from the host's random bytes: what a sandbox needs that goes on from where
    /// another one goes on, too.
    ///
    /// # Errors
    ///
    /// The host does not answer as it should.
    pub fn reseed(&mut self) -> Result<(), SandboxError> {
        self.seed_random()
    }

    /// Limits the time of the cells that run from now on, instead of what [`Limits::wall_time`] and [`Limits::cpu_time`]
    /// have said.
    pub fn limit_time(&mut self, wall: Option<Duration>, cpu: Option<Duration>) {
        (self.limits.wall_time, self.limits.cpu_time) = (wall, cpu);
    }

    /// Gives Python's `random` a state of this sandbox's own: that of the image would be the same in all of them.
    fn seed_random(&mut self) -> Result<(), SandboxError> {
        const STATE_BYTES: usize = 624 * 4;
        let Some(address) = self.engine.image().manifest().random_state else { return Ok(()) };
        let mut state = [0; STATE_BYTES];
        crate::abi::random(self.store.data_mut(), &mut state).map_err(internal)?;
        self.handles
            .memory
            .write(&mut *self.store, address as usize, &state)
            .map_err(|_| ImageError::Damaged("its random state lies outside of its memory".to_owned()).into())
    }

    async fn outcome(&mut self, request: Request<'_>) -> Result<Outcome, SandboxError> {
        let (end, usage) = self.exchange(request).await?;
        Ok(self.told(end, usage))
    }

    /// Tells an end as an outcome.
    fn told(&mut self, end: End, usage: Usage) -> Outcome {
        let output = &mut self.store.data_mut().output;
        let [stdout, stderr] = [&mut output.stdout, &mut output.stderr]
            .map(|bytes| String::from_utf8_lossy(&std::mem::take(bytes)).into_owned());
        let mut outcome = Outcome { status: Status::Finished, stdout, stderr, value: None, error: None, usage };
        match end {
            End::Exit(code) => outcome.status = Status::Exited { code: exit_code(i64::from(code)) },
            End::Stopped(reason, message) => {
                outcome.status = Status::Stopped { reason };
                if let Some(message) = message {
                    outcome.stderr.push_str(&message);
                }
            }
            End::Answer(answer) => {
                outcome.value = answer.value;
                outcome.error = answer.error;
                if let Some(exit) = answer.exit {
                    outcome.status = Status::Exited { code: exit_code(exit.code) };
                } else if outcome.error.is_some() {
                    outcome.status = Status::Raised;
                }
            }
        }
        outcome
    }

    /// Makes a request and waits with it until it is answered.
    async fn exchange(&mut self, request: Request<'_>) -> Result<(End, Usage), SandboxError> {
        if let Some(reason) = &self.ended {
            return Err(SandboxError::Stopped(reason.clone()));
        }
        if self.is_waiting() {
            return Err(CheckpointError::Waiting.into());
        }
        let (operation, data) = request.encode()?;
        if data.len() > REQUEST_BYTES_MAX {
            return Err(SandboxError::Config(format!(
                "the source has {} bytes, the limit is {REQUEST_BYTES_MAX}",
                data.len()
            )));
        }
        // Should the future be dropped half-way, the sandbox is in no state to go on.
        self.ended = Some(ABANDONED.to_owned());
        let calls_before = self.begin()?;
        self.perform(Step::Request(operation, &data), calls_before).await
    }

    /// Enters the guest, again and again while it has to wait, and concludes the run.
    async fn perform(&mut self, step: Step<'_>, calls_before: u64) -> Result<(End, Usage), SandboxError> {
        let gate = Arc::clone(&self.store.data().gate);
        let result = Metered::new(&gate, self.converse(step, calls_before)).await;
        self.ended = None;
        self.conclude(result, calls_before)
    }

    /// Begins a cell. Returns how many host calls there were before.
    fn begin(&mut self) -> Result<u64, SandboxError> {
        let guest = self.store.data_mut();
        guest.output.written = 0;
        guest.memory_refused = false;
        guest.struck = None;
        guest.limit_message.clear();
        read_clock(guest, ClockId::Realtime).map_err(internal)?;
        let calls_before = guest.host_calls;
        self.open_gate()?;
        Ok(calls_before)
    }

    /// Lets the guest run, within its limits of time.
    #[expect(clippy::disallowed_methods, reason = "limits are about real time")]
    fn open_gate(&mut self) -> Result<(), SandboxError> {
        let limits = &self.limits;
        let deadlines = Deadlines { wall: limits.wall_time, cpu: limits.cpu_time, grace: limits.grace };
        attach_memory(&mut *self.store, self.handles.memory);
        let gate = &self.store.data().gate;
        if let Some(due) = gate.begin(Instant::now(), deadlines) {
            self.engine.watchdog().watch(gate, due);
        }
        // The cell can be interrupted by now: a host may have it be so before it begins.
        let trip = self.store.data_mut().host.next_interrupt().unwrap_or(u64::MAX);
        self.handles.trip.set(&mut *self.store, Val::I64(trip.cast_signed())).map_err(internal)
    }

    /// Enters the guest, again and again while it has to wait. Returns where its last answer lies.
    async fn converse(&mut self, step: Step<'_>, calls_before: u64) -> wasmtime::Result<Option<(u32, u32)>> {
        let mut reply = match step {
            Step::Request(operation, data) => self.enter(operation, data).await?,
            Step::Wait(duration) => self.wait(duration).await?,
        };
        while let Some((address, size)) = reply {
            let Some(duration) = self.wait_asked(address, size) else { break };
            self.tell_waiting(Pending { duration, calls_before });
            reply = self.wait(duration).await?;
        }
        Ok(reply)
    }

    /// Has the host wait, and goes on with the cell.
    async fn wait(&mut self, duration: Option<Duration>) -> wasmtime::Result<Option<(u32, u32)>> {
        tools::wait(self.store.data_mut(), duration).await?;
        self.enter(reply::RESUME, &[]).await
    }

    /// Calls the guest once. Returns where its answer lies; `None` if it has nothing to say.
    async fn enter(&mut self, operation: u32, data: &[u8]) -> wasmtime::Result<Option<(u32, u32)>> {
        let length = u32::try_from(data.len()).expect("the length of a request was checked");
        let address = if data.len() <= BUFFER_BYTES {
            self.handles.buffer
        } else {
            self.handles.malloc.call_async(&mut *self.store, length).await?
        };
        if address == 0 {
            return Err(GuestEnd::Abort("no memory for the source".to_owned()).into());
        }
        self.handles.memory.write(&mut *self.store, address as usize, data)?;
        let status = self.handles.enter.call_async(&mut *self.store, (operation, address, length)).await;
        self.store.data_mut().host.flush();
        let status = status?;
        if address != self.handles.buffer {
            self.handles.free.call_async(&mut *self.store, address).await?;
        }
        match status {
            0 => Ok(None),
            1 => {
                let data = self.handles.reply_data.call_async(&mut *self.store, ()).await?;
                let size = self.handles.reply_size.call_async(&mut *self.store, ()).await?;
                Ok(Some((data, size)))
            }
            2 if self.store.data().struck.is_some() => Err(GuestEnd::Struck.into()),
            3 => Err(GuestEnd::Abort("no memory for the source".to_owned()).into()),
            _ => Err(GuestEnd::Abort("the guest's own part failed".to_owned()).into()),
        }
    }

    /// If the guest's answer is that it has to wait, returns how long.
    fn wait_asked(&mut self, address: u32, size: u32) -> Option<Option<Duration>> {
        // The watchdog may have taken the memory away: then there is nothing to read, and the next call will tell.
        let gate = Arc::clone(&self.store.data().gate);
        if !gate.leave_guest() {
            return None;
        }
        let memory = self.handles.memory.data(&*self.store);
        reply::wait_asked(crate::abi::pointer::slice(memory, address, size).ok()?)
    }

    #[expect(clippy::disallowed_methods, reason = "limits are about real time")]
    fn conclude(
        &mut self,
        result: wasmtime::Result<Option<(u32, u32)>>,
        calls_before: u64,
    ) -> Result<(End, Usage), SandboxError> {
        let gate = Arc::clone(&self.store.data().gate);
        let ended = gate.end(Instant::now());
        let memory = self.handles.memory.data(&*self.store);
        let usage = Usage {
            wall_time: ended.wall,
            cpu_time: ended.cpu,
            memory_bytes: memory.len() as u64,
            output_bytes: self.store.data().output.written,
            host_calls: self.store.data().host_calls - calls_before,
        };
        let end = match (ended.stopped, result) {
            (Some(reason), _) => End::Stopped(reason, None),
            (None, Ok(None)) => End::Answer(Answer::default()),
            (None, Ok(Some((address, size)))) => {
                let bytes = crate::abi::pointer::slice(memory, address, size).ok();
                let bytes = bytes.filter(|bytes| bytes.len() <= ANSWER_BYTES_MAX);
                let answer = bytes.ok_or_else(|| "it lies outside of its memory".to_owned()).and_then(reply::decode);
                match answer {
                    Ok(mut answer) => {
                        // Python has one class for both. Which limit it was the interrupt says, in a replay, too.
                        if let Some(error) = &mut answer.error
                            && error.limit == Some(LimitKind::Time)
                            && self.store.data().limit_message.starts_with(CPU_EXCEEDED)
                        {
                            error.limit = Some(LimitKind::Cpu);
                        }
                        End::Answer(answer)
                    }
                    Err(error) => {
                        self.end("its answers cannot be read");
                        return Err(SandboxError::Tampered(error));
                    }
                }
            }
            (None, Err(error)) => self.fault(&error)?,
        };
        match &end {
            End::Answer(_) => {}
            End::Exit(code) => self.end(&format!("its program ended it with status {code}")),
            End::Stopped(reason, _) => self.end(&format!("{reason:?}").to_lowercase()),
        }
        Ok((end, usage))
    }

    /// Tells what a failed call means.
    fn fault(&mut self, error: &wasmtime::Error) -> Result<End, SandboxError> {
        let exhausted = self.store.data().memory_refused;
        if let Some(end) = error.downcast_ref::<GuestEnd>() {
            return Ok(match end {
                GuestEnd::Exit(code) => End::Exit(*code),
                GuestEnd::Abort(_) if exhausted => End::Stopped(StopReason::Memory, None),
                GuestEnd::Abort(message) => End::Stopped(StopReason::Abort, Some(format!("{message}\n"))),
                GuestEnd::Unreachable(_) => End::Stopped(StopReason::Trap, Some(format!("{end}\n"))),
                GuestEnd::Struck => {
                    let guest = self.store.data();
                    End::Answer(reply::struck(guest.struck.unwrap_or_default(), &guest.limit_message))
                }
                GuestEnd::Stopped => End::Stopped(StopReason::Cancelled, None),
            });
        }
        if let Some(trap) = error.downcast_ref::<Trap>() {
            return Ok(match trap {
                Trap::StackOverflow => End::Stopped(StopReason::Stack, None),
                _ if exhausted => End::Stopped(StopReason::Memory, None),
                _ => End::Stopped(StopReason::Trap, Some(format!("{trap}\n"))),
            });
        }
        self.end("its host failed");
        Err(internal_ref(error))
    }

    fn end(&mut self, reason: &str) {
        self.ended.get_or_insert_with(|| reason.to_owned());
    }

    /// Returns how many interpreter checks it has made.
    #[must_use]
    pub fn checks(&mut self) -> u64 {
        match self.handles.checks.get(&mut *self.store) {
            Val::I64(checks) => checks.cast_unsigned(),
            _ => 0,
        }
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        self.store.data().gate.detach();
        #[expect(unsafe_code, reason = "a field cannot be moved out of what is dropped")]
        // SAFETY: it is taken here alone, and not used after that.
        let store = unsafe { ManuallyDrop::take(&mut self.store) };
        // One that has ended by other ways than the end of a cell may have been left half-way.
        if self.ended.is_none() {
            self.engine.spare_instances().keep(&self.engine, store, self.handles.clone());
        }
    }
}

impl std::fmt::Debug for Sandbox {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Sandbox").field("engine", &self.engine).field("ended", &self.ended).finish_non_exhaustive()
    }
}

/// What an operating system keeps of an exit status.
fn exit_code(code: i64) -> u8 {
    (code & 0xff) as u8
}

fn internal(error: wasmtime::Error) -> SandboxError {
    internal_ref(&error)
}

fn internal_ref(error: &wasmtime::Error) -> SandboxError {
    SandboxError::Host(format!("{error:#}"))
}
