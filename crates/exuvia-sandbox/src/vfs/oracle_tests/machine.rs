//! The machine's side: each step as system calls in a temporary directory.

use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

use rustix::fs::{self, AtFlags, FileType, Mode, OFlags, RawMode, RenameFlags, SeekFrom, Timespec, Timestamps};
use rustix::io::Errno as SystemErrno;

use super::{Outcome, SET_SECONDS_MAX, Step};
use crate::vfs::Errno;

pub(super) struct Machine {
    root: tempfile::TempDir,
    top: OwnedFd,
    cwd: OwnedFd,
    open: Vec<OwnedFd>,
    /// The process's own mask, which other tests rely on, and the case's.
    umask: u32,
    counts_links: bool,
}

impl Machine {
    /// Makes a directory that lies `depth` levels below a temporary one.
    pub(super) fn new(depth: usize) -> Self {
        // In memory if there is such a place: a disk that others use makes this 15 times as slow.
        let root = tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).unwrap();
        let mut top = directory(fs::CWD, root.path().to_str().unwrap()).unwrap();
        for _ in 0..depth {
            fs::mkdirat(&top, "level", Mode::from_raw_mode(0o755)).unwrap();
            top = directory(top.as_fd(), "level").unwrap();
        }
        fs::mkdirat(&top, "probe", Mode::from_raw_mode(0o755)).unwrap();
        let counts_links = fs::fstat(&top).unwrap().st_nlink == 3;
        fs::unlinkat(&top, "probe", AtFlags::REMOVEDIR).unwrap();
        let cwd = top.try_clone().unwrap();
        Self { root, top, cwd, open: Vec::new(), umask: process_umask(), counts_links }
    }

    /// Returns the temporary directory.
    pub(super) fn root(&self) -> &std::path::Path {
        self.root.path()
    }

    /// Takes no notice of the link counts of directories from now on, and closes what is open.
    pub(super) fn settle(&mut self) {
        self.counts_links = false;
        self.open.clear();
        self.cwd = self.top.try_clone().unwrap();
    }

    /// Returns whether a directory's link count is 2 and its subdirectories here.
    pub(super) fn counts_links(&self) -> bool {
        self.counts_links
    }

    pub(super) fn run(&mut self, step: &Step) -> Outcome {
        self.step(step).unwrap_or_else(|errno| Outcome::Error(number(errno)))
    }

    fn step(&mut self, step: &Step) -> Result<Outcome, SystemErrno> {
        let nothing = |()| Outcome::Nothing;
        let cwd = &self.cwd;
        match step {
            Step::Open { dir, path, flags, mode } => {
                let dir = dir.and_then(|dir| self.fd(dir)).unwrap_or(cwd.as_fd());
                let flags = machine_flags(*flags);
                let mode = Mode::from_raw_mode(mode & !self.umask);
                let fd = fs::openat(dir, path.as_str(), flags, mode)?;
                self.open.push(fd);
                Ok(Outcome::Nothing)
            }
            Step::MakeDirectory { dir, path, mode } => {
                let dir = dir.and_then(|dir| self.fd(dir)).unwrap_or(cwd.as_fd());
                fs::mkdirat(dir, path.as_str(), Mode::from_raw_mode(mode & !self.umask)).map(nothing)
            }
            Step::Truncate { path, length } => {
                // By path there is no call that starts at a descriptor: through `/proc`.
                let length = u64::try_from(*length).map_err(|_| SystemErrno::INVAL)?;
                let handle = fs::openat(cwd, path.as_str(), OFlags::PATH, Mode::empty())?;
                truncate(&handle, length).map(nothing)
            }
            Step::Stat { path, follow } => {
                let flags = if *follow { AtFlags::empty() } else { AtFlags::SYMLINK_NOFOLLOW };
                fs::statat(cwd, path.as_str(), flags).map(|stat| self.outcome(&stat))
            }
            Step::RemoveDirectory { path } => fs::unlinkat(cwd, path.as_str(), AtFlags::REMOVEDIR).map(nothing),
            Step::Unlink { path } => fs::unlinkat(cwd, path.as_str(), AtFlags::empty()).map(nothing),
            Step::Rename { from, to, keep } => {
                let flags = if *keep { RenameFlags::NOREPLACE } else { RenameFlags::empty() };
                fs::renameat_with(cwd, from.as_str(), cwd, to.as_str(), flags).map(nothing)
            }
            Step::Symlink { target, path } => fs::symlinkat(target.as_str(), cwd, path.as_str()).map(nothing),
            Step::ReadLink { path } => {
                let target = fs::readlinkat(cwd, path.as_str(), Vec::new())?;
                Ok(Outcome::Bytes(target.into_bytes()))
            }
            Step::SetMode { path, mode } => {
                fs::chmodat(cwd, path.as_str(), Mode::from_raw_mode(*mode as RawMode), AtFlags::empty()).map(nothing)
            }
            Step::SetTimes { path, seconds, follow } => {
                let time = Timespec { tv_sec: *seconds, tv_nsec: 0 };
                let times = Timestamps { last_access: time, last_modification: time };
                let flags = if *follow { AtFlags::empty() } else { AtFlags::SYMLINK_NOFOLLOW };
                fs::utimensat(cwd, path.as_str(), &times, flags).map(nothing)
            }
            Step::Access { path } => {
                fs::accessat(cwd, path.as_str(), fs::Access::READ_OK, AtFlags::empty()).map(nothing)
            }
            Step::ChangeDirectory { path } => {
                self.cwd = directory(cwd.as_fd(), path)?;
                Ok(Outcome::Nothing)
            }
            Step::SetUmask(mask) => {
                self.umask = mask | process_umask();
                Ok(Outcome::Nothing)
            }
            _ if self.open.is_empty() => Ok(Outcome::Nothing),
            _ => self.step_on_descriptor(step),
        }
    }

    fn step_on_descriptor(&mut self, step: &Step) -> Result<Outcome, SystemErrno> {
        let nothing = |()| Outcome::Nothing;
        let count = |count: usize| Outcome::Number(count as u64);
        let open = |fd: &usize| &self.open[fd % self.open.len()];
        match step {
            Step::Close(fd) => {
                let at = fd % self.open.len();
                self.open.remove(at);
                Ok(Outcome::Nothing)
            }
            Step::Duplicate(fd) => {
                let copy = rustix::io::dup(open(fd))?;
                self.open.push(copy);
                Ok(Outcome::Nothing)
            }
            Step::Read { fd, count } => {
                let mut buffer = vec![0; *count];
                let count = rustix::io::read(open(fd), &mut buffer)?;
                Ok(Outcome::Bytes(buffer[..count].to_vec()))
            }
            Step::ReadAt { fd, count, offset } => {
                let mut buffer = vec![0; *count];
                let offset = u64::try_from(*offset).map_err(|_| SystemErrno::INVAL)?;
                let count = rustix::io::pread(open(fd), &mut buffer, offset)?;
                Ok(Outcome::Bytes(buffer[..count].to_vec()))
            }
            Step::Write { fd, byte, count: bytes } => rustix::io::write(open(fd), &vec![*byte; *bytes]).map(count),
            Step::WriteAt { fd, byte, count: bytes, offset } => {
                let offset = u64::try_from(*offset).map_err(|_| SystemErrno::INVAL)?;
                rustix::io::pwrite(open(fd), &vec![*byte; *bytes], offset).map(count)
            }
            Step::Seek { fd, whence, offset } => self.seek(open(fd), *whence, *offset),
            Step::SetLength { fd, length } => {
                let length = u64::try_from(*length).map_err(|_| SystemErrno::INVAL)?;
                fs::ftruncate(open(fd), length).map(nothing)
            }
            Step::SetStatus { fd, flags } => fs::fcntl_setfl(open(fd), OFlags::from_bits_retain(*flags)).map(nothing),
            Step::StatFd(fd) => fs::fstat(open(fd)).map(|stat| self.outcome(&stat)),
            Step::List(fd) => list(open(fd)).map(Outcome::Names),
            Step::Enter(fd) => {
                self.cwd = directory(open(fd).as_fd(), ".")?;
                Ok(Outcome::Nothing)
            }
            _ => unreachable!("the other steps are for paths"),
        }
    }

    fn seek(&self, fd: &OwnedFd, whence: u8, offset: i64) -> Result<Outcome, SystemErrno> {
        // Positions in directories are the file system's own.
        if fs::fstat(fd).is_ok_and(|stat| FileType::from_raw_mode(stat.st_mode) == FileType::Directory) {
            return Ok(Outcome::Nothing);
        }
        let to = match whence {
            0 => SeekFrom::Start(u64::try_from(offset).map_err(|_| SystemErrno::INVAL)?),
            1 => SeekFrom::Current(offset),
            _ => SeekFrom::End(offset),
        };
        fs::seek(fd, to).map(Outcome::Number)
    }

    fn fd(&self, fd: usize) -> Option<BorrowedFd<'_>> {
        (!self.open.is_empty()).then(|| self.open[fd % self.open.len()].as_fd())
    }

    #[allow(clippy::useless_conversion, reason = "the width of a link count is the machine's")]
    fn outcome(&self, stat: &fs::Stat) -> Outcome {
        let directory = FileType::from_raw_mode(stat.st_mode) == FileType::Directory;
        let modified = stat.st_mtime;
        Outcome::Stat {
            // The modes of links are the file system's own affair.
            mode: stat.st_mode,
            links: (!directory || self.counts_links).then_some(u64::from(stat.st_nlink)),
            size: (!directory).then_some(stat.st_size.try_into().unwrap()),
            modified: (modified < SET_SECONDS_MAX).then_some(modified),
        }
    }

    /// Returns all paths with their types, contents and targets.
    pub(super) fn snapshot(&self) -> Vec<(String, Outcome, Vec<u8>)> {
        let mut found = Vec::new();
        let mut rest = vec![(String::new(), self.top.try_clone().unwrap())];
        while let Some((prefix, fd)) = rest.pop() {
            for (name, _) in list(&fd).unwrap() {
                let name = String::from_utf8(name).unwrap();
                if name == "." || name == ".." {
                    continue;
                }
                let path = format!("{prefix}/{name}");
                let stat = fs::statat(&fd, name.as_str(), AtFlags::SYMLINK_NOFOLLOW).unwrap();
                let bytes = match FileType::from_raw_mode(stat.st_mode) {
                    FileType::Directory => {
                        rest.push((path.clone(), directory(fd.as_fd(), &name).unwrap()));
                        Vec::new()
                    }
                    FileType::Symlink => fs::readlinkat(&fd, name.as_str(), Vec::new()).unwrap().into_bytes(),
                    _ => {
                        let file = fs::openat(&fd, name.as_str(), OFlags::RDONLY, Mode::empty()).unwrap();
                        let mut bytes = vec![0; usize::try_from(stat.st_size).unwrap()];
                        assert_eq!(rustix::io::pread(&file, &mut bytes, 0).unwrap(), bytes.len());
                        bytes
                    }
                };
                found.push((path, self.outcome(&stat), bytes));
            }
        }
        found.sort_by(|one, other| one.0.cmp(&other.0));
        found
    }
}

