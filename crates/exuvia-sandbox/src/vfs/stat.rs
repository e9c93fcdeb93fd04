//! What `stat` and `statfs` tell.

use super::Vfs;
use super::errno::{Errno, Result};
use super::library::LibraryBody;
use super::node::{Body, FileType, GUEST_ID, Kind, NodeId, Special, Times, Timestamp};
use super::path::{NAME_BYTES_MAX, Target};

/// The unit of [`Stat::blocks`].
const BLOCK_BYTES: u64 = 512;
/// What programs take as a good size for reads and writes.
const PREFERRED_BYTES: u32 = 4096;
/// The directory size that is reported, whatever is in it.
const DIRECTORY_BYTES: u64 = 4096;

/// What is known of a file, as `struct stat` has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stat {
    /// The file system: 1 memory, 2 the library, 3 and up the mounts; 0 for pipes.
    pub device: u32,
    /// Unique within the file system, and never used again.
    pub inode: u64,
    /// What it is.
    pub file_type: FileType,
    /// The 12 permission bits, without the type.
    pub permissions: u32,
    /// 2 and the number of subdirectories for a directory, else 1; 0 once removed.
    pub links: u32,
    /// The owning user: 0 or [`GUEST_ID`].
    pub user: u32,
    /// The owning group: 0 or [`GUEST_ID`].
    pub group: u32,
    /// For a device its number, else 0.
    pub device_number: u32,
    /// Bytes; at most `i64::MAX`.
    pub size: u64,
    /// A good size for reads and writes, in bytes.
    pub block_size: u32,
    /// Storage in units of 512 bytes.
    pub blocks: u64,
    /// When it was last read.
    pub accessed: Timestamp,
    /// When its contents last changed.
    pub modified: Timestamp,
    /// When anything about it last changed.
    pub changed: Timestamp,
}

impl Stat {
    /// Returns `st_mode`: the type and the permission bits.
    #[must_use]
    pub fn mode(&self) -> u32 {
        self.file_type.mode_bits() | self.permissions
    }
}

/// What `statfs` tells of a file system. Sizes are in blocks of `block_size` bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FileSystemStat {
    /// As in [`Stat::device`].
    pub device: u32,
    /// Bytes in a block.
    pub block_size: u32,
    /// All blocks.
    pub blocks: u64,
    /// Blocks that can still be used.
    pub blocks_free: u64,
    /// All files.
    pub files: u64,
    /// Files that can still be made.
    pub files_free: u64,
    /// The longest name in bytes.
    pub name_bytes_max: u32,
    /// Whether it is the library or a mount.
    pub read_only: bool,
}

impl Vfs {
    /// Returns what is known of a file (`stat`, `lstat`, `fstat`).
    ///
    /// # Errors
    ///
    /// `EBADF` for a closed descriptor, or what is wrong with the path.
    pub fn stat(&mut self, target: Target<'_>) -> Result<Stat> {
        match self.target(target)? {
            Some(node) => Ok(self.stat_node(node)?),
            None => Ok(self.stat_pipe()),
        }
    }

    /// Returns what is known of the file system in which a file is (`statfs`, `fstatfs`).
    ///
    /// # Errors
    ///
    /// As [`stat`](Self::stat).
    pub fn stat_file_system(&mut self, target: Target<'_>) -> Result<FileSystemStat> {
        let device = self.target(target)?.map_or(0, |node| self.file_system(node));
        let read_only = self.mounts.is_read_only(device);
        let block = u64::from(PREFERRED_BYTES);
        let (blocks, blocks_free, files, files_free) = if device == 1 || (device > 2 && !read_only) {
            let limits = self.tree.limits;
            (limits.bytes / block, self.tree.free_bytes() / block, limits.files, self.tree.free_files())
        } else {
            (0, 0, self.library.len() as u64, 0)
        };
        Ok(FileSystemStat {
            device,
            block_size: PREFERRED_BYTES,
            blocks,
            blocks_free,
            files,
            files_free,
            name_bytes_max: NAME_BYTES_MAX as u32,
            read_only,
        })
    }

    pub(super) fn stat_node(&self, id: NodeId) -> std::result::Result<Stat, Errno> {
        let (permissions, owner) = self.permissions(id)?;
        let kind = self.kind(id)?;
        let size = match kind {
            Kind::Directory => DIRECTORY_BYTES,
            _ => self.length(id)?,
        };
        let (inode, links, times) = match id {
            NodeId::Memory(inode) => {
                let node = self.tree.get(inode).ok_or(Errno::Noent)?;
                (node.told().map_or(inode, |told| told.inode), self.tree.links(inode), node.times)
            }
            NodeId::Library(node) => {
                let times = Times::all(self.library.modified());
                (u64::from(node) + 1, self.library_links(node), times)
            }
        };
        Ok(Stat {
            device: self.file_system(id),
            inode,
            file_type: self.file_type(kind),
            permissions,
            links,
            user: owner.id(),
            group: owner.id(),
            device_number: device_number(kind),
            size,
            block_size: PREFERRED_BYTES,
            blocks: self.stored(id, size).div_ceil(BLOCK_BYTES),
            accessed: times.accessed,
            modified: times.modified,
            changed: times.changed,
        })
    }

    pub(super) fn file_type(&self, kind: Kind) -> FileType {
        match kind {
            Kind::File => FileType::Regular,
            Kind::Directory => FileType::Directory,
            Kind::Symlink => FileType::Symlink,
            Kind::Special(Special::Stream(stream)) if !self.terminals[stream as usize] => FileType::Fifo,
            Kind::Special(_) => FileType::CharacterDevice,
        }
    }

    fn stored(&self, id: NodeId, size: u64) -> u64 {
        let NodeId::Memory(inode) = id else { return size };
        match self.tree.get(inode).map(|node| &node.body) {
            Some(Body::File(content)) if content.beneath() == 0 => content.charged(),
            Some(Body::File(_)) => size,
            _ => 0,
        }
    }

    fn library_links(&self, node: u32) -> u32 {
        match self.library.get(node).map(|node| &node.body) {
            Some(LibraryBody::Directory(entries)) => {
                let directory = |node| match self.library.get(node).map(|node| &node.body) {
                    Some(LibraryBody::Directory(_)) => 1,
                    _ => 0,
                };
                2 + entries.iter().map(|(_, node)| directory(*node)).sum::<u32>()
            }
            _ => 1,
        }
    }

    fn stat_pipe(&self) -> Stat {
        Stat {
            device: 0,
            inode: 0,
            file_type: FileType::Fifo,
            permissions: 0o600,
            links: 1,
            user: GUEST_ID,
            group: GUEST_ID,
            device_number: 0,
            size: 0,
            block_size: PREFERRED_BYTES,
            blocks: 0,
            accessed: self.now,
            modified: self.now,
            changed: self.now,
        }
    }
}

/// Returns Linux's number for a device: the major one in the second byte.
fn device_number(kind: Kind) -> u32 {
    let (major, minor) = match kind {
        Kind::Special(Special::Null) => (1, 3),
        Kind::Special(Special::Zero) => (1, 5),
        Kind::Special(Special::Full) => (1, 7),
        Kind::Special(Special::Random) => (1, 9),
        Kind::Special(Special::Tty) => (5, 0),
        Kind::Special(Special::Stream(stream)) => (136, stream as u32),
        Kind::File | Kind::Directory | Kind::Symlink => return 0,
    };
    major << 8 | minor
}
