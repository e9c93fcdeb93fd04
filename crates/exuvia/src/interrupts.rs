//! Ctrl-C.

use std::io::{self, IsTerminal as _};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use exuvia_sandbox::Interrupter;

use crate::exit;

/// How soon a second Ctrl-C must follow the first to end a program that does not listen.
const IMPATIENCE: Duration = Duration::from_secs(2);

/// Passes Ctrl-C on to a sandbox: the first raises `KeyboardInterrupt`, a second one soon after it ends the program.
#[derive(Default)]
pub(crate) struct Interrupts {
    target: Arc<Mutex<Target>>,
}

#[derive(Default)]
struct Target {
    interrupter: Option<Interrupter>,
    last: Option<Instant>,
    /// Whether it is being ended already: there is nothing left to ask for then.
    cancelled: bool,
}

impl Interrupts {
    /// Begins to take Ctrl-C. If this process was started to ignore it, it goes on to.
    pub(crate) fn take() -> Self {
        let interrupts = Self::default();
        let target = Arc::clone(&interrupts.target);
        // An error means that somebody else has decided what Ctrl-C does.
        let _ = ctrlc::try_set_handler(move || target.lock().unwrap_or_else(PoisonError::into_inner).interrupt());
        interrupts
    }

    /// Passes Ctrl-C on to this sandbox from now on.
    pub(crate) fn aim(&self, interrupter: Interrupter) {
        let mut target = self.target.lock().unwrap_or_else(PoisonError::into_inner);
        *target = Target { interrupter: Some(interrupter), ..Target::default() };
    }

    /// Passes Ctrl-C on to nobody: where it is not the prompt's to take, it ends this process.
    pub(crate) fn rest(&self) {
        *self.target.lock().unwrap_or_else(PoisonError::into_inner) = Target::default();
    }
}

impl Target {
    fn interrupt(&mut self) {
        let Some(interrupter) = &self.interrupter else {
            if !io::stdin().is_terminal() {
                std::process::exit(i32::from(exit::INTERRUPTED));
            }
            return;
        };
        let now = Instant::now();
        match self.last.replace(now) {
            _ if self.cancelled => {}
            Some(last) if now.duration_since(last) < IMPATIENCE => {
                self.cancelled = true;
                interrupter.cancel();
            }
            _ => interrupter.interrupt(),
        }
    }
}
