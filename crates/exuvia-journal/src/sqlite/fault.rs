//! What SQLite's errors mean to people.

use std::io;
use std::path::Path;

use exuvia_core::journal::StoreError;
use rusqlite::{Error, ErrorCode};

/// Says what an error of SQLite means, for the store in this folder.
pub(super) fn fault(error: Error, folder: &Path) -> StoreError {
    let Some(code) = error.sqlite_error_code() else {
        // What remains are values that are not of the type that was written.
        return damaged(&error);
    };
    match code {
        ErrorCode::DiskFull => full(folder),
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
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded | io::ErrorKind::FileTooLarge => full(path),
        _ => StoreError::Io { what: format!("`{}` cannot be read or written", path.display()), error },
    }
}

/// Says that there is no room for more at this path.
pub(super) fn full(path: &Path) -> StoreError {
    StoreError::Full { what: format!("`{}` takes no more", path.display()) }
}
