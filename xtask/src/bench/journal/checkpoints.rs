//! Checkpoints of sandboxes that are alive, what is made from them, and forks.

use std::sync::Arc;
use std::time::Instant;

use anyhow::{Result, ensure};
use exuvia_core::journal::{SessionId, Store};
use exuvia_journal::LocalStore;
use exuvia_sandbox::{Checkpoint, Sandbox};
use exuvia_session::Session;
use exuvia_tools::Toolbox;

use super::{World, value};
use crate::bench::report::{OURS, Row};
use crate::bench::system::{Snapshots, System};
use crate::bench::{exuvia, statistics};
use crate::tools;

/// What a sandbox holds of which checkpoints are taken.
pub(super) struct Held {
    /// Its rows.
    pub(super) checkpoint: &'static str,
    pub(super) restore: &'static str,
    cell: &'static str,
    /// A cell that only one that is whole can answer, and the answer.
    question: (&'static str, &'static str),
    /// How many snapshots other systems take.
    snapshots: u32,
}

pub(super) const SMALL: Held = Held {
    checkpoint: "checkpoint, small session",
    restore: "restore, small session",
    cell: "import json; x = {n: str(n) for n in range(100)}; f = lambda n: x[n]",
    question: ("f(99)", "'99'"),
    snapshots: 20,
};
pub(super) const LARGE: Held = Held {
    checkpoint: "checkpoint, 20 MB of objects",
    restore: "restore, 20 MB of objects",
    cell: "x = [(n, str(n)) for n in range(210_000)]",
    question: ("len(x), x[-1]", "(210000, (209999, '209999'))"),
    // One takes 20 s.
    snapshots: 1,
};
pub(super) const FORK: &str = "live fork, small sandbox";
pub(super) const SESSION_FORK: &str = "live fork, small session and journal";

/// What is beside the time of a checkpoint: as many bytes copied, and what is done with it in the background.
const COPY: &str = "copy of as many bytes";
const COMPRESSED: &str = "compressed, in the background";
/// What is beside the time of a sandbox that is made from a checkpoint: that of one made from its compressed bytes.
const FROM_BYTES: &str = "from compressed bytes";

pub(super) fn measure(rounds: u32, systems: &mut [Box<dyn System>]) -> Result<Vec<Row>> {
    tools::say("checkpoints and forks");
    let engine = exuvia::engine(8)?;
    let toolbox = Toolbox::builder().build()?;
    let bench = Bench { world: World::new(&engine, toolbox), rounds };
    let mut rows = Vec::new();
    for held in [&SMALL, &LARGE] {
        let [mut checkpoint, mut restore] = bench.held(held)?;
        // Some do not keep all of it: what cannot be pickled, such as the lambda, is gone.
        for system in systems.iter_mut() {
            if let Ok(Snapshots { mut taken, mut restored }) = system.snapshots(held.cell, held.snapshots) {
                checkpoint.set(system.name(), statistics::median(&mut taken) * 1e3);
                restore.set(system.name(), statistics::median(&mut restored) * 1e3);
            }
        }
        rows.extend([checkpoint, restore]);
    }
    rows.push(bench.fork(&SMALL)?);
    rows.push(bench.session_fork(&SMALL)?);
    Ok(rows)
}

struct Bench {
    world: World,
    rounds: u32,
}

impl Bench {
    fn sandbox(&self, held: &Held) -> Result<Sandbox> {
        let mut sandbox = self.world.sandbox()?.build()?;
        exuvia::cell(&mut sandbox, held.cell)?;
        Ok(sandbox)
    }

    fn restored(&self, checkpoint: &Checkpoint) -> Result<Sandbox> {
        Ok(self.world.sandbox()?.checkpoint(checkpoint).build()?)
    }

    /// Takes checkpoints, and makes sandboxes from one.
    fn held(&self, held: &Held) -> Result<[Row; 2]> {
        let mut sandbox = self.sandbox(held)?;
        let checkpoint = sandbox.checkpoint()?;
        let bytes = checkpoint.to_bytes();
        let read = || Checkpoint::from_bytes(&self.world.environment.engine, &bytes);
        let source = vec![1_u8; checkpoint.changed_bytes()];
        let mut target = source.clone();
        let copy = || {
            target.copy_from_slice(std::hint::black_box(&source));
            Ok(())
        };

        let mut taken = Row::new("journal", held.checkpoint, "ms");
        taken.set(OURS, self.median(|| Ok(sandbox.checkpoint()?))?);
        taken.set(COPY, self.median(copy)?);
        taken.set(COMPRESSED, self.median(|| Ok(checkpoint.to_bytes()))?);
        let mut made = Row::new("journal", held.restore, "ms");
        made.set(OURS, self.median(|| self.restored(&checkpoint))?);
        made.set(FROM_BYTES, self.median(|| self.restored(&read()?))?);
        for made in [&mut self.restored(&checkpoint)?, &mut self.restored(&read()?)?, &mut sandbox] {
            held.ask(exuvia::cell(made, held.question.0)?)?;
        }
        Ok([taken, made])
    }

    /// Forks a sandbox.
    fn fork(&self, held: &Held) -> Result<Row> {
        let mut sandbox = self.sandbox(held)?;
        let mut row = Row::new("journal", FORK, "ms");
        row.set(OURS, self.median(|| Ok(sandbox.fork(self.world.sandbox()?)?))?);
        held.ask(exuvia::cell(&mut sandbox.fork(self.world.sandbox()?)?, held.question.0)?)?;
        Ok(row)
    }

    /// Forks a session whose store is in memory.
    fn session_fork(&self, held: &Held) -> Result<Row> {
        let store: Arc<dyn Store> = Arc::new(LocalStore::memory());
        let mut session = self.world.session(&store, "origin")?;
        value(pollster::block_on(session.run(held.cell))?)?;
        let mut forks = 0_u8;
        let mut fork = || -> Result<Session> {
            forks += 1;
            let id = SessionId::new(format!("fork-{forks}"))?;
            Ok(pollster::block_on(session.fork(id, None, [forks; 32]))?)
        };
        let mut row = Row::new("journal", SESSION_FORK, "ms");
        row.set(OURS, self.median(&mut fork)?);
        held.ask(value(pollster::block_on(fork()?.run(held.question.0))?)?)?;
        Ok(row)
    }

    /// Returns the median of the milliseconds that something takes. What is made is dropped outside of the time.
    fn median<R>(&self, mut make: impl FnMut() -> Result<R>) -> Result<f64> {
        // The first one warms what is used again.
        drop(make()?);
        let mut times = Vec::new();
        for _ in 0..self.rounds {
            let started = Instant::now();
            let made = make()?;
            times.push(started.elapsed().as_secs_f64() * 1e3);
            drop(made);
        }
        Ok(statistics::median(&mut times))
    }
}

impl Held {
    /// Refuses a sandbox whose answer is wrong.
    fn ask(&self, answer: Option<String>) -> Result<()> {
        let (question, right) = self.question;
        ensure!(answer.as_deref() == Some(right), "`{question}` is {answer:?}, not {right}");
        Ok(())
    }
}
