//! Sandboxes of the command line, recorded as sessions unless somebody does not want that.

use std::collections::BTreeMap;
use std::env;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::Result;
use exuvia_core::journal::{Durability, Event, Opened, Opening, SessionId, Source, Store};
use exuvia_core::{Host, Outcome};
use exuvia_sandbox::{Interrupter, LiveHostBuilder, RandomStream, Sandbox, SandboxError};
use exuvia_session::{CheckpointPolicy, Environment, HostError, HostFactory, Session, SessionError};
use serde::{Deserialize, Serialize};

use crate::failure::{self, Failure};
use crate::journal::Early;
use crate::lent::Lent;
use crate::packages::Furnished;
use crate::printable::printable;
use crate::{exit, journal};

/// What the note is called that says how a session was begun at the command line.
const COMMAND: &str = "exuvia.command";

/// The kind of the note that what was to be done at a program's end is done.
pub(crate) const CONCLUDED: &str = "exuvia.concluded";
/// The kind of the note that an agent's session was forked to go on at a prompt.
const AT_PROMPT: &str = "exuvia.at_prompt";
/// How much a process writes down of a session: a program that reads a clock without end meets it after some minutes.
const JOURNAL_BYTES_MAX: u64 = 4 << 30;
/// How many events are looked at for it.
const COMMAND_EVENTS_MAX: usize = 8;

/// Whether and how a session is recorded.
#[derive(clap::Args, Clone, Default)]
#[command(next_help_heading = "Session")]
pub(crate) struct RecordOptions {
    /// Do not record: the session can then be neither replayed nor resumed nor forked
    #[arg(long, conflicts_with = "session")]
    no_record: bool,

    /// Give the session this name
    #[arg(long, value_name = "NAME")]
    session: Option<String>,
}

impl RecordOptions {
    pub(crate) fn is_wanted(&self) -> bool {
        !self.no_record
    }

    /// Returns whether the session is given a name.
    pub(crate) fn is_named(&self) -> bool {
        self.session.is_some()
    }

    /// Returns the session's name, if it is given one.
    pub(crate) fn name(&self) -> Option<String> {
        self.session.clone()
    }

    /// Begins to open the journal, if there is to be one.
    pub(crate) fn open_early(&self) -> Result<Option<Early>> {
        self.is_wanted().then(Early::begin).transpose()
    }
}

/// A sandbox that runs cells, and writes them down or not.
pub(crate) enum Runner {
    Recorded(Box<Session>),
    Plain(Box<Sandbox>),
}

/// How a session was begun at the command line.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct CommandLine {
    /// The folder in which it was.
    pub(crate) folder: PathBuf,
    /// All of it, after the program's name.
    pub(crate) arguments: Vec<String>,
    /// When what was written counted as written: [`Durability`] by its name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    durability: Option<String>,
}

/// What a sandbox is made with.
#[derive(Clone)]
pub(crate) struct Prepared {
    pub(crate) environment: Environment,
    pub(crate) opened: Opened,
    pub(crate) lent: Lent,
}

impl Prepared {
    /// Prepares a sandbox with what is installed and lent; `host` begins to make its live hosts, and knows of no mounts or
    /// tools but those that come before the ones that are lent; `wrap` makes of them what the sandbox asks.
    pub(crate) fn new(
        furnished: &Furnished,
        lent: &Lent,
        host: impl Fn() -> Result<LiveHostBuilder> + Send + Sync + 'static,
        wrap: impl Fn(exuvia_sandbox::LiveHost) -> Box<dyn Host> + Send + Sync + 'static,
    ) -> Self {
        let (engine, lender) = (furnished.engine.clone(), lent.clone());
        let host: HostFactory = Arc::new(move || {
            let builder = host().and_then(|host| lender.host(&engine, host)).map_err(boxed)?;
            Ok(wrap(builder.build(&engine)?))
        });
        let environment = Environment {
            engine: furnished.engine.clone(),
            packages: furnished.packages.clone(),
            package_identities: furnished.identities.clone(),
            host,
            now: Arc::new(now),
            secrets: BTreeMap::new(),
            capture: false,
            checkpoints: CheckpointPolicy::default(),
            observer: None,
            journal_bytes_max: JOURNAL_BYTES_MAX,
        };
        let mut opened = environment.opened([0; 32]);
        opened.mounts = lent.mount_points();
        opened.tools = lent.declarations().to_vec();
        Self { environment, opened, lent: lent.clone() }
    }

    /// Begins: recorded, with the command line beside it, unless the options say no. The journal may be on its way.
    pub(crate) fn begin(self, options: &RecordOptions, journal: Option<Early>) -> Result<Runner> {
        let lent = self.lent.clone();
        self.begun(options, journal).map_err(|error| match failure::sandbox_error(&error) {
            Some(SandboxError::Mount { path, problem }) => Failure::usage(problem).at(lent.place(path)).into(),
            _ => error,
        })
    }

