//! The tools: what a model is told of them, and how their arguments are read.

mod description;

use std::sync::Arc;
use std::time::Duration;

use exuvia_core::MountMode;
use exuvia_core::journal::Opened;
use rmcp::model::{self, JsonObject, ToolAnnotations};
use serde_json::{Value, json};

use crate::output::shown;
use crate::sessions::SessionOptions;

/// What a client is told of the server as a whole.
pub(crate) const INSTRUCTIONS: &str = "Runs Python in a sealed sandbox with the tool `python`. Variables, imports and \
    files stay from call to call; everything is recorded.";

/// A tool.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tool {
    Python,
    Reset,
    Fork,
    ExportScript,
}

/// The arguments of a tool. What it does not take has its default.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Arguments {
    pub(crate) code: String,
    pub(crate) session: Option<String>,
    pub(crate) timeout: Option<Duration>,
}

/// A parameter of a tool.
struct Parameter {
    name: &'static str,
    /// As JSON Schema has it.
    kind: &'static str,
    description: &'static str,
    is_required: bool,
}

const CODE: Parameter =
    Parameter { name: "code", kind: "string", description: "The Python source to run", is_required: true };
const SESSION: Parameter = Parameter {
    name: "session",
    kind: "string",
    description: "A session named in an earlier answer, or \"new\" to begin one. Default: this connection's own",
    is_required: false,
};
const TIMEOUT: Parameter = Parameter {
    name: "timeout",
    kind: "number",
    description: "How many seconds the code may take, waiting included",
    is_required: false,
};

/// Returns the tools as a client sees them, in an order that never changes.
pub(crate) fn all(offer: &Opened, options: &SessionOptions) -> Vec<model::Tool> {
    Tool::ALL.into_iter().map(|tool| tool.declaration(offer, options)).collect()
}

impl Tool {
    const ALL: [Self; 4] = [Self::Python, Self::Reset, Self::Fork, Self::ExportScript];

    /// Returns the tool of this name.
    pub(crate) fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|tool| tool.name() == name)
    }

    fn name(self) -> &'static str {
        match self {
            Self::Python => "python",
            Self::Reset => "reset",
            Self::Fork => "fork",
            Self::ExportScript => "export_script",
        }
    }

    fn parameters(self) -> &'static [Parameter] {
        match self {
            Self::Python => &[CODE, SESSION, TIMEOUT],
            Self::Reset | Self::Fork | Self::ExportScript => &[SESSION],
        }
    }

    /// Returns the tool as a client sees it.
    fn declaration(self, offer: &Opened, options: &SessionOptions) -> model::Tool {
        let (title, description) = match self {
            Self::Python => ("Run Python", description::python(offer, options)),
            Self::Reset => ("Begin again", "Takes all variables, imports and files of a session away.".to_owned()),
            Self::Fork => (
                "Fork a session",
                "Makes a second session that goes on from where one is, to try something and leave that as it is. Returns \
                 its name."
                    .to_owned(),
            ),
            Self::ExportScript => (
                "Export as a script",
                "Returns all that was run in a session as one Python script with PEP 723 metadata.".to_owned(),
            ),
        };
        let annotations = match self {
            Self::Python => ToolAnnotations::from_raw(
                Some(title.to_owned()),
                Some(false),
                Some(can_destroy(offer)),
                Some(false),
                Some(!offer.tools.is_empty()),
            ),
            Self::Reset => annotations(title, false, true),
            Self::Fork => annotations(title, false, false),
            Self::ExportScript => annotations(title, true, false),
        };
        model::Tool::new(self.name(), description, self.schema()).with_title(title).with_annotations(annotations)
    }

    fn schema(self) -> Arc<JsonObject> {
        let parameters = self.parameters();
        let property = |Parameter { name, kind, description, .. }: &Parameter| {
            ((*name).to_owned(), json!({"type": kind, "description": description}))
        };
        let required = parameters.iter().filter(|parameter| parameter.is_required);
        let required: Vec<Value> = required.map(|parameter| parameter.name.into()).collect();
        let mut schema = JsonObject::new();
        schema.insert("type".to_owned(), "object".into());
        schema.insert("properties".to_owned(), Value::Object(parameters.iter().map(property).collect()));
        schema.insert("required".to_owned(), Value::Array(required));
        schema.insert("additionalProperties".to_owned(), false.into());
        Arc::new(schema)
    }

    /// Reads the tool's arguments. The error is for the model that wrote them.
    pub(crate) fn read(self, arguments: JsonObject) -> Result<Arguments, String> {
        let parameters = self.parameters();
        let mut read = Arguments::default();
        let mut has_code = false;
        for (name, value) in arguments {
            let Some(parameter) = parameters.iter().find(|parameter| parameter.name == name) else {
                let names: Vec<String> = parameters.iter().map(|parameter| format!("`{}`", parameter.name)).collect();
                let name = shown(&name, 64);
                return Err(format!("`{}` has no argument `{name}`: it takes {}", self.name(), names.join(", ")));
            };
            match (parameter.name, value) {
                (name, Value::Null) if name != CODE.name => {}
                ("code", Value::String(code)) => (read.code, has_code) = (code, true),
                ("session", Value::String(session)) => read.session = Some(session),
                ("timeout", Value::Number(seconds)) => {
                    let seconds = seconds.as_f64().filter(|seconds| *seconds > 0.0);
                    let timeout = seconds.map(|seconds| Duration::try_from_secs_f64(seconds).unwrap_or(Duration::MAX));
                    read.timeout = Some(timeout.ok_or("`timeout` is a number of seconds, more than 0")?);
                }
                (name, _) => return Err(format!("`{name}` is not what it must be: a {}", parameter.kind)),
            }
        }
        if parameters.iter().any(|parameter| parameter.is_required) && !has_code {
            return Err("`code` is missing: the Python source to run, a string".to_owned());
        }
        Ok(read)
    }
}

