//! Version 1.
//!
//! A body is an object of JSON, whose fields are those of the types in here; all that are not optional are there, and no
//! others. Where a text may stand, there is a string or the name of a blob; where bytes may stand, a string if they are
//! UTF-8, or `{"base64": …}`, or the name of a blob: see [`payload`]. A body that is longer than 64 KiB is a blob itself,
//! whose name stands for it.

mod call;
mod clocks;
mod mount;
mod opened;
mod outcome;
mod payload;

use exuvia_core::journal::{Event, GivenFile, Hash, Program as CoreProgram, Source as CoreSource, StoreError};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use self::call::{Answer, Asked, Interrupt, Stream};
use self::clocks::Clocks;
use self::opened::Opened;
use self::outcome::Outcome;
use self::payload::{Bytes, Digest, Encoder, Text, Tree, fetched_text};
use super::{BODY_BYTES_MAX, Encoded, Fetch, Unreadable};

pub(crate) use self::payload::BlobName;

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct CellStarted<'a> {
    cell: u32,
    source: Source<'a>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
enum Source<'a> {
    Cell(Text<'a>),
    Program { program: Program<'a>, arguments: Vec<Text<'a>> },
    Finish,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Program<'a> {
    File(Text<'a>),
    Code(Text<'a>),
    Module(Text<'a>),
    Stdin(Text<'a>),
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Random {
    length: u64,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Output<'a> {
    stream: Stream,
    bytes: Bytes<'a>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct AskedBody<'a> {
    asked: Asked<'a>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Answered<'a> {
    asked: u64,
    answer: Answer<'a>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Call<'a> {
    asked: Asked<'a>,
    answer: Answer<'a>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Interrupted<'a> {
    checks: u64,
    interrupt: Interrupt<'a>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct CellEnded<'a> {
    cell: u32,
    outcome: Outcome<'a>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Checkpoint {
    memory: Digest,
    files: Option<Digest>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Undone {
    cell: u32,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Given<'a> {
    path: Text<'a>,
    content: Bytes<'a>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Note<'a> {
    kind: Text<'a>,
    data: Tree<'a>,
}

/// Writes an event.
pub(super) fn encode(event: &Event, parent: Option<Hash>) -> Result<Encoded, StoreError> {
    let mut encoder = Encoder::default();
    let body = body(event, parent, &mut encoder)?;
    let body = if body.len() > BODY_BYTES_MAX { json(&encoder.blob(body.into_bytes())?) } else { body };
    Ok(Encoded { kind: event.kind(), body, blobs: encoder.into_blobs() })
}

/// Reads an event.
pub(super) fn decode(kind: &str, body: &str, fetch: &mut Fetch<'_>) -> Result<(Event, Option<Hash>), Unreadable> {
    if let Ok(name) = serde_json::from_str::<BlobName>(body) {
        let body = fetched_text(&name, fetch)?;
        return event(kind, &body, fetch);
    }
    event(kind, body, fetch)
}

fn body(event: &Event, parent: Option<Hash>, encoder: &mut Encoder) -> Result<String, StoreError> {
    Ok(match event {
        Event::Opened(opened) => json(&Opened::encode(opened, parent, encoder)?),
        Event::CellStarted { cell, source } => {
            json(&CellStarted { cell: *cell, source: Source::encode(source, encoder)? })
        }
        Event::Clocks(readings) => json(&Clocks::encode(readings, encoder)?),
        Event::Random { length } => json(&Random { length: *length }),
        Event::Output { stream, bytes } => json(&Output { stream: (*stream).into(), bytes: encoder.bytes(bytes)? }),
        Event::Asked { asked } => json(&AskedBody { asked: Asked::encode(asked, encoder)? }),
        Event::Answered { asked, answer } => {
            json(&Answered { asked: *asked, answer: Answer::encode(answer, encoder)? })
        }
        Event::Call { asked, answer } => {
            json(&Call { asked: Asked::encode(asked, encoder)?, answer: Answer::encode(answer, encoder)? })
        }
        Event::Interrupted { checks, interrupt } => {
            json(&Interrupted { checks: *checks, interrupt: Interrupt::encode(interrupt, encoder)? })
        }
        Event::CellEnded { cell, outcome } => {
            json(&CellEnded { cell: *cell, outcome: Outcome::encode(outcome, encoder)? })
        }
        Event::Checkpoint { memory, files } => json(&Checkpoint { memory: Digest(*memory), files: files.map(Digest) }),
        Event::Undone { cell } => json(&Undone { cell: *cell }),
        Event::Given(GivenFile { path, content }) => {
            json(&Given { path: encoder.text(path)?, content: encoder.bytes(content)? })
        }
        Event::Note { kind, data } => json(&Note { kind: encoder.text(kind)?, data: encoder.tree(data)? }),
    })
}

fn event(kind: &str, body: &str, fetch: &mut Fetch<'_>) -> Result<(Event, Option<Hash>), Unreadable> {
    let event = match kind {
        "opened" => return Opened::decode(body, fetch),
        "cell_started" => {
            let started: CellStarted<'_> = parse(body)?;
            Event::CellStarted { cell: started.cell, source: started.source.decode(fetch)? }
        }
        "clocks" => Event::Clocks(parse::<Clocks<'_>>(body)?.decode(fetch)?),
        "random" => Event::Random { length: parse::<Random>(body)?.length },
        "output" => {
            let output: Output<'_> = parse(body)?;
            Event::Output { stream: output.stream.into(), bytes: output.bytes.decode(fetch)? }
        }
        "asked" => Event::Asked { asked: parse::<AskedBody<'_>>(body)?.asked.decode(fetch)? },
        "answered" => {
            let answered: Answered<'_> = parse(body)?;
            Event::Answered { asked: answered.asked, answer: answered.answer.decode(fetch)? }
        }
        "call" => {
            let call: Call<'_> = parse(body)?;
            Event::Call { asked: call.asked.decode(fetch)?, answer: call.answer.decode(fetch)? }
        }
        "interrupted" => {
            let interrupted: Interrupted<'_> = parse(body)?;
            Event::Interrupted { checks: interrupted.checks, interrupt: interrupted.interrupt.decode(fetch)? }
        }
        "cell_ended" => {
            let ended: CellEnded<'_> = parse(body)?;
            Event::CellEnded { cell: ended.cell, outcome: Box::new(ended.outcome.decode(fetch)?) }
        }
        "checkpoint" => {
            let noted: Checkpoint = parse(body)?;
            Event::Checkpoint { memory: noted.memory.0, files: noted.files.map(|files| files.0) }
        }
        "undone" => Event::Undone { cell: parse::<Undone>(body)?.cell },
        "given" => {
            let given: Given<'_> = parse(body)?;
            Event::Given(GivenFile { path: given.path.decode(fetch)?, content: given.content.decode(fetch)? })
        }
        "note" => {
            let note: Note<'_> = parse(body)?;
            Event::Note { kind: note.kind.decode(fetch)?, data: note.data.decode(fetch)? }
        }
        _ => return Err("there is no such kind of event".into()),
    };
    Ok((event, None))
}

impl<'a> Source<'a> {
    fn encode(source: &'a CoreSource, encoder: &mut Encoder) -> Result<Self, StoreError> {
        Ok(match source {
            CoreSource::Cell(text) => Self::Cell(encoder.text(text)?),
            CoreSource::Program { program, arguments } => {
                Self::Program { program: Program::encode(program, encoder)?, arguments: encoder.texts(arguments)? }
            }
            CoreSource::Finish => Self::Finish,
        })
    }

    fn decode(self, fetch: &mut Fetch<'_>) -> Result<CoreSource, Unreadable> {
        Ok(match self {
            Self::Cell(text) => CoreSource::Cell(text.decode(fetch)?),
            Self::Program { program, arguments } => {
                CoreSource::Program { program: program.decode(fetch)?, arguments: payload::texts(arguments, fetch)? }
            }
            Self::Finish => CoreSource::Finish,
        })
    }
}

impl<'a> Program<'a> {
    fn encode(program: &'a CoreProgram, encoder: &mut Encoder) -> Result<Self, StoreError> {
        Ok(match program {
            CoreProgram::File(path) => Self::File(encoder.text(path)?),
            CoreProgram::Code(text) => Self::Code(encoder.text(text)?),
            CoreProgram::Module(name) => Self::Module(encoder.text(name)?),
            CoreProgram::Stdin(text) => Self::Stdin(encoder.text(text)?),
        })
    }

    fn decode(self, fetch: &mut Fetch<'_>) -> Result<CoreProgram, Unreadable> {
        Ok(match self {
            Self::File(path) => CoreProgram::File(path.decode(fetch)?),
            Self::Code(text) => CoreProgram::Code(text.decode(fetch)?),
            Self::Module(name) => CoreProgram::Module(name.decode(fetch)?),
            Self::Stdin(text) => CoreProgram::Stdin(text.decode(fetch)?),
        })
    }
}

/// Writes a body.
fn json(body: &impl Serialize) -> String {
    serde_json::to_string(body).expect("a body has nothing that JSON does not")
}

/// Reads a body.
fn parse<T: DeserializeOwned>(body: &str) -> Result<T, Unreadable> {
    Ok(serde_json::from_str(body)?)
}
