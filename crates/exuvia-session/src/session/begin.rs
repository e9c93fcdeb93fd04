//! Opening, resuming and forking sessions.

use std::ops::ControlFlow;
use std::sync::Arc;

use exuvia_core::Status;
use exuvia_core::journal::{Event, Opened, Opening, Parent, Recorded, SessionId, Source, Store, StoreError, Writer};
use exuvia_sandbox::Checkpoint;

use super::checkpoints::Checkpoints;
use super::{Resumed, Session};
use crate::environment::Environment;
use crate::error::SessionError;
use crate::host::{Recorder, SessionHost, Shared};
use crate::progress::Progress;
use crate::rebuild::{self, From};
use crate::timeline::{each, timeline};

impl Session {
    /// Opens a new session.
    ///
    /// # Errors
    ///
    /// [`SessionError::Store`] if there is one of this id or name, or the store cannot be written to;
    /// [`SessionError::Sandbox`].
    pub async fn open(store: Arc<dyn Store>, environment: Environment, opening: Opening) -> Result<Self, SessionError> {
        let Opening { session: id, opened, .. } = &opening;
        let (id, opened) = (id.clone(), opened.clone());
        environment.check(&id, &opened)?;
        let writer = store.create(opening).await?;
        let mut recorder = Recorder::new(id.clone(), opened.seed, Progress::default());
        recorder.log = Some(environment.log(writer));
        Self::begin(store, environment, (id, opened), recorder, None).await
    }

    /// Makes the sandbox of a session that has nothing to read again.
    async fn begin(
        store: Arc<dyn Store>,
        environment: Environment,
        (id, opened): (SessionId, Opened),
        mut recorder: Recorder,
        checkpoint: Option<&Checkpoint>,
    ) -> Result<Self, SessionError> {
        recorder.declarations = opened.tools.clone().into();
        let shared = Shared::new(recorder);
        let host = SessionHost::new(shared.clone(), Some(environment.host()?));
        let mut sandbox = environment.builder(&opened, checkpoint).host(host).build_async().await?;
        shared.lock().aim(sandbox.interrupter());
        let checkpoints = Checkpoints::new(&environment, &store, &id, &opened);
        checkpoints.watch(&mut sandbox, &shared);
        Ok(Self {
            environment,
            store,
            id,
            opened,
            sandbox,
            shared,
            closed: None,
            checkpoints,
            abandoned: false,
            stopped: false,
        })
    }

    /// Goes on with a session that nobody has open: whose process has ended, at whatever moment. A cell that had not come
    /// to its end goes on, and is at its end when this is ready.
    ///
    /// What was printed before is not printed again, unless `print_all` is set.
    ///
    /// # Errors
    ///
    /// [`SessionError::Store`] if it is open elsewhere; [`SessionError::Unlike`] if the environment is not what it needs;
    /// [`SessionError::Diverged`] if what runs again does something else: then nothing was written.
    pub async fn resume(
        store: Arc<dyn Store>,
        environment: Environment,
        id: &SessionId,
        print_all: bool,
    ) -> Result<(Self, Resumed), SessionError> {
        let writer = store.open(id).await?;
        let terms = Terms { print_all, gives_up: false };
        Self::go_on(store, environment, id, writer, terms).await
    }

    /// Goes on with a session as [`resume`](Self::resume) does, but for a cell that had not come to its end: nobody waits
    /// for that any more. It is interrupted where the journal ends, and stopped if it goes on for longer than the grace
    /// period of the session's limits.
    ///
    /// # Errors
    ///
    /// Those of [`resume`](Self::resume).
    pub async fn resume_interrupting(
        store: Arc<dyn Store>,
        environment: Environment,
        id: &SessionId,
    ) -> Result<(Self, Resumed), SessionError> {
        let writer = store.open(id).await?;
        let terms = Terms { print_all: false, gives_up: true };
        Self::go_on(store, environment, id, writer, terms).await
    }

