//! What all stores have in common: the same tests for each of them.

use exuvia_core::journal::{
    CheckpointEntry, Durability, Event, PrunePolicy, Segment, SessionId, Store, StoreError, Writer,
};
use exuvia_journal::{LocalStore, SqliteOptions};

use crate::story::{assert_sound, cell, events, fork, id, large, named, opening, output, ready, tell};

/// Writes all tests for a store.
macro_rules! suite {
    ($($store:ident: $make:expr;)+) => {$(
        mod $store {
            use super::*;

            suite!(@tests $make;
                what_is_appended_is_read,
                a_session_is_written_by_one,
                an_id_and_a_name_are_given_once,
                sessions_are_found,
                sessions_are_listed,
                a_fork_shares_its_origin,
                forks_of_forks,
                forks_need_something_to_share,
                removing_keeps_what_forks_share,
                pruning_spares_what_is_open,
                pruning_begins_with_checkpoints,
                checkpoints_are_kept_and_deleted,
                what_was_printed_is_remembered,
                what_is_not_there_is_not_found,
                too_much_is_refused_and_nothing_is_appended,
            );
        }
    )+};
    (@tests $make:expr; $($test:ident,)+) => {$(
        #[test]
        fn $test() {
            let folder = tempfile::tempdir().unwrap();
            let make: fn(&std::path::Path) -> LocalStore = $make;
            super::$test(&make(folder.path()));
        }
    )+};
}

suite! {
    memory: |_| LocalStore::memory();
    sqlite_group: |folder| sqlite(folder, Durability::Group);
    sqlite_sync: |folder| sqlite(folder, Durability::Sync);
    sqlite_async: |folder| sqlite(folder, Durability::Async);
}

fn sqlite(folder: &std::path::Path, durability: Durability) -> LocalStore {
    LocalStore::open(folder, SqliteOptions { durability, ..SqliteOptions::default() }).unwrap()
}

fn what_is_appended_is_read(store: &LocalStore) {
    let mut writer = ready(store.create(opening("first"))).unwrap();
    assert_eq!((writer.position(), writer.epoch()), (1, 1));
    let mut written = vec![(1_000, Event::Opened(Box::new(opening("first").opened)))];
    for number in 1..=50 {
        assert_eq!(ready(writer.append(&cell(number))).unwrap(), written.len() as u64);
        written.extend(cell(number));
    }
    assert_eq!(ready(writer.append(&[])).unwrap(), 301);
    ready(writer.sync()).unwrap();

    let read = events(store, "first");
    let told: Vec<_> = read.iter().map(|recorded| (recorded.at, recorded.event.clone())).collect();
    assert_eq!(told, written);
    assert!(read.iter().zip(0..).all(|(recorded, position)| recorded.position == position && recorded.epoch == 1));
    assert_eq!(ready(store.read(&id("first"), 10, 5)).unwrap(), read[10..15]);
    assert_eq!(ready(store.read(&id("first"), 301, 5)).unwrap(), []);
    assert_sound(store, "first", 301);
}

fn a_session_is_written_by_one(store: &LocalStore) {
    let mut writer = ready(store.create(opening("first"))).unwrap();
    let busy = |result: Result<Box<dyn Writer>, StoreError>| matches!(result, Err(StoreError::Busy { .. }));
    assert!(busy(ready(store.open(&id("first")))));
    assert!(matches!(ready(store.remove(&id("first"))), Err(StoreError::Busy { .. })));
    ready(writer.append(&cell(1))).unwrap();
    drop(writer);

    let mut writer = ready(store.open(&id("first"))).unwrap();
    assert_eq!((writer.position(), writer.epoch(), writer.is_lost()), (7, 2, false));
    assert!(busy(ready(store.open(&id("first")))));
    assert_eq!(ready(writer.append(&cell(2))).unwrap(), 7);
    drop(writer);
    let epochs: Vec<u64> = events(store, "first").iter().map(|recorded| recorded.epoch).collect();
    assert_eq!(epochs, [[1; 7].as_slice(), &[2; 6]].concat());
    assert_sound(store, "first", 13);
}

