//! Removing sessions, and keeping what forks need.

use exuvia_core::journal::{PrunePolicy, Pruned, SessionId, StoreError};

use crate::reading::listed;
use crate::shelf::{Entry, Shelf};

/// Removes a session; what forks share of it stays.
pub(crate) fn remove(shelf: &mut dyn Shelf, session: &SessionId) -> Result<(), StoreError> {
    let mut entry = listed(shelf, session)?;
    entry.hidden = true;
    entry.name = None;
    shelf.update(&entry)?;
    let mut next = Some(entry);
    while let Some(entry) = next {
        next = trim(shelf, entry)?;
    }
    shelf.sweep()
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
        let last = shelf.rows(&entry.session, shared.saturating_sub(1), 1)?.into_iter().next();
        let Some((_, Ok(last))) = last else {
            // It is damaged there: nothing more of it is deleted.
            return Ok(None);
        };
        shelf.truncate(&entry.session, shared)?;
        entry.next = shared;
        entry.head = last.hash;
        shelf.update(&entry)?;
    }
    Ok(None)
}

/// A session that could be removed.
struct Candidate {
    session: SessionId,
    updated: i64,
    bytes: u64,
}

/// Removes what a policy wants, but nothing that is open.
pub(crate) fn prune(shelf: &mut dyn Shelf, policy: &PrunePolicy) -> Result<Pruned, StoreError> {
    let mut candidates = Vec::new();
    let mut pruned = Pruned::default();
    for entry in shelf.entries()? {
        let bytes = shelf.size(&entry.session)?;
        pruned.bytes += bytes;
        if !entry.hidden {
            candidates.push(Candidate { updated: updated(shelf, &entry)?, session: entry.session, bytes });
        }
    }
    candidates.sort_by(|one, other| (one.updated, &one.session).cmp(&(other.updated, &other.session)));
    for candidate in candidates {
        let old = policy.written_before.is_some_and(|before| candidate.updated < before);
        let many = policy.bytes_max.is_some_and(|bytes_max| pruned.bytes > bytes_max);
        if !old && !many {
            continue;
        }
        if shelf.holder(&candidate.session)?.is_some() {
            pruned.open.push(candidate.session);
            continue;
        }
        remove(shelf, &candidate.session)?;
        let left = shelf.entry(&candidate.session)?.map(|entry| shelf.size(&entry.session)).transpose()?;
        pruned.bytes = pruned.bytes.saturating_sub(candidate.bytes - left.unwrap_or(0).min(candidate.bytes));
        pruned.removed.push(candidate.session);
    }
    Ok(pruned)
}

/// Returns when a session was last written to.
pub(crate) fn updated(shelf: &dyn Shelf, entry: &Entry) -> Result<i64, StoreError> {
    let last = shelf.rows(&entry.session, entry.next.saturating_sub(1), 1)?.into_iter().next();
    Ok(last.and_then(|(_, row)| row.ok()).map_or(entry.created, |row| row.at))
}
