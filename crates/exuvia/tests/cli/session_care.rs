//! `exuvia session verify`, `rename`, `rm` and `prune`; journals that are damaged, or not to be had.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::Command;
use std::time::{SystemTime, UNIX_EPOCH};

use exuvia_core::journal::Store as _;
use pollster::block_on;
use serde_json::{Value as Json, json};

use super::session::{Journal, cell, fork, opening};
use crate::{Run, command, gives, run};

const DATABASE: &str = "journal.sqlite";
/// Where SQLite's files have the version that a program gives them ("The SQLite Database File Format", 1.3).
const USER_VERSION: usize = 60;

/// Three sessions: `one` with two cells, `two` that was forked after its first cell, and `three`.
fn journal() -> Journal {
    let journal = Journal::new();
    let cells = [cell(1, "first\n"), cell(2, "second\n")].concat();
    journal.write(opening("one", Some("Eins"), 1_000), cells);
    journal.write(fork("two", "one", 4), cell(2, "other\n"));
    journal.write(opening("three", None, 2_000), cell(1, "third\n"));
    let path = journal.folder.path().join(DATABASE);
    // What was written is in the log beside the database still.
    let settle = "import sqlite3, sys; sqlite3.connect(sys.argv[1]).execute('pragma wal_checkpoint(truncate)')";
    assert!(Command::new("python3").args(["-c", settle]).arg(path).status().unwrap().success());
    journal
}

/// Replaces a text in the database by one of the same length.
fn damage(journal: &Journal, text: &str, with: &str) {
    assert_eq!(text.len(), with.len());
    let path = journal.folder.path().join(DATABASE);
    let mut bytes = fs::read(&path).unwrap();
    let places: Vec<usize> =
        (0..bytes.len() - text.len()).filter(|at| bytes[*at..].starts_with(text.as_bytes())).collect();
    assert_eq!(places.len(), 1, "{text}");
    bytes[places[0]..places[0] + text.len()].copy_from_slice(with.as_bytes());
    fs::write(&path, bytes).unwrap();
}

