use super::*;

#[test]
fn paths_have_a_longest_length_and_names_too() {
    let mut vfs = vfs();
    let path = "./".repeat(2047) + "a";
    assert_eq!(path.len(), PATH_BYTES_MAX);
    assert_eq!(vfs.stat(follow(&path)), errno(Errno::Noent));
    assert_eq!(vfs.stat(follow(&(path.clone() + "b"))), errno(Errno::Nametoolong));
    assert_eq!(vfs.open(at(&(path + "b")), CREATE | WRITE, 0), errno(Errno::Nametoolong));
    assert_eq!(vfs.make_directory(at(&"n".repeat(255)), 0o755), Ok(()));
    assert_eq!(vfs.make_directory(at(&"n".repeat(256)), 0o755), errno(Errno::Nametoolong));
    assert_eq!(vfs.stat(follow("")), errno(Errno::Noent));
    assert_eq!(vfs.stat(follow("a\0b")), errno(Errno::Inval));
    assert_eq!(vfs.make_symlink(&[b'x'; 4096], at("l")), errno(Errno::Nametoolong));
    assert_eq!(vfs.make_symlink(b"", at("l")), errno(Errno::Noent));
}

#[test]
fn names_need_not_be_text() {
    let mut vfs = vfs();
    let name = b"\xff\xfe\n ";
    let fd = vfs.open(Place::cwd(name), CREATE | WRITE, 0o644).unwrap();
    vfs.write(fd, b"x").unwrap();
    assert_eq!(vfs.stat(Target::Follow(Place::cwd(name))).unwrap().size, 1);
    let listing = vfs.open(at("."), READ, 0).unwrap();
    assert_eq!(vfs.read_directory(listing, 9).unwrap()[2].name, name);
}

#[test]
fn links_end_after_forty() {
    let mut vfs = vfs();
    write_file(&mut vfs, "l0", b"x");
    for number in 1..=41 {
        let target = format!("l{}", number - 1);
        vfs.make_symlink(target.as_bytes(), at(&format!("l{number}"))).unwrap();
    }
    assert_eq!(vfs.stat(follow("l40")).unwrap().size, 1);
    assert_eq!(vfs.stat(follow("l41")), errno(Errno::Loop));
    vfs.make_symlink(b"loop", at("loop")).unwrap();
    assert_eq!(vfs.open(at("loop"), CREATE | WRITE, 0o644), errno(Errno::Loop));
    // A link that leads through itself many times over.
    let target = "x/".repeat(2000);
    vfs.make_symlink(target.as_bytes(), at("x")).unwrap();
    assert_eq!(vfs.stat(follow("x")), errno(Errno::Loop));
}

#[test]
fn a_very_deep_tree_is_built_moved_walked_and_dropped() {
    const DEPTH: usize = 50_000;
    let mut vfs = vfs();
    vfs.make_directory(at("other"), 0o755).unwrap();
    vfs.make_directory(at("top"), 0o755).unwrap();
    vfs.change_directory(at("top")).unwrap();
    for _ in 0..DEPTH {
        vfs.make_directory(at("d"), 0o755).unwrap();
        vfs.change_directory(at("d")).unwrap();
    }
    assert_eq!(vfs.working_directory(), errno(Errno::Nametoolong));
    assert_eq!(
        vfs.rename(Renaming { from: at("/workspace/top"), to: at("in"), keep_existing: false }),
        errno(Errno::Inval)
    );
    assert_eq!(rename(&mut vfs, "/workspace/top", "/workspace/other/top"), Ok(()));
    let seen = vfs.walk(b"/workspace").unwrap().inspect(|entry| assert!(entry.path.len() <= PATH_BYTES_MAX)).count();
    assert_eq!(seen, 2 + (PATH_BYTES_MAX - "/workspace/other/top".len()) / 2);
    assert_eq!(vfs.usage().inodes, 2 + DEPTH as u64);
}

#[test]
fn a_long_chain_of_removed_directories_goes_at_once() {
    let mut vfs = vfs();
    for _ in 0..20_000 {
        vfs.make_directory(at("d"), 0o755).unwrap();
        let fd = vfs.open(at("d"), READ, 0).unwrap();
        vfs.change_directory(at("d")).unwrap();
        vfs.close(fd).unwrap();
    }
    // Each directory is removed while it is open from below.
    let bottom = vfs.open(at("."), READ, 0).unwrap();
    for _ in 0..20_000 {
        vfs.change_directory(at("..")).unwrap();
        vfs.remove_directory(at("d")).unwrap();
    }
    assert_eq!(vfs.usage().inodes, 20_000, "each is the `..` of one that is open");
    assert_eq!(vfs.stat(Target::Follow(Place::at(bottom, b"../../.."))).unwrap().links, 0);
    vfs.close(bottom).unwrap();
    assert_eq!(vfs.usage().inodes, 0);
}

#[test]
fn extreme_offsets_are_refused_without_harm() {
    let mut vfs = vfs();
    let fd = open(&mut vfs, "a");
    assert_eq!(vfs.seek(fd, SeekFrom::Start(-1)), errno(Errno::Inval));
    assert_eq!(vfs.seek(fd, SeekFrom::Start(i64::MAX)), Ok(i64::MAX as u64));
    assert_eq!(vfs.seek(fd, SeekFrom::Current(1)), errno(Errno::Overflow));
    assert_eq!(vfs.read(fd, &mut [0]), Ok(Io::Done(0)));
    assert_eq!(vfs.write(fd, &[0]), errno(Errno::Fbig));
    assert_eq!(vfs.seek(fd, SeekFrom::End(i64::MIN)), errno(Errno::Inval));
    assert_eq!(vfs.seek(fd, SeekFrom::Data(0)), errno(Errno::Nxio));
    assert_eq!(vfs.seek(fd, SeekFrom::Hole(i64::MIN)), errno(Errno::Nxio));
    assert_eq!(vfs.read_at(fd, &mut [0], i64::MIN), errno(Errno::Inval));
    assert_eq!(vfs.truncate(Target::Fd(fd), i64::MIN), errno(Errno::Inval));
    assert_eq!(vfs.usage().bytes, 0);
}
