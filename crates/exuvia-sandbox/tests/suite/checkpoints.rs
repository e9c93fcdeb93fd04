//! Checkpoints: a sandbox that was saved, put away and restored at every moment at which that can be is the same in the
//! end as one that ran straight through.

mod damage;
mod forks;
mod layout;
pub(crate) mod sessions;

use std::fs;
use std::sync::{Arc, Mutex, PoisonError};

use exuvia_core::{
    Divergence, Host, HostCall, MountMode, Outcome, Recording, RecordingHost, ReplayingHost, Reply, ToolDeclaration,
    ToolFuture, ToolLimits, ToolRunner, ToolSignature,
};
use exuvia_sandbox::{
    Checkpoint, CheckpointError, Engine, Folder, Interrupter, LiveHostBuilder, Sandbox, SandboxBuilder, SandboxError,
};
use futures_util::FutureExt as _;
use libtest_mimic::{Failed, Trial};
use tempfile::TempDir;

use self::sessions::SESSIONS;
use super::fixture::{Verdict, engine, ensure, repeatable_host, same, shown, trial};

/// Returns the tests of checkpoints.
pub(crate) fn trials() -> Vec<Trial> {
    let mut trials = vec![
        trial("checkpoints::a_checkpoint_changes_nothing", changes_nothing),
        trial("checkpoints::instances_do_not_matter", instances_do_not_matter),
        trial("checkpoints::a_cell_that_waits_comes_first", a_cell_that_waits_comes_first),
        trial("checkpoints::what_is_no_checkpoint_to_take", refusals),
        trial("checkpoints::what_is_given_beside_one", given_beside),
        trial("checkpoints::an_interrupt_in_a_resumed_cell", interrupted),
    ];
    for (name, cells) in SESSIONS {
        trials.push(Trial::test(format!("checkpoints::session::{name}"), move || restored_everywhere(cells)));
    }
    trials.extend(damage::trials());
    trials.extend(forks::trials());
    trials.extend(layout::trials());
    trials
}

/// Answers calls of `double` and `slow`.
struct Tools;

impl ToolRunner for Tools {
    fn call(&mut self, tool: &str, arguments: &str) -> ToolFuture {
        let answer = format!("{tool}: {arguments}");
        Box::pin(async move { Ok(answer) })
    }
}

fn declarations() -> Vec<ToolDeclaration> {
    ["one", "two"]
        .map(|name| ToolDeclaration {
            name: name.to_owned(),
            description: String::new(),
            signature: ToolSignature::Text,
            read_only: true,
            idempotent: true,
            needs_approval: false,
            help: false,
            limits: ToolLimits::default(),
        })
        .into()
}

/// A host that several sandboxes have, one after the other: its state goes on.
#[derive(Clone)]
struct Shared {
    host: Arc<Mutex<ReplayingHost>>,
    /// Whether the next wait is one that does not end.
    held: Arc<Mutex<bool>>,
}

impl Host for Shared {
    fn call(&mut self, call: HostCall<'_>) -> Reply {
        if matches!(call, HostCall::Wait { .. }) && *lock(&self.held) {
            return Reply::Later(Box::pin(std::future::pending()));
        }
        lock(&self.host).call(call)
    }

    fn next_interrupt(&mut self) -> Option<u64> {
        lock(&self.host).next_interrupt()
    }
}

fn lock<T>(shared: &Arc<Mutex<T>>) -> std::sync::MutexGuard<'_, T> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What a session has left.
#[derive(Debug, PartialEq)]
struct Left {
    outcomes: Vec<String>,
    memory: String,
    files: String,
    whole_memory: String,
    checks: u64,
}

impl Left {
    fn of(outcomes: Vec<String>, sandbox: &mut Sandbox) -> Result<Self, Failed> {
        let checkpoint = sandbox.checkpoint()?;
        Ok(Self {
            outcomes,
            memory: checkpoint.memory_hash().to_owned(),
            files: checkpoint.files_hash().to_owned(),
            whole_memory: sandbox.memory_hash(),
            checks: sandbox.checks(),
        })
    }

