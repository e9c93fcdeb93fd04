//! The blocks of mounted files that are kept.

mod saved;

use std::collections::BTreeMap;

use bytes::Bytes;

/// A file in a mount: its inode.
pub(super) type File = u64;

/// Blocks by file and number, and in the order of their last use.
#[derive(Debug, Clone, Default)]
pub(super) struct Blocks {
    blocks: BTreeMap<(File, u64), Block>,
    by_use: BTreeMap<u64, (File, u64)>,
    bytes: u64,
}

#[derive(Debug, Clone)]
struct Block {
    bytes: Bytes,
    used: u64,
}

impl Blocks {
    /// Returns a block and notes its use at `tick`.
    pub(super) fn get(&mut self, file: File, number: u64, tick: u64) -> Option<Bytes> {
        let block = self.blocks.get_mut(&(file, number))?;
        self.by_use.remove(&block.used);
        block.used = tick;
        self.by_use.insert(tick, (file, number));
        Some(block.bytes.clone())
    }

    pub(super) fn insert(&mut self, file: File, number: u64, bytes: Bytes, tick: u64) {
        self.remove((file, number));
        self.bytes += bytes.len() as u64;
        self.by_use.insert(tick, (file, number));
        self.blocks.insert((file, number), Block { bytes, used: tick });
    }

    /// Drops the least recently used blocks until at most `limit` bytes are left, but none that
    /// was used after `settled`.
    pub(super) fn evict(&mut self, limit: u64, settled: u64) {
        while self.bytes > limit
            && let Some((used, key)) = self.by_use.first_key_value()
            && *used <= settled
        {
            let key = *key;
            self.remove(key);
        }
    }

    /// Drops all blocks of a file.
    pub(super) fn forget(&mut self, file: File) {
        self.forget_from(file, 0);
    }

    /// Drops the blocks of a file from this number on.
    pub(super) fn forget_from(&mut self, file: File, number: u64) {
        while let Some((key, _)) = self.blocks.range((file, number)..=(file, u64::MAX)).next() {
            let key = *key;
            self.remove(key);
        }
    }

    fn remove(&mut self, key: (File, u64)) {
        if let Some(block) = self.blocks.remove(&key) {
            self.by_use.remove(&block.used);
            self.bytes -= block.bytes.len() as u64;
        }
    }
}
