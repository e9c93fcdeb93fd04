//! Where sessions are kept: the journal of this user, or the one that `EXUVIA_JOURNAL` names.

use std::env;
use std::fs::{self, OpenOptions};
use std::io::ErrorKind;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::PathBuf;
use std::sync::Arc;
use std::thread::{Builder, JoinHandle};

use anyhow::Result;
use exuvia_core::journal::{Durability, SessionId, Store, StoreError};
use exuvia_journal::{LocalStore, SqliteOptions};

use crate::failure::{Failure, reason};
use crate::printable::printable;
use crate::{exit, folders};

/// Opens the journal, or makes it. Appends are acknowledged when `durability` says, else `EXUVIA_DURABILITY`.
pub(crate) fn store(durability: Option<Durability>) -> Result<Arc<dyn Store>> {
    let durability = durability.map_or_else(wanted_durability, Ok)?;
    let options = SqliteOptions { durability, holder: holder(), ..SqliteOptions::default() };
    let store = LocalStore::open(&folder()?, options).map_err(failure)?;
    Ok(Arc::new(store))
}

/// A journal that is being opened while other things are done.
pub(crate) struct Early(JoinHandle<Result<Arc<dyn Store>>>);

impl Early {
    /// Begins to open the journal.
    pub(crate) fn begin() -> Result<Self> {
        let thread = Builder::new().name("journal".to_owned()).spawn(|| store(None));
        Ok(Self(thread.map_err(|error| Failure::new(format!("no thread can be started: {}", reason(&error))))?))
    }

    /// Waits until it is open.
    pub(crate) fn wait(self) -> Result<Arc<dyn Store>> {
        self.0.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
    }
}

/// Says what an error of the journal means to the user: his own mistakes have exit status 2, all else 125.
pub(crate) fn failure(error: StoreError) -> Failure {
    let status = match error {
        StoreError::NotFound { .. }
        | StoreError::Ambiguous { .. }
        | StoreError::Name(_)
        | StoreError::NameTaken { .. }
        | StoreError::NameIsId { .. }
        | StoreError::IdIsName { .. }
        | StoreError::Position { .. } => exit::USAGE,
        _ => exit::FAILURE,
    };
    let (message, hint) = told(&error);
    let failure = Failure::new(message).with_status(status);
    match hint {
        Some(hint) => failure.hint(hint),
        None => failure,
    }
}

/// Returns what is wrong and what to do about it. What a stranger wrote, whose file is imported, moves no cursor.
pub(crate) fn told(error: &StoreError) -> (String, Option<String>) {
    let text = error.to_string();
    let (message, hint) = text.split_once("\n    hint: ").map_or((&*text, None), |(text, hint)| (text, Some(hint)));
    (printable(message).into_owned(), hint.map(|hint| printable(hint).into_owned()))
}

/// Notes that this user begins a session here: only of such a one is its command line believed. A file that was imported
/// says of itself what it wants to be lent.
pub(crate) fn note_begun(session: &SessionId) -> Result<()> {
    let path = begun(session)?;
    let make = || OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&path);
    let written = path.parent().map_or(Ok(()), folders::create).and_then(|()| make());
    written.map_err(|error| Failure::new(format!("`{}` cannot be written: {}", path.display(), reason(&error))))?;
    Ok(())
}

/// Returns whether this user has begun a session here.
pub(crate) fn is_begun_here(session: &SessionId) -> Result<bool> {
    Ok(begun(session)?.is_file())
}

/// Forgets that this user had begun a session: it was removed, or a file brings one of its id.
pub(crate) fn forget_begun(session: &SessionId) -> Result<()> {
    match fs::remove_file(begun(session)?) {
        Err(error) if error.kind() != ErrorKind::NotFound => {
            Err(Failure::new(format!("the session cannot be taken for a stranger's: {}", reason(&error))).into())
        }
        _ => Ok(()),
    }
}

/// Forgets a session that could not be begun after all. What stays of one whose id nobody has ever had harms nobody.
pub(crate) fn take_back_begun(session: &SessionId) {
    let _stays = forget_begun(session);
}

fn begun(session: &SessionId) -> Result<PathBuf> {
    Ok(folder()?.join("begun").join(session.as_str()))
}

fn folder() -> Result<PathBuf> {
    if let Some(folder) = env::var_os("EXUVIA_JOURNAL").filter(|folder| !folder.is_empty()) {
        return Ok(folder.into());
    }
    let Some(state) = folders::state() else {
        let failure = Failure::new("there is no home folder to keep sessions in");
        return Err(failure.hint("name a folder with EXUVIA_JOURNAL").into());
    };
    Ok(state.join("journal"))
}

fn wanted_durability() -> Result<Durability> {
    let Some(word) = env::var_os("EXUVIA_DURABILITY").filter(|word| !word.is_empty()) else {
        return Ok(Durability::default());
    };
    let known = [Durability::Sync, Durability::Group, Durability::Async];
    known.into_iter().find(|durability| word == durability.name()).ok_or_else(|| {
        let failure = Failure::usage(format!("EXUVIA_DURABILITY is `{}`", word.display()));
        failure.hint("it can be `sync`, `group` or `async`").into()
    })
}

/// Who others are told has a session open.
fn holder() -> String {
    let process = std::process::id();
    // The command line has been read, so its first word is a subcommand.
    match env::args_os().nth(1) {
        Some(command) => format!("process {process} (exuvia {})", command.display()),
        None => format!("process {process}"),
    }
}
