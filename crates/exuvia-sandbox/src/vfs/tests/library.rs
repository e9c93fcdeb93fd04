use bytes::Bytes;

use super::*;

const OS: &str = "/usr/lib/python3.14/os.py";

#[test]
fn the_library_can_be_read_and_listed() {
    let mut vfs = vfs();
    let fd = vfs.open(at(OS), READ, 0).unwrap();
    assert_eq!(read(&mut vfs, fd).unwrap(), b"# os\n");
    assert_eq!(read(&mut vfs, fd).unwrap(), b"");
    let mut buffer = [0; 2];
    assert_eq!((vfs.read_at(fd, &mut buffer, 2), &buffer), (Ok(Io::Done(2)), b"os"));
    assert_eq!(vfs.read_at(fd, &mut buffer, i64::MAX), Ok(Io::Done(0)));
    assert_eq!(names(&mut vfs, "/usr/lib/python3.14"), [".", "..", "json", "os.py"]);
    assert_eq!(names(&mut vfs, "/usr/lib"), [".", "..", "python3.14"]);
    assert_eq!(vfs.read_file(b"/usr/lib/python3.14/json/tool.py", 100).unwrap(), "# tool\n");
}

#[test]
fn its_files_say_what_they_are() {
    let mut vfs = vfs();
    let stat = vfs.stat(follow(OS)).unwrap();
    let seen = (stat.device, stat.mode(), stat.size, stat.links, stat.user, stat.modified.seconds);
    assert_eq!(seen, (2, 0o100_644, 5, 1, 0, 77));
    let tool = vfs.stat(follow("/usr/lib/python3.14/json/tool.py")).unwrap();
    assert_eq!(tool.mode(), 0o100_755);
    let root = vfs.stat(follow("/usr/lib/python3.14")).unwrap();
    assert_eq!((root.mode(), root.links), (0o040_755, 3));
    assert!(vfs.stat_file_system(follow(OS)).unwrap().read_only);
}

#[test]
fn nothing_in_it_can_be_changed() {
    let mut vfs = vfs();
    let json = "/usr/lib/python3.14/json";
    let new = "/usr/lib/python3.14/new";
    assert_eq!(vfs.open(at(OS), WRITE, 0), errno(Errno::Rofs));
    assert_eq!(vfs.open(at(OS), READ | OpenFlags::TRUNCATE, 0), errno(Errno::Rofs));
    assert_eq!(vfs.open(at(OS), READ | CREATE, 0), Ok(3));
    assert_eq!(vfs.open(at(new), WRITE | CREATE, 0o644), errno(Errno::Rofs));
    assert_eq!(vfs.make_directory(at(new), 0o755), errno(Errno::Rofs));
    assert_eq!(vfs.make_directory(at(json), 0o755), errno(Errno::Exist));
    assert_eq!(vfs.unlink(at(OS)), errno(Errno::Rofs));
    assert_eq!(vfs.remove_directory(at(json)), errno(Errno::Rofs));
    assert_eq!(rename(&mut vfs, OS, new), errno(Errno::Rofs));
    assert_eq!(rename(&mut vfs, OS, "os.py"), errno(Errno::Xdev));
    assert_eq!(vfs.set_mode(follow(OS), 0), errno(Errno::Rofs));
    assert_eq!(vfs.truncate(follow(OS), 0), errno(Errno::Rofs));
    assert_eq!(vfs.access(at(OS), AccessMode::from_bits(2).unwrap()), errno(Errno::Rofs));
    let changes = TimeChanges { accessed: TimeChange::Now, modified: TimeChange::Now };
    assert_eq!(vfs.set_times(follow(OS), changes), errno(Errno::Rofs));
    let host = HostError::Errno { path: new.into(), errno: Errno::Rofs };
    assert_eq!(vfs.add_file(new.as_bytes(), &Bytes::new(), 0o644), Err(host));
}

#[test]
fn paths_lead_in_and_out_of_it() {
    let mut vfs = vfs();
    vfs.change_directory(at("/usr/lib/python3.14/json")).unwrap();
    assert_eq!(vfs.working_directory().unwrap(), b"/usr/lib/python3.14/json");
    assert_eq!(vfs.stat(follow("../os.py")).unwrap().size, 5);
    vfs.change_directory(at("../../../..")).unwrap();
    assert_eq!(vfs.working_directory().unwrap(), b"/");
    vfs.make_symlink(b"/usr/lib/python3.14", at("/tmp/lib")).unwrap();
    assert_eq!(vfs.stat(follow("/tmp/lib/os.py")).unwrap().size, 5);
}

#[test]
fn malformed_libraries_are_refused() {
    let build = |root: &str, paths: &[&str]| {
        let file = |path: &&str| LibraryFile { path: (*path).into(), contents: Bytes::new(), executable: false };
        Library::from_files(root.as_bytes(), Timestamp::default(), paths.iter().map(file)).map(|_| ()).unwrap_err()
    };
    let path = |path: &str| LibraryError::Path(path.into());
    let taken = |path: &str| LibraryError::Taken(path.into());
    assert_eq!(build("/lib", &["../x"]), path("../x"));
    assert_eq!(build("/lib", &["a", ""]), path(""));
    assert_eq!(build("lib", &[]), path("lib"));
    assert_eq!(build("/", &[]), path("/"));
    assert_eq!(build("/workspace", &[]), path("/workspace"));
    assert_eq!(build("/lib", &["a/b", "a"]), taken("a"));
    assert_eq!(build("/lib", &["a", "a/b"]), taken("a/b"));
    assert_eq!(build("/lib", &["a", "a"]), taken("a"));
}
