//! Reading, writing and everything else about the bytes behind a descriptor.

use super::Vfs;
use super::descriptor::Object;
use super::errno::{Errno, Result};
use super::flags::{Access, OpenFlags};
use super::library::LibraryBody;
use super::node::{Body, Kind, NodeId, Special, Stream};
use super::path::Target;

/// How a read or a write ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Io {
    /// So many bytes were read or written: fewer than asked for at the end of a file or a block
    /// of a mount, or when a limit was reached.
    Done(usize),
    /// Nothing was done: the caller makes the host call for this device.
    Device(Device),
}

/// What the host answers for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Device {
    /// Read input.
    Stdin,
    /// Write output.
    Stdout,
    /// Write errors.
    Stderr,
    /// Fill with random bytes, always all of them.
    Random,
}

/// Where a position is counted from, with the distance in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SeekFrom {
    /// From the start (`SEEK_SET`); in a directory, a cookie of
    /// [`DirectoryEntry`](super::DirectoryEntry).
    Start(i64),
    /// From where it is (`SEEK_CUR`).
    Current(i64),
    /// From the end (`SEEK_END`).
    End(i64),
    /// To the next data (`SEEK_DATA`): holes count as data.
    Data(i64),
    /// To the next hole (`SEEK_HOLE`): the only one is at the end.
    Hole(i64),
}

/// Part of a file, as the guest passes it: either number may be negative.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Range {
    /// Where it starts.
    pub offset: i64,
    /// How long it is.
    pub length: i64,
}

/// What can be done with a descriptor at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Readiness {
    /// A read returns something, or the end (`POLLIN`).
    pub readable: bool,
    /// A write takes something (`POLLOUT`).
    pub writable: bool,
    /// All writers of the pipe are gone (`POLLHUP`).
    pub hang_up: bool,
    /// All readers of the pipe are gone (`POLLERR`).
    pub error: bool,
    /// The host knows whether there is input: `readable` is only a guess then.
    pub device: Option<Device>,
}

impl Vfs {
    /// Reads at the descriptor's position and moves it.
    ///
    /// # Errors
    ///
    /// `EBADF` if not open for reading, `EISDIR`; for an empty pipe that has a writer `EAGAIN`
    /// if non-blocking, else `EDEADLK`: the guest is alone, and would wait for itself for ever.
    pub fn read(&mut self, fd: i32, buffer: &mut [u8]) -> Result<Io> {
        let open = self.descriptors.usable(fd)?;
        if !open.access.read {
            return Err(Errno::Badf.into());
        }
        let (position, would_block) = (open.position, open.would_block());
        match open.object {
            Object::PipeReader(pipe) => Ok(Io::Done(self.descriptors.pipe_mut(pipe)?.read(buffer, would_block)?)),
            Object::PipeWriter(_) => Err(Errno::Badf.into()),
            Object::Node(node) => {
                let io = self.read_node(node, position, buffer)?;
                if let (Io::Done(count), Kind::File) = (io, self.kind(node)?) {
                    self.descriptors.get_mut(fd)?.position += count as u64;
                }
                Ok(io)
            }
        }
    }

    /// Reads at a given offset.
    ///
    /// # Errors
    ///
    /// `EINVAL` if it is negative, `ESPIPE` for pipes and streams, else as [`read`](Self::read).
    pub fn read_at(&mut self, fd: i32, buffer: &mut [u8], offset: i64) -> Result<Io> {
        let offset = u64::try_from(offset).map_err(|_| Errno::Inval)?;
        let node = self.seekable(fd)?;
        if !self.descriptors.get(fd)?.access.read {
            return Err(Errno::Badf.into());
        }
        self.read_node(node, offset, buffer)
    }

