//! The place of one session, in which calls take turns.

use std::sync::Arc;

use exuvia_core::journal::SessionId;
use exuvia_session::Session;
use tokio::sync::{Mutex, OwnedMutexGuard};

use super::Tenant;
use crate::output::Tail;

/// The place of one session.
pub(crate) struct Slot {
    id: SessionId,
    tenant: Tenant,
    tail: Tail,
    state: Arc<Mutex<State>>,
}

/// Where a session is.
pub(crate) enum State {
    /// Here, with a sandbox.
    Awake(Box<Session>),
}

/// A call's turn: nobody else has the session until it is dropped.
pub(crate) type Turn = OwnedMutexGuard<State>;

impl Slot {
    pub(super) fn new(id: SessionId, tenant: Tenant, tail: Tail, session: Session) -> Self {
        Self { id, tenant, tail, state: Arc::new(Mutex::new(State::Awake(Box::new(session)))) }
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

    /// Waits for a turn: whoever came first is first.
    pub(crate) async fn turn(&self) -> Turn {
        Arc::clone(&self.state).lock_owned().await
    }
}
