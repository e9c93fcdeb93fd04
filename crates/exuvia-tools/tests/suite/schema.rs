//! What arguments a schema accepts, and what is said of others.

use exuvia_core::ToolFailureKind;
use exuvia_tools::{Schemas, Tool, Toolbox};
use serde_json::{Value as Json, json};

use super::{call, told, toolbox};

/// A tool with a parameter `x`.
fn with_x(schema: &Json, definitions: &Json) -> Toolbox {
    let parameters = json!({
        "type": "object", "properties": { "x": schema }, "required": ["x"], "$defs": definitions,
    });
    toolbox(Tool::json("tool", "", Schemas { parameters, returns: None }, async |arguments: Json| {
        Ok(arguments["x"].clone())
    }))
}

fn fault(schema: Json, arguments: Json) -> String {
    let (kind, message) = told(call(&with_x(&schema, &json!({})), "tool", &arguments.to_string()));
    assert_eq!(kind, ToolFailureKind::Argument);
    message
}

/// `schema_cases.json` has schemas, values, and the positions of the values that each of them accepts.
#[test]
fn verdicts_are_those_of_another_implementation() {
    let cases: Json = serde_json::from_str(include_str!("schema_cases.json")).unwrap();
    let values = cases["values"].as_array().unwrap();
    let mut wrong = Vec::new();
    for case in cases["cases"].as_array().unwrap() {
        let toolbox = with_x(&case["schema"], &cases["$defs"]);
        for (position, value) in values.iter().enumerate() {
            let expected = case["valid"].as_array().unwrap().contains(&json!(position));
            if call(&toolbox, "tool", &json!({ "x": value }).to_string()).is_ok() != expected {
                wrong.push(format!("{} {value}", case["schema"]));
            }
        }
    }
    assert_eq!(wrong, [""; 0]);
}

#[test]
fn faults_are_told_in_the_words_of_python() {
    for (schema, value, expected) in [
        (json!({ "type": "integer" }), json!("3"), "expected an integer, got '3' (str)"),
        (json!({ "type": "integer" }), json!(1.5), "expected an integer, got 1.5 (float)"),
        (json!({ "type": "string" }), json!(3), "expected a string, got 3 (int)"),
        (json!({ "type": "string" }), json!(null), "expected a string, got None"),
        (json!({ "type": "number" }), json!(true), "expected a number, got True (bool)"),
        (json!({ "type": "boolean" }), json!([]), "expected a bool, got [] (list)"),
        (json!({ "type": "object" }), json!([1, 2]), "expected a dict, got a list of 2 items"),
        (json!({ "type": "array" }), json!({ "a": 1 }), "expected a list, got a dict with 1 key"),
        (
            json!({ "anyOf": [{ "type": "integer" }, { "type": "null" }] }),
            json!("x"),
            "expected an integer or None, got 'x' (str)",
        ),
        (
            json!({ "anyOf": [{ "type": "string", "format": "date" }, { "type": "null" }] }),
            json!("zz"),
            "expected a date such as '2026-01-31', got 'zz' (str)",
        ),
        (
            json!({ "anyOf": [{ "type": "integer", "minimum": 1 }, { "type": "string", "maxLength": 2 }, { "type": "null" }] }),
            json!("abc"),
            "expected at most 2 characters, got 'abc' (str)",
        ),
        (
            json!({ "anyOf": [{ "type": "integer" }, { "type": "array" }, { "type": "null" }] }),
            json!("abc"),
            "expected an integer, a list or None, got 'abc' (str)",
        ),
        (
            json!({ "oneOf": [{ "format": "date" }, { "format": "email" }] }),
            json!("zz"),
            "expected a date such as '2026-01-31' or an email address, got 'zz' (str)",
        ),
        (
            json!({ "enum": ["a", 1, null] }),
            json!("it's\n\u{7}"),
            "expected 'a', 1 or None, got \"it's\\n\\x07\" (str)",
        ),
        (json!({ "const": true }), json!(1), "expected True, got 1 (int)"),
        (json!({ "minimum": 1 }), json!(0), "expected at least 1, got 0 (int)"),
        (json!({ "exclusiveMaximum": 1 }), json!(1), "expected less than 1, got 1 (int)"),
        (json!({ "maxLength": 2 }), json!("abc"), "expected at most 2 characters, got 'abc' (str)"),
        (json!({ "minItems": 1 }), json!([]), "expected at least 1 item, got [] (list)"),
        (json!({ "uniqueItems": true }), json!([1, 1]), "expected no item twice, got a list of 2 items"),
        (json!({ "pattern": "^a$" }), json!("b"), "expected text that matches '^a$', got 'b' (str)"),
        (
            json!({ "format": "date" }),
            json!("2026-02-30"),
            "expected a date such as '2026-01-31', got '2026-02-30' (str)",
        ),
    ] {
        assert_eq!(fault(schema, json!({ "x": value })), format!("tool() argument 'x': {expected}"));
    }
}

