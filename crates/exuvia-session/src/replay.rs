//! Running a session again from its journal, and comparing.
//!
//! Nothing is touched by that: no tool runs, no mount is asked, no clock is read. The interpreter computes everything
//! anew, and each host call, each byte of output, each outcome and the hash of the memory at each checkpoint must be what
//! the journal has.

use std::sync::Arc;

use exuvia_core::journal::{Segment, SessionId, Store};
use exuvia_core::{Outcome, Stream};

use crate::cursor::Cursor;
use crate::environment::Environment;
use crate::error::SessionError;
use crate::host::{Recorder, Shared};
use crate::rebuild::{self, From};
use crate::session::cell_count;
use crate::timeline::timeline;

/// Who is given output as it comes again.
pub type Output = Box<dyn FnMut(Stream, &[u8]) + Send>;

/// What a replay is to do.
#[derive(Default)]
pub struct ReplayOptions {
    /// Up to and with which cell; `None`: to the end.
    pub until: Option<u32>,
    /// From the checkpoint that was taken at this position, or the last one before it; `None`: from the beginning.
    pub from: Option<u64>,
    /// Who is given the output as it comes again.
    pub output: Option<Output>,
    /// Who is given what tells how far the replay is, from another thread: a cell may take long.
    pub meter: Option<Box<dyn FnOnce(Meter) + Send>>,
}

/// Tells how far a replay is.
pub struct Meter {
    shared: Shared,
    events_all: u64,
}

/// How far a replay is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Passed {
    /// The cell that runs, or has run last.
    pub cell: u32,
    /// How many events have been compared.
    pub events: u64,
    /// How many there are.
    pub events_all: u64,
}

impl Meter {
    /// Returns how far it is now.
    #[must_use]
    pub fn look(&self) -> Passed {
        let recorder = self.shared.lock();
        let events = recorder.cursor.as_ref().map_or(self.events_all, Cursor::passed);
        Passed { cell: recorder.progress.cell, events, events_all: self.events_all }
    }
}

impl std::fmt::Debug for Meter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Meter").field(&self.look()).finish()
    }
}

/// A step of a replay: a cell that came out as recorded.
#[derive(Debug)]
pub struct ReplayStep<'a> {
    /// The cell.
    pub cell: u32,
    /// What came of it, now.
    pub outcome: &'a Outcome,
    /// How many events have been compared.
    pub events: u64,
    /// How many there are.
    pub events_all: u64,
}

/// What came of a replay in which everything was as recorded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Replayed {
    /// How many cells ran again to their end. What is done at a program's end runs again, too, and is none.
    pub cells: u32,
    /// How many events were compared.
    pub events: u64,
    /// How many events of the session's history were not run again, since they count for nothing: those of cells that were
    /// undone, or stopped from outside.
    pub left_out: u64,
    /// The cell in which the journal ends: its process was killed there, and nobody has resumed it.
    pub unfinished: Option<u32>,
    /// The SHA-256 of the memory at the end, in hexadecimal digits.
    pub memory: String,
}

/// A way of running a session again; see [`Replay::run`].
pub struct Replay {
    environment: Environment,
    store: Arc<dyn Store>,
    session: SessionId,
}

impl Replay {
    /// Will run this session again. The environment's live hosts are not asked for.
    #[must_use]
    pub fn new(store: Arc<dyn Store>, environment: Environment, session: SessionId) -> Self {
        Self { environment, store, session }
    }

    /// Runs it again. `watch` is told of each cell.
    ///
    /// # Errors
    ///
    /// [`SessionError::Diverged`] with the first difference; [`SessionError::Unlike`] if the image or the packages are not
    /// those of the session; [`SessionError::NoCell`].
    pub async fn run(
        &self,
        options: ReplayOptions,
        mut watch: impl FnMut(ReplayStep<'_>) + Send,
    ) -> Result<Replayed, SessionError> {
        let Self { environment, store, session } = self;
        let opened = rebuild::opening(store, session).await?;
        environment.check(session, &opened)?;
        if let Some(cell) = options.until {
            let cells = cell_count(store, session).await?;
            if cell > cells {
                return Err(SessionError::NoCell { session: session.clone(), cell, cells });
            }
        }
        // Of a session that goes on meanwhile, no more is left out than was there.
        let history = length(&store.history(session, None).await?);
        let timeline = timeline(store, session, None).await?;
        let left_out = history.saturating_sub(length(&timeline));
        let from = options.from.map_or(From::Beginning, From::Position);
        let start = rebuild::start(environment, store, timeline, from).await?;
        let events_all = start.events();
        let output = options.output;
        let prepare = |recorder: &mut Recorder| {
            recorder.verify = true;
            recorder.sink = output;
        };
        let mut built = start.build(environment, store, (session, &opened), None, prepare).await?;
        super::session::compare_waiting(&mut built.sandbox, &built.shared);
        if let Some(meter) = options.meter {
            meter(Meter { shared: built.shared.clone(), events_all });
        }
        let mut cells = 0;
        let step = |cell: u32, outcome: &Outcome, events: u64| {
            cells += 1;
            watch(ReplayStep { cell, outcome, events, events_all });
        };
        let driven = built.drive(&opened.limits, options.until, step).await;
        let unfinished = match driven {
            Ok(_) => None,
            Err(SessionError::Abandoned(_)) => Some(built.shared.lock().progress.cell),
            Err(error) => return Err(error),
        };
        let events = built.shared.lock().cursor.as_ref().map_or(events_all, |cursor| cursor.passed());
        Ok(Replayed { cells, events, left_out, unfinished, memory: built.sandbox.memory_hash() })
    }
}

/// Returns how many events these parts have.
fn length(parts: &[Segment]) -> u64 {
    parts.iter().map(|part| part.positions.end - part.positions.start).sum()
}

impl std::fmt::Debug for Replay {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Replay").field("session", &self.session).finish_non_exhaustive()
    }
}

impl std::fmt::Debug for ReplayOptions {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ReplayOptions").field("until", &self.until).field("from", &self.from).finish_non_exhaustive()
    }
}
