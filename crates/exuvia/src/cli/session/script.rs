//! `exuvia export --script`.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Result;
use clap::Parser as _;
use exuvia_core::journal::{SessionId, Store};
use exuvia_sandbox::LiveHost;
use exuvia_session::{ScriptError, ScriptOptions};

use crate::cli::options::PackageOptions;
use crate::cli::{Arguments as Line, Command};
use crate::failure::Failure;
use crate::interpreter::Interpreter;
use crate::lent::Lent;
use crate::printable::printable;
use crate::recording::{CommandLine, Prepared, told};

/// Returns what was run in a session as a script, for this file.
pub(super) fn of(store: &Arc<dyn Store>, session: &SessionId, to: Option<&Path>) -> Result<String> {
    let lent = Lent::default();
    let furnished = PackageOptions::default().wanted(&lent).furnish(&Interpreter::find(None)?)?;
    let nobody = || Ok(LiveHost::builder());
    let mut prepared = Prepared::new(&furnished, &lent, nobody, |live| Box::new(live));
    prepared.environment.capture = true;
    let file = to.and_then(Path::file_name).map(|name| name.to_string_lossy().into_owned());
    let inputs = inputs(store, session, to)?;
    let options = ScriptOptions { file, inputs, ..ScriptOptions::default() };
    let script = pollster::block_on(exuvia_session::script(store, session, &prepared.environment, &options));
    script.map_err(|error| match error {
        ScriptError::Session(error) => told(error),
        elsewhere @ ScriptError::Elsewhere { .. } => {
            let hint = "it is where it was when it ran, unless somebody has changed it";
            Failure::usage(printable(&elsewhere.to_string())).hint(hint).into()
        }
        other => Failure::usage(other.to_string()).into(),
    })
}

/// Returns where the inputs of an agent's task are, by name, seen from the script's folder: those that are in there.
fn inputs(store: &Arc<dyn Store>, session: &SessionId, to: Option<&Path>) -> Result<BTreeMap<String, String>> {
    let Some(command) = CommandLine::of(store, session)? else { return Ok(BTreeMap::new()) };
    let line = std::iter::once("exuvia".to_owned()).chain(command.arguments);
    let Ok(Line { command: Command::Agent(arguments) }) = Line::try_parse_from(line) else {
        return Ok(BTreeMap::new());
    };
    let folder = to.and_then(Path::parent).filter(|folder| !folder.as_os_str().is_empty());
    let Ok(folder) = fs::canonicalize(folder.unwrap_or(Path::new("."))) else { return Ok(BTreeMap::new()) };
    let place = |path: &PathBuf| -> Option<String> {
        let path = fs::canonicalize(command.folder.join(path)).ok()?;
        path.strip_prefix(&folder).ok()?.to_str().map(str::to_owned)
    };
    let inputs = arguments.inputs().iter();
    Ok(inputs.filter_map(|input| Some((input.name.clone(), place(&input.path)?))).collect())
}
