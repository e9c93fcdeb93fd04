//! Building a session's sandbox again from its journal.

use std::sync::Arc;

use exuvia_core::journal::{Event, Opened, Program, Segment, SessionId, Source, Store, StoreError};
use exuvia_core::{Host, Outcome};
use exuvia_sandbox::{Checkpoint, Sandbox, Script, ScriptSource};

use crate::cursor::Cursor;
use crate::divergence::{Deed, ended};
use crate::environment::{Environment, opened_of};
use crate::error::SessionError;
use crate::host::{Recorder, SessionHost, Shared};
use crate::log::hash;
use crate::progress::Progress;
use crate::saved::{self, Saved};
use crate::timeline;

/// Where to begin.
pub(crate) struct Start {
    /// The checkpoint, if there is one to begin with.
    checkpoint: Option<Checkpoint>,
    progress: Progress,
    /// The seed that random bytes follow from there.
    seed: [u8; 32],
    /// What comes after it.
    rest: Vec<Segment>,
}

/// A sandbox, and what it shares with its host.
pub(crate) struct Built {
    pub(crate) sandbox: Sandbox,
    pub(crate) shared: Shared,
}

/// Which checkpoints may be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum From {
    /// None: from the very beginning.
    Beginning,
    /// The last one.
    Last,
    /// The last one that was taken at this position of the session's own events, or before it.
    Position(u64),
}

/// Finds where to begin to go on with a session: with its own last checkpoint, if nothing was undone since, and what is
/// before that is not even read. Else as [`start`] does.
pub(crate) async fn start_at_last(
    environment: &Environment,
    store: &Arc<dyn Store>,
    session: &SessionId,
    end: u64,
) -> Result<Start, SessionError> {
    let entries = store.checkpoints(session).await?;
    for entry in entries.iter().rev().filter(|entry| entry.position < end) {
        let Some(rest) = timeline::tail(store, session, entry.position + 1, end).await? else { break };
        if let Some(saved) = load(environment, store, session, entry.position).await? {
            let seed = opening(store, session).await?.seed;
            return Ok(Start { checkpoint: Some(saved.checkpoint), progress: saved.progress, seed, rest });
        }
    }
    start(environment, store, timeline::timeline(store, session, None).await?, From::Last).await
}

/// Finds where to begin.
pub(crate) async fn start(
    environment: &Environment,
    store: &Arc<dyn Store>,
    timeline: Vec<Segment>,
    from: From,
) -> Result<Start, SessionError> {
    if from != From::Beginning {
        for part in timeline.iter().rev() {
            let last = timeline.last().is_some_and(|last| last.session == part.session);
            let end = match from {
                From::Position(position) if last => part.positions.end.min(position + 1),
                _ => part.positions.end,
            };
            let entries = store.checkpoints(&part.session).await?;
            for entry in entries.iter().rev() {
                if !(part.positions.start..end).contains(&entry.position) {
                    continue;
                }
                if let Some(saved) = load(environment, store, &part.session, entry.position).await? {
                    let seed = opening(store, &part.session).await?.seed;
                    let rest = timeline::after(&timeline, &part.session, entry.position + 1).unwrap_or_default();
                    return Ok(Start { checkpoint: Some(saved.checkpoint), progress: saved.progress, seed, rest });
                }
            }
        }
    }
    let seed = match timeline.first() {
        Some(part) => opening(store, &part.session).await?.seed,
        None => [0; 32],
    };
    Ok(Start { checkpoint: None, progress: Progress::default(), seed, rest: timeline })
}

/// Reads what a session was opened with.
pub(crate) async fn opening(store: &Arc<dyn Store>, session: &SessionId) -> Result<Opened, SessionError> {
    let first = store.read(session, 0, 1).await?.pop();
    opened_of(session, first.map(|recorded| recorded.event))
}

/// Reads a checkpoint, if it is that of the event at its position.
async fn load(
    environment: &Environment,
    store: &Arc<dyn Store>,
    session: &SessionId,
    position: u64,
) -> Result<Option<Saved>, StoreError> {
    let Some(bytes) = store.checkpoint(session, position).await? else { return Ok(None) };
    let Some(saved) = saved::decode(&environment.engine, &bytes) else { return Ok(None) };
    let noted = store.read(session, position, 1).await?.pop().map(|recorded| recorded.event);
    let is_noted = matches!(noted, Some(Event::Checkpoint { memory, .. }) if memory == saved.memory);
    Ok(is_noted.then_some(saved))
}

