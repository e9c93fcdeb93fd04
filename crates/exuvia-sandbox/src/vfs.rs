//! The sandbox's file system: inodes in memory, the shared standard library, and mounts.
//!
//! It answers the guest's file calls with Linux's semantics and the guest's own error numbers,
//! and reaches nothing of the host: all it holds is in memory, and what a mount shows comes in
//! through [`Vfs::supply`]; what a program changes in one goes out as the same kind of request. It is deterministic: times derive from [`Vfs::set_time`], inode
//! numbers and the order of listings from what was done before.
//!
//! A hostile guest chooses every path, flag, number and byte. Nothing recurses along a path or a
//! tree, all storage is counted against [`FileLimits`], and what remains is work proportional to
//! a path's length (at most 40 links of 4095 bytes) or to the depth of a renamed directory.
//!
//! Not here: hard links, device nodes and named pipes made by the guest, sockets, file locks
//! (a single process owns them all), sticky bits, access lists. The layout of structures in the
//! guest's memory is the caller's concern.

mod attributes;
mod content;
mod data;
mod descriptor;
mod directory;
mod errno;
mod flags;
mod host;
mod library;
mod mount;
mod names;
mod node;
mod open;
mod path;
mod pipe;
mod rename;
mod resolve;
mod saved;
mod stat;
mod tree;
mod view;

#[cfg(test)]
#[cfg(target_os = "linux")]
mod oracle_tests;
#[cfg(test)]
mod tests;

use std::sync::Arc;

pub use attributes::{AccessMode, Ownership, TimeChange, TimeChanges};
pub use data::{Device, Io, Range, Readiness, SeekFrom};
pub use descriptor::{DuplicateFrom, DuplicateTo, PipeEnds};
pub use directory::DirectoryEntry;
pub use errno::{Errno, Fault, Result};
pub use flags::OpenFlags;
pub use host::{HostError, WalkEntry};
pub use library::{LIBRARY_NODES_MAX, Library, LibraryError, LibraryFile};
pub use mount::{BadReply, ChangedNode, ChangedPath, DirectRead, MOUNT_BLOCK_BYTES, WRITE_BYTES_MAX};
pub use names::Renaming;
pub use node::{FileType, GUEST_ID, Stream, Timestamp};
pub use path::{Dir, LINKS_MAX, NAME_BYTES_MAX, PATH_BYTES_MAX, Place, Target};
pub use pipe::{PIPE_ATOMIC_BYTES, PIPE_BYTES_MAX};
pub(crate) use saved::SavedFiles;
pub use stat::{FileSystemStat, Stat};
pub use tree::{FileLimits, Usage};

use descriptor::{Descriptors, Object};
use flags::Access;
use mount::Mounts;
use node::NodeId;
use tree::{ROOT, Tree};

/// What a change of names takes: as a `float` of seconds, which Python uses, the time is coarser than 0.2 µs.
const TICK_NANOSECONDS: u32 = 1_000;

/// Where a sandbox starts.
const WORKING_DIRECTORY: &[u8] = b"/workspace";

/// The file system of one sandbox, with its open files.
///
/// A clone is an independent copy that shares everything not yet changed: inodes, contents,
/// the library. Dropping it needs no order.
#[derive(Debug, Clone)]
pub struct Vfs {
    tree: Tree,
    library: Arc<Library>,
    mounts: Mounts,
    descriptors: Descriptors,
    cwd: NodeId,
    umask: u32,
    /// What the clock showed when it was last set.
    clock: Timestamp,
    /// The time that is noted next: the clock's, and what has ticked since.
    now: Timestamp,
    /// Whether each of the three streams is a terminal.
    terminals: [bool; 3],
}

impl Vfs {
    /// Makes the initial tree: `/tmp`, `/dev`, `/home/user`, `/workspace` (the working directory) and
    /// the library, with descriptors 0, 1 and 2 on the three streams. Copies nothing of the
    /// library.
    #[must_use]
    pub fn new(library: Arc<Library>, limits: FileLimits) -> Self {
        let mut tree = library.initial.clone();
        tree.limits = limits;
        let mut vfs = Self {
            tree,
            library,
            mounts: Mounts::new(&limits),
            descriptors: Descriptors::new(limits.open_files),
            cwd: NodeId::Memory(ROOT),
            umask: 0o022,
            clock: Timestamp::default(),
            now: Timestamp::default(),
            terminals: [false; 3],
        };
        vfs.open_streams();
        if let Ok(work) = vfs.host_resolve(WORKING_DIRECTORY) {
            vfs.pin(work);
            vfs.cwd = work;
        }
        vfs
    }

    /// Opens descriptors 0, 1 and 2. With fewer descriptors than that allowed, the rest is absent.
    fn open_streams(&mut self) {
        let read = Access { read: true, write: false };
        let write = Access { read: false, write: true };
        let streams: [(&[u8], Access, OpenFlags); 3] = [
            (b"/dev/stdin", read, OpenFlags::READ_ONLY),
            (b"/dev/stdout", write, OpenFlags::WRITE_ONLY),
            (b"/dev/stderr", write, OpenFlags::WRITE_ONLY),
        ];
        for (path, access, flags) in streams {
            if let Ok(node) = self.host_resolve(path) {
                self.pin(node);
                // Without a free descriptor the pin stays, on a node that is never removed.
                let _absent = self.descriptors.open(Object::Node(node), flags, access);
            }
        }
    }

    /// Sets the time, in nanoseconds since 1970-01-01 00:00 UTC, from which all file times are
    /// taken until it is set again. As long as the clock does not go back, neither do they.
    pub fn set_time(&mut self, nanoseconds_since_epoch: i64) {
        let time = Timestamp::from_nanoseconds(nanoseconds_since_epoch);
        self.now = if time < self.clock { time } else { time.max(self.now) };
        self.clock = time;
    }

    /// Lets a microsecond go by, before names change and before a file is emptied. Whoever remembers a directory's
    /// time to know whether it has changed (as Python's importer does) must find that it has, even if nobody has read
    /// the clock between the two.
    fn tick(&mut self) {
        self.now = self.now.after(TICK_NANOSECONDS);
    }

    /// Sets which permission bits new files do not get, and returns what it was before.
    pub fn set_umask(&mut self, mask: u32) -> u32 {
        std::mem::replace(&mut self.umask, mask & 0o777)
    }

    /// Says whether a stream is a terminal, which its `fstat` then shows: a character device
    /// if it is, else a pipe. Pipes at first.
    pub fn set_terminal(&mut self, stream: Stream, terminal: bool) {
        self.terminals[stream as usize] = terminal;
    }

    /// Returns what is stored, as the limits count it.
    #[must_use]
    pub fn usage(&self) -> Usage {
        self.tree.usage
    }

    /// Returns the limits.
    #[must_use]
    pub fn limits(&self) -> FileLimits {
        self.tree.limits
    }
}
