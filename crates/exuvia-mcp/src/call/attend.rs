//! Waiting for a cell: progress is told, and a cancellation reaches it.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use exuvia_core::observation::excerpt::shown;
use exuvia_sandbox::Interrupter;
use rmcp::RoleServer;
use rmcp::model::ProgressNotificationParam;
use rmcp::service::RequestContext;
use tokio::time::{Instant, MissedTickBehavior, interval_at};
use tokio_util::sync::CancellationToken;

use super::{Ran, detached};
use crate::output::Tail;
use crate::refusal::Refusal;
use crate::sessions::GRACE;

/// How often progress is told. A cell that is shorter tells none.
const PROGRESS_EACH: Duration = Duration::from_secs(1);
/// How often a cell is interrupted that has been cancelled: more than its grace period, after which it has ended, and what
/// it does in that is not interrupted. It may have been about to begin the first time.
const INTERRUPT_EACH: Duration = GRACE.saturating_add(Duration::from_millis(200));
/// The longest line that is shown of what a cell prints, in bytes.
const LINE_BYTES_MAX: usize = 200;

/// Whether nobody waits for a cell any more. A clone is the same.
#[derive(Debug, Clone, Default)]
pub(crate) struct Cancellation {
    token: CancellationToken,
    running: Arc<Mutex<Option<Interrupter>>>,
}

impl Cancellation {
    pub(super) fn is_cancelled(&self) -> bool {
        self.token.is_cancelled()
    }

    /// Is ready when it is cancelled.
    pub(super) async fn cancelled(&self) {
        self.token.cancelled().await;
    }

    /// Says which cell is to be interrupted, or that there is none any more.
    pub(super) fn aim(&self, at: Option<Interrupter>) {
        *self.running() = at;
    }

    /// Interrupts the cell: it ends with KeyboardInterrupt, or is stopped.
    fn cancel(&self) {
        self.token.cancel();
        if let Some(interrupter) = &*self.running() {
            interrupter.cancel();
        }
    }

    fn running(&self) -> MutexGuard<'_, Option<Interrupter>> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Runs a cell and waits for it. When its client says that it does not want it any more, or has gone, it is interrupted.
pub(super) async fn attend(
    context: &RequestContext<RoleServer>,
    ended: &CancellationToken,
    (cancellation, tail, timeout): (&Cancellation, &Tail, Duration),
    cell: impl Future<Output = Result<Ran, Refusal>> + Send + 'static,
) -> Result<Ran, Refusal> {
    let mut cell = std::pin::pin!(detached(cell));
    let token = context.meta.get_progress_token();
    let began = Instant::now();
    let mut progress = interval_at(began + PROGRESS_EACH, PROGRESS_EACH);
    progress.set_missed_tick_behavior(MissedTickBehavior::Skip);
    loop {
        tokio::select! {
            biased;
            ran = &mut cell => return ran,
            () = context.ct.cancelled() => break,
            () = ended.cancelled() => break,
            _ = progress.tick(), if token.is_some() => {
                let Some(token) = token.clone() else { continue };
                let passed = began.elapsed().as_secs_f64();
                let mut told = ProgressNotificationParam::new(token, passed).with_total(timeout.as_secs_f64());
                if let Some(line) = tail.last_line() {
                    told = told.with_message(shown(&line, LINE_BYTES_MAX));
                }
                // Who does not listen is told that the call has ended all the same.
                let _unheard = context.peer.notify_progress(told).await;
            }
        }
    }
    let mut again = tokio::time::interval(INTERRUPT_EACH);
    loop {
        tokio::select! {
            ran = &mut cell => return ran,
            _ = again.tick() => cancellation.cancel(),
        }
    }
}
