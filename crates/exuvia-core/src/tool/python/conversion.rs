//! What makes bytes, dates and records of a JSON value: an expression of Python that gives a function.

use serde_json::Value as Json;

use super::literal::text;

/// How deep a result is converted; what is deeper stays as JSON has it.
const DEPTH_MAX: usize = 8;

/// Returns the expression, or `None` if what this schema describes needs no conversion.
pub(super) fn conversion(schema: &Json) -> Option<String> {
    nested(schema, 0)
}

fn nested(schema: &Json, depth: usize) -> Option<String> {
    if depth > DEPTH_MAX {
        return None;
    }
    if let Some(schemas) = schema["anyOf"].as_array().or_else(|| schema["oneOf"].as_array()) {
        return optional(schemas, depth);
    }
    let mut kinds: Vec<&str> = match &schema["type"] {
        Json::String(kind) => vec![kind],
        Json::Array(kinds) => kinds.iter().filter_map(Json::as_str).collect(),
        _ => return None,
    };
    let nullable = kinds.contains(&"null");
    kinds.retain(|kind| *kind != "null");
    let [kind] = kinds[..] else { return None };
    let convert = plain(kind, schema, depth)?;
    Some(if nullable { format!("_to_optional({convert})") } else { convert })
}

/// Returns the conversion of something that may be null; other alternatives cannot be told apart.
fn optional(schemas: &[Json], depth: usize) -> Option<String> {
    let mut others = schemas.iter().filter(|schema| schema["type"] != "null");
    let only = others.next().filter(|_| others.next().is_none())?;
    let convert = nested(only, depth + 1)?;
    Some(format!("_to_optional({convert})"))
}

fn plain(kind: &str, schema: &Json, depth: usize) -> Option<String> {
    match kind {
        "string" => {
            let convert = match (schema["contentEncoding"].as_str(), schema["format"].as_str()) {
                (Some("base64"), _) => "_to_bytes",
                (_, Some("date")) => "_to_date",
                (_, Some("date-time")) => "_to_datetime",
                _ => return None,
            };
            Some(convert.to_owned())
        }
        "array" => Some(format!("_to_list({})", nested(&schema["items"], depth + 1)?)),
        "object" => {
            let properties = schema["properties"].as_object()?;
            let fields = properties
                .iter()
                .filter_map(|(name, schema)| Some(format!("{}: {}", text(name), nested(schema, depth + 1)?)));
            Some(format!("_to_record({{{}}})", fields.collect::<Vec<_>>().join(", ")))
        }
        _ => None,
    }
}
