//! Tools: what a program sees of them, and what a hostile one can do with them.

mod programs;

use std::sync::Arc;
use std::sync::mpsc::{Sender, channel};
use std::thread;
use std::time::Duration;

use exuvia_core::{
    Limits, Outcome, RecordingHost, ReplayingHost, ToolDeclaration, ToolFailure, ToolFailureKind, ToolFuture,
    ToolLimits, ToolRunner, ToolSignature,
};
use exuvia_sandbox::{LiveHost, Sandbox};
use libtest_mimic::{Failed, Trial};
use serde_json::{Value as Json, json};

use self::programs::{ASYNCHRONOUS, BLOCKING, FAILURES, FUNCTIONS, HELP, HOSTILE, LARGE, PARALLEL, VALUES};
use super::fixture::{SEED, Verdict, engine, ensure, limited, repeatable_host, same, shown, trial};

/// Returns the tests of tools.
pub(crate) fn trials() -> Vec<Trial> {
    vec![
        trial("tools::functions", || program(FUNCTIONS)),
        trial("tools::values", || program(VALUES)),
        trial("tools::failures", || program(FAILURES)),
        trial("tools::asynchronous", || program(ASYNCHRONOUS)),
        trial("tools::parallel", || program(PARALLEL)),
        trial("tools::in_a_script_like_loop", || program(BLOCKING)),
        trial("tools::help", || program(HELP)),
        trial("tools::past_the_functions", || program(HOSTILE)),
        trial("tools::names_in_cells", names_in_cells),
        trial("tools::calls_end_in_later_cells", calls_end_in_later_cells),
        trial("tools::large_results", || program(LARGE)),
        trial("tools::strangers_schema", strangers_schema),
        trial("tools::no_runner", no_runner),
        trial("tools::time_limit", time_limit),
        trial("tools::interrupts", interrupts),
        trial("tools::many_blocked", many_blocked),
        trial("tools::replayed", replayed),
    ]
}

/// Runs the tools of [`declarations`].
#[derive(Default)]
struct Runner {
    /// Who is told of each call.
    watcher: Option<Sender<()>>,
}

impl ToolRunner for Runner {
    fn call(&mut self, tool: &str, arguments: &str) -> ToolFuture {
        if let Some(watcher) = &self.watcher {
            // Whoever has heard enough is gone.
            let _ = watcher.send(());
        }
        let tool = tool.to_owned();
        let arguments = arguments.to_owned();
        Box::pin(async move { answer(&tool, &arguments).await })
    }

    fn help(&mut self, tool: &str) -> ToolFuture {
        let tool = tool.to_owned();
        Box::pin(async move {
            match tool.as_str() {
                "nap" => Ok(format!("usage: nap [MILLISECONDS]\n{}", "-".repeat(5_000))),
                _ => Err(ToolFailure::failed(format!("the program of {tool} cannot be started"))),
            }
        })
    }
}

async fn answer(tool: &str, text: &str) -> Result<String, ToolFailure> {
    if tool == "shout" {
        return Ok(text.to_uppercase());
    }
    let invalid = |error: serde_json::Error| ToolFailure::new(ToolFailureKind::Argument, format!("not JSON: {error}"));
    let arguments: Json = serde_json::from_str(text).map_err(invalid)?;
    match tool {
        "echo" => Ok(arguments["value"].to_string()),
        "record" => Ok(json!({
            "day": "2026-03-01", "at": "2026-03-01T12:30:00+00:00", "icon": "AAEC", "parts": [{"day": null}], "more": 1,
        })
        .to_string()),
        "nap" => {
            let milliseconds = arguments["milliseconds"].as_u64().unwrap_or(0);
            if milliseconds > 60_000 {
                // For ever, as far as these tests go; no thread is needed for that.
                std::future::pending::<()>().await;
            }
            later(Duration::from_millis(milliseconds)).await;
            Ok(milliseconds.to_string())
        }
        "fail" => {
            let kind = serde_json::from_value(arguments["kind"].clone()).map_err(invalid)?;
            Err(ToolFailure::new(kind, "it went wrong").hint("try \"again\"").retryable())
        }
        "fill" => {
            Ok(format!("\"{}\"", "é".repeat(usize::try_from(arguments["count"].as_u64().unwrap_or(0)).unwrap_or(0))))
        }
        other => Err(ToolFailure::new(ToolFailureKind::Failed, format!("what is {other}?"))),
    }
}

