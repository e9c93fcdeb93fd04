//! Ctrl-C: the first one interrupts what the agent does, and whoever sits at the terminal may say what it should do instead;
//! a second one, or one where nobody sits at a terminal, ends this process's part. The agent can be resumed.

use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use exuvia_agent::{Agent, AgentError, Step};
use exuvia_core::agent::{Ending, Listener};
use exuvia_core::journal::Event;
use exuvia_sandbox::Interrupter;
use tokio::sync::Notify;

use super::person;

/// Takes Ctrl-C.
#[derive(Clone, Default)]
pub(super) struct Steering(Arc<Shared>);

#[derive(Default)]
struct Shared {
    /// How often it was pressed since the person was asked.
    pressed: AtomicU32,
    /// Whether a cell runs: a future that runs one must not be dropped.
    in_cell: AtomicBool,
    /// Whether that cell was interrupted already.
    interrupted: AtomicBool,
    interrupter: Mutex<Option<Interrupter>>,
    notify: Notify,
}

impl Steering {
    /// Begins to take Ctrl-C. If this process was started to ignore it, it goes on to.
    pub(super) fn take() -> Self {
        let steering = Self::default();
        let shared = Arc::clone(&steering.0);
        // An error means that somebody else has decided what Ctrl-C does.
        let _ = ctrlc::try_set_handler(move || shared.press());
        steering
    }

    /// Takes note of what happens in the session.
    pub(super) fn event(&self, event: &Event) {
        match event {
            Event::CellStarted { .. } => {
                self.0.interrupted.store(false, Ordering::Release);
                self.0.in_cell.store(true, Ordering::Release);
            }
            Event::CellEnded { .. } => self.0.in_cell.store(false, Ordering::Release),
            _ => {}
        }
    }

    /// Brings an agent to its end. `None`: whoever pressed Ctrl-C does not want that.
    pub(super) async fn run(&self, agent: &mut Agent, listener: Listener<'_>) -> Result<Option<Ending>, AgentError> {
        loop {
            *self.0.interrupter.lock().unwrap_or_else(PoisonError::into_inner) = Some(agent.interrupter());
            let step = tokio::select! {
                biased;
                () = self.0.pressed_outside_cells() => None,
                step = agent.step(listener) => Some(step?),
            };
            if let Some(Step::Ended(ending)) = step {
                return Ok(Some(ending));
            }
            if self.0.pressed.load(Ordering::Acquire) > 0 {
                match self.wish().await {
                    Some(wish) if wish.trim().is_empty() => {}
                    Some(wish) => agent.say(&wish)?,
                    None => return Ok(None),
                }
                self.0.pressed.store(0, Ordering::Release);
            }
        }
    }

    /// Asks the person what the agent should know; nothing, if it is to go on. `None`: it is to end.
    async fn wish(&self) -> Option<String> {
        let asked = person::wish()?;
        tokio::select! {
            biased;
            () = self.0.pressed_again() => None,
            wish = asked => wish,
        }
    }
}

impl Shared {
    fn press(&self) {
        self.pressed.fetch_add(1, Ordering::AcqRel);
        if self.in_cell.load(Ordering::Acquire)
            && let Some(interrupter) = &*self.interrupter.lock().unwrap_or_else(PoisonError::into_inner)
        {
            let was_interrupted = self.interrupted.swap(true, Ordering::AcqRel);
            if was_interrupted { interrupter.cancel() } else { interrupter.interrupt() }
        }
        self.notify.notify_one();
    }

    async fn pressed_outside_cells(&self) {
        while self.pressed.load(Ordering::Acquire) == 0 || self.in_cell.load(Ordering::Acquire) {
            self.notify.notified().await;
        }
    }

    async fn pressed_again(&self) {
        while self.pressed.load(Ordering::Acquire) < 2 {
            self.notify.notified().await;
        }
    }
}
