//! The pages of a memory that differ from those that it began with.

use std::ops::Range;
use std::sync::{Arc, Mutex, PoisonError};

use sha2::{Digest, Sha256};
use wasmtime::{Memory, Store};

use crate::guest::Guest;
use crate::image::{Initial, PageRun};
use crate::sandbox::pages::{prefault, written};

/// The unit in which memories are compared and saved.
pub(crate) const PAGE_BYTES: usize = 4_096;
/// The most bytes of buffers that are kept.
const KEPT_BYTES_MAX: usize = 256 << 20;
/// The most buffers that are kept.
const KEPT_MAX: usize = 64;
/// From how many pages on it is worth asking for all of a run at once.
const PREFAULT_PAGES_MIN: u32 = 4;

/// Pages by number, in ascending order.
pub(crate) struct Pages {
    pub(super) numbers: Vec<u32>,
    /// The contents, one after another.
    pub(super) bytes: Vec<u8>,
    /// Where the buffer goes when it is not used any more.
    buffers: Arc<PageBuffers>,
}

impl Pages {
    /// Copies the pages of a memory that differ from what it began with. The word at `flag`, which is the host's, is taken
    /// to be zero.
    pub(super) fn of(
        store: &Store<Guest>,
        memory: &Memory,
        flag: usize,
        initial: &Initial,
        buffers: &Arc<PageBuffers>,
    ) -> Self {
        let everything = 0..memory.data_size(store);
        let ranges = written(store, memory, usize::MAX).unwrap_or_else(|| Vec::from([everything]));
        let memory = memory.data(store);
        let bytes = ranges.iter().map(ExactSizeIterator::len).sum();
        let mut pages = Self { numbers: Vec::new(), bytes: buffers.take(bytes), buffers: Arc::clone(buffers) };
        for range in ranges {
            pages.add_changed(memory, range, initial);
        }
        pages.clear_word(flag, initial);
        pages
    }

    /// Takes pages that were read: there are as many bytes as pages.
    pub(super) fn from_parts(numbers: Vec<u32>, bytes: Vec<u8>, buffers: &Arc<PageBuffers>) -> Self {
        Self { numbers, bytes, buffers: Arc::clone(buffers) }
    }

    /// Adds those pages of a range that have not what they began with: as many at a time as follow each other.
    fn add_changed(&mut self, memory: &[u8], range: Range<usize>, initial: &Initial) {
        let page = |start: usize| &memory[start..start + PAGE_BYTES];
        let mut starts = range.step_by(PAGE_BYTES).filter(|&start| !initial.holds(page(start), start)).peekable();
        while let Some(first) = starts.next() {
            let mut end = first + PAGE_BYTES;
            while starts.next_if_eq(&end).is_some() {
                end += PAGE_BYTES;
            }
            self.bytes.extend_from_slice(&memory[first..end]);
            let numbers = (first / PAGE_BYTES..end / PAGE_BYTES).map(u32::try_from);
            self.numbers.extend(numbers.map(|number| number.expect("a memory has at most 4 GiB")));
        }
    }

    /// Makes a word zero, if it lies in one of the pages.
    fn clear_word(&mut self, address: usize, initial: &Initial) {
        let Ok(number) = u32::try_from(address / PAGE_BYTES) else { return };
        let Ok(place) = self.numbers.binary_search(&number) else { return };
        let start = place * PAGE_BYTES;
        let word = start + address % PAGE_BYTES;
        self.bytes[word..word + 4].fill(0);
        // It may have been all that differed.
        if initial.holds(&self.bytes[start..start + PAGE_BYTES], number as usize * PAGE_BYTES) {
            self.numbers.remove(place);
            self.bytes.drain(start..start + PAGE_BYTES);
        }
    }

    /// Writes the pages into a memory in which they lie.
    pub(crate) fn write(&self, store: &mut Store<Guest>, memory: &Memory) {
        let runs = self.runs();
        let long: Vec<PageRun> = runs.iter().filter(|run| run.count >= PREFAULT_PAGES_MIN).copied().collect();
        prefault(store, memory, &long);
        let memory = memory.data_mut(store);
        let mut rest = &self.bytes[..];
        for PageRun { first, count } in runs {
            let (pages, after) = rest.split_at(count as usize * PAGE_BYTES);
            let start = first as usize * PAGE_BYTES;
            memory[start..start + pages.len()].copy_from_slice(pages);
            rest = after;
        }
    }

    fn runs(&self) -> Vec<PageRun> {
        let follows = |one: &u32, next: &u32| *next == one + 1;
        let run =
            |numbers: &[u32]| PageRun { first: numbers[0], count: u32::try_from(numbers.len()).unwrap_or(u32::MAX) };
        self.numbers.chunk_by(follows).map(run).collect()
    }

    /// Adds them to a hash.
    pub(super) fn hash(&self, hash: &mut Sha256) {
        for (number, page) in self.numbers.iter().zip(self.bytes.chunks_exact(PAGE_BYTES)) {
            hash.update(number.to_le_bytes());
            hash.update(page);
        }
    }
}

impl Drop for Pages {
    fn drop(&mut self) {
        self.buffers.keep(std::mem::take(&mut self.bytes));
    }
}

/// Buffers that checkpoints have used and the next ones will: the system's pages for a new one cost more than filling it.
#[derive(Default)]
pub(crate) struct PageBuffers {
    kept: Mutex<Vec<Vec<u8>>>,
}

impl PageBuffers {
    /// Returns an empty buffer with room for so many bytes.
    fn take(&self, bytes: usize) -> Vec<u8> {
        let mut buffer = self.find(bytes).unwrap_or_else(|| Vec::with_capacity(bytes));
        buffer.clear();
        buffer
    }

    /// Returns a buffer of so many bytes, whatever they are.
    pub(super) fn take_filled(&self, bytes: usize) -> Vec<u8> {
        match self.find(bytes) {
            Some(mut buffer) => {
                buffer.resize(bytes, 0);
                buffer
            }
            None => vec![0; bytes],
        }
    }

    /// Takes the smallest buffer out that is large enough.
    fn find(&self, bytes: usize) -> Option<Vec<u8>> {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let large = kept.iter().enumerate().filter(|(_, buffer)| buffer.capacity() >= bytes);
        let (place, _) = large.min_by_key(|(_, buffer)| buffer.capacity())?;
        Some(kept.swap_remove(place))
    }

    fn keep(&self, buffer: Vec<u8>) {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let bytes: usize = kept.iter().map(Vec::capacity).sum();
        if buffer.capacity() > 0 && kept.len() < KEPT_MAX && bytes + buffer.capacity() <= KEPT_BYTES_MAX {
            kept.push(buffer);
        }
    }
}
