//! What a journal says of what ran.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::ControlFlow;
use std::sync::Arc;

use exuvia_core::agent::{Entry, Interface};
use exuvia_core::journal::{Event, Opened, Program, Recorded, SessionId, Source, Store};
use exuvia_core::mount::{MountAnswer, MountOperation};
use exuvia_core::recording::Asked;
use exuvia_core::{HostAnswer, ToolFailureKind, ToolOutcome, ToolSignature};
use serde_json::Value as Json;

use super::piece::Piece;
use super::{ANSWERED, BYTES_MAX, ScriptError};
use crate::error::SessionError;
use crate::settled::{output_path, outputs_named_in};
use crate::timeline::{each, timeline};

/// How much of what a model said at a time is kept, in bytes.
const SAID_BYTES_MAX: usize = 4 << 10;
/// What begins code in a text.
const FENCE: &str = "```";
/// Where a program reads the folder that its file is in.
const WORK: &str = "/workspace/";

/// What a journal says of what ran.
pub(super) struct Account {
    pub(super) opened: Opened,
    /// Whether a model wrote the cells.
    pub(super) is_agent: bool,
    /// What is to be done, where that was said.
    pub(super) task: Option<String>,
    /// A program that ran before all cells.
    pub(super) program: Option<String>,
    /// With what arguments.
    pub(super) arguments: Vec<String>,
    pub(super) pieces: Vec<Piece>,
    /// What was said after the last cell.
    pub(super) said: Vec<String>,
    pub(super) answers: Vec<Answered>,
}

/// A call with its answer.
pub(super) struct Answered {
    pub(super) tool: String,
    /// JSON.
    pub(super) arguments: String,
    outcome: ToolOutcome,
}

impl Answered {
    /// Returns what was answered: what it is, and its text.
    pub(super) fn told(&self) -> (&'static str, &str) {
        match &self.outcome {
            Ok(result) => ("result", result),
            Err(failure) => {
                let kind = match failure.kind {
                    ToolFailureKind::Argument => "argument",
                    ToolFailureKind::Denied => "denied",
                    _ => "failed",
                };
                (kind, &failure.message)
            }
        }
    }
}

impl Account {
    /// Reads it.
    pub(super) async fn of(store: &Arc<dyn Store>, session: &SessionId) -> Result<Self, ScriptError> {
        let mut reader = Reader::default();
        for part in timeline(store, session, None).await.map_err(SessionError::from)? {
            let read = each(store, &part, |recorded| {
                reader.take(recorded);
                if reader.bytes > BYTES_MAX { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
            });
            read.await.map_err(SessionError::from)?;
            if reader.bytes > BYTES_MAX {
                return Err(ScriptError::TooLarge { bytes_max: BYTES_MAX });
            }
        }
        reader.finish(session)
    }

    /// Returns the names of a tool's parameters, in order.
    pub(super) fn parameters(&self, name: &str) -> Vec<(String, Json)> {
        let tool = self.opened.tools.iter().find(|tool| tool.name == name);
        match tool.map(|tool| &tool.signature) {
            Some(ToolSignature::Json { parameters, .. }) => {
                let all = parameters["properties"].as_object().into_iter().flatten();
                all.map(|(name, schema)| (name.clone(), schema["default"].clone())).collect()
            }
            _ => Vec::new(),
        }
    }
}

/// Reads events.
#[derive(Default)]
struct Reader {
    opened: Option<Box<Opened>>,
    interface: Option<Interface>,
    task: Option<String>,
    running: Option<(u32, Source)>,
    program: Option<(Program, Vec<String>)>,
    /// What was read of the program's file, by where it begins.
    content: BTreeMap<u64, Vec<u8>>,
    pieces: Vec<Piece>,
    said: Vec<String>,
    answers: Vec<Answered>,
    /// The call that was asked for, and where.
    asked: Option<(u64, String, String)>,
    /// Those in the background, by their numbers.
    started: BTreeMap<u64, (String, String)>,
    bytes: usize,
}

impl Reader {
    fn take(&mut self, recorded: Recorded) {
        match recorded.event {
            Event::Opened(opened) => self.opened = Some(opened),
            Event::Note { kind, data } => match Entry::read(&kind, &data) {
                Some(Entry::Begun(begun)) => {
                    self.interface = Some(begun.interface);
                    match &self.task {
                        None => self.task = Some(begun.task),
                        Some(_) => self.say(&begun.task),
                    }
                }
                Some(Entry::Replied { reply, .. }) => {
                    let is_text = self.interface == Some(Interface::Text);
                    let prose = reply.text.split(FENCE).next().filter(|_| is_text).unwrap_or(&reply.text);
                    self.say(prose);
                }
                _ => {}
            },
            Event::CellStarted { cell, source } => self.running = Some((cell, source)),
            Event::CellEnded { outcome, .. } => match self.running.take() {
                Some((number, Source::Cell(source))) => {
                    self.bytes += source.len();
                    let said = std::mem::take(&mut self.said);
                    self.pieces.push(Piece::new((number, source), &outcome, said));
                }
                Some((_, Source::Program { program, arguments })) => self.program = Some((program, arguments)),
                _ => {}
            },
            Event::Asked { asked } => self.asked(recorded.position, asked),
            Event::Answered { asked, answer } => self.answered(asked, answer),
            Event::Call { asked, answer } => self.called(asked, answer),
            _ => {}
        }
    }

