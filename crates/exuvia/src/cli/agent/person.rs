//! Whoever sits at the terminal, as an agent may ask them.

use std::fs::{File, OpenOptions};
use std::io::{BufRead as _, BufReader, IsTerminal as _, Write as _};
use std::sync::Arc;
use std::thread;

use exuvia_agent::tools::{Nobody, Person};
use exuvia_core::{ToolFailure, ToolFuture};
use tokio::sync::oneshot::Receiver;

use crate::output;
use crate::printable::printable;

/// How much of a question is shown, in bytes.
const QUESTION_BYTES_MAX: usize = 4_000;

/// Returns the person at the terminal of this process, if somebody would see a question there.
pub(super) fn find() -> Arc<dyn Person> {
    if std::io::stderr().is_terminal() && open().is_ok() { Arc::new(Terminal) } else { Arc::new(Nobody) }
}

struct Terminal;

impl Person for Terminal {
    fn ask(&self, question: String) -> ToolFuture {
        let end = question.floor_char_boundary(QUESTION_BYTES_MAX);
        let answer = line(format!("the agent asks: {}", printable(&question[..end])));
        Box::pin(async move {
            let line = answer.await.ok().flatten();
            line.ok_or_else(|| ToolFailure::failed("nobody could be asked"))
        })
    }
}

/// Asks the person at the terminal what an agent should know that was interrupted; `None`: nobody sits there.
pub(super) fn wish() -> Option<Receiver<Option<String>>> {
    let is_there = std::io::stderr().is_terminal() && open().is_ok();
    is_there.then(|| line("what should it know? Enter: go on; Ctrl-C: end".to_owned()))
}

/// Asks for a line at the terminal. The thread ends with the line that is typed; one that nobody waits for any more is
/// dropped.
fn line(question: String) -> Receiver<Option<String>> {
    let (told, answer) = tokio::sync::oneshot::channel();
    // Without a thread there is no answer.
    let _unasked = thread::Builder::new().name("exuvia-question".to_owned()).spawn(move || {
        let _gone = told.send(answered(&question));
    });
    answer
}

fn open() -> std::io::Result<File> {
    OpenOptions::new().read(true).write(true).open("/dev/tty")
}

fn answered(question: &str) -> Option<String> {
    output::say(question);
    let mut terminal = open().ok()?;
    terminal.write_all(b"> ").and_then(|()| terminal.flush()).ok()?;
    let mut line = String::new();
    let read = BufReader::new(&terminal).read_line(&mut line).ok()?;
    (read > 0).then(|| line.trim_end().to_owned())
}
