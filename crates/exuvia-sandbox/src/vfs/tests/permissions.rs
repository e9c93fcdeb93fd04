use super::*;

#[test]
fn a_file_without_permissions_cannot_be_opened_by_its_owner() {
    let mut vfs = vfs();
    write_file(&mut vfs, "a", b"x");
    vfs.set_mode(follow("a"), 0).unwrap();
    assert_eq!(vfs.open(at("a"), READ, 0), errno(Errno::Acces));
    assert_eq!(vfs.open(at("a"), WRITE, 0), errno(Errno::Acces));
    assert_eq!(vfs.truncate(follow("a"), 0), errno(Errno::Acces));
    vfs.set_mode(follow("a"), 0o400).unwrap();
    assert_eq!(vfs.open(at("a"), READ, 0), Ok(3));
    assert_eq!(vfs.open(at("a"), READ | OpenFlags::TRUNCATE, 0), errno(Errno::Acces));
    assert_eq!(vfs.open(at("a"), CREATE | UPDATE, 0), errno(Errno::Acces));
}

#[test]
fn a_descriptor_keeps_what_it_was_opened_for() {
    let mut vfs = vfs();
    let fd = vfs.open(at("a"), CREATE | UPDATE, 0).unwrap();
    assert_eq!(vfs.write(fd, b"x"), Ok(Io::Done(1)));
    assert_eq!(vfs.open(at("a"), READ, 0), errno(Errno::Acces));
}

#[test]
fn a_directory_needs_search_and_write_permission() {
    let mut vfs = vfs();
    vfs.make_directory(at("d"), 0o755).unwrap();
    write_file(&mut vfs, "d/a", b"");
    vfs.set_mode(follow("d"), 0o600).unwrap();
    assert_eq!(vfs.stat(follow("d/a")), errno(Errno::Acces));
    assert_eq!(vfs.change_directory(at("d")), errno(Errno::Acces));
    assert_eq!(vfs.open(at("d"), OpenFlags::TEMPORARY | UPDATE, 0o600), errno(Errno::Acces));
    vfs.set_mode(follow("d"), 0o500).unwrap();
    assert_eq!(vfs.stat(follow("d/a")).map(|stat| stat.size), Ok(0));
    assert_eq!(vfs.unlink(at("d/a")), errno(Errno::Acces));
    assert_eq!(vfs.make_directory(at("d/b"), 0o755), errno(Errno::Acces));
    assert_eq!(vfs.make_directory(at("d/a"), 0o755), errno(Errno::Exist));
    assert_eq!(vfs.make_symlink(b"x", at("d/b")), errno(Errno::Acces));
    assert_eq!(vfs.open(at("d/b"), CREATE | WRITE, 0o644), errno(Errno::Acces));
    assert_eq!(rename(&mut vfs, "d/a", "a"), errno(Errno::Acces));
    vfs.set_mode(follow("d"), 0o300).unwrap();
    assert_eq!(vfs.open(at("d"), READ, 0), errno(Errno::Acces));
    assert_eq!(vfs.unlink(at("d/a")), Ok(()));
}

#[test]
fn a_directory_that_cannot_be_written_cannot_move_elsewhere() {
    let mut vfs = vfs();
    vfs.make_directory(at("d"), 0o500).unwrap();
    vfs.make_directory(at("e"), 0o755).unwrap();
    assert_eq!(rename(&mut vfs, "d", "f"), Ok(()));
    assert_eq!(rename(&mut vfs, "f", "e/f"), errno(Errno::Acces));
}

#[test]
fn the_systems_directories_are_not_the_guests() {
    let mut vfs = vfs();
    assert_eq!(vfs.make_directory(at("/x"), 0o755), errno(Errno::Acces));
    assert_eq!(vfs.unlink(at("/dev/null")), errno(Errno::Acces));
    assert_eq!(vfs.remove_directory(at("/tmp")), errno(Errno::Acces));
    assert_eq!(rename(&mut vfs, "/workspace", "/tmp/workspace"), errno(Errno::Acces));
    assert_eq!(vfs.set_mode(follow("/usr"), 0o777), errno(Errno::Perm));
    assert_eq!(vfs.make_directory(at("/tmp/x"), 0o755), Ok(()));
    assert_eq!(vfs.make_directory(at("/home/user/x"), 0o755), Ok(()));
}

#[test]
fn access_asks_for_each_permission() {
    let mut vfs = vfs();
    write_file(&mut vfs, "a", b"");
    vfs.set_mode(follow("a"), 0o500).unwrap();
    let ask = |vfs: &mut Vfs, bits| vfs.access(at("a"), AccessMode::from_bits(bits).unwrap());
    assert_eq!(ask(&mut vfs, 0), Ok(()));
    assert_eq!(ask(&mut vfs, 5), Ok(()));
    assert_eq!(ask(&mut vfs, 2), errno(Errno::Acces));
    vfs.set_mode(follow("a"), 0o600).unwrap();
    assert_eq!(ask(&mut vfs, 6), Ok(()));
    assert_eq!(ask(&mut vfs, 1), errno(Errno::Acces));
    assert_eq!(AccessMode::from_bits(8), None);
}

#[test]
fn owners_can_only_stay_who_they_are() {
    let mut vfs = vfs();
    write_file(&mut vfs, "a", b"");
    let owner = |user, group| Ownership { user, group };
    assert_eq!(vfs.set_owner(follow("a"), owner(Some(GUEST_ID), Some(GUEST_ID))), Ok(()));
    assert_eq!(vfs.set_owner(follow("a"), owner(None, Some(GUEST_ID))), Ok(()));
    assert_eq!(vfs.set_owner(follow("a"), owner(Some(0), None)), errno(Errno::Perm));
    assert_eq!(vfs.set_owner(follow("a"), owner(None, Some(0))), errno(Errno::Perm));
    assert_eq!(vfs.set_owner(follow("/tmp"), owner(Some(GUEST_ID), None)), errno(Errno::Perm));
    let stat = vfs.stat(follow("a")).unwrap();
    assert_eq!((stat.user, stat.group), (GUEST_ID, GUEST_ID));
}

#[test]
fn the_umask_applies_to_files_and_directories() {
    let mut vfs = vfs();
    assert_eq!(vfs.set_umask(0o077), 0o022);
    vfs.open(at("a"), CREATE | WRITE, 0o666).unwrap();
    vfs.make_directory(at("d"), 0o777).unwrap();
    assert_eq!(vfs.stat(follow("a")).unwrap().mode(), 0o100_600);
    assert_eq!(vfs.stat(follow("d")).unwrap().mode(), 0o040_700);
}
