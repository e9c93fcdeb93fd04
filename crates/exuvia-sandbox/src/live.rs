//! The host that answers from the real world, as far as it is told to.

mod background;
mod fetch;
mod folder;
mod random;
mod stdin;

use std::future::poll_fn;
use std::pin::pin;
use std::task::{Context, Poll, Waker};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use exuvia_core::{
    ClockId, Host, HostAnswer, HostCall, Mount, MountFault, MountReply, MountRequest, Reply, Stream, ToolFailure,
    ToolFailureKind, ToolFuture, ToolRunner,
};

use crate::engine::Engine;
use crate::error::SandboxError;
use crate::interrupts::Watchdog;
use background::Background;

pub use fetch::{Fetch, FetchLimits, FetchMount, Fetched};
pub use folder::{ApplyError, Folder, export};
pub use random::RandomStream;
pub use stdin::Stdin;

/// How much a virtual clock goes on at each reading.
const VIRTUAL_TICK: Duration = Duration::from_micros(1);

/// What time it is in a sandbox.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Clock {
    /// The time of this machine.
    #[default]
    Real,
    /// A clock of the sandbox's own: it starts here (nanoseconds since 1970-01-01 00:00 UTC), goes on by a microsecond at
    /// each reading, and by the time asked for at each wait, which takes no real time.
    Virtual(i64),
}

type Sink = Box<dyn FnMut(Stream, &[u8]) + Send>;

/// Answers a sandbox from the real world: clock, randomness from a seed, stdin, output, folders.
pub struct LiveHost {
    watchdog: Watchdog,
    clock: Clock,
    started: Instant,
    /// What a virtual clock has gone on by.
    passed: Duration,
    random: RandomStream,
    stdin: Stdin,
    sink: Option<Sink>,
    mounts: Vec<Box<dyn Mount>>,
    tools: Option<Box<dyn ToolRunner>>,
    background: Background,
}

/// Makes a [`LiveHost`].
#[derive(Default)]
pub struct LiveHostBuilder {
    clock: Clock,
    seed: Option<[u8; 32]>,
    stdin: Stdin,
    sink: Option<Sink>,
    mounts: Vec<Box<dyn Mount>>,
    tools: Option<Box<dyn ToolRunner>>,
}

impl LiveHost {
    /// Begins to make a host: real time, a seed from the operating system, no input, output nowhere, no folders.
    #[must_use]
    pub fn builder() -> LiveHostBuilder {
        LiveHostBuilder::default()
    }
}

impl LiveHostBuilder {
    /// Sets the clock.
    #[must_use]
    pub fn clock(mut self, clock: Clock) -> Self {
        self.clock = clock;
        self
    }

    /// Sets the seed of all randomness, so that it repeats. Never do so where a program makes secrets.
    #[must_use]
    pub fn seed(self, seed: u64) -> Self {
        self.seed_bytes(RandomStream::seed(seed))
    }

    /// Sets the seed of all randomness as a whole: see [`RandomStream`].
    #[must_use]
    pub fn seed_bytes(mut self, seed: [u8; 32]) -> Self {
        self.seed = Some(seed);
        self
    }

    /// Sets what the program reads from stdin.
    #[must_use]
    pub fn stdin(mut self, stdin: Stdin) -> Self {
        self.stdin = stdin;
        self
    }

    /// Sets who is given the program's output as it comes, at most 64 KiB at a time.
    #[must_use]
    pub fn output(mut self, sink: impl FnMut(Stream, &[u8]) + Send + 'static) -> Self {
        self.sink = Some(Box::new(sink));
        self
    }

    /// Adds who answers for the next mount: a [`Folder`], say.
    #[must_use]
    pub fn mount(mut self, mount: impl Mount + 'static) -> Self {
        self.mounts.push(Box::new(mount));
        self
    }

    /// Sets who runs the sandbox's tools. Default: nobody; every call fails.
    #[must_use]
    pub fn tools(mut self, runner: impl ToolRunner + 'static) -> Self {
        self.tools = Some(Box::new(runner));
        self
    }

    /// Makes the host, for sandboxes of this engine.
    ///
    /// # Errors
    ///
    /// [`SandboxError::Host`] if the operating system gives no random seed.
    #[expect(clippy::disallowed_methods, reason = "this is where real time enters")]
    pub fn build(self, engine: &Engine) -> Result<LiveHost, SandboxError> {
        let seed = match self.seed {
            Some(seed) => seed,
            None => {
                let mut seed = [0; 32];
                getrandom::fill(&mut seed)
                    .map_err(|error| SandboxError::Host(format!("the system gives no random seed: {error}")))?;
                seed
            }
        };
        Ok(LiveHost {
            watchdog: engine.watchdog().clone(),
            clock: self.clock,
            started: Instant::now(),
            passed: Duration::ZERO,
            random: RandomStream::new(seed, 0),
            stdin: self.stdin,
            sink: self.sink,
            mounts: self.mounts,
            tools: self.tools,
            background: Background::default(),
        })
    }
}

