//! What happened in a session, as people see it: cells, with what was called and written in each.

mod acts;

use std::collections::BTreeMap;

use exuvia_core::journal::{Cell as StateCell, Event, GivenFile, Opened, Recorded, Segment, SessionId, Source};
use exuvia_core::journal::{State, Store, StoreError};
use exuvia_core::recording::Asked;
use exuvia_core::{FinishedCall, HostAnswer, Outcome, Stream};
use serde::{Serialize, Serializer};

use super::{times, wait};
pub(super) use acts::{Change, Changing};

/// How many events are read at a time.
const EVENTS_AT_A_TIME: usize = 256;

/// Something that happened, in a cell or between cells.
#[derive(Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(super) enum Item {
    /// A piece of Python ran.
    Cell(Box<Cell>),
    /// What follows belongs to this session, which was forked from what was told before.
    Forked { session: SessionId, parent: SessionId, position: u64 },
    /// The cells after this one were undone.
    Undone { cell: u32, position: u64 },
    /// A tool was called.
    Call(Call),
    /// A call that was started in a cell before this one has ended.
    Ended { tool: String, outcome: Ending },
    /// Something was changed in a mount.
    Change(Change),
    /// Something was written to a standard stream.
    Output {
        stream: Stream,
        #[serde(rename = "text", serialize_with = "lossy")]
        bytes: Vec<u8>,
    },
    /// Something was read from stdin.
    Input {
        #[serde(rename = "text", serialize_with = "lossy")]
        bytes: Vec<u8>,
    },
    /// The long help of a tool was asked for.
    Help { tool: String },
    /// An interrupt was delivered.
    Interrupted { signal: u8, message: String },
    /// A checkpoint was taken.
    Checkpoint { position: u64, memory: String },
    /// A file was put into the sandbox.
    Given { path: String, bytes: u64 },
    /// Something was noted.
    Note { kind: String, data: serde_json::Value },
}

/// A cell, with what happened in it.
#[derive(Serialize)]
pub(super) struct Cell {
    pub(super) cell: u32,
    /// In whose events it begins, and where.
    pub(super) session: SessionId,
    pub(super) position: u64,
    /// Whether it was undone later.
    pub(super) undone: bool,
    #[serde(serialize_with = "rfc3339")]
    pub(super) started: i64,
    #[serde(serialize_with = "rfc3339_if")]
    pub(super) ended: Option<i64>,
    #[serde(serialize_with = "source")]
    pub(super) source: Source,
    /// The text of a program that is in a file which the session began with.
    #[serde(serialize_with = "lossy_if")]
    pub(super) file: Option<Vec<u8>>,
    pub(super) items: Vec<Item>,
    pub(super) outcome: Option<Box<Outcome>>,
    /// How often clocks were read.
    pub(super) clock_reads: u64,
    /// How many random bytes were drawn.
    pub(super) random_bytes: u64,
    /// How often something was read from mounts.
    pub(super) mount_reads: u64,
}

/// A call of a tool.
#[derive(Serialize)]
pub(super) struct Call {
    pub(super) position: u64,
    pub(super) tool: String,
    /// JSON, or a text for a tool that takes one.
    pub(super) arguments: String,
    /// Whether the program went on meanwhile.
    pub(super) background: bool,
    /// What came of it; `None`: that was not recorded, or in a later cell.
    pub(super) outcome: Option<Ending>,
    pub(super) seconds: Option<f64>,
    #[serde(skip)]
    started: i64,
    /// The number that the sandbox gave it.
    #[serde(skip)]
    number: Option<u64>,
}

/// What came of a call.
#[derive(Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Ending {
    Result(String),
    Failure(exuvia_core::ToolFailure),
    Interrupted,
    Cancelled,
}

/// Tells what happened in these parts of a history, in order.
///
/// # Errors
///
/// [`StoreError::Damaged`], after all that is sound has been told.
pub(super) fn tell(store: &dyn Store, segments: &[Segment], tell: &mut dyn FnMut(Item)) -> Result<(), StoreError> {
    // Whether a cell was undone is known only at the end.
    let mut state = State::new();
    let damage = fold(store, segments, &mut state);
    let mut sound = segments[..state.sessions().len()].to_vec();
    if let Some(last) = sound.last_mut() {
        last.positions.end = state.position();
    }
    let mut teller = Teller::new(state.cells(), tell);
    let told = visit(store, &sound, &mut |segment, recorded| {
        teller.take(segment, recorded);
        Ok(())
    });
    teller.end();
    damage.and(told)
}

/// Checks that the events of a history can have happened in their order.
///
/// # Errors
///
/// [`StoreError::Damaged`].
pub(super) fn check(store: &dyn Store, segments: &[Segment]) -> Result<(), StoreError> {
    fold(store, segments, &mut State::new())
}

fn fold(store: &dyn Store, segments: &[Segment], state: &mut State) -> Result<(), StoreError> {
    visit(store, segments, &mut |segment, recorded| {
        if recorded.position == 0 {
            state.begin(segment.session.clone());
        }
        state.push(recorded.at, &recorded.event).map_err(|misplaced| StoreError::Damaged {
            session: Some(segment.session.clone()),
            position: Some(recorded.position),
            what: misplaced.to_string(),
        })
    })
}

