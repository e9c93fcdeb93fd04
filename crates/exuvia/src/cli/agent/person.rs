//! Whoever sits at the terminal, as an agent may ask them.

use std::sync::Arc;

use exuvia_agent::tools::{Nobody, Person};
use exuvia_core::{ToolFailure, ToolFuture};

use crate::desk::{Answer, Desk, Question};
use crate::printable::printable;

/// How much of a question is shown, in bytes.
const QUESTION_BYTES_MAX: usize = 4_000;
/// What stands where an answer is typed.
const PROMPT: &str = "> ";

/// Returns the person at the terminal of this process, if somebody would see a question there.
pub(super) fn find() -> Arc<dyn Person> {
    match Desk::find() {
        Some(desk) => Arc::new(Terminal(desk)),
        None => Arc::new(Nobody),
    }
}

struct Terminal(Desk);

impl Person for Terminal {
    fn ask(&self, question: String) -> ToolFuture {
        let end = question.floor_char_boundary(QUESTION_BYTES_MAX);
        let text = format!("the agent asks: {}", printable(&question[..end]));
        let answer = self.0.ask(Question { text, prompt: PROMPT, is_urgent: false });
        Box::pin(async move { answer.await.ok_or_else(|| ToolFailure::failed("nobody could be asked")) })
    }
}

/// Asks the person at the terminal what an agent should know that was interrupted; `None`: nobody sits there.
pub(super) fn wish() -> Option<Answer> {
    let text = "what should it know? Enter: go on; Ctrl-C: end".to_owned();
    Some(Desk::find()?.ask(Question { text, prompt: PROMPT, is_urgent: true }))
}
