use super::*;

#[test]
fn writes_stop_at_the_byte_limit_and_go_on_after_something_is_removed() {
    let mut vfs = with_limits(FileLimits { bytes: 1024, ..FileLimits::default() });
    let fd = open(&mut vfs, "a");
    assert_eq!(vfs.write(fd, &[1; 2000]), Ok(Io::Done(1024)));
    assert_eq!(vfs.write(fd, &[1]), errno(Errno::Nospc));
    let other = open(&mut vfs, "b");
    assert_eq!(vfs.write(other, &[1]), errno(Errno::Nospc));
    assert_eq!(vfs.make_symlink(b"x", at("l")), errno(Errno::Nospc));
    assert_eq!(vfs.usage(), Usage { bytes: 1024, inodes: 2 });
    vfs.truncate(Target::Fd(fd), 512).unwrap();
    assert_eq!(vfs.write(other, &[1; 700]), Ok(Io::Done(512)));
    vfs.unlink(at("a")).unwrap();
    assert_eq!(vfs.write(other, &[1]), errno(Errno::Nospc), "an open file keeps its bytes");
    vfs.close(fd).unwrap();
    assert_eq!(vfs.write(other, &[1]), Ok(Io::Done(1)));
    assert_eq!(vfs.usage(), Usage { bytes: 1024, inodes: 1 });
}

#[test]
fn single_bytes_far_apart_are_charged_what_they_cost() {
    let mut vfs = with_limits(FileLimits { bytes: 10 * 512, ..FileLimits::default() });
    let fd = open(&mut vfs, "a");
    for number in 0..10 {
        assert_eq!(vfs.write_at(fd, &[1], number << 20), Ok(Io::Done(1)));
    }
    assert_eq!(vfs.write_at(fd, &[1], 10 << 20), errno(Errno::Nospc));
    assert_eq!(vfs.stat(Target::Fd(fd)).unwrap().size, (9 << 20) + 1);
}

#[test]
fn holes_are_free_and_read_as_zeros() {
    let mut vfs = with_limits(FileLimits { bytes: 512, file_bytes: 1 << 40, ..FileLimits::default() });
    let fd = open(&mut vfs, "a");
    vfs.truncate(Target::Fd(fd), 1 << 40).unwrap();
    let mut buffer = [1; 9];
    assert_eq!(vfs.read_at(fd, &mut buffer, (1 << 40) - 5), Ok(Io::Done(5)));
    assert_eq!(buffer, [0, 0, 0, 0, 0, 1, 1, 1, 1]);
    assert_eq!(vfs.usage().bytes, 0);
    let host = HostError::Errno { path: "/workspace/a".into(), errno: Errno::Fbig };
    assert_eq!(vfs.read_file(b"/workspace/a", 1 << 20), Err(host));
}

#[test]
fn a_file_has_a_largest_size() {
    let mut vfs = with_limits(FileLimits { file_bytes: 100, ..FileLimits::default() });
    let fd = open(&mut vfs, "a");
    assert_eq!(vfs.write(fd, &[1; 90]), Ok(Io::Done(90)));
    assert_eq!(vfs.write(fd, &[1; 90]), Ok(Io::Done(10)));
    assert_eq!(vfs.write(fd, &[1; 90]), errno(Errno::Fbig));
    assert_eq!(vfs.write(fd, &[]), Ok(Io::Done(0)));
    assert_eq!(vfs.truncate(Target::Fd(fd), 101), errno(Errno::Fbig));
    assert_eq!(vfs.truncate(follow("a"), i64::MAX), errno(Errno::Fbig));
    assert_eq!(vfs.write_at(fd, &[1], i64::MAX), errno(Errno::Fbig));
    let range = |offset, length| Range { offset, length };
    assert_eq!(vfs.allocate(fd, range(i64::MAX, i64::MAX)), errno(Errno::Fbig));
    assert_eq!(vfs.allocate(fd, range(0, 101)), errno(Errno::Fbig));
    assert_eq!(vfs.allocate(fd, range(0, 0)), errno(Errno::Inval));
    assert_eq!(vfs.allocate(fd, range(-1, 5)), errno(Errno::Inval));
    assert_eq!(vfs.allocate(fd, range(50, 50)), Ok(()));
    assert_eq!(vfs.stat(Target::Fd(fd)).unwrap().size, 100);
}

