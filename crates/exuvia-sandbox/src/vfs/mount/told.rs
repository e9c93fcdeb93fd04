//! What the host tells: listings, sizes, bytes.

use bytes::Bytes;
use exuvia_core::{MountAnswer, MountEntry, MountEntryKind, MountMode, MountOperation, MountOutcome, MountRequest};

use super::{BadReply, Errno, MOUNT_BLOCK_BYTES, NodeId, Plain, Result, Vfs, errno_of, hash, validate};
use crate::vfs::content::{Content, Lies};
use crate::vfs::descriptor::Object;
use crate::vfs::node::{Body, Mounted, Name, Node, Owner, Timestamp, Told};
use crate::vfs::tree::{NewBody, NewNode};

/// The shortest read that is worth making straight into the program's memory: shorter ones gain from blocks.
const DIRECT_BYTES_MIN: usize = 64 * 1024;
/// The longest one, so that an interrupt does not wait for long.
const DIRECT_BYTES_MAX: usize = 4 << 20;

/// A part of a file of a mount, to be read straight into the program's memory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DirectRead {
    /// The mount.
    pub mount: u32,
    /// The file's path there.
    pub path: Vec<u8>,
    /// The first byte.
    pub offset: u64,
    /// How many: all of them are there.
    pub length: usize,
}

impl Vfs {
    /// Adds the root of a mount under a free name. Returns the mount's number and the root's inode.
    pub(in crate::vfs) fn add_mount(&mut self, parent: u64, name: &Name, mode: MountMode) -> Plain<(u32, u64)> {
        let mount = self.mounts.next();
        let told = Told { inode: hash(u64::from(mount), b""), size: Some(0), modified: 0, directory: true };
        let mounted = Mounted { mount, parent, name: name.clone(), told: Some(told), moved_from: None, changed: false };
        let root = NewNode {
            body: NewBody::Directory,
            mode: if mode == MountMode::ReadOnly { 0o555 } else { 0o755 },
            owner: Owner::Guest,
            now: Timestamp::default(),
            mounted: Some(mounted),
        };
        let inode = self.tree.create(parent, name, root)?;
        self.tree.directory_mut(inode)?.unlisted = true;
        self.mounts.add(inode, mode);
        Ok((mount, inode))
    }

    /// Makes sure that it is known what is in a directory.
    pub(in crate::vfs) fn list(&mut self, inode: u64) -> Result<()> {
        if self.tree.directory(inode)?.unlisted {
            let (mount, path) = self.host_path(inode)?;
            let request = MountRequest { mount, operation: MountOperation::List { path } };
            return Err(self.mounts.need(inode, request));
        }
        self.mounts.note_use(inode);
        Ok(())
    }

    /// Makes sure that a file's size is known.
    pub(in crate::vfs) fn measure(&mut self, inode: u64) -> Result<()> {
        if self.tree.get(inode).and_then(Node::told).is_none_or(|told| told.size.is_some()) {
            return Ok(());
        }
        let (mount, path) = self.host_path(inode)?;
        let request = MountRequest { mount, operation: MountOperation::Measure { path } };
        Err(self.mounts.need(inode, request))
    }

    /// Reads from a file, at most to where its bytes begin to lie elsewhere.
    pub(in crate::vfs) fn read_file_at(&mut self, inode: u64, offset: u64, buffer: &mut [u8]) -> Result<usize> {
        let Some(Body::File(content)) = self.tree.get(inode).map(|node| &node.body) else {
            return Err(Errno::Badf.into());
        };
        let room = buffer.len();
        let within = |end: u64| usize::try_from(end - offset).unwrap_or(usize::MAX).min(room);
        match content.lies(offset) {
            None => Ok(0),
            Some(Lies::Here(end)) => Ok(content.read_at(offset, &mut buffer[..within(end)])),
            Some(Lies::Beneath(_)) if buffer.is_empty() => Ok(0),
            Some(Lies::Beneath(end)) => {
                let count = within(end);
                let bytes = self.bytes_beneath(inode, offset)?;
                let count = count.min(bytes.len());
                buffer[..count].copy_from_slice(&bytes[..count]);
                Ok(count)
            }
        }
    }

