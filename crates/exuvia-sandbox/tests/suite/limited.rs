//! Limits of each kind, interrupts, and what is stopped from outside.

use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::Duration;

use exuvia_core::{LimitKind, Limits, Outcome, Status, StopReason};
use exuvia_sandbox::{Interrupter, LiveHost, LiveHostBuilder, Sandbox, SandboxError, Stdin};
use futures_util::FutureExt as _;
use libtest_mimic::{Failed, Trial};
use serde_json::json;

use super::fixture::{Verdict, builder, builder_with, ensure, gives, limited, same, trial};

/// How much longer than limit and grace a hard stop may take on a busy machine.
pub(crate) const SLACK: Duration = Duration::from_secs(1);
const SHORT: Duration = Duration::from_millis(100);
const MIB: u64 = 1 << 20;

/// Returns the tests of limits.
pub(crate) fn trials() -> Vec<Trial> {
    vec![
        trial("limits::time_softly", time_softly),
        trial("limits::time_softly_while_waiting", time_softly_while_waiting),
        trial("limits::time_hard", time_hard),
        trial("limits::time_when_all_is_caught", time_when_all_is_caught),
        trial("limits::processor_time", processor_time),
        trial("limits::memory", memory),
        trial("limits::memory_below_the_interpreters", memory_below_the_interpreters),
        trial("limits::output", output),
        trial("limits::files", files),
        trial("limits::recursion", recursion),
        trial("limits::recursion_limit", recursion_limit),
        trial("interrupts::running_code", interrupt_running_code),
        trial("interrupts::waits", interrupt_waits),
        trial("interrupts::input", interrupt_input),
        trial("interrupts::nothing_running", interrupt_nothing),
        trial("interrupts::cancelled", cancelled),
        trial("interrupts::cancelled_against_its_will", cancelled_against_its_will),
        trial("interrupts::while_it_is_stopped", interrupt_while_stopped),
        trial("interrupts::dropped_future", dropped_future),
    ]
}

fn error(outcome: &Outcome) -> Result<(&str, &str, Option<LimitKind>), Failed> {
    let error = outcome.error.as_deref().ok_or_else(|| format!("nothing was raised: {outcome:?}"))?;
    Ok((&error.type_name, &error.message, error.limit))
}

/// Checks that the session goes on.
fn lives(sandbox: &mut Sandbox) -> Verdict {
    let outcome = sandbox.run("1 + 1")?;
    same("the cell after it", "2", outcome.value.as_ref().map_or("", |value| &value.repr))
}

/// Checks that a cell was stopped for this reason, soon enough, and the sandbox with it.
fn stopped(outcome: &Outcome, sandbox: &mut Sandbox, reason: StopReason) -> Verdict {
    ensure(outcome.status == Status::Stopped { reason }, format!("it ended with {:?}", outcome.status))?;
    ensure(matches!(sandbox.run("1"), Err(SandboxError::Stopped(_))), "it ran another cell")?;
    let limits = sandbox.limits();
    let allowed = limits.wall_time.unwrap_or_default() + limits.grace + SLACK;
    let took = outcome.usage.wall_time;
    ensure(took < allowed, format!("it was stopped after {took:?}"))
}

fn time_softly() -> Verdict {
    let limits = Limits { grace: Duration::from_secs(5), ..limited(SHORT) };
    let mut sandbox = builder()?.limits(limits).build()?;
    let outcome = sandbox.run("try:\n    while True: pass\nfinally:\n    print('cleaned up')")?;
    ensure(outcome.status == Status::Raised, format!("{:?}", outcome.status))?;
    same("stdout", "cleaned up\n", &outcome.stdout)?;
    let (kind, message, limit) = error(&outcome)?;
    ensure(limit == Some(LimitKind::Time), format!("the limit is {limit:?}"))?;
    same("the exception", "exuvia.TimeLimit", kind)?;
    let (value, bound) = message.split_once(", ").unwrap_or_default();
    same("the limit", "the limit is 0.1 s", bound)?;
    ensure(value.starts_with("ran for "), format!("the message is `{message}`"))?;
    lives(&mut sandbox)?;
    let again = sandbox.run("while True: pass")?;
    same("the exception of a later cell", "exuvia.TimeLimit", error(&again)?.0)?;
    lives(&mut sandbox)
}

