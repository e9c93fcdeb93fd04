//! What is asked of the guest and what it answers: the other end of `exuvia/_entry.py`.
//!
//! The guest's part is Python in the guest's own memory, so its answers are no more to be trusted than its output: they
//! are bounded, parsed into the types of an [`Outcome`](exuvia_core::Outcome), and believed only as the program's own
//! words.

use std::collections::BTreeMap;
use std::time::Duration;

use exuvia_core::{ErrorReport, LimitKind, Value};
use serde::{Deserialize, Deserializer, Serialize};

use super::{Script, ScriptSource};
use crate::error::SandboxError;

const RUN: u32 = 0;
pub(super) const RESUME: u32 = 1;
const SCRIPT: u32 = 2;
const CONFIGURE: u32 = 3;
const COMPLETE: u32 = 4;
const INCOMPLETE: u32 = 5;
const FINISH: u32 = 6;

/// What is asked of the guest.
#[derive(Debug)]
pub(super) enum Request<'a> {
    Cell(&'a str),
    Script(&'a Script),
    Configure(&'a Configuration<'a>),
    Complete { text: &'a str, cursor: usize },
    Completeness(&'a str),
    Finish,
}

/// What was frozen with the image and is a sandbox's own.
#[derive(Debug, Serialize)]
pub(super) struct Configuration<'a> {
    pub(super) argv: Option<&'a Vec<String>>,
    pub(super) env: BTreeMap<String, String>,
    pub(super) cwd: Option<&'a str>,
    pub(super) recursion: Option<u32>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) tools: Vec<&'a str>,
}

#[derive(Serialize)]
struct ScriptRequest<'a> {
    mode: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    source: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    filename: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    module: Option<&'a str>,
    argv: &'a [&'a str],
}

#[derive(Serialize)]
struct CompleteRequest<'a> {
    text: &'a str,
    cursor: usize,
}

impl Request<'_> {
    /// Returns the operation and its data.
    pub(super) fn encode(&self) -> Result<(u32, Vec<u8>), SandboxError> {
        let json = |value: &dyn erased::Serialize| {
            value.to_json().map_err(|error| SandboxError::Config(format!("the request cannot be encoded: {error}")))
        };
        Ok(match self {
            Self::Cell(source) => (RUN, source.as_bytes().to_vec()),
            Self::Script(script) => {
                let (mode, source, filename, module) = match &script.source {
                    ScriptSource::File(path) => ("file", None, Some(path.as_str()), None),
                    ScriptSource::Code(code) => ("code", Some(code.as_str()), None, None),
                    ScriptSource::Stdin(code) => ("stdin", Some(code.as_str()), None, None),
                    ScriptSource::Module(name) => ("module", None, None, Some(name.as_str())),
                };
                let name = filename.unwrap_or(if mode == "stdin" { "-" } else { "-c" });
                let argv: Vec<&str> =
                    std::iter::once(name).chain(script.arguments.iter().map(String::as_str)).collect();
                (SCRIPT, json(&ScriptRequest { mode, source, filename, module, argv: &argv })?)
            }
            Self::Configure(configuration) => (CONFIGURE, json(configuration)?),
            Self::Complete { text, cursor } => {
                // Python counts characters.
                let cursor = text.char_indices().take_while(|(offset, _)| offset < cursor).count();
                (COMPLETE, json(&CompleteRequest { text, cursor })?)
            }
            Self::Completeness(source) => (INCOMPLETE, source.as_bytes().to_vec()),
            Self::Finish => (FINISH, Vec::new()),
        })
    }
}

/// `serde::Serialize` as an object, for the one thing that is done with it here.
mod erased {
    pub(super) trait Serialize {
        fn to_json(&self) -> serde_json::Result<Vec<u8>>;
    }

    impl<T: serde::Serialize> Serialize for T {
        fn to_json(&self) -> serde_json::Result<Vec<u8>> {
            serde_json::to_vec(self)
        }
    }
}

/// What the guest answers.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Answer {
    pub(super) value: Option<Value>,
    pub(super) error: Option<Box<ErrorReport>>,
    pub(super) exit: Option<Exit>,
    #[serde(deserialize_with = "present")]
    wait: Option<Option<f64>>,
    start: usize,
    matches: Vec<String>,
    state: Completeness,
}

#[derive(Debug, Clone, Copy, Deserialize)]
pub(super) struct Exit {
    pub(super) code: i64,
}

/// Tells `null` from nothing.
fn present<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Option<f64>>, D::Error> {
    Option::<f64>::deserialize(deserializer).map(Some)
}

/// What could stand at a cursor.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Completion {
    /// Where the part begins that a match replaces: characters from the text's start.
    pub start: usize,
    /// What could stand there, at most 200.
    pub matches: Vec<String>,
}

/// Whether a source is a whole statement.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Completeness {
    /// It is.
    #[default]
    Complete,
    /// More lines may follow.
    Incomplete,
    /// No further line can make it right.
    Invalid,
}

impl Answer {
    pub(super) fn completion(self) -> Completion {
        Completion { start: self.start, matches: self.matches }
    }

    pub(super) fn completeness(&self) -> Completeness {
        self.state
    }
}

/// Returns the answer that the guest would have given, had an interrupt not struck before it could catch it.
pub(super) fn struck(signal: u8, message: &str) -> Answer {
    let (type_name, limit) = match signal {
        24 => ("exuvia.TimeLimit", Some(LimitKind::Time)),
        25 => ("exuvia.OutputLimit", Some(LimitKind::Output)),
        _ => ("KeyboardInterrupt", None),
    };
    let message = if limit.is_some() { message } else { "" };
    let traceback = if message.is_empty() { format!("{type_name}\n") } else { format!("{type_name}: {message}\n") };
    let error = ErrorReport {
        type_name: type_name.to_owned(),
        message: message.to_owned(),
        notes: Vec::new(),
        frames: Vec::new(),
        cause: None,
        context: None,
        group: Vec::new(),
        syntax: None,
        traceback,
        limit,
    };
    Answer { error: Some(Box::new(error)), ..Answer::default() }
}

/// Parses an answer.
pub(super) fn decode(bytes: &[u8]) -> Result<Answer, String> {
    serde_json::from_slice(bytes).map_err(|error| error.to_string())
}

/// If the answer is that the cell waits, returns how long; `None` inside: until something happens.
pub(super) fn wait_asked(bytes: &[u8]) -> Option<Option<Duration>> {
    // All other answers are left for later, so that they are not parsed twice.
    if !bytes.starts_with(br#"{"wait""#) {
        return None;
    }
    let wait = decode(bytes).ok()?.wait?;
    Some(wait.map(|seconds| Duration::try_from_secs_f64(seconds.max(0.0)).unwrap_or(Duration::MAX)))
}