    fn compare(&self, restored: &Self) -> Verdict {
        for (number, (straight, restored)) in self.outcomes.iter().zip(&restored.outcomes).enumerate() {
            same(&format!("the outcome of cell {number}"), straight, restored)?;
        }
        same("the number of checks", &self.checks.to_string(), &restored.checks.to_string())?;
        same("the files", &self.files, &restored.files)?;
        same("the memory", &self.memory, &restored.memory)?;
        same("the whole memory", &self.whole_memory, &restored.whole_memory)
    }
}

/// Returns an outcome as text, with what does not depend on time.
fn told(outcome: &Outcome) -> String {
    let usage = &outcome.usage;
    format!("{}\n{} {} {}", shown(outcome), usage.memory_bytes, usage.output_bytes, usage.host_calls)
}

/// Begins a sandbox with two tools and an overlay.
fn equipped(engine: &Engine, host: impl Host + 'static) -> SandboxBuilder {
    engine.sandbox().host(host).tools(declarations()).mount("/mnt", MountMode::Overlay)
}

fn live(folder: &TempDir) -> Result<LiveHostBuilder, Failed> {
    Ok(repeatable_host().tools(Tools).mount(Folder::open(folder.path())?))
}

fn folder() -> Result<TempDir, Failed> {
    let folder = TempDir::new()?;
    fs::write(folder.path().join("kept.txt"), "kept\n".repeat(100_000))?;
    fs::create_dir(folder.path().join("below"))?;
    fs::write(folder.path().join("below/other.txt"), "other\n")?;
    Ok(folder)
}

/// Runs a session straight through, and records it.
fn straight(cells: &[&str]) -> Result<(Left, Recording), Failed> {
    let folder = folder()?;
    let (host, recording) = RecordingHost::new(live(&folder)?.build(engine()?)?);
    let mut sandbox = equipped(engine()?, host).build()?;
    let outcomes = cells.iter().map(|cell| Ok(told(&sandbox.run(cell)?))).collect::<Result<_, Failed>>()?;
    let left = Left::of(outcomes, &mut sandbox)?;
    drop(sandbox);
    let recording = lock(&recording).clone();
    Ok((left, recording))
}

/// A session that is put away and taken up again.
struct Interrupted {
    shared: Shared,
    divergence: Arc<Mutex<Option<Divergence>>>,
    sandbox: Sandbox,
    restored: usize,
}

impl Interrupted {
    fn new(recording: &Recording) -> Result<Self, Failed> {
        let (host, divergence) = ReplayingHost::new(recording.clone());
        let shared = Shared { host: Arc::new(Mutex::new(host)), held: Arc::default() };
        let sandbox = equipped(engine()?, shared.clone()).build()?;
        Ok(Self { shared, divergence, sandbox, restored: 0 })
    }

    /// Puts another sandbox in the place of this one.
    fn replace(&mut self, checkpoint: &Checkpoint) -> Verdict {
        let engine = engine()?;
        let read = Checkpoint::from_bytes(engine, &checkpoint.to_bytes())?;
        same("the hash of a checkpoint that was read", checkpoint.memory_hash(), read.memory_hash())?;
        same("the files of a checkpoint that was read", checkpoint.files_hash(), read.files_hash())?;
        self.sandbox = equipped(engine, self.shared.clone()).checkpoint(&read).build()?;
        let again = self.sandbox.checkpoint()?;
        same("the hash after it was restored", checkpoint.memory_hash(), again.memory_hash())?;
        same("the files after they were restored", checkpoint.files_hash(), again.files_hash())?;
        self.restored += 1;
        Ok(())
    }

    /// Runs a cell, and replaces the sandbox whenever it waits.
    fn run(&mut self, cell: &str) -> Result<Outcome, Failed> {
        let mut outcome = self.begin(Some(cell))?;
        while outcome.is_none() {
            outcome = self.begin(None)?;
        }
        outcome.ok_or_else(|| "there is no outcome".into())
    }