    async fn go_on(
        store: Arc<dyn Store>,
        environment: Environment,
        id: &SessionId,
        writer: Box<dyn Writer>,
        Terms { print_all, gives_up }: Terms,
    ) -> Result<(Self, Resumed), SessionError> {
        let opened = rebuild::opening(&store, id).await?;
        environment.check(id, &opened)?;
        let printed = if print_all { 0 } else { store.printed(id).await? };
        let start = if print_all {
            rebuild::start(&environment, &store, timeline(&store, id, None).await?, From::Beginning).await?
        } else {
            rebuild::start_at_last(&environment, &store, id, writer.position()).await?
        };
        let from_checkpoint = start.has_checkpoint();
        let log = environment.log(writer);
        let prepare = |recorder: &mut Recorder| {
            recorder.log = Some(log);
            (recorder.resumed, recorder.gives_up) = (true, gives_up);
            (recorder.printed, recorder.print_all) = (printed, print_all);
        };
        let live = environment.host()?;
        let mut built = start.build(&environment, &store, (id, &opened), Some(live), prepare).await?;
        let checkpoints = Checkpoints::new(&environment, &store, id, &opened);
        checkpoints.watch(&mut built.sandbox, &built.shared);
        // A cell that had not come to its end goes on.
        checkpoints.cell_runs((environment.now)());
        let mut rerun = 0;
        let continued = built.drive(&opened.limits, None, |_, _, _| rerun += 1).await?;
        checkpoints.cell_rests();
        let rebuild::Built { sandbox, shared } = built;
        shared.lock().gives_up = false;
        let mut session = Self {
            environment,
            store,
            id: id.clone(),
            opened,
            sandbox,
            shared,
            closed: None,
            checkpoints,
            abandoned: false,
            stopped: false,
        };
        session.sandbox.limit_time(session.opened.limits.wall_time, session.opened.limits.cpu_time);
        if let Some((cell, outcome)) = &continued {
            session.end(*cell, outcome)?;
            session.stopped = matches!(outcome.status, Status::Stopped { .. });
            if !session.sandbox.is_alive() && !session.stopped {
                session.checkpoints.program_ended(&session.shared);
            }
        }
        Ok((session, Resumed { continued, rerun, from_checkpoint }))
    }

    /// Opens a session that goes on from where this one is, and shares its history. The two have nothing else in common
    /// from there on: files and variables are each one's own, and so are random bytes.
    ///
    /// # Errors
    ///
    /// Those of [`open`](Self::open); [`SessionError::Sandbox`] if the sandbox has ended.
    pub async fn fork(&mut self, id: SessionId, name: Option<String>, seed: [u8; 32]) -> Result<Self, SessionError> {
        self.ready().await?;
        let checkpoint = self.sandbox.checkpoint()?;
        let (position, progress) = {
            let mut recorder = self.shared.lock();
            let progress = Progress { drawn: 0, reseed: true, ..recorder.progress() };
            let log = recorder.log.as_mut().ok_or_else(|| SessionError::Abandoned(self.id.clone()))?;
            log.write()?;
            (log.position(), progress)
        };
        let parent = Some(Parent { session: self.id.clone(), position });
        let opened = Opened { seed, parent, ..self.opened.clone() };
        let at = (self.environment.now)();
        let writer = self.store.create(Opening { session: id.clone(), name, opened: opened.clone(), at }).await?;
        let mut recorder = Recorder::new(id.clone(), seed, progress);
        recorder.resumed = true;
        recorder.log = Some(self.environment.log(writer));
        let (store, environment) = (Arc::clone(&self.store), self.environment.clone());
        Self::begin(store, environment, (id, opened), recorder, Some(&checkpoint)).await
    }

