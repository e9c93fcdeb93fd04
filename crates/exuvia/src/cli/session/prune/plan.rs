//! What `exuvia session prune` would remove.

use std::collections::HashSet;

use exuvia_core::journal::{PrunePolicy, Pruned, SessionId, SessionSummary, Store, StoreError};

use crate::cli::session::wait;

/// What a policy would remove, by what a list of the sessions says.
pub(super) struct Plan {
    pub(super) pruned: Pruned,
    /// Whether removing does just that. What forks share of removed sessions stays in the store and in no list: more is
    /// kept then, and the store may have to remove more to come down to a size.
    pub(super) is_exact: bool,
}

impl Plan {
    pub(super) fn new(store: &dyn Store, policy: PrunePolicy) -> Result<Self, StoreError> {
        let mut sessions = wait(store.list())?;
        // As the store does it: those that were written to longest ago come first.
        sessions.sort_by(|one, other| (one.updated, &one.session).cmp(&(other.updated, &other.session)));
        let mut pruned = Pruned { bytes: sessions.iter().map(|session| session.bytes).sum(), ..Pruned::default() };
        let is_old = |summary: &&mut SessionSummary| policy.written_before.is_some_and(|old| summary.updated < old);
        let (old, mut young): (Vec<_>, Vec<_>) = sessions.iter_mut().partition(is_old);
        old.into_iter().for_each(|summary| remove(summary, &mut pruned));
        let bytes_max = policy.bytes_max.unwrap_or(u64::MAX);
        for summary in young.iter_mut().filter(|summary| summary.holder.is_none()) {
            if pruned.bytes > bytes_max {
                remove_checkpoints(store, summary, &mut pruned, bytes_max)?;
            }
        }
        for summary in young {
            if pruned.bytes > bytes_max {
                remove(summary, &mut pruned);
            }
        }
        let is_exact = !shares(store, &sessions, &pruned)?;
        Ok(Self { pruned, is_exact })
    }
}

fn remove(summary: &SessionSummary, pruned: &mut Pruned) {
    if summary.holder.is_some() {
        pruned.open.push(summary.session.clone());
    } else {
        pruned.bytes = pruned.bytes.saturating_sub(summary.bytes);
        pruned.removed.push(summary.session.clone());
    }
}

fn remove_checkpoints(
    store: &dyn Store,
    summary: &mut SessionSummary,
    pruned: &mut Pruned,
    bytes_max: u64,
) -> Result<(), StoreError> {
    for entry in wait(store.checkpoints(&summary.session))? {
        if pruned.bytes > bytes_max {
            pruned.checkpoints += 1;
            pruned.bytes = pruned.bytes.saturating_sub(entry.bytes);
            summary.bytes = summary.bytes.saturating_sub(entry.bytes);
        }
    }
    Ok(())
}

/// Returns whether sessions share something with others that would be removed, or were already.
fn shares(store: &dyn Store, sessions: &[SessionSummary], pruned: &Pruned) -> Result<bool, StoreError> {
    let removed: HashSet<&SessionId> = pruned.removed.iter().collect();
    let staying: HashSet<&SessionId> =
        sessions.iter().map(|session| &session.session).filter(|session| !removed.contains(session)).collect();
    for session in sessions.iter().filter(|session| session.parent.is_some()) {
        let history = wait(store.history(&session.session, None))?;
        if history.iter().any(|part| part.session != session.session && !staying.contains(&part.session)) {
            return Ok(true);
        }
    }
    Ok(false)
}
