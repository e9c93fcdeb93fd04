//! Sessions of programs that were killed: nothing is lost, nothing is done twice.

use std::fs;
use std::io::{BufRead as _, BufReader, Read as _};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::thread;
use std::time::Duration;

use tempfile::TempDir;

use crate::{Run, command, run};

/// A journal and a folder of a test's own.
pub(super) struct Place {
    folder: TempDir,
}

impl Place {
    pub(super) fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    pub(super) fn path(&self, name: &str) -> String {
        self.folder.path().join(name).to_str().unwrap().to_owned()
    }

    pub(super) fn write(&self, name: &str, content: &str) -> String {
        fs::write(self.folder.path().join(name), content).unwrap();
        self.path(name)
    }

    pub(super) fn command(&self, arguments: &[&str]) -> std::process::Command {
        let mut command = command(arguments);
        command.env("EXUVIA_JOURNAL", self.path("journal")).current_dir(self.folder.path());
        command
    }

    pub(super) fn exuvia(&self, arguments: &[&str]) -> Run {
        run(&mut self.command(arguments), b"")
    }

    pub(super) fn given(&self, arguments: &[&str], stdin: &str) -> Run {
        run(&mut self.command(arguments), stdin.as_bytes())
    }

    /// Starts a program and kills it when it has printed so many lines. Returns those.
    fn killed_after(&self, arguments: &[&str], lines: usize) -> String {
        let mut child = self.command(arguments).stdin(Stdio::null()).stdout(Stdio::piped()).spawn().unwrap();
        let mut output = BufReader::new(child.stdout.take().unwrap());
        let mut printed = String::new();
        for _ in 0..lines {
            output.read_line(&mut printed).unwrap();
        }
        child.kill().unwrap();
        child.wait().unwrap();
        output.read_to_string(&mut printed).unwrap();
        printed
    }

    /// Starts a program and kills it when this file is there.
    fn killed_at(&self, arguments: &[&str], mark: &str) {
        let mut command = self.command(arguments);
        let mut child = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        while !fs::exists(mark).unwrap() {
            assert!(child.try_wait().unwrap().is_none(), "it has ended");
            thread::sleep(Duration::from_millis(5));
        }
        child.kill().unwrap();
        child.wait().unwrap();
    }

    /// Runs a program and kills it after this time, if it has not ended. Returns what it printed, and its status if it has.
    fn killed_in(&self, arguments: &[&str], time: Duration) -> (String, Option<i32>) {
        let mut child = self.command(arguments).stdin(Stdio::null()).stdout(Stdio::piped()).spawn().unwrap();
        let mut output = child.stdout.take().unwrap();
        let reader = thread::spawn(move || {
            let mut printed = String::new();
            output.read_to_string(&mut printed).unwrap();
            printed
        });
        thread::sleep(time);
        child.kill().unwrap();
        let status = child.wait().unwrap();
        (reader.join().unwrap(), status.code())
    }
}

/// Adds what was printed after a process was killed. What it had just printed may come again, if it was killed before it
/// could say so: no line of these programs is like another one.
fn join(printed: &mut String, more: &str) {
    let last = printed.trim_end_matches('\n').rsplit('\n').next().unwrap_or_default().to_owned();
    let again = more.strip_prefix(&format!("{last}\n")).filter(|_| !last.is_empty());
    printed.push_str(again.unwrap_or(more));
}

/// Asks for everything that comes from outside, and prints it.
const PROGRAM: &str = r#"
import asyncio, os, random, time
async def tick(name):
    for n in range(4):
        await asyncio.sleep(0.5)
        print(name, n, time.monotonic(), flush=True)
async def main():
    await asyncio.gather(tick("a"), tick("b"))
for step in range(6):
    print(step, random.random(), os.urandom(4).hex(), time.time(), flush=True)
    with open("/tmp/log", "a") as log:
        log.write(f"{step} {time.time()}\n")
    sum(range(400_000))
    time.sleep(1)
    asyncio.run(main())
print(open("/tmp/log").read(), sum(os.stat("/tmp/log")[6:]))
"#;
const REPEATABLE: [&str; 4] = ["--clock", "fixed:2026-01-31T12:00:00Z", "--seed", "5"];

