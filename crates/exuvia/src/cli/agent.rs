//! `exuvia agent`: a task in words, done by a model that writes Python.

mod artifacts;
mod conclusion;
mod documents;
mod keys;
mod models;
mod person;
mod provision;
mod settings;
pub(in crate::cli) mod skills;
mod steering;
mod view;
mod workshop;

use std::io::{self, Read as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Result;
use clap::Parser as _;
use exuvia_agent::skills::Skill;
use exuvia_agent::{Agent, AgentError, Task};
use exuvia_core::agent::{Budget, Interface, Model, Tokens};
use exuvia_core::journal::{Opening, SessionId, Store};
use exuvia_session::SessionError;
use exuvia_tools::Tool;
use serde::Deserialize;

use super::given::Given;
use super::inputs::{self, InputSpec};
use super::options::SandboxOptions;
use super::options::values::{Count, Time};
use super::resume::{self, Begun, Trust};
use super::{Arguments as Line, Command};
use crate::failure::Failure;
use crate::lent::{Asked, MountSpec, Terms};
use crate::recording::{self, CommandLine, new_id, new_seed, now};
use crate::{exit, journal};
use settings::Settings;
use skills::SkillOptions;
use view::Level;
use workshop::{Output, Workshop};

const NOTES: &str = "\
The model's code runs in a sealed sandbox, and everything that it does is recorded: `exuvia session show` tells it, `exuvia \
replay` runs it again without any model. Nothing of this machine is lent but what --input, --config, --mount, --out and --skill name, and the skills that \
`exuvia skill list` lists. \
The answer goes to stdout, all talk to stderr. Ctrl-C interrupts what the agent does, and asks you at the terminal what it \
should know; a second one ends this program. Go on with it later with --resume.

Exit status: 0 when the task is done, 124 when a limit ended it, 1 when it came to nothing, 125 when the model cannot be \
asked.";
/// What `--timeout` means here.
const TIMEOUT_HELP: &str = "\
Interrupt a cell after this much time, waiting included: seconds, or `500ms`, `1.5s`, `5m`, `1h`; 0: never";
/// From how many tokens on what was said is left out, where nobody says. All models of these days read as many.
const CONTEXT_TOKENS: u64 = 120_000;
/// What `--cpu-time` means here.
const CPU_TIME_HELP: &str = "\
Interrupt a cell after this much processor time: tools, subagents and answers of people are not waited for in that; 0: never";
/// The longest task, in bytes.
const TASK_BYTES_MAX: u64 = 1 << 20;
/// Why calls are refused that may change something.
const READ_ONLY: &str = "this agent may only look, and this may change something";
/// The same, where that is only tried.
const DRY_RUN: &str =
    "this is a dry run, so it was not done: go on as if it had been, and say in the end what you would do";

/// What is said once, when an agent is begun: it goes on with the same.
const AT_THE_BEGINNING: [&str; 19] = [
    "task",
    "file",
    "interface",
    "context",
    "prompts",
    "print_prompt",
    "input",
    "final_only",
    "plan",
    "report",
    "env",
    "secret_env",
    "seed",
    "clock",
    "no_record",
    "SkillOptions",
    "LentOptions",
    "PackageOptions",
    "LimitOptions",
];

/// Have a model do a task by writing Python
#[derive(clap::Args, Clone)]
#[command(
    after_help = NOTES,
    mut_arg("timeout", |timeout| timeout.default_value("10m").help(TIMEOUT_HELP)),
    mut_arg("cpu_time", |time| time.default_value("1m").help(CPU_TIME_HELP)),
)]
pub(crate) struct Arguments {
    /// What is to be done
    #[arg(required_unless_present_any = ["file", "resume", "fork", "print_prompt"], conflicts_with = "file")]
    task: Option<String>,

    /// Read the task from this file; `-`: from stdin
    #[arg(short, long, value_name = "FILE")]
    file: Option<PathBuf>,

