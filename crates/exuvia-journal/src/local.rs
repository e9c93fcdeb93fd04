//! A store on this machine.

use std::fmt;
use std::future::ready;
use std::io::{Read, Write};
use std::path::Path;
use std::sync::Arc;

use exuvia_core::journal::{
    CheckpointEntry, Durability, Event, Imported, Opening, PrunePolicy, Pruned, Recorded, Segment, SessionId,
    SessionSummary, Store, StoreError, StoreFuture, Verification, Writer, check_name,
};

use crate::chain::{Row, beginning};
use crate::memory::Memory;
use crate::reading::{self, Walk, kept, listed};
use crate::removal::{self, Extent};
use crate::shelf::{Backing, Claim, Entry, Shelf, Whose};
use crate::sqlite::{Sqlite, SqliteOptions};
use crate::wire::VERSION;
use crate::writer::{LocalWriter, write_rows};
use crate::{export, import};

/// The largest checkpoint, in bytes.
pub(crate) const CHECKPOINT_BYTES_MAX: u64 = 900 << 20;

/// A store on this machine: in memory, or in a folder. What it answers is ready when it returns; only
/// [`sync`](Writer::sync), and appends of a store that is [`Durability::Sync`], make the calling thread wait for a disk.
#[derive(Clone)]
pub struct LocalStore {
    backing: Arc<dyn Backing>,
}

impl fmt::Debug for LocalStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LocalStore").field("durability", &self.backing.durability()).finish_non_exhaustive()
    }
}

impl LocalStore {
    /// Makes a store that is gone with the program.
    #[must_use]
    pub fn memory() -> Self {
        Self { backing: Arc::new(Memory::default()) }
    }

    /// Opens the store in a folder, or makes one there. Other programs may have it open, too.
    ///
    /// # Errors
    ///
    /// [`StoreError::Newer`], [`StoreError::Damaged`], [`StoreError::ReadOnly`] and [`StoreError::Io`]. Nothing is changed
    /// then.
    pub fn open(folder: &Path, options: SqliteOptions) -> Result<Self, StoreError> {
        Ok(Self { backing: Arc::new(Sqlite::open(folder, options)?) })
    }

    fn look<T>(
        &self,
        whose: Whose<'_>,
        mut look: impl FnMut(&dyn Shelf) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let mut result = None;
        self.backing.look(whose, &mut |shelf| {
            result = Some(look(shelf)?);
            Ok(())
        })?;
        Ok(result.expect("a look that succeeds has been made"))
    }

    fn change<T>(
        &self,
        whose: Whose<'_>,
        mut change: impl FnMut(&mut dyn Shelf) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let mut result = None;
        self.backing.change(whose, &mut |shelf| {
            result = Some(change(shelf)?);
            Ok(())
        })?;
        Ok(result.expect("a change that succeeds has been made"))
    }

    fn created(&self, opening: &Opening) -> Result<Box<dyn Writer>, StoreError> {
        if let Some(name) = &opening.name {
            check_name(name)?;
        }
        let parent = opening.opened.parent.as_ref().map(|parent| &parent.session);
        let (entry, lease) = self.backing.claim(Claim::New(parent), &mut |shelf| insert(shelf, opening))?;
        Ok(Box::new(LocalWriter::new(Arc::clone(&self.backing), entry, lease)))
    }

    fn opened(&self, session: &SessionId) -> Result<Box<dyn Writer>, StoreError> {
        let (entry, lease) = self.backing.claim(Claim::Old(session), &mut |shelf| {
            let entry = listed(shelf, session)?;
            // What is appended to must be sound at its end.
            let walk = Walk::begin(shelf, &entry, entry.next)?;
            if walk.head != entry.head {
                return Err(walk.damaged("the event before it is another one than was noted"));
            }
            Ok(entry)
        })?;
        Ok(Box::new(LocalWriter::new(Arc::clone(&self.backing), entry, lease)))
    }

