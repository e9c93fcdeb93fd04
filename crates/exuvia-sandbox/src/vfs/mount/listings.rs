//! What is known of the mounts: their nodes, listings and blocks.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::blocks::Blocks;
use super::{BadReply, MOUNT_BLOCK_BYTES, MountEntry, MountEntryKind, MountId, MountReply, MountRequest, validate};
use crate::vfs::errno::{Errno, Fault};
use crate::vfs::node::{Name, Timestamp};
use crate::vfs::path::PATH_BYTES_MAX;

/// The number of a mount's root node.
pub(in crate::vfs) const MOUNT_ROOT: u64 = 0;

type Key = (u32, u64);

/// All mounts of a file system and what of them is kept.
#[derive(Debug, Clone, Default)]
pub(in crate::vfs) struct Mounts {
    mounts: Vec<Mount>,
    nodes: BTreeMap<Key, MountNode>,
    next_node: u64,
    /// Directories whose listing is kept, by last use.
    by_use: BTreeMap<u64, Key>,
    entries: usize,
    blocks: Blocks,
    tick: u64,
    /// What was used after this tick belongs to an operation that is still being repeated.
    settled: u64,
    failed: Option<(MountRequest, Errno)>,
    limit_bytes: u64,
    limit_entries: usize,
}

#[derive(Debug, Clone)]
struct Mount {
    id: MountId,
    /// The inode of the directory in memory that holds the mount, and the mount's name there.
    above: u64,
    name: Name,
}

/// A file, directory or link of a mount.
#[derive(Debug, Clone)]
pub(in crate::vfs) struct MountNode {
    parent: u64,
    pub(in crate::vfs) name: Name,
    pub(in crate::vfs) kind: MountKind,
    pub(in crate::vfs) modified: Timestamp,
    pub(in crate::vfs) mode: u32,
    /// Derived from the path, so that a file keeps it when its listing was dropped meanwhile.
    pub(in crate::vfs) inode: u64,
    /// Open descriptions and working directories.
    pins: u32,
    /// Children that are pinned or have a listing: they must stay, and so must this listing.
    held: u32,
}

#[derive(Debug, Clone)]
pub(in crate::vfs) enum MountKind {
    File { size: u64 },
    Directory(Option<Listing>),
    Symlink(Arc<[u8]>),
}

/// The entries of a directory, sorted by name.
#[derive(Debug, Clone)]
pub(in crate::vfs) struct Listing {
    entries: Arc<[(Name, u64)]>,
    used: u64,
}

impl Mounts {
    /// Makes an empty table that keeps at most so many bytes of contents and directory entries.
    pub(in crate::vfs) fn new(limit_bytes: u64, limit_entries: usize) -> Self {
        Self { next_node: MOUNT_ROOT + 1, limit_bytes, limit_entries, ..Self::default() }
    }

    /// Returns whether a mount with that id exists.
    pub(in crate::vfs) fn is_taken(&self, id: MountId) -> bool {
        self.mounts.iter().any(|mount| mount.id == id)
    }

    /// Adds a mount with an id that is free, and returns its number.
    pub(in crate::vfs) fn add(&mut self, id: MountId, above: u64, name: Name) -> u32 {
        let number = u32::try_from(self.mounts.len()).expect("every mount has another `u32` as its id");
        let root = MountNode {
            parent: MOUNT_ROOT,
            name: name.clone(),
            kind: MountKind::Directory(None),
            modified: Timestamp::default(),
            mode: 0o555,
            inode: hash(u64::from(number), b""),
            pins: 0,
            held: 0,
        };
        self.nodes.insert((number, MOUNT_ROOT), root);
        self.mounts.push(Mount { id, above, name });
        number
    }

    pub(in crate::vfs) fn get(&self, mount: u32, node: u64) -> Option<&MountNode> {
        self.nodes.get(&(mount, node))
    }