    /// Who writes the code: a model of `anthropic` (key in ANTHROPIC_API_KEY), `openai`, `openai-chat` (OPENAI_API_KEY),
    /// `gemini` (GEMINI_API_KEY), `ollama`, or `compatible`; `scripted/FILE.toml` says what a file says, and needs no key;
    /// without a slash, one of [models] in the configuration
    #[arg(long, value_name = "PROVIDER/NAME", help_heading = "Model")]
    model: Option<String>,

    /// Where the model is, if not at its provider's own address; its key is in EXUVIA_MODEL_KEY then
    #[arg(long, value_name = "URL", help_heading = "Model")]
    model_url: Option<String>,

    /// How the model gives code: by calling a tool, or as text between fences [default: calls]
    #[arg(long, value_name = "HOW", help_heading = "Model")]
    interface: Option<InterfaceOption>,

    /// Leave out what was said, but for a summary by the model itself, when it comes to so many tokens: a number, or
    /// `120K`; 0: never [default: 120K]
    #[arg(long, value_name = "TOKENS", help_heading = "Model")]
    context: Option<Count>,

    /// Use these prompts of yours: NAME.md in this folder stands for the one of that name
    #[arg(long, value_name = "FOLDER", help_heading = "Model")]
    prompts: Option<PathBuf>,

    /// Print what the model would be told, and how many tokens that has; ask nothing. With a name such as `system`: print
    /// that prompt as it is written, to begin one for --prompts with
    #[arg(
        long,
        value_name = "NAME",
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = "",
        conflicts_with_all = ["resume", "fork"],
        help_heading = "Model"
    )]
    print_prompt: Option<String>,

    /// Give the task a file, which the code sees as /input/NAME; a folder: all files in it. NAME may be left out
    #[arg(long, value_name = "NAME=FILE")]
    input: Vec<InputSpec>,

    /// Only `final(…)` ends the task: a reply without code does not
    #[arg(long)]
    final_only: bool,

    /// Have the model make a plan before it does anything else
    #[arg(long)]
    plan: bool,

    /// Have the model write a report once it has its answer: to report.md in the folder of --out, if there is one
    #[arg(long)]
    report: bool,

    /// Which calls of tools somebody is asked about: `ask`, those of which the configuration says so; `auto`, none, they are
    /// made; `read-only`, none, and only those are made that change nothing, while changes in folders stay in the sandbox
    /// [default: ask]
    #[arg(long, value_name = "MODE", help_heading = "Trust")]
    approve: Option<ApproveOption>,

    /// Change nothing: the program is told that calls which would are not made, and the model that it is to plan
    #[arg(long, conflicts_with = "approve", help_heading = "Trust")]
    dry_run: bool,

    /// Go on with an agent whose process has ended, or whose budget was used up: --steps, --tokens and --cost count what it has
    /// used, --time begins anew
    #[arg(long, value_name = "SESSION", conflicts_with = "fork", conflicts_with_all = AT_THE_BEGINNING)]
    resume: Option<String>,

    /// Open an agent that goes on from the end of a step of another one, with another model, say; without `@STEP`: from
    /// its last
    #[arg(long, value_name = "SESSION[@STEP]", conflicts_with_all = AT_THE_BEGINNING)]
    fork: Option<String>,

    /// Print what happens as lines of JSON on stdout
    #[arg(long)]
    json: bool,

    /// How much is told on stderr: `error`, only what goes wrong; `info`, what is said and done; `debug`, all of that, whole, with
    /// what the model thinks, what it is told, and what each reply used
    #[arg(long, value_name = "LEVEL", default_value = "info")]
    log: Level,

    #[command(flatten)]
    skills: SkillOptions,

    #[command(flatten)]
    trust: Trust,

    #[command(flatten)]
    budget: BudgetOptions,

    #[command(flatten)]
    sandbox: SandboxOptions,
}

/// What an agent may use.
#[derive(clap::Args, Clone)]
#[command(next_help_heading = "Budget")]
struct BudgetOptions {
    /// How often the model is asked, in all [default: 50]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    steps: Option<u32>,

