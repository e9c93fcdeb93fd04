//! The in-memory tree: inodes, how long they live, and what they cost.

mod saved;

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::content::{Content, charge_of};
use super::errno::Errno;
use super::node::{Body, Directory, Mounted, Name, Node, NodeId, Owner, Special, Stream, Times, Timestamp};

/// The root directory's inode.
pub(super) const ROOT: u64 = 1;

/// How much a guest may store. A limit counts what the guest or the host adds to the initial
/// tree, what the guest changes in overlays, and by how much folders of the host have grown through mounts that can be
/// written to. The standard library, and what is only read of mounts, count nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FileLimits {
    /// Bytes of storage for contents and link targets, in units of 512 per piece; holes are free.
    /// `ENOSPC` beyond. The host's own memory is at most about twice as much.
    pub bytes: u64,
    /// Files, directories and links. `ENOSPC` beyond. Each costs the host up to about 1 KB.
    pub files: u64,
    /// Descriptors open at a time, also the bound of their numbers. `EMFILE` beyond.
    /// A pipe holds up to 64 KiB that count nowhere else.
    pub open_files: u32,
    /// The size of one file, holes included. `EFBIG` beyond.
    pub file_bytes: u64,
    /// Bytes of the mounts' contents that are kept for further reads.
    pub mount_bytes: u64,
    /// Entries of the mounts' directories that are kept for further look-ups.
    pub mount_entries: usize,
}

impl Default for FileLimits {
    fn default() -> Self {
        Self {
            bytes: 256 << 20,
            files: 65_536,
            open_files: 1024,
            file_bytes: 1 << 30,
            mount_bytes: 32 << 20,
            mount_entries: 65_536,
        }
    }
}

/// What is stored, as [`FileLimits`] counts it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Usage {
    /// Bytes charged.
    pub bytes: u64,
    /// Files, directories and links.
    pub inodes: u64,
}

/// All inodes in memory. A clone shares them; a change copies the inodes it touches.
#[derive(Debug, Clone)]
pub(super) struct Tree {
    nodes: BTreeMap<u64, Arc<Node>>,
    next: u64,
    pub(super) usage: Usage,
    /// By how much folders of the host have grown through mounts that can be written to.
    pub(super) outside: Usage,
    /// Nodes that stand for what the host has: they count nothing.
    pub(super) told: usize,
    pub(super) limits: FileLimits,
}

/// What a new node is made of.
pub(super) struct NewNode {
    pub(super) body: NewBody,
    pub(super) mode: u32,
    pub(super) owner: Owner,
    pub(super) now: Timestamp,
    pub(super) mounted: Option<Mounted>,
}

pub(super) enum NewBody {
    File(Content),
    Directory,
    Symlink(Arc<[u8]>),
    Special(Special),
}

impl NewNode {
    pub(super) fn system(body: NewBody, mode: u32) -> Self {
        Self { body, mode, owner: Owner::System, now: Timestamp::default(), mounted: None }
    }
}

impl Tree {
    /// Makes the tree that every sandbox starts with.
    pub(super) fn initial() -> Self {
        let mut tree = Self {
            nodes: BTreeMap::new(),
            next: ROOT,
            usage: Usage::default(),
            outside: Usage::default(),
            told: 0,
            limits: FileLimits { bytes: u64::MAX, files: u64::MAX, ..FileLimits::default() },
        };
        let root = tree.insert(NewNode::system(NewBody::Directory, 0o755), ROOT, Name::default());
        debug_assert_eq!(root, ROOT);
        let directory = |mode| NewNode::system(NewBody::Directory, mode);
        tree.grow(ROOT, b"tmp", directory(0o1777));
        let dev = tree.grow(ROOT, b"dev", directory(0o755));
        let specials: [(&[u8], Special, u32); 9] = [
            (b"null", Special::Null, 0o666),
            (b"zero", Special::Zero, 0o666),
            (b"full", Special::Full, 0o666),
            (b"random", Special::Random, 0o666),
            (b"urandom", Special::Random, 0o666),
            (b"tty", Special::Tty, 0o666),
            (b"stdin", Special::Stream(Stream::Stdin), 0o666),
            (b"stdout", Special::Stream(Stream::Stdout), 0o666),
            (b"stderr", Special::Stream(Stream::Stderr), 0o666),
        ];
        for (name, special, mode) in specials {
            tree.grow(dev, name, NewNode::system(NewBody::Special(special), mode));
        }
        let own = |mode| NewNode { owner: Owner::Guest, ..directory(mode) };
        let home = tree.grow(ROOT, b"home", directory(0o755));
        tree.grow(home, b"user", own(0o755));
        tree.grow(ROOT, b"workspace", own(0o755));
        tree.usage = Usage::default();
        tree
    }

