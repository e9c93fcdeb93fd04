//! The files of a sandbox at one moment, apart from it: a part of a checkpoint.
//!
//! In memory they are a clone, which shares all contents. As bytes they are records ([`wire`]) that hold nothing which
//! can be computed from the rest: counts, orders and sums are made anew when they are read, so that no bytes, whoever
//! wrote them, give a file system that contradicts itself. What could still lead astray (parents in a circle, numbers
//! beyond what a file system reaches) is refused.

pub(super) mod wire;

use std::sync::Arc;

use super::Vfs;
use super::descriptor::Descriptors;
use super::library::Library;
use super::mount::Mounts;
use super::node::{NodeId, Timestamp};
use super::tree::{FileLimits, Tree};
use exuvia_core::MountMode;
use wire::FilesRecord;

/// The largest number that a position, a size or an inode reaches.
pub(super) const NUMBER_MAX: u64 = i64::MAX as u64;

/// What is wrong with bytes that should be saved files.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub(crate) struct Damage(pub(crate) &'static str);

/// The files of a sandbox at one moment. A clone shares them.
#[derive(Debug, Clone)]
pub(crate) struct SavedFiles {
    tree: Tree,
    mounts: Mounts,
    descriptors: Descriptors,
    cwd: NodeId,
    umask: u32,
    clock: Timestamp,
    now: Timestamp,
    terminals: [bool; 3],
}

impl Vfs {
    /// Returns all of it but the library, as it is now. To be called when no operation is under way.
    pub(crate) fn save(&self) -> SavedFiles {
        SavedFiles {
            tree: self.tree.clone(),
            mounts: self.mounts.at_rest(),
            descriptors: self.descriptors.clone(),
            cwd: self.cwd,
            umask: self.umask,
            clock: self.clock,
            now: self.now,
            terminals: self.terminals,
        }
    }

    /// Makes a file system that goes on from what was saved, beside the same library. What is there already may exceed
    /// the limits; nothing is added then.
    pub(crate) fn restored(saved: &SavedFiles, library: Arc<Library>, limits: FileLimits) -> Self {
        let SavedFiles { mut tree, mut mounts, mut descriptors, cwd, umask, clock, now, terminals } = saved.clone();
        tree.limits = limits;
        mounts.set_limits(&limits);
        descriptors.set_limit(limits.open_files);
        Self { tree, library, mounts, descriptors, cwd, umask, clock, now, terminals }
    }
}

impl SavedFiles {
    /// Returns the mounts' modes, in their order.
    pub(crate) fn mounts(&self) -> impl Iterator<Item = MountMode> {
        self.mounts.modes()
    }

    /// Returns them as bytes: the same ones for the same files.
    pub(crate) fn encode(&self) -> Vec<u8> {
        let record = FilesRecord {
            tree: self.tree.to_record(),
            mounts: self.mounts.to_record(),
            descriptors: self.descriptors.to_record(),
            cwd: self.cwd,
            umask: self.umask,
            clock: self.clock,
            now: self.now,
            terminals: self.terminals,
        };
        postcard::to_stdvec(&record).expect("records can be written to memory")
    }

    /// Reads them, from whomever the bytes are.
    pub(crate) fn decode(bytes: &[u8]) -> Result<Self, Damage> {
        let (record, rest) =
            postcard::take_from_bytes::<FilesRecord<'_>>(bytes).map_err(|_| Damage("its files cannot be read"))?;
        if !rest.is_empty() {
            return Err(Damage("something follows its files"));
        }
        let tree = Tree::from_record(record.tree)?;
        let mounts = Mounts::from_record(record.mounts)?;
        mounts.check(&tree)?;
        Ok(Self {
            descriptors: Descriptors::from_record(record.descriptors)?,
            tree,
            mounts,
            cwd: record.cwd,
            umask: record.umask & 0o777,
            clock: record.clock.checked()?,
            now: record.now.checked()?,
            terminals: record.terminals,
        })
    }
}

/// Returns whether a number is one that a file system reaches.
pub(super) fn within(number: u64, what: &'static str) -> Result<u64, Damage> {
    if number <= NUMBER_MAX { Ok(number) } else { Err(Damage(what)) }
}
