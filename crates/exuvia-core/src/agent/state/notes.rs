//! What programs have noted that must not be forgotten.

use serde::Deserialize;

/// How many notes are kept: the last ones.
const NOTES_MAX: usize = 100;

/// The notes.
#[derive(Debug, Clone, Default)]
pub(super) struct Notes(Vec<String>);

impl Notes {
    /// Takes the arguments of a call.
    pub(super) fn give(&mut self, arguments: &str) {
        #[derive(Deserialize)]
        struct Arguments {
            text: String,
        }
        let Ok(Arguments { text }) = serde_json::from_str(arguments) else { return };
        self.0.retain(|note| *note != text);
        self.0.push(text);
        if self.0.len() > NOTES_MAX {
            self.0.remove(0);
        }
    }

    pub(super) fn all(&self) -> &[String] {
        &self.0
    }
}
