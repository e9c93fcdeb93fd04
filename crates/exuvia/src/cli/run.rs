//! `exuvia run`: a program, run as `python` would.

mod changes;
mod program;

use std::ffi::OsString;
use std::io::{self, IsTerminal as _};

use anyhow::Result;
use exuvia_core::journal::{GivenFile, MountPoint, Source};
use exuvia_core::{LimitKind, Limits, MountMode, Outcome, Status, Usage};
use exuvia_packages::Workspace;
use exuvia_sandbox::{Folder, Stdin};
use serde::Serialize;

use super::given::Given;
use super::inputs::{self, InputSpec};
use super::options::SandboxOptions;
use super::resume::Begun;
use crate::interpreter::Interpreter;
use crate::interrupts::Interrupts;
use crate::lent::{Asked, Lent};
use crate::packages::Furnished;
use crate::recording::{Prepared, Runner};
use crate::{exit, failure, output};
use changes::{ChangeOptions, Line};
use program::Program;

/// Where the program's folder is in the sandbox.
const WORK: &str = "/workspace";

/// What stands below the options.
const NOTES: &str = "\
Exit status:
  the program's own (0, 1 after an uncaught exception, N after `sys.exit(N)`), or
    2  the command line is wrong, or the program's file cannot be opened
  124  a limit was met
  125  Exuvia itself failed
  130  Ctrl-C (KeyboardInterrupt was not caught, or a second Ctrl-C ended the program)
  134  the program aborted (`os.abort()`)
  139  the program crashed (its stack was exhausted, say)
  141  nobody reads stdout any more

The program reads the folder that its file is in, at /workspace, and can write in memory only, unless it is lent more. With -c and -, /workspace is empty. \
Press Ctrl-C once to raise KeyboardInterrupt, twice to end the program.";

/// Run a Python program, as `python` would
#[derive(clap::Args)]
#[command(
    override_usage = "exuvia run [OPTIONS] FILE [ARGUMENTS]...\n       \
                      exuvia run [OPTIONS] - [ARGUMENTS]...\n       \
                      exuvia run [OPTIONS] -c CODE [ARGUMENTS]...\n       \
                      exuvia run [OPTIONS] -m MODULE [ARGUMENTS]...",
    after_help = NOTES
)]
pub(crate) struct Arguments {
    /// The program: a file, a folder or archive with a `__main__.py`, or `-` for stdin; what follows it are its
    /// arguments (after `--`, if there is one)
    #[arg(
        value_name = "FILE",
        trailing_var_arg = true,
        required_unless_present_any = ["code", "module"],
        conflicts_with_all = ["code", "module"]
    )]
    file: Vec<OsString>,

    /// Run this text; what follows it are the program's arguments
    #[arg(short = 'c', value_name = "CODE", num_args = 1.., allow_hyphen_values = true, conflicts_with = "module")]
    code: Vec<OsString>,

    /// Run a module: of the current folder, which the program reads at /workspace, or of the standard library
    #[arg(short = 'm', value_name = "MODULE", num_args = 1.., allow_hyphen_values = true)]
    module: Vec<OsString>,

    /// Print the outcome as JSON on stdout, instead of what the program prints
    #[arg(long)]
    json: bool,

    /// Install what the script's own metadata (PEP 723) asks for: so the program says what this machine fetches
    #[arg(long, conflicts_with_all = ["code", "module"], help_heading = "Packages")]
    with_script: bool,

    #[command(flatten)]
    sandbox: SandboxOptions,

    /// Give the program a file, which it sees as /input/NAME; a folder: all files in it. NAME may be left out
    #[arg(long, value_name = "NAME=FILE", help_heading = "Lent")]
    input: Vec<InputSpec>,

    #[command(flatten)]
    changes: ChangeOptions,
}

pub(super) fn run(arguments: Arguments) -> Result<u8> {
    let program = Program::of(&arguments)?;
    let lent = arguments.sandbox.lent(Asked::Terminal)?;
    arguments.changes.check(&lent)?;
    let recording = &arguments.sandbox.recording;
    // The interpreter takes some milliseconds, too.
    let journal = recording.open_early()?;
    let furnished = furnished(&arguments, &program, &lent, &Interpreter::find(arguments.sandbox.image.as_deref())?)?;
    let mut runner = prepare(&furnished, &program, &arguments, &lent)?.begin(recording, journal)?;
    let status = Commanded { arguments, program, lent }.run(&mut runner)?;
    if let Runner::Plain(sandbox) = runner {
        // The process is about to end, which takes the sandbox away faster than taking it apart.
        std::mem::forget((sandbox, furnished));
    }
    Ok(status)
}

