//! Putting what a program has changed in an overlay into a folder of this machine.

use std::collections::BTreeMap;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use cap_std::ambient_authority;
use cap_std::fs::{Dir, MetadataExt as _, OpenOptions, OpenOptionsExt as _};
use exuvia_core::{Change, Changed, Original};

use super::files::{MODE_MASK, set_mode};
use super::{Folder, host_path, modified};

/// The name of the folder in which changes are made ready, with a number behind it.
const STAGE: &str = ".exuvia-apply-";
/// How many such folders may have been left behind by processes that ended half-way.
const STAGES_MAX: u32 = 100;

/// Why changes were not applied. The folder is as it was.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ApplyError {
    /// The folder has changed since the program saw it, at these paths.
    #[error("changed since the program saw it: {}", shown(.0))]
    Conflicts(Vec<Vec<u8>>),
    /// A change is of no kind that can be made here: a path that is none, or a link that does not only descend.
    #[error("`{}` cannot be put into a folder: {}", String::from_utf8_lossy(.path), .why)]
    Refused {
        /// The path.
        path: Vec<u8>,
        /// Why.
        why: &'static str,
    },
    /// The operating system failed.
    #[error("`{}`: {error}", .path.display())]
    Io {
        /// Where.
        path: PathBuf,
        /// How.
        error: io::Error,
    },
}

fn shown(paths: &[Vec<u8>]) -> String {
    paths.iter().map(|path| String::from_utf8_lossy(path)).collect::<Vec<_>>().join(", ")
}

type Result<T> = std::result::Result<T, ApplyError>;

impl Folder {
    /// Makes these changes of an [overlay](exuvia_core::MountMode::Overlay) in its folder: all of them or none, as far
    /// as a file system allows. New contents are written to a folder of their own first; then names are changed one by
    /// one, and changed back if one fails. A process that is killed amid that leaves what it has moved away in
    /// `.exuvia-apply-N`.
    ///
    /// A file that somebody has changed meanwhile, as its size or time show, is a conflict; so is a removed directory in
    /// which names have changed, and something in the way of what is new. Where all is as the changes would make it,
    /// nothing is done.
    ///
    /// # Errors
    ///
    /// [`ApplyError`]; the folder is then as it was.
    pub fn apply(&mut self, changes: &[Change]) -> Result<()> {
        self.open.forget();
        check_paths(changes)?;
        if self.are_made(changes) {
            return Ok(());
        }
        let conflicts: Vec<_> = self.conflicts(changes).map(|change| change.path.clone()).collect();
        if !conflicts.is_empty() {
            return Err(ApplyError::Conflicts(conflicts));
        }
        let stage = Stage::make(&self.dir)?;
        let applied = stage.fill(changes).and_then(|()| {
            let mut undo = Vec::new();
            let moved = self.move_names(&stage, changes, &mut undo);
            if moved.is_err() {
                self.take_back(&stage, &undo);
            }
            moved
        });
        // What is left there is of no use to anybody; that it cannot be removed is no failure of what was asked.
        let _left = self.dir.remove_dir_all(&stage.path);
        applied
    }

    fn conflicts<'a>(&'a self, changes: &'a [Change]) -> impl Iterator<Item = &'a Change> + 'a {
        let mut gone: Vec<&[u8]> = Vec::new();
        changes.iter().filter(move |change| {
            let replaced = gone.contains(&change.path.as_slice());
            if change.after.is_none() {
                gone.push(&change.path);
            }
            let below = |gone: &&[u8]| change.path.strip_prefix(*gone).is_some_and(|rest| rest.starts_with(b"/"));
            if replaced || gone.iter().any(below) {
                return false;
            }
            let there = self.dir.symlink_metadata(host_path(&change.path)).ok();
            match (there, change.before) {
                (None, None) => false,
                (Some(there), Some(before)) => !is_as_before(&there, before, change.after.is_none()),
                _ => true,
            }
        })
    }

    /// Returns whether the folder is as the changes would make it: somebody has made them before.
    fn are_made(&self, changes: &[Change]) -> bool {
        let last: BTreeMap<_, _> = changes.iter().map(|change| (&change.path, &change.after)).collect();
        last.into_iter().all(|(path, after)| self.is_made(host_path(path), after.as_ref()).unwrap_or(false))
    }

    fn is_made(&self, path: &Path, after: Option<&Changed>) -> io::Result<bool> {
        let there = match self.dir.symlink_metadata(path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(after.is_none()),
            there => there?,
        };
        let has_mode = |mode: u32| there.mode() & MODE_MASK == mode & MODE_MASK;
        Ok(match after {
            None => false,
            Some(Changed::Directory { mode }) => there.is_dir() && has_mode(*mode | 0o700),
            Some(Changed::Symlink(target)) => {
                there.is_symlink() && self.dir.read_link_contents(path)? == host_path(target)
            }
            Some(Changed::File { content, mode }) => {
                let may_be = there.is_file() && has_mode(*mode) && there.len() == content.len() as u64;
                may_be && self.dir.read(path)? == *content
            }
        })
    }

    fn move_names(&self, stage: &Stage, changes: &[Change], undo: &mut Vec<Undo>) -> Result<()> {
        for (number, change) in changes.iter().enumerate() {
            let path = host_path(&change.path);
            let failed = |error| ApplyError::Io { path: path.to_owned(), error };
            match (&change.after, change.before) {
                (Some(Changed::Directory { mode }), Some(_)) => {
                    let before = self.dir.metadata(path).map_err(failed)?.mode();
                    set_mode(&self.dir, path, *mode).map_err(failed)?;
                    undo.push(Undo::Mode(path.to_owned(), before));
                }
                (Some(Changed::Directory { mode }), None) => {
                    self.dir.create_dir(path).map_err(failed)?;
                    undo.push(Undo::Directory(path.to_owned()));
                    set_mode(&self.dir, path, mode | 0o700).map_err(failed)?;
                }
                (after, before) => {
                    if before.is_some() {
                        self.dir.rename(path, &stage.dir, Stage::old_name(number)).map_err(failed)?;
                        undo.push(Undo::Away(number, path.to_owned()));
                    }
                    if after.is_some() {
                        stage.dir.rename(Stage::new_name(number), &self.dir, path).map_err(failed)?;
                        undo.push(Undo::Placed(path.to_owned()));
                    }
                }
            }
        }
        Ok(())
    }

    /// Takes back what was done, the last first, as far as that is possible.
    fn take_back(&self, stage: &Stage, undo: &[Undo]) {
        for step in undo.iter().rev() {
            let _best_effort = match step {
                Undo::Mode(path, before) => set_mode(&self.dir, path, *before),
                Undo::Directory(path) => self.dir.remove_dir(path),
                Undo::Placed(path) => self.dir.remove_file(path),
                Undo::Away(number, path) => stage.dir.rename(Stage::old_name(*number), &self.dir, path),
            };
        }
    }
}

