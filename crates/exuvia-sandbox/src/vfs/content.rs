//! The bytes of one file: sparse, shared between copies until written.

mod saved;

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use bytes::Bytes;

/// Bytes in one chunk. Copy-on-write and holes work by whole chunks.
const CHUNK_BYTES: usize = 64 * 1024;
/// Storage is charged in units of this many bytes, so that a million one-byte chunks cost
/// the guest at least what they cost the host.
pub(super) const CHARGE_UNIT: u64 = 512;

/// Returns what storing `bytes` bytes in one piece is charged.
pub(super) fn charge_of(bytes: usize) -> u64 {
    (bytes as u64).next_multiple_of(CHARGE_UNIT)
}

/// The bytes of one file. What was never written is a hole: it reads as zeros and costs nothing. In a file of a mount,
/// what was never written shows the host's bytes, as far as they reach.
///
/// A clone shares every chunk; a write copies only the chunks it touches.
#[derive(Debug, Clone, Default)]
pub(super) struct Content {
    /// By chunk number; bytes past a chunk's own length are zeros. None reaches past `length`.
    chunks: BTreeMap<u64, Chunk>,
    length: u64,
    charged: u64,
    /// How many bytes of the host's file show, from the start, where there is no chunk. At most `length`.
    beneath: u64,
}

/// Where a byte of a file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Lies {
    /// Here, as are all up to this offset.
    Here(u64),
    /// With the host, as are all up to this offset.
    Beneath(u64),
}

#[derive(Debug, Clone)]
enum Chunk {
    /// A slice of what the host gave.
    Given(Bytes),
    Written(Arc<Vec<u8>>),
}

impl Content {
    /// Takes the host's bytes without copying them.
    pub(super) fn from_bytes(bytes: &Bytes) -> Self {
        let mut content = Self { length: bytes.len() as u64, ..Self::default() };
        let starts = (0..bytes.len()).step_by(CHUNK_BYTES);
        for (number, start) in starts.enumerate() {
            let chunk = bytes.slice(start..bytes.len().min(start + CHUNK_BYTES));
            content.charged += charge_of(chunk.len());
            content.chunks.insert(number as u64, Chunk::Given(chunk));
        }
        content
    }

    /// Stands for a file of this size that the host has.
    pub(super) fn of_host(size: u64) -> Self {
        Self { length: size, beneath: size, ..Self::default() }
    }

    /// Returns how many bytes of the host's file show.
    pub(super) fn beneath(&self) -> u64 {
        self.beneath
    }

    /// Returns whether this differs from a file of the host's of this size.
    pub(super) fn differs_from(&self, size: u64) -> bool {
        !self.chunks.is_empty() || self.beneath != size || self.length != size
    }

    /// Returns where the byte at an offset is; `None` at the end and behind it.
    pub(super) fn lies(&self, offset: u64) -> Option<Lies> {
        if offset >= self.length {
            return None;
        }
        if self.beneath <= offset {
            return Some(Lies::Here(self.length));
        }
        let (number, _) = locate(offset);
        let end = (number + 1) * CHUNK_BYTES as u64;
        if self.chunks.contains_key(&number) {
            return Some(Lies::Here(end.min(self.length)));
        }
        let next = self.chunks.range(number..).next().map_or(u64::MAX, |(next, _)| next * CHUNK_BYTES as u64);
        Some(Lies::Beneath(next.min(self.beneath)))
    }

    /// Returns the part of the host's file that must be [filled](Self::fill) in before a write: the first of the pieces
    /// that the write would cover in part.
    pub(super) fn missing_for(&self, offset: u64, length: usize) -> Option<Range<u64>> {
        let end = offset + length as u64;
        let (first, _) = locate(offset);
        let (last, _) = locate(end.saturating_sub(1));
        [first, last].into_iter().find_map(|number| {
            let piece = self.piece(number)?;
            let covered = offset <= piece.start && piece.end <= end;
            (!covered).then_some(piece)
        })
    }

    /// Returns the first part of the host's file, from an offset on, that is not here.
    pub(super) fn missing_from(&self, offset: u64) -> Option<Range<u64>> {
        let mut number = locate(offset).0;
        while number * (CHUNK_BYTES as u64) < self.beneath {
            if let Some(piece) = self.piece(number) {
                return Some(piece);
            }
            number += 1;
        }
        None
    }

    /// Returns what a chunk shows of the host's file; `None` if it is here, or shows nothing.
    fn piece(&self, number: u64) -> Option<Range<u64>> {
        let start = number * CHUNK_BYTES as u64;
        let shows = start < self.beneath && !self.chunks.contains_key(&number);
        shows.then(|| start..self.beneath.min(start + CHUNK_BYTES as u64))
    }

    /// Takes the host's bytes of a [missing](Self::missing_for) part.
    pub(super) fn fill(&mut self, start: u64, bytes: &[u8]) {
        let (number, _) = locate(start);
        self.charged += charge_of(bytes.len());
        self.chunks.insert(number, Chunk::Written(Arc::new(bytes.to_vec())));
    }

    /// Notes that the host has the file no more: what is missing is zeros.
    pub(super) fn detach(&mut self) {
        self.beneath = 0;
    }

    /// Returns how much more a write would be charged.
    pub(super) fn growth(&self, offset: u64, length: usize) -> u64 {
        let mut growth = 0;
        let mut written = 0;
        while written < length {
            let (number, within) = locate(offset + written as u64);
            let held = self.chunks.get(&number).map_or(0, |chunk| chunk.bytes().len());
            let count = (length - written).min(CHUNK_BYTES - within);
            growth += charge_of(held.max(within + count)) - charge_of(held);
            written += count;
        }
        growth
    }