fn annotations(title: &str, is_read_only: bool, is_destructive: bool) -> ToolAnnotations {
    ToolAnnotations::from_raw(
        Some(title.to_owned()),
        Some(is_read_only),
        Some(is_destructive),
        Some(!is_destructive && is_read_only),
        Some(false),
    )
}

/// Whether something outside can be lost.
fn can_destroy(offer: &Opened) -> bool {
    offer.mounts.iter().any(|mount| mount.mode == MountMode::ReadWrite)
        || offer.tools.iter().any(|tool| !tool.read_only)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(tool: Tool, arguments: Value) -> Result<Arguments, String> {
        match arguments {
            Value::Object(arguments) => tool.read(arguments),
            _ => unreachable!("the tests give objects"),
        }
    }

    #[test]
    fn arguments_are_read() {
        let all = json!({"code": "1", "session": "abc", "timeout": 0.5});
        let expected = Arguments {
            code: "1".to_owned(),
            session: Some("abc".to_owned()),
            timeout: Some(Duration::from_millis(500)),
        };
        assert_eq!(read(Tool::Python, all), Ok(expected));
        let nothing = json!({"code": "", "session": null, "timeout": null});
        assert_eq!(read(Tool::Python, nothing), Ok(Arguments::default()));
        assert_eq!(read(Tool::Fork, json!({})), Ok(Arguments::default()));
        let long = read(Tool::Python, json!({"code": "", "timeout": 1e300})).map(|arguments| arguments.timeout);
        assert_eq!(long, Ok(Some(Duration::MAX)));
    }

    #[test]
    fn arguments_that_cannot_be_are_refused_with_what_can() {
        for (tool, arguments, error) in [
            (Tool::Python, json!({}), "`code` is missing: the Python source to run, a string"),
            (Tool::Python, json!({"code": 1}), "`code` is not what it must be: a string"),
            (Tool::Python, json!({"code": null}), "`code` is not what it must be: a string"),
            (Tool::Python, json!({"code": "", "timeout": "1"}), "`timeout` is not what it must be: a number"),
            (Tool::Python, json!({"code": "", "timeout": 0}), "`timeout` is a number of seconds, more than 0"),
            (
                Tool::Python,
                json!({"source": ""}),
                "`python` has no argument `source`: it takes `code`, `session`, `timeout`",
            ),
            (Tool::Reset, json!({"code": ""}), "`reset` has no argument `code`: it takes `session`"),
            (Tool::Reset, json!({"session": 5}), "`session` is not what it must be: a string"),
        ] {
            assert_eq!(read(tool, arguments.clone()), Err(error.to_owned()), "{arguments}");
        }
    }
}