    /// Returns the directory above a node: in the mount, or the one in memory above its root.
    pub(in crate::vfs) fn parent(&self, mount: u32, node: u64) -> Result<Above, Errno> {
        if node != MOUNT_ROOT {
            return Ok(Above::Mount(self.get(mount, node).ok_or(Errno::Stale)?.parent));
        }
        Ok(Above::Memory(self.mount(mount)?.above))
    }

    /// Returns the name of a mount in the directory above it.
    pub(in crate::vfs) fn name_of(&self, mount: u32) -> Result<&Name, Errno> {
        Ok(&self.mount(mount)?.name)
    }

    /// Returns a directory's entry of that name.
    pub(in crate::vfs) fn child(&mut self, mount: u32, node: u64, name: &[u8]) -> Result<Option<u64>, Fault> {
        let entries = self.entries(mount, node)?;
        let found = entries.binary_search_by(|(entry, _)| entry.as_ref().cmp(name));
        Ok(found.ok().and_then(|at| entries.get(at)).map(|(_, child)| *child))
    }

    /// Returns a directory's entries by name.
    pub(in crate::vfs) fn entries(&mut self, mount: u32, node: u64) -> Result<Arc<[(Name, u64)]>, Fault> {
        self.tick += 1;
        match self.nodes.get_mut(&(mount, node)).map(|node| &mut node.kind) {
            Some(MountKind::Directory(Some(listing))) => {
                self.by_use.remove(&listing.used);
                listing.used = self.tick;
                self.by_use.insert(self.tick, (mount, node));
                Ok(listing.entries.clone())
            }
            Some(MountKind::Directory(None)) => {
                let path = self.path(mount, node)?;
                let mount = self.mount(mount)?.id;
                Err(self.need(MountRequest::List { mount, path }))
            }
            Some(_) => Err(Errno::Notdir.into()),
            None => Err(Errno::Stale.into()),
        }
    }

    /// Reads from a file, at most to the end of the block in which `offset` lies.
    pub(in crate::vfs) fn read(
        &mut self,
        mount: u32,
        node: u64,
        offset: u64,
        buffer: &mut [u8],
    ) -> Result<usize, Fault> {
        let size = match self.get(mount, node).map(|node| &node.kind) {
            Some(MountKind::File { size }) => *size,
            _ => return Err(Errno::Stale.into()),
        };
        if offset >= size || buffer.is_empty() {
            return Ok(0);
        }
        self.tick += 1;
        let number = offset / MOUNT_BLOCK_BYTES;
        let start = number * MOUNT_BLOCK_BYTES;
        let Some(block) = self.blocks.get((mount, node), number, self.tick) else {
            let path = self.path(mount, node)?;
            let length = (size - start).min(MOUNT_BLOCK_BYTES);
            let mount = self.mount(mount)?.id;
            return Err(self.need(MountRequest::Read { mount, path, offset: start, length }));
        };
        let within = usize::try_from(offset - start).map_err(|_| Errno::Overflow)?;
        let rest = block.get(within..).unwrap_or_default();
        let count = rest.len().min(buffer.len());
        buffer[..count].copy_from_slice(&rest[..count]);
        Ok(count)
    }

    /// Keeps a node, and all above it, until the matching [`unpin`](Self::unpin).
    pub(in crate::vfs) fn pin(&mut self, mount: u32, node: u64) {
        let Some(found) = self.nodes.get_mut(&(mount, node)) else { return };
        found.pins += 1;
        if found.pins == 1 {
            let parent = found.parent;
            self.hold(mount, node, parent, true);
        }
    }

    pub(in crate::vfs) fn unpin(&mut self, mount: u32, node: u64) {
        let Some(found) = self.nodes.get_mut(&(mount, node)) else { return };
        found.pins = found.pins.saturating_sub(1);
        if found.pins == 0 {
            let parent = found.parent;
            self.hold(mount, node, parent, false);
        }
    }

