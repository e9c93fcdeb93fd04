//! Files that are given for a task, or to a program.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use anyhow::Result;
use exuvia_agent::Input;
use exuvia_core::journal::GivenFile;

use crate::failure::Failure;
use crate::printable::printable;

/// Where they are in the sandbox.
pub(super) const FOLDER: &str = "/input";
/// How many bytes they may have together.
const BYTES_MAX: u64 = 64 << 20;
/// How many files a folder may hold.
const FILES_MAX: usize = 1_000;
/// How deep folders may lie in each other.
const DEPTH_MAX: usize = 16;

/// A file, or a folder, that is given: `NAME=FILE`, or `FILE`.
#[derive(Debug, Clone)]
pub(super) struct InputSpec {
    pub(super) name: String,
    pub(super) path: PathBuf,
}

impl FromStr for InputSpec {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (name, path) = match text.split_once('=') {
            Some((name, path)) if !name.contains('/') => (name.to_owned(), PathBuf::from(path)),
            _ => {
                let path = PathBuf::from(text);
                let name = path.file_name().and_then(|name| name.to_str());
                (name.ok_or("give it a name: NAME=FILE")?.to_owned(), path)
            }
        };
        if name.is_empty() || name == "." || name == ".." || name.contains(['/', '\0']) {
            return Err(format!("`{name}` cannot be a file's name"));
        }
        Ok(Self { name, path })
    }
}

/// Returns the files, with what they hold.
pub(super) fn files(specs: &[InputSpec]) -> Result<Vec<GivenFile>> {
    let mut names = BTreeSet::new();
    if let Some(twice) = specs.iter().find(|spec| !names.insert(&spec.name)) {
        let failure = Failure::usage(format!("two inputs are called `{}`", printable(&twice.name)));
        return Err(failure.hint("give one of them another name: NAME=FILE").into());
    }
    let mut gathered = Gathered { root: PathBuf::new(), room: BYTES_MAX, files: Vec::new() };
    for InputSpec { name, path } in specs {
        gathered.begin(path)?;
        gathered.take(path, format!("{FOLDER}/{name}"), DEPTH_MAX)?;
    }
    Ok(gathered.files)
}

/// Returns what a model is told of them.
pub(super) fn told(specs: &[InputSpec]) -> Result<Vec<Input>> {
    let told = |file: GivenFile| {
        let kind = kind(&file.path).to_owned();
        Input { kind, bytes: file.content.len() as u64, path: file.path }
    };
    Ok(files(specs)?.into_iter().map(told).collect())
}

/// What was read of the inputs.
struct Gathered {
    /// Where the input is that is being read, wherever links had led to it.
    root: PathBuf,
    /// How many bytes may still come.
    room: u64,
    files: Vec<GivenFile>,
}

impl Gathered {
    fn begin(&mut self, path: &Path) -> Result<()> {
        let unreadable = |error: std::io::Error| Failure::unreadable(path, &error);
        let metadata = fs::metadata(path).map_err(unreadable)?;
        if !metadata.is_dir() && !metadata.is_file() {
            return Err(no_file(path).into());
        }
        self.root = fs::canonicalize(path).map_err(unreadable)?;
        Ok(())
    }

    /// Reads a file, or what is in a folder. What is read goes to a model: so a folder that came from somebody else must not
    /// have a link that leads out of it.
    fn take(&mut self, path: &Path, inside: String, depth: usize) -> Result<()> {
        let unreadable = |error: std::io::Error| Failure::unreadable(path, &error);
        let real = fs::canonicalize(path).map_err(unreadable)?;
        if !real.starts_with(&self.root) {
            let shown = path.display().to_string();
            let failure = Failure::usage(format!("`{}` is a link that leads out of the folder", printable(&shown)));
            return Err(failure.hint("give what it leads to as an input of its own").into());
        }
        let metadata = fs::metadata(&real).map_err(unreadable)?;
        if metadata.is_dir() {
            return self.take_folder(path, &inside, depth);
        }
        if !metadata.is_file() {
            return Err(no_file(path).into());
        }
        if self.files.len() == FILES_MAX {
            return Err(too_much(path, "files").into());
        }
        let mut content = Vec::new();
        // It may be longer than it was.
        let file = File::open(&real).map_err(unreadable)?;
        file.take(self.room + 1).read_to_end(&mut content).map_err(unreadable)?;
        self.room = self.room.checked_sub(content.len() as u64).ok_or_else(|| too_much(path, "bytes"))?;
        self.files.push(GivenFile { path: inside, content });
        Ok(())
    }

    fn take_folder(&mut self, path: &Path, inside: &str, depth: usize) -> Result<()> {
        let unreadable = |error: std::io::Error| Failure::unreadable(path, &error);
        let below = depth.checked_sub(1).ok_or_else(|| too_much(path, "folders in each other"))?;
        let mut entries = Vec::new();
        for entry in fs::read_dir(path).map_err(unreadable)? {
            if entries.len() == FILES_MAX {
                return Err(too_much(path, "files").into());
            }
            entries.push(entry.map_err(unreadable)?);
        }
        entries.sort_by_key(fs::DirEntry::file_name);
        for entry in entries {
            let Some(name) = entry.file_name().to_str().map(str::to_owned) else {
                let name = entry.path().display().to_string();
                return Err(Failure::usage(format!("the name of `{}` is no text", printable(&name))).into());
            };
            self.take(&entry.path(), format!("{inside}/{name}"), below)?;
        }
        Ok(())
    }
}

fn no_file(path: &Path) -> Failure {
    let shown = path.display().to_string();
    let failure = Failure::usage(format!("`{}` is neither a file nor a folder", printable(&shown)));
    failure.hint("write what it gives to a file first")
}

fn too_much(path: &Path, what: &str) -> Failure {
    let max = match what {
        "bytes" => format!("{} MiB", BYTES_MAX >> 20),
        "files" => FILES_MAX.to_string(),
        _ => DEPTH_MAX.to_string(),
    };
    let failure = Failure::usage(format!("the inputs are too many {what}, the limit is {max}: `{}`", path.display()));
    failure.hint("show a folder with --mount instead: it is read as the program needs it")
}

/// Returns what kind of file it is, by how its name ends.
fn kind(path: &str) -> &str {
    let name = path.rsplit('/').next().unwrap_or(path);
    match name.rsplit_once('.') {
        Some((_, end)) if !end.is_empty() => end,
        _ => "file",
    }
}
