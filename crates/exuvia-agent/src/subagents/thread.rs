//! A thread for each subagent that works: its cells compute, and whoever serves tools must not wait for them.

use std::sync::{Arc, Mutex, PoisonError};
use std::thread::Builder;

use exuvia_core::ToolFailure;
use exuvia_sandbox::Interrupter;
use tokio::runtime::Handle;
use tokio::sync::oneshot;

/// Interrupts what computes when nobody waits for it any more. A clone is the same.
#[derive(Clone, Default)]
pub(super) struct Watched(Arc<Mutex<Option<Interrupter>>>);

impl Watched {
    /// Says what is to be interrupted.
    pub(super) fn watch(&self, interrupter: Interrupter) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(interrupter);
    }
}

/// Whoever waits.
struct Waiting(Watched);

impl Drop for Waiting {
    fn drop(&mut self) {
        // What has ended is not interrupted by this.
        if let Some(interrupter) = &*self.0.0.lock().unwrap_or_else(PoisonError::into_inner) {
            interrupter.interrupt();
        }
    }
}

/// Does some work on a thread of its own, in the runtime of whoever waits for it. If nobody does any more, it ends where it
/// next waits itself.
pub(super) async fn working<T, F>(work: impl FnOnce(Watched) -> F + Send + 'static) -> Result<T, ToolFailure>
where
    T: Send + 'static,
    F: Future<Output = T>,
{
    let (runtime, watched) = (Handle::current(), Watched::default());
    // Whoever is interrupted by the end of this sees that nobody waits: the channel goes first.
    let waiting = Waiting(watched.clone());
    let (mut told, answer) = oneshot::channel();
    let thread = Builder::new().name("exuvia-subagent".to_owned()).spawn(move || {
        let done = runtime.block_on(async {
            tokio::select! {
                biased;
                () = told.closed() => None,
                done = work(watched) => Some(done),
            }
        });
        if let Some(done) = done {
            // Whoever has gone meanwhile has no use for it.
            let _unheard = told.send(done);
        }
    });
    thread.map_err(|_| ToolFailure::failed("the host has no thread left for it").retryable())?;
    let done = answer.await.map_err(|_| ToolFailure::failed("it could not go on"));
    drop(waiting);
    done
}
