//! Output and values as text, with their middle left out if they are long.

use std::fmt::Write as _;

use super::excerpt::{Room, cut};
use crate::{Outcome, Stream};

/// Begins a new line, unless one has begun.
pub fn end_line(text: &mut String) {
    if !text.is_empty() && !text.ends_with('\n') {
        text.push('\n');
    }
}

/// Writes as much of a text as there is room for, and where all of it is: `… 1234 bytes left out: WHERE …`.
pub fn write_cut(text: &mut String, from: &str, room: Room, whole: &str) {
    let cut = cut(from, room);
    text.push_str(cut.head);
    if cut.left_out > 0 {
        end_line(text);
        let _ = writeln!(text, "… {} bytes left out: {whole} …", cut.left_out);
        text.push_str(cut.tail);
    }
}

/// Writes what a cell has printed: stdout, and then stderr, which share the room. `whole` says where all of each is.
pub fn write_printed(text: &mut String, outcome: &Outcome, room: Room, whole: impl Fn(Stream) -> String) {
    let [out, err] = room.shared(outcome.stdout.len(), outcome.stderr.len());
    for (printed, room, stream) in [(&outcome.stdout, out, Stream::Stdout), (&outcome.stderr, err, Stream::Stderr)] {
        end_line(text);
        write_cut(text, printed, room, &whole(stream));
    }
}