/// Ends after this time, without an event loop of the host's.
async fn later(duration: Duration) {
    let (sender, receiver) = signal();
    #[expect(clippy::disallowed_methods, reason = "a tool that takes its time is what is tested")]
    thread::spawn(move || {
        thread::sleep(duration);
        sender.wake();
    });
    receiver.await;
}

/// A future that ends when its other half says so.
fn signal() -> (Waking, Woken) {
    let shared = Arc::new(std::sync::Mutex::new((false, None)));
    (Waking(Arc::clone(&shared)), Woken(shared))
}

type Shared = Arc<std::sync::Mutex<(bool, Option<std::task::Waker>)>>;
struct Waking(Shared);
struct Woken(Shared);

impl Waking {
    fn wake(self) {
        let mut shared = self.0.lock().expect("no holder panics");
        shared.0 = true;
        if let Some(waker) = shared.1.take() {
            waker.wake();
        }
    }
}

impl Future for Woken {
    type Output = ();

    fn poll(self: std::pin::Pin<&mut Self>, context: &mut std::task::Context<'_>) -> std::task::Poll<()> {
        let mut shared = self.0.lock().expect("no holder panics");
        if shared.0 {
            return std::task::Poll::Ready(());
        }
        shared.1 = Some(context.waker().clone());
        std::task::Poll::Pending
    }
}

fn declaration(name: &str, signature: ToolSignature) -> ToolDeclaration {
    ToolDeclaration {
        name: name.to_owned(),
        description: format!("Does {name}."),
        signature,
        read_only: false,
        idempotent: false,
        needs_approval: false,
        help: matches!(name, "nap" | "fail"),
        limits: ToolLimits::default(),
    }
}

fn declarations() -> Vec<ToolDeclaration> {
    let tool = |name: &str, properties: Json, required: &[&str], returns: Option<Json>| {
        let parameters = json!({"type": "object", "properties": properties, "required": required});
        declaration(name, ToolSignature::Json { parameters, returns })
    };
    let day = json!({"type": ["string", "null"], "format": "date"});
    let record = json!({"type": "object", "properties": {
        "day": {"type": "string", "format": "date"},
        "at": {"type": "string", "format": "date-time"},
        "icon": {"type": "string", "contentEncoding": "base64"},
        "parts": {"type": "array", "items": {"type": "object", "properties": {"day": day}}},
    }});
    vec![
        declaration("shout", ToolSignature::Text),
        tool("echo", json!({"value": {"description": "What comes back."}}), &["value"], None),
        tool("record", json!({}), &[], Some(record)),
        tool("nap", json!({"milliseconds": {"type": "integer", "default": 1}}), &[], Some(json!({"type": "integer"}))),
        tool("fail", json!({"kind": {"type": "string"}, "max-count": {"type": "integer"}}), &["kind"], None),
        tool("fill", json!({"count": {"type": "integer"}}), &["count"], None),
    ]
}

fn sandbox(limits: Limits) -> Result<Sandbox, Failed> {
    let engine = engine()?;
    let host = LiveHost::builder().seed(SEED).tools(Runner::default()).build(engine)?;
    Ok(engine.sandbox().host(host).tools(declarations()).limits(limits).build()?)
}

/// Runs a program that asserts what it has to say.
fn program(source: &str) -> Verdict {
    let mut sandbox = sandbox(Limits::default())?;
    well(&sandbox.run(source)?)
}

fn well(outcome: &Outcome) -> Verdict {
    match &outcome.error {
        Some(error) => Err(error.traceback.clone().into()),
        None => ensure(outcome.status == exuvia_core::Status::Finished, format!("{:?}", outcome.status)),
    }
}

fn names_in_cells() -> Verdict {
    let mut sandbox = sandbox(Limits::default())?;
    well(&sandbox.run("assert 'shout' in globals() and 'nap' in dir()")?)?;
    well(&sandbox.run("def f():\n    return [shout(x) for x in 'ab']\nassert f() == ['A', 'B']")?)?;
    well(&sandbox.run("shout = str.lower\nassert shout('A') == 'a'")?)?;
    well(&sandbox.run("assert shout('B') == 'b'")?)?;
    well(&sandbox.run("del nap\ntry:\n    nap()\nexcept NameError:\n    pass\nelse:\n    raise AssertionError")?)
}

