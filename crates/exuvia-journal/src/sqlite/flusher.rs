//! When what was written is on the disk.
//!
//! A transaction is committed when it is in the write-ahead log, in the operating system's memory: from then on it
//! survives the end of this process. [`Flusher`] brings the log to the disk with `fdatasync`: one call for all that was
//! committed before it, whoever waits for it. A thread does so some milliseconds after the first transaction that is not
//! there yet; who wants it sooner does it at once.
//!
//! The same thread copies the log back into the database when it has grown. SQLite syncs the log before that, and the
//! database before the log is written anew from its beginning: so at no moment is something only in pages that are not on
//! the disk. Transactions that are torn at the log's end have a wrong checksum there, and were never committed.
//!
//! A failed `fdatasync` is final: what the system could not write it may have forgotten, and a second call would say that
//! all is well. Then the store takes nothing more.

use std::fs::File;
use std::io;
use std::mem::take;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use exuvia_core::journal::{Durability, SessionId, StoreError};
use rusqlite::Connection;

use super::Shared;
use super::fault::{fault, io_fault};
use crate::shelf::Append;

/// How long the thread waits for more before it brings the log to the disk.
const GATHER: Duration = Duration::from_millis(4);

/// After how many transactions the log is copied back.
const CHECKPOINT_AFTER: u64 = 1_000;

/// From which size on a log that is found is copied back, in bytes.
const WAL_BYTES_FOUND_MAX: u64 = 4 << 20;

/// How long the log may be, in pages of 4 KiB, before writers have to wait until all of it is copied back, so that it
/// begins anew.
const WAL_PAGES_MAX: i64 = 8_192;

/// How many appends an asynchronous store puts off, and how many bytes.
const PUT_OFF_MAX: usize = 10_000;
const PUT_OFF_BYTES_MAX: usize = 16 << 20;

/// Brings what was committed to the disk.
pub(super) struct Flusher {
    wal: File,
    /// The folder, in which the log's own entry must come to the disk once.
    folder: File,
    checkpointer: Mutex<Connection>,
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
    /// At which transaction the log was last copied back.
    checkpointed: u64,
    /// Whether somebody is bringing the log to the disk.
    busy: bool,
    /// Whether the thread has nothing to do.
    idle: bool,
    stop: bool,
    /// Why nothing can be brought to the disk any more.
    broken: Option<io::ErrorKind>,
    /// What an asynchronous store has acknowledged and not yet committed.
    put_off: Vec<Append>,
    put_off_bytes: usize,
    /// Sessions of which something that was put off could not be committed, and why.
    failed: Vec<(SessionId, StoreError)>,
}

impl Flusher {
    pub(super) fn new(wal: File, folder: File, checkpointer: Connection) -> Self {
        let (work, flushed) = (Condvar::new(), Condvar::new());
        let mut state = State::default();
        if wal.metadata().is_ok_and(|wal| wal.len() > WAL_BYTES_FOUND_MAX) {
            // As if this program had written it: it is copied back at once.
            (state.committed, state.synced) = (CHECKPOINT_AFTER, CHECKPOINT_AFTER);
        }
        Self { wal, folder, checkpointer: Mutex::new(checkpointer), state: Mutex::new(state), work, flushed }
    }

    /// Ends the thread when it has done all that is to do.
    pub(super) fn stop(&self) {
        self.state().stop = true;
        self.work.notify_all();
    }

    /// Notes that a transaction was committed.
    pub(super) fn committed(&self) {
        let mut state = self.state();
        state.committed += 1;
        self.wake(&state);
    }

