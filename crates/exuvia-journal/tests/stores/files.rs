//! What a store in a folder is on the disk.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;

use exuvia_core::journal::{Durability, Store, StoreError};
use exuvia_journal::{LocalStore, SqliteOptions};

use crate::story::{assert_sound, cell, copy_log_back, events, id, large, opening, output, ready, tell};

fn open(folder: &Path) -> LocalStore {
    LocalStore::open(folder, SqliteOptions::default()).unwrap()
}

#[test]
fn only_its_owner_can_read_it() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path().join("deep/journal");
    let store = open(&folder);
    let writer = ready(store.create(opening("first"))).unwrap();
    let mut modes = vec![("".to_owned(), mode(&folder))];
    for place in [folder.clone(), folder.join("open")] {
        for entry in fs::read_dir(place).unwrap() {
            let path = entry.unwrap().path();
            modes.push((path.strip_prefix(&folder).unwrap().display().to_string(), mode(&path)));
        }
    }
    modes.sort();
    let expected = [
        ("", 0o700),
        ("journal.sqlite", 0o600),
        ("journal.sqlite-shm", 0o600),
        ("journal.sqlite-wal", 0o600),
        ("open", 0o700),
        ("open/first.1", 0o600),
        ("reserve", 0o600),
    ];
    assert_eq!(modes, expected.map(|(name, mode)| (name.to_owned(), mode)));
    drop(writer);
    drop(store);
    assert_eq!(fs::read_dir(folder.join("open")).unwrap().count(), 0);
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

#[test]
fn what_was_written_is_there_when_it_is_opened_again() {
    for durability in [Durability::Sync, Durability::Group, Durability::Async] {
        let folder = tempfile::tempdir().unwrap();
        let store = LocalStore::open(folder.path(), SqliteOptions { durability, ..SqliteOptions::default() }).unwrap();
        assert_eq!(store.durability(), durability);
        let mut writer = ready(store.create(opening("first"))).unwrap();
        ready(writer.append(&cell(1))).unwrap();
        // A writer keeps its store open.
        drop(store);
        ready(writer.append(&cell(2))).unwrap();
        writer.note_printed(9).unwrap();
        drop(writer);
        let store = open(folder.path());
        assert_sound(&store, "first", 13);
        assert_eq!(ready(store.printed(&id("first"))).unwrap(), 9);
    }
}

/// Every `exuvia run` opens one: it should not wait for the disk before it begins.
#[test]
fn to_open_one_writes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    tell(&open(folder.path()), opening("first"), 1);
    let read = || ["journal.sqlite", "journal.sqlite-wal"].map(|name| fs::read(folder.path().join(name)).unwrap());
    let before = read();
    let store = open(folder.path());
    assert_eq!(events(&store, "first").len(), 7);
    drop(store);
    assert!(read() == before);
}

#[test]
fn what_is_removed_is_in_no_file() {
    const SECRET: &str = "the moon is made of cheese";
    let folder = tempfile::tempdir().unwrap();
    let has_it = || {
        let names = ["journal.sqlite", "journal.sqlite-wal"];
        let mut read = names.iter().map(|name| fs::read(folder.path().join(name)).unwrap());
        read.any(|bytes| bytes.windows(SECRET.len()).any(|window| window == SECRET.as_bytes()))
    };
    let store = open(folder.path());
    tell(&store, opening("kept"), 2);
    for copied_back in [false, true] {
        let mut writer = ready(store.create(opening("first"))).unwrap();
        ready(writer.append(&[(5, output(SECRET))])).unwrap();
        drop(writer);
        if copied_back {
            copy_log_back(folder.path());
        }
        assert_eq!(events(&store, "first").len(), 2);
        assert!(has_it());
        ready(store.remove(&id("first"))).unwrap();
        assert!(!has_it(), "copied back: {copied_back}");
    }
    assert_sound(&store, "kept", 13);
}

#[test]
fn several_stores_in_one_folder() {
    let folder = tempfile::tempdir().unwrap();
    let (one, other) = (open(folder.path()), open(folder.path()));
    let mut writer = ready(one.create(opening("first"))).unwrap();
    let mut second = ready(other.create(opening("second"))).unwrap();
    for number in 1..=20 {
        ready(writer.append(&cell(number))).unwrap();
        ready(second.append(&cell(number))).unwrap();
    }
    assert!(matches!(ready(other.open(&id("first"))).map(drop), Err(StoreError::Busy { .. })));
    assert_eq!(events(&other, "first").len(), 121);
    drop(writer);
    ready(other.open(&id("first"))).unwrap();
    assert_sound(&other, "first", 121);
    assert_sound(&one, "second", 121);
}

