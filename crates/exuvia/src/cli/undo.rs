//! `exuvia undo`: stepping a session back.

use std::sync::Arc;

use anyhow::Result;
use exuvia_core::journal::{SessionId, Store};

use super::resume;
use crate::failure::Failure;
use crate::recording::{now, told};
use crate::{journal, output};

const NOTES: &str = "\
What the cells did to variables and to the sandbox's own files is undone; what they did outside is not. They stay in the \
journal.";

/// Step a session back by a cell
#[derive(clap::Args)]
#[command(after_help = NOTES)]
pub(crate) struct Arguments {
    /// The session: its name, its id, or how its id begins
    session: String,

    /// The last cell that is to stand; 0: none [default: the one before the last]
    #[arg(long, value_name = "CELL")]
    to: Option<u32>,
}

pub(super) fn run(arguments: &Arguments) -> Result<u8> {
    let store = journal::store(None)?;
    let id = resume::find(&store, &arguments.session)?;
    let to = arguments.to.map_or_else(|| before_the_last(&store, &id), Ok)?;
    let cell = pollster::block_on(exuvia_session::undo(&store, &id, Some(to), now())).map_err(told)?;
    let what = if cell == 0 { "no cell stands".to_owned() } else { format!("cell {cell} is the last that stands") };
    output::say(&format!("session {id}: {what}"));
    Ok(0)
}

/// Returns the last cell that is to stand if the last one of those that somebody has written is undone.
fn before_the_last(store: &Arc<dyn Store>, id: &SessionId) -> Result<u32> {
    let cells = pollster::block_on(exuvia_session::cell_count(store, id)).map_err(told)?;
    let nothing = || Failure::usage(format!("session `{id}` has no cell that could be undone"));
    Ok(cells.checked_sub(1).ok_or_else(nothing)?)
}
