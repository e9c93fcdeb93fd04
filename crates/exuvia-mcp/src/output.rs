//! The last line that a cell has printed, while it runs.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use exuvia_core::Stream;

/// How much of the line that was printed last is kept, in bytes.
const LINE_BYTES_MAX: usize = 1_024;

/// The end of what a session prints: its last line, for those who wait for a cell. A clone is the same.
#[derive(Debug, Clone, Default)]
pub struct Tail {
    lines: Arc<Mutex<Lines>>,
}

#[derive(Debug, Default)]
struct Lines {
    /// The last line that is at its end.
    last: Vec<u8>,
    /// The one that is being written.
    next: Vec<u8>,
}

impl Tail {
    /// Takes what is printed.
    pub fn write(&self, _stream: Stream, bytes: &[u8]) {
        let mut lines = self.lock();
        let Some(end) = bytes.iter().rposition(|byte| *byte == b'\n') else {
            lines.extend(bytes);
            return;
        };
        let whole = &bytes[..end];
        match whole.iter().rposition(|byte| *byte == b'\n') {
            Some(before) => {
                lines.next.clear();
                lines.extend(&whole[before + 1..]);
            }
            None => lines.extend(whole),
        }
        lines.last = std::mem::take(&mut lines.next);
        lines.extend(&bytes[end + 1..]);
    }

    /// Returns the last line that is not empty, at its end or not, as far as it is kept.
    pub(crate) fn last_line(&self) -> Option<String> {
        let lines = self.lock();
        let line = [&lines.next, &lines.last].into_iter().find(|line| !line.trim_ascii().is_empty())?;
        Some(String::from_utf8_lossy(line).trim().to_owned())
    }

    /// Forgets what was printed: a cell begins.
    pub(crate) fn clear(&self) {
        let mut lines = self.lock();
        lines.last.clear();
        lines.next.clear();
    }

    fn lock(&self) -> MutexGuard<'_, Lines> {
        self.lines.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Lines {
    fn extend(&mut self, bytes: &[u8]) {
        let room = LINE_BYTES_MAX.saturating_sub(self.next.len());
        self.next.extend_from_slice(&bytes[..bytes.len().min(room)]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn last_line(pieces: &[&str]) -> Option<String> {
        let tail = Tail::default();
        pieces.iter().for_each(|piece| tail.write(Stream::Stdout, piece.as_bytes()));
        tail.last_line()
    }

    #[test]
    fn the_last_line_is_the_last_that_says_something() {
        assert_eq!(last_line(&[]), None);
        assert_eq!(last_line(&["one\n"]).as_deref(), Some("one"));
        assert_eq!(last_line(&["one\ntwo\nthr", "ee"]).as_deref(), Some("three"));
        assert_eq!(last_line(&["one", " more\n", "\n"]), None);
        assert_eq!(last_line(&["a\nb\nc\n"]).as_deref(), Some("c"));
        assert_eq!(last_line(&[&"x".repeat(5_000)]).map(|line| line.len()), Some(LINE_BYTES_MAX));
    }
}