/// A program with its command line, which says how its end is told.
pub(super) struct Commanded {
    arguments: Arguments,
    program: Program,
    lent: Lent,
}

impl Commanded {
    /// Returns whether what the program prints is kept for its outcome.
    pub(super) fn keeps_output(&self) -> bool {
        self.arguments.json
    }

    /// Returns whether the program's text was read from stdin: no command line has it.
    pub(super) fn came_on_stdin(&self) -> bool {
        self.program.reads_stdin
    }

    /// Runs the program from its beginning to its end. Returns the exit status.
    pub(super) fn run(&self, runner: &mut Runner) -> Result<u8> {
        let interrupts = Interrupts::take();
        interrupts.aim(runner.interrupter());
        let outcome = outcome(runner, &self.program)?;
        self.conclude(runner, &outcome)
    }

    /// Returns whether something is done when the program has ended.
    pub(super) fn has_conclusion(&self) -> bool {
        self.arguments.json || self.arguments.changes.is_asked()
    }

    /// Tells what came of the program, and does with its changes what was asked for. Returns the exit status.
    pub(super) fn conclude(&self, runner: &mut Runner, outcome: &Outcome) -> Result<u8> {
        let Self { arguments, program, lent } = self;
        runner.close()?;
        let first_lent = u32::from(program.folder.is_some());
        let changes = arguments.changes.finish(runner.sandbox(), lent, (first_lent, outcome));
        if arguments.json {
            print(outcome, changes.as_ref().ok().and_then(Option::as_deref))?;
        } else {
            // Nothing was kept but what the sandbox itself has to say.
            output::write(exuvia_core::Stream::Stderr, outcome.stderr.as_bytes());
            explain(outcome, &arguments.sandbox.limits(lent, false));
            if !arguments.with_script {
                advise_packages(outcome, program);
            }
        }
        if let Some(changes) = changes?
            && !arguments.json
        {
            changes::say(&changes);
        }
        if self.has_conclusion() {
            // Where this process ends before, a resumed one does it all.
            runner.note_concluded()?;
        }
        Ok(exit::status(outcome))
    }
}

/// Prepares what a program that has begun to run goes on with. Nothing is read from stdin.
pub(super) fn again(mut arguments: Arguments, given: &Given) -> Result<Begun> {
    if given.replace(&mut arguments.sandbox) {
        arguments.with_script = false;
    }
    let program = Program::begun(&arguments)?;
    let lent = arguments.sandbox.lent(Asked::Terminal)?;
    let interpreter = Interpreter::find(arguments.sandbox.image.as_deref())?;
    let furnished = furnished(&arguments, &program, &lent, &interpreter)?;
    let prepared = prepare(&furnished, &program, &arguments, &lent)?;
    let version = interpreter.image().manifest().version.clone();
    let colours = arguments.sandbox.colours();
    Ok(Begun { prepared, version, colours, program: Some(Commanded { arguments, program, lent }) })
}

/// Makes an interpreter ready with the packages that the command line, the configuration and the script ask for.
fn furnished(arguments: &Arguments, program: &Program, lent: &Lent, interpreter: &Interpreter) -> Result<Furnished> {
    let mut wanted = arguments.sandbox.packages.wanted(lent);
    if arguments.with_script {
        wanted.add_script(&program.metadata()?, interpreter)?;
    }
    wanted.furnish(interpreter)
}

