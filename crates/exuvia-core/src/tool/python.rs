//! A tool as Python sees it: the source of its function, and a stub for those who look before they call.
//!
//! Both are made from the declaration's JSON Schema, which may come from a stranger (a server that declares its tools):
//! nothing of it gets into the source but as a literal, or as an identifier that was made here. What a schema says that
//! Python's annotations cannot say is left out of them; the call itself is checked by whoever runs the tool.

mod annotation;
mod conversion;
mod literal;

use std::collections::BTreeSet;
use std::fmt::Write as _;

use serde_json::Value as Json;

use super::{ToolDeclaration, ToolSignature, is_keyword};
use annotation::annotation;
use literal::{comment, docstring, literal, text};

/// The most parameters that a function shows; further ones can be given by name all the same.
const PARAMETERS_MAX: usize = 64;

/// One parameter of a tool's function.
struct Parameter<'a> {
    /// Its name in Python.
    name: String,
    /// Its name in the schema.
    property: &'a str,
    schema: &'a Json,
    required: bool,
}

/// Returns the Python source of a tool's function.
///
/// It defines `_make(_call, _start)`, which returns two functions: the tool's, which returns what `_call` does, and its
/// asynchronous variant, which awaits what `_start` returns. Both are given the arguments (a `dict`, or a `str` for a
/// tool without a schema) and return the result as JSON has it, which is then converted by what the namespace must hold:
/// `_to_bytes`, `_to_date`, `_to_datetime` of a `str`, and `_to_list`, `_to_record`, `_to_optional`, which make a
/// conversion from others. Annotations also need the modules `datetime` and `typing`, and are evaluated when they are
/// looked at. What belongs to the tool never begins with an underscore.
#[must_use]
pub fn source(declaration: &ToolDeclaration) -> String {
    let name = &declaration.name;
    let documentation = docstring(&documentation(declaration), "        ");
    match &declaration.signature {
        ToolSignature::Text => format!(
            "def _make(_call, _start):\n    def {name}(text: str, /) -> str:\n{documentation}        return \
             _call(text)\n    async def _aio(text: str, /) -> str:\n        return await _start(text)\n    return \
             {name}, _aio\n"
        ),
        ToolSignature::Json { parameters, returns } => {
            let parameters = list(parameters);
            let signature = signature(&parameters, returns.as_ref());
            let gathering = gathering(&parameters);
            let convert = returns.as_ref().and_then(conversion::conversion);
            let (before, after) = if convert.is_some() { ("_convert(", ")") } else { ("", "") };
            let convert = convert.map(|convert| format!("    _convert = {convert}\n")).unwrap_or_default();
            format!(
                "def _make(_call, _start):\n{convert}    def {name}{signature}:\n{documentation}{gathering}        \
                 return {before}_call(_arguments){after}\n    async def _aio{signature}:\n{gathering}        return \
                 {before}await _start(_arguments){after}\n    return {name}, _aio\n"
            )
        }
    }
}

/// Returns a tool's stub, as it stands in a `.pyi` file below [`STUB_HEADER`].
#[must_use]
pub fn stub(declaration: &ToolDeclaration) -> String {
    let documentation = docstring(&documentation(declaration), "    ");
    let end = if documentation.is_empty() { " ...\n" } else { "\n" };
    format!("def {}:{end}{documentation}", head(declaration))
}

/// Returns a tool's name, parameters and result, as they stand in its stub: `look_up(name: str) -> int`.
#[must_use]
pub fn head(declaration: &ToolDeclaration) -> String {
    let signature = match &declaration.signature {
        ToolSignature::Text => "(text: str, /) -> str".to_owned(),
        ToolSignature::Json { parameters, returns } => signature(&list(parameters), returns.as_ref()),
    };
    format!("{}{signature}", declaration.name)
}

/// What stands at the beginning of a file of stubs.
pub const STUB_HEADER: &str = "\
# Tools of this session: `from exuvia.tools import NAME`, or by name in a cell. Each waits for its result;
# `await NAME.aio(…)` takes the same arguments and lets others go on meanwhile.
import datetime
import typing
";

/// Returns the parameters, those that must be given first.
fn list(schema: &Json) -> Vec<Parameter<'_>> {
    let required: BTreeSet<&str> =
        schema["required"].as_array().into_iter().flatten().filter_map(Json::as_str).collect();
    let properties = schema["properties"].as_object();
    let mut names = BTreeSet::new();
    let mut parameters: Vec<Parameter<'_>> = properties
        .into_iter()
        .flatten()
        .take(PARAMETERS_MAX)
        .map(|(property, schema)| {
            let mut name = identifier(property);
            while !names.insert(name.clone()) {
                name.push('_');
            }
            Parameter { name, property, schema, required: required.contains(property.as_str()) }
        })
        .collect();
    parameters.sort_by_key(|parameter| !parameter.required);
    parameters
}

/// Returns a name that Python takes for this property: itself if it can.
fn identifier(property: &str) -> String {
    let plain = |character: char| if character.is_ascii_alphanumeric() { character } else { '_' };
    let mut name: String = property.chars().take(64).map(plain).collect();
    if !name.starts_with(|first: char| first.is_ascii_alphabetic()) {
        name.insert(0, 'p');
    }
    if is_keyword(&name) {
        name.push('_');
    }
    name
}

fn signature(parameters: &[Parameter<'_>], returns: Option<&Json>) -> String {
    let mut shown: Vec<String> = Vec::new();
    for Parameter { name, schema, required, .. } in parameters {
        let kind = annotation(schema);
        shown.push(match schema.get("default") {
            _ if *required => format!("{name}: {kind}"),
            Some(default) => format!("{name}: {kind} = {}", literal(default)),
            None if kind == "typing.Any" || kind.ends_with("None") => format!("{name}: {kind} = None"),
            None => format!("{name}: {kind} | None = None"),
        });
    }
    let returns = returns.map_or_else(|| "typing.Any".to_owned(), annotation);
    format!("({}) -> {returns}", shown.join(", "))
}

/// Returns the statements that gather the arguments: one that has no default and is `None` was not given.
fn gathering(parameters: &[Parameter<'_>]) -> String {
    let (always, sometimes): (Vec<_>, Vec<_>) =
        parameters.iter().partition(|parameter| parameter.required || parameter.schema.get("default").is_some());
    let entry = |parameter: &&Parameter<'_>| format!("{}: {}", text(parameter.property), parameter.name);
    let entries: Vec<String> = always.iter().map(entry).collect();
    let mut statements = format!("        _arguments = {{{}}}\n", entries.join(", "));
    for Parameter { name, property, .. } in sometimes {
        let _ =
            writeln!(statements, "        if {name} is not None:\n            _arguments[{}] = {name}", text(property));
    }
    statements
}

/// Returns what the function's docstring says.
fn documentation(declaration: &ToolDeclaration) -> String {
    let mut documentation = declaration.description.trim().to_owned();
    if let ToolSignature::Json { parameters, .. } = &declaration.signature {
        let described = list(parameters).into_iter().filter_map(|parameter| {
            let description = parameter.schema["description"].as_str()?;
            Some(format!("    {}: {}", parameter.name, comment(description)))
        });
        let described: Vec<String> = described.collect();
        if !described.is_empty() {
            let _ = write!(documentation, "\n\nArgs:\n{}", described.join("\n"));
        }
    }
    if declaration.help {
        let _ = write!(documentation, "\n\n{}.help() tells more.", declaration.name);
    }
    if declaration.needs_approval {
        documentation.push_str("\n\nEach call has to be approved.");
    }
    documentation.trim().to_owned()
}

#[cfg(test)]
mod tests;
