//! Reading a zip archive that a stranger made.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{Cursor, Read as _};

use bytes::Bytes;
use zip::ZipArchive;
use zip::result::ZipError;

use super::WheelFault;

/// The largest archive. The largest wheel of Pyodide's distribution has some 50 MB.
const ARCHIVE_BYTES_MAX: u64 = 256 << 20;
/// The most entries.
const ENTRIES_MAX: u64 = 50_000;
/// The largest file, and the most that all files hold together.
const CONTENT_BYTES_MAX: u64 = 512 << 20;
/// The longest path.
const PATH_BYTES_MAX: usize = 1_024;
/// What an entry in the archive's directory begins with, and how long its fixed part is.
const ENTRY_SIGNATURE: &[u8] = b"PK\x01\x02";
const ENTRY_BYTES: usize = 46;

/// Reads all files of an archive. Paths are relative, with `/`, and lead nowhere but down.
pub(super) fn read(content: Bytes) -> Result<BTreeMap<String, Bytes>, WheelFault> {
    at_most(content.len() as u64, ARCHIVE_BYTES_MAX, "bytes")?;
    let mut archive = ZipArchive::new(Cursor::new(content.clone())).map_err(|error| damaged(&error))?;
    check_directory(&content, archive.central_directory_start())?;
    let mut files = BTreeMap::new();
    let mut bytes_left = CONTENT_BYTES_MAX;
    for index in 0..archive.len() {
        let entry = archive.by_index(index).map_err(|error| damaged(&error))?;
        let name = std::str::from_utf8(entry.name_raw())
            .map_err(|_| WheelFault::Path(String::from_utf8_lossy(entry.name_raw()).into_owned()))?
            .to_owned();
        let is_folder = name.ends_with('/');
        let path = name.strip_suffix('/').unwrap_or(&name);
        if !leads_down(path) {
            return Err(WheelFault::Path(name));
        }
        // The type of file that Unix programs note. Where there is none, it is a file.
        if !matches!(entry.unix_mode().map_or(0, |mode| mode & 0o170_000), 0 | 0o100_000 | 0o040_000) {
            return Err(WheelFault::Link(name));
        }
        if is_folder {
            continue;
        }
        at_most(entry.size(), bytes_left, "bytes in its files")?;
        // The size is what the archive says of itself: what comes out is counted too.
        let mut content = Vec::new();
        let limit = entry.size();
        entry
            .take(limit + 1)
            .read_to_end(&mut content)
            .map_err(|error| WheelFault::Damaged(format!("`{name}`: {error}")))?;
        if content.len() as u64 != limit {
            return Err(WheelFault::Damaged(format!("`{name}` has another size than the archive says")));
        }
        bytes_left -= limit;
        files.insert(name, Bytes::from(content));
    }
    check_folders(files.keys().map(String::as_str))?;
    Ok(files)
}

/// Refuses too many entries, and two with the same name: the reader of archives would show only one of those.
fn check_directory(content: &[u8], start: u64) -> Result<(), WheelFault> {
    let mut names = BTreeSet::new();
    let mut rest = usize::try_from(start).ok().and_then(|start| content.get(start..)).unwrap_or_default();
    while rest.starts_with(ENTRY_SIGNATURE) && rest.len() >= ENTRY_BYTES {
        let length = |at: usize| usize::from(u16::from_le_bytes([rest[at], rest[at + 1]]));
        let end_of_name = ENTRY_BYTES + length(28);
        let name = rest.get(ENTRY_BYTES..end_of_name).unwrap_or_default();
        if !names.insert(name) {
            return Err(WheelFault::Twice(String::from_utf8_lossy(name).into_owned()));
        }
        at_most(names.len() as u64, ENTRIES_MAX, "entries")?;
        rest = rest.get(end_of_name + length(30) + length(32)..).unwrap_or_default();
    }
    Ok(())
}

/// Refuses a path that is one of a file and of a folder.
pub(super) fn check_folders<'a>(paths: impl Iterator<Item = &'a str> + Clone) -> Result<(), WheelFault> {
    let files: BTreeSet<&str> = paths.clone().collect();
    for path in paths {
        let mut folders = path.match_indices('/').map(|(end, _)| &path[..end]);
        if let Some(folder) = folders.find(|folder| files.contains(folder)) {
            return Err(WheelFault::FileAndFolder(folder.to_owned()));
        }
    }
    Ok(())
}

fn leads_down(path: &str) -> bool {
    let is_name = |name: &str| !matches!(name, "" | "." | "..");
    path.len() <= PATH_BYTES_MAX && !path.contains(['\\', '\0']) && path.split('/').all(is_name)
}

fn at_most(value: u64, limit: u64, what: &str) -> Result<(), WheelFault> {
    if value <= limit { Ok(()) } else { Err(WheelFault::TooLarge { what: format!("{value} {what}"), limit }) }
}

fn damaged(error: &ZipError) -> WheelFault {
    WheelFault::Damaged(error.to_string())
}