impl Start {
    /// Returns whether it begins with a checkpoint.
    pub(crate) fn has_checkpoint(&self) -> bool {
        self.checkpoint.is_some()
    }

    /// Returns how many events come after it.
    pub(crate) fn events(&self) -> u64 {
        self.rest.iter().map(|part| part.positions.end - part.positions.start).sum()
    }

    /// Makes the sandbox. `prepare` is given the recorder before anybody asks it; `live` is who answers what is not in the
    /// journal.
    pub(crate) async fn build(
        self,
        environment: &Environment,
        store: &Arc<dyn Store>,
        (session, opened): (&SessionId, &Opened),
        live: Option<Box<dyn Host>>,
        prepare: impl FnOnce(&mut Recorder),
    ) -> Result<Built, SessionError> {
        let mut recorder = Recorder::new(session.clone(), self.seed, self.progress);
        recorder.declarations = opened.tools.clone().into();
        recorder.cursor = (!self.rest.is_empty()).then(|| Cursor::new(Arc::clone(store), self.rest));
        prepare(&mut recorder);
        let shared = Shared::new(recorder);
        let builder = environment.builder(opened, self.checkpoint.as_ref());
        let sandbox = builder.host(SessionHost::new(shared.clone(), live)).build_async().await;
        if let Some(fault) = shared.lock().fault.take() {
            return Err(fault);
        }
        let sandbox = sandbox?;
        shared.lock().aim(sandbox.interrupter());
        Ok(Built { sandbox, shared })
    }
}

impl Built {
    /// Runs what the journal has, cell by cell, up to and with the cell of this number (`None`: all). Returns the cell
    /// that was not at its end when the journal was, if there is one, with its outcome: it went on live.
    ///
    /// `watch` is told of each cell that has run; what is done at a program's end is none.
    pub(crate) async fn drive(
        &mut self,
        limits: &exuvia_core::Limits,
        until: Option<u32>,
        mut watch: impl FnMut(u32, &Outcome, u64) + Send,
    ) -> Result<Option<(u32, Outcome)>, SessionError> {
        if self.sandbox.is_waiting() {
            let cell = self.shared.lock().progress.cell;
            self.limit(limits)?;
            let outcome = self.sandbox.resume_async().await;
            if let Some(outcome) = self.ended(cell, outcome)? {
                return Ok(Some((cell, outcome)));
            }
        }
        loop {
            let next = self.shared.lock().next_recorded()?.cloned();
            match next {
                None => return Ok(None),
                Some(Event::CellStarted { cell, .. }) if until.is_some_and(|until| cell > until) => return Ok(None),
                Some(Event::Random { .. }) if self.shared.lock().progress.reseed => {
                    self.sandbox.reseed()?;
                    self.shared.lock().progress.reseed = false;
                }
                Some(Event::CellStarted { cell, source }) => {
                    self.begin(cell)?;
                    self.limit(limits)?;
                    let outcome = run(&mut self.sandbox, &source).await;
                    if let Some(outcome) = self.ended(cell, outcome)? {
                        return Ok(Some((cell, outcome)));
                    }
                    let passed = self.shared.lock().cursor.as_ref().map_or(0, Cursor::passed);
                    let last = self.shared.lock().last.take();
                    if let Some(outcome) = last.filter(|_| source != Source::Finish) {
                        watch(cell, &outcome, passed);
                    }
                }
                Some(Event::Given(file)) => {
                    self.sandbox.put_file(&file.path, file.content.into())?;
                    if let Some(cursor) = &mut self.shared.lock().cursor {
                        cursor.next()?;
                    }
                }
                Some(Event::Checkpoint { memory, files }) => {
                    let verify = self.shared.lock().verify;
                    let checkpoint = if verify { Some(self.sandbox.checkpoint()?) } else { None };
                    self.shared.lock().compare(checkpoint.as_ref(), memory, files)?;
                    self.fault()?;
                }
                Some(_) => {
                    self.shared.lock().diverge(Deed::Ended("has ended already".to_owned()));
                    self.fault()?;
                }
            }
        }
    }

    fn begin(&mut self, cell: u32) -> Result<(), SessionError> {
        let mut recorder = self.shared.lock();
        if let Some(cursor) = &mut recorder.cursor {
            cursor.next()?;
        }
        (recorder.progress.cell, recorder.progress.running) = (cell, true);
        Ok(())
    }