    fn say(&mut self, text: &str) {
        let text = super::text::shown(text.trim(), SAID_BYTES_MAX);
        self.bytes += text.len();
        if !text.is_empty() {
            self.said.push(text);
        }
    }

    fn asked(&mut self, position: u64, asked: Asked) {
        match asked {
            Asked::Tool { tool, arguments } => self.asked = Some((position, tool, arguments)),
            Asked::Start { call, tool, arguments } => drop(self.started.insert(call, (tool, arguments))),
            _ => {}
        }
    }

    fn answered(&mut self, position: u64, answer: HostAnswer) {
        if let Some((_, tool, arguments)) = self.asked.take_if(|(asked, ..)| *asked == position)
            && let HostAnswer::Tool(outcome) = answer
        {
            self.answer(tool, arguments, outcome);
        }
    }

    fn called(&mut self, asked: Asked, answer: HostAnswer) {
        match (asked, answer) {
            (_, HostAnswer::Finished(finished)) => {
                for finished in finished {
                    if let Some((tool, arguments)) = self.started.remove(&finished.call) {
                        self.answer(tool, arguments, finished.outcome);
                    }
                }
            }
            (Asked::Mount(request), HostAnswer::Mount(Ok(MountAnswer::Bytes(bytes)))) => {
                if let MountOperation::Read { path, offset, .. } = request.operation
                    && request.mount == 0
                    && self.runs(&path)
                {
                    self.bytes += bytes.len();
                    self.content.insert(offset, bytes);
                }
            }
            _ => {}
        }
    }

    /// Returns whether the program that runs is in this file of the folder that it reads.
    fn runs(&self, path: &[u8]) -> bool {
        match &self.running {
            Some((_, Source::Program { program: Program::File(file), .. })) => {
                file.strip_prefix(WORK).is_some_and(|file| file.as_bytes() == path)
            }
            _ => false,
        }
    }

    fn answer(&mut self, tool: String, arguments: String, outcome: ToolOutcome) {
        if ANSWERED.contains(&tool.as_str()) {
            self.bytes += outcome.as_ref().map_or_else(|failure| failure.message.len(), String::len);
            self.answers.push(Answered { tool, arguments, outcome });
        }
    }

    fn finish(mut self, session: &SessionId) -> Result<Account, ScriptError> {
        let opened = crate::environment::opened_of(session, self.opened.take().map(Event::Opened))?;
        let (program, arguments) = match self.program.take() {
            None => (None, Vec::new()),
            Some((program, arguments)) => {
                let elsewhere = |program| ScriptError::Elsewhere { session: session.clone(), program };
                (Some(self.text(&opened, program).map_err(elsewhere)?), arguments)
            }
        };
        keep_outputs(&mut self.pieces);
        let Self { interface, task, pieces, said, answers, .. } = self;
        let is_agent = interface.is_some();
        Ok(Account { opened, is_agent, task, program, arguments, pieces, said, answers })
    }

    /// Returns the text of a program, or what it was if that is not known.
    fn text(&mut self, opened: &Opened, program: Program) -> Result<String, String> {
        match program {
            Program::Code(text) | Program::Stdin(text) => Ok(text),
            Program::Module(name) => Err(format!("the module `{name}`")),
            Program::File(path) => {
                let given = opened.files.iter().find(|file| file.path == path).map(|file| file.content.clone());
                let content = given.or_else(|| whole(std::mem::take(&mut self.content)));
                let text = content.and_then(|content| String::from_utf8(content).ok());
                text.filter(|text| !text.contains('\0')).ok_or_else(|| format!("`{path}`"))
            }
        }
    }
}

/// Puts parts of a file together, if there is nothing between them.
fn whole(parts: BTreeMap<u64, Vec<u8>>) -> Option<Vec<u8>> {
    let mut whole = Vec::new();
    for (offset, bytes) in parts {
        let known = usize::try_from(offset).ok().filter(|offset| *offset <= whole.len())?;
        whole.truncate(known);
        whole.extend(bytes);
    }
    (!whole.is_empty()).then_some(whole)
}

/// Finds the cells whose output a later one reads where an answer has said that it is.
fn keep_outputs(pieces: &mut [Piece]) {
    let mut named = BTreeSet::new();
    for piece in pieces.iter_mut().rev() {
        piece.keeps = named.contains(&piece.number).then(|| output_path(piece.number));
        named.extend(outputs_named_in(&piece.source));
    }
}
