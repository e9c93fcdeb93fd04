//! What a store on this machine consists of, row by row.
//!
//! [`LocalStore`](crate::LocalStore) has the rules; a [`Backing`] keeps rows and knows nothing of what they mean. So all
//! backings check, fork, remove, export and import alike.

use std::collections::BTreeSet;

use exuvia_core::journal::{CheckpointEntry, Durability, Hash, SessionId, StoreError};

use crate::blob::{Blob, PackedBlob};
use crate::chain::Row;

/// What is known of a session as a whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Entry {
    pub(crate) session: SessionId,
    pub(crate) name: Option<String>,
    /// In milliseconds since 1970.
    pub(crate) created: i64,
    /// Whether it was removed, and is only kept for its forks.
    pub(crate) hidden: bool,
    /// The version of its events.
    pub(crate) version: u64,
    pub(crate) parent: Option<(SessionId, u64)>,
    /// That of the last writer; 0: there was none.
    pub(crate) epoch: u64,
    /// How many events it has.
    pub(crate) next: u64,
    /// The hash of the last one.
    pub(crate) head: Hash,
}

/// A row as it is found, which need not be one that was written.
pub(crate) type FoundRow = (u64, Result<Row, String>);

/// The rows of a store, within a transaction.
pub(crate) trait Shelf {
    /// Returns all sessions, hidden ones too, by their ids.
    fn entries(&self) -> Result<Vec<Entry>, StoreError>;

    /// Returns a session, be it hidden or not.
    fn entry(&self, session: &SessionId) -> Result<Option<Entry>, StoreError>;

    /// Returns the forks of a session, hidden ones too, and from which positions they go on.
    fn forks(&self, session: &SessionId) -> Result<Vec<(SessionId, u64)>, StoreError>;

    /// Returns rows of a session in the order of their positions.
    fn rows(&self, session: &SessionId, from: u64, count_max: usize) -> Result<Vec<FoundRow>, StoreError>;

    /// Returns how many rows of a session there are, at whatever positions.
    fn row_count(&self, session: &SessionId) -> Result<u64, StoreError>;

    /// Returns which blobs the events of a session are said to use, by position.
    fn uses(&self, session: &SessionId) -> Result<BTreeSet<(u64, Hash)>, StoreError>;

    /// Returns a blob.
    fn blob(&self, hash: &Hash) -> Result<Option<PackedBlob>, StoreError>;

    /// Returns how many bytes a session takes.
    fn size(&self, session: &SessionId) -> Result<u64, StoreError>;

    /// Adds a session that is not there.
    fn insert(&mut self, entry: &Entry) -> Result<(), StoreError>;

    /// Changes a session that is there.
    fn update(&mut self, entry: &Entry) -> Result<(), StoreError>;

    /// Adds rows after the last one, with their blobs. The session itself is not changed.
    fn add(&mut self, session: &SessionId, written: &Written) -> Result<(), StoreError>;

    /// Deletes a session's rows and checkpoints from this position on.
    fn truncate(&mut self, session: &SessionId, from: u64) -> Result<(), StoreError>;

    /// Deletes a session with all its rows and checkpoints.
    fn delete(&mut self, session: &SessionId) -> Result<(), StoreError>;

    /// Deletes the blobs that nothing uses.
    fn sweep(&mut self) -> Result<(), StoreError>;

    /// Returns the session of this name.
    fn named(&self, name: &str) -> Result<Option<SessionId>, StoreError>;

    /// Returns who has a session open.
    fn holder(&self, session: &SessionId) -> Result<Option<Holder>, StoreError>;

    /// Returns whether more may have been written to a session than is here.
    fn is_behind(&self, entry: &Entry) -> bool;

    /// Returns up to which position a session's output has been printed.
    fn printed(&self, session: &SessionId) -> Result<u64, StoreError>;

    /// Keeps a checkpoint.
    fn put_checkpoint(&mut self, session: &SessionId, position: u64, bytes: &[u8]) -> Result<(), StoreError>;

    /// Lists the checkpoints of a session.
    fn checkpoints(&self, session: &SessionId) -> Result<Vec<CheckpointEntry>, StoreError>;

    /// Returns a checkpoint.
    fn checkpoint(&self, session: &SessionId, position: u64) -> Result<Option<Vec<u8>>, StoreError>;

