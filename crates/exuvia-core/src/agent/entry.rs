//! What an agent writes into its session's journal.

use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use super::budget::Budget;
use super::message::{Message, ModelReply, Part, Tokens};
use super::model::ModelFailure;
use super::reminder::Reminder;
use crate::journal::{Event, SessionId};

/// The kind of the notes that hold an [`Entry`].
pub const ENTRY: &str = "exuvia.agent";

/// Something that happened between an agent and its model.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "entry", rename_all = "snake_case")]
pub enum Entry {
    /// A run begins.
    Begun(Box<Begun>),
    /// The model will be told this with the next request.
    Said {
        /// What.
        message: Message,
        /// Why, where it is the agent's own remark.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        remark: Option<Remark>,
        /// The files of the sandbox that the cell has made or changed that is told of.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        files: Vec<FileNote>,
    },
    /// The model is about to be asked.
    Asked {
        /// Which one: `provider/name`.
        model: String,
    },
    /// It has answered.
    Replied {
        /// What.
        reply: Box<ModelReply>,
        /// What that cost, in millionths of a dollar, if its price is known.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        micro_dollars: Option<u64>,
    },
    /// A model was used by the program of a cell.
    Used {
        /// Which one: `provider/name`.
        model: String,
        /// What it used.
        tokens: Tokens,
        /// What that cost, in millionths of a dollar, if its price is known.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        micro_dollars: Option<u64>,
    },
    /// It has not, however often it was asked.
    Failed {
        /// Why.
        failure: ModelFailure,
    },
    /// What was said is left out of what the model is told from now on, but for the task; this stands in its place.
    Compacted {
        /// What it is told instead.
        parts: Vec<Part>,
    },
    /// From now on the run may use this: its time counts from here, all else from its beginning. One that has ended since its
    /// budget was used up goes on, if this one is not.
    Allowed {
        /// What it may use.
        budget: Budget,
    },
    /// The run has ended.
    Ended(Box<Ending>),
}

/// A file as it was after a cell.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileNote {
    /// Its path in the sandbox.
    pub path: String,
    /// Its size.
    pub bytes: u64,
    /// When it was last written to, in nanoseconds since 1970.
    pub modified: i64,
}

impl Entry {
    /// Makes an entry of a message that is told.
    #[must_use]
    pub fn said(message: Message) -> Self {
        Self::Said { message, remark: None, files: Vec::new() }
    }

    /// Returns the entry that an event is, if it is one that can be read: a note of this kind may be anybody's.
    #[must_use]
    pub fn of(event: &Event) -> Option<Self> {
        match event {
            Event::Note { kind, data } => Self::read(kind, data),
            _ => None,
        }
    }

    /// Returns the entry that a note of this kind holds, if it is one.
    #[must_use]
    pub fn read(kind: &str, data: &Json) -> Option<Self> {
        if kind == ENTRY { Self::deserialize(data).ok() } else { None }
    }

    /// Returns it as the data of a note.
    ///
    /// # Panics
    ///
    /// Never: it is made of texts and numbers.
    #[must_use]
    pub fn data(&self) -> Json {
        serde_json::to_value(self).expect("it is made of texts and numbers")
    }
}

/// Something that an agent says to its model of its own accord.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Remark {
    /// Its reply had neither code nor an answer.
    Idle,
    /// The same has come of its cells so often in a row.
    Loop(u32),
    /// The run is about to end for this reason: it is asked for what it has.
    Closing(Reason),
    /// There is something left of what it has said that is to be done.
    Todo,
    /// It may go on, with another budget than it was told of.
    Allowed,
    /// What its program gave to `final` was not taken.
    Unaccepted,
    /// What was said is to be left out: it is asked for what has to be known to go on.
    Compact,
    /// It has its answer, and is to write a report.
    Report,
    /// The reminder of this number, among those that the run began with.
    Reminder(u32),
}

/// What a run begins with.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Begun {
    /// What is to be done, in the person's words.
    pub task: String,
    /// What the model is told before all messages.
    pub system: String,
    /// How it gives code.
    pub interface: Interface,
    /// The description of the tool, where it calls one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tool: Option<String>,
    /// Whether a reply without code ends the run, its text being the answer. Else only `final` does.
    pub reply_ends: bool,
    /// Whether the model writes a report once it has its answer.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub report: bool,
    /// What it may use.
    #[serde(default)]
    pub budget: Budget,
    /// From how many tokens on a conversation is [compacted](Entry::Compacted); `None`: never.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub context_tokens: Option<u64>,
    /// What the model is reminded of, and when.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reminders: Vec<Reminder>,
    /// The session of the agent whose program wants it done, if one does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub caller: Option<SessionId>,
}

/// How a model gives code.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Interface {
    /// By calling a tool, as its provider has it.
    #[default]
    Calls,
    /// In its text, between fences of Markdown.
    Text,
}

/// How a run has ended.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Ending {
    /// Why.
    pub reason: Reason,
    /// The answer; what is there of one, if it was cut short.
    pub answer: Json,
    /// The files that belong to it, by their paths in the sandbox.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub artifacts: Vec<String>,
    /// What the model says of how it was done, where a report was wanted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub report: Option<String>,
}

/// Why a run has ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// It has come to its answer.
    Done,
    /// It has been asked as often as it may be.
    Steps,
    /// It has used its tokens.
    Tokens,
    /// It has cost what it may.
    Money,
    /// Its time is up.
    Time,
    /// It did the same again and again.
    Loop,
    /// It gave neither code nor an answer, again and again.
    Idle,
    /// The person ended it.
    Stopped,
}

impl Reason {
    /// Returns the word for it, as journals have it.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Steps => "steps",
            Self::Tokens => "tokens",
            Self::Money => "money",
            Self::Time => "time",
            Self::Loop => "loop",
            Self::Idle => "idle",
            Self::Stopped => "stopped",
        }
    }
}

/// What a program has given to `final`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Final {
    /// The answer; any JSON.
    #[serde(default)]
    pub answer: Json,
    /// Paths in the sandbox.
    #[serde(default)]
    pub artifacts: Vec<String>,
}
