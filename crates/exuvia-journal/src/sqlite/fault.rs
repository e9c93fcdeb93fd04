//! What SQLite's errors mean to people.

use std::fs;
use std::io;
use std::path::Path;

use exuvia_core::journal::StoreError;
use rusqlite::{Error, ErrorCode};
use rustix::process::{Resource, getrlimit};

use super::reserve::RESERVE;

/// What SQLite writes at a time, at most: a page, or the part by which it lengthens its shared memory.
const WRITE_BYTES_MAX: u64 = 64 << 10;

/// Says what an error of SQLite means, for the store in this folder.
pub(super) fn fault(error: Error, folder: &Path) -> StoreError {
    let Some(code) = error.sqlite_error_code() else {
        // What remains are values that are not of the type that was written.
        return damaged(&error);
    };
    match code {
        ErrorCode::DiskFull => full(folder),
        // SQLite says no more than that a write has failed.
        ErrorCode::SystemIoFailure if is_at_limit(folder) => too_large(folder),
        ErrorCode::ReadOnly | ErrorCode::PermissionDenied => StoreError::ReadOnly { path: folder.to_owned() },
        ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase => damaged(&error),
        ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked => StoreError::Io {
            what: format!("another program keeps the journal in `{}` locked", folder.display()),
            error: io::Error::new(io::ErrorKind::WouldBlock, error),
        },
        _ => StoreError::Io {
            what: format!("the journal in `{}` cannot be read or written", folder.display()),
            error: io::Error::other(error),
        },
    }
}

fn damaged(error: &Error) -> StoreError {
    StoreError::Damaged { session: None, position: None, what: error.to_string() }
}

/// Says what an error of the operating system means, for something at this path.
pub(super) fn io_fault(error: io::Error, path: &Path) -> StoreError {
    match error.kind() {
        io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => {
            StoreError::ReadOnly { path: path.to_owned() }
        }
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => full(path),
        io::ErrorKind::FileTooLarge => too_large(path),
        _ => StoreError::Io { what: format!("`{}` cannot be read or written", path.display()), error },
    }
}

/// Says that a file at this path can have no more bytes.
fn too_large(path: &Path) -> StoreError {
    StoreError::FileTooLarge { path: path.to_owned(), bytes_max: getrlimit(Resource::Fsize).current }
}

/// Returns whether a file of the store is about as large as this process may make one.
fn is_at_limit(folder: &Path) -> bool {
    let Some(bytes_max) = getrlimit(Resource::Fsize).current else { return false };
    let files = fs::read_dir(folder).into_iter().flatten().flatten().filter(|entry| entry.file_name() != RESERVE);
    let sizes = files.filter_map(|entry| entry.metadata().ok());
    sizes.map(|file| file.len()).max().is_some_and(|largest| largest.saturating_add(WRITE_BYTES_MAX) > bytes_max)
}

/// Says that there is no room for more at this path.
pub(super) fn full(path: &Path) -> StoreError {
    StoreError::Full { what: format!("`{}` takes no more", path.display()) }
}
