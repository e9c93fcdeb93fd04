use super::*;

#[test]
fn the_streams_are_the_hosts() {
    let mut vfs = vfs();
    assert_eq!(vfs.read(0, &mut [0]), Ok(Io::Device(Device::Stdin)));
    assert_eq!(vfs.write(1, b"x"), Ok(Io::Device(Device::Stdout)));
    assert_eq!(vfs.write(2, b"x"), Ok(Io::Device(Device::Stderr)));
    assert_eq!(vfs.write(0, b"x"), errno(Errno::Badf));
    assert_eq!(vfs.read(1, &mut [0]), errno(Errno::Badf));
    assert_eq!(vfs.seek(0, SeekFrom::Start(0)), errno(Errno::Spipe));
    assert_eq!(vfs.open(at("/dev/stdout"), WRITE | OpenFlags::TRUNCATE, 0), Ok(3));
    assert_eq!(vfs.write(3, b"x"), Ok(Io::Device(Device::Stdout)));
    let stdin = Readiness { readable: true, writable: true, device: Some(Device::Stdin), ..Readiness::default() };
    assert_eq!(vfs.readiness(0), Ok(stdin));
}

#[test]
fn a_stream_shows_what_it_is() {
    let mut vfs = vfs();
    vfs.set_terminal(Stream::Stdout, true);
    let types: Vec<_> = (0..3).map(|fd| vfs.stat(Target::Fd(fd)).unwrap().file_type).collect();
    assert_eq!(types, [FileType::Fifo, FileType::CharacterDevice, FileType::Fifo]);
}

#[test]
fn each_device_does_its_own() {
    let mut vfs = vfs();
    let open = |vfs: &mut Vfs, path| vfs.open(at(path), UPDATE, 0).unwrap();
    let mut buffer = [7; 3];
    let null = open(&mut vfs, "/dev/null");
    assert_eq!(vfs.read(null, &mut buffer), Ok(Io::Done(0)));
    assert_eq!(vfs.write(null, b"abc"), Ok(Io::Done(3)));
    assert_eq!(vfs.seek(null, SeekFrom::End(5)), Ok(0));
    assert_eq!(vfs.truncate(Target::Fd(null), 0), errno(Errno::Inval));
    assert_eq!(buffer, [7; 3]);
    let zero = open(&mut vfs, "/dev/zero");
    assert_eq!((vfs.read(zero, &mut buffer), buffer), (Ok(Io::Done(3)), [0; 3]));
    let full = open(&mut vfs, "/dev/full");
    assert_eq!(vfs.write(full, b"x"), errno(Errno::Nospc));
    for path in ["/dev/random", "/dev/urandom"] {
        let random = open(&mut vfs, path);
        assert_eq!(vfs.read(random, &mut buffer), Ok(Io::Device(Device::Random)));
        assert_eq!(vfs.write(random, b"x"), Ok(Io::Done(1)));
    }
    assert_eq!(vfs.open(at("/dev/tty"), UPDATE, 0), errno(Errno::Nxio));
    let stat = vfs.stat(follow("/dev/null")).unwrap();
    assert_eq!((stat.mode(), stat.device_number), (0o020_666, 0x103));
}

#[test]
fn a_temporary_file_has_no_name_and_goes_with_its_descriptor() {
    let mut vfs = vfs();
    let flags = OpenFlags::TEMPORARY | UPDATE;
    let fd = vfs.open(at("/tmp"), flags, 0o600).unwrap();
    vfs.write(fd, b"x").unwrap();
    assert_eq!(vfs.stat(Target::Fd(fd)).unwrap().links, 0);
    assert_eq!(names(&mut vfs, "/tmp"), [".", ".."]);
    vfs.close(fd).unwrap();
    assert_eq!(vfs.usage(), Usage::default());
    assert_eq!(vfs.open(at("/tmp"), OpenFlags::TEMPORARY, 0o600), errno(Errno::Inval));
    assert_eq!(vfs.open(at("/dev"), flags, 0o600), errno(Errno::Acces));
    assert_eq!(vfs.open(at("/dev/null"), flags, 0o600), errno(Errno::Notdir));
}

#[test]
fn special_files_cannot_be_made() {
    let mut vfs = vfs();
    assert_eq!(vfs.make_special(at("fifo")), errno(Errno::Perm));
    assert_eq!(vfs.make_special(at("/dev/null")), errno(Errno::Exist));
}
