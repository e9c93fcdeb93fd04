//! Room that is kept for removing something where a disk is full.
//!
//! What is removed is written to SQLite's log first, which takes some room. A file of the store's own keeps that; it is
//! given up when there is no other, and made anew when something was removed.

use std::fs::{self, File, OpenOptions};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use rustix::fs::{FallocateFlags, fallocate};
use rustix::process::{Resource, getrlimit};

/// The name of the file.
pub(super) const RESERVE: &str = "reserve";

/// How large it is: what is in a tail is moved into the database before a session is removed, and of what is removed
/// itself little is written.
const RESERVE_BYTES: u64 = 1 << 20;

/// The room that a store keeps.
pub(super) struct Reserve {
    path: PathBuf,
}

impl Reserve {
    /// That of the store in this folder.
    pub(super) fn new(folder: &Path) -> Self {
        Self { path: folder.join(RESERVE) }
    }

    /// Sets the room aside, unless that is done or there is none: then all else works without.
    pub(super) fn keep(&self) {
        let may_be_written = getrlimit(Resource::Fsize).current.is_none_or(|bytes_max| bytes_max >= RESERVE_BYTES);
        if !may_be_written || self.path.exists() {
            return;
        }
        let Ok(file) = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&self.path) else { return };
        if !allocate(&file) {
            self.give_up();
        }
    }

    /// Gives the room up, if there is some.
    pub(super) fn give_up(&self) {
        drop(fs::remove_file(&self.path));
    }
}

fn allocate(file: &File) -> bool {
    fallocate(file, FallocateFlags::empty(), 0, RESERVE_BYTES).is_ok()
}
