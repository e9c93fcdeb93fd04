use std::collections::BTreeMap;

use exuvia_core::{
    MountAnswer, MountEntry, MountEntryKind, MountFault, MountMode, MountOperation, MountOutcome, MountRequest,
};

use super::*;

const BLOCK: usize = MOUNT_BLOCK_BYTES as usize;

/// What the host serves: directories as lists of entries, files as bytes.
#[derive(Default)]
struct Host {
    directories: BTreeMap<Vec<u8>, Vec<MountEntry>>,
    files: BTreeMap<Vec<u8>, Bytes>,
    asked: Vec<String>,
}

fn entry(name: &str, kind: MountEntryKind) -> MountEntry {
    MountEntry { name: name.into(), kind, size: 0, modified: 5_000_000_000, mode: 0o755 }
}

fn file(name: &str, size: u64) -> MountEntry {
    MountEntry { size, ..entry(name, MountEntryKind::File) }
}

fn directory(name: &str) -> MountEntry {
    entry(name, MountEntryKind::Directory)
}

fn link(name: &str, target: &str) -> MountEntry {
    entry(name, MountEntryKind::Symlink(target.into()))
}

fn words(request: &MountRequest) -> String {
    let mount = request.mount;
    let text = |path: &[u8]| String::from_utf8_lossy(path).into_owned();
    match &request.operation {
        MountOperation::List { path } => format!("a listing of `{}` in mount {mount}", text(path)),
        MountOperation::Measure { path } => format!("the size of `{}` in mount {mount}", text(path)),
        MountOperation::Read { path, offset, length } => {
            format!("{length} bytes at {offset} of `{}` in mount {mount}", text(path))
        }
        other => format!("{other:?} in mount {mount}"),
    }
}

impl Host {
    /// Serves `a` (3 bytes), `big` (two blocks and 10 bytes), `d/x`, and links.
    fn new() -> Self {
        let mut host = Self::default();
        let size = 2 * BLOCK + 10;
        let links = [link("out", "/workspace/own"), link("up", "../a"), link("in", "d/x")];
        let root = [directory("d"), file("big", size as u64), file("a", 3)];
        host.directories.insert(b"".to_vec(), root.into_iter().chain(links).collect());
        host.directories.insert(b"d".to_vec(), vec![file("x", 1), directory("e"), link("up", "../a")]);
        host.directories.insert(b"d/e".to_vec(), vec![file("y", 0)]);
        host.files.insert(b"a".to_vec(), Bytes::from_static(b"abc"));
        let big: Vec<u8> = (0..size).map(|at| (at / 1000) as u8).collect();
        host.files.insert(b"big".to_vec(), big.into());
        host.files.insert(b"d/x".to_vec(), Bytes::from_static(b"x"));
        host
    }

    fn answer(&mut self, request: &MountRequest) -> MountOutcome {
        self.asked.push(words(request));
        match &request.operation {
            MountOperation::List { path } => {
                self.directories.get(path).cloned().map(MountAnswer::Entries).ok_or(MountFault::NotFound)
            }
            MountOperation::Measure { path } => {
                let bytes = self.files.get(path).ok_or(MountFault::NotFound)?;
                Ok(MountAnswer::Size(bytes.len() as u64))
            }
            MountOperation::Read { path, offset, length } => {
                let bytes = self.files.get(path).ok_or(MountFault::NotFound)?;
                let start = *offset as usize;
                Ok(MountAnswer::Bytes(bytes[start..start + *length as usize].to_vec()))
            }
            change => panic!("nothing is to be changed: {change:?}"),
        }
    }

    /// Runs an operation, answering what it needs.
    fn serve<T>(&mut self, vfs: &mut Vfs, mut operation: impl FnMut(&mut Vfs) -> Result<T>) -> Result<T> {
        for _ in 0..100 {
            match operation(vfs) {
                Err(Fault::Needs(request)) => {
                    let answer = self.answer(&request);
                    vfs.supply(request, answer).unwrap();
                }
                answer => return answer,
            }
        }
        panic!("no progress: {:?}", self.asked)
    }
}

