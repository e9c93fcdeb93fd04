//! The sessions of all connections.
//!
//! Each that is in use has a slot, in which calls take turns. Those that nobody uses are put away as checkpoints, and come
//! back with the next call; whose a session is stands in its journal, so that its handle outlives this process.

mod away;
mod idle;
mod owner;
mod permits;
mod slot;

use std::collections::HashMap;
use std::sync::atomic::AtomicUsize;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use exuvia_core::journal::{Event, Opened, Opening, SessionId, Store, StoreError};
use exuvia_core::{Outcome, Status};
use exuvia_sandbox::FileEntry;
use exuvia_session::{Session, SessionError};
use tokio::runtime::Runtime;
use tokio::sync::SetOnce;

use crate::call::detached;
use crate::desk::{Desk, computing};
use crate::maker::{Maker, MakerError, Prepared};
use crate::output::Tail;
use crate::refusal::Refusal;
use away::Away;
use idle::Coming;
pub use owner::Tenant;
pub(crate) use owner::{OWNER, Owner};
use permits::Permits;
pub(crate) use slot::{Awake, Notice, Slot, Turn, Visit, awake, computing_at, computing_in};

/// Among how many first events of a session it is looked for whose it is.
const OWNER_EVENTS_MAX: usize = 8;
/// How many sessions are named to somebody who asks for one that is not there.
const NAMED_MAX: usize = 10;

/// How long a cell goes on after its time is up, or it was cancelled: then it is stopped, and counts for nothing. Where the
/// machine is busy, it needs some of that to hear of it at all.
pub(crate) const GRACE: Duration = Duration::from_secs(2);

/// How sessions are kept.
#[derive(Debug, Clone)]
pub struct SessionOptions {
    /// How long a cell may take if its call does not say. Default: a minute.
    pub timeout: Duration,
    /// How long a cell may take at most. Default: ten minutes.
    pub timeout_max: Duration,
    /// How many letters an id has, five bits each: over a network, so many that nobody can guess one. Default: 20.
    pub id_letters: usize,
    /// After how long without a call a session is put away. Default: five minutes.
    pub idle: Duration,
    /// How many sessions have a sandbox at a time; those that have been idle for longest are put away for others.
    /// Default: 32.
    pub awake_max: usize,
}

impl Default for SessionOptions {
    fn default() -> Self {
        Self {
            timeout: Duration::from_secs(60),
            timeout_max: Duration::from_secs(600),
            id_letters: 20,
            idle: Duration::from_secs(300),
            awake_max: 32,
        }
    }
}

/// The sessions of all connections.
pub struct Sessions {
    options: SessionOptions,
    /// Who makes sandboxes, and what a new session begins with.
    maker: SetOnce<(Arc<dyn Maker>, Opened)>,
    slots: Mutex<HashMap<SessionId, Arc<Slot>>>,
    /// What is known of those that were put away.
    away: Mutex<Away>,
    /// How many are about to have a slot.
    coming: AtomicUsize,
    /// Who makes room has this.
    room: tokio::sync::Mutex<()>,
    permits: Permits,
    desk: Desk,
}

impl Sessions {
    /// Makes the table of sessions. Calls wait until somebody [can make](Self::open) them.
    #[must_use]
    pub fn new(options: SessionOptions) -> Arc<Self> {
        Arc::new(Self {
            options,
            maker: SetOnce::new(),
            slots: Mutex::default(),
            away: Mutex::default(),
            coming: AtomicUsize::new(0),
            room: tokio::sync::Mutex::default(),
            permits: Permits::default(),
            desk: Desk::default(),
        })
    }

    /// Says who makes sandboxes. Only the first one counts.
    ///
    /// # Errors
    ///
    /// Those of [`Maker::prepare`].
    pub fn open(&self, maker: Arc<dyn Maker>) -> Result<(), MakerError> {
        let Prepared { opened, .. } = maker.prepare(&Tail::default())?;
        // A second one is not needed.
        let _first = self.maker.set((maker, opened));
        Ok(())
    }

    /// Drives a runtime of one thread, whose one client speaks to these sessions, until a future is ready. Short cells are
    /// computed on the same thread. It can be done once.
    pub fn drive<F: Future>(&self, runtime: &Runtime, future: F) -> F::Output {
        self.desk.drive(runtime, future)
    }

    pub(crate) fn options(&self) -> &SessionOptions {
        &self.options
    }

    /// Waits until sessions can be made. Returns what a new one begins with.
    pub(crate) async fn offer(&self) -> &Opened {
        &self.maker.wait().await.1
    }

    /// Returns what a new session begins with, once that is known.
    pub(crate) fn known_offer(&self) -> Option<&Opened> {
        self.maker.get().map(|(_, opened)| opened)
    }

    async fn maker(&self) -> Arc<dyn Maker> {
        Arc::clone(&self.maker.wait().await.0)
    }

