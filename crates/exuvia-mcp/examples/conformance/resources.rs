//! The resources that scenarios name.

use rmcp::model::{ErrorData, ReadResourceResponse, ReadResourceResult, Resource, ResourceTemplate};
use serde_json::{Value, json};

/// A red pixel.
pub(crate) const PNG: &str =
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8DwHwAFBQIAX8jx0gAAAABJRU5ErkJggg==";

/// A sound of no length: the header of a WAV file (8,000 samples of 8 bits a second) with no samples.
pub(crate) const WAV: &str = "UklGRiQAAABXQVZFZm10IBAAAAABAAEAQB8AAEAfAAABAAgAZGF0YQAAAAA=";

/// Returns all resources.
pub(crate) fn all() -> Vec<Resource> {
    let resources = json!([
        {"uri": "test://static-text", "name": "Static text", "mimeType": "text/plain"},
        {"uri": "test://static-binary", "name": "Static binary", "mimeType": "image/png"},
        {"uri": "test://watched-resource", "name": "Watched resource", "mimeType": "text/plain"},
    ]);
    serde_json::from_value(resources).expect("these are resources")
}

/// Returns all templates of resources.
pub(crate) fn templates() -> Vec<ResourceTemplate> {
    let templates = json!([
        {"uriTemplate": "test://template/{id}/data", "name": "Template", "mimeType": "application/json"},
    ]);
    serde_json::from_value(templates).expect("these are templates")
}

/// Answers `resources/read`.
pub(crate) fn read(uri: &str) -> Result<ReadResourceResponse, ErrorData> {
    let id = || uri.strip_prefix("test://template/")?.strip_suffix("/data");
    let content = match uri {
        "test://static-text" => text(uri, "This is the content of the static text resource."),
        "test://static-binary" => json!({"uri": uri, "mimeType": "image/png", "blob": PNG}),
        "test://watched-resource" => text(uri, "Watched resource content."),
        _ => match id() {
            Some(id) => {
                let data = json!({"id": id, "templateTest": true, "data": format!("Data for ID: {id}")});
                json!({"uri": uri, "mimeType": "application/json", "text": data.to_string()})
            }
            None => return Err(ErrorData::resource_not_found("resource not found", Some(json!({"uri": uri})))),
        },
    };
    let result: ReadResourceResult =
        serde_json::from_value(json!({"resultType": "complete", "contents": [content]})).expect("this is a resource");
    Ok(result.into())
}

fn text(uri: &str, text: &str) -> Value {
    json!({"uri": uri, "mimeType": "text/plain", "text": text})
}