    fn summaries(&self) -> Result<Vec<SessionSummary>, StoreError> {
        let mut summaries = self.look(Whose::All, |shelf| {
            let entries = shelf.entries()?.into_iter().filter(|entry| !entry.hidden);
            entries.map(|entry| summary(shelf, entry)).collect::<Result<Vec<_>, _>>()
        })?;
        summaries.sort_by(|one, other| (other.updated, &one.session).cmp(&(one.updated, &other.session)));
        Ok(summaries)
    }

    fn renamed(&self, session: &SessionId, name: Option<&str>) -> Result<(), StoreError> {
        if let Some(name) = name {
            check_name(name)?;
        }
        self.change(Whose::Ones(session), |shelf| {
            let mut entry = listed(shelf, session)?;
            free_name(shelf, name, session)?;
            entry.name = name.map(str::to_owned);
            shelf.update(&entry)
        })
    }

    fn removed(&self, session: &SessionId) -> Result<(), StoreError> {
        let removed = self.change(Whose::Ones(session), |shelf| {
            listed(shelf, session)?;
            refuse_held(shelf, session)?;
            removal::remove(shelf, session)
        });
        match removed {
            Err(StoreError::Full { .. }) => self.removed_bit_by_bit(session)?,
            removed => removed?,
        }
        self.backing.shrink()
    }

    /// Removes a session where the disk is full. What has not been moved into the database is no fork's: it need not be
    /// there to be removed.
    fn removed_bit_by_bit(&self, session: &SessionId) -> Result<(), StoreError> {
        let remove = || {
            self.change(Whose::Nobodys, |shelf| {
                // Once a part of it is removed, nobody can open it any more.
                if !reading::kept(shelf, session)?.hidden {
                    refuse_held(shelf, session)?;
                }
                removal::remove_bit_by_bit(shelf, session)
            })
        };
        while !self.where_full(remove)? {}
        Ok(())
    }

    fn pruned(&self, policy: &PrunePolicy) -> Result<Pruned, StoreError> {
        match self.change(Whose::All, |shelf| removal::prune(shelf, policy, Extent::All)) {
            Err(StoreError::Full { .. }) => self.pruned_one_by_one(policy),
            pruned => {
                self.backing.shrink()?;
                pruned
            }
        }
    }

    /// Removes what a policy wants where a disk is full: each thing makes some room for the next one.
    fn pruned_one_by_one(&self, policy: &PrunePolicy) -> Result<Pruned, StoreError> {
        let mut all = Pruned::default();
        loop {
            let one = || self.change(Whose::Nobodys, |shelf| removal::prune(shelf, policy, Extent::One));
            let pruned = self.where_full(one)?;
            pruned.removed.iter().try_for_each(|session| self.removed_bit_by_bit(session))?;
            self.backing.shrink()?;
            let is_all = pruned.removed.is_empty() && pruned.checkpoints == 0;
            all.removed.extend(pruned.removed);
            all.checkpoints += pruned.checkpoints;
            (all.open, all.bytes) = (pruned.open, pruned.bytes);
            if is_all {
                return Ok(all);
            }
        }
    }

    /// Removes something where the disk is full, with the room that is kept for that.
    fn where_full<T>(&self, change: impl Fn() -> Result<T, StoreError>) -> Result<T, StoreError> {
        self.backing.make_room();
        change().inspect_err(|_| self.backing.keep_room())
    }
}

impl Store for LocalStore {
    fn durability(&self) -> Durability {
        self.backing.durability()
    }

