//! Where this user's files go.

use std::env;
use std::fs::{self, DirBuilder};
use std::io;
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};

/// Returns the folder for what can be made again: `$EXUVIA_CACHE`, else `exuvia` in the system's place for caches.
pub(crate) fn cache() -> Option<PathBuf> {
    if let Some(folder) = env::var_os("EXUVIA_CACHE").filter(|folder| !folder.is_empty()) {
        return Some(folder.into());
    }
    Some(base("XDG_CACHE_HOME", ".cache", "Library/Caches")?.join("exuvia"))
}

/// Returns the folder for what is worth keeping between runs, such as the prompt's history.
pub(crate) fn state() -> Option<PathBuf> {
    Some(base("XDG_STATE_HOME", ".local/state", "Library/Application Support")?.join("exuvia"))
}

/// Returns the folder of this user's skills: `$EXUVIA_SKILLS`, else `exuvia/skills` in the system's place for configuration.
pub(crate) fn skills() -> Option<PathBuf> {
    if let Some(folder) = env::var_os("EXUVIA_SKILLS").filter(|folder| !folder.is_empty()) {
        return Some(folder.into());
    }
    Some(base("XDG_CONFIG_HOME", ".config", "Library/Application Support")?.join("exuvia/skills"))
}

/// Makes a folder for this user alone, if it is not there.
pub(crate) fn create(folder: &Path) -> io::Result<()> {
    if fs::metadata(folder).is_ok_and(|metadata| metadata.is_dir()) {
        return Ok(());
    }
    DirBuilder::new().recursive(true).mode(0o700).create(folder)
}

fn base(variable: &str, elsewhere: &str, macos: &str) -> Option<PathBuf> {
    if let Some(folder) = env::var_os(variable).map(PathBuf::from).filter(|folder| folder.is_absolute()) {
        return Some(folder);
    }
    let home = env::home_dir().filter(|home| home.is_absolute())?;
    Some(home.join(if cfg!(target_os = "macos") { macos } else { elsewhere }))
}
