//! The tools: what a model is told of them, and how their arguments are read.

use std::sync::Arc;
use std::time::Duration;

use exuvia_core::journal::Opened;
use rmcp::model::{JsonObject, Tool};
use serde_json::{Value, json};

/// What a client is told of the server as a whole.
pub(crate) const INSTRUCTIONS: &str = "Runs Python in a sealed sandbox. Variables, imports and files stay between calls \
    of `python`; everything is recorded.";

/// Returns the tools, in an order that never changes.
pub(crate) fn all(offer: &Opened) -> Vec<Tool> {
    vec![Tool::new("python", description(offer), schema(&PYTHON)).with_title("Run Python")]
}

fn description(offer: &Opened) -> String {
    format!(
        "Runs Python {} in a sealed sandbox and returns what it prints and the value of its last expression. Variables, \
         imports and files stay for the next call.",
        offer.engine.version
    )
}

/// A parameter of a tool.
struct Parameter {
    name: &'static str,
    kind: &'static str,
    description: &'static str,
    is_required: bool,
}

const PYTHON: [Parameter; 3] = [
    Parameter { name: "code", kind: "string", description: "Python source", is_required: true },
    Parameter {
        name: "session",
        kind: "string",
        description: "a session's name from an earlier answer, or `new`; without it, this connection's own",
        is_required: false,
    },
    Parameter {
        name: "timeout",
        kind: "number",
        description: "seconds that the code may take, waiting included",
        is_required: false,
    },
];

fn schema(parameters: &[Parameter]) -> Arc<JsonObject> {
    let properties: JsonObject = parameters
        .iter()
        .map(|Parameter { name, kind, description, .. }| {
            ((*name).to_owned(), json!({"type": kind, "description": description}))
        })
        .collect();
    let required: Vec<&str> =
        parameters.iter().filter(|parameter| parameter.is_required).map(|parameter| parameter.name).collect();
    let schema = json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "type": "object",
        "properties": properties,
        "required": required,
        "additionalProperties": false,
    });
    match schema {
        Value::Object(schema) => Arc::new(schema),
        _ => unreachable!("it is an object"),
    }
}

/// The arguments of `python`.
#[derive(Debug, PartialEq)]
pub(crate) struct Python {
    pub(crate) code: String,
    pub(crate) session: Option<String>,
    pub(crate) timeout: Option<Duration>,
}

impl Python {
    /// Reads the arguments. The error is for the model that wrote them.
    pub(crate) fn read(mut arguments: JsonObject) -> Result<Self, String> {
        let code = match arguments.remove("code") {
            Some(Value::String(code)) => code,
            _ => return Err("`code` is missing: it is the Python source, a string".to_owned()),
        };
        let session = match arguments.remove("session") {
            Some(Value::String(session)) => Some(session),
            None | Some(Value::Null) => None,
            Some(_) => return Err("`session` is a string: a session's name".to_owned()),
        };
        let timeout = match arguments.remove("timeout") {
            None | Some(Value::Null) => None,
            Some(value) => {
                let seconds = value.as_f64().filter(|seconds| *seconds > 0.0);
                let timeout = seconds.and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
                Some(timeout.ok_or("`timeout` is a number of seconds, more than 0")?)
            }
        };
        Ok(Self { code, session, timeout })
    }
}