    fn create<'a>(&'a self, opening: Opening) -> StoreFuture<'a, Box<dyn Writer>> {
        now(self.created(&opening))
    }

    fn open<'a>(&'a self, session: &'a SessionId) -> StoreFuture<'a, Box<dyn Writer>> {
        now(self.opened(session))
    }

    fn find<'a>(&'a self, wanted: &'a str) -> StoreFuture<'a, SessionId> {
        now(self.look(Whose::Nobodys, |shelf| reading::find(shelf, wanted)))
    }

    fn list<'a>(&'a self) -> StoreFuture<'a, Vec<SessionSummary>> {
        now(self.summaries())
    }

    fn read<'a>(&'a self, session: &'a SessionId, from: u64, count_max: usize) -> StoreFuture<'a, Vec<Recorded>> {
        now(self.look(Whose::Ones(session), |shelf| reading::read(shelf, session, from, count_max)))
    }

    fn history<'a>(&'a self, session: &'a SessionId, until: Option<u64>) -> StoreFuture<'a, Vec<Segment>> {
        now(self.look(Whose::Ones(session), |shelf| reading::history(shelf, session, until)))
    }

    fn rename<'a>(&'a self, session: &'a SessionId, name: Option<String>) -> StoreFuture<'a, ()> {
        now(self.renamed(session, name.as_deref()))
    }

    fn remove<'a>(&'a self, session: &'a SessionId) -> StoreFuture<'a, ()> {
        now(self.removed(session))
    }

    fn prune<'a>(&'a self, policy: PrunePolicy) -> StoreFuture<'a, Pruned> {
        now(self.pruned(&policy))
    }

    fn verify<'a>(&'a self, session: &'a SessionId) -> StoreFuture<'a, Verification> {
        now(self.look(Whose::Ones(session), |shelf| reading::verify(shelf, session)))
    }

    fn export<'a>(
        &'a self,
        session: &'a SessionId,
        with_checkpoints: bool,
        to: &'a mut (dyn Write + Send),
    ) -> StoreFuture<'a, ()> {
        now(self.look(Whose::Ones(session), |shelf| export::export(shelf, session, with_checkpoints, to)))
    }

    fn import<'a>(&'a self, from: &'a mut (dyn Read + Send)) -> StoreFuture<'a, Imported> {
        now(self.change(Whose::All, |shelf| import::import(shelf, from)))
    }

    fn put_checkpoint<'a>(&'a self, session: &'a SessionId, position: u64, bytes: &'a [u8]) -> StoreFuture<'a, ()> {
        now(self.change(Whose::Ones(session), |shelf| {
            let entry = kept(shelf, session)?;
            if position >= entry.next {
                return Err(StoreError::Position { session: session.clone(), position, events: entry.next });
            }
            if bytes.len() as u64 > CHECKPOINT_BYTES_MAX {
                let size = bytes.len() as u64;
                return Err(StoreError::TooLarge { what: "a checkpoint", size, size_max: CHECKPOINT_BYTES_MAX });
            }
            shelf.put_checkpoint(session, position, bytes)
        }))
    }

    fn checkpoints<'a>(&'a self, session: &'a SessionId) -> StoreFuture<'a, Vec<CheckpointEntry>> {
        now(self.look(Whose::Ones(session), |shelf| kept(shelf, session).and_then(|_| shelf.checkpoints(session))))
    }

    fn checkpoint<'a>(&'a self, session: &'a SessionId, position: u64) -> StoreFuture<'a, Option<Vec<u8>>> {
        now(self
            .look(Whose::Ones(session), |shelf| kept(shelf, session).and_then(|_| shelf.checkpoint(session, position))))
    }

    fn remove_checkpoint<'a>(&'a self, session: &'a SessionId, position: u64) -> StoreFuture<'a, ()> {
        now(self.change(Whose::Ones(session), |shelf| {
            kept(shelf, session).and_then(|_| shelf.remove_checkpoint(session, position))
        }))
    }

    fn printed<'a>(&'a self, session: &'a SessionId) -> StoreFuture<'a, u64> {
        now(self.look(Whose::Ones(session), |shelf| listed(shelf, session).and_then(|_| shelf.printed(session))))
    }
}

/// Returns an answer that is there.
pub(crate) fn now<'a, T: Send + 'a>(result: Result<T, StoreError>) -> StoreFuture<'a, T> {
    Box::pin(ready(result))
}

