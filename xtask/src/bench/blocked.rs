//! Many sandboxes that are all blocked in a call of a tool, on few threads.

use std::fs;
use std::time::Instant;

use anyhow::{Context as _, Result, ensure};
use exuvia_core::{Limits, Outcome};
use exuvia_sandbox::{Engine, LiveHost, Sandbox};
use exuvia_tools::Toolbox;

use super::exuvia;
use super::lend::{self, Barrier};
use super::memory::{self, Figures};

pub(super) const SANDBOXES: u32 = 2_000;

/// How many were blocked at once, and came to the right end.
pub(super) const BLOCKED: &str = "sandboxes blocked in a tool call";

/// Measures in this process.
pub(super) fn measure() -> Result<Figures> {
    let runtime = lend::runtime()?;
    let barrier = Barrier::new();
    let toolbox = barrier.toolbox(runtime.handle())?;
    let engine = exuvia::engine(SANDBOXES)?;
    // The first one also touches what all share.
    drop(sandbox(&engine, &toolbox)?);
    let before = memory::private()?;
    let started = Instant::now();
    runtime.block_on(async {
        let mut running = Vec::new();
        for index in 0..SANDBOXES {
            let mut sandbox = sandbox(&engine, &toolbox)?;
            let cell = format!("wait('{index}')");
            running.push(tokio::spawn(async move { (sandbox.run_async(&cell).await, sandbox) }));
        }
        barrier.arrived(SANDBOXES).await?;
        let mut figures = Figures::new();
        figures.insert(format!("{SANDBOXES} blocked, after"), started.elapsed().as_secs_f64() * 1e3);
        figures.insert(format!("{SANDBOXES} blocked, private"), memory::private()? - before);
        figures.insert(format!("{SANDBOXES} blocked, threads of the process"), threads()?);
        barrier.open();
        for (index, task) in running.into_iter().enumerate() {
            let (outcome, _sandbox) = task.await?;
            let Outcome { value, error, .. } = outcome?;
            let value = value.map(|value| value.repr);
            ensure!(value == Some(format!("'{index}'")), "sandbox {index} says {value:?}, {error:?}");
        }
        figures.insert(BLOCKED.to_owned(), f64::from(SANDBOXES));
        Ok(figures)
    })
}

fn sandbox(engine: &Engine, toolbox: &Toolbox) -> Result<Sandbox> {
    let host = LiveHost::builder().tools(toolbox.runner()).build(engine)?;
    let limits = Limits { wall_time: Some(exuvia::WALL_TIME), ..Limits::default() };
    Ok(engine.sandbox().limits(limits).tools(toolbox.declarations()).host(host).build()?)
}

/// Returns how many threads this process has.
fn threads() -> Result<f64> {
    let text = fs::read_to_string("/proc/self/status").context("`/proc` is only there on Linux")?;
    let line = text.lines().find_map(|line| line.strip_prefix("Threads:")).context("the field is missing")?;
    Ok(line.trim().parse()?)
}
