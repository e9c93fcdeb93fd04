//! What a run of events comes to.
//!
//! A [`State`] is fed a session's whole history, part by part, event by event, and knows at each moment what has to be
//! known to go on from there: which cell runs, what was asked and not answered, which calls are on their way, how many
//! random bytes were drawn. It holds no output, no answers and no files.

use std::collections::BTreeMap;

use crate::cell::Status;
use crate::host::{ClockId, HostAnswer};
use crate::journal::{Event, Hash, Opened, SessionId, Source};
use crate::recording::Asked;

/// What a session's history comes to, so far.
#[derive(Debug, Clone, Default)]
pub struct State {
    sessions: Vec<SessionId>,
    next: u64,
    opened: Option<Box<Opened>>,
    cells: Vec<Cell>,
    running: Option<usize>,
    question: Option<OpenQuestion>,
    moment: Moment,
    /// What there was before the cell that runs.
    before: Moment,
    outputs: Vec<Place>,
    checkpoints: Vec<NotedCheckpoint>,
}

/// Where an event stands in a history.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    /// In which part, from 0, the oldest: see [`State::session`].
    pub part: u32,
    /// Its position in that part's session.
    pub position: u64,
}

/// A cell of a history.
#[derive(Debug, Clone, PartialEq)]
pub struct Cell {
    /// Its number, from 1. After an undo, a number is given again.
    pub number: u32,
    /// What runs.
    pub source: Source,
    /// Where it started.
    pub started: Place,
    /// When, in milliseconds since 1970.
    pub started_at: i64,
    /// Where it ended.
    pub ended: Option<Place>,
    /// When, in milliseconds since 1970.
    pub ended_at: Option<i64>,
    /// How it ended.
    pub status: Option<Status>,
    /// Whether it counts for nothing: it was undone, or stopped from outside.
    pub undone: bool,
    /// What to go back to when later cells are undone.
    after: Moment,
}

/// An act that was about to be done when the journal ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenQuestion {
    /// Where it was asked.
    pub place: Place,
    /// The act.
    pub asked: Asked,
}

/// A call that was started in the background and whose end has not been told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenCall {
    /// Where it was started.
    pub place: Place,
    /// The tool's name.
    pub tool: String,
    /// Its arguments.
    pub arguments: String,
}

/// A checkpoint that was taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotedCheckpoint {
    /// Where.
    pub place: Place,
    /// The last cell that had started; 0: none.
    pub cell: u32,
    /// Whether that cell was running.
    pub running: bool,
    /// The memory's hash.
    pub memory: Hash,
    /// The files' hash.
    pub files: Option<Hash>,
    /// Whether it was taken in, or after, a cell that was undone.
    pub undone: bool,
}

/// An event that cannot stand where it does.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the event `{kind}` at position {position} cannot stand there: {why}")]
pub struct Misplaced {
    /// Its position.
    pub position: u64,
    /// Its kind.
    pub kind: &'static str,
    /// Why not.
    pub why: &'static str,
}

/// What an undo brings back.
#[derive(Debug, Clone, Default, PartialEq)]
struct Moment {
    random_bytes: u64,
    clocks: [Option<i64>; 3],
    calls: BTreeMap<u64, OpenCall>,
}

impl State {
    /// Makes the state of a history in which nothing has happened.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Begins a part of the history: events of this session follow, from position 0.
    pub fn begin(&mut self, session: SessionId) {
        self.sessions.push(session);
        self.next = 0;
    }

