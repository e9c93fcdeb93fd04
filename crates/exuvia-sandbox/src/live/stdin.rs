//! What a program reads from stdin.

use std::io::Read;
use std::pin::Pin;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, Waker};
use std::thread;

use bytes::{Buf as _, Bytes};
use exuvia_core::{HostAnswer, Reply};

/// What a program reads from stdin.
#[derive(Default)]
pub struct Stdin {
    kind: Kind,
}

#[derive(Default)]
enum Kind {
    #[default]
    Empty,
    Bytes(Bytes),
    Callback(Box<dyn FnMut(usize) -> Vec<u8> + Send>),
    Reader(ReaderThread),
}

impl Stdin {
    /// Nothing: the end comes at once.
    #[must_use]
    pub fn empty() -> Self {
        Self::default()
    }

    /// These bytes.
    #[must_use]
    pub fn bytes(bytes: impl Into<Bytes>) -> Self {
        Self { kind: Kind::Bytes(bytes.into()) }
    }

    /// What a function gives: it is told how many bytes are wanted at the most; none means the end.
    #[must_use]
    pub fn callback(read: impl FnMut(usize) -> Vec<u8> + Send + 'static) -> Self {
        Self { kind: Kind::Callback(Box::new(read)) }
    }

    /// What a reader gives. It is read on a thread of its own and only as far as the program asks, so that a read that
    /// blocks can be interrupted. An error is the end.
    #[must_use]
    pub fn reader(reader: impl Read + Send + 'static) -> Self {
        Self { kind: Kind::Reader(ReaderThread::Idle(Box::new(reader))) }
    }

    pub(super) fn read(&mut self, length_max: u32) -> Reply {
        let length_max = length_max as usize;
        match &mut self.kind {
            Kind::Empty => HostAnswer::Bytes(Vec::new()).into(),
            Kind::Bytes(bytes) => {
                let taken = bytes.split_to(length_max.min(bytes.remaining()));
                HostAnswer::Bytes(taken.to_vec()).into()
            }
            Kind::Callback(read) => {
                let mut bytes = read(length_max);
                bytes.truncate(length_max);
                HostAnswer::Bytes(bytes).into()
            }
            Kind::Reader(reader) => reader.read(length_max),
        }
    }
}

impl std::fmt::Debug for Stdin {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self.kind {
            Kind::Empty => "Stdin::empty()",
            Kind::Bytes(_) => "Stdin::bytes(..)",
            Kind::Callback(_) => "Stdin::callback(..)",
            Kind::Reader(_) => "Stdin::reader(..)",
        })
    }
}

/// A reader, and the thread that reads it once it is asked for something.
enum ReaderThread {
    Idle(Box<dyn Read + Send>),
    Running { wanted: Sender<usize>, shared: Arc<Mutex<Shared>> },
    Ended,
}

/// What the thread has read and the program has not taken yet.
#[derive(Default)]
struct Shared {
    bytes: Bytes,
    /// Whether the thread is reading now.
    asked: bool,
    ended: bool,
    waker: Option<Waker>,
}

impl ReaderThread {
    fn read(&mut self, length_max: usize) -> Reply {
        if let Self::Idle(_) = self {
            self.start();
        }
        match self {
            Self::Running { wanted, shared } => {
                let shared = Arc::clone(shared);
                {
                    let mut state = shared.lock().unwrap_or_else(PoisonError::into_inner);
                    // A read that was interrupted is still under way: its bytes are for this one.
                    if state.bytes.is_empty() && !state.asked && !state.ended {
                        state.asked = wanted.send(length_max).is_ok();
                        state.ended = !state.asked;
                    }
                }
                Reply::Later(Box::pin(Arrival { shared, length_max }))
            }
            Self::Idle(_) | Self::Ended => HostAnswer::Bytes(Vec::new()).into(),
        }
    }

    fn start(&mut self) {
        let Self::Idle(reader) = std::mem::replace(self, Self::Ended) else { return };
        let (wanted, requests) = channel();
        let shared = Arc::new(Mutex::new(Shared::default()));
        let for_thread = Arc::clone(&shared);
        let spawned =
            thread::Builder::new().name("exuvia-stdin".to_owned()).spawn(move || serve(reader, &requests, &for_thread));
        if spawned.is_ok() {
            *self = Self::Running { wanted, shared };
        }
    }
}

fn serve(mut reader: Box<dyn Read + Send>, requests: &Receiver<usize>, shared: &Mutex<Shared>) {
    while let Ok(length_max) = requests.recv() {
        let mut buffer = vec![0; length_max];
        let length = loop {
            match reader.read(&mut buffer) {
                Ok(length) => break length,
                Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
                Err(_) => break 0,
            }
        };
        buffer.truncate(length);
        let mut state = shared.lock().unwrap_or_else(PoisonError::into_inner);
        state.asked = false;
        state.ended = length == 0;
        state.bytes = buffer.into();
        if let Some(waker) = state.waker.take() {
            waker.wake();
        }
    }
}

/// Waits for bytes or the end.
struct Arrival {
    shared: Arc<Mutex<Shared>>,
    length_max: usize,
}

impl Future for Arrival {
    type Output = HostAnswer;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<HostAnswer> {
        let mut state = self.shared.lock().unwrap_or_else(PoisonError::into_inner);
        if state.bytes.is_empty() && !state.ended {
            state.waker = Some(context.waker().clone());
            return Poll::Pending;
        }
        let length = self.length_max.min(state.bytes.len());
        let taken = state.bytes.split_to(length);
        // A terminal's end (Ctrl-D) is an end for this read only.
        state.ended = false;
        Poll::Ready(HostAnswer::Bytes(taken.to_vec()))
    }
}