    /// Returns the host's bytes of a file from an offset to the end of the block in which it lies.
    pub(super) fn bytes_beneath(&mut self, inode: u64, offset: u64) -> Result<Bytes> {
        let size = self.tree.get(inode).and_then(Node::told).and_then(|told| told.size).ok_or(Errno::Stale)?;
        let number = offset / MOUNT_BLOCK_BYTES;
        let start = number * MOUNT_BLOCK_BYTES;
        let tick = self.mounts.next_tick();
        let Some(block) = self.mounts.blocks.get(inode, number, tick) else {
            let (mount, path) = self.host_path(inode)?;
            let length = u32::try_from(size.saturating_sub(start).min(MOUNT_BLOCK_BYTES)).map_err(|_| Errno::Io)?;
            let request = MountRequest { mount, operation: MountOperation::Read { path, offset: start, length } };
            return Err(self.mounts.need(inode, request));
        };
        let within = usize::try_from(offset - start).map_err(|_| Errno::Overflow)?;
        Ok(block.slice(within.min(block.len())..))
    }

    /// Returns the part of a file that a long read at the descriptor's position, or at `offset`, can have straight from
    /// the host, if it begins there.
    #[must_use]
    pub fn direct_read(&self, fd: i32, offset: Option<i64>, length: usize) -> Option<DirectRead> {
        if length < DIRECT_BYTES_MIN {
            return None;
        }
        let open = self.descriptors.usable(fd).ok().filter(|open| open.access.read)?;
        let Object::Node(NodeId::Memory(inode)) = open.object else { return None };
        let Body::File(content) = &self.tree.get(inode)?.body else { return None };
        let offset = offset.map_or(Some(open.position), |offset| u64::try_from(offset).ok())?;
        let Some(Lies::Beneath(end)) = content.lies(offset) else { return None };
        let available = usize::try_from(end - offset).unwrap_or(usize::MAX);
        let length = length.min(available).min(DIRECT_BYTES_MAX);
        let (mount, path) = self.host_path(inode).ok()?;
        Some(DirectRead { mount, path, offset, length })
    }

    /// Moves a descriptor's position past what was read at it.
    pub fn skip(&mut self, fd: i32, count: usize) {
        if let Ok(open) = self.descriptors.get_mut(fd) {
            open.position += count as u64;
        }
    }

    /// Returns whether a descriptor is of a file in a mount: reads and writes of such a one may do less than was asked.
    #[must_use]
    pub fn is_mounted(&self, fd: i32) -> bool {
        let node = self.descriptors.usable(fd).ok().and_then(crate::vfs::descriptor::Description::node);
        matches!(node, Some(NodeId::Memory(inode)) if self.mount_of(inode).is_some())
    }

    /// Takes the host's answer to what an operation needed. Call the operation again next. A fault becomes the
    /// operation's error, once; so does a malformed answer, as `EIO`.
    ///
    /// # Errors
    ///
    /// What is wrong with the answer, for the host to report.
    pub fn supply(&mut self, request: MountRequest, outcome: MountOutcome) -> std::result::Result<(), BadReply> {
        let answer = match outcome {
            Ok(answer) => answer,
            Err(fault) => {
                self.doubt(&request.operation, request.mount);
                self.mounts.set_answered(request, Err(errno_of(fault)));
                return Ok(());
            }
        };
        let accepted = match (&request.operation, answer) {
            (operation, MountAnswer::Done) if operation.changes() => return self.done(request),
            (MountOperation::Sync { .. }, MountAnswer::Done) => return self.done(request),
            (MountOperation::List { .. }, MountAnswer::Entries(entries)) => self.take_listing(&request, entries),
            (MountOperation::Measure { .. }, MountAnswer::Size(size)) => self.take_size(&request, size),
            (MountOperation::Read { length, offset, .. }, MountAnswer::Bytes(bytes)) => {
                let (actual, expected) = (bytes.len() as u64, u64::from(*length));
                if actual == expected {
                    self.take_block(&request, *offset, bytes.into())
                } else {
                    Err(BadReply::Length { actual, expected })
                }
            }
            _ => Err(BadReply::Kind),
        };
        if let Err(bad) = &accepted {
            self.mounts.set_answered(request, Err(bad.errno()));
        }
        accepted
    }

