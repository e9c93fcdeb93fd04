//! `cargo xtask bench`: this project beside others, in one run.
//!
//! All systems answer the same requests ([`system`]) and take turns within each round, so that what else the machine does
//! hits all alike. What counts are the ratios.
#![expect(clippy::disallowed_methods, reason = "a benchmark looks at the clock, and runs programs")]

mod agent;
mod blocked;
mod derived;
mod echo;
mod exuvia;
mod journal;
mod launch;
mod lend;
mod mcp;
mod memory;
mod peers;
mod report;
mod serve;
mod statistics;
mod stops;
mod system;
mod worker;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};

use crate::{image, tools, workspace};
use memory::Crowd;
use report::{RECORD_CALL, Report, Row, SCHEMA_CALL, TEXT_CALL, WARM};
use system::{Call, Size, System};

/// The folder of the workers and their programs.
fn folder() -> PathBuf {
    workspace().join("xtask/bench")
}

/// Where results and installed packages are put.
fn target() -> PathBuf {
    workspace().join("target/bench")
}

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Measure in fewer rounds
    #[arg(long)]
    quick: bool,
    /// Measure only what has this in its name; the figures go to only.json, beside those of the last whole run
    #[arg(long, value_name = "PATTERN")]
    only: Option<String>,
    /// Write the figures to this file too
    #[arg(long, value_name = "PATH")]
    json: Option<PathBuf>,
    /// Install what comes from PyPI for this Python, 3.12 or newer
    #[arg(long, value_name = "PROGRAM")]
    python: Option<PathBuf>,
    /// Measure a crowd in this process, and print what came out
    #[arg(long, hide = true)]
    crowd: Option<Crowd>,
    /// Serve what the server for agents is compared with, on stdio
    #[arg(long, hide = true)]
    echo: Option<echo::Stdio>,
}

/// How often things are measured.
struct Rounds {
    /// Programs, each size.
    programs: u32,
    /// Fresh sandboxes, of the fast and of the slow systems.
    fresh: u32,
    fresh_slow: u32,
    /// Process starts.
    starts: u32,
    warm: u32,
    /// Calls of a host function in one cell, of the fast and of the slow systems.
    calls: u32,
    calls_slow: u32,
    /// Clients of the server over HTTP.
    load: serve::Load,
}

impl Rounds {
    fn new(quick: bool) -> Self {
        if quick {
            Self {
                programs: 3,
                fresh: 100,
                fresh_slow: 4,
                starts: 48,
                warm: 1_000,
                calls: 10_000,
                calls_slow: 1_000,
                load: serve::Load { time: Duration::from_secs(10), sessions: 400 },
            }
        } else {
            Self {
                programs: 9,
                fresh: 300,
                fresh_slow: 12,
                starts: 40,
                warm: 5_000,
                calls: 10_000,
                calls_slow: 10_000,
                load: serve::Load { time: Duration::from_secs(60), sessions: 2_000 },
            }
        }
    }
}

pub(crate) fn run(arguments: &Arguments) -> Result<()> {
    if cfg!(debug_assertions) {
        return run_released();
    }
    if let Some(crowd) = arguments.crowd {
        return memory::measure_here(crowd);
    }
    if let Some(stdio) = arguments.echo {
        return echo::serve(stdio);
    }
    ensure!(image::path().is_file(), "there is no image to measure\n    hint: build it with `cargo xtask image`");
    let bench = Bench { rounds: Rounds::new(arguments.quick), only: arguments.only.clone() };
    let mut systems = systems(arguments)?;
    let mut report = Report::new(&systems);
    bench.measure(&mut systems, &mut report)?;
    report.print()?;
    // A part of the figures does not take the place of all.
    let name = if arguments.only.is_some() { "only.json" } else { "latest.json" };
    let path = arguments.json.clone().unwrap_or_else(|| target().join(name));
    fs::create_dir_all(target())?;
    fs::write(&path, report.json()?).with_context(|| format!("`{}` cannot be written", path.display()))?;
    tools::say(&format!("written to {}", path.display()));
    Ok(())
}

