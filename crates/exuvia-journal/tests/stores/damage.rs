//! Whatever is changed or missing, is found.

use std::fs;
use std::path::Path;

use exuvia_core::journal::{Store, StoreError};
use exuvia_journal::{LocalStore, SqliteOptions};
use rusqlite::types::Value;
use rusqlite::{Connection, params};

use crate::story::{Tear, assert_sound, cell, copy_log_back, events, fork, id, opening, ready, tell};

fn open(folder: &Path) -> LocalStore {
    LocalStore::open(folder, SqliteOptions::default()).unwrap()
}

fn database(folder: &Path) -> Connection {
    let connection = Connection::open(folder.join("journal.sqlite")).unwrap();
    // Thousands of changes, none of which has to survive a failure of the machine.
    connection.pragma_update(None, "synchronous", "OFF").unwrap();
    connection
}

/// Returns whether what is wrong is found, by looking at all and by reading.
fn is_found(store: &LocalStore, session: &str) -> bool {
    match ready(store.verify(&id(session))) {
        Ok(verification) => verification.damage.is_some(),
        Err(StoreError::Damaged { .. }) => true,
        Err(other) => panic!("{other}"),
    }
}

#[test]
fn each_bit_of_each_row() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path());
    tell(&store, opening("first"), 1);
    let connection = database(folder.path());
    let mut flips = 0;
    for (table, key, columns) in [
        ("events", "position", &["session", "position", "epoch", "at", "kind", "body", "hash"][..]),
        ("blobs", "rowid", &["hash", "size", "packed", "packed_hash"]),
        ("uses", "position", &["session", "position", "hash"]),
    ] {
        let sql = format!("SELECT {key} FROM {table}");
        let keys: Vec<i64> =
            connection.prepare(&sql).unwrap().query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect();
        assert!(!keys.is_empty(), "{table}");
        for (row, column) in keys.iter().flat_map(|row| columns.iter().map(move |column| (row, column))) {
            let read = format!("SELECT {column} FROM {table} WHERE {key} = ?1");
            let value: Value = connection.query_row(&read, [row], |row| row.get(0)).unwrap();
            for flipped in flip(&value) {
                let place = format!("{table}.{column} of {row}");
                // The row is found by its key, which may be what is changed.
                connection.execute_batch("BEGIN").unwrap();
                let changed = format!("UPDATE {table} SET {column} = ?2 WHERE {key} = ?1");
                if connection.execute(&changed, params![row, flipped]).is_err() {
                    // A row cannot be like another one.
                    connection.execute_batch("ROLLBACK").unwrap();
                    continue;
                }
                connection.execute_batch("COMMIT").unwrap();
                assert!(is_found(&store, "first"), "{place}: {value:?} is {flipped:?} now");
                let key_now = if column == &key { &flipped } else { &Value::Integer(*row) };
                let back = format!("UPDATE {table} SET {column} = ?2 WHERE {key} = ?1");
                assert_eq!(connection.execute(&back, params![key_now, value]).unwrap(), 1, "{place}");
                flips += 1;
            }
        }
    }
    assert!(flips > 3_000, "{flips}");
    assert_sound(&store, "first", 7);
}

/// Returns what a value is when one bit of it is changed: each bit of small values, one of each byte of large ones.
fn flip(value: &Value) -> Vec<Value> {
    let flip_bytes = |bytes: &[u8], make: &dyn Fn(Vec<u8>) -> Option<Value>| {
        let all = bytes.len() <= 32;
        let bits = (0..bytes.len()).flat_map(|byte| (0..8).map(move |bit| (byte, bit)));
        let bits = bits.filter(|(byte, bit)| all || byte % 8 == *bit);
        let flipped = bits.filter_map(|(byte, bit)| {
            let mut bytes = bytes.to_vec();
            bytes[byte] ^= 1 << bit;
            make(bytes)
        });
        flipped.collect::<Vec<_>>()
    };
    match value {
        Value::Integer(number) => (0..64).map(|bit| Value::Integer(number ^ (1 << bit))).collect(),
        // What is no text any more cannot be put there by these means.
        Value::Text(text) => flip_bytes(text.as_bytes(), &|bytes| String::from_utf8(bytes).ok().map(Value::Text)),
        Value::Blob(bytes) => flip_bytes(bytes, &|bytes| Some(Value::Blob(bytes))),
        other => panic!("{other:?}"),
    }
}

#[test]
fn each_row_that_is_missing() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path());
    tell(&store, opening("first"), 2);
    for (table, rows) in [("events", 13), ("blobs", 2), ("uses", 4)] {
        for row in 0..rows {
            let connection = database(folder.path());
            let key = if table == "blobs" { "rowid" } else { "position" };
            let sql = format!(
                "DELETE FROM {table} WHERE {key} = (SELECT {key} FROM {table} ORDER BY 1 LIMIT 1 OFFSET {row})"
            );
            connection.execute_batch("BEGIN").unwrap();
            connection.execute_batch(&format!("CREATE TEMP TABLE kept AS SELECT * FROM {table}")).unwrap();
            assert_eq!(connection.execute(&sql, []).unwrap(), 1, "{table} {row}");
            connection.execute_batch("COMMIT").unwrap();
            assert!(is_found(&store, "first"), "{table} {row}");
            let back = format!("DELETE FROM {table}; INSERT INTO {table} SELECT * FROM kept");
            connection.execute_batch(&back).unwrap();
        }
    }
    assert_sound(&store, "first", 13);
}

