//! What cells read from the terminal.
//!
//! The prompt reads from the same terminal, so a read that was interrupted must let go of it: otherwise it would take
//! the next line that is typed at the prompt.

use std::io;
use std::os::fd::OwnedFd;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};
use std::thread;

use exuvia_core::{Host, HostAnswer, HostCall, MountFault, Reply};
use exuvia_sandbox::LiveHost;
use rustix::event::{PollFd, PollFlags};

/// How much is read at a time.
const CHUNK_BYTES: usize = 4_096;

/// A live host whose input is the terminal.
pub(super) struct TerminalHost {
    live: LiveHost,
    keyboard: Keyboard,
}

impl TerminalHost {
    pub(super) fn new(live: LiveHost, keyboard: Keyboard) -> Self {
        Self { live, keyboard }
    }
}

impl Host for TerminalHost {
    fn call(&mut self, call: HostCall<'_>) -> Reply {
        match call {
            HostCall::Input { length_max } => Reply::Later(Box::pin(self.keyboard.read(length_max as usize))),
            call => self.live.call(call),
        }
    }

    fn read_mount(
        &mut self,
        mount: u32,
        path: &[u8],
        offset: u64,
        buffer: &mut [u8],
    ) -> Option<Result<(), MountFault>> {
        self.live.read_mount(mount, path, offset, buffer)
    }

    fn next_interrupt(&mut self) -> Option<u64> {
        self.live.next_interrupt()
    }
}

/// The terminal's input.
#[derive(Default)]
pub(super) struct Keyboard {
    typed: Arc<Mutex<Typed>>,
}

/// What was typed and not yet taken.
#[derive(Default)]
struct Typed {
    bytes: Vec<u8>,
    /// The end was typed (Ctrl-D), which is the end for one read.
    ended: bool,
    waker: Option<Waker>,
}

impl Keyboard {
    fn read(&self, length_max: usize) -> Typing {
        Typing { typed: Arc::clone(&self.typed), length_max, watched: None }
    }
}

/// Waits until something was typed. Dropping it lets go of the terminal.
struct Typing {
    typed: Arc<Mutex<Typed>>,
    length_max: usize,
    /// The end of a pipe which the reading thread watches: it stops when this is closed.
    watched: Option<OwnedFd>,
}

impl Future for Typing {
    type Output = HostAnswer;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<HostAnswer> {
        let length_max = self.length_max;
        {
            let mut typed = lock(&self.typed);
            if !typed.bytes.is_empty() || typed.ended {
                typed.ended = false;
                let length = length_max.min(typed.bytes.len());
                return Poll::Ready(HostAnswer::Bytes(typed.bytes.drain(..length).collect()));
            }
            typed.waker = Some(context.waker().clone());
        }
        if self.watched.is_none() {
            match start(&self.typed) {
                Ok(watched) => self.watched = Some(watched),
                Err(_) => return Poll::Ready(HostAnswer::Bytes(Vec::new())),
            }
        }
        Poll::Pending
    }
}

fn start(typed: &Arc<Mutex<Typed>>) -> io::Result<OwnedFd> {
    let (watching, watched) = rustix::pipe::pipe()?;
    let typed = Arc::clone(typed);
    thread::Builder::new().name("exuvia-keyboard".to_owned()).spawn(move || {
        let Some(bytes) = read(&watching) else { return };
        let mut typed = lock(&typed);
        typed.ended = bytes.is_empty();
        typed.bytes.extend(bytes);
        if let Some(waker) = typed.waker.take() {
            waker.wake();
        }
    })?;
    Ok(watched)
}

/// Reads what is typed next; empty at the end, `None` when nobody wants it any more.
fn read(watching: &OwnedFd) -> Option<Vec<u8>> {
    let stdin = rustix::stdio::stdin();
    loop {
        let mut fds = [PollFd::new(&stdin, PollFlags::IN), PollFd::new(watching, PollFlags::IN)];
        match rustix::event::poll(&mut fds, None) {
            Ok(_) => {}
            Err(rustix::io::Errno::INTR) => continue,
            Err(_) => return Some(Vec::new()),
        }
        if !fds[1].revents().is_empty() {
            return None;
        }
        let mut bytes = vec![0; CHUNK_BYTES];
        match rustix::io::read(stdin, &mut bytes) {
            Ok(length) => {
                bytes.truncate(length);
                return Some(bytes);
            }
            Err(rustix::io::Errno::INTR | rustix::io::Errno::AGAIN) => {}
            Err(_) => return Some(Vec::new()),
        }
    }
}

fn lock(typed: &Mutex<Typed>) -> MutexGuard<'_, Typed> {
    typed.lock().unwrap_or_else(PoisonError::into_inner)
}
