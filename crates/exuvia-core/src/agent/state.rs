//! What an agent is, as a fold over the events of its session.

mod allowed;
mod attempts;
mod calls;
mod context;
mod facts;
mod finals;
mod notes;
mod standing;
mod todos;
mod words;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use serde::Deserialize;

use super::act::{Act, Problem, acts};
use super::budget::{SharedRest, Spent};
use super::entry::{Begun, Ending, Entry, FileNote, Interface, Reason, Remark};
use super::message::{Content, Message, ModelReply, Origin, Part, Tokens};
use super::model::{ModelFailure, ModelFailureKind, ModelRequest};
use super::reminder::{Reminder, Reminders};
use super::repeats::{self, Repeats};
use crate::journal::{Event, Recorded, SessionId};
use crate::recording::Asked;
use crate::{Outcome, Stream};
pub use attempts::Attempt;
use attempts::Attempts;
use calls::{Calls, Followed};
use context::Context;
use finals::Finals;
use notes::Notes;
pub use standing::standing;
use todos::Todos;
use words::Words;

/// How often in a row the same cells come to the same before the model is told so.
const REPEATS_TOLD: u32 = 3;
/// How often in a row they do before the run is ended.
const REPEATS_MAX: u32 = repeats::TIMES_MAX;
/// How many replies in a row may have neither code nor an answer.
const IDLE_MAX: u32 = 3;

/// How long the model may think, and a cell run, once the time of the budget is up and what there is was asked for.
const CLOSING_TIME_MAX: Duration = Duration::from_secs(60);

/// What an agent is at some moment: the fold of all events of its session up to then.
#[derive(Debug, Clone, Default)]
pub struct State {
    /// The session whose events come now.
    session: Option<SessionId>,
    begun: Option<Arc<Begun>>,
    system: Option<Arc<str>>,
    tool: Option<Arc<str>>,
    messages: Vec<Arc<Message>>,
    /// What the run's model was told first.
    first: Option<Arc<Message>>,
    /// How many replies there were, those of earlier runs among them.
    replies: u32,
    context: Context,
    /// What the model has said last, beside its code.
    said_last: String,
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
    notes: Notes,
    words: Words,
    /// The sessions of those that have done tasks for it.
    subagents: BTreeSet<SessionId>,
    attempts: Attempts,
    reminders: Reminders,
    repeats: Repeats,
    /// How many repeats the model was told of last.
    repeats_told: u32,
    idle: u32,
    closing: Option<Reason>,
    /// Whether it was asked for what it has, and may go on now.
    is_allowed_more: bool,
    /// The end that the run has come to, while its report is written.
    concluded: Option<Ending>,
    report: Option<String>,
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
    /// What was said is to be left out of what the model is told.
    Compact {
        /// What the model has summed up of it; empty, if it has not.
        summary: String,
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
        if let Event::Asked { asked: Asked::Tool { tool, .. } | Asked::Start { tool, .. } } = event {
            self.reminders.called(reminders(self.begun.as_deref()), tool);
        }
        for done in self.calls.apply(position, event) {
            match done.tool {
                Followed::Final => self.finals.give(&done.arguments),
                Followed::Todo => self.todos.give(&done.arguments, self.spent.steps),
                Followed::Note => self.notes.give(&done.arguments),
                Followed::Task => self.subagents.extend(subagent(&done.result)),
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
            self.spent.time = self.time_at(at);
        }
    }

    fn cell_ended(&mut self, cell: u32, outcome: &Outcome) {
        let Cell::Runs { stdout, stderr } = std::mem::take(&mut self.cell) else { return };
        let Some(Act::Cell { code, .. }) = self.acts.get(self.done) else { return };
        let [stdout, stderr] = [stdout, stderr].map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
        let outcome = Arc::new(Outcome { stdout, stderr, ..outcome.clone() });
        if self.repeats.note(code, &outcome) < REPEATS_TOLD {
            self.repeats_told = 0;
        }
        self.attempts.note(cell, code, &outcome);
        self.reminders.cell_ended();
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
            Entry::Failed { failure } => {
                if failure.kind == ModelFailureKind::TooLong {
                    self.context.overflowed();
                }
                self.failure = Some(failure);
            }
            Entry::Compacted { parts } => self.compacted(parts),
            Entry::Allowed { budget } => self.allow(at, budget),
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
            notes: std::mem::take(&mut self.notes),
            words: std::mem::take(&mut self.words),
            subagents: std::mem::take(&mut self.subagents),
            context: std::mem::take(&mut self.context),
            replies: self.replies,
            reminders: Reminders::new(&begun.reminders),
            system: Some(begun.system.as_str().into()),
            tool: begun.tool.as_deref().map(Arc::from),
            begun: Some(Arc::new(begun)),
            since: at,
            ..Self::default()
        };
        self.words.begin();
        if self.messages.is_empty() {
            self.context.begin(self.system.as_deref().unwrap_or_default());
        }
    }

