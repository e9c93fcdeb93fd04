//! An agent that goes on.

mod account;
mod begin;
mod context;

use std::collections::HashSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::Poll;
use std::time::Duration;

use exuvia_core::agent::{
    Begun, Budget, Ending, Entry, FileNote, Listener, Message, Model, Next, Observed, Origin, Part, Reason, Remark,
    SharedRest, State, Stop, Tokens,
};
use exuvia_core::observation::excerpt::shown;
use exuvia_core::observation::seconds;
use exuvia_sandbox::{FileEntry, Interrupter};
use exuvia_session::{FILES_MAX, Session, SessionError, Settled};
use serde_json::json;

use crate::error::AgentError;
use crate::observe;
use crate::prompts::Prompts;
use crate::subagents::{self, Bill, Share, Subagents};
use crate::tools::Usage;
pub use begin::{Home, fold};
pub use context::{Document, Input, Task};

/// How many items of what is to be done a model is reminded of, and how much of each, in bytes.
const ITEMS_MAX: usize = 50;
const ITEM_BYTES_MAX: usize = 500;

/// How long a cell may run that is begun shortly before the time of the budget is up.
const CELL_TIME_MIN: Duration = Duration::from_secs(1);

/// Who knows what a reply of a model costs, in millionths of a dollar; `None`: nobody does.
pub type Price = Arc<dyn Fn(&str, Tokens) -> Option<u64> + Send + Sync>;

/// A model, and the session in which its code runs.
///
/// A hostile model can do what a hostile program in the session's sandbox can do, and use up its [budget]. It cannot say
/// what was observed, and what it says is data: nothing of it is done but running cells.
///
/// [budget]: exuvia_core::agent::Budget
pub struct Agent {
    session: Session,
    state: Arc<Mutex<State>>,
    model: Arc<dyn Model>,
    prompts: Prompts,
    price: Option<Price>,
    /// The sandbox's files after the last cell.
    files: Vec<FileEntry>,
    usage: Usage,
    subagents: Subagents,
    /// Its part in the budget of its caller, if it has one.
    share: Option<Share>,
}

/// What a step came to.
#[derive(Debug, Clone, PartialEq)]
pub enum Step {
    /// There is more to do.
    On,
    /// The run has ended.
    Ended(Ending),
}

impl Agent {
    /// Goes on by one step: the model is asked, and what it asks for is done. `listener` hears what it says.
    ///
    /// A future that is dropped while the model is asked leaves the agent as it was; one that is dropped while a cell runs
    /// leaves it to be [resumed](Self::resume).
    ///
    /// # Errors
    ///
    /// [`AgentError::Model`] if the model gave no answer: the next step asks again.
    ///
    /// # Panics
    ///
    /// Outside of a Tokio runtime that has timers, if the budget limits the time.
    pub async fn step(&mut self, listener: Listener<'_>) -> Result<Step, AgentError> {
        let mut has_asked = false;
        loop {
            match self.next() {
                Next::Ask if has_asked => return Ok(Step::On),
                Next::Ask => {
                    self.ask(listener).await?;
                    has_asked = true;
                }
                Next::Begin => return Err(AgentError::NoTask(self.session.id().clone())),
                Next::Remark(remark) => self.remark(remark)?,
                Next::Run { code } => {
                    // Whoever has had enough can drop this here, before it begins.
                    pause().await;
                    self.subagents.allow(self.left());
                    self.limit_cell();
                    self.session.run(&code).await?;
                }
                // It was left in the middle.
                Next::Resume => return Err(SessionError::Abandoned(self.session.id().clone()).into()),
                Next::Observe(observed) => self.observe(observed).await?,
                Next::Refuse { call, problem } => {
                    let message = Message::Observed { call, parts: vec![observe::problem(&problem)] };
                    self.note(&Entry::said(message))?;
                }
                Next::Compact { summary } => self.compact(&summary)?,
                Next::End(ending) => self.note(&Entry::Ended(Box::new(ending)))?,
                Next::Ended(ending) => return Ok(Step::Ended(ending)),
            }
        }
    }

    /// Goes on to the end.
    ///
    /// # Errors
    ///
    /// Those of [`step`](Self::step).
    pub async fn run(&mut self, listener: Listener<'_>) -> Result<Ending, AgentError> {
        loop {
            if let Step::Ended(ending) = self.step(listener).await? {
                return Ok(ending);
            }
        }
    }

    /// Returns what is to be done now.
    fn next(&mut self) -> Next {
        let state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let rest = self.share.as_mut().map_or_else(SharedRest::default, |share| share.note(state.spent()));
        state.next_sharing(self.session.now(), rest)
    }

    /// Returns what is left of the budget.
    fn left(&self) -> Budget {
        let state = self.state();
        state.begun().map_or_else(Budget::default, |begun| subagents::left(&begun.budget, state.spent()))
    }

