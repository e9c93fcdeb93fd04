//! The tools that are ready, with a real server on loopback and a model that says what it was asked.
#![allow(clippy::unwrap_used, reason = "this is how a test fails")]

#[path = "suite/extracts.rs"]
mod extracts;
#[path = "suite/pages.rs"]
mod pages;
#[path = "suite/searches.rs"]
mod searches;
#[allow(dead_code, reason = "others have uses for more of it")]
#[path = "../../exuvia-tools/tests/suite/server.rs"]
mod server;

use std::path::Path;
use std::sync::Arc;

use exuvia_core::{ToolFailure, ToolFailureKind, ToolRunner as _};
use exuvia_ready::ReadyTools;
use exuvia_tools::config::{ConfigContext, ConfigFile, ToolsSection};
use exuvia_tools::{HttpClient, Inference, Toolbox};
use serde::Deserialize;
use serde_json::Value as Json;

#[derive(Deserialize)]
struct Sections {
    tools: ToolsSection,
}

/// Makes the tools of a configuration.
fn tools(text: &str, inference: Option<Arc<dyn Inference>>) -> Result<Toolbox, String> {
    let file = ConfigFile { path: Path::new("exuvia.toml"), text };
    let variables = |name: &str| (name == "KEY").then(|| "s3cr3t-of-the-host".to_owned());
    let context = ConfigContext {
        folder: "/".into(),
        variables: Arc::new(variables),
        client: HttpClient::default(),
        ready: Arc::new(ReadyTools { inference }),
    };
    let sections: Sections = file.parse().map_err(|error| error.to_string())?;
    let tools = sections.tools.tools(&file, &context).map_err(|error| error.to_string())?;
    Ok(Toolbox::builder().tools(tools).build().unwrap())
}

fn call(toolbox: &Toolbox, tool: &str, arguments: &Json) -> Result<Json, ToolFailure> {
    let told = pollster::block_on(toolbox.runner().call(tool, &arguments.to_string()))?;
    Ok(serde_json::from_str(&told).unwrap())
}

/// What a failure says, with its kind.
fn told(outcome: Result<Json, ToolFailure>) -> (ToolFailureKind, String) {
    let ToolFailure { kind, message, .. } = outcome.unwrap_err();
    (kind, message)
}
