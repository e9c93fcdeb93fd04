//! `exuvia session export` and `import`.

use std::fs;
use std::io::Read as _;
use std::os::unix::fs::PermissionsExt as _;
use std::process::Stdio;

use exuvia_core::journal::Store as _;
use pollster::block_on;
use serde_json::Value as Json;

use super::session::{Journal, cell, fork, opening};
use crate::{command, gives};

/// A session, and one that was forked from it.
fn journal() -> Journal {
    let journal = Journal::new();
    journal.write(opening("first", Some("Eins"), 1_000), [cell(1, "a\n"), cell(2, "b\n")].concat());
    journal.write(fork("second", "first", 4), cell(2, "c\n"));
    journal
}

fn unpacked(file: &[u8]) -> String {
    let mut text = String::new();
    flate2::read::GzDecoder::new(file).read_to_string(&mut text).unwrap();
    text
}

#[test]
fn a_session_is_passed_on_as_a_file() {
    let journal = journal();
    let path = journal.folder.path().join("second.exuvia");
    let file = path.to_str().unwrap();
    fs::write(&path, "something else").unwrap();
    assert_eq!(journal.session(&["export", "second", "-o", file]), gives(0, "", ""));
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o7777, 0o600);

    let other = Journal::new();
    assert_eq!(other.session(&["import", file]), gives(0, "second\n", ""));
    let again = "all of it was here already\n";
    assert_eq!(other.session(&["import", file]), gives(0, "second\n", again));
    let cells =
        |journal: &Journal| journal.session(&["show", "second"]).stdout.split_once("\n\n").unwrap().1.to_owned();
    assert_eq!(cells(&other), cells(&journal));
    assert_eq!(journal.session(&["verify", "second"]), other.session(&["verify", "second"]));
}

#[test]
fn a_file_goes_through_pipes() {
    let journal = journal();
    let output = |arguments: &[&str]| {
        let mut command = command(&[&["session"], arguments].concat());
        command.env("EXUVIA_JOURNAL", journal.folder.path()).stdin(Stdio::null()).output().unwrap()
    };
    let exported = output(&["export", "first"]);
    assert_eq!((exported.status.code(), exported.stderr), (Some(0), Vec::new()));
    let other = Journal::new();
    other.write(opening("other", Some("Eins"), 1_000), Vec::new());
    let left_out = "its name was left out: another session has it, as its name or its id\n";
    assert_eq!(other.session_with(&["import", "-"], &exported.stdout), gives(0, "first\n", left_out));

    // What `--events` prints is what the file holds.
    let events = output(&["show", "first", "--events"]);
    let text = String::from_utf8(events.stdout).unwrap();
    assert_eq!(text, unpacked(&exported.stdout));
    let lines: Vec<Json> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let kinds: Vec<&str> = lines.iter().filter_map(|line| line["event"]["kind"].as_str()).collect();
    let cell = ["cell_started", "output", "cell_ended"];
    assert_eq!(kinds, [&["opened"][..], &cell, &cell].concat());
}

#[test]
fn checkpoints_are_passed_on_if_somebody_wants_them() {
    let journal = journal();
    let store = journal.store();
    let session = block_on(store.find("first")).unwrap();
    block_on(store.put_checkpoint(&session, 4, b"state")).unwrap();
    drop(store);
    let path = journal.folder.path().join("file");
    let file = path.to_str().unwrap();
    let checkpoints = |options: &[&str]| {
        let run = journal.session(&[&["export", "first", "-o", file], options].concat());
        assert_eq!(run, gives(0, "", ""));
        let text = unpacked(&fs::read(&path).unwrap());
        text.lines().filter(|line| line.starts_with("{\"checkpoint\":")).map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(checkpoints(&[]), Vec::<String>::new());
    // "state" in base64.
    assert_eq!(checkpoints(&["--with-checkpoints"]), ["{\"checkpoint\":{\"position\":4,\"base64\":\"c3RhdGU=\"}}"]);
}

#[test]
fn a_bad_file_leaves_nothing() {
    let journal = journal();
    let path = journal.folder.path().join("file");
    let file = path.to_str().unwrap();
    assert_eq!(journal.session(&["export", "second", "-o", file]).status, 0);
    let good = unpacked(&fs::read(&path).unwrap());
    let other = Journal::new();
    for (bad, line) in [
        ("no JSON \x1b[2J\n".to_owned(), 1),
        (good.replacen("c\\\\n", "d\\\\n", 1), 10),
        (good.lines().take(5).map(|line| format!("{line}\n")).collect(), 6),
    ] {
        assert_ne!(bad, good);
        fs::write(&path, bad).unwrap();
        let run = other.session(&["import", file]);
        assert_eq!((run.status, run.stdout.as_str()), (125, ""));
        let told = format!("error: the file cannot be imported: line {line}: ");
        assert!(run.stderr.starts_with(&told), "{}", run.stderr);
        assert!(!run.stderr.contains('\x1b'), "{}", run.stderr);
    }
    assert_eq!(other.session(&["list", "--json"]), gives(0, "[]\n", ""));
    let missing = "error: `/nowhere/file` cannot be opened: no such file or directory\n";
    assert_eq!(other.session(&["import", "/nowhere/file"]), gives(2, "", missing));
    let unwritable = "error: `/nowhere/file` cannot be written: no such file or directory\n";
    assert_eq!(journal.session(&["export", "first", "-o", "/nowhere/file"]), gives(2, "", unwritable));
}

/// Its hashes are right, but nothing happens so: that is said at once, and not when somebody looks at it.
#[test]
fn a_session_that_makes_no_sense_is_said_to_make_none() {
    let (journal, other) = (Journal::new(), Journal::new());
    // Its first cell is the second one.
    journal.write(opening("odd", None, 1_000), cell(2, "out\n"));
    let file = journal.folder.path().join("odd.session");
    let file = file.to_str().unwrap();
    assert_eq!(journal.session(&["export", "odd", "-o", file]).status, 0);
    let told = "error: the session was taken in, but makes no sense: session `odd` is damaged at position 1: the event \
                `cell_started` at position 1 cannot stand there: cells are numbered one after the other\n    \
                hint: it is no use but to be looked at; `exuvia session rm odd` removes it\n";
    assert_eq!(other.session(&["import", file]), gives(125, "odd\n", told));
}
