//! The place of one session, in which calls take turns.

use std::ops::Deref;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex as Lock, PoisonError};

use exuvia_core::journal::SessionId;
use exuvia_sandbox::FileEntry;
use exuvia_session::Session;
use tokio::sync::{Mutex, OwnedMutexGuard};
use tokio::time::Instant;

use super::Tenant;
use crate::desk::{Desk, computing};
use crate::output::Tail;
use crate::refusal::Refusal;

/// How many calls of one session wait for their turns, the one that has it among them.
const VISITS_MAX: usize = 17;

/// The place of one session.
pub(crate) struct Slot {
    id: SessionId,
    tenant: Tenant,
    tail: Tail,
    /// The session, unless it is put away.
    state: Arc<Mutex<Option<Box<Awake>>>>,
    /// How many calls are here.
    visits: AtomicUsize,
    /// When the last one left.
    left: Lock<Instant>,
}

/// A session with a sandbox.
pub(crate) struct Awake {
    pub(crate) session: Session,
    /// The files that there were after the last cell.
    pub(crate) files: Option<Vec<FileEntry>>,
    /// What the next cell's answer is to say, too.
    pub(crate) notice: Option<Notice>,
    /// How many cells have crashed the interpreter since the session began, or this process woke it.
    pub(crate) crashes: u32,
}

/// What has become of a session without its client's doing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Notice {
    /// This cell ran when its server ended: it was interrupted.
    Interrupted { cell: u32 },
    /// The same, and it did not react to that: it counts for nothing.
    Undone { cell: u32 },
    /// The same, and it has come to its end.
    Ended { cell: u32 },
    /// This cell has ended its process elsewhere: it counts for nothing.
    Exited { cell: u32 },
    /// The connection's own session was this one, until somebody removed it.
    Replaced { before: SessionId },
}

/// A call's turn: nobody else has the session until it is dropped.
pub(crate) type Turn = OwnedMutexGuard<Option<Box<Awake>>>;

/// A call that is in a slot: as long as there is one, the slot stays in the table.
pub(crate) struct Visit {
    slot: Arc<Slot>,
}

/// Returns the session of a turn that has been [woken](super::Sessions::wake).
pub(crate) fn awake(turn: &mut Turn) -> &mut Awake {
    turn.as_mut().expect("it was woken in this turn")
}

/// [Computes](computing) with the session of a turn that has been woken.
pub(crate) async fn computing_in<T: Send + 'static>(
    mut turn: Turn,
    work: impl AsyncFnOnce(&mut Awake) -> T + Send + 'static,
) -> (Turn, T) {
    computing(move || async move {
        let result = work(awake(&mut turn)).await;
        (turn, result)
    })
    .await
}

/// [Computes](Desk::computing) at a desk, if it is free, with the session of a turn that has been woken.
pub(crate) async fn computing_at<T: Send + 'static>(
    desk: &Desk,
    mut turn: Turn,
    work: impl AsyncFnOnce(&mut Awake) -> T + Send + 'static,
) -> (Turn, T) {
    desk.computing(move || async move {
        let result = work(awake(&mut turn)).await;
        (turn, result)
    })
    .await
}

impl Awake {
    pub(crate) fn new(session: Session) -> Self {
        Self { session, files: None, notice: None, crashes: 0 }
    }
}

impl Slot {
    pub(super) fn awake(tenant: Tenant, tail: Tail, session: Session) -> Self {
        Self::new(session.id().clone(), tenant, tail, Some(Box::new(Awake::new(session))))
    }

    pub(super) fn away(id: SessionId, tenant: Tenant) -> Self {
        Self::new(id, tenant, Tail::default(), None)
    }

    fn new(id: SessionId, tenant: Tenant, tail: Tail, state: Option<Box<Awake>>) -> Self {
        let (visits, left) = (AtomicUsize::new(0), Lock::new(Instant::now()));
        Self { id, tenant, tail, state: Arc::new(Mutex::new(state)), visits, left }
    }

    pub(crate) fn id(&self) -> &SessionId {
        &self.id
    }

    pub(crate) fn tenant(&self) -> &Tenant {
        &self.tenant
    }

    pub(crate) fn tail(&self) -> &Tail {
        &self.tail
    }

    /// Takes a turn if nobody else has it.
    pub(crate) fn try_turn(&self) -> Option<Turn> {
        Arc::clone(&self.state).try_lock_owned().ok()
    }

    /// Returns whether no call is here.
    pub(super) fn is_idle(&self) -> bool {
        self.visits.load(Ordering::Acquire) == 0
    }

    /// Returns when the last call left.
    pub(super) fn left(&self) -> Instant {
        *self.left.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Visit {
    pub(super) fn new(slot: Arc<Slot>) -> Self {
        slot.visits.fetch_add(1, Ordering::AcqRel);
        Self { slot }
    }

    /// Waits for a turn: whoever came first is first.
    pub(crate) async fn turn(&self) -> Result<Turn, Refusal> {
        if self.slot.visits.load(Ordering::Acquire) > VISITS_MAX {
            return Err(Refusal::Busy("for this session"));
        }
        Ok(Arc::clone(&self.slot.state).lock_owned().await)
    }
}

impl Deref for Visit {
    type Target = Slot;

    fn deref(&self) -> &Slot {
        &self.slot
    }
}

impl Drop for Visit {
    fn drop(&mut self) {
        *self.slot.left.lock().unwrap_or_else(PoisonError::into_inner) = Instant::now();
        self.slot.visits.fetch_sub(1, Ordering::AcqRel);
    }
}
