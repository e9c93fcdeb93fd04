//! Ctrl-C.

use std::io::{BufRead as _, BufReader, Read as _};
use std::process::{Command, Stdio};

use rustix::process::{Pid, Signal, kill_process};

use crate::{Run, command, gives};

/// Returns what runs code that may be interrupted, and ends in any case.
///
/// A program does not take Ctrl-C back that whoever started it has it ignore: these tests may have been started in the
/// background themselves. GNU's `env` can have it listen.
fn listening(code: &str) -> Command {
    listens(command(&["run", "--timeout", "5m", "-c", code]))
}

/// Returns what runs a command that is to take Ctrl-C.
pub(super) fn listens(exuvia: Command) -> Command {
    if !cfg!(target_os = "linux") {
        return exuvia;
    }
    let mut env = Command::new("env");
    env.arg("--default-signal=INT").arg(exuvia.get_program()).args(exuvia.get_args());
    for (name, value) in exuvia.get_envs() {
        match value {
            Some(value) => env.env(name, value),
            None => env.env_remove(name),
        };
    }
    if let Some(folder) = exuvia.get_current_dir() {
        env.current_dir(folder);
    }
    env
}

/// Runs code that prints `ready` when it is to be interrupted, this many times, and then what it prints after that.
fn interrupted(code: &str, times: usize) -> Run {
    let mut child =
        listening(code).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut stdout = BufReader::new(child.stdout.take().unwrap());
    let mut line = String::new();
    stdout.read_line(&mut line).unwrap();
    assert_eq!(line, "ready\n");
    for _ in 0..times {
        kill_process(Pid::from_child(&child), Signal::INT).unwrap();
    }
    let mut run = gives(0, "", "");
    stdout.read_to_string(&mut run.stdout).unwrap();
    child.stderr.take().unwrap().read_to_string(&mut run.stderr).unwrap();
    run.status = child.wait().unwrap().code().unwrap();
    run
}

#[test]
fn a_loop_is_interrupted() {
    let run = interrupted("print('ready')\nwhile True: pass", 1);
    assert_eq!((run.status, run.stdout.as_str()), (130, ""));
    // Which line runs when the signal comes is chance.
    assert!(run.stderr.ends_with("\nKeyboardInterrupt\n"), "{}", run.stderr);
}

#[test]
fn reading_and_sleeping_are_interrupted() {
    for waiting in ["input()", "__import__('time').sleep(100)"] {
        let run = interrupted(&format!("print('ready')\n{waiting}"), 1);
        assert_eq!((run.status, run.stdout.as_str()), (130, ""), "{waiting}");
        assert!(run.stderr.ends_with("\nKeyboardInterrupt\n"), "{}", run.stderr);
    }
}

#[test]
fn an_interrupt_that_is_caught_is_the_programs_own() {
    let code = "try:\n  print('ready')\n  input()\nexcept KeyboardInterrupt: print('caught')";
    assert_eq!(interrupted(code, 1), gives(0, "caught\n", ""));
}

#[test]
fn a_second_interrupt_ends_what_does_not_listen() {
    let code = "import signal; signal.signal(signal.SIGINT, lambda *_: None); print('ready')\nwhile True: pass";
    let run = interrupted_until_it_ends(code);
    assert_eq!(run, gives(130, "", "error: the program did not listen to Ctrl-C and was ended\n"));
}

/// Interrupts again and again: signals that come at once are one signal.
fn interrupted_until_it_ends(code: &str) -> Run {
    let mut child = listening(code).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut stdout = BufReader::new(child.stdout.take().unwrap());
    let mut line = String::new();
    stdout.read_line(&mut line).unwrap();
    while child.try_wait().unwrap().is_none() {
        kill_process(Pid::from_child(&child), Signal::INT).unwrap();
        std::thread::yield_now();
    }
    let mut run = gives(child.wait().unwrap().code().unwrap(), "", "");
    stdout.read_to_string(&mut run.stdout).unwrap();
    child.stderr.take().unwrap().read_to_string(&mut run.stderr).unwrap();
    run
}