/// Returns the process's mask without changing it.
pub(super) fn process_umask() -> u32 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let mask = status.lines().find_map(|line| line.strip_prefix("Umask:")).unwrap();
    u32::from_str_radix(mask.trim(), 8).unwrap()
}

fn directory(at: BorrowedFd<'_>, path: &str) -> Result<OwnedFd, SystemErrno> {
    fs::openat(at, path, OFlags::RDONLY | OFlags::DIRECTORY, Mode::empty())
}

/// Truncates what a handle names.
fn truncate(handle: &OwnedFd, length: u64) -> Result<(), SystemErrno> {
    use std::os::fd::AsRawFd;
    let kind = FileType::from_raw_mode(fs::fstat(handle)?.st_mode);
    match kind {
        FileType::Directory => return Err(SystemErrno::ISDIR),
        FileType::RegularFile => {}
        _ => return Err(SystemErrno::INVAL),
    }
    let path = format!("/proc/self/fd/{}", handle.as_raw_fd());
    let file = fs::open(path, OFlags::WRONLY, Mode::empty())?;
    fs::ftruncate(file, length)
}

/// Lists an open directory from its start, sorted by name.
fn list(fd: &OwnedFd) -> Result<Vec<(Vec<u8>, u32)>, SystemErrno> {
    if fs::fcntl_getfl(fd)?.contains(OFlags::PATH) {
        return Err(SystemErrno::BADF);
    }
    if FileType::from_raw_mode(fs::fstat(fd)?.st_mode) != FileType::Directory {
        return Err(SystemErrno::NOTDIR);
    }
    fs::seek(fd, SeekFrom::Start(0))?;
    let mut names = Vec::new();
    let mut buffer = Vec::with_capacity(8192);
    let mut entries = fs::RawDir::new(fd, buffer.spare_capacity_mut());
    while let Some(entry) = entries.next() {
        let entry = entry?;
        names.push((entry.file_name().to_bytes().to_vec(), entry.file_type().as_raw_mode()));
    }
    // A read at the position that stands for a directory's end fails differently.
    fs::seek(fd, SeekFrom::Start(0))?;
    names.sort();
    Ok(names)
}

