//! Renaming, with all of Linux's rules.

use super::Vfs;
use super::errno::{Errno, Result};
use super::names::Renaming;
use super::node::{Name, NodeId};
use super::resolve::{Found, Rule};

/// A rename whose two ends are known.
pub(super) struct Move {
    pub(super) from: NodeId,
    pub(super) from_name: Name,
    pub(super) to: NodeId,
    pub(super) to_name: Name,
    pub(super) node: NodeId,
    pub(super) replaced: Option<NodeId>,
}

impl Vfs {
    /// Renames a file or directory, replacing what has the new name.
    ///
    /// # Errors
    ///
    /// `EXDEV` between memory, the library and mounts; `EBUSY` for `.`, `..`, the root and mounts;
    /// `EINVAL` into the directory's own subtree; `ENOTEMPTY`, `EISDIR`, `ENOTDIR`, `EEXIST`,
    /// `ENOENT`, `EACCES`, `EROFS`.
    pub fn rename(&mut self, renaming: Renaming<'_>) -> Result<()> {
        self.attempt(|vfs| vfs.find_and_rename(renaming))
    }

    fn find_and_rename(&mut self, renaming: Renaming<'_>) -> Result<()> {
        let from = self.walk_path(renaming.from, Rule::Parent)?;
        let to = self.walk_path(renaming.to, Rule::Parent)?;
        if self.file_system(from.parent) != self.file_system(to.parent) {
            return Err(Errno::Xdev.into());
        }
        let taken = if renaming.keep_existing { Errno::Exist } else { Errno::Busy };
        let from_name = from.name(Errno::Busy)?.clone();
        let to_name = to.name(taken)?.clone();
        if self.is_read_only(from.parent) {
            return Err(Errno::Rofs.into());
        }
        let node = self.child(from.parent, &from_name)?.ok_or(Errno::Noent)?;
        let replaced = self.child(to.parent, &to_name)?;
        if replaced.is_some() && renaming.keep_existing {
            return Err(Errno::Exist.into());
        }
        let step = Move { from: from.parent, from_name, to: to.parent, to_name, node, replaced };
        self.check_shape(&step, &from, &to)?;
        if replaced == Some(node) {
            return Ok(());
        }
        self.check_move(&step)?;
        self.prepare_rename(&step)?;
        Ok(self.carry_out(&step)?)
    }

    /// Checks trailing slashes, and that neither end lies inside the other.
    fn check_shape(&self, step: &Move, from: &Found, to: &Found) -> Result<()> {
        if !self.is_directory(step.node) && (from.slash || to.slash) {
            return Err(Errno::Notdir.into());
        }
        if self.is_within(step.to, step.node)? {
            return Err(Errno::Inval.into());
        }
        if let Some(replaced) = step.replaced
            && replaced != step.node
            && self.is_within(step.from, replaced)?
        {
            return Err(Errno::Notempty.into());
        }
        Ok(())
    }

    /// Checks permissions and that what is replaced may be.
    fn check_move(&mut self, step: &Move) -> Result<()> {
        self.may_change(step.from)?;
        let NodeId::Memory(to) = step.to else { return Err(Errno::Rofs.into()) };
        let directory = self.is_directory(step.node);
        if let Some(replaced) = step.replaced {
            self.may_change(step.to)?;
            match (directory, self.is_directory(replaced)) {
                (true, false) => return Err(Errno::Notdir.into()),
                (false, true) => return Err(Errno::Isdir.into()),
                _ => {}
            }
        } else {
            self.is_alive(to)?;
            self.may_change(step.to)?;
        }
        if step.from != step.to && matches!(step.node, NodeId::Memory(_)) {
            self.may_move(step.node)?;
        }
        for end in [Some(step.node), step.replaced].into_iter().flatten() {
            // The places of mounts and of the library are fixed.
            let inode = self.movable(end)?;
            if step.replaced == Some(end) && self.is_full(inode)? {
                return Err(Errno::Notempty.into());
            }
        }
        Ok(())
    }

    fn carry_out(&mut self, step: &Move) -> std::result::Result<(), Errno> {
        let (NodeId::Memory(from), NodeId::Memory(to)) = (step.from, step.to) else {
            return Err(Errno::Rofs);
        };
        let directory = self.is_directory(step.node);
        self.tick();
        self.note_removed(from, &step.from_name);
        self.note_removed(to, &step.to_name);
        self.tree.directory_mut(from)?.remove(&step.from_name).ok_or(Errno::Noent)?;
        self.tree.attach(to, &step.to_name, step.node, directory)?;
        self.tree.note_write(from, self.now);
        self.tree.note_write(to, self.now);
        if let NodeId::Memory(inode) = step.node
            && let Some(node) = self.tree.get_mut(inode)
        {
            node.times.changed = self.now;
        }
        if let Some(NodeId::Memory(replaced)) = step.replaced {
            self.tree.forget_name(replaced, self.now);
        }
        Ok(())
    }

    /// Returns whether a directory is `ancestor` or lies below it: work proportional to its depth.
    fn is_within(&self, directory: NodeId, ancestor: NodeId) -> std::result::Result<bool, Errno> {
        let mut at = directory;
        if !self.is_directory(ancestor) {
            return Ok(false);
        }
        loop {
            if at == ancestor {
                return Ok(true);
            }
            let parent = self.parent(at)?;
            if parent == at {
                return Ok(false);
            }
            at = parent;
        }
    }
}
