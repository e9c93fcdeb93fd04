//! JSON values and texts as literals of Python.

use serde_json::Value as Json;

/// How deep a default value may nest; what is deeper is shown as `None`.
const DEPTH_MAX: usize = 16;

/// Returns a JSON value as a literal of Python.
pub(super) fn literal(value: &Json) -> String {
    nested(value, 0)
}

fn nested(value: &Json, depth: usize) -> String {
    if depth > DEPTH_MAX {
        return "None".to_owned();
    }
    match value {
        Json::Null => "None".to_owned(),
        Json::Bool(true) => "True".to_owned(),
        Json::Bool(false) => "False".to_owned(),
        Json::Number(number) => number.to_string(),
        Json::String(value) => text(value),
        Json::Array(values) => {
            let values: Vec<String> = values.iter().map(|value| nested(value, depth + 1)).collect();
            format!("[{}]", values.join(", "))
        }
        Json::Object(entries) => {
            let entries: Vec<String> =
                entries.iter().map(|(key, value)| format!("{}: {}", text(key), nested(value, depth + 1))).collect();
            format!("{{{}}}", entries.join(", "))
        }
    }
}

/// Returns a text as a literal of Python on one line.
pub(super) fn text(value: &str) -> String {
    let mut literal = String::with_capacity(value.len() + 2);
    literal.push('"');
    for character in value.chars() {
        escape(character, &mut literal);
    }
    literal.push('"');
    literal
}

/// Returns a text as a docstring of these lines' indentation, with a line break behind it; nothing if it is empty.
pub(super) fn docstring(value: &str, indentation: &str) -> String {
    if value.is_empty() {
        return String::new();
    }
    let mut docstring = format!("{indentation}\"\"\"");
    for (index, line) in value.lines().enumerate() {
        if index > 0 {
            docstring.push('\n');
            if !line.is_empty() {
                docstring.push_str(indentation);
            }
        }
        for character in line.chars() {
            escape(character, &mut docstring);
        }
    }
    docstring.push_str("\"\"\"\n");
    docstring
}

/// Returns a text without its line breaks.
pub(super) fn comment(value: &str) -> String {
    value.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn escape(character: char, literal: &mut String) {
    match character {
        '"' | '\\' => literal.extend(['\\', character]),
        '\n' => literal.push_str("\\n"),
        '\r' => literal.push_str("\\r"),
        '\t' => literal.push_str("\\t"),
        // Python's lexer takes none of these within a line, or shows them as something else.
        character if character.is_control() || ('\u{2028}'..='\u{2029}').contains(&character) => {
            literal.push_str(&format!("\\u{:04x}", character as u32));
        }
        character => literal.push(character),
    }
}
