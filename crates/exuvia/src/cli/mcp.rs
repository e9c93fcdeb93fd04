//! `exuvia mcp`: a server of the Model Context Protocol.

mod http;

use std::io;
use std::num::NonZero;
use std::os::fd::OwnedFd;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Result;
use exuvia_core::journal::{SessionId, Store};
use exuvia_mcp::{Maker, MakerError, Server, SessionOptions, Sessions, Tail, Tenant, serve_stdio};

use super::given::Given;
use super::options::SandboxOptions;
use super::options::values::{Size, Time};
use super::repl;
use super::resume::Begun;
use crate::failure::{self, Failure};
use crate::interpreter::{Interpreter, Room};
use crate::journal;
use crate::lent::{Asked, Lent};
use crate::packages::Furnished;
use crate::recording::{self, CommandLine, Prepared};

const NOTES: &str = "\
The client starts this program and speaks to it over stdin and stdout; `claude mcp add python -- exuvia mcp` is how Claude \
Code is told to. With --http it serves many, who see nothing of each other's sessions if they have tokens of their own. \
Each session is recorded: `exuvia session list` shows them, `exuvia replay` runs one again. Nothing of this \
machine is lent but what --config, --mount and --out name. Limits are for each call.";

/// What `--timeout` means here.
const TIMEOUT_HELP: &str = "\
The most time that a call may ask for, waiting included: seconds, or `500ms`, `1.5s`, `5m`, `1h`; one that asks for none \
has a minute";
/// How much time a call has that asks for none.
const TIMEOUT: Duration = Duration::from_secs(60);
/// How many sessions have a sandbox at a time where there is one client.
const AWAKE: u16 = 32;
/// How many letters the ids of its sessions have: nobody else may speak to it, so nobody can guess.
const ID_LETTERS: usize = 10;
/// Whose sessions those are that are begun over stdin and stdout.
const TENANT: &str = "stdio";
/// How many instances are kept for new sandboxes.
const SPARES_MAX: u32 = 8;

/// Serve a tool that runs Python to coding agents (MCP), over stdin and stdout or HTTP
#[derive(clap::Args)]
#[command(
    after_help = NOTES,
    mut_arg("timeout", |timeout| timeout.default_value("10m").help(TIMEOUT_HELP)),
    mut_arg("session", |session| session.hide(true)),
)]
pub(crate) struct Arguments {
    /// Put a session away as a checkpoint after this much time without a call; the next call brings it back
    #[arg(long, value_name = "TIME", default_value = "5m", help_heading = "Session")]
    idle: Time,

    /// How many sessions have a sandbox at a time [default: 32; 256 with --http]; others are put away
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1_000), help_heading = "Session")]
    awake: Option<u16>,

    /// The longest message that is read
    #[arg(long, value_name = "SIZE", default_value = "4M")]
    message_limit: Size,

    #[command(flatten)]
    http: http::HttpArguments,

    #[command(flatten)]
    sandbox: SandboxOptions,
}

pub(super) fn run(arguments: &Arguments) -> Result<u8> {
    let lent = arguments.sandbox.lent(Asked::Nobody)?;
    let options = arguments.options(&lent)?;
    // One client speaks to one thread: handing each message on to another one would take longer than what is done with it.
    let mut runtime = match arguments.http.are_given() {
        true => tokio::runtime::Builder::new_multi_thread(),
        false => tokio::runtime::Builder::new_current_thread(),
    };
    let runtime = runtime.worker_threads(workers()).enable_all().build();
    let runtime =
        runtime.map_err(|error| Failure::new(format!("no threads can be started: {}", failure::reason(&error))))?;
    let room = Room { sandboxes_max: sandboxes_max(options.awake_max), spares_max: SPARES_MAX };
    let sessions = Sessions::new(options);
    let (all, is_one) = (Arc::clone(&sessions), !arguments.http.are_given());
    let served = async {
        // While the client shakes hands.
        let (options, opened) = (arguments.sandbox.clone(), Arc::clone(&sessions));
        let maker = tokio::task::spawn_blocking(move || {
            let maker = Workshop::furnish(options, lent, room)?;
            opened.open(Arc::new(maker)).map_err(unboxed)
        });
        let tending = tokio::spawn(Arc::clone(&sessions).tend());
        let serving = serve(arguments, Arc::clone(&sessions));
        tokio::pin!(serving);
        tokio::select! {
            served = &mut serving => served?,
            made = maker => {
                made.unwrap_or_else(|panic| std::panic::resume_unwind(panic.into_panic()))?;
                serving.await?;
            }
        }
        tending.abort();
        sessions.close().await;
        anyhow::Ok(())
    };
    let served = if is_one { all.drive(&runtime, served) } else { runtime.block_on(served) };
    // Whoever computes still, as after a failure, is not waited for.
    runtime.shutdown_background();
    served.map(|()| 0)
}