#[test]
fn a_fault_says_where_it_is() {
    let stops = json!({
        "type": "array",
        "items": { "type": "object", "properties": { "name": { "type": "string" } }, "required": ["name"] },
    });
    let told = fault(stops.clone(), json!({ "x": [{ "name": "a" }, { "name": 1 }] }));
    assert_eq!(told, "tool() argument 'x[1].name': expected a string, got 1 (int)");
    assert_eq!(fault(stops.clone(), json!({ "x": [{}] })), "tool() argument 'x[0]': missing 'name'");
    let optional = json!({ "anyOf": [stops, { "type": "null" }] });
    let told = fault(optional, json!({ "x": [{ "name": "a" }, { "name": 1 }] }));
    assert_eq!(told, "tool() argument 'x[1].name': expected a string, got 1 (int)");
    let kinds = json!({ "anyOf": [
        { "type": "object", "properties": { "kind": { "const": "a" } }, "required": ["kind"] },
        { "type": "object", "required": ["size"] },
    ] });
    let told = fault(kinds, json!({ "x": { "kind": "b" } }));
    let expected = "expected a dict whose kind is 'a' or a dict with 'size', got a dict with 1 key";
    assert_eq!(told, format!("tool() argument 'x': {expected}"));
    assert_eq!(fault(json!({}), json!({})), "tool() missing required argument: 'x'");
    assert_eq!(fault(json!({}), json!({ "x": 1, "y": 2 })), "tool() got an unexpected keyword argument 'y'");
    assert_eq!(fault(json!({}), json!([])), "tool() arguments: expected a dict, got [] (list)");
    let many = fault(json!({ "items": { "type": "string" } }), json!({ "x": [1, 2, 3, 4] }));
    let expected = "tool() argument 'x[0]': expected a string, got 1 (int); \
                    tool() argument 'x[1]': expected a string, got 2 (int); \
                    tool() argument 'x[2]': expected a string, got 3 (int); and more";
    assert_eq!(many, expected);
}

#[test]
fn a_message_is_short_whatever_came() {
    let long = "é".repeat(100_000);
    let (message, expected) =
        (fault(json!({ "type": "integer" }), json!({ "x": long })), format!("'{}…' (str)", "é".repeat(60)));
    assert_eq!(message, format!("tool() argument 'x': expected an integer, got {expected}"));
    let message = fault(json!({ "additionalProperties": { "type": "string" } }), json!({ "x": { long: 1 } }));
    assert!(message.len() < 300, "{message}");
}

#[test]
fn a_pattern_takes_linear_time() {
    // A backtracking engine takes ages.
    let message = fault(json!({ "pattern": "^(a+)+$" }), json!({ "x": format!("{}b", "a".repeat(50_000)) }));
    assert!(message.starts_with("tool() argument 'x': expected text that matches"), "{message}");
}
