//! A store in a folder: one SQLite database, and a file per open session.
//!
//! SQLite's write-ahead log makes each transaction whole: what is torn at its end was never committed. When it is on the
//! disk is decided here, see [`flusher`]; who may write to a session, see [`lease`].

mod fault;
mod flusher;
mod lease;
mod schema;
mod tables;

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::atomic::Ordering;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{Builder, JoinHandle};
use std::time::Duration;

use exuvia_core::journal::{Durability, SessionId, StoreError};
use rusqlite::Connection;

use self::fault::{fault, io_fault};
use self::flusher::Flusher;
use self::lease::{Locks, Renewal, SqliteLease, expiry};
use self::schema::{DATABASE, connect, make_folder};
use self::tables::Tables;
use crate::local::refuse_held;
use crate::shelf::{Append, Backing, Change, Entry, Lease, Look, Shelf};

/// How a store in a folder works.
#[derive(Debug, Clone)]
pub struct SqliteOptions {
    /// When appends are acknowledged. Default: [`Durability::Group`].
    pub durability: Durability,
    /// After which time without a sign of life another writer may take over. Default: 10 s.
    pub lease: Duration,
    /// The largest size of the database, in bytes. Default: none but the disk's.
    pub bytes_max: Option<u64>,
    /// What others are told of who has a session open. Default: the number of this process.
    pub holder: String,
}

impl Default for SqliteOptions {
    fn default() -> Self {
        Self {
            durability: Durability::default(),
            lease: Duration::from_secs(10),
            bytes_max: None,
            holder: format!("process {}", std::process::id()),
        }
    }
}

/// A store in a folder.
pub(crate) struct Sqlite {
    shared: Arc<Shared>,
    threads: Vec<JoinHandle<()>>,
}

/// What its threads share.
struct Shared {
    folder: PathBuf,
    options: SqliteOptions,
    locks: Locks,
    writer: Mutex<Connection>,
    reader: Mutex<Connection>,
    flusher: Flusher,
    renewals: Mutex<Renewals>,
    /// Told when a lease was taken, and at the end.
    renewals_changed: Condvar,
}

#[derive(Default)]
struct Renewals {
    leases: Vec<Renewal>,
    stop: bool,
}

impl Sqlite {
    /// Opens the store in a folder, or makes it.
    pub(crate) fn open(folder: &Path, options: SqliteOptions) -> Result<Self, StoreError> {
        make_folder(folder)?;
        let writer = connect(folder, options.bytes_max)?;
        let reader = connect(folder, options.bytes_max)?;
        let checkpointer = connect(folder, options.bytes_max)?;
        let wal = folder.join(format!("{DATABASE}-wal"));
        // It is there as long as a connection is. Nothing is locked through it, so it may be opened and closed.
        let wal = File::open(&wal).map_err(|error| io_fault(error, &wal))?;
        let entries = File::open(folder).map_err(|error| io_fault(error, folder))?;
        let shared = Arc::new(Shared {
            folder: folder.to_owned(),
            locks: Locks::new(folder)?,
            writer: Mutex::new(writer),
            reader: Mutex::new(reader),
            flusher: Flusher::new(wal, entries, checkpointer),
            renewals: Mutex::default(),
            renewals_changed: Condvar::new(),
            options,
        });
        let mut sqlite = Self { shared, threads: Vec::new() };
        sqlite.start("exuvia-journal-flush", Shared::flush_until_stopped)?;
        sqlite.start("exuvia-journal-lease", Shared::renew_until_stopped)?;
        Ok(sqlite)
    }

    fn start(&mut self, name: &str, run: fn(&Shared)) -> Result<(), StoreError> {
        let shared = Arc::clone(&self.shared);
        let thread = Builder::new().name(name.to_owned()).spawn(move || run(&shared));
        let failed = |error| StoreError::Io { what: "no thread can be started".to_owned(), error };
        self.threads.push(thread.map_err(failed)?);
        Ok(())
    }
}

impl Drop for Sqlite {
    fn drop(&mut self) {
        // Appends of an asynchronous store are handed on, and all is on the disk, before this returns. Whoever wants to
        // know whether that went well asks for it with `sync`.
        self.shared.flusher.stop();
        self.shared.renewals().stop = true;
        self.shared.renewals_changed.notify_all();
        for thread in self.threads.drain(..) {
            // One that has panicked has said so.
            drop(thread.join());
        }
    }
}

impl Backing for Sqlite {
    fn durability(&self) -> Durability {
        self.shared.options.durability
    }

    fn look(&self, look: Look<'_>) -> Result<(), StoreError> {
        self.shared.hand_on();
        let reader = self.shared.reader.lock().unwrap_or_else(PoisonError::into_inner);
        self.shared.transaction(&reader, "BEGIN", |tables| look(tables))
    }

    fn change(&self, change: Change<'_>) -> Result<(), StoreError> {
        self.shared.hand_on();
        self.shared.write(|tables| change(tables))?;
        self.shared.settle()
    }