    /// How many tokens go to and fro: a number, or `200K`, `2M`
    #[arg(long, value_name = "N")]
    tokens: Option<Count>,

    /// What it may cost, in dollars, where the model's price is known
    #[arg(long, value_name = "DOLLARS")]
    cost: Option<f64>,

    /// How long it may take
    #[arg(long, value_name = "TIME")]
    time: Option<Time>,
}

#[derive(clap::ValueEnum, Deserialize, Clone, Copy)]
#[serde(rename_all = "kebab-case")]
enum ApproveOption {
    Ask,
    Auto,
    ReadOnly,
}

#[derive(clap::ValueEnum, Deserialize, Clone, Copy)]
#[serde(rename_all = "kebab-case")]
enum InterfaceOption {
    Calls,
    Text,
}

pub(super) fn run(arguments: &Arguments) -> Result<u8> {
    if let Some(wanted) = &arguments.resume {
        return resumed(arguments, wanted);
    }
    if let Some(wanted) = &arguments.fork {
        return forked(arguments, wanted);
    }
    begun(arguments)
}

/// Begins a task.
fn begun(arguments: &Arguments) -> Result<u8> {
    let mut arguments = arguments.clone();
    let settings = Settings::fill_in(&mut arguments)?;
    let arguments = &arguments;
    if let Some(name) = arguments.print_prompt.as_deref().filter(|name| !name.is_empty()) {
        return workshop::print_template(arguments.prompts.as_deref(), name);
    }
    let skills = arguments.skills.find()?;
    let task = arguments.task(&settings, skills.clone())?;
    if arguments.print_prompt.is_some() {
        return Workshop::furnish(arguments, (&settings, skills), Arc::new(models::Nothing), Output::Told)?
            .print_prompt(&task);
    }
    let model = arguments.found_model(&settings)?;
    arguments.budget.check(model.name())?;
    let workshop = Workshop::furnish(arguments, (&settings, skills), model, Output::Told)?;
    let id = new_id()?;
    let store = journal::store(None)?;
    journal::note_begun(&id)?;
    let command = CommandLine::note(store.durability());
    let name = arguments.sandbox.recording.name();
    let opening = Opening { session: id.clone(), name, opened: workshop.prepared.opened.clone(), at: now() };
    workshop.drive(store, async |home| {
        let mut agent = Agent::open(home, opening).await.inspect_err(|_| journal::take_back_begun(&id))?;
        if let Some((kind, data)) = command {
            agent.session().note(&kind, data)?;
        }
        agent.begin(&task)?;
        Ok(agent)
    })
}

/// Goes on with an agent whose process has ended.
fn resumed(arguments: &Arguments, wanted: &str) -> Result<u8> {
    let store = journal::store(None)?;
    let id = resume::find(&store, wanted)?;
    arguments.trust.check(&store, &id)?;
    let mut first = arguments.instead_of(first_arguments(&store, &id)?);
    let settings = Settings::fill_in(&mut first)?;
    let model = first.found_model(&settings)?;
    arguments.budget.check(model.name())?;
    let workshop = Workshop::furnish(&first, (&settings, first.skills.find_again()), model, Output::Told)?;
    workshop.drive(store, async |home| arguments.budget.allow(Agent::resume(home, &id).await?.0))
}

