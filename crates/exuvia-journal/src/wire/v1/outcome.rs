//! What came of a cell.

use std::collections::BTreeMap;

use exuvia_core::journal::StoreError;
use exuvia_core::{
    ErrorReport, Frame as CoreFrame, LimitKind, Status as CoreStatus, StopReason, SyntaxDetail, Usage as CoreUsage,
    Value as CoreValue,
};
use serde::{Deserialize, Serialize};

use super::super::{Fetch, Unreadable};
use super::call::same_variants;
use super::payload::{Encoder, Span, Text, Tree, texts};
use super::{json, parse};

/// How many exceptions may be nested where the first one stands in a body: see [`Nested`].
const NESTED_ERRORS_MAX: usize = 8;

/// How many exceptions may be nested at all. A reader of JSON goes 127 deep, and an exception in a group takes two.
const ERRORS_DEPTH_MAX: usize = 60;

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Outcome<'a> {
    status: Status,
    stdout: Text<'a>,
    stderr: Text<'a>,
    value: Option<Value<'a>>,
    error: Option<Nested<'a>>,
    usage: Usage,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
enum Status {
    Finished,
    Raised,
    Exited { code: u8 },
    Stopped { reason: Reason },
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Reason {
    Time,
    Cpu,
    Cancelled,
    Stack,
    Memory,
    Abort,
    Trap,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Limit {
    Time,
    Cpu,
    Memory,
    Output,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Value<'a> {
    repr: Text<'a>,
    r#type: Text<'a>,
    json: Option<Tree<'a>>,
    rich: BTreeMap<String, Tree<'a>>,
    truncated: bool,
}

/// An exception. One in which others are nested deeply is a text of JSON, so that a body is never nested deeper than a
/// reader goes: how deep it is, is the program's choice.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Nested<'a> {
    Error(Box<Error<'a>>),
    Text(Text<'a>),
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Error<'a> {
    r#type: Text<'a>,
    message: Text<'a>,
    notes: Vec<Text<'a>>,
    frames: Vec<Frame<'a>>,
    cause: Option<Box<Error<'a>>>,
    context: Option<Box<Error<'a>>>,
    group: Vec<Error<'a>>,
    syntax: Option<Syntax<'a>>,
    traceback: Text<'a>,
    limit: Option<Limit>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Frame<'a> {
    file: Text<'a>,
    line: Option<u64>,
    end_line: Option<u64>,
    column: Option<u64>,
    end_column: Option<u64>,
    function: Text<'a>,
    source: Option<Text<'a>>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Syntax<'a> {
    file: Option<Text<'a>>,
    line: Option<u64>,
    column: Option<u64>,
    text: Option<Text<'a>>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Usage {
    wall_time: Span,
    cpu_time: Span,
    memory_bytes: u64,
    output_bytes: u64,
    host_calls: u64,
}

impl<'a> Outcome<'a> {
    pub(super) fn encode(outcome: &'a exuvia_core::Outcome, encoder: &mut Encoder) -> Result<Self, StoreError> {
        Ok(Self {
            status: match &outcome.status {
                CoreStatus::Finished => Status::Finished,
                CoreStatus::Raised => Status::Raised,
                CoreStatus::Exited { code } => Status::Exited { code: *code },
                CoreStatus::Stopped { reason } => Status::Stopped { reason: (*reason).into() },
            },
            stdout: encoder.text(&outcome.stdout)?,
            stderr: encoder.text(&outcome.stderr)?,
            value: outcome.value.as_ref().map(|value| Value::encode(value, encoder)).transpose()?,
            error: outcome.error.as_ref().map(|error| Nested::encode(error, encoder)).transpose()?,
            usage: Usage {
                wall_time: outcome.usage.wall_time.into(),
                cpu_time: outcome.usage.cpu_time.into(),
                memory_bytes: outcome.usage.memory_bytes,
                output_bytes: outcome.usage.output_bytes,
                host_calls: outcome.usage.host_calls,
            },
        })
    }

    pub(super) fn decode(self, fetch: &mut Fetch<'_>) -> Result<exuvia_core::Outcome, Unreadable> {
        Ok(exuvia_core::Outcome {
            status: match self.status {
                Status::Finished => CoreStatus::Finished,
                Status::Raised => CoreStatus::Raised,
                Status::Exited { code } => CoreStatus::Exited { code },
                Status::Stopped { reason } => CoreStatus::Stopped { reason: reason.into() },
            },
            stdout: self.stdout.decode(fetch)?,
            stderr: self.stderr.decode(fetch)?,
            value: self.value.map(|value| value.decode(fetch)).transpose()?,
            error: self.error.map(|error| error.decode(fetch)).transpose()?.map(Box::new),
            usage: CoreUsage {
                wall_time: self.usage.wall_time.decode()?,
                cpu_time: self.usage.cpu_time.decode()?,
                memory_bytes: self.usage.memory_bytes,
                output_bytes: self.usage.output_bytes,
                host_calls: self.usage.host_calls,
            },
        })
    }
}

impl<'a> Value<'a> {
    fn encode(value: &'a CoreValue, encoder: &mut Encoder) -> Result<Self, StoreError> {
        let mut rich = BTreeMap::new();
        for (media_type, form) in &value.rich {
            rich.insert(media_type.clone(), encoder.tree(form)?);
        }
        Ok(Self {
            repr: encoder.text(&value.repr)?,
            r#type: encoder.text(&value.type_name)?,
            json: value.json.as_ref().map(|json| encoder.tree(json)).transpose()?,
            rich,
            truncated: value.truncated,
        })
    }

    fn decode(self, fetch: &mut Fetch<'_>) -> Result<CoreValue, Unreadable> {
        let mut rich = BTreeMap::new();
        for (media_type, form) in self.rich {
            rich.insert(media_type, form.decode(fetch)?);
        }
        Ok(CoreValue {
            repr: self.repr.decode(fetch)?,
            type_name: self.r#type.decode(fetch)?,
            json: self.json.map(|json| json.decode(fetch)).transpose()?,
            rich,
            truncated: self.truncated,
        })
    }
}

impl<'a> Nested<'a> {
    fn encode(error: &'a ErrorReport, encoder: &mut Encoder) -> Result<Self, StoreError> {
        let depth = depth(error, ERRORS_DEPTH_MAX);
        if depth > ERRORS_DEPTH_MAX {
            let (size, size_max) = (depth as u64, ERRORS_DEPTH_MAX as u64);
            return Err(StoreError::TooLarge { what: "an exception's nesting", size, size_max });
        }
        let error = Error::encode(error, encoder)?;
        if depth > NESTED_ERRORS_MAX {
            return Ok(Self::Text(encoder.own_text(json(&error))?));
        }
        Ok(Self::Error(Box::new(error)))
    }

    fn decode(self, fetch: &mut Fetch<'_>) -> Result<ErrorReport, Unreadable> {
        match self {
            Self::Error(error) => error.decode(fetch),
            Self::Text(text) => parse::<Error<'_>>(&text.decode(fetch)?)?.decode(fetch),
        }
    }
}

/// Returns how deep exceptions are nested, or more than `max` if that is more.
fn depth(error: &ErrorReport, max: usize) -> usize {
    let nested = error.cause.iter().chain(&error.context).map(AsRef::as_ref).chain(&error.group);
    if max == 0 { 1 } else { 1 + nested.map(|error| depth(error, max - 1)).max().unwrap_or(0) }
}

impl<'a> Error<'a> {
    fn encode(error: &'a ErrorReport, encoder: &mut Encoder) -> Result<Self, StoreError> {
        let cause = error.cause.as_ref().map(|cause| Self::encode(cause, encoder)).transpose()?;
        let context = error.context.as_ref().map(|context| Self::encode(context, encoder)).transpose()?;
        Ok(Self {
            r#type: encoder.text(&error.type_name)?,
            message: encoder.text(&error.message)?,
            notes: encoder.texts(&error.notes)?,
            frames: error.frames.iter().map(|frame| Frame::encode(frame, encoder)).collect::<Result<_, _>>()?,
            cause: cause.map(Box::new),
            context: context.map(Box::new),
            group: error.group.iter().map(|error| Self::encode(error, encoder)).collect::<Result<_, _>>()?,
            syntax: error.syntax.as_ref().map(|syntax| Syntax::encode(syntax, encoder)).transpose()?,
            traceback: encoder.text(&error.traceback)?,
            limit: error.limit.map(Into::into),
        })
    }

    fn decode(self, fetch: &mut Fetch<'_>) -> Result<ErrorReport, Unreadable> {
        let cause = self.cause.map(|cause| cause.decode(fetch)).transpose()?;
        let context = self.context.map(|context| context.decode(fetch)).transpose()?;
        Ok(ErrorReport {
            type_name: self.r#type.decode(fetch)?,
            message: self.message.decode(fetch)?,
            notes: texts(self.notes, fetch)?,
            frames: self.frames.into_iter().map(|frame| frame.decode(fetch)).collect::<Result<_, _>>()?,
            cause: cause.map(Box::new),
            context: context.map(Box::new),
            group: self.group.into_iter().map(|error| error.decode(fetch)).collect::<Result<_, _>>()?,
            syntax: self.syntax.map(|syntax| syntax.decode(fetch)).transpose()?,
            traceback: self.traceback.decode(fetch)?,
            limit: self.limit.map(Into::into),
        })
    }
}

impl<'a> Frame<'a> {
    fn encode(frame: &'a CoreFrame, encoder: &mut Encoder) -> Result<Self, StoreError> {
        Ok(Self {
            file: encoder.text(&frame.file)?,
            line: frame.line,
            end_line: frame.end_line,
            column: frame.column,
            end_column: frame.end_column,
            function: encoder.text(&frame.function)?,
            source: frame.source.as_deref().map(|source| encoder.text(source)).transpose()?,
        })
    }

    fn decode(self, fetch: &mut Fetch<'_>) -> Result<CoreFrame, Unreadable> {
        Ok(CoreFrame {
            file: self.file.decode(fetch)?,
            line: self.line,
            end_line: self.end_line,
            column: self.column,
            end_column: self.end_column,
            function: self.function.decode(fetch)?,
            source: self.source.map(|source| source.decode(fetch)).transpose()?,
        })
    }
}

impl<'a> Syntax<'a> {
    fn encode(syntax: &'a SyntaxDetail, encoder: &mut Encoder) -> Result<Self, StoreError> {
        Ok(Self {
            file: syntax.file.as_deref().map(|file| encoder.text(file)).transpose()?,
            line: syntax.line,
            column: syntax.column,
            text: syntax.text.as_deref().map(|text| encoder.text(text)).transpose()?,
        })
    }

    fn decode(self, fetch: &mut Fetch<'_>) -> Result<SyntaxDetail, Unreadable> {
        Ok(SyntaxDetail {
            file: self.file.map(|file| file.decode(fetch)).transpose()?,
            line: self.line,
            column: self.column,
            text: self.text.map(|text| text.decode(fetch)).transpose()?,
        })
    }
}

same_variants!(Reason, StopReason: Time, Cpu, Cancelled, Stack, Memory, Abort, Trap);
same_variants!(Limit, LimitKind: Time, Cpu, Memory, Output);
