//! Agents: what a step costs beside its model and its cell, how much of a request was in the one before, how soon an agent
//! is there again, and many of them at a time.
//!
//! No model is asked: what one would say is written here. What a provider would be sent is what a server on loopback gets.

mod crowd;
mod provider;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use exuvia_agent::tools::{Means, Nobody, Usage};
use exuvia_agent::{Agent, Home, Manual, Prompts, Step, Subagents, Task};
use exuvia_core::agent::{
    Budget, Call, Ending, Listener, Model, ModelFuture, ModelReply, ModelRequest, PYTHON_TOOL, Reason, Stop,
};
use exuvia_core::journal::{Durability, Store};
use exuvia_journal::{LocalStore, SqliteOptions};
use exuvia_tools::{Tool, Toolbox};
use serde_json::json;

use super::journal::{Place, World};
use super::report::{OURS, Row};
use super::{exuvia, statistics};
use crate::tools;

/// The rows.
pub(super) const STEP: &str = "a step of an agent, after 200";
pub(super) const AFTER: &str = "after 1";
pub(super) const RESUME: &str = "an agent of 200 steps is there again";
pub(super) use crowd::{CROWD, IDEAL};
pub(super) use provider::PREFIX;

/// How long an agent's history is.
const STEPS: u32 = 200;
/// How many steps are looked at, at its beginning and at its end.
const MEASURED: u32 = 20;

pub(super) fn measure(rounds: u32) -> Result<Vec<Row>> {
    tools::say("agents");
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let world = World::new(&exuvia::engine(crowd::AGENTS * 2 + 8)?, Toolbox::builder().tools(agent_tools()).build()?);
    let place = Place::new("agents")?;
    let (mut step, mut resume) = (Row::new("agent", STEP, "ms"), Row::new("agent", RESUME, "ms"));
    let (mut early, mut late, mut again) = (Vec::new(), Vec::new(), Vec::new());
    for round in 0..rounds {
        let steps = Steps::measure(&runtime, &world, &place, round)?;
        early.extend(steps.early);
        late.extend(steps.late);
        again.push(steps.again);
    }
    step.set(OURS, statistics::median(&mut late) * 1e3);
    step.set(AFTER, statistics::median(&mut early) * 1e3);
    resume.set(OURS, statistics::median(&mut again) * 1e3);
    let mut rows = vec![step, resume];
    rows.extend(provider::measure(&runtime, &world, &place)?);
    rows.extend(crowd::measure(&runtime, &world, &place)?);
    Ok(rows)
}

/// Returns the tools that every agent has.
fn agent_tools() -> Vec<Tool> {
    let model = Arc::new(Written::new(0, Duration::ZERO));
    let (usage, manual, subagents) = (Usage::default(), Manual::default(), Subagents::default());
    let person = Some(Arc::new(Nobody) as _);
    exuvia_agent::tools::tools(Means { person, model, usage: &usage, manual: &manual, subagents: Some(&subagents) })
}

/// What a long agent took.
struct Steps {
    /// Seconds of its first steps, without model and cell.
    early: Vec<f64>,
    /// Of its last ones.
    late: Vec<f64>,
    /// Until it was there again.
    again: f64,
}

impl Steps {
    fn measure(runtime: &tokio::runtime::Runtime, world: &World, place: &Place, round: u32) -> Result<Self> {
        let name = format!("long-{round}");
        let model = Arc::new(Written::new(STEPS, Duration::ZERO));
        let home = home(world, store(place, &name)?, Arc::<Written>::clone(&model));
        let opening = world.opening(&name)?;
        let id = opening.session.clone();
        let mut agent = runtime.block_on(Agent::open(home.clone(), opening))?;
        agent.begin(&task())?;
        let mut times = Vec::new();
        loop {
            let cells = cell_seconds(&agent);
            let started = Instant::now();
            let step = runtime.block_on(agent.step(&|_| {}))?;
            let whole = started.elapsed().as_secs_f64();
            if let Step::Ended(ending) = step {
                ensure!(ending.reason == Reason::Done, "it ended otherwise: {ending:?}");
                break;
            }
            times.push(whole - (cell_seconds(&agent) - cells));
        }
        ensure!(times.len() == STEPS as usize, "it had {} steps", times.len());
        drop(agent);
        let asked = model.asked();
        let started = Instant::now();
        let (agent, _) = runtime.block_on(Agent::resume(home, &id))?;
        let again = started.elapsed().as_secs_f64();
        ensure!(agent.state().spent().steps == STEPS + 1, "it does not know how many steps it had");
        ensure!(model.asked() == asked, "its model was asked again");
        let late = times.split_off(times.len() - MEASURED as usize);
        // The first one fills the sandbox's caches.
        let early = times.drain(1..=MEASURED as usize).collect();
        Ok(Self { early, late, again })
    }
}

/// Returns how long all cells of an agent have run, as it was told.
fn cell_seconds(agent: &Agent) -> f64 {
    agent.state().spent().cell_time.as_secs_f64()
}

fn task() -> Task {
    let budget = Budget { steps: 1_000, ..Budget::default() };
    Task { text: "count".to_owned(), reply_ends: true, budget, ..Task::default() }
}

fn store(place: &Place, name: &str) -> Result<Arc<dyn Store>> {
    let options = SqliteOptions { durability: Durability::Group, ..SqliteOptions::default() };
    Ok(Arc::new(LocalStore::open(&place.path().join(name), options)?))
}

fn home(world: &World, store: Arc<dyn Store>, model: Arc<dyn Model>) -> Home {
    Home {
        store,
        environment: world.environment().clone(),
        model,
        prompts: Prompts::default(),
        usage: Usage::default(),
        subagents: Subagents::default(),
    }
}

/// A model of which everything is known that it will say.
struct Written {
    steps: u32,
    think: Duration,
    asked: AtomicU64,
}

impl Written {
    /// It wants so many cells run, and takes its time for each.
    fn new(steps: u32, think: Duration) -> Self {
        Self { steps, think, asked: AtomicU64::new(0) }
    }

    fn asked(&self) -> u64 {
        self.asked.load(Ordering::Relaxed)
    }

    fn reply(&self, request: &ModelRequest) -> ModelReply {
        let step = u32::try_from(request.messages.len() / 2).unwrap_or(u32::MAX);
        if step >= self.steps {
            return ModelReply { text: "done".to_owned(), ..ModelReply::default() };
        }
        ModelReply {
            text: format!("Step {step}: I look at what comes of it, and go on from there."),
            calls: vec![Call { id: format!("call_{step}"), name: PYTHON_TOOL.to_owned(), arguments: arguments(step) }],
            stop: Stop::Calls,
            ..ModelReply::default()
        }
    }
}

/// Returns the arguments of a call whose cell prints some hundred bytes.
fn arguments(step: u32) -> String {
    json!({ "code": format!("x = {step}\nfor i in range(8): print(f'row {{i}} of step {{x}}: {{i * x:08}}')\nx * 2") })
        .to_string()
}

impl Model for Written {
    fn name(&self) -> &'static str {
        "written/here"
    }

    fn ask<'a>(&'a self, request: ModelRequest, _listener: Listener<'a>) -> ModelFuture<'a> {
        Box::pin(async move {
            if !self.think.is_zero() {
                tokio::time::sleep(self.think).await;
            }
            self.asked.fetch_add(1, Ordering::Relaxed);
            Ok(self.reply(&request))
        })
    }
}

/// Refuses an agent that did not come to its end.
fn done(ending: &Ending) -> Result<()> {
    ensure!(ending.reason == Reason::Done, "it ended otherwise: {ending:?}");
    Ok(())
}