    /// Writes at the descriptor's position, or the end with `O_APPEND`, and moves it.
    ///
    /// # Errors
    ///
    /// `EBADF` if not open for writing; `EFBIG` or `ENOSPC` if not even one byte fits; `EPIPE`,
    /// without a signal; for a full pipe as [`read`](Self::read) of an empty one.
    pub fn write(&mut self, fd: i32, data: &[u8]) -> Result<Io> {
        let open = self.descriptors.usable(fd)?;
        if !open.access.write {
            return Err(Errno::Badf.into());
        }
        let (position, would_block) = (open.position, open.would_block());
        let append = open.flags.contains(OpenFlags::APPEND);
        match open.object {
            Object::PipeWriter(pipe) => Ok(Io::Done(self.descriptors.pipe_mut(pipe)?.write(data, would_block)?)),
            Object::PipeReader(_) => Err(Errno::Badf.into()),
            Object::Node(node) => {
                let regular = self.kind(node)? == Kind::File;
                let start = if append && regular { self.length(node)? } else { position };
                let io = self.write_node(node, start, data)?;
                if let Io::Done(count) = io
                    && regular
                    && count > 0
                {
                    self.descriptors.get_mut(fd)?.position = start + count as u64;
                }
                Ok(io)
            }
        }
    }

    /// Writes at a given offset; at the end with `O_APPEND`, as Linux does.
    ///
    /// # Errors
    ///
    /// `EINVAL` if it is negative, `ESPIPE` for pipes and streams, else as [`write`](Self::write).
    pub fn write_at(&mut self, fd: i32, data: &[u8], offset: i64) -> Result<Io> {
        let offset = u64::try_from(offset).map_err(|_| Errno::Inval)?;
        let node = self.seekable(fd)?;
        let open = self.descriptors.get(fd)?;
        if !open.access.write {
            return Err(Errno::Badf.into());
        }
        let append = open.flags.contains(OpenFlags::APPEND) && self.kind(node)? == Kind::File;
        let offset = if append { self.length(node)? } else { offset };
        self.write_node(node, offset, data)
    }

    /// Moves the descriptor's position and returns it. Past the end is allowed.
    ///
    /// # Errors
    ///
    /// `EBADF`; `ESPIPE` for pipes and streams; `EINVAL` before the start; `EOVERFLOW`; `ENXIO`
    /// for data or holes past the end.
    pub fn seek(&mut self, fd: i32, to: SeekFrom) -> Result<u64> {
        let node = self.seekable(fd)?;
        let kind = self.kind(node)?;
        if let Kind::Special(_) = kind {
            return Ok(0);
        }
        let position = self.descriptors.get(fd)?.position;
        let length = match kind {
            Kind::File => self.length(node)?,
            _ if matches!(to, SeekFrom::Start(_) | SeekFrom::Current(_)) => 0,
            _ => return Err(Errno::Inval.into()),
        };
        let (base, distance) = match to {
            SeekFrom::Start(distance) => (0, distance),
            SeekFrom::Current(distance) => (position, distance),
            SeekFrom::End(distance) => (length, distance),
            SeekFrom::Data(offset) | SeekFrom::Hole(offset) => {
                let inside = u64::try_from(offset).is_ok_and(|offset| offset < length);
                let hole = matches!(to, SeekFrom::Hole(_));
                match (inside, hole) {
                    (false, _) => return Err(Errno::Nxio.into()),
                    (true, true) => (length, 0),
                    (true, false) => (0, offset),
                }
            }
        };
        let base = i64::try_from(base).map_err(|_| Errno::Overflow)?;
        let position = base.checked_add(distance).ok_or(Errno::Overflow)?;
        let position = u64::try_from(position).map_err(|_| Errno::Inval)?;
        self.descriptors.get_mut(fd)?.position = position;
        Ok(position)
    }

    /// Cuts or extends a file by path.
    ///
    /// # Errors
    ///
    /// `EINVAL` for a negative length or what is not a file, `EISDIR`, `EFBIG`, `EROFS`, `EACCES`.
    pub fn truncate(&mut self, target: Target<'_>, length: i64) -> Result<()> {
        let length = u64::try_from(length).map_err(|_| Errno::Inval)?;
        self.attempt(|vfs| vfs.find_and_truncate(target, length))
    }

