//! What an agent is made with, and what drives it.

use std::io;
use std::path::Path;
use std::sync::Arc;

use anyhow::Result;
use exuvia_agent::skills::Skill;
use exuvia_agent::subagents::{self, Subagents};
use exuvia_agent::tools::{Means, Usage, inference};
use exuvia_agent::{Agent, AgentError, Home, Manual, Prompts, Task};
use exuvia_core::agent::Model;
use exuvia_core::journal::Store;

use super::artifacts::OutputFolder;
use super::provision::Provision;
use super::settings::Settings;
use super::steering::Steering;
use super::view::View;
use super::{Arguments, conclusion, person};
use crate::cli::inputs;
use crate::failure::{self, Failure};
use crate::interpreter::{Interpreter, Room};
use crate::lent::Terms;
use crate::recording::{Prepared, now, told};
use crate::{exit, output};

/// An agent and all of its subagents that work at a time, each with a successor while it is taken away, and some beside them,
/// which look at things.
const ROOM: Room = Room { sandboxes_max: (1 + subagents::CONCURRENCY as u32) * 2 + 8, spares_max: 1 };

/// What a folder of prompts may say of itself.
const ABOUT: &str = "README.md";

/// What an agent is made with.
pub(super) struct Workshop {
    pub(super) prepared: Prepared,
    prompts: Prompts,
    pub(super) version: String,
    model: Arc<dyn Model>,
    usage: Usage,
    subagents: Subagents,
    view: Arc<View>,
    out: Option<OutputFolder>,
}

/// Where what programs write goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Output {
    /// To the model.
    Told,
    /// To the terminal.
    Shown,
}

impl Workshop {
    pub(super) fn furnish(
        arguments: &Arguments,
        (settings, skills): (&Settings, Vec<Skill>),
        model: Arc<dyn Model>,
        output: Output,
    ) -> Result<Self> {
        if !arguments.sandbox.recording.is_wanted() {
            let failure = Failure::usage("an agent is always recorded: what it does next follows from that");
            return Err(failure.hint("`exuvia session rm` removes it afterwards").into());
        }
        let options = arguments.sandbox.clone();
        let (usage, manual, subagents) = (Usage::default(), Manual::default(), Subagents::default());
        let own = exuvia_agent::tools::tools(Means {
            person: Some(person::find()),
            model: Arc::clone(&model),
            usage: &usage,
            manual: &manual,
            subagents: Some(&subagents),
        });
        let own_names: Vec<String> = own.iter().map(|tool| tool.declaration().name.clone()).collect();
        let inference = Some(inference(Arc::clone(&model), &usage));
        let lent = options.lent_on(Terms { inference, ..arguments.terms(own, skills.clone()) })?;
        manual.hold(&skills, lent.declarations());
        let interpreter = Interpreter::find(options.image.as_deref())?.with_room(ROOM);
        let furnished = options.packages.wanted(&lent).furnish(&interpreter)?;
        let version = interpreter.image().manifest().version.clone();
        let host = options.clone();
        let host = move || match output {
            Output::Told => Ok(host.host()),
            Output::Shown => Ok(host.host().output(output::write)),
        };
        let mut prepared = Prepared::new(&furnished, &lent, host, |live| Box::new(live));
        options.furnish(&mut prepared, true)?;
        prepared.opened.terminals = [false; 3];
        prepared.opened.files.extend(inputs::files(&arguments.input)?);
        let prompts = prompts(arguments.prompts.as_deref())?;
        let view = Arc::new(View::new(arguments.json, options.colours(), arguments.log));
        let names = lent.declarations().iter().map(|tool| tool.name.clone());
        subagents.provide(Arc::new(Provision {
            configured: names.filter(|name| !own_names.contains(name)).collect(),
            task: arguments.briefing(settings, skills.clone())?,
            arguments: arguments.clone(),
            skills,
            model: Arc::clone(&model),
            furnished,
            view: Arc::clone(&view),
        }));
        let path = options.output_folder().map(Path::to_owned);
        let out = path.map(|path| OutputFolder { path, is_kept_to: !arguments.changes_nothing() });
        Ok(Self { prepared, prompts, version, model, usage, subagents, view, out })
    }

