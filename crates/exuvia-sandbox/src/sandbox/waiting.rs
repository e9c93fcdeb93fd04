//! Cells that wait and hold no stack: looking at them, and going on with one in another sandbox.

use std::time::Duration;

use exuvia_core::Outcome;

use super::checkpoint::{Checkpoint, CheckpointError, Pending};
use super::{ABANDONED, Sandbox, Step};
use crate::error::SandboxError;

/// Who looks at a sandbox when its cell waits.
pub(super) type Observer = Box<dyn FnMut(&mut Waiting<'_>) + Send>;

/// A moment at which a cell waits on the event loop that the host drives, and holds no stack; before the host is asked
/// to wait. See [`Sandbox::when_waiting`].
#[derive(Debug)]
pub struct Waiting<'a> {
    sandbox: &'a mut Sandbox,
    pending: Pending,
}

impl Waiting<'_> {
    /// Returns how long the cell wants to wait; `None`: until a call that it has started ends.
    #[must_use]
    pub fn duration(&self) -> Option<Duration> {
        self.pending.duration
    }

    /// Takes a checkpoint, as [`Sandbox::checkpoint`] does. A sandbox that is made from it goes on with
    /// [`Sandbox::resume`].
    ///
    /// # Errors
    ///
    /// Those of [`Sandbox::checkpoint`].
    pub fn checkpoint(&mut self) -> Result<Checkpoint, SandboxError> {
        self.sandbox.capture(Some(self.pending))
    }
}

impl Sandbox {
    /// Has this called whenever a cell waits on the event loop that the host drives: with a top-level `await`, when
    /// nothing is ready. The cell's time runs on meanwhile. Whoever was to be called before is not any more.
    pub fn when_waiting(&mut self, observer: impl FnMut(&mut Waiting<'_>) + Send + 'static) {
        self.observer = Some(Box::new(observer));
    }

    /// Returns whether a cell waits to be [resumed](Self::resume): the sandbox was made from a checkpoint that was taken
    /// while one waited.
    #[must_use]
    pub fn is_waiting(&self) -> bool {
        self.pending.is_some()
    }

    /// Goes on with the cell that waits: asks the host to wait as long as the cell wanted to, and runs it to its end. The
    /// outcome is the whole cell's; its time counts anew.
    ///
    /// # Errors
    ///
    /// [`CheckpointError::NotWaiting`], and those of [`run`](Self::run).
    pub fn resume(&mut self) -> Result<Outcome, SandboxError> {
        pollster::block_on(self.resume_async())
    }

    /// Does what [`resume`](Self::resume) does, holding no thread while the cell waits.
    ///
    /// # Errors
    ///
    /// Those of [`resume`](Self::resume).
    pub async fn resume_async(&mut self) -> Result<Outcome, SandboxError> {
        if let Some(reason) = &self.ended {
            return Err(SandboxError::Stopped(reason.clone()));
        }
        let Pending { duration, calls_before } = self.pending.take().ok_or(CheckpointError::NotWaiting)?;
        self.ended = Some(ABANDONED.to_owned());
        self.open_gate()?;
        if let Some(interrupt) = self.due.take() {
            self.store.data().gate.raise(interrupt);
        }
        let (end, usage) = self.perform(Step::Wait(duration), calls_before).await?;
        Ok(self.told(end, usage))
    }

    /// Tells whoever looks on that the cell is about to wait.
    pub(super) fn tell_waiting(&mut self, pending: Pending) {
        if let Some(mut observer) = self.observer.take() {
            observer(&mut Waiting { sandbox: self, pending });
            self.observer.get_or_insert(observer);
        }
    }
}