    fn find_and_truncate(&mut self, target: Target<'_>, length: u64) -> Result<()> {
        if let Target::Fd(fd) = target {
            let open = self.descriptors.usable(fd)?;
            let node = open.node().filter(|_| open.access.write).ok_or(Errno::Inval)?;
            return self.set_length(node, length);
        }
        let node = self.target(target)?.ok_or(Errno::Inval)?;
        match self.kind(node)? {
            Kind::Directory => return Err(Errno::Isdir.into()),
            Kind::File => self.may(node, Access { read: false, write: true })?,
            Kind::Symlink | Kind::Special(_) => return Err(Errno::Inval.into()),
        }
        self.set_length(node, length)
    }

    /// Makes sure that a file is long enough (`fallocate` with mode 0). Storage is not reserved,
    /// only refused if there is not enough of it now.
    ///
    /// # Errors
    ///
    /// `EBADF`, `EINVAL` for an empty or negative range, `ESPIPE`, `ENODEV`, `EFBIG`, `ENOSPC`.
    pub fn allocate(&mut self, fd: i32, range: Range) -> Result<()> {
        let offset = u64::try_from(range.offset).map_err(|_| Errno::Inval)?;
        let length = u64::try_from(range.length).map_err(|_| Errno::Inval)?;
        if length == 0 {
            return Err(Errno::Inval.into());
        }
        let open = self.descriptors.usable(fd)?;
        if !open.access.write {
            return Err(Errno::Badf.into());
        }
        let node = open.node().ok_or(Errno::Spipe)?;
        if self.kind(node)? != Kind::File {
            return Err(Errno::Nodev.into());
        }
        let end = offset.checked_add(length).ok_or(Errno::Fbig)?;
        let now = self.length(node)?;
        if end > self.tree.limits.file_bytes {
            return Err(Errno::Fbig.into());
        }
        if end.saturating_sub(now) > self.tree.free_bytes() {
            return Err(Errno::Nospc.into());
        }
        if end > now { self.attempt(|vfs| vfs.set_length(node, end)) } else { Ok(()) }
    }

    /// Returns what can be done with a descriptor at once (`poll`).
    ///
    /// # Errors
    ///
    /// `EBADF`.
    pub fn readiness(&self, fd: i32) -> Result<Readiness> {
        let open = self.descriptors.usable(fd)?;
        Ok(match open.object {
            Object::PipeReader(pipe) => {
                let pipe = self.descriptors.pipe(pipe)?;
                let hang_up = pipe.writers == 0;
                Readiness { readable: !pipe.is_empty(), hang_up, ..Readiness::default() }
            }
            Object::PipeWriter(pipe) => {
                let pipe = self.descriptors.pipe(pipe)?;
                let error = pipe.readers == 0;
                Readiness { writable: error || pipe.has_room(), error, ..Readiness::default() }
            }
            Object::Node(node) => {
                let stdin = self.kind(node)? == Kind::Special(Special::Stream(Stream::Stdin));
                let device = (stdin && open.access.read).then_some(Device::Stdin);
                Readiness { readable: true, writable: true, device, ..Readiness::default() }
            }
        })
    }

    /// Returns the node behind a descriptor that has a position.
    fn seekable(&self, fd: i32) -> std::result::Result<NodeId, Errno> {
        let node = self.descriptors.usable(fd)?.node().ok_or(Errno::Spipe)?;
        match self.kind(node)? {
            Kind::Special(Special::Stream(_)) => Err(Errno::Spipe),
            _ => Ok(node),
        }
    }

