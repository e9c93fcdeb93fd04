//! Agents in the library, as programs have them that make their own engines.

use std::collections::BTreeMap;
use std::future::ready;
use std::sync::Arc;

use exuvia_agent::subagents::{Provider, Rights, Surroundings};
use exuvia_agent::tools::{Means, Usage, tools};
use exuvia_agent::{Agent, Home, Manual, Prompts, Subagents, Task};
use exuvia_core::ToolFailure;
use exuvia_core::agent::{Call, Listener, Model, ModelFuture, ModelReply, ModelRequest, PYTHON_TOOL, Stop};
use exuvia_core::journal::{Opened, Opening};
use exuvia_journal::LocalStore;
use exuvia_sandbox::{Engine, LiveHost};
use exuvia_session::{CheckpointPolicy, Environment};
use exuvia_tools::Toolbox;
use libtest_mimic::{Failed, Trial};
use serde_json::json;

use super::fixture::{Verdict, engine_for, same, trial};

/// Returns the tests of agents.
pub(crate) fn trials() -> Vec<Trial> {
    vec![
        trial("agents::subagents_wait_for_room", subagents_wait_for_room),
        trial("agents::there_is_never_room_for_a_subagent", there_is_never_room_for_a_subagent),
    ]
}

/// A model that says one thing to an agent, and another one to its subagents.
struct Written {
    caller: &'static str,
    subagent: &'static str,
}

impl Model for Written {
    fn name(&self) -> &'static str {
        "written/here"
    }

    fn ask<'a>(&'a self, request: ModelRequest, _listener: Listener<'a>) -> ModelFuture<'a> {
        let is_called = request.system.contains("A program of another agent");
        let arguments = json!({ "code": if is_called { self.subagent } else { self.caller } }).to_string();
        let calls = vec![Call { id: "c".to_owned(), name: PYTHON_TOOL.to_owned(), arguments }];
        Box::pin(ready(Ok(ModelReply { calls, stop: Stop::Calls, ..ModelReply::default() })))
    }
}

/// Has subagents live in sandboxes of this engine.
struct Housing {
    engine: Engine,
    model: Arc<dyn Model>,
}

impl Provider for Housing {
    fn provide(&self, _rights: &Rights) -> Result<Surroundings, ToolFailure> {
        let usage = Usage::default();
        let world = world(&self.engine, &self.model, &usage, None);
        let (environment, opened) = world.map_err(|_| ToolFailure::failed("no tools"))?;
        Ok(Surroundings { environment, opened, task: Task::default(), usage, price: None })
    }
}

/// Returns what a session of an agent needs.
fn world(
    engine: &Engine,
    model: &Arc<dyn Model>,
    usage: &Usage,
    subagents: Option<&Subagents>,
) -> Result<(Environment, Opened), Failed> {
    let manual = Manual::default();
    let means = Means { person: None, model: Arc::clone(model), usage, manual: &manual, subagents };
    let toolbox = Toolbox::builder().tools(tools(means)).build()?;
    let declarations = toolbox.declarations().to_vec();
    let made_for = engine.clone();
    let environment = Environment {
        engine: engine.clone(),
        packages: None,
        package_identities: Vec::new(),
        host: Arc::new(move || Ok(Box::new(LiveHost::builder().tools(toolbox.runner()).build(&made_for)?))),
        now: Arc::new(|| 0),
        secrets: BTreeMap::new(),
        capture: false,
        checkpoints: CheckpointPolicy::default(),
        observer: None,
        journal_bytes_max: u64::MAX,
    };
    let opened = Opened { tools: declarations, ..environment.opened([7; 32]) };
    Ok((environment, opened))
}

/// Runs an agent where there is room for so many sandboxes, and returns its answer as JSON.
fn answer(sandboxes_max: u32, model: Written) -> Result<String, Failed> {
    let (engine, model) = (engine_for(sandboxes_max)?, Arc::new(model) as Arc<dyn Model>);
    let (usage, subagents) = (Usage::default(), Subagents::default());
    let (environment, opened) = world(&engine, &model, &usage, Some(&subagents))?;
    subagents.provide(Arc::new(Housing { engine, model: Arc::clone(&model) }));
    let store = Arc::new(LocalStore::memory());
    let home = Home { store, environment, model, prompts: Prompts::default(), usage, subagents };
    let opening = Opening { session: "caller".parse()?, name: None, opened, at: 0 };
    pollster::block_on(async {
        let mut agent = Agent::open(home, opening).await?;
        agent.begin(&Task { text: "do it".to_owned(), ..Task::default() })?;
        Ok(agent.run(&|_| {}).await?.answer.to_string())
    })
}

/// Eight work at a time where there is room for two: whoever finds none waits until another one has ended.
fn subagents_wait_for_room() -> Verdict {
    let caller = "
from exuvia import parallel
async def square(number):
    return (await task.aio('square it', files={'number': str(number).encode()})).answer
final(parallel(square, range(12)))";
    let subagent = "import time; time.sleep(0.01); final(int(open('/input/number').read()) ** 2)";
    let squares: Vec<u32> = (0..12).map(|number| number * number).collect();
    same("the answer", &json!(squares).to_string(), &answer(3, Written { caller, subagent })?)
}

/// Where nobody could make room, the program is told so.
fn there_is_never_room_for_a_subagent() -> Verdict {
    let caller = "
from exuvia import parallel
async def one(name):
    try:
        return (await task.aio(name)).answer
    except Exception as error:
        return str(error)
final(parallel(one, 'abc'))";
    let refused = "there is no room for its sandbox: have fewer work at a time";
    same(
        "the answer",
        &json!([refused, refused, refused]).to_string(),
        &answer(1, Written { caller, subagent: "final(1)" })?,
    )
}
