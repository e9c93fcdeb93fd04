//! Checkpoints as bytes.
//!
//! ```text
//! "EXUVIA CHECKPOINT\n"       18 bytes
//! length of the header        u32, little-endian
//! header                      JSON, see `Header`
//! state                       blocks: all but the pages, see `StateRecord`
//! pages                       blocks: their contents, one after another
//! ```
//!
//! A block is what became of a mebibyte (the last one of less): its compressed length (u32, little-endian), and LZ4.
//!
//! A checkpoint comes from a disk. Whoever can write there can have a session do anything that its program could have
//! done, and no more: what is read here are the guest's own bytes, and files that are checked as they are read. Nothing
//! is allocated that the bytes do not account for: LZ4 makes at most 255 bytes of one.

use std::fmt::Write as _;

use lz4_flex::block::{compress_into, decompress_into, get_maximum_output_size};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::pages::{PAGE_BYTES, Pages};
use super::{Arc, Checkpoint, CheckpointError, OnceLock, Pending, State};
use crate::engine::Engine;
use crate::guest::SavedGuest;
use crate::image::hexadecimal;
use crate::linker::SavedModules;
use crate::vfs::SavedFiles;

const MAGIC: &[u8; 18] = b"EXUVIA CHECKPOINT\n";
const HEADER_BYTES_MAX: usize = 4_096;
/// Of this form, and of all records that it is made of. A new one makes older checkpoints useless, never wrong.
const FORMAT: u32 = 2;
const BLOCK_BYTES: usize = 1 << 20;
/// The most bytes that LZ4 makes of one.
const RATIO_MAX: usize = 255;
const MEMORY_BYTES_MAX: u64 = 4 << 30;
const WASM_PAGE_BYTES: u64 = 65_536;

/// What a checkpoint says about itself.
#[derive(Debug, Serialize, Deserialize)]
struct Header {
    /// Who wrote it: version and format.
    version: String,
    /// The image's identity.
    image: String,
    /// The packages' fingerprint.
    packages: Option<String>,
    memory_bytes: u64,
    /// How many pages there are.
    pages: u32,
    /// The length of the state before it was compressed.
    state_bytes: u64,
    /// The SHA-256 of all that follows, in hexadecimal.
    sha256: String,
}

#[derive(Serialize, Deserialize)]
struct StateRecord {
    globals: Vec<i64>,
    modules: SavedModules,
    guest: SavedGuest,
    pending: Option<Pending>,
    /// The distance of each page to the one before.
    pages: Vec<u32>,
}

impl Checkpoint {
    /// Returns it as bytes, compressed, for [`from_bytes`](Self::from_bytes). May be called on any thread.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let state = &*self.state;
        let record = StateRecord {
            globals: state.globals.clone(),
            modules: state.modules.clone(),
            guest: state.guest.clone(),
            pending: state.pending,
            pages: distances(&state.pages.numbers),
        };
        let record = postcard::to_stdvec(&record).expect("records can be written to memory");
        let mut plain = (record.len() as u64).to_le_bytes().to_vec();
        plain.extend_from_slice(&record);
        plain.extend_from_slice(&state.files.encode());
        let mut body = Vec::new();
        compress(&plain, &mut body);
        compress(&state.pages.bytes, &mut body);
        let header = Header {
            version: version(),
            image: state.image.to_string(),
            packages: state.packages.clone(),
            memory_bytes: state.memory_bytes as u64,
            pages: u32::try_from(state.pages.numbers.len()).expect("a memory has at most 4 GiB"),
            state_bytes: plain.len() as u64,
            sha256: hexadecimal(&Sha256::digest(&body)),
        };
        let header = serde_json::to_vec(&header).expect("a header is plain data");
        let length = u32::try_from(header.len()).expect("a header is small");
        [&MAGIC[..], &length.to_le_bytes(), &header, &body].concat()
    }

    /// Reads a checkpoint of a sandbox of this engine's image.
    ///
    /// # Errors
    ///
    /// It is no checkpoint, of another version of this library, of another image, or damaged.
    pub fn from_bytes(engine: &Engine, bytes: &[u8]) -> Result<Self, CheckpointError> {
        let (header, body) = split(bytes)?;
        let image = engine.image().identity();
        if header.image != image.as_str() {
            let wanted = image.to_string();
            return Err(CheckpointError::OtherImage { found: header.image, wanted });
        }
        if hexadecimal(&Sha256::digest(body)) != header.sha256 {
            return Err(CheckpointError::Damaged("it has not the bytes that were written"));
        }
        let initial = engine.initial().ok_or(CheckpointError::Image)?;
        let possible = (initial.memory_bytes as u64..=MEMORY_BYTES_MAX).contains(&header.memory_bytes)
            && header.memory_bytes.is_multiple_of(WASM_PAGE_BYTES)
            && u64::from(header.pages) * PAGE_BYTES as u64 <= header.memory_bytes;
        let memory_bytes = usize::try_from(header.memory_bytes).ok().filter(|_| possible);
        let memory_bytes = memory_bytes.ok_or(CheckpointError::Damaged("its memory has an impossible size"))?;
        let bounded = |bytes: u64| {
            let bytes = usize::try_from(bytes).ok().filter(|&bytes| bytes / RATIO_MAX <= body.len());
            bytes.ok_or(CheckpointError::Damaged("it is shorter than it says"))
        };
        let mut rest = body;
        let mut plain = vec![0; bounded(header.state_bytes)?];
        decompress(&mut rest, &mut plain)?;
        let buffers = engine.page_buffers();
        let bytes = buffers.take_filled(bounded(u64::from(header.pages) * PAGE_BYTES as u64)?);
        let mut pages = Pages::from_parts(Vec::new(), bytes, buffers);
        decompress(&mut rest, &mut pages.bytes)?;
        if !rest.is_empty() {
            return Err(CheckpointError::Damaged("something follows its pages"));
        }
        let (record, files) = read_state(&plain)?;
        pages.numbers = numbers(&record.pages, header.pages, memory_bytes)?;
        let calls_before = record.pending.map_or(0, |pending| pending.calls_before);
        if record.globals.len() != initial.globals.len() || !record.guest.is_possible(calls_before) {
            return Err(CheckpointError::Damaged("its state is impossible"));
        }
        let state = State {
            image: image.clone(),
            packages: header.packages,
            memory_bytes,
            globals: record.globals,
            modules: record.modules,
            pages,
            files,
            guest: record.guest,
            pending: record.pending,
            memory_hash: OnceLock::new(),
            files_hash: OnceLock::new(),
        };
        Ok(Self { state: Arc::new(state) })
    }
}