#[test]
fn a_program_that_is_killed_again_and_again_comes_to_the_same_end() {
    let place = Place::new();
    let program = place.write("program.py", PROGRAM);
    let whole = place.exuvia(&[&["run", "--session", "whole"], &REPEATABLE[..], &[&program]].concat());
    assert_eq!((whole.status, whole.stderr.as_str()), (0, ""));
    let begin = [&["run", "--session", "killed"], &REPEATABLE[..], &[&program]].concat();
    let mut printed = place.killed_after(&begin, 3);
    for attempt in 0u64.. {
        assert!(attempt < 200, "it does not get on: {printed}");
        let (more, status) = place.killed_in(&["resume", "killed"], Duration::from_millis(40 + 23 * attempt));
        join(&mut printed, &more);
        if let Some(status) = status {
            // 2: it was killed when it had come to its end, and not yet said so.
            assert!(status == 0 || status == 2 && more.is_empty(), "{status}: {more}");
            break;
        }
    }
    assert_eq!(printed, whole.stdout);
    let replays = ["whole", "killed"].map(|session| place.exuvia(&["replay", session, "--json"]));
    let memories = replays.map(|replay| {
        let report: serde_json::Value = serde_json::from_str(&replay.stdout).unwrap_or_else(|_| panic!("{replay:?}"));
        report["memory"].as_str().unwrap().to_owned()
    });
    assert_eq!(memories[0], memories[1]);
    assert_eq!(place.exuvia(&["replay", "killed"]).stdout, whole.stdout);
    assert_eq!(place.exuvia(&["session", "verify", "killed"]).status, 0);
}

#[test]
fn a_tool_is_called_once_for_each_answer() {
    let place = Place::new();
    let calls = place.path("calls");
    fs::write(place.folder.path().join("note.sh"), format!("echo \"$1\" >> '{calls}'\necho noted \"$1\"\n")).unwrap();
    let config = place.write(
        "exuvia.toml",
        "[tools.note]\ndescription = \"Notes a text.\"\ncommand = [\"sh\", \"note.sh\", \"{text}\"]\nparameters = { text = \"str\" }\n",
    );
    let program = place.write(
        "program.py",
        "from exuvia import ToolInterrupted\nfrom exuvia.tools import note\nfor n in range(20):\n    try:\n        print(note(str(n)).strip(), flush=True)\n    except \
         ToolInterrupted:\n        print('perhaps', n, flush=True)\n    sum(range(300_000))\nprint('done')\n",
    );
    let begin = ["run", "--session", "tools", "--config", &config, &program];
    let mut printed = place.killed_after(&begin, 2);
    for attempt in 0u64.. {
        assert!(attempt < 200, "it does not get on: {printed}");
        let (more, status) = place.killed_in(&["resume", "tools"], Duration::from_millis(150 + 31 * attempt));
        join(&mut printed, &more);
        if status.is_some() {
            break;
        }
    }
    let calls = fs::read_to_string(calls).unwrap();
    let mut once: Vec<&str> = calls.lines().collect();
    once.dedup();
    assert_eq!(calls.lines().count(), once.len(), "a call was made twice: {calls}");
    let replayed = place.exuvia(&["replay", "tools"]);
    assert_eq!((replayed.status, replayed.stdout), (0, printed));
}