fn time_softly_while_waiting() -> Verdict {
    let limits = Limits { grace: Duration::from_secs(5), ..limited(SHORT) };
    let mut sandbox = builder_with(LiveHost::builder())?.limits(limits).build()?;
    for source in [
        "import time; time.sleep(1000)",
        "import asyncio; await asyncio.sleep(1000)",
        "asyncio.run(asyncio.sleep(1000))",
        "await asyncio.Event().wait()",
    ] {
        let outcome = sandbox.run(source)?;
        same(source, "exuvia.TimeLimit", error(&outcome)?.0)?;
        lives(&mut sandbox)?;
    }
    Ok(())
}

fn time_hard() -> Verdict {
    for source in [
        "sum(range(10**12))",
        "max(range(10**12))",
        "import collections, itertools; collections.deque(itertools.count(), 0)",
    ] {
        let mut sandbox = builder()?.limits(limited(SHORT)).build()?;
        let outcome = sandbox.run(source)?;
        stopped(&outcome, &mut sandbox, StopReason::Time)?;
    }
    Ok(())
}

fn time_when_all_is_caught() -> Verdict {
    let source = "while True:\n    try:\n        while True: pass\n    except BaseException: pass";
    let mut sandbox = builder()?.limits(limited(SHORT)).build()?;
    let outcome = sandbox.run(source)?;
    stopped(&outcome, &mut sandbox, StopReason::Time)
}

fn processor_time() -> Verdict {
    let limits = Limits { cpu_time: Some(SHORT), grace: Duration::from_secs(5), ..Limits::default() };
    let mut sandbox = builder_with(LiveHost::builder())?.limits(limits).build()?;
    let outcome = sandbox.run("import time; time.sleep(0.3)")?;
    gives(&outcome, &json!({"status": "finished", "stdout": "", "stderr": ""}))?;
    let outcome = sandbox.run("while True: pass")?;
    let (kind, message, limit) = error(&outcome)?;
    same("the exception", "exuvia.TimeLimit", kind)?;
    ensure(limit == Some(LimitKind::Cpu), format!("the limit is {limit:?}"))?;
    ensure(message.starts_with("used processor time for "), format!("the message is `{message}`"))?;
    lives(&mut sandbox)?;
    let limits = Limits { cpu_time: Some(SHORT), ..Limits::default() };
    let mut sandbox = builder()?.limits(limits).build()?;
    let outcome = sandbox.run("sum(range(10**12))")?;
    ensure(outcome.status == Status::Stopped { reason: StopReason::Cpu }, format!("{:?}", outcome.status))
}

fn memory() -> Verdict {
    let limits = Limits { memory_bytes: 64 * MIB, ..Limits::default() };
    let mut sandbox = builder()?.limits(limits).build()?;
    for source in [
        "bytearray(1 << 30)",
        "x = []\nwhile True: x.append(bytearray(1 << 20))",
        "x = []\nwhile True: x.append(object())",
        "'x' * (1 << 31 - 1)",
        "x = 'y'\nwhile True: x += x",
        "x = 7\nwhile True: x = x << 1_000_000",
    ] {
        let outcome = sandbox.run(source)?;
        same(source, "MemoryError", error(&outcome)?.0)?;
        ensure(outcome.usage.memory_bytes <= 64 * MIB, format!("it used {} bytes", outcome.usage.memory_bytes))?;
        sandbox.run("x = None")?;
        lives(&mut sandbox)?;
    }
    Ok(())
}

