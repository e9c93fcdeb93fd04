//! When what was written is on the disk.
//!
//! An event is written when it is in a [tail](super::tail), and a transaction is committed when it is in SQLite's
//! write-ahead log: both are in the operating system's memory then, and survive the end of this process. A thread brings
//! them to the disk with `fdatasync`, some milliseconds after the first that is not there yet, or some ten where many
//! sessions are written to: one call for all that was written before it. Who wants it sooner does it at once.
//!
//! The same thread moves what tails have gathered into the database. Where many sessions are written to at once it does so
//! each time, in one transaction: then the log is brought to the disk, instead of each tail. It also copies the log back
//! into the database when that has grown. SQLite syncs the log before that, and the database before the log is written
//! anew from its beginning, and tails are written anew, or removed, when the log is synced: so at no moment is something
//! only in pages that are not on the disk. Transactions that are torn at the log's end have a wrong checksum there, and
//! were never committed.
//!
//! A failed `fdatasync` is final: what the system could not write it may have forgotten, and a second call would say that
//! all is well. Then the store takes nothing more.

use std::fs::File;
use std::io;
use std::mem::take;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use exuvia_core::journal::StoreError;
use rusqlite::Connection;

use super::Shared;
use super::fault::{fault, io_fault};
use super::lease::OpenSession;
use super::schema::{LOG_BYTES_KEPT, Lazy};
use super::tail::Tail;

/// How long the thread waits for more before it brings what is written to the disk.
const GATHER: Duration = Duration::from_millis(4);

/// How long it waits where more sessions than [`TAILS_MAX`] are written to: what each time costs beside the rows themselves
/// (the transaction, the pages above them, the sync) is then shared by more of them.
const GATHER_MANY: Duration = Duration::from_millis(50);

/// From how many bytes on what is in a tail is moved into the database.
const ABSORB_BYTES: u64 = 256 << 10;

/// How many tails are brought to the disk one by one.
const TAILS_MAX: usize = 4;

/// After how many pages of 4 KiB the log is copied back. After a crash, the first who opens the database reads all of it,
/// which takes some 3 ms for each MiB.
const COPY_BACK_PAGES: u64 = 256;

/// From which size on a log that is found is copied back, in bytes.
const LOG_BYTES_FOUND_MAX: u64 = LOG_BYTES_KEPT;

/// Brings what was written to the disk.
pub(super) struct Flusher {
    log: File,
    /// The folder, in which the log's own entry must come to the disk once.
    folder: File,
    checkpointer: Lazy,
    state: Mutex<State>,
    /// Told when there is something to do for the thread.
    work: Condvar,
    /// Told when something has come to the disk.
    flushed: Condvar,
}

#[derive(Default)]
struct State {
    /// How many transactions were committed.
    committed: u64,
    /// How many of them are on the disk.
    synced: u64,
    /// Whether the log's entry in its folder is on the disk.
    entry_synced: bool,
    /// How many pages the log had after the last commit.
    log_pages: u64,
    /// How many of them had been there when it was last copied back.
    copied_pages: u64,
    /// Whether somebody is bringing the log to the disk.
    busy: bool,
    /// Whether the thread has nothing to do.
    idle: bool,
    stop: bool,
    /// Why nothing can be brought to the disk any more.
    broken: Option<io::ErrorKind>,
    /// Sessions that were appended to.
    queued: Vec<Arc<OpenSession>>,
    /// Tails that are not needed any more when what was committed is on the disk.
    over: Vec<Arc<Tail>>,
}

impl Flusher {
    pub(super) fn new(log: File, folder: File, checkpointer: Lazy) -> Self {
        let (work, flushed) = (Condvar::new(), Condvar::new());
        let mut state = State::default();
        if log.metadata().is_ok_and(|log| log.len() > LOG_BYTES_FOUND_MAX) {
            // As if this program had written it: it is copied back at once.
            state.log_pages = COPY_BACK_PAGES;
        }
        Self { log, folder, checkpointer, state: Mutex::new(state), work, flushed }
    }

