//! Mounts: directories for which the host answers.
//!
//! A mount is a part of the tree. A directory of it is [listed](Vfs::list) when it is first needed, and a file's bytes
//! are asked for when they are read. An operation that needs what the host has not told yet fails with
//! [`Fault::Needs`](super::Fault::Needs), without any effect; the caller answers through [`Vfs::supply`] and calls the operation again.
//! What was told is kept within the limits of [`FileLimits`], least recently used first out. What an operation has used
//! is kept until it has completed, so that repeating it gets further each time.
//!
//! What a program changes stays here in an overlay ([`overlay`]): changed pieces of files lie over the host's, and
//! directories note what of the host's is gone. In a mount that can be written to ([`through`]), the host makes each
//! change first, by the same way: the operation needs it done, and has its own effect once it is.

mod blocks;
mod overlay;
mod table;
mod through;
mod told;
mod written;

use exuvia_core::{MountEntry, MountEntryKind, MountFault};

use super::Vfs;
use super::errno::{Errno, Result};
use super::node::NodeId;
use super::path::{NAME_BYTES_MAX, PATH_BYTES_MAX};
use super::tree::FileLimits;

pub use overlay::{ChangedNode, ChangedPath};
pub(super) use table::Mounts;
pub use through::WRITE_BYTES_MAX;
pub use told::DirectRead;

type Plain<T> = std::result::Result<T, Errno>;

/// Contents are asked for in blocks of this many bytes, at multiples of it.
pub const MOUNT_BLOCK_BYTES: u64 = 256 * 1024;

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

/// Returns what the guest's operation fails with.
fn errno_of(fault: MountFault) -> Errno {
    match fault {
        MountFault::NotFound => Errno::Noent,
        MountFault::Denied => Errno::Acces,
        MountFault::TooLarge => Errno::Fbig,
        MountFault::Exists => Errno::Exist,
        MountFault::NotDirectory => Errno::Notdir,
        MountFault::IsDirectory => Errno::Isdir,
        MountFault::NotEmpty => Errno::Notempty,
        MountFault::NoSpace => Errno::Nospc,
        MountFault::ReadOnly => Errno::Rofs,
        MountFault::OtherDevice => Errno::Xdev,
        MountFault::BadName => Errno::Nametoolong,
        MountFault::TimedOut => Errno::Timedout,
        MountFault::Unsupported => Errno::Opnotsupp,
        MountFault::Refused => Errno::Connrefused,
        MountFault::Unreachable => Errno::Hostunreach,
        MountFault::BrokenOff => Errno::Connreset,
        MountFault::Garbled => Errno::Proto,
        MountFault::Remote => Errno::Remoteio,
        _ => Errno::Io,
    }
}

/// Checks a listing and sorts it by name.
fn validate(mut entries: Vec<MountEntry>, limit: usize) -> std::result::Result<Vec<MountEntry>, BadReply> {
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
            MountEntryKind::File if i64::try_from(entry.size).is_err() => {
                return Err(BadReply::Size(shown()));
            }
            MountEntryKind::Symlink(target)
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

/// FNV-1a over the number of the directory above and a name: a number for a path.
fn hash(above: u64, name: &[u8]) -> u64 {
    let bytes = above.to_le_bytes().into_iter().chain(name.iter().copied());
    let step = |hash: u64, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
    bytes.fold(0xcbf2_9ce4_8422_2325, step) >> 1
}

impl Vfs {
    /// Returns the number of the mount in which a node is.
    pub(super) fn mount_of(&self, inode: u64) -> Option<u32> {
        self.tree.get(inode)?.mounted.as_ref().map(|mounted| mounted.mount)
    }

    /// Returns a number for the file system in which a node lives.
    pub(super) fn file_system(&self, id: NodeId) -> u32 {
        match id {
            NodeId::Memory(inode) => self.mount_of(inode).map_or(1, |mount| mount.saturating_add(3)),
            NodeId::Library(_) => 2,
        }
    }

    pub(super) fn is_read_only(&self, id: NodeId) -> bool {
        self.mounts.is_read_only(self.file_system(id))
    }

    /// Returns the inode of what may change its place: mounts and the library may not.
    pub(super) fn movable(&self, id: NodeId) -> Plain<u64> {
        match id {
            NodeId::Memory(inode) if !self.mounts.is_root(inode) => Ok(inode),
            _ => Err(Errno::Busy),
        }
    }

    /// Returns whether a directory has entries. `false` for what is none.
    pub(super) fn is_full(&mut self, inode: u64) -> Result<bool> {
        if !self.is_directory(NodeId::Memory(inode)) {
            return Ok(false);
        }
        self.list(inode)?;
        Ok(self.tree.directory(inode)?.len() > 0)
    }

    /// Returns a node's mount and its path there, as the host knows it.
    ///
    /// # Errors
    ///
    /// `ENAMETOOLONG` if it has more than 4095 bytes.
    fn host_path(&self, inode: u64) -> Plain<(u32, Vec<u8>)> {
        let mut names: Vec<&[u8]> = Vec::new();
        let mut length = 0;
        let mut at = inode;
        let mount = self.mount_of(inode).ok_or(Errno::Stale)?;
        while !self.mounts.is_root(at) {
            let mounted = self.tree.get(at).and_then(|node| node.mounted.as_ref()).ok_or(Errno::Stale)?;
            let name = mounted.moved_from.as_deref().unwrap_or(&mounted.name);
            length += name.len() + 1;
            if length > PATH_BYTES_MAX {
                return Err(Errno::Nametoolong);
            }
            names.push(name);
            if mounted.moved_from.is_some() {
                break;
            }
            at = mounted.parent;
        }
        names.reverse();
        Ok((mount, names.join(&b'/')))
    }

    /// Returns the path of a name in a directory, as the host knows it.
    fn host_path_of_child(&self, directory: u64, name: &[u8]) -> Plain<(u32, Vec<u8>)> {
        let (mount, mut path) = self.host_path(directory)?;
        if !path.is_empty() {
            path.push(b'/');
        }
        path.extend_from_slice(name);
        if path.len() > PATH_BYTES_MAX { Err(Errno::Nametoolong) } else { Ok((mount, path)) }
    }
}
