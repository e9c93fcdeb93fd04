//! The table of mounts as a record.

use std::collections::BTreeMap;

use exuvia_core::MountMode;

use super::{Blocks, FileLimits, Mount, Mounts};
use crate::vfs::saved::wire::MountsRecord;
use crate::vfs::saved::{Damage, within};
use crate::vfs::tree::Tree;

impl Mounts {
    /// Returns the table as it is between two operations. One that was interrupted begins anew, if ever.
    pub(in crate::vfs) fn at_rest(&self) -> Self {
        Self { asked: None, answered: None, depth: 0, ..self.clone() }
    }

    pub(in crate::vfs) fn modes(&self) -> impl Iterator<Item = MountMode> {
        self.mounts.iter().map(|mount| mount.mode)
    }

    pub(in crate::vfs) fn set_limits(&mut self, limits: &FileLimits) {
        self.limit_bytes = limits.mount_bytes;
        self.limit_entries = limits.mount_entries;
    }

    pub(in crate::vfs) fn to_record(&self) -> MountsRecord<'_> {
        MountsRecord {
            mounts: self.mounts.iter().map(|mount| (mount.root, mount.mode)).collect(),
            listed: self.by_use.iter().map(|(tick, inode)| (*tick, *inode)).collect(),
            blocks: self.blocks.to_records(),
            tick: self.tick,
            settled: self.settled,
        }
    }

    pub(in crate::vfs) fn from_record(record: MountsRecord<'_>) -> Result<Self, Damage> {
        let tick = within(record.tick, "mounts were used too often")?;
        if record.settled > tick || record.listed.iter().any(|(used, _)| *used > tick) {
            return Err(Damage("a mount was used in the future"));
        }
        let by_use: BTreeMap<u64, u64> = record.listed.iter().copied().collect();
        let used: BTreeMap<u64, u64> = record.listed.iter().map(|(tick, inode)| (*inode, *tick)).collect();
        if by_use.len() != record.listed.len() || used.len() != record.listed.len() {
            return Err(Damage("a directory of a mount was listed twice"));
        }
        if u32::try_from(record.mounts.len()).is_err() {
            return Err(Damage("there are too many mounts"));
        }
        Ok(Self {
            mounts: record.mounts.into_iter().map(|(root, mode)| Mount { root, mode }).collect(),
            by_use,
            used,
            blocks: Blocks::from_records(record.blocks, tick)?,
            tick,
            settled: record.settled,
            ..Self::new(&FileLimits::default())
        })
    }

    /// Checks that the roots are what they should be.
    pub(in crate::vfs) fn check(&self, tree: &Tree) -> Result<(), Damage> {
        for (number, mount) in self.mounts.iter().enumerate() {
            let mounted = tree.get(mount.root).and_then(|node| node.mounted.as_ref());
            let right = mounted.is_some_and(|mounted| mounted.mount as usize == number);
            if !right || tree.directory(mount.root).is_err() {
                return Err(Damage("a mount has no root"));
            }
        }
        Ok(())
    }
}
