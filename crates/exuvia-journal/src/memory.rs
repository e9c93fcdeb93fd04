//! A store that is gone with the program.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use exuvia_core::journal::{CheckpointEntry, Durability, Hash, SessionId, StoreError};

use crate::blob::PackedBlob;
use crate::chain::Row;
use crate::shelf::{Append, Backing, Change, Claim, Entry, FoundRow, Holder, Lease, Look, Shelf, Whose, Written};

/// A store in memory. There is one process that can write to it, so a lease never runs out.
#[derive(Default)]
pub(crate) struct Memory {
    tables: Arc<Mutex<Tables>>,
}

/// What is stored. A clone shares all that is not changed afterwards.
#[derive(Clone, Default)]
struct Tables {
    sessions: BTreeMap<SessionId, Arc<Kept>>,
    blobs: BTreeMap<Hash, Arc<PackedBlob>>,
}

#[derive(Clone)]
struct Kept {
    entry: Entry,
    rows: Vec<Row>,
    uses: BTreeSet<(u64, Hash)>,
    checkpoints: BTreeMap<u64, Arc<[u8]>>,
    printed: u64,
    open: bool,
}

struct MemoryLease {
    tables: Arc<Mutex<Tables>>,
    session: SessionId,
}

impl Memory {
    fn tables(&self) -> MutexGuard<'_, Tables> {
        self.tables.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Backing for Memory {
    fn durability(&self) -> Durability {
        Durability::Group
    }

    fn look(&self, _whose: Whose<'_>, look: Look<'_>) -> Result<(), StoreError> {
        // What is looked at stays as it is while others write.
        let tables = self.tables().clone();
        look(&tables)
    }

    fn change(&self, _whose: Whose<'_>, change: Change<'_>) -> Result<(), StoreError> {
        let mut tables = self.tables();
        let mut changed = tables.clone();
        change(&mut changed)?;
        *tables = changed;
        Ok(())
    }

    fn claim(
        &self,
        _claim: Claim<'_>,
        find: &mut dyn FnMut(&mut dyn Shelf) -> Result<Entry, StoreError>,
    ) -> Result<(Entry, Box<dyn Lease>), StoreError> {
        let mut tables = self.tables();
        let mut changed = tables.clone();
        let mut entry = find(&mut changed)?;
        crate::local::refuse_held(&changed, &entry.session)?;
        entry.epoch += 1;
        changed.update(&entry)?;
        changed.kept_mut(&entry.session)?.open = true;
        *tables = changed;
        let lease = MemoryLease { tables: Arc::clone(&self.tables), session: entry.session.clone() };
        Ok((entry, Box::new(lease)))
    }

    fn shrink(&self) -> Result<(), StoreError> {
        Ok(())
    }

    fn make_room(&self) {}

    fn keep_room(&self) {}
}

impl Tables {
    fn kept(&self, session: &SessionId) -> Result<&Kept, StoreError> {
        self.sessions.get(session).map(AsRef::as_ref).ok_or_else(|| StoreError::missing(session))
    }

    fn kept_mut(&mut self, session: &SessionId) -> Result<&mut Kept, StoreError> {
        self.sessions.get_mut(session).map(Arc::make_mut).ok_or_else(|| StoreError::missing(session))
    }
}

impl Shelf for Tables {
    fn entries(&self) -> Result<Vec<Entry>, StoreError> {
        Ok(self.sessions.values().map(|kept| kept.entry.clone()).collect())
    }

    fn entry(&self, session: &SessionId) -> Result<Option<Entry>, StoreError> {
        Ok(self.sessions.get(session).map(|kept| kept.entry.clone()))
    }

    fn named(&self, name: &str) -> Result<Option<SessionId>, StoreError> {
        let named = self.sessions.values().find(|kept| kept.entry.name.as_deref() == Some(name));
        Ok(named.map(|kept| kept.entry.session.clone()))
    }

    fn forks(&self, session: &SessionId) -> Result<Vec<(SessionId, u64)>, StoreError> {
        let fork = |kept: &Arc<Kept>| match &kept.entry.parent {
            Some((parent, position)) if parent == session => Some((kept.entry.session.clone(), *position)),
            _ => None,
        };
        Ok(self.sessions.values().filter_map(fork).collect())
    }

    fn rows(&self, session: &SessionId, from: u64, count_max: usize) -> Result<Vec<FoundRow>, StoreError> {
        let rows = &self.kept(session)?.rows;
        let first = rows.partition_point(|row| row.position < from);
        Ok(rows[first..].iter().take(count_max).map(|row| (row.position, Ok(row.clone()))).collect())
    }

    fn row_count(&self, session: &SessionId) -> Result<u64, StoreError> {
        Ok(self.kept(session)?.rows.len() as u64)
    }

    fn uses(&self, session: &SessionId) -> Result<BTreeSet<(u64, Hash)>, StoreError> {
        Ok(self.kept(session)?.uses.clone())
    }

