//! The sessions of all connections.
//!
//! Each has a slot, in which calls take turns. Whose a session is stands in its journal.

mod slot;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use exuvia_core::journal::{Opened, Opening, SessionId};
use exuvia_session::{Session, SessionError};
use serde::{Deserialize, Serialize};
use tokio::sync::SetOnce;

use crate::maker::{Maker, MakerError, Prepared};
use crate::output::Tail;
pub(crate) use slot::{Slot, State};

/// What the note is called that says whose a session is.
const OWNER: &str = "exuvia.mcp";

/// Whose sessions somebody may use: a name that is no secret.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Tenant(String);

impl Tenant {
    /// Names a tenant.
    #[must_use]
    pub fn new(name: impl Into<String>) -> Self {
        Self(name.into())
    }
}

/// Who has begun a session, as its journal has it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Owner<T = &'static str> {
    pub(crate) tenant: Tenant,
    pub(crate) transport: T,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) client: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) protocol: Option<String>,
}

/// How sessions are kept.
#[derive(Debug, Clone)]
pub struct SessionOptions {
    /// How long a cell may take if its call does not say. Default: a minute.
    pub timeout: Duration,
    /// How long a cell may take at most. Default: ten minutes.
    pub timeout_max: Duration,
    /// How many letters an id has, five bits each. Default: 20.
    pub id_letters: usize,
}

impl Default for SessionOptions {
    fn default() -> Self {
        Self { timeout: Duration::from_secs(60), timeout_max: Duration::from_secs(600), id_letters: 20 }
    }
}

/// The sessions of all connections.
pub struct Sessions {
    options: SessionOptions,
    /// Who makes sandboxes, and what a new session begins with.
    maker: SetOnce<(Arc<dyn Maker>, Opened)>,
    slots: Mutex<HashMap<SessionId, Arc<Slot>>>,
}

/// Why there is no session for a call.
#[derive(Debug, thiserror::Error)]
pub(crate) enum NoSession {
    /// There is none of this name, or it is somebody else's: nobody is told which.
    #[error("there is no session `{wanted}`")]
    Unknown { wanted: String },
    #[error(transparent)]
    Session(#[from] SessionError),
    #[error("{0}")]
    Maker(MakerError),
}

impl Sessions {
    /// Makes the table of sessions. Calls wait until somebody [can make](Self::open) them.
    #[must_use]
    pub fn new(options: SessionOptions) -> Arc<Self> {
        Arc::new(Self { options, maker: SetOnce::new(), slots: Mutex::default() })
    }

    /// Says who makes sandboxes. Only the first one counts.
    ///
    /// # Errors
    ///
    /// Those of [`Maker::prepare`].
    pub fn open(&self, maker: Arc<dyn Maker>) -> Result<(), MakerError> {
        let Prepared { opened, .. } = maker.prepare(&Tail::default())?;
        // A second one would be told that there is one.
        let _first = self.maker.set((maker, opened));
        Ok(())
    }

    pub(crate) fn options(&self) -> &SessionOptions {
        &self.options
    }

    /// Waits until sessions can be made.
    pub(crate) async fn ready(&self) {
        self.maker.wait().await;
    }

    /// Returns what a new session begins with, once that is known.
    pub(crate) fn offer(&self) -> Option<&Opened> {
        self.maker.get().map(|(_, opened)| opened)
    }

    async fn maker(&self) -> &Arc<dyn Maker> {
        &self.maker.wait().await.0
    }

    /// Begins a session.
    pub(crate) async fn begin(&self, owner: &Owner) -> Result<Arc<Slot>, NoSession> {
        let maker = self.maker().await;
        let id = self.new_id(&**maker)?;
        maker.note_begun(&id).map_err(NoSession::Maker)?;
        let tail = Tail::default();
        let Prepared { environment, mut opened } = maker.prepare(&tail).map_err(NoSession::Maker)?;
        maker.fill_random(&mut opened.seed).map_err(NoSession::Maker)?;
        opened.limits.wall_time = Some(self.options.timeout_max);
        let at = (environment.now)();
        let opening = Opening { session: id.clone(), name: None, opened, at };
        let mut session = Session::open(maker.store(), environment, opening).await?;
        for (kind, data) in maker.notes() {
            session.note(&kind, data)?;
        }
        session.note(OWNER, serde_json::to_value(owner).expect("it is made of texts"))?;
        let slot = Arc::new(Slot::new(id.clone(), owner.tenant.clone(), tail, session));
        self.slots().insert(id, Arc::clone(&slot));
        Ok(slot)
    }

    /// Finds a session of a tenant.
    pub(crate) fn find(&self, tenant: &Tenant, wanted: &str) -> Result<Arc<Slot>, NoSession> {
        let id = SessionId::new(wanted).ok();
        let slot = id.and_then(|id| self.slots().get(&id).cloned()).filter(|slot| slot.tenant() == tenant);
        slot.ok_or_else(|| NoSession::Unknown { wanted: wanted.to_owned() })
    }

    /// Returns an id that nobody has had.
    fn new_id(&self, maker: &dyn Maker) -> Result<SessionId, NoSession> {
        const LETTERS: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";
        let mut random = vec![0; self.options.id_letters];
        maker.fill_random(&mut random).map_err(NoSession::Maker)?;
        let id: String = random.iter().map(|byte| char::from(LETTERS[usize::from(byte % 32)])).collect();
        Ok(SessionId::new(id).expect("letters and digits are an id"))
    }

    fn slots(&self) -> MutexGuard<'_, HashMap<SessionId, Arc<Slot>>> {
        self.slots.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl std::fmt::Debug for Sessions {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Sessions").field("count", &self.slots().len()).finish_non_exhaustive()
    }
}
