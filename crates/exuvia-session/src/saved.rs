//! Checkpoints as a store keeps them: what the session needs (JSON, after its length in four bytes, little-endian), then
//! the sandbox's own.

use exuvia_core::journal::Hash;
use exuvia_sandbox::{Checkpoint, Engine};
use serde::{Deserialize, Serialize};

use crate::log::hash;
use crate::progress::Progress;

/// What the session needs.
#[derive(Serialize, Deserialize)]
struct Header {
    progress: Progress,
    /// The hash that the journal has of it, in hexadecimal: a checkpoint may have outlived the events that led to it.
    memory: String,
}

/// A checkpoint, and what the session needs beside it.
pub(crate) struct Saved {
    pub(crate) progress: Progress,
    pub(crate) memory: Hash,
    pub(crate) checkpoint: Checkpoint,
}

pub(crate) fn encode(progress: &Progress, checkpoint: &Checkpoint) -> Vec<u8> {
    let header = Header { progress: progress.clone(), memory: checkpoint.memory_hash().to_owned() };
    let header = serde_json::to_vec(&header).expect("it is made of texts and numbers");
    let length = u32::try_from(header.len()).expect("texts of calls are bounded");
    let mut bytes = length.to_le_bytes().to_vec();
    bytes.extend_from_slice(&header);
    bytes.extend_from_slice(&checkpoint.to_bytes());
    bytes
}

/// Reads a checkpoint; `None` if it is damaged, or of another version or image: then there is the journal.
pub(crate) fn decode(engine: &Engine, bytes: &[u8]) -> Option<Saved> {
    let (length, rest) = bytes.split_first_chunk::<4>()?;
    let length = usize::try_from(u32::from_le_bytes(*length)).ok()?;
    let (header, checkpoint) = rest.split_at_checked(length)?;
    let Header { progress, memory } = serde_json::from_slice(header).ok()?;
    let checkpoint = Checkpoint::from_bytes(engine, checkpoint).ok()?;
    Some(Saved { progress, memory: hash(&memory), checkpoint })
}