    /// Returns the file's size in bytes, holes included.
    pub(super) fn length(&self) -> u64 {
        self.length
    }

    /// Returns what the file counts against the byte limit: holes are free.
    pub(super) fn charged(&self) -> u64 {
        self.charged
    }

    /// Fills `buffer` from `offset` on and returns how many bytes there were.
    pub(super) fn read_at(&self, offset: u64, buffer: &mut [u8]) -> usize {
        let available = self.length.saturating_sub(offset);
        let count = usize::try_from(available).unwrap_or(usize::MAX).min(buffer.len());
        let mut rest = &mut buffer[..count];
        let mut position = offset;
        while !rest.is_empty() {
            let (number, within) = locate(position);
            let (piece, after) = rest.split_at_mut(rest.len().min(CHUNK_BYTES - within));
            let stored = self.chunks.get(&number).map_or(&[][..], Chunk::bytes);
            let stored = stored.get(within..).unwrap_or_default();
            let copied = stored.len().min(piece.len());
            piece[..copied].copy_from_slice(&stored[..copied]);
            piece[copied..].fill(0);
            position += piece.len() as u64;
            rest = after;
        }
        count
    }

    /// Writes as much of `data` at `offset` as `free` bytes of storage allow, and returns how
    /// much that was. The caller has checked that `offset + data.len()` is within the size limit.
    pub(super) fn write_at(&mut self, offset: u64, data: &[u8], mut free: u64) -> usize {
        let mut written = 0;
        while written < data.len() {
            let (number, within) = locate(offset + written as u64);
            let chunk = self.chunks.get(&number);
            let held = chunk.map_or(0, |chunk| chunk.bytes().len());
            let wanted = (data.len() - written).min(CHUNK_BYTES - within);
            let paid = charge_of(held).saturating_add(free);
            let room = usize::try_from(paid - paid % CHARGE_UNIT).unwrap_or(usize::MAX);
            let count = wanted.min(room.saturating_sub(within));
            if count == 0 {
                break;
            }
            let growth = charge_of(held.max(within + count)) - charge_of(held);
            free -= growth;
            self.charged += growth;
            let chunk = self.chunks.entry(number).or_insert_with(Chunk::empty);
            chunk.write(within, &data[written..written + count]);
            written += count;
        }
        if written > 0 {
            self.length = self.length.max(offset + written as u64);
        }
        written
    }

    /// Cuts the file, or extends it with a hole.
    pub(super) fn set_length(&mut self, length: u64) {
        if length < self.length {
            let (number, within) = locate(length);
            for (_, chunk) in self.chunks.split_off(&(number + u64::from(within > 0))) {
                self.charged -= charge_of(chunk.bytes().len());
            }
            if let Some(chunk) = self.chunks.get_mut(&number) {
                let before = charge_of(chunk.bytes().len());
                chunk.cut(within);
                self.charged -= before - charge_of(chunk.bytes().len());
            }
        }
        self.length = length;
        self.beneath = self.beneath.min(length);
    }

    /// Returns the whole file, of which nothing is with the host; without a copy if the host gave it and nobody changed it.
    /// `None` if it is longer than memory can address.
    pub(super) fn to_bytes(&self) -> Option<Bytes> {
        let length = usize::try_from(self.length).ok()?;
        if let (1, Some(Chunk::Given(bytes))) = (self.chunks.len(), self.chunks.get(&0))
            && bytes.len() == length
        {
            return Some(bytes.clone());
        }
        let mut all = vec![0; length];
        self.read_at(0, &mut all);
        Some(all.into())
    }
}

impl Chunk {
    fn empty() -> Self {
        Self::Written(Arc::default())
    }

    fn bytes(&self) -> &[u8] {
        match self {
            Self::Given(bytes) => bytes,
            Self::Written(bytes) => bytes,
        }
    }

    /// Returns the bytes for changing, copied first if anybody else holds them.
    fn owned(&mut self) -> &mut Vec<u8> {
        if let Self::Given(bytes) = self {
            *self = Self::Written(Arc::new(bytes.to_vec()));
        }
        match self {
            Self::Written(bytes) => Arc::make_mut(bytes),
            Self::Given(_) => unreachable!("a given chunk was replaced just above"),
        }
    }

    fn write(&mut self, within: usize, data: &[u8]) {
        let bytes = self.owned();
        let end = within + data.len();
        if bytes.len() < end {
            if bytes.capacity() < end {
                // Doubling keeps small appends cheap; a chunk never takes more than its size.
                let target = end.max(bytes.capacity() * 2).min(CHUNK_BYTES);
                bytes.reserve_exact(target - bytes.len());
            }
            bytes.resize(end, 0);
        }
        bytes[within..end].copy_from_slice(data);
    }

    fn cut(&mut self, length: usize) {
        match self {
            Self::Given(bytes) => bytes.truncate(length),
            Self::Written(bytes) if bytes.len() > length => {
                let bytes = Arc::make_mut(bytes);
                bytes.truncate(length);
                bytes.shrink_to_fit();
            }
            Self::Written(_) => {}
        }
    }
}

/// Returns the chunk in which an offset lies, and where in it.
fn locate(offset: u64) -> (u64, usize) {
    let chunk = CHUNK_BYTES as u64;
    let within = usize::try_from(offset % chunk).expect("a remainder is below the chunk size");
    (offset / chunk, within)
}