/// Goes through the events of a history, up to the first that is damaged.
fn visit(
    store: &dyn Store,
    segments: &[Segment],
    visit: &mut dyn FnMut(&Segment, Recorded) -> Result<(), StoreError>,
) -> Result<(), StoreError> {
    for segment in segments {
        let mut from = segment.positions.start;
        while from < segment.positions.end {
            let left = usize::try_from(segment.positions.end - from).unwrap_or(usize::MAX);
            let (events, damage) = page(store, &segment.session, from, left.min(EVENTS_AT_A_TIME))?;
            from += events.len() as u64;
            let none = events.is_empty();
            events.into_iter().try_for_each(|recorded| visit(segment, recorded))?;
            if let Some(damage) = damage {
                return Err(damage);
            }
            if none {
                break;
            }
        }
    }
    Ok(())
}

/// Reads some events, and of a page with a damaged one those before it.
fn page(
    store: &dyn Store,
    session: &SessionId,
    from: u64,
    count: usize,
) -> Result<(Vec<Recorded>, Option<StoreError>), StoreError> {
    let error = match wait(store.read(session, from, count)) {
        Ok(events) => return Ok((events, None)),
        Err(error) => error,
    };
    match &error {
        StoreError::Damaged { position: Some(position), .. } if *position > from => {
            let sound = usize::try_from(*position - from).unwrap_or(usize::MAX);
            Ok((wait(store.read(session, from, sound))?, Some(error)))
        }
        _ => Err(error),
    }
}

/// Makes an account of events, one by one.
struct Teller<'a> {
    cells: std::slice::Iter<'a, StateCell>,
    tell: &'a mut dyn FnMut(Item),
    /// The one that runs.
    cell: Option<Box<Cell>>,
    /// What was asked and not answered: the position, and what becomes of it.
    asked: Option<(u64, Item)>,
    /// The tools of calls that are on their way.
    calls: BTreeMap<u64, String>,
    /// Where the mounts are.
    mounts: Vec<String>,
    files: Vec<GivenFile>,
}

impl<'a> Teller<'a> {
    fn new(cells: &'a [StateCell], tell: &'a mut dyn FnMut(Item)) -> Self {
        let (mounts, files) = (Vec::new(), Vec::new());
        Self { cells: cells.iter(), tell, cell: None, asked: None, calls: BTreeMap::new(), mounts, files }
    }

    fn take(&mut self, segment: &Segment, recorded: Recorded) {
        let Recorded { position, at, event, .. } = recorded;
        match event {
            Event::Opened(opened) => self.opened(segment, *opened),
            Event::CellStarted { cell, source } => self.cell_started(segment, position, at, (cell, source)),
            Event::CellEnded { outcome, .. } => {
                if let Some(mut cell) = self.cell.take() {
                    cell.ended = Some(at);
                    cell.outcome = Some(outcome);
                    (self.tell)(Item::Cell(cell));
                }
            }
            Event::Undone { cell } => {
                self.end();
                self.calls.clear();
                (self.tell)(Item::Undone { cell, position });
            }
            Event::Clocks(readings) => self.count(|cell| cell.clock_reads += readings.len() as u64),
            Event::Random { length } => {
                self.count(|cell| cell.random_bytes = cell.random_bytes.saturating_add(length));
            }
            Event::Output { stream, bytes } => self.output(stream, bytes),
            Event::Asked { asked } => self.asked = self.act(position, at, asked).map(|item| (position, item)),
            Event::Answered { asked, answer } => self.answered(asked, at, answer),
            Event::Call { asked, answer } => self.called(asked, at, answer),
            Event::Interrupted { interrupt, .. } => {
                self.add(Item::Interrupted { signal: interrupt.signal, message: interrupt.message });
            }
            Event::Checkpoint { memory, .. } => self.add(Item::Checkpoint { position, memory: memory.to_string() }),
            Event::Given(file) => self.add(Item::Given { path: file.path, bytes: file.content.len() as u64 }),
            Event::Note { kind, data } => self.add(Item::Note { kind, data }),
        }
    }

    /// Tells of what has not come to its end.
    fn end(&mut self) {
        if let Some((_, item)) = self.asked.take() {
            self.add(item);
        }
        if let Some(cell) = self.cell.take() {
            (self.tell)(Item::Cell(cell));
        }
    }

    fn opened(&mut self, segment: &Segment, opened: Opened) {
        self.mounts = opened.mounts.into_iter().map(|mount| mount.path).collect();
        self.files = opened.files;
        if let Some(parent) = opened.parent {
            let session = segment.session.clone();
            self.add(Item::Forked { session, parent: parent.session, position: parent.position });
        }
    }

