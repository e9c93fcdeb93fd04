//! Sessions that go on.

mod begin;
mod checkpoints;

use std::sync::Arc;

use exuvia_core::journal::{Event, GivenFile, Opened, SessionId, Source, Store};
use exuvia_core::{Outcome, Status, StopReason};
use exuvia_sandbox::{FileReader, Interrupter, Sandbox, SandboxError};

use crate::environment::Environment;
use crate::error::SessionError;
use crate::host::{Nobody, Shared};
use crate::log::Log;
use crate::rebuild;
pub use begin::{cell_count, last_cell, undo};
use checkpoints::Checkpoints;
pub(crate) use checkpoints::compare_waiting;

/// A sandbox together with its journal. It runs a cell at a time, and is the only one that writes to its journal.
pub struct Session {
    environment: Environment,
    store: Arc<dyn Store>,
    id: SessionId,
    opened: Opened,
    sandbox: Sandbox,
    shared: Shared,
    /// Where notes go after the end.
    closed: Option<Log>,
    checkpoints: Checkpoints,
    /// A cell was left while it ran, or the journal cannot be written to.
    abandoned: bool,
    /// A cell was stopped, and its sandbox with it: another one is made before the next cell.
    stopped: bool,
}

/// What going on with a session found.
#[derive(Debug, Clone, PartialEq)]
pub struct Resumed {
    /// The cell that had not come to its end, with what came of it now.
    pub continued: Option<(u32, Outcome)>,
    /// How many cells were run again since the last checkpoint.
    pub rerun: u32,
    /// Whether it began with a checkpoint.
    pub from_checkpoint: bool,
}

impl Session {
    /// Runs a cell, as [`Sandbox::run_async`] does. A future that is dropped before its end leaves the session to be
    /// resumed.
    ///
    /// A cell that had to be stopped from outside takes its sandbox with it: the next cell begins where that one had begun.
    ///
    /// # Errors
    ///
    /// [`SessionError::Store`] if the journal cannot be written to: then the cell has been stopped, and what it did since
    /// has had no effect.
    pub async fn run(&mut self, source: &str) -> Result<Outcome, SessionError> {
        self.perform(Source::Cell(source.to_owned())).await
    }

    /// Runs a cell or a program, or ends the program: see [`Sandbox::script`] and [`Sandbox::finish`].
    ///
    /// # Errors
    ///
    /// Those of [`run`](Self::run).
    pub async fn perform(&mut self, source: Source) -> Result<Outcome, SessionError> {
        if self.abandoned {
            return Err(SessionError::Abandoned(self.id.clone()));
        }
        self.ready().await?;
        if !self.sandbox.is_alive() {
            return Err(SandboxError::Stopped("its program has ended".to_owned()).into());
        }
        self.abandoned = true;
        let cell = self.start(&source)?;
        let outcome = rebuild::run(&mut self.sandbox, &source).await;
        if let Some(fault) = self.shared.lock().fault.take() {
            return Err(fault);
        }
        let outcome = match outcome {
            Ok(outcome) => outcome,
            Err(error) => {
                // What it says cannot be trusted any more: for the journal, it was stopped.
                self.end(cell, &Outcome::stopped(StopReason::Trap))?;
                (self.abandoned, self.stopped) = (false, true);
                return Err(error.into());
            }
        };
        self.end(cell, &outcome)?;
        self.abandoned = false;
        self.stopped = matches!(outcome.status, Status::Stopped { .. });
        if self.sandbox.is_alive() {
            self.checkpoints.after_cell(&mut self.sandbox, &self.shared)?;
        } else if !self.stopped {
            self.checkpoints.program_ended(&self.shared);
        }
        Ok(outcome)
    }

    /// Makes another sandbox if a cell was stopped, and its sandbox with it. [`perform`](Self::perform) does it, too.
    ///
    /// # Errors
    ///
    /// Those of [`run`](Self::run).
    pub async fn ready(&mut self) -> Result<(), SessionError> {
        if self.stopped { self.go_back().await } else { Ok(()) }
    }

