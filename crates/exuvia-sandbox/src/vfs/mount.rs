//! Mounts: read-only directories whose content the host serves when it is first needed.
//!
//! An operation that needs what the host has not supplied yet fails with
//! [`Fault::Needs`](super::Fault::Needs), without any effect; the caller answers through
//! [`Vfs::supply`](super::Vfs::supply) and calls the operation again. What was supplied is kept
//! within the limits of [`FileLimits`](super::FileLimits), least recently used first out.
//! What an operation has used is kept until it has completed, so that repeating it gets further
//! each time.

mod blocks;
mod listings;

use std::fmt;

use bytes::Bytes;

use super::errno::Errno;
use super::node::Timestamp;
use super::path::{NAME_BYTES_MAX, PATH_BYTES_MAX};

pub(super) use listings::{Above, MOUNT_ROOT, MountKind, Mounts};

/// Contents are asked for in blocks of this many bytes, at multiples of it.
pub const MOUNT_BLOCK_BYTES: u64 = 256 * 1024;

/// The host's name for one of its mounts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MountId(pub u32);

/// What the host is asked for. Paths are below the mount's root, without a leading slash; every
/// component was supplied by the host earlier. A guest chooses which of them are asked for, and
/// can ask for the same again after it was dropped from the cache.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum MountRequest {
    /// All entries of a directory; the empty path is the mount's root.
    List {
        /// The mount.
        mount: MountId,
        /// The directory.
        path: Vec<u8>,
    },
    /// Part of a file.
    Read {
        /// The mount.
        mount: MountId,
        /// The file.
        path: Vec<u8>,
        /// Where the part starts: a multiple of [`MOUNT_BLOCK_BYTES`].
        offset: u64,
        /// How long it must be: 1 to [`MOUNT_BLOCK_BYTES`], exactly what the listed size leaves.
        length: u64,
    },
}

impl fmt::Display for MountRequest {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::List { mount, path } => {
                let path = String::from_utf8_lossy(path);
                write!(formatter, "a listing of `{path}` in mount {}", mount.0)
            }
            Self::Read { mount, path, offset, length } => {
                let path = String::from_utf8_lossy(path);
                let mount = mount.0;
                write!(formatter, "{length} bytes at {offset} of `{path}` in mount {mount}")
            }
        }
    }
}

/// What the host answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MountReply {
    /// The entries of a directory, in any order.
    List(Vec<MountEntry>),
    /// Exactly the bytes that were asked for.
    Read(Bytes),
}

/// One entry of a directory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MountEntry {
    /// 1 to 255 bytes; not `.` or `..`, no `/`, no NUL.
    pub name: Vec<u8>,
    /// What it is.
    pub kind: MountEntryKind,
    /// When it was last modified.
    pub modified: Timestamp,
    /// Permission bits; the guest counts as the owner. Write bits are shown and mean nothing.
    pub mode: u32,
}

/// What an entry of a mount is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MountEntryKind {
    /// A file of this many bytes.
    File {
        /// The size in bytes, at most `i64::MAX`.
        size: u64,
    },
    /// A directory.
    Directory,
    /// A symbolic link. It is followed in the guest's own tree: an absolute target starts at
    /// the guest's root, and nothing of the host is reachable through it.
    Symlink {
        /// 1 to 4095 bytes without NUL.
        target: Vec<u8>,
    },
}

/// Why the host's answer was refused. The guest's operation fails with `EIO`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadReply {
    /// A listing for a read, or the other way round.
    #[error("the answer is of another kind than the request")]
    Kind,
    /// The request is not one that is of use now.
    #[error("nothing in this file system asked for it")]
    Unasked,
    /// A name that no directory can have, or that comes twice.
    #[error("the listing has the impossible or repeated name `{0}`")]
    Name(String),
    /// A link target that no link can have.
    #[error("the link `{0}` has an impossible target")]
    Target(String),
    /// A file larger than files can be.
    #[error("the file `{0}` has an impossible size")]
    Size(String),
    /// More entries than are ever kept.
    #[error("the listing has {count} entries, the limit is {limit}")]
    Entries {
        /// How many were supplied, or are in use.
        count: usize,
        /// How many may be.
        limit: usize,
    },
    /// A chunk that is shorter or longer than asked for.
    #[error("the answer has {actual} bytes, the request was for {expected}")]
    Length {
        /// How many bytes were supplied.
        actual: u64,
        /// How many were asked for.
        expected: u64,
    },
}

impl BadReply {
    /// Returns what the guest's operation fails with.
    fn errno(&self) -> Errno {
        match self {
            Self::Entries { .. } => Errno::Nomem,
            _ => Errno::Io,
        }
    }
}

/// Checks a listing and sorts it by name.
fn validate(mut entries: Vec<MountEntry>, limit: usize) -> Result<Vec<MountEntry>, BadReply> {
    if entries.len() > limit {
        return Err(BadReply::Entries { count: entries.len(), limit });
    }
    entries.sort_by(|one, other| one.name.cmp(&other.name));
    let mut before: &[u8] = b"";
    for entry in &entries {
        let name = entry.name.as_slice();
        let shown = || String::from_utf8_lossy(name).into_owned();
        let special = name == b"." || name == b"..";
        let bad_byte = name.iter().any(|byte| matches!(byte, b'/' | 0));
        // The empty name equals the start value of `before`.
        if name == before || special || bad_byte || name.len() > NAME_BYTES_MAX {
            return Err(BadReply::Name(shown()));
        }
        match &entry.kind {
            MountEntryKind::File { size } if i64::try_from(*size).is_err() => {
                return Err(BadReply::Size(shown()));
            }
            MountEntryKind::Symlink { target }
                if target.is_empty() || target.len() > PATH_BYTES_MAX || target.contains(&0) =>
            {
                return Err(BadReply::Target(shown()));
            }
            _ => {}
        }
        before = name;
    }
    Ok(entries)
}
