//! Rows in SQLite.

use std::collections::BTreeSet;
use std::path::Path;

use exuvia_core::journal::{CheckpointEntry, HASH_BYTES, Hash, SessionId, StoreError};
use rusqlite::types::Type;
use rusqlite::{Connection, Error, OptionalExtension, Result, Row as SqliteRow, params};

use super::fault::fault;
use super::lease::is_expired;
use super::tail::Tails;
use crate::blob::PackedBlob;
use crate::chain::Row;
use crate::shelf::{Append, Entry, FoundRow, Holder, Shelf, Written};

const ENTRY: &str =
    "SELECT id, name, created, hidden, version, parent, parent_position, epoch, next, head FROM sessions";

/// The tables, within a transaction that somebody else ends.
pub(super) struct Tables<'a> {
    pub(super) connection: &'a Connection,
    pub(super) folder: &'a Path,
    pub(super) tails: &'a Tails,
}

/// What is known of a session's holder.
struct Held {
    epoch: u64,
    holder: Option<String>,
    expires: i64,
    printed: u64,
}

impl Tables<'_> {
    /// Appends rows, if the session is as the writer believes it to be.
    pub(super) fn append(&self, append: &Append) -> std::result::Result<(), StoreError> {
        let entry = self.entry(&append.session)?.ok_or_else(|| StoreError::missing(&append.session))?;
        let mut entry = append.after(entry)?;
        self.append_rows(&append.session, &append.written)?;
        append.advance(&mut entry);
        self.advance(&entry)
    }

    /// Adds rows, of which the session itself knows nothing yet.
    pub(super) fn append_rows(&self, session: &SessionId, written: &Written) -> std::result::Result<(), StoreError> {
        self.told(self.number(session).and_then(|number| self.add_rows(number, written)))
    }

    /// Notes how many events a session has now, and the hash of the last one.
    pub(super) fn advance(&self, entry: &Entry) -> std::result::Result<(), StoreError> {
        let sql = "UPDATE sessions SET next = ?2, head = ?3 WHERE id = ?1";
        let parameters = params![entry.session.as_str(), entry.next.cast_signed(), entry.head.0];
        self.told(self.connection.prepare_cached(sql).and_then(|mut update| update.execute(parameters))).map(drop)
    }

    /// Gives a session a new holder, and begins its epoch.
    pub(super) fn hold(&self, entry: &Entry, holder: &str, expires: i64) -> std::result::Result<(), StoreError> {
        let sql = "UPDATE sessions SET epoch = ?2, holder = ?3, expires = ?4 WHERE id = ?1";
        let parameters = params![entry.session.as_str(), entry.epoch.cast_signed(), holder, expires];
        self.told(self.connection.execute(sql, parameters)).map(drop)
    }

    /// Notes that a holder is alive. Returns whether it still is the holder.
    pub(super) fn renew(&self, session: &SessionId, epoch: u64, expires: i64) -> std::result::Result<bool, StoreError> {
        let sql = "UPDATE sessions SET expires = ?3 WHERE id = ?1 AND epoch = ?2";
        let changed = self.connection.execute(sql, params![session.as_str(), epoch.cast_signed(), expires]);
        Ok(self.told(changed)? == 1)
    }

    /// Takes a holder away, if it still is the one.
    pub(super) fn release(&self, session: &SessionId, epoch: u64, printed: u64) -> std::result::Result<(), StoreError> {
        let sql = "UPDATE sessions SET holder = NULL, expires = 0, printed = ?3 WHERE id = ?1 AND epoch = ?2";
        let parameters = params![session.as_str(), epoch.cast_signed(), printed.cast_signed()];
        self.told(self.connection.execute(sql, parameters)).map(drop)
    }

    fn add_rows(&self, number: i64, written: &Written) -> Result<()> {
        let mut insert = self.connection.prepare_cached("INSERT INTO events VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)")?;
        for row in &written.rows {
            let (position, epoch) = (row.position.cast_signed(), row.epoch.cast_signed());
            insert.execute(params![number, position, epoch, row.at, row.kind, row.body, row.hash.0])?;
        }
        for blob in &written.blobs {
            let mut known = self.connection.prepare_cached("SELECT 1 FROM blobs WHERE hash = ?1")?;
            if !known.exists([blob.hash.0])? {
                let packed = PackedBlob::pack(&blob.content);
                let mut insert = self.connection.prepare_cached("INSERT INTO blobs VALUES (?1, ?2, ?3, ?4)")?;
                let size = packed.size.cast_signed();
                insert.execute(params![blob.hash.0, size, packed.packed, packed.packed_hash.0])?;
            }
        }
        for (position, hash) in &written.uses {
            // An event may name a blob twice.
            let sql = "INSERT INTO uses VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING";
            self.connection.prepare_cached(sql)?.execute(params![number, position.cast_signed(), hash.0])?;
        }
        Ok(())
    }

    fn number(&self, session: &SessionId) -> Result<i64> {
        let mut statement = self.connection.prepare_cached("SELECT number FROM sessions WHERE id = ?1")?;
        statement.query_row([session.as_str()], |row| row.get(0))
    }

    fn held(&self, session: &SessionId) -> Result<Held> {
        let mut statement =
            self.connection.prepare_cached("SELECT epoch, holder, expires, printed FROM sessions WHERE id = ?1")?;
        statement.query_row([session.as_str()], |row| {
            Ok(Held { epoch: unsigned(row, 0)?, holder: row.get(1)?, expires: row.get(2)?, printed: unsigned(row, 3)? })
        })
    }

    fn execute(&self, session: &SessionId, sql: &str, position: Option<u64>) -> Result<()> {
        let number = self.number(session)?;
        let mut statement = self.connection.prepare_cached(sql)?;
        match position {
            Some(position) => statement.execute(params![number, position.cast_signed()])?,
            None => statement.execute([number])?,
        };
        Ok(())
    }

    fn told<T>(&self, result: Result<T>) -> std::result::Result<T, StoreError> {
        result.map_err(|error| fault(error, self.folder))
    }
}

