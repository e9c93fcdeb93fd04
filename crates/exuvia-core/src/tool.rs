//! Tools: functions of the host that cells may call.
//!
//! A cell sees an ordinary Python function. Its arguments cross as JSON text, checked against the tool's schema before
//! anything happens; bytes, dates and records cross as the schema says (`contentEncoding: base64`, `format: date`,
//! `format: date-time`, an object). A tool without a schema takes one text and returns one text, as they are.
//!
//! A hostile guest can call any of its tools at any time with any text, past the Python function: whoever runs a tool
//! checks everything, and bounds what the sandbox does not (see [`ToolLimits`]).

pub mod python;

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

/// The longest text of arguments, and the longest result, that ever crosses, in bytes; a tool's own limits may be lower.
pub const TOOL_TEXT_BYTES_MAX: usize = 128 << 20;

/// The most calls that a sandbox may have started and not yet been told the end of.
pub const TOOL_CALLS_MAX: usize = 10_000;

/// What a tool is: what the guest, a policy and a reader are told of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ToolDeclaration {
    /// The name of its Python function: an identifier that is no keyword (see [`is_tool_name`]).
    pub name: String,
    /// What it does: the function's docstring.
    pub description: String,
    /// What it takes and gives.
    pub signature: ToolSignature,
    /// Whether calling it changes nothing.
    #[serde(default)]
    pub read_only: bool,
    /// Whether calling it again with the same arguments does no harm: after a crash such a call may be made again.
    #[serde(default)]
    pub idempotent: bool,
    /// Whether somebody has to agree to each call.
    #[serde(default)]
    pub needs_approval: bool,
    /// Whether it has a long help, such as what its program says of itself, which is made when somebody asks for it.
    #[serde(default)]
    pub help: bool,
    /// What one call, and all calls of a sandbox together, may use.
    #[serde(default)]
    pub limits: ToolLimits,
}

/// What a tool takes and gives.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ToolSignature {
    /// One text in, one text out, both as they are.
    Text,
    /// JSON.
    Json {
        /// The JSON Schema (draft 2020-12) of an object: a property for each parameter, in the order of the parameters.
        parameters: Json,
        /// The JSON Schema of the result; `None`: any JSON value.
        returns: Option<Json>,
    },
}

/// What a tool may use.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ToolLimits {
    /// How long one call may take. Default: 60 s. `None`: as long as the cell.
    pub time: Option<Duration>,
    /// The longest arguments, in bytes of JSON. Default: 64 MiB, at most [`TOOL_TEXT_BYTES_MAX`].
    pub argument_bytes: usize,
    /// The longest result, in bytes of JSON. Default: 64 MiB, at most [`TOOL_TEXT_BYTES_MAX`].
    pub result_bytes: usize,
    /// How many calls a sandbox may make in its life. Default: no limit.
    pub calls: Option<u64>,
    /// How many calls of a sandbox may run at a time; further ones wait for their turn. Default: 1,024.
    pub concurrency: usize,
}

impl Default for ToolLimits {
    fn default() -> Self {
        Self {
            time: Some(Duration::from_secs(60)),
            argument_bytes: 64 << 20,
            result_bytes: 64 << 20,
            calls: None,
            concurrency: 1_024,
        }
    }
}

/// What came of a call: a text (JSON if the tool has a schema), or why there is none.
pub type ToolOutcome = Result<String, ToolFailure>;

/// Why a tool gave no result: in Python, an exception.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ToolFailure {
    /// Which exception it is.
    pub kind: ToolFailureKind,
    /// What went wrong.
    pub message: String,
    /// What to do about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hint: Option<String>,
    /// Whether the same call may succeed later.
    #[serde(default)]
    pub retry: bool,
}