#[test]
fn the_log_is_copied_back_and_begins_anew() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path());
    let mut writer = ready(store.create(opening("first"))).unwrap();
    let appends = 30_000;
    for _ in 0..appends {
        ready(writer.append(&[(1, output("little"))])).unwrap();
    }
    ready(writer.sync()).unwrap();
    assert_sound(&store, "first", appends + 1);
    let log = || fs::metadata(folder.path().join("journal.sqlite-wal")).unwrap().len();
    assert!(log() < 32 << 20, "{} bytes after appends that take more than 240 MB in it", log());

    // Whoever opens it after a crash reads all of it.
    for position in 1..=100 {
        ready(store.put_checkpoint(&id("first"), position, &vec![7; 2 << 20])).unwrap();
        if let Some(before) = position.checked_sub(3) {
            ready(store.remove_checkpoint(&id("first"), before)).unwrap();
        }
    }
    assert!(log() < 32 << 20, "{} bytes after checkpoints of 200 MB", log());
}

#[test]
fn a_newer_journal_stays_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    tell(&open(folder.path()), opening("first"), 1);
    copy_log_back(folder.path());
    let database = folder.path().join("journal.sqlite");
    rusqlite::Connection::open(&database).unwrap().pragma_update(None, "user_version", 2).unwrap();
    let before = fs::read(&database).unwrap();
    let refused = LocalStore::open(folder.path(), SqliteOptions::default()).map(drop);
    assert!(matches!(refused, Err(StoreError::Newer { version: 2, known: 1 })), "{refused:?}");
    assert_eq!(fs::read(&database).unwrap(), before);
}

#[test]
fn a_session_of_a_newer_version_stays_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path());
    tell(&store, opening("first"), 1);
    tell(&store, opening("second"), 1);
    let connection = rusqlite::Connection::open(folder.path().join("journal.sqlite")).unwrap();
    connection.execute("UPDATE sessions SET version = 2 WHERE id = 'first'", []).unwrap();
    fn newer<T>(result: Result<T, StoreError>) -> bool {
        matches!(result, Err(StoreError::Newer { version: 2, known: 1 }))
    }
    assert!(newer(ready(store.open(&id("first")))));
    assert!(newer(ready(store.read(&id("first"), 0, 1))));
    assert!(newer(ready(store.verify(&id("first")))));
    assert!(newer(ready(store.remove(&id("first")))));
    assert_eq!(ready(store.list()).unwrap().len(), 2);
    assert_sound(&store, "second", 7);
}

#[test]
fn a_full_disk_loses_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let options = SqliteOptions { bytes_max: Some(400 << 10), ..SqliteOptions::default() };
    let store = LocalStore::open(folder.path(), options).unwrap();
    let mut writer = ready(store.create(opening("first"))).unwrap();
    let mut written = 1;
    let full = loop {
        // Text that cannot be compressed.
        let text: String = (0..400).map(|n| noise(written * 1_000 + n)).collect();
        match ready(writer.append(&[(1, output("small")), (1, output(&text))])) {
            Ok(position) => assert_eq!(position, written),
            Err(error) => break error,
        }
        written += 2;
    };
    assert!(matches!(full, StoreError::Full { .. }), "{full}");
    assert!(written > 20, "{written}");
    assert_eq!(writer.position(), written);
    assert_sound(&store, "first", written);
    drop(writer);

    let store = LocalStore::open(folder.path(), SqliteOptions::default()).unwrap();
    let mut writer = ready(store.open(&id("first"))).unwrap();
    assert_eq!(ready(writer.append(&[(1, output("there is space again"))])).unwrap(), written);
    assert_sound(&store, "first", written + 1);
}

/// Returns 16 digits that look random.
fn noise(number: u64) -> String {
    format!("{:016x}", number.wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(29).wrapping_mul(0xbf58_476d_1ce4_e5b9))
}

#[test]
fn a_folder_that_can_only_be_read_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    tell(&open(folder.path()), opening("first"), 1);
    copy_log_back(folder.path());
    let database = folder.path().join("journal.sqlite");
    let before = fs::read(&database).unwrap();
    let database_mode = |mode| fs::set_permissions(&database, fs::Permissions::from_mode(mode)).unwrap();
    let folder_mode = |mode| fs::set_permissions(folder.path(), fs::Permissions::from_mode(mode)).unwrap();
    database_mode(0o400);
    folder_mode(0o500);
    let refused = as_nobody_special(folder.path());
    folder_mode(0o700);
    database_mode(0o600);
    assert_eq!(refused, format!("`{}` can only be read", folder.path().display()));
    assert_eq!(fs::read(&database).unwrap(), before);
}

