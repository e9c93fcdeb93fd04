//! `exuvia session`: the sessions that are kept.

mod account;
mod files;
mod list;
mod prune;
mod remove;
mod rename;
mod script;
mod show;
mod text;
mod times;
mod verify;

use std::io::{self, IsTerminal as _};

use anyhow::Result;
use clap::Subcommand;
use exuvia_core::journal::{SessionId, Store, StoreError, StoreFuture};
use serde::Serialize;

pub(super) use files::ExportArguments;

use crate::printable::printable_json;
use crate::{journal, output};

const NOTES: &str = "\
A session is told by its name, its id, or how its id begins. Sessions are kept in the folder that EXUVIA_JOURNAL names, \
else in one of yours, which nobody else can read.";

/// List, show, check, remove and pass on sessions
#[derive(clap::Args)]
#[command(disable_help_subcommand = true, after_help = NOTES)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    action: Action,
}

#[derive(Subcommand)]
enum Action {
    List(list::Arguments),
    Show(show::Arguments),
    Verify(verify::Arguments),
    Rename(rename::Arguments),
    Rm(remove::Arguments),
    Prune(prune::Arguments),
    Export(ExportArguments),
    Import(files::ImportArguments),
}

pub(super) fn run(arguments: Arguments) -> Result<u8> {
    let opened = journal::store(None)?;
    let store = &*opened;
    match arguments.action {
        Action::List(arguments) => list::run(store, &arguments),
        Action::Show(arguments) => show::run(store, &arguments),
        Action::Verify(arguments) => verify::run(store, &arguments),
        Action::Rename(arguments) => rename::run(store, arguments),
        Action::Rm(arguments) => remove::run(store, &arguments),
        Action::Prune(arguments) => prune::run(store, &arguments),
        Action::Export(arguments) => files::export(&opened, &arguments),
        Action::Import(arguments) => files::import(store, &arguments),
    }
}

/// Writes a session as one file, or as a script.
pub(super) fn export(arguments: &ExportArguments) -> Result<u8> {
    files::export(&journal::store(None)?, arguments)
}

/// Waits for a store. What one on this machine answers is ready.
fn wait<T>(future: StoreFuture<'_, T>) -> Result<T, StoreError> {
    pollster::block_on(future)
}

fn find(store: &dyn Store, wanted: &str) -> Result<SessionId> {
    Ok(wait(store.find(wanted)).map_err(journal::failure)?)
}

/// Prints JSON, on one line unless somebody is looking.
pub(super) fn print_json(value: &impl Serialize) -> Result<()> {
    let pretty = io::stdout().is_terminal();
    let mut json = if pretty { serde_json::to_string_pretty(value) } else { serde_json::to_string(value) }?;
    json.push('\n');
    output::print(printable_json(&json).as_bytes());
    Ok(())
}
