//! Running a cell in its turn.

use std::sync::Arc;
use std::time::Duration;

use exuvia_core::{Outcome, Status, StopReason};
use exuvia_session::Settled;

use super::Cancellation;
use crate::answer::SHOWN_BYTES_MAX;
use crate::refusal::Refusal;
use crate::sessions::{Awake, Notice, OWNER, Sessions, Visit, computing_at};

/// A cell that is to be run.
pub(super) struct Job {
    pub(super) sessions: Arc<Sessions>,
    pub(super) visit: Visit,
    pub(super) code: String,
    pub(super) timeout: Duration,
    pub(super) cpu_time: Option<Duration>,
    pub(super) cancellation: Cancellation,
}

/// A cell that has run.
pub(crate) struct Ran {
    pub(crate) outcome: Outcome,
    /// What it has left.
    pub(crate) settled: Settled,
    /// What has become of its session since the cell before.
    pub(crate) notice: Option<Notice>,
    /// How many cells of the session have crashed its interpreter since it began, with it.
    pub(crate) crashes: u32,
}

impl Ran {
    /// Returns whether it missed a name at the beginning of a session: whoever wrote it may have meant another one.
    pub(super) fn is_new_and_lost(&self) -> bool {
        let error = self.outcome.error.as_ref();
        self.settled.cell == 1 && error.is_some_and(|error| error.type_name == "NameError")
    }
}

impl Job {
    /// Runs the cell in its turn. It leaves the line if it is cancelled before that.
    pub(super) async fn run(self) -> Result<Ran, Refusal> {
        let Self { sessions, visit, code, timeout, cpu_time, cancellation } = self;
        let mut turn = tokio::select! {
            biased;
            () = cancellation.cancelled() => return Err(Refusal::Cancelled),
            turn = visit.turn() => turn?,
        };
        let permit = tokio::select! {
            biased;
            () = cancellation.cancelled() => return Err(Refusal::Cancelled),
            permit = sessions.permits().acquire(visit.tenant()) => permit?,
        };
        sessions.wake(&visit, &mut turn).await?;
        visit.tail().clear();
        let aimed = cancellation.clone();
        let work = async move |awake: &mut Awake| perform(awake, &code, (timeout, cpu_time), &aimed).await;
        let (mut turn, ran) = computing_at(sessions.desk(), turn, work).await;
        drop(permit);
        cancellation.aim(None);
        if matches!(ran, Err(Refusal::Session(_))) {
            // What is in its journal is what the next call goes on with.
            sessions.drop_session(&mut turn).await;
        }
        ran
    }
}

async fn perform(
    awake: &mut Awake,
    code: &str,
    (wall_time, cpu_time): (Duration, Option<Duration>),
    cancellation: &Cancellation,
) -> Result<Ran, Refusal> {
    let Awake { session, files, notice, crashes } = awake;
    session.ready().await?;
    session.sandbox().limit_time(Some(wall_time), cpu_time);
    let before = files.take().unwrap_or_else(|| session.files());
    cancellation.aim(Some(session.interrupter()));
    if cancellation.is_cancelled() {
        // Whoever cancels it from here on interrupts it.
        return Err(Refusal::Cancelled);
    }
    let outcome = session.run(code).await?;
    let (settled, after) = session.settle(&outcome, before, SHOWN_BYTES_MAX).await?;
    *files = after;
    if matches!(outcome.status, Status::Stopped { reason: StopReason::Abort | StopReason::Trap }) {
        *crashes = crashes.saturating_add(1);
    }
    if cancellation.is_cancelled() {
        session.note(OWNER, serde_json::json!({ "cancelled": settled.cell }))?;
    }
    Ok(Ran { outcome, settled, notice: notice.take(), crashes: *crashes })
}
