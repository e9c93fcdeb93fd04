//! What is wrong with a value, in Python's words.

use std::fmt::Write as _;

use jsonschema::error::{TypeKind, ValidationErrorKind as Kind};
use jsonschema::paths::LocationSegment;
use jsonschema::{JsonType, ValidationError};
use serde_json::Value as Json;

/// The longest piece of a value that a message shows, in characters.
const SHOWN_CHARACTERS_MAX: usize = 60;
/// The most alternatives that a message lists.
const SHOWN_ALTERNATIVES_MAX: usize = 12;

/// Says what is wrong with an argument: `fetch_weather() argument 'days': expected an integer, got '3' (str)`.
pub(super) fn argument(tool: &str, error: &ValidationError<'_>) -> String {
    let error = telling(error);
    if error.instance_path().is_empty() {
        match error.kind() {
            Kind::Required { property } => {
                return format!("{tool}() missing required argument: {}", shown(property));
            }
            Kind::AdditionalProperties { unexpected } | Kind::UnevaluatedProperties { unexpected } => {
                let name = unexpected.first().map_or("", String::as_str);
                return format!("{tool}() got an unexpected keyword argument {}", text(name));
            }
            _ => return format!("{tool}() arguments: {}", fault(error)),
        }
    }
    format!("{tool}() argument '{}': {}", path(error), fault(error))
}

/// Says what is wrong with a result.
pub(super) fn result(error: &ValidationError<'_>) -> String {
    let error = telling(error);
    if error.instance_path().is_empty() { fault(error) } else { format!("'{}': {}", path(error), fault(error)) }
}

/// Returns where in the value it is: `stops[2].name`.
pub(super) fn path(error: &ValidationError<'_>) -> String {
    let mut path = String::new();
    for segment in error.instance_path().segments() {
        match segment {
            LocationSegment::Index(index) => _ = write!(path, "[{index}]"),
            LocationSegment::Property(name) => {
                if !path.is_empty() {
                    path.push('.');
                }
                path.push_str(&cut(&name));
            }
        }
    }
    path
}

/// Returns the error that tells most: of a value that has the form of one of several schemas, what is wrong by that one.
fn telling<'a>(error: &'a ValidationError<'a>) -> &'a ValidationError<'a> {
    let mut told = error;
    while let Kind::AnyOf { context } | Kind::OneOfNotValid { context } = told.kind() {
        let mut near =
            context.iter().filter_map(|errors| errors.first()).filter(|first| !is_of_another_form(first, told));
        match (near.next(), near.next()) {
            (Some(only), None) => told = only,
            _ => break,
        }
    }
    told
}

/// Whether the value is nothing like what a schema describes: it has another type, or is another constant.
fn is_of_another_form(error: &ValidationError<'_>, whole: &ValidationError<'_>) -> bool {
    error.instance_path() == whole.instance_path() && matches!(error.kind(), Kind::Type { .. } | Kind::Constant { .. })
}

/// Says what was expected and what came.
fn fault(error: &ValidationError<'_>) -> String {
    match error.kind() {
        Kind::Required { property } => format!("missing {}", shown(property)),
        Kind::AdditionalProperties { unexpected } | Kind::UnevaluatedProperties { unexpected } => {
            format!("unexpected {}", text(unexpected.first().map_or("", String::as_str)))
        }
        Kind::PropertyNames { error } => format!("a key: {}", fault(error)),
        _ => format!("expected {}, got {}", expected(error), got(error.instance())),
    }
}

/// Says what was expected.
fn expected(error: &ValidationError<'_>) -> String {
    match error.kind() {
        Kind::Required { property } => format!("a dict with {}", shown(property)),
        Kind::AdditionalProperties { unexpected } | Kind::UnevaluatedProperties { unexpected } => {
            format!("a dict without {}", text(unexpected.first().map_or("", String::as_str)))
        }
        Kind::Type { kind } => types(kind),
        Kind::Enum { options } => match options.as_array() {
            Some(options) => alternatives(options.iter().map(shown)),
            None => "something else".to_owned(),
        },
        Kind::Constant { expected_value } => shown(expected_value),
        Kind::Minimum { limit } => format!("at least {limit}"),
        Kind::Maximum { limit } => format!("at most {limit}"),
        Kind::ExclusiveMinimum { limit } => format!("more than {limit}"),
        Kind::ExclusiveMaximum { limit } => format!("less than {limit}"),
        Kind::MultipleOf { multiple_of } => format!("a multiple of {multiple_of}"),
        Kind::MinLength { limit } => format!("at least {}", counted(*limit, "character")),
        Kind::MaxLength { limit } => format!("at most {}", counted(*limit, "character")),
        Kind::MinItems { limit } => format!("at least {}", counted(*limit, "item")),
        Kind::MaxItems { limit } => format!("at most {}", counted(*limit, "item")),
        Kind::MinProperties { limit } => format!("at least {}", counted(*limit, "key")),
        Kind::MaxProperties { limit } => format!("at most {}", counted(*limit, "key")),
        Kind::Pattern { pattern } => format!("text that matches {}", text(pattern)),
        Kind::Format { format } => format_name(format),
        Kind::UniqueItems => "no item twice".to_owned(),
        Kind::Contains => "an item that is not there".to_owned(),
        Kind::FalseSchema => "nothing here".to_owned(),
        Kind::AnyOf { context } | Kind::OneOfNotValid { context } => branches(error, context),
        // What is left is rare; the crate's own words, without the value, which may be long.
        _ => error.masked_with("the value").to_string(),
    }
}

