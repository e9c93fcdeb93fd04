//! Functions that every agent's programs have, beside the tools that it is lent.

use std::future::ready;
use std::sync::Arc;

use exuvia_core::agent::{FINAL_TOOL, Model, NOTE_TOOL, TODO_TOOL};
use exuvia_core::{ToolFailure, ToolFailureKind, ToolLimits};
use exuvia_tools::Tool;
use schemars::JsonSchema;
use serde::Deserialize;

pub use crate::inference::Usage;
use crate::manual::Manual;
use crate::{inference, manual};

/// How often a program may ask the person in the life of its sandbox.
const QUESTIONS_MAX: u64 = 100;

/// The person whose task it is.
pub trait Person: Send + Sync {
    /// Asks a question, which is the program's word: whoever shows it on a terminal escapes it. The answer may take a while;
    /// only the cell's own limit ends it.
    fn ask(&self, question: String) -> exuvia_core::ToolFuture;
}

/// Nobody: questions are refused.
#[derive(Debug, Clone, Copy, Default)]
pub struct Nobody;

impl Person for Nobody {
    fn ask(&self, _question: String) -> exuvia_core::ToolFuture {
        let message = "nobody is there to ask: decide by yourself, and say in the answer what you have assumed";
        Box::pin(ready(Err(ToolFailure::new(ToolFailureKind::Denied, message))))
    }
}

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

/// What `todo` takes.
#[derive(Deserialize, JsonSchema)]
#[expect(dead_code, reason = "the journal has what was given; these say what that must be")]
struct Todo {
    /// All items, in order; one that is done begins with `[x]`.
    items: Vec<String>,
}

/// What `note` takes.
#[derive(Deserialize, JsonSchema)]
#[expect(dead_code, reason = "the journal has what was given; these say what that must be")]
struct Note {
    /// What must not be forgotten.
    text: String,
}

/// What `ask` takes.
#[derive(Deserialize, JsonSchema)]
struct Question {
    /// What you need to know, and why.
    question: String,
}

/// Returns the functions: with whom to ask, the model that programs may use, whose use is noted, and what they can look up.
#[must_use]
pub fn tools(person: Arc<dyn Person>, model: Arc<dyn Model>, usage: &Usage, manual: &Manual) -> Vec<Tool> {
    let last = "End the task with this answer. It counts once the code that calls it has run to its end.";
    let todo = "Keep a list of what is to be done, of which you are reminded.";
    let note = "Note something that must not be forgotten when the conversation has become long.";
    let ask = "Ask the person whose task it is: what only they can know, and what you cannot find out.";
    let limits = ToolLimits { time: None, calls: Some(QUESTIONS_MAX), concurrency: 1, ..ToolLimits::default() };
    let ask = Tool::function("ask", ask, move |Question { question }| person.ask(question));
    vec![
        Tool::function(FINAL_TOOL, last, |_: Final| ready(Ok(()))).read_only().idempotent(),
        Tool::function(TODO_TOOL, todo, |_: Todo| ready(Ok(()))).read_only().idempotent(),
        Tool::function(NOTE_TOOL, note, |_: Note| ready(Ok(()))).read_only().idempotent(),
        ask.read_only().idempotent().limits(limits),
        inference::tool(model, usage.clone()),
        manual::tool(manual),
    ]
}
