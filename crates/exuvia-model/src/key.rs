//! Keys of providers, which nobody is told.

use serde_json::Value as Json;

/// What stands where a key stood.
const STAND_IN: &str = "[key]";
/// The shortest key that is looked for, in bytes: a shorter one stands in many a text by chance.
const BYTES_MIN: usize = 8;

/// A key, as it may come back in what a provider sends.
pub(crate) struct Key {
    /// As it is, and as a text in JSON has it, if that is something else.
    forms: Vec<String>,
}

impl Key {
    pub(crate) fn new(key: &str) -> Self {
        if key.len() < BYTES_MIN {
            return Self { forms: Vec::new() };
        }
        let mut forms = vec![key.to_owned()];
        let quoted = Json::from(key).to_string();
        forms.extend(quoted.get(1..quoted.len() - 1).filter(|escaped| *escaped != key).map(str::to_owned));
        Self { forms }
    }

    /// Takes the key out of a text.
    pub(crate) fn redact(&self, text: &mut String) {
        for form in &self.forms {
            if text.contains(form.as_str()) {
                *text = text.replace(form.as_str(), STAND_IN);
            }
        }
    }

    /// Returns a text without the key.
    pub(crate) fn redacted(&self, text: &str) -> String {
        let mut text = text.to_owned();
        self.redact(&mut text);
        text
    }

    /// Takes the key out of all texts in a value, names included.
    pub(crate) fn redact_json(&self, value: &mut Json) {
        match value {
            Json::String(text) => self.redact(text),
            Json::Array(items) => items.iter_mut().for_each(|item| self.redact_json(item)),
            Json::Object(entries) => {
                let all = std::mem::take(entries);
                entries.extend(all.into_iter().map(|(name, mut value)| {
                    self.redact_json(&mut value);
                    (self.redacted(&name), value)
                }));
            }
            Json::Null | Json::Bool(_) | Json::Number(_) => {}
        }
    }

    /// Returns how many bytes at the end of a text may be the beginning of the key.
    pub(crate) fn begun(&self, text: &str) -> usize {
        let begun =
            |form: &String| (1..form.len()).rev().find(|length| text.as_bytes().ends_with(&form.as_bytes()[..*length]));
        let longest = self.forms.iter().filter_map(begun).max().unwrap_or(0);
        // What ends in the middle of a character is no text's end.
        text.len() - text.floor_char_boundary(text.len() - longest)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_key_is_found_wherever_it_stands() {
        let key = Key::new("sk-\"quoted\"-1");
        let mut value = json!({ "sk-\"quoted\"-1": ["a sk-\"quoted\"-1 b", { "deep": "sk-\"quoted\"-1" }, 1, null] });
        key.redact_json(&mut value);
        assert_eq!(value, json!({ "[key]": ["a [key] b", { "deep": "[key]" }, 1, null] }));
        assert_eq!(key.redacted(r#"{"code":"sk-\"quoted\"-1"}"#), r#"{"code":"[key]"}"#);
        // Nobody has the key `python`.
        assert_eq!(Key::new("python").redacted("a python"), "a python");
        assert_eq!(Key::new("").redacted("nothing"), "nothing");
    }

    #[test]
    fn the_beginning_of_a_key_is_known() {
        let key = Key::new("abababac");
        for (text, begun) in [("x", 0), ("xa", 1), ("xab", 2), ("xabababa", 7), ("xababababa", 7), ("ac", 0), ("", 0)] {
            assert_eq!(key.begun(text), begun, "{text}");
        }
        // Half of a character is not told, nor held alone.
        assert_eq!(Key::new("é1234567").begun("caf\u{e9}"), 2);
    }
}
