//! Who may write to a session.
//!
//! Each writer has an epoch, and a file `locks/ID.EPOCH` that it keeps locked. The operating system gives the lock up when
//! the process ends, however that happens: so the next writer knows at once that the last one is gone. A process that is
//! alive but stopped keeps its lock; it loses its lease when it has not been renewed for a while, and the next writer
//! begins a new epoch, with a lock of its own. Whatever the first one does afterwards, its epoch is over, and its appends
//! change nothing.
//!
//! The file also holds up to which position output has been printed: 8 bytes, the most significant first.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io;
use std::os::unix::fs::{FileExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use exuvia_core::journal::{SessionId, StoreError};

use super::Shared;
use super::fault::io_fault;
use super::schema::make_folder;
use crate::shelf::Lease;

/// The folder of the locks.
pub(super) struct Locks {
    folder: PathBuf,
}

/// A file that is locked as long as this lives.
pub(super) struct Lock {
    file: File,
    path: PathBuf,
}

/// A lease of a session.
pub(super) struct SqliteLease {
    shared: Arc<Shared>,
    session: SessionId,
    epoch: u64,
    lock: Lock,
    printed: u64,
    lost: Arc<AtomicBool>,
}

/// What the thread that renews leases knows of one.
pub(super) struct Renewal {
    pub(super) session: SessionId,
    pub(super) epoch: u64,
    pub(super) lost: Arc<AtomicBool>,
}

impl Locks {
    /// Makes the folder, if it is not there.
    pub(super) fn new(folder: &Path) -> Result<Self, StoreError> {
        let folder = folder.join("locks");
        make_folder(&folder)?;
        Ok(Self { folder })
    }

    /// Returns whether the writer of an epoch has ended, or has not been heard of for too long.
    pub(super) fn is_gone(&self, session: &SessionId, epoch: u64, expires: i64) -> bool {
        // Where there is no file, or no locks, time alone tells.
        let locked = File::open(self.path(session, epoch)).map(|file| file.try_lock_shared());
        matches!(locked, Ok(Ok(()))) || milliseconds_now() >= expires
    }

    /// Locks the file of a new epoch, and writes there what has been printed.
    pub(super) fn take(&self, session: &SessionId, epoch: u64, printed: u64) -> Result<Lock, StoreError> {
        let path = self.path(session, epoch);
        let mut options = OpenOptions::new();
        let file = options.read(true).write(true).create(true).truncate(false).mode(0o600).open(&path);
        let file = file.map_err(|error| io_fault(error, &path))?;
        match file.try_lock() {
            // Where there are no locks, time alone tells.
            Ok(()) | Err(TryLockError::Error(_)) => {}
            Err(TryLockError::WouldBlock) => {
                let holder = "a program that is about to write to it".to_owned();
                return Err(StoreError::Busy { session: session.clone(), holder, until: None });
            }
        }
        let lock = Lock { file, path };
        lock.note_printed(printed)?;
        Ok(lock)
    }

    /// Returns what the writer of an epoch has noted, if its file is there.
    pub(super) fn printed(&self, session: &SessionId, epoch: u64) -> Option<u64> {
        let mut bytes = [0; 8];
        File::open(self.path(session, epoch)).and_then(|file| file.read_exact_at(&mut bytes, 0)).ok()?;
        Some(u64::from_be_bytes(bytes))
    }

    /// Removes the file of an epoch that is over.
    pub(super) fn forget(&self, session: &SessionId, epoch: u64) {
        // Who does not find it looks at the database.
        drop(fs::remove_file(self.path(session, epoch)));
    }

    fn path(&self, session: &SessionId, epoch: u64) -> PathBuf {
        self.folder.join(format!("{session}.{epoch}"))
    }
}

impl Lock {
    fn note_printed(&self, position: u64) -> Result<(), StoreError> {
        self.file.write_all_at(&position.to_be_bytes(), 0).map_err(|error: io::Error| io_fault(error, &self.path))
    }

    /// Gives the lock up, and removes its file.
    pub(super) fn abandon(self) {
        drop(fs::remove_file(&self.path));
    }
}

impl SqliteLease {
    pub(super) fn new(shared: Arc<Shared>, session: SessionId, epoch: u64, lock: Lock, printed: u64) -> Self {
        let lost = Arc::new(AtomicBool::new(false));
        shared.renew(Renewal { session: session.clone(), epoch, lost: Arc::clone(&lost) });
        Self { shared, session, epoch, lock, printed, lost }
    }
}

impl Lease for SqliteLease {
    fn is_lost(&self) -> bool {
        self.lost.load(Ordering::Relaxed)
    }

    fn note_printed(&mut self, position: u64) -> Result<(), StoreError> {
        self.lock.note_printed(position)?;
        self.printed = position;
        Ok(())
    }
}

impl Drop for SqliteLease {
    fn drop(&mut self) {
        self.shared.release(&self.session, self.epoch, self.printed);
    }
}

/// Returns when a lease ends that is given or renewed now.
pub(super) fn expiry(lease: Duration) -> i64 {
    milliseconds_now().saturating_add(i64::try_from(lease.as_millis()).unwrap_or(i64::MAX))
}

/// Returns the time in milliseconds since 1970.
fn milliseconds_now() -> i64 {
    #[expect(clippy::disallowed_methods, reason = "whose turn it is to write is no part of any session")]
    let now = SystemTime::now();
    now.duration_since(UNIX_EPOCH).map_or(0, |since| i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
}
