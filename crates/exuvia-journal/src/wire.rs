//! How events are written: a kind, a body of JSON, and blobs for what is large.
//!
//! Each version is a module with types of its own, so that what programs hold in memory can change without a journal
//! becoming unreadable. There is one version so far. `tests/golden` has journals of each, which must be readable for ever.

mod v1;

use exuvia_core::journal::{Event, Hash, StoreError};

use crate::blob::Blob;

pub(crate) use v1::BlobName;

/// The version that is written, and the newest one that can be read.
pub const VERSION: u64 = 1;

/// The longest body that stands in a row, in bytes; a longer one is a blob.
pub(crate) const BODY_BYTES_MAX: usize = 64 << 10;

/// An event as it is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Encoded {
    pub(crate) kind: &'static str,
    pub(crate) body: String,
    pub(crate) blobs: Vec<Blob>,
}

/// Why a body cannot be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Unreadable {
    /// It has a newer version.
    Newer(u64),
    /// It is not what its kind says.
    Invalid(String),
}

impl<T: std::fmt::Display> From<T> for Unreadable {
    fn from(what: T) -> Self {
        Self::Invalid(what.to_string())
    }
}

/// Gives the content of the blobs that a body names.
pub(crate) type Fetch<'a> = dyn FnMut(&BlobName) -> Result<Vec<u8>, String> + 'a;

/// Writes an event. `parent` is the hash at which a fork leaves its parent.
///
/// # Errors
///
/// [`StoreError::TooLarge`].
pub(crate) fn encode(event: &Event, parent: Option<Hash>) -> Result<Encoded, StoreError> {
    v1::encode(event, parent)
}

/// Reads an event, and the hash at which a fork left its parent.
pub(crate) fn decode(kind: &str, body: &str, fetch: &mut Fetch<'_>) -> Result<(Event, Option<Hash>), Unreadable> {
    v1::decode(kind, body, fetch)
}

#[cfg(test)]
mod tests;
