//! When checkpoints are taken, and the thread that keeps them.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Sender, channel};
use std::sync::{Arc, OnceLock};
use std::thread::JoinHandle;

use exuvia_core::journal::{Event, SessionId, Source, Store, StoreError};
use exuvia_sandbox::Checkpoint;

use crate::host::Shared;
use crate::progress::Progress;
use crate::saved;

/// When a session takes checkpoints. They only save time: without them, going on with a session runs it again from its
/// beginning.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CheckpointPolicy {
    /// After how many milliseconds in which cells ran one is taken, between cells or where a cell waits: going on without it
    /// would take about as long. Default: 1,000.
    pub milliseconds: i64,
    /// After how many cells one is taken, however short they are. Default: 16.
    pub cells: u32,
    /// After how many bytes of new events one is taken. Default: 4 MiB.
    pub bytes: usize,
    /// How many of a session are kept: the last ones; of one that has ended, only the very last, and of one that was a single
    /// program none that is larger than 4 MiB: most of that is what the program has let go of long ago, and a fork of its
    /// end can run it again. 0: none is ever taken. Default: 3.
    pub kept: usize,
}

impl Default for CheckpointPolicy {
    fn default() -> Self {
        Self { milliseconds: 1_000, cells: 16, bytes: 4 << 20, kept: 3 }
    }
}

impl CheckpointPolicy {
    /// Takes none.
    pub const NEVER: Self = Self { milliseconds: i64::MAX, cells: u32::MAX, bytes: usize::MAX, kept: 0 };
}

/// How large the checkpoint may be that is kept of a program which has ended, in bytes.
const ENDED_BYTES_MAX: u64 = 4 << 20;

/// Among how many first events of a session its first cell is looked for.
const FIRST_EVENTS_MAX: usize = 16;

/// What was done since the last checkpoint.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Since {
    /// Since when the cell that runs has run, as far as that was after it: in milliseconds since 1970. `None`: none runs.
    pub(crate) running_since: Option<i64>,
    /// How long other cells ran, in milliseconds.
    pub(crate) ran: i64,
    pub(crate) cells: u32,
    /// Whether there was one.
    pub(crate) has_any: bool,
}

impl Since {
    /// Returns whether another one is due.
    pub(crate) fn is_due(&self, policy: &CheckpointPolicy, now: i64, bytes: usize) -> bool {
        let running = self.running_since.map_or(0, |since| now.saturating_sub(since));
        policy.kept > 0
            && (self.ran.saturating_add(running) >= policy.milliseconds
                || self.cells >= policy.cells
                || bytes >= policy.bytes)
    }
}

/// What the thread has to do.
enum Job {
    Keep(Box<Kept>),
    /// Delete all checkpoints of this session, which has ended, but the last one, if that is worth its room.
    ThinOut(SessionId),
}

/// A checkpoint to be kept.
struct Kept {
    /// Who has to have written that it was taken before it is kept.
    shared: Shared,
    session: SessionId,
    position: u64,
    progress: Progress,
    checkpoint: Checkpoint,
}

/// Compresses checkpoints and puts them into the store, beside the session.
pub(crate) struct Keeper {
    store: Arc<dyn Store>,
    kept: usize,
    waiting: Arc<AtomicUsize>,
    /// The thread that does it, from the first checkpoint on: many sessions never take any. `None`: there can be none, so
    /// nothing is kept.
    thread: OnceLock<Option<KeeperThread>>,
}

struct KeeperThread {
    jobs: Sender<Job>,
    handle: JoinHandle<()>,
}

impl Keeper {
    /// Keeps so many checkpoints of a session in this store.
    pub(crate) fn new(store: Arc<dyn Store>, kept: usize) -> Self {
        Self { store, kept, waiting: Arc::default(), thread: OnceLock::new() }
    }