    /// Returns where sessions are kept.
    pub(crate) async fn store(&self) -> Arc<dyn Store> {
        self.maker().await.store()
    }

    /// Prepares what a session needs of this process.
    pub(crate) async fn prepare(&self, tail: &Tail) -> Result<Prepared, Refusal> {
        self.maker().await.prepare(tail).map_err(Refusal::Maker)
    }

    /// Returns where cells compute.
    pub(crate) fn desk(&self) -> &Desk {
        &self.desk
    }

    pub(crate) fn permits(&self) -> &Permits {
        &self.permits
    }

    /// Begins a session.
    pub(crate) async fn begin(self: &Arc<Self>, owner: &Owner) -> Result<Visit, Refusal> {
        let _coming = Coming::new(&self.coming);
        self.make_room().await;
        let (id, tail) = (self.named().await?, Tail::default());
        let (maker, printed, timeout) = (self.maker().await, tail.clone(), self.options.timeout);
        let session = computing(move || async move {
            let Prepared { environment, mut opened } = maker.prepare(&printed).map_err(Refusal::Maker)?;
            // What a cell may take that goes on after a crash.
            opened.limits.wall_time = Some(timeout);
            opened.limits.grace = GRACE;
            let at = (environment.now)();
            let opening = Opening { session: id.clone(), name: None, opened, at };
            let opened = Session::open(maker.store(), environment, opening).await;
            let mut session = opened.inspect_err(|_| maker.take_back_begun(&id))?;
            for (kind, data) in maker.notes() {
                session.note(&kind, data)?;
            }
            Ok::<_, Refusal>(session)
        });
        self.own(session.await?, owner, tail)
    }

    /// Begins a session that goes on from where another one is, which is awake.
    pub(crate) async fn fork(self: &Arc<Self>, slot: &Slot, turn: Turn, owner: &Owner) -> Result<Visit, Refusal> {
        let _coming = Coming::new(&self.coming);
        self.make_room().await;
        let id = self.named().await?;
        let maker = self.maker().await;
        let mut seed = [0; 32];
        maker.fill_random(&mut seed).map_err(Refusal::Maker)?;
        let (_turn, forked) = computing_in(turn, async move |awake| {
            let forked = awake.session.fork(id.clone(), None, seed).await;
            forked.inspect_err(|_| maker.take_back_begun(&id))
        })
        .await;
        // Its hosts are made by the same environment: it prints where the other one does.
        self.own(forked?, owner, slot.tail().clone())
    }

    /// Writes down whose a session is, and gives it a slot.
    fn own(self: &Arc<Self>, mut session: Session, owner: &Owner, tail: Tail) -> Result<Visit, Refusal> {
        session.note(OWNER, serde_json::to_value(owner).expect("it is made of texts"))?;
        let id = session.id().clone();
        let slot = Arc::new(Slot::awake(owner.tenant.clone(), tail, session));
        // It is in use before anybody sees it, or it would be put away at once where there is no room.
        let visit = Visit::new(Arc::clone(&slot));
        self.slots().insert(id, slot);
        Ok(visit)
    }

    /// Finds a session of a tenant, awake or not.
    pub(crate) async fn find(self: &Arc<Self>, tenant: &Tenant, wanted: &str) -> Result<Visit, Refusal> {
        let unknown = || Refusal::Unknown { wanted: wanted.to_owned(), yours: self.names(tenant) };
        let id = SessionId::new(wanted).map_err(|_| unknown())?;
        // Nobody is told either why the journal of one that may be somebody else's cannot be read.
        self.find_own(tenant, &id).await.ok().flatten().ok_or_else(unknown)
    }

    /// Finds a session that this tenant had begun, awake or not; `None`: it is not there any more.
    pub(crate) async fn find_own(
        self: &Arc<Self>,
        tenant: &Tenant,
        id: &SessionId,
    ) -> Result<Option<Visit>, SessionError> {
        // A visit is counted under the lock: who puts sessions away sees it.
        let known = self.slots().get(id).map(|slot| Visit::new(Arc::clone(slot)));
        if let Some(visit) = known {
            return Ok(Some(visit).filter(|visit| visit.tenant() == tenant));
        }
        if self.owner(id).await?.as_ref() != Some(tenant) {
            return Ok(None);
        }
        let mut slots = self.slots();
        let slot = slots.entry(id.clone()).or_insert_with(|| Arc::new(Slot::away(id.clone(), tenant.clone())));
        Ok(Some(Visit::new(Arc::clone(slot))))
    }

    /// Returns whose a session is that is put away, as its journal says; `None`: nobody's here.
    async fn owner(&self, id: &SessionId) -> Result<Option<Tenant>, StoreError> {
        let maker = self.maker().await;
        if !maker.is_begun_here(id) {
            return Ok(None);
        }
        let events = match maker.store().read(id, 0, OWNER_EVENTS_MAX).await {
            Ok(events) => events,
            Err(StoreError::NotFound { .. }) => return Ok(None),
            Err(error) => return Err(error),
        };
        let owner = events.into_iter().find_map(|recorded| match recorded.event {
            Event::Note { kind, data } if kind == OWNER => serde_json::from_value::<Owner<String>>(data).ok(),
            _ => None,
        });
        Ok(owner.map(|owner| owner.tenant))
    }