    /// Leaves out what was said, but for the beginning.
    fn compacted(&mut self, parts: Vec<Part>) {
        let first = self.first.iter().flat_map(|first| first.parts().iter().cloned());
        let message = Arc::new(Message::User { parts: first.chain(parts).collect() });
        self.context.compacted(self.system.as_deref().unwrap_or_default(), &message);
        self.messages = vec![message];
        (self.is_unanswered, self.failure) = (false, None);
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
            Some(Remark::Compact) => self.context.told(),
            Some(Remark::Report) => self.concluded = self.conclusion(),
            Some(Remark::Reminder(number)) => self.reminders.told(number),
            Some(Remark::Allowed) => self.is_allowed_more = false,
            Some(Remark::Idle) | None => {}
        }
        let is_observed = matches!(message, Message::Observed { .. });
        for part in message.parts().iter().filter(|part| is_observed || part.origin == Origin::Person) {
            self.hear(part);
        }
        self.words.hear(&message, self.first.is_none());
        self.is_unanswered = false;
        self.context.said(message.parts());
        let message = Arc::new(message);
        self.first.get_or_insert_with(|| Arc::clone(&message));
        self.messages.push(message);
    }

    /// Looks for what the model is to be reminded at.
    fn hear(&mut self, part: &Part) {
        if let Content::Text { text } = &part.content {
            self.reminders.heard(reminders(self.begun.as_deref()), text);
        }
    }

    fn replied(&mut self, position: u64, reply: ModelReply, micro_dollars: Option<u64>) {
        self.spent.steps += 1;
        self.replies = self.replies.saturating_add(1);
        self.use_up(reply.tokens, micro_dollars);
        self.failure = None;
        if self.context.replied(&reply) {
            // Whatever else it says counts for nothing.
            return self.mark(position);
        }
        if self.concluded.is_some() {
            self.report = Some(reply.text.trim().to_owned());
            return self.mark(position);
        }
        self.acts = acts(&reply, self.interface());
        (self.done, self.cell) = (0, Cell::None);
        self.is_unanswered = true;
        if !reply.text.trim().is_empty() {
            reply.text.trim().clone_into(&mut self.said_last);
        }
        let reminders = reminders(self.begun.as_deref());
        self.reminders.heard(reminders, &reply.text);
        reply.calls.iter().for_each(|call| self.reminders.heard(reminders, &call.arguments));
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
        self.next_sharing(now, SharedRest::default())
    }

    /// The same, where this is left of a budget that the run shares with others.
    #[must_use]
    pub fn next_sharing(&self, now: i64, rest: SharedRest) -> Next {
        if let Some(ending) = &self.ending {
            return Next::Ended((**ending).clone());
        }
        let Some(begun) = &self.begun else { return Next::Begin };
        match self.acts.get(self.done) {
            // What comes after the answer is not done any more.
            Some(Act::Cell { call, .. }) if self.finals.accepted().is_some() && matches!(self.cell, Cell::None) => {
                return Next::Refuse { call: call.clone(), problem: Problem::Answered };
            }
            Some(Act::Refuse { call, problem }) => {
                return Next::Refuse { call: call.clone(), problem: problem.clone() };
            }
            Some(Act::Cell { call, code }) => return self.cell(call.as_ref(), code),
            None => {}
        }
        if self.is_allowed_more {
            return Next::Remark(Remark::Allowed);
        }
        if let Some(summary) = self.context.summary() {
            return Next::Compact { summary: summary.to_owned() };
        }
        if let Some(ending) = &self.concluded {
            return match &self.report {
                Some(report) => Next::End(Ending { report: Some(report.clone()), ..ending.clone() }),
                None => Next::Ask,
            };
        }
        if let Some(ending) = self.conclusion() {
            let is_told_of = begun.report && self.closing.is_none();
            return if is_told_of { Next::Remark(Remark::Report) } else { Next::End(ending) };
        }
        if let Some(reason) = self.closing
            && !matches!(self.messages.last().map(|message| &**message), Some(Message::User { .. }))
        {
            return Next::End(self.cut_short(reason));
        }
        if self.is_unanswered && self.acts.is_empty() {
            return self.without_code();
        }
        if self.closing.is_none() {
            let time = self.time_at(now);
            if let Some(reason) = begun.budget.exceeded(&Spent { time, ..self.spent }) {
                return Next::Remark(Remark::Closing(reason));
            }
            match rest {
                SharedRest::Some => {}
                SharedRest::UsedUp(reason) => return Next::Remark(Remark::Closing(reason)),
                SharedRest::Overdrawn(reason) => return Next::End(self.cut_short(reason)),
            }
            if let Some(remark) = self.due(begun) {
                return Next::Remark(remark);
            }
        }
        Next::Ask
    }

    /// Returns what the model is to be told before it is asked, if anything.
    fn due(&self, begun: &Begun) -> Option<Remark> {
        let repeats = self.repeats.times();
        if repeats >= REPEATS_MAX {
            return Some(Remark::Closing(Reason::Loop));
        }
        if repeats >= REPEATS_TOLD && repeats != self.repeats_told {
            return Some(Remark::Loop(repeats));
        }
        if self.context.is_due(begun.context_tokens) {
            return Some(Remark::Compact);
        }
        if self.todos.are_due(self.spent.steps) {
            return Some(Remark::Todo);
        }
        self.reminders.due(&begun.reminders).map(Remark::Reminder)
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

    /// Returns how the run ends, if its model has given an answer.
    fn conclusion(&self) -> Option<Ending> {
        if let Some(last) = self.finals.accepted() {
            let reason = self.closing.unwrap_or(Reason::Done);
            let (answer, artifacts) = (last.answer.clone(), last.artifacts.clone());
            return Some(Ending { reason, answer, artifacts, report: None });
        }
        let Some(Message::Model(reply)) = self.messages.last().map(|message| &**message) else { return None };
        let is_answer = reply.stop == super::Stop::End && !reply.text.trim().is_empty();
        let ends = self.begun.as_ref().is_some_and(|begun| begun.reply_ends);
        let counts = self.is_unanswered && self.acts.is_empty() && self.closing.is_none();
        let answer = reply.text.trim();
        (is_answer && ends && counts).then(|| Ending {
            reason: Reason::Done,
            answer: answer.into(),
            artifacts: Vec::new(),
            report: None,
        })
    }

    /// What is to be done about a reply that asks for nothing, and is no answer.
    fn without_code(&self) -> Next {
        if self.idle >= IDLE_MAX {
            return Next::End(self.cut_short(Reason::Idle));
        }
        Next::Remark(Remark::Idle)
    }

    /// Returns how the run ends if it is cut short now, for this reason: with the last thing that its model has said.
    #[must_use]
    pub fn cut_short(&self, reason: Reason) -> Ending {
        Ending { reason, answer: self.said_last.as_str().into(), artifacts: Vec::new(), report: None }
    }

    /// Returns how long the run has taken at a moment, in milliseconds since 1970.
    fn time_at(&self, now: i64) -> Duration {
        Duration::from_millis(u64::try_from(now.saturating_sub(self.since)).unwrap_or(0))
    }

    /// Returns how long the model may think, or a cell run, until the time of the budget is up; `None`: there is no limit. What
    /// is asked of the model then has a time of its own.
    #[must_use]
    pub fn time_left(&self, now: i64) -> Option<Duration> {
        let limit = self.begun.as_ref()?.budget.time?;
        if self.closing == Some(Reason::Time) {
            return Some(CLOSING_TIME_MAX);
        }
        let time = self.time_at(now);
        Some(limit.saturating_sub(time))
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
            replies: self.replies,
        }
    }

    fn interface(&self) -> Interface {
        self.begun.as_ref().map_or(Interface::default(), |begun| begun.interface)
    }
}

/// Returns the session of the subagent that has given this.
fn subagent(result: &str) -> Option<SessionId> {
    #[derive(Deserialize)]
    struct Answer {
        session: SessionId,
    }
    serde_json::from_str::<Answer>(result).ok().map(|answer| answer.session)
}

/// Returns what a run's model is reminded of.
fn reminders(begun: Option<&Begun>) -> &[Reminder] {
    begun.map_or(&[], |begun| &begun.reminders)
}

#[cfg(test)]
mod tests;
