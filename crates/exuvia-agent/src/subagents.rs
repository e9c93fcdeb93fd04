//! `task`: programs that have other agents do something.
//!
//! A subagent is an agent like any other, with a session, a sandbox and a budget of its own, and fewer rights. It begins with
//! nothing of what its caller was told but a prompt and files, and all that comes back is its answer, which is the result of a
//! call of a tool: so the caller's session is replayed without it.
//!
//! A subagent's session is named after the call. If the process is killed while it works, and the caller is resumed, the call
//! is made again, finds that session, and goes on with it.

mod account;
mod places;
mod thread;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use exuvia_core::agent::{Budget, Ending, Model, Spent, State, TASK_TOOL};
use exuvia_core::journal::{GivenFile, Opened, Opening, SessionId, Store, StoreError};
use exuvia_core::{ToolFailure, ToolFailureKind, ToolLimits};
use exuvia_sandbox::SandboxError;
use exuvia_session::{Environment, SessionError};
use exuvia_tools::{Base64, Tool};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use sha2::{Digest as _, Sha256};

use crate::agent::{Agent, Home, Input, Price, Step, Task, fold};
use crate::error::AgentError;
use crate::prompts::Prompts;
use crate::tools::Usage;
use account::Account;
pub(crate) use account::{Bill, Share};
use places::{NoPlace, Places};
use thread::{Watched, working};

/// How many subagents a program may have in the life of its sandbox.
const CALLS_MAX: u64 = 200;
/// How many of them work at a time: an engine should have room for as many sandboxes beside its caller's.
pub const CONCURRENCY: usize = 8;
/// How many steps a subagent has, where nobody says, and how many at most.
const STEPS: u32 = 20;
const STEPS_MAX: u32 = 200;
/// The longest prompt, and the longest instructions, in bytes.
const PROMPT_BYTES_MAX: usize = 1 << 20;
const ROLE_BYTES_MAX: usize = 64 << 10;
/// How many files a subagent is given, how much they may be, and how much of files it may give back, in bytes.
const FILES_MAX: usize = 100;
const FILE_BYTES_MAX: usize = 32 << 20;
/// What a program is told where there is no room for another one.
const NO_ROOM: &str = "there is no room for its sandbox: have fewer work at a time";
/// How many tools it may be given by name.
const TOOLS_MAX: usize = 100;

/// What a subagent lives in: whatever its caller was lent and nothing more.
pub struct Surroundings {
    /// What its session needs of this process. Its tools are those of every agent but `task` and `ask`, and the ones that it
    /// has a right to.
    pub environment: Environment,
    /// What its session begins with.
    pub opened: Opened,
    /// What it is told beside its prompt: documents, skills, how it gives code.
    pub task: Task,
    /// What its programs use of models.
    pub usage: Usage,
    /// Who knows what that costs.
    pub price: Option<Price>,
}

/// What a subagent may do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rights {
    /// The tools that it may call beside those of every agent; `None`: those that change nothing.
    pub tools: Option<Vec<String>>,
}

/// Who provides for subagents.
pub trait Provider: Send + Sync {
    /// Returns what the next one lives in.
    ///
    /// # Errors
    ///
    /// It has no right to what it is to have, or there is no room for it.
    fn provide(&self, rights: &Rights) -> Result<Surroundings, ToolFailure>;

    /// Hears that one begins, or goes on. What it is asked is its caller's word.
    fn begun(&self, _session: &SessionId, _prompt: &str) {}

    /// Hears that one has ended.
    fn ended(&self, _session: &SessionId, _ending: &Ending) {}

    /// Hears that one could not go on. Its caller's program is told less of why.
    fn failed(&self, _session: &SessionId, _error: &AgentError) {}
}

/// The subagents of an agent. A clone is the same. There are none until it is said [who provides for them](Self::provide).
#[derive(Clone, Default)]
pub struct Subagents(Arc<Mutex<Office>>);

#[derive(Default)]
struct Office {
    provider: Option<Arc<dyn Provider>>,
    caller: Option<Caller>,
    /// What they may use of the caller's budget.
    account: Account,
    places: Places,
    /// The sessions that belong to a call which is answered or under way.
    taken: BTreeSet<SessionId>,
}

/// The agent whose programs call.
#[derive(Clone)]
struct Caller {
    session: SessionId,
    store: Arc<dyn Store>,
    model: Arc<dyn Model>,
    prompts: Prompts,
}

impl Subagents {
    /// Says who provides for them.
    pub fn provide(&self, provider: Arc<dyn Provider>) {
        self.office().provider = Some(provider);
    }

