//! Sessions in which nothing had begun when they are gone on with, or nothing stands of what had.

use exuvia_core::journal::{Event, Opening, Store as _};
use exuvia_journal::{LocalStore, SqliteOptions};
use pollster::block_on;

use super::recorded::Place;
use crate::{Run, gives, run};

/// Copies the first events of a session to another journal: what a process leaves that is killed when it has written
/// them. Returns what runs commands there.
pub(super) fn killed_after(place: &Place, session: &str, events: usize) -> impl Fn(&[&str]) -> Run {
    let open = |folder: &str| LocalStore::open(folder.as_ref(), SqliteOptions::default()).unwrap();
    let from = open(&place.path("journal"));
    let id = block_on(from.find(session)).unwrap();
    let folder = place.path(&format!("{session}-{events}"));
    let mut events = block_on(from.read(&id, 0, events)).unwrap().into_iter();
    let Some(Event::Opened(opened)) = events.next().map(|first| first.event) else { panic!("it begins otherwise") };
    let opening = Opening { session: id.clone(), name: Some(session.to_owned()), opened: *opened, at: 0 };
    let mut writer = block_on(open(&folder).create(opening)).unwrap();
    let rest: Vec<(i64, Event)> = events.map(|recorded| (recorded.at, recorded.event)).collect();
    if !rest.is_empty() {
        block_on(writer.append(&rest)).unwrap();
    }
    std::fs::create_dir(format!("{folder}/begun")).unwrap();
    std::fs::write(format!("{folder}/begun/{id}"), "").unwrap();
    move |arguments| run(place.command(arguments).env("EXUVIA_JOURNAL", &folder), b"")
}

#[test]
fn a_program_that_had_not_begun_begins() {
    let place = Place::new();
    let program = place.write("program.py", "import sys; print('ran', *sys.argv[1:]); sys.exit(4)");
    assert_eq!(place.exuvia(&["run", "--session", "it", &program, "a", "b"]).status, 4);
    // How it was opened, what it has drawn of random bytes, its command line; and that its program begins.
    for events in [3, 4] {
        let exuvia = killed_after(&place, "it", events);
        assert_eq!(exuvia(&["resume", "it"]), gives(4, "ran a b\n", ""), "after {events} events");
        assert_eq!(exuvia(&["replay", "it"]).stdout, "ran a b\n");
    }
    // Before that it does not say what was to run.
    for events in [1, 2] {
        let unsaid = killed_after(&place, "it", events)(&["resume", "it"]);
        assert_eq!(unsaid.status, 2);
        assert!(unsaid.stderr.contains("ended before anything ran in it"), "{}", unsaid.stderr);
    }
}

#[test]
fn a_program_on_stdin_that_had_not_begun_is_lost() {
    let place = Place::new();
    assert_eq!(place.given(&["run", "--session", "it", "-"], "print(1)").stdout, "1\n");
    let lost = killed_after(&place, "it", 3)(&["resume", "it"]);
    assert_eq!((lost.status, lost.stdout.as_str()), (2, ""));
    assert!(lost.stderr.contains("which came on stdin"), "{}", lost.stderr);
}

/// It is not run again: it would be stopped again, and has done what it did outside.
#[test]
fn a_program_that_was_stopped_does_not_go_on() {
    let place = Place::new();
    assert_eq!(place.exuvia(&["run", "--session", "it", "-c", "import os; x = 1; os.abort()"]).status, 134);
    let resumed = place.given(&["resume", "it"], "print('at a prompt')\n");
    assert_eq!((resumed.status, resumed.stdout.as_str()), (2, ""));
    assert!(resumed.stderr.contains("was stopped from outside"), "{}", resumed.stderr);
    let replayed = place.exuvia(&["replay", "it"]);
    let told = "0 cells and 3 events as recorded; 3 events of cells that were stopped or undone are left out\n";
    assert_eq!(replayed, gives(0, "", told));
    let forked = place.given(&["fork", "it", "--at", "0", "--name", "other"], "'x' in dir()\n");
    assert_eq!((forked.status, forked.stdout.as_str()), (0, "False\n"));
}

#[test]
fn a_session_says_how_durable_it_was() {
    let place = Place::new();
    for durability in ["sync", "group", "async"] {
        let mut command = place.command(&["run", "--session", durability, "-c", "1"]);
        assert_eq!(run(command.env("EXUVIA_DURABILITY", durability), b"").status, 0);
        let shown = place.exuvia(&["session", "show", durability]).stdout;
        assert!(shown.contains(&format!("\"durability\":\"{durability}\"")), "{shown}");
    }
}

