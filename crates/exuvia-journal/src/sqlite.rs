//! A store in a folder: one SQLite database, and a file per open session.
//!
//! SQLite's write-ahead log makes each transaction whole: what is torn at its end was never committed. When it is on the
//! disk is decided here, see [`flusher`]; who may write to a session, see [`lease`].

mod absorb;
mod fault;
mod flusher;
mod guard;
mod lease;
mod reserve;
mod schema;
mod shrink;
mod tables;
mod tail;

use std::collections::BTreeMap;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::slice;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{Builder, JoinHandle};
use std::time::Duration;

use exuvia_core::journal::{Durability, SessionId, StoreError};
use rusqlite::Connection;
use rusqlite::hooks::Wal;

use self::fault::{fault, io_fault};
use self::flusher::Flusher;
use self::guard::guard;
use self::lease::{OpenSession, SqliteLease, expiry};
use self::reserve::Reserve;
use self::schema::{DATABASE, Lazy, connect, make_folder};
use self::tables::Tables;
use self::tail::{Tail, Tails};
use crate::shelf::{Backing, Change, Claim, Entry, Lease, Look, Shelf, Whose};

/// What a database whose size is limited keeps free for itself, in bytes.
const ROOM_BYTES: u64 = 32 << 10;

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
    tails: Tails,
    writer: Mutex<Connection>,
    reader: Lazy,
    flusher: Flusher,
    reserve: Reserve,
    /// Whether the room that was set aside is in use: then little is written at a time.
    is_tight: AtomicBool,
    leases: Mutex<Leases>,
    /// Told when a lease was taken, and at the end.
    leases_changed: Condvar,
    /// How many bytes the database has, where that is limited.
    size: AtomicU64,
    /// How many pages the log had when the writer last committed something.
    log_pages: Arc<AtomicU64>,
}

/// The leases that are kept alive.
#[derive(Default)]
struct Leases {
    open: BTreeMap<SessionId, Arc<OpenSession>>,
    stop: bool,
}