/// Says what a value would have to be to pass one of several schemas.
fn branches(error: &ValidationError<'_>, context: &[Vec<ValidationError<'static>>]) -> String {
    let whole = path(error);
    let mut all: Vec<String> = Vec::new();
    for first in context.iter().filter_map(|errors| errors.first()) {
        let inside = path(first);
        let one = match inside.strip_prefix(&whole) {
            Some("") | None => expected(first),
            Some(inside) => {
                let inside = inside.trim_start_matches('.');
                format!(
                    "{} whose {inside} is {}",
                    type_name(JsonType::from(error.instance().as_ref())),
                    expected(first)
                )
            }
        };
        if !all.contains(&one) {
            all.push(one);
        }
    }
    if all.is_empty() { "one of the forms that it allows".to_owned() } else { alternatives(all.into_iter()) }
}

fn types(kind: &TypeKind) -> String {
    match kind {
        TypeKind::Single(one) => type_name(*one).to_owned(),
        TypeKind::Multiple(several) => alternatives(several.iter().map(|one| type_name(one).to_owned())),
    }
}

fn type_name(one: JsonType) -> &'static str {
    match one {
        JsonType::Null => "None",
        JsonType::Boolean => "a bool",
        JsonType::Integer => "an integer",
        JsonType::Number => "a number",
        JsonType::String => "a string",
        JsonType::Array => "a list",
        JsonType::Object => "a dict",
    }
}

fn format_name(format: &str) -> String {
    match format {
        "date" => "a date such as '2026-01-31'".to_owned(),
        "date-time" => "a time such as '2026-01-31T12:00:00Z'".to_owned(),
        "uri" => "a URI".to_owned(),
        "email" => "an email address".to_owned(),
        other => format!("text in the format '{}'", cut(other)),
    }
}

/// Joins alternatives: `'a', 'b' or 'c'`.
fn alternatives(all: impl Iterator<Item = String>) -> String {
    let mut all: Vec<String> = all.collect();
    if all.len() > SHOWN_ALTERNATIVES_MAX {
        all.truncate(SHOWN_ALTERNATIVES_MAX);
        all.push("others".to_owned());
    }
    match all.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, others)) => format!("{} or {last}", others.join(", ")),
        None => "nothing".to_owned(),
    }
}

/// Shows a value and its type in Python: `'3' (str)`.
fn got(value: &Json) -> String {
    match value {
        Json::Null => "None".to_owned(),
        Json::Bool(_) => format!("{} (bool)", shown(value)),
        Json::Number(number) if number.is_f64() => format!("{number} (float)"),
        Json::Number(number) => format!("{number} (int)"),
        Json::String(_) => format!("{} (str)", shown(value)),
        Json::Array(items) if items.is_empty() => "[] (list)".to_owned(),
        Json::Array(items) => format!("a list of {}", counted(items.len() as u64, "item")),
        Json::Object(entries) if entries.is_empty() => "{} (dict)".to_owned(),
        Json::Object(entries) => format!("a dict with {}", counted(entries.len() as u64, "key")),
    }
}

fn counted(number: u64, what: &str) -> String {
    if number == 1 { format!("1 {what}") } else { format!("{number} {what}s") }
}

/// Writes a value as Python would, shortened.
fn shown(value: &Json) -> String {
    match value {
        Json::Null => "None".to_owned(),
        Json::Bool(true) => "True".to_owned(),
        Json::Bool(false) => "False".to_owned(),
        Json::Number(number) => number.to_string(),
        Json::String(value) => text(value),
        Json::Array(_) | Json::Object(_) => got(value),
    }
}

/// Writes a text as Python's `repr` would, shortened. Whatever could disturb a terminal is escaped.
fn text(value: &str) -> String {
    let short = cut(value);
    let quote = if short.contains('\'') && !short.contains('"') { '"' } else { '\'' };
    let mut written = String::with_capacity(short.len() + 2);
    written.push(quote);
    for character in short.chars() {
        match character {
            '\n' => written.push_str("\\n"),
            '\r' => written.push_str("\\r"),
            '\t' => written.push_str("\\t"),
            '\\' => written.push_str("\\\\"),
            _ if character == quote => {
                written.push('\\');
                written.push(character);
            }
            _ if character.is_control() => _ = write!(written, "\\x{:02x}", u32::from(character)),
            _ => written.push(character),
        }
    }
    written.push(quote);
    written
}

fn cut(value: &str) -> String {
    match value.char_indices().nth(SHOWN_CHARACTERS_MAX) {
        Some((end, _)) => format!("{}…", &value[..end]),
        None => value.to_owned(),
    }
}
