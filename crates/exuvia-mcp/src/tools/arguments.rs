//! Which tools there are, what they take, and how that is read.

use std::time::Duration;

use exuvia_core::observation::excerpt::shown;
use serde_json::{Map, Value};

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
pub(super) struct Parameter {
    pub(super) name: &'static str,
    /// As JSON Schema has it.
    pub(super) kind: &'static str,
    pub(super) description: &'static str,
    pub(super) is_required: bool,
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

impl Tool {
    pub(super) const ALL: [Self; 4] = [Self::Python, Self::Reset, Self::Fork, Self::ExportScript];

    /// Returns the tool of this name.
    pub(crate) fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|tool| tool.name() == name)
    }

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Python => "python",
            Self::Reset => "reset",
            Self::Fork => "fork",
            Self::ExportScript => "export_script",
        }
    }

    pub(super) fn parameters(self) -> &'static [Parameter] {
        match self {
            Self::Python => &[CODE, SESSION, TIMEOUT],
            Self::Reset | Self::Fork | Self::ExportScript => &[SESSION],
        }
    }

    /// Reads the tool's arguments. The error is for the model that wrote them.
    pub(crate) fn read(self, arguments: Map<String, Value>) -> Result<Arguments, String> {
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

#[cfg(test)]
mod tests {
    use serde_json::json;

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
