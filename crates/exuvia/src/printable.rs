//! Showing text that a stranger wrote.

use std::borrow::Cow;
use std::fmt::Write as _;

/// Returns a text whose control characters are written as Python writes them in a string (`\x1b`), so that it can move no
/// cursor, set no colour, forge no line and turn no text around. Tabs stay.
pub(crate) fn printable(text: &str) -> Cow<'_, str> {
    escape(text, |character| character != '\t' && is_harmful(character), python)
}

/// Returns a text of several lines, each of which is [`printable`].
pub(crate) fn printable_lines(text: &str) -> Cow<'_, str> {
    escape(text, |character| !matches!(character, '\n' | '\t') && is_harmful(character), python)
}

/// Returns JSON in which there is no control character. What it says is the same: they stand in strings only, where the
/// escape means the same. Line feeds and tabs stay.
pub(crate) fn printable_json(json: &str) -> Cow<'_, str> {
    let harmful = |character| !matches!(character, '\n' | '\t') && is_harmful(character);
    escape(json, harmful, |text, character| {
        // None of them is beyond 16 bits. Writing to a string does not fail.
        let _ = write!(text, "\\u{:04x}", u32::from(character));
    })
}

fn escape(text: &str, harmful: impl Fn(char) -> bool, write: impl Fn(&mut String, char)) -> Cow<'_, str> {
    if !text.chars().any(&harmful) {
        return Cow::Borrowed(text);
    }
    let mut escaped = String::with_capacity(text.len() + 16);
    for character in text.chars() {
        if harmful(character) {
            write(&mut escaped, character);
        } else {
            escaped.push(character);
        }
    }
    Cow::Owned(escaped)
}

/// Whether a terminal may do something else with a character than to show it: control characters, line and paragraph
/// separators, and those that change the direction of writing (Unicode Standard Annex 9).
fn is_harmful(character: char) -> bool {
    character.is_control()
        || matches!(character, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

fn python(text: &mut String, character: char) {
    // Writing to a string does not fail.
    let _ = match character {
        '\n' => write!(text, "\\n"),
        '\r' => write!(text, "\\r"),
        _ if u32::from(character) < 0x100 => write!(text, "\\x{:02x}", u32::from(character)),
        _ => write!(text, "\\u{:04x}", u32::from(character)),
    };
}
