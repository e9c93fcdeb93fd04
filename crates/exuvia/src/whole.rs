//! Files that are there whole or not at all, whoever looks and whatever happens meanwhile.

use std::fs::File;
use std::io;
use std::path::Path;

use tempfile::{Builder, NamedTempFile};

/// A file that is written beside its place. Its owner alone can read it, and it goes where it is not put there.
pub(crate) struct Unfinished(NamedTempFile);

impl Unfinished {
    /// Begins a file for this path.
    pub(crate) fn beside(path: &Path) -> io::Result<Self> {
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        Builder::new().prefix(".unfinished-").tempfile_in(folder).map(Self)
    }

    /// Returns the file, to be written.
    pub(crate) fn file(&mut self) -> &mut File {
        self.0.as_file_mut()
    }

    /// Puts the file in its place when it is on the disk; what was there is replaced.
    pub(crate) fn put(self, path: &Path) -> io::Result<()> {
        self.0.as_file().sync_all()?;
        self.0.persist(path)?;
        Ok(())
    }
}
