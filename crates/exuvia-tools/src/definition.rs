//! What the definitions of programs and of HTTP endpoints have in common.

use exuvia_core::tool::TOOL_TEXT_BYTES_MAX;
use exuvia_core::{ToolFailure, ToolLimits};
use serde_json::Value as Json;

use crate::tool::{Schemas, Tool};

/// What a program prints, or an endpoint answers.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Output {
    /// Text, which becomes a string.
    #[default]
    Text,
    /// JSON, which becomes the value.
    Json,
}

/// What is said of either.
#[derive(Clone)]
pub(crate) struct Definition {
    pub(crate) name: String,
    pub(crate) description: String,
    pub(crate) parameters: Json,
    pub(crate) returns: Option<Json>,
    pub(crate) output: Output,
    pub(crate) limits: ToolLimits,
}

impl Definition {
    /// Begins a definition: no parameters, text as output.
    pub(crate) fn new(name: impl Into<String>, description: impl Into<String>, limits: ToolLimits) -> Self {
        Self {
            name: name.into(),
            description: description.into(),
            parameters: serde_json::json!({ "type": "object" }),
            returns: None,
            output: Output::Text,
            limits,
        }
    }

    /// Returns the most bytes that may come out.
    pub(crate) fn result_bytes(&self) -> usize {
        self.limits.result_bytes.min(TOOL_TEXT_BYTES_MAX)
    }

    /// Makes the tool, which this handler runs.
    pub(crate) fn tool<F, W>(self, handler: F) -> Tool
    where
        F: Fn(Json) -> W + Send + Sync + 'static,
        W: Future<Output = Result<Json, ToolFailure>> + Send + 'static,
    {
        let returns = match self.output {
            Output::Text => Some(self.returns.unwrap_or_else(|| serde_json::json!({ "type": "string" }))),
            Output::Json => self.returns,
        };
        let schemas = Schemas { parameters: self.parameters, returns };
        Tool::json(self.name, self.description, schemas, handler).limits(self.limits).on_runtime()
    }
}

/// The methods with which both are defined, of a structure that has a `definition`.
macro_rules! definition_methods {
    ($limits:literal) => {
        /// Sets the JSON Schema of its arguments.
        #[must_use]
        pub fn parameters(mut self, schema: serde_json::Value) -> Self {
            self.definition.parameters = schema;
            self
        }

        /// Sets the JSON Schema of its result. Default: any; of text, a string.
        #[must_use]
        pub fn returns(mut self, schema: serde_json::Value) -> Self {
            self.definition.returns = Some(schema);
            self
        }

        /// Sets what comes out.
        #[must_use]
        pub fn output(mut self, output: $crate::Output) -> Self {
            self.definition.output = output;
            self
        }

        #[doc = $limits]
        #[must_use]
        pub fn limits(mut self, limits: exuvia_core::ToolLimits) -> Self {
            self.definition.limits = limits;
            self
        }
    };
}

pub(crate) use definition_methods;

/// Sees to it that each place in a template is a parameter's, and that each parameter has a place.
pub(crate) fn check_parameters(schema: &Json, used: &[&str], rest_is_used: bool) -> Result<(), String> {
    let declared = schema.get("properties").and_then(Json::as_object);
    let is_declared = |name: &str| declared.is_some_and(|declared| declared.contains_key(name));
    if let Some(name) = used.iter().find(|name| !is_declared(name)) {
        return Err(format!("`{{{name}}}` names no parameter: declare it, or write `{{{{` for a brace"));
    }
    let unused = declared.into_iter().flatten().find(|(name, _)| !used.contains(&name.as_str()));
    match unused {
        Some((name, _)) if !rest_is_used => {
            Err(format!("its parameter `{name}` is used nowhere: put `{{{name}}}` where it belongs, or remove it"))
        }
        _ => Ok(()),
    }
}

/// Writes an argument's value as text: a string as it is, everything else as JSON. `None` if there is no value.
pub(crate) fn written(value: Option<&Json>) -> Option<String> {
    match value {
        None | Some(Json::Null) => None,
        Some(Json::String(text)) => Some(text.clone()),
        Some(other) => Some(other.to_string()),
    }
}
