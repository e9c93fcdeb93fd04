//! Lines out of bytes that come in pieces.

/// How much room there is for what is read at a time, in bytes.
const PIECE_BYTES: usize = 64 << 10;
/// A buffer that a long line has made larger than this is given back.
const BUFFER_BYTES_MAX: usize = 1 << 20;

/// Splits bytes into lines, each of which has at most so many bytes.
#[derive(Debug)]
pub(super) struct Lines {
    buffer: Vec<u8>,
    /// How much of the buffer was taken as lines.
    taken: usize,
    /// How far a line feed was looked for.
    searched: usize,
    length_max: usize,
    /// Whether what comes up to the next line feed belongs to a line that is too long.
    is_discarding: bool,
}

/// A line.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Line {
    /// Its bytes, without the line feed.
    Whole(Vec<u8>),
    /// It is longer than may be. It comes when that is known; the rest of the line is passed over.
    TooLong,
}

impl Lines {
    pub(super) fn new(length_max: usize) -> Self {
        Self { buffer: Vec::new(), taken: 0, searched: 0, length_max, is_discarding: false }
    }

    /// Returns how many bytes a line has at most.
    pub(super) fn length_max(&self) -> usize {
        self.length_max
    }

    /// Returns where bytes that are read are appended: there is room for some.
    pub(super) fn space(&mut self) -> &mut Vec<u8> {
        self.buffer.drain(..self.taken);
        self.searched -= self.taken;
        self.taken = 0;
        if self.buffer.is_empty() && self.buffer.capacity() > BUFFER_BYTES_MAX {
            self.buffer = Vec::new();
        }
        self.buffer.reserve(PIECE_BYTES);
        &mut self.buffer
    }

    /// Returns the next line, if it is there.
    pub(super) fn next(&mut self) -> Option<Line> {
        loop {
            let end = self.buffer[self.searched..].iter().position(|byte| *byte == b'\n').map(|at| self.searched + at);
            let Some(end) = end else {
                self.searched = self.buffer.len();
                return self.without_end();
            };
            let line = &self.buffer[self.taken..end];
            let result = if self.is_discarding {
                None
            } else if line.len() > self.length_max {
                Some(Line::TooLong)
            } else {
                Some(Line::Whole(line.to_vec()))
            };
            (self.taken, self.searched, self.is_discarding) = (end + 1, end + 1, false);
            if result.is_some() {
                return result;
            }
        }
    }

    /// What there is of the next line: nothing is kept of one that is too long already.
    fn without_end(&mut self) -> Option<Line> {
        let is_new = !self.is_discarding;
        if self.is_discarding || self.buffer.len() - self.taken > self.length_max {
            self.is_discarding = true;
            self.taken = self.buffer.len();
            return is_new.then_some(Line::TooLong);
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn feed(lines: &mut Lines, bytes: &[u8]) -> Vec<Line> {
        lines.space().extend_from_slice(bytes);
        std::iter::from_fn(|| lines.next()).collect()
    }

    fn whole(text: &str) -> Line {
        Line::Whole(text.as_bytes().to_vec())
    }

    #[test]
    fn a_line_may_come_in_pieces() {
        let mut lines = Lines::new(8);
        assert_eq!(feed(&mut lines, b"ab"), []);
        assert_eq!(feed(&mut lines, b"c\n\nde\nf"), [whole("abc"), whole(""), whole("de")]);
        assert_eq!(feed(&mut lines, b"\n"), [whole("f")]);
    }

    #[test]
    fn a_line_that_is_too_long_is_passed_over() {
        let mut lines = Lines::new(4);
        assert_eq!(feed(&mut lines, b"abcd\nabcde"), [whole("abcd"), Line::TooLong]);
        assert_eq!(feed(&mut lines, b"fghijklm"), []);
        assert_eq!(feed(&mut lines, b"n\nok\n"), [whole("ok")]);
        assert_eq!(feed(&mut lines, b"abcde\nok\n"), [Line::TooLong, whole("ok")]);
    }

    proptest! {
        #[test]
        fn pieces_make_no_difference(text in prop::collection::vec(any::<u8>(), 0..200), cuts in prop::collection::vec(1..20usize, 0..40)) {
            let expected: Vec<Line> = text
                .split_inclusive(|byte| *byte == b'\n')
                .filter_map(|line| match line.strip_suffix(b"\n") {
                    Some(line) if line.len() > 10 => Some(Line::TooLong),
                    Some(line) => Some(Line::Whole(line.to_vec())),
                    None if line.len() > 10 => Some(Line::TooLong),
                    None => None,
                })
                .collect();
            let mut lines = Lines::new(10);
            let (mut rest, mut found) = (&text[..], Vec::new());
            for cut in cuts.into_iter().chain(std::iter::once(usize::MAX)) {
                let (piece, after) = rest.split_at(cut.min(rest.len()));
                rest = after;
                found.extend(feed(&mut lines, piece));
                prop_assert!(lines.buffer.len() - lines.taken <= 10);
            }
            prop_assert_eq!(found, expected);
        }
    }
}