    /// Refuses to go on if what was committed cannot be brought to the disk.
    pub(super) fn check(&self) -> Result<(), StoreError> {
        self.state().broken.map_or(Ok(()), |kind| Err(broken(kind)))
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
            let synced = entry.and_then(|()| self.wal.sync_data());
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

impl Shared {
    /// Brings all that was committed to the disk.
    pub(super) fn sync(&self) -> Result<(), StoreError> {
        self.flusher.sync()
    }

    /// Acknowledges an append that is committed later.
    pub(super) fn append_later(&self, append: Append) -> Result<(), StoreError> {
        self.handed_on(&append.session)?;
        let bytes: usize = append.written.rows.iter().map(|row| row.body.len()).sum();
        let blobs: usize = append.written.blobs.iter().map(|blob| blob.content.len()).sum();
        let mut state = self.flusher.state();
        state.put_off.push(append);
        state.put_off_bytes += bytes + blobs;
        let full = state.put_off.len() >= PUT_OFF_MAX || state.put_off_bytes >= PUT_OFF_BYTES_MAX;
        self.flusher.wake(&state);
        drop(state);
        if full {
            self.hand_on();
        }
        Ok(())
    }

    /// Commits what was put off. What cannot be committed is told to whoever writes to its session next.
    pub(super) fn hand_on(&self) {
        if self.options.durability != Durability::Async {
            return;
        }
        // The writer's lock is held from taking the appends to committing them: they keep their order.
        let writer = self.writer.lock().unwrap_or_else(PoisonError::into_inner);
        let mut state = self.flusher.state();
        state.put_off_bytes = 0;
        let appends = take(&mut state.put_off);
        drop(state);
        if appends.is_empty() {
            return;
        }
        let all = self.transaction(&writer, "BEGIN IMMEDIATE", |tables| {
            appends.iter().try_for_each(|append| tables.append(append))
        });
        if all.is_err() {
            // One by one, so that one session's failure is no other's.
            for append in &appends {
                if self.flusher.state().failed.iter().any(|(failed, _)| *failed == append.session) {
                    continue;
                }
                let one = self.transaction(&writer, "BEGIN IMMEDIATE", |tables| tables.append(append));
                if let Err(error) = one {
                    self.flusher.state().failed.push((append.session.clone(), error));
                }
            }
        }
        self.flusher.committed();
    }

    /// Tells what could not be committed of a session, if something could not.
    pub(super) fn handed_on(&self, session: &SessionId) -> Result<(), StoreError> {
        let mut state = self.flusher.state();
        match state.failed.iter().position(|(failed, _)| failed == session) {
            Some(index) => Err(state.failed.remove(index).1),
            None => Ok(()),
        }
    }

    /// Brings to the disk what was committed, some milliseconds later, and copies the log back when it has grown.
    pub(super) fn flush_until_stopped(&self) {
        let flusher = &self.flusher;
        let mut state = flusher.state();
        loop {
            while !state.stop && !self.has_work(&state) {
                state.idle = true;
                state = flusher.work.wait(state).unwrap_or_else(PoisonError::into_inner);
                state.idle = false;
            }
            if !state.stop {
                let (gathered, _) = flusher.work.wait_timeout(state, GATHER).unwrap_or_else(PoisonError::into_inner);
                state = gathered;
            }
            let stop = state.stop;
            drop(state);
            self.hand_on();
            // Whoever waits for it is told of a failure, and all who write afterwards.
            drop(self.sync());
            self.copy_back();
            state = flusher.state();
            if stop {
                return;
            }
        }
    }

    fn has_work(&self, state: &State) -> bool {
        let unsynced = state.synced < state.committed && state.broken.is_none();
        // A store that is synced has somebody waiting, who does it.
        let unsynced = unsynced && self.options.durability != Durability::Sync;
        unsynced || !state.put_off.is_empty() || state.committed - state.checkpointed >= CHECKPOINT_AFTER
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
        self.flusher.committed();
        drop(writer);
        // The file itself is cut when the log is copied back.
        self.sync()?;
        copy_back(&self.flusher.checkpointer.lock().unwrap_or_else(PoisonError::into_inner));
        Ok(())
    }

    /// Copies the log back into the database, if it has grown.
    fn copy_back(&self) {
        let mut state = self.flusher.state();
        if state.committed - state.checkpointed < CHECKPOINT_AFTER {
            return;
        }
        state.checkpointed = state.committed;
        drop(state);
        let checkpointer = self.flusher.checkpointer.lock().unwrap_or_else(PoisonError::into_inner);
        let pages = copy_back(&checkpointer);
        if pages.is_some_and(|pages| pages > WAL_PAGES_MAX) {
            // What has been added meanwhile is little. When that is copied, too, the next writer begins the log anew.
            let _writers_wait = self.writer.lock().unwrap_or_else(PoisonError::into_inner);
            copy_back(&checkpointer);
        }
    }
}

/// Copies the log back as far as nobody reads in it, and returns how many pages it has.
fn copy_back(connection: &Connection) -> Option<i64> {
    // If it fails, the log stays and is copied later.
    connection.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |row| row.get(1)).ok()
}

fn broken(kind: io::ErrorKind) -> StoreError {
    io_fault(kind.into(), "the journal's log, which can no longer be brought to the disk".as_ref())
}