fn mounted_as(mode: MountMode, limits: FileLimits) -> (Vfs, Host) {
    let mut vfs = with_limits(limits);
    assert_eq!(vfs.mount(b"/mnt/data", mode), Ok(0));
    (vfs, Host::new())
}

fn mounted(limits: FileLimits) -> (Vfs, Host) {
    mounted_as(MountMode::ReadOnly, limits)
}

fn request(operation: MountOperation) -> MountRequest {
    MountRequest { mount: 0, operation }
}

fn list(path: &str) -> MountRequest {
    request(MountOperation::List { path: path.into() })
}

#[test]
fn a_directory_is_listed_when_it_is_first_needed() {
    let (mut vfs, mut host) = mounted(FileLimits::default());
    assert_eq!(vfs.stat(follow("/mnt/data")).unwrap().mode(), 0o040_555);
    assert_eq!(vfs.stat(follow("/mnt/data/d/x")), Err(Fault::Needs(list(""))));
    assert_eq!(host.serve(&mut vfs, |vfs| vfs.stat(follow("/mnt/data/d/x"))).unwrap().size, 1);
    assert_eq!(host.asked, ["a listing of `` in mount 0", "a listing of `d` in mount 0"]);
    let stat = vfs.stat(follow("/mnt/data/a")).unwrap();
    let seen = (stat.device, stat.mode(), stat.size, stat.modified.seconds, stat.user);
    assert_eq!(seen, (3, 0o100_755, 3, 5, GUEST_ID));
    assert_eq!(vfs.stat(follow("/mnt/data/none")), errno(Errno::Noent));
    let fd = vfs.open(at("/mnt/data/d"), READ, 0).unwrap();
    let entries = vfs.read_directory(fd, 9).unwrap();
    let names: Vec<_> = entries.iter().map(|entry| entry.name.as_slice()).collect();
    assert_eq!(names, [&b"."[..], b"..", b"e", b"up", b"x"]);
    assert_eq!(host.asked.len(), 2);
}

#[test]
fn a_file_is_read_block_by_block() {
    let (mut vfs, mut host) = mounted(FileLimits::default());
    let fd = host.serve(&mut vfs, |vfs| vfs.open(at("/mnt/data/big"), READ, 0)).unwrap();
    host.asked.clear();
    let mut all = Vec::new();
    loop {
        let mut buffer = vec![0; BLOCK * 3];
        match host.serve(&mut vfs, |vfs| vfs.read(fd, &mut buffer)).unwrap() {
            Io::Done(0) => break,
            Io::Done(count) => all.extend_from_slice(&buffer[..count]),
            Io::Device(device) => panic!("{device:?}"),
        }
    }
    assert_eq!(host.files[&b"big".to_vec()], all);
    let reads = [(BLOCK, 0), (BLOCK, BLOCK), (10, 2 * BLOCK)];
    let asked = reads.map(|(length, offset)| format!("{length} bytes at {offset} of `big` in mount 0"));
    assert_eq!(host.asked, asked);
    let mut byte = [0];
    assert_eq!(vfs.read_at(fd, &mut byte, BLOCK as i64), Ok(Io::Done(1)), "it is kept");
    assert_eq!(vfs.read_at(fd, &mut byte, i64::MAX), Ok(Io::Done(0)));
}

#[test]
fn links_are_followed_in_the_guests_tree() {
    let (mut vfs, mut host) = mounted(FileLimits::default());
    write_file(&mut vfs, "own", b"guest");
    let mut size = |path: &str| host.serve(&mut vfs, |vfs| vfs.stat(follow(path))).map(|stat| stat.size);
    assert_eq!(size("/mnt/data/out"), Ok(5));
    assert_eq!(size("/mnt/data/in"), Ok(1));
    assert_eq!(size("/mnt/data/d/up"), Ok(3));
    assert_eq!(size("/mnt/data/up"), errno(Errno::Noent), "the guest's own /mnt/a");
}

