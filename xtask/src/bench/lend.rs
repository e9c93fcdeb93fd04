//! What it costs to lend a sandbox something: tools and folders.

use std::fs;
use std::io::{Read as _, Write as _};
use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use exuvia_core::{Limits, MountMode};
use exuvia_sandbox::{Engine, Folder, LiveHost, Sandbox};
use exuvia_tools::{Schemas, Tool, Toolbox};
use serde_json::{Value, json};
use tokio::runtime::{Handle, Runtime};

use super::report::{OURS, Row};
use super::system::Call;
use super::{exuvia, peers};
use crate::tools;

/// What native rows are called: the same read by this very process.
pub(super) const NATIVE: &str = "native";
/// The row with the read that is compared: in pieces, since what a read at once costs natively is page faults.
pub(super) const MOUNT_READ: &str = "100 MB through a mount, 1 MiB a piece";
const MOUNT_READ_AT_ONCE: &str = "100 MB through a mount, at once";
/// How long each of the calls takes that overlap.
const NAP: Duration = Duration::from_millis(50);
const FILE_BYTES: usize = 100_000_000;
const PIECE_BYTES: usize = 1 << 20;

/// Defines what calls each tool many times.
const LOOPS: &str = "
import asyncio

def text(count):
    for _ in range(count):
        echo('hello')

def schema(count):
    for _ in range(count):
        say('hello')

def record(count):
    for _ in range(count):
        forecast('Paris', 3)

async def gather(count):
    return len(await asyncio.gather(*[nap.aio('') for _ in range(count)]))

def whole(path):
    with open(path, 'rb') as file:
        return len(file.read())

def pieces(path):
    total = 0
    with open(path, 'rb', buffering=0) as file:
        while piece := file.read(1 << 20):
            total += len(piece)
    return total
";

/// Returns tools that do next to nothing.
fn toolbox(handle: &Handle) -> Result<Toolbox> {
    let text = Schemas {
        parameters: json!({ "type": "object", "properties": { "text": { "type": "string" } }, "required": ["text"] }),
        returns: Some(json!({ "type": "string" })),
    };
    let record = Schemas {
        parameters: json!({
            "type": "object",
            "properties": { "city": { "type": "string" }, "days": { "type": "integer" } },
            "required": ["city", "days"],
        }),
        returns: Some(json!({
            "type": "object",
            "properties": {
                "city": { "type": "string" },
                "celsius": { "type": "array", "items": { "type": "number" } },
            },
            "required": ["city", "celsius"],
        })),
    };
    let forecast = async |arguments: Value| {
        let days = usize::try_from(arguments["days"].as_u64().unwrap_or(0)).unwrap_or(0);
        Ok(json!({ "city": arguments["city"], "celsius": vec![21.5; days] }))
    };
    let nap = async |text: String| {
        tokio::time::sleep(NAP).await;
        Ok(text)
    };
    let toolbox = Toolbox::builder()
        .tool(Tool::text("echo", "Returns its text.", async |text: String| Ok(text)))
        .tool(Tool::json("say", "Returns its text.", text, async |arguments: Value| Ok(arguments["text"].clone())))
        .tool(Tool::json("forecast", "Returns the weather.", record, forecast))
        .tool(Tool::text("nap", "Takes a while.", nap).on_runtime())
        .runtime(handle.clone());
    Ok(toolbox.build()?)
}

/// Returns the runtime that tools and sandboxes share: at most four threads.
pub(super) fn runtime() -> Result<Runtime> {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let mut builder = tokio::runtime::Builder::new_multi_thread();
    Ok(builder.worker_threads(cores.min(4)).max_blocking_threads(1).enable_time().build()?)
}