fn calls_end_in_later_cells() -> Verdict {
    let mut sandbox = sandbox(Limits::default())?;
    well(&sandbox.run("import asyncio\ntask = asyncio.create_task(nap.aio(20))\nawait asyncio.sleep(0)")?)?;
    well(&sandbox.run("x = 1")?)?;
    well(&sandbox.run("assert await task == 20")?)
}

/// A declaration may come from a stranger: what the function says of it is what it said, and nothing of it is run.
fn strangers_schema() -> Verdict {
    let hostile = "x\"\"\"\nraise SystemExit\n#\\ \u{2028}\r\u{1}\u{7f}é";
    let parameters = json!({"properties": {
        hostile: {"type": "string", "default": hostile, "description": hostile},
        "class": {"enum": [hostile]}, "_call": {"const": 1}, "": {"type": ["null", "integer"]}, "x y": {"type": hostile},
    }, "required": ["class", hostile, 3]});
    let returns = json!({"type": "object", "properties": {hostile: {"type": "string", "format": "date"}}});
    let mut tool = declaration("str", ToolSignature::Json { parameters, returns: Some(returns) });
    tool.description = hostile.to_owned();
    let engine = engine()?;
    let host = LiveHost::builder().tools(Runner::default()).build(engine)?;
    let mut sandbox = engine.sandbox().host(host).tools(vec![tool]).build()?;
    let source = r##"
import inspect
from exuvia import ToolError
from exuvia.tools import str as tool
hostile = "x\"\"\"\nraise SystemExit\n#\\ \u2028\r\x01\x7fé"
assert list(inspect.signature(tool, annotation_format=__import__("annotationlib").Format.STRING).parameters) == [
    "x____raise_SystemExit_________", "class_", "p_call", "p", "x_y"], inspect.signature(tool)
assert "raise SystemExit" in tool.__doc__
try:
    tool(hostile, hostile)
except ToolError as error:
    assert error.message == "what is str?"
with open("/tools/str.pyi") as file:
    tree = __import__("ast").parse(file.read())
assert [type(each).__name__ for each in tree.body] == ["Import", "Import", "FunctionDef"]
"##;
    well(&sandbox.run(source)?)
}

fn no_runner() -> Verdict {
    let engine = engine()?;
    let mut sandbox = engine.sandbox().tools(declarations()).build()?;
    let outcome = sandbox.run("shout('a')")?;
    let error = outcome.error.ok_or("no error")?;
    same("the type", "exuvia.ToolError", &error.type_name)?;
    same("the message", "nobody runs the tool `shout` here", &error.message)?;
    let twice = engine.sandbox().tools([declarations(), declarations()].concat()).build();
    ensure(twice.is_err(), "two tools have the same name")?;
    let named = engine.sandbox().tools(vec![declaration("a b", ToolSignature::Text)]).build();
    ensure(named.is_err(), "a tool has an impossible name")
}

fn time_limit() -> Verdict {
    let mut sandbox = sandbox(limited(Duration::from_millis(100)))?;
    for source in ["nap(100_000)", "await nap.aio(100_000)", "import asyncio\nasyncio.run(nap.aio(100_000))"] {
        let outcome = sandbox.run(source)?;
        same("the error", "exuvia.TimeLimit", outcome.error.as_ref().map_or("", |error| &error.type_name))?;
    }
    let outcome = sandbox.run("try:\n    nap(100_000)\nfinally:\n    print('cleaned', shout('up'))")?;
    same("what was printed", "cleaned UP\n", &outcome.stdout)
}

/// Runs a cell that waits for a tool, and interrupts it there. Returns the error's type.
fn interrupted(before: &str) -> Result<String, Failed> {
    let engine = engine()?;
    let (watcher, called) = channel();
    let host = LiveHost::builder().tools(Runner { watcher: Some(watcher) }).build(engine)?;
    let mut sandbox = engine.sandbox().host(host).tools(declarations()).build()?;
    well(&sandbox.run(before)?)?;
    let interrupter = sandbox.interrupter();
    let pressed = thread::spawn(move || called.recv().map(|()| interrupter.interrupt()));
    let outcome = sandbox.run("nap(100_000)")?;
    pressed.join().map_err(|_| "the other thread panicked")??;
    Ok(outcome.error.map(|error| error.type_name).unwrap_or_default())
}

