//! What a cell prints: its last line while it runs, and as much as somebody can read afterwards.

use std::borrow::Cow;
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

/// How much of a text is shown, in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Room {
    /// Of its beginning.
    pub(crate) head: usize,
    /// Of its end.
    pub(crate) tail: usize,
}

impl Room {
    /// Shares it between two texts of these lengths: one that is short leaves the rest to the other, and the second has a
    /// quarter at least.
    pub(crate) fn shared(self, first: usize, second: usize) -> [Self; 2] {
        let all = self.head + self.tail;
        if first + second <= all {
            let room = Self { head: all, tail: 0 };
            return [room, room];
        }
        let second = second.min((all / 4).max(all.saturating_sub(first)));
        [all - second, second].map(|room| Self { head: room / 4 * 3, tail: room - room / 4 * 3 })
    }
}

/// A text of which the middle is left out, if it is long.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Cut<'a> {
    pub(crate) head: &'a str,
    /// How many bytes are left out.
    pub(crate) left_out: usize,
    pub(crate) tail: &'a str,
}

/// Cuts a text to what there is room for: between lines, where there is an end of one near enough.
pub(crate) fn cut(text: &str, room: Room) -> Cut<'_> {
    if text.len() <= room.head + room.tail {
        return Cut { head: text, left_out: 0, tail: "" };
    }
    let mut head = &text[..text.floor_char_boundary(room.head)];
    if let Some(end) = head.rfind('\n').filter(|end| *end >= head.len() / 2) {
        head = &head[..=end];
    }
    let mut tail = &text[text.ceil_char_boundary(text.len() - room.tail)..];
    if let Some(end) = tail.find('\n').filter(|end| *end < tail.len() / 2) {
        tail = &tail[end + 1..];
    }
    Cut { head, left_out: text.len() - head.len() - tail.len(), tail }
}

/// Returns the beginning of a text, of at most so many bytes, on one line and without characters that a terminal obeys.
pub(crate) fn shown(text: &str, bytes_max: usize) -> Cow<'_, str> {
    let end = text.floor_char_boundary(bytes_max);
    let is_plain = end == text.len() && !text.chars().any(char::is_control);
    if is_plain {
        return Cow::Borrowed(text);
    }
    let mut line: String = text[..end].chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    if end < text.len() {
        line.push('…');
    }
    Cow::Owned(line)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

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

    #[test]
    fn a_text_is_cut_between_lines() {
        let room = Room { head: 10, tail: 6 };
        assert_eq!(cut("short", room), Cut { head: "short", left_out: 0, tail: "" });
        let text = "one\ntwo\nthree\nfour\nfive\n";
        assert_eq!(cut(text, room), Cut { head: "one\ntwo\n", left_out: 11, tail: "five\n" });
        assert_eq!(cut("ööööööööööö", room), Cut { head: "ööööö", left_out: 6, tail: "ööö" });
    }

    #[test]
    fn two_texts_share_the_room() {
        let room = |head, tail| Room { head, tail };
        let all = room(12_288, 4_096);
        assert_eq!(all.shared(10, 20), [room(16_384, 0), room(16_384, 0)]);
        assert_eq!(all.shared(100_000, 0), [all, room(0, 0)]);
        assert_eq!(all.shared(100_000, 100_000), [room(9_216, 3_072), room(3_072, 1_024)]);
        assert_eq!(all.shared(0, 100_000), [room(0, 0), all]);
    }

    proptest! {
        #[test]
        fn nothing_is_lost_unseen(text in "[aö\n]{0,60}", head in 0..20usize, tail in 0..20usize) {
            let cut = cut(&text, Room { head, tail });
            prop_assert!(text.starts_with(cut.head) && text.ends_with(cut.tail));
            prop_assert_eq!(cut.head.len() + cut.left_out + cut.tail.len(), text.len());
            prop_assert!(cut.left_out == 0 || cut.head.len() <= head && cut.tail.len() <= tail);
        }
    }
}
