//! What a model has said that is to be done.

use serde::Deserialize;

/// What stands before an item that is done.
const DONE: &str = "[x]";
/// After how many steps without a word about the list the model is reminded of it.
const STEPS_MAX: u32 = 8;

/// The list, as it was given last.
#[derive(Debug, Clone, Default)]
pub(super) struct Todos {
    items: Vec<String>,
    /// At which step it was given, or reminded of.
    step: u32,
}

impl Todos {
    /// Takes the arguments of a call.
    pub(super) fn give(&mut self, arguments: &str, step: u32) {
        #[derive(Deserialize)]
        struct Arguments {
            items: Vec<String>,
        }
        if let Ok(Arguments { items }) = serde_json::from_str(arguments) {
            *self = Self { items, step };
        }
    }

    /// Notes that the model was reminded.
    pub(super) fn told(&mut self, step: u32) {
        self.step = step;
    }

    /// Returns all items, as they were given.
    pub(super) fn all(&self) -> &[String] {
        &self.items
    }

    /// Returns what is open.
    pub(super) fn open(&self) -> impl Iterator<Item = &str> {
        self.items.iter().map(String::as_str).filter(|item| !item.trim_start().starts_with(DONE))
    }

    /// Returns whether the model is to be reminded.
    pub(super) fn are_due(&self, step: u32) -> bool {
        step.saturating_sub(self.step) >= STEPS_MAX && self.open().next().is_some()
    }
}