fn interrupts() -> Verdict {
    same("Ctrl-C", "KeyboardInterrupt", &interrupted("")?)?;
    let ignoring = "import signal\nsignal.signal(signal.SIGINT, lambda *_: None)\n";
    same("Ctrl-C that is ignored", "exuvia.ToolInterrupted", &interrupted(ignoring)?)
}

/// Sandboxes that are blocked in a call hold no thread: one thread here drives them all.
fn many_blocked() -> Verdict {
    const COUNT: usize = 200;
    let mut sandboxes = (0..COUNT).map(|_| sandbox(Limits::default())).collect::<Result<Vec<_>, _>>()?;
    let runs = sandboxes.iter_mut().map(|sandbox| sandbox.run_async("nap(300)"));
    let outcomes = pollster_all(runs.collect());
    for outcome in outcomes {
        same("the value", "300", outcome?.value.as_ref().map_or("", |value| &value.repr))?;
    }
    Ok(())
}

/// Drives these futures to their end, on this thread.
fn pollster_all<F: Future>(futures: Vec<F>) -> Vec<F::Output> {
    pollster::block_on(async {
        let mut futures: Vec<_> = futures.into_iter().map(|future| (Box::pin(future), None)).collect();
        std::future::poll_fn(|context| {
            let mut all = true;
            for (future, output) in &mut futures {
                if output.is_none() {
                    match future.as_mut().poll(context) {
                        std::task::Poll::Ready(done) => *output = Some(done),
                        std::task::Poll::Pending => all = false,
                    }
                }
            }
            if all { std::task::Poll::Ready(()) } else { std::task::Poll::Pending }
        })
        .await;
        futures.into_iter().filter_map(|(_, output)| output).collect()
    })
}

/// A replay calls no tool, and gives the same: results, failures, and the order in which calls ended.
fn replayed() -> Verdict {
    let engine = engine()?;
    let cells = [
        "import asyncio\nfrom exuvia import parallel, ToolError",
        "print(shout('a'), echo({'b': [1]}), record(), nap.help())",
        "order = []\nasync def one(n):\n    order.append(await nap.aio(n))\nawait asyncio.gather(*map(one, (9, 3, 6, 1)))\nprint(order)",
        "print(parallel(nap, [3, 2, 1]))\ntry:\n    fail('timeout')\nexcept ToolError as error:\n    print(repr(error), error)",
        "task = asyncio.create_task(nap.aio(100_000))\nawait asyncio.sleep(0.01)\ntask.cancel()\nfail('denied')",
    ];
    let run = |host: Box<dyn exuvia_core::Host>| -> Result<(String, String), Failed> {
        let mut sandbox = engine.sandbox().host(Boxed(host)).tools(declarations()).build()?;
        let mut outcomes = String::new();
        for cell in cells {
            outcomes += &shown(&sandbox.run(cell)?);
        }
        Ok((outcomes, sandbox.memory_hash()))
    };
    let (host, recording) = RecordingHost::new(
        repeatable_host().clock(exuvia_sandbox::Clock::Real).tools(Runner::default()).build(engine)?,
    );
    let (outcomes, memory) = run(Box::new(host))?;
    let recording = recording.lock().map_err(|_| "a holder panicked")?.clone();
    let (host, divergence) = ReplayingHost::new(recording);
    let (replayed, replayed_memory) = run(Box::new(host))?;
    let divergence = divergence.lock().map_err(|_| "a holder panicked")?.clone();
    ensure(divergence.is_none(), format!("{divergence:?}"))?;
    same("the replay", &outcomes, &replayed)?;
    same("the memory", &memory, &replayed_memory)
}

/// A host in a box is a host.
struct Boxed(Box<dyn exuvia_core::Host>);

impl exuvia_core::Host for Boxed {
    fn call(&mut self, call: exuvia_core::HostCall<'_>) -> exuvia_core::Reply {
        self.0.call(call)
    }

    fn next_interrupt(&mut self) -> Option<u64> {
        self.0.next_interrupt()
    }
}