/// Returns what a failure says of itself.
fn unboxed(error: MakerError) -> anyhow::Error {
    match error.downcast::<Failure>() {
        Ok(failure) => (*failure).into(),
        Err(error) => anyhow::anyhow!(error),
    }
}

/// Serves until the client has gone, or somebody ends it.
async fn serve(arguments: &Arguments, sessions: Arc<Sessions>) -> Result<()> {
    let message_bytes_max = usize::try_from(arguments.message_limit.0).unwrap_or(usize::MAX);
    if arguments.http.are_given() {
        return arguments.http.serve(sessions, message_bytes_max).await;
    }
    let server = Server::new(sessions, Tenant::new(TENANT), "stdio");
    let (input, output) = (descriptor(io::stdin())?, descriptor(io::stdout())?);
    Ok(serve_stdio(server, input, output, message_bytes_max).await?)
}

impl Arguments {
    /// Returns how sessions are kept.
    fn options(&self, lent: &Lent) -> Result<SessionOptions> {
        if self.sandbox.recording.is_named() {
            return Err(Failure::usage("a server's sessions have no names: it gives them ids").into());
        }
        let Some(timeout_max) = self.sandbox.limits(lent, true).wall_time else {
            return Err(Failure::usage("calls must have a limit of time").hint("say what it is with --timeout").into());
        };
        let (id_letters, awake) = match self.http.are_given() {
            true => (http::ID_LETTERS, http::AWAKE),
            false => (ID_LETTERS, AWAKE),
        };
        Ok(SessionOptions {
            timeout: TIMEOUT.min(timeout_max),
            timeout_max,
            id_letters,
            idle: self.idle.length(),
            awake_max: usize::from(self.awake.unwrap_or(awake)),
        })
    }
}

/// Returns how many threads take turns with what does not compute for long.
fn workers() -> usize {
    std::thread::available_parallelism().map_or(2, NonZero::get).max(2)
}

/// Returns for how many sandboxes there is room: all that are awake, each with a successor while it is taken away, and some
/// beside them, which look at things.
fn sandboxes_max(awake_max: usize) -> u32 {
    u32::try_from(awake_max * 2 + 8).unwrap_or(u32::MAX)
}

/// Prepares what a session goes on with at a prompt.
pub(super) fn again(mut arguments: Arguments, given: &Given) -> Result<Begun> {
    given.replace(&mut arguments.sandbox);
    repl::prepared(&arguments.sandbox)
}

fn descriptor(stream: impl std::os::fd::AsFd) -> Result<OwnedFd> {
    Ok(stream
        .as_fd()
        .try_clone_to_owned()
        .map_err(|error| Failure::new(format!("stdin and stdout cannot be used: {}", failure::reason(&error))))?)
}

/// Makes the sandboxes.
struct Workshop {
    options: SandboxOptions,
    lent: Lent,
    furnished: Furnished,
    store: Arc<dyn Store>,
    command: Option<(String, serde_json::Value)>,
}

impl Workshop {
    fn furnish(options: SandboxOptions, lent: Lent, room: Room) -> Result<Self> {
        let early = options.recording.open_early()?;
        let interpreter = Interpreter::find(options.image.as_deref())?.with_room(room);
        let furnished = options.packages.wanted(&lent).furnish(&interpreter)?;
        let store = match early {
            Some(early) => early.wait()?,
            None => Arc::new(exuvia_journal::LocalStore::memory()),
        };
        let command = CommandLine::note(store.durability());
        Ok(Self { options, lent, furnished, store, command })
    }
}

impl Maker for Workshop {
    fn store(&self) -> Arc<dyn Store> {
        Arc::clone(&self.store)
    }

    fn prepare(&self, tail: &Tail) -> Result<exuvia_mcp::Prepared, MakerError> {
        let (options, tail) = (self.options.clone(), tail.clone());
        let host = move || {
            let tail = tail.clone();
            Ok(options.host().output(move |stream, bytes| tail.write(stream, bytes)))
        };
        let mut prepared = Prepared::new(&self.furnished, &self.lent, host, |live| Box::new(live));
        self.options.furnish(&mut prepared, true).map_err(recording::boxed)?;
        let Prepared { environment, mut opened, .. } = prepared;
        opened.terminals = [false; 3];
        Ok(exuvia_mcp::Prepared { environment, opened })
    }

    fn fill_random(&self, bytes: &mut [u8]) -> Result<(), MakerError> {
        recording::fill(bytes).map_err(recording::boxed)
    }

    fn note_begun(&self, session: &SessionId) -> Result<(), MakerError> {
        if !self.options.recording.is_wanted() {
            return Ok(());
        }
        journal::note_begun(session).map_err(recording::boxed)
    }

    fn take_back_begun(&self, session: &SessionId) {
        journal::take_back_begun(session);
    }

    fn is_begun_here(&self, session: &SessionId) -> bool {
        !self.options.recording.is_wanted() || journal::is_begun_here(session).unwrap_or(false)
    }

    fn notes(&self) -> Vec<(String, serde_json::Value)> {
        self.command.iter().cloned().collect()
    }
}
