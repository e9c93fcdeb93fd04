//! Appending to a session.

use std::io;
use std::sync::Arc;

use exuvia_core::journal::{Durability, Event, Hash, SessionId, StoreError, StoreFuture, Writer};

use crate::chain::{Row, link};
use crate::local::now;
use crate::shelf::{Append, Backing, Entry, Lease, Written};
use crate::wire;

/// The one who may append to a session of a store on this machine.
pub(crate) struct LocalWriter {
    // Given back before the store can be closed, which stops what brings that to the disk.
    lease: Box<dyn Lease>,
    backing: Arc<dyn Backing>,
    session: SessionId,
    epoch: u64,
    next: u64,
    head: Hash,
    /// Whether something that was acknowledged could not be written: only of an asynchronous store.
    broken: bool,
}

impl LocalWriter {
    pub(crate) fn new(backing: Arc<dyn Backing>, entry: Entry, lease: Box<dyn Lease>) -> Self {
        let Entry { session, epoch, next, head, .. } = entry;
        Self { backing, session, epoch, next, head, lease, broken: false }
    }

    fn appended(&mut self, events: &[(i64, Event)]) -> Result<u64, StoreError> {
        let first = self.next;
        if self.lease.is_lost() {
            return Err(StoreError::LeaseLost { session: self.session.clone() });
        }
        if self.broken {
            let what = "an earlier append could not be written".to_owned();
            return Err(StoreError::Io { what, error: io::Error::other("open the session again to go on") });
        }
        if events.is_empty() {
            return Ok(first);
        }
        let written = write_rows(events, self.epoch, self.next, self.head, None)?;
        let head = written.rows.last().map_or(self.head, |row| row.hash);
        let session = self.session.clone();
        let appended = self.lease.append(Append { session, epoch: self.epoch, next: first, head: self.head, written });
        self.broken = appended.is_err() && self.backing.durability() == Durability::Async;
        appended?;
        // Only now: what could not be appended may be tried again.
        self.next += events.len() as u64;
        self.head = head;
        Ok(first)
    }
}

impl Writer for LocalWriter {
    fn session(&self) -> &SessionId {
        &self.session
    }

    fn position(&self) -> u64 {
        self.next
    }

    fn epoch(&self) -> u64 {
        self.epoch
    }

    fn is_lost(&self) -> bool {
        self.lease.is_lost()
    }

    fn append<'a>(&'a mut self, events: &'a [(i64, Event)]) -> StoreFuture<'a, u64> {
        now(self.appended(events))
    }

    fn sync<'a>(&'a mut self) -> StoreFuture<'a, ()> {
        now(self.lease.sync())
    }

    fn note_printed(&mut self, position: u64) -> Result<(), StoreError> {
        self.lease.note_printed(position)
    }
}

/// Writes events as rows of the chain.
pub(crate) fn write_rows(
    events: &[(i64, Event)],
    epoch: u64,
    next: u64,
    mut head: Hash,
    left_at: Option<Hash>,
) -> Result<Written, StoreError> {
    let mut written = Written { rows: Vec::with_capacity(events.len()), ..Written::default() };
    for ((at, event), position) in events.iter().zip(next..) {
        let encoded = wire::encode(event, left_at)?;
        head = link(&head, position, epoch, *at, encoded.kind, &encoded.body);
        written.uses.extend(encoded.blobs.iter().map(|blob| (position, blob.hash)));
        written.blobs.extend(encoded.blobs);
        let (kind, body) = (encoded.kind.to_owned(), encoded.body);
        written.rows.push(Row { position, epoch, at: *at, kind, body, hash: head });
    }
    Ok(written)
}
