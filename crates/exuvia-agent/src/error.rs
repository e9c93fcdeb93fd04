//! Why an agent cannot go on.

use exuvia_core::agent::ModelFailure;
use exuvia_core::journal::{SessionId, StoreError};
use exuvia_session::SessionError;

use crate::prompts::PromptError;

/// Why an agent cannot go on. What it has done up to then is in its journal, and it can be resumed.
#[derive(Debug, thiserror::Error)]
pub enum AgentError {
    /// The model gave no answer.
    #[error(transparent)]
    Model(#[from] ModelFailure),
    /// Its session cannot go on.
    #[error(transparent)]
    Session(#[from] SessionError),
    /// What the model is to be told cannot be said.
    #[error(transparent)]
    Prompt(#[from] PromptError),
    /// The session has had no task.
    #[error("session `{0}` is no agent's\n    hint: `exuvia resume` goes on with it")]
    NoTask(SessionId),
    /// It has had no such step.
    #[error("agent `{session}` has had {steps} steps, and no step {step}")]
    NoStep {
        /// Whose.
        session: SessionId,
        /// What was asked for.
        step: u32,
        /// How many it has had.
        steps: u32,
    },
}

impl From<StoreError> for AgentError {
    fn from(error: StoreError) -> Self {
        Self::Session(error.into())
    }
}
