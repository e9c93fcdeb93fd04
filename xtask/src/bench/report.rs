//! The table, the figures as JSON, and what was aimed at.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;

use anyhow::Result;
use serde::Serialize;

use super::agent;
use super::blocked::{self, BLOCKED};
use super::derived::FIRST_MODEL;
use super::journal;
use super::lend::{MOUNT_READ, NATIVE, gather_row};
use super::mcp;
use super::memory::{ALIVE, MANY_SANDBOXES};
use super::serve;
use super::statistics::geometric_mean;
use super::stops::OVERSHOOT;
use super::system::{Size, System};

/// This project's name among the systems.
pub(super) const OURS: &str = "exuvia";

/// The rows of calls of host functions.
pub(super) const WARM: &str = "warm `x = x + 1`";
pub(super) const TEXT_CALL: &str = "call of a host function, text";
pub(super) const SCHEMA_CALL: &str = "the same with a schema";
pub(super) const RECORD_CALL: &str = "call of a host function, record";

/// One thing that was measured, in all systems that can do it.
#[derive(Debug, Serialize)]
pub(super) struct Row {
    group: &'static str,
    name: String,
    unit: &'static str,
    values: BTreeMap<String, f64>,
}

impl Row {
    pub(super) fn new(group: &'static str, name: &str, unit: &'static str) -> Self {
        Self { group, name: name.to_owned(), unit, values: BTreeMap::new() }
    }

    pub(super) fn set(&mut self, system: &str, value: f64) {
        self.values.insert(system.to_owned(), value);
    }

    /// Returns this project's figure.
    pub(super) fn ours(&self) -> Option<f64> {
        self.values.get(OURS).copied()
    }

    /// Returns how many times as much this project needs as another system.
    pub(super) fn ratio(&self, system: &str) -> Option<f64> {
        Some(self.ours()? / self.values.get(system)?)
    }
}

/// A figure that is aimed at.
#[derive(Debug, Serialize)]
pub(super) struct Target {
    name: &'static str,
    value: f64,
    /// The most that it may be, or the least.
    limit: f64,
    reached: bool,
}

impl Target {
    pub(super) fn at_most(name: &'static str, value: Option<f64>, limit: f64) -> Option<Self> {
        value.map(|value| Self { name, value, limit, reached: value <= limit })
    }

    pub(super) fn at_least(name: &'static str, value: Option<f64>, limit: f64) -> Option<Self> {
        value.map(|value| Self { name, value, limit, reached: value >= limit })
    }
}

#[derive(Debug, Serialize)]
struct Machine {
    cores: usize,
    processor: String,
    system: String,
}

/// All that was measured.
#[derive(Debug, Serialize)]
pub(super) struct Report {
    machine: Machine,
    versions: BTreeMap<String, String>,
    rows: Vec<Row>,
    /// The systems in the table's order.
    #[serde(skip)]
    systems: Vec<String>,
}

impl Report {
    pub(super) fn new(systems: &[Box<dyn System>]) -> Self {
        Self {
            machine: Machine::this(),
            versions: systems.iter().map(|system| (system.name().to_owned(), system.version().to_owned())).collect(),
            rows: Vec::new(),
            systems: systems.iter().map(|system| system.name().to_owned()).collect(),
        }
    }

    /// Adds a row, unless nothing could be measured for it.
    pub(super) fn add(&mut self, row: Row) {
        if !row.values.is_empty() {
            self.rows.push(row);
        }
    }

