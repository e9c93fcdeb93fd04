//! `exuvia mcp`: a server of the Model Context Protocol.

use std::io;
use std::os::fd::OwnedFd;
use std::sync::Arc;

use anyhow::Result;
use exuvia_core::journal::{SessionId, Store};
use exuvia_mcp::{Maker, MakerError, Server, SessionOptions, Sessions, Tail, Tenant, serve_stdio};

use super::given::Given;
use super::options::SandboxOptions;
use super::repl;
use super::resume::Begun;
use crate::failure::{self, Failure};
use crate::interpreter::{Interpreter, Room};
use crate::journal;
use crate::lent::{Asked, Lent};
use crate::packages::Furnished;
use crate::recording::{self, CommandLine, Prepared};

/// The longest message that is read, in bytes.
const MESSAGE_BYTES_MAX: usize = 4 << 20;
/// How many letters the ids of its sessions have: nobody else may speak to it, so nobody can guess.
const ID_LETTERS: usize = 10;
/// Whose sessions those are that are begun over stdin and stdout.
const TENANT: &str = "stdio";

/// Serve one tool that runs Python to a coding agent (MCP), over stdin and stdout
#[derive(clap::Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    sandbox: SandboxOptions,
}

pub(super) fn run(arguments: &Arguments) -> Result<u8> {
    let lent = arguments.sandbox.lent(Asked::Nobody)?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .map_err(|error| Failure::new(format!("no threads can be started: {}", failure::reason(&error))))?;
    let sessions = Sessions::new(SessionOptions { id_letters: ID_LETTERS, ..SessionOptions::default() });
    let server = Server::new(Arc::clone(&sessions), Tenant::new(TENANT), "stdio");
    let (input, output) = (descriptor(io::stdin())?, descriptor(io::stdout())?);
    runtime.block_on(async {
        // While the client shakes hands.
        let (options, opened) = (arguments.sandbox.clone(), Arc::clone(&sessions));
        let maker = tokio::task::spawn_blocking(move || {
            let maker = Workshop::furnish(options, lent)?;
            opened.open(Arc::new(maker)).map_err(|error| anyhow::anyhow!(error))
        });
        let serving = serve_stdio(server, input, output, MESSAGE_BYTES_MAX);
        tokio::pin!(serving);
        tokio::select! {
            served = &mut serving => served?,
            made = maker => {
                made.unwrap_or_else(|panic| std::panic::resume_unwind(panic.into_panic()))?;
                serving.await?;
            }
        }
        anyhow::Ok(())
    })?;
    runtime.shutdown_background();
    Ok(0)
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
    fn furnish(options: SandboxOptions, lent: Lent) -> Result<Self> {
        let early = options.recording.open_early()?;
        let room = Room { sandboxes_max: 72, spares_max: 8 };
        let interpreter = Interpreter::find(options.image.as_deref())?.with_room(room);
        let furnished = options.packages.wanted(&lent).furnish(&interpreter)?;
        let store = match early {
            Some(early) => early.wait()?,
            None => Arc::new(exuvia_journal::LocalStore::memory()),
        };
        Ok(Self { options, lent, furnished, store, command: CommandLine::note() })
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
        let Prepared { environment, mut opened } = prepared;
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

    fn is_begun_here(&self, session: &SessionId) -> bool {
        !self.options.recording.is_wanted() || journal::is_begun_here(session).unwrap_or(false)
    }

    fn notes(&self) -> Vec<(String, serde_json::Value)> {
        self.command.iter().cloned().collect()
    }
}
