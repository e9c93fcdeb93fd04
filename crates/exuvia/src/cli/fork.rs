//! `exuvia fork`: another session that shares a session's history.

use std::sync::Arc;

use anyhow::Result;
use exuvia_core::journal::{Event, SessionId, Store};
use exuvia_session::{Environment, Session};

use super::given::Given;
use super::resume::{self, Trust};
use crate::recording::{CommandLine, new_id, new_seed, now, told};
use crate::{journal, output};

const NOTES: &str = "\
The new session goes on from the end of a cell of the other one, or from where that one ends, be it in the middle of a \
tool call: the two share what was before, and nothing that comes after. Random bytes are the new one's own. Its cells \
come from stdin; go on with it later with `exuvia resume`.";

/// Open a session that goes on from where another one was
#[derive(clap::Args)]
#[command(after_help = NOTES)]
pub(crate) struct Arguments {
    /// The session: its name, its id, or how its id begins
    session: String,

    /// The cell from whose end the new session goes on; 0: from before the first [default: where the session ends]
    #[arg(long, value_name = "CELL")]
    at: Option<u32>,

    /// What the new session is called
    #[arg(long, value_name = "NAME")]
    name: Option<String>,

    /// Print the new session's id and run nothing: what was under way goes on with `exuvia resume`
    #[arg(long)]
    detach: bool,

    #[command(flatten)]
    given: Given,

    #[command(flatten)]
    trust: Trust,
}

pub(super) fn run(arguments: Arguments) -> Result<u8> {
    let store = journal::store(None)?;
    let origin = resume::find(&store, &arguments.session)?;
    arguments.trust.check(&store, &origin)?;
    let begun = resume::begun(&store, &origin, &arguments.given)?;
    let environment = begun.prepared.environment.clone();
    let at = match arguments.at {
        Some(cell) => Some(cell),
        None => resume::last_open_cell(&store, &origin)?,
    };
    let id = new_id()?;
    journal::note_begun(&id)?;
    let identity = (id.clone(), arguments.name, new_seed()?);
    write(&store, &environment, (&origin, at), identity).inspect_err(|_| journal::take_back_begun(&id))?;
    if arguments.detach {
        output::print(format!("{id}\n").as_bytes());
        return Ok(0);
    }
    // What the origin printed, somebody has seen.
    let resumed = Session::resume(Arc::clone(&store), environment, &id, false);
    let (session, resumed) = pollster::block_on(resumed).map_err(told)?;
    output::say(&format!("session {id} goes on from {origin}"));
    resume::go_on(&store, begun, session, resumed)
}

/// Writes a fork down, with what it needs to be gone on with, and runs nothing in it: whatever was under way goes on after
/// that.
fn write(
    store: &Arc<dyn Store>,
    environment: &Environment,
    (origin, at): (&SessionId, Option<u32>),
    identity: (SessionId, Option<String>, [u8; 32]),
) -> Result<()> {
    let id = identity.0.clone();
    let fork = Session::fork_aside(store, environment, origin, at, identity);
    let mut writer = pollster::block_on(fork).map_err(told)?;
    let notes = CommandLine::notes_at_prompt(store, origin, &id)?.into_iter();
    let notes: Vec<(i64, Event)> = notes.map(|(kind, data)| (now(), Event::Note { kind, data })).collect();
    if !notes.is_empty() {
        pollster::block_on(writer.append(&notes)).map_err(journal::failure)?;
    }
    Ok(pollster::block_on(writer.sync()).map_err(journal::failure)?)
}