    /// Writes down what the program has used of models, and its subagents.
    fn note_usage(&mut self) -> Result<(), AgentError> {
        for Bill { model, tokens, micro_dollars } in self.subagents.bills() {
            self.note(&Entry::Used { model, tokens, micro_dollars })?;
        }
        for (model, tokens) in self.usage.take() {
            let micro_dollars = self.price.as_ref().and_then(|price| price(&model, tokens));
            self.note(&Entry::Used { model, tokens, micro_dollars })?;
        }
        Ok(())
    }

    async fn ask(&mut self, listener: Listener<'_>) -> Result<(), AgentError> {
        self.note(&Entry::Asked { model: self.model.name().to_owned() })?;
        let (request, time) = {
            let state = self.state();
            (state.request(), state.time_left(self.session.now()))
        };
        let asked = self.model.ask(request, listener);
        let answered = match time {
            Some(time) => tokio::time::timeout(time, asked).await,
            None => Ok(asked.await),
        };
        let Ok(answered) = answered else { return self.time_is_up() };
        match answered {
            Ok(reply) => {
                let micro_dollars = self.price.as_ref().and_then(|price| price(self.model.name(), reply.tokens));
                self.note(&Entry::Replied { reply: Box::new(reply), micro_dollars })
            }
            Err(failure) => {
                self.note(&Entry::Failed { failure: failure.clone() })?;
                // What is too long to be read is told shorter.
                if matches!(self.state().next(self.session.now()), Next::Compact { .. }) {
                    return Ok(());
                }
                Err(failure.into())
            }
        }
    }

    /// The model has taken longer than it may: it is asked for what it has, or was and the run ends.
    fn time_is_up(&mut self) -> Result<(), AgentError> {
        let ending = {
            let state = self.state();
            state.closing().is_some().then(|| state.cut_short(Reason::Time))
        };
        match ending {
            Some(ending) => self.note(&Entry::Ended(Box::new(ending))),
            None => self.remark(Remark::Closing(Reason::Time)),
        }
    }

    /// Limits the cell that is about to run to the time that is left.
    fn limit_cell(&mut self) {
        let left = self.state().time_left(self.session.now()).map(|left| left.max(CELL_TIME_MIN));
        let limits = self.session.opened().limits.clone();
        let wall_time = [limits.wall_time, left].into_iter().flatten().min();
        self.session.sandbox().limit_time(wall_time, limits.cpu_time);
    }

    /// Gives the run another budget: its time counts from now, all else from its beginning. A run that has ended since its
    /// budget was used up goes on.
    ///
    /// # Errors
    ///
    /// [`AgentError::Session`] if the journal cannot be written to.
    pub fn allow(&mut self, budget: Budget) -> Result<(), AgentError> {
        self.note(&Entry::Allowed { budget })
    }

    /// Tells the model what came of a cell.
    async fn observe(&mut self, observed: Observed) -> Result<(), AgentError> {
        self.note_usage()?;
        let (settled, files) = self.settle(&observed).await?;
        let mut parts = observe::cell(&observed, &settled, self.session.opened());
        let missing = self.missing(&observed.artifacts).await;
        let remark = (!missing.is_empty()).then_some(Remark::Unaccepted);
        if remark.is_some() {
            parts.push(observe::unaccepted(&missing));
        }
        self.note(&Entry::Said { message: Message::Observed { call: observed.call, parts }, remark, files })
    }

    /// Sees to what a cell has left. Returns that, and the files that are other than before.
    async fn settle(&mut self, observed: &Observed) -> Result<(Settled, Vec<FileNote>), AgentError> {
        if observed.is_undone {
            return Ok((Settled { cell: observed.cell, is_undone: true, ..Settled::default() }, Vec::new()));
        }
        let before = self.files.clone();
        let (mut settled, after) = self.session.settle(&observed.outcome, before, observe::OUTPUT_BYTES_MAX).await?;
        let Some(after) = after else { return Ok((settled, Vec::new())) };
        let before: HashSet<FileEntry> = std::mem::replace(&mut self.files, after).into_iter().collect();
        let mounted = self.session.sandbox().files_written_in_mounts(FILES_MAX);
        settled.files.extend(mounted.iter().filter(|file| !before.contains(file)).cloned());
        self.files.extend(mounted);
        let new = self.files.iter().filter(|file| !before.contains(file));
        let note = |FileEntry { path, bytes, modified }| FileNote { path, bytes, modified };
        Ok((settled, new.cloned().map(note).collect()))
    }

    /// Returns those paths at which the program would find no file. That may depend on the host, of whose folders some are
    /// mounted: what is told of it is written down, and nobody looks again.
    async fn missing(&mut self, paths: &[String]) -> Vec<String> {
        let mut missing = Vec::new();
        if paths.is_empty() {
            return missing;
        }
        let mut reader = self.session.file_reader();
        for path in paths {
            if !reader.has(path).await {
                missing.push(path.clone());
            }
        }
        missing
    }

