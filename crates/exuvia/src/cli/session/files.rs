//! `exuvia session export` and `import`.

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter, IsTerminal as _, Read, Write};
use std::path::{Path, PathBuf};

use anyhow::Result;
use exuvia_core::journal::{SessionId, Store};

use super::{find, wait};
use crate::failure::{self, Failure};
use crate::whole::Unfinished;
use crate::{journal, output};

/// What stands for stdin and stdout.
const STREAM: &str = "-";

/// Write a session, with what it shares of others, as one file
#[derive(clap::Args)]
#[command(after_help = "The file is compressed JSON, which only you can read: `zcat FILE` shows it.")]
pub(super) struct ExportArguments {
    /// The session: its name, its id, or how its id begins
    #[arg(value_name = "SESSION")]
    session: String,

    /// Where to write it; `-`: to stdout
    #[arg(short, long, value_name = "FILE", default_value = STREAM)]
    output: PathBuf,

    /// Write its checkpoints, too: it can be resumed sooner then, and the file is larger
    #[arg(long)]
    with_checkpoints: bool,
}

/// Take in a session from a file that `exuvia session export` wrote
#[derive(clap::Args)]
pub(super) struct ImportArguments {
    /// The file; `-`: stdin
    #[arg(value_name = "FILE")]
    file: PathBuf,
}

pub(super) fn export(store: &dyn Store, arguments: &ExportArguments) -> Result<u8> {
    let session = find(store, &arguments.session)?;
    let export = Export { store, session, with_checkpoints: arguments.with_checkpoints };
    if arguments.output != Path::new(STREAM) {
        export.to_file(&arguments.output)?;
    } else if io::stdout().is_terminal() {
        let failure = Failure::usage("a session's file is not for a terminal");
        return Err(failure.hint("name a file with -o, or send it to another program").into());
    } else {
        export.to(&mut Stdout)?;
    }
    Ok(0)
}

struct Export<'a> {
    store: &'a dyn Store,
    session: SessionId,
    with_checkpoints: bool,
}

impl Export<'_> {
    /// Writes a file, whole or not at all.
    fn to_file(&self, path: &Path) -> Result<()> {
        let unwritable = |error: &io::Error| unwritable(path, error);
        // What is no file, such as a pipe, is written to and not replaced.
        if fs::metadata(path).is_ok_and(|metadata| !metadata.is_file()) {
            return self.to(&mut OpenOptions::new().write(true).open(path).map_err(|error| unwritable(&error))?);
        }
        let mut unfinished = Unfinished::beside(path).map_err(|error| unwritable(&error))?;
        self.to(unfinished.file())?;
        Ok(unfinished.put(path).map_err(|error| unwritable(&error))?)
    }

    fn to(&self, to: &mut (dyn Write + Send)) -> Result<()> {
        let mut to = BufWriter::new(to);
        wait(self.store.export(&self.session, self.with_checkpoints, &mut to)).map_err(journal::failure)?;
        Ok(())
    }
}

fn unwritable(path: &Path, error: &io::Error) -> Failure {
    Failure::usage(format!("`{}` cannot be written: {}", path.display(), failure::reason(error)))
}

/// Where data goes: this process ends when nobody reads it.
struct Stdout;

impl Write for Stdout {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        output::print(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

pub(super) fn import(store: &dyn Store, arguments: &ImportArguments) -> Result<u8> {
    let path = &arguments.file;
    let mut from: Box<dyn Read + Send> = if path == Path::new(STREAM) {
        Box::new(io::stdin())
    } else {
        Box::new(File::open(path).map_err(|error| Failure::unreadable(path, &error))?)
    };
    let imported = wait(store.import(&mut *from)).map_err(journal::failure)?;
    if imported.events == 0 {
        output::say("all of it was here already");
    } else {
        // One of this id that was removed may have been this user's own.
        journal::forget_begun(&imported.session)?;
    }
    if imported.name_taken {
        output::say("its name was left out: another session has it");
    }
    output::print(format!("{}\n", imported.session).as_bytes());
    Ok(0)
}