/// Translates the guest's flags, which are x86's; other machines differ.
fn machine_flags(flags: u32) -> OFlags {
    let pairs = [
        (0o1, OFlags::WRONLY),
        (0o2, OFlags::RDWR),
        (0o100, OFlags::CREATE),
        (0o200, OFlags::EXCL),
        (0o1000, OFlags::TRUNC),
        (0o2000, OFlags::APPEND),
        (0o200_000, OFlags::DIRECTORY),
        (0o400_000, OFlags::NOFOLLOW),
        (0o10_000_000, OFlags::PATH),
        (0o20_200_000, OFlags::TMPFILE),
    ];
    let set = pairs.into_iter().filter(|(bit, _)| flags & bit == *bit);
    set.fold(OFlags::RDONLY, |all, (_, flag)| all | flag)
}

/// Translates an error of the machine to the guest's number.
fn number(errno: SystemErrno) -> i32 {
    let pairs = [
        (SystemErrno::ACCESS, Errno::Acces),
        (SystemErrno::BADF, Errno::Badf),
        (SystemErrno::BUSY, Errno::Busy),
        (SystemErrno::EXIST, Errno::Exist),
        (SystemErrno::INVAL, Errno::Inval),
        (SystemErrno::ISDIR, Errno::Isdir),
        (SystemErrno::LOOP, Errno::Loop),
        (SystemErrno::NAMETOOLONG, Errno::Nametoolong),
        (SystemErrno::NOENT, Errno::Noent),
        (SystemErrno::NOTDIR, Errno::Notdir),
        (SystemErrno::NOTEMPTY, Errno::Notempty),
        (SystemErrno::OPNOTSUPP, Errno::Opnotsupp),
        (SystemErrno::OVERFLOW, Errno::Overflow),
        (SystemErrno::PERM, Errno::Perm),
        (SystemErrno::XDEV, Errno::Xdev),
    ];
    let known = pairs.into_iter().find(|(machine, _)| *machine == errno);
    known.unwrap_or_else(|| panic!("the machine answered {errno}")).1.number()
}
