//! Beginning, resuming and forking agents.

use std::ops::ControlFlow;
use std::sync::{Arc, Mutex, PoisonError};

use exuvia_core::agent::{ENTRY, Entry, FileNote, Message, Model, State, standing};
use exuvia_core::journal::{Opening, Parent, Recorded, SessionId, Store, StoreError};
use exuvia_sandbox::FileEntry;
use exuvia_session::{Environment, Observer, Resumed, Session, each_event};

use super::{Agent, Task};
use crate::error::AgentError;
use crate::prompts::Prompts;
use crate::subagents::Subagents;
use crate::tools::Usage;

/// Where agents live: what their sessions need of this process, and where those are kept.
#[derive(Clone)]
pub struct Home {
    /// Where sessions are kept.
    pub store: Arc<dyn Store>,
    /// What sessions need of this process. Among the tools must be [those of every agent](crate::tools::tools).
    pub environment: Environment,
    /// Who writes the cells.
    pub model: Arc<dyn Model>,
    /// What it is told.
    pub prompts: Prompts,
    /// What its programs use of models, as its [tools](crate::tools::tools) note it.
    pub usage: Usage,
    /// The agents that its programs have do something.
    pub subagents: Subagents,
}

impl Agent {
    /// Opens a session for an agent. It has no task yet.
    ///
    /// # Errors
    ///
    /// Those of [`Session::open`].
    pub async fn open(home: Home, opening: Opening) -> Result<Self, AgentError> {
        let mut state = State::default();
        state.enter(opening.session.clone());
        home.subagents.belong(&opening.session, &state, &home);
        let (state, environment) = attended(state, home.environment.clone());
        let session = Session::open(Arc::clone(&home.store), environment, opening).await?;
        Ok(Self::new(session, state, home, Vec::new()))
    }

    /// Goes on with an agent that nobody has open: whose process has ended, at whatever moment. What its model has said is
    /// not asked again, and what ran does not run again; a cell that had not come to its end is at its end when this is
    /// ready. The model may be another one.
    ///
    /// # Errors
    ///
    /// Those of [`Session::resume`]; [`AgentError::NoTask`] if the session is no agent's.
    pub async fn resume(home: Home, id: &SessionId) -> Result<(Self, Resumed), AgentError> {
        let state = fold(&home.store, id).await?;
        if state.begun().is_none() {
            return Err(AgentError::NoTask(id.clone()));
        }
        let files = files(&state);
        home.subagents.belong(id, &state, &home);
        let (state, environment) = attended(state, home.environment.clone());
        let (session, resumed) = Session::resume(Arc::clone(&home.store), environment, id, false).await?;
        Ok((Self::new(session, state, home, files), resumed))
    }

    /// Opens an agent that goes on from the end of a step of another one (`None`: the last one), and shares its history up
    /// to there. The model may be another one.
    ///
    /// # Errors
    ///
    /// [`AgentError::NoStep`], and those of [`resume`](Self::resume).
    pub async fn fork(
        home: Home,
        origin: &SessionId,
        step: Option<u32>,
        (id, name, seed): (SessionId, Option<String>, [u8; 32]),
    ) -> Result<(Self, Resumed), AgentError> {
        let past = fold(&home.store, origin).await?;
        if past.begun().is_none() {
            return Err(AgentError::NoTask(origin.clone()));
        }
        let mark = match step {
            Some(step) => past.steps().iter().find(|mark| mark.step == step),
            None => past.steps().last(),
        };
        let steps = u32::try_from(past.steps().len()).unwrap_or(u32::MAX);
        let step = step.unwrap_or(steps);
        let mark = mark.ok_or(AgentError::NoStep { session: origin.clone(), step, steps })?;
        let parent = Parent { session: mark.session.clone(), position: mark.position };
        let mut state = fold_until(&home.store, &parent).await?;
        state.enter(id.clone());
        let files = files(&state);
        home.subagents.belong(&id, &state, &home);
        let (state, environment) = attended(state, home.environment.clone());
        let store = Arc::clone(&home.store);
        let (session, resumed) = Session::fork_from(store, environment, parent, (id, name, seed)).await?;
        Ok((Self::new(session, state, home, files), resumed))
    }

    fn new(session: Session, state: Arc<Mutex<State>>, home: Home, files: Vec<FileEntry>) -> Self {
        let Home { model, prompts, usage, subagents, .. } = home;
        Self { session, state, model, prompts, price: None, files, usage, subagents, share: None }
    }

    /// Begins a task: in a session that has had one, with everything that was said and done before.
    ///
    /// # Errors
    ///
    /// [`AgentError::Prompt`]; [`AgentError::Session`] if the journal cannot be written to.
    pub fn begin(&mut self, task: &Task) -> Result<(), AgentError> {
        let (begun, parts) = task.told(&self.prompts, self.session.opened(), self.session.now())?;
        let entries = [Entry::Begun(Box::new(begun)), Entry::said(Message::User { parts })];
        Ok(self.session.note_all(ENTRY, entries.iter().map(Entry::data))?)
    }
}

/// Returns the files that a session's sandbox had when its model was told of the last cell.
fn files(state: &State) -> Vec<FileEntry> {
    state.files().map(|FileNote { path, bytes, modified }| FileEntry { path, bytes, modified }).collect()
}

/// Has a state follow what is written.
fn attended(state: State, mut environment: Environment) -> (Arc<Mutex<State>>, Environment) {
    let state = Arc::new(Mutex::new(state));
    let (follower, next) = (Arc::clone(&state), environment.observer.take());
    let observer: Observer = Arc::new(move |position, at, event| {
        follower.lock().unwrap_or_else(PoisonError::into_inner).apply(position, at, event);
        if let Some(next) = &next {
            next(position, at, event);
        }
    });
    environment.observer = Some(observer);
    (state, environment)
}

/// Returns what an agent is by its journal.
///
/// # Errors
///
/// Those of [`Store::read`].
pub async fn fold(store: &Arc<dyn Store>, session: &SessionId) -> Result<State, StoreError> {
    folded(store, session, None).await
}

async fn fold_until(store: &Arc<dyn Store>, parent: &Parent) -> Result<State, StoreError> {
    folded(store, &parent.session, Some(parent.position)).await
}

async fn folded(store: &Arc<dyn Store>, session: &SessionId, until: Option<u64>) -> Result<State, StoreError> {
    let mut history: Vec<(SessionId, Vec<Recorded>)> = Vec::new();
    for segment in store.history(session, until).await? {
        let mut events = Vec::new();
        each_event(store, &segment, |recorded| {
            events.push(recorded);
            ControlFlow::Continue(())
        })
        .await?;
        history.push((segment.session, events));
    }
    Ok(State::fold(&standing(history)))
}
