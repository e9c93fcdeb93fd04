//! That nobody else can read or change what is in a store's folder.

use std::fs::{self, Metadata, Permissions};
use std::io;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::path::Path;

use exuvia_core::journal::StoreError;
use rustix::process::getegid;

use super::fault::io_fault;
use super::schema::DATABASE;

/// The permission to write, of everybody and of a file's group.
const OTHERS_WRITE: u32 = 0o002;
const GROUP_WRITES: u32 = 0o020;

/// All permissions of those who do not own a file.
const OTHERS: u32 = 0o077;

/// Refuses a folder that others can write to, and files that are others' under another name; takes from others the
/// permission to read the database. That others see which files there are is no harm: all of them are their owner's alone.
pub(super) fn guard(folder: &Path) -> Result<(), StoreError> {
    let metadata = fs::metadata(folder).map_err(|error| io_fault(error, folder))?;
    // Where the group is the user's own, as on many systems, folders are made so.
    let group = metadata.mode() & GROUP_WRITES != 0 && metadata.gid() != getegid().as_raw();
    if metadata.mode() & OTHERS_WRITE != 0 || group {
        return Err(StoreError::Exposed { path: folder.to_owned(), what: "others can write to it", mode: "700" });
    }
    for name in [DATABASE, &format!("{DATABASE}-wal"), &format!("{DATABASE}-shm")] {
        let path = folder.join(name);
        match fs::symlink_metadata(&path) {
            Ok(metadata) => guard_file(&path, &metadata)?,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(io_fault(error, &path)),
        }
    }
    Ok(())
}

fn guard_file(path: &Path, metadata: &Metadata) -> Result<(), StoreError> {
    if !metadata.is_file() {
        return Err(StoreError::NotAFile { path: path.to_owned() });
    }
    let mode = metadata.mode();
    if mode & OTHERS == 0 {
        return Ok(());
    }
    let own = Permissions::from_mode(mode & !OTHERS & 0o7777);
    let exposed = |_| StoreError::Exposed { path: path.to_owned(), what: "others can open it", mode: "600" };
    fs::set_permissions(path, own).map_err(exposed)
}