#[test]
fn a_session_is_resumed_forked_undone_and_replayed() {
    let place = Place::new();
    assert_eq!(place.given(&["repl", "--session", "cells"], "x = [1]\nx.append(2)\nx\n").stdout, "[1, 2]\n");
    assert_eq!(place.given(&["resume", "cells"], "x.append(3); x\nx.append(4)\n").stdout, "[1, 2, 3]\n");
    // That its stdin came to its end is no cell to those who wrote the others.
    assert_eq!(place.exuvia(&["undo", "cells"]).status, 0);
    let fork = place.exuvia(&["fork", "cells", "--at", "1", "--name", "other", "--detach"]);
    assert_eq!(fork.status, 0);
    assert_eq!(place.given(&["resume", fork.stdout.trim()], "x\n").stdout, "[1]\n");
    assert_eq!(place.given(&["resume", "cells"], "x\n").stdout, "[1, 2, 3]\n");
    assert_eq!(place.given(&["fork", "cells"], "x.append(9); x\n").stdout, "[1, 2, 3, 9]\n");
    assert_eq!(place.exuvia(&["undo", "cells", "--to", "0"]).status, 0);
    let nothing = place.exuvia(&["undo", "cells"]);
    assert_eq!((nothing.status, nothing.stdout.as_str()), (2, ""));
    assert_eq!(place.given(&["resume", "cells"], "'x' in dir()\n").stdout, "False\n");
    for session in ["cells", "other"] {
        assert_eq!(place.exuvia(&["replay", session, "-q"]).status, 0, "{session}");
    }
    let missing = place.exuvia(&["resume", "celsl"]);
    assert_eq!(missing.status, 2);
    assert!(missing.stderr.contains("there is no session `celsl`"), "{}", missing.stderr);
    let beyond = place.exuvia(&["fork", "cells", "--at", "99", "--detach"]);
    assert_eq!(beyond.status, 2);
    assert!(beyond.stderr.contains("no cell 99"), "{}", beyond.stderr);
}

#[test]
fn an_export_is_replayed_from_another_journal() {
    let (place, other) = (Place::new(), Place::new());
    let data = place.write("data.txt", "some data\n");
    let program = place.write("program.py", "print(open('/workspace/data.txt').read(), end='')\n");
    assert_eq!(place.exuvia(&["run", "--session", "it", &program]).stdout, "some data\n");
    let file = place.path("it.session");
    assert_eq!(place.exuvia(&["session", "export", "it", "-o", &file]).status, 0);
    // The folder is not read any more.
    fs::remove_file(data).unwrap();
    assert_eq!(other.exuvia(&["session", "import", &file]).status, 0);
    let replayed = other.exuvia(&["replay", "it"]);
    assert_eq!((replayed.status, replayed.stdout.as_str()), (0, "some data\n"));
}

#[test]
fn a_replay_needs_nothing_that_the_session_was_lent() {
    let place = Place::new();
    fs::create_dir(place.path("data")).unwrap();
    place.write("data/text", "lent\n");
    let tool = "[tools.shout]\ndescription = \"Says it.\"\ncommand = [\"echo\", \"{text}\"]\nparameters = { text = \"str\" }\n";
    let config = place.write("exuvia.toml", tool);
    let code = "from exuvia.tools import shout\nprint(open('/data/text').read() + shout('HERE'))\n";
    let program = place.write("program.py", code);
    let mount = format!("{}:/data", place.path("data"));
    let ran = place.exuvia(&["run", "--session", "it", "--config", &config, "--mount", &mount, &program]);
    assert_eq!((ran.status, ran.stdout.as_str()), (0, "lent\nHERE\n\n"), "{ran:?}");
    fs::remove_dir_all(place.path("data")).unwrap();
    fs::remove_file(config).unwrap();
    fs::remove_file(program).unwrap();
    let replayed = place.exuvia(&["replay", "it"]);
    assert_eq!((replayed.status, replayed.stdout), (0, ran.stdout), "{}", replayed.stderr);
}

/// What a session was lent stands in its journal: a file from somebody else must not choose what it is lent here.
#[test]
fn an_imported_session_is_lent_nothing_unless_it_is_trusted() {
    let (place, other) = (Place::new(), Place::new());
    let mount = format!("{}:/data:rw", place.path("data"));
    fs::create_dir(place.path("data")).unwrap();
    assert_eq!(place.given(&["repl", "--session", "it", "--mount", &mount], "x = 1\n").status, 0);
    let file = place.path("it.session");
    assert_eq!(place.exuvia(&["session", "export", "it", "-o", &file]).status, 0);
    assert_eq!(other.exuvia(&["session", "import", &file]).status, 0);
    let cell = "open('/data/written', 'w').write('here'); x\n";
    for command in ["resume", "fork"] {
        let refused = other.given(&[command, "it"], cell);
        assert_eq!((refused.status, refused.stdout.as_str()), (2, ""));
        assert!(refused.stderr.contains("was imported") && refused.stderr.contains("--mount"), "{}", refused.stderr);
    }
    assert_eq!(other.exuvia(&["replay", "it", "-q"]).status, 0);
    assert!(!fs::exists(place.path("data/written")).unwrap());
    assert_eq!(other.given(&["resume", "it", "--trust"], cell).stdout, "1\n");
    assert!(fs::exists(place.path("data/written")).unwrap());
    assert_eq!(place.given(&["resume", "it"], "x\n").stdout, "1\n");
}

