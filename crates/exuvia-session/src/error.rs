//! Why a session cannot do what it was asked for.

use exuvia_core::journal::{Misplaced, SessionId, StoreError};
use exuvia_sandbox::SandboxError;

use crate::divergence::Divergence;
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
    /// There can be no checkpoint: it would hold the secret variables that the session was given, which are never written down.
    #[error("session `{0}` has secret variables, which a checkpoint would hold")]
    Secret(SessionId),
    /// A cell was left while it ran; or the journal could not be written to while one ran.
    #[error("session `{0}` was left while a cell ran\n    hint: resume it")]
    Abandoned(SessionId),
}
