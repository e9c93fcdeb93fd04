//! What a cell has left behind, for whoever has to go on from it without seeing the sandbox: a model, a client.

use std::collections::HashSet;

use exuvia_core::{Outcome, Status};
use exuvia_sandbox::FileEntry;

use crate::error::SessionError;
use crate::session::Session;

/// The folders whose files are listed: those that are the sandbox's own to write to.
pub const FOLDERS: [&str; 3] = ["/workspace", "/tmp", "/home"];
/// How many files are listed of each.
pub const FILES_MAX: usize = 2_000;
/// Where the whole of what a cell has printed is put; its number and `.txt` follow.
const OUTPUT: &str = "/tmp/outputs/cell-";

/// What a cell has left behind.
#[derive(Debug, Clone, Default)]
pub struct Settled {
    /// Its number.
    pub cell: u32,
    /// Whether it counts for nothing, since it has ended its sandbox: the session is as it was before.
    pub is_undone: bool,
    /// The file in which all that it has printed is, if that is more than is shown.
    pub whole: Option<String>,
    /// The files that it has made or changed, of those that are the sandbox's own; by path.
    pub files: Vec<FileEntry>,
}

impl Session {
    /// Returns the files that are the sandbox's own, sorted by path within each of the [`FOLDERS`], at most [`FILES_MAX`] of
    /// each: what is mounted is its owner's.
    pub fn files(&mut self) -> Vec<FileEntry> {
        let sandbox = self.sandbox();
        FOLDERS.iter().flat_map(|folder| sandbox.files(folder, FILES_MAX)).collect()
    }

    /// Sees to what a cell has left that has just ended. One that has ended its sandbox is undone. Of others, all that they
    /// have printed is put into a file of the sandbox if it is more than `shown_bytes_max`, and those files are found that
    /// were not there as they are `before` it. Returns that, and the files that are there now.
    ///
    /// # Errors
    ///
    /// Those of [`Session::undo`].
    pub async fn settle(
        &mut self,
        outcome: &Outcome,
        before: Vec<FileEntry>,
        shown_bytes_max: usize,
    ) -> Result<(Settled, Option<Vec<FileEntry>>), SessionError> {
        let cell = self.cells();
        let mut settled = Settled { cell, ..Settled::default() };
        if matches!(outcome.status, Status::Stopped { .. }) {
            settled.is_undone = true;
            return Ok((settled, None));
        }
        if !self.sandbox().is_alive() {
            // `os._exit` ends a process; a session is none.
            self.undo(cell.saturating_sub(1)).await?;
            settled.is_undone = true;
            return Ok((settled, None));
        }
        if outcome.stdout.len() + outcome.stderr.len() > shown_bytes_max {
            let path = output_path(cell);
            let all = [outcome.stdout.as_bytes(), outcome.stderr.as_bytes()].concat();
            // Where there is no room, the journal has it.
            settled.whole = self.give(&path, all).is_ok().then_some(path);
        }
        let after = self.files();
        let before: HashSet<&FileEntry> = before.iter().collect();
        let is_new = |file: &&FileEntry| !before.contains(file) && settled.whole.as_ref() != Some(&file.path);
        settled.files = after.iter().filter(is_new).cloned().collect();
        Ok((settled, Some(after)))
    }
}

/// Returns where all that a cell has printed is put, if that is more than is shown.
#[must_use]
pub fn output_path(cell: u32) -> String {
    format!("{OUTPUT}{cell}.txt")
}

/// Returns the cells whose output a source names.
pub fn outputs_named_in(source: &str) -> impl Iterator<Item = u32> {
    source.match_indices(OUTPUT).filter_map(|(at, _)| {
        let rest = &source[at + OUTPUT.len()..];
        let digits = rest.len() - rest.trim_start_matches(|character: char| character.is_ascii_digit()).len();
        rest[..digits].parse().ok()
    })
}
