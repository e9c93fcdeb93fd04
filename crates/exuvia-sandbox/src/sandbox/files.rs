//! The files of a sandbox, as its host sees and puts them between cells.

use bytes::Bytes;

use super::Sandbox;
use crate::error::SandboxError;
use crate::vfs::FileType;

/// How many files, directories and links are looked at for a listing.
const NODES_MAX: usize = 65_536;

/// A file of a sandbox.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct FileEntry {
    /// Its absolute path.
    pub path: String,
    /// Its size.
    pub bytes: u64,
    /// When it was last written to, in nanoseconds since 1970.
    pub modified: i64,
}

impl Sandbox {
    /// Returns the files below a directory, by path, at most so many. Mounts, the standard library, links, and names that
    /// are no text are left out. None, if there is no such directory.
    ///
    /// A hostile guest can make as many as its limits allow, and choose all names, sizes and times.
    #[must_use]
    pub fn files(&self, directory: &str, count_max: usize) -> Vec<FileEntry> {
        let Ok(found) = self.store.data().vfs.walk(directory.as_bytes()) else { return Vec::new() };
        let files = found.take(NODES_MAX).filter(|entry| entry.stat.file_type == FileType::Regular);
        let entries = files.filter_map(|entry| {
            let path = String::from_utf8(entry.path).ok()?;
            Some(FileEntry { path, bytes: entry.stat.size, modified: entry.stat.modified.to_nanoseconds() })
        });
        entries.take(count_max).collect()
    }

    /// Returns how many bytes a file has, or `None` if there is none at this path.
    #[must_use]
    pub fn file_bytes(&self, path: &str) -> Option<u64> {
        self.store.data().vfs.file_bytes(path.as_bytes()).ok()
    }

    /// Returns the files of mounts that the program has made or changed, as far as that is known without asking the host, at
    /// most so many. Names that are no text are left out.
    ///
    /// A hostile guest chooses what there is of them, as of its own [files](Self::files).
    #[must_use]
    pub fn files_written_in_mounts(&self, count_max: usize) -> Vec<FileEntry> {
        let written = self.store.data().vfs.written(NODES_MAX).into_iter();
        let entries = written.filter_map(|entry| {
            let path = String::from_utf8(entry.path).ok()?;
            Some(FileEntry { path, bytes: entry.stat.size, modified: entry.stat.modified.to_nanoseconds() })
        });
        entries.take(count_max).collect()
    }

    /// Returns the content of a file that has at most so many bytes, or `None` if there is none at this path.
    #[must_use]
    pub fn read_file_within(&self, path: &str, bytes_max: u64) -> Option<Bytes> {
        self.store.data().vfs.read_file(path.as_bytes(), bytes_max).ok()
    }

    /// Puts a file into the sandbox, with the directories above it, in the place of one that is there. Do so between cells.
    ///
    /// # Errors
    ///
    /// [`SandboxError::Config`] for a path that cannot be, where there is no room, or something is in the way.
    pub fn put_file(&mut self, path: &str, content: Bytes) -> Result<(), SandboxError> {
        let put = self.store.data_mut().vfs.add_file(path.as_bytes(), &content, 0o644);
        put.map_err(|fault| SandboxError::Config(format!("the file cannot be put there: {fault}")))
    }
}
