//! Functions that every agent's programs have, beside the tools that it is lent.

use exuvia_core::agent::FINAL_TOOL;
use exuvia_tools::Tool;
use schemars::JsonSchema;
use serde::Deserialize;

/// What `final` takes.
#[derive(Deserialize, JsonSchema)]
#[expect(dead_code, reason = "the journal has what was given; these say what that must be")]
struct Final {
    /// The answer: text, or anything that is JSON.
    answer: serde_json::Value,
    /// Paths of files that belong to the answer.
    #[serde(default)]
    artifacts: Vec<String>,
}

/// Returns the functions.
#[must_use]
pub fn tools() -> Vec<Tool> {
    let description = "End the task with this answer. It counts once the code that calls it has run to its end.";
    let last = Tool::function(FINAL_TOOL, description, |_: Final| std::future::ready(Ok(())));
    vec![last.read_only().idempotent()]
}
