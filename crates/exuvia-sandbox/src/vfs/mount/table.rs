//! The table of mounts, and what is kept of them.

mod saved;

use std::collections::BTreeMap;

use exuvia_core::{MountMode, MountRequest};

use super::blocks::Blocks;
use super::{FileLimits, Plain};
use crate::vfs::errno::Fault;

/// All mounts of a file system, and in which order they were used.
#[derive(Debug, Clone)]
pub(in crate::vfs) struct Mounts {
    mounts: Vec<Mount>,
    /// Directories that the host has listed, by last use, and the other way round.
    by_use: BTreeMap<u64, u64>,
    used: BTreeMap<u64, u64>,
    pub(super) blocks: Blocks,
    tick: u64,
    /// What was used after this tick belongs to an operation that is still being repeated.
    settled: u64,
    /// How many attempts are under way within each other.
    depth: u32,
    /// What the host was last asked to tell, and for which node.
    asked: Option<(MountRequest, u64)>,
    /// What it has done, or why it has not told: for the operation that is repeated next.
    answered: Option<(MountRequest, Plain<()>)>,
    pub(super) limit_bytes: u64,
    pub(super) limit_entries: usize,
}

#[derive(Debug, Clone)]
struct Mount {
    root: u64,
    mode: MountMode,
}

impl Mounts {
    pub(in crate::vfs) fn new(limits: &FileLimits) -> Self {
        Self {
            mounts: Vec::new(),
            by_use: BTreeMap::new(),
            used: BTreeMap::new(),
            blocks: Blocks::default(),
            tick: 0,
            settled: 0,
            depth: 0,
            asked: None,
            answered: None,
            limit_bytes: limits.mount_bytes,
            limit_entries: limits.mount_entries,
        }
    }

    /// Returns the number of the mount that is added next.
    pub(super) fn next(&self) -> u32 {
        u32::try_from(self.mounts.len()).expect("mounts are few")
    }

    pub(super) fn add(&mut self, root: u64, mode: MountMode) {
        self.mounts.push(Mount { root, mode });
    }

    pub(super) fn root(&self, mount: u32) -> Option<u64> {
        self.mounts.get(mount as usize).map(|mount| mount.root)
    }

    pub(super) fn mode(&self, mount: u32) -> MountMode {
        self.mounts.get(mount as usize).map_or(MountMode::ReadOnly, |mount| mount.mode)
    }

    pub(in crate::vfs) fn is_root(&self, inode: u64) -> bool {
        self.mounts.iter().any(|mount| mount.root == inode)
    }

    /// Returns whether the file system of that number can only be read: the library, and mounts that say so.
    pub(in crate::vfs) fn is_read_only(&self, file_system: u32) -> bool {
        match file_system {
            0 | 1 => false,
            2 => true,
            mount => self.mode(mount - 3) == MountMode::ReadOnly,
        }
    }

    /// Notes that an attempt at an operation begins.
    pub(in crate::vfs) fn begin(&mut self) {
        self.depth += 1;
    }

    /// Notes how it ended: unless it is to be repeated, what it used may go.
    pub(in crate::vfs) fn end(&mut self, repeated: bool) {
        self.depth -= 1;
        if self.depth == 0 && !repeated {
            self.settled = self.tick;
            self.answered = None;
        }
    }

    pub(super) fn settled(&self) -> u64 {
        self.settled
    }

    pub(super) fn next_tick(&mut self) -> u64 {
        self.tick += 1;
        self.tick
    }

    /// Asks for something to be told, unless the host has just said why it cannot.
    pub(super) fn need(&mut self, inode: u64, request: MountRequest) -> Fault {
        if let Some((_, Err(errno))) = self.answered.take_if(|(answered, _)| *answered == request) {
            return errno.into();
        }
        self.asked = Some((request.clone(), inode));
        Fault::Needs(request)
    }

    /// Asks for something to be done, unless it has just been, or the host has said why it cannot.
    pub(super) fn confirm(&mut self, request: MountRequest) -> Result<(), Fault> {
        match self.answered.take_if(|(answered, _)| *answered == request) {
            Some((_, outcome)) => Ok(outcome?),
            None => Err(Fault::Needs(request)),
        }
    }

    /// Returns the node for which this was asked.
    pub(super) fn asker(&mut self, request: &MountRequest) -> Option<u64> {
        self.asked.take_if(|(asked, _)| asked == request).map(|(_, inode)| inode)
    }

    pub(super) fn set_answered(&mut self, request: MountRequest, outcome: Plain<()>) {
        self.answered = Some((request, outcome));
    }

    /// Notes that a directory's listing is known.
    pub(super) fn note_listed(&mut self, inode: u64) {
        self.note_unlisted(inode);
        let tick = self.next_tick();
        self.used.insert(inode, tick);
        self.by_use.insert(tick, inode);
    }

    /// Notes the use of a directory's listing, if the host gave it.
    pub(super) fn note_use(&mut self, inode: u64) {
        if self.used.contains_key(&inode) {
            self.note_listed(inode);
        }
    }

    pub(super) fn note_unlisted(&mut self, inode: u64) {
        if let Some(tick) = self.used.remove(&inode) {
            self.by_use.remove(&tick);
        }
    }

    /// Returns the listed directories that no operation under way has used, the least recently used first.
    pub(super) fn unused(&self) -> Vec<u64> {
        self.by_use.range(..=self.settled).map(|(_, inode)| *inode).collect()
    }
}