fn ids(journal: &Journal) -> Vec<String> {
    let listed: Json = serde_json::from_str(&journal.session(&["list", "--json"]).stdout).unwrap();
    listed.as_array().unwrap().iter().map(|line| line["session"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn what_is_sound_is_said_to_be() {
    let journal = journal();
    // The hash of the last event, as the store has it: how it is made is tested there.
    let store = journal.store();
    let head = |session: &str| {
        let session = block_on(store.find(session)).unwrap();
        block_on(store.read(&session, 0, usize::MAX)).unwrap().pop().unwrap().hash
    };
    let one = format!("one is sound: 7 events, 0 blobs, head {}\n", head("one"));
    let two = format!("two is sound: 8 events, 0 blobs, head {}\n", head("two"));
    let three = format!("three is sound: 4 events, 0 blobs, head {}\n", head("three"));
    assert_eq!(journal.session(&["verify", "Eins", "three"]), gives(0, &format!("{one}{three}"), ""));
    assert_eq!(journal.session(&["verify", "--all"]), gives(0, &format!("{two}{three}{one}"), ""));
    let json = journal.session(&["verify", "one", "--json"]);
    let line = json!([{
        "session": "one", "events": 7, "blobs": 0, "head": head("one").to_string(), "damage": null,
    }]);
    assert_eq!(serde_json::from_str::<Json>(&json.stdout).unwrap(), line);
    assert_eq!(journal.session(&["verify"]).status, 2);
    assert_eq!(Journal::new().session(&["verify", "--all"]), gives(0, "", "there are no sessions yet\n"));
}

#[test]
fn a_changed_letter_is_found() {
    let journal = journal();
    damage(&journal, "\"first\\n\"", "\"fiRst\\n\"");
    let damaged = "error: session `one` is damaged at position 2: its hash is not that of what it holds\n";
    let hint = "    hint: the 2 events before it are sound; import a copy, or fork the session before it\n";
    assert_eq!(journal.session(&["verify", "one"]), gives(1, "", &format!("{damaged}{hint}")));
    let damaged = damaged.replace("session", "session `two` goes on from another one: session");
    assert_eq!(journal.session(&["verify", "two"]), gives(1, "", &format!("{damaged}{hint}")));
    let all = journal.session(&["verify", "--all", "--json"]);
    let all: Vec<Json> = serde_json::from_str(&all.stdout).unwrap();
    let damage = json!({"session": "one", "position": 2, "what": "its hash is not that of what it holds"});
    let found: Vec<&Json> = all.iter().map(|line| &line["damage"]).collect();
    assert_eq!(found, [&damage, &Json::Null, &damage]);

    // What is sound before it is told all the same.
    let shown = journal.session(&["show", "one"]);
    assert_eq!(shown.status, 125);
    let cells = "\n\ncell 1  1970-01-01 00:00:01 UTC  has not ended\n  source     print(\"first\\n\")\n";
    assert!(shown.stdout.ends_with(cells), "{}", shown.stdout);
    let told = "error: session `one` is damaged at position 2: its hash is not that of what it holds\n    \
                hint: the events before it are sound; import a copy, or fork the session before it\n";
    assert_eq!(shown.stderr, told);
    let json = journal.session(&["show", "one", "--json"]);
    let document: Json = serde_json::from_str(&json.stdout).unwrap();
    assert_eq!((json.status, document["items"].as_array().unwrap().len()), (125, 1));
    let what = "session `one` is damaged at position 2: its hash is not that of what it holds";
    assert_eq!(document["damage"], what);
    // The list is there still.
    assert_eq!(ids(&journal), ["two", "three", "one"]);
    let file = journal.folder.path().join("file");
    assert_eq!(journal.session(&["export", "one", "-o", file.to_str().unwrap()]), gives(125, "", told));
    assert!(!file.exists());
}

#[test]
fn a_journal_that_is_none_is_said_to_be() {
    let journal = Journal::new();
    fs::write(journal.folder.path().join(DATABASE), "no database ".repeat(1_000)).unwrap();
    // What SQLite itself says of such a file ("Result and Error Codes", SQLITE_NOTADB).
    let told = "error: the journal is damaged: file is not a database\n    \
                hint: put a copy in its place, or move it away: then a new one is made\n";
    assert_eq!(journal.session(&["list"]), gives(125, "", told));
}

#[test]
fn a_newer_journal_stays_as_it_is() {
    let journal = journal();
    let path = journal.folder.path().join(DATABASE);
    let mut bytes = fs::read(&path).unwrap();
    bytes[USER_VERSION..USER_VERSION + 4].copy_from_slice(&9_u32.to_be_bytes());
    fs::write(&path, &bytes).unwrap();
    let told = "error: the journal has version 9, this program knows 1 and older\n    hint: use a newer `exuvia`\n";
    for arguments in [&["list"][..], &["verify", "--all"], &["rm", "one"], &["prune", "--older-than", "1d"]] {
        assert_eq!(journal.session(arguments), gives(125, "", told));
    }
    assert!(fs::read(&path).unwrap() == bytes);
}

#[test]
fn nobody_else_can_read_what_is_kept() {
    let folder = tempfile::tempdir().unwrap();
    let (home, state) = (folder.path().join("home"), folder.path().join("state"));
    fs::create_dir(&home).unwrap();
    let list = |state: Option<&Path>| -> Run {
        let mut command = command(&["session", "list"]);
        command.env("HOME", &home).env_remove("EXUVIA_JOURNAL").env_remove("XDG_STATE_HOME");
        if let Some(state) = state {
            command.env("XDG_STATE_HOME", state);
        }
        run(&mut command, b"")
    };
    assert_eq!(list(None).status, 0);
    assert_eq!(list(Some(&state)).status, 0);
    for journal in [home.join(".local/state/exuvia/journal"), state.join("exuvia/journal")] {
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o7777;
        assert_eq!(mode(&journal), 0o700);
        let modes: Vec<u32> = fs::read_dir(&journal)
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .filter(|path| path.is_file())
            .map(|path| mode(&path))
            .collect();
        assert!(!modes.is_empty() && modes.iter().all(|mode| *mode == 0o600), "{modes:?}");
    }
}

#[test]
fn a_wrong_durability_is_a_wrong_command_line() {
    let journal = Journal::new();
    let list = |durability: &str| {
        let mut command = command(&["session", "list"]);
        run(command.env("EXUVIA_JOURNAL", journal.folder.path()).env("EXUVIA_DURABILITY", durability), b"").status
    };
    assert_eq!(["sync", "group", "async", "", "SYNC"].map(list), [0, 0, 0, 0, 2]);
}

#[test]
fn sessions_are_found_by_name_id_and_beginning() {
    let journal = journal();
    for wanted in ["Eins", "one", "on", "o"] {
        assert_eq!(journal.session(&["show", wanted]).stdout.lines().next(), Some("  session    one"));
    }
    let near = "error: there is no session `thre3`\n    hint: there is `three`\n";
    assert_eq!(journal.session(&["show", "thre3"]), gives(2, "", near));
    let none = "error: there is no session `zebra`\n    hint: `exuvia session list` shows all\n";
    assert_eq!(journal.session(&["rm", "three", "zebra"]), gives(2, "", none));
    let several = "error: `t` begins the ids of 2 sessions: `three`, `two`\n    hint: give more of the id\n";
    assert_eq!(journal.session(&["export", "t"]), gives(2, "", several));
    assert_eq!(ids(&journal).len(), 3);
}

#[test]
fn sessions_get_other_names() {
    let journal = journal();
    assert_eq!(journal.session(&["rename", "three", "Drei"]), gives(0, "", ""));
    assert_eq!(journal.session(&["rename", "Eins"]), gives(0, "", ""));
    let listed: Json = serde_json::from_str(&journal.session(&["list", "--json"]).stdout).unwrap();
    assert_eq!((&listed[1]["name"], &listed[2]["name"]), (&json!("Drei"), &Json::Null));
    let taken = "error: session `three` is called `Drei` already\n    hint: choose another name, or rename that one\n";
    assert_eq!(journal.session(&["rename", "one", "Drei"]), gives(2, "", taken));
    let bad = "error: `ab` cannot be a session's name: that is one line of 1 to 100 bytes, without spaces around it\n";
    assert_eq!(journal.session(&["rename", "one", "a\nb"]), gives(2, "", bad));
}

#[test]
fn forks_keep_what_they_share_of_a_session_that_is_removed() {
    let journal = journal();
    let shown = journal.session(&["show", "two"]);
    assert_eq!(journal.session(&["rm", "one", "Eins", "three"]), gives(0, "", "removed one\nremoved three\n"));
    assert_eq!(ids(&journal), ["two"]);
    assert_eq!(journal.session(&["show", "one"]).status, 2);
    assert_eq!(journal.session(&["show", "two"]), shown);
    assert!(shown.stdout.contains("\n  stdout     first\n"), "{}", shown.stdout);
    assert_eq!(journal.session(&["verify", "--all"]).status, 0);
}

#[test]
fn a_session_that_is_open_is_not_removed() {
    let journal = journal();
    let store = journal.store();
    let session = block_on(store.find("one")).unwrap();
    let writer = block_on(store.open(&session)).unwrap();
    let busy = format!(
        "removed three\nerror: session `one` is open in process {}\n    \
         hint: end that program, or fork the session\n",
        std::process::id()
    );
    assert_eq!(journal.session(&["rm", "three", "one"]), gives(125, "", &busy));
    let pruned = journal.session(&["prune", "--older-than", "1d"]);
    assert!(pruned.stderr.starts_with("removed two\nkept one, which is open\n1 session was removed; "), "{pruned:?}");
    assert_eq!(ids(&journal), ["one"]);
    drop(writer);
    assert_eq!(journal.session(&["rm", "one"]), gives(0, "", "removed one\n"));
}

#[test]
fn old_sessions_make_room() {
    let journal = journal();
    let now = i64::try_from(SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_millis()).unwrap();
    journal.write(opening("now", None, now), cell(1, "now\n"));
    assert_eq!(journal.session(&["prune"]).status, 2);
    assert_eq!(journal.session(&["prune", "--older-than", "a while"]).status, 2);
    let pruned = |arguments: &[&str]| {
        // Each time, what would be removed is told first, and nothing happens.
        let before = ids(&journal);
        let planned = journal.session(&[&["prune", "--dry-run"], arguments].concat());
        assert_eq!((planned.status, ids(&journal)), (0, before));
        (planned.stderr, journal.session(&[&["prune"], arguments].concat()).stderr)
    };
    let (planned, nothing) = pruned(&["--keep-bytes", "1G"]);
    assert!(nothing.starts_with("nothing was removed; "), "{nothing}");
    assert_eq!(planned, nothing.replace("was", "would be").replace("are", "would be"));
    assert_eq!(ids(&journal), ["now", "two", "three", "one"]);
    let (planned, old) = pruned(&["--older-than", "30d"]);
    assert!(old.starts_with("removed one\nremoved three\nremoved two\n3 sessions were "), "{old}");
    let would = "would remove one\nwould remove three\nwould remove two\n3 sessions would be removed; ";
    assert!(planned.starts_with(would), "{planned}");
    let shared = "what forks share of a removed session stays: less room is made, and --keep-bytes may remove more\n";
    assert!(planned.ends_with(shared), "{planned}");
    assert_eq!(ids(&journal), ["now"]);
    let planned = "would remove now\n1 session would be removed; 0 B would be kept\n";
    assert_eq!(journal.session(&["prune", "--dry-run", "--keep-bytes", "0"]), gives(0, "", planned));
    let all = journal.session(&["prune", "--keep-bytes", "0"]);
    assert_eq!(all, gives(0, "", "removed now\n1 session was removed; 0 B are kept\n"));
}

/// A journal in which a name is another session's id can be from before that was refused.
#[test]
fn an_id_goes_before_a_name() {
    let journal = journal();
    let is_id = "error: `one` is the id of another session, and cannot be a name\n    hint: choose another name\n";
    assert_eq!(journal.session(&["rename", "three", "one"]), gives(2, "", is_id));
    let name = "import sqlite3, sys; c = sqlite3.connect(sys.argv[1]); \
                c.execute(\"update sessions set name = 'two' where id = 'one'\"); c.commit()";
    let path = journal.folder.path().join(DATABASE);
    assert!(Command::new("python3").args(["-c", name]).arg(path).status().unwrap().success());
    assert_eq!(journal.session(&["rm", "two"]), gives(0, "", "removed two\n"));
    assert_eq!(ids(&journal), ["three", "one"]);
    // Now the id is nobody's.
    assert_eq!(journal.session(&["rm", "two"]), gives(0, "", "removed one\n"));
}

#[test]
fn a_folder_that_others_can_write_to_is_refused() {
    let journal = journal();
    let folder = journal.folder.path();
    let set = |path: &Path, mode| fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    set(folder, 0o777);
    let path = folder.display();
    let told = format!(
        "error: `{path}` is no safe place for a journal: others can write to it\n    \
         hint: `chmod 700 {path}`, or choose another folder\n"
    );
    assert_eq!(journal.session(&["list"]), gives(125, "", &told));
    // As somebody's umask has made it: nobody else can open what is in it.
    set(folder, 0o755);
    assert_eq!(ids(&journal).len(), 3);
    // What others can read is taken from them.
    let database = folder.join(DATABASE);
    set(&database, 0o644);
    assert_eq!(ids(&journal).len(), 3);
    assert_eq!(fs::metadata(&database).unwrap().permissions().mode() & 0o777, 0o600);
    let elsewhere = folder.join("elsewhere");
    fs::rename(&database, &elsewhere).unwrap();
    std::os::unix::fs::symlink(&elsewhere, &database).unwrap();
    let told = format!(
        "error: `{}` is no file of a journal, but a link or the like\n    hint: remove it, or choose another folder\n",
        database.display()
    );
    assert_eq!(journal.session(&["list"]), gives(125, "", &told));
}
