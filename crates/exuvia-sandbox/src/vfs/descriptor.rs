//! Descriptors: the guest's numbers, and what they stand for.

mod saved;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::Vfs;
use super::errno::{Errno, Result};
use super::flags::{Access, OpenFlags};
use super::node::NodeId;
use super::pipe::Pipe;

type Plain<T> = std::result::Result<T, Errno>;

/// The two ends of a new pipe.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PipeEnds {
    /// The descriptor to read from.
    pub read: i32,
    /// The descriptor to write to.
    pub write: i32,
}

/// How a descriptor is duplicated by [`Vfs::duplicate`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct DuplicateFrom {
    /// The new descriptor is the lowest free one that is not below this.
    pub lowest: i32,
    /// Its close-on-exec flag.
    pub close_on_exec: bool,
}

/// Where a descriptor is duplicated to by [`Vfs::duplicate_to`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DuplicateTo {
    /// The new descriptor; what is open there is closed.
    pub number: i32,
    /// Its close-on-exec flag.
    pub close_on_exec: bool,
}

/// What is behind a descriptor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Object {
    Node(NodeId),
    PipeReader(u64),
    PipeWriter(u64),
}

/// An open file: duplicated descriptors share one.
#[derive(Debug, Clone)]
pub(super) struct Description {
    pub(super) object: Object,
    pub(super) flags: OpenFlags,
    pub(super) access: Access,
    /// The offset in a file, or the cookie of the last entry read from a directory.
    pub(super) position: u64,
    references: u32,
}

impl Description {
    /// Returns the node behind it; `None` for a pipe.
    pub(super) fn node(&self) -> Option<NodeId> {
        match self.object {
            Object::Node(node) => Some(node),
            Object::PipeReader(_) | Object::PipeWriter(_) => None,
        }
    }

    /// Returns what a pipe operation fails with that would have to wait: nobody but the guest
    /// itself, which is waiting, could ever end the wait.
    pub(super) fn would_block(&self) -> Errno {
        if self.flags.contains(OpenFlags::NON_BLOCKING) { Errno::Again } else { Errno::Deadlk }
    }
}

#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
struct Descriptor {
    description: u64,
    close_on_exec: bool,
}

/// The table of descriptors. It never has more than `limit` places, however high the numbers
/// that a guest asks for.
#[derive(Debug, Clone)]
pub(super) struct Descriptors {
    table: Vec<Option<Descriptor>>,
    descriptions: BTreeMap<u64, Description>,
    pipes: BTreeMap<u64, Pipe>,
    /// The next description or pipe.
    next: u64,
    limit: usize,
}

impl Descriptors {
    pub(super) fn new(limit: u32) -> Self {
        // A descriptor is an `i32`.
        let limit = usize::try_from(limit.min(i32::MAX.cast_unsigned())).unwrap_or(usize::MAX);
        Self { table: Vec::new(), descriptions: BTreeMap::new(), pipes: BTreeMap::new(), next: 0, limit }
    }

    /// Returns the open file behind a descriptor, even one opened with `O_PATH`.
    pub(super) fn get(&self, fd: i32) -> Plain<&Description> {
        let id = self.entry(fd)?.description;
        self.descriptions.get(&id).ok_or(Errno::Badf)
    }

    /// Like [`get`](Self::get), but `EBADF` for a descriptor opened with `O_PATH`.
    pub(super) fn usable(&self, fd: i32) -> Plain<&Description> {
        let description = self.get(fd)?;
        let usable = !description.flags.contains(OpenFlags::PATH);
        if usable { Ok(description) } else { Err(Errno::Badf) }
    }

    pub(super) fn get_mut(&mut self, fd: i32) -> Plain<&mut Description> {
        let id = self.entry(fd)?.description;
        self.descriptions.get_mut(&id).ok_or(Errno::Badf)
    }

    /// Returns whether a node is open.
    pub(super) fn have(&self, node: NodeId) -> bool {
        self.descriptions.values().any(|description| description.object == Object::Node(node))
    }

    pub(super) fn pipe_mut(&mut self, pipe: u64) -> Plain<&mut Pipe> {
        self.pipes.get_mut(&pipe).ok_or(Errno::Badf)
    }