/// Builds this program and the command line with optimisation, and has it do the same again.
fn run_released() -> Result<()> {
    // The command line is to carry its image.
    image::pack()?;
    let build = ["build", "--quiet", "--release", "--package", "xtask", "--package", "exuvia"];
    tools::show(tools::cargo().args(build).current_dir(workspace()))?;
    let released = launch::released("xtask")?;
    tools::show(Command::new(released).args(std::env::args_os().skip(1)))
}

/// Returns all that can be measured here, this project first.
fn systems(arguments: &Arguments) -> Result<Vec<Box<dyn System>>> {
    let mut systems: Vec<Box<dyn System>> = vec![Box::new(exuvia::Exuvia::new()?)];
    systems.extend(peers::all(arguments.python.as_deref())?);
    Ok(systems)
}

struct Bench {
    rounds: Rounds,
    only: Option<String>,
}

impl Bench {
    fn wants(&self, name: &str) -> bool {
        self.only.as_ref().is_none_or(|pattern| name.contains(pattern.as_str()))
    }

    fn measure(&self, systems: &mut [Box<dyn System>], report: &mut Report) -> Result<()> {
        if self.wants("fresh") {
            self.fresh(systems, report);
        }
        if self.wants("start") {
            report.add(launch::measure(self.rounds.starts)?);
            launch::packed(self.rounds.programs)?.into_iter().for_each(|row| report.add(row));
        }
        if self.wants("warm") {
            self.warm(systems, report);
        }
        for (group, folder_name) in [("cpu", "programs"), ("information", "operations")] {
            for path in files(&folder().join(folder_name))? {
                self.program(systems, report, group, &path)?;
            }
        }
        if self.wants("call") {
            self.calls(systems, report);
        }
        let mut rows = Vec::new();
        if self.wants("stop") {
            rows.push(stops::measure(self.rounds.programs)?);
        }
        if self.wants("lend") {
            rows.extend(lend::measure(self.rounds.programs)?);
        }
        if self.wants("mcp") {
            rows.extend(mcp::measure(self.rounds.programs)?);
        }
        if self.wants("agent") {
            rows.extend(agent::measure(self.rounds.programs)?);
        }
        if self.wants("derived") {
            rows.extend(derived::measure(self.rounds.fresh)?);
        }
        rows.extend(journal::measure(&self.rounds, systems, |name| self.wants(name))?);
        if self.wants("http") {
            rows.extend(serve::measure(self.rounds.load)?);
        }
        for (group, crowd) in [("memory", Crowd::Alive), ("blocked", Crowd::Blocked)] {
            if self.wants(group) {
                rows.extend(memory::measure(group, crowd)?);
            }
        }
        rows.into_iter().for_each(|row| report.add(row));
        Ok(())
    }

    /// A new sandbox and `1+1` in it, in turns of a few each.
    fn fresh(&self, systems: &mut [Box<dyn System>], report: &mut Report) {
        tools::say("fresh sandboxes");
        let (mut median, mut rare) =
            (Row::new("fresh", "fresh `1+1`", "ms"), Row::new("fresh", "fresh `1+1`, p99", "ms"));
        let mut times = vec![Vec::new(); systems.len()];
        let turns = 4;
        for _ in 0..turns {
            for (system, times) in systems.iter_mut().zip(&mut times) {
                let count = if system.is_slow() { self.rounds.fresh_slow } else { self.rounds.fresh };
                times.extend(system.fresh(count.div_ceil(turns)).unwrap_or_default());
            }
        }
        for (system, times) in systems.iter().zip(&mut times).filter(|(_, times)| !times.is_empty()) {
            median.set(system.name(), statistics::median(times) * 1e3);
            if times.len() >= 100 {
                rare.set(system.name(), statistics::percentile(times, 99) * 1e3);
            }
        }
        report.add(median);
        report.add(rare);
    }

