//! What was written to a session and is not in the database yet.

use std::fs;
use std::path::Path;

use exuvia_core::journal::{Durability, Event, Source, Store, StoreError, Writer};
use exuvia_journal::{LocalStore, SqliteOptions};

use crate::story::{Tear, assert_sound, events, id, large, opening, output, ready};

fn open(folder: &Path) -> LocalStore {
    open_as(folder, Durability::Group)
}

fn open_as(folder: &Path, durability: Durability) -> LocalStore {
    LocalStore::open(folder, SqliteOptions { durability, ..SqliteOptions::default() }).unwrap()
}

/// Some events, none of which needs a blob.
fn cell(number: u32) -> Vec<(i64, Event)> {
    let started = Event::CellStarted { cell: number, source: Source::Cell(format!("print({number})")) };
    let outputs = (1..=5).map(|line| (i64::from(number), output(&format!("{number} {line} Grüße\n"))));
    [(i64::from(number), started)].into_iter().chain(outputs).collect()
}

/// Copies a store as a process would leave it that is killed now.
fn kill(folder: &Path) -> tempfile::TempDir {
    let left = tempfile::tempdir().unwrap();
    fs::create_dir(left.path().join("open")).unwrap();
    for place in ["", "open"] {
        for entry in fs::read_dir(folder.join(place)).unwrap().map(Result::unwrap) {
            // The index of the log is made anew by the first who opens it.
            if entry.file_type().unwrap().is_file() && entry.file_name() != "journal.sqlite-shm" {
                fs::copy(entry.path(), left.path().join(place).join(entry.file_name())).unwrap();
            }
        }
    }
    left
}

/// Returns how many events of a session are in the database itself.
fn rows(folder: &Path, session: &str) -> u64 {
    let connection = rusqlite::Connection::open(folder.join("journal.sqlite")).unwrap();
    let sql = "SELECT count(*) FROM events WHERE session = (SELECT number FROM sessions WHERE id = ?1)";
    connection.query_row(sql, [session], |row| row.get::<_, i64>(0)).unwrap().cast_unsigned()
}

#[test]
fn a_killed_writer_leaves_them_to_whoever_comes_next() {
    for durability in [Durability::Sync, Durability::Group, Durability::Async] {
        let folder = tempfile::tempdir().unwrap();
        let store = open_as(folder.path(), durability);
        let mut writer = ready(store.create(opening("first"))).unwrap();
        for number in 1..=3 {
            ready(writer.append(&cell(number))).unwrap();
        }
        writer.note_printed(7).unwrap();
        ready(writer.sync()).unwrap();
        assert_eq!(rows(folder.path(), "first"), 1, "the others are not in a transaction");

        // Who only reads finds them ...
        let left = kill(folder.path());
        let reader = open(left.path());
        assert_sound(&reader, "first", 19);
        assert_eq!(ready(reader.list()).unwrap()[0].events, 19);
        assert_eq!(events(&reader, "first"), events(&store, "first"));
        // ... and who goes on, too.
        let left = kill(folder.path());
        let store = open(left.path());
        let mut writer = ready(store.open(&id("first"))).unwrap();
        assert_eq!((writer.position(), writer.epoch()), (19, 2));
        assert_eq!(ready(store.printed(&id("first"))).unwrap(), 7);
        ready(writer.append(&cell(4))).unwrap();
        assert_sound(&store, "first", 25);
        drop((writer, store));
        assert_eq!(fs::read_dir(left.path().join("open")).unwrap().count(), 0, "all is in the database");
        assert_eq!(rows(left.path(), "first"), 25);
    }
}

/// The end of a tail is lost, at each length: what is left are whole appends, from the first one on.
#[test]
fn torn() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path());
    let mut writer = ready(store.create(opening("first"))).unwrap();
    for number in 1..=3 {
        ready(writer.append(&cell(number))).unwrap();
    }
    let whole = kill(folder.path());
    let events_written = events(&store, "first");
    let tail = fs::read(whole.path().join("open/first.1")).unwrap();
    assert_eq!(tail.split(|byte| *byte == b'\n').count(), 1 + 3 * 6 + 1, "{}", String::from_utf8_lossy(&tail));
    let mut lengths = std::collections::BTreeSet::new();
    for cut in (23..tail.len()).step_by(67) {
        for tear in [Tear::Cut, Tear::Zeros, Tear::Garbage] {
            let torn = kill(whole.path());
            fs::write(torn.path().join("open/first.1"), tear.apply(&tail, cut)).unwrap();
            let store = open(torn.path());
            let mut writer = ready(store.open(&id("first"))).unwrap();
            let length = writer.position();
            lengths.insert(length);
            assert_eq!(events(&store, "first"), events_written[..usize::try_from(length).unwrap()], "cut at {cut}");
            ready(writer.append(&cell(9))).unwrap();
            assert_sound(&store, "first", length + 6);
        }
    }
    assert_eq!(lengths.into_iter().collect::<Vec<_>>(), [1, 7, 13], "the last append is always torn");
}

