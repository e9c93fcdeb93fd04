//! Files that are given for a task, or to a program.

use std::fs;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use anyhow::Result;
use exuvia_agent::Input;
use exuvia_core::journal::GivenFile;

use crate::failure::Failure;

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
    let mut files = Vec::new();
    let mut room = BYTES_MAX;
    for spec in specs {
        gather(&spec.path, format!("{FOLDER}/{}", spec.name), DEPTH_MAX, &mut room, &mut files)?;
    }
    Ok(files)
}

/// Returns what a model is told of them.
pub(super) fn told(specs: &[InputSpec]) -> Result<Vec<Input>> {
    let told = |file: GivenFile| {
        let kind = kind(&file.path).to_owned();
        Input { kind, bytes: file.content.len() as u64, path: file.path }
    };
    Ok(files(specs)?.into_iter().map(told).collect())
}

fn gather(path: &Path, inside: String, depth: usize, room: &mut u64, files: &mut Vec<GivenFile>) -> Result<()> {
    let unreadable = |error: std::io::Error| Failure::unreadable(path, &error);
    let metadata = fs::metadata(path).map_err(unreadable)?;
    if metadata.is_dir() {
        let mut entries = fs::read_dir(path).map_err(unreadable)?.collect::<Result<Vec<_>, _>>().map_err(unreadable)?;
        entries.sort_by_key(fs::DirEntry::file_name);
        for entry in entries {
            let Some(name) = entry.file_name().to_str().map(str::to_owned) else {
                let name = entry.path();
                return Err(Failure::usage(format!("the name of `{}` is no text", name.display())).into());
            };
            let below = depth.checked_sub(1).ok_or_else(|| too_much(path, "folders in each other"))?;
            gather(&entry.path(), format!("{inside}/{name}"), below, room, files)?;
        }
        return Ok(());
    }
    *room = room.checked_sub(metadata.len()).ok_or_else(|| too_much(path, "bytes"))?;
    if files.len() == FILES_MAX {
        return Err(too_much(path, "files").into());
    }
    files.push(GivenFile { path: inside, content: fs::read(path).map_err(unreadable)? });
    Ok(())
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
