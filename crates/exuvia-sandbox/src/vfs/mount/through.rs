//! Mounts that can be written to: the host makes each change before it is made here.

use exuvia_core::{MountMode, MountOperation, MountRequest};

use super::told::path_of;
use super::{Errno, NodeId, Result, Vfs};
use crate::vfs::node::{Body, Mounted, Name, Timestamp, Told};
use crate::vfs::path::components;
use crate::vfs::rename::Move;
use crate::vfs::tree::{NewBody, NewNode};

/// The most bytes of one write that goes to the host: a longer one is done in pieces.
pub const WRITE_BYTES_MAX: usize = 1 << 20;

/// What of permission bits reaches the host: nobody but the owner may write, and no program runs as somebody else.
const MODE_MASK: u32 = 0o755;

impl Vfs {
    /// Returns the mode of the mount in which a node is.
    pub(super) fn mode_of(&self, inode: u64) -> Option<MountMode> {
        self.mount_of(inode).map(|mount| self.mounts.mode(mount))
    }

    fn is_through(&self, inode: u64) -> bool {
        self.mode_of(inode) == Some(MountMode::ReadWrite)
    }

    /// Has the host do something with a node.
    fn confirm(&mut self, inode: u64, operation: impl FnOnce(Vec<u8>) -> MountOperation) -> Result<()> {
        let (mount, path) = self.host_path(inode)?;
        self.mounts.confirm(MountRequest { mount, operation: operation(path) })
    }

    /// Makes a node under a name that is free.
    pub(in crate::vfs) fn create(&mut self, parent: u64, name: &Name, mut node: NewNode) -> Result<u64> {
        let Some(mount) = self.mount_of(parent) else {
            self.tick();
            node.now = self.now;
            return Ok(self.tree.create(parent, name, node)?);
        };
        self.tree.room_for(&node)?;
        let told = match self.mounts.mode(mount) {
            MountMode::ReadOnly => return Err(Errno::Rofs.into()),
            MountMode::Overlay => None,
            MountMode::ReadWrite => Some(self.create_with_host(parent, name, &mut node)?),
        };
        self.tick();
        node.now = self.now;
        let (name, moved_from) = (name.clone(), None);
        node.mounted = Some(Mounted { mount, parent, name: name.clone(), told, moved_from, changed: false });
        let directory = matches!(node.body, NewBody::Directory);
        let inode = self.tree.create(parent, &name, node)?;
        if told.is_some() {
            self.tree.outside.inodes += 1;
            if directory {
                self.mounts.note_listed(inode);
            }
        }
        Ok(inode)
    }

    fn create_with_host(&mut self, parent: u64, name: &Name, node: &mut NewNode) -> Result<Told> {
        let (mount, path) = self.host_path_of_child(parent, name)?;
        if !matches!(node.body, NewBody::Symlink(_)) {
            node.mode &= MODE_MASK;
        }
        let mode = node.mode;
        let (size, operation) = match &node.body {
            NewBody::File(_) => (0, MountOperation::Create { path, mode }),
            NewBody::Directory => (0, MountOperation::MakeDirectory { path, mode }),
            NewBody::Symlink(target) if !only_descends(target) => return Err(Errno::Perm.into()),
            NewBody::Symlink(target) => {
                (target.len() as u64, MountOperation::MakeSymlink { path, target: target.to_vec() })
            }
            NewBody::Special(_) => return Err(Errno::Perm.into()),
        };
        self.mounts.confirm(MountRequest { mount, operation })?;
        let directory = matches!(node.body, NewBody::Directory);
        let modified = self.now.to_nanoseconds();
        Ok(Told { inode: self.tree.next_inode(), size: Some(size), modified, directory })
    }

    /// Has the host remove a name.
    pub(in crate::vfs) fn prepare_removal(&mut self, parent: u64, name: &Name, node: NodeId) -> Result<()> {
        let NodeId::Memory(inode) = node else { return Err(Errno::Busy.into()) };
        self.room_for_removal(parent)?;
        if !self.is_through(parent) {
            return Ok(());
        }
        self.keep_if_open(inode)?;
        let (mount, path) = self.host_path_of_child(parent, name)?;
        let operation = if self.is_directory(node) {
            MountOperation::RemoveDirectory { path }
        } else {
            MountOperation::Unlink { path }
        };
        self.mounts.confirm(MountRequest { mount, operation })?;
        self.let_go(inode);
        Ok(())
    }

