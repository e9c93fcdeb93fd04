//! Texts of strangers as parts of a script.

use std::fmt::Write as _;

use serde_json::Value as Json;

/// How long the lines of comments are, in characters, where they can be broken.
const COLUMNS: usize = 100;
/// The first line of a block of metadata.
const METADATA: &str = "# /// script";

/// Writes a source as a literal of several lines, none of which is anything else to those who read only lines.
pub(super) fn literal(source: &str) -> String {
    let mut text = String::from("'''\\\n");
    for line in source.trim_end().split('\n') {
        escape(&mut text, line, '\'');
        text.push('\n');
    }
    text.push_str("'''");
    text
}

/// Writes a documentation.
pub(super) fn documentation(lines: &str) -> String {
    let mut text = String::from("\"\"\"");
    for (index, line) in lines.trim_end().split('\n').enumerate() {
        if index > 0 {
            text.push('\n');
        }
        escape(&mut text, line, '"');
    }
    text.push_str("\n\"\"\"\n");
    text
}

fn escape(text: &mut String, line: &str, quote: char) {
    for (index, character) in line.char_indices() {
        match character {
            '\\' => text.push_str("\\\\"),
            character if character == quote => {
                text.push('\\');
                text.push(quote);
            }
            '#' if index == 0 => text.push_str("\\x23"),
            '\t' => text.push('\t'),
            character if character.is_control() => {
                let _ = write!(text, "\\x{:02x}", u32::from(character));
            }
            character => text.push(character),
        }
    }
}

/// Writes a text as a literal of one line: JSON's are Python's.
pub(super) fn quoted(text: &str) -> String {
    serde_json::to_string(text).expect("it is a text")
}

/// Writes a value as an expression of one line, where JSON's own module is `_json`.
pub(super) fn expression(value: &Json) -> String {
    match value {
        Json::Null => "None".to_owned(),
        Json::Bool(true) => "True".to_owned(),
        Json::Bool(false) => "False".to_owned(),
        Json::Number(number) => number.to_string(),
        Json::String(text) => quoted(text),
        Json::Array(_) | Json::Object(_) => format!("_json.loads({})", quoted(&value.to_string())),
    }
}

/// Writes lines as comments.
pub(super) fn comment(script: &mut String, sign: &str, text: &str) {
    for line in text.lines() {
        // A form feed or a lone carriage return would end the comment.
        let line: String = line.chars().map(|c| if c.is_control() && c != '\t' { ' ' } else { c }).collect();
        // Three slashes after a comment sign would begin metadata.
        let between = if sign == "# " && line.starts_with("///") { " " } else { "" };
        let _ = writeln!(script, "{}", format!("{sign}{between}{line}").trim_end());
    }
}

/// Breaks lines between words where they are long.
pub(super) fn wrapped(text: &str) -> String {
    let mut wrapped = String::new();
    for line in text.lines() {
        if !wrapped.is_empty() {
            wrapped.push('\n');
        }
        let mut columns = 0;
        for word in line.split(' ') {
            let length = word.chars().count();
            if columns > 0 && columns + 1 + length > COLUMNS {
                wrapped.push('\n');
                columns = 0;
            } else if columns > 0 || wrapped.ends_with(' ') {
                wrapped.push(' ');
                columns += 1;
            }
            wrapped.push_str(word);
            columns += length;
        }
    }
    wrapped
}

/// Returns the beginning of a text that is longer than this, with a sign that there is more.
pub(super) fn shown(text: &str, bytes_max: usize) -> String {
    if text.len() <= bytes_max {
        return text.to_owned();
    }
    format!("{}…", &text[..text.floor_char_boundary(bytes_max)])
}

/// Returns a word as shells take it.
pub(super) fn shell(word: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "_-./:=@,+%".contains(c);
    if !word.is_empty() && word.chars().all(is_plain) {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', "'\\''"))
}

/// Returns a program without its own metadata (PEP 723): what it needs is known better.
pub(super) fn without_metadata(program: &str) -> String {
    let lines: Vec<&str> = program.trim_start_matches('\u{feff}').lines().collect();
    let mut text = String::new();
    let mut line = 0;
    while line < lines.len() {
        if lines[line] == METADATA {
            let comments = lines[line + 1..].iter().take_while(|line| **line == "#" || line.starts_with("# ")).count();
            if let Some(end) = lines[line + 1..][..comments].iter().rposition(|line| *line == "# ///") {
                line += end + 2;
                continue;
            }
        }
        text.push_str(lines[line]);
        text.push('\n');
        line += 1;
    }
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

    #[test]
    fn a_documentation_ends_where_it_should() {
        let text = documentation("Say \"no\" to \"\"\" and \\.\n# /// script\n\x0c");
        assert_eq!(text, "\"\"\"Say \\\"no\\\" to \\\"\\\"\\\" and \\\\.\n\\x23 /// script\n\"\"\"\n");
    }

    #[test]
    fn a_comment_stays_one() {
        let mut script = String::new();
        comment(&mut script, "# ", "one\x0cimport os\r\n/// script\n\nlast");
        assert_eq!(script, "# one import os\n#  /// script\n#\n# last\n");
    }

    #[test]
    fn long_lines_are_broken_between_words() {
        let word = "w".repeat(40);
        assert_eq!(wrapped(&format!("{word} {word} {word}\nb  c")), format!("{word} {word}\n{word}\nb  c"));
        assert_eq!(wrapped(&"l".repeat(300)), "l".repeat(300));
    }

    #[test]
    fn a_word_of_a_shell_is_one_word() {
        let words: Vec<String> = ["a-1.csv", "", "a b", "it's", "$x"].into_iter().map(shell).collect();
        assert_eq!(words, ["a-1.csv", "''", "'a b'", "'it'\\''s'", "'$x'"]);
    }

    /// The block is the one that the reference implementation's regular expression finds.
    #[test]
    fn metadata_of_a_program_are_taken_away() {
        let program = "#!/bin/x\n# /// script\n# a = 1\n# ///\n# b\n# ///\nimport os\n# /// other\n# c\n# ///";
        assert_eq!(without_metadata(program), "#!/bin/x\nimport os\n# /// other\n# c\n# ///\n");
        assert_eq!(without_metadata("# /// script\n# a\nx"), "# /// script\n# a\nx\n");
    }
}
