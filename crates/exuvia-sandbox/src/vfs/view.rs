//! One view of the two places where nodes live: the tree and the library.

use std::sync::Arc;

use super::Vfs;
use super::errno::{Errno, Result};
use super::flags::Access;
use super::library::LibraryBody;
use super::node::{Body, Kind, NodeId, Owner};
use super::tree::ROOT;

type Plain<T> = std::result::Result<T, Errno>;

impl Vfs {
    pub(super) fn kind(&self, id: NodeId) -> Plain<Kind> {
        match id {
            NodeId::Memory(inode) => match &self.tree.get(inode).ok_or(Errno::Noent)?.body {
                Body::File(_) => Ok(Kind::File),
                Body::Directory(_) => Ok(Kind::Directory),
                Body::Symlink(_) => Ok(Kind::Symlink),
                Body::Special(special) => Ok(Kind::Special(*special)),
            },
            NodeId::Library(node) => match self.library.get(node).ok_or(Errno::Noent)?.body {
                LibraryBody::File { .. } => Ok(Kind::File),
                LibraryBody::Directory(_) => Ok(Kind::Directory),
            },
        }
    }

    pub(super) fn is_directory(&self, id: NodeId) -> bool {
        self.kind(id) == Ok(Kind::Directory)
    }

    /// Returns the entry of a directory with that name.
    pub(super) fn child(&mut self, directory: NodeId, name: &[u8]) -> Result<Option<NodeId>> {
        match directory {
            NodeId::Memory(inode) => {
                self.list(inode)?;
                let child = self.tree.directory(inode)?.get(name);
                if let Some(NodeId::Memory(child)) = child {
                    self.measure(child)?;
                }
                Ok(child)
            }
            NodeId::Library(node) => Ok(self.library.child(node, name).map(NodeId::Library)),
        }
    }

    /// Returns the directory above a directory; the root is above itself.
    pub(super) fn parent(&self, directory: NodeId) -> Plain<NodeId> {
        match directory {
            NodeId::Memory(inode) => Ok(NodeId::Memory(self.tree.directory(inode)?.parent)),
            NodeId::Library(0) => Ok(NodeId::Memory(self.library.above)),
            NodeId::Library(node) => Ok(NodeId::Library(self.library.get(node).ok_or(Errno::Noent)?.parent)),
        }
    }

    /// Returns a directory's name in the one above it.
    pub(super) fn name_of(&self, directory: NodeId) -> Plain<&[u8]> {
        match directory {
            NodeId::Memory(inode) => Ok(&self.tree.directory(inode)?.name),
            NodeId::Library(node) => Ok(&self.library.get(node).ok_or(Errno::Noent)?.name),
        }
    }

    /// Returns where a symbolic link leads; `EINVAL` for anything else.
    pub(super) fn link_target(&self, id: NodeId) -> Plain<Arc<[u8]>> {
        match id {
            NodeId::Memory(inode) => match self.tree.get(inode).map(|node| &node.body) {
                Some(Body::Symlink(target)) => Ok(target.clone()),
                _ => Err(Errno::Inval),
            },
            NodeId::Library(_) => Err(Errno::Inval),
        }
    }

    /// Returns the permission bits and the owner.
    pub(super) fn permissions(&self, id: NodeId) -> Plain<(u32, Owner)> {
        match id {
            NodeId::Memory(inode) => {
                let node = self.tree.get(inode).ok_or(Errno::Noent)?;
                Ok((node.mode, node.owner))
            }
            NodeId::Library(node) => Ok(match self.library.get(node).ok_or(Errno::Noent)?.body {
                LibraryBody::File { executable: false, .. } => (0o644, Owner::System),
                LibraryBody::File { .. } | LibraryBody::Directory(_) => (0o755, Owner::System),
            }),
        }
    }

    /// Checks that the guest may read or write a node as asked.
    pub(super) fn may(&self, id: NodeId, access: Access) -> Plain<()> {
        let special = matches!(self.kind(id)?, Kind::Special(_));
        if access.write && !special && self.is_read_only(id) {
            return Err(Errno::Rofs);
        }
        let (mode, owner) = self.permissions(id)?;
        if owner.allows(mode, access) { Ok(()) } else { Err(Errno::Acces) }
    }

    /// Checks that the guest may look names up in a directory.
    pub(super) fn may_search(&self, directory: NodeId) -> Plain<()> {
        let (mode, owner) = self.permissions(directory)?;
        if owner.allows_search(mode) { Ok(()) } else { Err(Errno::Acces) }
    }

    /// Checks that the guest may add and remove names in a directory, and returns its inode.
    pub(super) fn may_change(&self, directory: NodeId) -> Plain<u64> {
        let NodeId::Memory(inode) = directory else { return Err(Errno::Rofs) };
        if self.is_read_only(directory) {
            return Err(Errno::Rofs);
        }
        self.may(directory, Access { read: false, write: true })?;
        self.may_search(directory)?;
        Ok(inode)
    }

    /// Checks that names may still be added to a directory: `ENOENT` once it was removed.
    pub(super) fn is_alive(&self, inode: u64) -> Plain<()> {
        let alive = inode == ROOT || self.tree.get(inode).is_some_and(|node| node.named);
        if alive { Ok(()) } else { Err(Errno::Noent) }
    }

    /// Keeps a node until the matching [`unpin`](Self::unpin).
    pub(super) fn pin(&mut self, id: NodeId) {
        match id {
            NodeId::Memory(inode) => self.tree.pin(inode),
            NodeId::Library(_) => {}
        }
    }

    pub(super) fn unpin(&mut self, id: NodeId) {
        match id {
            NodeId::Memory(inode) => self.tree.unpin(inode),
            NodeId::Library(_) => {}
        }
    }

    /// Notes that a node's contents were read. Mounts keep no access times.
    pub(super) fn note_read(&mut self, id: NodeId) {
        if let NodeId::Memory(inode) = id
            && self.tree.get(inode).is_some_and(|node| node.mounted.is_none())
        {
            self.tree.note_read(inode, self.now);
        }
    }
}