    fn start(&self) -> Option<KeeperThread> {
        let (jobs, received) = channel::<Job>();
        let (store, kept, waiting) = (Arc::clone(&self.store), self.kept, Arc::clone(&self.waiting));
        let keep = move || {
            for job in received {
                // What cannot be kept is only missing: the journal has all that it came from.
                let _missing = match job {
                    Job::Keep(checkpoint) => put(&*store, &checkpoint, kept),
                    Job::ThinOut(session) => pollster::block_on(thin_out(&*store, &session)),
                };
                waiting.fetch_sub(1, Ordering::Release);
            }
        };
        let handle = std::thread::Builder::new().name("exuvia-checkpoints".to_owned()).spawn(keep).ok()?;
        Some(KeeperThread { jobs, handle })
    }

    /// Returns whether it has something to do still.
    pub(crate) fn is_busy(&self) -> bool {
        self.waiting.load(Ordering::Acquire) > 0
    }

    /// Keeps a checkpoint.
    pub(crate) fn keep(
        &self,
        shared: &Shared,
        (session, position): (&SessionId, u64),
        progress: Progress,
        checkpoint: Checkpoint,
    ) {
        let (shared, session) = (shared.clone(), session.clone());
        self.send(Job::Keep(Box::new(Kept { shared, session, position, progress, checkpoint })));
    }

    /// Deletes all checkpoints of a session that has ended but the last one, if that is worth its room, when those that were
    /// given to be kept are.
    pub(crate) fn thin_out(&self, session: &SessionId) {
        self.send(Job::ThinOut(session.clone()));
    }

    fn send(&self, job: Job) {
        if let Some(thread) = self.thread.get_or_init(|| self.start()) {
            self.waiting.fetch_add(1, Ordering::Release);
            if thread.jobs.send(job).is_err() {
                self.waiting.fetch_sub(1, Ordering::Release);
            }
        }
    }
}

impl Drop for Keeper {
    /// Waits until everything is kept.
    fn drop(&mut self) {
        if let Some(Some(KeeperThread { jobs, handle })) = self.thread.take() {
            drop(jobs);
            let _ended = handle.join();
        }
    }
}

fn put(store: &dyn Store, kept: &Kept, count: usize) -> Result<(), StoreError> {
    let Kept { shared, session, position, progress, checkpoint } = kept;
    let bytes = saved::encode(progress, checkpoint);
    // The event has the files' hash as well: it is computed here, where nobody waits for it.
    let _hash = checkpoint.files_hash();
    if let Some(log) = &mut shared.lock().log {
        log.write_through(*position)?;
    }
    pollster::block_on(async {
        store.put_checkpoint(session, *position, &bytes).await?;
        keep_last(store, session, count).await
    })
}

/// Deletes all checkpoints of a session but so many, the last ones.
async fn keep_last(store: &dyn Store, session: &SessionId, count: usize) -> Result<(), StoreError> {
    for entry in store.checkpoints(session).await?.iter().rev().skip(count) {
        store.remove_checkpoint(session, entry.position).await?;
    }
    Ok(())
}

/// Deletes the checkpoints that nobody is likely to need of a session that has ended.
async fn thin_out(store: &dyn Store, session: &SessionId) -> Result<(), StoreError> {
    keep_last(store, session, 1).await?;
    let Some(last) = store.checkpoints(session).await?.pop() else { return Ok(()) };
    if last.bytes > ENDED_BYTES_MAX && is_program(store, session).await? {
        store.remove_checkpoint(session, last.position).await?;
    }
    Ok(())
}

/// Returns whether a session is one program: nobody goes on with it when that has ended, as with one at its prompt.
async fn is_program(store: &dyn Store, session: &SessionId) -> Result<bool, StoreError> {
    let first = store.read(session, 0, FIRST_EVENTS_MAX).await?;
    let mut cells = first.iter().filter_map(|recorded| match &recorded.event {
        Event::CellStarted { source, .. } => Some(source),
        _ => None,
    });
    let is_fork =
        matches!(first.first().map(|first| &first.event), Some(Event::Opened(opened)) if opened.parent.is_some());
    Ok(!is_fork && matches!(cells.next(), Some(Source::Program { .. })))
}