    /// A short cell in a session that is there: the same again and again, as of a host that calls what a session has, and
    /// another each time.
    fn warm(&self, systems: &mut [Box<dyn System>], report: &mut Report) {
        tools::say("warm cells");
        let numbers = 0..self.rounds.warm;
        let same: Vec<_> = numbers.clone().map(|_| "x = x + 1".to_owned()).collect();
        let others: Vec<_> = numbers.map(|number| format!("x = x + {number}")).collect();
        self.warm_cells(WARM, &same, systems, report);
        self.warm_cells("warm `x = x + N`, each another", &others, systems, report);
    }

    fn warm_cells(&self, name: &str, cells: &[String], systems: &mut [Box<dyn System>], report: &mut Report) {
        let mut row = Row::new("warm", name, "ms");
        let mut times = vec![Vec::new(); systems.len()];
        for cells in cells.chunks(cells.len() / 4) {
            for (system, times) in systems.iter_mut().zip(&mut times) {
                times.extend(system.warm(cells).unwrap_or_default());
            }
        }
        for (system, times) in systems.iter().zip(&mut times).filter(|(_, times)| !times.is_empty()) {
            row.set(system.name(), statistics::median(times) * 1e3);
        }
        report.add(row);
    }

    /// A function of the host, called many times in one cell: the best of the rounds.
    fn calls(&self, systems: &mut [Box<dyn System>], report: &mut Report) {
        tools::say("calls of host functions");
        for (call, name) in [(Call::Text, TEXT_CALL), (Call::Schema, SCHEMA_CALL), (Call::Record, RECORD_CALL)] {
            let mut row = Row::new("call", name, "µs");
            let mut best = vec![f64::INFINITY; systems.len()];
            for _ in 0..self.rounds.programs {
                for (system, best) in systems.iter_mut().zip(&mut best) {
                    let count = if system.is_slow() { self.rounds.calls_slow } else { self.rounds.calls };
                    *best = best.min(system.calls(call, count).unwrap_or(f64::INFINITY));
                }
            }
            for (system, best) in systems.iter().zip(best).filter(|(_, best)| best.is_finite()) {
                row.set(system.name(), best * 1e6);
            }
            report.add(row);
        }
    }

    /// One program in two sizes: the best of the rounds. All systems must come to the same result.
    fn program(
        &self,
        systems: &mut [Box<dyn System>],
        report: &mut Report,
        group: &'static str,
        path: &Path,
    ) -> Result<()> {
        let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        if !self.wants(&name) && !self.wants(group) {
            return Ok(());
        }
        tools::say(&format!("{group}: {name}"));
        let source = fs::read_to_string(path)?;
        let mut ready = Vec::new();
        for system in systems.iter_mut() {
            let loaded = system.load(&source);
            ready.push(loaded.inspect_err(|error| refuse(system.name(), &name, error)).is_ok());
        }
        for size in [Size::Small, Size::Large] {
            let mut row = Row::new(group, &format!("{name}, {}", size.label()), "ms");
            let mut best = vec![f64::INFINITY; systems.len()];
            let mut expected: Option<String> = None;
            for _ in 0..self.rounds.programs {
                for ((system, best), ready) in systems.iter_mut().zip(&mut best).zip(&mut ready) {
                    if !*ready {
                        continue;
                    }
                    match system.run(size) {
                        Ok(run) => {
                            let expected = expected.get_or_insert_with(|| run.value.clone());
                            let (value, system) = (&run.value, system.name());
                            ensure!(expected == value, "`{name}` gives {value} in {system}, not {expected}");
                            *best = best.min(run.seconds);
                        }
                        Err(error) => {
                            refuse(system.name(), &name, &error);
                            *ready = false;
                        }
                    }
                }
            }
            for (system, best) in systems.iter().zip(best).filter(|(_, best)| best.is_finite()) {
                row.set(system.name(), best * 1e3);
            }
            report.add(row);
        }
        Ok(())
    }
}

/// Tells the developer that a system cannot do it.
fn refuse(system: &str, program: &str, error: &anyhow::Error) {
    let reason = format!("{error:#}");
    tools::say(&format!("  {system} cannot run `{program}`: {}", reason.lines().next_back().unwrap_or_default()));
}

/// Returns the Python files of a folder, by name.
fn files(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).with_context(|| format!("`{}` cannot be read", folder.display()))? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "py") {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}
