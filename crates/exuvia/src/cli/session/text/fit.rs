//! Making a stranger's text fit: as many lines and columns as somebody wants to read.

use crate::printable::printable;

/// How many lines of a text are shown.
const LINES_MAX: usize = 12;
/// How many characters of a line are shown.
const CHARACTERS_MAX: usize = 160;

/// Returns a text as one line.
pub(super) fn fitting_line(text: &str, full: bool) -> String {
    printable(&cut(text, full)).into_owned()
}

/// Returns a text's first lines, or all, and how many are left out. Bytes that are no UTF-8 are shown as `\xff`.
pub(super) fn fitting_lines(bytes: &[u8], full: bool) -> Vec<String> {
    let text: String = bytes.utf8_chunks().fold(String::with_capacity(bytes.len()), |mut text, chunk| {
        text.push_str(chunk.valid());
        chunk.invalid().iter().for_each(|byte| text += &format!("\\x{byte:02x}"));
        text
    });
    let all = text.lines().count();
    let shown = if full || all <= LINES_MAX + 1 { all } else { LINES_MAX };
    let mut lines: Vec<String> = text.lines().take(shown).map(|line| fitting_line(line, full)).collect();
    if shown < all {
        lines.push(format!("… {} more lines", all - shown));
    }
    lines
}

/// Cuts a line, which may be very long.
fn cut(line: &str, full: bool) -> String {
    match line.char_indices().nth(CHARACTERS_MAX) {
        Some((end, _)) if !full => format!("{}…", &line[..end]),
        _ => line.to_owned(),
    }
}
