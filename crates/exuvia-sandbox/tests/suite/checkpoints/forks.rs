//! Forks of live sandboxes.

use exuvia_core::Outcome;
use exuvia_sandbox::{LiveHost, Sandbox, SandboxBuilder};
use libtest_mimic::{Failed, Trial};

use super::super::fixture::{Verdict, builder_with, engine_for, ensure, repeatable_host, same, sandbox, trial};

pub(super) fn trials() -> Vec<Trial> {
    vec![
        trial("checkpoints::forks::go_apart", go_apart),
        trial("checkpoints::forks::have_a_random_stream_of_their_own", random),
        trial("checkpoints::forks::a_hundred_of_one", a_hundred),
        trial("checkpoints::forks::are_dropped_in_any_order", any_order),
        trial("checkpoints::forks::forks_of_forks", forks_of_forks),
    ]
}

/// Begins a sandbox whose randomness is another one's.
fn other(seed: u64) -> Result<SandboxBuilder, Failed> {
    builder_with(repeatable_host().seed(seed))
}

fn value(outcome: &Outcome) -> String {
    match (&outcome.value, &outcome.error) {
        (Some(value), _) => value.repr.clone(),
        (None, Some(error)) => error.type_name.clone(),
        (None, None) => String::new(),
    }
}

fn gives(sandbox: &mut Sandbox, cell: &str, expected: &str) -> Verdict {
    same(cell, expected, &value(&sandbox.run(cell)?))
}

fn go_apart() -> Verdict {
    let mut origin = sandbox()?;
    origin.run(
        "import os; x = [1]; f = open('a', 'w+'); f.write('one'); f.flush(); r, w = os.pipe(); os.write(w, b'p')",
    )?;
    let mut fork = origin.fork(other(2)?)?;
    fork.run("x.append(2); f.write('two'); f.flush(); os.mkdir('d'); os.chdir('d'); os.read(r, 1)")?;
    origin.run("x.append(3); os.unlink('a'); os.write(w, b'q')")?;
    gives(&mut origin, "x, os.getcwd(), os.listdir('/workspace'), os.read(r, 9)", "([1, 3], '/workspace', [], b'pq')")?;
    gives(&mut fork, "x, os.getcwd(), sorted(os.listdir('/workspace'))", "([1, 2], '/workspace/d', ['a', 'd'])")?;
    gives(&mut fork, "f.seek(0), f.read()", "(0, 'onetwo')")?;
    gives(&mut origin, "f.seek(0), f.read()", "(0, 'one')")
}

fn random() -> Verdict {
    let mut origin = sandbox()?;
    origin.run("import random, os; random.random()")?;
    let checkpoint = origin.checkpoint()?;
    let draw = "random.random(), os.urandom(8)";
    let drawn = value(&origin.run(draw)?);
    let mut values = vec![drawn.clone()];
    for seed in [2, 3] {
        values.push(value(&other(seed)?.checkpoint(&checkpoint).reseed(true).build()?.run(draw)?));
    }
    values.sort();
    values.dedup();
    ensure(values.len() == 3, format!("{values:?}"))?;
    // What goes on goes on with the same state: only the host's bytes are others.
    let resumed = value(&other(2)?.checkpoint(&checkpoint).build()?.run(draw)?);
    same("the random number", drawn.split(',').next().unwrap_or(""), resumed.split(',').next().unwrap_or(""))
}

fn a_hundred() -> Verdict {
    let engine = engine_for(128)?;
    let builder = |seed| -> Result<SandboxBuilder, Failed> {
        Ok(engine.sandbox().host(LiveHost::builder().seed(seed).build(&engine)?))
    };
    let mut origin = builder(0)?.build()?;
    origin.run("squares = (n * n for n in range(1000)); next(squares)")?;
    let mut forks = (1..=100).map(|seed| Ok(origin.fork(builder(seed)?)?)).collect::<Result<Vec<_>, Failed>>()?;
    for (steps, fork) in forks.iter_mut().enumerate() {
        let cell = format!("[next(squares) for _ in range({})]; next(squares)", steps + 1);
        gives(fork, &cell, &((steps + 2) * (steps + 2)).to_string())?;
    }
    gives(&mut origin, "next(squares)", "1")?;
    drop(forks);
    ensure(engine.spares() > 0, "no instance is kept")?;
    gives(&mut builder(5)?.build()?, "'squares' in globals()", "False")
}

fn any_order() -> Verdict {
    let mut origin = sandbox()?;
    origin.run("import os; data = bytes(3_000_000); f = open('a', 'wb'); f.write(data)")?;
    let mut first = origin.fork(other(2)?)?;
    let mut second = first.fork(other(3)?)?;
    drop(first);
    gives(&mut origin, "len(data)", "3000000")?;
    drop(origin);
    gives(&mut second, "len(data), f.tell()", "(3000000, 3000000)")?;
    gives(&mut second, "f.close(); os.path.getsize('a')", "3000000")
}

fn forks_of_forks() -> Verdict {
    let mut sandbox = sandbox()?;
    sandbox.run("n = 0; count = iter(range(100))")?;
    for depth in 0..20 {
        let mut fork = sandbox.fork(other(depth)?)?;
        gives(&mut fork, "n += 1; n, next(count)", &format!("({}, {depth})", depth + 1))?;
        sandbox = fork;
    }
    Ok(())
}
