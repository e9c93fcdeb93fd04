//! A session at the prompt.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use anyhow::Result;
use exuvia_core::journal::Source;
use exuvia_core::{Limits, Outcome, Status, Stream};
use exuvia_sandbox::{Completeness, SandboxError};

use super::traceback;
use crate::cli::stopped;
use crate::interrupts::Interrupts;
use crate::recording::{Prepared, RecordOptions, Runner};
use crate::{exit, failure, output};

/// What runs the cells of a session: the prompt asks it too.
#[derive(Clone)]
pub(super) struct SharedRunner(Arc<Mutex<Runner>>);

impl SharedRunner {
    pub(super) fn lock(&self) -> MutexGuard<'_, Runner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Tells whether a source is a whole statement.
    pub(super) fn completeness(&self, source: &str) -> Completeness {
        // A sandbox that was stopped is found when the cell is run.
        self.lock().aside(|sandbox| sandbox.completeness(source).ok()).unwrap_or_default()
    }
}

/// A session at the prompt, or with cells from a file.
pub(crate) struct Session {
    runner: SharedRunner,
    /// With what to begin again when a cell was stopped, if nothing is recorded.
    plain: Option<Prepared>,
    recording: RecordOptions,
    limits: Limits,
    colours: bool,
    interrupts: Interrupts,
}

/// What to do after a cell.
pub(super) enum Next {
    /// Run the next one.
    GoOn,
    /// End with this status.
    End(u8),
}

impl Session {
    /// Begins a session.
    pub(super) fn begin(prepared: Prepared, recording: &RecordOptions, colours: bool) -> Result<Self> {
        let plain = Some(prepared.clone()).filter(|_| !recording.is_wanted());
        let limits = prepared.opened.limits.clone();
        let runner = prepared.begin(recording, None)?;
        Ok(Self { plain, recording: recording.clone(), ..Self::of(runner, limits, colours) })
    }

    /// Goes on with a recorded session.
    pub(crate) fn of(runner: Runner, limits: Limits, colours: bool) -> Self {
        let runner = SharedRunner(Arc::new(Mutex::new(runner)));
        let (plain, recording, interrupts) = (None, RecordOptions::default(), Interrupts::take());
        Self { runner, plain, recording, limits, colours, interrupts }
    }

    pub(super) fn runner(&self) -> &SharedRunner {
        &self.runner
    }

    pub(super) fn colours(&self) -> bool {
        self.colours
    }

    /// Runs a cell and shows what came of it.
    pub(super) fn run(&mut self, cell: &str) -> Result<Next> {
        let outcome = {
            let mut runner = self.runner.lock();
            runner.ready()?;
            self.interrupts.aim(runner.interrupter());
            let outcome = runner.perform(Source::Cell(cell.to_owned()));
            self.interrupts.rest();
            outcome
        };
        match outcome {
            Ok(outcome) => self.show(&outcome),
            Err(error) => match error.downcast_ref::<SandboxError>() {
                Some(SandboxError::Stopped(_) | SandboxError::Tampered(_)) => {
                    failure::complain(&error.to_string(), None);
                    self.begin_again()
                }
                _ => Err(error),
            },
        }
    }

    /// Ends the session as `python` ends a program. Returns the exit status.
    pub(super) fn end(&mut self) -> Result<u8> {
        let mut runner = self.runner.lock();
        if !runner.is_alive() {
            return Ok(0);
        }
        self.interrupts.aim(runner.interrupter());
        let outcome = runner.perform(Source::Finish)?;
        output::write(Stream::Stderr, outcome.stderr.as_bytes());
        Ok(exit::status(&outcome))
    }

    /// Shows what came of a cell that was under way before. Returns the exit status if it has ended the session.
    pub(in crate::cli) fn shown(&mut self, outcome: &Outcome) -> Result<Option<u8>> {
        Ok(match self.show(outcome)? {
            Next::GoOn => None,
            Next::End(status) => Some(status),
        })
    }

    /// Shows what came of a cell.
    fn show(&mut self, outcome: &Outcome) -> Result<Next> {
        output::write(Stream::Stderr, outcome.stderr.as_bytes());
        if let Some(value) = &outcome.value {
            output::print(format!("{}\n", value.repr).as_bytes());
        }
        if let Some(error) = &outcome.error {
            let text = if self.colours { traceback::coloured(&error.traceback) } else { error.traceback.clone() };
            output::write(Stream::Stderr, text.as_bytes());
        }
        match outcome.status {
            Status::Finished | Status::Raised => Ok(Next::GoOn),
            Status::Exited { code } => {
                let end = self.end()?;
                Ok(Next::End(if end == 0 { code } else { end }))
            }
            Status::Stopped { reason } => {
                failure::complain(&stopped(reason, &outcome.usage, &self.limits), None);
                self.begin_again()
            }
        }
    }

    fn begin_again(&mut self) -> Result<Next> {
        match &self.plain {
            Some(prepared) => {
                *self.runner.lock() = prepared.clone().begin(&self.recording, None)?;
                output::say("the session begins again: what its variables held is gone");
            }
            None => output::say("the session is where it was before that cell"),
        }
        Ok(Next::GoOn)
    }
}
