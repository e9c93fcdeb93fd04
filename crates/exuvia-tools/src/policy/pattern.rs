//! What an argument must be like for a rule to match.

use regex::Regex;
use serde_json::Value as Json;

use crate::error::ToolsError;

/// What an argument must be like for a rule to match.
#[derive(Debug, Clone, PartialEq)]
pub struct Pattern(Kind);

#[derive(Debug, Clone, PartialEq)]
enum Kind {
    Equals(Json),
    Glob(String),
    Regex(String),
}

impl Pattern {
    /// Matches this value alone; of numbers, 1 is not 1.0.
    #[must_use]
    pub fn equals(value: impl Into<Json>) -> Self {
        Self(Kind::Equals(value.into()))
    }

    /// Matches whole texts: `*` stands for any characters, also for `/`, and `?` for one. There is no escape.
    ///
    /// A text that is a path must be looked at with care: `/tmp/*` matches `/tmp/../etc`.
    #[must_use]
    pub fn glob(pattern: impl Into<String>) -> Self {
        Self(Kind::Glob(pattern.into()))
    }

    /// Matches texts in which this regular expression (of the crate `regex`) is found; `^` and `$` tie it to the ends.
    #[must_use]
    pub fn regex(pattern: impl Into<String>) -> Self {
        Self(Kind::Regex(pattern.into()))
    }

    pub(super) fn compile(&self) -> Result<CompiledPattern, ToolsError> {
        match &self.0 {
            Kind::Equals(value) => Ok(CompiledPattern::Equals(value.clone())),
            Kind::Glob(pattern) => glob(pattern).map(CompiledPattern::Regex),
            Kind::Regex(pattern) => compile(pattern, pattern).map(CompiledPattern::Regex),
        }
    }
}

/// A pattern, ready to be used. A match takes time linear in the text.
pub(super) enum CompiledPattern {
    Equals(Json),
    Regex(Regex),
}

impl CompiledPattern {
    /// Says whether a value matches; of a list, each item, or one.
    pub(super) fn matches(&self, value: &Json, each: bool) -> bool {
        match (self, value) {
            (Self::Equals(wanted), value) if wanted == value => true,
            (_, Json::Array(items)) if each => !items.is_empty() && items.iter().all(|item| self.matches(item, each)),
            (_, Json::Array(items)) => items.iter().any(|item| self.matches(item, each)),
            (Self::Regex(regex), Json::String(text)) => regex.is_match(text),
            _ => false,
        }
    }

    pub(super) fn matches_text(&self, text: &str) -> bool {
        match self {
            Self::Equals(wanted) => wanted == text,
            Self::Regex(regex) => regex.is_match(text),
        }
    }
}

/// Compiles a pattern in which `*` stands for any characters and `?` for one.
pub(super) fn glob(pattern: &str) -> Result<Regex, ToolsError> {
    let mut regex = String::from("(?s)^");
    for character in pattern.chars() {
        match character {
            '*' => regex.push_str(".*"),
            '?' => regex.push('.'),
            other => regex.push_str(&regex::escape(other.encode_utf8(&mut [0; 4]))),
        }
    }
    regex.push('$');
    compile(&regex, pattern)
}

fn compile(regex: &str, written: &str) -> Result<Regex, ToolsError> {
    Regex::new(regex).map_err(|error| ToolsError::Pattern { pattern: written.to_owned(), problem: error.to_string() })
}