    /// Has a session here, with a sandbox, in its turn. A cell that ran when its process ended is interrupted: nobody waits
    /// for it any more.
    pub(crate) async fn wake(&self, slot: &Slot, turn: &mut Turn) -> Result<(), Refusal> {
        if turn.is_none() {
            self.make_room().await;
            let (maker, id, tail) = (self.maker().await, slot.id().clone(), slot.tail().clone());
            let session = computing(move || async move {
                let Prepared { environment, .. } = maker.prepare(&tail).map_err(Refusal::Maker)?;
                let (mut session, resumed) = Session::resume_interrupting(maker.store(), environment, &id).await?;
                let notice = notice(&mut session, resumed.continued).await?;
                Ok::<_, Refusal>(Awake { notice, ..Awake::new(session) })
            });
            **turn = Some(Box::new(session.await?));
            self.away().remove(slot.id());
        }
        Ok(())
    }

    /// Returns sessions of a tenant that are here, as many as are named to somebody.
    pub(crate) fn names(&self, tenant: &Tenant) -> Vec<SessionId> {
        let slots = self.slots();
        let mut names: Vec<SessionId> =
            slots.values().filter(|slot| slot.tenant() == tenant).map(|slot| slot.id().clone()).collect();
        names.sort();
        names.truncate(NAMED_MAX);
        names
    }

    /// Returns a tenant's sessions that are here, awake or put away, in order.
    pub(crate) fn of(&self, tenant: &Tenant) -> Vec<SessionId> {
        let mut sessions = self.away().of(tenant);
        sessions.extend(self.slots().values().filter(|slot| slot.tenant() == tenant).map(|slot| slot.id().clone()));
        sessions.sort();
        sessions.dedup();
        sessions
    }

    /// Returns the files of a tenant's session. One that is put away stays so, if it is known which it has. `None`: a cell
    /// runs in it, or it is not there any more.
    pub(crate) async fn files(self: &Arc<Self>, tenant: &Tenant, id: &SessionId) -> Option<Vec<FileEntry>> {
        let slot = self.slots().get(id).map(Arc::clone);
        if let Some(slot) = slot {
            match slot.try_turn().as_deref_mut() {
                Some(Some(awake)) => return Some(awake.session.files()),
                Some(None) => {}
                // It may just be being put away.
                None => return self.away().files(id),
            }
        }
        if let Some(files) = self.away().files(id) {
            return Some(files);
        }
        let visit = self.find_own(tenant, id).await.ok().flatten()?;
        let sessions = Arc::clone(self);
        let files = detached(async move {
            let mut turn = visit.turn().await?;
            sessions.wake(&visit, &mut turn).await?;
            Ok(awake(&mut turn).session.files())
        });
        files.await.ok()
    }

    /// Returns an id that nobody has had, of a session that is about to begin.
    async fn named(&self) -> Result<SessionId, Refusal> {
        const LETTERS: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";
        let maker = self.maker().await;
        let mut random = vec![0; self.options.id_letters];
        maker.fill_random(&mut random).map_err(Refusal::Maker)?;
        let id: String = random.iter().map(|byte| char::from(LETTERS[usize::from(byte % 32)])).collect();
        let id = SessionId::new(id).expect("letters and digits are an id");
        maker.note_begun(&id).map_err(Refusal::Maker)?;
        Ok(id)
    }

    fn away(&self) -> MutexGuard<'_, Away> {
        self.away.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn slots(&self) -> MutexGuard<'_, HashMap<SessionId, Arc<Slot>>> {
        self.slots.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Returns what has become of a cell that ran when its process ended. One that has ended its sandbox is undone, as it would
/// have been here.
async fn notice(session: &mut Session, continued: Option<(u32, Outcome)>) -> Result<Option<Notice>, Refusal> {
    session.ready().await?;
    if !session.sandbox().is_alive() {
        let cell = session.cells();
        session.undo(cell.saturating_sub(1)).await?;
        return Ok(Some(Notice::Exited { cell }));
    }
    let Some((cell, outcome)) = continued else { return Ok(None) };
    session.note(OWNER, serde_json::json!({ "interrupted": cell }))?;
    Ok(Some(match outcome.status {
        Status::Stopped { .. } => Notice::Undone { cell },
        Status::Raised => Notice::Interrupted { cell },
        Status::Finished | Status::Exited { .. } => Notice::Ended { cell },
    }))
}

impl std::fmt::Debug for Sessions {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Sessions").field("count", &self.slots().len()).finish_non_exhaustive()
    }
}
