//! How mounts are written: `SRC:DST[:MODE]` on the command line, a table in a configuration file.

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use exuvia_agent::skills::{self, Skill};
use exuvia_core::MountMode;
use exuvia_tools::config::{ConfigContext, ConfigError, ConfigFile, HttpFilesSection, LimitedFiles, Spanned};
use serde::de::value::MapAccessDeserializer;
use serde::de::{Error as _, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::Value as Json;

/// What is mounted, and where the program sees it.
#[derive(Debug, Clone)]
pub(crate) struct MountSpec {
    pub(crate) source: Source,
    /// An absolute path in the sandbox.
    pub(crate) path: String,
    pub(crate) mode: MountMode,
    /// Where it is written, as a message begins; nothing if that is the command line.
    pub(crate) place: String,
}

/// What is mounted.
#[derive(Debug, Clone)]
pub(crate) enum Source {
    /// A folder of this machine.
    Folder(PathBuf),
    /// Files that are fetched from HTTP endpoints.
    Http(LimitedFiles),
    /// The folders of skills; of none: an empty folder.
    Skills(Vec<Skill>),
}

impl MountSpec {
    /// Shows skills where an agent looks for them.
    pub(crate) fn skills(skills: Vec<Skill>) -> Self {
        let (path, mode) = (skills::FOLDER.to_owned(), MountMode::ReadOnly);
        Self { source: Source::Skills(skills), path, mode, place: String::new() }
    }
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
        Ok(Self { source: Source::Folder(PathBuf::from(folder)), path: format!("/{path}"), mode, place: String::new() })
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

enum Entry {
    Folder(PathBuf),
    Table(Table),
    Http(HttpFilesSection),
}

impl<'de> Deserialize<'de> for Entry {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(EntryVisitor)
    }
}

/// Reads an entry as what it is meant to be: what is wrong with it is said of that.
struct EntryVisitor;

impl<'de> Visitor<'de> for EntryVisitor {
    type Value = Entry;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(
            "a folder, a table of `folder` and `mode` (`ro`, `rw`, `overlay`), or a table of `http` and, if need be, \
             `headers`, `redirects`, `timeout`, `file_bytes`",
        )
    }

    fn visit_str<E: serde::de::Error>(self, folder: &str) -> Result<Entry, E> {
        Ok(Entry::Folder(folder.into()))
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Entry, A::Error> {
        let table = Json::deserialize(MapAccessDeserializer::new(map))?;
        let entry = if table.get("http").is_some() {
            HttpFilesSection::deserialize(table).map(Entry::Http)
        } else {
            Table::deserialize(table).map(Entry::Table)
        };
        entry.map_err(A::Error::custom)
    }
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
        let folder = |folder: &Path| Source::Folder(context.folder.join(folder));
        let mount = |(path, entry): (String, Spanned<Entry>)| {
            let wrong = |problem| file.error(entry.span(), Some(format!("mounts.{path}")), problem);
            let place = wrong(String::new()).to_string();
            let (source, mode) = match entry.get_ref() {
                Entry::Folder(path) => (folder(path), MountMode::ReadOnly),
                Entry::Table(table) => (folder(&table.folder), table.mode.0),
                Entry::Http(section) => (Source::Http(section.files(context).map_err(wrong)?), MountMode::ReadOnly),
            };
            Ok(MountSpec { source, path, mode, place })
        };
        self.0.into_iter().map(mount).collect()
    }
}
