//! Removing sessions, and keeping what forks need.

use exuvia_core::journal::{CheckpointEntry, PrunePolicy, Pruned, SessionId, StoreError};

use crate::reading::{kept, listed};
use crate::shelf::{Entry, Shelf};

/// How many events are removed at a time where there is little room: each page that they are on is written once more.
const EVENTS_AT_A_TIME: u64 = 1 << 10;

/// Removes the last events of a session that no fork shares, and with the last ones the session itself. Returns whether it
/// is removed. From the beginning on it is not listed any more.
pub(crate) fn remove_bit_by_bit(shelf: &mut dyn Shelf, session: &SessionId) -> Result<bool, StoreError> {
    let mut entry = kept(shelf, session)?;
    let shared = shelf.forks(session)?.into_iter().map(|(_, position)| position).max().unwrap_or(1);
    if entry.next.saturating_sub(shared) > EVENTS_AT_A_TIME {
        if !entry.hidden {
            hide(&mut entry);
            shelf.update(&entry)?;
        }
        let until = entry.next - EVENTS_AT_A_TIME;
        if truncate(shelf, &mut entry, until)? {
            return Ok(false);
        }
    }
    remove_entry(shelf, entry)?;
    Ok(true)
}

/// Removes a session; what forks share of it stays.
pub(crate) fn remove(shelf: &mut dyn Shelf, session: &SessionId) -> Result<(), StoreError> {
    let entry = listed(shelf, session)?;
    remove_entry(shelf, entry)
}

fn remove_entry(shelf: &mut dyn Shelf, mut entry: Entry) -> Result<(), StoreError> {
    hide(&mut entry);
    shelf.update(&entry)?;
    let mut next = Some(entry);
    while let Some(entry) = next {
        next = trim(shelf, entry)?;
    }
    shelf.sweep()
}

fn hide(entry: &mut Entry) {
    entry.hidden = true;
    entry.name = None;
    // What its last writer has left is not moved here any more.
    entry.epoch += 1;
}

/// Deletes of a hidden session what no fork shares. If that is all of it, returns its parent, of which there may be less
/// to keep now.
fn trim(shelf: &mut dyn Shelf, mut entry: Entry) -> Result<Option<Entry>, StoreError> {
    let shared = shelf.forks(&entry.session)?.into_iter().map(|(_, position)| position).max();
    let Some(shared) = shared else {
        shelf.delete(&entry.session)?;
        let parent = entry.parent.map(|(parent, _)| shelf.entry(&parent)).transpose()?.flatten();
        return Ok(parent.filter(|parent| parent.hidden));
    };
    if shared < entry.next {
        truncate(shelf, &mut entry, shared)?;
    }
    Ok(None)
}

/// Deletes the events of a session from a position on, but not where it is damaged there. Returns whether it is done.
fn truncate(shelf: &mut dyn Shelf, entry: &mut Entry, until: u64) -> Result<bool, StoreError> {
    let last = shelf.rows(&entry.session, until.saturating_sub(1), 1)?.into_iter().next();
    let Some((_, Ok(last))) = last else { return Ok(false) };
    shelf.truncate(&entry.session, until)?;
    entry.next = until;
    entry.head = last.hash;
    shelf.update(entry)?;
    Ok(true)
}

/// A session that could be removed, or its checkpoints.
struct Candidate {
    session: SessionId,
    updated: i64,
    bytes: u64,
    /// It was removed, and is kept for its forks.
    hidden: bool,
}

/// How much is removed at a time.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Extent {
    All,
    /// One checkpoint, or none and one session is told that is to be removed next: there is no room for more. Nor is there
    /// for what was written last: a session of which there may be more elsewhere is taken for the youngest.
    One,
}

/// Removes what a policy wants, but nothing that is open.
pub(crate) fn prune(shelf: &mut dyn Shelf, policy: &PrunePolicy, extent: Extent) -> Result<Pruned, StoreError> {
    let mut candidates = Vec::new();
    let mut pruned = Pruned::default();
    for entry in shelf.entries()? {
        let bytes = shelf.size(&entry.session)?;
        let is_behind = extent == Extent::One && shelf.is_behind(&entry);
        let updated = if is_behind { i64::MAX } else { updated(shelf, &entry)? };
        pruned.bytes += bytes;
        candidates.push(Candidate { updated, hidden: entry.hidden, session: entry.session, bytes });
    }
    candidates.sort_by(|one, other| (one.updated, &one.session).cmp(&(other.updated, &other.session)));
    let is_old = |candidate: &Candidate| policy.written_before.is_some_and(|before| candidate.updated < before);
    let (old, mut young): (Vec<_>, Vec<_>) =
        candidates.into_iter().partition(|candidate| !candidate.hidden && is_old(candidate));
    for candidate in old {
        prune_session(shelf, candidate, &mut pruned, extent)?;
    }
    let bytes_max = policy.bytes_max.unwrap_or(u64::MAX);
    for candidate in &mut young {
        prune_checkpoints(shelf, candidate, &mut pruned, (bytes_max, extent))?;
    }
    for candidate in young.into_iter().filter(|candidate| !candidate.hidden) {
        if pruned.bytes > bytes_max {
            prune_session(shelf, candidate, &mut pruned, extent)?;
        }
    }
    Ok(pruned)
}

fn is_enough(pruned: &Pruned, extent: Extent) -> bool {
    extent == Extent::One && (pruned.checkpoints > 0 || !pruned.removed.is_empty())
}

/// Deletes checkpoints of a session until all together have no more bytes than they may.
fn prune_checkpoints(
    shelf: &mut dyn Shelf,
    candidate: &mut Candidate,
    pruned: &mut Pruned,
    (bytes_max, extent): (u64, Extent),
) -> Result<(), StoreError> {
    if pruned.bytes <= bytes_max || shelf.holder(&candidate.session)?.is_some() {
        return Ok(());
    }
    for CheckpointEntry { position, bytes } in shelf.checkpoints(&candidate.session)? {
        if pruned.bytes > bytes_max && !is_enough(pruned, extent) {
            shelf.remove_checkpoint(&candidate.session, position)?;
            pruned.checkpoints += 1;
            pruned.bytes = pruned.bytes.saturating_sub(bytes);
            candidate.bytes = candidate.bytes.saturating_sub(bytes);
        }
    }
    Ok(())
}

fn prune_session(
    shelf: &mut dyn Shelf,
    candidate: Candidate,
    pruned: &mut Pruned,
    extent: Extent,
) -> Result<(), StoreError> {
    if shelf.holder(&candidate.session)?.is_some() {
        pruned.open.push(candidate.session);
    } else if extent == Extent::One {
        if !is_enough(pruned, extent) {
            pruned.removed.push(candidate.session);
        }
    } else {
        remove(shelf, &candidate.session)?;
        let left = shelf.entry(&candidate.session)?.map(|entry| shelf.size(&entry.session)).transpose()?;
        pruned.bytes = pruned.bytes.saturating_sub(candidate.bytes - left.unwrap_or(0).min(candidate.bytes));
        pruned.removed.push(candidate.session);
    }
    Ok(())
}

/// Returns when a session was last written to.
pub(crate) fn updated(shelf: &dyn Shelf, entry: &Entry) -> Result<i64, StoreError> {
    let last = shelf.rows(&entry.session, entry.next.saturating_sub(1), 1)?.into_iter().next();
    Ok(last.and_then(|(_, row)| row.ok()).map_or(entry.created, |row| row.at))
}