fn an_id_and_a_name_are_given_once(store: &LocalStore) {
    tell(store, named("first", "mine"), 1);
    let again = ready(store.create(opening("first"))).map(drop);
    assert!(matches!(again, Err(StoreError::Exists { differs: None, .. })), "{again:?}");
    let taken = ready(store.create(named("second", "mine"))).map(drop);
    assert!(matches!(taken, Err(StoreError::NameTaken { .. })), "{taken:?}");
    assert!(matches!(ready(store.create(named("second", "a\nb"))).map(drop), Err(StoreError::Name(_))));

    tell(store, opening("second"), 1);
    let taken = ready(store.rename(&id("second"), Some("mine".into())));
    assert!(matches!(taken, Err(StoreError::NameTaken { .. })), "{taken:?}");
    // An id goes first where a session is looked for: it is no other one's name, whichever was there first.
    for refused in [
        ready(store.rename(&id("second"), Some("first".into()))),
        ready(store.create(named("third", "first"))).map(drop),
    ] {
        assert!(matches!(&refused, Err(StoreError::NameIsId { name }) if name == "first"), "{refused:?}");
    }
    let refused = ready(store.create(opening("mine"))).map(drop);
    assert!(matches!(&refused, Err(StoreError::IdIsName { named, .. }) if *named == id("first")), "{refused:?}");
    ready(store.rename(&id("second"), Some("second".into()))).unwrap();
    ready(store.rename(&id("first"), Some("yours".into()))).unwrap();
    ready(store.rename(&id("first"), Some("yours".into()))).unwrap();
    ready(store.rename(&id("second"), Some("mine".into()))).unwrap();
    ready(store.rename(&id("first"), None)).unwrap();
    let names: Vec<_> = ready(store.list()).unwrap().into_iter().map(|listed| listed.name).collect();
    assert_eq!(names, [None, Some("mine".to_owned())]);
    assert_sound(store, "first", 7);
}

fn sessions_are_found(store: &LocalStore) {
    for (session, name) in [("abc-1", "weather"), ("abc-2", "abc-1-copy"), ("b", "abc")] {
        tell(store, named(session, name), 0);
    }
    for (wanted, found) in [
        ("abc-1", "abc-1"),
        ("weather", "abc-1"),
        ("abc", "b"),
        ("b", "b"),
        ("abc-2", "abc-2"),
        ("abc-1-copy", "abc-2"),
    ] {
        assert_eq!(ready(store.find(wanted)).unwrap(), id(found), "{wanted}");
    }
    match ready(store.find("ab")) {
        Err(StoreError::Ambiguous { matches, .. }) => assert_eq!(matches, [id("abc-1"), id("abc-2")]),
        other => panic!("{other:?}"),
    }
    let message = ready(store.find("waether")).unwrap_err().to_string();
    assert_eq!(message, "there is no session `waether`\n    hint: there is `weather`");
    let message = ready(store.find("")).unwrap_err().to_string();
    assert_eq!(message, "there is no session ``\n    hint: `exuvia session list` shows all");
}

fn sessions_are_listed(store: &LocalStore) {
    tell(store, named("first", "mine"), 2);
    tell(store, fork("second", "first", 7), 3);
    tell(store, opening("third"), 0);
    let writer = ready(store.open(&id("first"))).unwrap();
    let listed = ready(store.list()).unwrap();
    let facts: Vec<_> = listed
        .iter()
        .map(|each| (each.session.as_str(), each.name.as_deref(), each.created, each.updated, each.events))
        .collect();
    assert_eq!(
        facts,
        [
            ("second", None, 1_000, 2_035, 19),
            ("first", Some("mine"), 1_000, 2_025, 13),
            ("third", None, 1_000, 1_000, 1)
        ]
    );
    assert_eq!(listed[0].parent, Some((id("first"), 7)));
    assert_eq!(listed.iter().map(|each| each.holder.is_some()).collect::<Vec<_>>(), [false, true, false]);
    assert!(listed[0].bytes > listed[2].bytes, "{listed:?}");
    drop(writer);
}

fn segments(store: &LocalStore, session: &str, until: Option<u64>) -> Vec<(String, std::ops::Range<u64>)> {
    let segments = ready(store.history(&id(session), until)).unwrap();
    segments.into_iter().map(|Segment { session, positions }| (session.to_string(), positions)).collect()
}

fn a_fork_shares_its_origin(store: &LocalStore) {
    tell(store, opening("first"), 2);
    tell(store, fork("second", "first", 7), 1);
    assert_eq!(segments(store, "first", None), [("first".to_owned(), 0..13)]);
    assert_eq!(segments(store, "second", None), [("first".to_owned(), 0..7), ("second".to_owned(), 0..7)]);
    assert_eq!(segments(store, "second", Some(2)), [("first".to_owned(), 0..7), ("second".to_owned(), 0..2)]);
    assert_eq!(events(store, "second").len(), 7);
    assert!(matches!(ready(store.history(&id("second"), Some(8))), Err(StoreError::Position { .. })));
    assert_sound(store, "second", 14);
    // What the origin does afterwards is its own affair.
    let mut writer = ready(store.open(&id("first"))).unwrap();
    ready(writer.append(&cell(3))).unwrap();
    drop(writer);
    assert_sound(store, "second", 14);
    assert_sound(store, "first", 19);
}