/// Returns a sandbox with these tools, in which the [`LOOPS`] are defined, and one folder at `/lent`.
fn sandbox(engine: &Engine, toolbox: &Toolbox, folder: Option<&Path>) -> Result<Sandbox> {
    let mut host = LiveHost::builder().tools(toolbox.runner());
    let limits = Limits { wall_time: Some(exuvia::WALL_TIME), ..Limits::default() };
    let mut builder = engine.sandbox().limits(limits).tools(toolbox.declarations());
    if let Some(folder) = folder {
        host = host.mount(Folder::open(folder)?);
        builder = builder.mount("/lent", MountMode::ReadOnly);
    }
    let mut sandbox = builder.host(host.build(engine)?).build()?;
    exuvia::cell(&mut sandbox, LOOPS)?;
    // The tools are seen by name from here on.
    exuvia::cell(&mut sandbox, "echo, say, forecast, nap")?;
    Ok(sandbox)
}

/// Returns how many seconds one of this many calls takes, in one cell.
pub(super) fn calls(engine: &Engine, call: Call, count: u32) -> Result<f64> {
    let runtime = runtime()?;
    let mut sandbox = sandbox(engine, &toolbox(runtime.handle())?, None)?;
    let name = call.name();
    exuvia::cell(&mut sandbox, &format!("{name}({})", count / 10))?;
    let started = Instant::now();
    exuvia::cell(&mut sandbox, &format!("{name}({count})"))?;
    Ok(started.elapsed().as_secs_f64() / f64::from(count))
}

/// Measures what only this project is asked: calls that overlap, and reading through a mount.
pub(super) fn measure(rounds: u32) -> Result<Vec<Row>> {
    tools::say("calls that overlap");
    let engine = exuvia::engine(2)?;
    let runtime = runtime()?;
    let toolbox = toolbox(runtime.handle())?;
    let mut rows = Vec::new();
    for count in [100, 1_000] {
        let mut sandbox = sandbox(&engine, &toolbox, None)?;
        let source = format!("await gather({count})");
        let best = best(rounds, || {
            let value = exuvia::cell(&mut sandbox, &source)?;
            ensure!(value == Some(count.to_string()), "`{source}` is {value:?}");
            Ok(())
        })?;
        let mut row = Row::new("lend", &gather_row(count), "ms");
        row.set(OURS, best * 1e3);
        row.set("python3", native_gather(count, rounds)? * 1e3);
        rows.push(row);
    }
    rows.extend(reads(&engine, &toolbox, rounds)?);
    Ok(rows)
}

/// Returns how many seconds so many sleeps take in the system's Python: what asyncio itself costs there.
fn native_gather(count: u32, rounds: u32) -> Result<f64> {
    let (count, seconds, rounds) = (count.to_string(), NAP.as_secs_f64().to_string(), rounds.to_string());
    let mut python = Command::new(peers::python());
    let output = python.arg(super::folder().join("gather.py")).args([count, seconds, rounds]).output()?;
    ensure!(output.status.success(), "gather.py failed: {}", String::from_utf8_lossy(&output.stderr));
    Ok(String::from_utf8(output.stdout)?.trim().parse()?)
}

/// Returns the name of the row of so many calls that overlap.
pub(super) fn gather_row(count: u32) -> String {
    format!("{count} calls of 50 ms at a time")
}

/// Reads a file through a mount and natively, in turns.
fn reads(engine: &Engine, toolbox: &Toolbox, rounds: u32) -> Result<[Row; 2]> {
    tools::say("reading through a mount");
    let folder = super::target().join("lent");
    fs::create_dir_all(&folder)?;
    let path = folder.join("file.bin");
    write_file(&path)?;
    let read_by = |name, function, native| read(engine, toolbox, &path, &Read { name, function, native, rounds });
    let rows = [read_by(MOUNT_READ_AT_ONCE, "whole", whole as Native), read_by(MOUNT_READ, "pieces", pieces as Native)];
    fs::remove_dir_all(&folder)?;
    let [whole, pieces] = rows;
    Ok([whole?, pieces?])
}

/// One way to read a file: our function of [`LOOPS`], and the native one.
struct Read {
    name: &'static str,
    function: &'static str,
    native: Native,
    rounds: u32,
}