#[test]
fn a_mount_is_read_only_and_stays_where_it_is() {
    let (mut vfs, mut host) = mounted(FileLimits::default());
    let mut run = |operation: &mut dyn FnMut(&mut Vfs) -> Result<()>| host.serve(&mut vfs, operation);
    let rofs = errno(Errno::Rofs);
    assert_eq!(run(&mut |vfs| vfs.open(at("/mnt/data/a"), WRITE, 0).map(|_| ())), rofs);
    assert_eq!(run(&mut |vfs| vfs.open(at("/mnt/data/n"), WRITE | CREATE, 0).map(|_| ())), rofs);
    assert_eq!(run(&mut |vfs| vfs.make_directory(at("/mnt/data/n"), 0o755)), rofs);
    assert_eq!(run(&mut |vfs| vfs.make_directory(at("/mnt/data/d"), 0o755)), errno(Errno::Exist));
    assert_eq!(run(&mut |vfs| vfs.unlink(at("/mnt/data/a"))), rofs);
    assert_eq!(run(&mut |vfs| rename(vfs, "/mnt/data/a", "/mnt/data/b")), rofs);
    assert_eq!(run(&mut |vfs| rename(vfs, "/mnt/data/a", "/workspace/a")), errno(Errno::Xdev));
    assert_eq!(run(&mut |vfs| rename(vfs, "/mnt/data", "/mnt/else")), errno(Errno::Busy));
    assert_eq!(run(&mut |vfs| vfs.remove_directory(at("/mnt/data"))), errno(Errno::Busy));
    assert_eq!(run(&mut |vfs| vfs.set_mode(follow("/mnt/data/a"), 0)), rofs);
    assert_eq!(run(&mut |vfs| rename(vfs, "/mnt", "/workspace/mnt")), errno(Errno::Acces));
}

#[test]
fn a_mount_can_be_the_working_directory() {
    let mut vfs = vfs();
    vfs.mount(b"/workspace", MountMode::ReadOnly).unwrap();
    let mut host = Host::new();
    assert_eq!(host.serve(&mut vfs, |vfs| vfs.stat(follow("a"))).unwrap().size, 3);
    host.serve(&mut vfs, |vfs| vfs.change_directory(at("d/e"))).unwrap();
    assert_eq!(vfs.working_directory().unwrap(), b"/workspace/d/e");
    let mode = MountMode::ReadOnly;
    let refused = |path: &str, errno| Err(HostError::Errno { path: path.into(), errno });
    assert_eq!(vfs.mount(b"/workspace", mode), refused("/workspace", Errno::Busy));
    assert_eq!(vfs.mount(b"/dev", mode), refused("/dev", Errno::Notempty));
    assert_eq!(vfs.mount(b"/workspace/d/m", mode), refused("/workspace/d/m", Errno::Rofs));
}

#[test]
fn a_failure_of_the_host_reaches_the_guest_once() {
    let (mut vfs, mut host) = mounted(FileLimits::default());
    vfs.supply(list(""), Err(MountFault::TimedOut)).unwrap();
    assert_eq!(vfs.stat(follow("/mnt/data/a")), errno(Errno::Timedout));
    assert_eq!(vfs.stat(follow("/mnt/data/a")), Err(Fault::Needs(list(""))));
    assert_eq!(host.serve(&mut vfs, |vfs| vfs.stat(follow("/mnt/data/a"))).unwrap().size, 3);
}