    /// Notes how an operation ended: unless it is to be repeated, what it used may go.
    pub(in crate::vfs) fn settle(&mut self, repeated: bool) {
        if !repeated {
            self.settled = self.tick;
            self.failed = None;
        }
    }

    /// Takes the host's answer.
    pub(in crate::vfs) fn supply(
        &mut self,
        request: &MountRequest,
        reply: Result<MountReply, Errno>,
    ) -> Result<(), BadReply> {
        let accepted = match (request, reply) {
            (_, Err(errno)) => {
                self.failed = Some((request.clone(), errno));
                return Ok(());
            }
            (MountRequest::List { mount, path }, Ok(MountReply::List(entries))) => {
                self.supply_list(*mount, path, entries)
            }
            (MountRequest::Read { mount, path, offset, length }, Ok(MountReply::Read(bytes))) => {
                let actual = bytes.len() as u64;
                if actual == *length {
                    self.supply_block(*mount, path, *offset, bytes)
                } else {
                    Err(BadReply::Length { actual, expected: *length })
                }
            }
            _ => Err(BadReply::Kind),
        };
        if let Err(bad) = &accepted {
            self.failed = Some((request.clone(), bad.errno()));
        }
        accepted
    }

    fn supply_list(&mut self, mount: MountId, path: &[u8], entries: Vec<MountEntry>) -> Result<(), BadReply> {
        let key = self.find(mount, path).ok_or(BadReply::Unasked)?;
        let directory = self.nodes.get(&key).ok_or(BadReply::Unasked)?;
        if !matches!(directory.kind, MountKind::Directory(None)) {
            return Err(BadReply::Unasked);
        }
        let (parent, inode) = (directory.parent, directory.inode);
        let entries = validate(entries, self.limit_entries)?;
        let limit = self.limit_entries;
        // The directory itself, and all above it, must outlive making room for its entries.
        self.pin(key.0, key.1);
        self.evict_listings(limit.saturating_sub(entries.len()));
        self.unpin(key.0, key.1);
        // What is in use may exceed the limit, for the sake of progress, but only so far.
        let count = self.entries + entries.len();
        if count > limit.saturating_mul(2) {
            return Err(BadReply::Entries { count, limit });
        }
        self.tick += 1;
        let children: Vec<_> = entries.into_iter().map(|entry| self.insert(key, inode, entry)).collect();
        self.entries += children.len();
        self.by_use.insert(self.tick, key);
        let listing = Listing { entries: children.into(), used: self.tick };
        if let Some(node) = self.nodes.get_mut(&key) {
            node.kind = MountKind::Directory(Some(listing));
        }
        self.hold(key.0, key.1, parent, true);
        Ok(())
    }

    fn insert(&mut self, directory: Key, above: u64, entry: MountEntry) -> (Name, u64) {
        let (mount, parent) = directory;
        let number = self.next_node;
        self.next_node += 1;
        let name: Name = entry.name.into();
        let kind = match entry.kind {
            MountEntryKind::File { size } => MountKind::File { size },
            MountEntryKind::Directory => MountKind::Directory(None),
            MountEntryKind::Symlink { target } => MountKind::Symlink(target.into()),
        };
        let node = MountNode {
            parent,
            name: name.clone(),
            kind,
            modified: entry.modified,
            mode: entry.mode & 0o777,
            inode: hash(above, &name),
            pins: 0,
            held: 0,
        };
        self.nodes.insert((mount, number), node);
        (name, number)
    }

    fn supply_block(&mut self, mount: MountId, path: &[u8], offset: u64, bytes: bytes::Bytes) -> Result<(), BadReply> {
        let file = self.find(mount, path).ok_or(BadReply::Unasked)?;
        let size = match self.nodes.get(&file).map(|node| &node.kind) {
            Some(MountKind::File { size }) => *size,
            _ => return Err(BadReply::Unasked),
        };
        let expected = size.saturating_sub(offset).min(MOUNT_BLOCK_BYTES);
        if !offset.is_multiple_of(MOUNT_BLOCK_BYTES) || bytes.len() as u64 != expected {
            return Err(BadReply::Unasked);
        }
        self.tick += 1;
        self.blocks.insert(file, offset / MOUNT_BLOCK_BYTES, bytes, self.tick);
        self.blocks.evict(self.limit_bytes, self.settled);
        Ok(())
    }

