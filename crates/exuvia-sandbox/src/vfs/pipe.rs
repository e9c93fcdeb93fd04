//! A pipe: bytes in memory between two descriptors of the same guest.

use std::collections::VecDeque;

use super::errno::Errno;

/// How much a pipe holds.
pub const PIPE_BYTES_MAX: usize = 64 * 1024;
/// Writes of at most this many bytes are taken whole or not at all.
pub const PIPE_ATOMIC_BYTES: usize = 4096;

/// The bytes on their way, and how many open descriptions each end has.
#[derive(Debug, Clone)]
pub(super) struct Pipe {
    bytes: VecDeque<u8>,
    pub(super) readers: u32,
    pub(super) writers: u32,
}

impl Pipe {
    /// Makes an empty pipe with one open description at each end.
    pub(super) fn new() -> Self {
        Self { bytes: VecDeque::new(), readers: 1, writers: 1 }
    }

    /// Makes a pipe that holds these bytes, and whose ends nobody has yet.
    pub(super) fn holding(bytes: Vec<u8>) -> Self {
        Self { bytes: bytes.into(), readers: 0, writers: 0 }
    }

    /// Returns the bytes on their way.
    pub(super) fn bytes(&self) -> Vec<u8> {
        self.bytes.iter().copied().collect()
    }

    /// Takes bytes out; 0 once no writer is left.
    ///
    /// # Errors
    ///
    /// `would_block` if it is empty while somebody could still write.
    pub(super) fn read(&mut self, buffer: &mut [u8], would_block: Errno) -> Result<usize, Errno> {
        if self.bytes.is_empty() {
            return if self.writers == 0 || buffer.is_empty() { Ok(0) } else { Err(would_block) };
        }
        let count = self.bytes.len().min(buffer.len());
        for (slot, byte) in buffer.iter_mut().zip(self.bytes.drain(..count)) {
            *slot = byte;
        }
        Ok(count)
    }

    /// Puts bytes in, as many as fit.
    ///
    /// # Errors
    ///
    /// `EPIPE` if nobody can read them, `would_block` if there is no room.
    pub(super) fn write(&mut self, data: &[u8], would_block: Errno) -> Result<usize, Errno> {
        if data.is_empty() {
            return Ok(0);
        }
        if self.readers == 0 {
            return Err(Errno::Pipe);
        }
        let room = PIPE_BYTES_MAX - self.bytes.len();
        if room == 0 || data.len() <= PIPE_ATOMIC_BYTES && data.len() > room {
            return Err(would_block);
        }
        let count = data.len().min(room);
        self.bytes.extend(&data[..count]);
        Ok(count)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    /// Returns whether a small write would be taken.
    pub(super) fn has_room(&self) -> bool {
        PIPE_BYTES_MAX - self.bytes.len() >= PIPE_ATOMIC_BYTES
    }
}
