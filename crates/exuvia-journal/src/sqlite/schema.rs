//! The database: one file in a folder, which only its owner can read.

use std::fs::{DirBuilder, OpenOptions};
use std::io;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use exuvia_core::journal::StoreError;
use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};

use super::fault::{fault, io_fault};

/// The version of the tables; that of the events in them is the wire format's.
const SCHEMA_VERSION: u64 = 1;

/// The name of the database in its folder.
pub(super) const DATABASE: &str = "journal.sqlite";

/// How long to wait for another program's transaction. They take some microseconds, but for an import.
const BUSY_TIMEOUT: Duration = Duration::from_secs(10);

/// To what the write-ahead log is cut when it has been emptied, in bytes.
pub(super) const LOG_BYTES_KEPT: u64 = 256 << 10;

/// How many statements are kept prepared.
const STATEMENTS_MAX: usize = 64;

/// The tables. `events` is what a journal is; all else is found from it, or is of use to this store alone.
const TABLES: &str = "
    CREATE TABLE sessions (
        number INTEGER PRIMARY KEY,
        id TEXT NOT NULL UNIQUE,
        name TEXT UNIQUE,
        created INTEGER NOT NULL,          -- milliseconds since 1970
        hidden INTEGER NOT NULL,           -- 1: removed, and kept for its forks
        version INTEGER NOT NULL,          -- of its events
        parent TEXT,                       -- the id of the session that it was forked from
        parent_position INTEGER,           -- how many events of that it shares
        epoch INTEGER NOT NULL,            -- of the last writer
        next INTEGER NOT NULL,             -- how many events there are
        head BLOB NOT NULL,                -- the hash of the last one
        holder TEXT,                       -- who has it open
        expires INTEGER NOT NULL DEFAULT 0, -- until when, if nothing is heard of the holder; milliseconds since 1970
        printed INTEGER NOT NULL DEFAULT 0 -- up to where output was printed, when it was closed
    ) STRICT;
    CREATE INDEX sessions_by_parent ON sessions (parent) WHERE parent IS NOT NULL;
    CREATE TABLE events (
        session INTEGER NOT NULL,
        position INTEGER NOT NULL,
        epoch INTEGER NOT NULL,
        at INTEGER NOT NULL,               -- milliseconds since 1970
        kind TEXT NOT NULL,
        body TEXT NOT NULL,                -- JSON
        hash BLOB NOT NULL,                -- of this and all before: see the documentation of `chain`
        PRIMARY KEY (session, position)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE blobs (
        hash BLOB NOT NULL UNIQUE,         -- SHA-256
        size INTEGER NOT NULL,
        packed BLOB NOT NULL,              -- Zstandard
        packed_hash BLOB NOT NULL
    ) STRICT;
    CREATE TABLE uses (
        session INTEGER NOT NULL,
        position INTEGER NOT NULL,
        hash BLOB NOT NULL,                -- of a blob that this event names
        PRIMARY KEY (session, position, hash)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX uses_by_hash ON uses (hash);
    CREATE TABLE checkpoints (
        session INTEGER NOT NULL,
        position INTEGER NOT NULL,
        bytes BLOB NOT NULL,
        PRIMARY KEY (session, position)
    ) STRICT;
";

/// Makes a folder that only its owner can read, if it is not there.
pub(super) fn make_folder(folder: &Path) -> Result<(), StoreError> {
    if folder.is_dir() {
        return Ok(());
    }
    DirBuilder::new().recursive(true).mode(0o700).create(folder).map_err(|error| io_fault(error, folder))
}

/// Opens the database, or makes it.
pub(super) fn connect(folder: &Path, bytes_max: Option<u64>) -> Result<Connection, StoreError> {
    let path = folder.join(DATABASE);
    // SQLite gives its other files the permissions of this one. The file is never opened past SQLite once it is there:
    // closing it again would give up SQLite's locks.
    match OpenOptions::new().write(true).create_new(true).mode(0o600).open(&path) {
        Ok(_) => {}
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
        Err(error) => return Err(io_fault(error, &path)),
    }
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    prepare(&path, flags, bytes_max).map_err(|error| match error {
        Prepare::Sqlite(error) => fault(error, folder),
        Prepare::Store(error) => error,
    })
}

/// A connection that is opened when it is first needed: a program that only writes a little never does.
pub(super) struct Lazy {
    folder: PathBuf,
    bytes_max: Option<u64>,
    connection: Mutex<Option<Connection>>,
}

impl Lazy {
    pub(super) fn new(folder: &Path, bytes_max: Option<u64>) -> Self {
        Self { folder: folder.to_owned(), bytes_max, connection: Mutex::new(None) }
    }

    /// Does something with the connection, which nobody else has meanwhile.
    pub(super) fn with<T>(&self, act: impl FnOnce(&Connection) -> T) -> Result<T, StoreError> {
        let mut connection = self.connection.lock().unwrap_or_else(PoisonError::into_inner);
        let connection = match &mut *connection {
            Some(connection) => connection,
            none => none.insert(connect(&self.folder, self.bytes_max)?),
        };
        Ok(act(connection))
    }
}

enum Prepare {
    Sqlite(rusqlite::Error),
    Store(StoreError),
}

impl From<rusqlite::Error> for Prepare {
    fn from(error: rusqlite::Error) -> Self {
        Self::Sqlite(error)
    }
}

fn prepare(path: &Path, flags: OpenFlags, bytes_max: Option<u64>) -> Result<Connection, Prepare> {
    let connection = Connection::open_with_flags(path, flags)?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS_MAX);
    connection.busy_timeout(BUSY_TIMEOUT)?;
    // Before anything is written: one of a newer version stays as it is.
    let version = check_version(&connection)?;
    connection.pragma_update(None, "trusted_schema", false)?;
    connection.pragma_update(None, "cell_size_check", true)?;
    // What is removed is gone from the file, too: where a page is written anyway at once, else when free pages are given
    // back.
    connection.pragma_update(None, "secure_delete", "FAST")?;
    if version == 0 {
        // It writes to the database whatever stands there, and waits for the disk.
        connection.pragma_update(None, "auto_vacuum", "INCREMENTAL")?;
    }
    connection.pragma_update(None, "journal_mode", "WAL")?;
    // Who has little to write does not wait for the log to be copied back at the end: it stays, and whoever finds it grown
    // does that, beside what they do.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)?;
    // The log is synced when it is copied back; for all else see `flusher`.
    connection.pragma_update(None, "synchronous", "NORMAL")?;
    connection.pragma_update(None, "wal_autocheckpoint", 0)?;
    connection.pragma_update(None, "journal_size_limit", LOG_BYTES_KEPT.cast_signed())?;
    make_tables(&connection)?;
    if let Some(bytes_max) = bytes_max {
        let page: i64 = connection.pragma_query_value(None, "page_size", |row| row.get(0))?;
        connection.pragma_update(None, "max_page_count", bytes_max.cast_signed() / page.max(1))?;
    }
    Ok(connection)
}

/// Returns the version, if this program knows it.
fn check_version(connection: &Connection) -> Result<u64, Prepare> {
    let version: i64 = connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
    let version = version.cast_unsigned();
    if version > SCHEMA_VERSION {
        return Err(Prepare::Store(StoreError::Newer { version, known: SCHEMA_VERSION }));
    }
    Ok(version)
}

fn make_tables(connection: &Connection) -> Result<(), Prepare> {
    if check_version(connection)? == SCHEMA_VERSION {
        return Ok(());
    }
    connection.execute_batch("BEGIN IMMEDIATE")?;
    // Another program may have made them meanwhile.
    let made = check_version(connection).and_then(|version| {
        if version < SCHEMA_VERSION {
            connection.execute_batch(TABLES)?;
            connection.pragma_update(None, "user_version", SCHEMA_VERSION.cast_signed())?;
        }
        Ok(connection.execute_batch("COMMIT")?)
    });
    if made.is_err() {
        // The error that is told is the one that came first.
        drop(connection.execute_batch("ROLLBACK"));
    }
    made
}
