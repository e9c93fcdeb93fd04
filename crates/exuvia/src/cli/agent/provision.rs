//! What the subagents of an agent are provided with.

use std::sync::Arc;

use anyhow::Result;
use exuvia_agent::skills::Skill;
use exuvia_agent::subagents::{Provider, Rights, Surroundings};
use exuvia_agent::tools::{Means, Usage, inference, tools};
use exuvia_agent::{AgentError, Manual, Task};
use exuvia_core::agent::{Ending, Model};
use exuvia_core::journal::SessionId;
use exuvia_core::{ToolFailure, ToolFailureKind};

use super::Arguments;
use super::view::View;
use crate::lent::{Configured, Terms};
use crate::packages::Furnished;
use crate::recording::Prepared;

/// How many names of tools are told.
const NAMES_MAX: usize = 50;

/// What subagents are provided with: what their caller was lent, but for its inputs and for what it may change.
pub(super) struct Provision {
    pub(super) arguments: Arguments,
    pub(super) skills: Vec<Skill>,
    pub(super) model: Arc<dyn Model>,
    pub(super) furnished: Furnished,
    /// What they are told beside their prompts.
    pub(super) task: Task,
    /// The tools of the configuration, by name.
    pub(super) configured: Vec<String>,
    pub(super) view: Arc<View>,
}

impl Provision {
    fn check(&self, rights: &Rights) -> Result<(), ToolFailure> {
        let unknown = rights.tools.iter().flatten().find(|name| !self.configured.contains(name));
        let Some(unknown) = unknown else { return Ok(()) };
        let known: Vec<&str> = self.configured.iter().take(NAMES_MAX).map(String::as_str).collect();
        let known = if known.is_empty() { "none".to_owned() } else { known.join(", ") };
        let message = format!("there is no tool `{unknown}` to be lent: there are {known}");
        Err(ToolFailure::new(ToolFailureKind::Argument, message))
    }

    fn furnish(&self, rights: &Rights) -> Result<Surroundings> {
        let (usage, manual) = (Usage::default(), Manual::default());
        let means =
            Means { person: None, model: Arc::clone(&self.model), usage: &usage, manual: &manual, subagents: None };
        let inference = Some(inference(Arc::clone(&self.model), &usage));
        let configured = rights.tools.clone().map_or(Configured::ReadOnly, Configured::Named);
        let terms = self.arguments.terms(tools(means), self.skills.clone());
        let options = self.arguments.sandbox.clone();
        let lent = options.lent_within(Terms { configured, inference, keeps_changes: true, ..terms })?;
        manual.hold(&self.skills, lent.declarations());
        let host = options.clone();
        let mut prepared = Prepared::new(&self.furnished, &lent, move || Ok(host.host()), |live| Box::new(live));
        options.furnish(&mut prepared, true)?;
        prepared.opened.terminals = [false; 3];
        let Prepared { environment, opened, .. } = prepared;
        let price = Arc::new(exuvia_model::prices::cost);
        Ok(Surroundings { environment, opened, task: self.task.clone(), usage, price: Some(price) })
    }
}

impl Provider for Provision {
    fn provide(&self, rights: &Rights) -> Result<Surroundings, ToolFailure> {
        self.check(rights)?;
        // Why it is so is the person's affair, who has seen the same sentence when the agent itself began.
        self.furnish(rights).map_err(|_| ToolFailure::failed("there is nowhere for it to live"))
    }

    fn begun(&self, session: &SessionId, prompt: &str) {
        self.view.subagent(session, prompt);
    }

    fn ended(&self, session: &SessionId, ending: &Ending) {
        self.view.subagent_ended(session, ending);
    }

    fn failed(&self, session: &SessionId, error: &AgentError) {
        self.view.subagent_failed(session, &error.to_string());
    }
}
