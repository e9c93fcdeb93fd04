//! Asking the person at the terminal: one question at a time, and each line that is typed is the answer to the question that
//! stands there.
//!
//! Programs ask many things at a time, and may stop waiting for an answer, because they were interrupted, say. Then their
//! question is gone, and no line is its answer any more: neither one that is typed later, nor one that was being typed.
//! As long as nothing is asked nothing is read, so that the lines are whoever's that reads the terminal otherwise.

use std::collections::VecDeque;
use std::fs::{File, OpenOptions};
use std::io::{IsTerminal as _, PipeReader, PipeWriter, Read as _, Write as _};
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::task::{Context, Poll};
use std::thread;

use rustix::event::{PollFd, PollFlags, poll};
use rustix::io::Errno;
use rustix::termios::{QueueSelector, tcflush};
use tokio::sync::oneshot::{self, Receiver, Sender};

use crate::output;

/// The longest answer, in bytes: what comes after that is left out. A terminal's own limit is 4 KiB.
const LINE_BYTES_MAX: usize = 64 << 10;

/// Where the person at the terminal is asked. A clone is the same.
#[derive(Clone)]
pub(crate) struct Desk(Arc<Shared>);

/// A question.
#[derive(Debug, Clone)]
pub(crate) struct Question {
    /// What it is about, without characters that a terminal obeys.
    pub(crate) text: String,
    /// What stands where the answer is typed.
    pub(crate) prompt: &'static str,
    /// Whether it goes before all others.
    pub(crate) is_urgent: bool,
}

/// What was typed; `None`: nobody sits there any more. When this is dropped, the question is gone.
pub(crate) struct Answer {
    desk: Desk,
    number: u64,
    line: Receiver<Option<String>>,
}

struct Shared {
    state: Mutex<State>,
    /// Has the desk look again at what is asked.
    wake: PipeWriter,
}

struct State {
    questions: VecDeque<Asked>,
    /// The number of the next one.
    next: u64,
    /// What the desk needs to begin; `None`: it has begun.
    idle: Option<(File, PipeReader)>,
    /// Whether it could not begin: nobody can be asked then.
    is_gone: bool,
}

struct Asked {
    number: u64,
    question: Question,
    told: Sender<Option<String>>,
}

impl Desk {
    /// Returns that of this process, if somebody would see a question there.
    pub(crate) fn find() -> Option<Self> {
        static DESK: OnceLock<Option<Desk>> = OnceLock::new();
        DESK.get_or_init(|| {
            if !std::io::stderr().is_terminal() {
                return None;
            }
            let terminal = OpenOptions::new().read(true).write(true).open("/dev/tty").ok()?;
            let (woken, wake) = std::io::pipe().ok()?;
            let state = State { questions: VecDeque::new(), next: 0, idle: Some((terminal, woken)), is_gone: false };
            Some(Self(Arc::new(Shared { state: Mutex::new(state), wake })))
        })
        .clone()
    }

    /// Asks.
    pub(crate) fn ask(&self, question: Question) -> Answer {
        let (told, line) = oneshot::channel();
        let mut state = self.lock();
        let number = state.next;
        state.next += 1;
        let is_urgent = question.is_urgent;
        let asked = Asked { number, question, told };
        if is_urgent {
            state.questions.push_front(asked)
        } else {
            state.questions.push_back(asked)
        }
        if let Some((terminal, woken)) = state.idle.take() {
            let desk = self.clone();
            let serve = move || desk.serve(&terminal, &woken);
            state.is_gone = thread::Builder::new().name("exuvia-desk".to_owned()).spawn(serve).is_err();
        }
        if state.is_gone {
            state.questions.clear();
        }
        drop(state);
        self.wake();
        Answer { desk: self.clone(), number, line }
    }

    /// Shows questions, and reads the answers.
    fn serve(&self, terminal: &File, woken: &PipeReader) {
        let mut shown: Option<u64> = None;
        let mut line = Vec::new();
        loop {
            let first = self.first();
            let number = first.as_ref().map(|(number, _)| *number);
            if number != shown {
                if shown.is_some() {
                    // The cursor stands behind what is not asked any more.
                    write(terminal, "\n");
                }
                line.clear();
                if let Some((_, question)) = first {
                    // Whatever was typed before this is seen is no answer to it.
                    let _kept = tcflush(terminal, QueueSelector::IFlush);
                    output::say(&question.text);
                    write(terminal, question.prompt);
                }
                shown = number;
            }
            if !wait(terminal, woken, shown.is_some()) {
                continue;
            }
            let mut bytes = [0; 4096];
            let count = match (&mut { terminal }).read(&mut bytes) {
                Err(error) if error.kind() == std::io::ErrorKind::Interrupted => continue,
                Ok(count) => count,
                Err(_) => 0,
            };
            let typed = &bytes[..count];
            line.extend(typed.iter().take(LINE_BYTES_MAX.saturating_sub(line.len())));
            if count > 0 && !typed.contains(&b'\n') {
                continue;
            }
            // At the end of all input there is no answer.
            let answer = (count > 0).then(|| String::from_utf8_lossy(&std::mem::take(&mut line)).trim_end().to_owned());
            if self.tell(shown, answer) {
                shown = None;
            }
        }
    }

    /// Returns the question that is to be answered first.
    fn first(&self) -> Option<(u64, Question)> {
        let state = self.lock();
        state.questions.front().map(|asked| (asked.number, asked.question.clone()))
    }

    /// Gives the answer to the question that is shown. Returns whether that was still asked.
    fn tell(&self, shown: Option<u64>, answer: Option<String>) -> bool {
        let mut state = self.lock();
        // An urgent one may have come before it.
        let Some(place) = state.questions.iter().position(|asked| Some(asked.number) == shown) else { return false };
        let asked = state.questions.remove(place);
        // Whoever has just gone has no use for it.
        asked.is_some_and(|asked| asked.told.send(answer).is_ok())
    }

    fn wake(&self) {
        // Where it is full, it is awake.
        let _ = (&self.0.wake).write_all(b".");
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Future for Answer {
    type Output = Option<String>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<String>> {
        Pin::new(&mut self.line).poll(context).map(|line| line.ok().flatten())
    }
}

impl Drop for Answer {
    fn drop(&mut self) {
        self.desk.lock().questions.retain(|asked| asked.number != self.number);
        self.desk.wake();
    }
}

/// Waits until there is something to do. Returns whether something can be read from the terminal, if it is to be.
fn wait(terminal: &File, mut woken: &PipeReader, is_asked: bool) -> bool {
    let mut fds = vec![PollFd::new(woken, PollFlags::IN)];
    if is_asked {
        fds.push(PollFd::new(terminal, PollFlags::IN));
    }
    match poll(&mut fds, None) {
        Ok(_) | Err(Errno::INTR) => {}
        // A system that cannot wait for it reads at once.
        Err(_) => return is_asked,
    }
    let [is_woken, is_typed] = [0, 1].map(|place| fds.get(place).is_some_and(|fd| !fd.revents().is_empty()));
    if is_woken {
        let _ = woken.read(&mut [0; 64]);
        // What is asked comes first: a line may be nobody's by now.
        return false;
    }
    is_typed
}

fn write(mut terminal: &File, text: &str) {
    // Where it is gone, so is whoever would answer.
    let _ = terminal.write_all(text.as_bytes());
}
