//! What a model is to an agent.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use super::message::{Message, ModelReply, Origin};

/// A model that can be asked. It keeps nothing between two requests that an answer depends on.
pub trait Model: Send + Sync {
    /// Returns which one it is: `provider/name`.
    fn name(&self) -> &str;

    /// Asks it. `listener` is told what it says as it comes; dropping the future ends the request.
    ///
    /// What comes back is bounded: a reply that is longer than the model's own bound is an
    /// [`Endless`](ModelFailureKind::Endless) failure.
    fn ask<'a>(&'a self, request: ModelRequest, listener: Listener<'a>) -> ModelFuture<'a>;
}

/// What a model answers, later.
pub type ModelFuture<'a> = Pin<Box<dyn Future<Output = Result<ModelReply, ModelFailure>> + Send + 'a>>;

/// Who hears what a model says, as it comes.
pub type Listener<'a> = &'a (dyn Fn(Delta<'_>) + Send + Sync);

/// A piece of what a model says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Delta<'a> {
    /// Of its thoughts.
    Reasoning(&'a str),
    /// Of its text.
    Text(&'a str),
    /// Of the arguments of a call.
    Arguments(&'a str),
    /// It is asked once more, since something went wrong: what was told before counts for nothing.
    Again {
        /// What went wrong.
        failure: &'a ModelFailure,
        /// How long nothing is done before that.
        wait: Duration,
    },
}

/// What a model is asked.
#[derive(Debug, Clone, PartialEq)]
pub struct ModelRequest {
    /// What it is told before all messages.
    pub system: Arc<str>,
    /// What was said up to now, the oldest first.
    pub messages: Vec<Arc<Message>>,
    /// The description of the one tool, [`PYTHON_TOOL`](super::PYTHON_TOOL), that it may call; `None`: it has no tools.
    pub tool: Option<Arc<str>>,
    /// The JSON Schema that its answer must fit; `None`: it is text.
    pub schema: Option<Json>,
    /// How long its answer may be, in tokens; `None`: as the model has it.
    pub output_tokens_max: Option<u32>,
    /// How many replies there were before, those among them that are left out of the messages.
    pub replies: u32,
}

impl ModelRequest {
    /// Returns whether this is what a program asks, and no conversation of an agent's.
    #[must_use]
    pub fn is_inference(&self) -> bool {
        let is_programs = |message: &Message| match message {
            Message::Model(_) => true,
            said => !said.parts().is_empty() && said.parts().iter().all(|part| part.origin == Origin::Program),
        };
        !self.messages.is_empty() && self.messages.iter().all(|message| is_programs(message))
    }
}

/// Why a model gave no answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ModelFailure {
    /// What kind of failure it is.
    pub kind: ModelFailureKind,
    /// What went wrong, without any key.
    pub message: String,
    /// What to do about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hint: Option<String>,
    /// How long the provider wants to be left alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_after: Option<Duration>,
}

/// What kind of failure it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ModelFailureKind {
    /// The key is missing, or the provider does not take it.
    Key,
    /// There is no such provider or model.
    Unknown,
    /// The request is wrong for this model.
    Request,
    /// The request is longer than what this model can read.
    TooLong,
    /// Too much was asked for in too short a time.
    Busy,
    /// What its account may use is used up.
    Quota,
    /// The provider cannot be reached, or has failed.
    Unavailable,
    /// It did not answer in time.
    Timeout,
    /// Its answer cannot be read, or ended half-way.
    Malformed,
    /// Its answer is longer than what is read of one.
    Endless,
    /// A scripted model was told something else than its script expects.
    Script,
}

impl ModelFailure {
    /// Makes a failure that says what went wrong.
    #[must_use]
    pub fn new(kind: ModelFailureKind, message: impl Into<String>) -> Self {
        Self { kind, message: message.into(), hint: None, retry_after: None }
    }

    /// Adds what to do about it.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// Returns whether the same request may succeed later.
    #[must_use]
    pub fn is_transient(&self) -> bool {
        use ModelFailureKind::{Busy, Malformed, Timeout, Unavailable};
        matches!(self.kind, Busy | Unavailable | Timeout | Malformed)
    }
}

impl fmt::Display for ModelFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)?;
        match &self.hint {
            Some(hint) => write!(f, "\n    hint: {hint}"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for ModelFailure {}