    fn cell_started(&mut self, segment: &Segment, position: u64, at: i64, (cell, source): (u32, Source)) {
        let undone = self.cells.next().is_some_and(|cell| cell.undone);
        let file = acts::program_file(&source, &self.files);
        self.cell = Some(Box::new(Cell {
            cell,
            session: segment.session.clone(),
            position,
            undone,
            started: at,
            ended: None,
            source,
            file,
            items: Vec::new(),
            outcome: None,
            clock_reads: 0,
            random_bytes: 0,
            mount_reads: 0,
        }));
    }

    /// Adds something to the cell that runs, or tells it if there is none.
    fn add(&mut self, item: Item) {
        match &mut self.cell {
            Some(cell) => cell.items.push(item),
            None => (self.tell)(item),
        }
    }

    fn count(&mut self, count: impl FnOnce(&mut Cell)) {
        if let Some(cell) = &mut self.cell {
            count(cell);
        }
    }

    fn output(&mut self, stream: Stream, bytes: Vec<u8>) {
        // What is written one after the other belongs together.
        if let Some(cell) = &mut self.cell
            && let Some(Item::Output { stream: last, bytes: written }) = cell.items.last_mut()
            && *last == stream
        {
            written.extend(bytes);
        } else {
            self.add(Item::Output { stream, bytes });
        }
    }

    /// Makes an item of an act that has an effect outside.
    fn act(&self, position: u64, at: i64, asked: Asked) -> Option<Item> {
        let call = |tool, arguments, number: Option<u64>| {
            let background = number.is_some();
            let (outcome, seconds, started) = (None, None, at);
            Item::Call(Call { position, tool, arguments, background, outcome, seconds, started, number })
        };
        match asked {
            Asked::Tool { tool, arguments } => Some(call(tool, arguments, None)),
            Asked::Start { call: number, tool, arguments } => Some(call(tool, arguments, Some(number))),
            Asked::Mount(request) => Some(Item::Change(Change::new(position, &self.mounts, request))),
            _ => None,
        }
    }

    fn answered(&mut self, position: u64, at: i64, answer: HostAnswer) {
        let Some((_, mut item)) = self.asked.take_if(|(asked, _)| *asked == position) else { return };
        match (&mut item, answer) {
            (Item::Call(call), HostAnswer::Tool(outcome)) => call.end(Ending::from(outcome), at),
            (Item::Call(call), HostAnswer::Interrupted) => call.end(Ending::Interrupted, at),
            (Item::Call(call), HostAnswer::Done) => {
                self.calls.extend(call.number.map(|number| (number, call.tool.clone())));
            }
            (Item::Change(change), answer) => change.answered(answer),
            _ => {}
        }
        self.add(item);
    }

    fn called(&mut self, asked: Asked, at: i64, answer: HostAnswer) {
        match (asked, answer) {
            (Asked::Input { .. }, HostAnswer::Bytes(bytes)) => self.add(Item::Input { bytes }),
            (Asked::Help { tool }, _) => self.add(Item::Help { tool }),
            (Asked::Mount(_), _) => self.count(|cell| cell.mount_reads += 1),
            (Asked::Cancel { call }, _) => self.call_ended(call, at, Ending::Cancelled),
            (_, HostAnswer::Finished(finished)) => {
                for FinishedCall { call, outcome } in finished {
                    self.call_ended(call, at, Ending::from(outcome));
                }
            }
            _ => {}
        }
    }

    /// Notes the end of a call that was started: where it was started, if that is in this cell.
    fn call_ended(&mut self, number: u64, at: i64, outcome: Ending) {
        let Some(tool) = self.calls.remove(&number) else { return };
        let items = self.cell.iter_mut().flat_map(|cell| cell.items.iter_mut().rev());
        let mut calls = items.filter_map(|item| if let Item::Call(call) = item { Some(call) } else { None });
        match calls.find(|call| call.number == Some(number)) {
            Some(call) => call.end(outcome, at),
            None => self.add(Item::Ended { tool, outcome }),
        }
    }
}

impl Call {
    fn end(&mut self, outcome: Ending, at: i64) {
        self.outcome = Some(outcome);
        self.seconds = Some(times::between(self.started, at).as_secs_f64());
    }
}

impl From<exuvia_core::ToolOutcome> for Ending {
    fn from(outcome: exuvia_core::ToolOutcome) -> Self {
        outcome.map_or_else(Self::Failure, Self::Result)
    }
}

fn rfc3339<S: Serializer>(at: &i64, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&times::rfc3339(*at))
}

fn rfc3339_if<S: Serializer>(at: &Option<i64>, serializer: S) -> Result<S::Ok, S::Error> {
    at.map(times::rfc3339).serialize(serializer)
}

/// Bytes that are no UTF-8 are replaced; `--events` has them as they are.
fn lossy<S: Serializer>(bytes: &[u8], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&String::from_utf8_lossy(bytes))
}

fn lossy_if<S: Serializer>(bytes: &Option<Vec<u8>>, serializer: S) -> Result<S::Ok, S::Error> {
    bytes.as_deref().map(String::from_utf8_lossy).serialize(serializer)
}

fn source<S: Serializer>(source: &Source, serializer: S) -> Result<S::Ok, S::Error> {
    acts::SourceForm::from(source).serialize(serializer)
}