/// What such a fork shares has not the command line of the session that it was forked from.
#[test]
fn a_fork_from_before_the_first_cell_is_gone_on_with() {
    let place = Place::new();
    let data = place.write("data.txt", "some data\n");
    let folder = data.strip_suffix("/data.txt").unwrap();
    assert_eq!(place.given(&["repl", "--session", "it", "--mount", &format!("{folder}:/data")], "x = 1\n").status, 0);
    let fork = place.exuvia(&["fork", "it", "--at", "0", "--name", "other", "--detach"]);
    assert_eq!((fork.status, fork.stderr.as_str()), (0, ""));
    let read = "open('/data/data.txt').read()\n";
    assert_eq!(place.given(&["resume", "other"], read), gives(0, "'some data\\n'\n", ""));
    assert_eq!(place.exuvia(&["fork", "other", "--at", "0", "--name", "third", "--detach"]).status, 0);
    assert_eq!(place.given(&["resume", "third"], read), gives(0, "'some data\\n'\n", ""));
}

/// A fork of a program is at a prompt, however often it is left.
#[test]
fn a_fork_of_a_program_is_gone_on_with() {
    let place = Place::new();
    assert_eq!(place.exuvia(&["run", "--session", "it", "-c", "a = 1"]).status, 0);
    assert_eq!(place.given(&["fork", "it", "--name", "other"], "b = 2\n").status, 0);
    assert_eq!(place.given(&["resume", "other"], "print(a, b)\n"), gives(0, "1 2\n", ""));
    assert_eq!(place.given(&["resume", "other"], "a + b\n"), gives(0, "3\n", ""));
    let third = place.exuvia(&["fork", "other", "--detach"]);
    assert_eq!(place.given(&["resume", third.stdout.trim()], "b\n"), gives(0, "2\n", ""));
    // The program itself has ended, and its hint leads on.
    let ended = place.exuvia(&["resume", "it"]);
    assert!(
        ended.status == 2 && ended.stderr.contains("has ended\n    hint: go on from one of its cells"),
        "{ended:?}"
    );
}

/// Each fork has random bytes of its own, also where it was stepped back to before it had a cell.
#[test]
fn a_fork_that_is_stepped_back_stays_random() {
    let place = Place::new();
    let draw = "__import__('os').urandom(16).hex()\n";
    assert_eq!(place.given(&["repl", "--session", "it"], draw).status, 0);
    let drawn = ["one", "two"].map(|name| {
        // It is at its end after no cell at all.
        assert_eq!(place.given(&["fork", "it", "--name", name], "").status, 0);
        let first = place.given(&["resume", name], draw).stdout;
        assert_eq!(place.exuvia(&["undo", name]).status, 0);
        let again = place.given(&["resume", name], draw).stdout;
        assert_eq!((first.len(), place.exuvia(&["replay", name, "-q"]).status), (35, 0));
        assert_eq!(first, again, "what a fork draws follows from what it was opened with");
        first
    });
    let origin = place.given(&["resume", "it"], draw).stdout;
    assert!(drawn[0] != drawn[1] && !drawn.contains(&origin), "{drawn:?}, {origin}");
}

/// `--detach` runs nothing: neither what the program prints next, nor the tools that it calls next.
#[test]
fn a_detached_fork_of_a_program_that_was_killed_runs_nothing() {
    let place = Place::new();
    let calls = place.path("calls");
    let config = "[tools.note]\ndescription = \"Notes.\"\ncommand = [\"sh\", \"note.sh\"]\n";
    let config = place.write("exuvia.toml", config);
    place.write("note.sh", &format!("echo called >> '{calls}'\n"));
    let program = place.write("program.py", "from exuvia.tools import note\nprint('begun')\nnote()\nprint('done')\n");
    let begin = ["run", "--session", "it", "--config", &config, &program];
    assert_eq!(place.exuvia(&begin).stdout, "begun\ndone\n");
    std::fs::remove_file(&calls).unwrap();
    // Up to what it has printed.
    let exuvia = killed_after(&place, "it", 9);
    let fork = exuvia(&["fork", "it", "--name", "other", "--detach"]);
    assert_eq!((fork.status, fork.stdout.lines().count(), fork.stderr.as_str()), (0, 1, ""), "{fork:?}");
    let shown = exuvia(&["session", "show", "other"]).stdout;
    assert!(shown.contains("stdout     begun\n") && shown.contains("has not ended"), "{shown}");
    assert!(!std::fs::exists(&calls).unwrap() && !shown.contains("done"), "{shown}");
    assert_eq!(exuvia(&["resume", "other"]), gives(0, "done\n", ""));
    assert_eq!(std::fs::read_to_string(&calls).unwrap(), "called\n");
    assert_eq!(exuvia(&["replay", "other"]).stdout, "begun\ndone\n");
}