    /// Writes down that a cell begins. Returns its number.
    fn start(&mut self, source: &Source) -> Result<u32, SessionError> {
        let reseed = std::mem::take(&mut self.shared.lock().progress.reseed);
        if reseed {
            self.sandbox.reseed()?;
        }
        let mut recorder = self.shared.lock();
        let cell = recorder.progress.cell + 1;
        let log = recorder.log.as_mut().ok_or_else(|| SessionError::Abandoned(self.id.clone()))?;
        log.append(Event::CellStarted { cell, source: source.clone() })?;
        self.checkpoints.cell_runs(log.now());
        (recorder.progress.cell, recorder.progress.running) = (cell, true);
        Ok(cell)
    }

    /// Writes down what came of a cell.
    fn end(&mut self, cell: u32, outcome: &Outcome) -> Result<(), SessionError> {
        let mut recorder = self.shared.lock();
        recorder.progress.running = false;
        let Some(log) = &mut recorder.log else { return Ok(()) };
        // What it printed is in the journal already.
        let outcome = Outcome { stdout: String::new(), stderr: String::new(), ..outcome.clone() };
        log.append(Event::CellEnded { cell, outcome: Box::new(outcome) })?;
        Ok(())
    }

    /// Undoes all cells after this one (0: all). They stay in the journal.
    ///
    /// # Errors
    ///
    /// [`SessionError::NoCell`].
    pub async fn undo(&mut self, cell: u32) -> Result<(), SessionError> {
        let cells = self.cells();
        if cell > cells {
            return Err(SessionError::NoCell { session: self.id.clone(), cell, cells });
        }
        if let Some(log) = &mut self.shared.lock().log {
            log.append(Event::Undone { cell })?;
        }
        self.go_back().await
    }

    /// Makes the sandbox again from what the journal has.
    async fn go_back(&mut self) -> Result<(), SessionError> {
        self.abandoned = true;
        let log = self.shared.lock().log.take();
        let Some(mut log) = log else { return Err(SessionError::Abandoned(self.id.clone())) };
        log.write()?;
        let start = rebuild::start_at_last(&self.environment, &self.store, &self.id, log.position()).await?;
        let live = self.environment.host()?;
        let prepare = |recorder: &mut crate::host::Recorder| {
            recorder.log = Some(log);
            recorder.resumed = true;
        };
        let identity = (&self.id, &self.opened);
        let mut built = start.build(&self.environment, &self.store, identity, Some(live), prepare).await?;
        self.checkpoints.watch(&mut built.sandbox, &built.shared);
        built.drive(&self.opened.limits, None, |_, _, _| {}).await?;
        self.take(built);
        Ok(())
    }

    fn take(&mut self, built: rebuild::Built) {
        (self.sandbox, self.shared) = (built.sandbox, built.shared);
        self.sandbox.limit_time(self.opened.limits.wall_time, self.opened.limits.cpu_time);
        (self.abandoned, self.stopped) = (false, false);
    }

    /// Notes something in the journal that is no business of the sandbox.
    ///
    /// # Errors
    ///
    /// [`SessionError::Store`].
    pub fn note(&mut self, kind: &str, data: serde_json::Value) -> Result<(), SessionError> {
        self.note_all(kind, [data])
    }

    /// Notes several things of a kind: all of them are in the journal, or none, whenever this process is killed.
    ///
    /// # Errors
    ///
    /// [`SessionError::Store`].
    pub fn note_all(
        &mut self,
        kind: &str,
        data: impl IntoIterator<Item = serde_json::Value>,
    ) -> Result<(), SessionError> {
        let notes = data.into_iter().map(|data| Event::Note { kind: kind.to_owned(), data });
        match &mut self.closed {
            Some(log) => Ok(log.append_all(notes)?),
            None => match &mut self.shared.lock().log {
                Some(log) => Ok(log.append_all(notes)?),
                None => Ok(()),
            },
        }
    }