    fn begun(self, options: &RecordOptions, journal: Option<Early>) -> Result<Runner> {
        let Self { environment, opened, .. } = self;
        if options.no_record {
            let host = (environment.host)().map_err(|error| told(SessionError::Host(error)))?;
            let host = Seeded { host, random: RandomStream::new(opened.seed, 0) };
            return Ok(Runner::Plain(Box::new(environment.sandbox(&opened).host(host).build()?)));
        }
        let store = journal.map_or_else(|| journal::store(None), Early::wait)?;
        let id = new_id()?;
        journal::note_begun(&id)?;
        let opening = Opening { session: id.clone(), name: options.session.clone(), opened, at: now() };
        let durability = store.durability();
        let session = pollster::block_on(Session::open(store, environment, opening)).map_err(told);
        let mut session = session.inspect_err(|_| journal::take_back_begun(&id))?;
        if let Some((kind, data)) = CommandLine::note(durability) {
            session.note(&kind, data).map_err(told)?;
        }
        Ok(Runner::Recorded(Box::new(session)))
    }
}

impl Runner {
    /// Makes another sandbox where a cell was stopped, so that the next one can be interrupted.
    pub(crate) fn ready(&mut self) -> Result<()> {
        match self {
            Self::Recorded(session) => pollster::block_on(session.ready()).map_err(told),
            Self::Plain(_) => Ok(()),
        }
    }

    /// Runs a piece of Python.
    pub(crate) fn perform(&mut self, source: Source) -> Result<Outcome> {
        match self {
            Self::Recorded(session) => pollster::block_on(session.perform(source)).map_err(told),
            Self::Plain(sandbox) => Ok(pollster::block_on(exuvia_session::perform(sandbox, &source))?),
        }
    }

    pub(crate) fn interrupter(&self) -> Interrupter {
        match self {
            Self::Recorded(session) => session.interrupter(),
            Self::Plain(sandbox) => sandbox.interrupter(),
        }
    }

    pub(crate) fn is_alive(&mut self) -> bool {
        self.sandbox().is_alive()
    }

    /// Returns the sandbox, to look at: nothing may run in it.
    pub(crate) fn sandbox(&mut self) -> &mut Sandbox {
        match self {
            Self::Recorded(session) => session.sandbox(),
            Self::Plain(sandbox) => sandbox,
        }
    }

    /// Asks a sandbox that is as this one is, and may be changed by what it is asked: names that are looked up may run the
    /// program's own code.
    pub(crate) fn aside<T>(&mut self, ask: impl FnOnce(&mut Sandbox) -> Option<T>) -> Option<T> {
        match self {
            Self::Recorded(session) => ask(&mut session.aside().ok()?),
            Self::Plain(sandbox) => ask(sandbox),
        }
    }

    /// Notes that what was to be done at the program's end is done.
    pub(crate) fn note_concluded(&mut self) -> Result<()> {
        match self {
            Self::Recorded(session) => session.note(CONCLUDED, serde_json::Value::Null).map_err(told),
            Self::Plain(_) => Ok(()),
        }
    }

    /// Ends what is recorded, if it is: the sandbox can be asked for anything after that.
    pub(crate) fn close(&mut self) -> Result<()> {
        match self {
            Self::Recorded(session) => session.close().map_err(told),
            Self::Plain(_) => Ok(()),
        }
    }
}

impl CommandLine {
    /// Returns the note that says how a session was begun by this process: its kind and what it says.
    pub(crate) fn note(durability: Durability) -> Option<(String, serde_json::Value)> {
        let command = serde_json::to_value(Self::of_this_process(durability)?).expect("it is made of texts");
        Some((COMMAND.to_owned(), command))
    }

    /// Returns that of this process, if it is text.
    fn of_this_process(durability: Durability) -> Option<Self> {
        let arguments = env::args_os().skip(1).map(|argument| argument.into_string().ok()).collect::<Option<_>>()?;
        let durability = Some(durability.name().to_owned());
        Some(Self { folder: env::current_dir().ok()?, arguments, durability })
    }

    /// Notes in a fork what the session that it was forked from was begun with, if that is not in the part of the journal
    /// that they share.
    pub(crate) fn pass_on(store: &Arc<dyn Store>, origin: &SessionId, fork: &mut Session) -> Result<()> {
        match Self::passed_on(store, origin, fork.id())? {
            Some((kind, data)) => fork.note(&kind, data).map_err(told),
            None => Ok(()),
        }
    }

    /// Returns that note, if the fork needs one.
    fn passed_on(
        store: &Arc<dyn Store>,
        origin: &SessionId,
        fork: &SessionId,
    ) -> Result<Option<(String, serde_json::Value)>> {
        if Self::of(store, fork)?.is_some() {
            return Ok(None);
        }
        let command = Self::of(store, origin)?.map(serde_json::to_value).transpose()?;
        Ok(command.map(|command| (COMMAND.to_owned(), command)))
    }

