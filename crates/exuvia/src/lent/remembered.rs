//! Calls that somebody has agreed to once and for all.
//!
//! What is agreed to is a tool of a configuration file: of that very file, with what it says and with what is in the files
//! beside it that the tool's command names. When anything of that changes, its user is asked again. Each agreement is a file
//! of `approvals` in the user's folder for state, which is named by a hash of the file's place and of the tool's name, and
//! holds a hash of all else.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use exuvia_tools::config::ConfigFile;
use serde_json::Value as Json;
use sha2::{Digest as _, Sha256};

use crate::folders;

/// How many files of a tool are looked at, and how much of each, in bytes: more is nobody's command.
const FILES_MAX: usize = 1_000;
const FILE_BYTES_MAX: u64 = 256 << 20;

/// The agreements about the tools of a configuration file.
#[derive(Debug, Clone)]
pub(super) struct Remembered {
    /// Where agreements are.
    approvals: PathBuf,
    /// The configuration file, wherever links had led to it, and what it says.
    path: PathBuf,
    text: String,
    /// Its `[tools]`.
    tools: Json,
}

/// What somebody is asked to agree to.
#[derive(Debug)]
pub(super) struct Agreement {
    place: PathBuf,
    text: String,
}

impl Remembered {
    /// Returns those of a file; `None`: there is nowhere to keep them, or the file is not there.
    pub(super) fn of(file: &ConfigFile<'_>) -> Option<Self> {
        let approvals = folders::state()?.join("approvals");
        let path = fs::canonicalize(file.path).ok()?;
        let mut sections: Json = file.parse().ok()?;
        let tools = sections.get_mut("tools").map(Json::take).unwrap_or_default();
        Some(Self { approvals, path, text: file.text.to_owned(), tools })
    }

    /// Returns whether calls of this tool were agreed to, as it is.
    pub(super) fn has(&self, tool: &str) -> bool {
        let Agreement { place, text } = self.agreement(tool);
        // It is as long as the one that is looked for, or another one.
        let mut kept = Vec::new();
        let read = File::open(place).and_then(|file| file.take(text.len() as u64 + 1).read_to_end(&mut kept));
        read.is_ok() && kept == text.as_bytes()
    }

    /// Returns what is agreed to with calls of this tool, as it is now.
    pub(super) fn agreement(&self, tool: &str) -> Agreement {
        let text = format!("{tool} of {}\n{}\n", self.path.display(), self.content(tool));
        Agreement { place: self.place(tool), text }
    }

    /// Forgets it. Returns whether it was agreed to.
    pub(super) fn forget(&self, tool: &str) -> io::Result<bool> {
        match fs::remove_file(self.place(tool)) {
            Ok(()) => Ok(true),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
            Err(error) => Err(error),
        }
    }

    fn place(&self, tool: &str) -> PathBuf {
        let mut hash = Sha256::new();
        part(&mut hash, self.path.as_os_str().as_encoded_bytes());
        part(&mut hash, tool.as_bytes());
        self.approvals.join(digits(hash))
    }

    /// Returns a hash of what the configuration says, and of the files that a tool's command names.
    fn content(&self, tool: &str) -> String {
        let mut hash = Sha256::new();
        part(&mut hash, self.text.as_bytes());
        let folder = self.path.parent().unwrap_or(Path::new("/"));
        // What is not told apart is a tool of some server's.
        let made = self.tools.get(tool).unwrap_or(&self.tools);
        let mut names = BTreeSet::new();
        words(made, &mut names);
        let elsewhere = made.get("folder").and_then(Json::as_str).map(|elsewhere| folder.join(elsewhere));
        let folders = [Some(folder.to_owned()), elsewhere];
        let is_beside = |name: &&&str| !Path::new(name).is_absolute() || Path::new(name).starts_with(folder);
        let paths =
            folders.iter().flatten().flat_map(|folder| names.iter().filter(is_beside).map(|name| folder.join(name)));
        for path in paths.filter(|path| path.is_file()).take(FILES_MAX) {
            part(&mut hash, path.as_os_str().as_encoded_bytes());
            part(&mut hash, file(&path).as_bytes());
        }
        digits(hash)
    }
}

impl Agreement {
    /// Keeps that it is agreed to.
    pub(super) fn keep(self) -> io::Result<()> {
        if let Some(approvals) = self.place.parent() {
            folders::create(approvals)?;
        }
        fs::write(self.place, self.text)
    }
}

/// Gathers all that may be a file's name in what a tool is made with: texts, and what stands in them between signs that a
/// shell knows.
fn words<'a>(value: &'a Json, names: &mut BTreeSet<&'a str>) {
    match value {
        Json::String(text) => {
            names.insert(text);
            let between = |sign: char| sign.is_whitespace() || "'\"`;&|<>()[]{}$=,:".contains(sign);
            names.extend(text.split(between).filter(|word| !word.is_empty()));
        }
        Json::Array(values) => values.iter().for_each(|value| words(value, names)),
        // As deep as the configuration's reader lets it be.
        Json::Object(values) => values.values().for_each(|value| words(value, names)),
        Json::Null | Json::Bool(_) | Json::Number(_) => {}
    }
}

/// Returns a hash of a file; nothing of one that cannot be read.
fn file(path: &Path) -> String {
    let mut hash = Sha256::new();
    let Ok(file) = File::open(path) else { return String::new() };
    let mut file = file.take(FILE_BYTES_MAX);
    let mut piece = vec![0; 64 << 10];
    loop {
        match file.read(&mut piece) {
            Ok(0) => return digits(hash),
            Ok(count) => hash.update(&piece[..count]),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(_) => return String::new(),
        }
    }
}

fn part(hash: &mut Sha256, bytes: &[u8]) {
    hash.update((bytes.len() as u64).to_le_bytes());
    hash.update(bytes);
}

fn digits(hash: Sha256) -> String {
    hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}
