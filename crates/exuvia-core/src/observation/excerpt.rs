//! As much of a text as somebody can read.

use std::borrow::Cow;

/// How much of a text is shown, in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Room {
    /// Of its beginning.
    pub head: usize,
    /// Of its end.
    pub tail: usize,
}

impl Room {
    /// Shares it between two texts of these lengths: one that is short leaves the rest to the other, and the second has a
    /// quarter at least.
    #[must_use]
    pub fn shared(self, first: usize, second: usize) -> [Self; 2] {
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
pub struct Cut<'a> {
    /// Its beginning; all of it, if nothing is left out.
    pub head: &'a str,
    /// How many bytes are left out.
    pub left_out: usize,
    /// Its end.
    pub tail: &'a str,
}

/// Cuts a text to what there is room for: between lines, where there is an end of one near enough.
#[must_use]
pub fn cut(text: &str, room: Room) -> Cut<'_> {
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
#[must_use]
pub fn shown(text: &str, bytes_max: usize) -> Cow<'_, str> {
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