fn memory_below_the_interpreters() -> Verdict {
    let refused = builder()?.limits(Limits { memory_bytes: MIB, ..Limits::default() }).build();
    ensure(matches!(refused, Err(SandboxError::Config(_))), "it was built with too little memory")
}

fn output() -> Verdict {
    let limits = Limits { output_bytes: 1_000, grace: Duration::from_secs(5), ..Limits::default() };
    let mut sandbox = builder()?.limits(limits).build()?;
    for source in [
        "while True: print('line')",
        "print('x' * 100_000)",
        "import os, sys\nwhile True: os.write(1, b'y')",
        "while True: print('z', file=sys.stderr)",
        "while True: sys.stdout.buffer.raw.write(b'w' * 700)",
    ] {
        let outcome = sandbox.run(source)?;
        let (kind, message, limit) = error(&outcome)?;
        same(source, "exuvia.OutputLimit", kind)?;
        same("the message", "wrote more output than its limit of 1000 bytes", message)?;
        ensure(limit == Some(LimitKind::Output), format!("the limit is {limit:?}"))?;
        let (stdout, stderr) = (outcome.stdout.len(), outcome.stderr.len());
        // There is some more room for a traceback.
        let kept =
            if stdout > 0 { (stdout, stderr) == (1_000, 0) } else { (1_000..=1_000 + (64 << 10)).contains(&stderr) };
        ensure(kept, format!("`{source}` left {stdout} bytes in stdout, {stderr} in stderr"))?;
        lives(&mut sandbox)?;
    }
    Ok(())
}

fn files() -> Verdict {
    let limits = Limits { file_bytes: MIB, files: 100, open_files: 20, ..Limits::default() };
    let mut sandbox = builder()?.limits(limits).build()?;
    let count = "def count(step):\n    n = 0\n    try:\n        while True:\n            step(n); n += 1\n    except OSError as error:\n        return n, error.errno";
    sandbox.run(&format!("import os\n{count}"))?;
    for (what, source, expected) in [
        ("open files", "files = []; count(lambda n: files.append(open('/dev/null')))", "(17, 33)"),
        ("folders", "files = None; count(lambda n: os.mkdir(f'/tmp/{n}'))", "(100, 51)"),
        ("files after them", "count(lambda n: open('/tmp/more', 'w'))", "(0, 51)"),
        ("room again", "os.rmdir('/tmp/0'); count(lambda n: os.symlink('x', f'/tmp/link{n}'))", "(1, 51)"),
        (
            "bytes",
            "os.rmdir('/tmp/1'); f = open('/tmp/data', 'wb', 0); count(lambda n: f.write(bytes(65536)))",
            "(16, 51)",
        ),
        ("bytes far away", "f.truncate(0); f.seek(1 << 40); count(lambda n: f.write(b'x'))", "(0, 22)"),
    ] {
        let outcome = sandbox.run(source)?;
        same(what, expected, outcome.value.as_ref().map_or("(none)", |value| &value.repr))?;
    }
    lives(&mut sandbox)
}

/// A function that says how deep it came.
const DEPTH: &str = "\
def depth(n=0):
    try: return depth(n + 1)
    except RecursionError: return n
depth()";

fn recursion_limit() -> Verdict {
    for recursion in [200, Limits::RECURSION, 20_000] {
        let mut sandbox = builder()?.limits(Limits { recursion, ..Limits::default() }).build()?;
        let outcome = sandbox.run(DEPTH)?;
        let depth: u32 = outcome.value.ok_or("no value")?.repr.parse()?;
        // Some frames below the function are the session's own.
        ensure((recursion - 10..recursion).contains(&depth), format!("it came {depth} deep of {recursion}"))?;
    }
    for recursion in [0, 49, 100_001] {
        let made = builder()?.limits(Limits { recursion, ..Limits::default() }).build();
        ensure(matches!(made, Err(SandboxError::Config(_))), format!("a limit of {recursion} is taken"))?;
    }
    Ok(())
}