#[test]
fn what_is_not_recorded_runs_the_same() {
    let place = Place::new();
    let code = "import random, os, time; print(random.random(), os.urandom(5), time.time(), time.monotonic())";
    let recorded = place.exuvia(&[&["run"], &REPEATABLE[..], &["-c", code]].concat());
    let plain = place.exuvia(&[&["run", "--no-record"], &REPEATABLE[..], &["-c", code]].concat());
    assert_eq!(recorded.stdout, plain.stdout);
    let list = place.exuvia(&["session", "list", "--json"]);
    let sessions: serde_json::Value = serde_json::from_str(&list.stdout).unwrap();
    assert_eq!(sessions.as_array().map(Vec::len), Some(1), "{list:?}");
}

fn files_below(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.flat_map(|path| if path.is_dir() { files_below(&path) } else { Vec::from([path]) }).collect()
}

/// Programs that run for long enough for checkpoints to be due, a prompt of many cells, and what is exported of them.
#[test]
fn a_secret_is_never_written_down() {
    const SECRET: &str = "k9-very-secret-0451";
    const PROGRAM: &str = "import os, time; token = os.environ['TOKEN']; time.sleep(1.5); print(len(token))";
    let place = Place::new();
    let secretly =
        |arguments: &[&str], input: &str| run(place.command(arguments).env("TOKEN", SECRET), input.as_bytes());
    let expected = format!("{}\n", SECRET.len());
    let ran = secretly(&["run", "--session", "secret", "--secret-env", "TOKEN", "-c", PROGRAM], "");
    assert_eq!(ran.stdout, expected);
    let cells: String = (0..40).map(|number| format!("import os; x = [os.environ['TOKEN'], {number}]\n")).collect();
    assert_eq!(secretly(&["repl", "--session", "typed", "--secret-env", "TOKEN"], &cells).status, 0);
    assert_eq!(secretly(&["resume", "typed"], "print(len(x[0]))\n").stdout, expected);
    assert_eq!(secretly(&["fork", "typed", "--name", "forked"], "print(len(x[0]))\n").stdout, expected);
    for session in ["secret", "typed", "forked"] {
        let file = place.path(&format!("{session}.exuvia"));
        let export = ["session", "export", session, "--with-checkpoints", "--output", &file];
        assert_eq!(place.exuvia(&export).status, 0);
        let mut content = String::new();
        flate2::read::MultiGzDecoder::new(fs::File::open(&file).unwrap()).read_to_string(&mut content).unwrap();
        assert!(content.contains("\"opened\"") && !content.contains(SECRET), "{session}");
        // It would hold the memory, compressed and in base64.
        assert!(!content.contains("{\"checkpoint\":"), "{session}");
    }
    for path in files_below(Path::new(&place.path("journal"))) {
        let content = fs::read(&path).unwrap();
        let found = content.windows(SECRET.len()).any(|bytes| bytes == SECRET.as_bytes());
        assert!(!found, "{}", path.display());
    }
    let without = run(place.command(&["replay", "secret"]).env_remove("TOKEN"), b"");
    assert_eq!(without.status, 2);
    assert!(without.stderr.contains("`TOKEN` is not set"), "{}", without.stderr);
    assert_eq!(secretly(&["replay", "secret"], "").status, 0);
}

