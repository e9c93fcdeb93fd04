//! Programs that attack the sandbox: what becomes of them, and that nobody else notices.
//!
//! Each is run twice, as a program and as a cell. After each the same process makes another sandbox, which must work.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use exuvia_core::{LimitKind, Limits, Outcome, Status, StopReason};
use exuvia_sandbox::{LiveHost, Sandbox, SandboxError, Script, ScriptSource};
use libtest_mimic::{Failed, Trial};
use serde::Deserialize;

use super::fixture::{Verdict, builder, builder_with, ensure, same, shown, workspace};
use super::limited::SLACK;

/// Time for what ends by itself or by another limit, on a machine that is busy with other things, too.
const WALL_TIME: Duration = Duration::from_secs(10);
/// Time for what may take longer than anybody would wait.
const ENOUGH_WALL_TIME: Duration = Duration::from_secs(2);
/// Time for what does not end.
const SHORT_WALL_TIME: Duration = Duration::from_millis(200);
/// The cells need not show again which limit they meet.
const CELL_WALL_TIME: Duration = Duration::from_millis(100);
const MEMORY_BYTES: u64 = 96 << 20;
const OUTPUT_BYTES: u64 = 1 << 20;

/// What must become of a program: `cases/README.md` describes it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Expectation {
    status: String,
    #[serde(rename = "type")]
    kind: Option<String>,
    code: Option<String>,
    limit: Option<String>,
    stdout: Option<String>,
    #[serde(default)]
    also: Vec<String>,
    #[serde(rename = "note", default)]
    _note: String,
}

/// Returns one test for each program.
pub(crate) fn trials() -> Vec<Trial> {
    let programs = programs();
    let count = programs.len();
    let found = Trial::test("hostile::found", move || ensure(count > 0, "there are no programs in `cases/hostile`"));
    let each = programs.into_iter().map(|path| {
        let name = path.file_stem().unwrap_or_default().to_string_lossy().replace("__", "::");
        Trial::test(format!("hostile::{name}"), move || attack(&path))
    });
    std::iter::once(found).chain(each).collect()
}

fn programs() -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(workspace().join("cases/hostile")) else { return Vec::new() };
    let paths = entries.filter_map(Result::ok).map(|entry| entry.path());
    let mut programs: Vec<PathBuf> = paths.filter(|path| path.extension().is_some_and(|end| end == "py")).collect();
    programs.sort();
    programs
}

fn limits(wall_time: Duration) -> Limits {
    Limits {
        wall_time: Some(wall_time),
        memory_bytes: MEMORY_BYTES,
        output_bytes: OUTPUT_BYTES,
        file_bytes: 64 << 20,
        files: 10_000,
        ..Limits::default()
    }
}

fn attack(path: &Path) -> Verdict {
    let source = fs::read(path)?;
    let expectation: Expectation = toml::from_str(&fs::read_to_string(path.with_extension("expect"))?)?;
    let as_program = as_program(&source, expectation.wall_time())?;
    others_are_well()?;
    if let Ok(source) = String::from_utf8(source) {
        as_cell(&source)?;
    }
    others_are_well()?;
    expectation.met(&as_program)
}

fn as_program(source: &[u8], wall_time: Duration) -> Result<Outcome, Failed> {
    let host = LiveHost::builder().seed(1);
    let mut sandbox =
        builder_with(host)?.limits(limits(wall_time)).file("/workspace/program.py", source.to_vec()).build()?;
    let script = Script { source: ScriptSource::File("/workspace/program.py".to_owned()), arguments: Vec::new() };
    let outcome = timed(&mut sandbox, |sandbox| sandbox.script(&script))?;
    let Some(mut outcome) = outcome else { return Ok(tampered()) };
    if sandbox.is_alive() {
        // What was left to be done at the end is part of the program.
        let Some(end) = timed(&mut sandbox, Sandbox::finish)? else { return Ok(tampered()) };
        outcome.stdout.push_str(&end.stdout);
        if !matches!(end.status, Status::Finished) && matches!(outcome.status, Status::Finished) {
            outcome.status = end.status;
            outcome.error = end.error;
        }
    }
    Ok(outcome)
}

/// Runs the source as a cell. It is stopped sooner than a program, so all that is asked is that its sandbox keeps to the
/// rules.
fn as_cell(source: &str) -> Verdict {
    let mut sandbox = builder()?.limits(limits(CELL_WALL_TIME)).build()?;
    timed(&mut sandbox, |sandbox| sandbox.run(source))?;
    if sandbox.is_alive() {
        // Whatever it did, it did to itself: the next cell may fail, but it ends.
        timed(&mut sandbox, |sandbox| sandbox.run("1 + 1"))?;
    }
    Ok(())
}

/// The outcome of a program that has taken its sandbox's own words away from it.
fn tampered() -> Outcome {
    Outcome { stderr: "its answer cannot be read".to_owned(), ..Outcome::stopped(StopReason::Abort) }
}