impl LiveHost {
    #[expect(clippy::disallowed_methods, reason = "this is where real time enters")]
    fn now(&mut self, clock: ClockId) -> i64 {
        let nanoseconds = match (self.clock, clock) {
            (Clock::Real, ClockId::Realtime) => match SystemTime::now().duration_since(UNIX_EPOCH) {
                Ok(since) => i128::try_from(since.as_nanos()).unwrap_or(i128::MAX),
                Err(before) => -i128::try_from(before.duration().as_nanos()).unwrap_or(i128::MAX),
            },
            (Clock::Real, ClockId::Monotonic | ClockId::Cpu) => {
                i128::try_from(self.started.elapsed().as_nanos()).unwrap_or(i128::MAX)
            }
            (Clock::Virtual(start), clock) => {
                self.passed = self.passed.saturating_add(VIRTUAL_TICK);
                let passed = i128::try_from(self.passed.as_nanos()).unwrap_or(i128::MAX);
                if clock == ClockId::Realtime { passed.saturating_add(i128::from(start)) } else { passed }
            }
        };
        i64::try_from(nanoseconds).unwrap_or(if nanoseconds < 0 { i64::MIN } else { i64::MAX })
    }

    /// Waits for the time or for the end of a call that was started, whichever comes first. By a virtual clock calls take
    /// no time: their end comes before any time passes.
    fn wait(&mut self, duration: Option<Duration>) -> Reply {
        let background = self.background.clone();
        let idle = background.is_empty();
        let passes = match (self.clock, duration) {
            (_, Some(Duration::ZERO)) => {
                let ended = background.poll_ended(&mut Context::from_waker(Waker::noop()));
                return match ended {
                    Poll::Ready(calls) => HostAnswer::Finished(calls).into(),
                    Poll::Pending => HostAnswer::Done.into(),
                };
            }
            (Clock::Virtual(_), Some(duration)) if idle => {
                self.passed = self.passed.saturating_add(duration);
                return HostAnswer::Done.into();
            }
            (Clock::Virtual(_), _) | (_, None) => None,
            (Clock::Real, Some(duration)) => Some(self.watchdog.sleep(duration)),
        };
        Reply::Later(Box::pin(async move {
            let mut passes = pin!(async move {
                match passes {
                    Some(sleep) => sleep.await,
                    None => std::future::pending().await,
                }
            });
            poll_fn(|context| {
                if let Poll::Ready(calls) = background.poll_ended(context) {
                    return Poll::Ready(HostAnswer::Finished(calls));
                }
                passes.as_mut().poll(context).map(|()| HostAnswer::Done)
            })
            .await
        }))
    }

    fn call_tool(&mut self, tool: &str, arguments: &str) -> ToolFuture {
        match &mut self.tools {
            Some(runner) => runner.call(tool, arguments),
            None => nobody_runs(tool),
        }
    }
}

fn nobody_runs(tool: &str) -> ToolFuture {
    let failure = ToolFailure::new(ToolFailureKind::Failed, format!("nobody runs the tool `{tool}` here"));
    Box::pin(std::future::ready(Err(failure)))
}

impl LiveHost {
    fn ask_mount(&mut self, request: &MountRequest) -> Reply {
        let Some(mount) = self.mounts.get_mut(request.mount as usize) else {
            return HostAnswer::Mount(Err(MountFault::NotFound)).into();
        };
        match mount.answer(&request.operation) {
            MountReply::Now(outcome) => HostAnswer::Mount(outcome).into(),
            MountReply::Later(outcome) => Reply::Later(Box::pin(async move { HostAnswer::Mount(outcome.await) })),
        }
    }
}

impl Host for LiveHost {
    fn call(&mut self, call: HostCall<'_>) -> Reply {
        match call {
            HostCall::Clock(clock) => HostAnswer::Time(self.now(clock)).into(),
            HostCall::Random { length } => HostAnswer::Bytes(self.random.draw(length)).into(),
            HostCall::Output { stream, bytes } => {
                if let Some(sink) = &mut self.sink {
                    sink(stream, bytes);
                }
                HostAnswer::Done.into()
            }
            HostCall::Input { length_max } => self.stdin.read(length_max),
            HostCall::Wait { duration } => self.wait(duration),
            HostCall::Tool { tool, arguments } => {
                let outcome = self.call_tool(tool, arguments);
                Reply::Later(Box::pin(async move { HostAnswer::Tool(outcome.await) }))
            }
            HostCall::Help { tool } => {
                let help = match &mut self.tools {
                    Some(runner) => runner.help(tool),
                    None => nobody_runs(tool),
                };
                Reply::Later(Box::pin(async move { HostAnswer::Tool(help.await) }))
            }
            HostCall::Start { call, tool, arguments } => {
                let outcome = self.call_tool(tool, arguments);
                self.background.start(call, outcome);
                HostAnswer::Done.into()
            }
            HostCall::Cancel { call } => {
                self.background.cancel(call);
                HostAnswer::Done.into()
            }
            HostCall::Mount(request) => self.ask_mount(request),
            HostCall::Interrupt { due, .. } => HostAnswer::Interrupt(due.cloned()).into(),
        }
    }

    fn read_mount(
        &mut self,
        mount: u32,
        path: &[u8],
        offset: u64,
        buffer: &mut [u8],
    ) -> Option<Result<(), MountFault>> {
        self.mounts.get_mut(mount as usize)?.read_into(path, offset, buffer)
    }
}

impl std::fmt::Debug for LiveHost {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("LiveHost").field("clock", &self.clock).finish_non_exhaustive()
    }
}

impl std::fmt::Debug for LiveHostBuilder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("LiveHostBuilder").field("clock", &self.clock).finish_non_exhaustive()
    }
}