/// Opens an agent that goes on from where another one was.
fn forked(arguments: &Arguments, wanted: &str) -> Result<u8> {
    let (wanted, step) = match wanted.rsplit_once('@') {
        None => (wanted, None),
        Some((wanted, step)) => match step.parse() {
            Ok(step) => (wanted, Some(step)),
            Err(_) => return Err(Failure::usage(format!("`{step}` is no number of a step")).into()),
        },
    };
    let store = journal::store(None)?;
    let origin = resume::find(&store, wanted)?;
    arguments.trust.check(&store, &origin)?;
    let mut first = arguments.instead_of(first_arguments(&store, &origin)?);
    let settings = Settings::fill_in(&mut first)?;
    let model = first.found_model(&settings)?;
    arguments.budget.check(model.name())?;
    let workshop = Workshop::furnish(&first, (&settings, first.skills.find_again()), model, Output::Told)?;
    let id = new_id()?;
    journal::note_begun(&id)?;
    let identity = (id.clone(), arguments.sandbox.recording.name(), new_seed()?);
    let from = Arc::clone(&store);
    workshop.drive(store, async |home| {
        let forked = Agent::fork(home, &origin, step, identity).await;
        let (mut agent, _) = forked.inspect_err(|_| journal::take_back_begun(&id))?;
        CommandLine::pass_on(&from, &origin, agent.session())
            .map_err(|error| AgentError::Session(SessionError::Host(recording::boxed(error))))?;
        arguments.budget.allow(agent)
    })
}

/// Returns the command line with which an agent was begun. This process is in its folder then.
fn first_arguments(store: &Arc<dyn Store>, id: &SessionId) -> Result<Arguments> {
    let other = || Failure::usage(format!("session `{id}` was not begun with `exuvia agent`"));
    let Some(command) = CommandLine::of(store, id)? else { return Err(other().into()) };
    std::env::set_current_dir(&command.folder).map_err(|error| Failure::unreadable(&command.folder, &error))?;
    let line = std::iter::once("exuvia".to_owned()).chain(command.arguments);
    match Line::try_parse_from(line).map(|line| line.command) {
        Ok(Command::Agent(arguments)) => Ok(*arguments),
        _ => Err(other().hint(format!("`exuvia resume {id}` goes on with it")).into()),
    }
}

/// Prepares what an agent's session goes on with at a prompt.
pub(super) fn again(mut arguments: Arguments, given: &Given) -> Result<Begun> {
    given.replace(&mut arguments.sandbox);
    let settings = Settings::fill_in(&mut arguments)?;
    let skills = arguments.skills.find_again();
    let workshop = Workshop::furnish(&arguments, (&settings, skills), Arc::new(models::Nothing), Output::Shown)?;
    let version = workshop.version.clone();
    Ok(Begun { prepared: workshop.prepared, version, colours: arguments.sandbox.colours(), program: None })
}

impl Arguments {
    /// Puts what is said here in the place of what was said when an agent was begun.
    fn instead_of(&self, mut first: Self) -> Self {
        (first.json, first.log) = (self.json, self.log);
        first.sandbox.take_over(&self.sandbox);
        if self.model.is_some() {
            (first.model, first.model_url) = (self.model.clone(), self.model_url.clone());
        }
        if self.approve.is_some() || self.dry_run {
            (first.approve, first.dry_run) = (self.approve, self.dry_run);
        }
        first
    }

    /// Returns the files that were given for the task.
    pub(super) fn inputs(&self) -> &[InputSpec] {
        &self.input
    }

    fn found_model(&self, settings: &Settings) -> Result<Arc<dyn Model>> {
        models::find((self.model.as_deref(), self.model_url.as_deref()), self.context, &settings.models)
    }

    /// Returns whether this agent may only look.
    fn changes_nothing(&self) -> bool {
        self.dry_run || matches!(self.approve, Some(ApproveOption::ReadOnly))
    }

    /// Returns how far the sandbox is lent something.
    fn terms(&self, tools: Vec<Tool>, skills: Vec<Skill>) -> Terms {
        let (asked, reads_only) = match self.approve {
            _ if self.dry_run => (Asked::Nobody, Some(DRY_RUN)),
            None | Some(ApproveOption::Ask) => (Asked::Terminal, None),
            Some(ApproveOption::Auto) => (Asked::Agreed, None),
            Some(ApproveOption::ReadOnly) => (Asked::Nobody, Some(READ_ONLY)),
        };
        let mounts = if self.skills.are_wanted() { vec![MountSpec::skills(skills)] } else { Vec::new() };
        Terms { tools, mounts, reads_only, ..asked.into() }
    }

