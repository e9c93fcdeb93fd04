//! Functions that every agent's programs have, beside the tools that it is lent.

use std::future::ready;
use std::sync::Arc;

use exuvia_core::agent::{FINAL_TOOL, Model, NOTE_TOOL, TODO_TOOL};
use exuvia_core::{ToolFailure, ToolFailureKind, ToolLimits};
use exuvia_tools::Tool;
use schemars::JsonSchema;
use serde::Deserialize;

pub use crate::inference::{Usage, inference};
use crate::manual::Manual;
use crate::subagents::Subagents;
use crate::{inference as asking, manual, subagents};

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

/// What the functions of an agent's programs work with.
pub struct Means<'a> {
    /// Whom they ask; `None`: they have no `ask`.
    pub person: Option<Arc<dyn Person>>,
    /// The model that they may use.
    pub model: Arc<dyn Model>,
    /// Where its use is noted.
    pub usage: &'a Usage,
    /// What they can look up.
    pub manual: &'a Manual,
    /// Who does tasks for them; `None`: they have no `task`.
    pub subagents: Option<&'a Subagents>,
}

/// Returns the functions.
#[must_use]
pub fn tools(means: Means<'_>) -> Vec<Tool> {
    let last = "End the task with this answer. It counts once the code that calls it has run to its end.";
    let todo = "Keep a list of what is to be done, of which you are reminded.";
    let note = "Note something that must not be forgotten when the conversation has become long.";
    let mut tools = vec![
        Tool::function(FINAL_TOOL, last, |_: Final| ready(Ok(()))).read_only().idempotent(),
        Tool::function(TODO_TOOL, todo, |_: Todo| ready(Ok(()))).read_only().idempotent(),
        Tool::function(NOTE_TOOL, note, |_: Note| ready(Ok(()))).read_only().idempotent(),
        asking::tool(means.model, means.usage.clone()),
        manual::tool(means.manual),
    ];
    tools.extend(means.person.map(ask));
    tools.extend(means.subagents.map(subagents::tool));
    tools
}

fn ask(person: Arc<dyn Person>) -> Tool {
    let ask = "Ask the person whose task it is: what only they can know, and what you cannot find out.";
    let limits = ToolLimits { time: None, calls: Some(QUESTIONS_MAX), concurrency: 1, ..ToolLimits::default() };
    let ask = Tool::function("ask", ask, move |Question { question }| person.ask(question));
    ask.read_only().idempotent().limits(limits)
}
