//! Overlays: what a program changes of a mount stays here, and can be listed.

use std::collections::BTreeSet;

use exuvia_core::{MountMode, Original};

use super::{Errno, NodeId, Result, Vfs};
use crate::vfs::node::{Body, Name, Node, Told};
use crate::vfs::stat::Stat;

/// A path of an overlay at which something has changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangedPath {
    /// The path below the mount's root.
    pub path: Vec<u8>,
    /// What the host has told of it; `None`: it had nothing there.
    pub before: Option<Original>,
    /// What is there now; `None`: nothing.
    pub after: Option<ChangedNode>,
}

/// What is at a changed path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangedNode {
    pub(super) inode: u64,
    /// What is known of it.
    pub stat: Stat,
    /// Where it leads, if it is a symbolic link.
    pub target: Option<Vec<u8>>,
}

/// A directory of an overlay to be looked through.
struct Pending {
    inode: u64,
    path: Vec<u8>,
    /// Whether the host has it, here.
    in_place: bool,
}

impl Vfs {
    /// Makes sure that pieces of the host's file which a write would cover in part are here.
    pub(super) fn copy_up(&mut self, inode: u64, offset: u64, length: usize) -> Result<()> {
        loop {
            let Some(Body::File(content)) = self.tree.get(inode).map(|node| &node.body) else { return Ok(()) };
            if content.beneath() == 0 {
                return Ok(());
            }
            // A write that is cut short by the limit would let zeros show where the host has bytes.
            if content.growth(offset, length) > self.tree.free_bytes() {
                return Err(Errno::Nospc.into());
            }
            let Some(missing) = content.missing_for(offset, length) else { return Ok(()) };
            if missing.end - missing.start > self.tree.free_bytes() {
                return Err(Errno::Nospc.into());
            }
            self.fill(inode, missing)?;
        }
    }

    /// Checks that there is room to note that something of the host's is gone, which counts as a file.
    pub(super) fn room_for_removal(&self, parent: u64) -> Result<()> {
        let full = self.mode_of(parent) == Some(MountMode::Overlay) && self.tree.free_files() == 0;
        if full { Err(Errno::Nospc.into()) } else { Ok(()) }
    }

    /// Notes that a node's mode or times are not what the host has.
    pub(super) fn note_changed(&mut self, inode: u64) {
        if let Some(mounted) = self.tree.get_mut(inode).and_then(|node| node.mounted.as_mut()) {
            mounted.changed = true;
        }
    }

    /// Notes that a name is about to lead elsewhere or nowhere, where an overlay has something of the host's.
    pub(in crate::vfs) fn note_removed(&mut self, parent: u64, name: &Name) {
        if self.mode_of(parent) != Some(MountMode::Overlay) {
            return;
        }
        let Some(NodeId::Memory(inode)) = self.tree.directory(parent).ok().and_then(|directory| directory.get(name))
        else {
            return;
        };
        let Some(told) = self.tree.get(inode).filter(|node| is_in_place(node)).and_then(Node::told) else { return };
        let Ok((_, path)) = self.host_path(inode) else { return };
        // Whoever has it open, or finds it under its new name, goes on reading it with the host.
        if let Some(mounted) = self.tree.get_mut(inode).and_then(|node| node.mounted.as_mut()) {
            mounted.moved_from = Some(path.into());
        }
        if let Ok(directory) = self.tree.directory_mut(parent) {
            directory.removed.insert(name.clone(), told);
            self.tree.usage.inodes += 1;
        }
    }

    /// Returns at which paths an overlay differs from what the host has told, each directory before what is in it, by
    /// name. A directory of the host's that is gone stands for all that was in it.
    ///
    /// # Errors
    ///
    /// What the host says when a directory that was renamed has to be listed; `ENODEV` for what is no overlay.
    pub fn changes(&mut self, mount: u32) -> Result<Vec<ChangedPath>> {
        let root = self.mounts.root(mount).filter(|_| self.mounts.mode(mount) == MountMode::Overlay);
        let root = root.ok_or(Errno::Nodev)?;
        self.attempt(|vfs| {
            let mut found = Vec::new();
            let mut rest = vec![Pending { inode: root, path: Vec::new(), in_place: true }];
            while let Some(directory) = rest.pop() {
                vfs.changes_in(&directory, &mut found, &mut rest)?;
            }
            // Stable, so that what is gone from a path comes before what has taken its place.
            found
                .sort_by(|one, other| one.path.split(|byte| *byte == b'/').cmp(other.path.split(|byte| *byte == b'/')));
            Ok(found)
        })
    }

    fn changes_in(&mut self, pending: &Pending, found: &mut Vec<ChangedPath>, rest: &mut Vec<Pending>) -> Result<()> {
        if self.tree.directory(pending.inode)?.unlisted && pending.in_place {
            return Ok(());
        }
        self.list(pending.inode)?;
        let directory = self.tree.directory(pending.inode)?;
        let names: BTreeSet<&Name> =
            directory.entries().map(|(name, _)| name).chain(directory.removed.keys()).collect();
        for name in names {
            let mut path = pending.path.clone();
            if !path.is_empty() {
                path.push(b'/');
            }
            path.extend_from_slice(name);
            let gone = directory.removed.get(name).filter(|_| pending.in_place).copied();
            let Some(NodeId::Memory(inode)) = directory.get(name) else {
                if let Some(told) = gone {
                    found.push(ChangedPath { path, before: Some(original(told)), after: None });
                }
                continue;
            };
            let node = self.tree.get(inode).ok_or(Errno::Noent)?;
            let in_place = pending.in_place && is_in_place(node);
            let is_directory = matches!(node.body, Body::Directory(_));
            let before = if in_place { node.told() } else { gone };
            if !in_place || differs(node) {
                let target = match &node.body {
                    Body::Symlink(target) => Some(target.to_vec()),
                    _ => None,
                };
                let after = ChangedNode { inode, stat: self.stat_node(NodeId::Memory(inode))?, target };
                let mut before = before.map(original);
                // What is no directory cannot become one, nor the other way round, without being gone in between; and
                // a directory in the place of another has nothing of what was in that.
                if let Some(was) = before.take_if(|was| !in_place && (was.directory || is_directory)) {
                    found.push(ChangedPath { path: path.clone(), before: Some(was), after: None });
                }
                found.push(ChangedPath { path: path.clone(), before, after: Some(after) });
            }
            if is_directory {
                rest.push(Pending { inode, path, in_place });
            }
        }
        Ok(())
    }

    /// Reads from a changed file, to be called again from where it ended until it gives 0.
    ///
    /// # Errors
    ///
    /// What the host says when bytes of its own have to be fetched.
    pub fn read_changed(&mut self, node: &ChangedNode, offset: u64, buffer: &mut [u8]) -> Result<usize> {
        self.attempt(|vfs| vfs.read_file_at(node.inode, offset, buffer))
    }
}

/// Returns whether a node is the host's, and where the host has it.
fn is_in_place(node: &Node) -> bool {
    node.mounted.as_ref().is_some_and(|mounted| mounted.told.is_some() && mounted.moved_from.is_none())
}

/// Returns whether a node of the host's has been changed.
fn differs(node: &Node) -> bool {
    let changed = node.mounted.as_ref().is_some_and(|mounted| mounted.changed);
    match &node.body {
        Body::File(content) => changed || content.differs_from(node.told().and_then(|told| told.size).unwrap_or(0)),
        Body::Directory(_) => changed,
        Body::Symlink(_) | Body::Special(_) => false,
    }
}

fn original(told: Told) -> Original {
    Original { directory: told.directory, size: told.size.unwrap_or(0), modified: told.modified }
}
