//! Checking arguments and results against a tool's schemas, and answers of models against a program's.

mod answer;
mod words;

use exuvia_core::{ToolDeclaration, ToolFailure, ToolFailureKind, ToolSignature, is_tool_name};
use jsonschema::{Draft, PatternOptions, Validator};
use serde_json::{Map, Value as Json};

pub use answer::AnswerSchema;

use crate::error::{SchemaPart, ToolsError};

/// How many faults of one call are told.
const FAULTS_MAX: usize = 3;

/// A tool's schemas, compiled.
pub(crate) struct Schema {
    parameters: Validator,
    /// The top-level defaults, in the order of the parameters.
    defaults: Vec<(String, Json)>,
    returns: Option<Validator>,
}

impl Schema {
    /// Compiles the schemas of a declaration; `None` for a text tool.
    ///
    /// A parameter schema that says nothing of further properties gets `additionalProperties: false`, in the declaration
    /// itself: a Python function takes no unknown arguments either.
    pub(crate) fn compile(declaration: &mut ToolDeclaration) -> Result<Option<Self>, ToolsError> {
        let ToolSignature::Json { parameters, returns } = &mut declaration.signature else { return Ok(None) };
        let tool = &declaration.name;
        let wrong = |part, problem| ToolsError::Schema { tool: tool.clone(), part, problem };
        let defaults = close(parameters).map_err(|problem| wrong(SchemaPart::Parameters, problem))?;
        let schema = Self {
            parameters: compile(parameters).map_err(|problem| wrong(SchemaPart::Parameters, problem))?,
            defaults,
            returns: match returns {
                Some(returns) => Some(compile(returns).map_err(|problem| wrong(SchemaPart::Result, problem))?),
                None => None,
            },
        };
        schema.check_defaults().map_err(|problem| wrong(SchemaPart::Parameters, problem))?;
        Ok(Some(schema))
    }

    /// Checks arguments, and fills in the defaults of those that are absent.
    pub(crate) fn admit(&self, tool: &str, arguments: &mut Json) -> Result<(), ToolFailure> {
        if !self.parameters.is_valid(arguments) {
            let faults = told(&self.parameters, arguments, |error| words::argument(tool, error));
            return Err(ToolFailure::new(ToolFailureKind::Argument, faults));
        }
        self.fill_in(arguments);
        Ok(())
    }

    /// Checks a result.
    pub(crate) fn check_result(&self, tool: &str, result: &Json) -> Result<(), ToolFailure> {
        match &self.returns {
            Some(returns) if !returns.is_valid(result) => {
                let faults = told(returns, result, words::result);
                Err(ToolFailure::failed(format!("{tool}() gave a result that is not what it declares: {faults}"))
                    .hint("this is a fault of the tool, not of the call"))
            }
            _ => Ok(()),
        }
    }

    fn fill_in(&self, arguments: &mut Json) {
        let Json::Object(arguments) = arguments else { return };
        for (name, default) in &self.defaults {
            if !arguments.contains_key(name) {
                arguments.insert(name.clone(), default.clone());
            }
        }
    }

    /// Sees to it that no default is refused by the schema it stands in.
    fn check_defaults(&self) -> Result<(), String> {
        let mut arguments = Json::Object(Map::new());
        self.fill_in(&mut arguments);
        // What is missing is no fault of a default: those errors are about the whole object.
        match self.parameters.iter_errors(&arguments).find(|error| !error.instance_path().is_empty()) {
            Some(error) => Err(format!("the default of `{}` does not pass it: {error}", words::path(&error))),
            None => Ok(()),
        }
    }
}

fn compile(schema: &Json) -> Result<Validator, String> {
    jsonschema::options()
        .with_draft(Draft::Draft202012)
        // Nothing is fetched because a schema names it.
        .offline()
        .should_validate_formats(true)
        // Linear in the text, whatever a guest sends; what that engine does not know, such as look-around, is refused.
        .with_pattern_options(PatternOptions::regex())
        .build(schema)
        .map_err(|error| match words::path(&error) {
            place if place.is_empty() => error.to_string(),
            place => format!("`{place}`: {error}"),
        })
}

/// Checks what only schemas of parameters must be, closes it, and returns the defaults.
fn close(parameters: &mut Json) -> Result<Vec<(String, Json)>, String> {
    let Json::Object(schema) = parameters else { return Err("it must be an object".to_owned()) };
    if schema.get("type").and_then(Json::as_str) != Some("object") {
        return Err("its `type` must be `object`: arguments are passed by name".to_owned());
    }
    let mut defaults = Vec::new();
    match schema.get("properties") {
        None => {}
        Some(Json::Object(properties)) => {
            for (name, property) in properties {
                if !is_tool_name(name) {
                    return Err(format!("`{name}` cannot be a parameter of a Python function: rename it"));
                }
                if let Some(default) = property.get("default") {
                    defaults.push((name.clone(), default.clone()));
                }
            }
        }
        Some(_) => return Err("its `properties` must be an object".to_owned()),
    }
    const OPENING: &[&str] = &[
        "additionalProperties",
        "unevaluatedProperties",
        "patternProperties",
        "$ref",
        "$dynamicRef",
        "allOf",
        "anyOf",
        "oneOf",
        "if",
        "dependentSchemas",
    ];
    if !OPENING.iter().any(|keyword| schema.contains_key(*keyword)) {
        schema.insert("additionalProperties".to_owned(), Json::Bool(false));
    }
    Ok(defaults)
}

/// Says what is wrong with a value: the first few faults.
fn told(
    validator: &Validator,
    value: &Json,
    mut say: impl FnMut(&jsonschema::ValidationError<'_>) -> String,
) -> String {
    let mut errors = validator.iter_errors(value);
    let faults: Vec<String> = errors.by_ref().take(FAULTS_MAX).map(|error| say(&error)).collect();
    let more = if errors.next().is_some() { "; and more" } else { "" };
    format!("{}{more}", faults.join("; "))
}
