//! Large payloads, named by what they hold and stored once.

use std::cell::RefCell;
use std::io::Read;

use exuvia_core::journal::{HASH_BYTES, Hash};
use sha2::{Digest, Sha256};
use zstd::bulk::Compressor;

/// The largest blob, in bytes. What a sandbox asks and is told is smaller.
pub(crate) const BLOB_BYTES_MAX: u64 = 256 << 20;

/// A payload and its name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Blob {
    /// The SHA-256 of its content.
    pub(crate) hash: Hash,
    /// What it holds.
    pub(crate) content: Vec<u8>,
}

impl Blob {
    /// Names a payload.
    pub(crate) fn new(content: Vec<u8>) -> Self {
        Self { hash: sha256(&content), content }
    }
}

/// A blob as a store has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct PackedBlob {
    /// How many bytes it has unpacked.
    pub(crate) size: u64,
    /// A frame of Zstandard.
    pub(crate) packed: Vec<u8>,
    /// The SHA-256 of that: a bit of it that changes nothing is to be noticed, too.
    pub(crate) packed_hash: Hash,
}

impl PackedBlob {
    /// Compresses a payload: quickly rather than well, for a program waits for it.
    pub(crate) fn pack(content: &[u8]) -> Self {
        thread_local! {
            // Its tables are made once: with fresh ones, faults of pages take longer than compressing 30 KB does.
            static COMPRESSOR: RefCell<Compressor<'static>> =
                RefCell::new(Compressor::new(1).expect("the level is one of Zstandard's"));
        }
        let packed = COMPRESSOR.with_borrow_mut(|compressor| compressor.compress(content));
        let packed = packed.expect("memory can be written to");
        Self { size: content.len() as u64, packed_hash: sha256(&packed), packed }
    }

    /// Returns what it holds, if that has this hash.
    pub(crate) fn unpack(&self, hash: &Hash) -> Result<Vec<u8>, String> {
        if self.size > BLOB_BYTES_MAX {
            return Err(format!("blob {hash} says that it has {} bytes", self.size));
        }
        let damaged = || format!("blob {hash} does not hold what was written");
        let decoder = zstd::stream::read::Decoder::new(self.packed.as_slice()).map_err(|_| damaged())?;
        let mut content = Vec::new();
        // One byte more than it may be, so that a longer one is noticed.
        decoder.take(self.size + 1).read_to_end(&mut content).map_err(|_| damaged())?;
        let same = content.len() as u64 == self.size && sha256(&content) == *hash;
        if same && sha256(&self.packed) == self.packed_hash { Ok(content) } else { Err(damaged()) }
    }
}

/// Returns the SHA-256 of some bytes.
pub(crate) fn sha256(bytes: &[u8]) -> Hash {
    Hash(Sha256::digest(bytes).into())
}

/// What each character is worth as a hexadecimal digit; 255: it is none.
const DIGITS: [u8; 256] = {
    let mut digits = [255; 256];
    let mut value: u8 = 0;
    while value < 16 {
        digits[b"0123456789abcdef"[value as usize] as usize] = value;
        value += 1;
    }
    digits
};

/// Reads a hash that is written as 64 lower-case hexadecimal digits.
pub(crate) fn parse_hash(text: &str) -> Option<Hash> {
    let digits = text.as_bytes();
    if digits.len() != 2 * HASH_BYTES {
        return None;
    }
    let mut hash = Hash::default();
    for (byte, pair) in hash.0.iter_mut().zip(digits.chunks_exact(2)) {
        *byte = match [DIGITS[usize::from(pair[0])], DIGITS[usize::from(pair[1])]] {
            [high @ 0..16, low @ 0..16] => high << 4 | low,
            _ => return None,
        };
    }
    Some(hash)
}
