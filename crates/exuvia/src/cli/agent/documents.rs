//! What the folders that a task is about say of themselves: `AGENTS.md` (<https://agents.md>).

use std::fs::{self, File};
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use anyhow::Result;
use exuvia_agent::Document;

use crate::failure::Failure;
use crate::output;

/// The file in which a folder says of itself what who works in it should know.
const NAME: &str = "AGENTS.md";
/// How much of each is told, in bytes.
const BYTES_MAX: usize = 32 << 10;
/// What is in the folder at which a project begins.
const PROJECT: &str = ".git";
/// How many folders above the current one are looked at.
const DEPTH_MAX: usize = 20;

/// Returns those of the project's folders from its first one down to the current one, which has the last word. Without a
/// project, that of the current folder alone: what is above it is nobody's business.
/// They are read once: an agent and its subagents are told the same.
pub(super) fn find() -> Result<Vec<Document>> {
    static FOUND: OnceLock<Vec<Document>> = OnceLock::new();
    if let Some(found) = FOUND.get() {
        return Ok(found.clone());
    }
    let found = look()?;
    Ok(FOUND.get_or_init(|| found).clone())
}

fn look() -> Result<Vec<Document>> {
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
    let real = match fs::canonicalize(path) {
        Ok(real) if !real.starts_with(root) => {
            output::say(&format!("`{}` is left out: it is a link that leads out of the project", shown.display()));
            return Ok(None);
        }
        real => real,
    };
    match real.and_then(|real| beginning(&real)) {
        Ok(None) => Ok(None),
        Ok(Some(Beginning { text, bytes, bytes_all })) if bytes < bytes_all => {
            let name = shown.display();
            output::say(&format!("of `{name}`, {bytes} of {bytes_all} bytes are told: a shorter one is told whole"));
            let text = format!("{text}\n[the rest is left out: these are {bytes} of {bytes_all} bytes]");
            Ok(Some(Document { name: name.to_string(), text }))
        }
        Ok(Some(Beginning { text, .. })) => Ok(Some(Document { name: shown.display().to_string(), text })),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(Failure::unreadable(shown, &error).into()),
    }
}

/// What is told of a file.
struct Beginning {
    text: String,
    /// How many of its bytes that is.
    bytes: u64,
    bytes_all: u64,
}

/// Reads a file up to the last line that there is room for; `None`: it is a folder, or something else that is not read.
fn beginning(path: &Path) -> io::Result<Option<Beginning>> {
    if !fs::metadata(path)?.is_file() {
        return Ok(None);
    }
    let mut bytes = Vec::new();
    let mut file = File::open(path)?;
    let all = file.metadata()?.len();
    file.by_ref().take(BYTES_MAX as u64 + 1).read_to_end(&mut bytes)?;
    if bytes.len() > BYTES_MAX {
        // Of a line that is too long, whole characters.
        let is_boundary = |place: &usize| bytes[*place] & 0xc0 != 0x80;
        let line = bytes[..BYTES_MAX].iter().rposition(|byte| *byte == b'\n');
        let end = line.or_else(|| (BYTES_MAX - 3..=BYTES_MAX).rfind(is_boundary));
        bytes.truncate(end.unwrap_or(BYTES_MAX));
    }
    let count = bytes.len() as u64;
    let text = String::from_utf8_lossy(&bytes).into_owned();
    Ok(Some(Beginning { text, bytes: count, bytes_all: all.max(count) }))
}
