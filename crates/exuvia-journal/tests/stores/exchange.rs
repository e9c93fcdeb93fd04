//! Sessions as files.

use std::io::{Read, Write};
use std::process::{Command, Stdio};

use exuvia_core::journal::{Store, StoreError};
use exuvia_journal::{LocalStore, SqliteOptions};
use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;

use crate::story::{assert_sound, cell, events, fork, id, named, opening, ready, tell};

fn export(store: &LocalStore, session: &str, with_checkpoints: bool) -> Vec<u8> {
    let mut file = Vec::new();
    ready(store.export(&id(session), with_checkpoints, &mut file)).unwrap();
    file
}

fn unpack(file: &[u8]) -> String {
    let mut text = String::new();
    GzDecoder::new(file).read_to_string(&mut text).unwrap();
    text
}

fn import(store: &LocalStore, mut file: &[u8]) -> Result<(u64, bool), StoreError> {
    ready(store.import(&mut file)).map(|imported| (imported.events, imported.name_taken))
}

/// A store with a session that was forked twice.
fn family() -> LocalStore {
    let store = LocalStore::memory();
    tell(&store, named("first", "mine"), 3);
    tell(&store, fork("second", "first", 7), 1);
    tell(&store, fork("third", "second", 2), 2);
    ready(store.put_checkpoint(&id("first"), 6, b"a checkpoint")).unwrap();
    ready(store.put_checkpoint(&id("first"), 12, b"one that is not shared")).unwrap();
    store
}

#[test]
fn a_file_gives_the_same_session_elsewhere() {
    let store = family();
    let folder = tempfile::tempdir().unwrap();
    for elsewhere in [LocalStore::memory(), LocalStore::open(folder.path(), SqliteOptions::default()).unwrap()] {
        let file = export(&store, "third", true);
        assert_eq!(import(&elsewhere, &file).unwrap(), (7 + 2 + 13, false));
        assert_eq!(events(&elsewhere, "third"), events(&store, "third"));
        assert_eq!(
            ready(elsewhere.history(&id("third"), None)).unwrap(),
            ready(store.history(&id("third"), None)).unwrap()
        );
        let listed: Vec<_> = ready(elsewhere.list()).unwrap().into_iter().map(|each| each.session).collect();
        assert_eq!(listed, [id("third")], "those that it was forked from are not listed");
        assert_sound(&elsewhere, "third", 22);
        let checkpoint = ready(elsewhere.checkpoint(&id("first"), 6)).unwrap();
        assert_eq!(checkpoint.as_deref(), Some(b"a checkpoint".as_slice()));
        assert_eq!(ready(elsewhere.checkpoint(&id("first"), 12)).unwrap(), None);

        assert_eq!(import(&elsewhere, &file).unwrap(), (0, false), "again");
        assert_eq!(import(&elsewhere, unpack(&file).as_bytes()).unwrap(), (0, false), "unpacked");
        assert_eq!(export(&elsewhere, "third", true), file);

        // Its origin comes later, with what the fork does not share, and is listed then.
        assert_eq!(import(&elsewhere, &export(&store, "first", false)).unwrap(), (19 - 7, false));
        assert_eq!(events(&elsewhere, "first"), events(&store, "first"));
        assert_sound(&elsewhere, "first", 19);
        assert_eq!(ready(elsewhere.list()).unwrap().len(), 2);

        let mut writer = ready(elsewhere.open(&id("third"))).unwrap();
        assert_eq!((writer.position(), writer.epoch()), (13, 2));
        ready(writer.append(&cell(3))).unwrap();
        drop(writer);
        assert_sound(&elsewhere, "third", 28);
        assert_eq!(import(&elsewhere, &file).unwrap(), (0, false), "one that has gone on");
    }
}

#[test]
fn a_session_that_has_gone_on_catches_up() {
    let (here, there) = (LocalStore::memory(), LocalStore::memory());
    tell(&here, opening("first"), 1);
    import(&there, &export(&here, "first", false)).unwrap();
    let mut writer = ready(here.open(&id("first"))).unwrap();
    ready(writer.append(&cell(2))).unwrap();
    let file = export(&here, "first", false);
    let open = ready(there.open(&id("first"))).unwrap();
    assert!(matches!(import(&there, &file), Err(StoreError::Busy { .. })));
    drop(open);
    assert_eq!(import(&there, &file).unwrap(), (6, false));
    assert_eq!(events(&there, "first"), events(&here, "first"));
    assert_sound(&there, "first", 13);
}

