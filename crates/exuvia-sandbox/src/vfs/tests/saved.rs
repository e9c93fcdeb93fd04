use exuvia_core::{MountAnswer, MountEntry, MountMode};

use super::*;
use crate::vfs::saved::Damage;

/// Something of everything.
fn full() -> Vfs {
    let mut vfs = vfs();
    vfs.mount(b"/mnt", MountMode::Overlay).unwrap();
    let Err(Fault::Needs(request)) = vfs.stat(follow("/mnt/sub/one")) else { panic!("nothing is asked") };
    let entries = vec![MountEntry::file("one", 600_000), MountEntry::file("two", 5)];
    vfs.supply(request, Ok(MountAnswer::Entries(entries))).unwrap();
    let file = vfs.open(at("/mnt/one"), READ, 0).unwrap();
    let Err(Fault::Needs(request)) = vfs.read(file, &mut [0; 10]) else { panic!("nothing is asked") };
    vfs.supply(request, Ok(MountAnswer::Bytes(vec![1; 262_144]))).unwrap();
    assert_eq!(vfs.read(file, &mut [0; 10]), Ok(Io::Done(10)));
    vfs.unlink(at("/mnt/two")).unwrap();
    vfs.make_directory(at("d"), 0o755).unwrap();
    vfs.make_directory(at("d/e"), 0o755).unwrap();
    vfs.make_symlink(b"d/e", at("link")).unwrap();
    write_file(&mut vfs, "d/file", &[7; 70_000]);
    let gone = open(&mut vfs, "gone");
    vfs.write(gone, b"still there").unwrap();
    vfs.unlink(at("gone")).unwrap();
    let ends = vfs.pipe(OpenFlags::default()).unwrap();
    vfs.write(ends.write, b"on its way").unwrap();
    vfs.duplicate(gone, DuplicateFrom { lowest: 20, close_on_exec: true }).unwrap();
    vfs.change_directory(at("d/e")).unwrap();
    vfs.remove_directory(at("/workspace/d/e")).unwrap();
    vfs
}

fn restored(bytes: &[u8]) -> std::result::Result<Vfs, Damage> {
    Ok(Vfs::restored(&SavedFiles::decode(bytes)?, library(), FileLimits::default()))
}

#[test]
fn saving_goes_on_from_the_same_place() {
    let vfs = full();
    let bytes = vfs.save().encode();
    let mut restored = restored(&bytes).unwrap();
    assert!(restored.save().encode() == bytes);
    assert_eq!(restored.usage(), vfs.usage());
    assert_eq!(restored.read_at(20, &mut [0; 64], 0), Ok(Io::Done(11)));
    assert_eq!(restored.read_file(b"/workspace/d/file", 1 << 20).unwrap(), vec![7; 70_000]);
    assert_eq!(restored.open_count(), vfs.open_count());
}

#[test]
fn a_smaller_limit_adds_nothing_and_takes_nothing_away() {
    let limits = FileLimits { bytes: 1_000, files: 2, open_files: 4, ..FileLimits::default() };
    let saved = SavedFiles::decode(&full().save().encode()).unwrap();
    let mut vfs = Vfs::restored(&saved, library(), limits);
    assert_eq!(vfs.stat(follow("/workspace/d/file")).unwrap().size, 70_000);
    assert_eq!(vfs.make_directory(at("/workspace/new"), 0o755), errno(Errno::Nospc));
    assert_eq!(vfs.open(at("/workspace/d/file"), READ, 0), errno(Errno::Mfile));
    assert_eq!(vfs.close(20), Ok(()));
}

/// Whoever wrote the bytes, what can be read is a file system that does what it is asked or says why not.
#[test]
fn changed_bytes_are_refused_or_harmless() {
    let good = full().save().encode();
    let (mut refused, mut used) = (0, 0);
    // The long runs of content are all alike.
    let places = (0..good.len()).filter(|&at| at < 2 || good[at - 2..=at] != [1; 3] && good[at - 2..=at] != [7; 3]);
    for place in places {
        for byte in [0, 1, 0x7f, 0xff, good[place].wrapping_add(1), good[place] ^ 0x10] {
            let mut bytes = good.clone();
            bytes[place] = byte;
            match restored(&bytes) {
                Err(_) => refused += 1,
                Ok(mut vfs) => {
                    exercise(&mut vfs);
                    used += 1;
                }
            }
        }
    }
    assert!(refused > 100 && used > 100, "{refused} were refused, {used} used");
    for length in 0..good.len().min(3_000) {
        assert!(restored(&good[..length]).is_err());
    }
}

/// Does all kinds of things, whatever comes of them.
fn exercise(vfs: &mut Vfs) {
    let mut buffer = [0; 100];
    vfs.set_time(5);
    let _ = vfs.working_directory();
    for path in ["/", "/workspace", "/workspace/d", "/workspace/link", "/mnt", "/mnt/one", "/tmp", "."] {
        let _ = vfs.stat(follow(path));
        if let Ok(fd) = vfs.open(at(path), READ, 0) {
            let _ = vfs.read_directory(fd, 100);
            let _ = vfs.read(fd, &mut buffer);
        }
    }
    for fd in 0..24 {
        let _ = (vfs.read(fd, &mut buffer), vfs.write(fd, b"x"), vfs.seek(fd, SeekFrom::End(0)));
        let _ =
            (vfs.write(fd, &[3; 300]), vfs.readiness(fd), vfs.stat(Target::Fd(fd)), vfs.truncate(Target::Fd(fd), 9));
    }
    let _ = vfs.pipe(OpenFlags::default());
    let _ = vfs.make_directory(at("/workspace/d/new"), 0o755);
    let _ = (rename(vfs, "/workspace/d", "/workspace/moved"), rename(vfs, "/workspace/moved", "/tmp/d"));
    let _ = (rename(vfs, "/mnt/one", "/mnt/three"), vfs.unlink(at("/mnt/three")), vfs.changes(0));
    for path in ["/tmp/d/file", "/workspace/link", "/workspace/d/file"] {
        let _ = vfs.unlink(at(path));
    }
    for path in ["/tmp/d/new", "/tmp/d", "/workspace/d", "/workspace", "/mnt"] {
        let _ = vfs.remove_directory(at(path));
    }
    let _ = vfs.change_directory(at("/"));
    for fd in 0..24 {
        let _ = vfs.close(fd);
    }
    let _ = vfs.save().encode();
}