    /// Adds to the initial tree, where nothing can be in the way.
    fn grow(&mut self, parent: u64, name: &[u8], node: NewNode) -> u64 {
        self.create(parent, &name.into(), node).expect("the initial tree is within all limits")
    }

    pub(super) fn get(&self, inode: u64) -> Option<&Node> {
        self.nodes.get(&inode).map(Arc::as_ref)
    }

    pub(super) fn get_mut(&mut self, inode: u64) -> Option<&mut Node> {
        self.nodes.get_mut(&inode).map(Arc::make_mut)
    }

    pub(super) fn directory(&self, inode: u64) -> Result<&Directory, Errno> {
        match self.get(inode).map(|node| &node.body) {
            Some(Body::Directory(directory)) => Ok(directory),
            Some(_) => Err(Errno::Notdir),
            None => Err(Errno::Noent),
        }
    }

    pub(super) fn directory_mut(&mut self, inode: u64) -> Result<&mut Directory, Errno> {
        match self.get_mut(inode).map(|node| &mut node.body) {
            Some(Body::Directory(directory)) => Ok(directory),
            Some(_) => Err(Errno::Notdir),
            None => Err(Errno::Noent),
        }
    }

    /// Returns the link count: 2 and one for each subdirectory for a directory, else 1; 0 when
    /// removed.
    pub(super) fn links(&self, inode: u64) -> u32 {
        let Some(node) = self.get(inode) else { return 0 };
        match &node.body {
            _ if !node.named => 0,
            // How many subdirectories there are would take a listing.
            Body::Directory(_) if node.mounted.is_some() => 2,
            Body::Directory(directory) => 2 + directory.subdirectories(),
            _ => 1,
        }
    }

    /// Makes a node under a name that is free, in a directory that exists.
    pub(super) fn create(&mut self, parent: u64, name: &Name, node: NewNode) -> Result<u64, Errno> {
        let now = node.now;
        self.room_for(&node)?;
        let directory = matches!(node.body, NewBody::Directory);
        self.directory(parent)?;
        let inode = self.insert(node, parent, name.clone());
        self.attach(parent, name, NodeId::Memory(inode), directory)?;
        self.note_write(parent, now);
        Ok(inode)
    }

    /// Returns the inode that the next node gets.
    pub(super) fn next_inode(&self) -> u64 {
        self.next
    }

    /// Makes a node without a name, which lives as long as it is pinned: pin it next.
    pub(super) fn create_unnamed(&mut self, node: NewNode) -> Result<u64, Errno> {
        self.room_for(&node)?;
        let inode = self.insert(node, ROOT, Name::default());
        if let Some(node) = self.get_mut(inode) {
            node.named = false;
        }
        Ok(inode)
    }

    /// Checks that a new node is within the limits. What the host has told of counts nothing.
    pub(super) fn room_for(&self, node: &NewNode) -> Result<(), Errno> {
        if node.mounted.as_ref().is_some_and(|mounted| mounted.told.is_some()) {
            return Ok(());
        }
        let bytes = match &node.body {
            NewBody::File(content) => content.charged(),
            NewBody::Symlink(target) => charge_of(target.len()),
            NewBody::Directory | NewBody::Special(_) => 0,
        };
        if self.free_files() == 0 || bytes > self.free_bytes() {
            return Err(Errno::Nospc);
        }
        Ok(())
    }

    pub(super) fn free_files(&self) -> u64 {
        self.limits.files.saturating_sub(self.usage.inodes).saturating_sub(self.outside.inodes)
    }

    fn insert(&mut self, node: NewNode, parent: u64, name: Name) -> u64 {
        let inode = self.next;
        self.next += 1;
        let body = match node.body {
            NewBody::File(content) => Body::File(content),
            NewBody::Directory => Body::Directory(Directory::new(parent, name)),
            NewBody::Symlink(target) => Body::Symlink(target),
            NewBody::Special(special) => Body::Special(special),
        };
        let times = Times::all(node.now);
        let (mode, owner, mounted) = (node.mode, node.owner, node.mounted);
        let node = Node { body, mode, owner, named: true, pins: 0, times, mounted };
        self.count(&node);
        self.nodes.insert(inode, Arc::new(node));
        inode
    }

    /// Puts a node under a name, without checks and without touching times.
    pub(super) fn attach(&mut self, parent: u64, name: &Name, node: NodeId, is_directory: bool) -> Result<(), Errno> {
        self.directory_mut(parent)?.set(name, node, is_directory);
        if let NodeId::Memory(inode) = node {
            if let Ok(directory) = self.directory_mut(inode) {
                directory.parent = parent;
                directory.name = name.clone();
            }
            if let Some(node) = self.get_mut(inode) {
                node.named = true;
                if let Some(mounted) = &mut node.mounted {
                    mounted.parent = parent;
                    mounted.name = name.clone();
                }
            }
        }
        Ok(())
    }