    /// Puts a file into the sandbox, between two cells, in the place of one that is there. A replay does so, too.
    ///
    /// # Errors
    ///
    /// [`SessionError::Sandbox`] for a path that cannot be, or where there is no room: then nothing is written.
    pub fn give(&mut self, path: &str, content: Vec<u8>) -> Result<(), SessionError> {
        if self.abandoned {
            return Err(SessionError::Abandoned(self.id.clone()));
        }
        self.sandbox.put_file(path, content.clone().into())?;
        let written = match &mut self.shared.lock().log {
            Some(log) => log.append(Event::Given(GivenFile { path: path.to_owned(), content })).map(drop),
            None => Ok(()),
        };
        // The sandbox has a file then that the journal does not know of.
        self.abandoned = written.is_err();
        Ok(written?)
    }

    /// Ends the session. What is done with the sandbox from now on is in no journal, and no cell runs in the session any
    /// more; notes can still be made.
    ///
    /// # Errors
    ///
    /// [`SessionError::Store`].
    pub fn close(&mut self) -> Result<(), SessionError> {
        self.abandoned = true;
        let mut recorder = self.shared.lock();
        recorder.is_closed = true;
        self.closed = recorder.log.take();
        self.closed.as_mut().map_or(Ok(()), |log| Ok(log.write()?))
    }

    /// Makes a sandbox that is as this session's is now, and has nothing to do with it: what is done there, such as looking
    /// for names that could be typed, leaves the session as it is. Its host does nothing.
    ///
    /// # Errors
    ///
    /// [`SessionError::Sandbox`].
    pub fn aside(&mut self) -> Result<Sandbox, SessionError> {
        let checkpoint = self.sandbox.checkpoint()?;
        Ok(self.environment.builder(&self.opened, Some(&checkpoint)).host(crate::host::Nobody).build()?)
    }

    /// Waits until all that was written is on the disk.
    ///
    /// # Errors
    ///
    /// [`SessionError::Store`].
    pub fn sync(&mut self) -> Result<(), SessionError> {
        match &mut self.shared.lock().log {
            Some(log) => Ok(log.sync()?),
            None => Ok(()),
        }
    }

    /// Returns the time, in milliseconds since 1970, as it is written beside events.
    #[must_use]
    pub fn now(&self) -> i64 {
        (self.environment.now)()
    }

    /// Returns its id.
    #[must_use]
    pub fn id(&self) -> &SessionId {
        &self.id
    }

    /// Returns what it was opened with.
    #[must_use]
    pub fn opened(&self) -> &Opened {
        &self.opened
    }

    /// Returns the number of the last cell that stands; 0: there is none.
    #[must_use]
    pub fn cells(&self) -> u32 {
        self.shared.lock().progress.cell
    }

    /// Returns its sandbox: what is done with that past the session is in no journal, unless it only looks.
    pub fn sandbox(&mut self) -> &mut Sandbox {
        &mut self.sandbox
    }

    /// Returns a reader of its files as they are between cells, also of those in mounts, for which a live host answers. What
    /// is read is in no journal: whoever goes on by it has to write that down.
    #[must_use]
    pub fn file_reader(&self) -> FileReader {
        let host = if self.opened.mounts.is_empty() { None } else { self.environment.host().ok() };
        self.sandbox.file_reader(host.unwrap_or_else(|| Box::new(Nobody)))
    }

    /// Returns a handle that interrupts the cell that runs.
    #[must_use]
    pub fn interrupter(&self) -> Interrupter {
        self.sandbox.interrupter()
    }
}

impl std::fmt::Debug for Session {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Session").field("id", &self.id).finish_non_exhaustive()
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        // What was gathered since the last cell is written, but not in the middle of one: that is resumed from what is
        // written.
        let mut recorder = self.shared.lock();
        if !self.abandoned
            && let Some(log) = &mut recorder.log
        {
            // Nobody was told that it was.
            let _unwritten = log.write();
        }
        recorder.log = None;
    }
}
