//! A file's bytes as a record.

use std::collections::BTreeMap;

use bytes::Bytes;

use super::{CHUNK_BYTES, Chunk, Content, charge_of};
use crate::vfs::saved::wire::{Blob, ContentRecord};
use crate::vfs::saved::{Damage, within};

impl Content {
    pub(in crate::vfs) fn to_record(&self) -> ContentRecord<'_> {
        let chunks = self.chunks.iter().map(|(number, chunk)| (*number, Blob(chunk.bytes()))).collect();
        ContentRecord { length: self.length, beneath: self.beneath, chunks }
    }

    pub(in crate::vfs) fn from_record(record: ContentRecord<'_>) -> Result<Self, Damage> {
        let length = within(record.length, "a file is too long")?;
        if record.beneath > length {
            return Err(Damage("a file shows more of the host's than it has"));
        }
        let mut content = Self { chunks: BTreeMap::new(), length, charged: 0, beneath: record.beneath };
        for (number, Blob(bytes)) in record.chunks {
            let start = number.checked_mul(CHUNK_BYTES as u64).filter(|start| *start <= length);
            let fits = start.is_some_and(|start| bytes.len() as u64 <= length - start) && bytes.len() <= CHUNK_BYTES;
            if !fits {
                return Err(Damage("a piece of a file reaches beyond it"));
            }
            content.charged += charge_of(bytes.len());
            if content.chunks.insert(number, Chunk::Given(Bytes::copy_from_slice(bytes))).is_some() {
                return Err(Damage("a piece of a file comes twice"));
            }
        }
        Ok(content)
    }
}
