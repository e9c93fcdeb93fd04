//! The other side: each step on [`Vfs`].

use std::sync::Arc;

use super::machine::process_umask;
use super::{Outcome, SET_SECONDS_MAX, Step};
use crate::vfs::{
    AccessMode, DuplicateFrom, Errno, Fault, FileLimits, FileType, Io, Library, OpenFlags, Place, Renaming, Result,
    SeekFrom, Stat, Target, TimeChange, TimeChanges, Timestamp, Vfs,
};

pub(super) struct Model {
    vfs: Vfs,
    top: Vec<u8>,
    open: Vec<i32>,
}

impl Model {
    /// Makes a directory that lies `depth` levels below `/workspace`.
    pub(super) fn new(depth: usize) -> Self {
        let library = Library::from_files(b"/usr/lib/python", Timestamp::default(), []).unwrap();
        let mut vfs = Vfs::new(Arc::new(library), FileLimits::default());
        vfs.set_time((SET_SECONDS_MAX + 1) * 1_000_000_000);
        vfs.set_umask(process_umask());
        let top = [b"/workspace".as_slice(), &b"/level".repeat(depth)].concat();
        vfs.add_directory(&top).unwrap();
        vfs.change_directory(Place::cwd(&top)).unwrap();
        Self { vfs, top, open: Vec::new() }
    }

    pub(super) fn run(&mut self, step: &Step, counts_links: bool) -> Outcome {
        let mut outcome = match self.step(step) {
            Ok(outcome) => outcome,
            Err(Fault::Errno(errno)) => Outcome::Error(errno.number()),
            Err(Fault::Needs(request)) => panic!("there are no mounts: {request}"),
        };
        if let Outcome::Stat { mode, links, .. } = &mut outcome
            && *mode & 0o170_000 == 0o040_000
            && !counts_links
        {
            *links = None;
        }
        outcome
    }

    fn step(&mut self, step: &Step) -> Result<Outcome> {
        let nothing = |()| Outcome::Nothing;
        let vfs = &mut self.vfs;
        match step {
            Step::Open { dir, path, flags, mode } => {
                let place = self.place(*dir, path);
                let fd = self.vfs.open(place, OpenFlags::from_bits(*flags), *mode)?;
                self.open.push(fd);
                Ok(Outcome::Nothing)
            }
            Step::MakeDirectory { dir, path, mode } => {
                let place = self.place(*dir, path);
                self.vfs.make_directory(place, *mode).map(nothing)
            }
            Step::Truncate { path, length } => vfs.truncate(Target::Follow(at(path)), *length).map(nothing),
            Step::Stat { path, follow } => vfs.stat(target(path, *follow)).map(|stat| outcome(&stat)),
            Step::RemoveDirectory { path } => vfs.remove_directory(at(path)).map(nothing),
            Step::Unlink { path } => vfs.unlink(at(path)).map(nothing),
            Step::Rename { from, to, keep } => {
                let renaming = Renaming { from: at(from), to: at(to), keep_existing: *keep };
                vfs.rename(renaming).map(nothing)
            }
            Step::Symlink { target, path } => vfs.make_symlink(target.as_bytes(), at(path)).map(nothing),
            Step::ReadLink { path } => vfs.read_link(at(path)).map(Outcome::Bytes),
            Step::SetMode { path, mode } => vfs.set_mode(target(path, true), *mode).map(nothing),
            Step::SetTimes { path, seconds, follow } => {
                let time = TimeChange::Set(Timestamp { seconds: *seconds, nanoseconds: 0 });
                let changes = TimeChanges { accessed: time, modified: time };
                vfs.set_times(target(path, *follow), changes).map(nothing)
            }
            Step::Access { path } => {
                vfs.access(at(path), AccessMode { read: true, ..AccessMode::default() }).map(nothing)
            }
            Step::ChangeDirectory { path } => vfs.change_directory(at(path)).map(nothing),
            Step::SetUmask(mask) => {
                vfs.set_umask(mask | process_umask());
                Ok(Outcome::Nothing)
            }
            _ if self.open.is_empty() => Ok(Outcome::Nothing),
            _ => self.step_on_descriptor(step),
        }
    }

