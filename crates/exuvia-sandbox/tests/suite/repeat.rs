//! The same program gives the same memory: in one process, and in another one.

use std::process::Command;

use exuvia_core::Outcome;
use exuvia_sandbox::{Sandbox, SandboxBuilder};
use libtest_mimic::{Failed, Trial};

use super::cases::{Case, discover};
use super::fixture::{Verdict, builder, ensure, same, shown, trial};

/// The argument with which this program prints its fingerprints and ends, instead of testing.
pub(crate) const ARGUMENT: &str = "--print-fingerprints";

/// The areas whose cases are repeated.
const AREAS: &[&str] = &["async", "collections", "errors", "stdlib_hashing", "stdlib_json", "stdlib_sqlite3"];

/// Sessions whose result depends on time, randomness, addresses, hashes or garbage collection, if on anything.
const SESSIONS: &[(&str, &[&str])] = &[
    (
        "random",
        &[
            "import random, uuid, secrets, os",
            "random.random(), uuid.uuid4(), secrets.token_hex(), os.urandom(70000)[-8:]",
        ],
    ),
    (
        "clocks",
        &["import time, datetime", "time.time(), time.monotonic(), time.process_time(), datetime.datetime.now()"],
    ),
    ("addresses", &["class A: pass", "[id(A()) for _ in range(100)], object(), hash('text'), hash(A)"]),
    ("sets", &["{f'{i}' for i in range(1000)}", "{object() for _ in range(50)}"]),
    (
        "garbage",
        &[
            "class Node: pass",
            "for i in range(50_000):\n    a = Node(); a.me = a",
            "import gc; gc.collect(), gc.get_stats()",
        ],
    ),
    ("sleeping", &["import time, asyncio", "time.sleep(3600); await asyncio.sleep(86400); time.time()"]),
    (
        "files",
        &[
            "import os\nfor i in range(300): open(f'/tmp/{i}', 'w').write('x' * i)",
            "[tuple(os.stat(f'/tmp/{i}')) for i in range(300)], os.listdir('/tmp')",
        ],
    ),
    ("failures", &["def f(n): return f(n + 1)", "f(0)", "1 / 0", "x = = 1"]),
    ("growth", &["data = [bytearray(1 << 20) for _ in range(100)]", "del data", "sum(range(1_000_000))"]),
    ("threads", &["import threading", "threading.Thread(target=print).start()"]),
];

/// Returns the tests of repetition.
pub(crate) fn trials() -> Vec<Trial> {
    vec![trial("repeat::in_one_process", in_one_process), trial("repeat::in_another_process", in_another_process)]
}

/// Returns what came out of every program, one line each.
///
/// # Errors
///
/// A sandbox cannot run.
pub(crate) fn fingerprints() -> Result<String, Failed> {
    let mut lines = String::new();
    for (name, cells) in SESSIONS {
        let mut sandbox = builder()?.build()?;
        let outcomes = cells.iter().map(|cell| sandbox.run(cell)).collect::<Result<Vec<_>, _>>()?;
        lines.push_str(&fingerprint(name, &outcomes, &mut sandbox));
    }
    for case in repeated() {
        let mut sandbox = prepared(&case)?.build()?;
        let outcome = case.run_in(&mut sandbox)?;
        lines.push_str(&fingerprint(&case.file_name(), &[outcome], &mut sandbox));
    }
    Ok(lines)
}

/// Returns the cases that are repeated.
pub(crate) fn repeated() -> Vec<Case> {
    discover().into_iter().filter(|case| AREAS.contains(&case.area.as_str())).collect()
}

fn prepared(case: &Case) -> Result<SandboxBuilder, Failed> {
    case.put_into(builder()?)
}

fn fingerprint(name: &str, outcomes: &[Outcome], sandbox: &mut Sandbox) -> String {
    let shown: Vec<String> = outcomes.iter().map(shown).collect();
    let calls: Vec<u64> = outcomes.iter().map(|outcome| outcome.usage.host_calls).collect();
    let (checks, hash) = (sandbox.checks(), sandbox.memory_hash());
    format!("{name}: memory {hash}, {checks} checks, host calls {calls:?}, {shown:?}\n")
}

fn in_one_process() -> Verdict {
    let first = fingerprints()?;
    ensure(!first.is_empty(), "nothing was run")?;
    same("the second run", &first, &fingerprints()?)
}

#[expect(clippy::disallowed_methods, reason = "tests are an edge of the program: this runs itself again")]
fn in_another_process() -> Verdict {
    let output = Command::new(std::env::current_exe()?).arg(ARGUMENT).output()?;
    let other = String::from_utf8(output.stdout)?;
    ensure(output.status.success(), format!("the other process failed: {}", String::from_utf8_lossy(&output.stderr)))?;
    same("the other process", &other, &fingerprints()?)
}