/// Opens a store in another process that has no right to overlook permissions, and returns the first line of the error.
fn as_nobody_special(folder: &Path) -> String {
    #[expect(clippy::disallowed_methods, reason = "this test starts itself again")]
    let program = std::env::current_exe().unwrap();
    let mut command = if rustix::process::geteuid().is_root() {
        let mut command = Command::new("setpriv");
        command.args(["--bounding-set=-dac_override,-dac_read_search,-fowner", "--inh-caps=-all"]).arg(program);
        command
    } else {
        Command::new(program)
    };
    let output = command
        .args(["--exact", "files::opens_what_it_is_told_to", "--nocapture"])
        .env("EXUVIA_TEST_FOLDER", folder)
        .output()
        .unwrap();
    let output = String::from_utf8(output.stdout).unwrap();
    let told = output.lines().find_map(|line| line.split_once("told: "));
    told.unwrap_or_else(|| panic!("{output}")).1.to_owned()
}

/// The other process of [`as_nobody_special`]; on its own it opens a store in a folder that is new.
#[test]
fn opens_what_it_is_told_to() {
    #[expect(clippy::disallowed_methods, reason = "so that this test knows why it runs")]
    let told = std::env::var_os("EXUVIA_TEST_FOLDER");
    match told {
        Some(folder) => {
            let error = LocalStore::open(Path::new(&folder), SqliteOptions::default()).map(drop).unwrap_err();
            println!("told: {}", error.to_string().lines().next().unwrap());
        }
        None => {
            let folder = tempfile::tempdir().unwrap();
            assert_eq!(ready(open(folder.path()).list()).unwrap(), []);
        }
    }
}

#[test]
fn what_is_no_journal_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    tell(&open(folder.path()), opening("first"), 1);
    copy_log_back(folder.path());
    let database = folder.path().join("journal.sqlite");
    let mut bytes = fs::read(&database).unwrap();
    bytes[..16].fill(b'x');
    fs::write(&database, &bytes).unwrap();
    let refused = LocalStore::open(folder.path(), SqliteOptions::default()).map(drop);
    assert!(matches!(refused, Err(StoreError::Damaged { session: None, .. })), "{refused:?}");
    assert_eq!(fs::read(&database).unwrap(), bytes);
}

#[test]
fn what_is_removed_gives_its_space_back() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path());
    tell(&store, opening("first"), 1);
    let size = || fs::metadata(folder.path().join("journal.sqlite")).unwrap().len();
    let mut writer = ready(store.create(opening("second"))).unwrap();
    for position in 0..2_000 {
        let text: String = (0..200).map(|n| noise(position * 1_000 + n)).collect();
        ready(writer.append(&[(1, output(&text))])).unwrap();
    }
    drop(writer);
    drop(store);
    copy_log_back(folder.path());
    let before = size();
    assert!(before > 6 << 20, "{before}");
    let store = open(folder.path());
    ready(store.remove(&id("second"))).unwrap();
    assert!(size() < 200 << 10, "{} of {before}", size());
    assert_sound(&store, "first", 7);
}

#[test]
fn a_log_that_has_grown_is_copied_back_by_who_finds_it() {
    let folder = tempfile::tempdir().unwrap();
    let database = folder.path().join("journal.sqlite");
    let size = || fs::metadata(&database).unwrap().len();
    for number in 0..40 {
        // Each of them writes too little to do anything about it.
        let store = open(folder.path());
        let mut writer = ready(store.create(opening(&format!("session-{number}")))).unwrap();
        for position in 0..40 {
            let text: String = (0..200).map(|n| noise(position * 1_000 + n)).collect();
            ready(writer.append(&[(1, output(&text))])).unwrap();
        }
    }
    assert!(size() > 2 << 20, "{}", size());
    let log = fs::metadata(folder.path().join("journal.sqlite-wal")).unwrap().len();
    assert!(log < 3 << 20, "{log}");
    assert_sound(&open(folder.path()), "session-0", 41);
}

#[test]
fn blobs_are_stored_once() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path());
    let mut writer = ready(store.create(opening("first"))).unwrap();
    for _ in 0..100 {
        ready(writer.append(&[(1, output(&large(1)))])).unwrap();
    }
    let connection = rusqlite::Connection::open(folder.path().join("journal.sqlite")).unwrap();
    let count = || connection.query_row("SELECT count(*) FROM blobs", [], |row| row.get::<_, i64>(0)).unwrap();
    assert_eq!(count(), 1);
    drop(writer);
    ready(store.remove(&id("first"))).unwrap();
    assert_eq!(count(), 0);
}