    /// Takes the next event of the part that was begun last. `at` is its time.
    ///
    /// # Errors
    ///
    /// [`Misplaced`] if it cannot follow what was told before; then the state is what it was.
    ///
    /// # Panics
    ///
    /// If no part was begun.
    pub fn push(&mut self, at: i64, event: &Event) -> Result<(), Misplaced> {
        let part = u32::try_from(self.sessions.len()).expect("a history has fewer parts") - 1;
        let place = Place { part, position: self.next };
        let misplaced = |why| Misplaced { position: place.position, kind: event.kind(), why };
        if matches!(event, Event::Opened(_)) != (place.position == 0) {
            return Err(misplaced("a session's first event says how it was opened, and no other one does"));
        }
        match event {
            Event::Opened(opened) => self.opened(opened),
            Event::CellStarted { cell, source } => self.cell_started(place, at, *cell, source).map_err(misplaced)?,
            Event::CellEnded { cell, outcome } => {
                self.cell_ended(place, at, *cell, &outcome.status).map_err(misplaced)?;
            }
            Event::Undone { cell } => self.undone(*cell).map_err(misplaced)?,
            Event::Asked { asked } => self.asked(place, asked).map_err(misplaced)?,
            Event::Answered { asked, answer } => self.answered(*asked, answer).map_err(misplaced)?,
            Event::Call { asked, answer } => self.called(asked, answer),
            Event::Clocks(readings) => {
                for (clock, nanoseconds) in readings {
                    self.moment.clocks[index(*clock)] = Some(*nanoseconds);
                }
            }
            Event::Random { length } => self.moment.random_bytes = self.moment.random_bytes.saturating_add(*length),
            Event::Output { .. } => self.outputs.push(place),
            Event::Checkpoint { memory, files } => {
                let cell = self.last_cell().map_or(0, |cell| cell.number);
                let running = self.running.is_some();
                let noted = NotedCheckpoint { place, cell, running, memory: *memory, files: *files, undone: false };
                self.checkpoints.push(noted);
            }
            Event::Given(_) if self.running.is_some() => return Err(misplaced("a cell is running")),
            Event::Interrupted { .. } | Event::Given(_) | Event::Note { .. } => {}
        }
        self.next += 1;
        Ok(())
    }

    /// Returns whose events the parts of the history are, the oldest first.
    #[must_use]
    pub fn sessions(&self) -> &[SessionId] {
        &self.sessions
    }

    /// Returns whose event stands at a place.
    #[must_use]
    pub fn session(&self, place: Place) -> Option<&SessionId> {
        self.sessions.get(place.part as usize)
    }

    /// Returns the position that comes next in the part that was begun last.
    #[must_use]
    pub fn position(&self) -> u64 {
        self.next
    }

    /// Returns what the session was opened with: of a fork, the fork's own.
    #[must_use]
    pub fn opening(&self) -> Option<&Opened> {
        self.opened.as_deref()
    }

    /// Returns all cells in the order in which they started, those that were undone among them.
    #[must_use]
    pub fn cells(&self) -> &[Cell] {
        &self.cells
    }

    /// Returns the last cell that has started and stands.
    #[must_use]
    pub fn last_cell(&self) -> Option<&Cell> {
        self.cells.iter().rev().find(|cell| !cell.undone)
    }

    /// Returns the cell of this number that stands.
    #[must_use]
    pub fn cell(&self, number: u32) -> Option<&Cell> {
        self.cells.iter().rev().find(|cell| !cell.undone && cell.number == number)
    }

    /// Returns the cell that runs.
    #[must_use]
    pub fn running(&self) -> Option<&Cell> {
        self.running.map(|index| &self.cells[index])
    }

    /// Returns the act that was asked for and not answered.
    #[must_use]
    pub fn question(&self) -> Option<&OpenQuestion> {
        self.question.as_ref()
    }

    /// Returns the calls that were started and have not ended, by their numbers.
    #[must_use]
    pub fn calls(&self) -> &BTreeMap<u64, OpenCall> {
        &self.moment.calls
    }

    /// Returns how many random bytes were drawn since the seed of [`opening`](Self::opening) was set.
    #[must_use]
    pub fn random_bytes(&self) -> u64 {
        self.moment.random_bytes
    }

    /// Returns the last reading of a clock, in nanoseconds.
    #[must_use]
    pub fn clock(&self, clock: ClockId) -> Option<i64> {
        self.moment.clocks[index(clock)]
    }

    /// Returns where output was written, in order.
    #[must_use]
    pub fn outputs(&self) -> &[Place] {
        &self.outputs
    }