    /// Runs or resumes a cell. If it has come to a wait, the sandbox was replaced, and there is no outcome yet.
    fn begin(&mut self, cell: Option<&str>) -> Result<Option<Outcome>, Failed> {
        let taken: Arc<Mutex<Option<Result<Checkpoint, SandboxError>>>> = Arc::default();
        let (held, kept) = (Arc::clone(&self.shared.held), Arc::clone(&taken));
        self.sandbox.when_waiting(move |moment| {
            *lock(&held) = true;
            *lock(&kept) = Some(moment.checkpoint());
        });
        let polled = match cell {
            Some(cell) => self.sandbox.run_async(cell).now_or_never(),
            None => self.sandbox.resume_async().now_or_never(),
        };
        *lock(&self.shared.held) = false;
        let taken = lock(&taken).take();
        match (polled, taken) {
            (Some(outcome), _) => Ok(Some(outcome?)),
            (None, Some(checkpoint)) => {
                self.replace(&checkpoint?)?;
                Ok(None)
            }
            (None, None) => Err("it waits where it holds a stack".into()),
        }
    }
}

/// Runs a session straight through; replays it, restored at each moment at which it can be; and compares.
fn restored_everywhere(cells: &[&str]) -> Verdict {
    let (left, recording) = straight(cells)?;
    let mut session = Interrupted::new(&recording)?;
    let mut outcomes = Vec::new();
    for cell in cells {
        let checkpoint = session.sandbox.checkpoint()?;
        session.replace(&checkpoint)?;
        outcomes.push(told(&session.run(cell)?));
    }
    if let Some(divergence) = lock(&session.divergence).as_ref() {
        return Err(divergence.to_string().into());
    }
    let waits = |cell: &&&str| cell.contains("await ");
    ensure(session.restored >= cells.len() + cells.iter().filter(waits).count(), "no cell was restored as it waited")?;
    left.compare(&Left::of(outcomes, &mut session.sandbox)?)
}

fn changes_nothing() -> Verdict {
    let mut sandboxes = [super::fixture::sandbox()?, super::fixture::sandbox()?];
    for cell in ["import json", "x = [json.dumps(n) for n in range(10_000)]", "import random; random.random()"] {
        let taken = sandboxes[0].checkpoint()?;
        let outcomes = sandboxes.each_mut().map(|sandbox| sandbox.run(cell));
        let [taken_of, other] = outcomes;
        same("the outcome", &told(&other?), &told(&taken_of?))?;
        drop(taken);
    }
    let [taken_of, other] = sandboxes;
    same("the memory", &other.memory_hash(), &taken_of.memory_hash())
}

/// The hash is of what a memory holds, whatever was written to it meanwhile, and whoever had it before.
fn instances_do_not_matter() -> Verdict {
    let engine = super::fixture::engine_for(2)?;
    let hash = || -> Result<String, Failed> {
        let mut sandbox = engine.sandbox().host(repeatable_host().build(&engine)?).build()?;
        sandbox.run("x = sorted(range(1000), key=str)")?;
        Ok(sandbox.checkpoint()?.memory_hash().to_owned())
    };
    let first = hash()?;
    let mut other = engine.sandbox().host(repeatable_host().build(&engine)?).build()?;
    other.run("data = [b'other%d' % i for i in range(20_000)]")?;
    drop(other);
    ensure(engine.spares() == 1, "the instance is not kept")?;
    same("the hash in an instance that was another's", &first, &hash()?)
}

const SLEEPING: &str = "import asyncio\nprint('before')\nawait asyncio.sleep(5)\nprint('after')";

