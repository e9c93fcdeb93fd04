//! The short form of parameters: `{ city = "str", days = { type = "int", default = 3 } }`.

use serde_json::{Map, Value as Json, json};
use toml::{Table, Value};

/// How deep a type such as `list[list[int]]` may be.
const TYPE_DEPTH_MAX: usize = 16;

/// Returns the JSON Schema of parameters in short form; what is a JSON Schema (`type = "object"`) stays one.
pub(super) fn schema(parameters: &Table) -> Result<Json, String> {
    if parameters.get("type").and_then(Value::as_str) == Some("object") {
        return Ok(table(parameters));
    }
    let mut properties = Map::new();
    let mut required = Vec::new();
    for (name, parameter) in parameters {
        let schema = parameter_schema(parameter).map_err(|problem| format!("`parameters.{name}`: {problem}"))?;
        if schema.get("default").is_none() {
            required.push(Json::from(name.as_str()));
        }
        properties.insert(name.clone(), schema);
    }
    Ok(json!({ "type": "object", "properties": properties, "required": required, "additionalProperties": false }))
}

/// Returns the JSON Schema of a result: a type in short form, or a schema.
pub(super) fn returns(returns: &Value) -> Result<Json, String> {
    match returns {
        Value::String(short) => type_schema(short, 0).map_err(|problem| format!("`returns`: {problem}")),
        schema => Ok(json(schema)),
    }
}

/// Returns a TOML value as JSON; a date or a time is a text.
pub(super) fn json(value: &Value) -> Json {
    match value {
        Value::String(text) => Json::from(text.as_str()),
        Value::Integer(number) => Json::from(*number),
        // JSON has no infinities and no NaN: null.
        Value::Float(number) => Json::from(*number),
        Value::Boolean(truth) => Json::from(*truth),
        Value::Datetime(moment) => Json::from(moment.to_string()),
        Value::Array(items) => items.iter().map(json).collect(),
        Value::Table(entries) => table(entries),
    }
}

fn table(entries: &Table) -> Json {
    Json::Object(entries.iter().map(|(key, value)| (key.clone(), json(value))).collect())
}

fn parameter_schema(parameter: &Value) -> Result<Json, String> {
    let options = match parameter {
        Value::String(short) => &Table::from_iter([("type".to_owned(), Value::String(short.clone()))]),
        Value::Table(options) => options,
        _ => return Err("write a type such as \"str\", or a table with `type`".to_owned()),
    };
    let short = options.get("type").and_then(Value::as_str).ok_or("it has no `type`: write one such as \"str\"")?;
    let mut schema = type_schema(short, 0)?;
    let Json::Object(entries) = &mut schema else { return Err("its type is none".to_owned()) };
    for (key, value) in options {
        let keyword = match key.as_str() {
            "type" => continue,
            "choices" => "enum",
            "description" | "default" | "minimum" | "maximum" | "pattern" => key,
            _ => {
                return Err(format!(
                    "`{key}` is not known: write `type`, `description`, `default`, `choices`, `minimum`, `maximum` or \
                     `pattern`, or a JSON Schema for all parameters"
                ));
            }
        };
        entries.insert(keyword.to_owned(), json(value));
    }
    if short.split('|').any(|part| part.trim() == "None") {
        entries.entry("default").or_insert(Json::Null);
        if let Some(Json::Array(choices)) = entries.get_mut("enum") {
            choices.push(Json::Null);
        }
    }
    Ok(schema)
}

/// Returns the JSON Schema of a type in Python's words.
fn type_schema(short: &str, depth: usize) -> Result<Json, String> {
    if depth > TYPE_DEPTH_MAX {
        return Err(format!("the type is nested deeper than {TYPE_DEPTH_MAX} levels"));
    }
    let short = short.trim();
    if let Some(other) = short.strip_suffix("None").map(str::trim_end).and_then(|rest| rest.strip_suffix('|')) {
        return Ok(match type_schema(other, depth + 1)? {
            // Anything, None included.
            any if any == json!({}) => any,
            one => json!({ "anyOf": [one, { "type": "null" }] }),
        });
    }
    let inner = |prefix: &str| short.strip_prefix(prefix).and_then(|rest| rest.strip_suffix(']'));
    if let Some(item) = inner("list[") {
        return Ok(json!({ "type": "array", "items": type_schema(item, depth + 1)? }));
    }
    if let Some((key, value)) = inner("dict[").and_then(|pair| pair.split_once(',')) {
        if key.trim() != "str" {
            return Err(format!("the keys of `{short}` cannot be: write `dict[str, …]`"));
        }
        return Ok(json!({ "type": "object", "additionalProperties": type_schema(value, depth + 1)? }));
    }
    Ok(match short {
        "str" => json!({ "type": "string" }),
        "int" => json!({ "type": "integer" }),
        "float" => json!({ "type": "number" }),
        "bool" => json!({ "type": "boolean" }),
        "list" => json!({ "type": "array" }),
        "dict" => json!({ "type": "object" }),
        "bytes" => json!({ "type": "string", "contentEncoding": "base64" }),
        "date" => json!({ "type": "string", "format": "date" }),
        "datetime" => json!({ "type": "string", "format": "date-time" }),
        "None" => json!({ "type": "null" }),
        "any" => json!({}),
        _ => {
            return Err(format!(
                "`{short}` is no type: write str, int, float, bool, bytes, date, datetime, list, list[…], dict, \
                 dict[str, …], any, or one of them with `| None`"
            ));
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn short(text: &str) -> Result<Json, String> {
        schema(&toml::from_str(text).unwrap())
    }

    #[test]
    fn short_forms_are_schemas() {
        let parameters = r#"
            city = "str"
            days = { type = "int", default = 3, description = "How many.", minimum = 1 }
            tags = "list[dict[str, float]]"
            unit = { type = "str | None", choices = ["C", "F"] }
            when = { type = "date", default = 2026-01-31 }
        "#;
        let expected = json!({
            "type": "object",
            "properties": {
                "city": { "type": "string" },
                "days": { "type": "integer", "default": 3, "description": "How many.", "minimum": 1 },
                "tags": { "type": "array", "items": { "type": "object", "additionalProperties": { "type": "number" } } },
                "unit": { "anyOf": [{ "type": "string" }, { "type": "null" }], "enum": ["C", "F", null], "default": null },
                "when": { "type": "string", "format": "date", "default": "2026-01-31" },
            },
            "required": ["city", "tags"],
            "additionalProperties": false,
        });
        let parsed = short(parameters).unwrap();
        assert_eq!(parsed, expected);
        let names: Vec<&String> = parsed["properties"].as_object().unwrap().keys().collect();
        assert_eq!(names, ["city", "days", "tags", "unit", "when"]);
    }

    #[test]
    fn what_is_no_short_form_is_refused() {
        let deep = format!("a = \"{}int{}\"", "list[".repeat(50), "]".repeat(50));
        for text in [
            "a = 1",
            "a = 'string'",
            "a = { default = 1 }",
            "a = { type = 'int', max = 1 }",
            "a = 'dict[int, str]'",
            &deep,
        ] {
            assert!(short(text).is_err(), "{text}");
        }
    }
}
