//! The tokio runtime that timers, programs and HTTP need.

use std::future::Future;
use std::pin::Pin;
use std::sync::OnceLock;
use std::task::{Context, Poll};

use exuvia_core::ToolFailure;
use tokio::runtime::Handle;
use tokio::task::JoinHandle;

/// The threads of a runtime of our own: these, and as many for what blocks (names are looked up there).
const THREADS: usize = 2;

/// A tokio runtime: the one that was given, or one of our own, made when it is first needed.
pub(crate) enum Runtime {
    Given(Handle),
    Own(OnceLock<Option<tokio::runtime::Runtime>>),
}

impl Runtime {
    pub(crate) fn new(given: Option<Handle>) -> Self {
        match given {
            Some(handle) => Self::Given(handle),
            None => Self::Own(OnceLock::new()),
        }
    }

    /// Returns its handle.
    pub(crate) fn handle(&self) -> Result<&Handle, ToolFailure> {
        match self {
            Self::Given(handle) => Ok(handle),
            Self::Own(own) => own
                .get_or_init(|| {
                    tokio::runtime::Builder::new_multi_thread()
                        .worker_threads(THREADS)
                        .max_blocking_threads(THREADS)
                        .thread_name("exuvia-tools")
                        .enable_all()
                        .build()
                        .ok()
                })
                .as_ref()
                .map(tokio::runtime::Runtime::handle)
                .ok_or_else(|| ToolFailure::failed("the host has no thread left to run tools on").retryable()),
        }
    }
}

impl Drop for Runtime {
    fn drop(&mut self) {
        // Without waiting: the last owner may be a task of this very runtime.
        if let Self::Own(own) = self
            && let Some(runtime) = own.take().flatten()
        {
            runtime.shutdown_background();
        }
    }
}

/// A task that ends when nobody waits for it any more.
pub(crate) struct Task<T>(JoinHandle<T>);

impl<T: Send + 'static> Task<T> {
    pub(crate) fn spawn(handle: &Handle, work: impl Future<Output = T> + Send + 'static) -> Self {
        Self(handle.spawn(work))
    }
}

impl<T> Drop for Task<T> {
    fn drop(&mut self) {
        self.0.abort();
    }
}

impl<T> Future for Task<T> {
    /// `None`: it panicked, or its runtime is shutting down.
    type Output = Option<T>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<T>> {
        Pin::new(&mut self.0).poll(context).map(Result::ok)
    }
}