    /// Notes whose they are, and which of them have given their answers.
    pub(crate) fn belong(&self, session: &SessionId, state: &State, home: &Home) {
        let (store, model) = (Arc::clone(&home.store), Arc::clone(&home.model));
        let prompts = home.prompts.clone();
        let mut office = self.office();
        office.caller = Some(Caller { session: session.clone(), store, model, prompts });
        office.taken = state.subagents().cloned().collect();
        // A cell that was left in the middle goes on at once.
        office.account.open(state.begun().map_or_else(Budget::default, |begun| left(&begun.budget, state.spent())));
    }

    /// Notes what may still be used, before a cell runs.
    pub(crate) fn allow(&self, left: Budget) {
        self.office().account.open(left);
    }

    fn office(&self) -> MutexGuard<'_, Office> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What `task` takes.
#[derive(Deserialize, JsonSchema)]
struct Arguments {
    /// What is to be done, with all that has to be known: the agent sees nothing else of this conversation.
    prompt: String,
    /// Files that it sees in /input: bytes by name.
    #[serde(default)]
    files: BTreeMap<String, Base64>,
    /// The tools that it may call; without it, those that change nothing.
    #[serde(default)]
    tools: Option<Vec<String>>,
    /// How it is to work: instructions beside its own.
    #[serde(default)]
    role: String,
    /// How many steps it has.
    #[serde(default = "steps")]
    steps: u32,
}

fn steps() -> u32 {
    STEPS
}

/// What `task` gives.
#[derive(Serialize, JsonSchema)]
#[schemars(inline)]
struct Answer {
    /// The answer: a text, or what it gave to `final`.
    answer: Json,
    /// `done`, or why it ended before it was: `steps`, `tokens`, `money`, `time`, `loop`, `idle`.
    reason: String,
    /// The files that belong to the answer.
    files: Vec<AnswerFile>,
    /// Its session.
    session: String,
}

/// A file that belongs to an answer.
#[derive(Serialize, JsonSchema)]
#[schemars(inline)]
struct AnswerFile {
    /// Where it was in its sandbox.
    path: String,
    /// What is in it.
    content: Base64,
}

pub(crate) fn tool(subagents: &Subagents) -> Tool {
    let description = "Have another agent do a task of its own, with a fresh sandbox and none of this conversation; many at a \
                       time with `parallel`. Returns its `answer`, `reason`, and `files` (`path`, `content`).";
    let subagents = subagents.clone();
    let call = move |arguments| {
        let subagents = subagents.clone();
        async move { working(move |watched| answer(subagents, arguments, watched)).await? }
    };
    let limits = ToolLimits { time: None, calls: Some(CALLS_MAX), concurrency: CONCURRENCY, ..ToolLimits::default() };
    // What it may change, its own tools are asked about.
    Tool::function(TASK_TOOL, description, call).read_only().idempotent().limits(limits).on_runtime()
}

async fn answer(subagents: Subagents, arguments: Arguments, watched: Watched) -> Result<Answer, ToolFailure> {
    check(&arguments)?;
    let (provider, caller, places) = {
        let office = subagents.office();
        let nobody = || ToolFailure::failed("there are no subagents here");
        let provider = office.provider.clone().ok_or_else(nobody)?;
        (provider, office.caller.clone().ok_or_else(nobody)?, office.places.clone())
    };
    let moved_in = places.take(|| move_in(&subagents, (&*provider, &caller), &arguments)).await;
    let (_place, tenant) = moved_in.map_err(|NoPlace| ToolFailure::failed(NO_ROOM).retryable())?;
    let Tenant { claim, mut agent } = tenant?;
    let id = &claim.session;
    provider.begun(id, &arguments.prompt);
    watched.watch(agent.interrupter());
    let ended = run(&mut agent).await;
    let ending = ended.inspect_err(|error| provider.failed(id, error)).map_err(told)?;
    provider.ended(id, &ending);
    let answer = collect(&mut agent, ending, id).await?;
    claim.keep();
    Ok(answer)
}

/// Has a subagent go on to its end. If nobody waits for that any more, its model is not asked again.
async fn run(agent: &mut Agent) -> Result<Ending, AgentError> {
    loop {
        match agent.step(&|_| {}).await? {
            Step::Ended(ending) => return Ok(ending),
            Step::On => tokio::task::yield_now().await,
        }
    }
}

/// A subagent in its sandbox.
struct Tenant {
    agent: Agent,
    claim: Claim,
}

/// Opens a subagent, or goes on with it; `None`: there is no room for it now.
async fn move_in(
    subagents: &Subagents,
    (provider, caller): (&dyn Provider, &Caller),
    arguments: &Arguments,
) -> Option<Result<Tenant, ToolFailure>> {
    let opened = async {
        let budget = subagents.office().account.left(arguments.steps);
        let budget = budget.ok_or_else(|| ToolFailure::failed("nothing is left of the budget"))?;
        let surroundings = provider.provide(&Rights { tools: arguments.tools.clone() })?;
        let (claim, past) = choose(subagents, caller, arguments).await?;
        let begun = begin(caller, surroundings, &claim.session, past, (arguments, budget)).await;
        Ok((begun, claim))
    };
    match opened.await {
        Ok((Err(AgentError::Session(SessionError::Sandbox(SandboxError::Full(_)))), _)) => None,
        Ok((Ok(agent), claim)) => {
            let agent = agent.sharing(Share::new(subagents, caller.model.name()));
            Some(Ok(Tenant { agent, claim }))
        }
        Ok((Err(error), claim)) => {
            provider.failed(&claim.session, &error);
            Some(Err(told(error)))
        }
        Err(failure) => Some(Err(failure)),
    }
}

/// Returns the answer of a subagent that has ended, with the files that belong to it.
async fn collect(agent: &mut Agent, ending: Ending, id: &SessionId) -> Result<Answer, ToolFailure> {
    let mut files = Vec::new();
    let mut room = FILE_BYTES_MAX;
    let mut reader = agent.session().file_reader();
    for path in &ending.artifacts {
        if !reader.has(path).await {
            continue;
        }
        let content = reader.read(path, room as u64).await.ok_or_else(|| {
            ToolFailure::failed(format!("the files that belong to its answer have more than {FILE_BYTES_MAX} bytes"))
        })?;
        room -= content.len();
        files.push(AnswerFile { path: path.clone(), content: Base64(content.into()) });
    }
    let reason = ending.reason.word().to_owned();
    Ok(Answer { answer: ending.answer, reason, files, session: id.to_string() })
}

fn check(arguments: &Arguments) -> Result<(), ToolFailure> {
    let wrong = |message: String| Err(ToolFailure::new(ToolFailureKind::Argument, message));
    let Arguments { prompt, files, tools, role, steps } = arguments;
    if prompt.trim().is_empty() {
        return wrong("the prompt says nothing".to_owned());
    }
    if prompt.len() > PROMPT_BYTES_MAX {
        return wrong(format!("the prompt has {} bytes, the limit is {PROMPT_BYTES_MAX}: give files", prompt.len()));
    }
    if role.len() > ROLE_BYTES_MAX {
        return wrong(format!("the role has {} bytes, the limit is {ROLE_BYTES_MAX}", role.len()));
    }
    if !(1..=STEPS_MAX).contains(steps) {
        return wrong(format!("steps are from 1 to {STEPS_MAX}"));
    }
    if tools.as_ref().is_some_and(|tools| tools.len() > TOOLS_MAX) {
        return wrong(format!("{TOOLS_MAX} tools at most can be named"));
    }
    let bytes: usize = files.values().map(|content| content.0.len()).sum();
    if files.len() > FILES_MAX || bytes > FILE_BYTES_MAX {
        return wrong(format!("an agent is given {FILES_MAX} files and {FILE_BYTES_MAX} bytes at most"));
    }
    match files.keys().find(|name| !is_name(name)) {
        Some(name) => wrong(format!("{name:?} is no name for a file in /input")),
        None => Ok(()),
    }
}

/// Returns whether this can be a file's name, without a folder.
fn is_name(name: &str) -> bool {
    !name.is_empty() && name.len() <= 255 && !matches!(name, "." | "..") && !name.contains(['/', '\0'])
}

/// A session that belongs to a call. If the call comes to nothing, another one may have it.
struct Claim {
    subagents: Subagents,
    session: SessionId,
    is_kept: bool,
}

impl Claim {
    fn keep(mut self) {
        self.is_kept = true;
    }
}

impl Drop for Claim {
    fn drop(&mut self) {
        if !self.is_kept {
            self.subagents.office().taken.remove(&self.session);
        }
    }
}

/// Returns the session for a call, and what was done in it if an earlier process has begun with it.
async fn choose(
    subagents: &Subagents,
    caller: &Caller,
    arguments: &Arguments,
) -> Result<(Claim, Option<State>), ToolFailure> {
    for number in 0..=CALLS_MAX {
        let session = name(&caller.session, arguments, number);
        if !subagents.office().taken.insert(session.clone()) {
            continue;
        }
        let claim = Claim { subagents: subagents.clone(), session, is_kept: false };
        match fold(&caller.store, &claim.session).await {
            Err(StoreError::NotFound { .. }) => return Ok((claim, None)),
            Ok(state) => match state.begun() {
                // It was begun by this very call.
                Some(begun) if begun.caller.as_ref() == Some(&caller.session) => return Ok((claim, Some(state))),
                Some(_) => {}
                // It was opened by this very call, and nothing had happened in it.
                None => {
                    caller.store.remove(&claim.session).await.map_err(|error| told(error.into()))?;
                    return Ok((claim, None));
                }
            },
            Err(error) => return Err(told(error.into())),
        }
    }
    Err(ToolFailure::failed("the same was asked too often"))
}

/// Returns what the session of a call is called: the same for the same call of the same caller.
fn name(caller: &SessionId, arguments: &Arguments, number: u64) -> SessionId {
    let mut hash = Sha256::new();
    let mut part = |bytes: &[u8]| {
        hash.update((bytes.len() as u64).to_le_bytes());
        hash.update(bytes);
    };
    let Arguments { prompt, files, tools, role, steps } = arguments;
    part(caller.as_str().as_bytes());
    part(prompt.as_bytes());
    part(role.as_bytes());
    part(&steps.to_le_bytes());
    part(serde_json::to_string(tools).unwrap_or_default().as_bytes());
    for (name, content) in files {
        part(name.as_bytes());
        part(&content.0);
    }
    part(&number.to_le_bytes());
    let digits: String = hash.finalize()[..10].iter().map(|byte| format!("{byte:02x}")).collect();
    SessionId::new(format!("task-{digits}")).expect("these are letters and digits")
}

/// Opens a subagent's session, or goes on with it.
async fn begin(
    caller: &Caller,
    surroundings: Surroundings,
    id: &SessionId,
    past: Option<State>,
    (arguments, budget): (&Arguments, Budget),
) -> Result<Agent, AgentError> {
    let Surroundings { environment, mut opened, task, usage, price } = surroundings;
    let priced = |agent: Agent| match price {
        Some(price) => agent.price(price),
        None => agent,
    };
    let now = environment.now.clone();
    let home = Home {
        store: Arc::clone(&caller.store),
        environment,
        model: Arc::clone(&caller.model),
        prompts: caller.prompts.clone(),
        usage,
        subagents: Subagents::default(),
    };
    if past.is_some() {
        return Ok(priced(Agent::resume(home, id).await?.0));
    }
    let Arguments { prompt, files, role, .. } = arguments;
    let mut inputs = Vec::new();
    for (name, Base64(content)) in files {
        let path = format!("/input/{name}");
        inputs.push(Input { path: path.clone(), kind: kind(name), bytes: content.len() as u64 });
        opened.files.push(GivenFile { path, content: content.clone() });
    }
    let session = caller.session.clone();
    let (text, role) = (prompt.clone(), role.clone());
    let task = Task { text, role, budget, inputs, caller: Some(session), ..task };
    let opening = Opening { session: id.clone(), name: None, opened, at: now() };
    let mut agent = priced(Agent::open(home, opening).await?);
    agent.begin(&task)?;
    Ok(agent)
}

/// Says what kind of file it is, by how its name ends.
fn kind(name: &str) -> String {
    match name.rsplit_once('.') {
        Some((_, end)) if !end.is_empty() => end.to_owned(),
        _ => "file".to_owned(),
    }
}

/// Returns what a caller's program is told of an error: as much of it as is no affair of the host's alone.
fn told(error: AgentError) -> ToolFailure {
    match error {
        AgentError::Model(failure) => {
            let told = ToolFailure::failed(format!("its model gave no answer: {}", failure.message));
            if failure.is_transient() { told.retryable() } else { told }
        }
        AgentError::Session(SessionError::Sandbox(SandboxError::Full(_))) => ToolFailure::failed(NO_ROOM).retryable(),
        AgentError::Session(SessionError::Sandbox(SandboxError::Stopped(reason))) => {
            ToolFailure::failed(format!("its sandbox was stopped ({reason})"))
        }
        AgentError::Session(SessionError::Store(StoreError::Busy { .. } | StoreError::LeaseLost { .. })) => {
            ToolFailure::failed("another process works on it").retryable()
        }
        AgentError::Session(SessionError::Store(_)) => ToolFailure::failed("its session cannot be kept"),
        AgentError::Session(SessionError::Diverged(_) | SessionError::Unlike { .. }) => {
            ToolFailure::failed("what it had begun cannot be gone on with")
        }
        AgentError::Prompt(_) => ToolFailure::failed("what it is to be told cannot be put into words"),
        // What else is wrong is the host's affair.
        _ => ToolFailure::failed("it could not go on"),
    }
}

/// Returns what is left of a budget.
pub(crate) fn left(budget: &Budget, spent: &Spent) -> Budget {
    let minus = |limit: Option<u64>, used: u64| limit.map(|limit| limit.saturating_sub(used));
    Budget {
        steps: budget.steps,
        tokens: minus(budget.tokens, spent.tokens.all()),
        micro_dollars: minus(budget.micro_dollars, spent.micro_dollars),
        time: budget.time.map(|limit| limit.saturating_sub(spent.time)),
    }
}

impl std::fmt::Debug for Subagents {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Subagents").finish_non_exhaustive()
    }
}
