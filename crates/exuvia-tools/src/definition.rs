//! What the definitions of programs and of HTTP endpoints have in common.

use serde_json::Value as Json;

/// What a program prints, or an endpoint answers.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Output {
    /// Text, which becomes a string.
    #[default]
    Text,
    /// JSON, which becomes the value.
    Json,
}

/// Sees to it that each place in a template is a parameter's, and that each parameter has a place.
pub(crate) fn check_parameters(schema: &Json, used: &[&str], rest_is_used: bool) -> Result<(), String> {
    let declared = schema.get("properties").and_then(Json::as_object);
    let is_declared = |name: &str| declared.is_some_and(|declared| declared.contains_key(name));
    if let Some(name) = used.iter().find(|name| !is_declared(name)) {
        return Err(format!("`{{{name}}}` names no parameter: declare it, or write `{{{{` for a brace"));
    }
    let unused = declared.into_iter().flatten().find(|(name, _)| !used.contains(&name.as_str()));
    match unused {
        Some((name, _)) if !rest_is_used => {
            Err(format!("its parameter `{name}` is used nowhere: put `{{{name}}}` where it belongs, or remove it"))
        }
        _ => Ok(()),
    }
}

/// Writes an argument's value as text: a string as it is, everything else as JSON. `None` if there is no value.
pub(crate) fn written(value: Option<&Json>) -> Option<String> {
    match value {
        None | Some(Json::Null) => None,
        Some(Json::String(text)) => Some(text.clone()),
        Some(other) => Some(other.to_string()),
    }
}
