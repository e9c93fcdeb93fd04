//! What is measured: anything that runs Python.

use anyhow::{Result, bail};
use serde::Deserialize;

/// How much a program is to do; each has a constant of this name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Size {
    Small,
    Large,
}

impl Size {
    /// The name of the program's constant.
    pub(super) fn constant(self) -> &'static str {
        match self {
            Self::Small => "SMALL",
            Self::Large => "LARGE",
        }
    }

    /// The name in the table.
    pub(super) fn label(self) -> &'static str {
        match self {
            Self::Small => "small",
            Self::Large => "large",
        }
    }
}

/// How a function of the host is called.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Call {
    /// `echo('hello')`, which gives its text back.
    Text,
    /// The same by a function with a schema, through JSON; where the system has such.
    Schema,
    /// `forecast('Paris', 3)`, which gives `{"city": "Paris", "celsius": [21.5, 21.5, 21.5]}`; through JSON where the
    /// system has such.
    Record,
}

impl Call {
    /// The name in a request.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Schema => "schema",
            Self::Record => "record",
        }
    }
}

/// One run of a program.
#[derive(Debug)]
pub(super) struct Run {
    pub(super) seconds: f64,
    /// The result's `repr`.
    pub(super) value: String,
}

/// How many seconds each snapshot of a session took, and restoring each.
#[derive(Debug, Deserialize)]
pub(super) struct Snapshots {
    pub(super) taken: Vec<f64>,
    pub(super) restored: Vec<f64>,
}

/// Something that runs Python.
pub(super) trait System {
    /// The name in the table.
    fn name(&self) -> &str;

    /// The version, and of what.
    fn version(&self) -> &str;

    /// Whether making a sandbox takes it much longer than a millisecond.
    fn is_slow(&self) -> bool;

    /// Begins a new session with this program in it.
    fn load(&mut self, source: &str) -> Result<()>;

    /// Runs the loaded program once.
    fn run(&mut self, size: Size) -> Result<Run>;

    /// Makes sandboxes and runs `1+1` in each. Returns how many seconds each took.
    fn fresh(&mut self, count: u32) -> Result<Vec<f64>>;

    /// Calls a function of the host many times in one cell. Returns how many seconds one call took.
    fn calls(&mut self, call: Call, count: u32) -> Result<f64>;

    /// Runs cells in one session, where `x` is 0. Returns how many seconds each took.
    fn warm(&mut self, cells: &[String]) -> Result<Vec<f64>>;

    /// Takes snapshots of a session in which this program has run, and restores them.
    fn snapshots(&mut self, _source: &str, _count: u32) -> Result<Snapshots> {
        bail!("it takes none")
    }
}