    pub(super) fn pipe(&self, pipe: u64) -> Plain<&Pipe> {
        self.pipes.get(&pipe).ok_or(Errno::Badf)
    }

    /// Returns the lowest free descriptor.
    pub(super) fn free(&self, lowest: usize) -> Plain<usize> {
        let beyond = lowest.max(self.table.len());
        let free = (lowest..self.table.len()).find(|at| self.table[*at].is_none());
        let at = free.unwrap_or(beyond);
        if at < self.limit { Ok(at) } else { Err(Errno::Mfile) }
    }

    /// Opens an object at the lowest free descriptor. The caller keeps the object alive.
    pub(super) fn open(&mut self, object: Object, flags: OpenFlags, access: Access) -> Plain<i32> {
        let at = self.free(0)?;
        let id = self.next;
        self.next += 1;
        let status = flags.status();
        let description = Description { object, flags: status, access, position: 0, references: 0 };
        self.descriptions.insert(id, description);
        let close_on_exec = flags.contains(OpenFlags::CLOSE_ON_EXEC);
        self.place(at, Descriptor { description: id, close_on_exec })
    }

    fn place(&mut self, at: usize, descriptor: Descriptor) -> Plain<i32> {
        let fd = i32::try_from(at).map_err(|_| Errno::Mfile)?;
        if let Some(description) = self.descriptions.get_mut(&descriptor.description) {
            description.references += 1;
        }
        if self.table.len() <= at {
            self.table.resize(at + 1, None);
        }
        self.table[at] = Some(descriptor);
        Ok(fd)
    }

    /// Frees a descriptor and returns the object that nothing refers to any more, if any.
    fn close(&mut self, fd: i32) -> Plain<Option<Object>> {
        let id = self.entry(fd)?.description;
        if let Some(slot) = usize::try_from(fd).ok().and_then(|at| self.table.get_mut(at)) {
            *slot = None;
        }
        let description = self.descriptions.get_mut(&id).ok_or(Errno::Badf)?;
        description.references -= 1;
        if description.references > 0 {
            return Ok(None);
        }
        let description = self.descriptions.remove(&id).ok_or(Errno::Badf)?;
        self.close_pipe_end(description.object);
        Ok(Some(description.object))
    }

    fn close_pipe_end(&mut self, object: Object) {
        let (id, readers, writers) = match object {
            Object::Node(_) => return,
            Object::PipeReader(id) => (id, 1, 0),
            Object::PipeWriter(id) => (id, 0, 1),
        };
        let Some(pipe) = self.pipes.get_mut(&id) else { return };
        pipe.readers -= readers;
        pipe.writers -= writers;
        if pipe.readers == 0 && pipe.writers == 0 {
            self.pipes.remove(&id);
        }
    }

    fn entry(&self, fd: i32) -> Plain<&Descriptor> {
        let at = usize::try_from(fd).map_err(|_| Errno::Badf)?;
        self.table.get(at).and_then(Option::as_ref).ok_or(Errno::Badf)
    }

    fn entry_mut(&mut self, fd: i32) -> Plain<&mut Descriptor> {
        let at = usize::try_from(fd).map_err(|_| Errno::Badf)?;
        self.table.get_mut(at).and_then(Option::as_mut).ok_or(Errno::Badf)
    }
}

impl Vfs {
    /// Closes a descriptor. A file without a name goes with its last descriptor.
    ///
    /// # Errors
    ///
    /// `EBADF`.
    pub fn close(&mut self, fd: i32) -> Result<()> {
        if let Some(Object::Node(node)) = self.descriptors.close(fd)? {
            self.unpin(node);
        }
        Ok(())
    }

    /// Duplicates a descriptor (`dup`, `F_DUPFD`).
    ///
    /// # Errors
    ///
    /// `EBADF`; `EINVAL` if `lowest` is no possible descriptor; `EMFILE` if none is free.
    pub fn duplicate(&mut self, fd: i32, from: DuplicateFrom) -> Result<i32> {
        let description = self.descriptors.entry(fd)?.description;
        let lowest = usize::try_from(from.lowest).map_err(|_| Errno::Inval)?;
        if lowest >= self.descriptors.limit {
            return Err(Errno::Inval.into());
        }
        let at = self.descriptors.free(lowest)?;
        let descriptor = Descriptor { description, close_on_exec: from.close_on_exec };
        Ok(self.descriptors.place(at, descriptor)?)
    }

