//! Cells that are not typed: lines of stdin, which is no terminal.

use std::io::{self, BufRead as _};

use anyhow::Result;
use exuvia_sandbox::Completeness;

use super::session::Session;

/// Puts lines together to cells as the prompt does: a block ends with an empty line.
#[derive(Default)]
pub(super) struct Lines {
    ended: bool,
}

impl Lines {
    /// Returns the next cell; `None` at the end. What is there at the end is a cell, whole or not.
    pub(super) fn next(&mut self, session: &Session) -> Result<Option<String>> {
        let mut cell = String::new();
        let mut begun = false;
        while let Some(line) = self.line()? {
            if begun {
                cell.push('\n');
            } else if line.trim().is_empty() {
                continue;
            }
            cell.push_str(&line);
            begun = true;
            if session.runner().completeness(&cell) != Completeness::Incomplete {
                break;
            }
        }
        Ok(begun.then_some(cell))
    }

    fn line(&mut self) -> io::Result<Option<String>> {
        if self.ended {
            return Ok(None);
        }
        let mut line = Vec::new();
        if io::stdin().lock().read_until(b'\n', &mut line)? == 0 {
            self.ended = true;
            return Ok(None);
        }
        let line = String::from_utf8_lossy(&line);
        Ok(Some(line.trim_end_matches(['\r', '\n']).to_owned()))
    }
}
