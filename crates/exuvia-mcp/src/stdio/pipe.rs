//! stdin and stdout, without waiting on a thread for them.
//!
//! Both may be shared with other processes, so they stay blocking. They are read when something is there, and written to
//! at once where a message fits; longer ones wait for their reader on a thread.

use std::io;
use std::os::fd::OwnedFd;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{self, Sender};
use std::sync::{Arc, OnceLock};
use std::task::{Poll, ready};
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;
use tokio::io::Interest;
use tokio::io::unix::AsyncFd;
use tokio::sync::{Notify, oneshot};

/// What can be written where there is room at all, on every system: POSIX has it as `PIPE_BUF`.
const AT_ONCE_BYTES_MAX: usize = 4_096;
/// How many messages wait for their reader before nothing more is read.
const WAITING_MAX: usize = 64;
/// How long the end waits for the reader of what was answered.
const FLUSH_TIME_MAX: Duration = Duration::from_secs(2);

/// What is read from.
pub(super) enum Input {
    /// A pipe, a socket, a terminal.
    Watched(AsyncFd<OwnedFd>),
    /// A file, which is always ready.
    Ready(OwnedFd),
}

impl Input {
    #[expect(deprecated, reason = "what is registered owns its descriptor: the promise that it stays open is kept")]
    pub(super) fn new(input: OwnedFd) -> io::Result<Self> {
        match AsyncFd::try_with_interest(input, Interest::READABLE) {
            Ok(watched) => Ok(Self::Watched(watched)),
            Err(error) => match error.into_parts() {
                (input, error) if Errno::from_io_error(&error) == Some(Errno::PERM) => Ok(Self::Ready(input)),
                (_, error) => Err(error),
            },
        }
    }

    /// Appends what there is, as far as there is room. Returns how much it was; 0: the end. It may be dropped and asked
    /// again.
    pub(super) async fn read(&self, into: &mut Vec<u8>) -> io::Result<usize> {
        match self {
            Self::Ready(file) => read(file, into),
            Self::Watched(watched) => {
                std::future::poll_fn(|context| {
                    loop {
                        let mut guard = ready!(watched.poll_read_ready(context))?;
                        let attempt = guard.try_io(|input| {
                            if is_ready(input.get_ref(), PollFlags::IN) {
                                read(input.get_ref(), into)
                            } else {
                                Err(io::ErrorKind::WouldBlock.into())
                            }
                        });
                        if let Ok(result) = attempt {
                            return Poll::Ready(result);
                        }
                    }
                })
                .await
            }
        }
    }
}

fn read(input: &OwnedFd, into: &mut Vec<u8>) -> io::Result<usize> {
    Ok(rustix::io::retry_on_intr(|| rustix::io::read(input, rustix::buffer::spare_capacity(into)))?)
}

/// Returns whether something can be done now, or is known never to be possible.
fn is_ready(file: &OwnedFd, wanted: PollFlags) -> bool {
    let mut files = [PollFd::new(file, wanted)];
    matches!(poll(&mut files, Some(&Timespec::default())), Ok(1..))
}

/// What is written to. A clone is the same.
#[derive(Clone)]
pub(super) struct Output {
    shared: Arc<Shared>,
}

struct Shared {
    file: OwnedFd,
    /// The thread that writes what does not fit, once there is one.
    thread: OnceLock<Option<Sender<Job>>>,
    /// How many messages it has to write still.
    waiting: AtomicUsize,
    written: Notify,
}

struct Job {
    shared: Arc<Shared>,
    bytes: Vec<u8>,
    done: oneshot::Sender<io::Result<()>>,
}

impl Output {
    pub(super) fn new(file: OwnedFd) -> Self {
        let (thread, waiting, written) = (OnceLock::new(), AtomicUsize::new(0), Notify::new());
        Self { shared: Arc::new(Shared { file, thread, waiting, written }) }
    }

    /// Writes a message after those that were given before. It is written whether the future is polled or not.
    pub(super) fn write(&self, bytes: Vec<u8>) -> impl Future<Output = io::Result<()>> + Send + 'static {
        let (done, receiver) = oneshot::channel();
        let shared = &self.shared;
        let is_next = shared.waiting.load(Ordering::Acquire) == 0;
        let result = if is_next && bytes.len() <= AT_ONCE_BYTES_MAX && is_ready(&shared.file, PollFlags::OUT) {
            Some(write(&shared.file, &bytes))
        } else {
            self.hand_on(Job { shared: Arc::clone(shared), bytes, done });
            None
        };
        async move {
            match result {
                Some(result) => result,
                None => receiver.await.unwrap_or_else(|_| Err(io::ErrorKind::BrokenPipe.into())),
            }
        }
    }

    fn hand_on(&self, job: Job) {
        let thread = self.shared.thread.get_or_init(|| {
            let (sender, jobs) = mpsc::channel::<Job>();
            let work = move || jobs.into_iter().for_each(Job::perform);
            let thread = std::thread::Builder::new().name("exuvia-stdout".to_owned()).spawn(work);
            thread.is_ok().then_some(sender)
        });
        if let Some(thread) = thread {
            self.shared.waiting.fetch_add(1, Ordering::AcqRel);
            if thread.send(job).is_err() {
                self.shared.waiting.fetch_sub(1, Ordering::AcqRel);
            }
        }
    }

    /// Waits until few enough messages wait to be written.
    pub(super) async fn has_room(&self) {
        self.fewer_than(WAITING_MAX).await;
    }

    /// Waits until all is written, but not for ever: its reader may do nothing.
    pub(super) async fn flush(&self) -> io::Result<()> {
        let flushed = tokio::time::timeout(FLUSH_TIME_MAX, self.fewer_than(1)).await;
        flushed.map_err(|_| io::ErrorKind::TimedOut.into())
    }

    async fn fewer_than(&self, count: usize) {
        loop {
            let written = self.shared.written.notified();
            if self.shared.waiting.load(Ordering::Acquire) < count {
                return;
            }
            written.await;
        }
    }
}

impl Job {
    fn perform(self) {
        let result = write(&self.shared.file, &self.bytes);
        self.shared.waiting.fetch_sub(1, Ordering::AcqRel);
        self.shared.written.notify_waiters();
        // Who has sent it need not be waiting.
        let _unheard = self.done.send(result);
    }
}

fn write(file: &OwnedFd, mut bytes: &[u8]) -> io::Result<()> {
    while !bytes.is_empty() {
        match rustix::io::write(file, bytes) {
            Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
            Ok(written) => bytes = &bytes[written..],
            Err(Errno::INTR) => {}
            // Somebody else has made it so.
            Err(Errno::AGAIN) => {
                poll(&mut [PollFd::new(file, PollFlags::OUT)], None)?;
            }
            Err(error) => return Err(error.into()),
        }
    }
    Ok(())
}
