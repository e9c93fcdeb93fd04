//! The read-only files of an image: an index, then their contents.
//!
//! ```text
//! number of files             u32, little-endian
//! for each, sorted by path:   length of the path u16, path, length of the content u32
//! contents                    one after another
//! ```

use bytes::Bytes;

use super::ImageError;
use crate::vfs::{Library, LibraryError, Timestamp};

/// Where the files are in a sandbox.
const ROOT: &[u8] = b"/usr";
/// When they were all last changed: 2026-01-01 00:00 UTC.
const MODIFIED: Timestamp = Timestamp { seconds: 1_767_225_600, nanoseconds: 0 };

/// One file: its path below the library's root, without a leading `/`, and its content.
pub(crate) type LibraryFile = (String, Bytes);

/// Returns an archive of these files.
///
/// # Errors
///
/// A path or a file is longer than the format can say.
pub(crate) fn encode(mut files: Vec<LibraryFile>) -> Result<Vec<u8>, ImageError> {
    files.sort();
    let too_long = |path: &str| ImageError::Module(format!("the library's file `{path}` is too long"));
    let mut archive = Vec::new();
    archive.extend_from_slice(&u32::try_from(files.len()).map_err(|_| too_long("*"))?.to_le_bytes());
    for (path, content) in &files {
        archive.extend_from_slice(&u16::try_from(path.len()).map_err(|_| too_long(path))?.to_le_bytes());
        archive.extend_from_slice(path.as_bytes());
        archive.extend_from_slice(&u32::try_from(content.len()).map_err(|_| too_long(path))?.to_le_bytes());
    }
    for (_, content) in &files {
        archive.extend_from_slice(content);
    }
    Ok(archive)
}

/// Returns the files of an archive; their contents are parts of it, not copies.
///
/// # Errors
///
/// The archive is cut short or its paths are no text.
pub(crate) fn files(archive: &Bytes) -> Result<Vec<LibraryFile>, ImageError> {
    let mut reader = Reader { archive, position: 0 };
    let count = reader.u32()?;
    let mut index = Vec::new();
    for _ in 0..count {
        let length = usize::from(reader.u16()?);
        let path = std::str::from_utf8(reader.take(length)?).map_err(|_| damaged())?.to_owned();
        index.push((path, reader.u32()? as usize));
    }
    let mut offset = reader.position;
    let mut files = Vec::with_capacity(index.len());
    for (path, length) in index {
        let end = offset.checked_add(length).filter(|&end| end <= archive.len()).ok_or_else(damaged)?;
        files.push((path, archive.slice(offset..end)));
        offset = end;
    }
    Ok(files)
}

/// Makes the tree that sandboxes share of these files.
pub(super) fn library(files: impl IntoIterator<Item = LibraryFile>) -> Result<Library, LibraryError> {
    Library::from_files(ROOT, MODIFIED, files.into_iter().map(entry))
}

/// Makes the tree that sandboxes share of an archive, which is read when the first file of it is needed.
pub(crate) fn lazy_library(archive: Bytes) -> Result<Library, LibraryError> {
    Library::lazy(ROOT, MODIFIED, move || Some(files(&archive).ok()?.into_iter().map(entry).collect()))
}

/// Makes the tree that sandboxes share of an archive and further files.
pub(crate) fn library_with(archive: Bytes, more: Vec<LibraryFile>) -> Result<Library, LibraryError> {
    let make = move || Some(files(&archive).ok()?.into_iter().chain(more).map(entry).collect());
    Library::lazy(ROOT, MODIFIED, make)
}

fn entry((path, contents): LibraryFile) -> crate::vfs::LibraryFile {
    crate::vfs::LibraryFile { path: path.into_bytes(), contents, executable: false }
}

fn damaged() -> ImageError {
    ImageError::Damaged("its library cannot be read".to_owned())
}

struct Reader<'a> {
    archive: &'a [u8],
    position: usize,
}

impl Reader<'_> {
    fn take(&mut self, length: usize) -> Result<&[u8], ImageError> {
        let end = self.position + length;
        let bytes = self.archive.get(self.position..end).ok_or_else(damaged)?;
        self.position = end;
        Ok(bytes)
    }

    fn u16(&mut self) -> Result<u16, ImageError> {
        Ok(u16::from_le_bytes(self.take(2)?.try_into().map_err(|_| damaged())?))
    }

    fn u32(&mut self) -> Result<u32, ImageError> {
        Ok(u32::from_le_bytes(self.take(4)?.try_into().map_err(|_| damaged())?))
    }
}