    /// Opens a session that goes on from the end of a cell of another one (`None`: from where that ends, be it in the
    /// middle of a cell), and shares its history up to there. The other one may be open elsewhere.
    ///
    /// # Errors
    ///
    /// [`SessionError::NoCell`], and those of [`resume`](Self::resume).
    pub async fn fork_at(
        store: Arc<dyn Store>,
        environment: Environment,
        origin: &SessionId,
        cell: Option<u32>,
        (id, name, seed): (SessionId, Option<String>, [u8; 32]),
    ) -> Result<(Self, Resumed), SessionError> {
        let parent = end_of(&store, origin, cell).await?;
        Self::fork_from(store, environment, parent, (id, name, seed)).await
    }

    /// Opens a session that goes on from any moment of another one, and shares its history up to there. The other one may
    /// be open elsewhere.
    ///
    /// # Errors
    ///
    /// Those of [`resume`](Self::resume).
    pub async fn fork_from(
        store: Arc<dyn Store>,
        environment: Environment,
        parent: Parent,
        (id, name, seed): (SessionId, Option<String>, [u8; 32]),
    ) -> Result<(Self, Resumed), SessionError> {
        let writer = write_fork(&store, &environment, parent, (id.clone(), name, seed)).await?;
        // What the origin printed, somebody has seen.
        Self::go_on(store, environment, &id, writer, Terms { print_all: false, gives_up: false }).await
    }

    /// Writes down a session as [`fork_at`](Self::fork_at) does, and runs nothing: where it begins in the middle of a cell,
    /// that goes on when it is [resumed](Self::resume). Returns who writes to it until then.
    ///
    /// # Errors
    ///
    /// [`SessionError::NoCell`]; [`SessionError::Store`] if there is one of this id or name, or the store cannot be written
    /// to; [`SessionError::Unlike`].
    pub async fn fork_aside(
        store: &Arc<dyn Store>,
        environment: &Environment,
        origin: &SessionId,
        cell: Option<u32>,
        identity: (SessionId, Option<String>, [u8; 32]),
    ) -> Result<Box<dyn Writer>, SessionError> {
        let parent = end_of(store, origin, cell).await?;
        write_fork(store, environment, parent, identity).await
    }
}

/// Writes down that a session goes on from a moment of another one.
async fn write_fork(
    store: &Arc<dyn Store>,
    environment: &Environment,
    parent: Parent,
    (id, name, seed): (SessionId, Option<String>, [u8; 32]),
) -> Result<Box<dyn Writer>, SessionError> {
    let opened = rebuild::opening(store, &parent.session).await?;
    environment.check(&parent.session, &opened)?;
    let opened = Opened { seed, parent: Some(parent), ..opened };
    Ok(store.create(Opening { session: id, name, opened, at: (environment.now)() }).await?)
}

/// How a session goes on.
struct Terms {
    /// Whether all is printed again.
    print_all: bool,
    /// Whether a cell that had not come to its end is interrupted.
    gives_up: bool,
}

/// Undoes the last cells of a session that nobody has open, down to this one (`None`: the last one only). Returns the
/// number of the last one that stands then. They stay in the journal. The end of a program, or of a session that was left,
/// is undone with them, and is none itself.
///
/// # Errors
///
/// [`SessionError::Store`] if it is open elsewhere; [`SessionError::NoCell`].
pub async fn undo(store: &Arc<dyn Store>, id: &SessionId, to: Option<u32>, now: i64) -> Result<u32, SessionError> {
    let mut writer = store.open(id).await?;
    let last = last_cell(store, id).await?;
    let cells = counted(last.as_ref());
    let Some(cell) = to.or(cells.checked_sub(1)).filter(|cell| *cell <= cells) else {
        return Err(SessionError::NoCell { session: id.clone(), cell: to.unwrap_or(1), cells });
    };
    if last.is_none_or(|(last, _)| last == cell) {
        // It is the last one already.
        return Ok(cell);
    }
    writer.append(&[(now, Event::Undone { cell })]).await?;
    writer.sync().await?;
    Ok(cell)
}

