//! How mounts are written: `SRC:DST[:MODE]` on the command line, a table in a configuration file.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use exuvia_core::MountMode;
use serde::Deserialize;

/// A folder of this machine, and where the program sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct MountSpec {
    pub(crate) folder: PathBuf,
    /// An absolute path in the sandbox.
    pub(crate) path: String,
    pub(crate) mode: MountMode,
}

impl FromStr for MountSpec {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || format!("`{text}` is no mount: write FOLDER:/PATH, FOLDER:/PATH:rw or FOLDER:/PATH:overlay");
        let (rest, mode) = match text.rsplit_once(':') {
            Some((rest, mode)) if !mode.starts_with('/') => (rest, mode.parse::<Mode>().map_err(|()| wrong())?.0),
            _ => (text, MountMode::ReadOnly),
        };
        // The folder's own name may have colons in it; the path in the sandbox is absolute.
        let (folder, path) = rest.rsplit_once(":/").ok_or_else(wrong)?;
        if folder.is_empty() || path.is_empty() {
            return Err(wrong());
        }
        Ok(Self { folder: PathBuf::from(folder), path: format!("/{path}"), mode })
    }
}

/// `ro`, `rw` or `overlay`.
#[derive(Clone, Copy, Default, Deserialize)]
#[serde(try_from = "String")]
struct Mode(MountMode);

impl FromStr for Mode {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        match text {
            "ro" => Ok(Self(MountMode::ReadOnly)),
            "rw" => Ok(Self(MountMode::ReadWrite)),
            "overlay" => Ok(Self(MountMode::Overlay)),
            _ => Err(()),
        }
    }
}

impl TryFrom<String> for Mode {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.parse().map_err(|()| format!("`{text}` is no mode: write `ro`, `rw` or `overlay`"))
    }
}

/// `[mounts]`: for each path in the sandbox a folder, relative to the file's own, or a table of `folder` and `mode`.
#[derive(Default, Deserialize)]
pub(super) struct MountsSection(BTreeMap<String, Entry>);

#[derive(Deserialize)]
#[serde(untagged, expecting = "a mount is a folder, or a table of `folder` and `mode` (`ro`, `rw`, `overlay`)")]
enum Entry {
    Folder(PathBuf),
    Table(Table),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    folder: PathBuf,
    #[serde(default)]
    mode: Mode,
}

impl MountsSection {
    /// Returns the mounts in the order of their paths.
    pub(super) fn mounts(self, base: &Path) -> Vec<MountSpec> {
        let mount = |(path, entry)| {
            let (folder, mode) = match entry {
                Entry::Folder(folder) => (folder, MountMode::ReadOnly),
                Entry::Table(Table { folder, mode }) => (folder, mode.0),
            };
            MountSpec { folder: base.join(folder), path, mode }
        };
        self.0.into_iter().map(mount).collect()
    }
}