/// Which exception a failure is in Python.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ToolFailureKind {
    /// The arguments are not what the tool takes: `TypeError`.
    Argument,
    /// The call was not allowed: `PermissionError`.
    Denied,
    /// The tool ran and failed, or gave what it must not: `exuvia.ToolError`.
    Failed,
    /// It did not end in time: `exuvia.ToolTimeout`, a `ToolError` and a `TimeoutError`.
    Timeout,
    /// A bound of [`ToolLimits`] was met: `exuvia.ToolError`.
    Limit,
    /// It is not known whether it ran to its end, for the host stopped meanwhile: `exuvia.ToolInterrupted`, a
    /// `ToolError`.
    Interrupted,
}

impl ToolFailure {
    /// Makes a failure that says what went wrong, without a hint.
    #[must_use]
    pub fn new(kind: ToolFailureKind, message: impl Into<String>) -> Self {
        Self { kind, message: message.into(), hint: None, retry: false }
    }

    /// Makes a [`Failed`](ToolFailureKind::Failed) failure of an error, for `map_err`.
    #[must_use]
    pub fn failed(error: impl fmt::Display) -> Self {
        Self::new(ToolFailureKind::Failed, error.to_string())
    }

    /// Adds what to do about it.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// Says that the same call may succeed later.
    #[must_use]
    pub fn retryable(mut self) -> Self {
        self.retry = true;
        self
    }
}

impl fmt::Display for ToolFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)?;
        match &self.hint {
            Some(hint) => write!(f, "\n    hint: {hint}"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for ToolFailure {}

/// The end of a call that was started in the background.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FinishedCall {
    /// The number that the sandbox gave it.
    pub call: u64,
    /// What came of it.
    pub outcome: ToolOutcome,
}

/// What is told later.
pub type ToolFuture = Pin<Box<dyn Future<Output = ToolOutcome> + Send>>;

/// Whoever runs the tools of one sandbox.
pub trait ToolRunner: Send {
    /// Begins a call. The future does the work when it is polled, on any thread; dropping it cancels the call.
    ///
    /// `tool` is one of the names that the sandbox was made with; `arguments` is any text.
    fn call(&mut self, tool: &str, arguments: &str) -> ToolFuture;

    /// Gives a tool's long help. Only asked of tools that [declare](ToolDeclaration::help) to have one, as often as a
    /// guest likes; whoever gives it bounds its time and its length. Default: there is none.
    fn help(&mut self, tool: &str) -> ToolFuture {
        let failure = ToolFailure::failed(format!("the tool `{tool}` has no help"));
        Box::pin(std::future::ready(Err(failure)))
    }
}

/// Returns whether a tool can have this name: an ASCII identifier of at most 64 characters that does not begin with an
/// underscore, is no keyword of Python ("Keywords" in its language reference), and none of the modules that annotations
/// need (`datetime`, `typing`).
#[must_use]
pub fn is_tool_name(name: &str) -> bool {
    name.len() <= 64
        && name.starts_with(|first: char| first.is_ascii_alphabetic())
        && name.chars().all(|character| character.is_ascii_alphanumeric() || character == '_')
        && !is_keyword(name)
        && !["datetime", "typing"].contains(&name)
}

/// Returns whether this is a keyword of Python.
fn is_keyword(name: &str) -> bool {
    const KEYWORDS: &[&str] = &[
        "False", "None", "True", "and", "as", "assert", "async", "await", "break", "class", "continue", "def", "del",
        "elif", "else", "except", "finally", "for", "from", "global", "if", "import", "in", "is", "lambda", "nonlocal",
        "not", "or", "pass", "raise", "return", "try", "while", "with", "yield",
    ];
    KEYWORDS.contains(&name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tool_is_named_as_a_function() {
        for name in ["fetch_weather", "a", "A1", &"x".repeat(64), "match", "type"] {
            assert!(is_tool_name(name), "{name}");
        }
        for name in ["", "_private", "1a", "a-b", "a b", "é", "class", "None", "a.b", "a\n", &"x".repeat(65)] {
            assert!(!is_tool_name(name), "{name}");
        }
    }
}