    /// Ends the thread when it has done all that is to do.
    pub(super) fn stop(&self) {
        self.state().stop = true;
        self.work.notify_all();
    }

    /// Notes that a transaction was committed, and how many pages the log has since then.
    pub(super) fn committed(&self, log_pages: u64) {
        let mut state = self.state();
        state.committed += 1;
        if log_pages < state.log_pages {
            // It was begun anew.
            state.copied_pages = 0;
        }
        state.log_pages = log_pages;
        self.wake(&state);
    }

    /// Notes that a session was appended to.
    pub(super) fn queue(&self, open: &Arc<OpenSession>) {
        let mut state = self.state();
        state.queued.push(Arc::clone(open));
        self.wake(&state);
    }

    /// Removes a tail when what was committed until now is on the disk.
    pub(super) fn remove(&self, tail: Arc<Tail>) {
        self.state().over.push(tail);
    }

    /// Refuses to go on if what was written cannot be brought to the disk.
    pub(super) fn check(&self) -> Result<(), StoreError> {
        self.state().broken.map_or(Ok(()), |kind| Err(broken(kind)))
    }

    /// Notes that something could not be brought to the disk.
    pub(super) fn fail(&self, error: &io::Error) -> StoreError {
        self.state().broken = Some(error.kind());
        broken(error.kind())
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Wakes the thread, which costs something, if it sleeps.
    fn wake(&self, state: &State) {
        if state.idle {
            self.work.notify_all();
        }
    }

    /// Waits for more, unless the thread is to end.
    fn gather<'a>(&self, state: MutexGuard<'a, State>, time: Duration) -> MutexGuard<'a, State> {
        let waited = self.work.wait_timeout_while(state, time, |state| !state.stop);
        waited.unwrap_or_else(PoisonError::into_inner).0
    }

    /// Brings all that was committed to the disk.
    fn sync(&self) -> Result<(), StoreError> {
        let mut state = self.state();
        let wanted = state.committed;
        loop {
            if let Some(kind) = state.broken {
                return Err(broken(kind));
            }
            if state.synced >= wanted {
                return Ok(());
            }
            if state.busy {
                state = self.flushed.wait(state).unwrap_or_else(PoisonError::into_inner);
                continue;
            }
            state.busy = true;
            let (committed, entry_synced) = (state.committed, state.entry_synced);
            drop(state);
            let entry = if entry_synced { Ok(()) } else { self.folder.sync_all() };
            let synced = entry.and_then(|()| self.log.sync_data());
            state = self.state();
            state.busy = false;
            match synced {
                Ok(()) => (state.synced, state.entry_synced) = (state.synced.max(committed), true),
                Err(error) => state.broken = Some(error.kind()),
            }
            self.flushed.notify_all();
        }
    }
}

impl State {
    fn has_work(&self) -> bool {
        let unsynced = self.synced < self.committed && self.broken.is_none();
        unsynced || !self.queued.is_empty() || self.is_uncopied()
    }

    fn is_uncopied(&self) -> bool {
        self.log_pages.saturating_sub(self.copied_pages) >= COPY_BACK_PAGES
    }
}

impl Shared {
    /// Brings all that was committed to the disk.
    pub(super) fn sync(&self) -> Result<(), StoreError> {
        self.flusher.sync()
    }

    /// Does what the thread is there for.
    pub(super) fn flush_until_stopped(&self) {
        let flusher = &self.flusher;
        let mut state = flusher.state();
        loop {
            while !state.stop && !state.has_work() {
                state.idle = true;
                state = flusher.work.wait(state).unwrap_or_else(PoisonError::into_inner);
                state.idle = false;
            }
            state = flusher.gather(state, GATHER);
            if state.queued.len() > TAILS_MAX {
                state = flusher.gather(state, GATHER_MANY - GATHER);
            }
            let (stop, queued, over) = (state.stop, take(&mut state.queued), take(&mut state.over));
            drop(state);
            self.flush(&queued, &over);
            self.copy_back(stop);
            state = flusher.state();
            if stop {
                return;
            }
        }
    }

