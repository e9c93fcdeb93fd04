//! This project, as a library in this process.

use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, anyhow, ensure};
use exuvia_core::{Limits, Outcome};
use exuvia_sandbox::{Engine, EngineOptions, Image, Sandbox};

use super::lend;
use super::system::{Call, Run, Size, System};
use crate::image;

/// What a program may use: the limits are on, and out of the way.
pub(super) const WALL_TIME: Duration = Duration::from_secs(120);
const OUTPUT_BYTES: u64 = 1 << 30;

pub(super) struct Exuvia {
    engine: Engine,
    session: Option<Sandbox>,
    version: String,
}

/// Makes the engine from the image that was built, with room for this many sandboxes.
pub(super) fn engine(sandboxes_max: u32) -> Result<Engine> {
    let image = Image::open(&image::path())?;
    Ok(Engine::new(&image, &EngineOptions { sandboxes_max, cache: Some(image::cache()), ..EngineOptions::default() })?)
}

/// Makes a sandbox as programs do, with a time limit.
pub(super) fn sandbox(engine: &Engine) -> Result<Sandbox> {
    let limits = Limits { wall_time: Some(WALL_TIME), output_bytes: OUTPUT_BYTES, ..Limits::default() };
    Ok(engine.sandbox().limits(limits).capture_output(false).build()?)
}

/// Runs a cell that must not fail. Returns its value's `repr`.
pub(super) fn cell(sandbox: &mut Sandbox, source: &str) -> Result<Option<String>> {
    let Outcome { error, value, status, .. } = sandbox.run(source)?;
    match error {
        Some(error) => Err(anyhow!("{}: {}", error.type_name, error.message)),
        None if !sandbox.is_alive() => Err(anyhow!("the sandbox ended: {status:?}")),
        None => Ok(value.map(|value| value.repr)),
    }
}

impl Exuvia {
    pub(super) fn new() -> Result<Self> {
        let engine = engine(1_000)?;
        let identity = engine.image().identity().as_str().chars().take(12).collect::<String>();
        let version = format!("{} with image {identity}", env!("CARGO_PKG_VERSION"));
        Ok(Self { engine, session: None, version })
    }
}

impl System for Exuvia {
    fn name(&self) -> &str {
        "exuvia"
    }

    fn version(&self) -> &str {
        &self.version
    }

    fn is_slow(&self) -> bool {
        false
    }

    fn load(&mut self, source: &str) -> Result<()> {
        self.session = None;
        let mut session = sandbox(&self.engine)?;
        cell(&mut session, source)?;
        self.session = Some(session);
        Ok(())
    }

    fn run(&mut self, size: Size) -> Result<Run> {
        let session = self.session.as_mut().context("no program is loaded")?;
        let source = format!("run({})", size.constant());
        let started = Instant::now();
        let value = cell(session, &source)?;
        Ok(Run { seconds: started.elapsed().as_secs_f64(), value: value.context("the program gave no result")? })
    }

    fn fresh(&mut self, count: u32) -> Result<Vec<f64>> {
        let mut times = Vec::new();
        for _ in 0..count {
            let started = Instant::now();
            let mut sandbox = self.engine.sandbox().build()?;
            let value = cell(&mut sandbox, "1+1")?;
            times.push(started.elapsed().as_secs_f64());
            ensure!(value.as_deref() == Some("2"), "`1+1` is {value:?}");
        }
        Ok(times)
    }

    fn calls(&mut self, call: Call, count: u32) -> Result<f64> {
        lend::calls(&self.engine, call, count)
    }

    fn warm(&mut self, cells: &[String]) -> Result<Vec<f64>> {
        let mut sandbox = sandbox(&self.engine)?;
        cell(&mut sandbox, "x = 0")?;
        let mut times = Vec::new();
        for source in cells {
            let started = Instant::now();
            cell(&mut sandbox, source)?;
            times.push(started.elapsed().as_secs_f64());
        }
        Ok(times)
    }
}