    /// Limits the time of the cell that is about to run, unless the journal has its end.
    fn limit(&mut self, limits: &exuvia_core::Limits) -> Result<(), SessionError> {
        let ends = match &mut self.shared.lock().cursor {
            Some(cursor) => cursor.cell_ends()?,
            None => false,
        };
        let (wall, cpu) = if ends { (None, None) } else { (limits.wall_time, limits.cpu_time) };
        self.sandbox.limit_time(wall, cpu);
        Ok(())
    }

    /// Compares a cell's outcome with the journal's. Returns it if the journal does not have it.
    fn ended(
        &mut self,
        cell: u32,
        outcome: Result<Outcome, exuvia_sandbox::SandboxError>,
    ) -> Result<Option<Outcome>, SessionError> {
        let mut recorder = self.shared.lock();
        if let Some(mut fault) = recorder.fault.take() {
            if let (SessionError::Diverged(divergence), Ok(outcome)) = (&mut fault, &outcome) {
                divergence.line = line(outcome);
            }
            return Err(fault);
        }
        let outcome = outcome?;
        recorder.progress.running = false;
        match recorder.next_recorded()?.cloned() {
            None => return Ok(Some(outcome)),
            Some(Event::CellEnded { cell: then, outcome: recorded })
                if then == cell && (!recorder.verify || is_same(&outcome, &recorded)) =>
            {
                if let Some(cursor) = &mut recorder.cursor {
                    cursor.next()?;
                }
                recorder.last = Some(outcome);
                return Ok(None);
            }
            Some(_) => recorder.diverge(Deed::Ended(ended(&outcome))),
        }
        drop(recorder);
        self.fault().map(|()| None)
    }

    fn fault(&self) -> Result<(), SessionError> {
        match self.shared.lock().fault.take() {
            Some(fault) => Err(fault),
            None => Ok(()),
        }
    }
}

impl Recorder {
    /// Passes the event that says that a checkpoint was taken here, and compares the hashes.
    pub(crate) fn compare(
        &mut self,
        checkpoint: Option<&Checkpoint>,
        memory: exuvia_core::journal::Hash,
        files: Option<exuvia_core::journal::Hash>,
    ) -> Result<(), StoreError> {
        if let Some(checkpoint) = checkpoint {
            if hash(checkpoint.memory_hash()) != memory {
                self.diverge(Deed::Hash("memory's hash", checkpoint.memory_hash().to_owned()));
            } else if files.is_some_and(|files| hash(checkpoint.files_hash()) != files) {
                self.diverge(Deed::Hash("files' hash", checkpoint.files_hash().to_owned()));
            }
        }
        match &mut self.cursor {
            Some(cursor) => cursor.next().map(drop),
            None => Ok(()),
        }
    }
}

/// Runs a piece of Python as a journal has it.
///
/// # Errors
///
/// Those of [`Sandbox::run`].
pub async fn run(sandbox: &mut Sandbox, source: &Source) -> Result<Outcome, exuvia_sandbox::SandboxError> {
    match source {
        Source::Cell(text) => sandbox.run_async(text).await,
        Source::Program { program, arguments } => {
            let source = match program.clone() {
                Program::File(path) => ScriptSource::File(path),
                Program::Code(text) => ScriptSource::Code(text),
                Program::Module(name) => ScriptSource::Module(name),
                Program::Stdin(text) => ScriptSource::Stdin(text),
            };
            sandbox.script_async(&Script { source, arguments: arguments.clone() }).await
        }
        Source::Finish => sandbox.finish_async().await,
    }
}

/// Whether two outcomes are the same, but for what they used and for texts that are events of their own.
fn is_same(now: &Outcome, then: &Outcome) -> bool {
    now.status == then.status && now.value == then.value && now.error == then.error
}

/// Returns the line at which a cell was interrupted, and its text: the innermost one of the program's own.
fn line(outcome: &Outcome) -> Option<(String, String)> {
    let frames = &outcome.error.as_ref()?.frames;
    let is_own = |file: &str| !file.starts_with("/usr/") && !file.starts_with("<tool ");
    let frame = frames.iter().rev().find(|frame| is_own(&frame.file)).or(frames.last())?;
    let place = format!("{}:{}", frame.file, frame.line?);
    Some((place, frame.source.clone().unwrap_or_default()))
}
