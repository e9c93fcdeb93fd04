//! How large a conversation is, and how far it is with being compacted.

use crate::agent::{Content, Message, ModelReply, Part};

/// How many bytes of what the model has not counted yet are taken for a token. English has four or more, code three, and it is
/// better to begin anew too soon than too late.
const TOKEN_BYTES: u64 = 3;
/// What an image is taken for, in tokens.
const IMAGE_TOKENS: u64 = 1_600;
/// How many messages are in a conversation before it is compacted: that something has been done in it.
const MESSAGES_MIN: u32 = 6;

/// How large a conversation is, and how far it is with being compacted.
#[derive(Debug, Clone, Default)]
pub(super) struct Context {
    /// What the model has counted with its last reply, that reply among it, in tokens.
    counted: u64,
    /// What is taken for the rest, in bytes.
    bytes: u64,
    images: u64,
    /// How many messages there are since the beginning, or since it was compacted.
    messages: u32,
    phase: Phase,
}

#[derive(Debug, Clone, Default)]
enum Phase {
    #[default]
    Open,
    /// The model was told to sum up.
    Told,
    /// It has summed up like this; nothing, if it has not.
    SummedUp(String),
}

impl Context {
    /// Notes what a model is told before all messages.
    pub(super) fn begin(&mut self, system: &str) {
        *self = Self { bytes: system.len() as u64, ..Self::default() };
    }

    /// Notes what is said to the model.
    pub(super) fn said(&mut self, parts: &[Part]) {
        self.messages = self.messages.saturating_add(1);
        for part in parts {
            match &part.content {
                Content::Text { text } => self.bytes = self.bytes.saturating_add(text.len() as u64),
                Content::Image { .. } => self.images = self.images.saturating_add(1),
            }
        }
    }

    /// Notes what the model says. Returns whether that is what it was told to sum up.
    pub(super) fn replied(&mut self, reply: &ModelReply) -> bool {
        if matches!(self.phase, Phase::Told) {
            self.phase = Phase::SummedUp(reply.text.trim().to_owned());
            return true;
        }
        self.messages = self.messages.saturating_add(1);
        if reply.tokens.all() > 0 {
            (self.counted, self.bytes, self.images) = (reply.tokens.all(), 0, 0);
        } else {
            let calls: usize = reply.calls.iter().map(|call| call.arguments.len()).sum();
            self.bytes = self.bytes.saturating_add((reply.text.len() + calls) as u64);
        }
        false
    }

    /// Notes that the model is to sum up.
    pub(super) fn told(&mut self) {
        self.phase = Phase::Told;
    }

    /// Notes that the model could not read all of it: it is compacted without a summary, if there is something to leave out.
    pub(super) fn overflowed(&mut self) {
        if self.messages > 2 {
            self.phase = Phase::SummedUp(String::new());
        }
    }

    /// Notes that it was compacted, and what it is now.
    pub(super) fn compacted(&mut self, system: &str, message: &Message) {
        self.begin(system);
        self.said(message.parts());
    }

    /// Returns how large it is, in tokens, as far as that is known.
    pub(super) fn tokens(&self) -> u64 {
        self.counted.saturating_add(self.bytes / TOKEN_BYTES).saturating_add(self.images.saturating_mul(IMAGE_TOKENS))
    }

    /// Returns whether the model is to sum up, where no more than this is wanted.
    pub(super) fn is_due(&self, tokens_max: Option<u64>) -> bool {
        matches!(self.phase, Phase::Open)
            && self.messages >= MESSAGES_MIN
            && tokens_max.is_some_and(|tokens_max| self.tokens() >= tokens_max)
    }

    /// Returns what the model has summed up, if it is to be compacted now.
    pub(super) fn summary(&self) -> Option<&str> {
        match &self.phase {
            Phase::SummedUp(summary) => Some(summary),
            Phase::Open | Phase::Told => None,
        }
    }
}
