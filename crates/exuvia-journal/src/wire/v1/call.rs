//! What was asked, and what was answered.

use exuvia_core::journal::StoreError;
use exuvia_core::{
    ClockId as CoreClock, FinishedCall, HostAnswer, Interrupt as CoreInterrupt, Stream as CoreStream, ToolFailure,
    ToolFailureKind, ToolOutcome, recording,
};
use serde::{Deserialize, Serialize};

use super::super::{Fetch, Unreadable};
use super::mount::{MountOutcome, Operation};
use super::payload::{Bytes, Encoder, Span, Text};

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub(super) enum Asked<'a> {
    Clock(Clock),
    Random { length: u32 },
    Output { stream: Stream, bytes: Bytes<'a> },
    Input { length_max: u32 },
    Wait { duration: Option<Span> },
    Tool { tool: Text<'a>, arguments: Text<'a> },
    Help { tool: Text<'a> },
    Start { call: u64, tool: Text<'a>, arguments: Text<'a> },
    Cancel { call: u64 },
    Mount { mount: u32, operation: Operation<'a> },
    Interrupt { checks: u64 },
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub(super) enum Answer<'a> {
    Done,
    Interrupted,
    Time(i64),
    Bytes(Bytes<'a>),
    Finished(Vec<Finished<'a>>),
    Tool(ToolEnd<'a>),
    Mount(MountOutcome<'a>),
    Interrupt(Option<Interrupt<'a>>),
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Finished<'a> {
    call: u64,
    outcome: ToolEnd<'a>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub(super) enum ToolEnd<'a> {
    Result(Text<'a>),
    Failure { kind: FailureKind, message: Text<'a>, hint: Option<Text<'a>>, retry: bool },
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum FailureKind {
    Argument,
    Denied,
    Failed,
    Timeout,
    Limit,
    Interrupted,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Interrupt<'a> {
    signal: u8,
    message: Text<'a>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Clock {
    Realtime,
    Monotonic,
    Cpu,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Stream {
    Stdout,
    Stderr,
}

impl<'a> Asked<'a> {
    pub(super) fn encode(asked: &'a recording::Asked, encoder: &mut Encoder) -> Result<Self, StoreError> {
        use recording::Asked as Core;
        Ok(match asked {
            Core::Clock(clock) => Self::Clock((*clock).into()),
            Core::Random { length } => Self::Random { length: *length },
            Core::Output { stream, bytes } => Self::Output { stream: (*stream).into(), bytes: encoder.bytes(bytes)? },
            Core::Input { length_max } => Self::Input { length_max: *length_max },
            Core::Wait { duration } => Self::Wait { duration: duration.map(Into::into) },
            Core::Tool { tool, arguments } => {
                Self::Tool { tool: encoder.text(tool)?, arguments: encoder.text(arguments)? }
            }
            Core::Help { tool } => Self::Help { tool: encoder.text(tool)? },
            Core::Start { call, tool, arguments } => {
                Self::Start { call: *call, tool: encoder.text(tool)?, arguments: encoder.text(arguments)? }
            }
            Core::Cancel { call } => Self::Cancel { call: *call },
            Core::Mount(request) => {
                Self::Mount { mount: request.mount, operation: Operation::encode(&request.operation, encoder)? }
            }
            Core::Interrupt { checks } => Self::Interrupt { checks: *checks },
        })
    }

    pub(super) fn decode(self, fetch: &mut Fetch<'_>) -> Result<recording::Asked, Unreadable> {
        use recording::Asked as Core;
        Ok(match self {
            Self::Clock(clock) => Core::Clock(clock.into()),
            Self::Random { length } => Core::Random { length },
            Self::Output { stream, bytes } => Core::Output { stream: stream.into(), bytes: bytes.decode(fetch)? },
            Self::Input { length_max } => Core::Input { length_max },
            Self::Wait { duration } => Core::Wait { duration: Span::decode_option(duration)? },
            Self::Tool { tool, arguments } => {
                Core::Tool { tool: tool.decode(fetch)?, arguments: arguments.decode(fetch)? }
            }
            Self::Help { tool } => Core::Help { tool: tool.decode(fetch)? },
            Self::Start { call, tool, arguments } => {
                Core::Start { call, tool: tool.decode(fetch)?, arguments: arguments.decode(fetch)? }
            }
            Self::Cancel { call } => Core::Cancel { call },
            Self::Mount { mount, operation } => {
                Core::Mount(exuvia_core::MountRequest { mount, operation: operation.decode(fetch)? })
            }
            Self::Interrupt { checks } => Core::Interrupt { checks },
        })
    }
}

impl<'a> Answer<'a> {
    pub(super) fn encode(answer: &'a HostAnswer, encoder: &mut Encoder) -> Result<Self, StoreError> {
        Ok(match answer {
            HostAnswer::Done => Self::Done,
            HostAnswer::Interrupted => Self::Interrupted,
            HostAnswer::Time(nanoseconds) => Self::Time(*nanoseconds),
            HostAnswer::Bytes(bytes) => Self::Bytes(encoder.bytes(bytes)?),
            HostAnswer::Finished(calls) => {
                let finished = |call: &'a FinishedCall| {
                    Ok(Finished { call: call.call, outcome: ToolEnd::encode(&call.outcome, encoder)? })
                };
                Self::Finished(calls.iter().map(finished).collect::<Result<_, StoreError>>()?)
            }
            HostAnswer::Tool(outcome) => Self::Tool(ToolEnd::encode(outcome, encoder)?),
            HostAnswer::Mount(outcome) => Self::Mount(MountOutcome::encode(outcome, encoder)?),
            HostAnswer::Interrupt(interrupt) => {
                let interrupt = interrupt.as_ref().map(|interrupt| Interrupt::encode(interrupt, encoder));
                Self::Interrupt(interrupt.transpose()?)
            }
        })
    }

    pub(super) fn decode(self, fetch: &mut Fetch<'_>) -> Result<HostAnswer, Unreadable> {
        Ok(match self {
            Self::Done => HostAnswer::Done,
            Self::Interrupted => HostAnswer::Interrupted,
            Self::Time(nanoseconds) => HostAnswer::Time(nanoseconds),
            Self::Bytes(bytes) => HostAnswer::Bytes(bytes.decode(fetch)?),
            Self::Finished(calls) => {
                let finished =
                    |call: Finished<'_>| Ok(FinishedCall { call: call.call, outcome: call.outcome.decode(fetch)? });
                HostAnswer::Finished(calls.into_iter().map(finished).collect::<Result<_, Unreadable>>()?)
            }
            Self::Tool(outcome) => HostAnswer::Tool(outcome.decode(fetch)?),
            Self::Mount(outcome) => HostAnswer::Mount(outcome.decode(fetch)?),
            Self::Interrupt(interrupt) => {
                HostAnswer::Interrupt(interrupt.map(|interrupt| interrupt.decode(fetch)).transpose()?)
            }
        })
    }
}

impl<'a> ToolEnd<'a> {
    fn encode(outcome: &'a ToolOutcome, encoder: &mut Encoder) -> Result<Self, StoreError> {
        Ok(match outcome {
            Ok(result) => Self::Result(encoder.text(result)?),
            Err(failure) => Self::Failure {
                kind: failure.kind.into(),
                message: encoder.text(&failure.message)?,
                hint: failure.hint.as_deref().map(|hint| encoder.text(hint)).transpose()?,
                retry: failure.retry,
            },
        })
    }

    fn decode(self, fetch: &mut Fetch<'_>) -> Result<ToolOutcome, Unreadable> {
        Ok(match self {
            Self::Result(result) => Ok(result.decode(fetch)?),
            Self::Failure { kind, message, hint, retry } => Err(ToolFailure {
                kind: kind.into(),
                message: message.decode(fetch)?,
                hint: hint.map(|hint| hint.decode(fetch)).transpose()?,
                retry,
            }),
        })
    }
}

impl<'a> Interrupt<'a> {
    pub(super) fn encode(interrupt: &'a CoreInterrupt, encoder: &mut Encoder) -> Result<Self, StoreError> {
        Ok(Self { signal: interrupt.signal, message: encoder.text(&interrupt.message)? })
    }

    pub(super) fn decode(self, fetch: &mut Fetch<'_>) -> Result<CoreInterrupt, Unreadable> {
        Ok(CoreInterrupt { signal: self.signal, message: self.message.decode(fetch)? })
    }
}

/// Writes the conversions between two enums whose variants have the same names and hold nothing.
macro_rules! same_variants {
    ($wire:ty, $core:ty: $($variant:ident),+) => {
        impl From<$core> for $wire {
            fn from(core: $core) -> Self {
                match core { $(<$core>::$variant => Self::$variant),+ }
            }
        }

        impl From<$wire> for $core {
            fn from(wire: $wire) -> Self {
                match wire { $(<$wire>::$variant => Self::$variant),+ }
            }
        }
    };
}
pub(super) use same_variants;

same_variants!(Clock, CoreClock: Realtime, Monotonic, Cpu);
same_variants!(Stream, CoreStream: Stdout, Stderr);
same_variants!(FailureKind, ToolFailureKind: Argument, Denied, Failed, Timeout, Limit, Interrupted);
