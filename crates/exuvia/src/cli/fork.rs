//! `exuvia fork`: another session that shares a session's history.

use std::sync::Arc;

use anyhow::Result;
use exuvia_session::Session;

use super::given::Given;
use super::resume::{self, Trust};
use crate::recording::{CommandLine, new_id, new_seed, told};
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

    /// Print the new session's id and run nothing
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
    let fork = Session::fork_at(Arc::clone(&store), environment, &origin, at, identity);
    let (mut session, resumed) =
        pollster::block_on(fork).map_err(told).inspect_err(|_| journal::take_back_begun(&id))?;
    CommandLine::pass_on(&store, &origin, &mut session)?;
    if arguments.detach {
        output::print(format!("{}\n", session.id()).as_bytes());
        return Ok(0);
    }
    output::say(&format!("session {} goes on from {origin}", session.id()));
    resume::go_on(&store, begun, session, resumed)
}