/// Whatever cell it was killed in, its outcome is made of all of them. `sys.exit` and `atexit` are CPython's.
#[test]
fn a_resumed_program_tells_what_an_uninterrupted_one_does() {
    const PROGRAM: &str = r#"
import atexit, os, sys, time
def stop(place):
    if os.environ["PLACE"] == place:
        open("/data/" + place, "w").close()
        time.sleep(1)
def end():
    print("at its end")
    stop("end")
atexit.register(end)
print("begun")
print("told", file=sys.stderr)
stop("middle")
open("/changed/new", "w").close()
print("done")
sys.exit(3)
"#;
    let place = Place::new();
    let program = place.write("program.py", PROGRAM);
    for (number, stop) in ["middle", "end"].into_iter().enumerate() {
        for folder in ["data", "changed"] {
            let path = place.path(folder);
            let _ = fs::remove_dir_all(&path);
            fs::create_dir(path).unwrap();
        }
        let (data, changed) =
            (format!("{}:/data:rw", place.path("data")), format!("{}:/changed:overlay", place.path("changed")));
        let (name, env) = (format!("killed-{number}"), format!("PLACE={stop}"));
        let lent = ["--mount", &data, "--mount", &changed, "--env", &env];
        let run = |session: &str, options: &[&str]| -> Vec<String> {
            let all = [&["run", "--session", session], options, &lent, &[&program]].concat();
            all.into_iter().map(str::to_owned).collect()
        };
        let mark = place.path(&format!("data/{stop}"));
        let kill = |arguments: Vec<String>| {
            let _ = fs::remove_file(&mark);
            place.killed_at(&arguments.iter().map(String::as_str).collect::<Vec<_>>(), &mark);
        };
        kill(run(&name, &["--json", "--changes"]));
        let resumed = place.exuvia(&["resume", &name]);
        assert_eq!((resumed.status, resumed.stderr.as_str()), (3, ""));
        let mut outcome: serde_json::Value = serde_json::from_str(&resumed.stdout).unwrap();
        outcome.as_object_mut().unwrap().remove("usage");
        let told = serde_json::json!({
            "status": "exited", "code": 3, "stdout": "begun\ndone\nat its end\n", "stderr": "told\n",
            "changes": [{"change": "added", "path": "/changed/new"}],
        });
        assert_eq!(outcome, told, "{stop}");

        let name = format!("{name}-plain");
        kill(run(&name, &[]));
        let whole = place.exuvia(&["resume", "--from-start", &name]);
        assert_eq!((whole.status, whole.stdout.as_str()), (3, "begun\ndone\nat its end\n"), "{stop}");
    }
}

#[test]
fn what_is_removed_leaves_nothing() {
    let place = Place::new();
    let begun = || fs::read_dir(place.path("journal/begun")).unwrap().count();
    for session in ["one", "two"] {
        assert_eq!(place.exuvia(&["run", "--session", session, "-c", "1"]).status, 0);
    }
    let taken = place.exuvia(&["run", "--session", "one", "-c", "1"]);
    assert!(taken.stderr.starts_with("error: session `") && taken.status == 2, "{taken:?}");
    assert_eq!(place.exuvia(&["fork", "one", "--at", "9", "--detach"]).status, 2);
    assert_eq!(begun(), 2);
    assert_eq!(place.exuvia(&["session", "rm", "one"]).status, 0);
    assert_eq!(begun(), 1);
    assert_eq!(place.exuvia(&["session", "prune", "--keep-bytes", "0"]).status, 0);
    assert_eq!(begun(), 0);
}

/// The third example of the README: what it prints up to the replay is what it prints there again.
#[test]
fn the_example_is_killed_resumed_forked_and_replayed() {
    let place = Place::new();
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../examples/harvest");
    let mut demo = std::process::Command::new("sh");
    let like = command(&[]);
    demo.envs(like.get_envs().filter_map(|(name, value)| Some((name, value?))));
    demo.env("EXUVIA_JOURNAL", place.path("journal")).current_dir(folder);
    let ran = run(demo.args(["demo.sh", env!("CARGO_BIN_EXE_exuvia")]), b"");
    assert_eq!(ran.status, 0, "{ran:?}");
    let parts: Vec<&str> = ran.stdout.split("-- ").collect();
    let [killed, resumed, forked, replayed] = parts[..] else { panic!("{ran:?}") };
    let after = |part: &str| part.split_once('\n').unwrap().1.to_owned();
    let whole = format!("{killed}{}", after(resumed));
    assert!(killed.lines().count() < 10 && whole.lines().count() == 11, "{ran:?}");
    assert!(after(forked).starts_with("10 fields; {\"1\": "), "{ran:?}");
    assert!(after(replayed).starts_with(&whole), "{ran:?}");
}
