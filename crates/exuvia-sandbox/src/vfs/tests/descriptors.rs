use super::*;

#[test]
fn duplicates_share_position_and_flags() {
    let mut vfs = vfs();
    let fd = open(&mut vfs, "a");
    let copy = vfs.duplicate(fd, DuplicateFrom { lowest: 10, close_on_exec: true }).unwrap();
    assert_eq!(copy, 10);
    vfs.write(fd, b"hello").unwrap();
    assert_eq!(vfs.seek(copy, SeekFrom::Current(0)), Ok(5));
    vfs.set_status_flags(copy, OpenFlags::APPEND | OpenFlags::WRITE_ONLY).unwrap();
    assert_eq!(vfs.status_flags(fd), Ok(UPDATE | OpenFlags::APPEND));
    assert_eq!((vfs.close_on_exec(fd), vfs.close_on_exec(copy)), (Ok(false), Ok(true)));
    vfs.close(fd).unwrap();
    assert_eq!(vfs.read(fd, &mut [0]), errno(Errno::Badf));
    vfs.seek(copy, SeekFrom::Start(0)).unwrap();
    assert_eq!(read(&mut vfs, copy).unwrap(), b"hello");
    assert_eq!(open(&mut vfs, "b"), 3, "the lowest free one");
}

#[test]
fn duplicating_over_the_last_descriptor_of_an_unlinked_file_frees_it() {
    let mut vfs = vfs();
    let fd = open(&mut vfs, "a");
    vfs.write(fd, &[1; 600]).unwrap();
    vfs.unlink(at("a")).unwrap();
    assert_eq!(vfs.usage(), Usage { bytes: 1024, inodes: 1 });
    assert_eq!(vfs.stat(Target::Fd(fd)).unwrap().links, 0);
    vfs.duplicate_to(1, DuplicateTo { number: fd, close_on_exec: false }).unwrap();
    assert_eq!(vfs.usage(), Usage::default());
    assert_eq!(vfs.write(fd, b"x"), Ok(Io::Device(Device::Stdout)));
}

#[test]
fn closed_and_impossible_descriptors_are_refused_everywhere() {
    let mut vfs = vfs();
    for fd in [-1, 3, 1023, i32::MAX, i32::MIN] {
        assert_eq!(vfs.close(fd), errno(Errno::Badf));
        assert_eq!(vfs.read(fd, &mut [0]), errno(Errno::Badf));
        assert_eq!(vfs.write(fd, &[0]), errno(Errno::Badf));
        assert_eq!(vfs.stat(Target::Fd(fd)), errno(Errno::Badf));
        assert_eq!(vfs.seek(fd, SeekFrom::Start(0)), errno(Errno::Badf));
        assert_eq!(vfs.duplicate(fd, DuplicateFrom::default()), errno(Errno::Badf));
        assert_eq!(vfs.open(Place::at(fd, b"a"), READ, 0), errno(Errno::Badf));
        assert_eq!(vfs.readiness(fd), errno(Errno::Badf));
        assert_eq!(vfs.change_directory_to(fd), errno(Errno::Badf));
        assert_eq!(vfs.read_directory(fd, 1), errno(Errno::Badf));
    }
    let lowest = |lowest| DuplicateFrom { lowest, close_on_exec: false };
    assert_eq!(vfs.duplicate(0, lowest(-1)), errno(Errno::Inval));
    assert_eq!(vfs.duplicate(0, lowest(1024)), errno(Errno::Inval));
}

#[test]
fn a_path_handle_only_names_a_place() {
    let mut vfs = vfs();
    write_file(&mut vfs, "a", b"x");
    let fd = vfs.open(at("a"), OpenFlags::PATH | UPDATE | OpenFlags::TRUNCATE, 0).unwrap();
    assert_eq!(vfs.stat(Target::Fd(fd)).unwrap().size, 1);
    assert_eq!(vfs.read(fd, &mut [0]), errno(Errno::Badf));
    assert_eq!(vfs.set_mode(Target::Fd(fd), 0), errno(Errno::Badf));
    assert_eq!(vfs.check_descriptor(fd), errno(Errno::Badf));
    let directory = vfs.open(at("/workspace"), OpenFlags::PATH, 0).unwrap();
    assert_eq!(vfs.open(Place::at(directory, b"a"), READ, 0), Ok(5));
}

#[test]
fn a_pipe_carries_bytes_until_the_last_writer_closes() {
    let mut vfs = vfs();
    let PipeEnds { read: from, write: to } = vfs.pipe(OpenFlags::default()).unwrap();
    assert_eq!((from, to), (3, 4));
    assert_eq!(read(&mut vfs, from), errno(Errno::Deadlk));
    assert_eq!(vfs.write(to, b"hello"), Ok(Io::Done(5)));
    assert_eq!(vfs.readiness(from), Ok(Readiness { readable: true, ..Readiness::default() }));
    let mut two = [0; 2];
    assert_eq!((vfs.read(from, &mut two), &two), (Ok(Io::Done(2)), b"he"));
    let copy = vfs.duplicate(to, DuplicateFrom::default()).unwrap();
    vfs.close(to).unwrap();
    assert_eq!(read(&mut vfs, from).unwrap(), b"llo");
    assert_eq!(read(&mut vfs, from), errno(Errno::Deadlk));
    vfs.close(copy).unwrap();
    assert_eq!(read(&mut vfs, from).unwrap(), b"");
    assert_eq!(vfs.readiness(from), Ok(Readiness { hang_up: true, ..Readiness::default() }));
    assert_eq!(vfs.stat(Target::Fd(from)).unwrap().file_type, FileType::Fifo);
    assert_eq!(vfs.seek(from, SeekFrom::Start(0)), errno(Errno::Spipe));
    assert_eq!(vfs.read_at(from, &mut two, 0), errno(Errno::Spipe));
    assert_eq!(vfs.write(from, b"x"), errno(Errno::Badf));
}

#[test]
fn a_pipe_is_bounded_and_small_writes_are_whole() {
    let mut vfs = vfs();
    let PipeEnds { read: from, write: to } = vfs.pipe(OpenFlags::NON_BLOCKING).unwrap();
    assert_eq!(read(&mut vfs, from), errno(Errno::Again));
    let most = PIPE_BYTES_MAX - 100;
    assert_eq!(vfs.write(to, &vec![1; most]), Ok(Io::Done(most)));
    assert_eq!(vfs.readiness(to), Ok(Readiness::default()));
    assert_eq!(vfs.write(to, &[1; 101]), errno(Errno::Again));
    assert_eq!(vfs.write(to, &[1; PIPE_ATOMIC_BYTES + 1]), Ok(Io::Done(100)));
    assert_eq!(vfs.write(to, &[1; PIPE_ATOMIC_BYTES + 1]), errno(Errno::Again));
    vfs.close(from).unwrap();
    assert_eq!(vfs.write(to, b"x"), errno(Errno::Pipe));
    assert_eq!(vfs.readiness(to), Ok(Readiness { writable: true, error: true, ..Readiness::default() }));
}