/// No byte of an event in a tail can be another one without being noticed.
#[test]
fn changed() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path());
    let mut writer = ready(store.create(opening("first"))).unwrap();
    ready(writer.append(&cell(1))).unwrap();
    ready(writer.append(&[(5, output("the last one"))])).unwrap();
    let whole = kill(folder.path());
    let tail = fs::read(whole.path().join("open/first.1")).unwrap();
    let last = tail.windows(2).position(|pair| pair == b"\n0").expect("the end of the first append");
    for place in (last..tail.len()).step_by(3) {
        let mut changed = tail.clone();
        changed[place] ^= 1;
        let folder = kill(whole.path());
        fs::write(folder.path().join("open/first.1"), &changed).unwrap();
        let store = open(folder.path());
        let read = events(&store, "first");
        assert!(read.len() < 8, "byte {place} of {:?}", String::from_utf8_lossy(&changed));
        assert_sound(&store, "first", read.len() as u64);
    }
}

/// That events are lost can only be told where something is known of them: their output was printed.
#[test]
fn changed_after_it_was_printed() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path());
    let mut writer = ready(store.create(opening("first"))).unwrap();
    ready(writer.append(&cell(1))).unwrap();
    ready(writer.append(&cell(2))).unwrap();
    writer.note_printed(10).unwrap();
    let left = kill(folder.path());
    assert_sound(&store, "first", 13);
    let path = left.path().join("open/first.1");
    let mut tail = fs::read(&path).unwrap();
    let place = tail.windows(5).rposition(|text| text == b"print").expect("the second cell");
    tail[place] ^= 1;
    fs::write(&path, tail).unwrap();
    let verified = ready(open(left.path()).verify(&id("first"))).unwrap();
    let damage = verified.damage.expect("output that was printed is gone");
    assert!(damage.what.contains("lost"), "{damage:?}");
}

/// One that has grown long is written from its beginning again, and what is left there of earlier lines is not read.
#[test]
fn written_anew() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path());
    let mut writer = ready(store.create(opening("first"))).unwrap();
    let tail = folder.path().join("open/first.1");
    let text = "x".repeat(4_000);
    let mut written = 1;
    let begins = |tail: &Path| fs::read_to_string(tail).unwrap().lines().nth(1).unwrap().to_owned();
    let begin = loop {
        ready(writer.append(&[(1, output(&text))])).unwrap();
        written += 1;
        let begin = begins(&tail);
        if !begin.starts_with("0 1 ") {
            break begin;
        }
        assert!(written < 100_000, "it is never written anew");
    };
    assert!(begin.starts_with(&format!("0 {} ", written - 1)), "{begin:.100}, after {written}");
    assert!(fs::metadata(&tail).unwrap().len() < 70 << 20);
    let left = kill(folder.path());
    assert_sound(&open(left.path()), "first", written);
    assert_sound(&store, "first", written);
    // A lower number of digits, and another time: the lines that are there do not fit where these end.
    for number in 0..100 {
        ready(writer.append(&[(number, output(&text[..number as usize]))])).unwrap();
    }
    let left = kill(folder.path());
    let store = open(left.path());
    assert_eq!(ready(store.open(&id("first"))).unwrap().position(), written + 100);
    assert_sound(&store, "first", written + 100);
}

/// Whoever reads a session again and again while somebody else writes to it sees all of it each time, also when its tail was
/// written anew since.
#[test]
fn read_again_and_again() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path());
    let reader = open(folder.path());
    let mut writer = ready(store.create(opening("first"))).unwrap();
    let tail = folder.path().join("open/first.1");
    let mut begins = std::collections::BTreeSet::new();
    let mut written = 1;
    // Three times from the beginning.
    while begins.len() < 3 {
        for number in 0..3 {
            let text = "x".repeat(4_000 + 7 * usize::try_from(written % 50).unwrap());
            let events = [(1, output(&text)), (1, output("")), (1, output("two of an append"))];
            ready(writer.append(&events[..=number])).unwrap();
            written += number as u64 + 1;
            let seen = ready(reader.read(&id("first"), written - 1, 10)).unwrap();
            assert_eq!(seen.len(), 1, "after {written}");
        }
        let first = fs::read_to_string(&tail).unwrap().lines().nth(1).unwrap().to_owned();
        begins.insert(first.split(' ').nth(1).unwrap().to_owned());
        assert!(written < 100_000, "it is never written anew");
    }
    assert_sound(&reader, "first", written);
    assert_sound(&store, "first", written);
}