#[test]
fn malformed_answers_are_refused() {
    let (mut vfs, _) = mounted(FileLimits { mount_entries: 3, ..FileLimits::default() });
    let mut supply = |entries: Vec<MountEntry>| {
        assert_eq!(vfs.stat(follow("/mnt/data/a")), Err(Fault::Needs(list(""))));
        let refused = vfs.supply(list(""), Ok(MountAnswer::Entries(entries))).unwrap_err();
        (refused, vfs.stat(follow("/mnt/data/a")))
    };
    let long = "n".repeat(256);
    for name in ["", ".", "..", "a/b", "a\0", long.as_str()] {
        assert_eq!(supply(vec![file(name, 0)]), (BadReply::Name(name.into()), errno(Errno::Io)));
    }
    assert_eq!(supply(vec![file("a", 0), directory("a")]), (BadReply::Name("a".into()), errno(Errno::Io)));
    assert_eq!(supply(vec![file("a", u64::MAX)]), (BadReply::Size("a".into()), errno(Errno::Io)));
    assert_eq!(supply(vec![link("a", "")]), (BadReply::Target("a".into()), errno(Errno::Io)));
    let many = ["a", "b", "c", "d"].map(|name| file(name, 0)).to_vec();
    assert_eq!(supply(many), (BadReply::Entries { count: 4, limit: 3 }, errno(Errno::Nomem)));
    assert_eq!(vfs.supply(list(""), Ok(MountAnswer::Bytes(Vec::new()))), Err(BadReply::Kind));
    assert_eq!(vfs.supply(list(""), Ok(MountAnswer::Done)), Err(BadReply::Kind));
    let elsewhere = MountRequest { mount: 9, ..list("") };
    assert_eq!(vfs.supply(elsewhere, Ok(MountAnswer::Entries(Vec::new()))), Err(BadReply::Unasked));
}

#[test]
fn a_chunk_of_another_length_is_refused() {
    let (mut vfs, mut host) = mounted(FileLimits::default());
    let fd = host.serve(&mut vfs, |vfs| vfs.open(at("/mnt/data/a"), READ, 0)).unwrap();
    let request = request(MountOperation::Read { path: b"a".to_vec(), offset: 0, length: 3 });
    for bytes in [&b"ab"[..], b"abcd"] {
        let actual = bytes.len() as u64;
        assert_eq!(read(&mut vfs, fd), Err(Fault::Needs(request.clone())));
        let refused = vfs.supply(request.clone(), Ok(MountAnswer::Bytes(bytes.into())));
        assert_eq!(refused, Err(BadReply::Length { actual, expected: 3 }));
        assert_eq!(read(&mut vfs, fd), errno(Errno::Io));
    }
    assert_eq!(host.serve(&mut vfs, |vfs| read(vfs, fd)).unwrap(), b"abc");
}

#[test]
fn the_least_recently_used_block_goes_first() {
    let limit = 2 * MOUNT_BLOCK_BYTES;
    let (mut vfs, mut host) = mounted(FileLimits { mount_bytes: limit, ..FileLimits::default() });
    let fd = host.serve(&mut vfs, |vfs| vfs.open(at("/mnt/data/big"), READ, 0)).unwrap();
    let mut read = |block: usize| {
        let before = host.asked.len();
        let offset = (block * BLOCK) as i64;
        host.serve(&mut vfs, |vfs| vfs.read_at(fd, &mut [0], offset)).unwrap();
        host.asked.len() - before
    };
    assert_eq!([0, 1, 0, 2, 0, 1, 0].map(&mut read), [1, 1, 0, 1, 0, 1, 0]);
}

#[test]
fn listings_go_too_but_not_what_is_in_use() {
    let (mut vfs, mut host) = mounted(FileLimits { mount_entries: 8, ..FileLimits::default() });
    // Listings of 6, 3 and 1 entries are needed at once.
    let inode = |vfs: &mut Vfs, host: &mut Host, path| {
        host.serve(vfs, |vfs| vfs.stat(Target::NoFollow(at(path)))).unwrap().inode
    };
    let before = inode(&mut vfs, &mut host, "/mnt/data/d/e/y");
    let fd = host.serve(&mut vfs, |vfs| vfs.open(at("/mnt/data/d/x"), READ, 0)).unwrap();
    vfs.mount(b"/mnt/more", MountMode::ReadOnly).unwrap();
    assert_eq!(inode(&mut vfs, &mut host, "/mnt/more/a"), inode(&mut vfs, &mut host, "/mnt/more/a"));
    host.asked.clear();
    assert_eq!(inode(&mut vfs, &mut host, "/mnt/data/d/e/y"), before, "the same after it was dropped");
    assert_eq!(host.asked, ["a listing of `d/e` in mount 0"], "`d` is above an open file");
    assert_eq!(host.serve(&mut vfs, |vfs| read(vfs, fd)).unwrap(), b"x");
}