    /// Brings what was written to the disk. Whoever waits for it is told of a failure, and all who write afterwards.
    fn flush(&self, queued: &[Arc<OpenSession>], over: &[Arc<Tail>]) {
        let many = queued.len() > TAILS_MAX;
        let mut full = Vec::new();
        for open in queued {
            open.unqueue();
            if let Err(error) = open.write_held_back() {
                open.fail(error);
            }
            if many || open.waiting().bytes() >= ABSORB_BYTES {
                full.push(Arc::clone(open));
            } else {
                drop(self.sync_tail(open));
            }
        }
        self.absorb_many(&full);
        let committed: Vec<_> = queued.iter().map(|open| open.committed()).collect();
        if self.sync().is_ok() {
            queued.iter().zip(committed).for_each(|(open, part)| open.settled(part));
            over.iter().for_each(|tail| tail.remove());
        }
    }

    /// Moves what these tails have gathered into the database.
    fn absorb_many(&self, all: &[Arc<OpenSession>]) {
        if self.absorb_open(all).is_err() {
            // One by one, so that one session's failure is no other's. What fails stays in the tail: it is tried again, and
            // whoever waits for it is told.
            all.iter().for_each(|open| drop(self.absorb_open(std::slice::from_ref(open))));
        }
    }

    /// Gives the pages that are free back to the system.
    pub(super) fn shrink(&self) -> Result<(), StoreError> {
        let writer = self.writer.lock().unwrap_or_else(PoisonError::into_inner);
        // Each step gives a page back.
        let shrink = || {
            let mut statement = writer.prepare("PRAGMA incremental_vacuum")?;
            let mut pages = statement.query([])?;
            while pages.next()?.is_some() {}
            Ok(())
        };
        shrink().map_err(|error| fault(error, &self.folder))?;
        self.flusher.committed(self.log_pages());
        drop(writer);
        // The file itself is cut when the log is copied back, and what was removed stands in the log until that is emptied.
        self.sync()?;
        self.flusher.checkpointer.with(empty)
    }

    /// Copies the log back into the database, if it has grown. At the end it is emptied, too, unless others use it: no
    /// writer of this program begins it anew.
    fn copy_back(&self, is_end: bool) {
        let mut state = self.flusher.state();
        let is_long = || self.flusher.log.metadata().is_ok_and(|log| log.len() > LOG_BYTES_FOUND_MAX);
        let is_due = state.is_uncopied() || is_end && is_long();
        if !is_due {
            return;
        }
        state.copied_pages = state.log_pages;
        drop(state);
        let copied = self.flusher.checkpointer.with(|checkpointer| {
            if is_end {
                return empty(checkpointer);
            }
            copy_back(checkpointer);
            // What has been added meanwhile is little. When that is copied, too, the next writer begins the log anew.
            let _writers_wait = self.writer.lock().unwrap_or_else(PoisonError::into_inner);
            copy_back(checkpointer);
        });
        // If it fails, the log stays and is copied later.
        drop(copied);
    }
}

/// Copies the log back and empties it, unless others use it at this moment: nobody waits for them.
fn empty(connection: &Connection) {
    if connection.busy_timeout(Duration::ZERO).is_ok() {
        copy(connection, "TRUNCATE");
    }
}

/// Copies the log back as far as nobody reads in it.
fn copy_back(connection: &Connection) {
    copy(connection, "PASSIVE");
}

fn copy(connection: &Connection, how: &str) {
    // If it fails, the log stays and is copied later.
    drop(connection.query_row(&format!("PRAGMA wal_checkpoint({how})"), [], |_| Ok(())));
}

fn broken(kind: io::ErrorKind) -> StoreError {
    io_fault(kind.into(), "the journal's log, which can no longer be brought to the disk".as_ref())
}
