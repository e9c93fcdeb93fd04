//! The chain of hashes: each event's hash stands for it and for all before it.
//!
//! All numbers are 8 bytes, the most significant first; `at` in two's complement; lengths are in bytes. A hash is 32 bytes.
//!
//! ```text
//! before the first event:
//!     SHA-256( "exuvia journal 1 session\n"  length(id)  id )
//! of each event:
//!     SHA-256( "exuvia journal 1 event\n"  hash before  position  epoch  at  length(kind)  kind  length(body)  body )
//! ```
//!
//! The `1` is the version of the journal's format. `id`, `kind` and `body` are UTF-8, exactly as they are stored and
//! exported: nobody has to write JSON the same way twice. `tests/verify_chain.py` does all of this in a few lines.
//!
//! A blob's name in a body is the SHA-256 of what it holds, so the chain stands for it, too; the `Opened` event of a fork
//! has the hash at which it left its parent.

use exuvia_core::journal::{Hash, SessionId};
use sha2::{Digest, Sha256};

const SESSION: &[u8] = b"exuvia journal 1 session\n";
const EVENT: &[u8] = b"exuvia journal 1 event\n";

/// An event as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Row {
    pub(crate) position: u64,
    pub(crate) epoch: u64,
    pub(crate) at: i64,
    pub(crate) kind: String,
    pub(crate) body: String,
    pub(crate) hash: Hash,
}

impl Row {
    /// Returns the hash that the row should have after `before`.
    pub(crate) fn expected_hash(&self, before: &Hash) -> Hash {
        link(before, self.position, self.epoch, self.at, &self.kind, &self.body)
    }
}

/// Returns the hash before a session's first event.
pub(crate) fn beginning(session: &SessionId) -> Hash {
    let mut hasher = Sha256::new();
    hasher.update(SESSION);
    hasher.update((session.as_str().len() as u64).to_be_bytes());
    hasher.update(session.as_str());
    Hash(hasher.finalize().into())
}

/// Returns the hash of an event after the one `before`.
pub(crate) fn link(before: &Hash, position: u64, epoch: u64, at: i64, kind: &str, body: &str) -> Hash {
    let mut hasher = Sha256::new();
    hasher.update(EVENT);
    hasher.update(before.0);
    hasher.update(position.to_be_bytes());
    hasher.update(epoch.to_be_bytes());
    hasher.update(at.to_be_bytes());
    for text in [kind, body] {
        hasher.update((text.len() as u64).to_be_bytes());
        hasher.update(text);
    }
    Hash(hasher.finalize().into())
}
