//! What an agent is, as a fold over the events of its session.

mod calls;
mod finals;
mod standing;
mod todos;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use super::act::{Act, Problem, acts};
use super::budget::Spent;
use super::entry::{Begun, Ending, Entry, FileNote, Interface, Reason, Remark};
use super::message::{Message, ModelReply, Tokens};
use super::model::{ModelFailure, ModelRequest};
use super::repeats::Repeats;
use crate::journal::{Event, Recorded, SessionId};
use crate::{Outcome, Stream};
use calls::{Calls, Followed};
use finals::Finals;
pub use standing::standing;
use todos::Todos;

/// How often in a row the same comes of cells before the model is told so.
const REPEATS_TOLD: u32 = 3;
/// How often in a row the same comes of cells before the run is ended.
const REPEATS_MAX: u32 = 5;
/// How many replies in a row may have neither code nor an answer.
const IDLE_MAX: u32 = 3;

/// What an agent is at some moment: the fold of all events of its session up to then.
#[derive(Debug, Clone, Default)]
pub struct State {
    /// The session whose events come now.
    session: Option<SessionId>,
    begun: Option<Arc<Begun>>,
    system: Option<Arc<str>>,
    tool: Option<Arc<str>>,
    messages: Vec<Arc<Message>>,
    spent: Spent,
    /// When the run began, in milliseconds since 1970.
    since: i64,
    /// What the last reply asks for.
    acts: Vec<Act>,
    /// How many of them are done.
    done: usize,
    cell: Cell,
    /// Whether the last reply has not been followed by anything that is told to the model.
    is_unanswered: bool,
    calls: Calls,
    finals: Finals,
    todos: Todos,
    repeats: Repeats,
    /// How many repeats the model was told of last.
    repeats_told: u32,
    idle: u32,
    closing: Option<Reason>,
    failure: Option<ModelFailure>,
    ending: Option<Arc<Ending>>,
    steps: Vec<StepMark>,
    /// The files that cells have made, as they were after the last one of each: sizes and times by path.
    files: BTreeMap<String, (u64, i64)>,
}

/// The cell of the act that is being done.
#[derive(Debug, Clone, Default)]
enum Cell {
    /// It has not begun.
    #[default]
    None,
    /// It runs, and has printed this.
    Runs { stdout: Vec<u8>, stderr: Vec<u8> },
    /// It has ended.
    Ended { cell: u32, outcome: Arc<Outcome>, is_undone: bool },
}

/// Where a step of an agent ended: where another one can go on from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StepMark {
    /// Its number, from 1.
    pub step: u32,
    /// In which session's events.
    pub session: SessionId,
    /// How many of that session's own events there were.
    pub position: u64,
}

/// What is to be done next.
#[derive(Debug, Clone, PartialEq)]
pub enum Next {
    /// A run has to begin.
    Begin,
    /// The model is to be asked.
    Ask,
    /// The model is to be told this before it is asked.
    Remark(Remark),
    /// A cell is to be run.
    Run {
        /// Its code.
        code: String,
    },
    /// A cell is being run, or was when its process ended: the session is to be resumed.
    Resume,
    /// The model is to be told what came of a cell.
    Observe(Observed),
    /// The model is to be told why something is not done.
    Refuse {
        /// The id of the call.
        call: Option<String>,
        /// What is wrong.
        problem: Problem,
    },
    /// The run is to be ended.
    End(Ending),
    /// The run has ended.
    Ended(Ending),
}

/// What came of a cell.
#[derive(Debug, Clone, PartialEq)]
pub struct Observed {
    /// The id of the call that wanted it.
    pub call: Option<String>,
    /// Its number.
    pub cell: u32,
    /// What came of it, with what it printed.
    pub outcome: Arc<Outcome>,
    /// Whether it counts for nothing, since it has ended its sandbox.
    pub is_undone: bool,
    /// The files that are to belong to the answer that it has given, if it has.
    pub artifacts: Vec<String>,
}

impl State {
    /// Folds a session's history: parts of it with their [standing](standing()) events, the oldest first.
    #[must_use]
    pub fn fold(history: &[(SessionId, Vec<Recorded>)]) -> Self {
        let mut state = Self::default();
        for (session, events) in history {
            state.enter(session.clone());
            events.iter().for_each(|recorded| state.apply(recorded.position, recorded.at, &recorded.event));
        }
        state
    }

    /// Says whose events come next.
    pub fn enter(&mut self, session: SessionId) {
        self.session = Some(session);
    }