    fn done(&mut self, request: MountRequest) -> std::result::Result<(), BadReply> {
        self.mounts.set_answered(request, Ok(()));
        Ok(())
    }

    fn take_listing(&mut self, request: &MountRequest, entries: Vec<MountEntry>) -> std::result::Result<(), BadReply> {
        let inode = self.mounts.asker(request).ok_or(BadReply::Unasked)?;
        let limit = self.mounts.limit_entries;
        let entries = validate(entries, limit)?;
        // The directory itself, and so all above it, must outlive making room for its entries.
        self.tree.pin(inode);
        self.make_room(limit.saturating_sub(entries.len()));
        self.tree.unpin(inode);
        // What is in use may exceed the limit, for the sake of progress, but only so far.
        let count = self.entries() + entries.len();
        if count > limit.saturating_mul(2) {
            return Err(BadReply::Entries { count, limit });
        }
        let (Some(above), Some(modified)) =
            (self.tree.get(inode).and_then(Node::told), self.tree.get(inode).map(|node| node.times.modified))
        else {
            return Err(BadReply::Unasked);
        };
        for entry in entries {
            self.take_entry(request.mount, inode, above.inode, entry);
        }
        if let Some(node) = self.tree.get_mut(inode)
            && let Body::Directory(directory) = &mut node.body
        {
            directory.unlisted = false;
            node.times.modified = modified;
            node.times.changed = modified;
        }
        self.mounts.note_listed(inode);
        Ok(())
    }

    fn take_entry(&mut self, mount: u32, parent: u64, above: u64, entry: MountEntry) {
        let name: Name = entry.name.into();
        let directory = entry.kind == MountEntryKind::Directory;
        let (size, body) = match entry.kind {
            MountEntryKind::File => (Some(entry.size), NewBody::File(Content::of_host(entry.size))),
            MountEntryKind::Unmeasured => (None, NewBody::File(Content::default())),
            MountEntryKind::Directory => (Some(0), NewBody::Directory),
            MountEntryKind::Symlink(target) => (Some(target.len() as u64), NewBody::Symlink(target.into())),
        };
        let told = Told { inode: hash(above, &name), size, modified: entry.modified, directory };
        let mounted = Mounted { mount, parent, name: name.clone(), told: Some(told), moved_from: None, changed: false };
        let node = NewNode {
            body,
            mode: entry.mode & 0o777,
            owner: Owner::Guest,
            now: Timestamp::from_nanoseconds(entry.modified),
            mounted: Some(mounted),
        };
        // Nothing can be in its way: names were checked, the directory is there, and it counts nothing.
        if let Ok(inode) = self.tree.create(parent, &name, node)
            && let Ok(directory) = self.tree.directory_mut(inode)
        {
            directory.unlisted = true;
        }
    }

    fn take_size(&mut self, request: &MountRequest, size: u64) -> std::result::Result<(), BadReply> {
        let inode = self.mounts.asker(request).ok_or(BadReply::Unasked)?;
        if i64::try_from(size).is_err() {
            return Err(BadReply::Size(String::from_utf8_lossy(path_of(&request.operation)).into_owned()));
        }
        self.set_told_size(inode, size);
        Ok(())
    }

    /// Notes how large a file is with the host, of which nothing is here.
    pub(super) fn set_told_size(&mut self, inode: u64, size: u64) {
        let Some(node) = self.tree.get_mut(inode) else { return };
        if let Some(told) = node.mounted.as_mut().and_then(|mounted| mounted.told.as_mut()) {
            told.size = Some(size);
            node.body = Body::File(Content::of_host(size));
        }
    }

    fn take_block(&mut self, request: &MountRequest, offset: u64, bytes: Bytes) -> std::result::Result<(), BadReply> {
        let inode = self.mounts.asker(request).ok_or(BadReply::Unasked)?;
        let (tick, settled, limit) = (self.mounts.next_tick(), self.mounts.settled(), self.mounts.limit_bytes);
        self.mounts.blocks.insert(inode, offset / MOUNT_BLOCK_BYTES, bytes, tick);
        self.mounts.blocks.evict(limit, settled);
        Ok(())
    }