/// Returns who writes checkpoints, and who can read them.
fn version() -> String {
    let mut version = env!("CARGO_PKG_VERSION").to_owned();
    // Writing to a string does not fail.
    let _ = write!(version, "/{FORMAT}");
    version
}

/// Returns a checkpoint's header, which is of this version, and what follows it.
fn split(bytes: &[u8]) -> Result<(Header, &[u8]), CheckpointError> {
    let rest = bytes.strip_prefix(MAGIC).ok_or(CheckpointError::Foreign)?;
    let cut = CheckpointError::Damaged("it ends within its header");
    let (length, rest) = rest.split_first_chunk().ok_or(cut.clone())?;
    let length = u32::from_le_bytes(*length) as usize;
    let (header, body) = rest.split_at_checked(length).filter(|_| length <= HEADER_BYTES_MAX).ok_or(cut)?;
    // Other versions may say other things about themselves.
    let unreadable = |_| CheckpointError::Damaged("its header cannot be read");
    let header: serde_json::Value = serde_json::from_slice(header).map_err(unreadable)?;
    let found = header.get("version").and_then(serde_json::Value::as_str).unwrap_or("unknown");
    if found != version() {
        return Err(CheckpointError::Version { found: found.to_owned(), wanted: version() });
    }
    Ok((serde_json::from_value(header).map_err(unreadable)?, body))
}

fn read_state(plain: &[u8]) -> Result<(StateRecord, SavedFiles), CheckpointError> {
    let damaged = CheckpointError::Damaged("its state cannot be read");
    let (length, rest) = plain.split_first_chunk().ok_or(damaged.clone())?;
    let length = usize::try_from(u64::from_le_bytes(*length)).ok();
    let (record, files) = length.and_then(|length| rest.split_at_checked(length)).ok_or(damaged.clone())?;
    let (record, rest) = postcard::take_from_bytes::<StateRecord>(record).map_err(|_| damaged.clone())?;
    if !rest.is_empty() {
        return Err(damaged);
    }
    let files = SavedFiles::decode(files).map_err(|damage| CheckpointError::Damaged(damage.0))?;
    Ok((record, files))
}

fn distances(numbers: &[u32]) -> Vec<u32> {
    let mut before = 0;
    numbers.iter().map(|&number| number - std::mem::replace(&mut before, number)).collect()
}

/// Returns the numbers of the pages: in ascending order, as many as there should be, and within the memory.
fn numbers(distances: &[u32], count: u32, memory_bytes: usize) -> Result<Vec<u32>, CheckpointError> {
    let impossible = CheckpointError::Damaged("its pages have impossible numbers");
    if distances.len() != count as usize || distances.iter().skip(1).any(|&distance| distance == 0) {
        return Err(impossible);
    }
    let mut number = 0_u32;
    let numbers = distances.iter().map(|&distance| {
        number = number.checked_add(distance)?;
        Some(number).filter(|&number| (number as usize) < memory_bytes / PAGE_BYTES)
    });
    numbers.collect::<Option<_>>().ok_or(impossible)
}

fn compress(plain: &[u8], body: &mut Vec<u8>) {
    let mut block = vec![0; get_maximum_output_size(BLOCK_BYTES.min(plain.len()))];
    for piece in plain.chunks(BLOCK_BYTES) {
        let length = compress_into(piece, &mut block).expect("the block has room for what does not compress");
        body.extend_from_slice(&u32::try_from(length).expect("a block is small").to_le_bytes());
        body.extend_from_slice(&block[..length]);
    }
}

/// Fills a buffer from as many blocks as it takes.
fn decompress(rest: &mut &[u8], plain: &mut [u8]) -> Result<(), CheckpointError> {
    let damaged = CheckpointError::Damaged("a block of it cannot be read");
    for piece in plain.chunks_mut(BLOCK_BYTES) {
        let (length, after) = rest.split_first_chunk().ok_or(damaged.clone())?;
        let length = u32::from_le_bytes(*length) as usize;
        let (block, after) = after.split_at_checked(length).ok_or(damaged.clone())?;
        if !decompress_into(block, piece).is_ok_and(|length| length == piece.len()) {
            return Err(damaged);
        }
        *rest = after;
    }
    Ok(())
}
