//! What the program that serves gives: how sandboxes are made, where sessions are kept, and what is random.

use std::sync::Arc;

use exuvia_core::journal::{Opened, SessionId, Store};
use exuvia_session::Environment;

use crate::output::Tail;

/// Why a maker cannot give what it was asked for. It is shown to whoever called the tool.
pub type MakerError = Box<dyn std::error::Error + Send + Sync>;

/// What a session is made with.
#[derive(Debug, Clone)]
pub struct Prepared {
    /// What it needs of this process. Its output must be [kept](Environment::capture).
    pub environment: Environment,
    /// What a new one begins with.
    pub opened: Opened,
}

/// Makes what sessions need of the program that serves them.
pub trait Maker: Send + Sync + 'static {
    /// Returns where sessions are kept.
    fn store(&self) -> Arc<dyn Store>;

    /// Prepares a session. Its hosts give `tail` all that is printed, as it comes.
    ///
    /// # Errors
    ///
    /// What is lent to sessions is not there any more, say.
    fn prepare(&self, tail: &Tail) -> Result<Prepared, MakerError>;

    /// Fills bytes with what nobody can guess: ids and seeds are made of it.
    ///
    /// # Errors
    ///
    /// The system has none.
    fn fill_random(&self, bytes: &mut [u8]) -> Result<(), MakerError>;

    /// Takes note that a session begins here, before it does.
    ///
    /// # Errors
    ///
    /// It cannot be noted: the session is not begun.
    fn note_begun(&self, session: &SessionId) -> Result<(), MakerError>;

    /// Takes back that a session begins here: it could not be begun after all.
    fn take_back_begun(&self, session: &SessionId);

    /// Returns whether a session was begun here, and not brought by a file that somebody else has made.
    fn is_begun_here(&self, session: &SessionId) -> bool;

    /// Returns what is noted at the beginning of each session: a kind and what it says.
    fn notes(&self) -> Vec<(String, serde_json::Value)>;
}
