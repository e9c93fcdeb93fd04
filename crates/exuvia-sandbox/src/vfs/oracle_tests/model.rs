//! The other side: each step on [`Vfs`].

use std::path::Path;
use std::sync::Arc;

use exuvia_core::{Change, Changed, Mount as _, MountMode, MountReply};

use super::machine::process_umask;
use super::{Outcome, SET_SECONDS_MAX, Step};
use crate::Folder;
use crate::vfs::{
    AccessMode, DuplicateFrom, Errno, Fault, FileLimits, FileType, Io, Library, OpenFlags, Place, Renaming, Result,
    SavedFiles, SeekFrom, Stat, Target, TimeChange, TimeChanges, Timestamp, Vfs,
};

pub(super) struct Model {
    vfs: Served,
    top: Vec<u8>,
    open: Vec<i32>,
}

/// A file system, and the folder that answers for its mount.
pub(super) struct Served {
    vfs: Vfs,
    folder: Option<Folder>,
}

impl Served {
    /// Runs an operation, having the folder answer what it needs.
    pub(super) fn ask<T>(&mut self, mut operation: impl FnMut(&mut Vfs) -> Result<T>) -> Result<T> {
        loop {
            match (operation(&mut self.vfs), &mut self.folder) {
                (Err(Fault::Needs(request)), Some(folder)) => {
                    let MountReply::Now(outcome) = folder.answer(&request.operation) else {
                        panic!("a folder does not let wait")
                    };
                    self.vfs.supply(request, outcome).unwrap();
                }
                (answer, _) => return answer,
            }
        }
    }

