use super::*;

fn take(vfs: &mut Vfs, fd: i32, count: usize) -> Vec<(String, u64)> {
    let entries = vfs.read_directory(fd, count).unwrap();
    entries.into_iter().map(|entry| (String::from_utf8(entry.name).unwrap(), entry.cookie)).collect()
}

fn expected(entries: &[(&str, u64)]) -> Vec<(String, u64)> {
    entries.iter().map(|(name, cookie)| ((*name).to_owned(), *cookie)).collect()
}

#[test]
fn entries_come_in_the_order_in_which_they_were_made() {
    let mut vfs = vfs();
    for name in ["b", "a", "c"] {
        write_file(&mut vfs, name, b"");
    }
    assert_eq!(names(&mut vfs, "."), [".", "..", "b", "a", "c"]);
    rename(&mut vfs, "b", "a").unwrap();
    write_file(&mut vfs, "b", b"");
    assert_eq!(names(&mut vfs, "."), [".", "..", "a", "c", "b"]);
}

#[test]
fn a_listing_under_way_neither_repeats_nor_misses_what_stays() {
    let mut vfs = vfs();
    for name in ["a", "b", "c", "d"] {
        write_file(&mut vfs, name, b"");
    }
    let fd = vfs.open(at("."), READ, 0).unwrap();
    assert_eq!(take(&mut vfs, fd, 4), expected(&[(".", 1), ("..", 2), ("a", 3), ("b", 4)]));
    for name in ["a", "b", "c"] {
        vfs.unlink(at(name)).unwrap();
    }
    write_file(&mut vfs, "e", b"");
    assert_eq!(take(&mut vfs, fd, 4), expected(&[("d", 6), ("e", 7)]));
    assert_eq!(take(&mut vfs, fd, 4), []);
    vfs.seek(fd, SeekFrom::Start(2)).unwrap();
    assert_eq!(take(&mut vfs, fd, 1), expected(&[("d", 6)]));
    assert_eq!(take(&mut vfs, fd, 0), []);
    vfs.seek(fd, SeekFrom::Start(i64::MAX)).unwrap();
    assert_eq!(take(&mut vfs, fd, 4), []);
}

#[test]
fn a_removed_directory_can_be_left_but_not_listed() {
    let mut vfs = vfs();
    vfs.make_directory(at("d"), 0o755).unwrap();
    vfs.change_directory(at("d")).unwrap();
    let fd = vfs.open(at("."), READ, 0).unwrap();
    vfs.remove_directory(at("/workspace/d")).unwrap();
    assert_eq!(vfs.read_directory(fd, 9), errno(Errno::Noent));
    assert_eq!(vfs.working_directory(), errno(Errno::Noent));
    assert_eq!(vfs.open(at("a"), CREATE | WRITE, 0o644), errno(Errno::Noent));
    assert_eq!(vfs.make_directory(at("a"), 0o755), errno(Errno::Noent));
    vfs.change_directory(at("..")).unwrap();
    assert_eq!(vfs.working_directory().unwrap(), b"/workspace");
    assert_eq!(vfs.usage().inodes, 1);
    vfs.close(fd).unwrap();
    assert_eq!(vfs.usage().inodes, 0);
}

#[test]
fn entries_tell_types_and_inodes() {
    let mut vfs = vfs();
    write_file(&mut vfs, "a", b"");
    vfs.make_symlink(b"a", at("l")).unwrap();
    vfs.make_directory(at("d"), 0o755).unwrap();
    let fd = vfs.open(at("."), READ, 0).unwrap();
    let entries = vfs.read_directory(fd, 9).unwrap();
    let types: Vec<_> = entries.iter().map(|entry| entry.file_type).collect();
    use FileType::{Directory, Regular, Symlink};
    assert_eq!(types, [Directory, Directory, Regular, Symlink, Directory]);
    let paths = [".", "..", "a", "l", "d"];
    let inodes: Vec<_> = paths.iter().map(|path| vfs.stat(Target::NoFollow(at(path))).unwrap().inode).collect();
    assert_eq!(entries.iter().map(|entry| entry.inode).collect::<Vec<_>>(), inodes);
}