/// Returns a session's last cell that stands, whether it has come to its end or not: its number, and what it ran.
///
/// # Errors
///
/// [`SessionError::Store`].
pub async fn last_cell(store: &Arc<dyn Store>, session: &SessionId) -> Result<Option<(u32, Source)>, SessionError> {
    let end = store.history(session, None).await?.last().map_or(0, |part| part.positions.end);
    // It is found at the end, as a rule.
    for count in [32, 1_024] {
        let from = end.saturating_sub(count);
        let page = store.read(session, from, usize::try_from(count).unwrap_or_default()).await?;
        let is_simple = |recorded: &Recorded| match &recorded.event {
            Event::Undone { .. } => false,
            Event::CellEnded { outcome, .. } => !matches!(outcome.status, Status::Stopped { .. }),
            _ => true,
        };
        if !page.iter().all(is_simple) {
            break;
        }
        if let Some(last) = page.into_iter().filter_map(started).next_back() {
            return Ok(Some(last));
        }
    }
    let mut last = None;
    for part in timeline(store, session, None).await? {
        each(store, &part, |recorded| {
            last = started(recorded).or(last.take());
            ControlFlow::Continue(())
        })
        .await?;
    }
    Ok(last)
}

/// Returns how many cells of a session stand, as people count them: what is done at a program's end is none.
///
/// # Errors
///
/// [`SessionError::Store`].
pub async fn cell_count(store: &Arc<dyn Store>, session: &SessionId) -> Result<u32, SessionError> {
    Ok(counted(last_cell(store, session).await?.as_ref()))
}

fn counted(last: Option<&(u32, Source)>) -> u32 {
    match last {
        Some((cell, Source::Finish)) => cell.saturating_sub(1),
        Some((cell, _)) => *cell,
        None => 0,
    }
}

fn started(recorded: Recorded) -> Option<(u32, Source)> {
    match recorded.event {
        Event::CellStarted { cell, source } => Some((cell, source)),
        _ => None,
    }
}

/// Returns the end of a cell of a session's history.
async fn end_of(store: &Arc<dyn Store>, session: &SessionId, cell: Option<u32>) -> Result<Parent, SessionError> {
    let mut ends: Vec<(u32, SessionId, u64)> = Vec::new();
    let (mut last, mut is_end) = (0, false);
    let parts = match timeline(store, session, None).await {
        // What is before the damage is there to be gone on from.
        Err(StoreError::Damaged { session: Some(damaged), position: Some(position), .. })
            if damaged == *session && cell.is_some() =>
        {
            timeline(store, session, Some(position)).await?
        }
        parts => parts?,
    };
    for part in &parts {
        each(store, part, |recorded| {
            match &recorded.event {
                Event::CellStarted { source, .. } => is_end = *source == Source::Finish,
                // After a program's end there is nothing to go on from.
                Event::CellEnded { .. } if is_end => {}
                Event::CellEnded { cell, .. } => {
                    last = *cell;
                    ends.push((*cell, part.session.clone(), recorded.position + 1));
                }
                Event::Opened(opened) if opened.parent.is_none() => {
                    ends.push((0, part.session.clone(), recorded.position + 1));
                }
                // One that was taken there is shared, too: it is what a fork begins with. So is a file that was given.
                Event::Checkpoint { .. } | Event::Given(_) => {
                    if let Some((_, session, end)) = ends.last_mut()
                        && *session == part.session
                        && *end == recorded.position
                    {
                        *end += 1;
                    }
                }
                _ => {}
            }
            ControlFlow::Continue(())
        })
        .await?;
    }
    let Some(cell) = cell else {
        let end = parts.last().map(|part| Parent { session: part.session.clone(), position: part.positions.end });
        return end.ok_or_else(|| SessionError::NoCell { session: session.clone(), cell: 0, cells: 0 });
    };
    let end = ends.into_iter().find(|(number, ..)| *number == cell);
    let none = || SessionError::NoCell { session: session.clone(), cell, cells: last };
    end.map(|(_, session, position)| Parent { session, position }).ok_or_else(none)
}
