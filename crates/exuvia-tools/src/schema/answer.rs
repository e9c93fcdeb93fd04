//! Checking what a model answers against a schema that a program has given.

use jsonschema::Validator;
use serde_json::Value as Json;

use super::{compile, told, words};

/// The JSON Schema that an answer must fit, compiled.
pub struct AnswerSchema(Validator);

impl AnswerSchema {
    /// Compiles a schema: draft 2020-12, unless it names another one. Nothing is fetched because it names it.
    ///
    /// # Errors
    ///
    /// What is wrong with it, and where.
    pub fn compile(schema: &Json) -> Result<Self, String> {
        compile(schema).map(Self)
    }

    /// Returns what is wrong with an answer, in Python's words; `None`: nothing.
    #[must_use]
    pub fn fault(&self, answer: &Json) -> Option<String> {
        (!self.0.is_valid(answer)).then(|| told(&self.0, answer, words::result))
    }
}

impl std::fmt::Debug for AnswerSchema {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("AnswerSchema").finish_non_exhaustive()
    }
}