impl Shelf for Tables<'_> {
    fn entries(&self) -> std::result::Result<Vec<Entry>, StoreError> {
        let read = || {
            let mut statement = self.connection.prepare_cached(&format!("{ENTRY} ORDER BY id"))?;
            statement.query_map([], entry)?.collect::<Result<_>>()
        };
        self.told(read())
    }

    fn entry(&self, session: &SessionId) -> std::result::Result<Option<Entry>, StoreError> {
        let read = || {
            let mut statement = self.connection.prepare_cached(&format!("{ENTRY} WHERE id = ?1"))?;
            statement.query_row([session.as_str()], entry).optional()
        };
        self.told(read())
    }

    fn named(&self, name: &str) -> std::result::Result<Option<SessionId>, StoreError> {
        let read = || {
            let mut statement = self.connection.prepare_cached("SELECT id FROM sessions WHERE name = ?1")?;
            statement.query_row([name], |row| id(row, 0)).optional()
        };
        self.told(read())
    }

    fn forks(&self, session: &SessionId) -> std::result::Result<Vec<(SessionId, u64)>, StoreError> {
        let read = || {
            let mut statement =
                self.connection.prepare_cached("SELECT id, parent_position FROM sessions WHERE parent = ?1")?;
            let fork = |row: &SqliteRow<'_>| Ok((id(row, 0)?, unsigned(row, 1)?));
            statement.query_map([session.as_str()], fork)?.collect::<Result<_>>()
        };
        self.told(read())
    }

    fn rows(&self, session: &SessionId, from: u64, count_max: usize) -> std::result::Result<Vec<FoundRow>, StoreError> {
        let read = || {
            let number = self.number(session)?;
            let mut statement = self.connection.prepare_cached(
                "SELECT position, epoch, at, kind, body, hash FROM events
                 WHERE session = ?1 AND position >= ?2 ORDER BY position LIMIT ?3",
            )?;
            let parameters = params![number, from.cast_signed(), i64::try_from(count_max).unwrap_or(i64::MAX)];
            statement.query_map(parameters, found_row)?.collect::<Result<_>>()
        };
        self.told(read())
    }

    fn row_count(&self, session: &SessionId) -> std::result::Result<u64, StoreError> {
        let read = || {
            let number = self.number(session)?;
            let mut statement = self.connection.prepare_cached("SELECT count(*) FROM events WHERE session = ?1")?;
            statement.query_row([number], |row| unsigned(row, 0))
        };
        self.told(read())
    }

    fn uses(&self, session: &SessionId) -> std::result::Result<BTreeSet<(u64, Hash)>, StoreError> {
        let read = || {
            let number = self.number(session)?;
            let mut statement = self.connection.prepare_cached("SELECT position, hash FROM uses WHERE session = ?1")?;
            statement.query_map([number], |row| Ok((unsigned(row, 0)?, hash(row, 1)?)))?.collect::<Result<_>>()
        };
        self.told(read())
    }

    fn blob(&self, name: &Hash) -> std::result::Result<Option<PackedBlob>, StoreError> {
        let read = || {
            let mut statement =
                self.connection.prepare_cached("SELECT size, packed, packed_hash FROM blobs WHERE hash = ?1")?;
            let blob = |row: &SqliteRow<'_>| {
                Ok(PackedBlob { size: unsigned(row, 0)?, packed: row.get(1)?, packed_hash: hash(row, 2)? })
            };
            statement.query_row([name.0], blob).optional()
        };
        self.told(read())
    }

    fn size(&self, session: &SessionId) -> std::result::Result<u64, StoreError> {
        let read = || {
            let number = self.number(session)?;
            let mut statement = self.connection.prepare_cached(
                "SELECT (SELECT coalesce(sum(octet_length(body)), 0) FROM events WHERE session = ?1)
                      + (SELECT coalesce(sum(octet_length(bytes)), 0) FROM checkpoints WHERE session = ?1)
                      + (SELECT coalesce(sum(octet_length(packed)), 0) FROM blobs
                         WHERE hash IN (SELECT hash FROM uses WHERE session = ?1))",
            )?;
            statement.query_row([number], |row| unsigned(row, 0))
        };
        self.told(read())
    }

    fn insert(&mut self, entry: &Entry) -> std::result::Result<(), StoreError> {
        let sql =
            "INSERT INTO sessions (id, created, hidden, version, epoch, next, head) VALUES (?1, 0, 0, 0, 0, 0, x'')";
        self.told(self.connection.execute(sql, [entry.session.as_str()]))?;
        self.update(entry)
    }

    fn update(&mut self, entry: &Entry) -> std::result::Result<(), StoreError> {
        let sql = "UPDATE sessions SET name = ?2, created = ?3, hidden = ?4, version = ?5, parent = ?6,
                   parent_position = ?7, epoch = ?8, next = ?9, head = ?10 WHERE id = ?1";
        let parent = entry.parent.as_ref();
        let parameters = params![
            entry.session.as_str(),
            entry.name,
            entry.created,
            entry.hidden,
            entry.version.cast_signed(),
            parent.map(|(parent, _)| parent.as_str()),
            parent.map(|(_, position)| position.cast_signed()),
            entry.epoch.cast_signed(),
            entry.next.cast_signed(),
            entry.head.0,
        ];
        self.told(self.connection.execute(sql, parameters)).map(drop)
    }

    fn add(&mut self, session: &SessionId, written: &Written) -> std::result::Result<(), StoreError> {
        self.append_rows(session, written)
    }

    fn truncate(&mut self, session: &SessionId, from: u64) -> std::result::Result<(), StoreError> {
        for sql in [
            "DELETE FROM events WHERE session = ?1 AND position >= ?2",
            "DELETE FROM uses WHERE session = ?1 AND position >= ?2",
            "DELETE FROM checkpoints WHERE session = ?1 AND position >= ?2",
        ] {
            self.told(self.execute(session, sql, Some(from)))?;
        }
        Ok(())
    }

    fn delete(&mut self, session: &SessionId) -> std::result::Result<(), StoreError> {
        for sql in [
            "DELETE FROM events WHERE session = ?1",
            "DELETE FROM uses WHERE session = ?1",
            "DELETE FROM checkpoints WHERE session = ?1",
            "DELETE FROM sessions WHERE number = ?1",
        ] {
            self.told(self.execute(session, sql, None))?;
        }
        Ok(())
    }

    fn sweep(&mut self) -> std::result::Result<(), StoreError> {
        let sql = "DELETE FROM blobs WHERE NOT EXISTS (SELECT 1 FROM uses WHERE uses.hash = blobs.hash)";
        self.told(self.connection.execute(sql, [])).map(drop)
    }

    fn holder(&self, session: &SessionId) -> std::result::Result<Option<Holder>, StoreError> {
        let held = self.told(self.held(session))?;
        let Some(who) = held.holder else { return Ok(None) };
        let gone = self.tails.is_free(session, held.epoch) || is_expired(held.expires);
        Ok((!gone).then_some(Holder { who, until: Some(held.expires) }))
    }

    fn is_behind(&self, entry: &Entry) -> bool {
        self.tails.is_there(&entry.session, entry.epoch)
    }

    fn printed(&self, session: &SessionId) -> std::result::Result<u64, StoreError> {
        let held = self.told(self.held(session))?;
        let tail = self.tails.find(session, held.epoch)?;
        Ok(tail.and_then(|tail| tail.printed()).unwrap_or(held.printed))
    }

    fn put_checkpoint(
        &mut self,
        session: &SessionId,
        position: u64,
        bytes: &[u8],
    ) -> std::result::Result<(), StoreError> {
        let write = || {
            let number = self.number(session)?;
            let sql = "INSERT INTO checkpoints VALUES (?1, ?2, ?3) ON CONFLICT DO UPDATE SET bytes = excluded.bytes";
            self.connection.prepare_cached(sql)?.execute(params![number, position.cast_signed(), bytes])
        };
        self.told(write()).map(drop)
    }

    fn checkpoints(&self, session: &SessionId) -> std::result::Result<Vec<CheckpointEntry>, StoreError> {
        let read = || {
            let number = self.number(session)?;
            let mut statement = self.connection.prepare_cached(
                "SELECT position, octet_length(bytes) FROM checkpoints WHERE session = ?1 ORDER BY position",
            )?;
            let entry =
                |row: &SqliteRow<'_>| Ok(CheckpointEntry { position: unsigned(row, 0)?, bytes: unsigned(row, 1)? });
            statement.query_map([number], entry)?.collect::<Result<_>>()
        };
        self.told(read())
    }

    fn checkpoint(&self, session: &SessionId, position: u64) -> std::result::Result<Option<Vec<u8>>, StoreError> {
        let read = || {
            let number = self.number(session)?;
            let mut statement =
                self.connection.prepare_cached("SELECT bytes FROM checkpoints WHERE session = ?1 AND position = ?2")?;
            statement.query_row(params![number, position.cast_signed()], |row| row.get(0)).optional()
        };
        self.told(read())
    }

    fn remove_checkpoint(&mut self, session: &SessionId, position: u64) -> std::result::Result<(), StoreError> {
        let sql = "DELETE FROM checkpoints WHERE session = ?1 AND position = ?2";
        self.told(self.execute(session, sql, Some(position)))
    }
}

