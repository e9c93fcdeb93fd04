//! How providers are told of the schema that an answer is to fit.
//!
//! Some promise to keep to a schema if it has nothing but what they know: each object closed, and, with OpenAI, each property
//! required. Where that would change what a program asks for, so that what it may leave out would have to be there, nothing is
//! promised. What a provider is not told of a schema in its own form, it is told in words; every answer is checked after all.

use serde_json::{Map, Value as Json, json};

use crate::remote::Provider;

/// The name that a schema has to have with OpenAI.
const NAME: &str = "answer";
/// What only says something about a schema, or is of no use in an answer.
const ANNOTATIONS: [&str; 9] =
    ["$schema", "$id", "$comment", "title", "default", "examples", "deprecated", "readOnly", "writeOnly"];
/// What narrows values further; not all providers know all of it.
const LIMITS: [&str; 15] = [
    "format",
    "pattern",
    "minLength",
    "maxLength",
    "minimum",
    "maximum",
    "exclusiveMinimum",
    "exclusiveMaximum",
    "multipleOf",
    "minItems",
    "maxItems",
    "uniqueItems",
    "minProperties",
    "maxProperties",
    "contentMediaType",
];

/// To how many things a schema may refer that is sent to a provider that refuses those that refer to themselves.
const REFERENCES_MAX: usize = 200;