impl Sqlite {
    /// Opens the store in a folder, or makes it.
    pub(crate) fn open(folder: &Path, options: SqliteOptions) -> Result<Self, StoreError> {
        make_folder(folder)?;
        guard(folder)?;
        let mut writer = connect(folder, options.bytes_max)?;
        let log_pages = Arc::new(AtomicU64::new(0));
        let noted = Arc::clone(&log_pages);
        let note = move |_: &mut Wal, pages: i32| {
            noted.store(pages.try_into().unwrap_or_default(), Ordering::Relaxed);
            Ok(())
        };
        writer.wal_hook(Some(note)).map_err(|error| fault(error, folder))?;
        let [reader, checkpointer] = [(); 2].map(|()| Lazy::new(folder, options.bytes_max));
        let wal = folder.join(format!("{DATABASE}-wal"));
        // It is there as long as a connection is. Nothing is locked through it, so it may be opened and closed.
        let wal = File::open(&wal).map_err(|error| io_fault(error, &wal))?;
        let entries = File::open(folder).map_err(|error| io_fault(error, folder))?;
        let shared = Arc::new(Shared {
            folder: folder.to_owned(),
            tails: Tails::new(folder)?,
            writer: Mutex::new(writer),
            reader,
            flusher: Flusher::new(wal, entries, checkpointer),
            reserve: Reserve::new(folder),
            is_tight: AtomicBool::new(false),
            leases: Mutex::default(),
            leases_changed: Condvar::new(),
            size: AtomicU64::new(0),
            log_pages,
            options,
        });
        shared.reserve.keep();
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
        self.shared.leases().stop = true;
        self.shared.leases_changed.notify_all();
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

    fn look(&self, whose: Whose<'_>, look: Look<'_>) -> Result<(), StoreError> {
        self.shared.absorb(whose)?;
        self.shared.read(|tables| look(tables))
    }

    fn change(&self, whose: Whose<'_>, change: Change<'_>) -> Result<(), StoreError> {
        self.shared.absorb(whose)?;
        self.shared.write(|tables| change(tables))?;
        self.shared.settle()
    }

    fn claim(
        &self,
        claim: Claim<'_>,
        find: &mut dyn FnMut(&mut dyn Shelf) -> Result<Entry, StoreError>,
    ) -> Result<(Entry, Box<dyn Lease>), StoreError> {
        let shared = &self.shared;
        if let Claim::New(Some(parent)) = claim {
            shared.absorb(Whose::Ones(parent))?;
        }
        let mut made = None;
        let claimed = shared.write(|tables| {
            let over = match claim {
                Claim::New(_) => None,
                Claim::Old(session) => tables.take_over(session)?,
            };
            let mut entry = find(tables)?;
            // What was printed of events that are lost is not what comes at their positions now.
            let printed = tables.printed(&entry.session)?.min(entry.next);
            entry.epoch += 1;
            made = Some(shared.tails.make(&entry.session, entry.epoch, printed)?);
            tables.hold(&entry, &shared.options.holder, expiry(shared.options.lease))?;
            Ok((entry, printed, over))
        });
        match (claimed, made) {
            (Ok((entry, printed, over)), Some(tail)) => {
                shared.settle()?;
                over.into_iter().for_each(|over| shared.flusher.remove(Arc::new(over)));
                let lease = SqliteLease::new(Arc::clone(shared), entry.session.clone(), tail, printed);
                Ok((entry, Box::new(lease)))
            }
            (Err(error), made) => {
                made.iter().for_each(Tail::remove);
                Err(error)
            }
            (Ok(_), None) => unreachable!("what was claimed has a tail"),
        }
    }

    fn shrink(&self) -> Result<(), StoreError> {
        let shared = &self.shared;
        shared.clear_tails()?;
        if !shared.is_tight.swap(false, Ordering::Relaxed) {
            return shared.shrink();
        }
        let shrunk = shared.shrink_little_by_little();
        shared.spill(true);
        shared.reserve.keep();
        match shrunk {
            // What was removed is removed, and what it took is used again.
            Err(StoreError::Full { .. }) => Ok(()),
            shrunk => shrunk,
        }
    }

    fn make_room(&self) {
        self.shared.reserve.give_up();
        self.shared.is_tight.store(true, Ordering::Relaxed);
        self.shared.spill(false);
        // If it cannot be emptied, it is gone on with.
        drop(self.shared.empty_log());
    }

    fn keep_room(&self) {
        self.shared.is_tight.store(false, Ordering::Relaxed);
        self.shared.spill(true);
        self.shared.reserve.keep();
    }
}

impl Shared {
    /// Changes something within a transaction, which the flusher then brings to the disk.
    fn write<T>(&self, change: impl FnOnce(&mut Tables<'_>) -> Result<T, StoreError>) -> Result<T, StoreError> {
        self.write_after(&[], change)
    }

    /// Looks at something within a transaction.
    fn read<T>(&self, look: impl FnOnce(&mut Tables<'_>) -> Result<T, StoreError>) -> Result<T, StoreError> {
        self.reader.with(|reader| self.transaction(reader, "BEGIN", look))?
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
        let mut tables = Tables { connection, folder: &self.folder, tails: &self.tails };
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

    /// Returns how many pages the log had after the last commit of this store.
    fn log_pages(&self) -> u64 {
        self.log_pages.load(Ordering::Relaxed)
    }

    /// Takes note of how large the database is, if that is limited.
    fn measure(&self, connection: &Connection) {
        if self.options.bytes_max.is_some() {
            let read = |name| connection.pragma_query_value(None, name, |row| row.get::<_, i64>(0)).unwrap_or_default();
            let used = (read("page_count") - read("freelist_count")) * read("page_size");
            self.size.store(used.cast_unsigned(), Ordering::Relaxed);
        }
    }

    /// Returns whether the database takes so many bytes of a tail: a row takes less than twice as many as its line.
    fn has_room(&self, bytes: u64) -> bool {
        let size = || self.size.load(Ordering::Relaxed) + ROOM_BYTES + 2 * bytes;
        self.options.bytes_max.is_none_or(|bytes_max| size() <= bytes_max)
    }

    fn leases(&self) -> MutexGuard<'_, Leases> {
        self.leases.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Keeps a lease alive from now on.
    fn renew(&self, open: Arc<OpenSession>) {
        let mut leases = self.leases();
        if leases.open.is_empty() {
            // Who has leases to renew does not count from the newest one on.
            self.leases_changed.notify_all();
        }
        leases.open.insert(open.session.clone(), open);
    }

    /// Returns a session that this store has open.
    fn open_session(&self, session: &SessionId) -> Option<Arc<OpenSession>> {
        self.leases().open.get(session).map(Arc::clone)
    }

    /// Returns all sessions that this store has open.
    fn open_sessions(&self) -> Vec<Arc<OpenSession>> {
        self.leases().open.values().map(Arc::clone).collect()
    }

    /// Gives a lease back.
    fn release(&self, open: &Arc<OpenSession>, printed: u64) {
        let epoch = open.tail.epoch();
        // What cannot be written or given back stays, and is found when this process is gone, or the lease has run out.
        let written = open.write_held_back();
        let released = written.and_then(|()| {
            self.write_after(slice::from_ref(open), |tables| tables.release(&open.session, epoch, printed))
        });
        let mut leases = self.leases();
        if leases.open.get(&open.session).is_some_and(|leased| Arc::ptr_eq(leased, open)) {
            leases.open.remove(&open.session);
        }
        drop(leases);
        if released.is_ok() {
            self.flusher.remove(Arc::clone(&open.tail));
        }
    }

    /// Renews all leases, three times in the time that one holds.
    fn renew_until_stopped(&self) {
        let mut leases = self.leases();
        while !leases.stop {
            if leases.open.is_empty() {
                leases = self.leases_changed.wait(leases).unwrap_or_else(PoisonError::into_inner);
                continue;
            }
            let wait = self.leases_changed.wait_timeout(leases, self.options.lease / 3);
            let (woken, waited) = wait.unwrap_or_else(PoisonError::into_inner);
            leases = woken;
            if !waited.timed_out() {
                // A lease that was just taken needs no transaction, nor does the end.
                continue;
            }
            let all: Vec<_> = leases.open.values().map(Arc::clone).collect();
            drop(leases);
            let expires = expiry(self.options.lease);
            let renew =
                |tables: &mut Tables<'_>, open: &OpenSession| tables.renew(&open.session, open.tail.epoch(), expires);
            let renewed =
                self.write(|tables| all.iter().map(|open| renew(tables, open)).collect::<Result<Vec<_>, _>>());
            for (open, _) in all.iter().zip(renewed.unwrap_or_default()).filter(|(_, alive)| !alive) {
                open.lose();
            }
            leases = self.leases();
        }
    }
}