fn entry(row: &SqliteRow<'_>) -> Result<Entry> {
    let parent: Option<String> = row.get(5)?;
    let parent = match parent {
        Some(_) => Some((id(row, 5)?, unsigned(row, 6)?)),
        None => None,
    };
    Ok(Entry {
        session: id(row, 0)?,
        name: row.get(1)?,
        created: row.get(2)?,
        hidden: row.get(3)?,
        version: unsigned(row, 4)?,
        parent,
        epoch: unsigned(row, 7)?,
        next: unsigned(row, 8)?,
        head: hash(row, 9)?,
    })
}

/// Reads a row whose content need not be what was written: that is no error yet, but a fact about this row.
fn found_row(row: &SqliteRow<'_>) -> Result<FoundRow> {
    let position = unsigned(row, 0)?;
    let read = || {
        Ok::<_, Error>(Row {
            position,
            epoch: unsigned(row, 1)?,
            at: row.get(2)?,
            kind: row.get(3)?,
            body: row.get(4)?,
            hash: hash(row, 5)?,
        })
    };
    Ok((position, read().map_err(|error| error.to_string())))
}

fn unsigned(row: &SqliteRow<'_>, column: usize) -> Result<u64> {
    Ok(row.get::<_, i64>(column)?.cast_unsigned())
}

fn hash(row: &SqliteRow<'_>, column: usize) -> Result<Hash> {
    Ok(Hash(row.get::<_, [u8; HASH_BYTES]>(column)?))
}

fn id(row: &SqliteRow<'_>, column: usize) -> Result<SessionId> {
    let text: String = row.get(column)?;
    SessionId::new(text).map_err(|error| Error::FromSqlConversionFailure(column, Type::Text, Box::new(error)))
}
