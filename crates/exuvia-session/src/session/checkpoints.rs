//! Taking checkpoints of a session that runs.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use exuvia_core::journal::{Event, Opened, SessionId, Store};
use exuvia_sandbox::{Checkpoint, Sandbox, SandboxError};

use crate::environment::Environment;
use crate::error::SessionError;
use crate::host::{Recorder, Shared};
use crate::policy::{CheckpointPolicy, Keeper, Since};

/// Takes checkpoints when they are due, and has them kept.
#[derive(Clone)]
pub(super) struct Checkpoints {
    session: SessionId,
    policy: CheckpointPolicy,
    keeper: Option<Arc<Keeper>>,
    since: Arc<Mutex<Since>>,
}

impl Checkpoints {
    /// Of a session that has secret variables none is kept: its memory has their values.
    pub(super) fn new(environment: &Environment, store: &Arc<dyn Store>, session: &SessionId, opened: &Opened) -> Self {
        let policy = environment.checkpoints;
        let may_keep = policy.kept > 0 && !has_secrets(opened);
        let keeper = may_keep.then(|| Arc::new(Keeper::new(Arc::clone(store), policy.kept)));
        Self { session: session.clone(), policy, keeper, since: Arc::default() }
    }

    /// Notes that a cell runs from now on.
    pub(super) fn cell_runs(&self, now: i64) {
        self.since().running_since = Some(now);
    }

    /// Notes that none runs.
    pub(super) fn cell_rests(&self) {
        self.since().running_since = None;
    }

    /// Looks at the moments at which a cell waits: what is read again is compared there, and what is new is kept.
    pub(super) fn watch(&self, sandbox: &mut Sandbox, shared: &Shared) {
        let (checkpoints, shared) = (self.clone(), shared.clone());
        sandbox.when_waiting(move |waiting| {
            let mut recorder = shared.lock();
            if recorder.fault.is_some() || recorder.pass_checkpoints(|| waiting.checkpoint()) {
                return;
            }
            if checkpoints.is_due(&recorder)
                && let Ok(checkpoint) = waiting.checkpoint()
            {
                checkpoints.keep(&shared, &mut recorder, checkpoint);
            }
        });
    }

    /// Takes one after a cell, if it is due.
    pub(super) fn after_cell(&self, sandbox: &mut Sandbox, shared: &Shared) -> Result<(), SessionError> {
        let mut recorder = shared.lock();
        let now = recorder.log.as_ref().map_or(0, crate::log::Log::now);
        {
            let mut since = self.since();
            since.cells += 1;
            let ran = since.running_since.take().map_or(0, |since| now.saturating_sub(since));
            since.ran = since.ran.saturating_add(ran);
        }
        if self.is_due(&recorder)
            && let Some(checkpoint) = possible(sandbox.checkpoint())?
        {
            self.keep(shared, &mut recorder, checkpoint);
        }
        Ok(())
    }

    /// Keeps only the last one of a session in which nothing runs any more: a fork from its end begins there, and the others
    /// would take room for nothing.
    pub(super) fn program_ended(&self, shared: &Shared) {
        let may_have_some = self.since().has_any || shared.lock().resumed;
        if let Some(keeper) = self.keeper.as_ref().filter(|_| may_have_some) {
            keeper.thin_out(&self.session);
        }
    }

    fn is_due(&self, recorder: &Recorder) -> bool {
        let (Some(keeper), Some(log)) = (&self.keeper, &recorder.log) else { return false };
        self.since().is_due(&self.policy, log.now(), log.since_checkpoint()) && !keeper.is_busy()
    }

    fn keep(&self, shared: &Shared, recorder: &mut Recorder, checkpoint: Checkpoint) {
        let progress = recorder.progress();
        let (Some(keeper), Some(log)) = (&self.keeper, &mut recorder.log) else { return };
        let position = log.checkpoint(&checkpoint);
        let mut since = self.since();
        let running_since = since.running_since.map(|_| log.now());
        *since = Since { running_since, has_any: true, ..Since::default() };
        drop(since);
        keeper.keep(shared, (&self.session, position), progress, checkpoint);
    }

    fn since(&self) -> MutexGuard<'_, Since> {
        self.since.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl super::Session {
    /// Takes a checkpoint now, whatever the policy says. It is kept in the background.
    ///
    /// # Errors
    ///
    /// [`SessionError::Sandbox`] if the sandbox has ended, or there can be none of it: see [`Sandbox::checkpoint`];
    /// [`SessionError::Secret`] if the session has secret variables.
    pub fn checkpoint(&mut self) -> Result<(), SessionError> {
        if has_secrets(&self.opened) {
            return Err(SessionError::Secret(self.id.clone()));
        }
        let checkpoint = self.sandbox.checkpoint()?;
        self.checkpoints.keep(&self.shared, &mut self.shared.lock(), checkpoint);
        Ok(())
    }
}

impl Recorder {
    /// Passes the checkpoints that were taken here, and compares them with `now` if that is wanted. Returns whether
    /// events are still read again.
    pub(crate) fn pass_checkpoints(&mut self, now: impl FnOnce() -> Result<Checkpoint, SandboxError>) -> bool {
        let (memory, files) = match self.next_recorded() {
            Ok(Some(Event::Checkpoint { memory, files })) => (*memory, *files),
            Ok(Some(_)) => return true,
            Ok(None) => return false,
            Err(error) => {
                self.fail(error);
                return true;
            }
        };
        let compared = match self.verify.then(now).transpose() {
            Ok(checkpoint) => self.compare(checkpoint.as_ref(), memory, files).map_err(SessionError::from),
            Err(error) => Err(error.into()),
        };
        if let Err(error) = compared {
            self.fail(error);
        }
        true
    }
}

/// Compares the checkpoints that were taken while a cell waited.
pub(crate) fn compare_waiting(sandbox: &mut Sandbox, shared: &Shared) {
    let shared = shared.clone();
    sandbox.when_waiting(move |waiting| {
        let mut recorder = shared.lock();
        if recorder.fault.is_none() {
            recorder.pass_checkpoints(|| waiting.checkpoint());
        }
    });
}

/// Returns whether the session was given variables whose values are never written down.
fn has_secrets(opened: &Opened) -> bool {
    opened.environment.iter().any(|variable| variable.value.is_none())
}

/// A sandbox of which no checkpoint can be taken goes on without.
fn possible(checkpoint: Result<Checkpoint, SandboxError>) -> Result<Option<Checkpoint>, SessionError> {
    match checkpoint {
        Ok(checkpoint) => Ok(Some(checkpoint)),
        Err(SandboxError::Checkpoint(_)) => Ok(None),
        Err(error) => Err(error.into()),
    }
}
