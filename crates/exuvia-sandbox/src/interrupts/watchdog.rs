//! The thread that looks after all running sandboxes of an engine.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::io;
use std::pin::Pin;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, Weak};
use std::task::{Context, Poll, Waker};
use std::thread;
use std::time::{Duration, Instant};

use super::Gate;

/// Looks at each [`Gate`] when one of its deadlines may have passed, and ends [`Sleep`]s.
///
/// A deadline that lies behind the next one needs no wake-up of the thread, so beginning a run costs no system call.
#[derive(Debug, Clone)]
pub(crate) struct Watchdog {
    shared: Arc<Shared>,
}

#[derive(Debug, Default)]
struct Shared {
    queue: Mutex<Queue>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct Queue {
    entries: BinaryHeap<Reverse<Entry>>,
    closed: bool,
    /// Keeps entries that are due at the same moment in the order in which they came.
    sequence: u64,
}

#[derive(Debug)]
struct Entry {
    due: Instant,
    sequence: u64,
    task: Task,
}

#[derive(Debug)]
enum Task {
    Check(Weak<Gate>),
    Wake(Arc<Mutex<SleepState>>),
}

impl PartialEq for Entry {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Entry {}

impl PartialOrd for Entry {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Entry {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        (self.due, self.sequence).cmp(&(other.due, other.sequence))
    }
}

impl Watchdog {
    /// Starts the thread. It ends when the watchdog is [closed](Self::close).
    ///
    /// # Errors
    ///
    /// The operating system could not start a thread.
    pub(crate) fn start() -> io::Result<Self> {
        let shared = Arc::new(Shared::default());
        let thread_shared = Arc::clone(&shared);
        thread::Builder::new().name("exuvia-watchdog".to_owned()).spawn(move || thread_shared.run())?;
        Ok(Self { shared })
    }

    /// Ends the thread.
    pub(crate) fn close(&self) {
        self.shared.queue().closed = true;
        self.shared.changed.notify_one();
    }

    /// Looks at a gate at this moment.
    pub(crate) fn watch(&self, gate: &Arc<Gate>, due: Instant) {
        self.shared.push(due, Task::Check(Arc::downgrade(gate)));
    }

    /// Returns a future that is ready after this time.
    #[expect(clippy::disallowed_methods, reason = "a wait of the live host is real time")]
    pub(crate) fn sleep(&self, duration: Duration) -> Sleep {
        let due = Instant::now().checked_add(duration);
        let state = Arc::new(Mutex::new(SleepState::default()));
        if let Some(due) = due {
            self.shared.push(due, Task::Wake(Arc::clone(&state)));
        }
        Sleep { state }
    }
}

impl Shared {
    fn queue(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn push(&self, due: Instant, task: Task) {
        let mut queue = self.queue();
        let earliest = queue.entries.peek().is_none_or(|Reverse(first)| due < first.due);
        queue.sequence += 1;
        let sequence = queue.sequence;
        queue.entries.push(Reverse(Entry { due, sequence, task }));
        drop(queue);
        if earliest {
            self.changed.notify_one();
        }
    }

    #[expect(clippy::disallowed_methods, reason = "limits are about real time")]
    fn run(&self) {
        let mut queue = self.queue();
        while !queue.closed {
            let now = Instant::now();
            let next = queue.entries.peek().map(|Reverse(entry)| entry.due);
            match next {
                None => queue = self.changed.wait(queue).unwrap_or_else(PoisonError::into_inner),
                Some(due) if due > now => {
                    let waited = self.changed.wait_timeout(queue, due - now);
                    queue = waited.unwrap_or_else(PoisonError::into_inner).0;
                }
                Some(_) => {
                    let entry = queue.entries.pop();
                    drop(queue);
                    if let Some(Reverse(entry)) = entry {
                        self.perform(entry, now);
                    }
                    queue = self.queue();
                }
            }
        }
    }

    fn perform(&self, entry: Entry, now: Instant) {
        match entry.task {
            Task::Check(gate) => {
                if let Some(gate) = gate.upgrade()
                    && let Some(next) = gate.check(now, entry.due)
                {
                    self.push(next, Task::Check(Arc::downgrade(&gate)));
                }
            }
            Task::Wake(state) => {
                let mut state = state.lock().unwrap_or_else(PoisonError::into_inner);
                state.over = true;
                if let Some(waker) = state.waker.take() {
                    waker.wake();
                }
            }
        }
    }
}

#[derive(Debug, Default)]
struct SleepState {
    over: bool,
    waker: Option<Waker>,
}

/// A future that is ready when its time has passed; see [`Watchdog::sleep`].
#[derive(Debug)]
pub(crate) struct Sleep {
    state: Arc<Mutex<SleepState>>,
}

impl Future for Sleep {
    type Output = ();

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if state.over {
            return Poll::Ready(());
        }
        state.waker = Some(context.waker().clone());
        Poll::Pending
    }
}