    /// Has the host rename something.
    pub(in crate::vfs) fn prepare_rename(&mut self, step: &Move) -> Result<()> {
        let (NodeId::Memory(from), NodeId::Memory(to)) = (step.from, step.to) else { return Err(Errno::Rofs.into()) };
        self.room_for_removal(from)?;
        if !self.is_through(from) {
            return Ok(());
        }
        let replaced = match step.replaced {
            Some(NodeId::Memory(replaced)) => Some(replaced),
            _ => None,
        };
        if let Some(replaced) = replaced {
            self.keep_if_open(replaced)?;
        }
        let (mount, from) = self.host_path_of_child(from, &step.from_name)?;
        let (_, to) = self.host_path_of_child(to, &step.to_name)?;
        self.mounts.confirm(MountRequest { mount, operation: MountOperation::Rename { from, to } })?;
        if let Some(replaced) = replaced {
            self.let_go(replaced);
        }
        Ok(())
    }

    /// Fetches all of a file that is open, since it can still be used when the host has it no more.
    fn keep_if_open(&mut self, inode: u64) -> Result<()> {
        if self.tree.get(inode).is_none_or(|node| node.pins == 0) {
            return Ok(());
        }
        let mut from = 0;
        while let Some(Body::File(content)) = self.tree.get(inode).map(|node| &node.body)
            && let Some(missing) = content.missing_from(from)
        {
            if content.beneath() - missing.start > self.tree.free_bytes() {
                return Err(Errno::Nospc.into());
            }
            self.fill(inode, missing.clone())?;
            from = missing.end;
        }
        Ok(())
    }

    /// Takes the host's bytes of a part of a file over.
    pub(super) fn fill(&mut self, inode: u64, part: std::ops::Range<u64>) -> Result<()> {
        let bytes = self.bytes_beneath(inode, part.start)?;
        let length = usize::try_from(part.end - part.start).map_err(|_| Errno::Overflow)?;
        let bytes = bytes.get(..length).ok_or(Errno::Io)?;
        Ok(self.tree.edit(inode, |content, _| content.fill(part.start, bytes))?)
    }

    /// Notes that the host has a node no more. What is open of it is the sandbox's own from now on.
    fn let_go(&mut self, inode: u64) {
        let Some(node) = self.tree.get(inode) else { return };
        let size = node.told().and_then(|told| told.size).unwrap_or(0);
        let outside = &mut self.tree.outside;
        outside.inodes = outside.inodes.saturating_sub(1);
        outside.bytes = outside.bytes.saturating_sub(size);
        self.mounts.blocks.forget(inode);
        self.mounts.note_unlisted(inode);
        self.tree.set_mounted(inode, None);
        // What nobody has open is not here, and goes at once.
        let _not_a_file = self.tree.edit(inode, |content, _| content.detach());
    }

    /// Writes to a file as much as can be written at once.
    pub(in crate::vfs) fn write_file_at(&mut self, inode: u64, offset: u64, data: &[u8]) -> Result<usize> {
        match self.mode_of(inode) {
            Some(MountMode::ReadWrite) => return self.write_through(inode, offset, data),
            Some(_) => self.copy_up(inode, offset, data.len())?,
            None => {}
        }
        Ok(self.tree.edit(inode, |content, free| content.write_at(offset, data, free))?)
    }

    fn write_through(&mut self, inode: u64, offset: u64, data: &[u8]) -> Result<usize> {
        let data = &data[..data.len().min(WRITE_BYTES_MAX)];
        let size = self.length(NodeId::Memory(inode))?;
        let end = offset + data.len() as u64;
        if end.saturating_sub(size) > self.tree.free_bytes() {
            return Err(Errno::Nospc.into());
        }
        self.confirm(inode, |path| MountOperation::Write { path, offset, bytes: data.to_vec() })?;
        self.note_through(inode, offset, end.max(size));
        Ok(data.len())
    }

