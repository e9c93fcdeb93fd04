//! Permissions, owners and times.

use super::Vfs;
use super::errno::{Errno, Result};
use super::flags::Access;
use super::node::{GUEST_ID, Kind, Node, NodeId, Owner, Timestamp};
use super::path::{Place, Target};
use super::resolve::Rule;

/// What `access` asks about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct AccessMode {
    /// Whether it can be read.
    pub read: bool,
    /// Whether it can be written.
    pub write: bool,
    /// Whether it can be executed, or searched if it is a directory.
    pub execute: bool,
}

impl AccessMode {
    /// Takes the bits of `access(2)`; `None` if there are others.
    #[must_use]
    pub fn from_bits(bits: u32) -> Option<Self> {
        let mode = Self { read: bits & 4 != 0, write: bits & 2 != 0, execute: bits & 1 != 0 };
        (bits & !7 == 0).then_some(mode)
    }
}

/// New owners of a file; `None` (-1 in C) leaves one as it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Ownership {
    /// The user.
    pub user: Option<u32>,
    /// The group.
    pub group: Option<u32>,
}

/// What happens to one of a file's times.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TimeChange {
    /// Nothing (`UTIME_OMIT`).
    Omit,
    /// It becomes the current time (`UTIME_NOW`, and a null pointer).
    Now,
    /// It becomes this.
    Set(Timestamp),
}

/// What happens to the two times that can be set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TimeChanges {
    /// The time of the last read.
    pub accessed: TimeChange,
    /// The time of the last change of contents.
    pub modified: TimeChange,
}

impl Vfs {
    /// Checks what the guest may do with a file (`access`). With nothing asked for, only that it
    /// exists.
    ///
    /// # Errors
    ///
    /// `EACCES`, `EROFS`, or what is wrong with the path.
    pub fn access(&mut self, place: Place<'_>, mode: AccessMode) -> Result<()> {
        let node = self.lookup(place, Rule::Follow)?;
        self.may(node, Access { read: mode.read, write: mode.write })?;
        if mode.execute {
            self.may_search(node)?;
        }
        Ok(())
    }

    /// Sets the 12 permission bits.
    ///
    /// # Errors
    ///
    /// `EPERM` for the system's files, `EROFS`, `EOPNOTSUPP` for a link itself, `EBADF`.
    pub fn set_mode(&mut self, target: Target<'_>, mode: u32) -> Result<()> {
        self.attempt(|vfs| {
            let Some(id) = vfs.changeable(target)? else { return Ok(()) };
            if vfs.kind(id)? == Kind::Symlink {
                return Err(Errno::Opnotsupp.into());
            }
            vfs.own(id)?;
            let mode = vfs.prepare_mode(id, mode & 0o7777)?;
            let now = vfs.now;
            let node = vfs.own(id)?;
            node.mode = mode;
            node.times.changed = now;
            Ok(())
        })
    }

    /// Sets the owners: accepted only for the guest's own files and its own ids.
    ///
    /// # Errors
    ///
    /// `EPERM`, `EROFS`, `EBADF`.
    pub fn set_owner(&mut self, target: Target<'_>, owner: Ownership) -> Result<()> {
        let Some(id) = self.changeable(target)? else { return Ok(()) };
        if self.is_read_only(id) {
            return Err(Errno::Rofs.into());
        }
        if owner == Ownership::default() {
            return Ok(());
        }
        let now = self.now;
        let node = self.own(id)?;
        let foreign = |id: Option<u32>| id.is_some_and(|id| id != GUEST_ID);
        if foreign(owner.user) || foreign(owner.group) {
            return Err(Errno::Perm.into());
        }
        node.times.changed = now;
        Ok(())
    }

    /// Sets the times of the last read and the last change of contents.
    ///
    /// # Errors
    ///
    /// `EPERM` to set the times of the system's files, `EACCES` to make them the current time
    /// without write permission, `EROFS`, `EBADF`. Nothing is looked at if both are
    /// [`TimeChange::Omit`].
    pub fn set_times(&mut self, target: Target<'_>, changes: TimeChanges) -> Result<()> {
        let TimeChanges { accessed, modified } = changes;
        if (accessed, modified) == (TimeChange::Omit, TimeChange::Omit) {
            return Ok(());
        }
        self.attempt(|vfs| vfs.find_and_set_times(target, changes))
    }

    fn find_and_set_times(&mut self, target: Target<'_>, changes: TimeChanges) -> Result<()> {
        let TimeChanges { accessed, modified } = changes;
        let Some(id) = self.changeable(target)? else { return Ok(()) };
        let NodeId::Memory(inode) = id else { return Err(Errno::Rofs.into()) };
        if self.is_read_only(id) {
            return Err(Errno::Rofs.into());
        }
        let (_, owner) = self.permissions(id)?;
        if owner != Owner::Guest {
            if (accessed, modified) != (TimeChange::Now, TimeChange::Now) {
                return Err(Errno::Perm.into());
            }
            self.may(id, Access { read: false, write: true })?;
        }
        let now = self.now;
        let new = |change| match change {
            TimeChange::Omit => None,
            TimeChange::Now => Some(now),
            TimeChange::Set(time) => Some(time),
        };
        let (accessed, modified) = (new(accessed), new(modified));
        self.prepare_times(inode, accessed, modified)?;
        let node = self.tree.get_mut(inode).ok_or(Errno::Noent)?;
        node.times.accessed = accessed.unwrap_or(node.times.accessed);
        node.times.modified = modified.unwrap_or(node.times.modified);
        node.times.changed = now;
        Ok(())
    }

    /// Returns the node whose attributes are to be changed; `None` for a pipe, which takes any
    /// change and keeps none. `EBADF` for a descriptor opened with `O_PATH`.
    fn changeable(&mut self, target: Target<'_>) -> Result<Option<NodeId>> {
        if let Target::Fd(fd) = target {
            self.descriptors.usable(fd)?;
        }
        self.target(target)
    }

    /// Returns a node that the guest owns.
    fn own(&mut self, id: NodeId) -> std::result::Result<&mut Node, Errno> {
        let NodeId::Memory(inode) = id else { return Err(Errno::Rofs) };
        if self.is_read_only(id) {
            return Err(Errno::Rofs);
        }
        let (_, owner) = self.permissions(id)?;
        if owner != Owner::Guest {
            return Err(Errno::Perm);
        }
        self.tree.get_mut(inode).ok_or(Errno::Noent)
    }
}