    /// Returns what is noted at the beginning of a fork that goes on at a prompt.
    pub(crate) fn notes_at_prompt(
        store: &Arc<dyn Store>,
        origin: &SessionId,
        fork: &SessionId,
    ) -> Result<Vec<(String, serde_json::Value)>> {
        let passed_on = Self::passed_on(store, origin, fork)?;
        let at_prompt = Self::of(store, origin)?.is_some_and(|command| command.is_agent());
        let at_prompt = at_prompt.then(|| (AT_PROMPT.to_owned(), serde_json::Value::Null));
        Ok(passed_on.into_iter().chain(at_prompt).collect())
    }

    /// Returns whether it is that of an agent.
    pub(crate) fn is_agent(&self) -> bool {
        self.arguments.first().is_some_and(|first| first == "agent")
    }

    /// Returns whether a session is an agent's. One that was forked to be looked at, at a prompt, is a person's.
    pub(crate) fn is_of_agent(store: &Arc<dyn Store>, session: &SessionId) -> Result<bool> {
        if !Self::of(store, session)?.is_some_and(|command| command.is_agent()) {
            return Ok(false);
        }
        let first = pollster::block_on(store.read(session, 0, COMMAND_EVENTS_MAX)).map_err(journal::failure)?;
        let is_noted = |event: &Event| matches!(event, Event::Note { kind, .. } if kind == AT_PROMPT);
        Ok(!first.iter().any(|recorded| is_noted(&recorded.event)))
    }

    /// Returns the one that a session, or the one that it was forked from, was begun with.
    pub(crate) fn of(store: &Arc<dyn Store>, session: &SessionId) -> Result<Option<Self>> {
        let history = pollster::block_on(store.history(session, None)).map_err(journal::failure)?;
        for part in history {
            // One by one: it is among the first ones, and what comes after it may be damaged.
            for position in part.positions.take(COMMAND_EVENTS_MAX) {
                let event = pollster::block_on(store.read(&part.session, position, 1)).map_err(journal::failure)?.pop();
                if let Some(Event::Note { kind, data }) = event.map(|recorded| recorded.event)
                    && kind == COMMAND
                {
                    return Ok(serde_json::from_value(data).ok());
                }
            }
        }
        Ok(None)
    }
}

/// A live host whose random bytes are those that a recorded session would have.
struct Seeded {
    host: Box<dyn Host>,
    random: RandomStream,
}

impl Host for Seeded {
    fn call(&mut self, call: exuvia_core::HostCall<'_>) -> exuvia_core::Reply {
        match call {
            exuvia_core::HostCall::Random { length } => exuvia_core::HostAnswer::Bytes(self.random.draw(length)).into(),
            other => self.host.call(other),
        }
    }

    fn read_mount(
        &mut self,
        mount: u32,
        path: &[u8],
        offset: u64,
        buffer: &mut [u8],
    ) -> Option<Result<(), exuvia_core::MountFault>> {
        self.host.read_mount(mount, path, offset, buffer)
    }

    fn next_interrupt(&mut self) -> Option<u64> {
        self.host.next_interrupt()
    }
}

/// Keeps what a failure says of itself.
pub(crate) fn boxed(error: anyhow::Error) -> HostError {
    match error.downcast::<Failure>() {
        Ok(failure) => Box::new(failure),
        Err(error) => error.into(),
    }
}

/// Returns an id that nobody has had.
pub(crate) fn new_id() -> Result<SessionId> {
    const LETTERS: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";
    const LENGTH: usize = 10;
    let mut random = [0; LENGTH];
    fill(&mut random)?;
    let id: String = random.iter().map(|byte| char::from(LETTERS[usize::from(byte % 32)])).collect();
    Ok(id.parse()?)
}

/// Returns a seed that nobody can guess.
pub(crate) fn new_seed() -> Result<[u8; 32]> {
    let mut seed = [0; 32];
    fill(&mut seed)?;
    Ok(seed)
}

/// Fills bytes with what nobody can guess.
pub(crate) fn fill(bytes: &mut [u8]) -> Result<()> {
    getrandom::fill(bytes).map_err(|error| Failure::new(format!("the system gives no random bytes: {error}")).into())
}

/// Returns the time, in milliseconds since 1970.
pub(crate) fn now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}

/// Tells of an error of a session.
pub(crate) fn told(error: SessionError) -> anyhow::Error {
    let status = match &error {
        SessionError::Diverged(_) => exit::DIVERGED,
        SessionError::NoCell { .. } | SessionError::Unlike { .. } => exit::USAGE,
        _ => exit::FAILURE,
    };
    match error {
        SessionError::Store(error) => journal::failure(error).into(),
        SessionError::Sandbox(error) => error.into(),
        SessionError::Host(error) => match error.downcast::<Failure>() {
            Ok(failure) => (*failure).into(),
            Err(error) => anyhow::anyhow!(error),
        },
        error => {
            let text = error.to_string();
            let failure = match text.split_once("\n    hint: ") {
                // Packages are named by the session, which may be a stranger's.
                Some((message, hint)) => Failure::new(printable(message)).hint(printable(hint)),
                None => Failure::new(text),
            };
            failure.with_status(status).into()
        }
    }
}
