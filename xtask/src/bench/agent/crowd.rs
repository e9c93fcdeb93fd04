//! Many agents at a time, each of which thinks for most of the time.

use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::Result;
use exuvia_agent::Agent;

use super::{Written, done, home, store, task};
use crate::bench::journal::{Place, World};
use crate::bench::memory::private;
use crate::bench::report::{OURS, Row};

/// The row, and what is beside it.
pub(in crate::bench) const CROWD: &str = "500 agents, 10 steps of 200 ms";
pub(in crate::bench) const IDEAL: &str = "their thinking alone";
/// Their memory.
const MEMORY: &str = "500 agents alive, private";

/// How many there are.
pub(super) const AGENTS: u32 = 500;
/// How many steps each has.
const STEPS: u32 = 10;
/// How long it thinks for each, and for its answer.
const THINK: Duration = Duration::from_millis(200);

pub(super) fn measure(runtime: &tokio::runtime::Runtime, world: &World, place: &Place) -> Result<Vec<Row>> {
    let store = store(place, "crowd")?;
    let before = private()?;
    let mut agents = Vec::new();
    for number in 0..AGENTS {
        let model = Arc::new(Written::new(STEPS, THINK));
        let opening = world.opening(&format!("agent-{number}"))?;
        let mut agent = runtime.block_on(Agent::open(home(world, Arc::clone(&store), model), opening))?;
        agent.begin(&task())?;
        agents.push(agent);
    }
    let started = Instant::now();
    let (memory, seconds) = runtime.block_on(async {
        let running: Vec<_> = agents
            .into_iter()
            .map(|mut agent| {
                tokio::spawn(async move {
                    let ending = agent.run(&|_| {}).await;
                    (agent, ending)
                })
            })
            .collect();
        let mut alive = Vec::new();
        for agent in running {
            let (agent, ending) = agent.await?;
            done(&ending?)?;
            alive.push(agent);
        }
        let seconds = started.elapsed().as_secs_f64();
        anyhow::Ok((private()? - before, seconds))
    })?;
    let mut crowd = Row::new("agent", CROWD, "s");
    crowd.set(OURS, seconds);
    crowd.set(IDEAL, THINK.as_secs_f64() * f64::from(STEPS + 1));
    let mut row = Row::new("agent", MEMORY, "MB");
    row.set(OURS, memory);
    Ok(vec![crowd, row])
}
