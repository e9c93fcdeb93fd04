//! What a program has changed in overlays: listed, exported, applied.

use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};

use super::begun::killed_after;
use super::recorded::Place;
use crate::{Run, exuvia, folder, gives};

const WORK: &str = "\
import os
os.chdir('/notes')
open('old.txt', 'a').write(' and new')
os.remove('gone.txt')
os.makedirs('deep')
open('deep/\\x1b[31m', 'w').write('red')
";
const LIST: &str = "\
added    /notes/deep
added    /notes/deep/\\u{1b}[31m
removed  /notes/gone.txt
modified /notes/old.txt
";

/// A folder with notes.
fn notes() -> tempfile::TempDir {
    folder(&[("old.txt", b"old"), ("gone.txt", b"gone")])
}

/// Runs code that sees the notes as an overlay.
fn run(notes: &Path, options: &[&str], code: &str) -> Run {
    let mount = format!("{}:/notes:overlay", notes.display());
    exuvia(&[&["run", "--mount", &mount], options, &["-c", code]].concat())
}

/// What lies in a folder, by name, one level deep.
fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap();
    let mut names: Vec<String> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[test]
fn changes_are_listed_and_the_folder_stays_as_it_was() {
    let notes = notes();
    assert_eq!(run(notes.path(), &["--changes"], WORK), gives(0, "", LIST));
    assert_eq!(run(notes.path(), &["--changes"], "pass"), gives(0, "", ""));
    let json = run(notes.path(), &["--changes", "--json"], WORK);
    assert_eq!((json.status, json.stderr.as_str()), (0, ""));
    let outcome: Value = serde_json::from_str(&json.stdout).unwrap();
    let expected = json!([
        { "change": "added", "path": "/notes/deep" },
        { "change": "added", "path": "/notes/deep/\u{1b}[31m" },
        { "change": "removed", "path": "/notes/gone.txt" },
        { "change": "modified", "path": "/notes/old.txt" },
    ]);
    assert_eq!((&outcome["changes"], &outcome["status"]), (&expected, &json!("finished")));
    assert_eq!(names(notes.path()), ["gone.txt", "old.txt"]);
    assert_eq!(fs::read_to_string(notes.path().join("old.txt")).unwrap(), "old");
}

#[test]
fn changes_are_exported_below_their_paths() {
    let notes = notes();
    let other = tempfile::tempdir().unwrap();
    let target = other.path().join("made/here");
    // A program that failed has changes, too.
    let exported = run(notes.path(), &["--export", target.to_str().unwrap()], &format!("{WORK}\nraise SystemExit(3)"));
    assert_eq!(exported, gives(3, "", ""));
    assert_eq!(names(&target.join("notes")), ["deep", "old.txt"]);
    assert_eq!(fs::read_to_string(target.join("notes/old.txt")).unwrap(), "old and new");
    assert_eq!(fs::read_to_string(target.join("notes/deep/\u{1b}[31m")).unwrap(), "red");
    let again = run(notes.path(), &["--export", target.to_str().unwrap()], "print(1)");
    let message = format!("error: `{}` is not empty\n    hint: name another folder with --export\n", target.display());
    assert_eq!(again, gives(2, "", &message));
}

#[test]
fn changes_are_applied_if_the_program_ended_well_or_always() {
    let notes = notes();
    let failing = format!("{WORK}\nraise SystemExit(3)");
    let nothing = "nothing was applied, for the program has failed\n    \
                   hint: apply what it has changed all the same with --apply=always\n";
    assert_eq!(run(notes.path(), &["--apply"], &failing), gives(3, "", nothing));
    assert_eq!(names(notes.path()), ["gone.txt", "old.txt"]);
    assert_eq!(run(notes.path(), &["--apply", "--changes"], WORK), gives(0, "", LIST));
    assert_eq!(names(notes.path()), ["deep", "old.txt"]);
    assert_eq!(fs::read_to_string(notes.path().join("old.txt")).unwrap(), "old and new");
    let more = "open('/notes/more', 'w').write('x'); 1/0";
    assert_eq!(run(notes.path(), &["--apply=always"], more).status, 1);
    assert_eq!(names(notes.path()), ["deep", "more", "old.txt"]);
}

#[test]
fn a_conflict_is_told_and_applies_nothing() {
    let notes = notes();
    let other = format!("{}:/other:rw", notes.path().display());
    // Somebody else changes the file after the program has seen it: here by another way into the same folder.
    let code = format!("{WORK}\nopen('/other/old.txt', 'w').write('of somebody else')");
    let conflict = run(notes.path(), &["--mount", &other, "--apply"], &code);
    let message = "error: what was changed in `/notes` is not applied: changed since the program saw it: old.txt\n";
    assert_eq!(conflict, gives(125, "", message));
    assert_eq!(names(notes.path()), ["gone.txt", "old.txt"]);
    assert_eq!(fs::read_to_string(notes.path().join("old.txt")).unwrap(), "of somebody else");
}

#[test]
fn without_an_overlay_there_are_no_changes_to_speak_of() {
    let message = "error: --changes, --export and --apply are about overlays, and there is none\n    \
                   hint: mount one with --mount FOLDER:/PATH:overlay\n";
    for option in ["--changes", "--apply"] {
        assert_eq!(exuvia(&["run", option, "-c", "print(1)"]), gives(2, "", message));
    }
}

/// What is left by a process that is killed when its program has ended, and it is not noted yet what has come of that.
#[test]
fn what_comes_after_a_program_is_done_by_who_resumes_it() {
    let (place, notes) = (Place::new(), notes());
    let mount = format!("{}:/notes:overlay", notes.path().display());
    let program = place.write("program.py", &format!("{WORK}print('done')"));
    // With its times, which say whether somebody has changed it.
    let copy = |from: &str, to: &str| {
        let copied = Command::new("cp").args(["-a", from, to]).status().unwrap();
        assert!(copied.success());
    };
    let (folder, kept) = (notes.path().to_str().unwrap(), place.path("kept"));
    copy(folder, &kept);
    let options = ["run", "--session", "it", "--apply", "--changes", "--json", "--mount", &mount];
    let whole = place.exuvia(&[options.as_slice(), &[program.as_str()]].concat());
    assert_eq!((whole.status, whole.stderr.as_str()), (0, ""));
    let applied = ["deep", "old.txt"];
    assert_eq!(names(notes.path()), applied);
    let all = place.exuvia(&["session", "show", "it", "--json"]);
    let events = serde_json::from_str::<Value>(&all.stdout).unwrap()["events"].as_u64().unwrap();
    let exuvia = killed_after(&place, "it", usize::try_from(events).unwrap() - 1);
    fs::remove_dir_all(folder).unwrap();
    copy(&kept, folder);
    let resumed = exuvia(&["resume", "it"]);
    assert_eq!((resumed.status, resumed.stderr.as_str()), (0, ""));
    let told = |run: &Run| {
        let mut outcome: Value = serde_json::from_str(&run.stdout).unwrap();
        (outcome["changes"].take(), outcome["stdout"].take(), outcome["status"].take())
    };
    assert_eq!(told(&resumed), told(&whole));
    assert_eq!(names(notes.path()), applied);
    assert_eq!(fs::read_to_string(notes.path().join("old.txt")).unwrap(), "old and new");
    // What is done is not done again.
    fs::write(notes.path().join("old.txt"), "newer").unwrap();
    for again in [exuvia(&["resume", "it"]), place.exuvia(&["resume", "it"])] {
        assert_eq!(again.status, 2);
        assert!(again.stderr.contains("has ended"), "{}", again.stderr);
    }
    assert_eq!(fs::read_to_string(notes.path().join("old.txt")).unwrap(), "newer");
}