    /// Duplicates a descriptor to a given number (`dup2`). If it has that number already this
    /// does nothing; `dup3` fails with `EINVAL` then, which its caller checks.
    ///
    /// # Errors
    ///
    /// `EBADF` if `fd` is not open or the number is no possible descriptor.
    pub fn duplicate_to(&mut self, fd: i32, to: DuplicateTo) -> Result<i32> {
        let description = self.descriptors.entry(fd)?.description;
        let at = usize::try_from(to.number).map_err(|_| Errno::Badf)?;
        if at >= self.descriptors.limit {
            return Err(Errno::Badf.into());
        }
        if fd == to.number {
            return Ok(fd);
        }
        if self.descriptors.entry(to.number).is_ok() {
            self.close(to.number)?;
        }
        Ok(self.descriptors.place(at, Descriptor { description, close_on_exec: to.close_on_exec })?)
    }

    /// Makes a pipe of [`PIPE_BYTES_MAX`](super::PIPE_BYTES_MAX) bytes. Of the flags, only
    /// [`NON_BLOCKING`](OpenFlags::NON_BLOCKING) and [`CLOSE_ON_EXEC`](OpenFlags::CLOSE_ON_EXEC)
    /// count.
    ///
    /// # Errors
    ///
    /// `EMFILE`.
    pub fn pipe(&mut self, flags: OpenFlags) -> Result<PipeEnds> {
        let table = &mut self.descriptors;
        let first = table.free(0)?;
        table.free(first + 1)?;
        let id = table.next;
        table.next += 1;
        table.pipes.insert(id, Pipe::new());
        let kept = OpenFlags::NON_BLOCKING | OpenFlags::CLOSE_ON_EXEC;
        let kept = OpenFlags::from_bits(flags.bits() & kept.bits());
        let read = Access { read: true, write: false };
        let write = Access { read: false, write: true };
        let read = table.open(Object::PipeReader(id), kept, read)?;
        let write = table.open(Object::PipeWriter(id), kept | OpenFlags::WRITE_ONLY, write)?;
        Ok(PipeEnds { read, write })
    }

    /// Returns the close-on-exec flag (`F_GETFD`).
    ///
    /// # Errors
    ///
    /// `EBADF`.
    pub fn close_on_exec(&self, fd: i32) -> Result<bool> {
        Ok(self.descriptors.entry(fd)?.close_on_exec)
    }

    /// Sets the close-on-exec flag (`F_SETFD`).
    ///
    /// # Errors
    ///
    /// `EBADF`.
    pub fn set_close_on_exec(&mut self, fd: i32, close_on_exec: bool) -> Result<()> {
        self.descriptors.entry_mut(fd)?.close_on_exec = close_on_exec;
        Ok(())
    }

    /// Returns the access mode and status flags (`F_GETFL`).
    ///
    /// # Errors
    ///
    /// `EBADF`.
    pub fn status_flags(&self, fd: i32) -> Result<OpenFlags> {
        Ok(self.descriptors.get(fd)?.flags)
    }

    /// Sets `O_APPEND` and `O_NONBLOCK`; everything else in `flags` is ignored (`F_SETFL`).
    ///
    /// # Errors
    ///
    /// `EBADF`.
    pub fn set_status_flags(&mut self, fd: i32, flags: OpenFlags) -> Result<()> {
        self.descriptors.usable(fd)?;
        let description = self.descriptors.get_mut(fd)?;
        description.flags = description.flags.with_status(flags);
        Ok(())
    }

    /// Checks that a descriptor is open, and does nothing else: what file locks come to, since the guest is alone.
    ///
    /// # Errors
    ///
    /// `EBADF`.
    pub fn check_descriptor(&self, fd: i32) -> Result<()> {
        self.descriptors.usable(fd)?;
        Ok(())
    }

    /// Returns how many descriptors are open.
    #[must_use]
    pub fn open_count(&self) -> usize {
        self.descriptors.table.iter().flatten().count()
    }
}
