//! `exuvia session export` and `import`.

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter, IsTerminal as _, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Result;
use exuvia_core::journal::{SessionId, Store};

use super::{account, find, script, wait};
use crate::failure::{self, Failure};
use crate::whole::Unfinished;
use crate::{exit, journal, output};

/// What stands for stdin and stdout.
const STREAM: &str = "-";

const NOTES: &str = "\
The file is compressed JSON, which only you can read: `zcat FILE` shows it. `exuvia session import` takes it in elsewhere.

With --script it is a Python program: the cells of the session, one after the other, without what was undone, with the \
versions of its packages (PEP 723) and a --help. `exuvia run FILE` does it all again, without any model. Files that were \
given with --input can be others: `exuvia run --input NAME=OTHER FILE`. Of a statement that failed, what it raises is \
passed over, for what it had done until then is what later cells build on; `final(...)` prints the answer; what a model or \
a person had answered to the program stands in the script. Tools and folders have to be lent to it again.";

/// Write a session as one file, which `exuvia session import` reads, or as a script
#[derive(clap::Args)]
#[command(after_help = NOTES)]
pub(crate) struct ExportArguments {
    /// The session: its name, its id, or how its id begins
    #[arg(value_name = "SESSION")]
    session: String,

    /// Where to write it; `-`: to stdout
    #[arg(short, long, value_name = "FILE", default_value = STREAM)]
    output: PathBuf,

    /// Write its checkpoints, too: it can be resumed sooner then, and the file is larger
    #[arg(long, conflicts_with = "script")]
    with_checkpoints: bool,

    /// Write what was run as one Python script
    #[arg(long)]
    script: bool,
}

/// Take in a session from a file that `exuvia session export` wrote
#[derive(clap::Args)]
pub(super) struct ImportArguments {
    /// The file; `-`: stdin
    #[arg(value_name = "FILE")]
    file: PathBuf,
}

pub(super) fn export(store: &Arc<dyn Store>, arguments: &ExportArguments) -> Result<u8> {
    let session = find(&**store, &arguments.session)?;
    let to = (arguments.output != Path::new(STREAM)).then_some(&*arguments.output);
    if arguments.script {
        let script = script::of(store, &session, to)?;
        match to {
            Some(path) => write_file(path, |file| Ok(file.write_all(script.as_bytes())?))?,
            None => output::print(script.as_bytes()),
        }
        return Ok(0);
    }
    let export = Export { store: &**store, session, with_checkpoints: arguments.with_checkpoints };
    if let Some(path) = to {
        write_file(path, |file| export.to(file))?;
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
    fn to(&self, to: &mut (dyn Write + Send)) -> Result<()> {
        let mut to = BufWriter::new(to);
        wait(self.store.export(&self.session, self.with_checkpoints, &mut to)).map_err(journal::failure)?;
        Ok(())
    }
}

/// Writes a file, whole or not at all.
fn write_file(path: &Path, write: impl FnOnce(&mut File) -> Result<()>) -> Result<()> {
    let unwritable = |error: &io::Error| unwritable(path, error);
    // What is no file, such as a pipe, is written to and not replaced.
    if fs::metadata(path).is_ok_and(|metadata| !metadata.is_file()) {
        return write(&mut OpenOptions::new().write(true).open(path).map_err(|error| unwritable(&error))?);
    }
    let mut unfinished = Unfinished::beside(path).map_err(|error| unwritable(&error))?;
    write(unfinished.file())?;
    Ok(unfinished.put(path).map_err(|error| unwritable(&error))?)
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
        output::say("its name was left out: another session has it, as its name or its id");
    }
    output::print(format!("{}\n", imported.session).as_bytes());
    let history = wait(store.history(&imported.session, None)).map_err(journal::failure)?;
    match account::check(store, &history) {
        Ok(()) => Ok(0),
        // Its hashes are right: whoever made it made it so.
        Err(error) => {
            let session = imported.session;
            let (message, _) = journal::told(&error);
            let hint = format!("it is no use but to be looked at; `exuvia session rm {session}` removes it");
            failure::complain(&format!("the session was taken in, but makes no sense: {message}"), Some(&hint));
            Ok(exit::FAILURE)
        }
    }
}
