//! Giving room back to the system where a disk is full.

use std::sync::PoisonError;
use std::time::Duration;

use exuvia_core::journal::StoreError;
use rusqlite::Connection;

use super::Shared;
use super::fault::fault;
use super::schema::connect;
use super::tail::Tail;
use crate::shelf::Shelf as _;

/// How many pages are given back at a time: each may take another's place, and is written to the log then.
const PAGES_AT_A_TIME: u64 = 64;

impl Shared {
    /// Deletes the tails of sessions that were removed: what was written to them is nobody's any more.
    pub(super) fn clear_tails(&self) -> Result<(), StoreError> {
        let found = self.tails.list()?;
        if found.is_empty() {
            return Ok(());
        }
        // Whoever begins an epoch makes its tail within a transaction: none is to be seen that is just being made.
        let over = self.write(|tables| {
            let mut over = Vec::new();
            for (session, epoch) in &found {
                if tables.entry(session)?.is_none_or(|entry| entry.epoch != *epoch) {
                    over.extend(self.tails.find_free(session, *epoch)?);
                }
            }
            Ok(over)
        })?;
        self.sync()?;
        over.iter().for_each(Tail::remove);
        Ok(())
    }

    /// Sets whether a transaction may write pages to the log before it ends: of pages that are free in the end, none has to be
    /// written.
    pub(super) fn spill(&self, may_write: bool) {
        let writer = self.writer.lock().unwrap_or_else(PoisonError::into_inner);
        // Where that cannot be set, more is written.
        drop(writer.pragma_update(None, "cache_spill", may_write));
    }

    /// Gives the pages that are free back to the system, a few at a time.
    pub(super) fn shrink_little_by_little(&self) -> Result<(), StoreError> {
        while self.shrink_a_little()? > 0 {
            // The file itself is cut when the log is copied back.
            self.empty_log()?;
        }
        self.empty_log()
    }

    /// Gives some free pages back. Returns how many are left.
    fn shrink_a_little(&self) -> Result<u64, StoreError> {
        let writer = self.writer.lock().unwrap_or_else(PoisonError::into_inner);
        let left = incremental_vacuum(&writer).map_err(|error| fault(error, &self.folder))?;
        self.flusher.committed(self.log_pages());
        Ok(left)
    }

    /// Brings the log to the disk, and copies it back and empties it, unless others use it at this moment.
    pub(super) fn empty_log(&self) -> Result<(), StoreError> {
        self.sync()?;
        let connection = connect(&self.folder, self.options.bytes_max)?;
        let emptied = connection
            .busy_timeout(Duration::ZERO)
            .and_then(|()| connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(())));
        emptied.map_err(|error| fault(error, &self.folder))
    }
}

fn incremental_vacuum(writer: &Connection) -> rusqlite::Result<u64> {
    let mut statement = writer.prepare(&format!("PRAGMA incremental_vacuum({PAGES_AT_A_TIME})"))?;
    let mut pages = statement.query([])?;
    // Each step gives a page back.
    while pages.next()?.is_some() {}
    drop(pages);
    writer.pragma_query_value(None, "freelist_count", |row| row.get::<_, i64>(0)).map(i64::cast_unsigned)
}