/// What takes a step back.
enum Undo {
    Mode(PathBuf, u32),
    Directory(PathBuf),
    Placed(PathBuf),
    Away(usize, PathBuf),
}

/// A folder within the folder, in which new files are made ready and old ones are kept until all is done.
struct Stage {
    path: PathBuf,
    dir: Dir,
}

impl Stage {
    fn make(dir: &Dir) -> Result<Self> {
        for number in 0..STAGES_MAX {
            let path = PathBuf::from(format!("{STAGE}{number}"));
            match dir.create_dir(&path) {
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                made => {
                    let opened = made.and_then(|()| dir.open_dir(&path));
                    let dir = opened.map_err(|error| ApplyError::Io { path: path.clone(), error })?;
                    return Ok(Self { path, dir });
                }
            }
        }
        Err(ApplyError::Io { path: STAGE.into(), error: io::ErrorKind::AlreadyExists.into() })
    }

    fn old_name(number: usize) -> String {
        format!("old-{number}")
    }

    fn new_name(number: usize) -> String {
        format!("new-{number}")
    }

    /// Makes all that is new.
    fn fill(&self, changes: &[Change]) -> Result<()> {
        for (number, change) in changes.iter().enumerate() {
            put(&self.dir, Path::new(&Stage::new_name(number)), change.after.as_ref(), false)
                .map_err(|error| ApplyError::Io { path: host_path(&change.path).to_owned(), error })?;
        }
        Ok(())
    }
}

/// Puts what a program has added to or modified in an overlay into another folder, which must be there and empty.
///
/// # Errors
///
/// [`ApplyError`]; what was written until then stays.
pub fn export(changes: &[Change], folder: &Path) -> Result<()> {
    let failed = |path: &Path, error| ApplyError::Io { path: path.to_owned(), error };
    check_paths(changes)?;
    let dir = Dir::open_ambient_dir(folder, ambient_authority()).map_err(|error| failed(folder, error))?;
    if dir.entries().map_err(|error| failed(folder, error))?.next().is_some() {
        return Err(failed(folder, io::ErrorKind::DirectoryNotEmpty.into()));
    }
    for change in changes.iter().filter(|change| change.after.is_some()) {
        let path = host_path(&change.path);
        if let Some(above) = path.parent() {
            dir.create_dir_all(above).map_err(|error| failed(path, error))?;
        }
        put(&dir, path, change.after.as_ref(), true).map_err(|error| failed(path, error))?;
    }
    Ok(())
}

/// Makes a file or link, or a directory too.
fn put(dir: &Dir, path: &Path, what: Option<&Changed>, directories: bool) -> io::Result<()> {
    match what {
        Some(Changed::File { content, mode }) => {
            let mut options = OpenOptions::new();
            options.write(true).create_new(true).mode(mode & MODE_MASK | 0o600);
            dir.open_with(path, &options)?.write_all(content)?;
            set_mode(dir, path, *mode)
        }
        Some(Changed::Directory { .. }) if directories => dir.create_dir_all(path),
        Some(Changed::Symlink(target)) => dir.symlink(host_path(target), path),
        Some(Changed::Directory { .. }) | None => Ok(()),
    }
}

/// Refuses what a program may have made that leads out of a folder, or into one of our own.
fn check_paths(changes: &[Change]) -> Result<()> {
    let refused = |change: &Change, why| Err(ApplyError::Refused { path: change.path.clone(), why });
    let descends = |path: &[u8]| {
        !path.is_empty() && !path.starts_with(b"/") && path.split(|byte| *byte == b'/').all(|name| name != b"..")
    };
    for change in changes {
        if !descends(&change.path) && !change.path.is_empty() {
            return refused(change, "it is no path below a folder");
        }
        if change.path.starts_with(STAGE.as_bytes()) {
            return refused(change, "the name is kept for applying changes");
        }
        if let Some(Changed::Symlink(target)) = &change.after
            && !descends(target)
        {
            return refused(change, "it is a link that does not only descend");
        }
    }
    Ok(())
}

/// Returns whether something is as the host had told. The time of a directory tells of the names in it.
fn is_as_before(there: &cap_std::fs::Metadata, before: Original, removed: bool) -> bool {
    let same_time = modified(there) == before.modified;
    if before.directory || there.is_dir() {
        return before.directory && there.is_dir() && (same_time || !removed);
    }
    same_time && there.len() == before.size
}
