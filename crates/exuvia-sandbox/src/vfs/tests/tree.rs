use super::*;

#[test]
fn a_new_sandbox_has_its_directories_and_streams() {
    let mut vfs = vfs();
    assert_eq!(vfs.working_directory().unwrap(), b"/workspace");
    assert_eq!(names(&mut vfs, "/"), [".", "..", "tmp", "dev", "home", "workspace", "usr"]);
    let stat = vfs.stat(follow("/tmp")).unwrap();
    assert_eq!((stat.mode(), stat.links, stat.user), (0o041_777, 2, 0));
    assert_eq!(vfs.stat(follow("/")).unwrap().links, 7);
    assert_eq!((vfs.usage(), vfs.open_count()), (Usage::default(), 3));
}

#[test]
fn a_clone_goes_its_own_way() {
    let mut one = vfs();
    let fd = open(&mut one, "a");
    one.write(fd, &[1; 200_000]).unwrap();
    let mut other = one.clone();
    one.write_at(fd, b"x", 100_000).unwrap();
    other.write(fd, b"y").unwrap();
    other.unlink(at("a")).unwrap();
    let mut expected = vec![1; 200_000];
    expected[100_000] = b'x';
    assert_eq!(one.read_file(b"/workspace/a", u64::MAX).unwrap(), expected);
    let mut buffer = [0; 2];
    assert_eq!((other.read_at(fd, &mut buffer, 199_999), buffer), (Ok(Io::Done(2)), [1, b'y']));
    assert_eq!((other.read_at(fd, &mut buffer, 100_000), buffer), (Ok(Io::Done(2)), [1, 1]));
}

#[test]
fn the_hosts_file_is_kept_without_a_copy_until_it_is_changed() {
    let mut vfs = vfs();
    let given = bytes::Bytes::from(vec![1; 1000]);
    vfs.add_file(b"/workspace/deep/er/a", &given, 0o640).unwrap();
    let read = vfs.read_file(b"/workspace/deep/er/a", 1000).unwrap();
    assert_eq!(read.as_ptr(), given.as_ptr());
    let fd = vfs.open(at("deep/er/a"), UPDATE, 0).unwrap();
    vfs.write(fd, b"x").unwrap();
    assert_eq!(given, vec![1; 1000]);
    assert_eq!(vfs.read_file(b"/workspace/deep/er/a", 1000).unwrap()[..2], [b'x', 1]);
    assert_eq!(vfs.stat(Target::Fd(fd)).unwrap().permissions, 0o640);
}

#[test]
fn the_host_cannot_overwrite_what_is_not_a_file() {
    let mut vfs = vfs();
    vfs.make_symlink(b"/dev/null", at("l")).unwrap();
    let mut add = |path: &str| vfs.add_file(path.as_bytes(), &bytes::Bytes::new(), 0o644);
    let refused = |path: &str, errno| Err(HostError::Errno { path: path.into(), errno });
    assert_eq!(add("/dev"), refused("/dev", Errno::Isdir));
    assert_eq!(add("/dev/null"), refused("/dev/null", Errno::Exist));
    assert_eq!(add("/dev/null/x"), refused("/dev/null/x", Errno::Notdir));
    assert_eq!(add("/workspace/l"), refused("/workspace/l", Errno::Exist));
    for path in ["", "/", "a", "/a/../b", "/./a"] {
        assert_eq!(add(path), Err(HostError::Path(path.into())));
    }
}

#[test]
fn a_walk_lists_what_is_in_memory() {
    let mut vfs = vfs();
    vfs.add_file(b"/workspace/b/c", &b"xyz"[..].into(), 0o644).unwrap();
    vfs.add_file(b"/workspace/b/a", &b""[..].into(), 0o644).unwrap();
    vfs.make_symlink(b"b/c", at("a")).unwrap();
    vfs.add_directory(b"/workspace/z").unwrap();
    let list = |path: &[u8]| -> Vec<_> {
        let entries = vfs.walk(path).unwrap();
        entries.map(|entry| (String::from_utf8(entry.path).unwrap(), entry.stat.size, entry.target)).collect()
    };
    let entry = |path: &str, size| (path.to_owned(), size, None);
    let expected = [
        ("/workspace/a".to_owned(), 3, Some(b"b/c".to_vec())),
        entry("/workspace/b", 4096),
        entry("/workspace/b/a", 0),
        entry("/workspace/b/c", 3),
        entry("/workspace/z", 4096),
    ];
    assert_eq!(list(b"/workspace"), expected);
    assert_eq!(list(b"/workspace/"), expected);
    let everything: Vec<_> = list(b"/").into_iter().map(|(path, ..)| path).collect();
    let top = |path: &&String| path.matches('/').count() == 1;
    assert_eq!(everything.iter().filter(top).collect::<Vec<_>>(), ["/dev", "/home", "/tmp", "/usr", "/workspace"]);
    assert!(!everything.iter().any(|path| path.contains("python")));
}

#[test]
fn a_rename_can_keep_what_exists() {
    let mut vfs = vfs();
    write_file(&mut vfs, "a", b"x");
    write_file(&mut vfs, "b", b"");
    let renaming = Renaming { from: at("a"), to: at("b"), keep_existing: true };
    assert_eq!(vfs.rename(renaming), errno(Errno::Exist));
    assert_eq!(vfs.rename(Renaming { to: at("c"), ..renaming }), Ok(()));
    assert_eq!(names(&mut vfs, "."), [".", "..", "b", "c"]);
}