/// Runs a cell up to its first wait and returns the checkpoint that was taken there.
fn waiting(cell: &str) -> Result<Checkpoint, Failed> {
    let taken: Arc<Mutex<Option<Checkpoint>>> = Arc::default();
    let kept = Arc::clone(&taken);
    let mut sandbox = super::fixture::sandbox()?;
    sandbox.when_waiting(move |moment| {
        let checkpoint = moment.checkpoint().ok();
        lock(&kept).get_or_insert(checkpoint.expect("it can be taken"));
    });
    sandbox.run(cell)?;
    lock(&taken).take().ok_or_else(|| "the cell does not wait".into())
}

fn a_cell_that_waits_comes_first() -> Verdict {
    let checkpoint = waiting(SLEEPING)?;
    ensure(checkpoint.is_waiting(), "no cell waits")?;
    let mut sandbox = super::fixture::builder()?.checkpoint(&checkpoint).build()?;
    ensure(sandbox.is_waiting(), "the sandbox does not say so")?;
    let refused = sandbox.run("1");
    ensure(matches!(refused, Err(SandboxError::Checkpoint(CheckpointError::Waiting))), format!("{refused:?}"))?;
    same("all output", "before\nafter\n", &sandbox.resume()?.stdout)?;
    let refused = sandbox.resume();
    ensure(matches!(refused, Err(SandboxError::Checkpoint(CheckpointError::NotWaiting))), format!("{refused:?}"))?;
    same("the next cell", "2", &sandbox.run("1 + 1")?.value.map(|value| value.repr).unwrap_or_default())
}

fn refusals() -> Verdict {
    let mut sandbox = super::fixture::sandbox()?;
    sandbox.run("import os; os._exit(1)")?;
    let refused = sandbox.checkpoint();
    ensure(matches!(refused, Err(SandboxError::Stopped(_))), format!("{refused:?}"))
}

fn given_beside() -> Verdict {
    let folder = folder()?;
    let engine = engine()?;
    let mut sandbox = equipped(engine, live(&folder)?.build(engine)?).build()?;
    sandbox.run("x = bytearray(50_000_000)")?;
    let checkpoint = sandbox.checkpoint()?;
    let restored = |builder: SandboxBuilder| match builder.checkpoint(&checkpoint).build() {
        Ok(_) => "nothing is wrong".to_owned(),
        Err(error) => error.to_string(),
    };
    let host = || super::fixture::builder();
    let whole =
        || -> Result<SandboxBuilder, Failed> { Ok(host()?.tools(declarations()).mount("/mnt", MountMode::Overlay)) };
    same("all that it needs", "nothing is wrong", &restored(whole()?))?;
    let mounts = "the mounts are not those of the checkpoint's sandbox: as many, with the same modes";
    same("no mount", mounts, &restored(host()?.tools(declarations())))?;
    same("another mode", mounts, &restored(host()?.tools(declarations()).mount("/mnt", MountMode::ReadOnly)))?;
    let tools = "the tools are not those of the checkpoint's sandbox: as many, with the same names";
    same("no tools", tools, &restored(host()?.mount("/mnt", MountMode::Overlay)))?;
    let files = "files and terminals are those of the checkpoint's sandbox";
    same("a file", files, &restored(whole()?.file("/workspace/a", "a")))?;
    let arguments = "arguments, environment and working directory are those of the checkpoint's sandbox";
    same("an argument", arguments, &restored(whole()?.arguments(["a"])))?;
    let small = exuvia_core::Limits { memory_bytes: 40 << 20, ..exuvia_core::Limits::default() };
    let message = restored(whole()?.limits(small));
    ensure(message.starts_with("the memory limit is 41943040 bytes"), message)
}

fn interrupted() -> Verdict {
    let checkpoint = waiting("import asyncio\nfor _ in range(3):\n    await asyncio.sleep(1)")?;
    let mut sandbox = super::fixture::builder()?.checkpoint(&checkpoint).build()?;
    let interrupter: Interrupter = sandbox.interrupter();
    sandbox.when_waiting(move |_| interrupter.interrupt());
    let error = sandbox.resume()?.error.ok_or("it was not interrupted")?;
    same("the exception", "KeyboardInterrupt", &error.type_name)
}
