//! What sandboxes that are alive hold, in a process of its own where no memory was used before.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write as _;
use std::process::{Command, Stdio};
use std::time::Instant;

use anyhow::{Context as _, Result, ensure};
use exuvia_sandbox::{Engine, Sandbox};

use super::blocked::{self, BLOCKED};
use super::exuvia;
use super::report::{OURS, Row};
use crate::tools;

const SANDBOXES: u32 = 200;
pub(super) const MANY_SANDBOXES: u32 = 1_000;
const CELLS: &[(&str, &str)] = &[("1+1", "`1+1`"), ("import json; json.dumps({})", "`json.dumps`")];

/// How many were alive at once, and right.
pub(super) const ALIVE: &str = "sandboxes alive at once";

/// The names and values of what a process of its own finds.
pub(super) type Figures = BTreeMap<String, f64>;

/// What a process of its own measures.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum Crowd {
    /// Sandboxes that are alive.
    Alive,
    /// Sandboxes that are blocked in a call of a tool.
    Blocked,
}

/// Measures in another process. Returns nothing where the operating system does not tell.
pub(super) fn measure(group: &'static str, crowd: Crowd) -> Result<Vec<Row>> {
    let name = match crowd {
        Crowd::Alive => "alive",
        Crowd::Blocked => "blocked",
    };
    tools::say(&format!("memory: {name}"));
    let mut command = Command::new(std::env::current_exe()?);
    let output = command.args(["bench", "--crowd", name]).stdin(Stdio::null()).stderr(Stdio::inherit()).output()?;
    ensure!(output.status.success(), "measuring memory failed ({})", output.status);
    let figures: Figures = serde_json::from_slice(&output.stdout).context("the figures cannot be read")?;
    Ok(figures
        .into_iter()
        .map(|(name, value)| {
            let unit = match name.as_str() {
                ALIVE | BLOCKED => "",
                name if name.ends_with("threads of the process") => "",
                name if name.ends_with("made in") || name.ends_with("after") => "ms",
                _ => "MB",
            };
            let mut row = Row::new(group, &name, unit);
            row.set(OURS, value);
            row
        })
        .collect())
}

/// Measures in this process, and prints the figures.
pub(super) fn measure_here(crowd: Crowd) -> Result<()> {
    print(&match crowd {
        Crowd::Alive => alive(),
        Crowd::Blocked => blocked::measure().unwrap_or_else(|error| {
            tools::say(&format!("  {} blocked sandboxes: {error:#}", blocked::SANDBOXES));
            Figures::from([(BLOCKED.to_owned(), 0.0)])
        }),
    })
}

fn alive() -> Figures {
    let mut figures = Figures::new();
    for (cell, name) in CELLS {
        match one_more(cell) {
            Ok(figure) => drop(figures.insert(format!("one more sandbox after {name}"), figure)),
            Err(error) => tools::say(&format!("  {SANDBOXES} sandboxes after {name}: {error:#}")),
        }
    }
    if let Err(error) = many(&mut figures) {
        tools::say(&format!("  {MANY_SANDBOXES} sandboxes: {error:#}"));
    }
    figures
}

fn print(figures: &Figures) -> Result<()> {
    let mut stdout = std::io::stdout().lock();
    serde_json::to_writer(&mut stdout, figures)?;
    Ok(stdout.flush()?)
}

/// Returns the megabytes that each further sandbox takes that has run this cell.
fn one_more(cell: &str) -> Result<f64> {
    let engine = exuvia::engine(SANDBOXES + 1)?;
    // The first one also touches what all share.
    let mut alive = vec![ran(&engine, cell)?];
    let before = private()?;
    for _ in 0..SANDBOXES {
        alive.push(ran(&engine, cell)?);
    }
    Ok((private()? - before) / f64::from(SANDBOXES))
}

/// Returns a sandbox that has run this cell.
fn ran(engine: &Engine, cell: &str) -> Result<Sandbox> {
    let mut sandbox = exuvia::sandbox(engine)?;
    exuvia::cell(&mut sandbox, cell)?;
    Ok(sandbox)
}

/// Has many alive at once, and sees that each is still itself.
fn many(figures: &mut Figures) -> Result<()> {
    let engine = exuvia::engine(MANY_SANDBOXES)?;
    let [resident_before, private_before] = [resident()?, private()?];
    let started = Instant::now();
    let mut alive = vec![];
    for index in 0..MANY_SANDBOXES {
        alive.push(ran(&engine, &format!("number = {index}"))?);
    }
    figures.insert(format!("{MANY_SANDBOXES} sandboxes made in"), started.elapsed().as_secs_f64() * 1e3);
    // A page that all share is counted once for each sandbox that has it mapped.
    figures.insert(format!("{MANY_SANDBOXES} sandboxes alive, RSS"), resident()? - resident_before);
    figures.insert(format!("{MANY_SANDBOXES} sandboxes alive, private"), private()? - private_before);
    for (index, sandbox) in alive.iter_mut().enumerate() {
        let number = exuvia::cell(sandbox, "number")?;
        ensure!(number == Some(index.to_string()), "sandbox {index} says that it is {number:?}");
    }
    figures.insert(ALIVE.to_owned(), alive.len() as f64);
    Ok(())
}

/// Returns the megabytes (10⁶) that are this process's alone.
pub(super) fn private() -> Result<f64> {
    megabytes("Private_Dirty:")
}

/// Returns the megabytes (10⁶) that are mapped and in memory.
fn resident() -> Result<f64> {
    megabytes("Rss:")
}

/// Returns a sum over all mappings of this process.
fn megabytes(name: &str) -> Result<f64> {
    let text = fs::read_to_string("/proc/self/smaps_rollup").context("`/proc` is only there on Linux")?;
    let line = text.lines().find_map(|line| line.strip_prefix(name)).context("the field is missing")?;
    let kibibytes: f64 = line.trim().trim_end_matches(" kB").parse()?;
    Ok(kibibytes * 1024.0 / 1e6)
}