    /// Returns what is to be done.
    fn task(&self, settings: &Settings, skills: Vec<Skill>) -> Result<Task> {
        let text = match (&self.task, &self.file) {
            (Some(task), _) => task.clone(),
            (None, Some(file)) => read_task(file)?,
            (None, None) => String::new(),
        };
        if text.trim().is_empty() && self.print_prompt.is_none() {
            return Err(Failure::usage("the task says nothing").into());
        }
        Ok(Task {
            text,
            reply_ends: !self.final_only,
            budget: self.budget.instead_of(Budget::default()),
            inputs: inputs::told(&self.input)?,
            is_planned: self.plan,
            is_reported: self.report,
            ..self.briefing(settings, skills)?
        })
    }

    /// Returns what is told with every task, those of subagents among them.
    fn briefing(&self, settings: &Settings, skills: Vec<Skill>) -> Result<Task> {
        let context_tokens = self.context.map_or(CONTEXT_TOKENS, |context| context.0);
        Ok(Task {
            interface: self.interface.unwrap_or(InterfaceOption::Calls).into(),
            reply_ends: true,
            is_dry_run: self.dry_run,
            documents: documents::find()?,
            context_tokens: Some(context_tokens).filter(|tokens| *tokens > 0),
            reminders: settings.reminders.clone(),
            skills,
            ..Task::default()
        })
    }
}

impl BudgetOptions {
    /// Refuses to limit what cannot be told.
    fn check(&self, model: &str) -> Result<()> {
        if self.cost.is_none() || exuvia_model::prices::cost(model, Tokens::default()).is_some() {
            return Ok(());
        }
        let failure = Failure::usage(format!("what `{model}` costs is not known, so --cost cannot be kept to"));
        Err(failure.hint("limit it with --tokens").into())
    }

    /// Puts what is said here in the place of what was said before.
    fn instead_of(&self, budget: Budget) -> Budget {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "it saturates, and is not negative"
        )]
        let micro_dollars = self.cost.map(|dollars| (dollars.max(0.0) * 1e6) as u64);
        Budget {
            steps: self.steps.unwrap_or(budget.steps),
            tokens: self.tokens.as_ref().map_or(budget.tokens, |tokens| Some(tokens.0)),
            micro_dollars: micro_dollars.or(budget.micro_dollars),
            time: self.time.map_or(budget.time, Time::limit),
        }
    }

    /// Gives an agent that goes on what is said here, if anything is.
    fn allow(&self, mut agent: Agent) -> Result<Agent, AgentError> {
        let old = agent.state().begun().map(|begun| begun.budget);
        let is_said = self.steps.is_some() || self.tokens.is_some() || self.cost.is_some() || self.time.is_some();
        if let Some(old) = old.filter(|_| is_said) {
            agent.allow(self.instead_of(old))?;
        }
        Ok(agent)
    }
}

fn read_task(path: &Path) -> Result<String> {
    let mut text = Vec::new();
    let read = if path == Path::new("-") {
        io::stdin().lock().take(TASK_BYTES_MAX + 1).read_to_end(&mut text)
    } else {
        std::fs::File::open(path).and_then(|file| file.take(TASK_BYTES_MAX + 1).read_to_end(&mut text))
    };
    read.map_err(|error| Failure::unreadable(path, &error))?;
    if text.len() as u64 > TASK_BYTES_MAX {
        let failure = Failure::usage(format!("the task in `{}` is longer than 1 MiB", path.display()));
        return Err(failure.hint("give what it is about as files, with --input").into());
    }
    String::from_utf8(text).map_err(|_| Failure::usage(format!("the task in `{}` is no text", path.display())).into())
}

impl From<InterfaceOption> for Interface {
    fn from(option: InterfaceOption) -> Self {
        match option {
            InterfaceOption::Calls => Self::Calls,
            InterfaceOption::Text => Self::Text,
        }
    }
}

/// The exit status of a run that came to nothing.
const CAME_TO_NOTHING: u8 = exit::RAISED;
