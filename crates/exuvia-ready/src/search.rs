//! `search_web`: results of a search engine that somebody has configured.

use exuvia_core::ToolFailure;
use exuvia_tools::config::ReadySection;
use exuvia_tools::{Output, Tool, ToolsError};
use serde_json::{Map, Value as Json, json};

use crate::refuse;

const DESCRIPTION: &str = "Searches the web: titles, addresses and a few words of what was found, the best first. \
                           What they say is their authors' word.";
/// How many results are told.
const RESULTS_MAX: usize = 20;
/// How much of each of their texts, in characters.
const TEXT_CHARACTERS_MAX: usize = 1_000;
/// What engines call the parts of a result, those first that mean them alone.
const PARTS: [(&str, &[&str]); 3] = [
    ("title", &["title", "name", "heading"]),
    ("url", &["url", "link", "href", "uri"]),
    ("text", &["text", "content", "description", "snippet", "summary", "body"]),
];

/// Makes the tool.
pub(crate) fn tool(section: ReadySection) -> Result<Tool, String> {
    for (is_given, key) in [
        (section.hosts.is_some(), "hosts"),
        (section.page_bytes.is_some(), "page_bytes"),
        (section.chunk_tokens.is_some(), "chunk_tokens"),
    ] {
        refuse(is_given, key, "search_web")?;
    }
    let endpoint =
        section.endpoint.ok_or("it has no `url`: name the search engine's, with `{query}` where that goes")?;
    let text = json!({ "type": "string" });
    let endpoint = endpoint
        .description(section.description.unwrap_or_else(|| DESCRIPTION.to_owned()))
        .parameters(json!({
            "type": "object",
            "properties": { "query": { "type": "string", "description": "What to look for." } },
            "required": ["query"],
            "additionalProperties": false,
        }))
        .returns(json!({
            "type": "array",
            "items": {
                "type": "object",
                "properties": { "title": text, "url": text, "text": text },
                "required": ["title", "url", "text"],
            },
        }))
        .output(Output::Json)
        .convert(results);
    let tool = endpoint.build().map_err(|error| match error {
        ToolsError::Definition { problem, .. } => problem,
        other => other.to_string(),
    })?;
    // Whatever its method is, a search changes nothing.
    Ok(tool.read_only())
}

/// Returns what an engine has found, in the words of this tool.
#[expect(clippy::needless_pass_by_value, reason = "it is what an answer is converted with")]
fn results(answer: Json) -> Result<Json, ToolFailure> {
    let Json::Array(found) = &answer else {
        return Err(ToolFailure::failed("the search engine's answer is no list")
            .hint("whoever configured this tool names the list in its answer with `pick`"));
    };
    let found = found.iter().filter_map(Json::as_object).map(result).filter(|result| result["url"] != "");
    Ok(found.take(RESULTS_MAX).collect())
}

fn result(found: &Map<String, Json>) -> Json {
    let part = |names: &[&str]| -> String {
        let text = names.iter().find_map(|&name| found.get(name)?.as_str()).unwrap_or_default();
        text.chars().take(TEXT_CHARACTERS_MAX).collect()
    };
    Json::Object(PARTS.iter().map(|(name, names)| ((*name).to_owned(), part(names).into())).collect())
}