    pub(super) fn print_prompt(&self, task: &Task) -> Result<u8> {
        let (begun, parts) = task.told(&self.prompts, &self.prepared.opened, now()).map_err(wrong)?;
        let mut text = format!("{}\n", begun.system);
        if let Some(tool) = &begun.tool {
            text.push_str(&format!("\n── tool `python`\n{tool}\n"));
        }
        text.push_str("\n── task\n");
        for part in parts {
            // Of the task there may be nothing yet.
            if let exuvia_core::agent::Content::Text { text: part } = part.content
                && !part.is_empty()
            {
                text.push_str(&part);
                text.push('\n');
            }
        }
        output::print(text.as_bytes());
        output::say(&format!("{} tokens or so, as OpenAI's models count", exuvia_model::tokens::count(&text)));
        Ok(0)
    }

    /// Has an agent made, and brings it to its end. Returns the exit status.
    pub(super) fn drive(
        self,
        store: Arc<dyn Store>,
        make: impl AsyncFnOnce(Home) -> Result<Agent, AgentError>,
    ) -> Result<u8> {
        let Self { model, prompts, usage, subagents, view, out, prepared, .. } = self;
        let mut environment = prepared.environment;
        let steering = Steering::take();
        let (viewer, steered) = (Arc::clone(&view), steering.clone());
        environment.observer = Some(Arc::new(move |_, _, event| {
            steered.event(event);
            viewer.event(event);
        }));
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let runtime =
            runtime.map_err(|error| Failure::new(format!("nothing can be awaited: {}", failure::reason(&error))))?;
        let home = Home { store, environment, model, prompts, usage, subagents };
        runtime.block_on(async {
            let mut agent = make(home).await.map_err(failed)?.price(Arc::new(exuvia_model::prices::cost));
            let id = agent.session().id().clone();
            view.begins(&id);
            let listener = |delta: exuvia_core::agent::Delta<'_>| view.delta(delta);
            let ended = steering.run(&mut agent, &listener).await;
            view.ends(&agent.state());
            let go_on = || output::say(&format!("go on with it: exuvia agent --resume {id}"));
            match ended {
                Ok(Some(ending)) => conclusion::conclude(&mut agent, &ending, &view, out.as_ref()).await,
                Ok(None) => {
                    go_on();
                    Ok(exit::INTERRUPTED)
                }
                Err(error) => {
                    go_on();
                    Err(failed(error))
                }
            }
        })
    }
}

/// Prints a prompt as it is written.
pub(super) fn print_template(folder: Option<&Path>, name: &str) -> Result<u8> {
    let prompts = prompts(folder)?;
    output::print(prompts.source(name).map_err(wrong)?.as_bytes());
    Ok(0)
}

/// Returns the prompts, with those of the user's folder in the place of ours.
fn prompts(folder: Option<&Path>) -> Result<Prompts> {
    let mut prompts = Prompts::default();
    let Some(folder) = folder else { return Ok(prompts) };
    let unreadable = |error: io::Error| Failure::unreadable(folder, &error);
    for entry in std::fs::read_dir(folder).map_err(unreadable)? {
        let path = entry.map_err(unreadable)?.path();
        let is_about = path.file_name().is_some_and(|name| name.eq_ignore_ascii_case(ABOUT));
        let is_prompt = !is_about && path.extension().is_some_and(|extension| extension == "md");
        if let Some(name) = path.file_stem().and_then(|name| name.to_str()).filter(|_| is_prompt) {
            let text = std::fs::read_to_string(&path).map_err(|error| Failure::unreadable(&path, &error))?;
            prompts
                .replace(name, text)
                .map_err(|error| Failure::usage(error.to_string()).at(&format!("{}: ", path.display())))?;
        }
    }
    Ok(prompts)
}

/// Tells of an error of an agent.
fn failed(error: AgentError) -> anyhow::Error {
    match error {
        AgentError::Session(error) => told(error),
        AgentError::Prompt(error) => wrong(error),
        AgentError::Model(model) => {
            let failure = Failure::new(format!("the model gave no answer: {}", model.message));
            match model.hint {
                Some(hint) => failure.hint(hint).into(),
                None => failure.into(),
            }
        }
        error @ (AgentError::NoTask(_) | AgentError::NoStep { .. }) => {
            let text = error.to_string();
            match text.split_once("\n    hint: ") {
                Some((message, hint)) => Failure::usage(message).hint(hint).into(),
                None => Failure::usage(text).into(),
            }
        }
    }
}

fn wrong(error: exuvia_agent::prompts::PromptError) -> anyhow::Error {
    Failure::usage(error.to_string()).into()
}
