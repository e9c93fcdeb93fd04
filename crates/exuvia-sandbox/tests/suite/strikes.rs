//! An interrupt at each check of a cell, one after the other: wherever it strikes, the session goes on.

use exuvia_core::{Host, HostAnswer, HostCall, Interrupt, Outcome, Reply};
use exuvia_sandbox::{LiveHost, Sandbox};
use libtest_mimic::{Failed, Trial};

use super::fixture::{Verdict, engine, ensure, repeatable_host, shown};

/// The most checks of a cell at which it is struck; of a longer one, some are left out.
const STRIKES_MAX: u64 = 120;
const SIGINT: u8 = 2;
const SIGXCPU: u8 = 24;

const CELLS: &[(&str, &str)] = &[
    ("statements", "x = [n * n for n in range(2000)]\nprint(len(x))"),
    ("await", "await asyncio.sleep(3)"),
    ("tasks", "await asyncio.gather(*(asyncio.sleep(n) for n in range(5)))"),
    (
        "task_group",
        "async with asyncio.TaskGroup() as group:\n    for n in range(3): group.create_task(asyncio.sleep(n))",
    ),
    ("asyncio_run", "asyncio.run(asyncio.sleep(3))"),
    ("sleep", "for n in range(5): time.sleep(n)"),
    ("value", "class A:\n    def __repr__(self): return ''.join(map(str, range(500)))\nA()"),
    ("error", "def f(n): return f(n - 1) if n else 1 / 0\nf(20)"),
    ("print", "for n in range(50): print(n)"),
    ("import", "import xml.dom.minidom"),
];

/// What must work after it.
const AFTER: &[(&str, &str)] = &[
    ("1 + 1", "2"),
    ("await asyncio.sleep(1); 7", "7"),
    ("asyncio.run(asyncio.sleep(1)); 8", "8"),
    ("time.sleep(1); print('out'); 9", "9"),
    ("await asyncio.gather(asyncio.sleep(1, 1), asyncio.sleep(2, 2))", "[1, 2]"),
];

/// Returns one test for each cell and signal.
pub(crate) fn trials() -> Vec<Trial> {
    let signals = [("interrupt", SIGINT), ("time_limit", SIGXCPU)];
    let all = CELLS.iter().flat_map(|cell| signals.iter().map(move |signal| (cell, signal)));
    all.map(|(&(name, source), &(kind, signal))| {
        Trial::test(format!("strikes::{kind}::{name}"), move || strike_everywhere(source, signal))
    })
    .collect()
}

/// A host that interrupts at one check.
struct Striking {
    inner: LiveHost,
    check: u64,
    signal: u8,
}

impl Host for Striking {
    fn call(&mut self, call: HostCall<'_>) -> Reply {
        match call {
            HostCall::Interrupt { checks, .. } if checks == self.check => {
                HostAnswer::Interrupt(Some(Interrupt { signal: self.signal, message: "struck".to_owned() })).into()
            }
            other => self.inner.call(other),
        }
    }

    fn next_interrupt(&mut self) -> Option<u64> {
        Some(self.check)
    }
}

fn prepared(check: u64, signal: u8) -> Result<Sandbox, Failed> {
    let engine = engine()?;
    let host = Striking { inner: repeatable_host().build(engine)?, check, signal };
    let mut sandbox = engine.sandbox().host(host).build()?;
    sandbox.run("import asyncio, time")?;
    Ok(sandbox)
}

fn strike_everywhere(source: &str, signal: u8) -> Verdict {
    let mut undisturbed = prepared(u64::MAX, signal)?;
    let first = undisturbed.checks() + 1;
    undisturbed.run(source)?;
    let last = undisturbed.checks();
    ensure(last >= first, "the cell makes no checks")?;
    let step = (last - first).div_ceil(STRIKES_MAX).max(1);
    let step = usize::try_from(step).map_err(|_| "too many checks")?;
    for check in (first..=last).step_by(step) {
        let mut sandbox = prepared(check, signal)?;
        let outcome = sandbox.run(source)?;
        let told = |what: &str, outcome: &Outcome| {
            let (before, after) = (check - first, last - check);
            Failed::from(format!("struck at check {before}, {after} before the end: {what}: {}", shown(outcome)))
        };
        let kind = outcome.error.as_ref().map(|error| error.type_name.as_str());
        let expected = if signal == SIGINT { "KeyboardInterrupt" } else { "exuvia.TimeLimit" };
        if kind != Some(expected) && !arrived_otherwise(&outcome) {
            return Err(told("the strike was lost", &outcome));
        }
        for (source, expected) in AFTER {
            let after = sandbox.run(source).map_err(|error| told(&format!("`{source}`: {error}"), &outcome))?;
            if after.value.as_ref().is_none_or(|value| value.repr != *expected) {
                return Err(told(&format!("`{source}`"), &after));
            }
        }
    }
    Ok(())
}

/// Whether the strike came where Python makes something else of it than the cell's exception.
fn arrived_otherwise(outcome: &Outcome) -> bool {
    match outcome.error.as_ref().map(|error| error.type_name.as_str()) {
        // The cell's own exception was being reported already: it may stand.
        Some("ZeroDivisionError") => true,
        // In a task of a `TaskGroup`, which gathers what is no `KeyboardInterrupt`.
        Some("BaseExceptionGroup") => true,
        // In `asyncio.run`, after it has taken the signal and before it begins to count: CPython forgets that it came.
        Some("asyncio.exceptions.CancelledError") => true,
        // In a destructor or in the callback of a weak reference, out of which nothing is raised.
        None => outcome.stderr.starts_with("Exception ignored "),
        Some(_) => false,
    }
}
