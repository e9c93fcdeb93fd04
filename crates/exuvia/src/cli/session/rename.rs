//! `exuvia session rename`.

use anyhow::Result;
use exuvia_core::journal::Store;

use super::{find, wait};
use crate::journal;

/// Give a session another name
#[derive(clap::Args)]
pub(super) struct Arguments {
    /// The session: its name, its id, or how its id begins
    #[arg(value_name = "SESSION")]
    session: String,

    /// The new name; without one, the session has none any more
    #[arg(value_name = "NAME")]
    name: Option<String>,
}

pub(super) fn run(store: &dyn Store, arguments: Arguments) -> Result<u8> {
    let session = find(store, &arguments.session)?;
    wait(store.rename(&session, arguments.name)).map_err(journal::failure)?;
    Ok(0)
}
