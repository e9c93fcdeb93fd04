//! JSON that somebody else wrote.

use serde_json::Value as Json;

/// The most values that a JSON text may hold. A value takes some 70 bytes of memory and may take 2 bytes of text.
pub(crate) const JSON_VALUES_MAX: usize = 4_000_000;

/// Why a text is not read as JSON.
#[derive(Debug, thiserror::Error)]
pub(crate) enum JsonFault {
    /// It is none, or it is nested deeper than 128 levels.
    #[error("{0}")]
    Syntax(#[from] serde_json::Error),
    /// It has too many values.
    #[error("more than {JSON_VALUES_MAX} values")]
    Values,
    /// It has an integer that would not come out as it went in.
    #[error("an integer of more than 64 bits{}", member.as_ref().map(|name| format!(" in `{name}`")).unwrap_or_default())]
    Integer {
        /// The member of the outermost object that holds it.
        member: Option<String>,
    },
}

/// Reads a JSON text. What that can take is bounded: depth by the parser, values by [`JSON_VALUES_MAX`].
pub(crate) fn parse(text: &str) -> Result<Json, JsonFault> {
    // A shorter text cannot have too many: each value but the first has a byte of its own and one before it.
    if text.len() > 2 * JSON_VALUES_MAX && values_at_most(text) > JSON_VALUES_MAX {
        return Err(JsonFault::Values);
    }
    let value = serde_json::from_str(text)?;
    match large_integer(text) {
        Some(member) => Err(JsonFault::Integer { member }),
        None => Ok(value),
    }
}

/// Finds the first integer in a JSON text that has no place in 64 bits, which the parser would silently make a float.
/// Returns the member of the outermost object that holds it, if one does.
fn large_integer(text: &str) -> Option<Option<String>> {
    let bytes = text.as_bytes();
    let (mut at, mut depth, mut member) = (0, 0_usize, None);
    while let Some(&byte) = bytes.get(at) {
        let start = at;
        at += 1;
        match byte {
            b'{' | b'[' => depth += 1,
            b'}' | b']' => depth = depth.saturating_sub(1),
            b'"' => {
                at = string_end(bytes, at);
                if depth == 1 && bytes[at..].trim_ascii_start().first() == Some(&b':') {
                    member = Some(start..at);
                }
            }
            b'-' | b'0'..=b'9' => {
                let is_part = |byte: &u8| matches!(byte, b'0'..=b'9' | b'.' | b'e' | b'E' | b'+' | b'-');
                at += bytes[at..].iter().position(|byte| !is_part(byte)).unwrap_or(bytes.len() - at);
                if is_large_integer(&text[start..at]) {
                    return Some(member.and_then(|range| serde_json::from_str(&text[range]).ok()));
                }
            }
            _ => {}
        }
    }
    None
}

/// Returns where a string ends whose first character stands here.
fn string_end(bytes: &[u8], start: usize) -> usize {
    let mut at = start;
    while let Some(&byte) = bytes.get(at) {
        match byte {
            b'"' => return at + 1,
            b'\\' => at += 2,
            _ => at += 1,
        }
    }
    bytes.len()
}

fn is_large_integer(number: &str) -> bool {
    // 18 digits always have a place.
    number.len() > 18
        && !number.contains(['.', 'e', 'E'])
        && number.parse::<i64>().is_err()
        && number.parse::<u64>().is_err()
}

/// Returns a number that a text's values, if it is JSON, do not exceed.
fn values_at_most(text: &str) -> usize {
    let (mut values, mut in_string, mut escaped) = (1, false, false);
    for byte in text.bytes() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_string => escaped = true,
            b'"' => in_string = !in_string,
            // A key is no value, but it takes memory like one.
            b',' | b':' | b'[' | b'{' if !in_string => values += 1,
            _ => {}
        }
    }
    values
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_counted_outside_of_strings() {
        for (text, values) in [("1", 1), ("[1,2,3]", 4), (r#"{"a":1}"#, 3), (r#"["a,\",b[",{}]"#, 4)] {
            assert_eq!(values_at_most(text), values, "{text}");
        }
    }

    #[test]
    fn too_many_values_are_refused_and_long_strings_are_not() {
        assert!(matches!(parse(&format!("[{}0]", "0,".repeat(JSON_VALUES_MAX))), Err(JsonFault::Values)));
        let text = ",".repeat(3 * JSON_VALUES_MAX);
        assert_eq!(parse(&format!("\"{text}\"")).unwrap(), Json::String(text));
    }

    #[test]
    fn an_integer_keeps_its_value_or_is_refused() {
        for text in [
            "9223372036854775807",
            "-9223372036854775808",
            "18446744073709551615",
            "-0",
            "1e30",
            "100000000000000000000.0",
            r#"{"100000000000000000000": "a\\\"100000000000000000000"}"#,
        ] {
            assert!(parse(text).is_ok(), "{text}");
        }
        for (text, expected) in [
            ("18446744073709551616", None),
            ("-9223372036854775809", None),
            ("[1, 100000000000000000000]", None),
            (r#"{"a": 1, "\u0062\"" : [{"c": -100000000000000000000}]}"#, Some("b\"")),
            (r#"{"a": {"b": 1}, "c": 100000000000000000000}"#, Some("c")),
        ] {
            match parse(text) {
                Err(JsonFault::Integer { member }) => assert_eq!(member.as_deref(), expected, "{text}"),
                other => panic!("{text}: {other:?}"),
            }
        }
    }

    #[test]
    fn depth_is_bounded() {
        assert!(parse(&"[".repeat(100_000)).is_err());
        assert!(parse(&format!("{}{}", "[".repeat(127), "]".repeat(127))).is_ok());
    }
}