    /// Goes on by an event: its position among its session's own, and when it was written, in milliseconds since 1970.
    pub fn apply(&mut self, position: u64, at: i64, event: &Event) {
        for (tool, arguments) in self.calls.apply(position, event) {
            match tool {
                Followed::Final => self.finals.give(&arguments),
                Followed::Todo => self.todos.give(&arguments, self.spent.steps),
            }
        }
        match event {
            Event::CellStarted { .. } => self.cell = Cell::Runs { stdout: Vec::new(), stderr: Vec::new() },
            Event::Output { stream, bytes } => {
                if let Cell::Runs { stdout, stderr } = &mut self.cell {
                    match stream {
                        Stream::Stdout => stdout.extend_from_slice(bytes),
                        Stream::Stderr => stderr.extend_from_slice(bytes),
                    }
                }
            }
            Event::CellEnded { cell, outcome } => self.cell_ended(*cell, outcome),
            Event::Undone { .. } => {
                if let Cell::Ended { is_undone, .. } = &mut self.cell {
                    *is_undone = true;
                }
            }
            event => {
                if let Some(entry) = Entry::of(event) {
                    self.note(position, at, entry);
                }
            }
        }
        if self.begun.is_some() {
            self.spent.time = Duration::from_millis(u64::try_from(at.saturating_sub(self.since)).unwrap_or(0));
        }
    }

    fn cell_ended(&mut self, cell: u32, outcome: &Outcome) {
        let Cell::Runs { stdout, stderr } = std::mem::take(&mut self.cell) else { return };
        let Some(Act::Cell { code, .. }) = self.acts.get(self.done) else { return };
        let [stdout, stderr] = [stdout, stderr].map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
        let outcome = Arc::new(Outcome { stdout, stderr, ..outcome.clone() });
        self.repeats.note(code, &outcome);
        self.spent.cell_time = self.spent.cell_time.saturating_add(outcome.usage.wall_time);
        self.finals.cell_ended(&outcome.status);
        self.cell = Cell::Ended { cell, outcome, is_undone: false };
    }

    fn note(&mut self, position: u64, at: i64, entry: Entry) {
        match entry {
            Entry::Begun(begun) => self.begin(at, *begun),
            Entry::Said { message, remark, files } => {
                self.files.extend(files.into_iter().map(|file| (file.path, (file.bytes, file.modified))));
                self.said(position, message, remark);
            }
            Entry::Asked { .. } => self.failure = None,
            Entry::Replied { reply, micro_dollars } => self.replied(position, *reply, micro_dollars),
            Entry::Used { tokens, micro_dollars, .. } => self.use_up(tokens, micro_dollars),
            Entry::Failed { failure } => self.failure = Some(failure),
            Entry::Ended(ending) => self.ending = Some(ending.into()),
        }
    }

    /// Begins a run: in a session that has had one, with all that was said before it.
    fn begin(&mut self, at: i64, begun: Begun) {
        *self = Self {
            session: self.session.take(),
            messages: std::mem::take(&mut self.messages),
            steps: std::mem::take(&mut self.steps),
            files: std::mem::take(&mut self.files),
            system: Some(begun.system.as_str().into()),
            tool: begun.tool.as_deref().map(Arc::from),
            begun: Some(Arc::new(begun)),
            since: at,
            ..Self::default()
        };
    }

    fn said(&mut self, position: u64, message: Message, remark: Option<Remark>) {
        if matches!(message, Message::Observed { .. }) && self.done < self.acts.len() {
            self.done += 1;
            self.cell = Cell::None;
            if self.done == self.acts.len() {
                self.mark(position);
            }
        }
        match remark {
            Some(Remark::Closing(reason)) => self.closing = Some(reason),
            Some(Remark::Loop(count)) => self.repeats_told = count,
            Some(Remark::Unaccepted) => self.finals.forget(),
            Some(Remark::Todo) => self.todos.told(self.spent.steps),
            Some(Remark::Idle) | None => {}
        }
        self.is_unanswered = false;
        self.messages.push(Arc::new(message));
    }

    fn replied(&mut self, position: u64, reply: ModelReply, micro_dollars: Option<u64>) {
        self.spent.steps += 1;
        self.use_up(reply.tokens, micro_dollars);
        self.acts = acts(&reply, self.interface());
        (self.done, self.cell, self.failure) = (0, Cell::None, None);
        self.is_unanswered = true;
        self.idle = if self.acts.is_empty() { self.idle + 1 } else { 0 };
        self.messages.push(Arc::new(Message::Model(Box::new(reply))));
        if self.acts.is_empty() {
            self.mark(position);
        }
    }

    fn use_up(&mut self, tokens: Tokens, micro_dollars: Option<u64>) {
        self.spent.tokens.add(tokens);
        self.spent.micro_dollars = self.spent.micro_dollars.saturating_add(micro_dollars.unwrap_or(0));
    }

    fn mark(&mut self, position: u64) {
        if let Some(session) = &self.session {
            let step = u32::try_from(self.steps.len()).unwrap_or(u32::MAX).saturating_add(1);
            self.steps.push(StepMark { step, session: session.clone(), position: position + 1 });
        }
    }

