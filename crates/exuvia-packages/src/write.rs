//! Writing files so that nobody ever sees half of one.

use std::fs;
use std::io::{self, Write as _};
use std::path::Path;

/// Writes a file beside its place and moves it there. A file that was there keeps its permissions.
pub(crate) fn write_whole(path: &Path, content: &[u8]) -> io::Result<()> {
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    let mut file = tempfile::Builder::new().prefix(".exuvia-").tempfile_in(folder)?;
    file.write_all(content)?;
    if let Ok(metadata) = fs::metadata(path) {
        file.as_file().set_permissions(metadata.permissions())?;
    }
    file.as_file().sync_all()?;
    file.persist(path)?;
    Ok(())
}
