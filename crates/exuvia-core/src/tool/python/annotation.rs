//! A JSON Schema as an annotation of Python.

use serde_json::Value as Json;

use super::literal::literal;

/// How deep an annotation may nest; what is deeper is anything.
const DEPTH_MAX: usize = 4;
/// How many alternatives an annotation may have.
const ALTERNATIVES_MAX: usize = 16;
const ANYTHING: &str = "typing.Any";

/// Returns the annotation of what this schema describes.
pub(super) fn annotation(schema: &Json) -> String {
    nested(schema, 0)
}

fn nested(schema: &Json, depth: usize) -> String {
    if depth > DEPTH_MAX {
        return ANYTHING.to_owned();
    }
    if let Some(values) = schema["enum"].as_array() {
        return choice(values);
    }
    if let Some(value) = schema.get("const") {
        return choice(std::slice::from_ref(value));
    }
    for key in ["anyOf", "oneOf"] {
        if let Some(schemas) = schema[key].as_array() {
            return union(schemas.iter().map(|schema| nested(schema, depth + 1)));
        }
    }
    match &schema["type"] {
        Json::String(kind) => plain(kind, schema, depth),
        Json::Array(kinds) => union(kinds.iter().filter_map(Json::as_str).map(|kind| plain(kind, schema, depth))),
        _ => ANYTHING.to_owned(),
    }
}

fn plain(kind: &str, schema: &Json, depth: usize) -> String {
    match kind {
        "string" => match (schema["contentEncoding"].as_str(), schema["format"].as_str()) {
            (Some("base64"), _) => "bytes",
            (_, Some("date")) => "datetime.date",
            (_, Some("date-time")) => "datetime.datetime",
            _ => "str",
        }
        .to_owned(),
        "integer" => "int".to_owned(),
        "number" => "float".to_owned(),
        "boolean" => "bool".to_owned(),
        "null" => "None".to_owned(),
        "array" => match schema.get("items") {
            Some(items) => format!("list[{}]", nested(items, depth + 1)),
            None => "list".to_owned(),
        },
        "object" => match schema.get("additionalProperties") {
            Some(values @ Json::Object(_)) => format!("dict[str, {}]", nested(values, depth + 1)),
            _ => "dict".to_owned(),
        },
        _ => ANYTHING.to_owned(),
    }
}

/// Returns one of these values: a `Literal`, or `Any` if it cannot have them.
fn choice(values: &[Json]) -> String {
    let shown = |value: &Json| matches!(value, Json::Null | Json::Bool(_) | Json::String(_)) || value.is_i64();
    if values.is_empty() || values.len() > ALTERNATIVES_MAX || !values.iter().all(shown) {
        return ANYTHING.to_owned();
    }
    format!("typing.Literal[{}]", values.iter().map(literal).collect::<Vec<_>>().join(", "))
}

/// Returns any of these; `None` stands last.
fn union(members: impl Iterator<Item = String>) -> String {
    let mut distinct: Vec<String> = Vec::new();
    for member in members.take(ALTERNATIVES_MAX) {
        if member == ANYTHING {
            return member;
        }
        if !distinct.contains(&member) {
            distinct.push(member);
        }
    }
    distinct.sort_by_key(|member| member == "None");
    if distinct.is_empty() { ANYTHING.to_owned() } else { distinct.join(" | ") }
}