    /// Returns what is to be done now; `now` is the time, in milliseconds since 1970.
    #[must_use]
    pub fn next(&self, now: i64) -> Next {
        if let Some(ending) = &self.ending {
            return Next::Ended((**ending).clone());
        }
        let Some(begun) = &self.begun else { return Next::Begin };
        match self.acts.get(self.done) {
            Some(Act::Refuse { call, problem }) => {
                return Next::Refuse { call: call.clone(), problem: problem.clone() };
            }
            Some(Act::Cell { call, code }) => return self.cell(call.as_ref(), code),
            None => {}
        }
        if let Some(last) = self.finals.accepted() {
            let reason = self.closing.unwrap_or(Reason::Done);
            return Next::End(Ending { reason, answer: last.answer.clone(), artifacts: last.artifacts.clone() });
        }
        if let Some(reason) = self.closing
            && !matches!(self.messages.last().map(|message| &**message), Some(Message::User { .. }))
        {
            return Next::End(self.partial(reason));
        }
        if self.is_unanswered && self.acts.is_empty() {
            return self.without_code(begun);
        }
        if self.closing.is_none() {
            let time = Duration::from_millis(u64::try_from(now.saturating_sub(self.since)).unwrap_or(0));
            if let Some(reason) = begun.budget.exceeded(&Spent { time, ..self.spent }) {
                return Next::Remark(Remark::Closing(reason));
            }
            let repeats = self.repeats.count();
            if repeats >= REPEATS_MAX {
                return Next::Remark(Remark::Closing(Reason::Loop));
            }
            if repeats >= REPEATS_TOLD && repeats != self.repeats_told {
                return Next::Remark(Remark::Loop(repeats));
            }
            if self.todos.are_due(self.spent.steps) {
                return Next::Remark(Remark::Todo);
            }
        }
        Next::Ask
    }

    fn cell(&self, call: Option<&String>, code: &str) -> Next {
        match &self.cell {
            Cell::None => Next::Run { code: code.to_owned() },
            Cell::Runs { .. } => Next::Resume,
            Cell::Ended { cell, outcome, is_undone } => {
                let artifacts = self.finals.accepted().map(|last| last.artifacts.clone()).unwrap_or_default();
                let (call, outcome) = (call.cloned(), Arc::clone(outcome));
                Next::Observe(Observed { call, cell: *cell, outcome, is_undone: *is_undone, artifacts })
            }
        }
    }

    /// What is to be done about a reply that asks for nothing.
    fn without_code(&self, begun: &Begun) -> Next {
        let Some(Message::Model(reply)) = self.messages.last().map(|message| &**message) else { return Next::Ask };
        let is_answer = reply.stop == super::Stop::End && !reply.text.trim().is_empty();
        if is_answer && begun.reply_ends {
            let answer = reply.text.trim().into();
            return Next::End(Ending { reason: Reason::Done, answer, artifacts: Vec::new() });
        }
        if self.idle >= IDLE_MAX {
            return Next::End(self.partial(Reason::Idle));
        }
        Next::Remark(Remark::Idle)
    }

    /// Returns how a run ends that is cut short: with the last thing that its model has said.
    fn partial(&self, reason: Reason) -> Ending {
        let said = self.messages.iter().rev().find_map(|message| match &**message {
            Message::Model(reply) if !reply.text.trim().is_empty() => Some(reply.text.trim()),
            _ => None,
        });
        Ending { reason, answer: said.unwrap_or_default().into(), artifacts: Vec::new() }
    }

    /// Returns how the run would end if it were ended now.
    #[must_use]
    pub fn stopped(&self) -> Ending {
        self.partial(Reason::Stopped)
    }

    /// Returns what the model is asked next.
    #[must_use]
    pub fn request(&self) -> ModelRequest {
        ModelRequest {
            system: self.system.clone().unwrap_or_else(|| "".into()),
            messages: self.messages.clone(),
            tool: self.tool.clone(),
            schema: None,
            output_tokens_max: None,
        }
    }

    /// Returns what the run began with.
    #[must_use]
    pub fn begun(&self) -> Option<&Begun> {
        self.begun.as_deref()
    }

    /// Returns all that was said, the oldest first.
    #[must_use]
    pub fn messages(&self) -> &[Arc<Message>] {
        &self.messages
    }

    /// Returns what the run has used, up to the last event.
    #[must_use]
    pub fn spent(&self) -> &Spent {
        &self.spent
    }

    /// Returns how the run has ended, if it has.
    #[must_use]
    pub fn ending(&self) -> Option<&Ending> {
        self.ending.as_deref()
    }

    /// Returns why the model gave no answer when it was asked last, if it did not.
    #[must_use]
    pub fn failure(&self) -> Option<&ModelFailure> {
        self.failure.as_ref()
    }

    /// Returns what the model has said that is to be done, as far as it is open.
    pub fn todos(&self) -> impl Iterator<Item = &str> {
        self.todos.open()
    }

    /// Returns where each step has ended, in order.
    #[must_use]
    pub fn steps(&self) -> &[StepMark] {
        &self.steps
    }

    /// Returns the files that cells have made, as they were when the model was told of the last one.
    pub fn files(&self) -> impl Iterator<Item = FileNote> {
        self.files.iter().map(|(path, (bytes, modified))| FileNote {
            path: path.clone(),
            bytes: *bytes,
            modified: *modified,
        })
    }

    fn interface(&self) -> Interface {
        self.begun.as_ref().map_or(Interface::default(), |begun| begun.interface)
    }
}

#[cfg(test)]
mod tests;