    /// Says something to the model that the agent itself has noticed.
    fn remark(&mut self, remark: Remark) -> Result<(), AgentError> {
        let text = match remark {
            Remark::Idle => {
                let state = self.state();
                let is_cut = matches!(state.messages().last().map(|message| &**message),
                    Some(Message::Model(reply)) if reply.stop == Stop::Length);
                let interface = state.begun().map(|begun| begun.interface).unwrap_or_default();
                self.prompts.render("idle", json!({ "interface": interface, "cut_off": is_cut }))?
            }
            Remark::Loop(count) => {
                let round = self.state().round();
                self.prompts.render("loop", json!({ "count": count, "round": round }))?
            }
            Remark::Todo => {
                let state = self.state();
                let items: Vec<_> = state.todos().map(|item| shown(item, ITEM_BYTES_MAX)).take(ITEMS_MAX).collect();
                self.prompts.render("todo", json!({ "items": items }))?
            }
            Remark::Closing(reason) => {
                let limit = self.state().begun().map(|begun| limit(reason, begun));
                self.prompts.render("closing", json!({ "reason": reason.word(), "limit": limit }))?
            }
            Remark::Compact => self.prompts.render("compact", json!({}))?,
            Remark::Report => self.prompts.render("report", json!({}))?,
            Remark::Reminder(number) => {
                let state = self.state();
                let reminder = state.begun().and_then(|begun| begun.reminders.get(number as usize));
                reminder.map(|reminder| reminder.text.clone()).unwrap_or_default()
            }
            Remark::Allowed => self.prompts.render("allowed", json!({}))?,
            Remark::Unaccepted => return Ok(()),
        };
        self.note(&Entry::Said { message: Message::user(Origin::Host, text), remark: Some(remark), files: Vec::new() })
    }

    /// Begins the conversation anew, with an account of what was left out.
    fn compact(&mut self, summary: &str) -> Result<(), AgentError> {
        let account = self.prompts.render("compacted", account::of(&self.state(), summary))?;
        let mut parts = vec![Part::text(Origin::Host, account)];
        if !summary.is_empty() {
            parts.push(Part::text(Origin::Model, summary));
        }
        self.note(&Entry::Compacted { parts })
    }

    /// Tells the model something in the person's name, before it is asked next.
    ///
    /// # Errors
    ///
    /// [`AgentError::Session`] if the journal cannot be written to.
    pub fn say(&mut self, text: &str) -> Result<(), AgentError> {
        let message = Message::User { parts: vec![Part::text(Origin::Person, text)] };
        self.note(&Entry::said(message))
    }

    /// Ends the run, with what the model has said last.
    ///
    /// # Errors
    ///
    /// [`AgentError::Session`] if the journal cannot be written to.
    pub fn stop(&mut self) -> Result<Ending, AgentError> {
        let ending = self.state().cut_short(Reason::Stopped);
        self.note(&Entry::Ended(Box::new(ending.clone())))?;
        Ok(ending)
    }

    fn note(&mut self, entry: &Entry) -> Result<(), AgentError> {
        Ok(self.session.note(exuvia_core::agent::ENTRY, entry.data())?)
    }

    /// Returns what the agent is now. Nothing of it may be done meanwhile.
    pub fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns its session, to look at files, say.
    pub fn session(&mut self) -> &mut Session {
        &mut self.session
    }

    /// Returns a handle that interrupts the cell that runs.
    #[must_use]
    pub fn interrupter(&self) -> Interrupter {
        self.session.interrupter()
    }

    /// Has it draw from its caller's budget.
    pub(crate) fn sharing(mut self, share: Share) -> Self {
        self.share = Some(share);
        self
    }

    /// Says what tokens cost. Default: nobody knows.
    #[must_use]
    pub fn price(mut self, price: Price) -> Self {
        self.price = Some(price);
        self
    }
}

/// Lets whoever polls this look around once.
async fn pause() {
    let mut has_paused = false;
    std::future::poll_fn(|context| {
        if std::mem::replace(&mut has_paused, true) {
            return Poll::Ready(());
        }
        context.waker().wake_by_ref();
        Poll::Pending
    })
    .await;
}

/// Returns a limit of a budget in words.
fn limit(reason: Reason, begun: &Begun) -> String {
    let budget = &begun.budget;
    match reason {
        Reason::Tokens => format!("{} tokens", budget.tokens.unwrap_or_default()),
        #[expect(clippy::cast_precision_loss, reason = "it is shown with two digits")]
        Reason::Money => format!("${:.2}", budget.micro_dollars.unwrap_or_default() as f64 / 1e6),
        Reason::Time => seconds(budget.time.unwrap_or_default()),
        _ => format!("{} steps", budget.steps),
    }
}

impl std::fmt::Debug for Agent {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Agent").field("session", &self.session).finish_non_exhaustive()
    }
}
