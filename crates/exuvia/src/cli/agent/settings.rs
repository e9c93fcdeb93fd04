//! What a configuration file says of agents, and of models.
//!
//! ```toml
//! [agent]                         # all of it may be left out; the command line goes before it
//! model = "local"                 # as --model: PROVIDER/NAME, or the name of one of [models]
//! interface = "calls"
//! prompts = "prompts"             # a folder, from that of this file on
//! final_only = false
//! plan = true
//! report = true
//! approve = "ask"
//! steps = 50
//! tokens = "2M"
//! cost = 1.50
//! time = "10m"
//! context = "120K"
//!
//! [[agent.reminders]]
//! keyword = "invoice"             # or: cells = 10; or: unused = "search_web" (and cells = 5)
//! text = "Amounts are net of tax."
//!
//! [models.local]
//! model = "compatible/qwen3"
//! url = "http://127.0.0.1:8080/v1"
//! key_variable = "LOCAL_KEY"      # the environment variable that has the key
//! key_command = ["pass", "show", "local"]   # or a program that prints it
//! context = "32K"                 # how much it reads and writes in all
//! output = "4K"                   # how long a reply may be
//! ```

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Result;
use exuvia_core::agent::{Reminder, Rule};
use exuvia_model::Window;
use exuvia_tools::config::{ConfigFile, Spanned};
use serde::Deserialize;

use super::{ApproveOption, Arguments, InterfaceOption};
use crate::cli::options::values::{Count, Time, Written};
use crate::failure::Failure;

/// How many cells have to run before a model is reminded of a tool, where nobody says.
const UNUSED_CELLS: u32 = 5;

/// What a file says of agents and models; what else it says is others' affair.
#[derive(Deserialize, Default)]
struct Sections {
    #[serde(default)]
    agent: AgentSection,
    #[serde(default)]
    models: BTreeMap<String, ModelSection>,
}

#[derive(Deserialize, Default)]
#[serde(default, deny_unknown_fields)]
struct AgentSection {
    model: Option<String>,
    interface: Option<InterfaceOption>,
    prompts: Option<PathBuf>,
    final_only: bool,
    plan: bool,
    report: bool,
    approve: Option<ApproveOption>,
    steps: Option<u32>,
    tokens: Option<Written<Count>>,
    cost: Option<f64>,
    time: Option<Written<Time>>,
    context: Option<Written<Count>>,
    reminders: Vec<Spanned<ReminderSection>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ReminderSection {
    text: String,
    cells: Option<u32>,
    keyword: Option<String>,
    unused: Option<String>,
}

/// A model that has a name of its own.
#[derive(Deserialize, Clone)]
#[serde(deny_unknown_fields)]
pub(super) struct ModelSection {
    /// `PROVIDER/NAME`.
    pub(super) model: String,
    pub(super) url: Option<String>,
    /// The environment variable that has the key.
    pub(super) key_variable: Option<String>,
    /// The program that prints the key, and its arguments.
    #[serde(default)]
    pub(super) key_command: Vec<String>,
    context: Option<Written<Count>>,
    /// How long a reply may be, in tokens.
    output: Option<Written<Count>>,
}

impl ModelSection {
    /// Returns how long conversations with it may be.
    pub(super) fn window(&self) -> Window {
        Window {
            context: self.context.and_then(|context| context.0.tokens()),
            output: self.output.and_then(|output| output.0.tokens()),
        }
    }

    /// Returns how much of a conversation with it is kept.
    fn kept(&self) -> Option<Count> {
        let context = self.context.map(|context| context.0)?;
        Some(self.window().kept().map_or(context, |kept| Count(kept.into())))
    }

