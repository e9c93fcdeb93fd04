//! Reading, writing and changing what is in a folder.

use std::collections::VecDeque;
use std::fs::{File, Permissions};
use std::io;
use std::os::unix::fs::{FileExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use cap_std::fs::{Dir, DirBuilder, DirBuilderExt as _, OpenOptions, OpenOptionsExt as _};
use exuvia_core::MountOperation;
use rustix::fs::{AtFlags, Timespec, Timestamps, UTIME_OMIT};

use super::{Folder, host_path};

/// How many files are kept open for further reads.
const OPEN_FILES_MAX: usize = 8;
/// What of permission bits is set: nobody else may write, and nothing runs as somebody else.
pub(super) const MODE_MASK: u32 = 0o755;

/// Files that were read from last, the oldest first.
#[derive(Debug, Default)]
pub(super) struct OpenFiles {
    files: VecDeque<(PathBuf, File)>,
}

impl OpenFiles {
    /// Fills the buffer.
    pub(super) fn read(&mut self, dir: &Dir, path: &Path, offset: u64, buffer: &mut [u8]) -> io::Result<()> {
        if let Some((_, file)) = self.files.iter().find(|(open, _)| open == path) {
            return file.read_exact_at(buffer, offset);
        }
        let file = open(dir, path, OpenOptions::new().read(true))?;
        let read = file.read_exact_at(buffer, offset);
        if self.files.len() == OPEN_FILES_MAX {
            self.files.pop_front();
        }
        self.files.push_back((path.to_owned(), file));
        read
    }

    pub(super) fn forget(&mut self) {
        self.files.clear();
    }
}

impl Folder {
    /// Makes a change.
    pub(super) fn change(&mut self, operation: &MountOperation) -> io::Result<()> {
        if !matches!(operation, MountOperation::Write { .. } | MountOperation::SetSize { .. }) {
            // A name may lead to another file from now on.
            self.open.forget();
        }
        match operation {
            MountOperation::Write { path, offset, bytes } => self.writable(path)?.write_all_at(bytes, *offset),
            MountOperation::SetSize { path, size } => self.writable(path)?.set_len(*size),
            MountOperation::Create { path, mode } => {
                let mut options = OpenOptions::new();
                // What is new is a regular file, and nothing is followed or waited for.
                options.write(true).create_new(true).mode(mode & MODE_MASK);
                self.dir.open_with(host_path(path), &options).map(drop)
            }
            MountOperation::MakeDirectory { path, mode } => {
                self.dir.create_dir_with(host_path(path), DirBuilder::new().mode(mode & MODE_MASK))
            }
            MountOperation::MakeSymlink { path, target } => {
                let target = host_path(target);
                let down =
                    |component| matches!(component, std::path::Component::Normal(_) | std::path::Component::CurDir);
                if !target.components().all(down) {
                    return Err(io::ErrorKind::PermissionDenied.into());
                }
                self.dir.symlink(target, host_path(path))
            }
            MountOperation::Unlink { path } => self.dir.remove_file(host_path(path)),
            MountOperation::RemoveDirectory { path } => self.dir.remove_dir(host_path(path)),
            MountOperation::Rename { from, to } => self.rename(host_path(from), host_path(to)),
            MountOperation::SetMode { path, mode } => set_mode(&self.dir, host_path(path), *mode),
            MountOperation::SetTimes { path, accessed, modified } => {
                self.set_times(host_path(path), [*accessed, *modified])
            }
            MountOperation::Sync { path } => {
                open(&self.dir, host_path(path), OpenOptions::new().read(true))?.sync_all()
            }
            _ => Err(io::ErrorKind::Unsupported.into()),
        }
    }

    fn writable(&self, path: &[u8]) -> io::Result<File> {
        open(&self.dir, host_path(path), OpenOptions::new().write(true))
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        // What is not shown cannot be meant, and must not go.
        if let Ok(there) = self.dir.symlink_metadata(to)
            && self.kind(to, there.file_type()).is_none()
        {
            return Err(io::ErrorKind::PermissionDenied.into());
        }
        self.dir.rename(from, &self.dir, to)
    }

    /// Sets the times of what has this very name, be it a link.
    fn set_times(&self, path: &Path, times: [Option<i64>; 2]) -> io::Result<()> {
        let [last_access, last_modification] = times.map(|time| match time {
            None => Timespec { tv_sec: 0, tv_nsec: UTIME_OMIT },
            Some(time) => Timespec { tv_sec: time.div_euclid(1_000_000_000), tv_nsec: time.rem_euclid(1_000_000_000) },
        });
        let above = path.parent().filter(|above| !above.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let above = self.dir.open_dir(above)?;
        let name = path.file_name().map_or(Path::new("."), Path::new);
        let times = Timestamps { last_access, last_modification };
        Ok(rustix::fs::utimensat(&above, name, &times, AtFlags::SYMLINK_NOFOLLOW)?)
    }
}

/// Sets the permission bits of a regular file or a directory. (`Dir::set_permissions` may open what it is about, and so
/// wait for the other end of a pipe.)
pub(super) fn set_mode(dir: &Dir, path: &Path, mode: u32) -> io::Result<()> {
    let permissions = Permissions::from_mode(mode & MODE_MASK);
    #[cfg(target_os = "linux")]
    {
        // A handle needs no permission, and its name in `/proc` leads to the very file that was opened.
        use std::os::fd::AsRawFd as _;
        let mut options = OpenOptions::new();
        let handle = dir.open_with(path, options.read(true).custom_flags(libc::O_PATH | libc::O_NOFOLLOW))?.into_std();
        let metadata = handle.metadata()?;
        if !metadata.is_file() && !metadata.is_dir() {
            return Err(io::ErrorKind::PermissionDenied.into());
        }
        if std::fs::set_permissions(format!("/proc/self/fd/{}", handle.as_raw_fd()), permissions.clone()).is_ok() {
            return Ok(());
        }
    }
    open(dir, path, OpenOptions::new().read(true))?.set_permissions(permissions)
}

/// Opens a regular file or a directory, never through a link in its own place. What else may have come there meanwhile
/// is neither waited for nor used.
fn open(dir: &Dir, path: &Path, options: &mut OpenOptions) -> io::Result<File> {
    options.custom_flags(libc::O_NOFOLLOW | libc::O_NONBLOCK | libc::O_NOCTTY);
    if let Ok(there) = dir.symlink_metadata(path)
        && !there.is_file()
        && !there.is_dir()
    {
        return Err(io::ErrorKind::PermissionDenied.into());
    }
    let file = dir.open_with(path, options)?.into_std();
    let metadata = file.metadata()?;
    if metadata.is_file() || metadata.is_dir() { Ok(file) } else { Err(io::ErrorKind::PermissionDenied.into()) }
}