    /// Returns all figures as JSON.
    pub(super) fn json(&self) -> Result<String> {
        #[derive(Serialize)]
        struct Whole<'a> {
            #[serde(flatten)]
            report: &'a Report,
            means: Vec<Row>,
            targets: Vec<Target>,
        }
        let whole = Whole { report: self, means: self.means(), targets: self.targets() };
        Ok(serde_json::to_string_pretty(&whole)? + "\n")
    }

    /// Prints the table.
    pub(super) fn print(&self) -> Result<()> {
        let mut text = format!("{} ({} cores), {}\n", self.machine.processor, self.machine.cores, self.machine.system);
        for system in &self.systems {
            let _ = writeln!(text, "{system}: {}", self.versions[system]);
        }
        text.push_str("\nEach number after × is how many times as long (as much) exuvia takes.\n\n");
        self.heading(&mut text);
        for row in &self.rows {
            self.line(&mut text, row);
        }
        for mean in self.means() {
            let ratios = mean.values.iter().map(|(system, ratio)| format!("{ratio:.2} × {system}"));
            let _ = writeln!(text, "\n{}: {}", mean.name, ratios.collect::<Vec<_>>().join(", "));
        }
        text.push('\n');
        for target in self.targets() {
            let verdict = if target.reached { "reached" } else { "MISSED" };
            let _ = writeln!(text, "{verdict:<8} {:<44} {:>9.3}  ({})", target.name, target.value, target.limit);
        }
        Ok(std::io::stdout().lock().write_all(text.as_bytes())?)
    }

    fn heading(&self, text: &mut String) {
        let _ = write!(text, "{:<44}", "");
        for system in &self.systems {
            let width = if system == OURS { 12 } else { 19 };
            let _ = write!(text, "{system:>width$}");
        }
        text.push('\n');
    }

    fn line(&self, text: &mut String, row: &Row) {
        let _ = write!(text, "{:<40} {:<3}", row.name, row.unit);
        for system in &self.systems {
            let value = row.values.get(system).map_or("-".to_owned(), |&value| figure(value));
            if system == OURS {
                let _ = write!(text, "{value:>12}");
            } else {
                let ratio = row.ratio(system).map_or(String::new(), |ratio| format!("×{ratio:.2}"));
                let _ = write!(text, "{value:>11}{ratio:>8}");
            }
        }
        for (name, value) in row.values.iter().filter(|(name, _)| !self.systems.contains(name)) {
            let _ = write!(text, "   {name}: {}", figure(*value));
        }
        text.push('\n');
    }

    /// Returns the geometric means of the programs' ratios, by size.
    fn means(&self) -> Vec<Row> {
        let mut means = Vec::new();
        for size in [Size::Small, Size::Large] {
            let mut mean = Row::new("mean", &format!("geometric mean of the cpu programs, {}", size.label()), "ratio");
            for system in self.systems.iter().filter(|system| *system != OURS) {
                let rows = self.rows.iter().filter(|row| row.group == "cpu" && row.name.ends_with(size.label()));
                let ratios: Vec<f64> = rows.filter_map(|row| row.ratio(system)).collect();
                if let Some(value) = geometric_mean(&ratios) {
                    mean.set(system, value);
                }
            }
            if !mean.values.is_empty() {
                means.push(mean);
            }
        }
        means
    }

    /// Returns what is aimed at, as far as it was measured.
    fn targets(&self) -> Vec<Target> {
        let row = |name: &str| self.rows.iter().find(|row| row.name == name);
        let ours = |name: &str| row(name).and_then(Row::ours);
        let means = self.means();
        let speed = means.iter().find(|mean| mean.name.ends_with("large"));
        let start = row("process start to first line").and_then(|row| row.ratio("python3"));
        let pyodide = speed.and_then(|mean| mean.values.get("pyodide").copied());
        let read = row(MOUNT_READ).and_then(|row| row.ratio(NATIVE)).map(|ratio| 1.0 / ratio);
        let agents = row(mcp::CALL).and_then(|row| row.ratio(mcp::ECHO));
        // Where a crowd was looked for and is not there, none were.
        let crowd =
            |group: &str, name: &str| self.rows.iter().any(|row| row.group == group).then(|| ours(name).unwrap_or(0.0));
        let alive = crowd("memory", ALIVE);
        let blocked = crowd("blocked", BLOCKED);
        let targets = [
            Target::at_most("fresh sandbox and `1+1`, ms", ours("fresh `1+1`"), 0.30),
            Target::at_most("process start, times that of python3", start, 1.0),
            Target::at_most("warm cell, ms", ours(WARM), 0.03),
            Target::at_most("cpu programs, times Pyodide on V8", pyodide, 1.10),
            Target::at_most("one more sandbox after `1+1`, MB", ours("one more sandbox after `1+1`"), 0.8),
            Target::at_least(ALIVE, alive, f64::from(MANY_SANDBOXES)),
            Target::at_most("tool call with a text, µs", ours(TEXT_CALL), 1.5),
            Target::at_most("tool call with a schema, µs", ours(SCHEMA_CALL), 5.0),
            Target::at_most("100 calls of 50 ms at a time, ms", ours(&gather_row(100)), 53.0),
            Target::at_most("1,000 calls of 50 ms at a time, ms", ours(&gather_row(1_000)), 60.0),
            Target::at_least("read through a mount, times native", read, 0.7),
            Target::at_most("derived image, fresh and first model, ms", ours(FIRST_MODEL), 1.5),
            Target::at_most("hard stop, overshoot beyond the grace, ms", ours(OVERSHOOT), 100.0),
            Target::at_most("`python(\"1+1\")` over stdio, times a bare echo", agents, 1.5),
            Target::at_most("start of the server for agents to its first answer, ms", ours(mcp::FIRST), 60.0),
            Target::at_most("a step of an agent of 200 steps, without model and cell, ms", ours(agent::STEP), 2.0),
            Target::at_least("of a request that was in the one before, %", ours(agent::PREFIX), 99.0),
            Target::at_most("an agent of 200 steps is there again, ms", ours(agent::RESUME), 200.0),
            Target::at_most(
                "500 agents at once, times their thinking",
                row(agent::CROWD).and_then(|row| row.ratio(agent::IDEAL)),
                1.1,
            ),
            Target::at_most(serve::ERRORS, ours(serve::ERRORS), 0.0),
            Target::at_least(BLOCKED, blocked, f64::from(blocked::SANDBOXES)),
        ];
        targets.into_iter().flatten().chain(journal::targets(row)).collect()
    }
}

impl Machine {
    fn this() -> Self {
        let processors = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
        let processor = processors
            .lines()
            .find_map(|line| line.strip_prefix("model name").and_then(|rest| rest.split_once(": ")))
            .map_or("processor unknown", |(_, name)| name);
        let release = fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
        Self {
            cores: std::thread::available_parallelism().map_or(0, usize::from),
            processor: processor.to_owned(),
            system: format!("{} {}", std::env::consts::OS, release.trim()).trim_end().to_owned(),
        }
    }
}

/// Writes a number with as many digits as mean something.
fn figure(value: f64) -> String {
    match value {
        value if value < 0.1 => format!("{value:.4}"),
        value if value < 10.0 => format!("{value:.3}"),
        value if value < 1_000.0 => format!("{value:.1}"),
        value => format!("{value:.0}"),
    }
}
