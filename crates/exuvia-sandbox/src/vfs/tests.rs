//! Every rule that the machine's file system cannot be asked about: denials, limits, devices,
//! mounts, the library, times, and what a hostile guest may try.

mod descriptors;
mod devices;
mod hostile;
mod library;
mod limits;
mod listing;
mod mounts;
mod permissions;
mod saved;
mod times;
mod tree;

use std::sync::Arc;

use bytes::Bytes;

use super::*;

const CREATE: OpenFlags = OpenFlags::CREATE;
const READ: OpenFlags = OpenFlags::READ_ONLY;
const WRITE: OpenFlags = OpenFlags::WRITE_ONLY;
const UPDATE: OpenFlags = OpenFlags::READ_WRITE;

fn library() -> Arc<Library> {
    let file = |path: &str, contents: &'static str, executable| LibraryFile {
        path: path.into(),
        contents: contents.into(),
        executable,
    };
    let files = [
        file("os.py", "# os\n", false),
        file("json/__init__.py", "# json\n", false),
        file("json/tool.py", "# tool\n", true),
    ];
    let modified = Timestamp { seconds: 77, nanoseconds: 0 };
    Arc::new(Library::from_files(b"/usr/lib/python3.14", modified, files).unwrap())
}

fn vfs() -> Vfs {
    Vfs::new(library(), FileLimits::default())
}

fn with_limits(limits: FileLimits) -> Vfs {
    Vfs::new(library(), limits)
}

fn at(path: &str) -> Place<'_> {
    Place::cwd(path.as_bytes())
}

fn follow(path: &str) -> Target<'_> {
    Target::Follow(at(path))
}

fn errno<T>(errno: Errno) -> Result<T> {
    Err(Fault::Errno(errno))
}

/// Opens a file for reading and writing, making it if need be.
fn open(vfs: &mut Vfs, path: &str) -> i32 {
    vfs.open(at(path), CREATE | UPDATE, 0o644).unwrap()
}

fn write_file(vfs: &mut Vfs, path: &str, data: &[u8]) {
    let fd = vfs.open(at(path), CREATE | WRITE | OpenFlags::TRUNCATE, 0o644).unwrap();
    assert_eq!(vfs.write(fd, data), Ok(Io::Done(data.len())));
    vfs.close(fd).unwrap();
}

/// Reads once, up to 64 bytes.
fn read(vfs: &mut Vfs, fd: i32) -> Result<Vec<u8>> {
    let mut buffer = [0; 64];
    match vfs.read(fd, &mut buffer)? {
        Io::Done(count) => Ok(buffer[..count].to_vec()),
        Io::Device(device) => panic!("a read of {device:?}"),
    }
}

fn rename(vfs: &mut Vfs, from: &str, to: &str) -> Result<()> {
    vfs.rename(Renaming { from: at(from), to: at(to), keep_existing: false })
}

fn names(vfs: &mut Vfs, path: &str) -> Vec<String> {
    let fd = vfs.open(at(path), READ | OpenFlags::DIRECTORY, 0).unwrap();
    let entries = vfs.read_directory(fd, usize::MAX).unwrap();
    vfs.close(fd).unwrap();
    entries.into_iter().map(|entry| String::from_utf8(entry.name).unwrap()).collect()
}