/// Makes a session with its first event.
fn insert(shelf: &mut dyn Shelf, opening: &Opening) -> Result<Entry, StoreError> {
    let session = &opening.session;
    if shelf.entry(session)?.is_some() {
        return Err(StoreError::Exists { session: session.clone(), differs: None });
    }
    free_id(shelf, session)?;
    free_name(shelf, opening.name.as_deref(), session)?;
    let parent = opening.opened.parent.as_ref().map(|parent| (parent.session.clone(), parent.position));
    let left_at = match &parent {
        Some((parent, position)) => Some(left_at(shelf, parent, *position)?),
        None => None,
    };
    let mut entry = Entry {
        session: session.clone(),
        name: opening.name.clone(),
        created: opening.at,
        hidden: false,
        version: VERSION,
        parent,
        epoch: 0,
        next: 0,
        head: beginning(session),
    };
    let opened = Event::Opened(Box::new(opening.opened.clone()));
    let written = write_rows(&[(opening.at, opened)], 1, 0, entry.head, left_at)?;
    entry.next = 1;
    entry.head = written.rows.last().map_or(entry.head, |row: &Row| row.hash);
    shelf.insert(&entry)?;
    shelf.add(session, &written)?;
    Ok(entry)
}

/// Returns the hash at which a fork leaves its parent.
fn left_at(shelf: &dyn Shelf, parent: &SessionId, position: u64) -> Result<exuvia_core::journal::Hash, StoreError> {
    let entry = kept(shelf, parent)?;
    if position == 0 {
        return Err(StoreError::Position { session: parent.clone(), position, events: entry.next });
    }
    // The chain of the parents must not be longer than what reads it goes.
    reading::history(shelf, parent, Some(position))?;
    Ok(Walk::begin(shelf, &entry, position)?.head)
}

/// Refuses a name for a session that another one has, as its name or its id.
fn free_name(shelf: &dyn Shelf, name: Option<&str>, session: &SessionId) -> Result<(), StoreError> {
    let Some(name) = name else { return Ok(()) };
    match another(shelf, name, session)? {
        Some(other) if other.as_str() == name => Err(StoreError::NameIsId { name: name.to_owned() }),
        Some(other) => Err(StoreError::NameTaken { name: name.to_owned(), session: other }),
        None => Ok(()),
    }
}

/// Returns another session than this one of which this is the name or the id. An id stays taken where its session is kept for
/// forks alone.
pub(crate) fn another(shelf: &dyn Shelf, name: &str, session: &SessionId) -> Result<Option<SessionId>, StoreError> {
    if let Some(other) = shelf.named(name)?.filter(|other| other != session) {
        return Ok(Some(other));
    }
    match SessionId::new(name) {
        Ok(id) if id != *session => Ok(shelf.entry(&id)?.map(|entry| entry.session)),
        _ => Ok(None),
    }
}

/// Refuses an id that another session has for a name: the id would go first.
pub(crate) fn free_id(shelf: &dyn Shelf, session: &SessionId) -> Result<(), StoreError> {
    match shelf.named(session.as_str())?.filter(|named| named != session) {
        Some(named) => Err(StoreError::IdIsName { session: session.clone(), named }),
        None => Ok(()),
    }
}

/// Refuses a session that somebody has open.
pub(crate) fn refuse_held(shelf: &dyn Shelf, session: &SessionId) -> Result<(), StoreError> {
    match shelf.holder(session)? {
        Some(holder) => Err(StoreError::Busy { session: session.clone(), holder: holder.who, until: holder.until }),
        None => Ok(()),
    }
}

fn summary(shelf: &dyn Shelf, entry: Entry) -> Result<SessionSummary, StoreError> {
    Ok(SessionSummary {
        updated: removal::updated(shelf, &entry)?,
        bytes: shelf.size(&entry.session)?,
        holder: shelf.holder(&entry.session)?.map(|holder| holder.who),
        session: entry.session,
        name: entry.name,
        created: entry.created,
        events: entry.next,
        parent: entry.parent,
    })
}