/// Runs something and checks that it kept to its limits. `None`: the sandbox's answer could not be read.
#[expect(clippy::disallowed_methods, reason = "this measures real time")]
fn timed(
    sandbox: &mut Sandbox,
    run: impl FnOnce(&mut Sandbox) -> Result<Outcome, SandboxError>,
) -> Result<Option<Outcome>, Failed> {
    let allowed = sandbox.limits().wall_time.unwrap_or_default() + sandbox.limits().grace + SLACK;
    let began = Instant::now();
    let result = run(sandbox);
    let took = began.elapsed();
    ensure(took < allowed, format!("it took {took:?}: {result:?}"))?;
    let outcome = match result {
        Ok(outcome) => outcome,
        Err(SandboxError::Tampered(_)) => return Ok(None),
        Err(error) => return Err(error.into()),
    };
    ensure(outcome.usage.memory_bytes <= MEMORY_BYTES, format!("it used {} bytes", outcome.usage.memory_bytes))?;
    let printed = outcome.stdout.len().min(outcome.usage.output_bytes as usize);
    ensure(printed as u64 <= OUTPUT_BYTES, format!("it printed {printed} bytes"))?;
    Ok(Some(outcome))
}

fn others_are_well() -> Verdict {
    let mut sandbox = builder()?.build()?;
    let outcome = sandbox.run("import sys, os; print('fresh'); 1 + 1, len(sys.argv), os.listdir('/workspace')")?;
    same("another sandbox prints", "fresh\n", &outcome.stdout)?;
    same("another sandbox gives", "(2, 1, [])", outcome.value.as_ref().map_or("(none)", |value| &value.repr))
}

impl Expectation {
    /// Returns how long a program may run of which this is expected.
    fn wall_time(&self) -> Duration {
        match &self.limit {
            Some(limit) if limit == "time" => SHORT_WALL_TIME,
            _ if self.also.iter().any(|end| end == "stopped time") => ENOUGH_WALL_TIME,
            _ => WALL_TIME,
        }
    }

    fn met(&self, outcome: &Outcome) -> Verdict {
        let actual = told(outcome);
        let wanted = match self.status.as_str() {
            "finished" => "finished".to_owned(),
            "exception" => format!("exception {}", self.kind.as_deref().unwrap_or_default()),
            "exit" => format!("exit {}", self.code.as_deref().unwrap_or_default()),
            _ => format!("stopped {}", self.limit.as_deref().unwrap_or_default()),
        };
        let names = std::iter::once(&wanted).chain(&self.also);
        let met = names.clone().any(|wanted| actual.iter().any(|actual| actual == wanted));
        if !met {
            let wanted: Vec<&String> = names.collect();
            let cut: String = shown(outcome).chars().take(2_000).collect();
            return Err(format!("it ended with {actual:?}, not {wanted:?}\n{cut}").into());
        }
        match &self.stdout {
            Some(stdout) if actual.contains(&wanted) => same("stdout", stdout, &outcome.stdout),
            _ => Ok(()),
        }
    }
}

/// Returns how an outcome is told in an expectation: with the exception's class, and with those it derives from.
fn told(outcome: &Outcome) -> Vec<String> {
    let stopped = |what: &str| vec![format!("stopped {what}")];
    match outcome.status {
        Status::Finished => vec!["finished".to_owned()],
        Status::Exited { code } => vec![format!("exit {code}")],
        Status::Stopped { reason } => stopped(match reason {
            StopReason::Time | StopReason::Cpu | StopReason::Cancelled => "time",
            StopReason::Stack => "stack",
            StopReason::Memory => "memory",
            StopReason::Abort | StopReason::Trap => "trap",
        }),
        Status::Raised => {
            let error = outcome.error.as_deref();
            match error.and_then(|error| error.limit) {
                Some(LimitKind::Time | LimitKind::Cpu) => stopped("time"),
                Some(LimitKind::Output) => stopped("output"),
                Some(LimitKind::Memory) => stopped("memory"),
                None => {
                    let name = error.map(|error| error.type_name.as_str()).unwrap_or_default();
                    let name = name.rsplit('.').next().unwrap_or_default();
                    std::iter::once(name)
                        .chain(bases(name).iter().copied())
                        .map(|name| format!("exception {name}"))
                        .collect()
                }
            }
        }
    }
}

/// Returns the built-in classes that an exception's class derives from, as far as expectations name them.
fn bases(name: &str) -> &'static [&'static str] {
    match name {
        "FileNotFoundError"
        | "PermissionError"
        | "NotADirectoryError"
        | "IsADirectoryError"
        | "FileExistsError"
        | "BlockingIOError"
        | "ProcessLookupError"
        | "TimeoutError"
        | "ConnectionRefusedError"
        | "gaierror"
        | "URLError"
        | "UnsupportedOperation"
        | "error" => &["OSError"],
        "ModuleNotFoundError" => &["ImportError"],
        "IndentationError" | "TabError" => &["SyntaxError"],
        "RecursionError" | "NotImplementedError" | "PythonFinalizationError" => &["RuntimeError"],
        "UnicodeEncodeError" | "UnicodeDecodeError" | "JSONDecodeError" => &["ValueError"],
        "KeyError" | "IndexError" => &["LookupError"],
        "UnboundLocalError" => &["NameError"],
        "ZeroDivisionError" | "OverflowError" => &["ArithmeticError"],
        "ParseError" => &["SyntaxError"],
        _ => &[],
    }
}