    fn read(&mut self, fd: i32, buffer: &mut [u8], at: Option<i64>) -> Result<usize> {
        let mut total = 0;
        loop {
            let offset = at.map(|at| at.saturating_add(total as i64));
            let rest = &mut buffer[total..];
            let count = done(self.ask(|vfs| match offset {
                None => vfs.read(fd, rest),
                Some(offset) => vfs.read_at(fd, rest, offset),
            })?);
            total += count;
            if count == 0 || total == buffer.len() || !self.vfs.is_mounted(fd) {
                return Ok(total);
            }
        }
    }
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
        Self { vfs: Served { vfs, folder: None }, top, open: Vec::new() }
    }

    /// Mounts a folder, and starts as many levels below it.
    pub(super) fn on_folder(folder: &Path, mode: MountMode, limits: FileLimits, depth: usize) -> Self {
        let library = Library::from_files(b"/usr/lib/python", Timestamp::default(), []).unwrap();
        let mut vfs = Vfs::new(Arc::new(library), limits);
        vfs.set_time((SET_SECONDS_MAX + 1) * 1_000_000_000);
        vfs.set_umask(process_umask());
        vfs.mount(b"/workspace", mode).unwrap();
        let top = [b"/workspace".as_slice(), &b"/level".repeat(depth)].concat();
        let mut vfs = Served { vfs, folder: Some(Folder::open(folder).unwrap()) };
        vfs.ask(|vfs| vfs.change_directory(Place::cwd(&top))).unwrap();
        Self { vfs, top, open: Vec::new() }
    }

    /// Puts a file system that was saved and restored into the place of this one.
    pub(super) fn save_and_restore(&mut self) {
        let vfs = &self.vfs.vfs;
        let bytes = vfs.save().encode();
        let saved = SavedFiles::decode(&bytes).unwrap();
        let restored = Vfs::restored(&saved, Arc::clone(&vfs.library), vfs.limits());
        assert_eq!((restored.usage(), restored.tree.told), (vfs.usage(), vfs.tree.told));
        assert!(restored.save().encode() == bytes, "it is saved as it was");
        self.vfs.vfs = restored;
    }

    /// Returns what the program has changed of the folder.
    pub(super) fn changes(&mut self) -> Vec<Change> {
        let found = self.vfs.ask(|vfs| vfs.changes(0)).unwrap();
        let mut changes = Vec::new();
        for found in found {
            let after = found.after.as_ref().map(|node| match (node.stat.file_type, &node.target) {
                (FileType::Directory, _) => Changed::Directory { mode: node.stat.permissions },
                (_, Some(target)) => Changed::Symlink(target.clone()),
                _ => {
                    let mut content = vec![0; usize::try_from(node.stat.size).unwrap()];
                    let mut at = 0;
                    while at < content.len() {
                        let rest = &mut content[at..];
                        at += self.vfs.ask(|vfs| vfs.read_changed(node, at as u64, rest)).unwrap();
                    }
                    Changed::File { content, mode: node.stat.permissions }
                }
            });
            changes.push(Change { path: found.path, before: found.before, after });
        }
        changes
    }

    /// Applies changes to the folder.
    pub(super) fn apply(&mut self, changes: &[Change]) {
        self.vfs.folder.as_mut().unwrap().apply(changes).unwrap();
    }

    pub(super) fn run(&mut self, step: &Step, counts_links: bool) -> Outcome {
        let mut outcome = match self.step(step) {
            Ok(outcome) => outcome,
            Err(Fault::Errno(errno)) => Outcome::Error(errno.number()),
            Err(Fault::Needs(request)) => panic!("there are no mounts: {request:?}"),
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
                let fd = self.vfs.ask(|vfs| vfs.open(place, OpenFlags::from_bits(*flags), *mode))?;
                self.open.push(fd);
                Ok(Outcome::Nothing)
            }
            Step::MakeDirectory { dir, path, mode } => {
                let place = self.place(*dir, path);
                self.vfs.ask(|vfs| vfs.make_directory(place, *mode)).map(nothing)
            }
            Step::Truncate { path, length } => {
                vfs.ask(|vfs| vfs.truncate(Target::Follow(at(path)), *length)).map(nothing)
            }
            Step::Stat { path, follow } => vfs.ask(|vfs| vfs.stat(target(path, *follow))).map(|stat| outcome(&stat)),
            Step::RemoveDirectory { path } => vfs.ask(|vfs| vfs.remove_directory(at(path))).map(nothing),
            Step::Unlink { path } => vfs.ask(|vfs| vfs.unlink(at(path))).map(nothing),
            Step::Rename { from, to, keep } => {
                let renaming = Renaming { from: at(from), to: at(to), keep_existing: *keep };
                vfs.ask(|vfs| vfs.rename(renaming)).map(nothing)
            }
            Step::Symlink { target, path } => vfs.ask(|vfs| vfs.make_symlink(target.as_bytes(), at(path))).map(nothing),
            Step::ReadLink { path } => vfs.ask(|vfs| vfs.read_link(at(path))).map(Outcome::Bytes),
            Step::SetMode { path, mode } => vfs.ask(|vfs| vfs.set_mode(target(path, true), *mode)).map(nothing),
            Step::SetTimes { path, seconds, follow } => {
                let time = TimeChange::Set(Timestamp { seconds: *seconds, nanoseconds: 0 });
                let changes = TimeChanges { accessed: time, modified: time };
                vfs.ask(|vfs| vfs.set_times(target(path, *follow), changes)).map(nothing)
            }
            Step::Access { path } => {
                let mode = AccessMode { read: true, ..AccessMode::default() };
                vfs.ask(|vfs| vfs.access(at(path), mode)).map(nothing)
            }
            Step::ChangeDirectory { path } => vfs.ask(|vfs| vfs.change_directory(at(path))).map(nothing),
            Step::SetUmask(mask) => {
                vfs.vfs.set_umask(mask | process_umask());
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
                vfs.vfs.close(self.open.remove(at)).map(nothing)
            }
            Step::Duplicate(fd) => {
                let copy = vfs.vfs.duplicate(open(fd), DuplicateFrom::default())?;
                self.open.push(copy);
                Ok(Outcome::Nothing)
            }
            Step::Read { fd, count } => {
                let mut buffer = vec![0; *count];
                let count = vfs.read(open(fd), &mut buffer, None)?;
                Ok(Outcome::Bytes(buffer[..count].to_vec()))
            }
            Step::ReadAt { fd, count, offset } => {
                let mut buffer = vec![0; *count];
                let count = vfs.read(open(fd), &mut buffer, Some(*offset))?;
                Ok(Outcome::Bytes(buffer[..count].to_vec()))
            }
            Step::Write { fd, byte, count } => {
                let (fd, data) = (open(fd), vec![*byte; *count]);
                let io = vfs.ask(|vfs| vfs.write(fd, &data))?;
                Ok(Outcome::Number(done(io) as u64))
            }
            Step::WriteAt { fd, byte, count, offset } => {
                let (fd, data) = (open(fd), vec![*byte; *count]);
                let io = vfs.ask(|vfs| vfs.write_at(fd, &data, *offset))?;
                Ok(Outcome::Number(done(io) as u64))
            }
            Step::Seek { fd, whence, offset } => {
                if vfs.vfs.stat(Target::Fd(open(fd)))?.file_type == FileType::Directory {
                    return Ok(Outcome::Nothing);
                }
                let to = match whence {
                    0 => SeekFrom::Start(*offset),
                    1 => SeekFrom::Current(*offset),
                    _ => SeekFrom::End(*offset),
                };
                vfs.vfs.seek(open(fd), to).map(Outcome::Number)
            }
            Step::SetLength { fd, length } => {
                let fd = open(fd);
                vfs.ask(|vfs| vfs.truncate(Target::Fd(fd), *length)).map(nothing)
            }
            Step::SetStatus { fd, flags } => {
                vfs.vfs.set_status_flags(open(fd), OpenFlags::from_bits(*flags)).map(nothing)
            }
            Step::StatFd(fd) => vfs.vfs.stat(Target::Fd(open(fd))).map(|stat| outcome(&stat)),
            Step::List(fd) => list(vfs, open(fd)).map(Outcome::Names),
            Step::Enter(fd) => {
                // The machine opens `.` there.
                let fd = open(fd);
                vfs.ask(|vfs| vfs.change_directory(Place::at(fd, b"."))).map(nothing)
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

    /// Returns what [`snapshot`](Self::snapshot) does, as a program would find it, without link counts of directories.
    pub(super) fn look_around(&mut self) -> Vec<(String, Outcome, Vec<u8>)> {
        let vfs = &mut self.vfs;
        vfs.vfs.set_umask(0);
        let mut found = Vec::new();
        let mut rest = vec![String::new()];
        let top = String::from_utf8(self.top.clone()).unwrap();
        while let Some(prefix) = rest.pop() {
            let path = format!("{top}{prefix}");
            let fd = vfs.ask(|vfs| vfs.open(at(&path), OpenFlags::READ_ONLY, 0)).unwrap();
            for (name, _) in list(vfs, fd).unwrap() {
                let name = String::from_utf8(name).unwrap();
                if name == "." || name == ".." {
                    continue;
                }
                let (path, shown) = (format!("{top}{prefix}/{name}"), format!("{prefix}/{name}"));
                let stat = vfs.ask(|vfs| vfs.stat(target(&path, false))).unwrap();
                let bytes = match stat.file_type {
                    FileType::Directory => {
                        rest.push(shown.clone());
                        Vec::new()
                    }
                    FileType::Symlink => vfs.ask(|vfs| vfs.read_link(at(&path))).unwrap(),
                    _ => {
                        let file = vfs.ask(|vfs| vfs.open(at(&path), OpenFlags::READ_ONLY, 0)).unwrap();
                        let mut bytes = vec![0; usize::try_from(stat.size).unwrap()];
                        assert_eq!(vfs.read(file, &mut bytes, None), Ok(bytes.len()));
                        vfs.vfs.close(file).unwrap();
                        bytes
                    }
                };
                let mut outcome = outcome(&stat);
                if let Outcome::Stat { links, .. } = &mut outcome
                    && stat.file_type == FileType::Directory
                {
                    *links = None;
                }
                found.push((shown, outcome, bytes));
            }
            vfs.vfs.close(fd).unwrap();
        }
        found.sort_by(|one, other| one.0.cmp(&other.0));
        found
    }

    /// Returns all paths with their types, contents and targets.
    pub(super) fn snapshot(&mut self, counts_links: bool) -> Vec<(String, Outcome, Vec<u8>)> {
        let mut found = Vec::new();
        let vfs = &self.vfs.vfs;
        for entry in vfs.walk(&self.top).unwrap() {
            let bytes = match entry.stat.file_type {
                FileType::Regular => vfs.read_file(&entry.path, u64::MAX).unwrap().to_vec(),
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

fn list(served: &mut Served, fd: i32) -> Result<Vec<(Vec<u8>, u32)>> {
    let vfs = &mut served.vfs;
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
        let entries = served.ask(|vfs| vfs.read_directory(fd, 3))?;
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