    /// Deletes a checkpoint, if it is there.
    fn remove_checkpoint(&mut self, session: &SessionId, position: u64) -> Result<(), StoreError>;
}

/// Rows that were written, and what they name.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Written {
    pub(crate) rows: Vec<Row>,
    /// Which blobs are used at which position.
    pub(crate) uses: Vec<(u64, Hash)>,
    /// The blobs themselves; some may be there already.
    pub(crate) blobs: Vec<Blob>,
}

/// Rows that a writer appends, and after what.
#[derive(Debug, Clone)]
pub(crate) struct Append {
    pub(crate) session: SessionId,
    pub(crate) epoch: u64,
    /// How many events there are before.
    pub(crate) next: u64,
    /// The hash of the last one.
    pub(crate) head: Hash,
    pub(crate) written: Written,
}

impl Append {
    /// Checks that a session is as the writer believes it to be, and returns it.
    pub(crate) fn after(&self, entry: Entry) -> Result<Entry, StoreError> {
        if entry.epoch != self.epoch {
            return Err(StoreError::LeaseLost { session: self.session.clone() });
        }
        if (entry.next, entry.head) != (self.next, self.head) {
            let what = "somebody who has no right to has written to it".to_owned();
            return Err(StoreError::Damaged { session: Some(self.session.clone()), position: Some(self.next), what });
        }
        Ok(entry)
    }

    /// Notes what was appended.
    pub(crate) fn advance(&self, entry: &mut Entry) {
        entry.next += self.written.rows.len() as u64;
        entry.head = self.written.rows.last().map_or(entry.head, |row| row.hash);
    }
}

/// Who has a session open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Holder {
    /// In words.
    pub(crate) who: String,
    /// Until when, if nothing is heard of them, in milliseconds since 1970.
    pub(crate) until: Option<i64>,
}

/// The right to write to a session. Dropping it gives it back.
pub(crate) trait Lease: Send {
    /// Returns whether somebody else has it now, as far as is known.
    fn is_lost(&self) -> bool;

    /// Appends rows if the epoch is the session's, and the number and hash of the events before are.
    fn append(&mut self, append: Append) -> Result<(), StoreError>;

    /// Waits until all that was appended is on the disk.
    fn sync(&mut self) -> Result<(), StoreError>;

    /// Notes up to which position output has been printed.
    fn note_printed(&mut self, position: u64) -> Result<(), StoreError>;
}

/// What is done within a transaction that only reads.
pub(crate) type Look<'a> = &'a mut dyn FnMut(&dyn Shelf) -> Result<(), StoreError>;

/// What is done within a transaction: all of it, or, if it fails, nothing.
pub(crate) type Change<'a> = &'a mut dyn FnMut(&mut dyn Shelf) -> Result<(), StoreError>;

/// Of which sessions all events have to be there that anybody has written.
#[derive(Clone, Copy)]
pub(crate) enum Whose<'a> {
    Nobodys,
    Ones(&'a SessionId),
    All,
}

/// Which session is claimed.
#[derive(Clone, Copy)]
pub(crate) enum Claim<'a> {
    /// One that is made, as a fork of this one or of none.
    New(Option<&'a SessionId>),
    /// One that is there.
    Old(&'a SessionId),
}

/// Where a store keeps its rows.
pub(crate) trait Backing: Send + Sync {
    /// Returns when appends are acknowledged.
    fn durability(&self) -> Durability;

    /// Reads.
    fn look(&self, whose: Whose<'_>, look: Look<'_>) -> Result<(), StoreError>;

    /// Changes something, as safely as [`durability`](Self::durability) says.
    fn change(&self, whose: Whose<'_>, change: Change<'_>) -> Result<(), StoreError>;

    /// Takes the right to write to the session that `find` returns, and returns it with its new epoch. All of it is one
    /// transaction, so `find` may also make the session.
    fn claim(
        &self,
        claim: Claim<'_>,
        find: &mut dyn FnMut(&mut dyn Shelf) -> Result<Entry, StoreError>,
    ) -> Result<(Entry, Box<dyn Lease>), StoreError>;

    /// Gives the space that is not needed any more back to the system, and keeps some room again.
    fn shrink(&self) -> Result<(), StoreError>;

    /// Gives up the room that is kept for removing something where a disk is full.
    fn make_room(&self);

    /// Keeps that room again, if there is any.
    fn keep_room(&self);
}