fn forks_of_forks(store: &LocalStore) {
    tell(store, opening("s0"), 1);
    for number in 1..20 {
        tell(store, fork(&format!("s{number}"), &format!("s{}", number - 1), 2), 1);
    }
    let history = segments(store, "s19", None);
    assert_eq!(history.len(), 20);
    assert_eq!((&history[0], &history[19]), (&("s0".to_owned(), 0..2), &("s19".to_owned(), 0..7)));
    assert_sound(store, "s19", 19 * 2 + 7);
}

fn forks_need_something_to_share(store: &LocalStore) {
    tell(store, opening("first"), 1);
    for position in [0, 8, u64::MAX] {
        let refused = ready(store.create(fork("second", "first", position))).map(drop);
        assert!(matches!(refused, Err(StoreError::Position { events: 7, .. })), "{refused:?}");
    }
    let refused = ready(store.create(fork("second", "nobody", 1))).map(drop);
    assert!(matches!(refused, Err(StoreError::NotFound { .. })), "{refused:?}");
    assert_eq!(ready(store.list()).unwrap().len(), 1);
}

fn removing_keeps_what_forks_share(store: &LocalStore) {
    tell(store, named("first", "mine"), 3);
    tell(store, fork("second", "first", 7), 1);
    tell(store, fork("third", "second", 3), 0);
    ready(store.put_checkpoint(&id("first"), 6, b"shared")).unwrap();
    ready(store.put_checkpoint(&id("first"), 12, b"not shared")).unwrap();
    ready(store.remove(&id("first"))).unwrap();
    ready(store.remove(&id("second"))).unwrap();

    assert!(matches!(ready(store.find("first")), Err(StoreError::NotFound { .. })));
    assert!(matches!(ready(store.open(&id("first"))).map(drop), Err(StoreError::NotFound { .. })));
    assert_eq!(ready(store.list()).unwrap().len(), 1);
    assert_eq!(segments(store, "third", None).len(), 3);
    assert_sound(store, "third", 7 + 3 + 1);
    assert_eq!(ready(store.checkpoint(&id("first"), 6)).unwrap().as_deref(), Some(b"shared".as_slice()));
    assert_eq!(ready(store.checkpoint(&id("first"), 12)).unwrap(), None);
    let kept: Vec<_> = events(store, "first").into_iter().map(|recorded| recorded.event).collect();
    assert_eq!(kept[1..], cell(1).into_iter().map(|(_, event)| event).collect::<Vec<_>>());
    // An id is never given again while something of it is there; a name is.
    assert!(matches!(ready(store.create(opening("first"))).map(drop), Err(StoreError::Exists { .. })));
    tell(store, named("fourth", "mine"), 0);

    ready(store.remove(&id("third"))).unwrap();
    for gone in ["first", "second", "third"] {
        assert!(matches!(ready(store.read(&id(gone), 0, 1)), Err(StoreError::NotFound { .. })), "{gone}");
    }
    tell(store, opening("first"), 1);
    assert_sound(store, "first", 7);
}

fn pruning_spares_what_is_open(store: &LocalStore) {
    let write = |session: &str, at: i64| {
        let mut writer = ready(store.create(opening(session))).unwrap();
        ready(writer.append(&[(at, output(&large(1)))])).unwrap();
        writer
    };
    let open = write("a-open", 5_000);
    drop(write("b-old", 6_000));
    drop(write("c-young", 9_000));
    drop(write("d-youngest", 9_500));
    let policy = PrunePolicy { written_before: Some(7_000), bytes_max: None };
    let pruned = ready(store.prune(policy)).unwrap();
    assert_eq!((pruned.removed, pruned.open), (vec![id("b-old")], vec![id("a-open")]));
    let bytes = ready(store.list()).unwrap().iter().map(|listed| listed.bytes).sum::<u64>();
    assert_eq!(pruned.bytes, bytes);

    let policy = PrunePolicy { written_before: None, bytes_max: Some(bytes - 1) };
    let pruned = ready(store.prune(policy)).unwrap();
    assert_eq!((pruned.removed, pruned.open), (vec![id("c-young")], vec![id("a-open")]));
    assert_eq!(ready(store.prune(PrunePolicy::default())).unwrap().removed, []);
    drop(open);
    let pruned = ready(store.prune(PrunePolicy { written_before: None, bytes_max: Some(0) })).unwrap();
    assert_eq!((pruned.removed, pruned.bytes), (vec![id("a-open"), id("d-youngest")], 0));
}

