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
        for SessionSummary { session, updated, bytes, holder, .. } in &sessions {
            let old = policy.written_before.is_some_and(|before| *updated < before);
            let many = policy.bytes_max.is_some_and(|bytes_max| pruned.bytes > bytes_max);
            if !old && !many {
                continue;
            }
            if holder.is_some() {
                pruned.open.push(session.clone());
            } else {
                pruned.bytes = pruned.bytes.saturating_sub(*bytes);
                pruned.removed.push(session.clone());
            }
        }
        let is_exact = !shares(store, &sessions, &pruned)?;
        Ok(Self { pruned, is_exact })
    }
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
