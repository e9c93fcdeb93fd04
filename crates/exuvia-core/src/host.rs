//! The one typed boundary between a sandbox and everything else.
//!
//! Whatever the guest cannot compute from its own memory is asked for with one [`HostCall`] and answered by one
//! [`Host`]. That makes a session recordable (write the answers down) and replayable (give them again): see
//! [`crate::recording`].
//!
//! A hostile guest can make any of these calls at any time, in any order and as often as it likes. The sandbox bounds
//! the sizes below before a call reaches a host; a host bounds the rest.

use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::mount::{MountFault, MountOutcome, MountRequest};
use crate::tool::{FinishedCall, ToolOutcome};

/// Something that a sandbox asks of its host.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum HostCall<'a> {
    /// Reads a clock. Answer: [`HostAnswer::Time`].
    Clock(ClockId),
    /// Asks for random bytes. Answer: [`HostAnswer::Bytes`] of exactly this length.
    Random {
        /// How many, at most 65,536.
        length: u32,
    },
    /// Writes to a standard stream. Answer: [`HostAnswer::Done`].
    Output {
        /// Which stream.
        stream: Stream,
        /// What, at most 64 KiB a call; any bytes.
        bytes: &'a [u8],
    },
    /// Reads from stdin. Answer: [`HostAnswer::Bytes`], empty at the end, or [`HostAnswer::Interrupted`].
    Input {
        /// The most bytes wanted, at most 65,536.
        length_max: u32,
    },
    /// Waits. Answer: [`HostAnswer::Done`] when the time has passed, [`HostAnswer::Finished`] when calls that were
    /// started have ended before that, or [`HostAnswer::Interrupted`].
    Wait {
        /// How long; `None`: until something happens.
        duration: Option<Duration>,
    },
    /// Calls a tool and waits for its end. Answer: [`HostAnswer::Tool`], or [`HostAnswer::Interrupted`].
    Tool {
        /// The tool's name.
        tool: &'a str,
        /// Its arguments, at most [`TOOL_TEXT_BYTES_MAX`](crate::tool::TOOL_TEXT_BYTES_MAX) bytes; any text.
        arguments: &'a str,
    },
    /// Asks for a tool's long help, such as what its program says of itself. Only of tools that
    /// [declare](crate::ToolDeclaration::help) to have one. Answer: [`HostAnswer::Tool`], or [`HostAnswer::Interrupted`].
    Help {
        /// The tool's name.
        tool: &'a str,
    },
    /// Starts a call of a tool in the background; a later `Wait` tells its end. Answer: [`HostAnswer::Done`].
    Start {
        /// The call's number, which no other call of the sandbox has had. At most
        /// [`TOOL_CALLS_MAX`](crate::tool::TOOL_CALLS_MAX) have begun and not ended.
        call: u64,
        /// The tool's name.
        tool: &'a str,
        /// Its arguments, as to `Tool`.
        arguments: &'a str,
    },
    /// Cancels a call that was started: its end will not be told. Answer: [`HostAnswer::Done`].
    Cancel {
        /// The call's number.
        call: u64,
    },
    /// Asks what is in a mount. Answer: [`HostAnswer::Mount`].
    Mount(&'a MountRequest),
    /// The guest has reached an interpreter check at which an interrupt may be due.
    /// Answer: [`HostAnswer::Interrupt`].
    Interrupt {
        /// How many checks the sandbox has made since its image was restored: where a replay delivers it again.
        checks: u64,
        /// What the sandbox has found to be due: a limit, a cancellation. A live host answers with it; a replay answers
        /// with what was recorded at this check.
        due: Option<&'a Interrupt>,
    },
}

impl HostCall<'_> {
    /// Returns the call's name: its variant in lower case.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Clock(_) => "clock",
            Self::Random { .. } => "random",
            Self::Output { .. } => "output",
            Self::Input { .. } => "input",
            Self::Wait { .. } => "wait",
            Self::Tool { .. } => "tool",
            Self::Help { .. } => "help",
            Self::Start { .. } => "start",
            Self::Cancel { .. } => "cancel",
            Self::Mount(_) => "mount",
            Self::Interrupt { .. } => "interrupt",
        }
    }
}

/// Which clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClockId {
    /// Nanoseconds since 1970-01-01 00:00 UTC.
    Realtime,
    /// Nanoseconds since some moment before the sandbox began; never goes back.
    Monotonic,
    /// Nanoseconds of processor time that the sandbox used.
    Cpu,
}

/// A standard stream that the guest writes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stream {
    /// File descriptor 1.
    Stdout,
    /// File descriptor 2.
    Stderr,
}

/// An interrupt that is due.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Interrupt {
    /// The signal that carries it into Python: 2 (`SIGINT`), 24 (`SIGXCPU`), 25 (`SIGXFSZ`).
    pub signal: u8,
    /// What the exception says.
    pub message: String,
}

/// What a host answers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HostAnswer {
    /// It was done.
    Done,
    /// It was not done (or not to its end) because an interrupt is due.
    Interrupted,
    /// Nanoseconds, to [`HostCall::Clock`].
    Time(i64),
    /// Bytes, to [`HostCall::Random`] and [`HostCall::Input`].
    Bytes(Vec<u8>),
    /// Calls that have ended, in the order in which they did, to [`HostCall::Wait`]. Never empty.
    Finished(Vec<FinishedCall>),
    /// To [`HostCall::Tool`] and [`HostCall::Help`].
    Tool(ToolOutcome),
    /// To [`HostCall::Mount`].
    Mount(MountOutcome),
    /// To [`HostCall::Interrupt`]: the interrupt that is due, if any.
    Interrupt(Option<Interrupt>),
}

/// An answer now, or the promise of one.
pub enum Reply {
    /// The answer.
    Now(HostAnswer),
    /// The answer comes later; until then the sandbox waits without holding a thread.
    Later(Pin<Box<dyn Future<Output = HostAnswer> + Send>>),
}

impl std::fmt::Debug for Reply {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Now(answer) => f.debug_tuple("Now").field(answer).finish(),
            Self::Later(_) => f.write_str("Later(..)"),
        }
    }
}

impl From<HostAnswer> for Reply {
    fn from(answer: HostAnswer) -> Self {
        Self::Now(answer)
    }
}

/// Whoever answers a sandbox's calls: live, recording, or replaying.
pub trait Host: Send {
    /// Answers one call. `Clock`, `Random`, `Output`, `Start`, `Cancel` and `Interrupt` must be answered [`Now`](Reply::Now).
    fn call(&mut self, call: HostCall<'_>) -> Reply;

    /// Reads a part of a mount's file straight into the program's memory, where the host can do so at once and need not
    /// write down what it answers: fills all of `buffer`, as [`MountOperation::Read`](crate::MountOperation::Read) would.
    /// `None`: the host is to be called in the usual way.
    fn read_mount(
        &mut self,
        _mount: u32,
        _path: &[u8],
        _offset: u64,
        _buffer: &mut [u8],
    ) -> Option<Result<(), MountFault>> {
        None
    }

    /// Returns the check at which the next interrupt must be delivered, where that is known in advance: in a replay.
    /// Asked when the sandbox begins to run, from when on it can be interrupted, and after each interrupt.
    fn next_interrupt(&mut self) -> Option<u64> {
        None
    }

    /// Does what was put off. Told whenever the sandbox stops running: at the end of a cell, and where one waits.
    fn flush(&mut self) {}
}
