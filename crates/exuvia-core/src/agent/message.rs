//! What is said between an agent and its model.

use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

/// One message of a conversation.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "role", rename_all = "snake_case")]
pub enum Message {
    /// Said to the model.
    User {
        /// What is said, in order.
        parts: Vec<Part>,
    },
    /// Said by the model.
    Model(Box<ModelReply>),
    /// What came of something that the model wanted done.
    Observed {
        /// The id of the call that this answers; `None`: it was no call but code in a text.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        call: Option<String>,
        /// What came of it, in order.
        parts: Vec<Part>,
    },
}

impl Message {
    /// Makes a message to the model of one text.
    #[must_use]
    pub fn user(origin: Origin, text: impl Into<String>) -> Self {
        Self::User { parts: vec![Part::text(origin, text)] }
    }

    /// Returns the parts of what is said to the model; none for what it has said itself.
    #[must_use]
    pub fn parts(&self) -> &[Part] {
        match self {
            Self::User { parts } | Self::Observed { parts, .. } => parts,
            Self::Model(_) => &[],
        }
    }
}

/// A part of a message, and where it comes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    /// Who says so.
    pub origin: Origin,
    /// What.
    #[serde(flatten)]
    pub content: Content,
}

impl Part {
    /// Makes a part that is a text.
    #[must_use]
    pub fn text(origin: Origin, text: impl Into<String>) -> Self {
        Self { origin, content: Content::Text { text: text.into() } }
    }
}

/// Where a part of a message comes from: the ground on which it can be decided what it may lead to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Origin {
    /// The person whose task it is.
    Person,
    /// The host itself: instructions, reminders.
    Host,
    /// A program in the sandbox: output, values, errors, and whatever its tools and files have told it.
    Program,
    /// A document of the host's file system that the person has not written for this task, such as `AGENTS.md`.
    Document,
    /// The model itself: what it has summed up of what it was told before, whoever said that.
    Model,
}

/// What a part of a message is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Content {
    /// Text.
    Text {
        /// The text.
        text: String,
    },
    /// A picture.
    Image {
        /// Its media type: `image/png`.
        media_type: String,
        /// It, in base64.
        base64: String,
    },
}

/// What a model has answered.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct ModelReply {
    /// What it says.
    pub text: String,
    /// What it thought before, as far as it tells.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub reasoning: String,
    /// What it wants done.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub calls: Vec<Call>,
    /// What its provider wants back with the next request, such as signed thoughts. Others are not shown it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub attachments: Vec<Attachment>,
    /// Why it ended.
    pub stop: Stop,
    /// What it used.
    #[serde(default)]
    pub tokens: Tokens,
}

/// A tool that a model wants called.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Call {
    /// What the model, or its provider, calls this call.
    pub id: String,
    /// The tool's name; any text.
    pub name: String,
    /// Its arguments: meant to be JSON, any text.
    pub arguments: String,
}

/// Something opaque of a provider's.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Attachment {
    /// Whose it is.
    pub provider: String,
    /// What; only that provider can read it.
    pub data: Json,
}

/// Why a reply ended.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stop {
    /// The model had nothing more to say.
    #[default]
    End,
    /// It waits for what comes of its calls.
    Calls,
    /// It was as long as it may be.
    Length,
    /// The model, or its provider, would not answer.
    Refused,
    /// Something else, in the provider's words.
    Other(String),
}

/// What was used of a model, in tokens.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Tokens {
    /// Of the requests: those that the provider had to read.
    #[serde(skip_serializing_if = "is_zero")]
    pub fresh: u64,
    /// Of the requests: those that it had kept from an earlier one.
    #[serde(skip_serializing_if = "is_zero")]
    pub cached: u64,
    /// Of the fresh ones, those that it has kept for later ones.
    #[serde(skip_serializing_if = "is_zero")]
    pub kept: u64,
    /// Of the replies, thoughts included.
    #[serde(skip_serializing_if = "is_zero")]
    pub output: u64,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes fields by reference")]
fn is_zero(count: &u64) -> bool {
    *count == 0
}

impl Tokens {
    /// Returns how many there are in all.
    #[must_use]
    pub fn all(self) -> u64 {
        self.fresh.saturating_add(self.cached).saturating_add(self.output)
    }

    /// Adds those of another reply.
    pub fn add(&mut self, other: Self) {
        for (sum, count) in [
            (&mut self.fresh, other.fresh),
            (&mut self.cached, other.cached),
            (&mut self.kept, other.kept),
            (&mut self.output, other.output),
        ] {
            *sum = sum.saturating_add(count);
        }
    }
}
