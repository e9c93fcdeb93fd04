//! Cells of sessions that are recorded, beside the same cells of sandboxes that are not.

use std::fs;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use exuvia_core::journal::Store;
use exuvia_journal::{LocalStore, SqliteOptions};
use exuvia_sandbox::Sandbox;
use exuvia_session::Session;
use exuvia_tools::{Tool, Toolbox};

use super::{Place, World, value};
use crate::bench::report::{OURS, Row};
use crate::bench::{exuvia, folder, statistics};
use crate::tools;

/// The rows.
pub(super) const CPU: &str = "recorded, `nbody`";
pub(super) const CALLS: &str = "recorded, 10,000 tool calls of 1 ms";
pub(super) const CLOCKS: &str = "recorded, 1,000,000 clock readings";
/// What the same is called without a journal.
pub(super) const OFF: &str = "not recorded";

/// Asks for what is recorded.
const LOOPS: &str = "
from time import perf_counter

def calls(count):
    for _ in range(count):
        nap('')

def clocks(count):
    for _ in range(count):
        perf_counter()
";

/// What is measured.
struct Load {
    row: &'static str,
    /// The cell before: it also does a little of what is measured.
    before: String,
    cell: &'static str,
    rounds: u32,
}

pub(super) fn measure(rounds: u32) -> Result<Vec<Row>> {
    let nbody = fs::read_to_string(folder().join("programs/nbody.py"))?;
    // What is short is run more often: the limits are narrow.
    let loads = [
        Load { row: CPU, before: format!("{nbody}\nrun(SMALL)\n"), cell: "run(LARGE)", rounds: rounds * 4 },
        // Ten seconds each.
        Load { row: CALLS, before: format!("{LOOPS}\ncalls(10)\n"), cell: "calls(10_000)", rounds: rounds.div_ceil(3) },
        Load {
            row: CLOCKS,
            before: format!("{LOOPS}\nclocks(1_000)\n"),
            cell: "clocks(1_000_000)",
            rounds: rounds * 4,
        },
    ];
    let engine = exuvia::engine(4)?;
    // The thread itself sleeps. A sleep of tokio ends with a tick of its clock, and what is done between two calls would
    // be hidden in the wait for the next one.
    let nap = async |text: String| {
        std::thread::sleep(Duration::from_millis(1));
        Ok(text)
    };
    let toolbox = Toolbox::builder().tool(Tool::text("nap", "Takes a while.", nap)).build()?;
    let world = World::new(&engine, toolbox);
    loads.iter().map(|load| beside(&world, load)).collect()
}

/// Runs both in turns, each round in new sandboxes.
fn beside(world: &World, load: &Load) -> Result<Row> {
    tools::say(load.row);
    let place = Place::new("recording")?;
    let store: Arc<dyn Store> = Arc::new(LocalStore::open(place.path(), SqliteOptions::default())?);
    let [mut on, mut off] = [Vec::new(), Vec::new()];
    let mut expected = None;
    for round in 0..load.rounds {
        let recorded = || recorded(world.session(&store, &format!("round-{round}"))?, load);
        let plain = || plain(world.sandbox()?.build()?, load);
        // Neither is always the one that comes first.
        let (one, other) = if round % 2 == 0 {
            let plain = plain()?;
            (recorded()?, plain)
        } else {
            (recorded()?, plain()?)
        };
        let expected = expected.get_or_insert(other.value);
        ensure!(one.value == *expected, "`{}` gives {:?} when recorded, not {expected:?}", load.cell, one.value);
        on.push(one.seconds);
        off.push(other.seconds);
    }
    let mut row = Row::new("journal", load.row, "ms");
    row.set(OURS, statistics::median(&mut on) * 1e3);
    row.set(OFF, statistics::median(&mut off) * 1e3);
    Ok(row)
}

/// A cell that has run.
struct Ran {
    seconds: f64,
    value: Option<String>,
}

/// Runs a load in a new session.
fn recorded(mut session: Session, load: &Load) -> Result<Ran> {
    value(pollster::block_on(session.run(&load.before))?)?;
    let started = Instant::now();
    let outcome = pollster::block_on(session.run(load.cell))?;
    let seconds = started.elapsed().as_secs_f64();
    // Nothing is left to do while the other one has its turn: dropping it waits for its checkpoints.
    session.sync()?;
    drop(session);
    Ok(Ran { seconds, value: value(outcome)? })
}

/// Runs a load in a new sandbox.
fn plain(mut sandbox: Sandbox, load: &Load) -> Result<Ran> {
    value(pollster::block_on(sandbox.run_async(&load.before))?)?;
    let started = Instant::now();
    let outcome = pollster::block_on(sandbox.run_async(load.cell))?;
    let seconds = started.elapsed().as_secs_f64();
    Ok(Ran { seconds, value: value(outcome)? })
}