#[test]
fn a_listing_never_drops_those_above_it() {
    let (mut vfs, mut host) = mounted(FileLimits { mount_entries: 6, ..FileLimits::default() });
    host.serve(&mut vfs, |vfs| vfs.stat(follow("/mnt/data/a"))).unwrap();
    let made = host.serve(&mut vfs, |vfs| vfs.make_directory(at("/mnt/data/d/n"), 0o755));
    assert_eq!(made, errno(Errno::Rofs));
    assert_eq!(host.asked, ["a listing of `` in mount 0", "a listing of `d` in mount 0"]);
}

#[test]
fn a_file_is_measured_when_its_name_is_looked_up() {
    let (mut vfs, mut host) = mounted(FileLimits::default());
    host.directories.insert(b"".to_vec(), vec![entry("a", MountEntryKind::Unmeasured), file("b", 1)]);
    let fd = host.serve(&mut vfs, |vfs| vfs.open(at("/mnt/data"), READ, 0)).unwrap();
    let entries = host.serve(&mut vfs, |vfs| vfs.read_directory(fd, 9)).unwrap();
    assert_eq!(entries.len(), 4);
    assert_eq!(host.asked, ["a listing of `` in mount 0"]);
    assert_eq!(host.serve(&mut vfs, |vfs| vfs.stat(follow("/mnt/data/a"))).unwrap().size, 3);
    let fd = host.serve(&mut vfs, |vfs| vfs.open(at("/mnt/data/a"), READ, 0)).unwrap();
    assert_eq!(host.serve(&mut vfs, |vfs| read(vfs, fd)).unwrap(), b"abc");
    assert_eq!(host.asked[1..], ["the size of `a` in mount 0", "3 bytes at 0 of `a` in mount 0"]);
}

#[test]
fn an_overlay_lies_over_the_hosts_bytes() {
    let (mut vfs, mut host) = mounted_as(MountMode::Overlay, FileLimits::default());
    let fd = host.serve(&mut vfs, |vfs| vfs.open(at("/mnt/data/big"), UPDATE, 0)).unwrap();
    host.asked.clear();
    let spot = (BLOCK + 100) as i64;
    host.serve(&mut vfs, |vfs| vfs.write_at(fd, b"changed", spot)).unwrap();
    assert_eq!(host.asked, [format!("{BLOCK} bytes at {BLOCK} of `big` in mount 0")], "only what lies around it");
    let mut buffer = [0; 9];
    host.serve(&mut vfs, |vfs| vfs.read_at(fd, &mut buffer, spot - 1)).unwrap();
    let around = [host.files[&b"big".to_vec()][BLOCK + 99], host.files[&b"big".to_vec()][BLOCK + 107]];
    assert_eq!(buffer, [&around[..1], b"changed", &around[1..]].concat()[..]);
    // Cut, and made longer again: what was cut off is gone.
    vfs.truncate(Target::Fd(fd), 2).unwrap();
    vfs.truncate(Target::Fd(fd), 4).unwrap();
    let mut head = [9; 8];
    let mut read =
        |vfs: &mut Vfs, at: usize| match host.serve(vfs, |vfs| vfs.read_at(fd, &mut head, at as i64)).unwrap() {
            Io::Done(count) => head[..count].to_vec(),
            Io::Device(device) => panic!("{device:?}"),
        };
    assert_eq!((read(&mut vfs, 0), read(&mut vfs, 2)), (vec![0, 0], vec![0, 0]));
    assert_eq!(vfs.usage().inodes, 1, "`/mnt` alone: a changed file of the host's is none of the guest's");
}

