use serde_json::json;

use super::*;
use crate::tool::ToolLimits;

fn declaration(name: &str, description: &str, signature: ToolSignature) -> ToolDeclaration {
    ToolDeclaration {
        name: name.to_owned(),
        description: description.to_owned(),
        signature,
        read_only: false,
        idempotent: false,
        needs_approval: false,
        help: false,
        limits: ToolLimits::default(),
    }
}

#[test]
fn a_schema_becomes_a_function() {
    let parameters = json!({
        "type": "object",
        "properties": {
            "days": {"type": "integer", "default": 3, "description": "How many\n  days."},
            "city": {"type": "string"},
            "max-results": {"type": "integer"},
            "class": {"enum": ["a", "b"]},
            "when": {"type": ["string", "null"], "format": "date"},
        },
        "required": ["city", "class"],
    });
    let returns = json!({
        "type": "object",
        "properties": {"day": {"type": "string", "format": "date"}, "icon": {"type": "array", "items": {"type": "string", "contentEncoding": "base64"}}},
    });
    let declaration = declaration(
        "fetch_weather",
        "Tells the weather.\n\nOf a \"city\".",
        ToolSignature::Json { parameters, returns: Some(returns) },
    );
    let signature = "(city: str, class_: typing.Literal[\"a\", \"b\"], days: int = 3, max_results: int | None = None, \
                     when: datetime.date | None = None) -> dict";
    assert_eq!(
        stub(&declaration),
        format!(
            "def fetch_weather{signature}:\n    \"\"\"Tells the weather.\n\n    Of a \\\"city\\\".\n\n    Args:\n        \
             days: How many days.\"\"\"\n"
        )
    );
    let source = source(&declaration);
    assert!(source.contains(&format!("    async def _aio{signature}:\n")), "{source}");
    assert!(
        source.contains(
            "    _convert = _to_record({\"day\": _to_date, \"icon\": _to_list(_to_bytes)})\n    def fetch_weather("
        ),
        "{source}"
    );
    assert!(
        source.contains(
            "        _arguments = {\"city\": city, \"class\": class_, \"days\": days}\n        if max_results is not \
             None:\n            _arguments[\"max-results\"] = max_results\n"
        ),
        "{source}"
    );
    assert!(source.contains("        return _convert(_call(_arguments))\n"), "{source}");
}

#[test]
fn a_tool_without_a_schema_takes_a_text() {
    let declaration = declaration("shout", "", ToolSignature::Text);
    assert_eq!(stub(&declaration), "def shout(text: str, /) -> str: ...\n");
    assert_eq!(
        source(&declaration),
        "def _make(_call, _start):\n    def shout(text: str, /) -> str:\n        return _call(text)\n    async def \
         _aio(text: str, /) -> str:\n        return await _start(text)\n    return shout, _aio\n"
    );
}

#[test]
fn nothing_of_a_strangers_schema_is_code() {
    let hostile = "\"\"\"\nimport os\n#\\";
    let parameters = json!({
        "properties": {
            hostile: {"type": "string", "default": hostile, "description": hostile},
            "_arguments": {"const": hostile},
            "": {},
            "é": {"type": "integer"},
        },
    });
    let declaration =
        declaration("tool", hostile, ToolSignature::Json { parameters, returns: Some(json!({"enum": [hostile]})) });
    let literal = r#""\"\"\"\nimport os\n#\\""#;
    assert_eq!(
        stub(&declaration),
        format!(
            "def tool(p____import_os___: str = {literal}, p_arguments: typing.Literal[{literal}] | None = None, p: \
             typing.Any = None, p_: int | None = None) -> typing.Literal[{literal}]:\n    \
             \"\"\"\\\"\\\"\\\"\n    import os\n    #\\\\\n\n    Args:\n        p____import_os___: \
             \\\"\\\"\\\" import os #\\\\\"\"\"\n"
        )
    );
}