    fn claim(
        &self,
        find: &mut dyn FnMut(&mut dyn Shelf) -> Result<Entry, StoreError>,
    ) -> Result<(Entry, Box<dyn Lease>), StoreError> {
        let shared = &self.shared;
        shared.hand_on();
        let mut lock = None;
        let claimed = shared.write(|tables| {
            let mut entry = find(tables)?;
            refuse_held(tables, &entry.session)?;
            let printed = tables.printed(&entry.session)?;
            entry.epoch += 1;
            lock = Some(shared.locks.take(&entry.session, entry.epoch, printed)?);
            tables.hold(&entry, &shared.options.holder, expiry(shared.options.lease))?;
            Ok((entry, printed))
        });
        match (claimed, lock) {
            (Ok((entry, printed)), Some(lock)) => {
                shared.settle()?;
                shared.locks.forget(&entry.session, entry.epoch - 1);
                let lease = SqliteLease::new(Arc::clone(shared), entry.session.clone(), entry.epoch, lock, printed);
                Ok((entry, Box::new(lease)))
            }
            (Err(error), lock) => {
                lock.into_iter().for_each(lease::Lock::abandon);
                Err(error)
            }
            (Ok(_), None) => unreachable!("what was claimed is locked"),
        }
    }

    fn append(&self, append: Append) -> Result<(), StoreError> {
        match self.shared.options.durability {
            Durability::Async => self.shared.append_later(append),
            Durability::Group | Durability::Sync => {
                self.shared.write(|tables| tables.append(&append))?;
                self.shared.settle()
            }
        }
    }

    fn sync(&self, session: &SessionId) -> Result<(), StoreError> {
        self.shared.hand_on();
        self.shared.handed_on(session)?;
        self.shared.sync()
    }

    fn shrink(&self) -> Result<(), StoreError> {
        self.shared.shrink()
    }
}

impl Shared {
    /// Changes something within a transaction, which the flusher then brings to the disk.
    fn write<T>(&self, change: impl FnOnce(&mut Tables<'_>) -> Result<T, StoreError>) -> Result<T, StoreError> {
        let writer = self.writer.lock().unwrap_or_else(PoisonError::into_inner);
        self.flusher.check()?;
        let changed = self.transaction(&writer, "BEGIN IMMEDIATE", change)?;
        // Before another one can write: transactions are counted in their order.
        self.flusher.committed();
        Ok(changed)
    }

    /// Does something within a transaction: all of it or, if it fails, nothing.
    fn transaction<T>(
        &self,
        connection: &Connection,
        begin: &str,
        run: impl FnOnce(&mut Tables<'_>) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let execute = |sql: &str| {
            let done = connection.prepare_cached(sql).and_then(|mut statement| statement.execute([]));
            done.map_err(|error| fault(error, &self.folder))
        };
        execute(begin)?;
        let mut tables = Tables { connection, folder: &self.folder, locks: &self.locks };
        let done = run(&mut tables).and_then(|value| execute("COMMIT").map(|_| value));
        if done.is_err() && !connection.is_autocommit() {
            // The error that is told is the one that came first.
            drop(execute("ROLLBACK"));
        }
        done
    }

    /// Makes what was committed as safe as was promised.
    fn settle(&self) -> Result<(), StoreError> {
        match self.options.durability {
            Durability::Sync => self.sync(),
            Durability::Group | Durability::Async => Ok(()),
        }
    }

    fn renewals(&self) -> MutexGuard<'_, Renewals> {
        self.renewals.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Keeps a lease alive from now on.
    fn renew(&self, renewal: Renewal) {
        self.renewals().leases.push(renewal);
        self.renewals_changed.notify_all();
    }

    /// Gives a lease back.
    fn release(&self, session: &SessionId, epoch: u64, printed: u64) {
        self.hand_on();
        self.renewals().leases.retain(|lease| lease.session != *session || lease.epoch != epoch);
        // What cannot be given back runs out, or is found to be gone with this process.
        if self.write(|tables| tables.release(session, epoch, printed)).is_ok() {
            self.locks.forget(session, epoch);
        }
    }

    /// Renews all leases, three times in the time that one holds.
    fn renew_until_stopped(&self) {
        let mut renewals = self.renewals();
        while !renewals.stop {
            renewals = if renewals.leases.is_empty() {
                self.renewals_changed.wait(renewals).unwrap_or_else(PoisonError::into_inner)
            } else {
                let wait = self.renewals_changed.wait_timeout(renewals, self.options.lease / 3);
                wait.unwrap_or_else(PoisonError::into_inner).0
            };
            let leases: Vec<_> = renewals.leases.iter().map(|lease| (lease.session.clone(), lease.epoch)).collect();
            drop(renewals);
            let expires = expiry(self.options.lease);
            let renewed = self.write(|tables| {
                leases
                    .iter()
                    .map(|(session, epoch)| tables.renew(session, *epoch, expires))
                    .collect::<Result<Vec<_>, _>>()
            });
            renewals = self.renewals();
            for ((session, epoch), _) in leases.iter().zip(renewed.unwrap_or_default()).filter(|(_, alive)| !alive) {
                let lost = |lease: &&Renewal| lease.session == *session && lease.epoch == *epoch;
                renewals.leases.iter().filter(lost).for_each(|lease| lease.lost.store(true, Ordering::Relaxed));
            }
        }
    }
}