fn recursion() -> Verdict {
    let mut sandbox = builder()?.build()?;
    for source in ["def f(): f()\nf()", "class A:\n    def __repr__(self): return repr(self)\nrepr(A())"] {
        let outcome = sandbox.run(source)?;
        same(source, "RecursionError", error(&outcome)?.0)?;
        lives(&mut sandbox)?;
    }
    // Deep, but with an end: either it is reached or there is an exception.
    for source in [
        "import json\nx = []\nfor _ in range(100_000): x = [x]\njson.dumps(x)",
        "json.loads('[' * 100_000 + ']' * 100_000)",
        "import pickle; pickle.dumps(x)",
        "import ast; ast.literal_eval('[' * 190 + ']' * 190)",
        "eval('-' * 100_000 + '1')",
        "eval('(' * 100_000 + ')' * 100_000)",
        "sorted([x, x]); x == [x]; repr(x)",
        "import copy; copy.deepcopy(x)",
        "import re; re.compile('(' * 5_000 + ')' * 5_000)",
    ] {
        let outcome = sandbox.run(source)?;
        ensure(sandbox.is_alive(), format!("`{source}` ended with {:?}", outcome.status))?;
        lives(&mut sandbox)?;
    }
    Ok(())
}

/// Makes a sandbox whose first output is told through the channel.
fn signalling(host: LiveHostBuilder, limits: Limits) -> Result<(Sandbox, Receiver<()>), Failed> {
    let (sender, started) = channel();
    let host = host.output(move |_, _| sender.send(()).unwrap_or_default());
    Ok((builder_with(host)?.limits(limits).build()?, started))
}

/// Runs a cell; once it has printed something, another thread does this with it.
fn run_and(
    sandbox: &mut Sandbox,
    started: &Receiver<()>,
    act: fn(&Interrupter),
    source: &str,
) -> Result<Outcome, Failed> {
    let interrupter = sandbox.interrupter();
    thread::scope(|scope| {
        let thread = scope.spawn(move || (sandbox.run(source), sandbox));
        let told = started.recv();
        act(&interrupter);
        let (outcome, _) = thread.join().map_err(|_| "the cell's thread panicked")?;
        told?;
        Ok(outcome?)
    })
}

fn interrupt_running_code() -> Verdict {
    let (mut sandbox, started) = signalling(LiveHost::builder(), Limits::default())?;
    let outcome = run_and(&mut sandbox, &started, Interrupter::interrupt, "print('go')\nwhile True: pass")?;
    same("the exception", "KeyboardInterrupt", error(&outcome)?.0)?;
    lives(&mut sandbox)?;
    let source = "try:\n    print('go')\n    while True: pass\nexcept KeyboardInterrupt:\n    caught = True\ncaught";
    let outcome = run_and(&mut sandbox, &started, Interrupter::interrupt, source)?;
    same("the value", "True", outcome.value.as_ref().map_or("(none)", |value| &value.repr))
}

fn interrupt_waits() -> Verdict {
    let (mut sandbox, started) = signalling(LiveHost::builder(), Limits::default())?;
    sandbox.run("import time, asyncio")?;
    for source in [
        "print('go'); time.sleep(1000)",
        "print('go'); await asyncio.sleep(1000)",
        "print('go'); asyncio.run(asyncio.sleep(1000))",
        "print('go'); await asyncio.Event().wait()",
    ] {
        let outcome = run_and(&mut sandbox, &started, Interrupter::interrupt, source)?;
        same(source, "KeyboardInterrupt", error(&outcome).map(|error| error.0)?)
            .map_err(|_| format!("{source}: {}", super::fixture::shown(&outcome)))?;
        lives(&mut sandbox)?;
    }
    Ok(())
}

