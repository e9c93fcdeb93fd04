//! Blocks as records.

use bytes::Bytes;

use super::Blocks;
use crate::vfs::mount::MOUNT_BLOCK_BYTES;
use crate::vfs::saved::Damage;
use crate::vfs::saved::wire::{Blob, BlockRecord};

impl Blocks {
    pub(in crate::vfs::mount) fn to_records(&self) -> Vec<BlockRecord<'_>> {
        self.blocks
            .iter()
            .map(|(&(file, number), block)| BlockRecord { file, number, used: block.used, bytes: Blob(&block.bytes) })
            .collect()
    }

    pub(in crate::vfs::mount) fn from_records(records: Vec<BlockRecord<'_>>, tick: u64) -> Result<Self, Damage> {
        let mut blocks = Self::default();
        for BlockRecord { file, number, used, bytes: Blob(bytes) } in records {
            let taken = blocks.by_use.contains_key(&used) || blocks.blocks.contains_key(&(file, number));
            if taken || used > tick || bytes.len() as u64 > MOUNT_BLOCK_BYTES {
                return Err(Damage("a block of a mount's file is impossible"));
            }
            blocks.insert(file, number, Bytes::copy_from_slice(bytes), used);
        }
        Ok(blocks)
    }
}