#[test]
fn another_session_of_the_same_id_is_refused() {
    let (here, there) = (LocalStore::memory(), LocalStore::memory());
    tell(&here, opening("first"), 1);
    let mut other = opening("first");
    other.opened.seed = [9; 32];
    tell(&there, other, 0);
    let refused = import(&there, &export(&here, "first", false));
    match refused {
        Err(StoreError::Exists { differs: Some(differs), .. }) => {
            assert_eq!(differs, "its event at position 0 is another one");
        }
        other => panic!("{other:?}"),
    }
    assert_eq!(events(&there, "first").len(), 1);
}

#[test]
fn a_name_that_is_taken_is_left_out() {
    let (here, there) = (LocalStore::memory(), LocalStore::memory());
    tell(&here, named("first", "mine"), 1);
    tell(&there, named("second", "mine"), 1);
    assert_eq!(import(&there, &export(&here, "first", false)).unwrap(), (7, true));
    assert_eq!(ready(there.find("mine")).unwrap(), id("second"));
}

/// What was there for the sake of a fork alone gets its own name when it comes itself; one that was renamed keeps its own.
#[test]
fn a_name_comes_with_its_session() {
    let here = family();
    let folder = tempfile::tempdir().unwrap();
    for there in [LocalStore::memory(), LocalStore::open(folder.path(), SqliteOptions::default()).unwrap()] {
        assert_eq!(import(&there, &export(&here, "third", false)).unwrap(), (22, false));
        assert!(matches!(ready(there.find("mine")), Err(StoreError::NotFound { .. })));
        let file = export(&here, "first", false);
        assert_eq!(import(&there, &file).unwrap(), (12, false));
        assert_eq!(ready(there.find("mine")).unwrap(), id("first"));
        ready(there.rename(&id("first"), Some("other".to_owned()))).unwrap();
        assert_eq!(import(&there, &file).unwrap(), (0, false));
        assert_eq!(ready(there.find("other")).unwrap(), id("first"));
        ready(there.rename(&id("third"), Some("mine".to_owned()))).unwrap();
        assert_eq!(import(&there, &file).unwrap(), (0, true));
    }
}

/// Somebody who knows nothing but what is written about the chain comes to the same hashes.
#[test]
fn python_verifies_the_chain() {
    let file = export(&family(), "third", true);
    let verify = |file: &[u8]| {
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/verify_chain.py");
        let mut child = Command::new("python3")
            .arg(script)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        child.stdin.take().unwrap().write_all(file).unwrap();
        String::from_utf8(child.wait_with_output().unwrap().stdout).unwrap()
    };
    assert_eq!(verify(&file), "3 sessions, 22 events, 2 blobs: sound\n");
    let changed = unpack(&file).replace("print(1)", "print(2)");
    let mut packed = GzEncoder::new(Vec::new(), Compression::default());
    packed.write_all(changed.as_bytes()).unwrap();
    assert_eq!(verify(&packed.finish().unwrap()), "first 1: the hash is another one\n");
}

#[test]
fn a_file_that_is_not_whole_leaves_nothing() {
    let text = unpack(&export(&family(), "third", true));
    let lines: Vec<&str> = text.lines().collect();
    let store = LocalStore::memory();
    for count in 0..lines.len() {
        let file: String = lines[..count].iter().map(|line| format!("{line}\n")).collect();
        let refused = import(&store, file.as_bytes());
        assert!(matches!(refused, Err(StoreError::Import { .. })), "{count} lines: {refused:?}");
    }
    for left_out in 0..lines.len() {
        let kept = lines.iter().enumerate().filter(|(number, _)| *number != left_out);
        let file: String = kept.map(|(_, line)| format!("{line}\n")).collect();
        let without = import(&store, file.as_bytes());
        // Without its checkpoint it is another file that is whole.
        let whole = lines[left_out].contains("\"checkpoint\"");
        assert_eq!(without.is_ok(), whole, "without line {left_out}: {without:?}");
        if whole {
            ready(store.remove(&id("third"))).unwrap();
        }
    }
    let packed = export(&family(), "third", true);
    for length in (0..packed.len()).step_by(97) {
        let refused = import(&store, &packed[..length]);
        assert!(matches!(refused, Err(StoreError::Import { .. })), "{length} bytes: {refused:?}");
    }
    assert_eq!(ready(store.list()).unwrap(), []);
    assert!(import(&store, &[text.as_bytes(), b"more"].concat()).is_err());
    assert!(matches!(ready(store.read(&id("first"), 0, 1)), Err(StoreError::NotFound { .. })));
}