    fn blob(&self, hash: &Hash) -> Result<Option<PackedBlob>, StoreError> {
        Ok(self.blobs.get(hash).map(|blob| PackedBlob::clone(blob)))
    }

    fn size(&self, session: &SessionId) -> Result<u64, StoreError> {
        let kept = self.kept(session)?;
        let rows: usize = kept.rows.iter().map(|row| row.body.len()).sum();
        let checkpoints: usize = kept.checkpoints.values().map(|bytes| bytes.len()).sum();
        let blobs: BTreeSet<&Hash> = kept.uses.iter().map(|(_, hash)| hash).collect();
        let blobs: usize = blobs.iter().filter_map(|hash| self.blobs.get(hash)).map(|blob| blob.packed.len()).sum();
        Ok((rows + checkpoints + blobs) as u64)
    }

    fn insert(&mut self, entry: &Entry) -> Result<(), StoreError> {
        let kept = Kept {
            entry: entry.clone(),
            rows: Vec::new(),
            uses: BTreeSet::new(),
            checkpoints: BTreeMap::new(),
            printed: 0,
            open: false,
        };
        self.sessions.insert(entry.session.clone(), Arc::new(kept));
        Ok(())
    }

    fn update(&mut self, entry: &Entry) -> Result<(), StoreError> {
        self.kept_mut(&entry.session)?.entry = entry.clone();
        Ok(())
    }

    fn add(&mut self, session: &SessionId, written: &Written) -> Result<(), StoreError> {
        for blob in &written.blobs {
            self.blobs.entry(blob.hash).or_insert_with(|| Arc::new(PackedBlob::pack(&blob.content)));
        }
        let kept = self.kept_mut(session)?;
        kept.rows.extend_from_slice(&written.rows);
        kept.uses.extend(&written.uses);
        Ok(())
    }

    fn truncate(&mut self, session: &SessionId, from: u64) -> Result<(), StoreError> {
        let kept = self.kept_mut(session)?;
        kept.rows.retain(|row| row.position < from);
        kept.uses.retain(|(position, _)| *position < from);
        kept.checkpoints.split_off(&from);
        Ok(())
    }

    fn delete(&mut self, session: &SessionId) -> Result<(), StoreError> {
        self.sessions.remove(session);
        Ok(())
    }

    fn sweep(&mut self) -> Result<(), StoreError> {
        let used: BTreeSet<Hash> = self.sessions.values().flat_map(|kept| &kept.uses).map(|(_, hash)| *hash).collect();
        self.blobs.retain(|hash, _| used.contains(hash));
        Ok(())
    }

    fn holder(&self, session: &SessionId) -> Result<Option<Holder>, StoreError> {
        let open = self.kept(session)?.open;
        Ok(open.then(|| Holder { who: "this program".to_owned(), until: None }))
    }

    fn is_behind(&self, _: &Entry) -> bool {
        false
    }

    fn printed(&self, session: &SessionId) -> Result<u64, StoreError> {
        Ok(self.kept(session)?.printed)
    }

    fn put_checkpoint(&mut self, session: &SessionId, position: u64, bytes: &[u8]) -> Result<(), StoreError> {
        self.kept_mut(session)?.checkpoints.insert(position, bytes.into());
        Ok(())
    }

    fn checkpoints(&self, session: &SessionId) -> Result<Vec<CheckpointEntry>, StoreError> {
        let entry =
            |(position, bytes): (&u64, &Arc<[u8]>)| CheckpointEntry { position: *position, bytes: bytes.len() as u64 };
        Ok(self.kept(session)?.checkpoints.iter().map(entry).collect())
    }

    fn checkpoint(&self, session: &SessionId, position: u64) -> Result<Option<Vec<u8>>, StoreError> {
        Ok(self.kept(session)?.checkpoints.get(&position).map(|bytes| bytes.to_vec()))
    }

    fn remove_checkpoint(&mut self, session: &SessionId, position: u64) -> Result<(), StoreError> {
        self.kept_mut(session)?.checkpoints.remove(&position);
        Ok(())
    }
}

impl MemoryLease {
    fn tables(&self) -> MutexGuard<'_, Tables> {
        self.tables.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Lease for MemoryLease {
    fn is_lost(&self) -> bool {
        false
    }

    fn append(&mut self, append: Append) -> Result<(), StoreError> {
        let mut tables = self.tables();
        let entry = tables.kept(&append.session)?.entry.clone();
        let mut entry = append.after(entry)?;
        tables.add(&append.session, &append.written)?;
        append.advance(&mut entry);
        tables.update(&entry)
    }

    fn sync(&mut self) -> Result<(), StoreError> {
        Ok(())
    }

    fn note_printed(&mut self, position: u64) -> Result<(), StoreError> {
        self.tables().kept_mut(&self.session)?.printed = position;
        Ok(())
    }
}

impl Drop for MemoryLease {
    fn drop(&mut self) {
        if let Ok(kept) = self.tables().kept_mut(&self.session) {
            kept.open = false;
        }
    }
}