    /// Drops listings until at most `limit` entries are left, the least recently used first, but
    /// none that an operation under way used and none with a child that must stay.
    fn evict_listings(&mut self, limit: usize) {
        while self.entries > limit {
            let settled = self.settled;
            let free = |key: &&Key| self.nodes.get(key).is_some_and(|node| node.held == 0);
            let Some(&key) = self.by_use.range(..=settled).map(|(_, key)| key).find(free) else {
                return;
            };
            self.drop_listing(key);
        }
    }

    fn drop_listing(&mut self, key: Key) {
        let Some(node) = self.nodes.get_mut(&key) else { return };
        let parent = node.parent;
        let MountKind::Directory(listing) = &mut node.kind else { return };
        let Some(listing) = listing.take() else { return };
        self.by_use.remove(&listing.used);
        self.entries -= listing.entries.len();
        for (_, child) in listing.entries.iter() {
            self.nodes.remove(&(key.0, *child));
            self.blocks.forget((key.0, *child));
        }
        self.hold(key.0, key.1, parent, false);
    }

    /// Notes in the directory above a node that there is one more, or less, reason to keep it.
    fn hold(&mut self, mount: u32, node: u64, parent: u64, more: bool) {
        if node == MOUNT_ROOT {
            return;
        }
        if let Some(parent) = self.nodes.get_mut(&(mount, parent)) {
            parent.held = if more { parent.held + 1 } else { parent.held.saturating_sub(1) };
        }
    }

    fn need(&mut self, request: MountRequest) -> Fault {
        match self.failed.take() {
            Some((failed, errno)) if failed == request => Fault::Errno(errno),
            _ => Fault::Needs(request),
        }
    }

    fn mount(&self, number: u32) -> Result<&Mount, Errno> {
        let number = usize::try_from(number).map_err(|_| Errno::Stale)?;
        self.mounts.get(number).ok_or(Errno::Stale)
    }

    /// Returns a node's path below the mount's root.
    fn path(&self, mount: u32, node: u64) -> Result<Vec<u8>, Errno> {
        let mut names = Vec::new();
        let mut length = 0;
        let mut at = node;
        while at != MOUNT_ROOT {
            let node = self.get(mount, at).ok_or(Errno::Stale)?;
            length += node.name.len() + 1;
            if length > PATH_BYTES_MAX {
                return Err(Errno::Nametoolong);
            }
            names.push(node.name.as_ref());
            at = node.parent;
        }
        names.reverse();
        Ok(names.join(&b'/'))
    }

    /// Returns the node with that path, as far as it is known.
    fn find(&self, mount: MountId, path: &[u8]) -> Option<Key> {
        let number = self.mounts.iter().position(|known| known.id == mount)?;
        let number = u32::try_from(number).ok()?;
        let mut at = MOUNT_ROOT;
        for name in crate::vfs::path::components(path) {
            let MountKind::Directory(Some(listing)) = &self.get(number, at)?.kind else {
                return None;
            };
            let found = listing.entries.binary_search_by(|(entry, _)| entry.as_ref().cmp(name));
            at = listing.entries.get(found.ok()?)?.1;
        }
        Some((number, at))
    }
}

/// The directory above a node of a mount.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::vfs) enum Above {
    Mount(u64),
    Memory(u64),
}

/// FNV-1a over the number of the directory above and a name: a number for a path.
fn hash(above: u64, name: &[u8]) -> u64 {
    let bytes = above.to_le_bytes().into_iter().chain(name.iter().copied());
    let step = |hash: u64, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
    bytes.fold(0xcbf2_9ce4_8422_2325, step) >> 1
}
