//! Making and removing names: directories, symbolic links, unlinking.

use super::Vfs;
use super::errno::{Errno, Result};
use super::flags::Access;
use super::node::{Kind, NodeId};
use super::path::{PATH_BYTES_MAX, Place};
use super::resolve::{Found, Last, Rule};
use super::tree::{NewBody, NewNode};

/// The two places of a rename.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Renaming<'a> {
    /// What is renamed.
    pub from: Place<'a>,
    /// What it is called afterwards.
    pub to: Place<'a>,
    /// Fail with `EEXIST` if `to` exists (`RENAME_NOREPLACE`).
    pub keep_existing: bool,
}

impl Vfs {
    /// Makes a directory.
    ///
    /// # Errors
    ///
    /// `EEXIST`, `ENOENT`, `ENOTDIR`, `EACCES`, `EROFS`, `ENOSPC`.
    pub fn make_directory(&mut self, place: Place<'_>, mode: u32) -> Result<()> {
        self.attempt(|vfs| {
            let found = vfs.walk_path(place, Rule::Parent)?;
            vfs.make(&found, |vfs| vfs.new_node(NewBody::Directory, mode & 0o1777 & !vfs.umask))
        })
    }

    /// Makes a symbolic link. The target is any path, and need not exist.
    ///
    /// # Errors
    ///
    /// `ENOENT` for an empty target, `ENAMETOOLONG` for one of more than 4095 bytes, else as
    /// [`make_directory`](Self::make_directory).
    pub fn make_symlink(&mut self, target: &[u8], place: Place<'_>) -> Result<()> {
        if target.is_empty() {
            return Err(Errno::Noent.into());
        }
        if target.len() > PATH_BYTES_MAX {
            return Err(Errno::Nametoolong.into());
        }
        if target.contains(&0) {
            return Err(Errno::Inval.into());
        }
        self.attempt(|vfs| {
            let found = vfs.walk_path(place, Rule::Parent)?;
            vfs.make(&found, |vfs| vfs.new_node(NewBody::Symlink(target.into()), 0o777))
        })
    }

    /// Refuses to make a named pipe or a device (`mknod`); files are made by opening them.
    ///
    /// # Errors
    ///
    /// `EEXIST` if the name is taken, else `EPERM`, or what is wrong with the path.
    pub fn make_special(&mut self, place: Place<'_>) -> Result<()> {
        let found = self.resolve(place, Rule::Parent)?;
        self.absent(&found)?;
        Err(Errno::Perm.into())
    }

    fn make(&mut self, found: &Found, node: impl FnOnce(&Self) -> NewNode) -> Result<()> {
        let node = node(self);
        let name = found.name(Errno::Exist)?;
        self.absent(found)?;
        // A trailing slash is for directories.
        if found.slash && !matches!(node.body, NewBody::Directory) {
            return Err(Errno::Noent.into());
        }
        let NodeId::Memory(parent) = found.parent else { return Err(Errno::Rofs.into()) };
        self.is_alive(parent)?;
        self.may_change(found.parent)?;
        self.create(parent, name, node)?;
        Ok(())
    }

    /// Checks that a name is free.
    fn absent(&mut self, found: &Found) -> Result<()> {
        let name = found.name(Errno::Exist)?;
        let taken = self.attempt(|vfs| vfs.child(found.parent, name))?;
        if taken.is_some() { Err(Errno::Exist.into()) } else { Ok(()) }
    }

    /// Removes a name that is not a directory's. The file stays as long as it is open.
    ///
    /// # Errors
    ///
    /// `EISDIR`, `ENOENT`, `ENOTDIR`, `EACCES`, `EROFS`.
    pub fn unlink(&mut self, place: Place<'_>) -> Result<()> {
        self.attempt(|vfs| vfs.find_and_unlink(place))
    }

    fn find_and_unlink(&mut self, place: Place<'_>) -> Result<()> {
        let found = self.walk_path(place, Rule::Parent)?;
        let name = found.name(Errno::Isdir)?;
        let (parent, node) = self.removable(&found)?;
        let directory = self.is_directory(node);
        if found.slash {
            return Err(if directory { Errno::Isdir } else { Errno::Notdir }.into());
        }
        self.may_change(found.parent)?;
        if directory {
            return Err(Errno::Isdir.into());
        }
        self.prepare_removal(parent, name, node)?;
        self.tick();
        self.note_removed(parent, name);
        Ok(self.tree.unlink(parent, name, self.now)?)
    }

    /// Removes an empty directory. It stays, without a name, as long as it is open or a
    /// working directory.
    ///
    /// # Errors
    ///
    /// `ENOTDIR`, `ENOTEMPTY` (also for `..`), `EINVAL` for `.`, `EBUSY` for the root or a mount,
    /// `ENOENT`, `EACCES`, `EROFS`.
    pub fn remove_directory(&mut self, place: Place<'_>) -> Result<()> {
        self.attempt(|vfs| vfs.find_and_remove_directory(place))
    }

    fn find_and_remove_directory(&mut self, place: Place<'_>) -> Result<()> {
        let found = self.walk_path(place, Rule::Parent)?;
        let name = match &found.last {
            Last::Name(name) => name,
            Last::Dot => return Err(Errno::Inval.into()),
            Last::DotDot => return Err(Errno::Notempty.into()),
            Last::Root => return Err(Errno::Busy.into()),
        };
        let (parent, node) = self.removable(&found)?;
        self.may_change(found.parent)?;
        if !self.is_directory(node) {
            return Err(Errno::Notdir.into());
        }
        let inode = self.movable(node)?;
        if self.is_full(inode)? {
            return Err(Errno::Notempty.into());
        }
        self.prepare_removal(parent, name, node)?;
        self.tick();
        self.note_removed(parent, name);
        Ok(self.tree.unlink(parent, name, self.now)?)
    }

    /// Returns the directory in memory that holds a name, and what is there.
    fn removable(&mut self, found: &Found) -> Result<(u64, NodeId)> {
        let NodeId::Memory(parent) = found.parent else { return Err(Errno::Rofs.into()) };
        if self.is_read_only(found.parent) {
            return Err(Errno::Rofs.into());
        }
        let name = found.name(Errno::Isdir)?;
        let node = self.child(found.parent, name)?.ok_or(Errno::Noent)?;
        Ok((parent, node))
    }

    /// Returns where a symbolic link leads.
    ///
    /// # Errors
    ///
    /// `EINVAL` if it is none, or what is wrong with the path.
    pub fn read_link(&mut self, place: Place<'_>) -> Result<Vec<u8>> {
        let node = self.lookup(place, Rule::NoFollow)?;
        let target = self.link_target(node)?;
        self.note_read(node);
        Ok(target.to_vec())
    }

    /// Checks that a directory may be moved to another one, which changes its `..`.
    pub(super) fn may_move(&self, node: NodeId) -> std::result::Result<(), Errno> {
        if self.kind(node)? != Kind::Directory {
            return Ok(());
        }
        self.may(node, Access { read: false, write: true })
    }
}