#[test]
fn a_row_that_was_added() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path());
    tell(&store, opening("first"), 1);
    let added = "INSERT INTO events SELECT session, 7, epoch, at, kind, body, hash FROM events WHERE position = 6";
    database(folder.path()).execute(added, []).unwrap();
    assert!(is_found(&store, "first"));
}

#[test]
fn what_is_damaged_is_told_where_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path());
    tell(&store, opening("first"), 2);
    tell(&store, fork("second", "first", 7), 1);
    tell(&store, fork("third", "first", 2), 1);
    database(folder.path()).execute("UPDATE events SET at = at + 1 WHERE session = 1 AND position = 4", []).unwrap();

    let verification = ready(store.verify(&id("first"))).unwrap();
    let damage = verification.damage.unwrap();
    assert_eq!((verification.events, damage.session, damage.position), (4, id("first"), Some(4)));
    let damage = ready(store.verify(&id("second"))).unwrap().damage.unwrap();
    assert_eq!((damage.session, damage.position), (id("first"), Some(4)));
    assert_sound(&store, "third", 9);

    // What comes before it can be read, and gone on from.
    assert_eq!(ready(store.read(&id("first"), 0, 4)).unwrap().len(), 4);
    let refused = ready(store.read(&id("first"), 0, 5));
    assert!(matches!(refused, Err(StoreError::Damaged { position: Some(4), .. })), "{refused:?}");
    tell(&store, fork("fourth", "first", 4), 1);
    assert_sound(&store, "fourth", 11);
}

#[test]
fn a_session_with_another_end_is_not_gone_on_with() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path());
    tell(&store, opening("first"), 1);
    database(folder.path()).execute("DELETE FROM events WHERE position = 6", []).unwrap();
    let refused = ready(store.open(&id("first"))).map(drop);
    assert!(matches!(refused, Err(StoreError::Damaged { .. })), "{refused:?}");
}

#[test]
fn who_has_no_right_to_write_is_noticed() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path());
    let mut writer = ready(store.create(opening("first"))).unwrap();
    ready(writer.append(&cell(1))).unwrap();
    let connection = database(folder.path());
    connection.execute("UPDATE sessions SET next = 6", []).unwrap();
    assert!(matches!(ready(writer.append(&cell(2))), Err(StoreError::Damaged { .. })));
    connection.execute("UPDATE sessions SET next = 7", []).unwrap();
    ready(writer.append(&cell(2))).unwrap();
    connection.execute("UPDATE sessions SET epoch = 2", []).unwrap();
    assert!(matches!(ready(writer.append(&cell(3))), Err(StoreError::LeaseLost { .. })));
    assert_sound(&store, "first", 13);
}

/// Bytes of the database file, and of its log, are changed. Something may be lost by that, but never unnoticed: what can
/// be read is what was written.
#[test]
fn each_part_of_the_files() {
    let original = tempfile::tempdir().unwrap();
    tell(&open(original.path()), opening("first"), 2);
    copy_log_back(original.path());
    let bytes = fs::read(original.path().join("journal.sqlite")).unwrap();
    let whole = ready(open(original.path()).read(&id("first"), 0, usize::MAX)).unwrap();
    let mut found = 0;
    for place in (0..bytes.len()).step_by(499) {
        let folder = tempfile::tempdir().unwrap();
        let mut damaged = bytes.clone();
        damaged[place] ^= 0x40;
        fs::write(folder.path().join("journal.sqlite"), damaged).unwrap();
        let read = LocalStore::open(folder.path(), SqliteOptions::default()).and_then(|store| {
            ready(store.verify(&id("first"))).map(|verified| verified.damage.is_none()).and_then(|sound| {
                let read = ready(store.read(&id("first"), 0, usize::MAX));
                if sound { read.map(Some) } else { Ok(None) }
            })
        });
        match read {
            Ok(Some(read)) => assert_eq!(read, whole, "byte {place}"),
            Ok(None) | Err(_) => found += 1,
        }
    }
    assert!(found > 10, "{found}");
}

/// The end of the database's log is torn, at each length: what is left is a beginning of what was written.
#[test]
fn a_torn_log() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path());
    let mut writer = ready(store.create(opening("first"))).unwrap();
    for number in 1..=5 {
        ready(writer.append(&cell(number))).unwrap();
        // Whoever asks brings it into the database.
        assert_eq!(events(&store, "first").len(), 1 + 6 * number as usize);
    }
    let whole = events(&store, "first");
    let log = fs::read(folder.path().join("journal.sqlite-wal")).unwrap();
    let database = fs::read(folder.path().join("journal.sqlite")).unwrap();
    let mut lengths = std::collections::BTreeSet::new();
    for cut in (0..log.len()).rev().step_by(2_039) {
        for tear in [Tear::Cut, Tear::Zeros, Tear::Garbage] {
            let torn = tempfile::tempdir().unwrap();
            fs::write(torn.path().join("journal.sqlite"), &database).unwrap();
            fs::write(torn.path().join("journal.sqlite-wal"), tear.apply(&log, cut)).unwrap();
            let store = open(torn.path());
            let read = match ready(store.read(&id("first"), 0, usize::MAX)) {
                Err(StoreError::NotFound { .. }) => Vec::new(),
                read => read.unwrap(),
            };
            assert_eq!(read, whole[..read.len()], "cut at {cut}");
            if !read.is_empty() {
                assert_sound(&store, "first", read.len() as u64);
            }
            lengths.insert(read.len());
        }
    }
    assert_eq!(lengths.into_iter().collect::<Vec<_>>(), [0, 1, 7, 13, 19, 25], "the last one is always torn");
}
