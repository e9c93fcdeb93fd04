//! What a program has changed in overlays: listed, exported, applied.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Result;
use exuvia_core::{Change, Outcome, Status};
use exuvia_sandbox::{ApplyError, Folder, Sandbox, export};
use serde::Serialize;

use crate::failure::{self, Failure};
use crate::lent::{Lent, Overlay};
use crate::output;

/// The most bytes that the changed files of one overlay have together.
const BYTES_MAX: u64 = 1 << 30;

/// What becomes of changes.
#[derive(clap::Args)]
#[command(next_help_heading = "Lent")]
pub(super) struct ChangeOptions {
    /// List what the program has changed in overlays, on stderr or with --json
    #[arg(long)]
    changes: bool,

    /// Put the files that the program has added to overlays or changed there into this folder, which is made if it is
    /// not there: what is at /PATH in the sandbox goes into FOLDER/PATH
    #[arg(long, value_name = "FOLDER")]
    export: Option<PathBuf>,

    /// Make in their folders what the program has changed in overlays, all of a folder's changes or none; unless WHEN is
    /// `always`, nothing of a program that has failed
    #[arg(long, value_name = "WHEN", num_args = 0..=1, require_equals = true, default_missing_value = "success")]
    apply: Option<When>,
}

#[derive(clap::ValueEnum, Clone, Copy, PartialEq, Eq)]
enum When {
    Success,
    Always,
}

/// What was changed in one overlay.
struct Changes<'a> {
    overlay: Overlay<'a>,
    changes: Vec<Change>,
}

/// One changed path, as it is listed.
#[derive(Serialize)]
pub(super) struct Line {
    /// `added`, `modified` or `removed`.
    change: &'static str,
    /// The path in the sandbox.
    path: String,
}

impl ChangeOptions {
    /// Refuses what cannot be done, before the program runs.
    pub(super) fn check(&self, lent: &Lent) -> Result<()> {
        if self.is_asked() && lent.overlays().next().is_none() {
            let failure = Failure::usage("--changes, --export and --apply are about overlays, and there is none");
            return Err(failure.hint("mount one with --mount FOLDER:/PATH:overlay").into());
        }
        let Some(folder) = &self.export else { return Ok(()) };
        let failed = |error| Failure::unreadable(folder, &error);
        fs::create_dir_all(folder).map_err(failed)?;
        if fs::read_dir(folder).map_err(failed)?.next().is_some() {
            let failure = Failure::usage(format!("`{}` is not empty", folder.display()));
            return Err(failure.hint("name another folder with --export").into());
        }
        Ok(())
    }

    /// Does with the changes what was asked for; `first` is the number of the first mount that was lent. Returns the list
    /// if that was asked for.
    pub(super) fn finish(
        &self,
        sandbox: &mut Sandbox,
        lent: &Lent,
        (first, outcome): (u32, &Outcome),
    ) -> Result<Option<Vec<Line>>> {
        if !self.is_asked() {
            return Ok(None);
        }
        let mut all = Vec::new();
        for overlay in lent.overlays() {
            let changes = sandbox.changes(first + overlay.number, BYTES_MAX)?;
            all.push(Changes { overlay, changes });
        }
        if let Some(folder) = &self.export {
            all.iter().try_for_each(|changes| changes.export(folder))?;
        }
        match self.apply {
            Some(when) if when == When::Always || succeeded(outcome) => {
                all.iter().try_for_each(Changes::apply)?;
            }
            Some(_) if all.iter().any(|changes| !changes.changes.is_empty()) => {
                output::say("nothing was applied, for the program has failed");
                failure::advise("apply what it has changed all the same with --apply=always");
            }
            _ => {}
        }
        Ok(self.changes.then(|| all.iter().flat_map(Changes::lines).collect()))
    }

    /// Returns whether anything is done with changes.
    pub(super) fn is_asked(&self) -> bool {
        self.changes || self.export.is_some() || self.apply.is_some()
    }
}

impl Changes<'_> {
    fn lines(&self) -> impl Iterator<Item = Line> {
        self.changes.iter().map(|change| {
            let path = format!("{}/{}", self.overlay.path, String::from_utf8_lossy(&change.path));
            Line { change: change.word(), path }
        })
    }

    fn export(&self, folder: &Path) -> Result<()> {
        let folder = folder.join(self.overlay.path.trim_start_matches('/'));
        fs::create_dir_all(&folder).map_err(|error| Failure::unreadable(&folder, &error))?;
        self.done(export(&self.changes, &folder), "exported")
    }

    fn apply(&self) -> Result<()> {
        let folder = self.overlay.folder;
        let mut opened = Folder::open(folder).map_err(|error| Failure::unreadable(folder, &error))?;
        self.done(opened.apply(&self.changes), "applied")
    }

    fn done(&self, done: Result<(), ApplyError>, what: &str) -> Result<()> {
        done.map_err(|error| {
            let message = format!("what was changed in `{}` is not {what}: {error}", self.overlay.path);
            Failure::new(shown(&message)).into()
        })
    }
}

fn succeeded(outcome: &Outcome) -> bool {
    matches!(outcome.status, Status::Finished | Status::Exited { code: 0 })
}

/// Prints the list for somebody to read.
pub(super) fn say(lines: &[Line]) {
    for Line { change, path } in lines {
        output::say(&format!("{change:<8} {}", shown(path)));
    }
}

/// Returns a text for the terminal. Names are the program's words: nothing in them reaches it as a control.
fn shown(text: &str) -> String {
    let mut shown = String::new();
    for character in text.chars() {
        if character.is_control() {
            shown.extend(character.escape_default());
        } else {
            shown.push(character);
        }
    }
    shown
}