/// What Python does when a program, or a session at its prompt, is left is no cell: not where cells are counted, nor where
/// one is named.
#[test]
fn cells_are_counted_alike() {
    let place = Place::new();
    assert_eq!(place.exuvia(&["run", "--session", "it", "-c", "a = 1"]).status, 0);
    assert_eq!(place.given(&["repl", "--session", "two"], "a = 1\na\n").status, 0);
    for (session, cells, replayed) in [("it", 1, "1 cell and "), ("two", 2, "2 cells and ")] {
        let list: serde_json::Value =
            serde_json::from_str(&place.exuvia(&["session", "list", "--json"]).stdout).unwrap();
        let listed = list.as_array().unwrap().iter().find(|listed| listed["name"] == session).unwrap();
        assert_eq!(listed["cells"], cells);
        let id = listed["session"].as_str().unwrap();
        let again = place.exuvia(&["replay", session, "-q"]);
        assert!(again.status == 0 && again.stderr.starts_with(replayed), "{again:?}");
        let next = (cells + 1).to_string();
        for (arguments, cell) in [
            (["undo", session, "--to", "99"], "99"),
            (["undo", session, "--to", &next], &next),
            (["fork", session, "--at", &next], &next),
            (["replay", session, "--until", &next], &next),
        ] {
            let told = format!(
                "error: session `{id}` has no cell {cell} that stands: it has {cells}\n    \
                 hint: `exuvia session show {id}` lists them\n"
            );
            assert_eq!(place.exuvia(&arguments), gives(2, "", &told), "{arguments:?}");
        }
    }
    // A session at its prompt goes on after its last cell in any case.
    assert!(place.exuvia(&["undo", "two", "--to", "2"]).stderr.ends_with(": cell 2 is the last that stands\n"));
    assert!(place.exuvia(&["undo", "two"]).stderr.ends_with(": cell 1 is the last that stands\n"));
    assert!(place.exuvia(&["undo", "it"]).stderr.ends_with(": no cell stands\n"));
}

/// What a program held that has ended is not kept for it; what a session at its prompt holds is gone on with.
#[test]
fn the_checkpoint_of_a_program_that_has_ended_is_small_or_none() {
    let place = Place::new();
    // What cannot be compressed, held for longer than it takes until a checkpoint is due.
    let code = "import os, time; x = os.urandom(20_000_000); y = len(x)\ntime.sleep(0)\n";
    let cells = (0..20).map(|n| format!("z = {n}\n")).collect::<String>();
    let wait = "import asyncio; asyncio.run(asyncio.sleep(1.2)); asyncio.run(asyncio.sleep(0.1))";
    let program = format!("{code}{wait}\nprint(y)\n");
    assert_eq!(place.exuvia(&["run", "--session", "it", "-c", &program]).stdout, "20000000\n");
    assert_eq!(place.given(&["repl", "--session", "prompt"], &format!("{code}{cells}")).status, 0);
    let list: serde_json::Value = serde_json::from_str(&place.exuvia(&["session", "list", "--json"]).stdout).unwrap();
    let size = |name: &str| {
        let listed = list.as_array().unwrap().iter().find(|listed| listed["name"] == name).unwrap();
        listed["bytes"].as_u64().unwrap()
    };
    assert!(size("it") < 5_000_000 && size("prompt") > 20_000_000, "{} and {}", size("it"), size("prompt"));
    let shown = place.exuvia(&["session", "show", "it"]).stdout;
    assert!(shown.contains("checkpoint"), "none was taken: {shown}");
    assert_eq!(place.given(&["fork", "it", "--at", "1"], "len(x)\n").stdout, "20000000\n");
    assert_eq!(place.given(&["resume", "prompt"], "len(x)\n").stdout, "20000000\n");
}