/// What cannot stand in a tail goes into the database at once, after what is in the tail.
#[test]
fn with_blobs_between() {
    for durability in [Durability::Sync, Durability::Group, Durability::Async] {
        let folder = tempfile::tempdir().unwrap();
        let store = open_as(folder.path(), durability);
        let mut writer = ready(store.create(opening("first"))).unwrap();
        for number in 1..=5 {
            ready(writer.append(&cell(number))).unwrap();
            ready(writer.append(&[(1, output(&large(number.into())))])).unwrap();
        }
        ready(writer.append(&cell(6))).unwrap();
        ready(writer.sync()).unwrap();
        assert_eq!(rows(folder.path(), "first"), 1 + 5 * 7);
        let left = kill(folder.path());
        let store = open(left.path());
        assert_eq!(ready(store.open(&id("first"))).unwrap().position(), 1 + 5 * 7 + 6);
        assert_sound(&store, "first", 1 + 5 * 7 + 6);
    }
}

/// Many at once: they are gathered in the database.
#[test]
fn of_many_sessions() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path());
    let names: Vec<_> = (0..40).map(|number| format!("session-{number}")).collect();
    let mut writers: Vec<Box<dyn Writer>> =
        names.iter().map(|name| ready(store.create(opening(name))).unwrap()).collect();
    for number in 1..=20 {
        for writer in &mut writers {
            ready(writer.append(&cell(number))).unwrap();
        }
    }
    let left = kill(folder.path());
    let listed = ready(open(left.path()).list()).unwrap();
    assert_eq!(listed.iter().map(|session| session.events).collect::<Vec<_>>(), [121; 40]);
    drop(writers);
    for name in &names {
        assert_sound(&store, name, 121);
    }
}

/// Nobody who was there before comes back under the same name.
#[test]
fn left_behind() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path());
    let mut writer = ready(store.create(opening("first"))).unwrap();
    ready(writer.append(&cell(1))).unwrap();
    let left = kill(folder.path());
    let tail = left.path().join("open/first.1");
    let bytes = fs::read(&tail).unwrap();
    let store = open(left.path());
    ready(store.remove(&id("first"))).unwrap();
    // As if the process had been killed before it removed that.
    fs::write(&tail, &bytes).unwrap();
    let mut writer = ready(store.create(opening("first"))).unwrap();
    assert_sound(&store, "first", 1);
    ready(writer.append(&cell(2))).unwrap();
    drop((writer, store));
    fs::write(&tail, &bytes).unwrap();
    fs::write(left.path().join("open/gone.3"), &bytes).unwrap();
    fs::write(left.path().join("open/not one of ours"), b"x").unwrap();
    let store = open(left.path());
    let mut writer = ready(store.open(&id("first"))).unwrap();
    assert_eq!((writer.position(), writer.epoch()), (7, 2));
    ready(writer.append(&cell(3))).unwrap();
    ready(store.list()).unwrap();
    drop((writer, store));
    let names = fs::read_dir(left.path().join("open")).unwrap().map(|entry| entry.unwrap().file_name());
    assert_eq!(names.collect::<Vec<_>>(), ["not one of ours"]);
    assert_sound(&open(left.path()), "first", 13);
}

/// Who has lost a session in this process may read it, but not write.
#[test]
fn of_who_was_taken_over() {
    for durability in [Durability::Sync, Durability::Group, Durability::Async] {
        let folder = tempfile::tempdir().unwrap();
        let options = SqliteOptions { durability, lease: std::time::Duration::ZERO, ..SqliteOptions::default() };
        let store = LocalStore::open(folder.path(), options).unwrap();
        let mut writer = ready(store.create(opening("first"))).unwrap();
        ready(writer.append(&cell(1))).unwrap();
        ready(writer.sync()).unwrap();
        let other = open(folder.path());
        let mut second = ready(other.open(&id("first"))).unwrap();
        assert_eq!(second.position(), 7);
        let late = ready(writer.append(&cell(2))).and_then(|_| ready(writer.sync()));
        assert!(matches!(late, Err(StoreError::LeaseLost { .. })), "{durability:?}: {late:?}");
        ready(second.append(&cell(3))).unwrap();
        assert_sound(&store, "first", 13);
        drop(writer);
        ready(second.append(&cell(4))).unwrap();
        assert_sound(&store, "first", 19);
        drop(second);
        assert_sound(&other, "first", 19);
    }
}