/// A reader that gives its one line only after it was allowed to.
struct Held(Receiver<()>, &'static [u8]);

impl std::io::Read for Held {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let _ = self.0.recv();
        std::io::Read::read(&mut self.1, buffer)
    }
}

fn interrupt_input() -> Verdict {
    let (release, held) = channel();
    let host = LiveHost::builder().stdin(Stdin::reader(Held(held, b"late\n")));
    let (mut sandbox, started) = signalling(host, Limits::default())?;
    let outcome = run_and(&mut sandbox, &started, Interrupter::interrupt, "print('go'); input()")?;
    same("the exception", "KeyboardInterrupt", error(&outcome)?.0)?;
    drop(release);
    let outcome = sandbox.run("input()")?;
    same("what came late", "'late'", outcome.value.as_ref().map_or("(none)", |value| &value.repr))
}

fn interrupt_nothing() -> Verdict {
    let mut sandbox = builder()?.build()?;
    let interrupter = sandbox.interrupter();
    interrupter.interrupt();
    interrupter.cancel();
    lives(&mut sandbox)?;
    interrupter.cancel();
    drop(sandbox);
    interrupter.interrupt();
    Ok(())
}

/// Interrupts again and again, also in the moment in which the watchdog takes the sandbox's memory away: whoever writes
/// to it then must not bring down the process.
fn interrupt_while_stopped() -> Verdict {
    const INTERRUPTS: u32 = 4_000_000;
    // What it ignores cannot end it where nothing is caught.
    let source = "import signal; signal.signal(signal.SIGINT, signal.SIG_IGN)\nwhile True:\n    try:\n        print('go')\n        sum(range(10**12))\n    except BaseException: pass";
    for _ in 0..5 {
        let (mut sandbox, started) = signalling(LiveHost::builder(), limited(SHORT))?;
        let flood = |interrupter: &Interrupter| (0..INTERRUPTS).for_each(|_| interrupter.interrupt());
        let outcome = run_and(&mut sandbox, &started, flood, source)?;
        stopped(&outcome, &mut sandbox, StopReason::Time)?;
    }
    Ok(())
}

fn cancelled() -> Verdict {
    let limits = Limits { grace: Duration::from_secs(5), ..Limits::default() };
    let (mut sandbox, started) = signalling(LiveHost::builder(), limits)?;
    let source = "try:\n    print('go')\n    while True: pass\nfinally:\n    print('cleaned up')";
    let outcome = run_and(&mut sandbox, &started, Interrupter::cancel, source)?;
    same("the exception", "KeyboardInterrupt", error(&outcome)?.0)?;
    same("stdout", "go\ncleaned up\n", &outcome.stdout)?;
    lives(&mut sandbox)
}

fn cancelled_against_its_will() -> Verdict {
    for source in [
        "while True:\n    try:\n        print('go')\n        while True: pass\n    except BaseException: pass",
        "import signal; signal.signal(signal.SIGINT, signal.SIG_IGN)\nprint('go')\nsum(range(10**12))",
        "import time\nwhile True:\n    try:\n        print('go')\n        time.sleep(1000)\n    except BaseException: pass",
    ] {
        let (mut sandbox, started) = signalling(LiveHost::builder(), Limits { wall_time: None, ..Limits::default() })?;
        let outcome = run_and(&mut sandbox, &started, Interrupter::cancel, source)?;
        stopped(&outcome, &mut sandbox, StopReason::Cancelled)?;
    }
    Ok(())
}

fn dropped_future() -> Verdict {
    for source in ["import asyncio; await asyncio.sleep(1000)", "import time; time.sleep(1000)"] {
        let mut sandbox = builder_with(LiveHost::builder())?.build()?;
        let progress = sandbox.run_async(source).now_or_never();
        ensure(progress.is_none(), "it did not wait")?;
        ensure(matches!(sandbox.run("1"), Err(SandboxError::Stopped(_))), "it ran another cell")?;
        let _ = sandbox.memory_hash();
    }
    Ok(())
}
