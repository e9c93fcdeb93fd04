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
}

/// Reads a JSON text. What that can take is bounded: depth by the parser, values by [`JSON_VALUES_MAX`].
pub(crate) fn parse(text: &str) -> Result<Json, JsonFault> {
    // A shorter text cannot have too many: each value but the first has a byte of its own and one before it.
    if text.len() > 2 * JSON_VALUES_MAX && values_at_most(text) > JSON_VALUES_MAX {
        return Err(JsonFault::Values);
    }
    Ok(serde_json::from_str(text)?)
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
    fn depth_is_bounded() {
        assert!(parse(&"[".repeat(100_000)).is_err());
        assert!(parse(&format!("{}{}", "[".repeat(127), "]".repeat(127))).is_ok());
    }
}
