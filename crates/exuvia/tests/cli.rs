//! Runs the real program and compares all that comes out of it.
//!
//! The interpreter image must have been built: `cargo xtask image`. Expected texts are what CPython 3.14 prints.
#![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "a test may panic, and starts processes")]

mod cli {
    mod agent;
    mod approvals;
    mod begun;
    mod carried;
    mod changes;
    mod help;
    mod images;
    mod interrupts;
    mod lent;
    mod limits;
    mod mcp;
    mod mcp_clients;
    mod mcp_http;
    mod network;
    mod outcomes;
    mod packages;
    mod programs;
    mod ready;
    mod recorded;
    mod sandbox;
    mod session;
    mod session_care;
    mod session_faults;
    mod session_files;
    mod sessions;
}

/// A client that sends what it is told to: the one of the transport's own tests.
#[allow(dead_code, reason = "those have uses for more of it")]
#[path = "../../exuvia-mcp/tests/http/client.rs"]
mod http_client;

/// Runs of MCP's conformance suite.
#[path = "../../exuvia-mcp/tests/http/scenarios.rs"]
mod scenarios;

/// A real HTTP server: the one of the tools' own tests.
#[path = "../../exuvia-tools/tests/suite/server.rs"]
mod server;

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU64, Ordering};

/// What a run of the program gave.
#[derive(Debug, PartialEq, Eq)]
struct Run {
    status: i32,
    stdout: String,
    stderr: String,
}

/// What a run should give.
fn gives(status: i32, stdout: &str, stderr: &str) -> Run {
    Run { status, stdout: stdout.to_owned(), stderr: stderr.to_owned() }
}

/// Runs the program with these arguments and nothing on stdin.
fn exuvia(arguments: &[&str]) -> Run {
    run(&mut command(arguments), b"")
}

/// Runs Python code given with `-c`, after some options.
fn code(options: &[&str], code: &str) -> Run {
    exuvia(&[&["run"], options, &["-c", code]].concat())
}

/// The program with these arguments: it uses the image of the workspace and sees no colours of the surroundings.
fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_exuvia"));
    command
        .args(arguments)
        .env("EXUVIA_IMAGE", image())
        .env("EXUVIA_CACHE", image().with_file_name("compiled"))
        .env("EXUVIA_JOURNAL", own_journal())
        // Whoever runs the tests may have some.
        .env("EXUVIA_SKILLS", image().with_file_name("no-skills"))
        .env_remove("NO_COLOR");
    command
}

/// Returns the folder with the journals of this run of the tests.
fn journals() -> &'static Path {
    static JOURNALS: LazyLock<PathBuf> = LazyLock::new(|| {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("journals");
        // What an earlier run has left is not there as a rule.
        let _ = fs::remove_dir_all(&folder);
        folder
    });
    &JOURNALS
}

/// Returns a folder for the journal of one command.
fn own_journal() -> PathBuf {
    static COMMANDS: AtomicU64 = AtomicU64::new(0);
    journals().join(COMMANDS.fetch_add(1, Ordering::Relaxed).to_string())
}

/// Runs a command. What it has recorded in a journal of its own is then replayed, and must be the same.
fn run(command: &mut Command, stdin: &[u8]) -> Run {
    let gave = run_once(command, stdin);
    let journal = command.get_envs().find(|(name, _)| *name == "EXUVIA_JOURNAL").and_then(|(_, folder)| folder);
    if journal.is_some_and(|folder| Path::new(folder).starts_with(journals()) && Path::new(folder).is_dir()) {
        replay_all(command);
    }
    gave
}

/// Replays all sessions in the journal of a command, in the surroundings of that command.
fn replay_all(command: &Command) {
    let again = |arguments: &[&str]| {
        let mut again = Command::new(env!("CARGO_BIN_EXE_exuvia"));
        again.args(arguments);
        for (name, value) in command.get_envs() {
            match value {
                Some(value) => again.env(name, value),
                None => again.env_remove(name),
            };
        }
        if let Some(folder) = command.get_current_dir() {
            again.current_dir(folder);
        }
        run_once(&mut again, b"")
    };
    let sessions: serde_json::Value = serde_json::from_str(&again(&["session", "list", "--json"]).stdout).unwrap();
    // Where nothing has run, there is nothing to run again.
    let run = sessions.as_array().unwrap().iter().filter(|session| session["cells"].as_u64().unwrap() > 0);
    for session in run {
        let replayed = again(&["replay", "--quiet", session["session"].as_str().unwrap()]);
        assert_eq!((replayed.status, replayed.stdout.as_str()), (0, ""), "{command:?}: {}", replayed.stderr);
    }
}

fn run_once(command: &mut Command, stdin: &[u8]) -> Run {
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    // A program that does not read its stdin may have ended already.
    let _ = child.stdin.take().unwrap().write_all(stdin);
    told(&child.wait_with_output().unwrap())
}

fn told(output: &Output) -> Run {
    Run {
        status: output.status.code().unwrap(),
        stdout: String::from_utf8(output.stdout.clone()).unwrap(),
        stderr: String::from_utf8(output.stderr.clone()).unwrap(),
    }
}

fn image() -> PathBuf {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/image/cpython.exuvia");
    assert!(path.is_file(), "there is no interpreter image: build it with `cargo xtask image`");
    path
}

/// A folder with these files.
fn folder(files: &[(&str, &[u8])]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, content) in files {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }
    folder
}

/// Runs a file of a folder.
fn file(folder: &tempfile::TempDir, name: &str, arguments: &[&str]) -> Run {
    let path = folder.path().join(name);
    exuvia(&[&["run", path.to_str().unwrap()], arguments].concat())
}

/// Waits until a program has made this file.
fn wait_for(mark: &Path) {
    while !mark.exists() {
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
}