    /// Forgets listings until at most `limit` entries of the host's are kept, the least recently used first, but none
    /// that an operation under way used, and none with anything in it that must stay.
    fn make_room(&mut self, limit: usize) {
        let mut before = usize::MAX;
        // A directory can only go after those in it have, so one pass may not do.
        while self.entries() > limit && self.entries() < before {
            before = self.entries();
            for inode in self.mounts.unused() {
                if self.entries() <= limit {
                    return;
                }
                self.forget_listing(inode);
            }
        }
    }

    /// Returns how many entries of the host's are kept; the roots of mounts are none.
    fn entries(&self) -> usize {
        self.tree.told.saturating_sub(self.mounts.next() as usize)
    }

    /// Forgets what the host has told of a directory and of those below it, as far as that can be told again.
    pub(super) fn forget_listings(&mut self, inode: u64) {
        let mut listed = vec![inode];
        let mut next = 0;
        while let Some(&above) = listed.get(next) {
            next += 1;
            let Ok(directory) = self.tree.directory(above) else { continue };
            listed.extend(directory.entries().filter_map(|(_, child)| match child {
                NodeId::Memory(child) if self.tree.directory(child).is_ok_and(|child| !child.unlisted) => Some(child),
                _ => None,
            }));
        }
        // A directory can only go after those in it have, which come after it.
        for inode in listed.into_iter().rev() {
            self.forget_listing(inode);
        }
    }

    /// Forgets what the host has told of a directory, if that can be told again.
    pub(super) fn forget_listing(&mut self, inode: u64) {
        let Some(node) = self.tree.get(inode) else { return self.mounts.note_unlisted(inode) };
        let Body::Directory(directory) = &node.body else { return };
        let all_told = directory.entries().all(|(_, child)| match child {
            NodeId::Memory(child) => self.tree.get(child).is_some_and(is_as_told),
            NodeId::Library(_) => false,
        });
        // Whoever is listing it must find each entry under its number.
        let is_open = node.pins > 0 && self.descriptors.have(NodeId::Memory(inode));
        if !all_told || is_open || !directory.removed.is_empty() || node.told().is_none() {
            return;
        }
        let Ok(directory) = self.tree.directory_mut(inode) else { return };
        for child in directory.forget_listing() {
            if let NodeId::Memory(child) = child {
                self.mounts.blocks.forget(child);
                self.mounts.note_unlisted(child);
                self.tree.forget(child);
            }
        }
        self.mounts.note_unlisted(inode);
    }
}

/// Returns whether a node is as the host has told, nothing holds it, and nothing below it is known.
fn is_as_told(node: &Node) -> bool {
    let (Some(mounted), Some(told)) = (&node.mounted, node.told()) else { return false };
    if node.pins > 0 || mounted.changed || mounted.moved_from.is_some() {
        return false;
    }
    match &node.body {
        Body::File(content) => !content.differs_from(told.size.unwrap_or(0)),
        Body::Directory(directory) => directory.unlisted,
        Body::Symlink(_) => true,
        Body::Special(_) => false,
    }
}

/// Returns the path that an operation names first.
pub(super) fn path_of(operation: &MountOperation) -> &[u8] {
    match operation {
        MountOperation::List { path }
        | MountOperation::Measure { path }
        | MountOperation::Read { path, .. }
        | MountOperation::Write { path, .. }
        | MountOperation::SetSize { path, .. }
        | MountOperation::Create { path, .. }
        | MountOperation::MakeDirectory { path, .. }
        | MountOperation::MakeSymlink { path, .. }
        | MountOperation::Unlink { path }
        | MountOperation::RemoveDirectory { path }
        | MountOperation::Rename { from: path, .. }
        | MountOperation::SetMode { path, .. }
        | MountOperation::SetTimes { path, .. }
        | MountOperation::Sync { path } => path,
    }
}
