//! What is known of sessions that were put away, so that nobody has to wake them to know it.

use std::collections::{BTreeMap, HashMap};

use exuvia_core::journal::SessionId;
use exuvia_sandbox::FileEntry;

use super::Tenant;

/// Of how many sessions something is known; of others, who asks has to name them.
const SESSIONS_MAX: usize = 4_096;
/// How much memory the files of all of them take, in bytes. The files of others are known once they are woken.
const FILES_BYTES_MAX: usize = 16 << 20;

/// The sessions that were put away.
#[derive(Debug, Default)]
pub(super) struct Away {
    sessions: HashMap<SessionId, Known>,
    /// When each was put away: a number that grows.
    order: BTreeMap<u64, SessionId>,
    next: u64,
    files_bytes: usize,
}

#[derive(Debug)]
struct Known {
    tenant: Tenant,
    number: u64,
    /// `None`: there was no room for them.
    files: Option<Vec<FileEntry>>,
}

impl Away {
    /// Takes note of a session that is put away. Where there are too many, the one that was so first is forgotten.
    pub(super) fn insert(&mut self, id: SessionId, tenant: Tenant, files: Vec<FileEntry>) {
        self.remove(&id);
        while self.sessions.len() >= SESSIONS_MAX {
            let Some(first) = self.order.first_entry().map(|entry| entry.get().clone()) else { break };
            self.remove(&first);
        }
        let bytes = bytes_of(&files);
        let files = (self.files_bytes + bytes <= FILES_BYTES_MAX).then_some(files);
        self.files_bytes += if files.is_some() { bytes } else { 0 };
        let number = self.next;
        self.next += 1;
        self.order.insert(number, id.clone());
        self.sessions.insert(id, Known { tenant, number, files });
    }

    /// Forgets a session: it is awake.
    pub(super) fn remove(&mut self, id: &SessionId) {
        if let Some(known) = self.sessions.remove(id) {
            self.order.remove(&known.number);
            self.files_bytes -= known.files.as_deref().map_or(0, bytes_of);
        }
    }

    /// Returns the sessions of a tenant.
    pub(super) fn of(&self, tenant: &Tenant) -> Vec<SessionId> {
        self.sessions.iter().filter(|(_, known)| known.tenant == *tenant).map(|(id, _)| id.clone()).collect()
    }

    /// Returns the files of a session, if they are known.
    pub(super) fn files(&self, id: &SessionId) -> Option<Vec<FileEntry>> {
        self.sessions.get(id)?.files.clone()
    }
}

fn bytes_of(files: &[FileEntry]) -> usize {
    files.iter().map(|file| size_of::<FileEntry>() + file.path.len()).sum()
}