    fn step_on_descriptor(&mut self, step: &Step) -> Result<Outcome> {
        let nothing = |()| Outcome::Nothing;
        let open = |fd: &usize| self.open[fd % self.open.len()];
        let vfs = &mut self.vfs;
        match step {
            Step::Close(fd) => {
                let at = fd % self.open.len();
                vfs.close(self.open.remove(at)).map(nothing)
            }
            Step::Duplicate(fd) => {
                let copy = vfs.duplicate(open(fd), DuplicateFrom::default())?;
                self.open.push(copy);
                Ok(Outcome::Nothing)
            }
            Step::Read { fd, count } => {
                let mut buffer = vec![0; *count];
                let count = done(vfs.read(open(fd), &mut buffer)?);
                Ok(Outcome::Bytes(buffer[..count].to_vec()))
            }
            Step::ReadAt { fd, count, offset } => {
                let mut buffer = vec![0; *count];
                let count = done(vfs.read_at(open(fd), &mut buffer, *offset)?);
                Ok(Outcome::Bytes(buffer[..count].to_vec()))
            }
            Step::Write { fd, byte, count } => {
                let io = vfs.write(open(fd), &vec![*byte; *count])?;
                Ok(Outcome::Number(done(io) as u64))
            }
            Step::WriteAt { fd, byte, count, offset } => {
                let io = vfs.write_at(open(fd), &vec![*byte; *count], *offset)?;
                Ok(Outcome::Number(done(io) as u64))
            }
            Step::Seek { fd, whence, offset } => {
                if vfs.stat(Target::Fd(open(fd)))?.file_type == FileType::Directory {
                    return Ok(Outcome::Nothing);
                }
                let to = match whence {
                    0 => SeekFrom::Start(*offset),
                    1 => SeekFrom::Current(*offset),
                    _ => SeekFrom::End(*offset),
                };
                vfs.seek(open(fd), to).map(Outcome::Number)
            }
            Step::SetLength { fd, length } => vfs.truncate(Target::Fd(open(fd)), *length).map(nothing),
            Step::SetStatus { fd, flags } => vfs.set_status_flags(open(fd), OpenFlags::from_bits(*flags)).map(nothing),
            Step::StatFd(fd) => vfs.stat(Target::Fd(open(fd))).map(|stat| outcome(&stat)),
            Step::List(fd) => list(vfs, open(fd)).map(Outcome::Names),
            Step::Enter(fd) => {
                // The machine opens `.` there.
                vfs.change_directory(Place::at(open(fd), b".")).map(nothing)
            }
            _ => unreachable!("the other steps are for paths"),
        }
    }

    fn place<'a>(&self, dir: Option<usize>, path: &'a str) -> Place<'a> {
        match dir {
            Some(dir) if !self.open.is_empty() => Place::at(self.open[dir % self.open.len()], path.as_bytes()),
            _ => at(path),
        }
    }

    /// Returns all paths with their types, contents and targets.
    pub(super) fn snapshot(&mut self, counts_links: bool) -> Vec<(String, Outcome, Vec<u8>)> {
        let mut found = Vec::new();
        for entry in self.vfs.walk(&self.top).unwrap() {
            let bytes = match entry.stat.file_type {
                FileType::Regular => self.vfs.read_file(&entry.path, u64::MAX).unwrap().to_vec(),
                _ => entry.target.clone().unwrap_or_default(),
            };
            let path = String::from_utf8(entry.path[self.top.len()..].to_vec()).unwrap();
            let mut outcome = outcome(&entry.stat);
            if let Outcome::Stat { links, .. } = &mut outcome
                && entry.stat.file_type == FileType::Directory
                && !counts_links
            {
                *links = None;
            }
            found.push((path, outcome, bytes));
        }
        found.sort_by(|one, other| one.0.cmp(&other.0));
        found
    }
}

fn at(path: &str) -> Place<'_> {
    Place::cwd(path.as_bytes())
}

fn target(path: &str, follow: bool) -> Target<'_> {
    if follow { Target::Follow(at(path)) } else { Target::NoFollow(at(path)) }
}

fn done(io: Io) -> usize {
    match io {
        Io::Done(count) => count,
        Io::Device(device) => panic!("no step opens {device:?}"),
    }
}

fn list(vfs: &mut Vfs, fd: i32) -> Result<Vec<(Vec<u8>, u32)>> {
    if vfs.status_flags(fd)?.contains(OpenFlags::PATH) {
        return Err(Errno::Badf.into());
    }
    if vfs.stat(Target::Fd(fd))?.file_type != FileType::Directory {
        return Err(Errno::Notdir.into());
    }
    vfs.seek(fd, SeekFrom::Start(0))?;
    let mut names = Vec::new();
    loop {
        // In small pieces, to cross their borders.
        let entries = vfs.read_directory(fd, 3)?;
        if entries.is_empty() {
            break;
        }
        names.extend(entries.into_iter().map(|entry| (entry.name, entry.file_type.mode_bits())));
    }
    names.sort();
    Ok(names)
}

fn outcome(stat: &Stat) -> Outcome {
    let directory = stat.file_type == FileType::Directory;
    let modified = stat.modified.seconds;
    Outcome::Stat {
        mode: stat.mode(),
        links: Some(u64::from(stat.links)),
        size: (!directory).then_some(stat.size),
        modified: (modified < SET_SECONDS_MAX).then_some(modified),
    }
}
