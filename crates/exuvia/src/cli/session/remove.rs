//! `exuvia session rm`.

use anyhow::Result;
use exuvia_core::journal::{SessionId, Store};

use super::{find, wait};
use crate::{failure, journal, output};

/// Remove sessions; what forks share of them is kept for those
#[derive(clap::Args)]
pub(super) struct Arguments {
    /// The sessions: names, ids, or how ids begin
    #[arg(value_name = "SESSION", required = true)]
    sessions: Vec<String>,
}

pub(super) fn run(store: &dyn Store, arguments: &Arguments) -> Result<u8> {
    // All are found before the first is removed: a slip of the pen removes nothing.
    let mut sessions: Vec<SessionId> = Vec::new();
    for wanted in &arguments.sessions {
        let session = find(store, wanted)?;
        if !sessions.contains(&session) {
            sessions.push(session);
        }
    }
    let mut status = 0;
    for session in sessions {
        match wait(store.remove(&session)) {
            Ok(()) => {
                journal::forget_begun(&session)?;
                output::say(&format!("removed {session}"));
            }
            Err(error) => status = failure::report(&journal::failure(error).into()),
        }
    }
    Ok(status)
}
