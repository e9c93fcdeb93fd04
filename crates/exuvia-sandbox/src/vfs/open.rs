//! Opening files.

use super::Vfs;
use super::content::Content;
use super::descriptor::Object;
use super::errno::{Errno, Result};
use super::flags::{Access, OpenFlags};
use super::node::{Kind, NodeId, Owner, Special};
use super::path::Place;
use super::resolve::{Found, Rule};
use super::tree::{NewBody, NewNode};

impl Vfs {
    /// Opens a file, creating it if the flags say so, at the lowest free descriptor. `mode` is
    /// the permission bits of a new file, before the umask. Close-on-exec is taken from the flags.
    ///
    /// # Errors
    ///
    /// As Linux's `open`. In particular `EMFILE` before anything about the path, `EINVAL` for
    /// flags that contradict each other, `ENXIO` for `/dev/tty`.
    pub fn open(&mut self, place: Place<'_>, flags: OpenFlags, mode: u32) -> Result<i32> {
        let flags = if flags.contains(OpenFlags::PATH) { flags.of_path_handle() } else { flags };
        let access = flags.access().ok_or(Errno::Inval)?;
        if flags.contains(OpenFlags::TEMPORARY) {
            return self.open_temporary(place, flags, mode);
        }
        if flags.contains(OpenFlags::CREATE | OpenFlags::DIRECTORY) {
            return Err(Errno::Inval.into());
        }
        super::path::Cursor::new(place.path)?;
        self.descriptors.free(0)?;
        self.attempt(|vfs| vfs.find_and_open(place, flags, access, mode))
    }

    fn find_and_open(&mut self, place: Place<'_>, flags: OpenFlags, access: Access, mode: u32) -> Result<i32> {
        let create = flags.contains(OpenFlags::CREATE);
        let exclusive = create && flags.contains(OpenFlags::EXCLUSIVE);
        let stay = exclusive || flags.contains(OpenFlags::NO_FOLLOW);
        let rule = match (create, stay) {
            (true, true) => Rule::CreateNew,
            (true, false) => Rule::Create,
            (false, true) => Rule::NoFollow,
            (false, false) => Rule::Follow,
        };
        let found = self.walk_path(place, rule)?;
        match found.node {
            Some(_) if exclusive => Err(Errno::Exist.into()),
            Some(node) => self.open_existing(node, flags, access),
            None if create => self.open_new(&found, flags, access, mode),
            None => Err(Errno::Noent.into()),
        }
    }

    fn open_existing(&mut self, node: NodeId, flags: OpenFlags, access: Access) -> Result<i32> {
        let kind = self.kind(node)?;
        let truncate = flags.contains(OpenFlags::TRUNCATE);
        if kind == Kind::Directory && flags.contains(OpenFlags::CREATE) {
            return Err(Errno::Isdir.into());
        }
        if kind != Kind::Directory && flags.contains(OpenFlags::DIRECTORY) {
            return Err(Errno::Notdir.into());
        }
        if flags.contains(OpenFlags::PATH) {
            return self.open_node(node, flags, Access::default());
        }
        match kind {
            Kind::Symlink => return Err(Errno::Loop.into()),
            Kind::Directory if access.write || truncate => return Err(Errno::Isdir.into()),
            _ => {}
        }
        self.may(node, Access { write: access.write || truncate, ..access })?;
        // A console that is not there, as on a machine without one.
        if kind == Kind::Special(Special::Tty) {
            return Err(Errno::Nxio.into());
        }
        if truncate
            && kind == Kind::File
            && let NodeId::Memory(inode) = node
        {
            self.prepare_size(inode, 0)?;
            self.tick();
            self.apply_size(inode, 0)?;
        }
        self.open_node(node, flags, access)
    }

    fn open_new(&mut self, found: &Found, flags: OpenFlags, access: Access, mode: u32) -> Result<i32> {
        let name = found.name(Errno::Isdir)?;
        if !matches!(found.parent, NodeId::Memory(_)) {
            return Err(Errno::Rofs.into());
        }
        // The order of Linux: a removed directory is a missing one, whatever its mode says.
        if let NodeId::Memory(inode) = found.parent {
            self.is_alive(inode)?;
        }
        let parent = self.may_change(found.parent)?;
        let file = self.new_file(mode);
        let inode = self.create(parent, name, file)?;
        self.open_node(NodeId::Memory(inode), flags, access)
    }

    /// Opens a file without a name (`O_TMPFILE`).
    fn open_temporary(&mut self, place: Place<'_>, flags: OpenFlags, mode: u32) -> Result<i32> {
        let access = flags.access().filter(|access| access.write).ok_or(Errno::Inval)?;
        if flags.contains(OpenFlags::CREATE) {
            return Err(Errno::Inval.into());
        }
        self.descriptors.free(0)?;
        let stay = flags.contains(OpenFlags::NO_FOLLOW);
        let directory = self.lookup(place, if stay { Rule::NoFollow } else { Rule::Follow })?;
        if !self.is_directory(directory) {
            return Err(Errno::Notdir.into());
        }
        self.may_change(directory)?;
        // In a mount too it stays in the sandbox: without a name nobody else could find it.
        let inode = self.tree.create_unnamed(self.new_file(mode))?;
        self.open_node(NodeId::Memory(inode), flags, access)
    }

    fn new_file(&self, mode: u32) -> NewNode {
        self.new_node(NewBody::File(Content::default()), mode & 0o7777 & !self.umask)
    }

    /// Describes a node that the guest makes now.
    pub(super) fn new_node(&self, body: NewBody, mode: u32) -> NewNode {
        NewNode { body, mode, owner: Owner::Guest, now: self.now, mounted: None }
    }

    fn open_node(&mut self, node: NodeId, flags: OpenFlags, access: Access) -> Result<i32> {
        let fd = self.descriptors.open(Object::Node(node), flags, access)?;
        self.pin(node);
        Ok(fd)
    }
}