/// How a schema is sent.
#[derive(Debug, PartialEq)]
pub(crate) struct Sent {
    /// As the library sends it: as it is.
    pub(crate) is_native: bool,
    /// As a member of the request.
    pub(crate) member: Option<(&'static str, Json)>,
    /// In words, too.
    pub(crate) is_told: bool,
}

/// Returns how this schema is sent to this provider.
pub(crate) fn sent(schema: &Json, provider: Provider) -> Sent {
    let in_words = Sent { is_native: false, member: None, is_told: true };
    let whole = schema.clone();
    match provider {
        Provider::Gemini | Provider::Ollama => Sent { is_native: true, member: None, is_told: false },
        _ if !is_object(schema) => in_words,
        Provider::Anthropic => match closed(whole, true).filter(|_| !is_recursive(schema)) {
            Some((schema, is_less)) => {
                let format = json!({ "format": { "type": "json_schema", "schema": schema } });
                Sent { is_native: false, member: Some(("output_config", format)), is_told: is_less }
            }
            None => in_words,
        },
        Provider::OpenAi | Provider::OpenAiChat | Provider::Compatible => {
            let (schema, is_less, is_strict) = match closed(whole, false) {
                Some((closed, is_less)) => (closed, is_less, true),
                None => (schema.clone(), false, false),
            };
            let mut format = json!({ "name": NAME, "schema": schema, "strict": is_strict });
            let member = if provider == Provider::OpenAi {
                format["type"] = "json_schema".into();
                ("text", json!({ "format": format }))
            } else {
                ("response_format", json!({ "type": "json_schema", "json_schema": format }))
            };
            // Where nothing is promised, a model is told what a server may leave aside.
            Sent { is_native: false, member: Some(member), is_told: is_less || !is_strict }
        }
    }
}

/// Says what an answer is to fit.
pub(crate) fn in_words(schema: &Json) -> String {
    format!("Answer with JSON alone, which fits this JSON Schema:\n{schema}")
}

fn is_object(schema: &Json) -> bool {
    schema["type"] == "object" && schema.get("anyOf").is_none()
}

/// Returns a schema with its objects closed, and whether something of it was left out; `None` if it has what is not promised.
fn closed(mut schema: Json, has_optional: bool) -> Option<(Json, bool)> {
    let mut is_less = false;
    close(&mut schema, has_optional, &mut is_less).then_some((schema, is_less))
}

fn close(schema: &mut Json, has_optional: bool, is_less: &mut bool) -> bool {
    let Json::Object(schema) = schema else { return false };
    schema.retain(|word, _| !ANNOTATIONS.contains(&word.as_str()));
    let before = schema.len();
    schema.retain(|word, _| !LIMITS.contains(&word.as_str()));
    *is_less |= schema.len() < before;
    if schema.contains_key("$ref") {
        schema.shift_remove("description");
        return schema.len() == 1;
    }
    for (word, value) in schema.iter_mut() {
        let is_kept = match (word.as_str(), value) {
            ("type" | "description" | "enum" | "const" | "required" | "additionalProperties", _) => true,
            ("items", one) => close(one, has_optional, is_less),
            ("anyOf", Json::Array(all)) => all.iter_mut().all(|one| close(one, has_optional, is_less)),
            ("properties" | "$defs" | "definitions", Json::Object(all)) => {
                all.values_mut().all(|one| close(one, has_optional, is_less))
            }
            _ => false,
        };
        if !is_kept {
            return false;
        }
    }
    close_object(schema, has_optional)
}

fn close_object(schema: &mut Map<String, Json>, has_optional: bool) -> bool {
    let is_object = schema
        .get("type")
        .is_some_and(|of| *of == "object" || of.as_array().is_some_and(|all| all.contains(&"object".into())));
    let Some(Json::Object(properties)) = schema.get("properties") else {
        // Of an object that may have any properties, nothing would be left.
        return !is_object && schema.get("additionalProperties").is_none();
    };
    let is_required = |name: &String| {
        schema.get("required").and_then(Json::as_array).is_some_and(|all| all.iter().any(|one| one == name.as_str()))
    };
    let is_open = schema.get("additionalProperties").is_some_and(|more| *more != false);
    if !is_object || is_open || !(has_optional || properties.keys().all(is_required)) {
        return false;
    }
    schema.insert("additionalProperties".to_owned(), false.into());
    true
}

/// Returns whether a schema refers to itself, as that of a tree does, or to too much to find that out.
fn is_recursive(schema: &Json) -> bool {
    let mut all = Vec::new();
    references(schema, &mut all);
    all.sort_unstable();
    all.dedup();
    all.len() > REFERENCES_MAX || all.iter().any(|start| leads_back(schema, start))
}

fn leads_back(schema: &Json, start: &str) -> bool {
    let mut paths = vec![start.to_owned()];
    let mut at = 0;
    while let Some(path) = paths.get(at).cloned() {
        at += 1;
        let Some(target) = path.strip_prefix('#').and_then(|pointer| schema.pointer(pointer)) else { return true };
        let mut next = Vec::new();
        references(target, &mut next);
        if next.iter().any(|one| one == start) {
            return true;
        }
        for one in next {
            if !paths.contains(&one) {
                paths.push(one);
            }
        }
    }
    false
}

/// Collects what a schema refers to.
fn references(schema: &Json, all: &mut Vec<String>) {
    match schema {
        Json::Object(entries) => {
            for (word, value) in entries {
                match value {
                    Json::String(reference) if word == "$ref" => all.push(reference.clone()),
                    value => references(value, all),
                }
            }
        }
        Json::Array(items) => items.iter().for_each(|item| references(item, all)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn person() -> Json {
        json!({
            "type": "object", "title": "A person", "required": ["name"],
            "properties": { "name": { "type": "string", "title": "Name" }, "age": { "type": "integer", "default": 0 } },
        })
    }

    /// As OpenAI's and Anthropic's guides to structured outputs say: `strict` wants each property required and each object
    /// closed; Anthropic's wants the second alone.
    #[test]
    fn what_may_be_left_out_stays_so() {
        let openai = sent(&person(), Provider::OpenAi);
        let format =
            json!({ "format": { "name": "answer", "schema": person(), "strict": false, "type": "json_schema" } });
        assert_eq!(openai, Sent { is_native: false, member: Some(("text", format)), is_told: true });
        let anthropic = sent(&person(), Provider::Anthropic);
        let closed = json!({
            "type": "object", "required": ["name"],
            "properties": { "name": { "type": "string" }, "age": { "type": "integer" } }, "additionalProperties": false,
        });
        let format = json!({ "format": { "type": "json_schema", "schema": closed } });
        assert_eq!(anthropic, Sent { is_native: false, member: Some(("output_config", format)), is_told: false });
        let gemini = sent(&person(), Provider::Gemini);
        assert_eq!(gemini, Sent { is_native: true, member: None, is_told: false });
    }

    #[test]
    fn a_promise_is_asked_for_where_it_changes_nothing() {
        let mut all = person();
        all["required"] = json!(["age", "name"]);
        for provider in [Provider::OpenAiChat, Provider::Compatible] {
            let Sent { member: Some((name, format)), is_told: false, .. } = sent(&all, provider) else { panic!() };
            assert_eq!((name, &format["type"]), ("response_format", &"json_schema".into()));
            let format = &format["json_schema"];
            assert_eq!((&format["strict"], &format["schema"]["additionalProperties"]), (&true.into(), &false.into()));
            assert_eq!(format["schema"].get("title"), None);
        }
        // What not all keep to is said in words, and nothing more is promised than is kept.
        all["properties"]["age"]["minimum"] = 1.into();
        assert!(sent(&all, Provider::OpenAi).is_told);
        all["properties"]["scores"] = json!({ "type": "object", "additionalProperties": { "type": "integer" } });
        all["required"] = json!(["age", "name", "scores"]);
        assert_eq!(sent(&all, Provider::OpenAi).member.unwrap().1["format"]["strict"], false);
        for schema in [all, json!({ "type": "object" }), json!({ "type": "array" }), json!({ "allOf": [person()] })] {
            let in_words = Sent { is_native: false, member: None, is_told: true };
            assert_eq!(sent(&schema, Provider::Anthropic), in_words, "{schema}");
        }
    }

    #[test]
    fn what_refers_to_itself_is_told_in_words() {
        let of = |item: &str| {
            json!({
                "type": "object", "properties": { "all": { "type": "array", "items": { "$ref": item } } },
                "$defs": {
                    "leaf": { "type": "string" },
                    "tree": { "type": "object", "properties": { "left": { "$ref": "#/$defs/tree" } } },
                },
            })
        };
        assert!(sent(&of("#/$defs/leaf"), Provider::Anthropic).member.is_none());
        let mut flat = of("#/$defs/leaf");
        flat["$defs"].as_object_mut().unwrap().remove("tree");
        let Sent { member: Some((_, format)), .. } = sent(&flat, Provider::Anthropic) else { panic!() };
        assert_eq!(format["format"]["schema"]["$defs"], json!({ "leaf": { "type": "string" } }));
        assert!(sent(&of("#"), Provider::Anthropic).member.is_none());
    }
}
