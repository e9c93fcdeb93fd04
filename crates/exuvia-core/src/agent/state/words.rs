//! What the person has said, which is kept when the conversation is left out.

use crate::agent::{Content, Message, Origin};

/// How many of the person's words are kept: the last ones.
const WORDS_MAX: usize = 50;
/// How much of each, in bytes.
const WORD_BYTES_MAX: usize = 4 << 10;

/// The person's words, the oldest first.
#[derive(Debug, Clone, Default)]
pub(super) struct Words(Vec<Word>);

#[derive(Debug, Clone)]
struct Word {
    text: String,
    /// Whether it is of the task that is being done, which is told whole and never left out.
    is_task: bool,
}

impl Words {
    /// Notes that a run begins: what the task of the one before it was is something that was said.
    pub(super) fn begin(&mut self) {
        self.0.iter_mut().for_each(|word| word.is_task = false);
    }

    /// Notes what is said to the model; `is_task`: it is what the run begins with.
    pub(super) fn hear(&mut self, message: &Message, is_task: bool) {
        for part in message.parts().iter().filter(|part| part.origin == Origin::Person) {
            if let Content::Text { text } = &part.content {
                self.0.push(Word { text: beginning(text), is_task });
            }
        }
        self.0.drain(..self.0.len().saturating_sub(WORDS_MAX));
    }

    /// Returns all but the task.
    pub(super) fn all(&self) -> impl Iterator<Item = &str> {
        self.0.iter().filter(|word| !word.is_task).map(|word| word.text.as_str())
    }
}

fn beginning(text: &str) -> String {
    let end = text.floor_char_boundary(WORD_BYTES_MAX);
    if end == text.len() { text.to_owned() } else { format!("{}…", &text[..end]) }
}