    fn read_node(&mut self, node: NodeId, offset: u64, buffer: &mut [u8]) -> Result<Io> {
        match self.kind(node)? {
            Kind::Directory => return Err(Errno::Isdir.into()),
            Kind::Symlink => return Err(Errno::Badf.into()),
            Kind::Special(special) => return Ok(read_special(special, buffer)?),
            Kind::File => {}
        }
        let count = match node {
            NodeId::Memory(inode) => self.attempt(|vfs| vfs.read_file_at(inode, offset, buffer))?,
            NodeId::Library(number) => match self.library.get(number).map(|node| &node.body) {
                Some(LibraryBody::File { contents, .. }) => {
                    let start = usize::try_from(offset).unwrap_or(usize::MAX).min(contents.len());
                    let rest = contents.get(start..).unwrap_or_default();
                    let count = rest.len().min(buffer.len());
                    buffer[..count].copy_from_slice(&rest[..count]);
                    count
                }
                _ => return Err(Errno::Badf.into()),
            },
        };
        self.note_read(node);
        Ok(Io::Done(count))
    }

    fn write_node(&mut self, node: NodeId, offset: u64, data: &[u8]) -> Result<Io> {
        let inode = match (self.kind(node)?, node) {
            (Kind::Special(special), _) => return Ok(write_special(special, data)?),
            (Kind::File, NodeId::Memory(inode)) => inode,
            _ => return Err(Errno::Badf.into()),
        };
        if data.is_empty() {
            return Ok(Io::Done(0));
        }
        let room = self.tree.limits.file_bytes.saturating_sub(offset);
        if room == 0 {
            return Err(Errno::Fbig.into());
        }
        let fitting = usize::try_from(room).unwrap_or(usize::MAX).min(data.len());
        let fitting = &data[..fitting];
        let count = self.attempt(|vfs| vfs.write_file_at(inode, offset, fitting))?;
        if count == 0 {
            return Err(Errno::Nospc.into());
        }
        self.tree.note_write(inode, self.now);
        Ok(Io::Done(count))
    }

    fn set_length(&mut self, node: NodeId, length: u64) -> Result<()> {
        let NodeId::Memory(inode) = node else { return Err(Errno::Inval.into()) };
        if self.kind(node)? != Kind::File {
            return Err(Errno::Inval.into());
        }
        if length > self.tree.limits.file_bytes {
            return Err(Errno::Fbig.into());
        }
        self.prepare_size(inode, length)?;
        self.apply_size(inode, length)
    }

    /// Returns a file's size in bytes; of a link, its target's; else 0.
    pub(super) fn length(&self, node: NodeId) -> std::result::Result<u64, Errno> {
        Ok(match node {
            NodeId::Memory(inode) => match &self.tree.get(inode).ok_or(Errno::Noent)?.body {
                Body::File(content) => content.length(),
                Body::Symlink(target) => target.len() as u64,
                Body::Directory(_) | Body::Special(_) => 0,
            },
            NodeId::Library(number) => match &self.library.get(number).ok_or(Errno::Noent)?.body {
                LibraryBody::File { contents, .. } => contents.len() as u64,
                LibraryBody::Directory(_) => 0,
            },
        })
    }
}

fn read_special(special: Special, buffer: &mut [u8]) -> std::result::Result<Io, Errno> {
    match special {
        Special::Null => Ok(Io::Done(0)),
        Special::Zero | Special::Full => {
            buffer.fill(0);
            Ok(Io::Done(buffer.len()))
        }
        Special::Random => Ok(Io::Device(Device::Random)),
        Special::Stream(Stream::Stdin) => Ok(Io::Device(Device::Stdin)),
        // There is nothing to read behind an output.
        Special::Stream(_) | Special::Tty => Err(Errno::Badf),
    }
}

fn write_special(special: Special, data: &[u8]) -> std::result::Result<Io, Errno> {
    match special {
        // What is written to the random device would only stir a generator that is not the guest's.
        Special::Null | Special::Zero | Special::Random => Ok(Io::Done(data.len())),
        Special::Full if data.is_empty() => Ok(Io::Done(0)),
        Special::Full => Err(Errno::Nospc),
        Special::Stream(Stream::Stdout) => Ok(Io::Device(Device::Stdout)),
        Special::Stream(Stream::Stderr) => Ok(Io::Device(Device::Stderr)),
        Special::Stream(Stream::Stdin) | Special::Tty => Err(Errno::Badf),
    }
}