/// What is packed ends with its checksum, and with that the file ends (RFC 1952, 2.2 and 2.3).
#[test]
fn a_packed_file_is_read_to_its_end() {
    let packed = export(&family(), "third", true);
    let store = LocalStore::memory();
    let refused = |file: &[u8]| match import(&store, file) {
        Err(StoreError::Import { what, .. }) => what,
        other => panic!("{other:?}"),
    };
    let mut member = GzEncoder::new(Vec::new(), Compression::default());
    member.write_all(b"{}\n").unwrap();
    for more in [b"junk".to_vec(), b"\0".to_vec(), packed.clone(), member.finish().unwrap()] {
        assert_eq!(refused(&[packed.as_slice(), &more].concat()), "something follows the end");
    }
    for missing in [1, 4, 8, packed.len() / 2] {
        assert_eq!(refused(&packed[..packed.len() - missing]), "the file ends here", "{missing} bytes");
    }
    let mut changed = packed.clone();
    *changed.last_mut().unwrap() ^= 1;
    assert!(!refused(&changed).contains("follows"));
    assert_eq!(ready(store.list()).unwrap(), []);
    import(&store, &packed).unwrap();
}

#[test]
fn a_session_is_not_taken_in_where_its_id_is_a_name() {
    let file = export(&family(), "third", false);
    let store = LocalStore::memory();
    tell(&store, named("mine", "third"), 1);
    let refused = import(&store, &file);
    assert!(matches!(&refused, Err(StoreError::IdIsName { named, .. }) if *named == id("mine")), "{refused:?}");
    assert_eq!(ready(store.find("third")).unwrap(), id("mine"));
    // A name that is an id here is left out.
    tell(&store, opening("yours"), 1);
    let other = LocalStore::memory();
    tell(&other, named("other", "yours"), 1);
    assert_eq!(import(&store, &export(&other, "other", false)).unwrap(), (7, true));
    assert_eq!(ready(store.find("yours")).unwrap(), id("yours"));
}

#[test]
fn each_byte_of_a_file_counts() {
    let text = unpack(&export(&family(), "second", false));
    let whole = LocalStore::memory();
    import(&whole, text.as_bytes()).unwrap();
    let mut refused = 0;
    for place in (0..text.len()).step_by(7) {
        let mut bytes = text.clone().into_bytes();
        bytes[place] ^= 1 << (place % 7);
        let store = LocalStore::memory();
        match import(&store, &bytes) {
            Err(_) => refused += 1,
            // Names, times of creation and the like are no part of the chain.
            Ok(_) => assert_eq!(events(&store, "second"), events(&whole, "second"), "byte {place}"),
        }
    }
    assert!(refused > 1_000, "{refused} of {}", text.len() / 7);
}

#[test]
fn what_nobody_would_export_is_refused() {
    let text = unpack(&export(&family(), "third", false));
    let store = LocalStore::memory();
    for (from, to) in [
        ("\"exuvia_journal\":1", "\"exuvia_journal\":2"),
        ("\"segments\":3", "\"segments\":0"),
        ("\"segments\":3", "\"segments\":4"),
        ("\"segments\":3", "\"segments\":18446744073709551615"),
        ("\"session\":\"third\"", "\"session\":\"../../third\""),
        ("\"name\":null", "\"name\":\"a\\u0000b\""),
        ("\"epoch\":1", "\"epoch\":18446744073709551615"),
        ("\"text\":\"", "\"text\":\"x"),
        ("\"position\":3", "\"position\":18446744073709551615"),
    ] {
        let changed = text.replace(from, to);
        assert_ne!(changed, text, "{from}");
        assert!(import(&store, changed.as_bytes()).is_err(), "{to}");
    }
    assert!(matches!(import(&store, text.replacen(":1,", ":2,", 1).as_bytes()), Err(StoreError::Newer { .. })));
    assert_eq!(ready(store.list()).unwrap(), []);
}

/// A few bytes that unpack to one line of very many.
#[test]
fn a_line_without_an_end_is_given_up() {
    let mut packed = GzEncoder::new(Vec::new(), Compression::best());
    let megabyte = vec![b' '; 1 << 20];
    for _ in 0..64 {
        packed.write_all(&megabyte).unwrap();
    }
    let packed = packed.finish().unwrap();
    assert!(packed.len() < 100_000);
    assert!(matches!(import(&LocalStore::memory(), &packed), Err(StoreError::Import { line: 1, .. })));
}