    /// Says what is wrong with how long a reply may be.
    fn check(&self) -> Result<(), String> {
        let Some(Written(Count(output))) = self.output else { return Ok(()) };
        match self.context {
            _ if !(1..=u64::from(u32::MAX)).contains(&output) => {
                Err(format!("is {output}: a reply has 1 to {} tokens", u32::MAX))
            }
            Some(Written(Count(context))) if context > 0 && output >= context => {
                Err(format!("is {output}: it leaves no room in a context of {context} tokens"))
            }
            _ => Ok(()),
        }
    }
}

/// What is said of agents and models beside the command line.
#[derive(Default)]
pub(super) struct Settings {
    pub(super) models: BTreeMap<String, ModelSection>,
    pub(super) reminders: Vec<Reminder>,
}

impl Settings {
    /// Reads the configuration that the command line names, and fills in what the command line does not say.
    pub(super) fn fill_in(arguments: &mut Arguments) -> Result<Self> {
        let Some(path) = arguments.sandbox.config().map(Path::to_owned) else { return Ok(Self::default()) };
        let text = fs::read_to_string(&path).map_err(|error| Failure::unreadable(&path, &error))?;
        let file = ConfigFile { path: &path, text: &text };
        let wrong = |error: exuvia_tools::config::ConfigError| Failure::usage(error.to_string());
        let Sections { agent, models } = file.parse().map_err(wrong)?;
        let reminders: Result<Vec<_>, _> = agent.reminders.iter().map(|section| reminder(&file, section)).collect();
        let settings = Self { models, reminders: reminders.map_err(wrong)? };
        if let Some(cost) = agent.cost
            && !(cost.is_finite() && cost >= 0.0)
        {
            return Err(Failure::usage(format!("{}: `agent.cost` is no amount of dollars", path.display())).into());
        }
        if agent.steps == Some(0) {
            return Err(Failure::usage(format!("{}: `agent.steps` is at least 1", path.display())).into());
        }
        for (name, section) in &settings.models {
            let wrong = |problem| Failure::usage(format!("{}: `models.{name}.output` {problem}", path.display()));
            section.check().map_err(wrong)?;
        }
        arguments.model = arguments.model.take().or(agent.model);
        arguments.interface = arguments.interface.or(agent.interface);
        let folder = path.parent().unwrap_or(Path::new(""));
        arguments.prompts = arguments.prompts.take().or(agent.prompts.map(|prompts| folder.join(prompts)));
        arguments.final_only |= agent.final_only;
        arguments.plan |= agent.plan;
        arguments.report |= agent.report;
        if !arguments.dry_run {
            arguments.approve = arguments.approve.or(agent.approve);
        }
        let budget = &mut arguments.budget;
        budget.steps = budget.steps.or(agent.steps);
        budget.tokens = budget.tokens.or(agent.tokens.map(|tokens| tokens.0));
        budget.cost = budget.cost.or(agent.cost);
        budget.time = budget.time.or(agent.time.map(|time| time.0));
        let of_model = arguments.model.as_deref().and_then(|name| settings.models.get(name)?.kept());
        arguments.context = arguments.context.or(of_model).or(agent.context.map(|context| context.0));
        Ok(settings)
    }
}

fn reminder(
    file: &ConfigFile<'_>,
    section: &Spanned<ReminderSection>,
) -> Result<Reminder, exuvia_tools::config::ConfigError> {
    let wrong = |problem: &str| Err(file.error(section.span(), Some("agent.reminders".to_owned()), problem.to_owned()));
    let ReminderSection { text, cells, keyword, unused } = section.get_ref();
    if text.trim().is_empty() {
        return wrong("`text` says nothing");
    }
    if *cells == Some(0) {
        return wrong("`cells` is at least 1");
    }
    let rule = match (keyword, unused, cells) {
        (Some(keyword), None, None) if !keyword.trim().is_empty() => Rule::Keyword(keyword.clone()),
        (None, Some(tool), cells) => Rule::Unused { tool: tool.clone(), cells: cells.unwrap_or(UNUSED_CELLS) },
        (None, None, Some(cells)) => Rule::Cells(*cells),
        _ => return wrong("say when with one of `keyword`, `unused` and `cells`"),
    };
    Ok(Reminder { rule, text: text.clone() })
}