    /// Counts a node that is there now: what it costs, or that it is the host's.
    fn count(&mut self, node: &Node) {
        self.usage.bytes += charged(node);
        if node.told().is_some() {
            self.told += 1;
        } else {
            self.usage.inodes += 1;
        }
    }

    fn uncount(&mut self, node: &Node) {
        self.usage.bytes = self.usage.bytes.saturating_sub(charged(node));
        if node.told().is_some() {
            self.told -= 1;
        } else {
            self.usage.inodes = self.usage.inodes.saturating_sub(1);
        }
    }

    /// Changes what a node is to the host.
    pub(super) fn set_mounted(&mut self, inode: u64, mounted: Option<Mounted>) {
        let Some(mut node) = self.nodes.remove(&inode) else { return };
        self.uncount(&node);
        Arc::make_mut(&mut node).mounted = mounted;
        self.count(&node);
        self.nodes.insert(inode, node);
    }

    /// Forgets a node that stands for what the host has, and that nothing holds.
    pub(super) fn forget(&mut self, inode: u64) {
        if let Some(node) = self.nodes.remove(&inode) {
            self.uncount(&node);
        }
    }

    /// Takes a name away; the node goes with it unless something holds it open.
    pub(super) fn unlink(&mut self, parent: u64, name: &[u8], now: Timestamp) -> Result<(), Errno> {
        let removed = self.directory_mut(parent)?.remove(name).ok_or(Errno::Noent)?;
        self.note_write(parent, now);
        if let NodeId::Memory(inode) = removed {
            self.forget_name(inode, now);
        }
        Ok(())
    }

    /// Notes that no entry leads to a node any more.
    pub(super) fn forget_name(&mut self, inode: u64, now: Timestamp) {
        let Some(node) = self.get_mut(inode) else { return };
        node.named = false;
        node.times.changed = now;
        if node.pins > 0
            && let Body::Directory(directory) = &node.body
        {
            // `..` of a removed directory that is still open leads where it led.
            let parent = directory.parent;
            self.pin(parent);
        } else {
            self.discard(inode);
        }
    }

    /// Keeps a node until the matching [`unpin`](Self::unpin).
    pub(super) fn pin(&mut self, inode: u64) {
        if let Some(node) = self.get_mut(inode) {
            node.pins += 1;
        }
    }

    pub(super) fn unpin(&mut self, inode: u64) {
        let mut next = Some(inode);
        // A chain of removed directories, each holding its parent: a loop, since a guest can
        // make it as long as it likes.
        while let Some(inode) = next.take() {
            let Some(node) = self.get_mut(inode) else { return };
            node.pins = node.pins.saturating_sub(1);
            if node.pins == 0 && !node.named {
                if let Body::Directory(directory) = &node.body {
                    next = Some(directory.parent);
                }
                self.discard(inode);
            }
        }
    }

    fn discard(&mut self, inode: u64) {
        if self.get(inode).is_some_and(|node| node.pins == 0)
            && let Some(node) = self.nodes.remove(&inode)
        {
            self.uncount(&node);
        }
    }

    pub(super) fn note_write(&mut self, inode: u64, now: Timestamp) {
        if let Some(node) = self.get_mut(inode) {
            node.times.note_write(now);
        }
    }

    pub(super) fn note_read(&mut self, inode: u64, now: Timestamp) {
        let Some(node) = self.get(inode) else { return };
        let mut times = node.times;
        times.note_read(now);
        // Most reads change nothing, and then must not copy a shared node.
        if times != node.times
            && let Some(node) = self.get_mut(inode)
        {
            node.times = times;
        }
    }

    pub(super) fn free_bytes(&self) -> u64 {
        self.limits.bytes.saturating_sub(self.usage.bytes).saturating_sub(self.outside.bytes)
    }

    /// Changes a file's contents and keeps the count of bytes.
    pub(super) fn edit<T>(&mut self, inode: u64, edit: impl FnOnce(&mut Content, u64) -> T) -> Result<T, Errno> {
        let free = self.free_bytes();
        let Some(Node { body: Body::File(content), .. }) = self.get_mut(inode) else {
            return Err(Errno::Inval);
        };
        let before = content.charged();
        let answer = edit(content, free);
        let after = content.charged();
        self.usage.bytes = self.usage.bytes.saturating_sub(before).saturating_add(after);
        Ok(answer)
    }
}

/// Returns what a node counts against the byte limit.
fn charged(node: &Node) -> u64 {
    match &node.body {
        Body::File(content) => content.charged(),
        Body::Symlink(target) if node.told().is_none() => charge_of(target.len()),
        Body::Symlink(_) | Body::Directory(_) | Body::Special(_) => 0,
    }
}