#[test]
fn an_overlays_changes_are_listed() {
    let (mut vfs, mut host) = mounted_as(MountMode::Overlay, FileLimits::default());
    vfs.set_time(1_000_000_000);
    let mut run = |vfs: &mut Vfs, operation: &mut dyn FnMut(&mut Vfs) -> Result<()>| host.serve(vfs, operation);
    let make = |path: &'static str| move |vfs: &mut Vfs| vfs.open(at(path), CREATE | WRITE, 0o644).map(|_| ());
    run(&mut vfs, &mut |vfs| vfs.unlink(at("/mnt/data/a"))).unwrap();
    run(&mut vfs, &mut make("/mnt/data/new")).unwrap();
    run(&mut vfs, &mut |vfs| rename(vfs, "/mnt/data/d/x", "/mnt/data/moved")).unwrap();
    run(&mut vfs, &mut |vfs| rename(vfs, "/mnt/data/d/e", "/mnt/data/f")).unwrap();
    run(&mut vfs, &mut |vfs| vfs.truncate(follow("/mnt/data/big"), 1)).unwrap();
    run(&mut vfs, &mut |vfs| vfs.unlink(at("/mnt/data/in"))).unwrap();
    run(&mut vfs, &mut |vfs| vfs.make_directory(at("/mnt/data/in"), 0o755)).unwrap();
    let changes = host.serve(&mut vfs, |vfs| vfs.changes(0)).unwrap();
    let shown: Vec<_> = changes
        .iter()
        .map(|change| {
            let path = String::from_utf8_lossy(&change.path).into_owned();
            (path, change.before.map(|before| before.size), change.after.as_ref().map(|node| node.stat.size))
        })
        .collect();
    let expected = [
        ("a", Some(3), None),
        ("big", Some(2 * BLOCK as u64 + 10), Some(1)),
        ("d/e", Some(0), None),
        ("d/x", Some(1), None),
        ("f", None, Some(4096)),
        ("f/y", None, Some(0)),
        ("in", Some(3), None),
        ("in", None, Some(4096)),
        ("moved", None, Some(1)),
        ("new", None, Some(0)),
    ];
    assert_eq!(shown, expected.map(|(path, before, after)| (path.to_owned(), before, after)));
    let mut byte = [0; 4];
    let moved = changes.iter().find(|change| change.path == b"moved").unwrap().after.clone().unwrap();
    assert_eq!(host.serve(&mut vfs, |vfs| vfs.read_changed(&moved, 0, &mut byte)), Ok(1));
    assert_eq!(byte[0], b'x', "it is still read where the host has it");
}

#[test]
fn what_is_gone_from_an_overlay_counts_as_a_file() {
    let (mut vfs, mut host) = mounted_as(MountMode::Overlay, FileLimits { files: 2, ..FileLimits::default() });
    // `/mnt` is one of them.
    host.serve(&mut vfs, |vfs| vfs.unlink(at("/mnt/data/a"))).unwrap();
    assert_eq!(host.serve(&mut vfs, |vfs| vfs.unlink(at("/mnt/data/big"))), errno(Errno::Nospc));
}

#[test]
fn a_write_that_does_not_fit_into_an_overlay_changes_nothing() {
    let limits = FileLimits { bytes: 100 * 1024, ..FileLimits::default() };
    let (mut vfs, mut host) = mounted_as(MountMode::Overlay, limits);
    let fd = host.serve(&mut vfs, |vfs| vfs.open(at("/mnt/data/big"), UPDATE, 0)).unwrap();
    host.serve(&mut vfs, |vfs| vfs.write_at(fd, b"x", 0)).unwrap();
    assert_eq!(host.serve(&mut vfs, |vfs| vfs.write_at(fd, b"x", 70_000)), errno(Errno::Nospc));
    let mut byte = [0];
    host.serve(&mut vfs, |vfs| vfs.read_at(fd, &mut byte, 70_000)).unwrap();
    assert_eq!(byte[0], 70);
}
