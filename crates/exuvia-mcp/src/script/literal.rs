//! Python source as a literal of Python.

use std::fmt::Write as _;

/// Writes a source as a literal of several lines, none of which is anything else to those who read only lines.
pub(super) fn literal(source: &str) -> String {
    let mut text = String::from("'''\\\n");
    for line in source.trim_end().split('\n') {
        for (index, character) in line.char_indices() {
            match character {
                '\\' => text.push_str("\\\\"),
                '\'' => text.push_str("\\'"),
                '#' if index == 0 => text.push_str("\\x23"),
                '\t' => text.push('\t'),
                character if character.is_control() => {
                    let _ = write!(text, "\\x{:02x}", u32::from(character));
                }
                character => text.push(character),
            }
        }
        text.push('\n');
    }
    text.push_str("'''");
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_literal_is_whole() {
        assert_eq!(
            literal("a = 'x'\n# /// script\nb = '\\n'\r\n"),
            "'''\\\na = \\'x\\'\n\\x23 /// script\nb = \\'\\\\n\\'\n'''"
        );
    }
}