    /// Notes that a file has changed with the host from this offset on, and how large it is now.
    fn note_through(&mut self, inode: u64, offset: u64, size: u64) {
        let before = self.length(NodeId::Memory(inode)).unwrap_or(0);
        let outside = &mut self.tree.outside.bytes;
        *outside = outside.saturating_add(size.saturating_sub(before)).saturating_sub(before.saturating_sub(size));
        self.mounts.blocks.forget_from(inode, offset.min(before).min(size) / super::MOUNT_BLOCK_BYTES);
        // Pieces that were fetched for a removal that did not come to pass would be out of date.
        let _always_a_file = self.tree.edit(inode, |content, _| content.set_length(0));
        self.set_told_size(inode, size);
    }

    /// Has the host cut or extend a file.
    pub(in crate::vfs) fn prepare_size(&mut self, inode: u64, size: u64) -> Result<()> {
        if !self.is_through(inode) {
            return Ok(());
        }
        if size.saturating_sub(self.length(NodeId::Memory(inode))?) > self.tree.free_bytes() {
            return Err(Errno::Nospc.into());
        }
        self.confirm(inode, |path| MountOperation::SetSize { path, size })
    }

    pub(in crate::vfs) fn apply_size(&mut self, inode: u64, size: u64) -> Result<()> {
        if self.is_through(inode) {
            self.note_through(inode, size, size);
        } else {
            self.tree.edit(inode, |content, _| content.set_length(size))?;
        }
        self.tree.note_write(inode, self.now);
        Ok(())
    }

    /// Has the host set permission bits. Returns those that are set.
    pub(in crate::vfs) fn prepare_mode(&mut self, id: NodeId, mode: u32) -> Result<u32> {
        let NodeId::Memory(inode) = id else { return Err(Errno::Rofs.into()) };
        if self.is_through(inode) {
            let mode = mode & MODE_MASK;
            self.confirm(inode, |path| MountOperation::SetMode { path, mode })?;
            return Ok(mode);
        }
        self.note_changed(inode);
        Ok(mode)
    }

    /// Has the host set times.
    pub(in crate::vfs) fn prepare_times(
        &mut self,
        inode: u64,
        accessed: Option<Timestamp>,
        modified: Option<Timestamp>,
    ) -> Result<()> {
        if self.is_through(inode) {
            let [accessed, modified] = [accessed, modified].map(|time| time.map(Timestamp::to_nanoseconds));
            return self.confirm(inode, |path| MountOperation::SetTimes { path, accessed, modified });
        }
        self.note_changed(inode);
        Ok(())
    }

    /// Makes what was written to a file last (`fsync`, `fdatasync`): for files in memory there is nothing to do.
    ///
    /// # Errors
    ///
    /// `EBADF`, or what the host says.
    pub fn sync(&mut self, fd: i32) -> Result<()> {
        let node = self.descriptors.usable(fd)?.node();
        match node {
            Some(NodeId::Memory(inode)) if self.is_through(inode) => {
                self.attempt(|vfs| vfs.confirm(inode, |path| MountOperation::Sync { path }))
            }
            _ => Ok(()),
        }
    }

    /// Forgets the listing in which something was to be changed that the host finds otherwise than it has told, so that
    /// the guest sees what is there now.
    pub(super) fn doubt(&mut self, operation: &MountOperation, mount: u32) {
        if !operation.changes() {
            return;
        }
        self.doubt_above(path_of(operation), mount);
        if let MountOperation::Rename { to, .. } = operation {
            self.doubt_above(to, mount);
        }
    }

    fn doubt_above(&mut self, path: &[u8], mount: u32) {
        let names: Vec<&[u8]> = components(path).collect();
        let Some(mut at) = self.mounts.root(mount) else { return };
        for name in &names[..names.len().saturating_sub(1)] {
            match self.tree.directory(at).ok().and_then(|directory| directory.get(name)) {
                Some(NodeId::Memory(child)) => at = child,
                _ => return,
            }
        }
        self.forget_listings(at);
    }
}

/// Returns whether a link's target can lead nowhere but down from the directory in which the link is, wherever that is
/// moved to. Only such links are made in the host's folders, where other programs follow them.
fn only_descends(target: &[u8]) -> bool {
    !target.starts_with(b"/") && components(target).all(|name| name != b"..")
}
