//! Asking at the terminal whether a call may be made.

use std::fs::{File, OpenOptions};
use std::future::ready;
use std::io::{BufRead as _, BufReader, IsTerminal as _, Write as _};
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};
use std::thread;

use exuvia_tools::{Approval, ApprovalFuture, ApprovalRequest, Approver};

use super::remembered::Remembered;
use crate::{failure, output};

/// How many characters of a call's arguments are shown.
const SHOWN_MAX: usize = 2_000;

/// Whoever sits at the terminal of this process, and what they have agreed to before.
pub(super) struct Terminal {
    remembered: Option<Remembered>,
    is_there: bool,
}

impl Terminal {
    /// Returns whoever can be asked: at a terminal at which somebody would see a question, or by what was agreed to.
    pub(super) fn find(remembered: Option<Remembered>) -> Option<Self> {
        let is_there = std::io::stderr().is_terminal() && open().is_ok();
        (is_there || remembered.is_some()).then_some(Self { remembered, is_there })
    }
}

impl Approver for Terminal {
    fn ask(&self, request: ApprovalRequest) -> ApprovalFuture {
        if self.remembered.as_ref().is_some_and(|remembered| remembered.has(&request.declaration.name)) {
            return Box::pin(ready(Approval::Always));
        }
        if !self.is_there {
            return Box::pin(ready(Approval::Deny("it needs approval, and nobody is there to ask".to_owned())));
        }
        let answer = Answer::default();
        let (given, remembered) = (answer.clone(), self.remembered.clone());
        // The thread ends with the line that is typed; one that nobody waits for any more is dropped.
        let asked = thread::Builder::new()
            .name("approver".to_owned())
            .spawn(move || given.give(ask(&request, remembered.as_ref())));
        if asked.is_err() {
            answer.give(Approval::Deny("nobody could be asked".to_owned()));
        }
        Box::pin(answer)
    }
}

fn open() -> std::io::Result<File> {
    OpenOptions::new().read(true).write(true).open("/dev/tty")
}

fn ask(request: &ApprovalRequest, remembered: Option<&Remembered>) -> Approval {
    let denied = || Approval::Deny("whoever was asked said no".to_owned());
    output::say(&format!("the program wants to call {}", shown(request)));
    let Ok(mut terminal) = open() else { return denied() };
    let question = match remembered {
        Some(_) => "allow it? [y]es, [a]lways in this session, [r]emember for later ones, [n]o: ",
        None => "allow it? [y]es, [a]lways, [n]o: ",
    };
    loop {
        let mut line = String::new();
        let asked = terminal.write_all(question.as_bytes()).and_then(|()| terminal.flush());
        if asked.is_err() || !matches!(BufReader::new(&terminal).read_line(&mut line), Ok(1..)) {
            return denied();
        }
        match line.trim().to_ascii_lowercase().as_str() {
            "y" | "yes" => return Approval::Once,
            "a" | "always" => return Approval::Always,
            "r" | "remember" if remembered.is_some() => {
                if let Some(Err(error)) = remembered.map(|remembered| remembered.keep(&request.declaration.name)) {
                    output::say(&format!("it cannot be remembered: {}", failure::reason(&error)));
                }
                return Approval::Always;
            }
            "n" | "no" => return denied(),
            _ => {}
        }
    }
}

/// Returns the call as a line. The arguments are the program's words: nothing in them reaches the terminal as a control.
fn shown(request: &ApprovalRequest) -> String {
    let arguments = request.arguments.to_string();
    let mut call = format!("{}(", request.declaration.name);
    for character in arguments.chars().take(SHOWN_MAX) {
        if character.is_ascii_graphic() || character == ' ' || character.is_alphanumeric() {
            call.push(character);
        } else {
            call.extend(character.escape_unicode());
        }
    }
    if arguments.chars().nth(SHOWN_MAX).is_some() {
        call.push('…');
    }
    call.push(')');
    call
}

/// An answer that comes when a line was typed.
#[derive(Clone, Default)]
struct Answer {
    shared: Arc<Mutex<(Option<Approval>, Option<Waker>)>>,
}

impl Answer {
    fn give(&self, approval: Approval) {
        let mut shared = self.lock();
        shared.0 = Some(approval);
        if let Some(waker) = shared.1.take() {
            waker.wake();
        }
    }

    fn lock(&self) -> MutexGuard<'_, (Option<Approval>, Option<Waker>)> {
        self.shared.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Future for Answer {
    type Output = Approval;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Approval> {
        let mut shared = self.lock();
        match shared.0.take() {
            Some(approval) => Poll::Ready(approval),
            None => {
                shared.1 = Some(context.waker().clone());
                Poll::Pending
            }
        }
    }
}
