//! A folder of this machine that a sandbox may read.

use std::io::{self, Read as _, Seek as _, SeekFrom};
use std::path::Path;
use std::time::UNIX_EPOCH;

use cap_std::ambient_authority;
use cap_std::fs::{Dir, Metadata};
use exuvia_core::{MountAnswer, MountEntry, MountEntryKind, MountFault};

/// The most entries of one directory.
const ENTRIES_MAX: usize = 50_000;

type Answer = Result<MountAnswer, MountFault>;

/// A folder of this machine that a sandbox may read, and nothing outside of it: every path is resolved below the opened
/// folder (with the operating system's own means where it has them), whatever happens to names meanwhile.
///
/// Regular files, directories and relative symbolic links are shown. Absolute links are not, since they would tell
/// where things are on this machine; nor are devices, pipes and sockets.
#[derive(Debug)]
pub struct Folder {
    dir: Dir,
}

impl Folder {
    /// Opens a folder.
    ///
    /// # Errors
    ///
    /// It is not there, no folder, or may not be read.
    pub fn open(path: &Path) -> io::Result<Self> {
        Ok(Self { dir: Dir::open_ambient_dir(path, ambient_authority())? })
    }

    pub(super) fn list(&self, path: &[u8]) -> Answer {
        let path = host_path(path)?;
        let mut entries = Vec::new();
        for entry in self.dir.read_dir(path).map_err(|error| fault(&error))? {
            let entry = entry.map_err(|error| fault(&error))?;
            let Ok(metadata) = entry.metadata() else {
                // It is gone since it was listed.
                continue;
            };
            let name = entry.file_name();
            let Some(kind) = self.kind(path, &name, &metadata) else { continue };
            if entries.len() == ENTRIES_MAX {
                return Err(MountFault::TooLarge);
            }
            let name = name.into_encoded_bytes();
            entries.push(MountEntry {
                name,
                kind,
                size: metadata.len(),
                modified: modified(&metadata),
                mode: mode(&metadata),
            });
        }
        // The operating system's order is nobody's business.
        entries.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(MountAnswer::Entries(entries))
    }

    fn kind(&self, folder: &Path, name: &std::ffi::OsStr, metadata: &Metadata) -> Option<MountEntryKind> {
        let file_type = metadata.file_type();
        if file_type.is_file() {
            return Some(MountEntryKind::File);
        }
        if file_type.is_dir() {
            return Some(MountEntryKind::Directory);
        }
        if file_type.is_symlink() {
            let target = self.dir.read_link_contents(folder.join(name)).ok()?;
            return target.is_relative().then(|| MountEntryKind::Symlink(target.into_os_string().into_encoded_bytes()));
        }
        None
    }

    pub(super) fn read(&self, path: &[u8], offset: u64, length: u32) -> Answer {
        let path = host_path(path)?;
        let metadata = self.dir.symlink_metadata(path).map_err(|error| fault(&error))?;
        if !metadata.is_file() {
            return Err(MountFault::Unreadable);
        }
        let mut file = self.dir.open(path).map_err(|error| fault(&error))?;
        file.seek(SeekFrom::Start(offset)).map_err(|error| fault(&error))?;
        let mut bytes = Vec::new();
        file.take(u64::from(length)).read_to_end(&mut bytes).map_err(|error| fault(&error))?;
        Ok(MountAnswer::Bytes(bytes))
    }
}

/// The path below the folder; its root is `.`.
fn host_path(path: &[u8]) -> Result<&Path, MountFault> {
    if path.is_empty() {
        return Ok(Path::new("."));
    }
    #[cfg(unix)]
    {
        use std::os::unix::ffi::OsStrExt as _;
        Ok(Path::new(std::ffi::OsStr::from_bytes(path)))
    }
    #[cfg(not(unix))]
    {
        std::str::from_utf8(path).map(Path::new).map_err(|_| MountFault::NotFound)
    }
}

fn fault(error: &io::Error) -> MountFault {
    match error.kind() {
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => MountFault::NotFound,
        io::ErrorKind::PermissionDenied => MountFault::Denied,
        _ => MountFault::Unreadable,
    }
}

fn modified(metadata: &Metadata) -> i64 {
    let since = metadata.modified().ok().and_then(|time| time.into_std().duration_since(UNIX_EPOCH).ok());
    since.and_then(|since| i64::try_from(since.as_nanos()).ok()).unwrap_or(0)
}

#[cfg(unix)]
fn mode(metadata: &Metadata) -> u32 {
    use cap_std::fs::MetadataExt as _;
    metadata.mode() & 0o777
}

#[cfg(not(unix))]
fn mode(metadata: &Metadata) -> u32 {
    if metadata.is_dir() { 0o755 } else { 0o644 }
}
