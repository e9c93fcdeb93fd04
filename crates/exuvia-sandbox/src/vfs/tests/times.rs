use super::*;

/// Access, modification and change time of a path in seconds.
fn times(vfs: &mut Vfs, path: &str) -> (i64, i64, i64) {
    let stat = vfs.stat(Target::NoFollow(at(path))).unwrap();
    (stat.accessed.seconds, stat.modified.seconds, stat.changed.seconds)
}

fn set(vfs: &mut Vfs, seconds: i64) {
    vfs.set_time(seconds * 1_000_000_000);
}

#[test]
fn each_operation_moves_its_times() {
    let mut vfs = vfs();
    set(&mut vfs, 10);
    let fd = open(&mut vfs, "a");
    assert_eq!(times(&mut vfs, "a"), (10, 10, 10));
    assert_eq!(times(&mut vfs, "/workspace"), (0, 10, 10));
    set(&mut vfs, 20);
    vfs.write(fd, b"x").unwrap();
    assert_eq!(times(&mut vfs, "a"), (10, 20, 20));
    set(&mut vfs, 30);
    vfs.set_mode(follow("a"), 0o600).unwrap();
    assert_eq!(times(&mut vfs, "a"), (10, 20, 30));
    set(&mut vfs, 40);
    rename(&mut vfs, "a", "b").unwrap();
    assert_eq!(times(&mut vfs, "b"), (10, 20, 40));
    assert_eq!(times(&mut vfs, "/workspace"), (0, 40, 40));
    set(&mut vfs, 50);
    vfs.truncate(follow("b"), 0).unwrap();
    assert_eq!(times(&mut vfs, "b"), (10, 50, 50));
}

#[test]
fn a_read_moves_the_access_time_only_if_it_is_old() {
    let mut vfs = vfs();
    set(&mut vfs, 10);
    let fd = open(&mut vfs, "a");
    let mut read_at = |seconds| {
        set(&mut vfs, seconds);
        read(&mut vfs, fd).unwrap();
        times(&mut vfs, "a").0
    };
    assert_eq!(read_at(20), 20, "it was not newer than the modification");
    assert_eq!(read_at(30), 20, "it is newer");
    assert_eq!(read_at(20 + 86_399), 20);
    assert_eq!(read_at(20 + 86_400), 86_420, "it is a day old");
}

#[test]
fn times_can_be_set_omitted_and_negative() {
    let mut vfs = vfs();
    set(&mut vfs, 10);
    write_file(&mut vfs, "a", b"");
    set(&mut vfs, 20);
    let early = TimeChange::Set(Timestamp::from_nanoseconds(-1));
    let changes = |accessed, modified| TimeChanges { accessed, modified };
    vfs.set_times(follow("a"), changes(TimeChange::Omit, early)).unwrap();
    assert_eq!(times(&mut vfs, "a"), (10, -1, 20));
    assert_eq!(vfs.stat(follow("a")).unwrap().modified.nanoseconds, 999_999_999);
    vfs.set_times(follow("a"), changes(TimeChange::Now, TimeChange::Omit)).unwrap();
    assert_eq!(times(&mut vfs, "a"), (20, -1, 20));
    assert_eq!(vfs.set_times(follow("none"), changes(TimeChange::Omit, TimeChange::Omit)), Ok(()));
    assert_eq!(vfs.set_times(follow("/dev"), changes(early, early)), errno(Errno::Perm));
    assert_eq!(vfs.set_times(follow("/dev"), changes(TimeChange::Now, TimeChange::Now)), errno(Errno::Acces));
    assert_eq!(vfs.set_times(follow("/tmp"), changes(TimeChange::Now, TimeChange::Now)), Ok(()));
}

#[test]
fn each_change_of_names_has_a_time_of_its_own() {
    let mut vfs = vfs();
    set(&mut vfs, 10);
    let modified = |vfs: &mut Vfs, path: &str| vfs.stat(Target::NoFollow(at(path))).unwrap().modified;
    let mut last = modified(&mut vfs, "/workspace");
    let mut moves_on = |vfs: &mut Vfs, path: &str| {
        let before = std::mem::replace(&mut last, modified(vfs, path));
        assert!(before < last, "{before:?} to {last:?}");
    };
    open(&mut vfs, "a");
    moves_on(&mut vfs, "/workspace");
    vfs.make_directory(at("d"), 0o777).unwrap();
    moves_on(&mut vfs, "/workspace");
    vfs.make_symlink(b"a", at("l")).unwrap();
    moves_on(&mut vfs, "/workspace");
    rename(&mut vfs, "a", "b").unwrap();
    moves_on(&mut vfs, "/workspace");
    vfs.unlink(at("l")).unwrap();
    moves_on(&mut vfs, "/workspace");
    vfs.remove_directory(at("d")).unwrap();
    moves_on(&mut vfs, "/workspace");
    let truncate = OpenFlags::WRITE_ONLY | OpenFlags::TRUNCATE;
    vfs.open(at("b"), truncate, 0).unwrap();
    moves_on(&mut vfs, "b");
    // The clock may stand still meanwhile, but times do not go back for that.
    set(&mut vfs, 10);
    open(&mut vfs, "c");
    moves_on(&mut vfs, "/workspace");
    // They follow it where it goes back itself.
    set(&mut vfs, 9);
    open(&mut vfs, "e");
    assert_eq!(times(&mut vfs, "/workspace"), (0, 9, 9));
}
