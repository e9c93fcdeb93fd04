//! A folder of this machine that answers for a mount.

mod apply;
mod files;

use std::ffi::OsStr;
use std::io;
use std::os::unix::ffi::OsStrExt as _;
use std::path::Path;
use std::time::UNIX_EPOCH;

use cap_std::ambient_authority;
use cap_std::fs::{Dir, FileType, Metadata, MetadataExt as _};
use exuvia_core::{
    Mount, MountAnswer, MountEntry, MountEntryKind, MountFault, MountOperation, MountOutcome, MountReply,
};

pub use apply::{ApplyError, export};
use files::OpenFiles;

/// The most entries of one directory.
const ENTRIES_MAX: usize = 50_000;

/// A folder of this machine that a sandbox may use, and nothing outside of it: every path is resolved below the opened
/// folder (with the operating system's own means where it has them), whatever happens to names meanwhile.
///
/// Regular files, directories and relative symbolic links are shown. Absolute links are not, since they would tell
/// where things are on this machine; nor are devices, pipes and sockets, which are never opened either.
///
/// What is made in it belongs to whoever runs this process, is never executable as somebody else, and never writable
/// for others. Links that a program makes only descend: nothing that follows them later is led out of the folder by
/// them. A file with several names (hard links) is one file, whose other names may lie outside of the folder.
#[derive(Debug)]
pub struct Folder {
    dir: Dir,
    open: OpenFiles,
}

impl Folder {
    /// Opens a folder.
    ///
    /// # Errors
    ///
    /// It is not there, no folder, or may not be read.
    pub fn open(path: &Path) -> io::Result<Self> {
        Ok(Self { dir: Dir::open_ambient_dir(path, ambient_authority())?, open: OpenFiles::default() })
    }

    fn list(&mut self, path: &Path) -> Result<Vec<MountEntry>, MountFault> {
        // Whoever looks anew wants to find what is there now.
        self.open.forget();
        let mut entries = Vec::new();
        for entry in self.dir.read_dir(path).map_err(|error| fault(&error))? {
            let entry = entry.map_err(|error| fault(&error))?;
            let Ok(metadata) = entry.metadata() else {
                // It is gone since it was listed.
                continue;
            };
            let name = entry.file_name();
            let Some(kind) = self.kind(&path.join(&name), metadata.file_type()) else { continue };
            if entries.len() == ENTRIES_MAX {
                return Err(MountFault::TooLarge);
            }
            entries.push(MountEntry {
                name: name.into_encoded_bytes(),
                kind,
                size: metadata.len(),
                modified: modified(&metadata),
                mode: metadata.mode() & 0o777,
            });
        }
        // The operating system's order is nobody's business.
        entries.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(entries)
    }

    /// Returns what something is shown as; `None` if it is not shown.
    fn kind(&self, path: &Path, file_type: FileType) -> Option<MountEntryKind> {
        if file_type.is_file() {
            return Some(MountEntryKind::File);
        }
        if file_type.is_dir() {
            return Some(MountEntryKind::Directory);
        }
        if file_type.is_symlink() {
            let target = self.dir.read_link_contents(path).ok()?;
            return target.is_relative().then(|| MountEntryKind::Symlink(target.into_os_string().into_encoded_bytes()));
        }
        None
    }

    fn look(&mut self, operation: &MountOperation) -> MountOutcome {
        match operation {
            MountOperation::List { path } => self.list(host_path(path)).map(MountAnswer::Entries),
            MountOperation::Measure { path } => {
                let metadata = self.dir.symlink_metadata(host_path(path)).map_err(|error| fault(&error))?;
                Ok(MountAnswer::Size(metadata.len()))
            }
            MountOperation::Read { path, offset, length } => {
                let mut bytes = vec![0; *length as usize];
                self.open.read(&self.dir, host_path(path), *offset, &mut bytes).map_err(|error| fault(&error))?;
                Ok(MountAnswer::Bytes(bytes))
            }
            change => self.change(change).map(|()| MountAnswer::Done).map_err(|error| fault(&error)),
        }
    }
}

impl Mount for Folder {
    fn answer(&mut self, operation: &MountOperation) -> MountReply {
        self.look(operation).into()
    }

    fn read_into(&mut self, path: &[u8], offset: u64, buffer: &mut [u8]) -> Option<Result<(), MountFault>> {
        Some(self.open.read(&self.dir, host_path(path), offset, buffer).map_err(|error| fault(&error)))
    }
}

/// The path below the folder; its root is `.`.
fn host_path(path: &[u8]) -> &Path {
    if path.is_empty() { Path::new(".") } else { Path::new(OsStr::from_bytes(path)) }
}

fn fault(error: &io::Error) -> MountFault {
    match error.kind() {
        io::ErrorKind::NotFound => MountFault::NotFound,
        io::ErrorKind::PermissionDenied => MountFault::Denied,
        io::ErrorKind::AlreadyExists => MountFault::Exists,
        io::ErrorKind::NotADirectory => MountFault::NotDirectory,
        io::ErrorKind::IsADirectory => MountFault::IsDirectory,
        io::ErrorKind::DirectoryNotEmpty => MountFault::NotEmpty,
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => MountFault::NoSpace,
        io::ErrorKind::ReadOnlyFilesystem => MountFault::ReadOnly,
        io::ErrorKind::CrossesDevices => MountFault::OtherDevice,
        io::ErrorKind::FileTooLarge => MountFault::TooLarge,
        io::ErrorKind::InvalidFilename => MountFault::BadName,
        _ => MountFault::Unreadable,
    }
}

fn modified(metadata: &Metadata) -> i64 {
    let since = metadata.modified().ok().and_then(|time| time.into_std().duration_since(UNIX_EPOCH).ok());
    since.and_then(|since| i64::try_from(since.as_nanos()).ok()).unwrap_or(0)
}