    /// Returns the checkpoints that were taken, in order.
    #[must_use]
    pub fn checkpoints(&self) -> &[NotedCheckpoint] {
        &self.checkpoints
    }

    fn opened(&mut self, opened: &Opened) {
        // A fork draws from a stream of its own; clocks and calls that are on their way are those of its origin.
        self.moment.random_bytes = 0;
        self.opened = Some(Box::new(opened.clone()));
    }

    fn cell_started(&mut self, place: Place, at: i64, number: u32, source: &Source) -> Result<(), &'static str> {
        if self.running.is_some() {
            return Err("another cell is running");
        }
        if number != self.last_cell().map_or(0, |cell| cell.number).saturating_add(1) {
            return Err("cells are numbered one after the other");
        }
        self.running = Some(self.cells.len());
        self.before = self.moment.clone();
        self.cells.push(Cell {
            number,
            source: source.clone(),
            started: place,
            started_at: at,
            ended: None,
            ended_at: None,
            status: None,
            undone: false,
            after: Moment::default(),
        });
        Ok(())
    }

    fn cell_ended(&mut self, place: Place, at: i64, number: u32, status: &Status) -> Result<(), &'static str> {
        let running = self.running.filter(|index| self.cells[*index].number == number).ok_or("it is not running")?;
        let is_stopped = matches!(status, Status::Stopped { .. });
        if is_stopped {
            self.question = None;
        }
        if self.question.is_some() {
            return Err("an act of it has not been answered");
        }
        let cell = &mut self.cells[running];
        cell.ended = Some(place);
        cell.ended_at = Some(at);
        cell.status = Some(status.clone());
        cell.after = self.moment.clone();
        self.running = None;
        if is_stopped {
            // Its sandbox went with it: the next one begins where it had begun, and has its number.
            cell.undone = true;
            self.moment = std::mem::take(&mut self.before);
            let past = |noted: &NotedCheckpoint| noted.cell >= number;
            self.checkpoints.iter_mut().filter(|noted| past(noted)).for_each(|noted| noted.undone = true);
        }
        Ok(())
    }

    fn undone(&mut self, number: u32) -> Result<(), &'static str> {
        let kept = match number {
            0 => None,
            _ => Some(
                self.cell(number).filter(|cell| cell.ended.is_some()).ok_or("there is no such cell to go back to")?,
            ),
        };
        let after = kept.map_or_else(Moment::default, |cell| cell.after.clone());
        self.cells.iter_mut().filter(|cell| cell.number > number).for_each(|cell| cell.undone = true);
        let past = |noted: &NotedCheckpoint| noted.cell > number;
        self.checkpoints.iter_mut().filter(|noted| past(noted)).for_each(|noted| noted.undone = true);
        self.moment = after;
        self.running = None;
        self.question = None;
        Ok(())
    }

    fn asked(&mut self, place: Place, asked: &Asked) -> Result<(), &'static str> {
        if self.question.is_some() {
            return Err("another act has not been answered");
        }
        self.question = Some(OpenQuestion { place, asked: asked.clone() });
        Ok(())
    }

    fn answered(&mut self, position: u64, answer: &HostAnswer) -> Result<(), &'static str> {
        // The question may stand in an earlier part: a fork can begin where something was asked and not answered.
        let open = self.question.take_if(|open| open.place.position == position).ok_or("that was not asked")?;
        if let (Asked::Start { call, tool, arguments }, HostAnswer::Done) = (open.asked, answer) {
            self.moment.calls.insert(call, OpenCall { place: open.place, tool, arguments });
        }
        Ok(())
    }

    fn called(&mut self, asked: &Asked, answer: &HostAnswer) {
        if let Asked::Cancel { call } = asked {
            self.moment.calls.remove(call);
        }
        if let HostAnswer::Finished(finished) = answer {
            finished.iter().for_each(|finished| drop(self.moment.calls.remove(&finished.call)));
        }
    }
}

fn index(clock: ClockId) -> usize {
    match clock {
        ClockId::Realtime => 0,
        ClockId::Monotonic => 1,
        ClockId::Cpu => 2,
    }
}
