//! What is known of an agent.

use std::sync::Arc;

use super::{Attempt, Begun, Ending, FileNote, Message, ModelFailure, Reason, SessionId, Spent, State, StepMark};

impl State {
    /// Returns what the run began with.
    #[must_use]
    pub fn begun(&self) -> Option<&Begun> {
        self.begun.as_deref()
    }

    /// Returns all that was said, the oldest first.
    #[must_use]
    pub fn messages(&self) -> &[Arc<Message>] {
        &self.messages
    }

    /// Returns what the run has used, up to the last event.
    #[must_use]
    pub fn spent(&self) -> &Spent {
        &self.spent
    }

    /// Returns how the run has ended, if it has.
    #[must_use]
    pub fn ending(&self) -> Option<&Ending> {
        self.ending.as_deref()
    }

    /// Returns why the model was asked for what it has, if it was.
    #[must_use]
    pub fn closing(&self) -> Option<Reason> {
        self.closing
    }

    /// Returns why the model gave no answer when it was asked last, if it did not.
    #[must_use]
    pub fn failure(&self) -> Option<&ModelFailure> {
        self.failure.as_ref()
    }

    /// Returns what the model has said that is to be done, as far as it is open.
    pub fn todos(&self) -> impl Iterator<Item = &str> {
        self.todos.open()
    }

    /// Returns all of it, what is done among it.
    pub fn list(&self) -> &[String] {
        self.todos.all()
    }

    /// Returns what programs have noted, the oldest first.
    #[must_use]
    pub fn notes(&self) -> &[String] {
        self.notes.all()
    }

    /// Returns what the person has said beside the task, the oldest first, as far as it is kept.
    pub fn words(&self) -> impl Iterator<Item = &str> {
        self.words.all()
    }

    /// Returns how many cells there are in the round that the run goes in, if it goes in circles: 1 if they are all the same.
    #[must_use]
    pub fn round(&self) -> usize {
        self.repeats.round()
    }

    /// Returns the sessions of the subagents that have given their answers.
    pub fn subagents(&self) -> impl Iterator<Item = &SessionId> {
        self.subagents.iter()
    }

    /// Returns which cells of the run have failed, and why, the oldest first.
    #[must_use]
    pub fn attempts(&self) -> &[Attempt] {
        self.attempts.all()
    }

    /// Returns how large the conversation is, in tokens, as far as that is known.
    #[must_use]
    pub fn context_tokens(&self) -> u64 {
        self.context.tokens()
    }

    /// Returns where each step has ended, in order.
    #[must_use]
    pub fn steps(&self) -> &[StepMark] {
        &self.steps
    }

    /// Returns the files that cells have made, as they were when the model was told of the last one.
    pub fn files(&self) -> impl Iterator<Item = FileNote> {
        self.files.iter().map(|(path, (bytes, modified))| FileNote {
            path: path.clone(),
            bytes: *bytes,
            modified: *modified,
        })
    }
}
