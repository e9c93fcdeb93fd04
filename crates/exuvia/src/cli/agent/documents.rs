//! What the folders that a task is about say of themselves: `AGENTS.md` (<https://agents.md>).

use std::fs::{self, File};
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use anyhow::Result;
use exuvia_agent::Document;

use crate::failure::Failure;
use crate::output;

/// The file in which a folder says of itself what who works in it should know.
const NAME: &str = "AGENTS.md";
/// How much of each is read, in bytes.
const BYTES_MAX: u64 = 32 << 10;
/// What is in the folder at which a project begins.
const PROJECT: &str = ".git";
/// How many folders above the current one are looked at.
const DEPTH_MAX: usize = 20;

/// Returns those of the project's folders from its first one down to the current one, which has the last word. Without a
/// project, that of the current folder alone: what is above it is nobody's business.
pub(super) fn find() -> Result<Vec<Document>> {
    let here = std::env::current_dir().map_err(|error| Failure::unreadable(Path::new("."), &error))?;
    let above: Vec<&Path> = here.ancestors().take(DEPTH_MAX).collect();
    let count = above.iter().position(|folder| folder.join(PROJECT).exists()).map_or(1, |place| place + 1);
    let root = fs::canonicalize(above[count - 1]).map_err(|error| Failure::unreadable(above[count - 1], &error))?;
    let mut documents = Vec::new();
    for (depth, folder) in above[..count].iter().enumerate().rev() {
        let shown: PathBuf = std::iter::repeat_n("..", depth).collect();
        documents.extend(read(&folder.join(NAME), &shown.join(NAME), &root)?);
    }
    Ok(documents)
}

/// Reads one, if it is there. What is read is told to a model: so a folder that came from somebody else must not have a link
/// that leads out of it.
fn read(path: &Path, shown: &Path, root: &Path) -> Result<Option<Document>> {
    let mut text = Vec::new();
    let real = match fs::canonicalize(path) {
        Ok(real) if !real.starts_with(root) => {
            output::say(&format!("`{}` is left out: it is a link that leads out of the project", shown.display()));
            return Ok(None);
        }
        real => real,
    };
    match real.and_then(File::open).and_then(|file| file.take(BYTES_MAX).read_to_end(&mut text)) {
        Ok(_) => {
            let text = String::from_utf8_lossy(&text).into_owned();
            Ok(Some(Document { name: shown.display().to_string(), text }))
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(Failure::unreadable(shown, &error).into()),
    }
}
