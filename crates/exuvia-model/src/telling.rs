//! Telling what a model says while it says it.

use exuvia_core::agent::{Delta, Listener};

use crate::key::Key;

/// What a piece is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Of {
    Text,
    Reasoning,
    Arguments,
}

/// Tells a listener what comes piece by piece, but for the key: what may be its beginning is held back until it is known what
/// follows.
pub(crate) struct Telling<'a> {
    key: &'a Key,
    listener: Listener<'a>,
    of: Of,
    held: String,
}

impl<'a> Telling<'a> {
    pub(crate) fn new(key: &'a Key, listener: Listener<'a>) -> Self {
        Self { key, listener, of: Of::Text, held: String::new() }
    }

    /// Tells a piece.
    pub(crate) fn tell(&mut self, of: Of, piece: &str) {
        if of != self.of {
            self.end();
            self.of = of;
        }
        self.held.push_str(piece);
        self.key.redact(&mut self.held);
        let rest = self.held.split_off(self.held.len() - self.key.begun(&self.held));
        let told = std::mem::replace(&mut self.held, rest);
        self.say(&told);
    }

    /// Tells what was held back: nothing follows.
    pub(crate) fn end(&mut self) {
        let told = std::mem::take(&mut self.held);
        self.say(&told);
    }

    fn say(&self, text: &str) {
        if text.is_empty() {
            return;
        }
        (self.listener)(match self.of {
            Of::Text => Delta::Text(text),
            Of::Reasoning => Delta::Reasoning(text),
            Of::Arguments => Delta::Arguments(text),
        });
    }
}
