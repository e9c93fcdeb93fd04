//! What it costs to keep a session's journal, and how soon a session is there again.

mod appends;
mod checkpoints;
mod recording;
mod resume;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::{Context as _, Result, bail};
use exuvia_core::journal::{Opened, Opening, SessionId, Store};
use exuvia_core::{Limits, Outcome};
use exuvia_sandbox::{Engine, LiveHost, SandboxBuilder, SandboxError};
use exuvia_session::{CheckpointPolicy, Environment, Session};
use exuvia_tools::Toolbox;

use super::report::{Row, Target};
use super::system::System;
use super::{Rounds, exuvia, target};

/// Measures the groups that are wanted, and what other systems can do of it.
pub(super) fn measure(
    rounds: &Rounds,
    systems: &mut [Box<dyn System>],
    wants: impl Fn(&str) -> bool,
) -> Result<Vec<Row>> {
    let mut rows = Vec::new();
    if wants("journal recording") {
        rows.extend(recording::measure(rounds.programs)?);
    }
    if wants("journal checkpoints") {
        rows.extend(checkpoints::measure(rounds.starts, systems)?);
    }
    if wants("journal resume") {
        rows.extend(resume::measure(rounds.starts)?);
    }
    if wants("journal appends") {
        rows.extend(appends::measure(rounds.programs)?);
    }
    Ok(rows)
}

/// Returns what is aimed at, as far as it was measured.
pub(super) fn targets<'a>(row: impl Fn(&str) -> Option<&'a Row>) -> impl Iterator<Item = Target> {
    let ours = |name: &str| row(name).and_then(Row::ours);
    let ratio = |name: &str, other: &str| row(name).and_then(|row| row.ratio(other));
    let targets = [
        Target::at_most("recorded cpu program, times unrecorded", ratio(recording::CPU, recording::OFF), 1.02),
        Target::at_most("10,000 recorded tool calls, times unrecorded", ratio(recording::CALLS, recording::OFF), 1.05),
        Target::at_most("recorded clock readings, times unrecorded", ratio(recording::CLOCKS, recording::OFF), 1.30),
        Target::at_most("checkpoint of a small session, ms", ours(checkpoints::SMALL.checkpoint), 1.0),
        Target::at_most("restore of a small session, ms", ours(checkpoints::SMALL.restore), 1.0),
        Target::at_most("checkpoint of 20 MB of objects, ms", ours(checkpoints::LARGE.checkpoint), 12.0),
        Target::at_most("restore of 20 MB of objects, ms", ours(checkpoints::LARGE.restore), 20.0),
        Target::at_most("live fork of a small sandbox, ms", ours(checkpoints::FORK), 1.0),
        Target::at_most("live fork of a small session, ms", ours(checkpoints::SESSION_FORK), 1.0),
        Target::at_most("resume after kill, 100 cells, ms", ours(resume::SHORT.row), 60.0),
        Target::at_most("resume after kill, 1,000 cells, ms", ours(resume::LONG.row), 60.0),
        // As good as the same: what is left for the machine's moods.
        Target::at_most("resume, 1,000 cells, times that of 100", ratio(resume::LONG.row, resume::AFTER_SHORT), 1.1),
        Target::at_least("appends with `sync`, times raw", ratio(appends::SYNC, appends::RAW), 0.9),
        Target::at_least("appends with `group`, times SQLite", ratio(appends::GROUP, appends::SQLITE), 0.9),
    ];
    targets.into_iter().flatten()
}

/// An empty folder for one measurement, on the disk that the workspace is on; it goes when this is dropped.
pub(super) struct Place(PathBuf);

impl Place {
    pub(super) fn new(name: &str) -> Result<Self> {
        let path = target().join("journal").join(name);
        // What a run that was ended has left.
        if path.exists() {
            fs::remove_dir_all(&path).with_context(|| format!("`{}` cannot be removed", path.display()))?;
        }
        fs::create_dir_all(&path).with_context(|| format!("`{}` cannot be made", path.display()))?;
        Ok(Self(path))
    }

    pub(super) fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        // The next run removes what stays.
        let _stays = fs::remove_dir_all(&self.0);
    }
}

/// What sessions are made with, and sandboxes like theirs.
pub(super) struct World {
    environment: Environment,
    opened: Opened,
    toolbox: Toolbox,
}

impl World {
    /// Returns one with these tools, a limit of time, and checkpoints as by default.
    pub(super) fn new(engine: &Engine, toolbox: Toolbox) -> Self {
        let (made_for, tools) = (engine.clone(), toolbox.clone());
        let environment = Environment {
            engine: engine.clone(),
            packages: None,
            package_identities: Vec::new(),
            host: Arc::new(move || Ok(Box::new(live(&made_for, &tools)?))),
            now: Arc::new(now),
            secrets: BTreeMap::new(),
            capture: false,
            checkpoints: CheckpointPolicy::default(),
            observer: None,
            journal_bytes_max: u64::MAX,
        };
        let limits = Limits { wall_time: Some(exuvia::WALL_TIME), ..Limits::default() };
        let opened = Opened { limits, tools: toolbox.declarations().to_vec(), ..environment.opened([7; 32]) };
        Self { environment, opened, toolbox }
    }

    /// Opens a session.
    fn session(&self, store: &Arc<dyn Store>, id: &str) -> Result<Session> {
        let session = Session::open(Arc::clone(store), self.environment.clone(), self.opening(id)?);
        Ok(pollster::block_on(session)?)
    }

    /// Returns what sessions need of this process.
    pub(super) fn environment(&self) -> &Environment {
        &self.environment
    }

    /// Returns what the session of this id begins with.
    pub(super) fn opening(&self, id: &str) -> Result<Opening> {
        Ok(Opening { session: SessionId::new(id)?, name: None, opened: self.opened.clone(), at: now() })
    }

    /// Begins to make a sandbox as such a session's is, with the live host alone.
    fn sandbox(&self) -> Result<SandboxBuilder> {
        let host = live(&self.environment.engine, &self.toolbox)?;
        Ok(self.environment.sandbox(&self.opened).host(host))
    }
}

fn live(engine: &Engine, toolbox: &Toolbox) -> Result<LiveHost, SandboxError> {
    LiveHost::builder().tools(toolbox.runner()).build(engine)
}

/// Returns the value's `repr` of a cell that must not fail.
fn value(outcome: Outcome) -> Result<Option<String>> {
    match outcome.error {
        Some(error) => bail!("{}: {}", error.type_name, error.message),
        None => Ok(outcome.value.map(|value| value.repr)),
    }
}

/// Returns the time, in milliseconds since 1970.
fn now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}
