//! Instances that are used again: nothing of the sandbox before is left, and what cannot be brought back is given up.

use std::time::Duration;

use exuvia_core::Limits;
use exuvia_sandbox::{Engine, Sandbox, SandboxBuilder};
use libtest_mimic::{Failed, Trial};

use super::fixture::{Verdict, engine_for, ensure, repeatable_host, same, trial};

/// Programs that leave what they can, within the memory that they begin with.
const LEAVE: &[(&str, &[&str])] = &[
    ("nothing", &["pass"]),
    (
        "modules",
        &[
            "import json, sys, os, builtins, random, gc",
            "json.dumps = None; builtins.print = None; sys.path[:] = []; os.environ['A'] = 'B'; sys.ps1 = 'x'",
            "gc.disable(); sys.setrecursionlimit(500); random.seed(1); sys.stdout = None; del builtins.len",
        ],
    ),
    ("memory", &["data = [bytearray(b'secret' * 1_000) for _ in range(100)]", "text = 'secret' * 50_000"]),
    ("freed memory", &["data = [b'secret%d' % i for i in range(10_000)]", "del data"]),
    ("files", &["open('/tmp/a', 'w').write('secret'); f = open('/tmp/b', 'w'); import os; os.chdir('/tmp')"]),
    ("failures", &["def f(n): return f(n + 1)", "f(0)", "import exuvia; raise exuvia.TimeLimit('mine')"]),
    ("tasks", &["import asyncio; t = asyncio.create_task(asyncio.sleep(9)); await asyncio.sleep(0)"]),
    ("threads", &["import threading; threading.Thread(target=lambda: None).start()"]),
    ("exits", &["import atexit; atexit.register(lambda: 1 / 0)", "import signal; signal.signal(2, lambda *a: None)"]),
    ("interrupts", &["while True: pass"]),
];

/// Returns the tests of instances that are used again.
pub(crate) fn trials() -> Vec<Trial> {
    vec![
        trial("spares::nothing_is_left", nothing_is_left),
        trial("spares::what_has_grown_is_given_up", what_has_grown_is_given_up),
        trial("spares::what_was_stopped_is_given_up", what_was_stopped_is_given_up),
        trial("spares::no_more_than_asked_for", no_more_than_asked_for),
        trial("spares::warm_ones_are_like_others", warm_ones_are_like_others),
    ]
}

fn builder(engine: &Engine) -> Result<SandboxBuilder, Failed> {
    // On a machine that is busy with other things it takes a while until a program is told.
    let limits =
        Limits { wall_time: Some(Duration::from_millis(500)), grace: Duration::from_secs(1), ..Limits::default() };
    Ok(engine.sandbox().limits(limits).host(repeatable_host().build(engine)?))
}

/// What a new sandbox is like: what programs can see of it, and all of its memory.
fn look(engine: &Engine) -> Result<String, Failed> {
    let mut sandbox = builder(engine)?.build()?;
    let before = sandbox.memory_hash();
    let seen = sandbox.run(
        "import os, sys, json, random, gc, signal, threading\n\
         (sorted(globals()), os.getcwd(), os.listdir('/tmp'), dict(os.environ), sys.path, sys.getrecursionlimit(),\n\
         gc.isenabled(), random.random(), json.dumps([len('x')]), signal.getsignal(2), threading.active_count())",
    )?;
    let value = seen.value.map(|value| value.repr);
    Ok(format!("{before} {} {:?} {value:?}", sandbox.memory_hash(), seen.error.map(|error| error.message)))
}

fn nothing_is_left() -> Verdict {
    let engine = engine_for(2)?;
    // The first instance that an engine makes was nobody's before.
    let wanted = look(&engine)?;
    for (name, cells) in LEAVE {
        let mut sandbox = builder(&engine)?.build()?;
        for cell in *cells {
            sandbox.run(cell)?;
        }
        ensure(sandbox.is_alive(), format!("{name}: the sandbox ended"))?;
        drop(sandbox);
        ensure(engine.spares() == 1, format!("{name}: {} instances are kept", engine.spares()))?;
        same(name, &wanted, &look(&engine)?)?;
    }
    Ok(())
}

fn what_has_grown_is_given_up() -> Verdict {
    let engine = engine_for(2)?;
    let wanted = look(&engine)?;
    let mut sandbox = builder(&engine)?.build()?;
    sandbox.run("data = bytearray(b'secret' * 20_000_000)")?;
    drop(sandbox);
    ensure(engine.spares() == 0, "an instance with a larger memory is kept")?;
    same("a sandbox in its place", &wanted, &look(&engine)?)
}

fn what_was_stopped_is_given_up() -> Verdict {
    let engine = engine_for(2)?;
    for cell in ["sum(range(10**12))", "import os; os._exit(3)", "import os; os.abort()"] {
        let mut sandbox = builder(&engine)?.build()?;
        sandbox.run(cell)?;
        ensure(!sandbox.is_alive(), format!("`{cell}` left the sandbox alive"))?;
        drop(sandbox);
        ensure(engine.spares() == 0, format!("after `{cell}` an instance is kept"))?;
    }
    Ok(())
}

fn no_more_than_asked_for() -> Verdict {
    let engine = engine_for(8)?;
    let fill = || (0..8).map(|_| Ok(builder(&engine)?.build()?)).collect::<Result<Vec<Sandbox>, Failed>>();
    let sandboxes = fill()?;
    ensure(builder(&engine)?.build().is_err(), "there are more sandboxes than there may be")?;
    drop(sandboxes);
    ensure(engine.spares() == 8, format!("{} instances are kept", engine.spares()))?;
    // Those that are kept stand in nobody's way.
    let sandboxes = fill()?;
    ensure(engine.spares() == 0 && sandboxes.len() == 8, "the instances that are kept are not used")
}

/// An engine that is asked for many warm sandboxes runs cells of its own before one of them: nothing of those is left, and
/// the pages that are there from the beginning hold what they would hold later.
fn warm_ones_are_like_others() -> Verdict {
    let engine = engine_for(24)?;
    let told = |mut sandbox: Sandbox| -> Result<(String, Sandbox), Failed> {
        let before = sandbox.memory_hash();
        let seen = sandbox.run(
            "import os\nrows = [f'{i:>4}' for i in range(100)]\nsorted(globals()), os.listdir('/tmp'), rows[-1]",
        )?;
        let value = seen.value.map(|value| value.repr);
        Ok((format!("{before} {} {value:?}", sandbox.memory_hash()), sandbox))
    };
    let (expected, _cold) = told(builder(&engine)?.build()?)?;
    let mut alive = Vec::new();
    for _ in 0..20 {
        let (found, sandbox) = told(builder(&engine)?.warm(true).build()?)?;
        same("a warm one", &expected, &found)?;
        alive.push(sandbox);
    }
    Ok(())
}
