//! Whether an image and its compiled code are what they say, without reading all of them at each start.
//!
//! Both are hashed when they are first used. What files they were then (device, inode, size, times) is noted in the
//! cache, which only its owner can write to: who could write the note could as well write the compiled code. A file that
//! was changed, or put in the place of another one, has other times: the system sets `ctime`, and nobody else.

use std::fs::{self, Metadata};
use std::io::{self, Write as _};
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

use anyhow::Result;
use exuvia_sandbox::{Engine, Image};

use crate::failure::{self, Failure};
use crate::whole::Unfinished;

/// Compares an image and its compiled code, if there is some, with their hashes, unless that was done before.
pub(super) fn check(image: &Image, path: &Path, compiled: Option<&Path>, cache: &Path) -> Result<()> {
    let files = std::iter::once(path).chain(compiled).map(facts).collect::<io::Result<Vec<String>>>();
    let facts = files.map_err(|error| Failure::unreadable(path, &error))?.concat();
    let note = Note::of(image, compiled, cache);
    if note.says(&facts) {
        return Ok(());
    }
    image.verify().map_err(|error| {
        let message = format!("the image `{}` cannot be used: {error}", path.display());
        Failure::new(message).hint("name another one with --image, or build it again with `cargo xtask image`")
    })?;
    if compiled.is_some() {
        Engine::verify_compiled(image, cache)?;
    }
    note.write(&facts);
    Ok(())
}

/// Returns what tells whether a file is the one that it was.
fn facts(path: &Path) -> io::Result<String> {
    let file: Metadata = fs::metadata(path)?;
    let (device, inode, size) = (file.dev(), file.ino(), file.size());
    let [modified, changed] = [(file.mtime(), file.mtime_nsec()), (file.ctime(), file.ctime_nsec())]
        .map(|(seconds, nanoseconds)| format!("{seconds}.{nanoseconds:09}"));
    Ok(format!("{device} {inode} {size} {modified} {changed}\n"))
}

/// The note that files were found to be whole.
struct Note(PathBuf);

impl Note {
    fn of(image: &Image, compiled: Option<&Path>, cache: &Path) -> Self {
        let name = match compiled.and_then(Path::file_name) {
            Some(compiled) => compiled.to_string_lossy().into_owned(),
            None => image.identity().as_str()[..16].to_owned(),
        };
        Self(cache.join(format!("{name}.checked")))
    }

    fn says(&self, facts: &str) -> bool {
        fs::read(&self.0).is_ok_and(|noted| noted == facts.as_bytes())
    }

    /// Where it cannot be written, everything is hashed again the next time.
    fn write(&self, facts: &str) {
        let written = crate::folders::create(self.0.parent().unwrap_or(Path::new("."))).and_then(|()| {
            let mut unfinished = Unfinished::beside(&self.0)?;
            unfinished.file().write_all(facts.as_bytes())?;
            unfinished.put(&self.0)
        });
        if let Err(error) = written {
            crate::output::progress(&format!("`{}` cannot be written: {}", self.0.display(), failure::reason(&error)));
        }
    }
}
