//! Why a session cannot do what it was asked for.

use std::fmt;

use exuvia_core::journal::{Event, Misplaced, SessionId, StoreError};
use exuvia_core::recording::Asked;
use exuvia_sandbox::SandboxError;

use crate::environment::HostError;

/// Why a session cannot do what it was asked for.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SessionError {
    /// The journal cannot be read or written. What was acknowledged is there.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The sandbox.
    #[error(transparent)]
    Sandbox(#[from] SandboxError),
    /// There is no live host.
    #[error("{0}")]
    Host(HostError),
    /// What ran again did something else than what is recorded.
    #[error(transparent)]
    Diverged(Box<Divergence>),
    /// A session cannot go on with what it was given here.
    #[error("session `{session}` cannot go on here: {what}")]
    Unlike {
        /// The session.
        session: SessionId,
        /// What differs, and what to do.
        what: String,
    },
    /// There is no such cell.
    #[error(
        "session `{session}` has no cell {cell} that stands: it has {cells}\n    hint: `exuvia session show {session}` lists them"
    )]
    NoCell {
        /// The session.
        session: SessionId,
        /// What was asked for.
        cell: u32,
        /// How many there are.
        cells: u32,
    },
    /// The journal makes no sense.
    #[error("session `{session}`: {misplaced}\n    hint: `exuvia session verify {session}` looks for damage")]
    Misplaced {
        /// The session.
        session: SessionId,
        /// What is wrong.
        misplaced: Misplaced,
    },
    /// A cell was left while it ran; or the journal could not be written to while one ran.
    #[error("session `{0}` was left while a cell ran\n    hint: resume it")]
    Abandoned(SessionId),
}

/// Where a replay did something else than what is recorded.
#[derive(Debug, Clone, PartialEq)]
pub struct Divergence {
    /// The session whose event it is.
    pub session: SessionId,
    /// The position of the event.
    pub position: u64,
    /// The cell that ran.
    pub cell: u32,
    /// What was done now.
    pub now: Deed,
    /// What is recorded; `None`: nothing any more.
    pub recorded: Option<Event>,
    /// The line of Python that ran, as `FILE:LINE`, and its text.
    pub line: Option<(String, String)>,
}

/// Something that is compared with the journal.
#[derive(Debug, Clone, PartialEq)]
pub enum Deed {
    /// The host was asked.
    Asked(Asked),
    /// The cell ended, in these words.
    Ended(String),
    /// The memory or the files have this hash.
    Hash(&'static str, String),
}

/// The longest text that is shown of either side.
const SHOWN_CHARACTERS_MAX: usize = 400;

impl fmt::Display for Divergence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { session, position, cell, now, recorded, line } = self;
        writeln!(f, "the replay differs from session `{session}` at position {position}, in cell {cell}")?;
        if let Some((place, text)) = line {
            writeln!(f, "    at {place}: {}", text.trim())?;
        }
        let recorded = recorded.as_ref().map_or_else(|| "nothing any more".to_owned(), |event| format!("{event:?}"));
        writeln!(f, "    recorded: {}", cut(&recorded))?;
        write!(f, "    now:      {}", cut(&now.to_string()))
    }
}

impl std::error::Error for Divergence {}

impl fmt::Display for Deed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Asked(asked) => write!(f, "{asked:?}"),
            Self::Ended(how) => write!(f, "the cell {how}"),
            Self::Hash(what, hash) => write!(f, "the {what} is {hash}"),
        }
    }
}

fn cut(text: &str) -> String {
    match text.char_indices().nth(SHOWN_CHARACTERS_MAX) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}