type Native = fn(&Path) -> Result<usize>;

fn read(engine: &Engine, toolbox: &Toolbox, path: &Path, read: &Read) -> Result<Row> {
    let mut sandbox = sandbox(engine, toolbox, path.parent())?;
    let source = format!("{}('/lent/file.bin')", read.function);
    let mut ours = || {
        let value = exuvia::cell(&mut sandbox, &source)?;
        ensure!(value == Some(FILE_BYTES.to_string()), "`{source}` is {value:?}");
        Ok(())
    };
    let native = || {
        let bytes = (read.native)(path)?;
        ensure!(bytes == FILE_BYTES, "{bytes} bytes were read");
        Ok(())
    };
    // The first of each also fills the system's cache.
    let [mut best_ours, mut best_native] = [best(1, &mut ours)?, best(1, native)?];
    for _ in 0..read.rounds {
        best_ours = best_ours.min(best(1, &mut ours)?);
        best_native = best_native.min(best(1, native)?);
    }
    let mut row = Row::new("lend", read.name, "ms");
    row.set(OURS, best_ours * 1e3);
    row.set(NATIVE, best_native * 1e3);
    Ok(row)
}

/// Writes a file that no file system stores as a hole.
fn write_file(path: &Path) -> Result<()> {
    let piece: Vec<u8> = (0..PIECE_BYTES).map(|index| (index % 251) as u8).collect();
    let mut file = fs::File::create(path).with_context(|| format!("`{}` cannot be written", path.display()))?;
    let mut left = FILE_BYTES;
    while left > 0 {
        let length = left.min(PIECE_BYTES);
        file.write_all(&piece[..length])?;
        left -= length;
    }
    Ok(())
}

fn whole(path: &Path) -> Result<usize> {
    Ok(std::hint::black_box(fs::read(path)?).len())
}

fn pieces(path: &Path) -> Result<usize> {
    let mut file = fs::File::open(path)?;
    let mut piece = vec![0; PIECE_BYTES];
    let mut total = 0;
    loop {
        match file.read(&mut piece)? {
            0 => return Ok(total),
            length => total += std::hint::black_box(&piece[..length]).len(),
        }
    }
}

/// Returns the least seconds that something takes.
fn best(rounds: u32, mut action: impl FnMut() -> Result<()>) -> Result<f64> {
    let mut best = f64::INFINITY;
    for _ in 0..rounds {
        let started = Instant::now();
        action()?;
        best = best.min(started.elapsed().as_secs_f64());
    }
    Ok(best)
}

/// A tool that no call of comes back from before it is opened.
pub(super) struct Barrier {
    arrived: Arc<tokio::sync::Semaphore>,
    open: tokio::sync::watch::Sender<bool>,
}

impl Barrier {
    pub(super) fn new() -> Self {
        Self { arrived: Arc::new(tokio::sync::Semaphore::new(0)), open: tokio::sync::watch::Sender::new(false) }
    }

    /// Returns a toolbox with the tool `wait`.
    pub(super) fn toolbox(&self, handle: &Handle) -> Result<Toolbox> {
        let (arrived, open) = (Arc::clone(&self.arrived), self.open.clone());
        let wait = move |text: String| {
            let (arrived, mut open) = (Arc::clone(&arrived), open.subscribe());
            async move {
                arrived.add_permits(1);
                // It is not closed as long as this tool is there.
                let _opened = open.wait_for(|open| *open).await;
                Ok(text)
            }
        };
        let toolbox = Toolbox::builder().tool(Tool::text("wait", "Waits.", wait)).runtime(handle.clone());
        Ok(toolbox.build()?)
    }

    /// Waits until this many calls are waiting.
    pub(super) async fn arrived(&self, count: u32) -> Result<()> {
        self.arrived.acquire_many(count).await?.forget();
        Ok(())
    }

    pub(super) fn open(&self) {
        self.open.send_replace(true);
    }
}
