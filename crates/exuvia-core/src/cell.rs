//! A cell's outcome: what running one piece of Python gave.
//!
//! What stands in an [`Outcome`] below [`status`](Outcome::status) was told by the guest, which may lie about itself:
//! it is bounded and well-formed, and nothing more.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::limits::LimitKind;

/// What running one cell (or one script) gave.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Outcome {
    /// How it ended.
    #[serde(flatten)]
    pub status: Status,
    /// What was written to stdout, unless capturing was switched off; bytes that are not UTF-8 are replaced.
    pub stdout: String,
    /// What was written to stderr, likewise.
    pub stderr: String,
    /// The value of the last statement, if it was an expression and its value not `None`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<Value>,
    /// The exception that ended it, if one did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<Box<ErrorReport>>,
    /// What it used.
    pub usage: Usage,
}

impl Outcome {
    /// Returns the outcome of a cell that was stopped, and of which nothing else is known.
    #[must_use]
    pub fn stopped(reason: StopReason) -> Self {
        let status = Status::Stopped { reason };
        Self { status, stdout: String::new(), stderr: String::new(), value: None, error: None, usage: Usage::default() }
    }
}

/// How a cell ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "status", rename_all = "snake_case")]
pub enum Status {
    /// It ran to its end.
    Finished,
    /// An exception was not caught; the session lives on. [`Outcome::error`] has it.
    Raised,
    /// It asked to exit (`sys.exit`, `SystemExit`); the session lives on unless it was `os._exit`.
    Exited {
        /// The exit status, 0–255.
        code: u8,
    },
    /// It was stopped from outside, and its sandbox with it.
    Stopped {
        /// Why.
        reason: StopReason,
    },
}

/// Why a sandbox was stopped for good.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StopReason {
    /// The wall time was up and the code did not end within the grace period.
    Time,
    /// The processor time was up and the code did not end within the grace period.
    Cpu,
    /// The host cancelled it and the code did not end within the grace period.
    Cancelled,
    /// The WebAssembly stack was exhausted.
    Stack,
    /// Memory was exhausted where the interpreter could not recover.
    Memory,
    /// The program ended its own process (`os.abort()`, a fatal interpreter error).
    Abort,
    /// A memory access outside the sandbox's memory, an undefined instruction or another trap.
    Trap,
}

impl StopReason {
    /// Returns the limit that this reason stands for, if it is one.
    #[must_use]
    pub fn limit(self) -> Option<LimitKind> {
        match self {
            Self::Time => Some(LimitKind::Time),
            Self::Cpu => Some(LimitKind::Cpu),
            Self::Memory => Some(LimitKind::Memory),
            Self::Cancelled | Self::Stack | Self::Abort | Self::Trap => None,
        }
    }
}

/// A value as its own `repr`, and in the forms that it offers to those who would rather look than read.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Value {
    /// Python's `repr`, at most 1 MiB.
    pub repr: String,
    /// The name of its type.
    #[serde(rename = "type")]
    pub type_name: String,
    /// The value as JSON, where that loses nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub json: Option<serde_json::Value>,
    /// Rich forms by media type (`image/png` in base64, `image/svg+xml`, `text/html`, `text/markdown`, …).
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub rich: BTreeMap<String, serde_json::Value>,
    /// Whether `repr` was cut to its bound.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub truncated: bool,
}

/// An exception that was not caught.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ErrorReport {
    /// The type's name as a traceback prints it (`ValueError`, `json.decoder.JSONDecodeError`).
    #[serde(rename = "type")]
    pub type_name: String,
    /// The exception as a string.
    pub message: String,
    /// What was added with `add_note`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
    /// The frames it passed, outermost first; at most 100.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub frames: Vec<Frame>,
    /// The exception that it was raised from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cause: Option<Box<ErrorReport>>,
    /// The exception during whose handling it was raised.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub context: Option<Box<ErrorReport>>,
    /// The members of an exception group.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub group: Vec<ErrorReport>,
    /// Where the syntax is wrong, for a `SyntaxError`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub syntax: Option<SyntaxDetail>,
    /// The whole traceback as CPython prints it.
    #[serde(default)]
    pub traceback: String,
    /// The limit that raised it, if one did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<LimitKind>,
}

/// One frame of a traceback.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Frame {
    /// The file, or `<cell N>`.
    pub file: String,
    /// The line, from 1.
    #[serde(default)]
    pub line: Option<u64>,
    /// The last line of the span.
    #[serde(default)]
    pub end_line: Option<u64>,
    /// The first column of the span, in characters from 1.
    #[serde(default)]
    pub column: Option<u64>,
    /// The column after the span.
    #[serde(default)]
    pub end_column: Option<u64>,
    /// The function's name, `<module>` at the top.
    pub function: String,
    /// The source line, if it is known.
    #[serde(default)]
    pub source: Option<String>,
}

/// Where the syntax is wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SyntaxDetail {
    /// The file, or `<cell N>`.
    #[serde(default)]
    pub file: Option<String>,
    /// The line, from 1.
    #[serde(default)]
    pub line: Option<u64>,
    /// The column, from 1.
    #[serde(default)]
    pub column: Option<u64>,
    /// The offending line.
    #[serde(default)]
    pub text: Option<String>,
}

/// What a cell used.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Usage {
    /// Time by the wall's clock, waiting included.
    #[serde(rename = "wall_seconds", with = "seconds")]
    pub wall_time: Duration,
    /// Processor time of the thread that ran it.
    #[serde(rename = "cpu_seconds", with = "seconds")]
    pub cpu_time: Duration,
    /// The size of the linear memory at its end, in bytes; it never shrinks.
    pub memory_bytes: u64,
    /// Bytes written to stdout and stderr.
    pub output_bytes: u64,
    /// How often it asked the host for something.
    pub host_calls: u64,
}

mod seconds {
    use std::time::Duration;

    use serde::{Deserialize, Deserializer, Serializer};

    pub(super) fn serialize<S: Serializer>(value: &Duration, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_f64(value.as_secs_f64())
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Duration, D::Error> {
        let seconds = f64::deserialize(deserializer)?;
        Duration::try_from_secs_f64(seconds).map_err(serde::de::Error::custom)
    }
}
