//! A session: a sandbox, and another one when that was stopped.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use anyhow::Result;
use exuvia_core::{Outcome, Status, Stream};
use exuvia_sandbox::{Completeness, Sandbox, SandboxError};

use super::keyboard::{Keyboard, TerminalHost};
use super::traceback;
use crate::cli::options::SandboxOptions;
use crate::cli::stopped;
use crate::interrupts::Interrupts;
use crate::lent::Lent;
use crate::packages::Furnished;
use crate::{exit, failure, output};

/// The sandbox of a session: the prompt asks it too.
#[derive(Clone)]
pub(super) struct SharedSandbox(Arc<Mutex<Sandbox>>);

impl SharedSandbox {
    pub(super) fn lock(&self) -> MutexGuard<'_, Sandbox> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Tells whether a source is a whole statement.
    pub(super) fn completeness(&self, source: &str) -> Completeness {
        // A sandbox that was stopped is found when the cell is run.
        self.lock().completeness(source).unwrap_or_default()
    }
}

/// An interactive session.
pub(super) struct Session {
    furnished: Furnished,
    options: SandboxOptions,
    lent: Lent,
    interactive: bool,
    sandbox: SharedSandbox,
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
    /// Begins a session. If it is interactive, its cells read from the terminal, else they have no input.
    pub(super) fn begin(furnished: Furnished, options: SandboxOptions, lent: Lent, interactive: bool) -> Result<Self> {
        let sandbox = SharedSandbox(Arc::new(Mutex::new(sandbox(&furnished, &options, &lent, interactive)?)));
        Ok(Self { furnished, options, lent, interactive, sandbox, interrupts: Interrupts::take() })
    }

    pub(super) fn sandbox(&self) -> &SharedSandbox {
        &self.sandbox
    }

    pub(super) fn colours(&self) -> bool {
        self.options.colours()
    }

    /// Runs a cell and shows what came of it.
    pub(super) fn run(&mut self, cell: &str) -> Result<Next> {
        let outcome = {
            let mut sandbox = self.sandbox.lock();
            self.interrupts.aim(sandbox.interrupter());
            let outcome = sandbox.run(cell);
            self.interrupts.rest();
            outcome
        };
        match outcome {
            Ok(outcome) => self.show(&outcome),
            Err(error @ (SandboxError::Stopped(_) | SandboxError::Tampered(_))) => {
                failure::complain(&error.to_string(), None);
                self.begin_again()
            }
            Err(error) => Err(error.into()),
        }
    }

    /// Ends the session as `python` ends a program. Returns the exit status.
    pub(super) fn end(&mut self) -> Result<u8> {
        let mut sandbox = self.sandbox.lock();
        if !sandbox.is_alive() {
            return Ok(0);
        }
        self.interrupts.aim(sandbox.interrupter());
        let outcome = sandbox.finish()?;
        output::write(Stream::Stderr, outcome.stderr.as_bytes());
        Ok(exit::status(&outcome))
    }

    fn show(&mut self, outcome: &Outcome) -> Result<Next> {
        output::write(Stream::Stderr, outcome.stderr.as_bytes());
        if let Some(value) = &outcome.value {
            output::print(format!("{}\n", value.repr).as_bytes());
        }
        if let Some(error) = &outcome.error {
            let text = if self.colours() { traceback::coloured(&error.traceback) } else { error.traceback.clone() };
            output::write(Stream::Stderr, text.as_bytes());
        }
        match outcome.status {
            Status::Finished | Status::Raised => Ok(Next::GoOn),
            Status::Exited { code } => {
                let end = self.end()?;
                Ok(Next::End(if end == 0 { code } else { end }))
            }
            Status::Stopped { reason } => {
                let limits = self.options.limits(false);
                failure::complain(&stopped(reason, &outcome.usage, &limits), None);
                self.begin_again()
            }
        }
    }

    fn begin_again(&mut self) -> Result<Next> {
        *self.sandbox.lock() = sandbox(&self.furnished, &self.options, &self.lent, self.interactive)?;
        output::say("the session begins again: what its variables held is gone");
        Ok(Next::GoOn)
    }
}

fn sandbox(furnished: &Furnished, options: &SandboxOptions, lent: &Lent, interactive: bool) -> Result<Sandbox> {
    let builder = options.furnish(furnished.sandbox(), false).capture_output(false);
    let (host, builder) = lent.lend(&furnished.engine, options.host().output(output::write), builder)?;
    let live = host.build(&furnished.engine)?;
    let builder =
        if interactive { builder.host(TerminalHost::new(live, Keyboard::default())) } else { builder.host(live) };
    Ok(builder.build()?)
}
