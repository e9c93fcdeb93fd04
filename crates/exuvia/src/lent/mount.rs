//! How mounts are written: `SRC:DST[:MODE]` on the command line, a table in a configuration file.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::str::FromStr;

use exuvia_core::MountMode;
use exuvia_tools::config::{ConfigContext, ConfigError, ConfigFile, HttpFilesSection, LimitedFiles, Spanned};
use serde::Deserialize;

/// What is mounted, and where the program sees it.
#[derive(Debug, Clone)]
pub(crate) struct MountSpec {
    pub(crate) source: Source,
    /// An absolute path in the sandbox.
    pub(crate) path: String,
    pub(crate) mode: MountMode,
}

/// What is mounted.
#[derive(Debug, Clone)]
pub(crate) enum Source {
    /// A folder of this machine.
    Folder(PathBuf),
    /// Files that are fetched from HTTP endpoints.
    Http(LimitedFiles),
}

impl FromStr for MountSpec {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || {
            format!(
                "`{text}` is no mount: write FOLDER:/PATH or FOLDER:/PATH:ro, FOLDER:/PATH:rw or FOLDER:/PATH:overlay"
            )
        };
        let (rest, mode) = match text.rsplit_once(':') {
            Some((rest, mode)) if !mode.starts_with('/') => (rest, mode.parse::<Mode>().map_err(|()| wrong())?.0),
            _ => (text, MountMode::ReadOnly),
        };
        // The folder's own name may have colons in it; the path in the sandbox is absolute.
        let (folder, path) = rest.rsplit_once(":/").ok_or_else(wrong)?;
        if folder.is_empty() || path.is_empty() {
            return Err(wrong());
        }
        Ok(Self { source: Source::Folder(PathBuf::from(folder)), path: format!("/{path}"), mode })
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

/// `[mounts]`: for each path in the sandbox a folder, relative to the file's own, a table of `folder` and `mode`, or one
/// of HTTP endpoints.
#[derive(Default, Deserialize)]
pub(super) struct MountsSection(BTreeMap<String, Spanned<Entry>>);

#[derive(Deserialize)]
#[serde(
    untagged,
    expecting = "a mount is a folder, a table of `folder` and `mode` (`ro`, `rw`, `overlay`), or a table of `http` and, \
                 if need be, `headers`, `redirects`, `timeout`, `file_bytes`"
)]
enum Entry {
    Folder(PathBuf),
    Table(Table),
    Http(HttpFilesSection),
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
    pub(super) fn mounts(self, file: &ConfigFile<'_>, context: &ConfigContext) -> Result<Vec<MountSpec>, ConfigError> {
        let folder = |folder: PathBuf| Source::Folder(context.folder.join(folder));
        let mount = |(path, entry): (String, Spanned<Entry>)| {
            let span = entry.span();
            let (source, mode) = match entry.into_inner() {
                Entry::Folder(path) => (folder(path), MountMode::ReadOnly),
                Entry::Table(table) => (folder(table.folder), table.mode.0),
                Entry::Http(section) => {
                    let files = section.files(context);
                    let wrong = |problem| file.error(span, Some(format!("mounts.{path}")), problem);
                    (Source::Http(files.map_err(wrong)?), MountMode::ReadOnly)
                }
            };
            Ok(MountSpec { source, path, mode })
        };
        self.0.into_iter().map(mount).collect()
    }
}
