//! Why a store cannot do what it was asked for.

use std::io;
use std::path::PathBuf;

use crate::journal::{InvalidId, SessionId};

/// Why a store cannot do what it was asked for. Whatever it is: no event that was acknowledged is lost, and an append
/// that fails has appended nothing.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// Somebody else writes to the session.
    #[error("session `{session}` is open in {holder}\n    hint: end that program, or fork the session")]
    Busy {
        /// The session.
        session: SessionId,
        /// Who has it open, in words.
        holder: String,
        /// Until when, in milliseconds since 1970, if nothing is heard of the holder; `None`: until it lets go.
        until: Option<i64>,
    },
    /// This writer has not been heard of for too long, and another one has taken over. It can never write again.
    #[error(
        "session `{session}` has been taken over by another writer\n    hint: resume it to go on from what was recorded"
    )]
    LeaseLost {
        /// The session.
        session: SessionId,
    },
    /// There is no such session.
    #[error("there is no session `{wanted}`{}", near_names(.near))]
    NotFound {
        /// What was asked for.
        wanted: String,
        /// Names and ids that look like it.
        near: Vec<String>,
    },
    /// Several ids begin so.
    #[error("`{wanted}` begins the ids of {} sessions: {}\n    hint: give more of the id", .matches.len(), listed(.matches))]
    Ambiguous {
        /// What was asked for.
        wanted: String,
        /// The ids, at most 10.
        matches: Vec<SessionId>,
    },
    /// There is a session of this id already.
    #[error("there is a session `{session}` already{}", .differs.as_ref().map_or(String::new(), |what| format!(", and {what}")))]
    Exists {
        /// The session.
        session: SessionId,
        /// In which way it differs from one that was to be imported.
        differs: Option<String>,
    },
    /// Another session has this name.
    #[error("session `{session}` is called `{name}` already\n    hint: choose another name, or rename that one")]
    NameTaken {
        /// The name.
        name: String,
        /// Who has it.
        session: SessionId,
    },
    /// A name is another session's id, which goes first where a session is looked for.
    #[error("`{name}` is the id of another session, and cannot be a name\n    hint: choose another name")]
    NameIsId {
        /// The name.
        name: String,
    },
    /// The id of a session that is made, or imported, is another session's name.
    #[error("session `{named}` is called `{session}`, which is the other one's id\n    hint: rename that one first")]
    IdIsName {
        /// The session of this id.
        session: SessionId,
        /// The session of this name.
        named: SessionId,
    },
    /// Something cannot be a name or an id.
    #[error(transparent)]
    Name(#[from] InvalidId),
    /// A session has fewer events than were asked for.
    #[error("session `{session}` has no position {position}: it has {events} events")]
    Position {
        /// The session.
        session: SessionId,
        /// What was asked for.
        position: u64,
        /// How many events it has.
        events: u64,
    },
    /// The journal was written by a newer program. Nothing of it was touched.
    #[error("the journal has version {version}, this program knows {known} and older\n    hint: use a newer `exuvia`")]
    Newer {
        /// Its version.
        version: u64,
        /// The newest version that is known here.
        known: u64,
    },
    /// What is stored is not what was written.
    #[error("{}: {what}\n    hint: {}", damaged(.session, *.position), remedy(.session, *.position))]
    Damaged {
        /// The session; `None`: the store as a whole.
        session: Option<SessionId>,
        /// The first position that is not sound, where that is known.
        position: Option<u64>,
        /// What is wrong.
        what: String,
    },
    /// A file cannot be imported.
    #[error("the file cannot be imported: line {line}: {what}")]
    Import {
        /// The line, from 1.
        line: u64,
        /// What is wrong with it.
        what: String,
    },
    /// Something is larger than a store takes.
    #[error("{what} has {size} bytes, at most {size_max} can be stored")]
    TooLarge {
        /// What.
        what: &'static str,
        /// Its size in bytes.
        size: u64,
        /// The most that is possible.
        size_max: u64,
    },
    /// The disk or a quota is full.
    #[error("the disk is full: {what}\n    hint: free some space, or remove sessions with `exuvia session prune`")]
    Full {
        /// What could not be written.
        what: String,
    },
    /// A file would become larger than files may be here.
    #[error("`{}` cannot grow: {}", path.display(), larger(*.bytes_max))]
    FileTooLarge {
        /// The file, or the folder that it is in.
        path: PathBuf,
        /// The most bytes that this process may write to a file; `None`: its file system sets the limit.
        bytes_max: Option<u64>,
    },
    /// The journal cannot be written to.
    #[error("`{}` can only be read\n    hint: make the folder writable, or choose another one", path.display())]
    ReadOnly {
        /// The folder or file.
        path: PathBuf,
    },
    /// Others could read or change the journal.
    #[error("`{}` is no safe place for a journal: {what}\n    hint: `chmod {mode} {}`, or choose another folder", path.display(), path.display())]
    Exposed {
        /// The folder or file.
        path: PathBuf,
        /// What others can do.
        what: &'static str,
        /// Which permissions it should have, in octal.
        mode: &'static str,
    },
    /// Something else stands where a file of the journal should be.
    #[error("`{}` is no file of a journal, but a link or the like\n    hint: remove it, or choose another folder", path.display())]
    NotAFile {
        /// Where.
        path: PathBuf,
    },
    /// Reading or writing failed.
    #[error("{what}: {error}")]
    Io {
        /// What was tried.
        what: String,
        /// What the system says.
        error: io::Error,
    },
}

impl StoreError {
    /// Says that there is no session of this id.
    #[must_use]
    pub fn missing(session: &SessionId) -> Self {
        Self::NotFound { wanted: session.to_string(), near: Vec::new() }
    }
}

fn near_names(near: &[String]) -> String {
    match near {
        [] => "\n    hint: `exuvia session list` shows all".to_owned(),
        names => format!("\n    hint: there is `{}`", names.join("`, `")),
    }
}

fn larger(bytes_max: Option<u64>) -> String {
    match bytes_max {
        Some(bytes) => {
            format!("files of this process may have {bytes} bytes\n    hint: raise that limit (`ulimit -f`)")
        }
        None => "its file system takes no larger files\n    hint: choose a folder elsewhere".to_owned(),
    }
}

fn listed(sessions: &[SessionId]) -> String {
    sessions.iter().map(|session| format!("`{session}`")).collect::<Vec<_>>().join(", ")
}

fn damaged(session: &Option<SessionId>, position: Option<u64>) -> String {
    match (session, position) {
        (Some(session), Some(position)) => format!("session `{session}` is damaged at position {position}"),
        (Some(session), None) => format!("session `{session}` is damaged"),
        (None, _) => "the journal is damaged".to_owned(),
    }
}

fn remedy(session: &Option<SessionId>, position: Option<u64>) -> &'static str {
    match (session, position) {
        (Some(_), Some(_)) => "the events before it are sound; import a copy, or fork the session before it",
        (Some(_), None) => "remove it, and import a copy",
        (None, _) => "put a copy in its place, or move it away: then a new one is made",
    }
}