/// Prepares the program's sandbox.
fn prepare(furnished: &Furnished, program: &Program, arguments: &Arguments, lent: &Lent) -> Result<Prepared> {
    let options = arguments.sandbox.clone();
    let (reads_stdin, json, folder) = (program.reads_stdin, arguments.json, program.folder.clone());
    let host = move || {
        let mut host = options.host();
        if !reads_stdin {
            host = host.stdin(Stdin::reader(io::stdin()));
        }
        if !json {
            host = host.output(output::write);
        }
        if let Some(folder) = &folder {
            host = host.mount(Folder::open(folder).map_err(|error| failure::Failure::unreadable(folder, &error))?);
        }
        Ok(host)
    };
    let mut prepared = Prepared::new(furnished, lent, host, |live| Box::new(live));
    arguments.sandbox.furnish(&mut prepared, arguments.json)?;
    let opened = &mut prepared.opened;
    // What is wrong with metadata is said where packages are installed by them.
    let wishes = program.metadata().unwrap_or_default().tool.exuvia;
    if program.folder.is_some() {
        let mode = match wishes.workspace {
            Some(Workspace::Overlay) => MountMode::Overlay,
            None => MountMode::ReadOnly,
        };
        opened.mounts.insert(0, MountPoint { path: WORK.to_owned(), mode });
    }
    opened.files.extend(inputs::files(&arguments.input)?);
    let has_inputs = !arguments.input.is_empty() || opened.mounts.iter().any(|mount| mount.path == inputs::FOLDER);
    if !wishes.inputs.is_empty() && !has_inputs {
        // So the folder is there, and the program's own.
        opened.files.push(GivenFile { path: format!("{}/.keep", inputs::FOLDER), content: Vec::new() });
    }
    if let Some((path, content)) = &program.file {
        opened.files.push(GivenFile { path: path.clone(), content: content.clone() });
    }
    Ok(prepared)
}

/// Runs the program, and then what it has left to be done at its end.
fn outcome(runner: &mut Runner, program: &Program) -> Result<Outcome> {
    let outcome = runner.perform(program.source())?;
    if !runner.is_alive() {
        return Ok(outcome);
    }
    let end = runner.perform(Source::Finish)?;
    Ok(combine(outcome, end))
}

/// Puts the program's outcome and that of its end together as CPython does: what ends the process at the end counts, and
/// so does a limit; what was raised there was printed and counts for nothing.
pub(super) fn combine(mut outcome: Outcome, end: Outcome) -> Outcome {
    outcome.stdout.push_str(&end.stdout);
    outcome.stderr.push_str(&end.stderr);
    let limited = end.error.as_ref().is_some_and(|error| error.limit.is_some());
    match end.status {
        Status::Exited { .. } | Status::Stopped { .. } => outcome.status = end.status,
        Status::Raised if limited || outcome.status == Status::Finished => {
            outcome.status = end.status;
            outcome.error = end.error;
        }
        Status::Raised | Status::Finished => {}
    }
    let (first, second) = (outcome.usage, end.usage);
    outcome.usage = Usage {
        wall_time: first.wall_time.saturating_add(second.wall_time),
        cpu_time: first.cpu_time.saturating_add(second.cpu_time),
        memory_bytes: first.memory_bytes.max(second.memory_bytes),
        output_bytes: first.output_bytes.saturating_add(second.output_bytes),
        host_calls: first.host_calls.saturating_add(second.host_calls),
    };
    outcome
}

/// Prints the outcome as JSON, on one line unless somebody is looking.
fn print(outcome: &Outcome, changes: Option<&[Line]>) -> Result<()> {
    #[derive(Serialize)]
    struct Whole<'a> {
        #[serde(flatten)]
        outcome: &'a Outcome,
        #[serde(skip_serializing_if = "Option::is_none")]
        changes: Option<&'a [Line]>,
    }
    let whole = Whole { outcome, changes };
    let pretty = io::stdout().is_terminal();
    let mut json = if pretty { serde_json::to_vec_pretty(&whole) } else { serde_json::to_vec(&whole) }?;
    json.push(b'\n');
    output::print(&json);
    Ok(())
}

/// Says what the program could not say itself: that it was stopped, and what to do about a limit.
fn explain(outcome: &Outcome, limits: &Limits) {
    if let Status::Stopped { reason } = outcome.status {
        failure::complain(&super::stopped(reason, &outcome.usage, limits), reason.limit().map(raise));
    } else if let Some(error) = &outcome.error
        && let Some(limit) = error.limit
    {
        failure::advise(raise(limit));
    }
}

/// Where a module was missing that the script's own metadata may name, says how to get it.
fn advise_packages(outcome: &Outcome, program: &Program) {
    let missing = outcome.error.as_ref().is_some_and(|error| error.type_name == "ModuleNotFoundError");
    if missing && program.metadata().is_ok_and(|metadata| !metadata.dependencies.is_empty()) {
        failure::advise("the script names packages that it needs: install them with --with-script");
    }
}

fn raise(limit: LimitKind) -> &'static str {
    match limit {
        LimitKind::Time => "raise it with --timeout",
        LimitKind::Cpu => "raise it with --cpu-time",
        LimitKind::Memory => "raise it with --memory",
        LimitKind::Output => "raise it with --output-limit",
    }
}