fn pruning_begins_with_checkpoints(store: &LocalStore) {
    tell(store, opening("first"), 1);
    tell(store, fork("second", "first", 2), 1);
    for (session, position) in [("first", 1), ("first", 3), ("second", 2)] {
        ready(store.put_checkpoint(&id(session), position, &[1; 1_000])).unwrap();
    }
    let bytes = || ready(store.list()).unwrap().iter().map(|listed| listed.bytes).sum::<u64>();
    let kept = || ["first", "second"].map(|session| ready(store.checkpoints(&id(session))).unwrap().len());
    let whole = bytes();
    let prune =
        |bytes_max| ready(store.prune(PrunePolicy { written_before: None, bytes_max: Some(bytes_max) })).unwrap();
    let pruned = prune(whole - 1);
    assert_eq!((pruned.removed, pruned.checkpoints, pruned.bytes, kept()), (vec![], 1, whole - 1_000, [1, 1]));
    // They are not enough: the oldest session follows.
    let pruned = prune(whole - 3_001);
    assert_eq!((pruned.removed, pruned.checkpoints), (vec![id("first")], 2));
    assert_sound(store, "second", 2 + 7);
    let policy = PrunePolicy { written_before: Some(i64::MAX), bytes_max: None };
    assert_eq!(ready(store.prune(policy)).unwrap().removed, [id("second")]);
}

fn checkpoints_are_kept_and_deleted(store: &LocalStore) {
    tell(store, opening("first"), 1);
    let session: SessionId = id("first");
    for (position, bytes) in [(6, b"late".as_slice()), (1, b"early"), (6, b"later")] {
        ready(store.put_checkpoint(&session, position, bytes)).unwrap();
    }
    let kept = ready(store.checkpoints(&session)).unwrap();
    assert_eq!(kept, [CheckpointEntry { position: 1, bytes: 5 }, CheckpointEntry { position: 6, bytes: 5 }]);
    assert_eq!(ready(store.checkpoint(&session, 6)).unwrap().as_deref(), Some(b"later".as_slice()));
    ready(store.remove_checkpoint(&session, 6)).unwrap();
    ready(store.remove_checkpoint(&session, 6)).unwrap();
    assert_eq!(ready(store.checkpoint(&session, 6)).unwrap(), None);
    assert!(matches!(ready(store.put_checkpoint(&session, 7, b"")), Err(StoreError::Position { .. })));
    assert_sound(store, "first", 7);
}

fn what_was_printed_is_remembered(store: &LocalStore) {
    let mut writer = ready(store.create(opening("first"))).unwrap();
    ready(writer.append(&cell(1))).unwrap();
    assert_eq!(ready(store.printed(&id("first"))).unwrap(), 0);
    writer.note_printed(5).unwrap();
    assert_eq!(ready(store.printed(&id("first"))).unwrap(), 5);
    drop(writer);
    assert_eq!(ready(store.printed(&id("first"))).unwrap(), 5);
    let mut writer = ready(store.open(&id("first"))).unwrap();
    assert_eq!(ready(store.printed(&id("first"))).unwrap(), 5);
    writer.note_printed(6).unwrap();
    drop(writer);
    assert_eq!(ready(store.printed(&id("first"))).unwrap(), 6);
}

fn what_is_not_there_is_not_found(store: &LocalStore) {
    fn refused<T>(result: Result<T, StoreError>) -> bool {
        matches!(result, Err(StoreError::NotFound { .. }))
    }
    let nobody = id("nobody");
    assert!(refused(ready(store.open(&nobody))));
    assert!(refused(ready(store.read(&nobody, 0, 1))));
    assert!(refused(ready(store.history(&nobody, None))));
    assert!(refused(ready(store.rename(&nobody, None))));
    assert!(refused(ready(store.remove(&nobody))));
    assert!(refused(ready(store.verify(&nobody))));
    assert!(refused(ready(store.export(&nobody, false, &mut Vec::new()))));
    assert!(refused(ready(store.put_checkpoint(&nobody, 0, b""))));
    assert!(refused(ready(store.checkpoints(&nobody))));
    assert!(refused(ready(store.printed(&nobody))));
    assert_eq!(ready(store.list()).unwrap(), []);
}

fn too_much_is_refused_and_nothing_is_appended(store: &LocalStore) {
    let mut writer = ready(store.create(opening("first"))).unwrap();
    let deep = (0..200).fold(serde_json::json!(1), |inner, _| serde_json::json!([inner]));
    let batch = [(1, output("fits")), (2, Event::Note { kind: "deep".into(), data: deep })];
    assert!(matches!(ready(writer.append(&batch)), Err(StoreError::TooLarge { .. })));
    assert_eq!(writer.position(), 1);
    assert_eq!(ready(writer.append(&[(3, output("fits"))])).unwrap(), 1);
    drop(writer);
    assert_sound(store, "first", 2);
}