#[test]
fn allocation_is_refused_without_room() {
    let mut vfs = with_limits(FileLimits { bytes: 1000, ..FileLimits::default() });
    let fd = open(&mut vfs, "a");
    assert_eq!(vfs.allocate(fd, Range { offset: 0, length: 1001 }), errno(Errno::Nospc));
    assert_eq!(vfs.allocate(fd, Range { offset: 0, length: 1000 }), Ok(()));
    assert_eq!(vfs.stat(Target::Fd(fd)).unwrap().size, 1000);
}

#[test]
fn the_number_of_files_is_limited() {
    let mut vfs = with_limits(FileLimits { files: 3, ..FileLimits::default() });
    open(&mut vfs, "a");
    vfs.make_directory(at("d"), 0o755).unwrap();
    vfs.make_symlink(b"a", at("l")).unwrap();
    assert_eq!(vfs.open(at("b"), CREATE | WRITE, 0o644), errno(Errno::Nospc));
    assert_eq!(vfs.make_directory(at("e"), 0o755), errno(Errno::Nospc));
    assert_eq!(vfs.make_symlink(b"a", at("m")), errno(Errno::Nospc));
    vfs.remove_directory(at("d")).unwrap();
    assert_eq!(vfs.make_directory(at("e"), 0o755), Ok(()));
    let stat = vfs.stat_file_system(follow("/workspace")).unwrap();
    assert_eq!((stat.files, stat.files_free, stat.read_only), (3, 0, false));
}

#[test]
fn the_number_of_descriptors_is_limited() {
    let mut vfs = with_limits(FileLimits { open_files: 5, ..FileLimits::default() });
    assert_eq!(vfs.open(at("a"), CREATE | WRITE, 0o644), Ok(3));
    assert_eq!(vfs.pipe(OpenFlags::default()), errno(Errno::Mfile));
    assert_eq!(vfs.duplicate(3, DuplicateFrom::default()), Ok(4));
    assert_eq!(vfs.open(at("missing"), READ, 0), errno(Errno::Mfile));
    assert_eq!(vfs.open(at("b"), CREATE | WRITE, 0o644), errno(Errno::Mfile));
    assert_eq!(vfs.stat(follow("b")), errno(Errno::Noent), "nothing was made");
    assert_eq!(vfs.duplicate(3, DuplicateFrom::default()), errno(Errno::Mfile));
    let to = |number| DuplicateTo { number, close_on_exec: false };
    assert_eq!(vfs.duplicate_to(3, to(5)), errno(Errno::Badf));
    assert_eq!(vfs.duplicate_to(3, to(i32::MAX)), errno(Errno::Badf));
    assert_eq!(vfs.duplicate_to(3, to(-1)), errno(Errno::Badf));
    assert_eq!(vfs.duplicate_to(3, to(4)), Ok(4));
    assert_eq!(vfs.open_count(), 5);
}

#[test]
fn the_host_is_held_to_the_limits_too() {
    let mut vfs = with_limits(FileLimits { bytes: 512, files: 1, ..FileLimits::default() });
    let refused = |errno| Err(HostError::Errno { path: "/workspace/a".into(), errno });
    assert_eq!(vfs.add_file(b"/workspace/a", &vec![1; 513].into(), 0o644), refused(Errno::Nospc));
    assert_eq!(vfs.add_file(b"/workspace/a", &vec![1; 512].into(), 0o644), Ok(()));
    assert_eq!(vfs.add_file(b"/workspace/a", &vec![2; 300].into(), 0o600), Ok(()));
    assert_eq!(vfs.add_file(b"/workspace/a", &vec![1; 513].into(), 0o644), refused(Errno::Nospc));
    assert_eq!(vfs.read_file(b"/workspace/a", 512).unwrap(), vec![2; 300]);
    assert_eq!(vfs.usage(), Usage { bytes: 512, inodes: 1 });
}
